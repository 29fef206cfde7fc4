//! Standardised net benefit.
//!
//! # Measures
//! Net benefit as a share of the greatest possible.
//!
//! # Formula
//! Net benefit / outcome rate.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts, and the
//! threshold in (0, 1): a row is flagged if its risk is the threshold or more.
//!
//! # Undefined when
//! No row has the outcome.
//!
//! # Reference
//! Baker, Cook, Vickers and Kramer 2009, J. R. Stat. Soc. A 172:729; Kerr and others 2016, J. Clin. Oncol.
//! 34:2534.

use super::{Better, Formula, Law, Measure, NO_EVENTS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "standardised-net-benefit",
    title: "Net benefit, of the most possible",
    words: "The net benefit as a share of what a perfect model would gain: 1 is perfect, 0 is no better than flagging nobody.",
    convention: "net benefit / outcome rate",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Flagged,
    // By group the net benefit itself is reported, on one scale for all.
    by_group: false,
    additive: true,
    of_data: false,
    formula: Formula::Utility(value),
    laws: &[Law::Within(-1e9, 1.0)],
};

fn value(t: &Tally, flagged: Flagged, threshold: f64) -> Value {
    let odds = threshold / (1.0 - threshold);
    share(flagged.with - odds * flagged.without, t.events as f64, NO_EVENTS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Net benefit -1/4, outcome rate 1/2.
        worth(&MEASURE, &[(0.9, 1), (0.5, 0), (0.6, 0), (0.4, 1)], -0.5);
        assert!(of(&MEASURE, &[(0.4, 0)]).is_err());
    }
}
