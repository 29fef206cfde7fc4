//! The sums behind a logistic fit: gradient and Hessian over blocks of rows, in parallel and in a fixed order.

use crate::num::sigmoid;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

/// Rows multiplied at once; small enough that a block stays in cache.
const BLOCK: usize = 512;
/// Rows are cut into at most this many parts, which are summed in order whatever the number of threads, so that
/// results are the same on any.
const PARTS: usize = 16;
/// Rows a part has at least: smaller parts cost more to add up than they save.
const PART: usize = 4096;
/// Columns of a Hessian tile; only tiles on and above the diagonal are computed.
const TILE: usize = 96;

/// Loss, gradient and Hessian of the log-loss at one point. The last coefficient is the intercept.
#[derive(Debug)]
pub(super) struct Derivatives {
    pub(super) loss: f64,
    pub(super) gradient: Array1<f64>,
    /// Symmetric.
    pub(super) hessian: Array2<f64>,
}

/// The weight of a row: 1 where there are none.
fn weight(weights: Option<&[f32]>, row: usize) -> f64 {
    weights.and_then(|w| w.get(row)).map_or(1.0, |w| f64::from(*w))
}

/// The log-loss, summed over rows by weight, at `beta`.
pub(super) fn loss(x: ArrayView2<'_, f64>, y: &[bool], weights: Option<&[f32]>, beta: &Array1<f64>) -> f64 {
    let p = x.ncols();
    let parts: Vec<f64> = parts(x.nrows())
        .into_par_iter()
        .map(|rows| {
            let eta = x.slice(s![rows.clone(), ..]).dot(&beta.slice(s![..p])) + beta[p];
            eta.iter().zip(rows).map(|(eta, i)| weight(weights, i) * log_loss(*eta, y[i])).sum()
        })
        .collect();
    parts.iter().sum()
}

/// log(1 + exp(-eta)) for an event, log(1 + exp(eta)) for none, without overflow.
fn log_loss(eta: f64, y: bool) -> f64 {
    let z = if y { -eta } else { eta };
    if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() }
}

/// Loss and its first two derivatives, summed over rows by weight, at `beta`.
pub(super) fn derivatives(
    x: ArrayView2<'_, f64>,
    y: &[bool],
    weights: Option<&[f32]>,
    beta: &Array1<f64>,
) -> Derivatives {
    let sums: Vec<Derivatives> =
        parts(x.nrows()).into_par_iter().map(|rows| part(x, y, weights, beta, rows)).collect();
    let width = beta.len();
    let zero =
        Derivatives { loss: 0.0, gradient: Array1::zeros(width), hessian: Array2::zeros((width, width)) };
    let mut sum = sums.into_iter().fold(zero, |mut a, b| {
        a.loss += b.loss;
        a.gradient += &b.gradient;
        a.hessian += &b.hessian;
        a
    });
    for i in 0..width {
        for j in 0..i {
            sum.hessian[[i, j]] = sum.hessian[[j, i]];
        }
    }
    sum
}

/// The log-loss and its gradient, summed over rows by weight, at `beta`.
pub(super) fn loss_and_gradient(
    x: ArrayView2<'_, f64>,
    y: &[bool],
    weights: Option<&[f32]>,
    beta: &Array1<f64>,
) -> (f64, Array1<f64>) {
    let p = x.ncols();
    let part = |rows: std::ops::Range<usize>| {
        let (mut loss, mut gradient) = (0.0, Array1::<f64>::zeros(p + 1));
        for start in rows.clone().step_by(BLOCK) {
            let end = (start + BLOCK).min(rows.end);
            let block = x.slice(s![start..end, ..]);
            let mut residual = block.dot(&beta.slice(s![..p])) + beta[p];
            for (i, eta) in residual.iter_mut().enumerate() {
                let (y, weight) = (y[start + i], weight(weights, start + i));
                loss += weight * log_loss(*eta, y);
                *eta = weight * (sigmoid(*eta) - f64::from(u8::from(y)));
            }
            let mut of_columns = gradient.slice_mut(s![..p]);
            of_columns += &block.t().dot(&residual);
            gradient[p] += residual.sum();
        }
        (loss, gradient)
    };
    let sums: Vec<(f64, Array1<f64>)> = parts(x.nrows()).into_par_iter().map(part).collect();
    sums.into_iter().fold((0.0, Array1::zeros(p + 1)), |a, b| (a.0 + b.0, a.1 + b.1))
}

fn parts(n: usize) -> Vec<std::ops::Range<usize>> {
    let size = n.div_ceil(PARTS).max(PART);
    (0..n).step_by(size).map(|start| start..(start + size).min(n)).collect()
}

fn part(
    x: ArrayView2<'_, f64>,
    y: &[bool],
    weights: Option<&[f32]>,
    beta: &Array1<f64>,
    rows: std::ops::Range<usize>,
) -> Derivatives {
    let (p, width) = (x.ncols(), beta.len());
    let mut sum =
        Derivatives { loss: 0.0, gradient: Array1::zeros(width), hessian: Array2::zeros((width, width)) };
    let mut scaled = Array2::<f64>::zeros((BLOCK, width));
    let mut residual = Array1::<f64>::zeros(BLOCK);
    for start in rows.clone().step_by(BLOCK) {
        let end = (start + BLOCK).min(rows.end);
        let block = x.slice(s![start..end, ..]);
        let eta = block.dot(&beta.slice(s![..p])) + beta[p];
        for (i, (&eta, &y)) in eta.iter().zip(&y[start..end]).enumerate() {
            let (probability, weight) = (sigmoid(eta), weight(weights, start + i));
            sum.loss += weight * log_loss(eta, y);
            residual[i] = weight * (probability - f64::from(u8::from(y)));
            let root = (weight * probability * (1.0 - probability)).sqrt();
            let mut out = scaled.row_mut(i);
            out.slice_mut(s![..p]).zip_mut_with(&block.row(i), |o, v| *o = v * root);
            out[p] = root;
        }
        let used = scaled.slice(s![..end - start, ..]);
        let r = residual.slice(s![..end - start]);
        let mut gradient = sum.gradient.slice_mut(s![..p]);
        gradient += &block.t().dot(&r);
        sum.gradient[p] += r.sum();
        for i in (0..width).step_by(TILE) {
            let rows = i..(i + TILE).min(width);
            let left = used.slice(s![.., rows.clone()]);
            general_mat_mul(
                1.0,
                &left.t(),
                &used.slice(s![.., i..]),
                1.0,
                &mut sum.hessian.slice_mut(s![rows, i..]),
            );
        }
    }
    sum
}

/// Solves `a` · x = `b` for a symmetric positive definite `a` by Cholesky's factorisation (Golub and Van Loan, *Matrix
/// Computations*, 4th ed., algorithm 4.2.2). Only the lower triangle of `a` is read. `None` if `a` is not positive
/// definite.
///
/// Written here because the factorisation of linfa-linalg 0.2 adds up one product at a time: at 350 columns it took
/// longer than everything else of a fit.
pub(crate) fn solve(mut a: Array2<f64>, b: &Array1<f64>) -> Option<Array1<f64>> {
    let n = b.len();
    for i in 0..n {
        let (done, mut rest) = a.view_mut().split_at(Axis(0), i);
        let mut row = rest.row_mut(0);
        for j in 0..i {
            let known = row.slice(s![..j]).dot(&done.slice(s![j, ..j]));
            row[j] = (row[j] - known) / done[[j, j]];
        }
        let square = row[i] - row.slice(s![..i]).dot(&row.slice(s![..i]));
        if square.is_nan() || square <= 0.0 {
            return None;
        }
        row[i] = square.sqrt();
    }
    let mut x = b.clone();
    for i in 0..n {
        x[i] = (x[i] - a.slice(s![i, ..i]).dot(&x.slice(s![..i]))) / a[[i, i]];
    }
    for i in (0..n).rev() {
        x[i] /= a[[i, i]];
        let known = x[i];
        x.slice_mut(s![..i]).scaled_add(-known, &a.slice(s![i, ..i]));
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::solve;
    use ndarray::array;

    #[test]
    fn solves_a_case_by_hand() {
        // 4x + 2y = 10 and 2x + 3y = 9 hold for x = 1.5, y = 2.
        let x = solve(array![[4.0, 2.0], [2.0, 3.0]], &array![10.0, 9.0]).unwrap();
        assert!((x[0] - 1.5).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
        assert!(solve(array![[1.0, 2.0], [2.0, 1.0]], &array![1.0, 1.0]).is_none(), "not positive definite");
    }
}
