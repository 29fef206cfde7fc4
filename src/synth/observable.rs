//! What the records can say, when part of the past is missing from them.
//!
//! Given the whole past, the probability of an outcome is known by formula (see [`super`]). Records seldom hold the
//! whole past: what came before they begin, what a reorganisation lost, what nobody wrote down. The probability given
//! only the records is the mean of the former over all pasts that leave the same records. It is learned by a fractional
//! logistic regression (Papke and Wooldridge, Journal of Applied Econometrics 11, 1996) on a reference population that
//! the same scenario makes from other seeds: of the probability given the whole past, on the one that the formula gives
//! when the records are taken to be whole (which holds the number and the times of the recorded returns), how long the
//! records have run, and what they hold of the child.
//!
//! The error is of two kinds. Noise of the reference: with [`HOUSEHOLDS`] households below 0.003 in most referrals.
//! And the form of the regression: it is calibrated for everything that it holds, not for all else. In groups that it does
//! not hold (how many brothers and sisters were referred, the top twentieth of first referrals) a reviewer found it off
//! by 0.01 to 0.04; `p_latent` less `p_observable` shows such bias far more sharply than outcomes do. The test
//! `the_truth_is_calibrated` checks it against outcomes by tenths of risk, by how long the records have run, and by age.

use super::life::{self, Population};
use super::records::{Chances, Raw, Recorded};
use super::risk::ESCALATIONS;
use super::world::World;
use crate::models::linear::solve;
use crate::num::{logit, sigmoid};
use ndarray::{Array1, Array2};
use rayon::prelude::*;

/// Households of the reference population.
const HOUSEHOLDS: u32 = 40_000;
/// Households of it that one thread lives through at a time.
const CHUNK: u32 = 512;
/// Places of three features that the given probability is crossed with: first recorded referral, and how short the
/// records are.
const FIRST: usize = 5;
const SHORT: usize = 2;
/// Place of what the notes say.
const NOTES: usize = 17;
/// Outcomes within a year.
const YEAR: usize = 1 + ESCALATIONS;

/// The regressions, one for each outcome and horizon; none where the records hold the whole past.
#[derive(Debug)]
pub(super) struct Observable {
    year: Vec<Vec<f64>>,
    with_notes: Option<Vec<f64>>,
    horizons: Vec<Vec<f64>>,
}

impl Observable {
    /// Learns them from the reference population of the scenario.
    pub(super) fn learn(world: &World<'_>, horizons: usize) -> Self {
        if !world.imperfect() || !world.truth {
            return Self { year: Vec::new(), with_notes: None, horizons: Vec::new() };
        }
        let starts: Vec<u32> = (0..HOUSEHOLDS).step_by(CHUNK as usize).collect();
        let chunks: Vec<Vec<Raw>> = starts
            .par_iter()
            .map(|&start| {
                let mut recorded = Recorded::default();
                for number in start..(start + CHUNK).min(HOUSEHOLDS) {
                    life::live(world, Population::Reference, number, &mut recorded);
                }
                recorded.truth
            })
            .collect();
        let rows: Vec<&Raw> = chunks.iter().flatten().collect();
        // Columns are asked for by the functions below, so that one outcome's fit runs beside another's.
        let of_year = |k: usize| fit(&rows, false, |c| (c.naive[k], c.full[k]));
        let of_horizon =
            |k: usize| fit(&rows, false, |c| c.horizons.get(k).map_or((0.0, 0.0), |h| (h[2], h[1])));
        Self {
            year: (0..YEAR).into_par_iter().map(of_year).collect(),
            with_notes: world.text().then(|| fit(&rows, true, |c| (c.naive_with_notes[0], c.full[0]))),
            horizons: (0..horizons).into_par_iter().map(of_horizon).collect(),
        }
    }

    /// The probability of an outcome within a year given the records.
    pub(super) fn year(&self, chances: &Chances, outcome: usize) -> f64 {
        let full = chances.full[outcome];
        self.year.get(outcome).map_or(full, |b| predict(b, &chances.features, chances.naive[outcome], false))
    }

    /// The probability of a return within a year given the records and the notes.
    pub(super) fn with_notes(&self, chances: &Chances) -> f64 {
        self.with_notes.as_ref().map_or_else(
            || self.year(chances, 0),
            |b| predict(b, &chances.features, chances.naive_with_notes[0], true),
        )
    }

    /// The probability of a return within a further horizon given the records.
    pub(super) fn horizon(&self, chances: &Chances, k: usize) -> f64 {
        let Some([_, full, naive]) = chances.horizons.get(k).copied() else { return 0.0 };
        self.horizons.get(k).map_or(full, |b| predict(b, &chances.features, naive, false))
    }
}

/// The features of the regression: those of the record, and the given probability, alone and crossed.
fn basis(features: &[f64], naive: f64, with_notes: bool, out: &mut Vec<f64>) {
    let x = logit(naive.clamp(1e-6, 1.0 - 1e-6)) + 1.5;
    let at = |place: usize| features.get(place).copied().unwrap_or(0.0);
    out.clear();
    out.extend_from_slice(features);
    if !with_notes && let Some(notes) = out.get_mut(NOTES) {
        *notes = 0.0;
    }
    out.extend([x, x * x, x * at(FIRST), x * at(SHORT), x * at(FIRST) * at(SHORT)]);
}

fn predict(coefficients: &[f64], features: &[f64], naive: f64, with_notes: bool) -> f64 {
    if naive <= 0.0 {
        return 0.0;
    }
    let mut x = Vec::with_capacity(coefficients.len());
    basis(features, naive, with_notes, &mut x);
    sigmoid(coefficients.iter().zip(&x).map(|(b, x)| b * x).sum())
}

/// Newton's method for the mean of a share, with a grain of ridge for columns that say nothing.
fn fit(rows: &[&Raw], with_notes: bool, of: impl Fn(&Chances) -> (f64, f64)) -> Vec<f64> {
    const STEPS: usize = 12;
    let mut x = Vec::new();
    let width = rows.first().map_or(0, |row| {
        basis(&row.chances.features, 0.5, with_notes, &mut x);
        x.len()
    });
    let mut b = Array1::<f64>::zeros(width);
    for step in 0..STEPS {
        let mut gradient = Array1::<f64>::zeros(width);
        let mut hessian = Array2::<f64>::eye(width) * 1e-3;
        for row in rows {
            let (naive, full) = of(&row.chances);
            if naive <= 0.0 {
                continue;
            }
            basis(&row.chances.features, naive, with_notes, &mut x);
            let fitted = sigmoid(b.iter().zip(&x).map(|(b, x)| b * x).sum());
            let weight = (fitted * (1.0 - fitted)).max(1e-9);
            for (i, &xi) in x.iter().enumerate().filter(|(_, xi)| **xi != 0.0) {
                gradient[i] += (full - fitted) * xi;
                for (j, &xj) in x.iter().enumerate().take(i + 1) {
                    hessian[[i, j]] += weight * xi * xj;
                }
            }
        }
        gradient.scaled_add(-1e-3, &b);
        let Some(move_by) = solve(hessian, &gradient) else { break };
        // The first step from nothing can overshoot.
        b.scaled_add(if step == 0 { 0.7 } else { 1.0 }, &move_by);
    }
    b.to_vec()
}

impl World<'_> {
    /// Whether anything of the past can be missing from the records.
    pub(super) fn imperfect(&self) -> bool {
        let dials = &self.scenario.dials;
        self.scenario.burn_in_years > 0
            || dials.label_noise()
            || dials.fields.missing > 0.0
            || dials.fields.late > 0.0
            || dials.lost_history.is_some()
            || self.text()
    }
}
