//! Average precision over what chance would give.
//!
//! # Measures
//! How many times better than chance the top of the ranking is: comparable between data with different
//! outcome rates.
//!
//! # Formula
//! Average precision divided by the average precision of scores that say nothing, which is the outcome rate
//! of each fold averaged with the fold's rows with the outcome as weights (in one fold, the outcome rate).
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
//! As average precision; the expected precision-recall curve of a random ranking is flat at the outcome rate
//! (Saito and Rehmsmeier 2015, PLOS ONE 10:e0118432).

use super::{Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ap-over-prevalence",
    title: "Average precision, times chance",
    words: "How many times higher the average precision is than that of a model that knows nothing: 1 is no better than chance.",
    convention: "divided by the outcome rate of the same folds, weighted as the average precision is",
    better: Better::Higher,
    unit: Unit::Ratio,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
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
        // Average precision 3/4 (see there), outcome rate 2/5: 15/8.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.6, 0), (0.4, 0), (0.1, 0)], 15.0 / 8.0);
        assert!(of(&MEASURE, &[(0.8, 0), (0.4, 0)]).is_err());
    }
}
