//! Logarithmic loss.
//!
//! # Measures
//! How far predicted risks are from what happened, punishing confident mistakes hardest.
//!
//! # Formula
//! Mean over rows of -ln q, with q the probability given to what happened (p if the outcome came, 1 - p if
//! not), in nats. Exact at 0 and 1: nothing is clipped.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows, or something happened that was given probability exactly 0: the loss is then infinite,
//! and clipping would make it a number of the clipping's choice.
//!
//! # Reference
//! Good 1952, J. R. Stat. Soc. B 14:107. Equals scikit-learn 1.9.1 `log_loss` where that does not clip.

use super::{Better, Formula, Law, Measure, NO_ROWS, Needs, Rests, Spread, Unit, share};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "log-loss",
    title: "Logarithmic loss",
    words: "The average surprise at what happened, given the predicted risks: 0 is perfect, lower is better, and confident mistakes cost most.",
    convention: "natural logarithm, not clipped: infinite losses are reported as undefined",
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
    laws: &[Law::Duplication, Law::Mirror, Law::Within(0.0, f64::INFINITY), Law::Perfect(0.0)],
};

fn value(t: &Tally) -> Value {
    if t.impossible > 0 {
        return Err("infinite: something happened that the model gave probability zero");
    }
    share(t.log_loss, t.n as f64, NO_ROWS)
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // -(ln 0.8 + ln 0.5) / 2; certainty that was right costs nothing.
        let two = -(0.8_f64.ln() + 0.5_f64.ln());
        worth(&MEASURE, &[(0.8, 1), (0.5, 0)], two / 2.0);
        worth(&MEASURE, &[(0.8, 1), (0.5, 0), (1.0, 1), (0.0, 0)], two / 4.0);
        assert!(of(&MEASURE, &[(0.8, 1), (0.0, 1)]).is_err());
        assert!(of(&MEASURE, &[(0.8, 1), (1.0, 0)]).is_err());
    }
}
