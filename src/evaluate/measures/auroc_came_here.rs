//! Came back here, against did not there.
//!
//! # Measures
//! Whether those of the group who came back are put above those of the reference group who did not.
//!
//! # Formula
//! Share of pairs of a row of the group with the outcome and a row of the reference group without it in
//! which the first has the higher risk; ties count by half.
//!
//! # Inputs
//! Of the group and of its reference group: outcome of each row (came or not), predicted risk in [0, 1], how
//! many times each row counts.
//!
//! # Undefined when
//! One of the two groups has no row with, or no row without the outcome.
//!
//! # Reference
//! Kallus and Zhou 2019, Advances in Neural Information Processing Systems (their `xAUC`).

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::fairness::pairs::PairTally;
use crate::evaluate::tally::Value;

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "auroc-came-here",
    title: "Came back here, against did not there",
    words: "How often a referral of this group that came back has a higher predicted risk than one of the reference group that did not: low means that this group's need is overlooked beside the other's.",
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
    pair.came_here
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
