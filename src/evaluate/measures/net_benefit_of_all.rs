//! Net benefit of flagging everyone.
//!
//! # Measures
//! The net benefit of flagging every row.
//!
//! # Formula
//! (rows with the outcome - t / (1 - t) rows without it) / rows, for threshold t.
//!
//! # Inputs
//! Outcome of each row (came or not), how many times each row counts, and the threshold in (0, 1).
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Vickers and Elkin 2006, Medical Decision Making 26:565. Equals `net_benefit` of `all` in dcurves 1.1.7.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "net-benefit-of-all",
    title: "Net benefit of flagging everyone",
    words: "What flagging every referral would gain, weighed in the same way: a model that does not beat this and 0 (flagging nobody) is of no use at that threshold.",
    convention: "weight of a wrong flag t / (1 - t)",
    better: Better::Neither,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Utility(value),
    laws: &[Law::MonotoneTransform],
};

fn value(t: &Tally, _: Flagged, threshold: f64) -> Value {
    let (events, others) = (t.events as f64, (t.n - t.events) as f64);
    share(events - threshold / (1.0 - threshold) * others, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // 1 of 4: (1 - 3) / 4 at a threshold of 1/2.
        worth(&MEASURE, &[(0.9, 1), (0.5, 0), (0.6, 0), (0.4, 0)], -0.5);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
