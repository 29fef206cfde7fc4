//! From real coefficients to integers: star search over multipliers with rounding by the auxiliary loss.

use super::cells::{Cells, dot, sigmoid};

/// Multipliers tried for each set of coefficients; the reference implementation tries 20.
const MULTIPLIERS: usize = 40;
/// How far past the largest multiplier of the paper the search goes.
const BEYOND: f64 = 1.5;
/// Rounds of single steps of one point after rounding, at most.
const MAX_ROUNDS: usize = 20;

/// Integers, the intercept's first, with their multiplier and summed logistic loss.
#[derive(Clone, Debug)]
pub(crate) struct Rounded {
    pub(crate) integers: Vec<f64>,
    pub(crate) multiplier: f64,
    pub(crate) loss: f64,
}

/// The best integers for the coefficients `beta` (intercept first) with lines in [-points, points]: each multiplier in turn
/// (`FasterRisk`, section 3.3), rounded ([`round`]), then moved a point at a time while the loss falls.
pub(crate) fn star_search(cells: &Cells, beta: &[f64], points: f64) -> Option<Rounded> {
    let mut best: Option<Rounded> = None;
    for multiplier in multipliers(beta, points) {
        let scaled: Vec<f64> = beta.iter().map(|b| b * multiplier).collect();
        let mut integers = round(cells, &scaled, multiplier);
        for p in &mut integers[1..] {
            *p = p.clamp(-points, points);
        }
        let found = descend(cells, integers, multiplier, points);
        if best.as_ref().is_none_or(|b| found.loss < b.loss) {
            best = Some(found);
        }
    }
    best
}

/// Multipliers from one to a half more than the largest that keeps every line within its points (from one half to one when
/// none does). `FasterRisk` ends at the largest; past it the strongest line is clipped, and the others are finer.
fn multipliers(beta: &[f64], points: f64) -> Vec<f64> {
    let largest = beta[1..].iter().fold(0.0f64, |most, b| most.max(b.abs()));
    if largest < 1e-8 {
        return Vec::new();
    }
    let last = if points / largest > 1.0 { BEYOND * points / largest } else { 0.5 };
    let step = (last - 1.0) / (MULTIPLIERS - 1) as f64;
    (0..MULTIPLIERS).map(|i| 1.0 + step * i as f64).collect()
}

/// `AuxiliaryLossRounding` (`FasterRisk`, theorem 3.1): one coefficient at a time goes up or down, whichever
/// keeps Σ (lᵢ zᵢ·(rounded - scaled))² the least, where lᵢ bounds the slope of row i's loss between here and the integers.
pub(crate) fn round(cells: &Cells, scaled: &[f64], multiplier: f64) -> Vec<f64> {
    let width = cells.width();
    let mut integers = scaled.to_vec();
    let mut open: Vec<usize> = (0..width).filter(|&j| scaled[j].fract().abs() > 0.0).collect();
    let lz: Vec<(Vec<f64>, f64)> = cells.iter().map(|(z, w)| (slopes(z, scaled, multiplier), w)).collect();
    let mut off = vec![0.0; lz.len()];
    while !open.is_empty() {
        let mut best = (f64::INFINITY, 0, 0.0);
        for (place, &j) in open.iter().enumerate() {
            for to in [scaled[j].floor(), scaled[j].ceil()] {
                let move_by = to - scaled[j];
                let bound =
                    lz.iter().zip(&off).map(|((lz, w), off)| w * (off + move_by * lz[j]).powi(2)).sum();
                if bound < best.0 {
                    best = (bound, place, to);
                }
            }
        }
        let j = open.remove(best.1);
        for ((lz, _), off) in lz.iter().zip(&mut off) {
            *off += (best.2 - scaled[j]) * lz[j];
        }
        integers[j] = best.2;
    }
    integers
}

/// lᵢ zᵢ: the steepest slope of the loss that any rounding of `scaled` can reach at a cell, times its values.
fn slopes(z: &[f64], scaled: &[f64], multiplier: f64) -> Vec<f64> {
    let extreme: Vec<f64> =
        scaled.iter().zip(z).map(|(b, z)| b.floor() + if *z <= 0.0 { 1.0 } else { 0.0 }).collect();
    let l = sigmoid(-dot(z, &extreme) / multiplier);
    z.iter().map(|z| l * z / multiplier).collect()
}

/// Moves one integer by one point at a time while the loss falls (discrete coordinate descent: Ustun and Rudin 2019, Journal
/// of Machine Learning Research 20(150)). Not in `FasterRisk`; it can only lower the loss.
pub(crate) fn descend(cells: &Cells, integers: Vec<f64>, multiplier: f64, points: f64) -> Rounded {
    let loss_of = |integers: &[f64]| {
        let beta: Vec<f64> = integers.iter().map(|i| i / multiplier).collect();
        cells.loss(&beta)
    };
    let loss = loss_of(&integers);
    let mut at = Rounded { integers, multiplier, loss };
    for _ in 0..MAX_ROUNDS {
        let before = at.loss;
        for j in 0..cells.width() {
            for by in [-1.0, 1.0] {
                let mut next = at.integers.clone();
                next[j] += by;
                if j > 0 && next[j].abs() > points {
                    continue;
                }
                let loss = loss_of(&next);
                if loss < at.loss {
                    at = Rounded { integers: next, multiplier, loss };
                }
            }
        }
        if at.loss >= before {
            break;
        }
    }
    at
}
