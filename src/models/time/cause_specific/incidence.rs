//! The product integral over event times, for many rows at once.
//!
//! Inputs, formulas and references: see the module above. Rows are taken eight at a time, so that one exponential serves
//! eight; the event-free probability is the exponential of the summed hazard at each time, not a product of exponentials, so
//! that errors do not build up, and CIFs rise by its falls, so that all add up to 1.

use super::{Baselines, IncidenceError, Increments};
use crate::num::fast::exp_of_minus;
use ndarray::{Array2, Array3, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows side by side.
const LANES: usize = 8;

/// What is expected of rows at each horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseIncidence {
    /// Probability of no event: rows x horizons.
    pub event_free: Array2<f64>,
    /// Cumulative incidence: rows x horizons x causes.
    pub incidence: Array3<f64>,
    /// How many increments of rows were above 1 and cut; with exponential increments none.
    pub capped: usize,
}

/// One time of the grid.
struct Jump {
    time: f64,
    /// The only cause that rises, where there is one.
    only: Option<usize>,
}

/// State of eight rows.
struct Lanes {
    risk: Vec<[f64; LANES]>,
    /// Cumulative incidence of each cause.
    incidence: Vec<[f64; LANES]>,
    free: [f64; LANES],
    hazard: [f64; LANES],
    capped: usize,
}

impl Baselines {
    /// Incidences of rows with hazard ratios `risk` (rows x causes) at `horizons`, which may be in any order.
    ///
    /// # Errors
    /// With other causes than those of the baselines, or a hazard ratio or horizon that is no number in its range.
    pub fn incidence(
        &self,
        risk: ArrayView2<'_, f64>,
        horizons: &[f64],
        kind: Increments,
    ) -> Result<CauseIncidence, IncidenceError> {
        let (rows, causes) = risk.dim();
        if causes != self.increments().ncols() {
            return Err(IncidenceError::Shapes);
        }
        if !risk.iter().all(|r| r.is_finite() && *r >= 0.0) || horizons.iter().any(|h| h.is_nan()) {
            return Err(IncidenceError::Range);
        }
        let width = horizons.len() * (causes + 1);
        let mut flat = vec![0.0; rows * width];
        let (mut order, jumps) = ((0..horizons.len()).collect::<Vec<_>>(), self.jumps());
        order.sort_by(|a, b| horizons[*a].total_cmp(&horizons[*b]));
        let capped = flat
            .par_chunks_mut((LANES * width).max(1))
            .enumerate()
            .map(|(chunk, out)| {
                let mut lanes = Lanes::new(risk, chunk * LANES);
                let mut done = 0;
                for at in &order {
                    let end = done + jumps[done..].partition_point(|j| j.time <= horizons[*at]);
                    for (step, jump) in jumps.iter().enumerate().take(end).skip(done) {
                        lanes.advance(jump.only, self.increments().row(step).as_slice(), kind);
                    }
                    done = end;
                    lanes.write(out, width, at * (causes + 1));
                }
                lanes.capped
            })
            .sum();
        let all = Array3::from_shape_vec((rows, horizons.len(), causes + 1), flat)
            .map_err(|_| IncidenceError::Shapes)?;
        let event_free = all.slice(ndarray::s![.., .., 0]).to_owned();
        let incidence = all.slice(ndarray::s![.., .., 1..]).to_owned();
        Ok(CauseIncidence { event_free, incidence, capped })
    }

    fn jumps(&self) -> Vec<Jump> {
        let only = |rises: ndarray::ArrayView1<'_, f64>| {
            let mut rising = rises.iter().enumerate().filter(|(_, h)| **h > 0.0).map(|(k, _)| k);
            rising.next().filter(|_| rising.next().is_none())
        };
        let rows = self.increments().outer_iter();
        self.times().iter().zip(rows).map(|(time, row)| Jump { time: *time, only: only(row) }).collect()
    }
}

impl Lanes {
    fn new(risk: ArrayView2<'_, f64>, from: usize) -> Self {
        let causes = risk.ncols();
        let of = |k: usize| std::array::from_fn(|lane| risk.get((from + lane, k)).copied().unwrap_or(0.0));
        Self {
            risk: (0..causes).map(of).collect(),
            incidence: vec![[0.0; LANES]; causes],
            free: [1.0; LANES],
            hazard: [0.0; LANES],
            capped: 0,
        }
    }

    /// Goes through one event time.
    fn advance(&mut self, only: Option<usize>, rises: Option<&[f64]>, kind: Increments) {
        let Some(rises) = rises else { return };
        let mut total = [0.0; LANES];
        for (rise, risk) in rises.iter().zip(&self.risk) {
            for lane in 0..LANES {
                total[lane] += rise * risk[lane];
            }
        }
        let next = match kind {
            Increments::Exponential => {
                self.hazard.iter_mut().zip(total).for_each(|(hazard, total)| *hazard += total);
                exp_of_minus(self.hazard)
            }
            Increments::Product => {
                self.capped += total.iter().filter(|t| **t > 1.0).count();
                std::array::from_fn(|lane| self.free[lane] * (1.0 - total[lane].min(1.0)))
            }
        };
        let mut fall = [0.0; LANES];
        for lane in 0..LANES {
            // Nobody comes back, not even by the rounding of the exponential.
            let after = next[lane].min(self.free[lane]);
            fall[lane] = self.free[lane] - after;
            self.free[lane] = after;
        }
        if let Some(k) = only {
            for (sum, fall) in self.incidence[k].iter_mut().zip(fall) {
                *sum += fall;
            }
            return;
        }
        let share: [f64; LANES] =
            std::array::from_fn(|lane| if total[lane] > 0.0 { fall[lane] / total[lane] } else { 0.0 });
        for ((sum, rise), risk) in self.incidence.iter_mut().zip(rises).zip(&self.risk) {
            for lane in 0..LANES {
                sum[lane] += share[lane] * rise * risk[lane];
            }
        }
    }

    /// Writes one horizon of all rows to `out`, whose rows are `width` long.
    fn write(&self, out: &mut [f64], width: usize, at: usize) {
        for (lane, out) in out.chunks_exact_mut(width).enumerate() {
            out[at] = self.free[lane];
            for (out, sum) in out[at + 1..].iter_mut().zip(&self.incidence) {
                *out = sum[lane];
            }
        }
    }
}
