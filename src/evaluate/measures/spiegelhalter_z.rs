//! Spiegelhalter's z.
//!
//! # Measures
//! Whether the Brier score is what it would be if the risks were true.
//!
//! # Formula
//! Sum of (y - p)(1 - 2p) / square root of the sum of (1 - 2p)^2 p (1 - p).
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! Every risk is 0, 1/2 or 1.
//!
//! # Reference
//! Spiegelhalter 1986, Statistics in Medicine 5:421. Equals `S:z` of rms 6.5-0.

use super::{Better, Formula, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "spiegelhalter-z",
    title: "Spiegelhalter's z",
    words: "A test of whether predicted risks come true as they stand: beyond 2 or below -2 they do not, but in large data small faults are found too.",
    convention: "a test on the sample, rows taken as independent",
    better: Better::Target(0.0),
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
    t.tests.spiegelhalter.map(|test| test.z)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // (1 - 0.2)(1 - 0.4) + (0 - 0.2)(1 - 0.4) = 0.36, over the root of twice 0.36 * 0.16.
        worth(&MEASURE, &[(0.2, 1), (0.2, 0)], 0.36 / (2.0 * 0.36 * 0.16_f64).sqrt());
        assert!(of(&MEASURE, &[(0.5, 1), (0.5, 0)]).is_err());
    }
}
