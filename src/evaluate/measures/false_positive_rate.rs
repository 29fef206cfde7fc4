//! False positive rate.
//!
//! # Measures
//! Of the referrals that were not followed by the outcome, the share flagged at the capacity: families
//! flagged with no later event.
//!
//! # Formula
//! Flagged rows without the outcome / rows without the outcome.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! the capacity: the share of each fold's rows that could be flagged. Any score will do.
//!
//! # Undefined when
//! Every row has the outcome.
//!
//! # Reference
//! `evaluate::resample::cuts` says how ties and fractions of places are treated.

use super::{
    AT_CAPACITY, Better, Formula, Law, Measure, Method, NO_NON_EVENTS, Needs, Rests, Spread, Unit, share,
};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "false-positive-rate",
    title: "Flagged for nothing",
    words: "Of the referrals that were not followed by the outcome, the share that would have been flagged all the same.",
    convention: AT_CAPACITY,
    better: Better::Lower,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::NonEvents,
    rests: Rests::NonEvents,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0), Law::FlagAll(1.0)],
};

fn value(t: &Tally, flagged: Flagged) -> Value {
    share(flagged.without, (t.n - t.events) as f64, NO_NON_EVENTS)
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
        worth(&MEASURE, &rows, 1.5 / 4.0);
        assert!(of(&MEASURE, &[(0.4, 1)]).is_err());
    }
}
