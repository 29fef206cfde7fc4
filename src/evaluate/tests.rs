//! The whole of evaluation on small made-up predictions.

use rand::RngExt;

use super::*;
use crate::num::seed;

/// Rows in households of two; the candidate knows the risk, the reference half of it.
fn input(rows: usize, name: &str) -> Input {
    let mut stream = seed::stream(3, name);
    let mut uniform = || stream.random_range(0.0..1.0_f64);
    let risk: Vec<f64> = (0..rows).map(|_| 0.02 + 0.9 * uniform() * uniform()).collect();
    let y: Vec<bool> = risk.iter().map(|r| uniform() < *r).collect();
    let rough: Vec<f64> = risk.iter().map(|r| if uniform() < 0.5 { *r } else { 0.25 }).collect();
    Input {
        split: "rolling-origin".to_owned(),
        household: (0..rows as u32).map(|i| i / 2).collect(),
        fold: (0..rows).map(|i| u16::from(i % 10 < 4)).collect(),
        groupings: vec![Grouping {
            name: "sex".to_owned(),
            levels: ["F", "M", "U", "none"].map(str::to_owned).to_vec(),
            level_of: (0..rows).map(|i| if i < 12 { 2 } else { u16::from(i % 3 == 0) }).collect(),
        }],
        scores: vec![
            Scores { model: "rough".to_owned(), p: rough },
            Scores { model: "true".to_owned(), p: risk },
            Scores { model: "flat".to_owned(), p: vec![0.25; rows] },
        ],
        y,
    }
}

fn settings() -> Settings {
    Settings {
        capacities: vec![0.1],
        thresholds: vec![],
        replicates: 200,
        seed: 11,
        references: vec![],
        candidate: "true".to_owned(),
        reference: "rough".to_owned(),
        smallest_gain: 0.01,
    }
}

fn quiet(_: u64, _: u64) {}

fn find<'a>(e: &'a Evaluation, model: &str, measure: &str, level: &str, at: &str) -> &'a Row {
    let mut found =
        e.rows.iter().filter(|r| r.model == model && r.measure == measure && r.level == level && r.at == at);
    let row = found.next().unwrap();
    assert!(found.next().is_none(), "two rows of one name");
    row
}

#[test]
fn a_better_model_is_found_better_and_the_reverse_is_not() {
    let input = input(4000, "verdict");
    let e = evaluate(&input, &settings(), &quiet).unwrap();
    assert_eq!(e.verdict.answer, Answer::Better);
    let (a, b) =
        (find(&e, "true", "average-precision", "all", ""), find(&e, "rough", "average-precision", "all", ""));
    let gain = e.verdict.difference.estimate.unwrap();
    assert!((gain - (a.estimate.unwrap() - b.estimate.unwrap())).abs() < 1e-12);
    // Pairing: the interval of the difference is narrower than two independent ones would make it.
    let width = |r: &Row| r.high.unwrap() - r.low.unwrap();
    assert!(width(&e.verdict.difference) < width(a).hypot(width(b)));
    assert_eq!(find(&e, "true", "average-precision-difference", "all", "minus rough"), &e.verdict.difference);
    assert!(find(&e, "true", "auroc-difference", "all", "minus rough").low.unwrap() > 0.0);

    let swapped = Settings { candidate: "rough".to_owned(), reference: "true".to_owned(), ..settings() };
    assert_eq!(evaluate(&input, &swapped, &quiet).unwrap().verdict.answer, Answer::NoBetter);
    let small = evaluate(&self::input(60, "small"), &settings(), &quiet).unwrap();
    assert_eq!(small.verdict.answer, Answer::CannotSay);
}

#[test]
fn no_group_vanishes_and_no_number_is_made_up() {
    let e = evaluate(&input(1000, "groups"), &settings(), &quiet).unwrap();
    let empty = find(&e, "true", "auroc", "none", "");
    assert_eq!((empty.n, empty.status, empty.estimate), (0, Status::Undefined, None));
    assert_eq!(empty.reason.as_deref(), Some("no referrals"));
    let few = find(&e, "true", "sensitivity", "U", "top 10%");
    assert_eq!((few.n, few.status), (12, Status::Undefined));
    for row in &e.rows {
        match row.status {
            Status::Ok => {
                assert!(row.estimate.unwrap().is_finite());
                let (Some(low), Some(high)) = (row.low, row.high) else {
                    assert!(row.reason.is_some(), "{row:?}");
                    continue;
                };
                assert!(low <= high && low.is_finite() && high.is_finite());
            }
            _ => assert!(row.estimate.is_none() && row.low.is_none() && row.reason.is_some(), "{row:?}"),
        }
    }
    // A model without spread has no slope, and says why.
    let flat = find(&e, "flat", "calibration-slope", "all", "");
    assert_eq!(flat.reason.as_deref(), Some("all predicted risks are the same"));
    // Everyone flagged is the outcome rate; the declared capacity selects its share.
    let rate = find(&e, "", "outcome-rate", "all", "");
    let all = find(&e, "true", "ppv", "all", "top 100%");
    assert_eq!((all.estimate, all.low, all.high), (rate.estimate, rate.low, rate.high));
    let selected = find(&e, "true", "selection-rate", "all", "top 10%");
    assert!((selected.estimate.unwrap() - 0.1).abs() < 1e-12);
    assert_eq!(selected.rests_on, [100, 900]);
    // The groups' rows are the whole's rows.
    let levels = ["F", "M", "U", "none"].map(|l| find(&e, "", "outcome-rate", l, ""));
    assert_eq!(levels.iter().map(|r| r.n).sum::<u64>(), rate.n);
    assert_eq!(levels.iter().map(|r| r.events).sum::<u64>(), rate.events);
    let flagged = ["F", "M", "U", "none"].map(|l| find(&e, "true", "ppv", l, "top 10%"));
    let whole = find(&e, "true", "ppv", "all", "top 10%");
    let sum: u64 = flagged.iter().flat_map(|r| &r.rests_on).sum();
    assert!(sum.abs_diff(whole.rests_on.iter().sum()) <= 2, "{flagged:?}");
}

#[test]
fn none_of_a_few_is_not_certainty() {
    let mut input = input(600, "none");
    // Nobody of the first 40 rows had the outcome: resampling them gives none for ever.
    for i in 0..40 {
        input.y[i] = false;
        input.groupings[0].level_of[i] = 3;
    }
    let e = evaluate(&input, &settings(), &quiet).unwrap();
    let rate = find(&e, "", "outcome-rate", "none", "");
    assert_eq!((rate.estimate, rate.low, rate.high), (Some(0.0), None, None));
    assert!(rate.reason.is_some());
}

#[test]
fn same_bytes_on_any_number_of_threads_and_progress_reaches_the_end() {
    let input = input(700, "threads");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let last = std::sync::atomic::AtomicU64::new(0);
        let progress = |done: u64, total: u64| {
            assert!(done <= total && total == steps(&input, &settings()));
            last.fetch_max(done, std::sync::atomic::Ordering::Relaxed);
        };
        let e = pool.install(|| evaluate(&input, &settings(), &progress)).unwrap();
        // 300 replicates of two models, and the tests of each.
        assert_eq!((last.into_inner(), e.tests.len()), (600 + e.tests.len() as u64, e.tests.len()));
        e
    };
    let one = on(1);
    assert_eq!(one, on(3));
    let other = evaluate(&input, &Settings { seed: 12, ..settings() }, &quiet).unwrap();
    assert_ne!(one, other, "the seed moves the intervals");
}

#[test]
fn too_few_is_said_without_counts() {
    let mut input = input(60, "few");
    let mut left = 9;
    for y in &mut input.y {
        *y = *y && left > 0;
        left -= i32::from(*y);
    }
    let error = evaluate(&input, &settings(), &quiet).unwrap_err();
    assert_eq!(error, EvaluateError::TooFew { events: true, non_events: false });
    assert_eq!(
        error.to_string(),
        "too few to evaluate: of the referrals that were tested, fewer than 10 were followed by the outcome; at least \
         10 with and 10 without the outcome are needed"
    );
}

#[test]
fn groups_are_compared_with_a_reference_and_with_everyone_else() {
    let mut input = input(3000, "contrasts");
    // Boys are given half their risk.
    for i in 0..3000 {
        if input.groupings[0].level_of[i] == 1 {
            input.scores[1].p[i] *= 0.5;
        }
    }
    let e = evaluate(&input, &settings(), &quiet).unwrap();
    let find = |measure: &str, level: &str, against: &str| {
        let mut found = e.contrasts.iter().filter(|c| {
            c.model == "true" && c.measure == measure && c.level == level && c.against == against
        });
        let contrast = found.next().unwrap();
        assert!(found.next().is_none(), "two contrasts of one name");
        contrast
    };
    // F is the largest level, so the reference; U has 12 rows.
    let missed = find("missed-share", "M", "F");
    let of = |level: &str| self::find(&e, "true", "missed-share", level, "top 10%").estimate.unwrap();
    assert!((missed.difference.unwrap() - (of("M") - of("F"))).abs() < 1e-12);
    assert!((missed.ratio.unwrap() - of("M") / of("F")).abs() < 1e-12);
    let (low, high) = missed.difference_interval.unwrap();
    assert!(low > 0.0 && low < missed.difference.unwrap() && missed.difference.unwrap() < high);
    assert!(missed.newcombe.unwrap().0 > 0.0 && missed.log_ratio.unwrap().0 > 1.0);
    assert!(find("calibration-slope", "M", "F").ratio.is_none());
    // Everyone else but M is F, the 12 of U and nobody of none: outcomes add up.
    let rest = find("outcome-rate", "M", "everyone else");
    let rate = |level: &str| self::find(&e, "", "outcome-rate", level, "");
    let others = (rate("F").events + rate("U").events) as f64 / (rate("F").n + rate("U").n) as f64;
    assert!((rest.difference.unwrap() - (rate("M").estimate.unwrap() - others)).abs() < 1e-12);
    assert_eq!(find("missed-share", "U", "F").status, Status::Undefined);
    assert!(find("missed-share", "U", "F").reason.is_some());
    assert!(!e.contrasts.iter().any(|c| c.measure == "auroc" && c.against == "everyone else"), "no sum");
    let test = |measure: &str| e.tests.iter().find(|t| t.model == "true" && t.measure == measure).unwrap();
    assert!(test("missed-share").p_adjusted.unwrap() < 0.05, "{:?}", test("missed-share"));
    assert!(test("observed-over-expected").p.unwrap() < 0.05);
    assert_eq!(test("missed-share").left_out, ["U", "none"]);
    // Halving the risks of boys does not change how they rank.
    assert!(test("auroc").p.unwrap() > 0.01, "{:?}", test("auroc"));
    for (measure, null) in
        [("auroc", fairness::Null::Dealt), ("calibration-slope", fairness::Null::Simulated)]
    {
        assert!(
            test(measure).null == null
                && test(measure).left_out == ["U", "none"]
                && test(measure).p.is_some()
        );
    }
    assert!(test("calibration-in-the-large").p.unwrap() < 0.05);
    // Nor does it change who comes back, but what is expected of them, and how far that is off.
    for measure in ["mean-predicted", "balance-positive", "balance-negative", "brier"] {
        let test = test(measure);
        assert!(test.null == fairness::Null::Dealt && test.p.unwrap() < 0.05, "{test:?}");
        assert_eq!(test.left_out, ["U", "none"]);
    }
    // Each mistake is corrected with the other mistakes at its place: three shares and the net benefit.
    let family: Vec<&GroupTest> =
        e.tests.iter().filter(|t| t.model == "true" && t.at == test("missed-share").at).collect();
    let of = |measure: &str| *family.iter().find(|t| t.measure == measure).unwrap();
    let mistakes: Vec<&&GroupTest> = family.iter().filter(|t| t.measure != "selection-rate").collect();
    let tested = mistakes.iter().filter(|t| t.p.is_some()).count() as u64;
    assert!(tested >= 3 && mistakes.iter().all(|t| t.family == tested), "{tested}");
    assert_eq!(of("selection-rate").family, 1);
    assert_eq!(of("selection-rate").p, of("selection-rate").p_adjusted);
    let p: Vec<Option<f64>> = mistakes.iter().map(|t| t.p).collect();
    let adjusted: Vec<Option<f64>> = mistakes.iter().map(|t| t.p_adjusted).collect();
    assert_eq!(inference::benjamini_hochberg::benjamini_hochberg(&p), adjusted);
    assert!(e.tests.iter().all(|t| t.measure != "ici"));
}
