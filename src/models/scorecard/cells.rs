//! Rows that answer alike are one cell: k yes/no lines have at most 2ᵏ answers, so a fit never looks at the rows.

use super::design::Design;

/// Keys up to this many are numbered through a table, more by sorting.
const TABLE: usize = 1 << 24;
/// Newton steps after which a fit is taken as it is.
const MAX_STEPS: usize = 100;
/// Halvings of one step after which nothing is gained.
const MAX_HALVINGS: usize = 30;
/// A fit is done when the next step would lower the loss by less than this share of it.
const TOLERANCE: f64 = 1e-13;

/// Rows grouped by their values in the columns of a support.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    /// The group of every row.
    pub(crate) of: Vec<u32>,
    /// The values of every group, one a column of the support.
    pub(crate) values: Vec<Vec<f64>>,
}

impl Groups {
    /// All rows together: the support is empty.
    pub(crate) fn one(rows: usize) -> Self {
        Self { of: vec![0; rows], values: vec![Vec::new()] }
    }

    /// The rows grouped by the columns of `support`.
    pub(crate) fn of(design: &dyn Design, support: &[usize]) -> Self {
        support.iter().fold(Self::one(design.rows()), |groups, &j| groups.split(design, j))
    }

    /// These groups, split by column `j` as well.
    pub(crate) fn split(&self, design: &dyn Design, j: usize) -> Self {
        let levels = design.levels(j);
        let width = levels.len();
        let codes = design.codes(j);
        let keys = self.of.iter().zip(&codes).map(|(&g, &c)| g as usize * width + c as usize);
        let (of, found) = number(keys, self.values.len() * width);
        let values = found.iter().map(|key| {
            let mut values = self.values[key / width].clone();
            values.push(levels[key % width]);
            values
        });
        Self { of, values: values.collect() }
    }
}

/// The keys numbered in rising order, and the keys found.
fn number(keys: impl Iterator<Item = usize> + Clone, space: usize) -> (Vec<u32>, Vec<usize>) {
    if space > TABLE {
        let mut found: Vec<usize> = keys.clone().collect();
        found.sort_unstable();
        found.dedup();
        let of = keys.map(|key| found.partition_point(|f| *f < key) as u32).collect();
        return (of, found);
    }
    let mut table = vec![0u32; space];
    for key in keys.clone() {
        table[key] = 1;
    }
    let found: Vec<usize> = (0..space).filter(|&key| table[key] == 1).collect();
    for (number, &key) in found.iter().enumerate() {
        table[key] = number as u32;
    }
    (keys.map(|key| table[key]).collect(), found)
}

/// Answers and outcomes of the rows: for each distinct pair the signed values z = y (1, x) with y = ±1, and how many rows.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    /// Signed values, the intercept's first: `width` a cell, one cell after another.
    z: Vec<f64>,
    weights: Vec<f64>,
    width: usize,
}

impl Cells {
    /// The cells of `groups`, with the outcome and the weight of every row.
    pub(crate) fn new(groups: &Groups, y: &[bool], weights: &[f64]) -> Self {
        let mut totals = vec![[0.0; 2]; groups.values.len()];
        for ((&g, &y), w) in groups.of.iter().zip(y).zip(weights) {
            totals[g as usize][usize::from(y)] += w;
        }
        let width = 1 + groups.values.first().map_or(0, Vec::len);
        let mut cells = Self { z: Vec::new(), weights: Vec::new(), width };
        for (values, total) in groups.values.iter().zip(&totals) {
            for (sign, &weight) in [-1.0, 1.0].iter().zip(total) {
                if weight > 0.0 {
                    cells.z.push(*sign);
                    cells.z.extend(values.iter().map(|v| sign * v));
                    cells.weights.push(weight);
                }
            }
        }
        cells
    }

    /// Each cell's signed values and weight.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.z.chunks_exact(self.width).zip(self.weights.iter().copied())
    }

    /// Number of coefficients, the intercept's among them.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Summed logistic loss Σ w log(1 + exp(-z·β)), β the intercept and then the coefficients.
    pub(crate) fn loss(&self, beta: &[f64]) -> f64 {
        self.iter().map(|(z, w)| w * log1p_exp(-dot(z, beta))).sum()
    }

    /// The coefficients that minimise the loss with every one but the intercept in [-bound, bound], from `beta`, and the
    /// loss. Projected Newton steps (Bertsekas 1982, SIAM Journal on Control and Optimization 20:221): a coefficient that
    /// rests on its bound and would leave it stays there.
    pub(crate) fn fit(&self, beta: &[f64], bound: f64) -> (Vec<f64>, f64) {
        let mut beta = beta.to_vec();
        let mut loss = self.loss(&beta);
        for _ in 0..MAX_STEPS {
            let (gradient, hessian) = self.derivatives(&beta);
            let free: Vec<usize> = (0..self.width)
                .filter(|&j| j == 0 || beta[j].abs() < bound || beta[j] * gradient[j] > 0.0)
                .collect();
            let step = newton(&gradient, &hessian, &free);
            let gain: f64 = 0.5 * free.iter().zip(&step).map(|(&j, s)| gradient[j] * s).sum::<f64>();
            if gain <= TOLERANCE * loss {
                break;
            }
            let Some((next, lower)) = self.halve(&beta, loss, (&free, &step), bound) else { break };
            (beta, loss) = (next, lower);
        }
        (beta, loss)
    }

    /// The first of a full, half, quarter... step that lowers the loss, clipped to the bounds.
    fn halve(
        &self,
        beta: &[f64],
        loss: f64,
        step: (&[usize], &[f64]),
        bound: f64,
    ) -> Option<(Vec<f64>, f64)> {
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let mut next = beta.to_vec();
            for (&j, s) in step.0.iter().zip(step.1) {
                next[j] -= length * s;
                if j > 0 {
                    next[j] = next[j].clamp(-bound, bound);
                }
            }
            let lower = self.loss(&next);
            if lower < loss {
                return Some((next, lower));
            }
            length /= 2.0;
        }
        None
    }

    fn derivatives(&self, beta: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let mut gradient = vec![0.0; self.width];
        let mut hessian = vec![vec![0.0; self.width]; self.width];
        for (z, w) in self.iter() {
            let q = sigmoid(-dot(z, beta));
            for j in 0..self.width {
                gradient[j] -= w * q * z[j];
                let c = w * q * (1.0 - q) * z[j];
                for (h, z) in hessian[j].iter_mut().zip(&z[..=j]) {
                    *h += c * z;
                }
            }
        }
        (gradient, hessian)
    }
}

/// The Newton step for the `free` coefficients, by Cholesky's factors of the lower half of `hessian`.
fn newton(gradient: &[f64], hessian: &[Vec<f64>], free: &[usize]) -> Vec<f64> {
    let n = free.len();
    // A grain of ridge keeps the system solvable when columns are collinear; it does not move the optimum, because the
    // gradient is exact.
    let grain = 1e-10 * free.iter().map(|&j| hessian[j][j]).sum::<f64>() / n as f64 + f64::MIN_POSITIVE;
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let rest = hessian[free[i]][free[j]] - known;
            l[i][j] = if i == j { (rest + grain).max(grain).sqrt() } else { rest / l[j][j] };
        }
    }
    let mut s: Vec<f64> = free.iter().map(|&j| gradient[j]).collect();
    for i in 0..n {
        s[i] = (s[i] - (0..i).map(|k| l[i][k] * s[k]).sum::<f64>()) / l[i][i];
    }
    for i in (0..n).rev() {
        s[i] = (s[i] - (i + 1..n).map(|k| l[k][i] * s[k]).sum::<f64>()) / l[i][i];
    }
    s
}

/// Σ aⱼ bⱼ.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// log(1 + eᵗ) without overflow.
pub(crate) fn log1p_exp(t: f64) -> f64 {
    t.max(0.0) + (-t.abs()).exp().ln_1p()
}

/// 1 / (1 + e⁻ᵗ).
pub(crate) fn sigmoid(t: f64) -> f64 {
    1.0 / (1.0 + (-t).exp())
}
