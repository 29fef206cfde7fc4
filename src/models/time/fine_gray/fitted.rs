//! A fitted model of Fine and Gray, and the incidences it expects.
//!
//! `CIF(t | x) = 1 - exp(-sum_{s <= t} dL(s) exp((x - m)' b))`, m the columns' means. Undefined after the last time of any row.
//! Reference: Fine and Gray (1999), section 4. Equals `predict` of `cmprsk::crr`.

use super::model::FineGrayError;
use crate::evaluate::Value;
use ndarray::{Array1, Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// A fitted model of the incidence of one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedFineGray {
    /// Log ratios of the subdistribution's hazard, one a column.
    pub coefficients: Array1<f64>,
    /// Their robust variance, where asked for.
    pub variance: Option<Array2<f64>>,
    /// Log partial likelihood at the coefficients.
    pub log_likelihood: f64,
    /// The same with all coefficients 0.
    pub null_log_likelihood: f64,
    /// Distinct times of events.
    pub times: Vec<f64>,
    /// Rise of the cumulative subdistribution hazard at each, for a row of average columns.
    pub increments: Vec<f64>,
    /// The last time of any row.
    pub last: f64,
    /// The average columns.
    pub centre: Array1<f64>,
    /// Events, by weight.
    pub events: f64,
    /// Newton steps.
    pub steps: usize,
}

impl FittedFineGray {
    /// Robust standard errors, where the variance was asked for.
    #[must_use]
    pub fn standard_errors(&self) -> Option<Array1<f64>> {
        self.variance.as_ref().map(|v| v.diag().mapv(f64::sqrt))
    }

    /// Cumulative incidence of new rows: rows x horizons. An inner error says why a horizon has none.
    ///
    /// # Errors
    /// With other columns than those of the fit, or a covariate that is not finite.
    pub fn incidence(
        &self,
        x: ArrayView2<'_, f64>,
        horizons: &[f64],
    ) -> Result<Vec<Result<Array1<f64>, &'static str>>, FineGrayError> {
        if x.ncols() != self.coefficients.len() {
            return Err(FineGrayError::Shapes);
        }
        if !x.iter().all(|v| v.is_finite()) {
            return Err(FineGrayError::NotFinite);
        }
        let ratio = (x.dot(&self.coefficients) - self.centre.dot(&self.coefficients)).mapv_into(f64::exp);
        Ok(horizons
            .iter()
            .map(|horizon| {
                let hazard = self.cumulative(*horizon)?;
                Ok(ratio.mapv(|r| -(-hazard * r).exp_m1()))
            })
            .collect())
    }

    /// Cumulative subdistribution hazard of a row of average columns.
    fn cumulative(&self, horizon: f64) -> Value {
        if horizon.is_nan() || horizon > self.last {
            return Err("after the last time observed");
        }
        let end = self.times.partition_point(|t| *t <= horizon);
        Ok(self.increments.iter().take(end).sum())
    }
}
