//! The cumulative/dynamic AUC at a time, with competing risks and censoring.
//!
//! Measures: the probability that a row with the event of interest by `t` (case) has a higher marker than one without
//! (control); ties of markers count half; 0.5 is chance.
//! Formula: `sum_ij w_i w_j v_i u_j (1{M_i > M_j} + 1{M_i = M_j} / 2) / sum_ij w_i w_j v_i u_j` over cases `i` (`T_i <= t`,
//! cause 1, `v_i = 1 / G(T_i-)`) and controls `j`: `T_j > t` with `u_j = 1 / G(t)`, and, with
//! [`Controls::WithoutEvent`], competing ends by `t` with `u_j = 1 / G(T_j-)`.
//! Inputs: finite markers, one a row or rows x times; a censoring distribution.
//! Undefined when: no case or no control has weight, `t` is past the end of follow-up, or `G` is 0 where it divides.
//! Reference: Blanche, Dartigues and Jacqmin-Gadda (2013), Statistics in Medicine, where both kinds of control are defined.
//! Equal: riskRegression `Score` (`WithoutEvent`, [`GAt::Before`]), scikit-survival `cumulative_dynamic_auc` (one cause, `At`).

use super::brier::reached;
use super::censoring::{Censoring, GAt};
use super::marginal::aalen_johansen;
use super::observed::{INTEREST, Observed, total_weight};
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Cumulative/dynamic AUC(t) weighted by the inverse probability of being uncensored (G(T-) for \
rows with an event by t, G(t) beyond t); controls are all rows without the event of interest by t, also those with a \
competing one; tied markers count half.";

/// Who counts as a control at `t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controls {
    /// All without the event of interest by `t`, with or without a competing one.
    #[default]
    WithoutEvent,
    /// Only those free of every event at `t`.
    EventFree,
}

/// Rows sorted by their marker, to be used with many weights.
#[derive(Clone, Debug)]
pub struct MarkerOrder {
    /// Row, and whether its marker is above that of the row before.
    row: Vec<(u32, bool)>,
}

impl MarkerOrder {
    /// Sorts the rows: O(n log n).
    ///
    /// # Errors
    /// Where a marker is not finite.
    pub fn new(marker: &[f64]) -> Result<Self, &'static str> {
        if marker.iter().any(|m| !m.is_finite()) {
            return Err("a marker is no finite number");
        }
        let mut order: Vec<u32> = (0..marker.len() as u32).collect();
        order.sort_by(|a, b| marker[*a as usize].total_cmp(&marker[*b as usize]));
        let mut last = f64::NEG_INFINITY;
        let row = order
            .into_iter()
            .map(|i| {
                let above = marker[i as usize] > last;
                last = marker[i as usize];
                (i, above)
            })
            .collect();
        Ok(Self { row })
    }
}

/// AUC at `t`, with rows sorted and `own` the `G` of each row: O(n).
///
/// # Errors
/// See above. Weights must have been checked and be one a row.
pub fn auc_sorted(
    observed: &Observed,
    order: &MarkerOrder,
    own: &[f64],
    (t, later): (f64, f64),
    (weight, controls): (&[f64], Controls),
) -> Value {
    let (exit, cause) = (observed.exit(), observed.cause());
    let (mut below, mut area, mut cases) = (0.0, 0.0, 0.0);
    let (mut tied_cases, mut tied_controls) = (0.0, 0.0);
    for (row, above) in &order.row {
        let i = *row as usize;
        if *above {
            area += tied_cases * (below + tied_controls / 2.0);
            cases += tied_cases;
            below += tied_controls;
            (tied_cases, tied_controls) = (0.0, 0.0);
        }
        if weight[i] <= 0.0 {
            continue;
        }
        let g = if exit[i] > t { later } else { own[i] };
        let case = exit[i] <= t && cause[i] == INTEREST;
        let control = exit[i] > t || (controls == Controls::WithoutEvent && cause[i] > INTEREST);
        if (case || control) && g <= 0.0 {
            return Err("nobody is left uncensored");
        }
        if case {
            tied_cases += weight[i] / g;
        } else if control {
            tied_controls += weight[i] / g;
        }
    }
    area += tied_cases * (below + tied_controls / 2.0);
    cases += tied_cases;
    below += tied_controls;
    if cases <= 0.0 {
        return Err("no row has the event by this time");
    }
    if below <= 0.0 {
        return Err("no control at this time");
    }
    Ok(area / cases / below)
}

/// AUC of one marker at each time.
#[must_use]
pub fn auc(
    observed: &Observed,
    marker: &[f64],
    times: &[f64],
    (weight, controls): (&[f64], Controls),
    (censoring, g): (&Censoring, GAt),
) -> Vec<Value> {
    let order = if marker.len() == observed.len() {
        total_weight(weight, observed.len()).and_then(|_| MarkerOrder::new(marker))
    } else {
        Err("markers and rows are not equally many")
    };
    let own = censoring.rows(observed, g);
    times
        .iter()
        .map(|t| {
            let order = order.as_ref().map_err(|why| *why)?;
            auc_sorted(observed, order, &own, (*t, reached(censoring, *t)?), (weight, controls))
        })
        .collect()
}

/// The mean of AUC over ascending times, weighted by the fall of the share without any event between them, as
/// scikit-survival's mean AUC; of one time, its AUC.
///
/// # Errors
/// Where an AUC is undefined, or no event falls in the times.
pub fn mean_auc(observed: &Observed, weight: &[f64], times: &[f64], auc: &[Value]) -> Value {
    if let [only] = auc {
        return *only;
    }
    let curve = aalen_johansen(observed, weight, times)?;
    let (mut last, mut sum) = (1.0, 0.0);
    for (s, auc) in curve.iter().zip(auc) {
        let s = (*s)?.1;
        sum += (*auc)? * (last - s);
        last = s;
    }
    if last < 1.0 { Ok(sum / (1.0 - last)) } else { Err("no event in the times") }
}

#[cfg(test)]
mod tests;
