//! Scaled Brier score.
//!
//! # Measures
//! How much of the unavoidable uncertainty the predictions remove.
//!
//! # Formula
//! 1 - Brier / (r (1 - r)), where r is the outcome rate of the very rows measured: r (1 - r) is the Brier
//! score of giving each of them r.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! All rows have the same outcome.
//!
//! # Reference
//! Steyerberg and others 2010, Epidemiology 21:128; also called the index of prediction accuracy. Equals
//! `Brier scaled` of `CalibrationCurves` 3.1.0. A model that gives each fold the rate of its training rows
//! falls slightly below 0.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, ONE_KIND, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "scaled-brier",
    title: "Scaled Brier score",
    words: "How much closer the predicted risks are to what happened than simply giving everyone the average risk: 0 is no closer, 1 is perfect, and below 0 is further away.",
    convention: "against the outcome rate of the rows measured",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Mirror, Law::Within(f64::NEG_INFINITY, 1.0), Law::Perfect(1.0)],
};

fn value(t: &Tally) -> Value {
    let rate = share(t.events as f64, t.n as f64, NO_ROWS)?;
    share(t.squared_error / t.n as f64, rate * (1.0 - rate), ONE_KIND).map(|ratio| 1.0 - ratio)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Brier 0.65 / 3, rate 2/3, its Brier 2/9: 1 - 0.65 / 3 * 9 / 2 = 0.025.
        worth(&MEASURE, &[(0.8, 1), (0.4, 1), (0.5, 0)], 0.025);
        assert!(of(&MEASURE, &[(0.8, 1), (0.4, 1)]).is_err());
    }
}
