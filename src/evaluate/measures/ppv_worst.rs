//! Positive predictive value in the worst order of ties.
//!
//! # Measures
//! The worst that the share of right flags can be when tied rows at the cut are put in some order.
//!
//! # Formula
//! In each fold, the fewest rows with the outcome that can be among those flagged, added up / flagged rows.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], fold of each row (ranks are compared only
//! within a fold, because each fold's scores come from another model), how many times each row counts, and
//! where rows are flagged: a share of each fold's rows, or a predicted risk.
//!
//! # Undefined when
//! Nobody is flagged.
//!
//! # Reference
//! dssg/triage ranks ties in the worst order, most others in the order of the file; `ppv` gives the expected
//! value.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ppv-worst",
    title: "Flags that were right, worst order of ties",
    words: "The share of right flags if, of the referrals tied at the cut, those with the fewest right answers were flagged: how much the order of equal scores matters.",
    convention: "the declared share of each fold's rows in whole places; ties at the cut in the worst order",
    better: Better::Higher,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Flagged,
    rests: Rests::Ties,
    by_group: false,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0), Law::FlagAllGivesRate],
};

fn value(_: &Tally, flagged: Flagged) -> Value {
    share(flagged.least, flagged.with + flagged.without, "nobody would be flagged")
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
        // The two places go to two tied rows without the outcome, or to the one with it and one without.
        worth(&MEASURE, &rows, 1.0 / 3.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
