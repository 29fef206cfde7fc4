//! The integrated Brier score under many sets of weights: what does not depend on weights is worked out once.
//!
//! Measures: as [`super::integrated_brier`], with the censoring distribution estimated anew from the weighted rows each time.
//! Formula: with `c_k` the coefficients of the grid and `A_i = sum_{k: t_k >= T_i} c_k (y_i - F_ik)^2` of rows with an event,
//! `(sum_i w_i A_i / G(T_i-) + sum_k c_k / G(t_k) sum_{i: T_i > t_k} w_i F_ik^2) / sum_i w_i`.
//! Inputs: rows, risks from 0 to 1 (rows x times), two or more ascending times. Room: one number a row and time.
//! Undefined when: a score of the grid is. Equal: [`super::brier`] and [`super::integrated_brier`] with the same weights, but
//! for the order of summation.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::censoring::{GAt, TieOrder, steps};
use super::integrated_brier::coefficients;
use super::observed::{CENSORED, INTEREST, Observed, total_weight};
use super::replicates::counts;
use super::slots::Slots;
use crate::evaluate::Value;

/// Replicates worked out in one pass over the risks.
const LANES: usize = 8;
/// Rows whose weights are kept near while every time is gone through.
const BLOCK: usize = 256;

/// Rows in order of their exits, with what does not depend on weights.
#[derive(Clone, Debug)]
pub struct IntegratedBrierReplicates {
    slots: Slots,
    ties: TieOrder,
    g: GAt,
    coefficient: Vec<f64>,
    /// Rows in order: slot, whether it ended by an event, and `A` of one with an event.
    row: Vec<(u32, bool, f64)>,
    /// For each time, the first row in order that ends after it, and the squared risks from it on.
    later: Vec<(usize, Vec<f64>)>,
    /// For each time, how many slots are at or before it.
    passed: Vec<usize>,
    /// How many slots are at or before the last time.
    early: usize,
    /// The last time.
    last: f64,
}

/// Weighted sums of the rows of one exit, by lane.
#[derive(Clone, Copy, Debug)]
struct Sums<const L: usize> {
    censored: [f64; L],
    event: [f64; L],
    missed: [f64; L],
}

impl IntegratedBrierReplicates {
    /// Sorts the rows and squares the risks.
    ///
    /// # Errors
    /// With times that are fewer than two or do not ascend, or risks that are not rows x times or not from 0 to 1.
    pub fn new(
        observed: &Observed,
        risk: ArrayView2<'_, f64>,
        times: &[f64],
        (ties, g): (TieOrder, GAt),
    ) -> Result<Self, &'static str> {
        let coefficient = coefficients(times)?;
        if risk.dim() != (observed.len(), times.len()) {
            return Err("risks are not rows x times");
        }
        if risk.iter().any(|f| !(0.0..=1.0).contains(f)) {
            return Err("a risk is not from 0 to 1");
        }
        let slots = Slots::new(observed);
        let (exit, cause) = (observed.exit(), observed.cause());
        let row = slots.order.iter().map(|i| {
            let i = *i as usize;
            let y = f64::from(u8::from(cause[i] == INTEREST));
            let terms = times.iter().zip(&coefficient).zip(risk.row(i));
            let missed =
                terms.filter(|((t, _), _)| **t >= exit[i]).map(|((_, c), f)| c * (y - f) * (y - f)).sum();
            (slots.slot[i], cause[i] != CENSORED, missed)
        });
        let row = row.collect();
        let later = times.iter().zip(risk.columns()).map(|(t, column)| {
            let first = slots.order.partition_point(|i| exit[*i as usize] <= *t);
            (first, slots.order.iter().skip(first).map(|i| column[*i as usize].powi(2)).collect())
        });
        let later = later.collect();
        let passed: Vec<usize> = times.iter().map(|t| slots.time.partition_point(|s| s <= t)).collect();
        let early = passed.last().copied().unwrap_or(0);
        let last = times.last().copied().unwrap_or(f64::INFINITY);
        Ok(Self { slots, ties, g, coefficient, row, later, passed, early, last })
    }

    /// The score under one set of weights.
    ///
    /// # Errors
    /// With unusable weights, or where a score of the grid is undefined.
    pub fn score(&self, weight: &[f64]) -> Value {
        total_weight(weight, self.row.len())?;
        let [score] = self.lanes(|i| [weight[i]]);
        score
    }

    /// The score in each bootstrap replicate from 0 on, with the weights of [`super::replicates::draws`].
    #[must_use]
    pub fn replicates(&self, seed: u64, replicates: usize, household: &[u32]) -> Vec<Value> {
        if household.len() != self.row.len() {
            return vec![Err("households and rows are not equally many"); replicates];
        }
        let passes: Vec<[Value; LANES]> = (0..replicates.div_ceil(LANES))
            .into_par_iter()
            .map(|pass| {
                let first = pass * LANES;
                let count = counts::<LANES>(seed, first, replicates - first, household);
                self.lanes(|i| {
                    count.get(household[i] as usize).map_or([0.0; LANES], |drawn| drawn.map(f64::from))
                })
            })
            .collect();
        passes.into_iter().flatten().take(replicates).collect()
    }

    /// The scores of several sets of weights in one pass; `weight` is asked for each row once.
    fn lanes<const L: usize>(&self, weight: impl Fn(usize) -> [f64; L]) -> [Value; L] {
        let none = Sums { censored: [0.0; L], event: [0.0; L], missed: [0.0; L] };
        let mut sums = vec![none; self.slots.time.len()];
        let mut late = vec![[0.0; L]; self.later.len()];
        let mut block = Vec::with_capacity(BLOCK);
        for (start, (order, rows)) in self.slots.order.chunks(BLOCK).zip(self.row.chunks(BLOCK)).enumerate() {
            let start = start * BLOCK;
            block.clear();
            block.extend(order.iter().map(|i| weight(*i as usize)));
            for ((slot, event, missed), w) in rows.iter().zip(&block) {
                let sum = &mut sums[*slot as usize];
                if *event {
                    add(&mut sum.event, w, 1.0);
                    add(&mut sum.missed, w, *missed);
                } else {
                    add(&mut sum.censored, w, 1.0);
                }
            }
            for ((first, square), late) in self.later.iter().zip(&mut late) {
                let skip = first.saturating_sub(start).min(block.len());
                let mut part = [0.0; L];
                let from = start.saturating_sub(*first);
                for (w, square) in block.iter().skip(skip).zip(square.iter().skip(from)) {
                    add(&mut part, w, *square);
                }
                add(late, &part, 1.0);
            }
        }
        std::array::from_fn(|lane| self.finish(&sums, &late, lane))
    }

    /// The score of one lane from its sums.
    fn finish<const L: usize>(&self, sums: &[Sums<L>], late: &[[f64; L]], lane: usize) -> Value {
        let count: Vec<[f64; 2]> = sums.iter().map(|s| [s.censored[lane], s.event[lane]]).collect();
        let total: f64 = count.iter().map(|[censored, event]| censored + event).sum();
        if total <= 0.0 {
            return Err("no rows");
        }
        let (after, end) = steps(&count, self.ties);
        if end.checked_sub(1).and_then(|i| self.slots.time.get(i)).is_none_or(|end| *end < self.last) {
            return Err("the time is past the end of follow-up");
        }
        let g = |passed: usize| passed.checked_sub(1).and_then(|i| after.get(i)).copied().unwrap_or(1.0);
        let shift = usize::from(self.g == GAt::At);
        let mut score = 0.0;
        for (slot, (s, [_, event])) in sums.iter().zip(&count).take(self.early).enumerate() {
            if *event > 0.0 {
                let own = g(slot + shift);
                if own <= 0.0 {
                    return Err("an event came where nobody is left uncensored");
                }
                score += s.missed[lane] / own;
            }
        }
        for ((late, passed), c) in late.iter().zip(&self.passed).zip(&self.coefficient) {
            if late[lane] > 0.0 {
                let later = g(*passed);
                if later <= 0.0 {
                    return Err("nobody is left uncensored at this time");
                }
                score += c * late[lane] / later;
            }
        }
        Ok(score / total)
    }
}

/// Adds `factor` times `weight` to each lane.
fn add<const L: usize>(sum: &mut [f64; L], weight: &[f64; L], factor: f64) {
    for (sum, weight) in sum.iter_mut().zip(weight) {
        *sum += factor * weight;
    }
}

#[cfg(test)]
mod tests;
