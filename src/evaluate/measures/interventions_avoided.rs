//! Net interventions avoided.
//!
//! # Measures
//! Flags saved for each row in comparison with flagging everyone, net of those that should have been made.
//!
//! # Formula
//! (net benefit - net benefit of flagging everyone) / (t / (1 - t)), for threshold t.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts, and the
//! threshold in (0, 1): a row is flagged if its risk is the threshold or more.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Vickers and others 2008, BMC Med. Inform. 8:53. Equals `net_intervention_avoided` of dcurves 1.1.7 with
//! nper 1.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "interventions-avoided",
    title: "Looks saved per referral",
    words: "How many second looks for each referral the model saves against flagging everyone, with no more children missed: below 0 it saves none.",
    convention: "net benefit gained over flagging everyone, divided by t / (1 - t)",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Flagged,
    // A sum over everyone who could be flagged.
    by_group: false,
    additive: true,
    of_data: false,
    formula: Formula::Utility(value),
    laws: &[Law::Within(-1e9, 1.0)],
};

fn value(t: &Tally, flagged: Flagged, threshold: f64) -> Value {
    let odds = threshold / (1.0 - threshold);
    let (missed, spared) = flagged.rest(t);
    share(spared - missed / odds, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Spared 1 wrong flag, missed 1 at a price of one: nothing saved.
        worth(&MEASURE, &[(0.9, 1), (0.5, 0), (0.3, 0), (0.4, 1)], 0.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
