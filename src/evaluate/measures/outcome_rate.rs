//! Outcome rate.
//!
//! # Measures
//! The share of referrals that were followed by the outcome: what any model has to beat.
//!
//! # Formula
//! Rows with the outcome / rows.
//!
//! # Inputs
//! Outcome of each row (came or not), how many times each row counts. No predictions are used, so its rows
//! name no model.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Definition.

use super::{Better, Formula, Law, Measure, Method, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "outcome-rate",
    title: "Outcome rate",
    words: "The share of referrals that were followed by the outcome within the horizon.",
    convention: "share of rows; each index referral counts once",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: Some(Method::Wilson),
    needs: Needs::Rows,
    rests: Rests::Outcomes,
    by_group: true,
    additive: true,
    of_data: true,
    formula: Formula::Whole(value),
    laws: &[
        Law::Duplication,
        Law::MonotoneTransform,
        Law::SwapOutcomes,
        Law::Within(0.0, 1.0),
        Law::ConstantGivesRate,
    ],
};

fn value(t: &Tally) -> Value {
    share(t.events as f64, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.3, 0)], 2.0 / 3.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
