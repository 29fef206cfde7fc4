//! Mean predicted risk.
//!
//! # Measures
//! What share of referrals the model expects to be followed by the outcome.
//!
//! # Formula
//! Mean of p.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Compare with `outcome-rate`; their ratio is `observed-over-expected`.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "mean-predicted",
    title: "Average predicted risk",
    words: "The share of referrals that the model expects to be followed by the outcome, to be compared with the share that were.",
    convention: "plain mean",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Rows,
    rests: Rests::Rows,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Within(0.0, 1.0)],
};

fn value(t: &Tally) -> Value {
    share(t.predicted, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.3, 0)], 0.5);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
