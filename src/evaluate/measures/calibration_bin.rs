//! Grouped calibration curve.
//!
//! # Measures
//! What share of referrals with about the same predicted risk were followed by the outcome: one point of the
//! curve.
//!
//! # Formula
//! Up to ten groups of equal size by predicted risk over all folds; rows with one risk stay together, and
//! neighbours are merged until each group holds at least 10 rows with and 10 without the outcome. `at` is the
//! group's mean predicted risk; the estimate is rows with the outcome / rows. Groups are made once and kept
//! in every bootstrap replicate.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts.
//!
//! # Undefined when
//! The group has no rows.
//!
//! # Reference
//! Hosmer and Lemeshow 1980 for the grouping. Where nothing ties or merges it equals scikit-learn 1.9.1
//! `calibration_curve(strategy='quantile')`.

use super::{Better, Formula, Law, Measure, Method, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::Value;

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "calibration-bin",
    title: "Outcome rate by predicted risk",
    words: "Of the referrals given about this risk, the share that were followed by the outcome: in a well calibrated model the two are equal.",
    convention: "up to 10 groups of equal size, ties together, at least 10 with and 10 without the outcome in each",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Group(value),
    laws: &[Law::Duplication, Law::Within(0.0, 1.0), Law::ConstantGivesRate],
};

fn value(n: u64, events: u64) -> Value {
    share(events as f64, n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::{MEASURE, value};

    #[test]
    fn by_hand() {
        assert_eq!(value(40, 10), Ok(0.25));
        assert!(value(0, 0).is_err());
        assert_eq!(MEASURE.id, "calibration-bin");
    }
}
