//! Weak calibration: likelihood-ratio tests of the intercept and slope of the logistic calibration model.
//!
//! The model is logit P(outcome) = a + b logit(p) (Cox 1958, Biometrika 45:562); "weak" in the ladder of Van
//! Calster and others 2016 (Journal of Clinical Epidemiology 74:167). Perfect weak calibration is a = 0 and b
//! = 1.

use super::{Point, logistic_fit, logistic_fit::Observation, point};
use crate::evaluate::inference::chi_square;

/// A likelihood-ratio test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatio {
    /// Twice the gain in log-likelihood, at least 0.
    pub statistic: f64,
    /// The number of freed parameters.
    pub degrees_of_freedom: f64,
    /// The upper tail of the chi-square distribution.
    pub p_value: f64,
}

/// The estimates and the three tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeakCalibration {
    /// The intercept with the slope held at 1: calibration in the large on the log-odds scale.
    pub calibration_in_the_large: f64,
    /// The intercept fitted together with the slope (log-odds of the outcome where p is one half).
    pub intercept: f64,
    /// The slope; below 1 the risks are too extreme.
    pub slope: f64,
    /// Intercept 0 and slope 1 against both free, 2 degrees of freedom (the unreliability test of Harrell's
    /// rms).
    pub intercept_and_slope: LikelihoodRatio,
    /// Intercept 0 against free, both with slope 1, 1 degree of freedom.
    pub intercept_given_slope_one: LikelihoodRatio,
    /// Slope 1 against free, both with a free intercept, 1 degree of freedom.
    pub slope_given_intercept: LikelihoodRatio,
}

/// Fits the model and tests it; Miller, Hui and Tierney 1991 (Statistics in Medicine 10:1213), and as
/// pmcalibration `logistic_cal` reports.
///
/// Input: points sorted by rising distinct risk. Undefined where a risk is exactly 0 or 1, one outcome is
/// missing, all risks are the same or the risks separate the outcomes. Cost: O(points) an iteration, about
/// ten iterations.
pub fn assess(points: &[Point]) -> Result<WeakCalibration, &'static str> {
    point::check_log_odds(points)?;
    point::check_slope(points)?;
    let with_offset = observations_with_offset(points);
    let nothing_freed = logistic_fit::evaluate(&with_offset, &[0.0]).log_likelihood;
    let intercept_freed = logistic_fit::fit(&with_offset)?;
    let both_freed = logistic_fit::fit(&observations_with_slope(points))?;
    let [intercept, slope] = both_freed.coefficients;
    let [calibration_in_the_large] = intercept_freed.coefficients;
    Ok(WeakCalibration {
        calibration_in_the_large,
        intercept,
        slope,
        intercept_and_slope: ratio(both_freed.log_likelihood, nothing_freed, 2.0)?,
        intercept_given_slope_one: ratio(intercept_freed.log_likelihood, nothing_freed, 1.0)?,
        slope_given_intercept: ratio(both_freed.log_likelihood, intercept_freed.log_likelihood, 1.0)?,
    })
}

fn ratio(free: f64, held: f64, degrees_of_freedom: f64) -> Result<LikelihoodRatio, &'static str> {
    // A maximum is never below the value it is compared with; the bound takes away rounding only.
    let statistic = (2.0 * (free - held)).max(0.0);
    let p_value = chi_square::upper_tail(statistic, degrees_of_freedom)?;
    Ok(LikelihoodRatio { statistic, degrees_of_freedom, p_value })
}

/// Observations of the model with the slope held at 1; call [`point::check_log_odds`] first.
pub(super) fn observations_with_offset(points: &[Point]) -> Vec<Observation<1>> {
    let present = points.iter().filter(|point| point.rows > 0.0);
    let observation = |point: &Point| Observation {
        terms: [1.0],
        offset: log_odds(point.p),
        rows: point.rows,
        events: point.events,
    };
    present.map(observation).collect()
}

/// Observations of the model with a free slope; call [`point::check_log_odds`] first.
pub(super) fn observations_with_slope(points: &[Point]) -> Vec<Observation<2>> {
    let present = points.iter().filter(|point| point.rows > 0.0);
    let observation = |point: &Point| Observation {
        terms: [1.0, log_odds(point.p)],
        offset: 0.0,
        rows: point.rows,
        events: point.events,
    };
    present.map(observation).collect()
}

fn log_odds(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: &[(f64, f64, f64)]) -> Vec<Point> {
        rows.iter().map(|&(p, rows, events)| Point { p, rows, events }).collect()
    }

    #[test]
    fn two_points_by_hand() {
        // Predicted 1/4 and 3/4, observed 1/3 and 2/3 of 30: slope ln 2 / ln 3, intercepts 0 by symmetry.
        let found = assess(&points(&[(0.25, 30.0, 10.0), (0.75, 30.0, 20.0)])).unwrap();
        assert!((found.slope - 2.0_f64.ln() / 3.0_f64.ln()).abs() < 1e-13);
        assert!(found.intercept.abs() < 1e-13);
        assert!(found.calibration_in_the_large.abs() < 1e-13);
        let likelihood = |p: f64| 2.0 * (20.0 * p.ln() + 10.0 * (1.0 - p).ln());
        let gain = 2.0 * (likelihood(2.0 / 3.0) - likelihood(0.75));
        assert!((found.intercept_and_slope.statistic - gain).abs() < 1e-12);
        assert!(found.intercept_given_slope_one.statistic < 1e-12);
        assert!((found.slope_given_intercept.statistic - gain).abs() < 1e-12);
        assert!((found.intercept_and_slope.p_value - (-gain / 2.0).exp()).abs() < 1e-12);
    }

    #[test]
    fn a_point_is_the_same_as_its_copies() {
        let thrice = assess(&points(&[(0.2, 9.0, 3.0), (0.5, 6.0, 3.0), (0.7, 3.0, 3.0)])).unwrap();
        let once = assess(&points(&[(0.2, 3.0, 1.0), (0.5, 2.0, 1.0), (0.7, 1.0, 1.0)])).unwrap();
        assert!((thrice.slope - once.slope).abs() < 1e-12);
        let statistic = |found: &WeakCalibration| found.intercept_and_slope.statistic;
        assert!((statistic(&thrice) - 3.0 * statistic(&once)).abs() < 1e-12);
    }

    #[test]
    fn undefined_models_say_why() {
        let reason = |rows: &[(f64, f64, f64)]| assess(&points(rows)).unwrap_err();
        let certain = "a predicted risk of exactly 0 or 1 has no log-odds";
        assert_eq!(reason(&[(0.0, 5.0, 1.0), (0.5, 5.0, 3.0)]), certain);
        assert_eq!(reason(&[(0.5, 5.0, 3.0), (1.0, 5.0, 3.0)]), certain);
        assert_eq!(reason(&[(0.3, 5.0, 0.0)]), "no events");
        assert_eq!(reason(&[(0.3, 5.0, 5.0)]), "no non-events");
        assert_eq!(reason(&[(0.3, 5.0, 2.0)]), "all predicted risks are the same");
        let apart = "the predicted risks separate events from non-events completely";
        assert_eq!(reason(&[(0.3, 5.0, 0.0), (0.4, 5.0, 2.0)]), apart);
    }
}
