//! Miscalibration part of the Brier score.
//!
//! # Measures
//! What recalibration could take off the Brier score.
//!
//! # Formula
//! Brier score of the risks - Brier score of their isotonic recalibration.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Dimitriadis, Gneiting and Jordan 2021, PNAS 118:e2016191118. Equals R `isoreg` and model-diagnostics
//! 1.5.0. Brier score = miscalibration - discrimination + uncertainty.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "miscalibration",
    title: "Miscalibration part of the Brier score",
    words: "How much of the Brier score better calibration would save, without changing the order of risks: 0 is perfect.",
    convention: "CORP: isotonic regression of the outcome on the risk, no bins; squared error",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Normal(0.0, 1.0),
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    // In small groups isotonic regression follows chance.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Within(0.0, 1.0), Law::Perfect(0.0)],
};

fn value(t: &Tally) -> Value {
    t.reliability.corp.map(|parts| parts.miscalibration)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Outcomes 0, 1, 0, 1 by rising risk: pooled to 0, 1/2, 1/2, 1, whose Brier score is 1/8; that of the rate 1/2 is
        // 1/4, and that of the risks is (0.01 + 0.36 + 0.36 + 0.01) / 4 = 0.185.
        worth(&MEASURE, &[(0.1, 0), (0.4, 1), (0.6, 0), (0.9, 1)], 0.06);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
