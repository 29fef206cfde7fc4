//! By hand and by definition; against other programs in `golden` and `own_golden`.

use super::*;
use crate::num::seed;
use crate::survival::restricted_mean::{time_influence, time_to};
use rand::RngExt;

fn near(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance * (1.0 + expected.abs()),
        "{what}: {found}, not {expected}"
    );
}

/// Five rows: at 1 an event of cause 1 of five at risk; at 2 one of cause 2 of four, and one censored; at 3 one of cause 1 of two.
fn five() -> Times {
    Times::new(vec![1.0, 2.0, 2.0, 3.0, 4.0], vec![1, 2, 0, 1, 0]).unwrap()
}

#[test]
fn by_hand() {
    let found = AalenJohansen::new(&five(), None).unwrap();
    // F1: 1/5, then 1/5 + 3/5 · 1/2 = 1/2; F2: 4/5 · 1/4 = 1/5; S: 4/5, 3/5, 3/10.
    for (t, expected) in [(0.5, [0.0, 0.0]), (1.0, [0.2, 0.0]), (2.5, [0.2, 0.2]), (4.0, [0.5, 0.2])] {
        let by = found.by(t).unwrap();
        for (k, expected) in expected.into_iter().enumerate() {
            near("incidence", by[k], expected, 1e-15);
        }
    }
    near("free", found.free[2], 0.3, 1e-15);
    assert_eq!(found.at_risk, [5.0, 4.0, 2.0]);
    assert!(found.by(4.1).is_err(), "nobody was followed for so long");
    let ended = Times::new(vec![1.0, 2.0], vec![1, 2]).unwrap();
    assert_eq!(AalenJohansen::new(&ended, None).unwrap().by(9.0).unwrap(), [0.5, 0.5], "all had ended");
    assert!(AalenJohansen::new(&ended, Some(&[0.0, 0.0])).is_err());
}

/// Rows with many ties, late entries, two causes and weights from 0 to 3.
fn random(number: u64) -> (Times, Vec<f64>, Vec<u32>) {
    let mut rng = seed::stream(number, "aalen-johansen");
    let (mut entry, mut exit, mut cause, mut weight) = (vec![], vec![], vec![], vec![]);
    for _ in 0..60 {
        let from = if rng.random::<f64>() < 0.4 { rng.random_range(0..4) } else { -1 };
        entry.push(if from < 0 { f64::NEG_INFINITY } else { f64::from(from) });
        exit.push(f64::from(from.max(0) + rng.random_range(1..8)));
        cause.push(rng.random_range(0..3));
        weight.push(f64::from(rng.random_range(0..4)));
    }
    let cluster = (0..60).map(|row| row / 3).collect();
    (Times::with_entry(entry, exit, cause).unwrap(), weight, cluster)
}

/// The estimate as it is defined, time by time.
fn naive(times: &Times, weight: &[f64], t: f64) -> [f64; 2] {
    let (mut free, mut came) = (1.0, [0.0, 0.0]);
    let mut distinct: Vec<f64> = times.exit.iter().copied().filter(|u| *u <= t).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    for u in distinct {
        let sum = |keep: &dyn Fn(usize) -> bool| -> f64 {
            (0..times.len()).filter(|i| keep(*i)).map(|i| weight[i]).sum()
        };
        let risk = sum(&|i| times.entry[i] < u && times.exit[i] >= u);
        let events = [1, 2].map(|k| sum(&|i| (times.exit[i] - u).abs() < 1e-9 && times.cause[i] == k));
        if risk > 0.0 {
            (0..2).for_each(|k| came[k] += free * events[k] / risk);
            free *= 1.0 - (events[0] + events[1]) / risk;
        }
    }
    came
}

/// The area under it, in steps of one: all times are whole.
fn naive_time(times: &Times, weight: &[f64], t: f64) -> [f64; 2] {
    let mut area = [0.0, 0.0];
    for from in 0..t as u32 {
        let came = naive(times, weight, f64::from(from));
        (0..2).for_each(|k| area[k] += came[k]);
    }
    area
}

#[test]
fn fast_is_the_definition_and_the_influence_its_derivative() {
    for number in 0..30 {
        let (times, weight, cluster) = random(number);
        let t = 5.0;
        let expected = naive(&times, &weight, t);
        let found = AalenJohansen::new(&times, Some(&weight)).unwrap();
        let by = found.by(t).unwrap();
        for cause in [1_u8, 2] {
            let k = usize::from(cause) - 1;
            near("incidence", by[k], expected[k], 1e-13);
            let influence = found.influence(&Sorted::new(&times), cause, t);
            let whole: f64 = influence.iter().zip(&weight).map(|(u, w)| u * w).sum();
            near("sum of influences", whole, 0.0, 1e-12);
            let sorted = Sorted::new(&times);
            let lost = time_influence(&found, &sorted, cause, t);
            let free = found.influence(&sorted, 0, t);
            let free_time = time_influence(&found, &sorted, 0, t);
            near("time", time_to(&found, cause, t).unwrap(), naive_time(&times, &weight, t)[k], 1e-13);
            for row in (0..60).filter(|row| weight[*row] > 0.0) {
                let step = |by: f64| {
                    let mut moved = weight.clone();
                    moved[row] += by;
                    (naive(&times, &moved, t), naive_time(&times, &moved, t))
                };
                let (up, down) = (step(1e-5), step(-1e-5));
                // Of share and of time: of the cause, and of what is left.
                let slope = |up: [f64; 2], down: [f64; 2]| {
                    let moved = [0, 1].map(|k| (up[k] - down[k]) / 2e-5);
                    (moved[k], -moved[0] - moved[1])
                };
                let ((own, left), (time, time_left)) = (slope(up.0, down.0), slope(up.1, down.1));
                near("influence", influence[row], own, 1e-7);
                near("influence on what is left", free[row], left, 1e-7);
                near("influence on time", lost[row], time, 1e-6);
                near("influence on time left", free_time[row], time_left, 1e-6);
            }
        }
        // A weight of two is two rows, a weight of none no row, in any order.
        let copies: Vec<usize> = (0..60).rev().flat_map(|i| vec![i; weight[i] as usize]).collect();
        let pick = |of: &[f64]| copies.iter().map(|i| of[*i]).collect::<Vec<f64>>();
        let causes = copies.iter().map(|i| times.cause[*i]).collect();
        let copied = Times::with_entry(pick(&times.entry), pick(&times.exit), causes).unwrap();
        let clusters: Vec<u32> = copies.iter().map(|i| cluster[*i]).collect();
        let one = &at(&times, Some(&weight), &cluster, &[t]).unwrap()[0].clone().unwrap();
        let two = &at(&copied, None, &clusters, &[t]).unwrap()[0].clone().unwrap();
        near("left", one.free.value, two.free.value, 1e-13);
        near("error of left", one.free.standard_error, two.free.standard_error, 1e-12);
        near("at risk", one.at_risk, two.at_risk, 1e-13);
        for (one, two) in one.incidence.iter().zip(&two.incidence) {
            near("value", one.value, two.value, 1e-13);
            near("error", one.standard_error, two.standard_error, 1e-12);
        }
    }
}

/// With no censoring the error is the binomial one, √(p (1 - p) / n); twice the same rows, in clusters of two, have the same.
#[test]
fn without_censoring_it_is_a_share_with_a_binomial_error() {
    let times =
        Times::new((1..=100).map(f64::from).collect(), (0..100).map(|i| 1 + i % 2).collect()).unwrap();
    let apart: Vec<u32> = (0..100).collect();
    let found = at(&times, None, &apart, &[40.0]).unwrap()[0].clone().unwrap();
    near("share", found.incidence[0].value, 0.2, 1e-13);
    near("error", found.incidence[0].standard_error, (0.2_f64 * 0.8 / 100.0).sqrt(), 1e-12);
    let double = |of: &[f64]| of.iter().flat_map(|v| [*v, *v]).collect::<Vec<f64>>();
    let causes = times.cause.iter().flat_map(|c| [*c, *c]).collect();
    let twice = Times::new(double(&times.exit), causes).unwrap();
    let pairs: Vec<u32> = apart.iter().flat_map(|c| [*c, *c]).collect();
    let paired = at(&twice, None, &pairs, &[40.0]).unwrap()[0].clone().unwrap();
    near("error of pairs", paired.incidence[0].standard_error, found.incidence[0].standard_error, 1e-12);
    // log(0.8) = -0.22314; half width 1.95996 · 0.04 / (0.8 · 0.22314) = 0.43919.
    let ends = found.incidence[0].complementary_interval(0.95).unwrap();
    near("low", ends.lower, 1.0 - 0.8_f64.powf((-0.439_19_f64).exp()), 1e-5);
    near("high", ends.upper, 1.0 - 0.8_f64.powf(0.439_19_f64.exp()), 1e-5);
}
