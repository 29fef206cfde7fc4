//! Calibration-in-the-large.
//!
//! # Measures
//! Whether predicted risks are on the whole too low or too high, on the log-odds scale.
//!
//! # Formula
//! The intercept a of the logistic model logit P(outcome) = a + logit p, the slope held at 1 (logit p is an
//! offset): the a at which the risks shifted by a add up to the number of rows with the outcome. Fitted in
//! full on the sample; in a bootstrap replicate by a few Newton steps from there (`evaluate::recalibrate`).
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in (0, 1), how many times each row counts. Do not
//! pass risks of exactly 0 or 1.
//!
//! # Undefined when
//! Some predicted risk is exactly 0 or 1, or all rows have the same outcome.
//!
//! # Reference
//! Cox 1958, Biometrika 45:562; Van Calster and others 2016, J. Clin. Epidemiol. 74:167. Equals `Intercept`
//! of `CalibrationCurves` 3.1.0 and a statsmodels 0.15.0 GLM with offset; not the `Intercept` of rms
//! `val.prob`, which is joint with a free slope.

use super::{Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "calibration-in-the-large",
    title: "Level of predicted risk",
    words: "Whether predicted risks are right on average: 0 is right, above 0 the model expects too few, below 0 too many.",
    convention: "intercept with the slope held at 1 (offset)",
    better: Better::Target(0.0),
    unit: Unit::LogOdds,
    spread: Spread::Percentile,
    theory: Some(Method::Profile),
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::MirrorNegates],
};

fn value(t: &Tally) -> Value {
    t.in_the_large
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // All risks 1/3, half came: odds must double, a = ln 2.
        worth(&MEASURE, &[(1.0 / 3.0, 1), (1.0 / 3.0, 0)], 2.0_f64.ln());
        // Risks 1/2 and 1/5, one of two came: with k = exp(a), k / (1 + k) + k / (4 + k) = 1 gives k * k = 4.
        worth(&MEASURE, &[(0.5, 1), (0.2, 0)], 2.0_f64.ln());
        assert!(of(&MEASURE, &[(0.5, 1), (0.0, 0)]).is_err());
        assert!(of(&MEASURE, &[(0.5, 1), (0.2, 1)]).is_err());
    }
}
