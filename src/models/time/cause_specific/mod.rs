//! Cumulative incidences from cause-specific Cox models: the Aalen-Johansen estimator with each row's own hazards.
//!
//! Cause k has baseline increments `dL_k(t)` at its event times and row i the hazard ratio `r_ik = exp(x_i' b_k)`. With
//! `dH_i(t) = sum_k dL_k(t) r_ik`, from `S = 1` and `CIF_k = 0`, at each event time:
//!
//! * [`Increments::Exponential`] (the default): `S <- S exp(-dH)`, and `CIF_k` rises by the fall of S times the share
//!   `dL_k r_ik / dH`. The hazards are taken as constant while they pass through the tied day. Never above 1. This is R's
//!   `survfit` of a multi-state `coxph` (its `stype = 2`, the matrix exponential of the increments).
//! * [`Increments::Product`]: `S <- S (1 - dH)`, and `CIF_k` rises by `S dL_k r_ik`: the product-limit form of the
//!   Aalen-Johansen estimator, as `riskRegression::CSC` has with `product.limit = TRUE`. Where `dH > 1` the increments are
//!   divided by it, so that S ends at 0 and not below; how often is reported.
//!
//! Inputs: increments finite and from 0; times finite and increasing; hazard ratios finite and from 0, rows x causes.
//! After the last event time of any cause the curves stay level, which is no estimate: it is the caller's to stop there.
//! Reference: Andersen, Borgan, Gill and Keiding (1993), *Statistical Models Based on Counting Processes*, section VII.2.3;
//! Therneau, Crowson and Atkinson, *Multi-state models and competing risks* (vignette of survival).

mod incidence;
#[cfg(test)]
mod own_golden;
#[cfg(test)]
mod tests;

pub use incidence::CauseIncidence;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// How one time's increments become probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Increments {
    /// `exp(-dH)` survive.
    #[default]
    Exponential,
    /// `1 - dH` survive.
    Product,
}

/// Why there are no incidences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidenceError {
    /// Times and increments, or causes and hazard ratios, of different numbers.
    #[error("times and increments, or causes and hazard ratios, are not equally many")]
    Shapes,
    /// Times that do not increase.
    #[error("event times must be finite and increase")]
    Order,
    /// An increment, hazard ratio or horizon that is not a number in its range.
    #[error("an increment, hazard ratio, horizon or width is not a number in its range")]
    Range,
}

/// The baseline hazard of one cause: that of a row whose hazard ratio is 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseBaseline {
    /// Distinct event times, increasing.
    pub times: Vec<f64>,
    /// The rise of the cumulative hazard at each.
    pub increments: Vec<f64>,
}

/// The baseline hazards of all causes on one grid of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Distinct event times of any cause, increasing.
    times: Vec<f64>,
    /// Times x causes.
    increments: Array2<f64>,
}

impl Baselines {
    /// Puts the baselines of all causes on one grid.
    ///
    /// # Errors
    /// With times and increments of different lengths, times that do not increase, or increments below 0.
    pub fn new(causes: &[CauseBaseline]) -> Result<Self, IncidenceError> {
        for cause in causes {
            if cause.times.len() != cause.increments.len() {
                return Err(IncidenceError::Shapes);
            }
            let ordered = cause.times.iter().zip(cause.times.iter().skip(1)).all(|(a, b)| a < b);
            if !(ordered && cause.times.iter().all(|t| t.is_finite())) {
                return Err(IncidenceError::Order);
            }
            if !cause.increments.iter().all(|h| h.is_finite() && *h >= 0.0) {
                return Err(IncidenceError::Range);
            }
        }
        // Times at which nothing rises would only cost time.
        let rises = causes.iter().flat_map(|c| c.times.iter().zip(&c.increments)).filter(|(_, h)| **h > 0.0);
        let mut times: Vec<f64> = rises.map(|(t, _)| *t).collect();
        times.sort_by(f64::total_cmp);
        times.dedup_by(|a, b| *a <= *b);
        let mut increments = Array2::zeros((times.len(), causes.len()));
        for (k, cause) in causes.iter().enumerate() {
            for (time, rise) in cause.times.iter().zip(&cause.increments).filter(|(_, h)| **h > 0.0) {
                increments[[times.partition_point(|t| t < time), k]] = *rise;
            }
        }
        Ok(Self { times, increments })
    }

    /// Event times of any cause.
    #[must_use]
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Increments, times x causes.
    #[must_use]
    pub fn increments(&self) -> &Array2<f64> {
        &self.increments
    }

    /// A coarser grid: increments within `((m - 1) width, m width]` are added up, at the last event time among them.
    ///
    /// At horizons that are multiples of `width` the event-free probability by exponential increments is unchanged; that of
    /// the causes changes a little, as their order within the width is lost.
    ///
    /// # Errors
    /// With a width that is not above 0.
    pub fn coarser(&self, width: f64) -> Result<Self, IncidenceError> {
        if !(width > 0.0 && width.is_finite()) {
            return Err(IncidenceError::Range);
        }
        let (mut times, mut rows, mut current) = (Vec::<f64>::new(), Vec::<usize>::new(), f64::NEG_INFINITY);
        for time in &self.times {
            let window = (time / width).ceil();
            if window > current {
                times.push(*time);
                current = window;
            } else if let Some(last) = times.last_mut() {
                *last = *time;
            }
            rows.push(times.len() - 1);
        }
        let mut increments = Array2::zeros((times.len(), self.increments.ncols()));
        for (to, from) in rows.iter().zip(self.increments.outer_iter()) {
            let mut row = increments.row_mut(*to);
            row += &from;
        }
        Ok(Self { times, increments })
    }
}
