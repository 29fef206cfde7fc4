//! A fitted discrete-time model, and what it expects of new rows.
//!
//! `h_jk(x) = exp(alpha_kj + x' beta_k + z_j' gamma_k) / (1 + sum_l exp(...))`, from which [`Curves`] follow.
//! Reference: Tutz and Schmid (2016), section 8.2.

use super::curves::Curves;
use super::model::DiscreteError;
use super::newton::Optimum;
use super::periods::{Periods, Spans};
use super::start::Counts;
use super::sums::Rows;
use super::varying::Varying;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A fitted multinomial model of competing causes by period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedDiscrete {
    /// The periods.
    pub periods: Periods,
    /// Log-odds of each cause against none where all columns are 0: causes x periods.
    pub alpha: Array2<f64>,
    /// Coefficients of the covariates: causes x columns.
    pub beta: Array2<f64>,
    /// Coefficients of the columns that vary: causes x columns.
    pub gamma: Array2<f64>,
    /// Log-likelihood, without the penalty.
    pub log_likelihood: f64,
    /// Length of the gradient at the end, a unit of events (columns in standard deviations).
    pub gradient: f64,
    /// Newton steps over all rows.
    pub steps: usize,
    /// Events by cause and period, by weight: causes x periods.
    pub events: Array2<f64>,
    /// Rows at risk by period, by weight.
    pub at_risk: Array1<f64>,
    /// Rows that were at risk at the beginning of no period.
    pub rows_without: usize,
    /// Rows whose event is in none of the periods at risk.
    pub events_lost: usize,
}

impl FittedDiscrete {
    /// Coefficients in the units of the columns.
    pub(super) fn new(
        periods: Periods,
        rows: &Rows<'_>,
        counts: &Counts,
        found: Optimum,
        spans: &Spans,
    ) -> Self {
        let p = rows.x.ncols();
        let beta = &found.point.beta.slice(s![..p, ..]) / &rows.scale.view().insert_axis(Axis(1));
        let mut alpha = found.point.alpha.t().to_owned();
        for (mut alpha, beta) in alpha.outer_iter_mut().zip(beta.columns()) {
            alpha -= beta.dot(rows.centre);
        }
        Self {
            periods,
            alpha,
            beta: beta.t().to_owned(),
            gamma: found.point.beta.slice(s![p.., ..]).t().to_owned(),
            log_likelihood: -found.loss,
            gradient: found.gradient,
            steps: found.steps,
            events: counts.events.t().to_owned(),
            at_risk: counts.at_risk.clone(),
            rows_without: spans.without,
            events_lost: spans.events_lost,
        }
    }

    /// Hazards of new rows: rows x periods x causes.
    ///
    /// # Errors
    /// With other columns than those of the fit, or a covariate or column that varies that is not finite.
    pub fn hazards(
        &self,
        x: ArrayView2<'_, f64>,
        varying: &dyn Varying,
    ) -> Result<Array3<f64>, DiscreteError> {
        let (causes, count) = self.alpha.dim();
        let other = varying.rows().is_some_and(|r| r != x.nrows());
        if other || x.ncols() != self.beta.ncols() || varying.width() != self.gamma.ncols() {
            return Err(DiscreteError::Shapes);
        }
        if !x.iter().all(|v| v.is_finite()) {
            return Err(DiscreteError::NotFinite);
        }
        let mut hazards = Array3::<f64>::zeros((x.nrows(), count, causes));
        let rows: Vec<_> = hazards.axis_iter_mut(Axis(0)).collect();
        rows.into_par_iter().enumerate().for_each(|(row, mut out)| {
            let eta = self.beta.dot(&x.row(row));
            let mut z = Array1::<f64>::zeros(varying.width());
            for (j, mut out) in out.outer_iter_mut().enumerate() {
                out.assign(&eta);
                out += &self.alpha.column(j);
                if let Some(z) = z.as_slice_mut().filter(|z| !z.is_empty()) {
                    varying.fill(row, j, z);
                    out += &self.gamma.dot(&z.iter().copied().collect::<Array1<f64>>());
                }
                // Against the largest, so that nothing overflows.
                let largest = out.iter().copied().fold(0.0, f64::max);
                out.mapv_inplace(|v| (v - largest).exp());
                let all = (-largest).exp() + out.sum();
                out /= all;
            }
        });
        // Columns that vary are seen here only.
        if hazards.iter().all(|h| h.is_finite()) { Ok(hazards) } else { Err(DiscreteError::NotFinite) }
    }

    /// Event-free curves and cumulative incidences of new rows.
    ///
    /// # Errors
    /// As [`Self::hazards`].
    pub fn curves(&self, x: ArrayView2<'_, f64>, varying: &dyn Varying) -> Result<Curves, DiscreteError> {
        Ok(Curves::new(self.periods.clone(), self.hazards(x, varying)?)?)
    }
}
