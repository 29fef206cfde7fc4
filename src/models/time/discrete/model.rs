//! The multinomial logistic model of the cause that comes in each period.
//!
//! `ln P(cause k in period j | at risk) - ln P(none) = alpha_kj + x_i' beta_k + z_ij' gamma_k`, fitted by minimising the
//! log-loss over person-periods plus `l2 / 2` times the sum of squares of beta and gamma (alpha is not penalised but for a tiny
//! ridge towards the overall log-odds, which keeps the alpha of a period and cause without events finite).
//!
//! Inputs: covariates rows x columns, finite; periods; times (causes from 1); weights from 0, one a row, where 2 equals two
//! rows; columns that vary. Undefined where a cause has no event in any period, or all columns of an unpenalised model
//! separate the causes. The optimum is exact: gradient at most 1e-9 a unit of events (columns in standard deviations).
//!
//! Reference: Tutz and Schmid (2016), section 8.2 (multinomial hazards); Allison (1982). Equals `nnet::multinom` and
//! `VGAM::vglm(multinomial)` of R on written-out person-periods, and `glm(binomial)` where there is one cause.

use super::fitted::FittedDiscrete;
use super::newton::{Failure, Penalty, newton};
use super::periods::{PartPeriod, Periods, Spans};
use super::start::Counts;
use super::sums::{Point, Rows};
use super::varying::Varying;
use crate::models::time::columns::moments;
use crate::survival::Times;
use ndarray::{Array1, Array2, ArrayView2, s};
use serde::{Deserialize, Serialize};

/// Rows from which a sample gives the first coefficients.
const SAMPLED_FROM: usize = 200_000;
/// Rows of the sample.
const SAMPLE: usize = 50_000;

/// Why a model was not fitted, or does not predict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscreteError {
    /// Inputs of shapes that do not belong together.
    #[error("covariates, times, weights or columns that vary do not have matching shapes")]
    Shapes,
    /// A covariate, weight or setting that is no number, or below 0 where it may not be.
    #[error("a covariate, weight or setting is not a finite number in its range")]
    NotFinite,
    /// A cause that comes in no period.
    #[error("cause {0} comes in no period")]
    NoEvents(u8),
    /// The Hessian could not be solved.
    #[error("columns are so nearly the same that no coefficients could be found")]
    Singular,
    /// Newton's method did not arrive.
    #[error(
        "the fit did not converge: causes may be separated by the columns, and a larger penalty may help"
    )]
    NotConverged,
    /// The curves of the hazards could not be made.
    #[error(transparent)]
    Curves(#[from] super::curves::CurvesError),
}

impl From<Failure> for DiscreteError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Singular => Self::Singular,
            Failure::NotConverged => Self::NotConverged,
        }
    }
}

/// What the model is fitted to.
#[derive(Clone, Copy)]
pub struct DiscreteData<'a> {
    /// Covariates, rows x columns.
    pub x: ArrayView2<'a, f64>,
    /// Times of the rows.
    pub times: &'a Times,
    /// One a row; 1 where there are none.
    pub weight: Option<&'a [f64]>,
    /// Columns that vary from period to period.
    pub varying: &'a dyn Varying,
}

impl std::fmt::Debug for DiscreteData<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscreteData").field("rows", &self.x.nrows()).finish_non_exhaustive()
    }
}

/// Settings of the fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscreteOptions {
    /// Penalty on half the sum of squares of beta and gamma, in the units the columns are given in.
    pub l2: f64,
    /// The same for alpha, towards the overall log-odds of the cause. The alpha it acts on is that of average columns.
    pub alpha_ridge: f64,
    /// What becomes of periods in which a row is censored.
    pub part_period: PartPeriod,
}

impl Default for DiscreteOptions {
    fn default() -> Self {
        Self { l2: 1.0, alpha_ridge: 1e-6, part_period: PartPeriod::Drop }
    }
}

/// Fits the model.
///
/// # Errors
/// Where inputs do not fit together, a cause has no events, or the fit fails: see [`DiscreteError`].
pub fn fit(
    data: &DiscreteData<'_>,
    periods: &Periods,
    options: &DiscreteOptions,
) -> Result<FittedDiscrete, DiscreteError> {
    check(data, options)?;
    let causes = usize::from(data.times.causes());
    let spans = Spans::new(data.times, periods, options.part_period);
    let counts = Counts::new(&spans.rows, data.weight, periods.count(), causes);
    if causes == 0 {
        return Err(DiscreteError::NoEvents(1));
    }
    for (cause, column) in (1_u8..).zip(counts.events.columns()) {
        if column.sum() <= 0.0 {
            return Err(DiscreteError::NoEvents(cause));
        }
    }
    let (centre, scale) = moments(data.x, data.weight);
    let rows = Rows {
        x: data.x.view(),
        spans: &spans.rows,
        weight: data.weight,
        varying: data.varying,
        centre: &centre,
        scale: &scale,
        causes,
        periods: periods.count(),
        stride: 1,
    };
    let mut columns = Array1::from_elem(rows.width(), options.l2);
    columns.slice_mut(s![..scale.len()]).zip_mut_with(&scale, |c, s| *c /= s * s);
    let penalty = Penalty { columns, ridge: options.alpha_ridge, centre: counts.overall() };
    let events = counts.events.sum();
    let start = start(&rows, &counts, &penalty, events);
    let found = newton(&rows, &penalty, start, events, 1e-9)?;
    Ok(FittedDiscrete::new(periods.clone(), &rows, &counts, found, &spans))
}

/// The first point: from a sample where rows are many.
fn start(rows: &Rows<'_>, counts: &Counts, penalty: &Penalty, events: f64) -> Point {
    let crude = counts.crude(penalty);
    let mut point = Point { alpha: crude, beta: Array2::zeros((rows.width(), rows.causes)) };
    if rows.spans.len() >= SAMPLED_FROM {
        let sample = Rows { stride: rows.spans.len() / SAMPLE, ..*rows };
        // The sample only saves steps: where it fails, the fit starts from nothing.
        if let Ok(found) = newton(&sample, penalty, point.clone(), events, 1e-4) {
            point.beta = found.point.beta;
        }
    }
    for _ in 0..2 {
        counts.fit_alpha(rows, penalty, &mut point);
    }
    point
}

fn check(data: &DiscreteData<'_>, options: &DiscreteOptions) -> Result<(), DiscreteError> {
    let rows = data.times.len();
    let varying = data.varying.rows().is_some_and(|r| r != rows);
    if varying || data.x.nrows() != rows || data.weight.is_some_and(|w| w.len() != rows) {
        return Err(DiscreteError::Shapes);
    }
    let good = |v: &f64| v.is_finite() && *v >= 0.0;
    let weights = data.weight.is_none_or(|w| w.iter().all(good));
    if weights && good(&options.l2) && good(&options.alpha_ridge) && data.x.iter().all(|v| v.is_finite()) {
        Ok(())
    } else {
        Err(DiscreteError::NotFinite)
    }
}
