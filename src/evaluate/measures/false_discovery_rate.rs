//! False discovery rate.
//!
//! # Measures
//! Of the referrals flagged, the share that were not followed by the outcome.
//!
//! # Formula
//! Flagged rows without the outcome / flagged rows.
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
//! One minus the positive predictive value. aequitas 1.1.0 calls it `fdr`, and reports its test as the test
//! of the false positive rate.

use super::{AT_CAPACITY, Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Flagged, Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "false-discovery-rate",
    title: "Flagged, did not come back",
    words: "Of the referrals that would be flagged, the share that were not followed by the outcome: families looked at twice for nothing.",
    convention: AT_CAPACITY,
    better: Better::Lower,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Flagged,
    rests: Rests::Flagged,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Flagged(value),
    laws: &[Law::MonotoneTransform, Law::Within(0.0, 1.0)],
};

fn value(_: &Tally, flagged: Flagged) -> Value {
    share(flagged.without, flagged.with + flagged.without, "nobody would be flagged")
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
