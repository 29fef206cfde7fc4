//! Brier score.
//!
//! # Measures
//! How far predicted risks are from what happened, ranking and calibration together.
//!
//! # Formula
//! Mean over rows of (p - y) squared, with y 1 if the outcome came and 0 if not.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Brier 1950, Monthly Weather Review 78:1. Equals scikit-learn 1.9.1 `brier_score_loss` and rms 6.5
//! `val.prob`.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "brier",
    title: "Brier score",
    words: "The average squared gap between the predicted risk and what happened (1 if the outcome came, 0 if not): 0 is perfect, and lower is better.",
    convention: "mean squared difference of one probability, not summed over both classes",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Rows,
    rests: Rests::Outcomes,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Mirror, Law::Within(0.0, 1.0), Law::Perfect(0.0)],
};

fn value(t: &Tally) -> Value {
    share(t.squared_error, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // (0.2^2 + 0.6^2 + 0.5^2) / 3 = (0.04 + 0.36 + 0.25) / 3.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.5, 0)], 0.65 / 3.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
