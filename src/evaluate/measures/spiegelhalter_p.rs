//! Spiegelhalter's p value.
//!
//! # Measures
//! The p value of Spiegelhalter's z.
//!
//! # Formula
//! Two-sided tail of the normal distribution beyond z.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! Every risk is 0, 1/2 or 1.
//!
//! # Reference
//! Spiegelhalter 1986, Statistics in Medicine 5:421. Equals `S:p` of rms 6.5-0.

use super::{Better, Formula, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "spiegelhalter-p",
    title: "Spiegelhalter's p value",
    words: "How often chance alone would give a z so far from 0 if the predicted risks were true.",
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
    t.tests.spiegelhalter.map(|test| test.p_value)
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // z = 0.36 / 0.339411 = 1.060660, whose two-sided tail is 0.288844.
        let p = of(&MEASURE, &[(0.2, 1), (0.2, 0)]).unwrap();
        assert!((p - 0.288_844_4).abs() < 1e-6, "{p}");
    }
}
