//! Expected calibration error, bins of equal width.
//!
//! # Measures
//! How far predicted risks are from the shares that came back, in bins.
//!
//! # Formula
//! Sum over ten bins of equal width of |sum of p - rows with the outcome| / rows.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Naeini and others 2015, AAAI. Equals `ECE(10)` of netcal 1.4.0. It falls with the number of bins and
//! rises with chance: compare only within one table.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ece-width",
    title: "Expected calibration error, bins of equal width",
    words: "In ten bins of predicted risk (0 to 10%, 10 to 20%, …), the average gap between the mean predicted risk and the share that came back: 0 is perfect, but chance alone keeps it above 0.",
    convention: "ten bins of equal width, the lower border within the bin; the absolute gap weighted by rows",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Within(0.0, 1.0), Law::Perfect(0.0)],
};

fn value(t: &Tally) -> Value {
    share(t.gap_by_width, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Bin of .1: |0.1 - 1|; bin of .2 and .25: |0.45 - 0|.
        worth(&MEASURE, &[(0.1, 1), (0.2, 0), (0.25, 0)], (0.9 + 0.45) / 3.0);
        assert!(of(&MEASURE, &[]).is_err());
    }
}
