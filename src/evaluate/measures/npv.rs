//! Negative predictive value.
//!
//! # Measures
//! Of the referrals not flagged, the share that were not followed by the outcome.
//!
//! # Formula
//! Rows without the outcome that are not flagged / rows that are not flagged.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! where rows are flagged: a share of each fold's rows, or a predicted risk.
//!
//! # Undefined when
//! Everybody is flagged.
//!
//! # Reference
//! `evaluate::resample::cuts` says how ties and fractions of places are treated.

use super::{AT_CAPACITY, Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "npv",
    title: "Not flagged, did not come back",
    words: "Of the referrals that would not be flagged, the share that were indeed not followed by the outcome.",
    convention: AT_CAPACITY,
    better: Better::Higher,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Unflagged,
    rests: Rests::Unflagged,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0)],
};

fn value(t: &Tally, flagged: Flagged) -> Value {
    let (with, without) = flagged.rest(t);
    share(without, with + without, "everybody would be flagged")
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
        // Not flagged: 0.5 with and 2.5 without.
        worth(&MEASURE, &rows, 2.5 / 3.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
