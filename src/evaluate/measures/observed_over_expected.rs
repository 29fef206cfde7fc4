//! Observed over expected.
//!
//! # Measures
//! Whether the overall level of predicted risk is right.
//!
//! # Formula
//! Rows with the outcome / sum of p.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! Every predicted risk is exactly 0.
//!
//! # Reference
//! Debray and others 2017, BMJ 356:i6460 (O:E ratio). Some tools print its inverse.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "observed-over-expected",
    title: "Came, for each one expected",
    words: "How many referrals were followed by the outcome for each one that the model expected: 1 is right, above 1 the model expects too few, below 1 too many.",
    convention: "observed / expected, not its inverse",
    better: Better::Target(1.0),
    unit: Unit::Ratio,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Events,
    rests: Rests::Outcomes,
    by_group: true,
    additive: true,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Within(0.0, f64::INFINITY), Law::Perfect(1.0)],
};

fn value(t: &Tally) -> Value {
    share(t.events as f64, t.predicted, "every predicted risk is zero")
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // 2 came, 0.8 + 0.4 + 0.4 = 1.6 expected.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.4, 0)], 1.25);
        assert!(of(&MEASURE, &[(0.0, 1)]).is_err());
    }
}
