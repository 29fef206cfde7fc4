//! Difference in average-precision.
//!
//! # Measures
//! How much better the candidate ranks than the reference, on the same rows.
//!
//! # Formula
//! `average-precision` of the candidate minus that of the reference. Its interval is of paired differences:
//! in each bootstrap replicate both models are measured on the same households.
//!
//! # Inputs
//! As the measure it is the difference of, for both models.
//!
//! # Undefined when
//! Either is.
//!
//! # Reference
//! Paired bootstrap: Efron and Tibshirani 1993, An Introduction to the Bootstrap.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "average-precision-difference",
    title: "Gain in average precision",
    words: "How much higher the candidate's average precision is than the reference's on the same referrals: above 0 it is better, and the interval says how sure that is.",
    convention: "candidate minus reference, paired over the same resampled households",
    better: Better::Higher,
    unit: Unit::Score,
    // Untied scores are lifted more than tied ones, so the lift does not cancel in the pair.
    spread: Spread::Normal(-1.0, 1.0),
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::DifferenceOf(super::average_precision::MEASURE.id),
    laws: &[Law::Within(-1.0, 1.0)],
};

#[cfg(test)]
mod tests {
    #[test]
    fn names_its_measure() {
        assert_eq!(super::MEASURE.id, format!("{}-difference", super::super::average_precision::MEASURE.id));
    }
}
