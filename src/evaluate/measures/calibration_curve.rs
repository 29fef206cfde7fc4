//! Calibration curve (loess).
//!
//! # Measures
//! The share with the outcome as a smooth function of the predicted risk.
//!
//! # Formula
//! s(p) at percentiles 2 to 98 of the predicted risks of all rows. Loess of degree 2 and span 0.75, as R
//! 4.2.2 `loess` (tree of local fits), clipped to [0, 1].
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! The curve cannot be fitted: see `ici` and `ici-spline`.
//!
//! # Reference
//! Van Calster and others 2016, J. Clin. Epidemiol. 74:167. R 4.2.2 `loess`.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "calibration-curve",
    title: "Calibration curve (loess)",
    words: "The share of referrals that came back at a predicted risk, read from a smooth curve: where it equals the predicted risk, the risk comes true.",
    convention: "loess of degree 2 and span 0.75, clipped to [0, 1]",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Curve(value),
    laws: &[Law::Within(0.0, 1.0)],
};

fn value(t: &Tally, place: usize) -> Value {
    t.curves.loess.get(place).copied().unwrap_or(Err("not read at this risk"))
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // At each of seven risks the share that came is the risk itself; the curve is read at the lowest first.
        let mut rows = vec![];
        for tenths in [2_u8, 3, 4, 5, 6, 7, 8] {
            rows.extend((0..20).map(|i| (f64::from(tenths) / 10.0, u8::from(i < 2 * tenths))));
        }
        let share = of(&MEASURE, &rows).unwrap();
        assert!((share - 0.2).abs() < 1e-9, "{share}");
        assert!(of(&MEASURE, &[(0.3, 1), (0.3, 0)]).is_err(), "no spread");
    }
}
