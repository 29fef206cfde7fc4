//! Hosmer and Lemeshow's statistic (historic).
//!
//! # Measures
//! The distance between numbers expected and observed in ten groups of predicted risk.
//!
//! # Formula
//! Sum over groups, and over both outcomes, of (observed - expected)^2 / expected.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! A group expects nobody with the outcome, or nobody without it.
//!
//! # Reference
//! Hosmer and Lemeshow 1980, Communications in Statistics A 9:1043; groups as in the R golden numbers. For
//! rows that the model was not fitted to: degrees of freedom are the number of groups.

use super::{Better, Formula, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "hosmer-lemeshow",
    title: "Hosmer and Lemeshow's statistic (historic)",
    words: "A historic test of calibration in ten groups: it depends on how the groups are cut and on the number of referrals, so it is shown only for comparison with older reports.",
    convention: "a test on the sample, rows taken as independent",
    better: Better::Lower,
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
    t.tests.hosmer_lemeshow.map(|test| test.statistic)
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Ten risks of ten rows each, each with one outcome more than expected.
        let mut rows = vec![];
        let mut expected = 0.0;
        for tenths in 1..10_u8 {
            let p = f64::from(tenths) / 10.0 - 0.05;
            rows.extend((0..20).map(|i| (p, u8::from(i < 2 * tenths))));
            expected += 1.0 / (20.0 * p) + 1.0 / (20.0 * (1.0 - p));
        }
        let p = 0.9;
        rows.extend((0..20).map(|i| (p, u8::from(i < 19))));
        expected += 1.0 / (20.0 * p) + 1.0 / (20.0 * (1.0 - p));
        let found = of(&MEASURE, &rows).unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        assert!(of(&MEASURE, &[(0.0, 1), (0.0, 0)]).is_err(), "nobody is expected");
    }
}
