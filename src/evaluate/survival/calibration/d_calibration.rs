//! D-calibration: whether predicted event-free chances at the own end are uniform.
//!
//! # Measures
//! Agreement over all times, for time to any event. No definition for one of several causes is settled in print, so with
//! competing ends the event is an end by any cause and `free` the chance of none.
//!
//! # Formula
//! `B` equal bins of [0, 1], upper bin closed. An event adds its weight to the bin of `s = S_i(exit_i)`; a censored row spreads
//! it over [0, s] uniformly: `(s - lower) / s` to its bin, `(1 / B) / s` to each below (all to the first where s is 0).
//! `sum (count - W / B)^2 / (W / B)` against chi-square with `B - 1` degrees of freedom.
//!
//! # Inputs
//! `free`: predicted chance, in [0, 1], of no event up to and with the row's own exit; `event`; weights.
//!
//! # Undefined when
//! There are no rows; fewer than two bins. The p value takes rows as independent: weights other than 1 and households make
//! it too small.
//!
//! # Reference
//! Haider, Hoehn, Davis and Greiner 2020, Journal of Machine Learning Research.

use super::super::cumulative_incidence::with_influence;
use super::super::prepared::{BAD_WEIGHTS, NO_ROWS, Prepared};
use super::one_calibration::quadratic;
use crate::evaluate::Value;
use crate::evaluate::inference::chi_square::upper_tail;

/// How the measure is counted.
pub const CONVENTION: &str = "event of any cause; censored rows spread evenly below their event-free chance; chi-square with bins less 1 degrees of freedom";

/// The bins and the test.
#[derive(Clone, Debug, PartialEq)]
pub struct DCalibration {
    /// Weight in each bin, from the lowest event-free chance on.
    pub counts: Vec<f64>,
    /// Pearson's statistic.
    pub chi_square: f64,
    /// Bins less 1.
    pub degrees: f64,
    /// Upper tail.
    pub p_value: Value,
}

/// Counts and tests. O(n + bins).
///
/// # Errors
/// As the module says, or with columns that do not fit.
pub fn d_calibration(
    free: &[f64],
    event: &[bool],
    weights: &[f64],
    bins: usize,
) -> Result<DCalibration, &'static str> {
    if free.len() != event.len() || free.iter().any(|s| !(0.0..=1.0).contains(s)) {
        return Err("the event-free chances are not one number between 0 and 1 for each row");
    }
    if weights.len() != free.len() || weights.iter().any(|w| !(w.is_finite() && *w >= 0.0)) {
        return Err(BAD_WEIGHTS);
    }
    if bins < 2 {
        return Err("there are fewer than two bins");
    }
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return Err(NO_ROWS);
    }
    let width = 1.0 / bins as f64;
    let mut counts = vec![0.0; bins];
    // Weight that fills every bin below this one evenly.
    let mut below = vec![0.0; bins];
    for ((&s, &event), &weight) in free.iter().zip(event).zip(weights) {
        let bin = ((s * bins as f64) as usize).min(bins - 1);
        if event || s <= 0.0 {
            counts[bin] += weight;
        } else {
            counts[bin] += weight * ((s - bin as f64 * width) / s).max(0.0);
            below[bin] += weight * width / s;
        }
    }
    let mut filling = 0.0;
    for bin in (0..bins).rev() {
        counts[bin] += filling;
        filling += below[bin];
    }
    let even = total * width;
    let chi_square = counts.iter().map(|count| (count - even) * (count - even) / even).sum();
    let degrees = (bins - 1) as f64;
    Ok(DCalibration { counts, chi_square, degrees, p_value: upper_tail(chi_square, degrees) })
}

/// What is printed next to the p value of [`by_household`].
pub const BY_HOUSEHOLD: &str = "Kaplan-Meier estimate of 1 less the predicted event-free chance at the own end (an end by any cause) \
against the uniform distribution at tenths, Wald test with influences summed by household";

/// A test of the same with censoring and households: where the predictions are right, `1 - free` at the own end is uniform
/// but for censoring, so that its Kaplan-Meier estimate rises along the diagonal. `d' V^-1 d` over the edges of `bins` equal
/// bins up to which rows are followed, `d` the estimate less the edge, `V` from influences summed by household; chi-square with as
/// many degrees of freedom as edges. The test of [`d_calibration`] takes censored rows as spread evenly without error, and so hardly
/// ever rejects where many are censored. With few households this one rejects somewhat too often, as
/// [`super::one_calibration`] does.
///
/// # Errors
/// As the module says; where no edge is reached, or there are too few households.
pub fn by_household(free: &[f64], event: &[bool], household: &[u32], bins: usize) -> Value {
    let exit: Vec<f64> = free.iter().map(|s| 1.0 - s).collect();
    let cause: Vec<u8> = event.iter().map(|e| u8::from(*e)).collect();
    let (p, ones) = (vec![0.0; free.len()], vec![1.0; free.len()]);
    let prepared = Prepared::new(&exit, &cause, &p, household)?;
    let (mut d, mut sums) = (Vec::new(), Vec::new());
    for edge in (1..bins).map(|bin| bin as f64 / bins as f64) {
        let beyond = exit.iter().filter(|u| **u >= edge).count();
        if beyond < FEWEST_BEYOND.max(free.len() / 10) {
            break;
        }
        let (f, influence) = with_influence(&prepared, &prepared.by_time, &ones, edge)?;
        d.push(f - edge);
        sums.push(prepared.household_sums(&influence, &ones));
    }
    if d.is_empty() {
        return Err("too few are followed to where a tenth is expected to have ended");
    }
    let size = d.len();
    let cross = |i: usize, j: usize| sums[i].iter().zip(&sums[j]).map(|(a, b)| a * b).sum::<f64>();
    let v = (0..size * size).map(|cell| cross(cell / size, cell % size)).collect();
    upper_tail(quadratic(v, &d)?, size as f64)
}

/// Rows followed beyond an edge, at least, and a tenth of all: the estimate is skewed where few are left.
const FEWEST_BEYOND: usize = 50;

#[cfg(test)]
mod tests {
    use super::d_calibration;
    use rand::RngExt as _;

    #[test]
    fn by_hand() {
        // Five bins: events at .1 and .9; censored at .5 (weight 2): .1/.5 in the third, .2/.5 in each of two below.
        let found = d_calibration(&[0.1, 0.9, 0.5], &[true, true, false], &[1.0, 1.0, 2.0], 5).unwrap();
        for (count, wanted) in found.counts.iter().zip([1.8, 0.8, 0.4, 0.0, 1.0]) {
            assert!((count - wanted).abs() < 1e-14);
        }
        // Expected .8 each: (1 + 0 + .16 + .64 + .04) / .8 = 2.3.
        assert!((found.chi_square - 2.3).abs() < 1e-13);
    }

    #[test]
    fn the_truth_passes_and_a_wrong_rate_does_not() {
        let mut draw = crate::num::seed::stream(5, "d-calibration");
        let (mut right, mut wrong, mut event) = (vec![], vec![], vec![]);
        for _ in 0..3000 {
            let rate = 0.5 + draw.random::<f64>();
            let (come, end) = (-(1.0 - draw.random::<f64>()).ln() / rate, 2.0 * draw.random::<f64>());
            right.push((-rate * come.min(end)).exp());
            wrong.push((-0.6 * rate * come.min(end)).exp());
            event.push(come <= end);
        }
        let p = |free: &[f64]| d_calibration(free, &event, &[1.0; 3000], 10).unwrap().p_value.unwrap();
        assert!(p(&right) > 0.01 && p(&wrong) < 1e-6, "{} {}", p(&right), p(&wrong));
    }

    /// With the truth, censored at times that half outlive, in households of two that end alike, one p value in twenty is
    /// under 0.05; with hazards a quarter off nearly all are.
    #[test]
    fn by_household_rejects_as_often_as_it_says() {
        let mut draw = crate::num::seed::stream(6, "d-calibration by household");
        let mut rejected = |off: f64| {
            let rounds = 300;
            let found = (0..rounds).filter(|_| {
                let (mut free, mut event) = (vec![], vec![]);
                for _ in 0..500 {
                    let rate = 0.5 + draw.random::<f64>();
                    let (time, end) = (-(1.0 - draw.random::<f64>()).ln() / rate, 0.2 + draw.random::<f64>());
                    for _ in 0..2 {
                        free.push((-rate * off * time.min(end)).exp());
                        event.push(time <= end);
                    }
                }
                let household: Vec<u32> = (0..1_000).map(|row| row / 2).collect();
                super::by_household(&free, &event, &household, 10).unwrap() < 0.05
            });
            found.count() as f64 / f64::from(rounds)
        };
        let (right, wrong) = (rejected(1.0), rejected(1.25));
        println!("{right} {wrong}");
        assert!((0.01..0.12).contains(&right), "{right}");
        assert!(wrong > 0.7, "{wrong}");
    }
}
