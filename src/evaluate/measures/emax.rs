//! Greatest calibration error (loess).
//!
//! # Measures
//! The maximum distance between predicted risks and a smooth calibration curve.
//!
//! # Formula
//! Maximum over rows of |p - s(p)|, where s is the curve. Loess of degree 2 and span 0.75, as R 4.2.2
//! `loess` (tree of local fits), clipped to [0, 1].
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! All risks are the same, there are too few rows, or so many rows share one risk that a local fit has no
//! width.
//!
//! # Reference
//! Austin and Steyerberg 2019, Statistics in Medicine 38:4051. Equals the R golden numbers (`loess`,
//! `CalibrationCurves` 3.1.0) to 1e-9; other smoothers give other numbers on the same data
//! (`conventions.json`: 0.043 to 0.054), so the smoother is named.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "emax",
    title: "Greatest calibration error (loess)",
    words: "The greatest gap between predicted risk and the share that came back, by a smooth curve: it rests on the few referrals at the ends.",
    convention: "loess of degree 2 and span 0.75, clipped to [0, 1]; gaps at each row's own risk",
    better: Better::Lower,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    // A neighbourhood is a whole number of rows, so that writing every row twice may move it by one.
    laws: &[Law::Within(0.0, 1.0)],
};

fn value(t: &Tally) -> Value {
    t.curves.errors.map(|errors| errors.emax)
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // At each of five risks p, ten rows, of which 10 p^2 would come: 0, 1, 3, 5, 8 is as near as whole rows get; the gap
        // p - p^2 is at most 1/4.
        let mut rows = vec![];
        for (p, came) in [(0.1, 0), (0.3, 1), (0.5, 3), (0.7, 5), (0.9, 8)] {
            rows.extend((0..10).map(|i| (p, u8::from(i < came))));
        }
        let gap = of(&MEASURE, &rows).unwrap();
        assert!((0.05..0.26).contains(&gap), "{gap}");
        assert!(of(&MEASURE, &[(0.3, 1), (0.3, 0)]).is_err(), "no spread");
    }
}
