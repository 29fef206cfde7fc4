//! The bootstrap against known truth.

use rand::RngExt;
use rerefer::evaluate::{Evaluation, Grouping, Input, Row, Scores, Settings, Status, evaluate};
use rerefer::num::{logit, seed, sigmoid};

fn settings(replicates: usize, seed: u64) -> Settings {
    Settings {
        capacities: vec![0.1],
        thresholds: vec![],
        replicates,
        seed,
        references: vec![],
        candidate: "a".to_owned(),
        reference: "b".to_owned(),
        smallest_gain: 0.0,
    }
}

fn input(y: Vec<bool>, p: Vec<f64>, household: Vec<u32>) -> Input {
    let n = y.len();
    let other = p.iter().map(|p| 0.5 + 0.3 * p).collect();
    let scores = [("a", p), ("b", other)].map(|(model, p)| Scores { model: model.to_owned(), p }).to_vec();
    Input { split: "test".to_owned(), y, household, fold: vec![0; n], groupings: vec![], scores }
}

fn row<'a>(e: &'a Evaluation, measure: &str) -> &'a Row {
    e.rows.iter().find(|r| r.measure == measure && (r.model == "a" || r.model.is_empty())).unwrap()
}

#[test]
fn resampling_households_widens_intervals_where_households_are_alike() {
    // Four identical rows a household: the data hold a quarter of the facts, so intervals double.
    let mut stream = seed::stream(2, "clustered");
    let (mut y, mut p, mut household) = (vec![], vec![], vec![]);
    for h in 0..300_u32 {
        let risk: f64 = stream.random_range(0.05..0.8);
        let came = stream.random_range(0.0..1.0) < risk;
        for _ in 0..4 {
            y.push(came);
            p.push(risk);
            household.push(h);
        }
    }
    let alone = (0..1200).collect();
    let clustered = evaluate(&input(y.clone(), p.clone(), household), &settings(400, 1), &|_, _| ()).unwrap();
    let by_row = evaluate(&input(y, p, alone), &settings(400, 1), &|_, _| ()).unwrap();
    for measure in [
        "outcome-rate",
        "auroc",
        "average-precision",
        "brier",
        "calibration-slope",
        "calibration-in-the-large",
    ] {
        let width = |e: &Evaluation| row(e, measure).high.unwrap() - row(e, measure).low.unwrap();
        let ratio = width(&clustered) / width(&by_row);
        assert!((1.6..2.4).contains(&ratio), "{measure}: {ratio}");
    }
}

/// A row drawn twice stands beside itself in the ranking, which lifts untied scores more than tied ones; the interval that
/// decides the verdict must not lean with it.
#[test]
fn the_interval_of_the_deciding_gain_is_centred_on_it() {
    let mut stream = seed::stream(5, "centred");
    let n = 600_u32;
    let p: Vec<f64> = (0..n).map(|_| stream.random_range(0.05..0.6)).collect();
    let y: Vec<bool> = p.iter().map(|p| stream.random_range(0.0..1.0) < *p).collect();
    let mut input = input(y, p, (0..n).collect());
    // The reference says nothing: all its scores are tied.
    input.scores[1].p.fill(0.3);
    input.fold = (0..n).map(|i| u16::try_from(i % 5).unwrap()).collect();
    let e = evaluate(&input, &settings(200, 1), &|_, _| ()).unwrap();
    let gain = &e.verdict.difference;
    let (low, high) = (gain.low.unwrap(), gain.high.unwrap());
    let lean = f64::midpoint(low, high) - gain.estimate.unwrap();
    assert!(lean.abs() < 1e-9 && high > low, "the interval leans by {lean}");
}

#[test]
fn intervals_cover_the_truth() {
    // Outcomes drawn from the predicted risks, so slope 1, intercept 0, observed over expected 1 and the Brier score
    // E[p (1 - p)] are known. 200 data sets of 300 households; 95% should be covered, within chance (a standard error of
    // 1.5 percentage points) and the small shortfall of percentile intervals.
    let truth = |risk: &dyn Fn(f64) -> f64| {
        (0..1000).map(|i| risk(0.1 + 0.6 * (f64::from(i) + 0.5) / 1000.0)).sum::<f64>() / 1000.0
    };
    let known = [
        ("outcome-rate", truth(&|p| p)),
        ("brier", truth(&|p| p * (1.0 - p))),
        ("observed-over-expected", 1.0),
        ("calibration-slope", 1.0),
        ("calibration-in-the-large", 0.0),
    ];
    let mut covered = [0; 5];
    for number in 0..200 {
        let mut stream = seed::stream(number, "coverage");
        let p: Vec<f64> = (0..300).map(|_| stream.random_range(0.1..0.7)).collect();
        let y = p.iter().map(|p| stream.random_range(0.0..1.0) < *p).collect();
        let e = evaluate(&input(y, p, (0..300).collect()), &settings(200, number), &|_, _| ()).unwrap();
        for (covered, (measure, truth)) in covered.iter_mut().zip(known) {
            let r = row(&e, measure);
            *covered += i32::from(r.low.unwrap() <= truth && truth <= r.high.unwrap());
        }
    }
    for (covered, (measure, _)) in covered.iter().zip(known) {
        assert!((180..=198).contains(covered), "{measure}: {covered} of 200");
    }
}

/// Rows with scores of continuous or tied models and groupings with so many levels.
fn large(rows: usize, models: usize, levels: &[u16]) -> Input {
    let mut stream = seed::stream(1, "large");
    let risk: Vec<f64> = (0..rows)
        .map(|_| sigmoid(-1.4 + 1.6 * stream.random_range(-1.0..1.0_f64) + stream.random_range(-1.0..1.0)))
        .collect();
    let y = risk.iter().map(|r| stream.random_range(0.0..1.0) < *r).collect();
    let groupings = levels.iter().map(|levels| Grouping {
        name: format!("by {levels}"),
        levels: (0..*levels).map(|l| l.to_string()).collect(),
        level_of: (0..rows).map(|_| stream.random_range(0..*levels)).collect(),
    });
    let groupings = groupings.collect();
    let scores = (0..models).map(|m| Scores {
        model: ["a", "b", "c", "d", "e"][m].to_owned(),
        // The second model is a count, with few distinct scores.
        p: risk
            .iter()
            .map(|r| {
                if m == 1 {
                    (r * 10.0).floor().mul_add(0.09, 0.03)
                } else {
                    sigmoid(logit(*r) + 0.1 * m as f64)
                }
            })
            .collect(),
    });
    let scores = scores.collect();
    Input {
        split: "test".to_owned(),
        y,
        household: (0..rows as u32).map(|i| i * 2 / 3).collect(),
        fold: (0..rows).map(|i| (i / 3 % 5) as u16).collect(),
        groupings,
        scores,
    }
}

#[test]
#[ignore = "a timing, not a check: run with --ignored --nocapture"]
fn timing() {
    for (rows, models, replicates, levels) in
        [(5_000, 5, 500, vec![3, 6, 6, 2, 8]), (200_000, 2, 1_000, vec![3, 5, 5, 2, 8, 15])]
    {
        let input = large(rows, models, &levels);
        let start = std::time::Instant::now();
        let e = evaluate(&input, &settings(replicates, 1), &|_, _| ()).unwrap();
        let ok = e.rows.iter().filter(|r| r.status == Status::Ok).count();
        println!(
            "{rows} rows, {models} models, {replicates} replicates: {:?}, {ok} numbers",
            start.elapsed()
        );
    }
}
