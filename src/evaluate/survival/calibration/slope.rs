//! Calibration intercept and slope at a time, by pseudo-values.
//!
//! # Measures
//! Intercept: how far predictions are off on the whole (0 is right; above 0, risks are predicted too low). Slope: whether they
//! are spread too far (below 1) or too little (above 1).
//!
//! # Formula
//! `E(pseudo-value) = 1 - exp(-exp(a + b x))`, `x = ln(-ln(1 - p))`, normal variance, independence working correlation:
//! the sum over rows of `w D (1, x) (pseudo - mean)` is 0, `D = exp(eta - exp(eta))`. Intercept: `b` held at 1. Slope: both free.
//! Variance: the sandwich with scores summed by household, without a factor for few households.
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`; predictions strictly between 0 and 1 where the weight is not 0.
//!
//! # Undefined when
//! As the incidence; a prediction is 0 or 1; all predictions are equal (slope); the search does not settle.
//!
//! # Reference
//! van Geloven et al. 2022, BMJ. Equals `geese` of R geepack on pseudo-values of R survival.

use super::super::prepared::Prepared;
use super::pseudo_values::pseudo_values;
use crate::evaluate::inference::normal::two_sided_critical;

/// How the measure is counted.
pub const CONVENTION: &str = "regression of infinitesimal-jackknife pseudo-values on the complementary log-log of the prediction with that link; sandwich by household";

/// A prediction has no complementary log-log.
pub const AT_THE_EDGE: &str = "a prediction is exactly 0 or 1";
const NOT_SETTLED: &str = "the regression did not settle";
const NO_SPREAD: &str = "the predictions do not differ";

/// An estimate with its error and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The coefficient.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower and upper end.
    pub interval: (f64, f64),
}

/// What the two regressions give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Intercept with the slope held at 1: calibration in the large.
    pub intercept: Estimate,
    /// Intercept of the regression with a free slope.
    pub intercept_with_slope: Result<Estimate, &'static str>,
    /// The calibration slope.
    pub slope: Result<Estimate, &'static str>,
}

/// Complementary log-log of the predictions; 0 for rows of no weight.
///
/// # Errors
/// Where a row of weight above 0 has a prediction of 0 or 1.
pub fn log_log(prepared: &Prepared, weights: &[f64]) -> Result<Vec<f64>, &'static str> {
    prepared.total(weights)?;
    let of = |(p, weight): (&f64, &f64)| {
        if *weight <= 0.0 {
            return Ok(0.0);
        }
        let x = (-(-p).ln_1p()).ln();
        if x.is_finite() { Ok(x) } else { Err(AT_THE_EDGE) }
    };
    prepared.p.iter().zip(weights).map(of).collect()
}

/// Mean by the link, and its derivative.
fn mean(eta: f64) -> (f64, f64) {
    let hazard = eta.exp();
    (-(-hazard).exp_m1(), (eta - hazard).exp())
}

/// The columns of the regression.
struct Columns<'a> {
    x: &'a [f64],
    y: &'a [f64],
    weights: &'a [f64],
    /// Whether the slope is searched for.
    free: bool,
}

/// Score, its matrix (11, 12, 22), and the sum of squares.
struct Sums {
    score: [f64; 2],
    matrix: [f64; 3],
    squares: f64,
}

impl Columns<'_> {
    fn sums(&self, a: f64, b: f64) -> Sums {
        let mut sums = Sums { score: [0.0; 2], matrix: [0.0; 3], squares: 0.0 };
        for ((&x, &y), &weight) in self.x.iter().zip(self.y).zip(self.weights) {
            let (mean, slope) = mean(a + b * x);
            let (part, own) = (weight * slope * (y - mean), weight * slope * slope);
            sums.score[0] += part;
            sums.score[1] += part * x;
            sums.matrix[0] += own;
            sums.matrix[1] += own * x;
            sums.matrix[2] += own * x * x;
            sums.squares += weight * (y - mean) * (y - mean);
        }
        sums
    }

    /// The inverse of the matrix; 0 outside the first place where the slope is held.
    fn inverse(&self, matrix: [f64; 3]) -> Result<[f64; 3], &'static str> {
        let [m, n, o] = matrix;
        if !self.free {
            return if m > 0.0 { Ok([1.0 / m, 0.0, 0.0]) } else { Err(NOT_SETTLED) };
        }
        let determinant = m * o - n * n;
        if determinant > 1e-12 * m * o {
            Ok([o / determinant, -n / determinant, m / determinant])
        } else {
            Err(NO_SPREAD)
        }
    }

    /// Gauss-Newton steps, halved where the squares would grow.
    fn fit(&self) -> Result<(f64, f64, [f64; 3]), &'static str> {
        let (mut a, mut b) = (0.0, 1.0);
        let mut now = self.sums(a, b);
        for _ in 0..100 {
            let inverse = self.inverse(now.matrix)?;
            let step_a = inverse[0] * now.score[0] + inverse[1] * now.score[1];
            let step_b = inverse[1] * now.score[0] + inverse[2] * now.score[1];
            if step_a.abs() + step_b.abs() < 1e-11 * (1.0 + a.abs() + b.abs()) {
                return Ok((a, b, inverse));
            }
            let mut share = 1.0;
            let mut next = self.sums(a + step_a, b + step_b);
            // Rounding in the sum must not stop the last small steps.
            while next.squares.is_nan() || next.squares > now.squares * (1.0 + 1e-12) {
                share *= 0.5;
                if share < 1e-9 {
                    return Err(NOT_SETTLED);
                }
                next = self.sums(a + share * step_a, b + share * step_b);
            }
            (a, b, now) = (a + share * step_a, b + share * step_b, next);
        }
        Err(NOT_SETTLED)
    }

    /// Coefficients with their standard errors.
    fn estimates(&self, prepared: &Prepared, z: f64) -> Result<[Estimate; 2], &'static str> {
        let (a, b, inverse) = self.fit()?;
        let of = |value: f64, first: f64, second: f64| {
            let rows = self.x.iter().zip(self.y);
            let influence: Vec<f64> = rows
                .map(|(x, y)| {
                    let (mean, slope) = mean(a + b * x);
                    slope * (y - mean) * (first + second * x)
                })
                .collect();
            let error = prepared.variance(&influence, self.weights).sqrt();
            Estimate { value, error, interval: (value - z * error, value + z * error) }
        };
        Ok([of(a, inverse[0], inverse[1]), of(b, inverse[1], inverse[2])])
    }
}

/// Intercept and slope with intervals. O(n) a step.
///
/// # Errors
/// As the module says.
pub fn slope(prepared: &Prepared, weights: &[f64], t: f64, confidence: f64) -> Result<Slope, &'static str> {
    let z = two_sided_critical(confidence)?;
    let x = log_log(prepared, weights)?;
    let y = pseudo_values(prepared, weights, t)?;
    let columns = |free| Columns { x: &x, y: &y, weights, free };
    let [intercept, _] = columns(false).estimates(prepared, z)?;
    let both = columns(true).estimates(prepared, z);
    Ok(Slope { intercept, intercept_with_slope: both.map(|both| both[0]), slope: both.map(|both| both[1]) })
}

#[cfg(test)]
mod tests {
    use super::super::super::prepared::{Prepared, testing::simulate};
    use super::super::pseudo_values::tests::golden;
    use super::{AT_THE_EDGE, NO_SPREAD, slope};

    #[test]
    fn equals_geese() {
        let (exit, cause, p, household, expected) = golden();
        let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let found = slope(&rows, &[1.0; 300], 1.0, 0.95).unwrap();
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let (a, b) = (found.intercept_with_slope.unwrap(), found.slope.unwrap());
        for (ours, r, name) in [
            (found.intercept.value, number(&expected["intercept"]), "intercept"),
            (found.intercept.error, number(&expected["intercept_se"]), "error of the intercept"),
            (a.value, number(&expected["slope"][0]), "first"),
            (b.value, number(&expected["slope"][1]), "slope"),
            (a.error, number(&expected["slope_se"][0]), "error of the first"),
            (b.error, number(&expected["slope_se"][1]), "error of the slope"),
        ] {
            assert!((ours - r).abs() < 1e-9, "{name}: {ours} {r}");
        }
    }

    #[test]
    fn predictions_spread_too_far_have_a_slope_below_one() {
        let (exit, cause, p, household) = simulate(8000, 4, 0.0);
        let ones = vec![1.0; 8000];
        // Twice the spread on the scale of the link: the slope is 1/2.
        let far: Vec<f64> = p.iter().map(|p| 1.0 - (-(-(1.0 - p).ln()).powi(2)).exp()).collect();
        let right = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let wrong = Prepared::new(&exit, &cause, &far, &household).unwrap();
        let a = slope(&right, &ones, 1.0, 0.99).unwrap();
        let b = slope(&wrong, &ones, 1.0, 0.99).unwrap().slope.unwrap();
        let one = a.slope.unwrap().interval;
        assert!(a.intercept.interval.0 < 0.0 && a.intercept.interval.1 > 0.0 && one.0 < 1.0 && one.1 > 1.0);
        assert!(b.interval.1 < 0.8 && (b.value - 0.5).abs() < 0.1, "{b:?}");
    }

    #[test]
    fn undefined() {
        let (exit, cause, mut p, household) = simulate(50, 4, 5.0);
        p[0] = 1.0;
        let edge = Prepared::new(&exit, &cause, &p, &household).unwrap();
        let mut weights = vec![1.0; 50];
        assert_eq!(slope(&edge, &weights, 1.0, 0.95), Err(AT_THE_EDGE));
        weights[0] = 0.0;
        assert!(slope(&edge, &weights, 1.0, 0.95).is_ok());
        let equal = Prepared::new(&exit, &cause, &[0.4; 50], &household).unwrap();
        let found = slope(&equal, &[1.0; 50], 1.0, 0.95).unwrap();
        assert!(found.slope == Err(NO_SPREAD) && found.intercept.error > 0.0);
    }
}
