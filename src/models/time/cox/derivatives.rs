//! Log partial likelihood of Cox's model, its gradient and its information, with Breslow's or Efron's ties.
//!
//! With `theta = w exp(eta)`, at an event time with `d` events of total weight `W`, and `f = k / d` for `k = 0..d`
//! (Breslow: `f = 0` throughout), `D_f = S0 - f E0`, where `S` sums over the risk set and `E` over those with the event:
//!
//! - `loglik = sum w eta - sum (W / d) log D_f`;
//! - `a = sum (W/d) / D_f`, `b = sum (W/d) f / D_f`; a row's hazard is `A = sum of a over its times - b at its own event`;
//! - gradient `X' (w event - theta A)`, a single product;
//! - information `X' diag(theta A) X - sum (W/d) m_f m_f'`, `m_f = (S1 - f E1) / D_f`, of which the second part is two
//!   products of matrices with one row an event time.
//!
//! So an iteration costs `O(n p^2)` in one matrix product, whatever the ties. A factor `tau` by event time (1 where absent)
//! multiplies each event time's part; the test of proportional hazards needs it.
//!
//! Weights are R's: a weight multiplies a row's part, `d` counts rows. So weight 2 equals two rows under Breslow's ties, and
//! under Efron's only where events are not tied. Reference: Efron (1977), JASA 72:557; Therneau, Grambsch (2000), section 3.3.
//! Equals R survival 3.5-3 `coxph`.
use super::{Ties, risk_sets::RiskSets};
use ndarray::{Array1, Array2, linalg::general_mat_mul, s};
use rayon::prelude::*;

/// Parts the rows are cut into at most, whatever the number of threads, so that sums have one order.
const CHUNKS: usize = 32;
/// Rows of a part at least: each needs room for a whole matrix.
const LEAST: usize = 2_048;
/// Rows of one matrix product.
const BLOCK: usize = 512;

/// Sums by event time, and hazards by row, at one value of the coefficients.
#[derive(Clone, Debug)]
pub struct Terms {
    /// `exp(eta)` of each kept row.
    pub risk: Vec<f64>,
    /// Log partial likelihood.
    pub loglik: f64,
    /// Hazard of each event time: `sum (W/d) / D_f`.
    pub a: Vec<f64>,
    /// `sum (W/d) f / D_f`.
    pub b: Vec<f64>,
    /// `sum (W/d) / D_f^2`, the variance of the hazard.
    pub alpha: Vec<f64>,
    /// `sum (W/d) f / D_f^2`.
    pub beta: Vec<f64>,
    /// `sum (W/d) f^2 / D_f^2`.
    pub gamma: Vec<f64>,
}

/// Sums of covariates over risk sets (`s1`) and over those with the event (`e1`), one row an event time.
#[derive(Clone, Debug)]
pub struct CovariateSums {
    /// Over the risk set.
    pub s1: Array2<f64>,
    /// Over those with the event.
    pub e1: Array2<f64>,
}

/// The log hazard of each kept row.
pub fn linear_predictor(sets: &RiskSets, coef: &Array1<f64>) -> Vec<f64> {
    let mut eta = sets.x.dot(coef).to_vec();
    eta.iter_mut().zip(&sets.offset).for_each(|(e, o)| *e += o);
    eta
}

/// Scalars by event time: `O(n)`.
#[must_use]
pub fn terms(sets: &RiskSets, coef: &Array1<f64>, ties: Ties) -> Terms {
    let eta = linear_predictor(sets, coef);
    let risk: Vec<f64> = eta.iter().map(|e| e.exp()).collect();
    let count = sets.time.len();
    let (mut s0, mut e0, mut loglik) = (vec![0.0; count], vec![0.0; count], 0.0);
    for r in 0..risk.len() {
        let (theta, g) = (sets.weight[r] * risk[r], sets.last[r] - 1);
        s0[g] += theta;
        if sets.event[r] {
            e0[g] += theta;
            loglik += sets.weight[r] * eta[r];
        }
    }
    for &r in &sets.entrants {
        s0[sets.first[r] - 1] -= sets.weight[r] * risk[r];
    }
    sets.suffix_sums(&mut s0, 1);
    let zero = || vec![0.0; count];
    let mut out = Terms { risk, loglik, a: zero(), b: zero(), alpha: zero(), beta: zero(), gamma: zero() };
    for g in 0..count {
        let steps = if ties == Ties::Efron { sets.deaths[g] } else { 1 };
        let part = sets.death_weight[g] / f64::from(steps);
        for k in 0..steps {
            let f = f64::from(k) / f64::from(steps);
            let below = s0[g] - f * e0[g];
            out.loglik -= part * below.ln();
            let (one, two) = (part / below, part / (below * below));
            out.a[g] += one;
            out.b[g] += f * one;
            out.alpha[g] += two;
            out.beta[g] += f * two;
            out.gamma[g] += f * f * two;
        }
    }
    out
}

/// Sums before each event time, with a 0 in front: the sum over `first..last` is a difference of two.
#[must_use]
pub fn prefix(values: &[f64], tau: Option<&[f64]>) -> Vec<f64> {
    let mut out = vec![0.0; values.len() + 1];
    for (g, v) in values.iter().enumerate() {
        out[g + 1] = out[g] + v * tau.map_or(1.0, |t| t[g]);
    }
    out
}

/// Hazard each kept row went through, times its risk and weight.
#[must_use]
pub fn expected(sets: &RiskSets, terms: &Terms, tau: Option<&[f64]>) -> Vec<f64> {
    let hazard = prefix(&terms.a, tau);
    (0..sets.row.len())
        .map(|r| {
            let g = sets.last[r] - 1;
            let own = if sets.event[r] { terms.b[g] * tau.map_or(1.0, |t| t[g]) } else { 0.0 };
            sets.weight[r] * terms.risk[r] * (hazard[sets.last[r]] - hazard[sets.first[r]] - own)
        })
        .collect()
}

/// Gradient of the log partial likelihood, from the rows' expected events.
#[must_use]
pub fn gradient(sets: &RiskSets, expected: &[f64], tau: Option<&[f64]>) -> Array1<f64> {
    let residual: Array1<f64> = (0..sets.row.len())
        .map(|r| {
            let seen =
                if sets.event[r] { sets.weight[r] * tau.map_or(1.0, |t| t[sets.last[r] - 1]) } else { 0.0 };
            seen - expected[r]
        })
        .collect();
    let size = sets.row.len().div_ceil(CHUNKS).max(LEAST);
    let parts: Vec<Array1<f64>> = (0..residual.len().div_ceil(size))
        .into_par_iter()
        .map(|chunk| {
            let (from, to) = (chunk * size, ((chunk + 1) * size).min(residual.len()));
            let (r, x) = (residual.slice(s![from..to]), sets.x.slice(s![from..to, ..]));
            let mut sum = Array1::zeros(x.ncols());
            x.outer_iter().zip(r).for_each(|(row, r)| sum.scaled_add(*r, &row));
            sum
        })
        .collect();
    parts.iter().fold(Array1::zeros(sets.x.ncols()), |sum, part| sum + part)
}

/// Sums of covariates by event time: `O(n p)`.
#[must_use]
pub fn covariate_sums(sets: &RiskSets, terms: &Terms) -> CovariateSums {
    let (count, p) = (sets.time.len(), sets.x.ncols());
    let (mut s1, mut e1) = (vec![0.0; count * p], vec![0.0; count * p]);
    if p > 0 {
        s1.par_chunks_mut(p).zip(e1.par_chunks_mut(p)).enumerate().for_each(|(g, (s, e))| {
            let add = |to: &mut [f64], r: usize, theta: f64| {
                to.iter_mut().zip(sets.x.row(r)).for_each(|(t, x)| *t += theta * x);
            };
            for r in sets.leaving[g]..sets.leaving[g + 1] {
                let theta = sets.weight[r] * terms.risk[r];
                add(s, r, theta);
                if sets.event[r] {
                    add(e, r, theta);
                }
            }
            for &r in &sets.entrants[sets.entering[g]..sets.entering[g + 1]] {
                add(s, r, -sets.weight[r] * terms.risk[r]);
            }
        });
        sets.suffix_sums(&mut s1, p);
    }
    let shaped =
        |v: Vec<f64>| Array2::from_shape_vec((count, p), v).unwrap_or_else(|_| Array2::zeros((count, p)));
    CovariateSums { s1: shaped(s1), e1: shaped(e1) }
}

/// `X' diag(v) X`, by blocks of rows.
fn weighted_cross(x: &Array2<f64>, v: &[f64]) -> Array2<f64> {
    let (n, p) = x.dim();
    let size = n.div_ceil(CHUNKS).max(LEAST);
    let parts: Vec<Array2<f64>> = (0..n.div_ceil(size))
        .into_par_iter()
        .map(|chunk| {
            let (from, to) = (chunk * size, ((chunk + 1) * size).min(n));
            let mut sum = Array2::zeros((p, p));
            for begin in (from..to).step_by(BLOCK) {
                let end = (begin + BLOCK).min(to);
                let rows = x.slice(s![begin..end, ..]);
                let mut scaled = rows.to_owned();
                scaled.outer_iter_mut().zip(&v[begin..end]).for_each(|(mut row, v)| row *= *v);
                general_mat_mul(1.0, &rows.t(), &scaled, 1.0, &mut sum);
            }
            sum
        })
        .collect();
    parts.iter().fold(Array2::zeros((p, p)), |sum, part| sum + part)
}

/// Information: minus the second derivatives of the log partial likelihood.
#[must_use]
pub fn information(
    sets: &RiskSets,
    terms: &Terms,
    sums: &CovariateSums,
    expected: &[f64],
    tau: Option<&[f64]>,
) -> Array2<f64> {
    let mut out = weighted_cross(&sets.x, expected);
    let (mut left, mut right) = (sums.s1.clone(), sums.e1.clone());
    for g in 0..sets.time.len() {
        let t = tau.map_or(1.0, |t| t[g]);
        let (alpha, beta, gamma) = (t * terms.alpha[g], t * terms.beta[g], t * terms.gamma[g]);
        let (mut l, mut r) = (left.row_mut(g), right.row_mut(g));
        l.iter_mut().zip(r.iter_mut()).for_each(|(s, e)| {
            (*s, *e) = (alpha * *s - beta * *e, gamma * *e - beta * *s);
        });
    }
    general_mat_mul(-1.0, &sums.s1.t(), &left, 1.0, &mut out);
    general_mat_mul(-1.0, &sums.e1.t(), &right, 1.0, &mut out);
    out
}
