//! Expected calibration error, bins of equal numbers.
//!
//! # Measures
//! How far predicted risks are from the shares that came back, in bins.
//!
//! # Formula
//! Sum over ten bins of |sum of p - rows with the outcome| / rows.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Nixon and others 2019, arXiv:1904.01685. Equals the sorted rows cut by numpy `array_split` in ten, where no
//! tie lies over a border.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ece-mass",
    title: "Expected calibration error, bins of equal numbers",
    words: "In ten bins of equal numbers of referrals, by predicted risk, the average gap between the mean risk and the share that came back: 0 is perfect, but chance alone keeps it above 0.",
    convention: "ten bins of equal numbers of rows; rows tied over a border are divided in proportion",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    // By group the error of bins of equal width is reported.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Within(0.0, 1.0), Law::Perfect(0.0)],
};

fn value(t: &Tally) -> Value {
    t.reliability.ece_mass
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Ten rows: one in each bin, so the mean of |p - y|.
        let rows = [0, 1, 0, 0, 1, 0, 1, 1, 0, 1].map(|y| (0.3 + 0.1 * f64::from(y), y));
        let gap = of(&MEASURE, &rows.map(|(p, y)| (p, 1 - y))).unwrap();
        // Sorted: five of risk 0.3 with the outcome, five of risk 0.4 without.
        assert!((gap - (5.0 * 0.7 + 5.0 * 0.4) / 10.0).abs() < 1e-12, "{gap}");
        assert!(of(&MEASURE, &[]).is_err());
    }
}
