//! Net benefit.
//!
//! # Measures
//! What flagging from a threshold gains, in right flags for each row, after wrong flags are paid for at the
//! rate that the threshold implies.
//!
//! # Formula
//! (flagged rows with the outcome - t / (1 - t) flagged rows without it) / rows, for threshold t.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts, and the
//! threshold in (0, 1): a row is flagged if its risk is the threshold or more.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Vickers and Elkin 2006, Medical Decision Making 26:565. Equals `net_benefit` of dcurves 1.1.7.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "net-benefit",
    title: "Net benefit",
    words: "Right flags less wrong flags, weighed as the threshold says (at a risk of 20%, four wrong flags cost as much as one right flag gains), for each referral: below 0 the flags do more harm than good.",
    convention: "flagged from the threshold on; weight of a wrong flag t / (1 - t)",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Flagged,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Utility(value),
    laws: &[Law::Within(-1e9, 1.0)],
};

fn value(t: &Tally, flagged: Flagged, threshold: f64) -> Value {
    let odds = threshold / (1.0 - threshold);
    share(flagged.with - odds * flagged.without, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // From a risk of 1/2 on: 1 right flag and 2 wrong ones, which weigh the same, of 4.
        worth(&MEASURE, &[(0.9, 1), (0.5, 0), (0.6, 0), (0.4, 1)], -0.25);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
