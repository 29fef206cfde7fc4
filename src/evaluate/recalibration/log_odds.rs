//! Log-odds and back, and straight lines on the log-odds with their limits at risks of 0 and 1.

pub use crate::num::{logit as log_odds, sigmoid as risk};

/// The risk at intercept + slope * logit(p), at p = 0 and 1 the limit: 0 or 1, or where the slope is 0 the
/// same risk as everywhere.
pub fn on_line(intercept: f64, slope: f64, p: f64) -> f64 {
    // Apart, as 0 times infinity is not a number.
    if slope.abs() > 0.0 { risk(intercept + slope * log_odds(p)) } else { risk(intercept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_and_risk_undo_each_other() {
        for p in [1e-300, 1e-9, 0.2, 0.5, 0.999] {
            assert!((risk(log_odds(p)) / p - 1.0).abs() < 1e-12);
        }
        assert!((log_odds(0.8) - 4.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn the_ends_have_limits() {
        assert!(on_line(3.0, 0.5, 0.0) <= 0.0 && on_line(3.0, 0.5, 1.0) >= 1.0);
        assert!(on_line(3.0, -0.5, 0.0) >= 1.0 && on_line(3.0, -0.5, 1.0) <= 0.0);
        assert!([0.0, 1.0].iter().all(|&p| (on_line(0.0, 0.0, p) - 0.5).abs() < 1e-15));
    }
}
