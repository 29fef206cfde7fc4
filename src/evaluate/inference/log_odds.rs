//! Rates to the log-odds scale and back, with their standard errors.

use super::value::{Estimate, Value};
use super::wilson::proportion;

/// The log odds of `successes` out of `total` with the delta-method error `sqrt(1/k + 1/(n-k))`.
///
/// Counts of independent rows, possibly fractional.
///
/// # Errors
/// When the rate is 0 or 1 (no log odds; see [`log_odds_with_halves`]), `total` is not above 0, or `successes` is
/// outside 0 to `total`.
pub fn log_odds(successes: f64, total: f64) -> Result<Estimate, &'static str> {
    let rate = proportion(successes, total)?;
    log_odds_with_variance(rate, rate * (1.0 - rate) / total)
}

/// The log odds after adding a half to successes and to failures, with error `sqrt(1/(k+1/2) + 1/(n-k+1/2))`.
///
/// Defined also at 0 of n and n of n, so that no group drops out of shrinkage because of its own result (Haldane
/// 1956; Gart and Zweifel 1967, Biometrika 54:181). Add the halves to every group or to none.
///
/// # Errors
/// When `total` is not above 0 or `successes` is outside 0 to `total`.
pub fn log_odds_with_halves(successes: f64, total: f64) -> Result<Estimate, &'static str> {
    proportion(successes, total)?;
    log_odds(successes + 0.5, total + 1.0)
}

/// The log odds of `rate` when the variance of the rate is known, such as from a household bootstrap.
///
/// Delta method: `sqrt(variance) / (rate (1 - rate))`.
///
/// # Errors
/// When `rate` is not strictly between 0 and 1 or `variance` is not finite and above 0.
pub fn log_odds_with_variance(rate: f64, variance: f64) -> Result<Estimate, &'static str> {
    if !(rate > 0.0 && rate < 1.0) {
        return Err("the rate is 0 or 1, so it has no log odds");
    }
    if !(variance > 0.0 && variance.is_finite()) {
        return Err("the rate has no variance above zero");
    }
    Ok(Estimate {
        value: (rate / (1.0 - rate)).ln(),
        standard_error: variance.sqrt() / (rate * (1.0 - rate)),
    })
}

/// The rate of a log odds.
///
/// # Errors
/// When `log_odds` is not a finite number.
pub fn rate_of_log_odds(log_odds: f64) -> Value {
    if log_odds.is_finite() {
        Ok(1.0 / (1.0 + (-log_odds).exp()))
    } else {
        Err("a log odds is not a finite number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 of 4: log odds -ln 3, error sqrt(1 + 1/3).
    #[test]
    fn worked_by_hand_and_back() {
        let got = log_odds(1.0, 4.0).unwrap();
        assert!((got.value + 3.0_f64.ln()).abs() < 1e-15);
        assert!((got.standard_error - (4.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert!((rate_of_log_odds(got.value).unwrap() - 0.25).abs() < 1e-15);
    }

    #[test]
    fn none_of_four_needs_the_halves() {
        assert!(log_odds(0.0, 4.0).is_err() && log_odds(4.0, 4.0).is_err());
        let got = log_odds_with_halves(0.0, 4.0).unwrap();
        assert!((got.value - (0.5_f64 / 4.5).ln()).abs() < 1e-14);
        assert!((got.standard_error - (2.0 + 1.0 / 4.5_f64).sqrt()).abs() < 1e-14);
        assert!(log_odds_with_halves(5.0, 4.0).is_err() && rate_of_log_odds(f64::NAN).is_err());
    }
}
