//! Difference in auroc.
//!
//! # Measures
//! How much better the candidate ranks than the reference, on the same rows.
//!
//! # Formula
//! `auroc` of the candidate minus that of the reference. Its interval is of paired differences: in each
//! bootstrap replicate both models are measured on the same households.
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
    id: "auroc-difference",
    title: "Gain in ranking (AUROC)",
    words: "How much more often the candidate than the reference gives the higher score to the one of two referrals that was followed by the outcome.",
    convention: "candidate minus reference, paired over the same resampled households",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::DifferenceOf(super::auroc::MEASURE.id),
    laws: &[Law::Duplication, Law::Within(-1.0, 1.0)],
};

#[cfg(test)]
mod tests {
    #[test]
    fn names_its_measure() {
        assert_eq!(super::MEASURE.id, format!("{}-difference", super::super::auroc::MEASURE.id));
    }
}
