//! Cox's proportional hazards, of rows that come and go (delayed entry, repeated events, covariates that change).
//!
//! `hazard(t | x) = h0(t) exp(x' coef + offset)`, `h0` free, one a stratum. Events of other causes end a row as censoring
//! does, so that the model is of the hazard of one cause.
//!
//! - [`risk_sets`]: who is at risk when; [`derivatives`] and [`exact`]: the partial likelihood; [`newton`]: the fit;
//! - [`robust`]: score residuals and the sandwich; [`baseline`]: cumulative hazard and survival of new rows;
//! - [`path`]: elastic net; [`proportional`]: the test of proportional hazards and the drift of a coefficient.
//!
//! Reference: Cox (1972), JRSS B 34:187; Therneau, Grambsch, Modeling Survival Data (2000). Equals R survival 3.5-3.
use crate::survival::Times;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

pub mod baseline;
pub mod derivatives;
pub mod exact;
pub mod linear;
pub mod newton;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod own_golden;
pub mod path;
#[cfg(test)]
mod properties;
pub mod proportional;
pub mod risk_sets;
pub mod robust;
#[cfg(test)]
mod tests;

pub use newton::{CoxFit, CoxOptions, fit, ridges};

/// What to do with events at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ties {
    /// Efron's average over the orders the events may have come in.
    #[default]
    Efron,
    /// Breslow's: every tied event against the whole risk set.
    Breslow,
    /// The times are discrete: see [`exact`].
    Exact,
}

/// Rows, covariates and times.
#[derive(Clone, Copy, Debug)]
pub struct CoxData<'a> {
    /// Rows by columns, finite.
    pub x: ArrayView2<'a, f64>,
    /// When rows are at risk, and how they end.
    pub times: &'a Times,
    /// The cause of interest, from 1.
    pub cause: u8,
    /// Weight of each row, from 0; 1 where absent.
    pub weight: Option<&'a [f64]>,
    /// Stratum of each row, with a baseline of its own.
    pub stratum: Option<&'a [u32]>,
    /// Cluster of each row (a child, a family) for the robust variance.
    pub cluster: Option<&'a [u32]>,
    /// Known part of the log hazard.
    pub offset: Option<&'a [f64]>,
}

impl CoxData<'_> {
    /// Whether the row ends with the event of interest.
    fn is_event(&self, row: usize) -> bool {
        self.times.cause[row] == self.cause
    }

    /// The row's stratum, 0 where there is one.
    fn stratum_of(&self, row: usize) -> u32 {
        self.stratum.map_or(0, |s| s[row])
    }

    /// The row's weight, 1 where absent.
    fn weight_of(&self, row: usize) -> f64 {
        self.weight.map_or(1.0, |w| w[row])
    }
}

/// Why there is no fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoxError {
    /// Columns of different lengths.
    #[error("covariates, times, weights, strata, clusters or offsets are not equally many")]
    Lengths,
    /// A weight below 0 or not finite.
    #[error("a weight is below 0 or not finite")]
    Weights,
    /// A covariate or an offset that is not finite, or a penalty below 0.
    #[error("a covariate, an offset or a penalty is not a finite number in its range")]
    Numbers,
    /// Nothing of interest happens.
    #[error("no row of weight above 0 has the event of interest")]
    NoEvents,
    /// A column is constant over the risk sets, or a combination of others.
    #[error("a column is constant or a combination of others")]
    Singular,
    /// A coefficient goes to infinity: a column, or a combination, separates those with the event.
    #[error("a coefficient grows without bound (monotone likelihood)")]
    Monotone,
    /// Newton's steps did not end.
    #[error("the fit did not converge")]
    NotConverged,
    /// The exact partial likelihood has no weights.
    #[error("the exact partial likelihood takes no weights")]
    ExactWeights,
    /// Too many ways to choose the tied events.
    #[error("too many tied events for the exact partial likelihood")]
    TiesTooLarge,
    /// Efron's or Breslow's ties are needed here.
    #[error("this needs Efron's or Breslow's ties")]
    NotExact,
    /// The transform of time has no value at an event time, or does not vary.
    #[error("the transform of time is undefined at an event time, or constant")]
    Transform,
}
