//! Fits Fine and Gray's model by Newton's method on the weighted partial likelihood.
//!
//! Formula: see the module above. Inputs: covariates rows x columns, finite; times, all observed from the start; the cause, from
//! 1; weights from 0 (2 equals two rows, 0 none); groups within which censoring is the same; clusters (households) for the
//! variance. Undefined with delayed entry (the weights would need a curve of entries too: Geskus (2011), *Biometrics* 67,
//! 39-49), without events, or where columns are collinear.
//! Reference: Fine and Gray (1999), section 3. Equals `cmprsk::crr` 2.2-11.

use super::censoring::Placed;
use super::fitted::FittedFineGray;
use super::sandwich::{CensoringTerm, Optimum as AtOptimum, middle};
use super::sums::{Columns, Derivatives, Scan, derivatives, scan};
use crate::models::linear::solve;
use crate::models::time::columns::moments;
use crate::survival::{CENSORED, Times};
use ndarray::{Array1, Array2, ArrayView2};
use serde::{Deserialize, Serialize};

const MAX_STEPS: usize = 50;
const MAX_HALVINGS: usize = 30;
/// Largest length of the score, a unit of events, at the optimum.
const TOLERANCE: f64 = 1e-10;

/// Why a model was not fitted, or does not predict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FineGrayError {
    /// Inputs of shapes that do not belong together.
    #[error("covariates, times, weights, groups or clusters do not have matching shapes")]
    Shapes,
    /// A covariate or weight that is not a finite number in its range.
    #[error("a covariate or weight is not a finite number in its range")]
    NotFinite,
    /// Rows observed from later than the start.
    #[error("Fine and Gray's weights are not defined for rows that come under observation late")]
    DelayedEntry,
    /// A cause that did not come.
    #[error("no row has the cause, or the cause is 0")]
    NoEvents,
    /// The information could not be solved.
    #[error("columns are constant or so nearly the same that no coefficients could be found")]
    Singular,
    /// Newton's method did not arrive.
    #[error("the fit did not converge: a column may separate those with the event")]
    NotConverged,
}

/// What the model is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct FineGrayData<'a> {
    /// Covariates, rows x columns.
    pub x: ArrayView2<'a, f64>,
    /// Times of the rows.
    pub times: &'a Times,
    /// The cause whose incidence is modelled.
    pub cause: u8,
    /// One a row; 1 where there are none.
    pub weight: Option<&'a [f64]>,
    /// Groups within which the curve of censoring is the same; one for all where there are none.
    pub group: Option<&'a [u32]>,
    /// Clusters of rows that are not independent, for the variance; each row its own where there are none.
    pub cluster: Option<&'a [u32]>,
}

/// Settings of the fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FineGrayOptions {
    /// Whether the robust variance is worked out.
    pub variance: bool,
    /// Which censoring term it has where there are groups.
    pub censoring: CensoringTerm,
    /// Penalty on half the sum of squared coefficients, from 0, on the sum over rows and in the units of the columns. It
    /// counts as information in the variance.
    pub l2: f64,
}

impl Default for FineGrayOptions {
    fn default() -> Self {
        Self { variance: true, censoring: CensoringTerm::AllEvents, l2: 0.0 }
    }
}

/// Fits the model.
///
/// # Errors
/// Where inputs do not fit together, or the fit fails: see [`FineGrayError`].
pub fn fit(data: &FineGrayData<'_>, options: &FineGrayOptions) -> Result<FittedFineGray, FineGrayError> {
    check(data)?;
    if !(options.l2 >= 0.0 && options.l2.is_finite()) {
        return Err(FineGrayError::NotFinite);
    }
    let placed = Placed::new(data.times, data.cause, data.weight, data.group);
    let events: f64 = placed.events.iter().sum();
    if data.cause == CENSORED || events <= 0.0 {
        return Err(FineGrayError::NoEvents);
    }
    let (centre, scale) = moments(data.x, data.weight);
    let columns = Columns { x: data.x.view(), centre: &centre, scale: &scale };
    let zero = Array1::zeros(data.x.ncols());
    let start = scan(&placed, &columns, &zero);
    let null = start.log_likelihood;
    let penalty: Array1<f64> = scale.iter().map(|s| options.l2 / (s * s)).collect();
    let (beta, at, slope, steps) = newton((&placed, &columns, &penalty), zero, start, events)?;
    let variance = if options.variance {
        let inverse = inverse(&slope.information)?;
        let middle = middle(
            &AtOptimum { placed: &placed, columns, scan: &at, at: &slope },
            data.cluster,
            options.censoring,
        );
        let scaled = inverse.dot(&middle).dot(&inverse);
        Some(Array2::from_shape_fn(scaled.dim(), |(c, d)| scaled[[c, d]] / (scale[c] * scale[d])))
    } else {
        None
    };
    let rises = placed.times.iter().zip(&at.jump).filter(|(_, jump)| **jump > 0.0);
    let (times, increments) = rises.map(|(time, jump)| (*time, *jump)).unzip();
    Ok(FittedFineGray {
        coefficients: &beta / &scale,
        variance,
        log_likelihood: at.log_likelihood,
        null_log_likelihood: null,
        times,
        increments,
        last: placed.times.last().copied().unwrap_or_default(),
        centre,
        events,
        steps,
    })
}

/// Coefficients at the optimum, the scan and derivatives there, and how many steps it took.
type Optimum = (Array1<f64>, Scan, Derivatives, usize);

fn newton(
    (placed, columns, penalty): (&Placed, &Columns<'_>, &Array1<f64>),
    mut beta: Array1<f64>,
    mut at: Scan,
    events: f64,
) -> Result<Optimum, FineGrayError> {
    let cost = |beta: &Array1<f64>| (penalty * beta * beta).sum() / 2.0;
    for steps in 0..MAX_STEPS {
        let mut slope = derivatives(placed, columns, &at);
        slope.score -= &(penalty * &beta);
        slope.information.diag_mut().zip_mut_with(penalty, |i, p| *i += p);
        let length = slope.score.dot(&slope.score).sqrt() / events;
        if length <= TOLERANCE {
            return Ok((beta, at, slope, steps));
        }
        let step = solve(slope.information.clone(), &slope.score).ok_or(FineGrayError::Singular)?;
        let now = at.log_likelihood - cost(&beta);
        let bound = now - 1e-13 * now.abs();
        let mut next = &beta + &step;
        let mut there = scan(placed, columns, &next);
        let mut share = 1.0;
        for _ in 0..MAX_HALVINGS {
            if there.log_likelihood - cost(&next) >= bound {
                break;
            }
            share *= 0.5;
            next = &beta + &(&step * share);
            there = scan(placed, columns, &next);
        }
        // Not a number is below no bound and above none.
        let value = there.log_likelihood - cost(&next);
        if !value.is_finite() || value < bound {
            return Err(FineGrayError::NotConverged);
        }
        beta = next;
        at = there;
    }
    Err(FineGrayError::NotConverged)
}

fn inverse(information: &Array2<f64>) -> Result<Array2<f64>, FineGrayError> {
    let p = information.nrows();
    let mut inverse = Array2::zeros((p, p));
    for c in 0..p {
        let mut unit = Array1::zeros(p);
        unit[c] = 1.0;
        let column = solve(information.clone(), &unit).ok_or(FineGrayError::Singular)?;
        inverse.column_mut(c).assign(&column);
    }
    Ok(inverse)
}

fn check(data: &FineGrayData<'_>) -> Result<(), FineGrayError> {
    let rows = data.times.len();
    let other = |length: Option<usize>| length.is_some_and(|l| l != rows);
    if data.x.nrows() != rows
        || other(data.weight.map(<[f64]>::len))
        || other(data.group.map(<[u32]>::len))
        || other(data.cluster.map(<[u32]>::len))
    {
        return Err(FineGrayError::Shapes);
    }
    let weights = data.weight.is_none_or(|w| w.iter().all(|v| v.is_finite() && *v >= 0.0));
    if !weights || !data.x.iter().all(|v| v.is_finite()) {
        return Err(FineGrayError::NotFinite);
    }
    // An entry at or before 0 hides nothing from a row whose time is above it.
    let first = data.times.exit.iter().copied().fold(f64::INFINITY, f64::min);
    if data.times.entry.iter().any(|entry| *entry > 0.0 && *entry >= first) {
        return Err(FineGrayError::DelayedEntry);
    }
    Ok(())
}
