//! Selection rate.
//!
//! # Measures
//! The share of a group's referrals flagged at the capacity of all rows.
//!
//! # Formula
//! Flagged rows / rows. Over all rows it is the capacity itself; in a group it shows whom the flags fall on.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! the capacity: the share of each fold's rows that could be flagged. Any score will do.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! `evaluate::resample::cuts` says how ties and fractions of places are treated.

use super::{AT_CAPACITY, Better, Formula, Law, Measure, Method, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "selection-rate",
    title: "Share flagged",
    words: "The share of referrals that would be flagged: over everyone it is the capacity, and by group it shows whom the flags fall on.",
    convention: AT_CAPACITY,
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Rows,
    rests: Rests::Selected,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0), Law::FlagAll(1.0)],
};

fn value(t: &Tally, flagged: Flagged) -> Value {
    share(flagged.with + flagged.without, t.n as f64, NO_ROWS)
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
