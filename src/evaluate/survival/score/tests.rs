use super::measures::{self as m, TIME_MEASURES, Taken};
use super::{Chances, Settings, Tested, points, score};
use crate::evaluate::survival::auc::{Controls, auc};
use crate::evaluate::survival::brier::brier;
use crate::evaluate::survival::censoring::{Censoring, GAt, TieOrder};
use crate::evaluate::survival::observed::Observed;
use crate::evaluate::survival::uno::{Tau, uno};
use crate::evaluate::survival::wolbers::wolbers;
use crate::evaluate::{Grouping, Row, Status};
use crate::num::seed;
use ndarray::{Array2, Axis};
use rand::RngExt as _;

const TIMES: [(u32, f64); 2] = [(6, 0.5), (12, 1.0)];

/// Rows whose first cause comes at a rate from 0.1 to 1.3, another at 1/4; households of two. The model `truth` knows the
/// rates, `blind` gives everybody the same, `low` half the truth.
fn tested(rows: usize, name: &str) -> Tested {
    let mut draw = seed::stream(9, name);
    let (mut exit, mut cause, mut administrative, mut rate) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rows {
        let own = 0.1 + 1.2 * draw.random::<f64>();
        let mut wait = |rate: f64| -(1.0 - draw.random::<f64>()).ln() / rate;
        let (one, two) = (wait(own), wait(0.25));
        let end = 0.3 + 2.0 * draw.random::<f64>();
        exit.push(one.min(two).min(end));
        cause.push(if one <= two.min(end) { 1 } else { 2 * u8::from(two <= end) });
        administrative.push(end);
        rate.push(own);
    }
    let truth = |r: f64, t: f64| r / (r + 0.25) * (1.0 - (-(r + 0.25) * t).exp());
    let risk = |of: &dyn Fn(f64, f64) -> f64| {
        Array2::from_shape_fn((rows, 2), |(row, time)| of(rate[row], TIMES[time].1))
    };
    let free = exit.iter().zip(&rate).map(|(t, r)| (-(r + 0.25) * t.min(1.0)).exp()).collect();
    let chances = |model: &str, risk, free| Chances { model: model.to_owned(), risk, free };
    Tested {
        split: "test".to_owned(),
        household: (0..rows as u32).map(|row| row / 2).collect(),
        times: TIMES.to_vec(),
        groupings: vec![Grouping {
            name: "half".to_owned(),
            levels: vec!["one".to_owned(), "other".to_owned(), "nobody".to_owned()],
            level_of: (0..rows).map(|row| u16::from(row % 3 == 0)).collect(),
        }],
        models: vec![
            chances("truth", risk(&truth), free),
            chances("blind", risk(&|_, t| 0.35 * t), vec![]),
            chances("low", risk(&|r, t| truth(r, t) / 2.0), vec![]),
        ],
        exit,
        cause,
        administrative,
    }
}

fn settings(replicates: usize) -> Settings {
    Settings {
        capacity: 0.2,
        thresholds: vec![0.3],
        replicates,
        seed: 5,
        candidate: "truth".to_owned(),
        reference: "blind".to_owned(),
        references: Vec::new(),
    }
}

fn find<'a>(rows: &'a [Row], of: (&str, &str, &str), level: &str) -> &'a Row {
    let (model, measure, at) = of;
    let fits = |r: &&Row| r.model == model && r.measure == measure && r.at == at && r.level == level;
    rows.iter().find(fits).unwrap_or_else(|| panic!("no {of:?} in {level}"))
}

/// Each number is the one of the function that measures it.
#[test]
fn numbers_are_those_of_the_single_measures() {
    let tested = tested(600, "single");
    let rows = score(&tested, &settings(0), &|_| {}).unwrap().rows;
    let observed = Observed::new(tested.exit.clone(), tested.cause.clone()).unwrap();
    let ones = vec![1.0; 600];
    let g = Censoring::estimate(&observed, &ones, TieOrder::EventsFirst).unwrap();
    let days = [0.5, 1.0];
    for model in &tested.models {
        let scores = brier(&observed, model.risk.view(), &days, &ones, (&g, GAt::Before));
        for (time, at) in ["6 months", "12 months"].iter().enumerate() {
            let marker = model.risk.column(time).to_vec();
            let area =
                auc(&observed, &marker, &[days[time]], (&ones, Controls::WithoutEvent), (&g, GAt::Before));
            let near = |measure: &str, value: f64| {
                let found = find(&rows, (&model.model, measure, at), "all").estimate.unwrap();
                assert!((found - value).abs() < 1e-12, "{} {measure} {at}: {found} {value}", model.model);
            };
            near("time-brier", scores[time].unwrap());
            near("time-auroc", area[0].unwrap());
            near("time-mean-predicted", marker.iter().sum::<f64>() / 600.0);
        }
        let marker = model.risk.column(1).to_vec();
        let concordance = wolbers(&observed, &marker, &ones, 1.0, &g).unwrap();
        let found = find(&rows, (&model.model, "time-concordance", "up to 12 months"), "all");
        assert!((found.estimate.unwrap() - concordance).abs() < 1e-12);
        let only = tested.cause.iter().map(|k| u8::from(*k == 1)).collect();
        let alone = Observed::new(tested.exit.clone(), only).unwrap();
        let left = Censoring::estimate(&alone, &ones, TieOrder::EventsFirst).unwrap();
        let of_one = uno(&alone, &marker, &ones, Tau::Before(1.0), (&left, GAt::Before)).unwrap();
        let found = find(&rows, (&model.model, "time-uno", "up to 12 months"), "all");
        assert!((found.estimate.unwrap() - of_one).abs() < 1e-12);
    }
    for time in ["6 months", "12 months"] {
        let of = |model: &str| find(&rows, (model, "time-ipa", time), "all").estimate.unwrap();
        let less = find(&rows, ("truth", "time-ipa-difference", time), "all").estimate.unwrap();
        assert!((less - (of("truth") - of("blind"))).abs() < 1e-12);
    }
}

/// A level has the numbers that its rows have by themselves; the line of those flagged is drawn over all.
#[test]
fn a_level_is_its_rows_alone() {
    let whole = tested(900, "levels");
    let rows = score(&whole, &settings(0), &|_| {}).unwrap().rows;
    let keep: Vec<usize> = (0..900).filter(|row| row % 3 != 0).collect();
    let take = |of: &[f64]| keep.iter().map(|row| of[*row]).collect::<Vec<f64>>();
    let part = Tested {
        exit: take(&whole.exit),
        cause: keep.iter().map(|row| whole.cause[*row]).collect(),
        administrative: take(&whole.administrative),
        household: (0..keep.len() as u32).collect(),
        groupings: Vec::new(),
        models: vec![Chances {
            model: "truth".to_owned(),
            risk: whole.models[0].risk.select(Axis(0), &keep),
            free: Vec::new(),
        }],
        ..whole.clone()
    };
    let alone = score(&part, &settings(0), &|_| {}).unwrap().rows;
    for measure in TIME_MEASURES.iter().filter(|m| m.by_group && m.taken == Taken::At) {
        let model = if measure.of_data() { "" } else { "truth" };
        for at in ["6 months", "12 months"] {
            let (a, b) =
                (find(&rows, (model, measure.id, at), "one"), find(&alone, (model, measure.id, at), "all"));
            assert!((a.estimate.unwrap() - b.estimate.unwrap()).abs() < 1e-12, "{} {at}", measure.id);
            assert_eq!((a.n, a.events, &a.rests_on), (b.n, b.events, &b.rests_on));
            let none = find(&rows, (model, measure.id, at), "nobody");
            assert_eq!((none.status, none.n), (Status::Undefined, 0));
        }
    }
    let flags: Vec<u64> = find(&rows, ("truth", "time-ppv", "12 months"), "all").rests_on[2..].to_vec();
    assert_eq!(flags[0] + flags[1], 180, "a fifth of all");
    let of = |level: &str| find(&rows, ("truth", "time-ppv", "12 months"), level).rests_on[2..].to_vec();
    let sum: Vec<u64> = of("one").iter().zip(of("other")).map(|(a, b)| a + b).collect();
    assert_eq!(sum, flags);
}

/// The truth is well calibrated and better than knowing nothing, half the truth is not; the intervals say so.
#[test]
fn intervals_tell_the_truth_from_half_of_it() {
    let tested = tested(3_000, "intervals");
    let rows = score(&tested, &settings(200), &|_| {}).unwrap().rows;
    let ends = |model: &str, measure: &str, at: &str| {
        let row = find(&rows, (model, measure, at), "all");
        (row.low.unwrap(), row.high.unwrap())
    };
    for at in ["6 months", "12 months"] {
        let (low, high) = ends("truth", "time-observed-over-expected", at);
        assert!(low < 1.0 && high > 1.0, "{at}: {low} to {high}");
        assert!(ends("low", "time-observed-over-expected", at).0 > 1.7);
        assert!(ends("truth", "time-ipa-difference", at).0 > 0.0);
        let (low, high) = ends("truth", "time-calibration-slope", at);
        assert!(low < 1.0 && high > 1.0, "{at}: {low} to {high}");
        assert!(find(&rows, ("truth", "time-one-calibration-p", at), "all").estimate.unwrap() > 0.01);
        assert!(find(&rows, ("low", "time-one-calibration-p", at), "all").estimate.unwrap() < 1e-6);
    }
    let p = find(&rows, ("truth", "time-d-calibration-p", "up to 12 months"), "all");
    assert!(p.estimate.unwrap() > 0.01 && p.low.is_none());
    // No interval leaves out its own estimate: a gate would judge by it.
    let within = |r: &Row| r.low <= r.estimate && r.estimate <= r.high;
    assert!(rows.iter().filter(|r| r.low.is_some()).all(within));
    // Points of the truth lie near what came, and hold all rows.
    let points = points(&tested, 0).unwrap();
    for point in points.iter().filter(|p| p.group == "overall") {
        let (low, high) = point.interval.unwrap();
        let error = (high - low) / (2.0 * 1.96);
        assert!((point.observed.unwrap() - point.predicted).abs() < 3.5 * error, "{point:?}");
    }
    for (months, _) in TIMES {
        let of =
            |group: &str| points.iter().filter(|p| p.months == months && p.group == group).map(|p| p.n).sum();
        let (all, levels): (u64, u64) = (of("overall"), of("half"));
        assert_eq!((all, levels), (3_000, 3_000));
    }
}

#[test]
fn one_thread_or_three_give_the_same_bits() {
    let tested = tested(300, "threads");
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| score(&tested, &settings(30), &|_| {}).unwrap().rows)
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn columns_that_do_not_fit_are_refused() {
    let mut wrong = tested(40, "wrong");
    wrong.models[0].risk = Array2::zeros((39, 2));
    assert!(score(&wrong, &settings(0), &|_| {}).is_err());
    let mut wrong = tested(40, "wrong");
    wrong.models[0].risk[[0, 0]] = 1.5;
    assert!(score(&wrong, &settings(0), &|_| {}).is_err());
    let mut late = tested(40, "wrong");
    late.times = vec![(600, 50.0), (720, 60.0)];
    let rows = score(&late, &settings(20), &|_| {}).unwrap().rows;
    let row = find(&rows, ("", m::INCIDENCE.id, "600 months"), "all");
    assert_eq!((row.status, row.estimate, row.low), (Status::Undefined, None, None));
    assert!(row.reason.is_some());
}

/// A number says from how many households its counts come, and 0 where two hold nine tenths.
#[test]
fn households_are_those_behind_the_counts() {
    let mut tested = tested(600, "households");
    let came: Vec<usize> =
        (0..600).filter(|row| tested.exit[*row] <= 1.0 && tested.cause[*row] == 1).collect();
    let distinct = |rows: &[usize]| {
        let mut of: Vec<usize> = rows.iter().map(|row| row / 2).collect();
        of.dedup();
        of.len() as u64
    };
    let rests_on = |tested: &Tested, measure: &str| {
        let rows = score(tested, &settings(0), &|_| {}).unwrap().rows;
        let row = find(&rows, ("truth", measure, "12 months"), "all").clone();
        (row.rests_on, row.households)
    };
    let (counts, households) = rests_on(&tested, "time-auroc");
    assert_eq!((counts[0], households[0], households.len()), (came.len() as u64, distinct(&came), 3));
    let (counts, households) = rests_on(&tested, "time-ppv");
    assert_eq!((counts.len(), households.len()), (6, 7));
    assert!(counts[2..].iter().zip(&households[3..]).all(|(rows, of)| of <= rows && 2 * of >= *rows));
    assert_eq!(counts[2..].iter().sum::<u64>(), 600);
    // All who came but a tenth are of two households.
    for (place, row) in came.iter().enumerate().filter(|(place, _)| place % 11 != 0) {
        tested.household[*row] = (place % 2) as u32;
    }
    let (counts, households) = rests_on(&tested, "time-auroc");
    assert_eq!((counts[0], households[0]), (came.len() as u64, 0));
    assert!(households[1] > 100);
}
