//! Observed over expected events by a time.
//!
//! # Measures
//! Calibration in the large: the Aalen-Johansen incidence over the mean prediction; above 1, risks are predicted too low.
//!
//! # Formula
//! `F(t) / mean(p)` and `F(t) - mean(p)`; variances from the influences of both parts together, summed by household; the
//! interval of the ratio is symmetric on the log scale.
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`.
//!
//! # Undefined when
//! As the incidence; the mean prediction is 0. The interval of the ratio: nothing was observed, or there is no spread.
//!
//! # Reference
//! van Geloven et al. 2022, BMJ. With one household a row, the variance of `F` is that of R `survfit`.

use super::super::cumulative_incidence::{cumulative_incidence, with_influence};
use super::super::prepared::Prepared;
use crate::evaluate::Value;
use crate::evaluate::inference::normal::two_sided_critical;

/// How the measure is counted.
pub const CONVENTION: &str =
    "Aalen-Johansen incidence over mean prediction; log interval from household-summed influences";

/// Nothing is expected.
const NONE_EXPECTED: &str = "no event is expected";

/// The ratio and the difference with their intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObservedExpected {
    /// Incidence observed by the time.
    pub observed: f64,
    /// Mean prediction.
    pub expected: f64,
    /// Observed over expected.
    pub ratio: f64,
    /// Standard error of the log ratio.
    pub log_error: Value,
    /// Lower and upper end for the ratio.
    pub ratio_interval: Result<(f64, f64), &'static str>,
    /// Standard error of observed less expected.
    pub difference_error: f64,
    /// Lower and upper end for the difference.
    pub difference_interval: (f64, f64),
}

/// The ratio alone. O(n).
///
/// # Errors
/// As the module says.
pub fn ratio(prepared: &Prepared, weights: &[f64], t: f64) -> Value {
    prepared.total(weights)?;
    let expected = prepared.mean_prediction(&prepared.by_time, weights)?;
    let observed = cumulative_incidence(prepared, &prepared.by_time, weights, t)?;
    if expected > 0.0 { Ok(observed / expected) } else { Err(NONE_EXPECTED) }
}

/// The ratio and difference with intervals. O(n).
///
/// # Errors
/// As the module says.
pub fn with_interval(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    confidence: f64,
) -> Result<ObservedExpected, &'static str> {
    let total = prepared.total(weights)?;
    let z = two_sided_critical(confidence)?;
    let expected = prepared.mean_prediction(&prepared.by_time, weights)?;
    if expected <= 0.0 {
        return Err(NONE_EXPECTED);
    }
    let (observed, influence) = with_influence(prepared, &prepared.by_time, weights, t)?;
    let joint = |of_observed: f64, of_expected: f64| -> f64 {
        let parts = influence.iter().zip(prepared.p);
        let all: Vec<f64> =
            parts.map(|(u, p)| of_observed * u - of_expected * (p - expected) / total).collect();
        prepared.variance(&all, weights).sqrt()
    };
    let difference_error = joint(1.0, 1.0);
    let ratio = observed / expected;
    let log_error =
        if observed > 0.0 { Ok(joint(1.0 / observed, 1.0 / expected)) } else { Err("no event came") };
    let ratio_interval = log_error.and_then(|error| {
        if error > 0.0 {
            Ok((ratio * (-z * error).exp(), ratio * (z * error).exp()))
        } else {
            Err("the rows have no spread")
        }
    });
    let (half, difference) = (z * difference_error, observed - expected);
    let difference_interval = (difference - half, difference + half);
    Ok(ObservedExpected {
        observed,
        expected,
        ratio,
        log_error,
        ratio_interval,
        difference_error,
        difference_interval,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::prepared::{Prepared, testing::simulate};
    use super::{ratio, with_interval};

    #[test]
    fn plain_without_censoring() {
        let (exit, cause, p, ones) = ([1.0, 1.0, 1.0, 1.0], [1, 1, 0, 0], [0.4, 0.2, 0.3, 0.1], [1.0; 4]);
        let rows = Prepared::new(&exit, &cause, &p, &[0, 1, 2, 3]).unwrap();
        let all = with_interval(&rows, &ones, 1.0, 0.95).unwrap();
        assert!((all.ratio - 2.0).abs() < 1e-14 && (ratio(&rows, &ones, 1.0).unwrap() - 2.0).abs() < 1e-14);
        // y - p = .6 .8 -.3 -.1, mean .25: squares .1225 .3025 .3025 .1225 = .85, over 16.
        assert!((all.difference_error.powi(2) - 0.85 / 16.0).abs() < 1e-14);
    }

    #[test]
    fn right_predictions_are_near_one_and_low_ones_are_found() {
        let (exit, cause, p, household) = simulate(4000, 11, 0.0);
        let ones = vec![1.0; 4000];
        let low: Vec<f64> = p.iter().map(|p| p * 0.7).collect();
        let right = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let wrong = Prepared::new(&exit, &cause, &low, &household).unwrap();
        let (a, b) = (
            with_interval(&right, &ones, 1.0, 0.99).unwrap(),
            with_interval(&wrong, &ones, 1.0, 0.99).unwrap(),
        );
        let (a, b) = (a.ratio_interval.unwrap(), b.ratio_interval.unwrap());
        assert!(a.0 < 1.0 && a.1 > 1.0 && b.0 > 1.2, "{a:?} {b:?}");
    }
}
