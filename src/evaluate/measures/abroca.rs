//! Area between the ROC curves of two groups.
//!
//! # Measures
//! The area between two groups' ROC curves, positive on both sides of every crossing.
//!
//! # Formula
//! Integral over false positive rates of |sensitivity in the group - sensitivity in the reference group|;
//! curves run straight over ties.
//!
//! # Inputs
//! Of the group and of its reference group: outcome of each row (came or not), predicted risk in [0, 1], how
//! many times each row counts.
//!
//! # Undefined when
//! One of the two groups has no row with, or no row without the outcome.
//!
//! # Reference
//! Gardner, Brooks and Baker 2019, LAK. Not the difference of the AUROCs, which holisticai 1.0.14 returns
//! under this name: 0.0158 against -0.0013 on COMPAS.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::fairness::pairs::PairTally;
use crate::evaluate::tally::Value;

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "abroca",
    title: "Area between the ROC curves of two groups",
    words: "How far apart the ROC curves of a group and its reference group lie: 0 is the same curve; chance alone keeps it above 0, the more so the smaller the group.",
    convention: "risks compared across all folds, for a risk means the same in each",
    better: Better::Neither,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Pair(value),
    laws: &[Law::Within(0.0, 1.0)],
};

fn value(pair: &PairTally) -> Value {
    pair.abroca
}

#[cfg(test)]
mod tests {
    use super::MEASURE;
    use crate::evaluate::fairness::pairs::PairTally;
    use crate::evaluate::measures::Formula;

    #[test]
    fn it_is_read_from_the_pair() {
        // The numbers themselves are worked by hand in `fairness::pairs`.
        let pair = PairTally { abroca: Ok(0.1), came_here: Ok(0.2), came_there: Ok(0.3) };
        let Formula::Pair(f) = MEASURE.formula else { unreachable!() };
        assert!(f(&pair).unwrap() > 0.0);
    }
}
