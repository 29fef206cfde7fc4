//! The shapes shared by every measure: a number that may be undefined, an interval, an estimate with its error.

pub use crate::evaluate::tally::Value;

/// The two ends of an interval, on the scale of the measure, `lower <= upper`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

/// One group's (or one period's) estimate and its standard error, on a scale where errors are near normal.
///
/// Rates belong on the log-odds scale and ratios (such as observed to expected) on the log scale before they are
/// put here; see [`log_odds`](super::log_odds).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimate {
    /// The estimate, finite.
    pub value: f64,
    /// Its standard error, finite and above 0.
    pub standard_error: f64,
}

/// The sampling variances of `estimates`, after checking that every estimate and error can be used.
///
/// # Errors
/// When an estimate is not finite, or a standard error is not finite and above 0.
pub fn sampling_variances(estimates: &[Estimate]) -> Result<Vec<f64>, &'static str> {
    estimates
        .iter()
        .map(|e| {
            let variance = e.standard_error * e.standard_error;
            if !e.value.is_finite() {
                Err("an estimate is not a finite number")
            } else if !(e.standard_error > 0.0 && variance > 0.0 && variance.is_finite()) {
                Err("an estimate has no standard error above zero")
            } else {
                Ok(variance)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_or_infinite_error_is_refused() {
        let with = |standard_error| [Estimate { value: 1.0, standard_error }];
        assert_eq!(sampling_variances(&with(2.0)), Ok(vec![4.0]));
        for bad in [0.0, -1.0, f64::INFINITY, f64::NAN, 1e-200] {
            assert!(sampling_variances(&with(bad)).is_err(), "{bad}");
        }
        assert!(sampling_variances(&[Estimate { value: f64::NAN, standard_error: 1.0 }]).is_err());
    }
}
