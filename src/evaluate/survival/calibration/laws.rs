//! Laws that every measure here keeps: a row of weight 2 is two rows, one of weight 0 is none, and the order of rows is nothing.

use super::super::net_benefit::{net_benefit, of_all, standardised, threshold_of_capacity};
use super::super::prepared::{Prepared, testing::simulate};
use super::super::threshold_rates::at_threshold;
use super::curve::{curve, points};
use super::d_calibration::d_calibration;
use super::observed_over_expected::{ratio, with_interval};
use super::one_calibration::one_calibration;
use super::slope::slope;
use super::smooth::{distances, grid, smooth};

/// All numbers of all measures, with their names.
fn numbers(rows: &Prepared, weights: &[f64]) -> Vec<(&'static str, f64)> {
    let t = 1.0;
    let mut found = Vec::new();
    let mut add = |name, values: &[f64]| found.extend(values.iter().map(|value| (name, *value)));
    let over = with_interval(rows, weights, t, 0.9).unwrap();
    let (lower, upper) = over.ratio_interval.unwrap();
    add(
        "observed over expected",
        &[ratio(rows, weights, t).unwrap(), over.ratio, lower, upper, over.difference_error],
    );
    for group in curve(rows, weights, t, 4, 0.9).unwrap() {
        let (lower, upper) = group.interval.unwrap();
        add("curve", &[group.weight, group.predicted, group.observed.unwrap(), lower, upper]);
    }
    for (predicted, observed) in points(rows, weights, t, 4).unwrap() {
        add("points", &[predicted, observed.unwrap()]);
    }
    let both = slope(rows, weights, t, 0.9).unwrap();
    for estimate in [both.intercept, both.intercept_with_slope.unwrap(), both.slope.unwrap()] {
        add("slope", &[estimate.value, estimate.error, estimate.interval.0, estimate.interval.1]);
    }
    let one = one_calibration(rows, weights, t, 4).unwrap();
    add("one-calibration", &[one.chi_square, one.degrees, one.p_value.unwrap()]);
    add("one-calibration", &one.differences);
    let places = grid(rows, weights, 9).unwrap();
    let smoothed = smooth(rows, weights, t, &places, 0.6).unwrap();
    let far = distances(rows, weights, &places, &smoothed).unwrap();
    add("grid", &places.p);
    add("smooth", &smoothed);
    add("distances", &[far.ici, far.e50, far.e90, far.emax]);
    let free: Vec<f64> = rows.p.iter().zip(rows.exit).map(|(p, exit)| (1.0 - p).powf(*exit)).collect();
    let event: Vec<bool> = rows.cause.iter().map(|cause| *cause > 0).collect();
    let bins = d_calibration(&free, &event, weights, 6).unwrap();
    add("D-calibration", &bins.counts);
    add("D-calibration", &[bins.chi_square, bins.p_value.unwrap()]);
    let cut = threshold_of_capacity(rows, weights, 0.4).unwrap();
    for h in [0.25, cut] {
        let rates = at_threshold(rows, weights, t, h).unwrap();
        add("threshold rates", &[rates.ppv().unwrap(), rates.npv().unwrap(), rates.sensitivity().unwrap()]);
        add(
            "net benefit",
            &[net_benefit(rows, weights, t, h).unwrap(), of_all(rows, weights, t, h).unwrap()],
        );
        add("net benefit", &[h, standardised(rows, weights, t, h).unwrap()]);
    }
    found
}

/// The measures of the rows picked, each once.
fn of_picked(pick: &[usize], seed: u64) -> Vec<(&'static str, f64)> {
    let (exit, cause, p, household) = columns(seed);
    let at = |column: &[f64]| -> Vec<f64> { pick.iter().map(|row| column[*row]).collect() };
    let (exit, p) = (at(&exit), at(&p));
    let cause: Vec<u8> = pick.iter().map(|row| cause[*row]).collect();
    let household: Vec<u32> = pick.iter().map(|row| household[*row]).collect();
    numbers(&Prepared::new(&exit, &cause, &p, &household).unwrap(), &vec![1.0; pick.len()])
}

/// Tied times and tied predictions.
fn columns(seed: u64) -> (Vec<f64>, Vec<u8>, Vec<f64>, Vec<u32>) {
    let (exit, cause, p, household) = simulate(240, seed, 10.0);
    (exit, cause, p.iter().map(|p| (p * 50.0).ceil() / 50.0).collect(), household)
}

fn same(one: &[(&'static str, f64)], other: &[(&'static str, f64)]) {
    assert_eq!(one.len(), other.len());
    for ((name, a), (_, b)) in one.iter().zip(other) {
        assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{name}: {a} {b}");
    }
}

#[test]
fn a_weight_is_so_many_rows_and_none_is_no_row() {
    for seed in 20..26 {
        let (exit, cause, p, household) = columns(seed);
        let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let times = |row: usize| (row * 7 + row / 3) % 4;
        let weights: Vec<f64> = (0..240).map(|row| times(row) as f64).collect();
        let pick: Vec<usize> = (0..240).rev().flat_map(|row| vec![row; times(row)]).collect();
        same(&numbers(&rows, &weights), &of_picked(&pick, seed));
    }
}

#[test]
fn the_order_of_rows_is_nothing() {
    let plain: Vec<usize> = (0..240).collect();
    let mixed: Vec<usize> = (0..240).map(|row| row * 77 % 240).collect();
    same(&of_picked(&plain, 5), &of_picked(&mixed, 5));
}

#[test]
fn a_scale_of_all_weights_leaves_what_is_no_count() {
    let (exit, cause, p, household) = columns(31);
    let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
    let (ones, halves) = (numbers(&rows, &[1.0; 240]), numbers(&rows, &[0.5; 240]));
    for ((name, a), (_, b)) in ones.iter().zip(&halves) {
        if !["curve", "D-calibration"].contains(name) {
            assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{name}: {a} {b}");
        }
    }
}
