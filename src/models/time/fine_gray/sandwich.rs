//! The robust variance of Fine and Gray's coefficients, with the share of the censoring curve having been estimated.
//!
//! `V = I^-1 (sum_i w_i u_i u_i') I^-1` with `u_i = eta_i + psi_i`:
//! `eta_i = [event] (x_i - m(T_i)) - sum_s w_i(s) e_i (x_i - m(s)) dL(s)` is the row's own score residual, and
//! `psi_i = [censored] q(T_i) / r(T_i) - sum_{u <= T_i} q(u) c(u) / r(u)^2` what the row does to the weights of others, with
//! `q(u) = sum_{competing, T_j < u} sum_{s >= u} w_j(s) e_j (x_j - m(s)) dL(s)`, c the censored and r those at risk of
//! being censored, by group. With clusters `u` is summed within each before the product. Scans as for the score: O(n p).
//!
//! Reference: Fine and Gray (1999), equations 7 and 8; Zhou et al. (2012) for clusters. Equals `cmprsk::crr` with one group;
//! with several see [`CensoringTerm`].

use super::censoring::{Kind, Placed};
use super::sums::{Columns, Derivatives, Scan, parts};
use ndarray::{Array2, Array3, ArrayView1, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Which events the censoring term q of a group runs over, in the robust variance. With one group both are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CensoringTerm {
    /// All events: the group's weights enter the score at each of them.
    #[default]
    AllEvents,
    /// Events of the group's own rows, which is what `cmprsk::crr` 2.2-11 has where it is given groups.
    OwnEvents,
}

/// A fit at its optimum.
#[derive(Clone, Copy)]
pub(super) struct Optimum<'a> {
    pub(super) placed: &'a Placed,
    pub(super) columns: Columns<'a>,
    pub(super) scan: &'a Scan,
    pub(super) at: &'a Derivatives,
}

/// Sums over time that the residuals need.
struct Integrals {
    /// Summed jump times mean, up to and with each time.
    summed: Array2<f64>,
    /// Summed G times jump times mean, after each time: times x groups x columns.
    later: Array3<f64>,
    /// q(u) / r(u) at each time: times x groups x columns.
    at_censoring: Array3<f64>,
    /// Summed q(u) c(u) / r(u)^2 up to and with each time.
    censoring: Array3<f64>,
}

/// The middle of the sandwich: the summed squares of the rows', or clusters', residuals.
pub(super) fn middle(fit: &Optimum<'_>, cluster: Option<&[u32]>, term: CensoringTerm) -> Array2<f64> {
    let Optimum { placed, columns, .. } = fit;
    let integrals = Integrals::new(fit, term);
    let p = columns.x.ncols();
    let Some(cluster) = cluster else {
        let squares: Vec<Array2<f64>> = parts(placed.len())
            .into_par_iter()
            .map(|rows| {
                let mut square = Array2::<f64>::zeros((p, p));
                let mut u = vec![0.0; p];
                for i in rows {
                    integrals.residual(fit, i, &mut u);
                    let u = ArrayView1::from(&u);
                    for (mut row, v) in square.outer_iter_mut().zip(u) {
                        row.scaled_add(placed.weight[i] * v, &u);
                    }
                }
                square
            })
            .collect();
        return squares.into_iter().fold(Array2::zeros((p, p)), |a, b| a + b);
    };
    let mut names: Vec<u32> = placed.row.iter().map(|i| cluster[*i]).collect();
    names.sort_unstable();
    names.dedup();
    let mut sums = Array2::<f64>::zeros((names.len(), p));
    let mut u = vec![0.0; p];
    for i in 0..placed.len() {
        integrals.residual(fit, i, &mut u);
        let name = cluster[placed.row[i]];
        sums.row_mut(names.partition_point(|n| *n < name))
            .scaled_add(placed.weight[i], &ArrayView1::from(&u));
    }
    sums.t().dot(&sums)
}

/// Summed G times jump from each time on (itself too), and the same times the mean: times x groups, and x columns.
fn following(fit: &Optimum<'_>, term: CensoringTerm) -> (Array2<f64>, Array3<f64>) {
    let Optimum { placed, scan, at, .. } = fit;
    let ((times, groups), p) = (placed.uncensored.dim(), at.mean.ncols());
    let (mut plain, mut by_mean) =
        (Array2::<f64>::zeros((times, groups)), Array3::<f64>::zeros((times, groups, p)));
    let (mut sum, mut mean_sum) = (vec![0.0; groups], Array2::<f64>::zeros((groups, p)));
    for slot in (0..times).rev() {
        for group in 0..groups {
            let events = placed.events[slot];
            let share = match term {
                CensoringTerm::OwnEvents if events > 0.0 => placed.own_events[[slot, group]] / events,
                _ => 1.0,
            };
            let own = placed.uncensored[[slot, group]] * scan.jump[slot] * share;
            sum[group] += own;
            mean_sum.row_mut(group).scaled_add(own, &at.mean.row(slot));
            plain[[slot, group]] = sum[group];
        }
        by_mean.slice_mut(s![slot, .., ..]).assign(&mean_sum);
    }
    (plain, by_mean)
}

impl Integrals {
    fn new(fit: &Optimum<'_>, term: CensoringTerm) -> Self {
        let Optimum { placed, columns, scan, at } = fit;
        let ((times, groups), p) = (placed.uncensored.dim(), columns.x.ncols());
        let mut summed = Array2::<f64>::zeros((times, p));
        for slot in 0..times {
            if slot > 0 {
                let (mut to, from) = summed.multi_slice_mut((s![slot, ..], s![slot - 1, ..]));
                to.assign(&from);
            }
            summed.row_mut(slot).scaled_add(scan.jump[slot], &at.mean.row(slot));
        }
        let mut later = Array3::<f64>::zeros((times, groups, p));
        for slot in (1..times).rev() {
            for group in 0..groups {
                let (mut to, from) = later.multi_slice_mut((s![slot - 1, group, ..], s![slot, group, ..]));
                to.assign(&from);
                to.scaled_add(placed.uncensored[[slot, group]] * scan.jump[slot], &at.mean.row(slot));
            }
        }
        let zero = Array3::zeros((times, groups, p));
        let mut integrals = Self { summed, later, at_censoring: zero.clone(), censoring: zero };
        integrals.censoring(fit, term);
        integrals
    }

    /// Fills in what depends on q(u).
    fn censoring(&mut self, fit: &Optimum<'_>, term: CensoringTerm) {
        let Optimum { placed, columns, scan, .. } = fit;
        let ((times, groups), p) = (placed.uncensored.dim(), columns.x.ncols());
        // Competing rows of each time: their summed e / G, and the same times x.
        let (mut plain, mut by_x) =
            (Array2::<f64>::zeros((times, groups)), Array3::<f64>::zeros((times, groups, p)));
        let mut x = vec![0.0; p];
        for i in (0..placed.len()).filter(|i| placed.kind[*i] == Kind::Competing) {
            columns.read(placed.row[i], &mut x);
            let (slot, group) = (placed.slot[i], placed.group[i]);
            let share = placed.weight[i] * scan.risk[i] * placed.inverse[i];
            plain[[slot, group]] += share;
            by_x.slice_mut(s![slot, group, ..]).scaled_add(share, &ArrayView1::from(&x));
        }
        let (from_here, from_here_mean) = following(fit, term);
        let (mut before, mut x_before) = (vec![0.0; groups], Array2::<f64>::zeros((groups, p)));
        for slot in 0..times {
            let mut q = Array2::<f64>::zeros((groups, p));
            for group in 0..groups {
                let mut q = q.row_mut(group);
                q.scaled_add(from_here[[slot, group]], &x_before.row(group));
                q.scaled_add(-before[group], &from_here_mean.slice(s![slot, group, ..]));
            }
            for group in 0..groups {
                let (at_risk, censored) = (placed.at_risk[[slot, group]], placed.censored[[slot, group]]);
                if slot > 0 {
                    let (mut to, from) =
                        self.censoring.multi_slice_mut((s![slot, group, ..], s![slot - 1, group, ..]));
                    to.assign(&from);
                }
                if at_risk > 0.0 {
                    let q = q.row(group);
                    self.at_censoring.slice_mut(s![slot, group, ..]).scaled_add(1.0 / at_risk, &q);
                    let share = censored / (at_risk * at_risk);
                    self.censoring.slice_mut(s![slot, group, ..]).scaled_add(share, &q);
                }
                before[group] += plain[[slot, group]];
            }
            x_before += &by_x.slice(s![slot, .., ..]);
        }
    }

    /// Writes eta + psi of one row.
    fn residual(&self, fit: &Optimum<'_>, i: usize, out: &mut [f64]) {
        let Optimum { placed, columns, scan, at } = fit;
        let (slot, group, kind) = (placed.slot[i], placed.group[i], placed.kind[i]);
        columns.read(placed.row[i], out);
        let (risk, inverse) = (scan.risk[i], placed.inverse[i]);
        let event = if kind == Kind::Event { 1.0 } else { 0.0 };
        let censored = if kind == Kind::Censored { 1.0 } else { 0.0 };
        let own = event - risk * (scan.summed[slot] + inverse * scan.later[[slot, group]]);
        for (c, out) in out.iter_mut().enumerate() {
            let means = risk * (self.summed[[slot, c]] + inverse * self.later[[slot, group, c]]);
            *out = *out * own - event * at.mean[[slot, c]]
                + means
                + censored * self.at_censoring[[slot, group, c]]
                - self.censoring[[slot, group, c]];
        }
    }
}
