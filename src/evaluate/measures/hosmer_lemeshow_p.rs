//! Hosmer and Lemeshow's p value (historic).
//!
//! # Measures
//! The p value of Hosmer and Lemeshow's statistic.
//!
//! # Formula
//! Upper tail of the chi-square distribution with as many degrees of freedom as groups.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! See `hosmer-lemeshow`.
//!
//! # Reference
//! Hosmer and Lemeshow 1980, Communications in Statistics A 9:1043.

use super::{Better, Formula, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "hosmer-lemeshow-p",
    title: "Hosmer and Lemeshow's p value (historic)",
    words: "How often chance alone would give such a statistic if the predicted risks were true: historic, see there.",
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
    t.tests.hosmer_lemeshow.map(|test| test.p_value)
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Observed is expected in every group.
        let mut rows = vec![];
        for tenths in 1..10_u8 {
            rows.extend((0..20).map(|i| (f64::from(tenths) / 10.0, u8::from(i < 2 * tenths))));
        }
        let p = of(&MEASURE, &rows).unwrap();
        assert!((p - 1.0).abs() < 1e-9, "{p}");
    }
}
