//! The concordance with competing risks, up to a time.
//!
//! Measures: among pairs in which `i` has the event of interest by `tau` and `j` is free of it then (it ended later, or had a
//! competing event before), the share in which `i` has the higher marker.
//! Formula: `sum_i sum_j N_i (A_ij / (G(T_i-) G(T_i)) + B_ij / (G(T_i-) G(T_j-))) Q_ij` over the same without `Q_ij`; `N_i`: cause 1
//! and `T_i <= tau`; `A_ij`: `T_j > T_i`, or `T_j = T_i` and `j` censored; `B_ij`: `T_j <= T_i` and a competing cause; `Q_ij`: 1
//! where `M_i > M_j`, half where equal. Two events of interest at one time are not compared.
//! Inputs: finite markers, weights, a censoring distribution, `tau`.
//! Undefined when: no pair is comparable, or `G` is 0 where it divides.
//! Reference: Wolbers et al. (2014), Biostatistics. Equal: `pec::cindex`, also with tied times.

use super::censoring::{Censoring, GAt};
use super::fenwick::Fenwick;
use super::harrell::PairOrder;
use super::observed::{CENSORED, INTEREST, Observed, total_weight};
use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str = "Wolbers' C up to and with tau: pairs weighted by 1/(G(T_i-) G(T_i)) for a later end and \
1/(G(T_i-) G(T_j-)) for a competing event before or at the same time; two events of interest at one time are not compared, \
tied markers count half.";

/// `G` of each row just before and at its exit.
#[derive(Clone, Debug)]
pub struct RowG {
    /// `G(T-)`.
    pub before: Vec<f64>,
    /// `G(T)`.
    pub at: Vec<f64>,
}

/// The concordance.
///
/// # Errors
/// See above.
pub fn wolbers(
    observed: &Observed,
    marker: &[f64],
    weight: &[f64],
    tau: f64,
    censoring: &Censoring,
) -> Value {
    total_weight(weight, observed.len())?;
    let order = PairOrder::new(observed, marker)?;
    let g = RowG { before: censoring.rows(observed, GAt::Before), at: censoring.rows(observed, GAt::At) };
    wolbers_sorted(observed, &order, weight, tau, &g)
}

/// The same with rows sorted: O(n log n) with no sorting.
///
/// # Errors
/// See above. Weights must have been checked and be one a row.
pub fn wolbers_sorted(observed: &Observed, order: &PairOrder, weight: &[f64], tau: f64, g: &RowG) -> Value {
    let (exit, cause) = (observed.exit(), observed.cause());
    let rank = &order.rank;
    let slot = |row: &u32| order.slots.slot[*row as usize];
    let (mut good, mut all) = (0.0, 0.0);
    let mut zero = false;
    // Competing ends up to now, ascending.
    let mut tree = Fenwick::new(order.ranks);
    for group in order.slots.order.chunk_by(|a, b| slot(a) == slot(b)) {
        if group.first().is_none_or(|i| exit[*i as usize] > tau) {
            break;
        }
        for i in group.iter().map(|i| *i as usize).filter(|i| weight[*i] > 0.0 && cause[*i] > INTEREST) {
            zero |= g.before[i] <= 0.0;
            tree.add(rank[i], weight[i] / g.before[i]);
        }
        for i in group.iter().map(|i| *i as usize).filter(|i| weight[*i] > 0.0 && cause[*i] == INTEREST) {
            zero |= g.before[i] <= 0.0;
            let (below, same, sum) = tree.split(rank[i]);
            good += weight[i] / g.before[i] * (below + same / 2.0);
            all += weight[i] / g.before[i] * sum;
        }
    }
    // Later ends, descending.
    let mut tree = Fenwick::new(order.ranks);
    for group in order.slots.order.chunk_by(|a, b| slot(a) == slot(b)).rev() {
        let row = |i: &u32| *i as usize;
        for i in group.iter().map(row).filter(|i| weight[*i] > 0.0 && cause[*i] == CENSORED) {
            tree.add(rank[i], weight[i]);
        }
        for i in
            group.iter().map(row).filter(|i| weight[*i] > 0.0 && cause[*i] == INTEREST && exit[*i] <= tau)
        {
            let (below, same, sum) = tree.split(rank[i]);
            if sum > 0.0 {
                zero |= g.at[i] <= 0.0;
                let w = weight[i] / (g.before[i] * g.at[i]);
                good += w * (below + same / 2.0);
                all += w * sum;
            }
        }
        for i in group.iter().map(row).filter(|i| weight[*i] > 0.0 && cause[*i] != CENSORED) {
            tree.add(rank[i], weight[i]);
        }
    }
    if zero {
        return Err("nobody is left uncensored at an event");
    }
    if all > 0.0 { Ok(good / all) } else { Err("no comparable pair") }
}

#[cfg(test)]
mod tests;
