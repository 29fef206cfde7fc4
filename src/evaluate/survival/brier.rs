//! The Brier score at a time, with competing risks and censoring.
//!
//! Measures: how far predicted risks of having had the event by `t` lie from what happened; 0 is perfect, lower is better.
//! Formula: `sum_i w_i v_i(t) (y_i(t) - F_i(t))^2 / sum_i w_i` with `y_i(t) = 1` where the event of interest came by `t`,
//! else 0, and `v_i(t) = 1 / G(T_i-)` where any event came by `t`, `1 / G(t)` where `T_i > t`, 0 where censored by `t`.
//! Inputs: risks from 0 to 1, rows x times; weights a row; a censoring distribution; times in the exits' unit.
//! Undefined when: `t` is past the last exit the censoring distribution knows, `G` is 0 where it divides, a risk is not
//! from 0 to 1, or no row has weight.
//! Reference: Gerds and Schumacher (2006), Biometrical Journal; Schoop et al. (2011), Biometrical Journal.
//! Equal: riskRegression `Score` ([`GAt::Before`]), scikit-survival `brier_score` ([`GAt::At`]).

use ndarray::ArrayView2;

use super::censoring::{Censoring, GAt};
use super::observed::{CENSORED, INTEREST, Observed, total_weight};
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Brier score weighted by the inverse probability of being uncensored (reverse Kaplan-Meier, \
events before censorings): G(T-) for rows with an event by t, G(t) for rows beyond t; an event at t has come by t.";

/// The Brier score at each time.
#[must_use]
pub fn brier(
    observed: &Observed,
    risk: ArrayView2<'_, f64>,
    times: &[f64],
    weight: &[f64],
    (censoring, g): (&Censoring, GAt),
) -> Vec<Value> {
    let own = censoring.rows(observed, g);
    let score = |(k, t): (usize, &f64)| {
        if risk.dim() != (observed.len(), times.len()) {
            return Err("risks are not rows x times");
        }
        let column = risk.column(k);
        let total = total_weight(weight, observed.len())?;
        if column.iter().any(|f| !(0.0..=1.0).contains(f)) {
            return Err("a risk is not from 0 to 1");
        }
        let later = reached(censoring, *t)?;
        let (mut early_sum, mut late_sum) = (0.0, 0.0);
        let rows = observed.exit().iter().zip(observed.cause()).zip(&own).zip(weight).zip(column);
        for ((((exit, cause), own), weight), risk) in rows {
            if *weight <= 0.0 {
                continue;
            }
            if exit > t {
                late_sum += weight * risk * risk;
            } else if *cause != CENSORED {
                if *own <= 0.0 {
                    return Err("an event came where nobody is left uncensored");
                }
                let miss = f64::from(u8::from(*cause == INTEREST)) - risk;
                early_sum += weight * miss * miss / own;
            }
        }
        if late_sum > 0.0 && later <= 0.0 {
            return Err("nobody is left uncensored at this time");
        }
        Ok((early_sum + if late_sum > 0.0 { late_sum / later } else { 0.0 }) / total)
    };
    times.iter().enumerate().map(score).collect()
}

/// `G(t)` where follow-up reaches `t`.
pub(super) fn reached(censoring: &Censoring, t: f64) -> Value {
    if t <= censoring.end() { Ok(censoring.at(t)) } else { Err("the time is past the end of follow-up") }
}

#[cfg(test)]
mod tests;
