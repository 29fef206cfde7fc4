//! The index of prediction accuracy: the share of the Brier score of no knowledge that the predictions take away.
//!
//! Measures: 1 is perfect, 0 no better than the marginal risk for everybody, below 0 worse.
//! Formula: `1 - Brier(t) / Brier_0(t)`, `Brier_0` that of the Aalen-Johansen risk of the same rows and weights.
//! Inputs: as [`brier`]. Undefined when: either score is, or `Brier_0` is 0.
//! Reference: Kattan and Gerds (2018), Diagnostic and Prognostic Research. Equal: riskRegression `Score(summary = "ipa")`.

use ndarray::{Array2, ArrayView2};

use super::brier::brier;
use super::censoring::{Censoring, GAt};
use super::marginal::aalen_johansen;
use super::observed::Observed;
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "1 - Brier / Brier of the Aalen-Johansen risk of the test rows, both with G(T-) and G(t) of \
the reverse Kaplan-Meier estimator.";

/// The Brier score of the marginal risk at each time.
#[must_use]
pub fn marginal_brier(
    observed: &Observed,
    times: &[f64],
    weight: &[f64],
    censoring: (&Censoring, GAt),
) -> Vec<Value> {
    let curve = match aalen_johansen(observed, weight, times) {
        Ok(curve) => curve,
        Err(why) => return vec![Err(why); times.len()],
    };
    let one = |(f, t): (&Result<(f64, f64), &'static str>, &f64)| {
        // Sums may pass 1 by rounding.
        let risk = Array2::from_elem((observed.len(), 1), (*f)?.0.clamp(0.0, 1.0));
        brier(observed, risk.view(), &[*t], weight, censoring).pop().unwrap_or(Err("no times"))
    };
    curve.iter().zip(times).map(one).collect()
}

/// The index at each time.
#[must_use]
pub fn ipa(
    observed: &Observed,
    risk: ArrayView2<'_, f64>,
    times: &[f64],
    weight: &[f64],
    censoring: (&Censoring, GAt),
) -> Vec<Value> {
    let model = brier(observed, risk, times, weight, censoring);
    let null = marginal_brier(observed, times, weight, censoring);
    model.into_iter().zip(null).map(|(m, n)| scaled(m?, n?)).collect()
}

/// `1 - score / reference`, also of integrated scores.
///
/// # Errors
/// Where the reference is 0.
pub fn scaled(score: f64, reference: f64) -> Value {
    if reference > 0.0 { Ok(1.0 - score / reference) } else { Err("the marginal risk is never wrong") }
}
