use super::{Family, compared};
use crate::evaluate::inference::normal;
use crate::evaluate::survival::score::measures as m;
use crate::evaluate::survival::score::{Chances, Settings, Tested, score};
use crate::evaluate::{Grouping, Row, Status, Value};
use crate::num::seed;
use ndarray::Array2;
use rand::RngExt as _;

fn row(level: &str, estimate: f64, events: u64) -> Row {
    Row {
        model: "m".to_owned(),
        split: "s".to_owned(),
        measure: m::RATIO.id,
        group: "g".to_owned(),
        level: level.to_owned(),
        at: "12 months".to_owned(),
        estimate: Some(estimate),
        low: None,
        high: None,
        theory: None,
        shrunk: None,
        n: 200,
        events,
        rests_on: vec![events, 60],
        households: Vec::new(),
        status: Status::Ok,
        reason: None,
        convention: "",
    }
}

fn grouped(levels: &[&str], level_of: Vec<u16>) -> Tested {
    Tested {
        split: "s".to_owned(),
        exit: Vec::new(),
        cause: Vec::new(),
        administrative: Vec::new(),
        household: Vec::new(),
        times: Vec::new(),
        groupings: vec![Grouping {
            name: "g".to_owned(),
            levels: levels.iter().map(|l| (*l).to_owned()).collect(),
            level_of,
        }],
        models: Vec::new(),
    }
}

/// Differences of two groups over 101 replicates, -50 to 50 hundredths: their variance is (101\u{b2} - 1) / 12 x 101 / 100 of
/// hundredths squared, 858.5; a difference of one is 10\u{2074} / 858.5 x (101 - 1 - 2) / 100 = 11.415, two-sided as if normal.
#[test]
fn two_groups_by_hand() {
    let tested = grouped(&["a", "b"], vec![0, 1, 1]);
    let rows = [row("a", 2.0, 40), row("b", 1.0, 40)];
    let replicates: Vec<Vec<Value>> =
        (0..101).map(|i| vec![Ok(1.5 + f64::from(i) / 100.0), Ok(1.0)]).collect();
    let (contrasts, tests) = compared(&tested, &[], (&rows, &replicates));
    let [only] = &contrasts[..] else { panic!("{contrasts:?}") };
    assert_eq!((only.level.as_str(), only.against.as_str()), ("a", "b"), "the larger is the reference");
    let (low, high) = only.difference_interval.unwrap();
    assert!(
        (only.difference.unwrap() - 1.0).abs() < 1e-12
            && (low - 0.525).abs() < 1e-9
            && (high - 1.475).abs() < 1e-9
    );
    let z = (1e4_f64 / 858.5 * 0.98).sqrt();
    let p = normal::two_sided_p(z);
    assert!((tests[0].p.unwrap() - p).abs() < 1e-9, "{:?} {p}", tests[0].p);
    let named = [("g".to_owned(), "a".to_owned())];
    let (contrasts, again) = compared(&tested, &named, (&rows, &replicates));
    assert!((contrasts[0].difference.unwrap() + 1.0).abs() < 1e-12 && contrasts[0].against == "a");
    assert_eq!(tests[0].p, again[0].p);
}

#[test]
fn small_and_undefined_groups_are_left_out_and_named() {
    let tested = grouped(&["a", "b", "c"], vec![0, 1, 2]);
    let mut rows = [row("a", 2.0, 40), row("b", 1.0, 40), row("c", 9.0, 9)];
    let mut draw = seed::stream(1, "left out");
    let replicates: Vec<Vec<Value>> =
        (0..120).map(|_| (0..3).map(|_| Ok(1.0 + draw.random::<f64>())).collect()).collect();
    let test = |rows: &[Row; 3], replicates| compared(&tested, &[], (rows, replicates)).1.remove(0);
    let found = test(&rows, &replicates);
    assert!(found.left_out == ["c"] && found.p.is_some(), "{found:?}");
    assert!(test(&rows, &replicates[..99]).p.is_none(), "too few replicates");
    rows[1].estimate = None;
    rows[1].reason = Some("because".to_owned());
    let found = test(&rows, &replicates);
    assert!(found.left_out == ["b", "c"] && found.status == Status::Undefined, "{found:?}");
    let (contrasts, _) = compared(&tested, &[], (&rows, &replicates));
    let of_b = contrasts.iter().find(|c| c.level == "b").unwrap();
    assert_eq!((of_b.difference, of_b.reason.as_deref()), (None, Some("because")));
}

/// Of a dozen who came back none was flagged, in every replicate; of 40 others 10 were. As for two independent shares with 10 of
/// 52 in common, z is 0.25 / sqrt(0.1923 x 0.8077 (1/12 + 1/40)) = 1.927, and not without end.
#[test]
fn nobody_in_a_dozen_is_not_certain() {
    let share = |level: &str, estimate: f64, came: u64| Row {
        measure: m::SENSITIVITY.id,
        rests_on: vec![came, 60, 10, 10, 10, 10],
        ..row(level, estimate, came)
    };
    let rows = [share("a", 0.25, 40), share("b", 0.0, 12)];
    let replicates: Vec<Vec<Value>> =
        (0..200).map(|i| vec![Ok(0.25 + f64::from(i % 2) * 0.02), Ok(0.0)]).collect();
    let family =
        Family { measure: &m::SENSITIVITY, rows: &rows, places: vec![0, 1], replicates: &replicates };
    let p = family.p_value(&[0, 1]).unwrap();
    let all: f64 = 10.0 / 52.0;
    let z = 0.25 / (all * (1.0 - all) * (1.0 / 12.0 + 1.0 / 40.0)).sqrt();
    let wanted = normal::two_sided_p(z * (197.0_f64 / 199.0).sqrt());
    assert!((p - wanted).abs() < 1e-9 && p > 0.05, "{p} {wanted}");
}

/// The order of the levels does not matter: any of them may be the one that differences are taken from.
#[test]
fn the_first_level_is_no_better_than_the_others() {
    let mut draw = seed::stream(2, "order");
    let replicates: Vec<Vec<Value>> = (0..200)
        .map(|_| (0..3).map(|k| Ok(f64::from(k) * draw.random::<f64>() + draw.random::<f64>())).collect())
        .collect();
    let rows = [row("a", 2.0, 40), row("b", 1.0, 40), row("c", 1.4, 40)];
    let of = |places: Vec<usize>| {
        Family { measure: &m::RATIO, rows: &rows, places: places.clone(), replicates: &replicates }
            .p_value(&places)
            .unwrap()
    };
    let p = of(vec![0, 1, 2]);
    assert!(p > 1e-6 && p < 0.9 && (p - of(vec![2, 0, 1])).abs() < 1e-9, "{p}");
}

/// A world in which the waiting times of the first group are `faster` times as fast as the model says; households of two whose
/// rates are shared, with groups of 40, 30, 20 and 10 in a hundred households.
fn world(number: u32, faster: f64) -> Tested {
    let mut draw = seed::stream(u64::from(number), "time contrasts");
    let (mut exit, mut cause, mut administrative, mut level_of, mut risk) =
        (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..400 {
        let place = draw.random::<f64>();
        let level: u16 = [0.4, 0.7, 0.9].iter().map(|end| u16::from(place > *end)).sum();
        let shared = 0.2 + draw.random::<f64>();
        for _ in 0..2 {
            let mut wait = |rate: f64| -(1.0 - draw.random::<f64>()).ln() / rate;
            let (one, two) = (wait(if level == 0 { shared * faster } else { shared }), wait(0.25));
            let end = 0.5 + 2.0 * draw.random::<f64>();
            exit.push(one.min(two).min(end));
            cause.push(if one <= two.min(end) { 1 } else { 2 * u8::from(two <= end) });
            administrative.push(end);
            level_of.push(level);
            risk.push(shared / (shared + 0.25) * (1.0 - (-(shared + 0.25)).exp()));
        }
    }
    let rows = exit.len();
    Tested {
        household: (0..rows as u32).map(|row| row / 2).collect(),
        times: vec![(12, 1.0)],
        models: vec![Chances {
            model: "m".to_owned(),
            risk: Array2::from_shape_vec((rows, 1), risk).unwrap(),
            free: vec![],
        }],
        exit,
        cause,
        administrative,
        ..grouped(&["a", "b", "c", "d"], level_of)
    }
}

/// In worlds where the first group comes back 2.6 times as fast, the test of what came against what was expected says so; with
/// all tests of its family allowed for.
#[test]
fn a_group_that_comes_back_more_often_is_found() {
    let settings = Settings {
        capacity: 0.3,
        thresholds: vec![],
        replicates: 200,
        seed: 3,
        candidate: "m".to_owned(),
        reference: "m".to_owned(),
        references: vec![],
    };
    for number in 0..8 {
        let scored = score(&world(number, 2.6), &settings, &|_| {}).unwrap();
        let of = |id: &str| scored.tests.iter().find(|t| t.measure == id).unwrap();
        let ratio = of("time-observed-over-expected");
        assert!(ratio.p_adjusted.unwrap() < 0.05 && ratio.p <= ratio.p_adjusted, "{ratio:?}");
        assert_eq!((of("time-incidence").family, ratio.family), (3, 5));
        let gap = scored.contrasts.iter().find(|c| c.measure == ratio.measure && c.level == "b").unwrap();
        assert!(gap.against == "a" && gap.difference_interval.unwrap().1 < 0.0, "{gap:?}");
    }
}
