//! Log-likelihood, score and information of Fine and Gray's model, by scans over time.
//!
//! With `e_i` the weight times `exp(x_i' b)`, the risk set at an event time s has
//! `S0(s) = sum_{T_i >= s} e_i + sum_g G_g(s-) sum_{competing, T_i < s} e_i / G_g(T_i-)`: one sum from the end and one a group
//! from the start. Summed over event times with jumps `dL(s) = d(s) / S0(s)`, each row has one scalar
//! `c_i = e_i (A(T_i) + [competing] sum_{s > T_i} G_g(s-) dL(s) / G_g(T_i-))`, so the score is `sum_events x_i - sum_i c_i x_i` and the
//! information `sum_i c_i x_i x_i' - sum_s d(s) m(s) m(s)'`, m the mean of x in the risk set.
//! Reference: Kawaguchi et al. (2021), section 3 (forward-backward scan).

use super::censoring::{Kind, Placed};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Array3, ArrayView2, s};
use rayon::prelude::*;

/// Rows multiplied at once.
const BLOCK: usize = 512;
/// Parts of rows, summed in order.
const PARTS: usize = 16;

/// Covariates, centred and scaled as they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a> {
    pub(super) x: ArrayView2<'a, f64>,
    pub(super) centre: &'a Array1<f64>,
    pub(super) scale: &'a Array1<f64>,
}

impl Columns<'_> {
    /// Writes the scaled columns of `row`.
    pub(super) fn read(&self, row: usize, out: &mut [f64]) {
        let known = self.x.row(row);
        for (((out, x), centre), scale) in out.iter_mut().zip(known).zip(self.centre).zip(self.scale) {
            *out = (x - centre) / scale;
        }
    }
}

/// What the scans leave at each distinct time.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// exp(x' b) of each row, without its weight.
    pub(super) risk: Vec<f64>,
    /// Jump of the baseline at each time.
    pub(super) jump: Vec<f64>,
    /// Summed jumps up to and with each time.
    pub(super) summed: Vec<f64>,
    /// Summed G times jump after each time: times x groups.
    pub(super) later: Array2<f64>,
    pub(super) log_likelihood: f64,
}

/// Score and information.
#[derive(Clone, Debug)]
pub(super) struct Derivatives {
    pub(super) score: Array1<f64>,
    pub(super) information: Array2<f64>,
    /// Mean of the columns in the risk set of each event time.
    pub(super) mean: Array2<f64>,
}

/// Ranges of equal size, at most [`PARTS`].
pub(super) fn parts(rows: usize) -> Vec<std::ops::Range<usize>> {
    let size = rows.div_ceil(PARTS).max(BLOCK);
    (0..rows).step_by(size).map(|from| from..(from + size).min(rows)).collect()
}

/// The scans at `beta`.
pub(super) fn scan(placed: &Placed, columns: &Columns<'_>, beta: &Array1<f64>) -> Scan {
    let (times, groups) = placed.uncensored.dim();
    let chunks: Vec<Vec<f64>> = parts(placed.len())
        .into_par_iter()
        .map(|rows| {
            let mut x = Array1::<f64>::zeros(beta.len());
            rows.map(|i| {
                x.as_slice_mut().into_iter().for_each(|x| columns.read(placed.row[i], x));
                x.dot(beta)
            })
            .collect()
        })
        .collect();
    let mut risk: Vec<f64> = chunks.into_iter().flatten().collect();
    let mut log_likelihood = 0.0;
    let (mut set, mut gone) = (vec![0.0; times], Array2::<f64>::zeros((times, groups)));
    for (i, eta) in risk.iter_mut().enumerate() {
        let (slot, weight) = (placed.slot[i], placed.weight[i]);
        if placed.kind[i] == Kind::Event {
            log_likelihood += weight * *eta;
        }
        *eta = eta.exp();
        set[slot] += weight * *eta;
        gone[[slot, placed.group[i]]] += weight * *eta * placed.inverse[i];
    }
    for slot in (1..times).rev() {
        set[slot - 1] += set[slot];
    }
    let (mut jump, mut summed, mut total) = (vec![0.0; times], vec![0.0; times], 0.0);
    let mut before = vec![0.0; groups];
    for slot in 0..times {
        if placed.events[slot] > 0.0 {
            let competing: f64 = before.iter().zip(placed.uncensored.row(slot)).map(|(e, g)| e * g).sum();
            let all = set[slot] + competing;
            jump[slot] = placed.events[slot] / all;
            log_likelihood -= placed.events[slot] * all.ln();
        }
        total += jump[slot];
        summed[slot] = total;
        before.iter_mut().zip(gone.row(slot)).for_each(|(b, g)| *b += g);
    }
    let mut later = Array2::zeros((times, groups));
    for slot in (1..times).rev() {
        for group in 0..groups {
            later[[slot - 1, group]] = later[[slot, group]] + placed.uncensored[[slot, group]] * jump[slot];
        }
    }
    Scan { risk, jump, summed, later, log_likelihood }
}

/// Score and information at the `beta` of a scan.
pub(super) fn derivatives(placed: &Placed, columns: &Columns<'_>, scan: &Scan) -> Derivatives {
    let p = columns.x.ncols();
    let mean = means(placed, columns, scan);
    let sums: Vec<(Array1<f64>, Array2<f64>)> =
        parts(placed.len()).into_par_iter().map(|rows| part(placed, columns, scan, rows)).collect();
    let zero = (Array1::zeros(p), Array2::zeros((p, p)));
    let (score, mut information) = sums.into_iter().fold(zero, |a, b| (a.0 + b.0, a.1 + b.1));
    let mut rooted = mean.clone();
    for (mut row, events) in rooted.outer_iter_mut().zip(&placed.events) {
        row.mapv_inplace(|m| m * events.sqrt());
    }
    general_mat_mul(-1.0, &rooted.t(), &rooted, 1.0, &mut information);
    Derivatives { score, information, mean }
}

/// The mean of the columns in the risk set of each event time; 0 at other times.
fn means(placed: &Placed, columns: &Columns<'_>, scan: &Scan) -> Array2<f64> {
    let ((times, groups), p) = (placed.uncensored.dim(), columns.x.ncols());
    let (mut set, mut gone) = (Array2::<f64>::zeros((times, p)), Array3::<f64>::zeros((times, groups, p)));
    let mut x = vec![0.0; p];
    for i in 0..placed.len() {
        columns.read(placed.row[i], &mut x);
        let (slot, weighted) = (placed.slot[i], placed.weight[i] * scan.risk[i]);
        set.row_mut(slot).iter_mut().zip(&x).for_each(|(s, x)| *s += weighted * x);
        if placed.kind[i] == Kind::Competing {
            let weighted = weighted * placed.inverse[i];
            let mut to = gone.slice_mut(s![slot, placed.group[i], ..]);
            to.iter_mut().zip(&x).for_each(|(s, x)| *s += weighted * x);
        }
    }
    for slot in (1..times).rev() {
        let (mut earlier, later) = set.multi_slice_mut((s![slot - 1, ..], s![slot, ..]));
        earlier += &later;
    }
    let mut before = Array2::<f64>::zeros((groups, p));
    for slot in 0..times {
        let mut row = set.row_mut(slot);
        for (sum, weight) in before.outer_iter().zip(placed.uncensored.row(slot)) {
            row.scaled_add(*weight, &sum);
        }
        let events = placed.events[slot];
        // Over S0, which is the events over the jump.
        row.mapv_inplace(|m| if events > 0.0 { m * scan.jump[slot] / events } else { 0.0 });
        before += &gone.slice(s![slot, .., ..]);
    }
    set
}

fn part(
    placed: &Placed,
    columns: &Columns<'_>,
    scan: &Scan,
    rows: std::ops::Range<usize>,
) -> (Array1<f64>, Array2<f64>) {
    let p = columns.x.ncols();
    let (mut score, mut square) = (Array1::zeros(p), Array2::zeros((p, p)));
    let (mut x, mut weighted) = (Array2::<f64>::zeros((BLOCK, p)), Array2::<f64>::zeros((BLOCK, p)));
    let mut residual = Array1::<f64>::zeros(BLOCK);
    for from in rows.clone().step_by(BLOCK) {
        let to = (from + BLOCK).min(rows.end);
        for (at, i) in (from..to).enumerate() {
            let later = scan.later[[placed.slot[i], placed.group[i]]];
            let c =
                placed.weight[i] * scan.risk[i] * (scan.summed[placed.slot[i]] + placed.inverse[i] * later);
            let event = if placed.kind[i] == Kind::Event { placed.weight[i] } else { 0.0 };
            residual[at] = event - c;
            x.row_mut(at).as_slice_mut().into_iter().for_each(|x| columns.read(placed.row[i], x));
            weighted.row_mut(at).zip_mut_with(&x.row(at), |w, x| *w = c * x);
        }
        let n = to - from;
        let used = x.slice(s![..n, ..]);
        score += &used.t().dot(&residual.slice(s![..n]));
        general_mat_mul(1.0, &used.t(), &weighted.slice(s![..n, ..]), 1.0, &mut square);
    }
    (score, square)
}
