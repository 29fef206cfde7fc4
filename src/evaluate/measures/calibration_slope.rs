//! Calibration slope.
//!
//! # Measures
//! Whether predicted risks are spread too wide or too narrow.
//!
//! # Formula
//! The slope b of the logistic model logit P(outcome) = a + b logit p by maximum likelihood. Fitted in full
//! on the sample; in a bootstrap replicate by a few Newton steps from there (`evaluate::recalibrate`).
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in (0, 1), how many times each row counts. Do not
//! pass risks of exactly 0 or 1.
//!
//! # Undefined when
//! Some predicted risk is exactly 0 or 1, all risks are the same, all rows have the same outcome, or the
//! risks separate the outcomes completely (no finite slope).
//!
//! # Reference
//! Cox 1958, Biometrika 45:562; Van Calster and others 2016, J. Clin. Epidemiol. 74:167. Equals `Slope` of
//! rms 6.5 and `CalibrationCurves` 3.1.0, and a statsmodels 0.15.0 GLM.

use super::{Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "calibration-slope",
    title: "Spread of predicted risk",
    words: "Whether predicted risks are spread too wide: 1 is right, below 1 high risks are predicted too high and low ones too low, above 1 the reverse, and 0 means that they say nothing.",
    convention: "logistic slope on the log-odds, by maximum likelihood",
    better: Better::Target(1.0),
    unit: Unit::Ratio,
    spread: Spread::Percentile,
    theory: Some(Method::Wald),
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: true,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::Duplication, Law::Mirror],
};

fn value(t: &Tally) -> Value {
    t.slope
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Two risks, so the model fits each group's rate exactly: at 1/5 (log-odds -ln 4) 1 of 3 came (-ln 2), at 4/5
        // (ln 4) 2 of 3 came (ln 2): slope ln 2 / ln 4 = 1/2.
        let rows = [(0.2, 1), (0.2, 0), (0.2, 0), (0.8, 1), (0.8, 1), (0.8, 0)];
        worth(&MEASURE, &rows, 0.5);
        assert!(of(&MEASURE, &[(0.3, 1), (0.3, 0)]).is_err(), "no spread");
        assert!(of(&MEASURE, &[(0.3, 1), (0.2, 0), (0.2, 0)]).is_err(), "separated");
        assert!(of(&MEASURE, &[(0.3, 1), (0.2, 1), (0.2, 0), (1.0, 1)]).is_err(), "a risk of exactly 1");
    }
}
