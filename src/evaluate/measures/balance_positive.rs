//! Balance for the positive class.
//!
//! # Measures
//! The mean predicted risk of rows with the outcome, to be compared between groups.
//!
//! # Formula
//! Mean of p over rows with the outcome.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! No row has the outcome.
//!
//! # Reference
//! Kleinberg, Mullainathan and Raghavan 2017, ITCS: balance for the positive and negative class cannot hold
//! in all groups together with calibration, unless outcome rates are equal or prediction is perfect.

use super::{Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "balance-positive",
    title: "Mean predicted risk of those who came back",
    words: "Of the referrals that were followed by the outcome, the mean predicted risk: a group with less was given less warning than it had cause for.",
    convention: "mean of predicted probabilities, not of log-odds",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Events,
    rests: Rests::Outcomes,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Within(0.0, 1.0), Law::Perfect(1.0)],
};

fn value(t: &Tally) -> Value {
    share(t.predicted_events, t.events as f64, NO_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        worth(&MEASURE, &[(0.8, 1), (0.5, 1), (0.4, 0), (0.2, 0)], 0.65);
        assert!(of(&MEASURE, &[(0.4, 0)]).is_err());
    }
}
