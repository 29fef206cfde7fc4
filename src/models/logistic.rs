//! Logistic regression with an L2 penalty.
//!
//! Minimises Σ log-loss + α/2 · Σ w² (log-loss times the weight of the row, where the data set has weights), the objective of
//! `linfa-logistic` (the intercept is not penalised), by Newton's method with step halving: the optimum is the same, reached
//! in a handful of passes (Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 2nd ed., section 4.4.1).

use super::linear::{derivatives, loss, solve};
use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{SaveError, Saved, from_json};
use super::settings::Setting;
use super::{FitError, Learned};
use crate::num::sigmoid;
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};

/// Steps after which the fit is given up.
const MAX_STEPS: usize = 100;
/// Halvings of one step after which nothing is gained.
const MAX_HALVINGS: usize = 30;
/// The fit is done when the next step would lower the summed loss by less than this share of it.
const TOLERANCE: f64 = 1e-13;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "logistic",
    title: "Logistic regression",
    words: "It adds up weighted facts about the child's recorded history. Each fact raises or lowers the estimate by a fixed amount.",
    baseline: false,
    wants: Wants::Scaled,
    takes_weights: true,
    draws: false,
    made_of: &[],
    settings: &[
        Setting::number(
            "l2",
            1.0,
            (0.0, 1e9),
            "Penalty on half the sum of squared weights, against the summed log-loss: more keeps weights smaller.",
        ),
        Setting::whole(
            "knots",
            0.0,
            (0.0, 5.0),
            "3 to 5: numbers with many values enter as curves (restricted cubic splines) with so many knots; under 3: as straight lines.",
        ),
    ],
    make: |s| Box::new(Logistic { l2: s.number("l2") }),
    load: from_json::<FittedLogistic>,
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Logistic {
    /// Penalty α ≥ 0 on the sum of squared coefficients, intercept excepted.
    pub l2: f64,
}

/// A fitted logistic regression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FittedLogistic {
    /// One coefficient a column.
    pub coefficients: Array1<f64>,
    /// The log-odds where all columns are zero.
    pub intercept: f64,
}

impl Fit<Array2<f64>, Array1<bool>, FitError> for Logistic {
    type Object = FittedLogistic;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedLogistic, FitError> {
        let y: Vec<bool> = data.targets.to_vec();
        let (n, events) = (y.len(), y.iter().filter(|y| **y).count());
        if events == 0 || events == n {
            return Err(FitError::OneClass);
        }
        let weights = data.weights();
        let x = data.records.view();
        let p = x.ncols();
        let mut beta = Array1::<f64>::zeros(p + 1);
        beta[p] = (events as f64 / (n - events) as f64).ln();
        let penalty = |b: &Array1<f64>| 0.5 * self.l2 * b.slice(s![..p]).dot(&b.slice(s![..p]));
        for _ in 0..MAX_STEPS {
            let mut at = derivatives(x, &y, weights, &beta);
            let here = at.loss + penalty(&beta);
            at.gradient.slice_mut(s![..p]).scaled_add(self.l2, &beta.slice(s![..p]));
            // A grain of ridge keeps the system solvable when columns are collinear; it does not move the optimum,
            // because the gradient is exact.
            let grain = 1e-10 * at.hessian.diag().sum() / (p + 1) as f64;
            at.hessian.diag_mut().mapv_inplace(|h| h + grain);
            at.hessian.diag_mut().slice_mut(s![..p]).mapv_inplace(|h| h + self.l2);
            let step = solve(at.hessian, &at.gradient).ok_or(FitError::Singular)?;
            let gain = 0.5 * at.gradient.dot(&step);
            if gain <= TOLERANCE * here.max(1.0) {
                beta -= &step;
                return Ok(FittedLogistic {
                    coefficients: beta.slice(s![..p]).to_owned(),
                    intercept: beta[p],
                });
            }
            let Some(next) = halve(here, &beta, &step, |b| loss(x, &y, weights, b) + penalty(b)) else {
                return Ok(FittedLogistic {
                    coefficients: beta.slice(s![..p]).to_owned(),
                    intercept: beta[p],
                });
            };
            beta = next;
        }
        Err(FitError::NotConverged(MAX_STEPS))
    }
}

/// The first of a full, half, quarter... step that lowers the objective, or `None` when none does.
fn halve(
    here: f64,
    beta: &Array1<f64>,
    step: &Array1<f64>,
    objective: impl Fn(&Array1<f64>) -> f64,
) -> Option<Array1<f64>> {
    let mut length = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next = beta - &(step * length);
        if objective(&next) < here {
            return Some(next);
        }
        length /= 2.0;
    }
    None
}

impl Learned for FittedLogistic {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(self)
    }

    fn weights(&self) -> Option<(f64, Vec<f64>)> {
        Some((self.intercept, self.coefficients.to_vec()))
    }

    /// The weights that are not 0, and the intercept: of a fit that leaves facts out, what is left counts (Zou, Hastie and
    /// Tibshirani 2007, Annals of Statistics 35:2173).
    fn parameters(&self) -> Option<u64> {
        Some(1 + self.coefficients.iter().filter(|w| w.abs() > 0.0).count() as u64)
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedLogistic {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.assign(&(x.dot(&self.coefficients) + self.intercept).mapv_into(sigmoid));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}
