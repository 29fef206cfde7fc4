//! Area under the ROC curve.
//!
//! # Measures
//! How well scores rank: the chance that a referral with the outcome has a higher score than one without,
//! ties counting half.
//!
//! # Formula
//! Over pairs of a row with and a row without the outcome in the same fold: (pairs in which the row with the
//! outcome has the higher score + half the tied pairs) / pairs; numerator and denominator are summed over
//! folds before dividing. Exact: the sums are whole numbers.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts. Any
//! score will do: only order matters. Do not pass hazards of different horizons.
//!
//! # Undefined when
//! No fold has both a row with and a row without the outcome.
//!
//! # Reference
//! Hanley and `McNeil` 1982, Radiology 143:29 (the Mann-Whitney form with mid-ranks). In one fold it equals
//! scikit-learn 1.9.1 `roc_auc_score` and pROC 1.18; rms 6.5 `val.prob` bins scores and differs in the fourth
//! decimal.

use super::{Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "auroc",
    title: "Ranking (AUROC)",
    words: "If one referral that was followed by the outcome and one that was not are picked at random, this is how often the model gives the first a higher score: 0.5 is no better than tossing a coin, 1 is always right.",
    convention: "pairs within a fold, summed over folds; ties count half",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: Some(Method::Delong),
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[
        Law::MonotoneTransform,
        Law::SwapOutcomes,
        Law::Mirror,
        Law::Within(0.0, 1.0),
        Law::Constant(0.5),
        Law::Perfect(1.0),
    ],
};

fn value(t: &Tally) -> Value {
    share(
        t.concordant_twice as f64 / 2.0,
        t.pairs as f64,
        "no fold has referrals with and without the outcome",
    )
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // With the outcome: .8, .4; without: .6, .4, .1. Pairs won: .8 wins 3; .4 loses to .6, ties .4, wins over .1: 1.5.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.6, 0), (0.4, 0), (0.1, 0)], 4.5 / 6.0);
        assert!(of(&MEASURE, &[(0.8, 1), (0.4, 1)]).is_err());
    }

    #[test]
    fn ranks_are_not_compared_between_folds() {
        // Within fold 0 the pair is won, within fold 1 lost: 1 of 2, though pooled ranks would win 3 of 4.
        let t = crate::evaluate::tally(&crate::evaluate::Sample {
            y: &[true, false, true, false],
            p: &[0.9, 0.1, 0.5, 0.6],
            fold: &[0, 0, 1, 1],
            weight: &[1; 4],
            capacities: &[],
            thresholds: &[],
        });
        assert_eq!(super::value(&t), Ok(0.5));
    }
}
