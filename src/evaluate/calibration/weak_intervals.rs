//! Confidence intervals of the intercept and slope of the logistic calibration model.

use super::{Point, logistic_fit, logistic_fit::Observation, point, weak};
use crate::evaluate::inference::normal;

/// An estimate with its confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The maximum likelihood estimate.
    pub estimate: f64,
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
}

/// Calibration in the large (the intercept with slope 1) with its profile-likelihood interval.
///
/// The bounds are the intercepts at which twice the loss of log-likelihood equals the chi-square quantile
/// with one degree of freedom, found to rounding (Venzon and Moolgavkar 1988, Applied Statistics 37:87).
/// Inputs: points sorted by rising distinct risk; `level` such as 0.95. Undefined where a risk is exactly 0
/// or 1 or one outcome is missing. Cost: O(points) an iteration, about 15 iterations.
pub fn calibration_in_the_large(points: &[Point], level: f64) -> Result<Interval, &'static str> {
    point::check_log_odds(points)?;
    let deviate = deviate(level)?;
    let observations = weak::observations_with_offset(points);
    let fit = logistic_fit::fit(&observations)?;
    let [estimate] = fit.coefficients;
    let [[variance]] = fit.covariance;
    let target = fit.log_likelihood - 0.5 * deviate * deviate;
    let reach = deviate * variance.sqrt();
    let lower = profile_bound(&observations, estimate - reach, target)?;
    let upper = profile_bound(&observations, estimate + reach, target)?;
    Ok(Interval { estimate, lower, upper })
}

/// Calibration in the large with its Wald interval, as `CalibrationCurves` 3.1.0 `val.prob.ci.2` gives it.
///
/// Inputs and undefined cases as for [`calibration_in_the_large`], whose interval is to be preferred with few
/// events.
pub fn calibration_in_the_large_wald(points: &[Point], level: f64) -> Result<Interval, &'static str> {
    point::check_log_odds(points)?;
    let fit = logistic_fit::fit(&weak::observations_with_offset(points))?;
    let ([estimate], [[variance]]) = (fit.coefficients, fit.covariance);
    wald(estimate, variance, level)
}

/// The calibration slope (fitted together with the intercept) with its Wald interval: estimate and standard
/// error times the normal quantile.
///
/// Inputs: points sorted by rising distinct risk; `level` such as 0.95. Undefined where a risk is exactly 0
/// or 1, one outcome is missing, all risks are the same or the risks separate the outcomes. Cost: O(points)
/// an iteration.
pub fn slope(points: &[Point], level: f64) -> Result<Interval, &'static str> {
    point::check_log_odds(points)?;
    point::check_slope(points)?;
    let fit = logistic_fit::fit(&weak::observations_with_slope(points))?;
    let [_, estimate] = fit.coefficients;
    let [_, [_, variance]] = fit.covariance;
    wald(estimate, variance, level)
}

fn wald(estimate: f64, variance: f64, level: f64) -> Result<Interval, &'static str> {
    let reach = deviate(level)? * variance.sqrt();
    Ok(Interval { estimate, lower: estimate - reach, upper: estimate + reach })
}

/// The normal quantile that leaves (1 - level)/2 above it.
fn deviate(level: f64) -> super::Value {
    if !(level > 0.0 && level < 1.0) {
        return Err("the confidence level is not strictly between 0 and 1");
    }
    normal::quantile(0.5 + level / 2.0)
}

/// The intercept on the side of `start` whose log-likelihood is `target`.
///
/// The log-likelihood is concave, so Newton's method overshoots outwards at most once and then comes back
/// steadily.
fn profile_bound(observations: &[Observation<1>], start: f64, target: f64) -> super::Value {
    let mut intercept = start;
    for _ in 0..100 {
        let here = logistic_fit::evaluate(observations, &[intercept]);
        let [gradient] = here.gradient;
        let step = (target - here.log_likelihood) / gradient;
        intercept += step;
        if !intercept.is_finite() {
            break;
        }
        if step.abs() <= 1e-11 * (1.0 + intercept.abs()) {
            return Ok(intercept);
        }
    }
    Err("the profile likelihood did not settle")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_point_is_the_profile_interval_of_a_proportion() {
        let point = [Point { p: 0.5, rows: 20.0, events: 6.0 }];
        let found = calibration_in_the_large(&point, 0.95).unwrap();
        assert!((found.estimate - (3.0_f64 / 7.0).ln()).abs() < 1e-13);
        let likelihood = |a: f64| {
            let p = 1.0 / (1.0 + (-a).exp());
            6.0 * p.ln() + 14.0 * (1.0 - p).ln()
        };
        for bound in [found.lower, found.upper] {
            let loss = 2.0 * (likelihood(found.estimate) - likelihood(bound));
            assert!((loss - 3.841_458_820_694_124).abs() < 1e-9, "{loss}");
        }
        assert!(found.lower < found.estimate && found.estimate < found.upper);
    }

    #[test]
    fn the_wald_interval_of_one_point_by_hand() {
        let point = [Point { p: 0.5, rows: 20.0, events: 6.0 }];
        let found = calibration_in_the_large_wald(&point, 0.95).unwrap();
        let reach = 1.959_963_984_540_054 * (1.0_f64 / 6.0 + 1.0 / 14.0).sqrt();
        assert!((found.upper - found.estimate - reach).abs() < 1e-12);
        assert!((found.estimate - found.lower - reach).abs() < 1e-12);
    }

    #[test]
    fn the_slope_interval_by_hand() {
        // Saturated at two points ln 9 apart: the variance of the difference of two log odds over ln(9)
        // squared.
        let points =
            [Point { p: 0.25, rows: 30.0, events: 10.0 }, Point { p: 0.75, rows: 30.0, events: 20.0 }];
        let found = slope(&points, 0.95).unwrap();
        let error = (2.0_f64 * (1.0 / 10.0 + 1.0 / 20.0)).sqrt() / 9.0_f64.ln();
        assert!((found.upper - found.estimate - 1.959_963_984_540_054 * error).abs() < 1e-12);
        assert!((found.estimate - found.lower - 1.959_963_984_540_054 * error).abs() < 1e-12);
    }

    #[test]
    fn nearly_one_class_still_has_an_interval_and_one_class_has_none() {
        let mut point = [Point { p: 0.001, rows: 100_000.0, events: 1.0 }];
        let found = calibration_in_the_large(&point, 0.999).unwrap();
        assert!(found.lower < found.estimate && found.upper > found.estimate);
        point[0].events = 0.0;
        assert_eq!(calibration_in_the_large(&point, 0.95), Err("no events"));
    }

    #[test]
    fn impossible_levels_are_refused() {
        let point = [Point { p: 0.5, rows: 20.0, events: 6.0 }];
        assert!(calibration_in_the_large(&point, 1.0).is_err());
        assert!(slope(&point, 0.95).is_err());
    }
}
