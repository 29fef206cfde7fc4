//! Average precision.
//!
//! # Measures
//! How far the top of the ranking is filled with referrals that had the outcome: the area under the
//! precision-recall curve as a step function.
//!
//! # Formula
//! In each fold, rows in order of falling score, tied rows in random order: the expected mean, over the rows with the
//! outcome, of the share with the outcome among the rows down to theirs. Folds are averaged with their numbers of rows
//! with the outcome as weights. In a fold of few rows even scores that say nothing get somewhat more than the outcome
//! rate, because each row counts among those down to itself; tied or not, they get the same.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts. Any
//! score will do. Do not compare between data with other outcome rates: see `ap-over-prevalence`.
//!
//! # Undefined when
//! No row has the outcome.
//!
//! # Reference
//! Ties: McSherry and Najork 2008, ECIR. Without ties and in one fold it is scikit-learn's `average_precision_score`,
//! which flags all tied rows at once: with labels permuted in folds of 120, that rule put a model with continuous scores
//! 0.010 above a count with many ties, and random order 0.001 (standard error 0.001), so it is not used to compare them.
//! Davis and Goadrich 2006, ICML, on why interpolating flatters.

use super::{Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "average-precision",
    title: "Average precision",
    words: "Going down the model's ranking, this is the average share of referrals so far that were followed by the outcome, taken each time one is reached: a model that knows nothing scores about the outcome rate, a perfect one scores 1.",
    convention: "within each fold, tied rows in random order (the expected value), no interpolation, weighted by the fold's referrals with the outcome",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Normal(0.0, 1.0),
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    // Where a group is small its average precision is high whatever the model, so groups would be ranked by size.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0), Law::Perfect(1.0)],
};

fn value(t: &Tally) -> Value {
    share(t.precision, t.events as f64, NO_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Scores .8 (came), .6 (not), .4 (one came, one not), .1 (not). At .8 precision 1/1; the other stands third or
        // fourth, with precision 2/3 or 2/4.
        worth(
            &MEASURE,
            &[(0.8, 1), (0.4, 1), (0.6, 0), (0.4, 0), (0.1, 0)],
            (1.0 + (2.0 / 3.0 + 0.5) / 2.0) / 2.0,
        );
        assert!(of(&MEASURE, &[(0.8, 0), (0.4, 0)]).is_err());
    }

    #[test]
    fn folds_weigh_by_their_events() {
        // Fold 0: one event on top, precision 1. Fold 1: events at places 2 and 3 of 3, precisions 1/2 and 2/3.
        let t = crate::evaluate::tally(&crate::evaluate::Sample {
            y: &[true, false, false, true, true],
            p: &[0.2, 0.1, 0.9, 0.8, 0.7],
            fold: &[0, 0, 1, 1, 1],
            weight: &[1; 5],
            capacities: &[],
            thresholds: &[],
        });
        let expected = (1.0 + 0.5 + 2.0 / 3.0) / 3.0;
        assert!((super::value(&t).unwrap() - expected).abs() < 1e-12);
    }
}
