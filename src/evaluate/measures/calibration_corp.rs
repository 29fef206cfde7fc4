//! CORP reliability diagram.
//!
//! # Measures
//! The share with the outcome as a rising staircase of the predicted risk.
//!
//! # Formula
//! Isotonic regression of the outcome on p, read at percentiles 2 to 98 of the predicted risks of all rows.
//!
//! # Inputs
//! Outcome of each row (came or not) and predicted risk in [0, 1], how many times each row counts. Do not
//! pass scores that are not probabilities.
//!
//! # Undefined when
//! There are no rows.
//!
//! # Reference
//! Dimitriadis, Gneiting and Jordan 2021, PNAS 118:e2016191118. Equals R `isoreg`. A bootstrap interval of
//! isotonic regression does not cover, so the band of consistency is given in its place.

use super::{Better, Formula, Law, Measure, Method, Needs, Rests, Spread, Unit};
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "calibration-corp",
    title: "Reliability diagram (CORP)",
    words: "The share of referrals that came back at a predicted risk, by isotonic regression: a staircase that never falls, with the band in which it would lie if the risks were true.",
    convention: "isotonic regression; the band is one of consistency, 95% at each risk, outcomes redrawn from the risks",
    better: Better::Neither,
    unit: Unit::Share,
    spread: Spread::None,
    theory: Some(Method::Consistency),
    needs: Needs::Both,
    rests: Rests::Step,
    // In small groups isotonic regression follows chance.
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Curve(value),
    laws: &[Law::Within(0.0, 1.0)],
};

fn value(t: &Tally, place: usize) -> Value {
    t.reliability
        .steps
        .get(place)
        .map_or(Err("not read at this risk"), |step| step.map(|step| step.event_rate))
}

#[cfg(test)]
mod tests {
    use super::super::toy::of;
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Ten rows at each of three risks; the lowest two are pooled: 10 of 20.
        let rows: Vec<(f64, u8)> = (0..10).flat_map(|_| [(0.2, 1), (0.3, 0), (0.6, 1)]).collect();
        assert!((of(&MEASURE, &rows).unwrap() - 0.5).abs() < 1e-12);
    }
}
