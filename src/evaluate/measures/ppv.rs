//! Positive predictive value (precision).
//!
//! # Measures
//! Of the referrals flagged at the capacity, the share that were followed by the outcome.
//!
//! # Formula
//! Flagged rows with the outcome / flagged rows.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! the capacity: the share of each fold's rows that could be flagged. Any score will do.
//!
//! # Undefined when
//! Nobody is flagged.
//!
//! # Reference
//! `evaluate::resample::cuts` says how ties and fractions of places are treated.

use super::{AT_CAPACITY, Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ppv",
    title: "Flags that were right",
    words: "Of the referrals that would be flagged, the share that were followed by the outcome; the rest are families who would be flagged for nothing.",
    convention: AT_CAPACITY,
    better: Better::Higher,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Flagged,
    rests: Rests::Flagged,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0), Law::ConstantGivesRate, Law::FlagAllGivesRate],
};

fn value(_: &Tally, flagged: Flagged) -> Value {
    share(flagged.with, flagged.with + flagged.without, "nobody would be flagged")
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
        worth(&MEASURE, &rows, 0.5);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
