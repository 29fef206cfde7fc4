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

use super::super::prepared::{BAD_WEIGHTS, NO_ROWS};
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
}
