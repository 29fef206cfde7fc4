//! Average precision over what chance would give.
//!
//! # Measures
//! How many times better than chance the top of the ranking is: comparable between data with different
//! outcome rates.
//!
//! # Formula
//! Average precision divided by that of scores that say nothing (all rows of a fold tied). The latter is the outcome
//! rate, and somewhat more in a fold of few rows; dividing by the rate itself would credit a model with the difference.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts. Any
//! score will do.
//!
//! # Undefined when
//! No row has the outcome.
//!
//! # Reference
//! As average precision; in many rows the precision-recall curve of a random ranking is flat at the outcome rate
//! (Saito and Rehmsmeier 2015, PLOS ONE 10:e0118432).

use super::{Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ap-over-prevalence",
    title: "Average precision, times chance",
    words: "How many times higher the average precision is than that of a model that knows nothing: 1 is no better than chance.",
    convention: "divided by what scores that say nothing get in the same folds, which is the outcome rate but for folds of few rows",
    better: Better::Higher,
    unit: Unit::Ratio,
    spread: Spread::Normal(0.0, f64::INFINITY),
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::MonotoneTransform, Law::Constant(1.0), Law::Within(0.0, f64::INFINITY)],
};

fn value(t: &Tally) -> Value {
    share(t.precision, t.precision_by_chance, NO_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Average precision 19/24 (see there). All five tied, at place a stands one that came with probability 2/5 and
        // has (a - 1) / 4 before it: 2/5 x sum of (1 + (a - 1) / 4) / a = 2/5 x (5/4 + 3/4 x 137/60) = 237/200, for two.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.6, 0), (0.4, 0), (0.1, 0)], (19.0 / 24.0) / (237.0 / 400.0));
        assert!(of(&MEASURE, &[(0.8, 0), (0.4, 0)]).is_err());
    }
}
