//! The ratio of two proportions with a log-normal interval.

use super::normal::two_sided_critical;
use super::two_proportions::Counts;
use super::value::Interval;
use super::wilson::proportion;

/// A ratio of two proportions with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// First proportion over second, above 0.
    pub ratio: f64,
    /// The standard error of the natural logarithm of the ratio.
    pub log_standard_error: f64,
    /// The interval of the ratio, both ends above 0.
    pub interval: Interval,
}

/// The ratio `first / second` of two independent proportions with the interval of its logarithm.
///
/// `ratio exp(±z sqrt(1/k1 - 1/n1 + 1/k2 - 1/n2))` (Katz and others 1978, Biometrics 34:469), as
/// `confint_proportions_2indep(compare="ratio", method="log")` of statsmodels. Nothing is added to the counts, so a
/// zero count leaves it undefined instead of depending on the half that would be added. Fractional counts are legal.
///
/// # Errors
/// When a count is 0, when both proportions are 1 (the error is then zero, not small), when a total is not above 0,
/// a count is above its total, or `confidence` is not strictly between 0 and 1.
pub fn ratio_of_proportions(first: Counts, second: Counts, confidence: f64) -> Result<Ratio, &'static str> {
    let p1 = proportion(first.successes, first.total)?;
    let p2 = proportion(second.successes, second.total)?;
    let z = two_sided_critical(confidence)?;
    if first.successes <= 0.0 || second.successes <= 0.0 {
        return Err("a count is zero, so the ratio has no interval");
    }
    let variance = (1.0 - p1) / first.successes + (1.0 - p2) / second.successes;
    if variance <= 0.0 {
        return Err("both proportions are 1, so the ratio has no standard error");
    }
    let (ratio, log_standard_error) = (p1 / p2, variance.sqrt());
    let factor = (z * log_standard_error).exp();
    let interval = Interval { lower: ratio / factor, upper: ratio * factor };
    if !(interval.upper.is_finite() && interval.lower > 0.0) {
        return Err("the counts are too small for the ratio to have a finite interval");
    }
    Ok(Ratio { ratio, log_standard_error, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(successes: f64, total: f64) -> Counts {
        Counts { successes, total }
    }

    /// 10 of 20 against 5 of 20: ratio 2, log variance 1/10 - 1/20 + 1/5 - 1/20 = 0.2.
    #[test]
    fn worked_by_hand() {
        let got = ratio_of_proportions(counts(10.0, 20.0), counts(5.0, 20.0), 0.95).unwrap();
        assert!((got.ratio - 2.0).abs() < 1e-15 && (got.log_standard_error - 0.2_f64.sqrt()).abs() < 1e-15);
        let factor = (1.959_963_984_540_054 * 0.2_f64.sqrt()).exp();
        assert!((got.interval.lower - 2.0 / factor).abs() < 1e-12);
        assert!((got.interval.upper - 2.0 * factor).abs() < 1e-12);
    }

    #[test]
    fn a_zero_count_and_two_certainties_are_undefined() {
        assert!(ratio_of_proportions(counts(0.0, 5.0), counts(1.0, 5.0), 0.95).is_err());
        assert!(ratio_of_proportions(counts(1.0, 5.0), counts(0.0, 5.0), 0.95).is_err());
        assert!(ratio_of_proportions(counts(5.0, 5.0), counts(2.0, 2.0), 0.95).is_err());
        assert!(ratio_of_proportions(counts(1e-9, 5.0), counts(1.0, 2.0), 0.95).is_err());
        assert!(ratio_of_proportions(counts(5.0, 5.0), counts(1.0, 2.0), 0.95).is_ok());
    }
}
