//! Integrated calibration index (spline).
//!
//! # Measures
//! The mean distance between predicted risks and a calibration curve drawn by a spline.
//!
//! # Formula
//! Mean over rows of |p - s(p)|, with logit s a restricted cubic spline of logit p, by maximum likelihood;
//! five knots at Harrell's quantiles of the sample.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities. Do not pass risks of exactly 0 or 1.
//!
//! # Undefined when
//! A risk is exactly 0 or 1, too few risks differ, or the spline separates the outcomes.
//!
//! # Reference
//! Harrell 2015, Regression Modeling Strategies, 2.4; `pmcalibration` with smooth = "rcs", nk = 5.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "ici-spline",
    title: "Integrated calibration index (spline)",
    words: "The same average gap by another smooth curve, a spline: where the two differ, the number depends on the way of smoothing.",
    convention: "logistic restricted cubic spline of the log-odds, five knots; gaps at each row's own risk",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    // The integrated calibration index by group is that of the loess curve.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Within(0.0, 1.0)],
};

fn value(t: &Tally) -> Value {
    t.curves.spline_ici
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // With three risks the spline has a knot too few.
        assert!(of(&MEASURE, &[(0.3, 1), (0.3, 0), (0.5, 1), (0.5, 0), (0.6, 1)]).is_err());
        // At each of seven risks the share that came is the risk itself, which the spline can draw.
        let mut rows = vec![];
        for tenths in [2_u8, 3, 4, 5, 6, 7, 8] {
            rows.extend((0..20).map(|i| (f64::from(tenths) / 10.0, u8::from(i < 2 * tenths))));
        }
        let gap = of(&MEASURE, &rows).unwrap();
        assert!(gap < 1e-6, "{gap}");
    }
}
