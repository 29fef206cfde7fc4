//! The sums over rows behind the multinomial fit: loss, gradient and Hessian, without writing out person-periods.
//!
//! With `p_ijk` the probability of cause k for row i in period j, and `v_ijkl = p_ijk (1{k=l} - p_ijl)`:
//! alpha of period j meets alpha of the same period only, in `sum_i v_ijkl`; alpha of j meets the columns in
//! `sum_i v_ijkl x_i`; columns meet columns in `sum_i (sum_j v_ijkl) x_i x_i'`. Each row's scalars v fill a small block of
//! rows at a time, and the sums are matrix products of the block. Columns are centred and scaled as a block is read.
//!
//! Probabilities are products `exp(alpha_kj) exp(x_i' beta_k)`, so that a row costs one exponential a cause, whatever its
//! periods (columns that vary need one for each).
//! Reference: Agresti (2013), *Categorical Data Analysis*, section 8.1 (baseline-category logits).

use super::periods::Span;
use super::varying::Varying;
use crate::survival::CENSORED;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, s};
use rayon::prelude::*;

/// Rows multiplied at once.
const BLOCK: usize = 256;
/// Parts that rows are cut into, summed in order whatever the number of threads.
const PARTS: usize = 16;
/// A product of denominators is turned into a logarithm when it passes this, before it can overflow.
const LARGE: f64 = 1e150;

/// What a model is fitted to.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) x: ArrayView2<'a, f64>,
    pub(super) spans: &'a [Span],
    pub(super) weight: Option<&'a [f64]>,
    pub(super) varying: &'a dyn Varying,
    /// Taken from each column, then divided by `scale`.
    pub(super) centre: &'a Array1<f64>,
    pub(super) scale: &'a Array1<f64>,
    pub(super) causes: usize,
    pub(super) periods: usize,
    /// Only every so-manieth row is used, with as many times its weight.
    pub(super) stride: usize,
}

/// Coefficients: those of periods, and those of (scaled) columns followed by those of varying columns.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Periods x causes.
    pub(super) alpha: Array2<f64>,
    /// (Columns + varying columns) x causes.
    pub(super) beta: Array2<f64>,
}

/// Second derivatives, for pairs of causes k <= l in the order 11, 12, .., 22, 23, ...
#[derive(Debug)]
pub(super) struct Second {
    /// Periods x pairs: alpha with alpha.
    pub(super) alpha: Array2<f64>,
    /// Columns x (periods x pairs): columns with alpha.
    pub(super) cross: Array2<f64>,
    /// Pairs x columns x columns.
    pub(super) beta: Array3<f64>,
}

/// Loss and derivatives at a point, without any penalty.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) loss: f64,
    /// Gradient, in the shape of the coefficients.
    pub(super) gradient: Point,
    pub(super) second: Option<Second>,
}

impl Rows<'_> {
    pub(super) fn pairs(&self) -> usize {
        self.causes * (self.causes + 1) / 2
    }

    pub(super) fn width(&self) -> usize {
        self.x.ncols() + self.varying.width()
    }

    fn zero(&self, second: bool) -> Sums {
        let (width, pairs) = (self.width(), self.pairs());
        Sums {
            loss: 0.0,
            gradient: Point {
                alpha: Array2::zeros((self.periods, self.causes)),
                beta: Array2::zeros((width, self.causes)),
            },
            second: second.then(|| Second {
                alpha: Array2::zeros((self.periods, pairs)),
                cross: Array2::zeros((width, self.periods * pairs)),
                beta: Array3::zeros((pairs, width, width)),
            }),
        }
    }

    /// The sums at `point`; with second derivatives where asked for.
    pub(super) fn sums(&self, point: &Point, second: bool) -> Sums {
        let used = self.spans.len().div_ceil(self.stride);
        let size = used.div_ceil(PARTS).max(BLOCK);
        let starts: Vec<usize> = (0..used).step_by(size).collect();
        let parts: Vec<Sums> = starts
            .into_par_iter()
            .map(|start| {
                let mut part = Part::new(self, point, second);
                let end = (start + size).min(used);
                for from in (start..end).step_by(BLOCK) {
                    part.block(from, (from + BLOCK).min(end));
                }
                part.sums
            })
            .collect();
        let mut total = parts.into_iter().fold(self.zero(second), add);
        if let Some(second) = total.second.as_mut() {
            // Sums of alpha with varying columns were made one side only.
            let p = self.x.ncols();
            for mut pair in second.beta.axis_iter_mut(Axis(0)) {
                for c in p..pair.nrows() {
                    for d in 0..c {
                        pair[[c, d]] = pair[[d, c]];
                    }
                }
            }
        }
        total
    }
}

fn add(mut a: Sums, b: Sums) -> Sums {
    a.loss += b.loss;
    a.gradient.alpha += &b.gradient.alpha;
    a.gradient.beta += &b.gradient.beta;
    if let (Some(a), Some(b)) = (a.second.as_mut(), b.second) {
        a.alpha += &b.alpha;
        a.cross += &b.cross;
        a.beta += &b.beta;
    }
    a
}

/// One part of the rows, with room for a block.
struct Part<'r, 'a> {
    rows: &'r Rows<'a>,
    point: &'r Point,
    sums: Sums,
    /// exp(alpha), periods x causes.
    base: Vec<f64>,
    x: Array2<f64>,
    /// Linear predictors of a block, then the residuals.
    eta: Array2<f64>,
    residual: Array2<f64>,
    /// Second derivatives of a block: rows x (periods x pairs), and their sums over a row's periods.
    v: Array2<f64>,
    v_row: Array2<f64>,
    /// Columns times sums: rows x (pairs x columns); the same for sums with varying columns.
    vx: Array2<f64>,
    vz: Array2<f64>,
}

impl<'r, 'a> Part<'r, 'a> {
    fn new(rows: &'r Rows<'a>, point: &'r Point, second: bool) -> Self {
        let (p, m, pairs) = (rows.x.ncols(), rows.varying.width(), rows.pairs());
        let room = |columns: usize| Array2::zeros((if second { BLOCK } else { 0 }, columns));
        Self {
            rows,
            point,
            sums: rows.zero(second),
            base: point.alpha.iter().map(|a| a.exp()).collect(),
            x: Array2::zeros((BLOCK, p)),
            eta: Array2::zeros((BLOCK, rows.causes)),
            residual: Array2::zeros((BLOCK, rows.causes)),
            v: room(rows.periods * pairs),
            v_row: room(pairs),
            vx: room(pairs * p),
            vz: room(pairs * m),
        }
    }

    fn block(&mut self, from: usize, to: usize) {
        let (n, p) = (to - from, self.rows.x.ncols());
        for (mut out, used) in self.x.outer_iter_mut().zip(from..to) {
            let row = self.rows.x.row(used * self.rows.stride);
            for (((out, x), centre), scale) in
                out.iter_mut().zip(row).zip(self.rows.centre).zip(self.rows.scale)
            {
                *out = (x - centre) / scale;
            }
        }
        let x = self.x.slice(s![..n, ..]);
        general_mat_mul(
            1.0,
            &x,
            &self.point.beta.slice(s![..p, ..]),
            0.0,
            &mut self.eta.slice_mut(s![..n, ..]),
        );
        self.residual.fill(0.0);
        self.v.fill(0.0);
        self.v_row.fill(0.0);
        self.vz.fill(0.0);
        let mut room = Room::new(self.rows);
        for at in 0..n {
            self.row(at, (from + at) * self.rows.stride, &mut room);
        }
        let x = self.x.slice(s![..n, ..]);
        let mut of_columns = self.sums.gradient.beta.slice_mut(s![..p, ..]);
        general_mat_mul(1.0, &x.t(), &self.residual.slice(s![..n, ..]), 1.0, &mut of_columns);
        self.multiply(n);
    }

    /// Matrix products of one block's second derivatives.
    fn multiply(&mut self, n: usize) {
        let (p, m, pairs) = (self.rows.x.ncols(), self.rows.varying.width(), self.rows.pairs());
        let Some(second) = self.sums.second.as_mut() else { return };
        let x = self.x.slice(s![..n, ..]);
        let v = self.v.slice(s![..n, ..]);
        general_mat_mul(1.0, &x.t(), &v, 1.0, &mut second.cross.slice_mut(s![..p, ..]));
        for (at, row) in x.outer_iter().enumerate() {
            for pair in 0..pairs {
                let weight = self.v_row[[at, pair]];
                let mut out = self.vx.slice_mut(s![at, pair * p..(pair + 1) * p]);
                out.zip_mut_with(&row, |o, x| *o = weight * x);
            }
        }
        for (pair, mut out) in second.beta.axis_iter_mut(Axis(0)).enumerate() {
            let vx = self.vx.slice(s![..n, pair * p..(pair + 1) * p]);
            general_mat_mul(1.0, &x.t(), &vx, 1.0, &mut out.slice_mut(s![..p, ..p]));
            if m > 0 {
                let vz = self.vz.slice(s![..n, pair * m..(pair + 1) * m]);
                general_mat_mul(1.0, &x.t(), &vz, 1.0, &mut out.slice_mut(s![..p, p..]));
            }
        }
    }

    /// Adds one row: `at` is its place in the block, `row` in the data.
    fn row(&mut self, at: usize, row: usize, room: &mut Room) {
        let (causes, p, m) = (self.rows.causes, self.rows.x.ncols(), self.rows.varying.width());
        let span = self.rows.spans[row];
        let given = self.rows.weight.map_or(1.0, |w| w[row]);
        if span.first == span.end || given <= 0.0 {
            return;
        }
        let weight = given * self.rows.stride as f64;
        for (factor, eta) in room.factor.iter_mut().zip(self.eta.row(at)) {
            *factor = eta.exp();
        }
        let (mut product, mut loss) = (1.0, 0.0);
        for period in usize::from(span.first)..usize::from(span.end) {
            if m > 0 {
                self.rows.varying.fill(row, period, &mut room.z);
                for k in 0..causes {
                    let gamma = self.point.beta.slice(s![p.., k]);
                    let shift: f64 = gamma.iter().zip(&room.z).map(|(g, z)| g * z).sum();
                    room.factor[k] = (self.eta[[at, k]] + shift).exp();
                }
            }
            let base = &self.base[period * causes..(period + 1) * causes];
            let mut all = 1.0;
            for ((p, base), factor) in room.p.iter_mut().zip(base).zip(&room.factor) {
                *p = base * factor;
                all += *p;
            }
            product *= all;
            if product > LARGE {
                loss += product.ln();
                product = 1.0;
            }
            let share = 1.0 / all;
            room.p.iter_mut().for_each(|p| *p *= share);
            if self.sums.second.is_some() {
                self.curvature(at, period, weight, room);
            }
            let came = if period + 1 == usize::from(span.end) { span.cause } else { CENSORED };
            if came != CENSORED {
                let k = usize::from(came) - 1;
                // ln p = alpha + eta - ln(all); the last term is in the product.
                loss -= self.point.alpha[[period, k]] + self.eta[[at, k]];
                if m > 0 {
                    let gamma = self.point.beta.slice(s![p.., k]);
                    loss -= gamma.iter().zip(&room.z).map(|(g, z)| g * z).sum::<f64>();
                }
                room.p[k] -= 1.0;
            }
            self.slope(at, period, weight, room);
        }
        self.sums.loss += weight * (loss + product.ln());
    }

    /// First derivatives of one person-period, whose `p` are now residuals.
    fn slope(&mut self, at: usize, period: usize, weight: f64, room: &Room) {
        let first = self.rows.x.ncols();
        let alpha = self.sums.gradient.alpha.row_mut(period);
        for ((p, alpha), out) in room.p.iter().zip(alpha).zip(self.residual.row_mut(at)) {
            *alpha += weight * p;
            *out += weight * p;
        }
        for (c, z) in room.z.iter().enumerate() {
            for (out, p) in self.sums.gradient.beta.row_mut(first + c).iter_mut().zip(&room.p) {
                *out += weight * p * z;
            }
        }
    }

    /// Second derivatives of one person-period.
    fn curvature(&mut self, at: usize, period: usize, weight: f64, room: &mut Room) {
        let (first, m, pairs) = (self.rows.x.ncols(), room.z.len(), self.rows.pairs());
        let Some(second) = self.sums.second.as_mut() else { return };
        let mut pair = 0;
        for (k, p) in room.p.iter().enumerate() {
            let wp = weight * p;
            room.v[pair] = wp - wp * p;
            for (out, q) in room.v[pair + 1..].iter_mut().zip(&room.p[k + 1..]) {
                *out = -wp * q;
            }
            pair += room.p.len() - k;
        }
        let places = self.v.row_mut(at);
        let Some(places) = places.into_slice() else { return };
        places[period * pairs..(period + 1) * pairs].copy_from_slice(&room.v);
        for (pair, v) in room.v.iter().enumerate() {
            second.alpha[[period, pair]] += v;
            self.v_row[[at, pair]] += v;
            for (c, z) in room.z.iter().enumerate() {
                second.cross[[first + c, period * pairs + pair]] += v * z;
                self.vz[[at, pair * m + c]] += v * z;
                for (d, other) in room.z.iter().enumerate().skip(c) {
                    second.beta[[pair, first + c, first + d]] += v * z * other;
                }
            }
        }
    }
}

/// What one person-period needs.
struct Room {
    factor: Vec<f64>,
    p: Vec<f64>,
    v: Vec<f64>,
    z: Vec<f64>,
}

impl Room {
    fn new(rows: &Rows<'_>) -> Self {
        Self {
            factor: vec![0.0; rows.causes],
            p: vec![0.0; rows.causes],
            v: vec![0.0; rows.pairs()],
            z: vec![0.0; rows.varying.width()],
        }
    }
}
