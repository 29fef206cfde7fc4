//! Whether the level of risks is right: p value.
//!
//! # Measures
//! A likelihood-ratio test of weak calibration.
//!
//! # Formula
//! Intercept 0 against free, with slope 1 in logit P(outcome) = a + b logit p: upper tail of the chi-square
//! distribution with 1 degree of freedom beyond twice the gain in log-likelihood.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! Some risk is exactly 0 or 1, all risks are the same, all rows have the same outcome, or the risks
//! separate the outcomes.
//!
//! # Reference
//! Miller, Hui and Tierney 1991, Statistics in Medicine 10:1213. Equals `pmcalibration` and, for both
//! together, `U:p` of rms 6.5-0.

use super::{Better, Formula, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "level-p",
    title: "Whether the level of risks is right: p value",
    words: "How often chance alone would move the level of predicted risks so far if it were right.",
    convention: "a test on the sample, rows taken as independent",
    better: Better::Neither,
    unit: Unit::Score,
    spread: Spread::None,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    // A test by group would be read as a verdict on each group; see the tests of differences.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[],
};

fn value(t: &Tally) -> Value {
    t.tests.weak.map(|weak| weak.intercept_given_slope_one.p_value)
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // At 1/5, 1 of 5 came, and at 4/5, 4 of 5: right on the line.
        let rows: Vec<(f64, u8)> =
            (0..5).flat_map(|i| [(0.2, u8::from(i < 1)), (0.8, u8::from(i < 4))]).collect();
        let p = of(&MEASURE, &rows).unwrap();
        assert!((p - 1.0).abs() < 1e-6, "{p}");
        assert!(of(&MEASURE, &[(0.3, 1), (0.3, 0)]).is_err(), "no spread");
    }
}
