//! Lift.
//!
//! # Measures
//! How many times the outcome rate the share of right flags is.
//!
//! # Formula
//! Positive predictive value / outcome rate.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! where rows are flagged: a share of each fold's rows, or a predicted risk.
//!
//! # Undefined when
//! Nobody is flagged, or no row has the outcome.
//!
//! # Reference
//! The cumulative lift of direct marketing; equals PPV divided by prevalence.

use super::{AT_CAPACITY, Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "lift",
    title: "Lift of the flags",
    words: "How many times as often a flagged referral was followed by the outcome as a referral picked blindly: 1 means that the flags say nothing.",
    convention: AT_CAPACITY,
    better: Better::Higher,
    unit: Unit::Ratio,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Flagged,
    rests: Rests::Flagged,
    // Divided by the group's own outcome rate it ranks groups by how rare the outcome is.
    by_group: false,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::FlagAll(1.0)],
};

fn value(t: &Tally, flagged: Flagged) -> Value {
    let precision = share(flagged.with, flagged.with + flagged.without, "nobody would be flagged")?;
    share(precision * t.n as f64, t.events as f64, NO_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Half of six rows: .9, and two places shared by four tied rows of which one had the outcome: flagged are 1.5
        // with and 1.5 without, of 2 with and 4 without.
        let rows = [(0.9, 1), (0.5, 1), (0.5, 0), (0.5, 0), (0.5, 0), (0.1, 0)];
        // 1.5 of 3 flagged, 2 of 6 in all.
        worth(&MEASURE, &rows, 1.5);
        assert!(of(&MEASURE, &[(0.4, 0), (0.3, 0)]).is_err());
    }
}
