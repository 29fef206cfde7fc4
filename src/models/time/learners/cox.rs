//! Cause-specific hazards of Cox, put together by Aalen and Johansen's product: with a ridge, or with an elastic net.
//!
//! Ties are Efron's. How strong the penalty is, is chosen for each cause: see [`super::strength`].

use super::strength::{self, of_cause};
use super::{TimeLearner, TimeModel, TimeTraining, something_came};
use crate::models::time::cause_specific::{Baselines, CauseBaseline, Increments};
use crate::models::time::cox::baseline::baseline;
use crate::models::time::cox::{CoxData, CoxFit, CoxOptions, Ties, fit};
use crate::models::{FitError, Origin};
use ndarray::{Array2, Array3, ArrayView2};

/// A ridge that hardly moves anything.
const TINY: f64 = 1e-3;

/// How coefficients are kept small.
#[derive(Clone, Copy, Debug)]
pub(super) enum Penalty {
    /// A ridge so small that it only keeps a fit of few columns finite.
    Tiny,
    /// A ridge of a strength that is chosen.
    Ridge,
    /// An elastic net with this share of lasso, of a strength that is chosen.
    Net(f64),
}

/// Cause-specific hazards of Cox.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cox(pub(super) Penalty);

/// The hazards that were learned.
struct Hazards {
    /// Causes x columns.
    coef: Array2<f64>,
    baselines: Baselines,
    last: f64,
}

impl TimeLearner for Cox {
    fn learn(&self, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
        something_came(data)?;
        let mut coef = Array2::zeros((usize::from(data.causes), data.x.ncols()));
        let none = CauseBaseline { times: Vec::new(), increments: Vec::new() };
        let mut baselines = vec![none; usize::from(data.causes)];
        for cause in data.present() {
            let of_cause = of_cause(data.x.view(), &data.times, cause);
            let fitted = match self.0 {
                _ if data.x.ncols() == 0 => unrelated(Vec::new()),
                Penalty::Tiny => ridge(&of_cause, TINY)?,
                Penalty::Ridge => ridge(&of_cause, strength::ridge(data, cause, origin))?,
                Penalty::Net(alpha) => {
                    unrelated(strength::net(data, cause, alpha, origin).map_err(FitError::library)?)
                }
            };
            let place = usize::from(cause) - 1;
            coef.row_mut(place).iter_mut().zip(&fitted.coef).for_each(|(to, from)| *to = *from);
            let strata = baseline(&of_cause, &fitted).map_err(FitError::library)?;
            if let Some(only) = strata.into_iter().next() {
                baselines[place] = CauseBaseline { times: only.time, increments: only.hazard };
            }
        }
        let baselines = Baselines::new(&baselines).map_err(FitError::library)?;
        Ok(Box::new(Hazards { coef, baselines, last: data.last() }))
    }
}

fn ridge(data: &CoxData<'_>, l2: f64) -> Result<CoxFit, FitError> {
    fit(data, &CoxOptions { l2, ..CoxOptions::default() }).map_err(FitError::library)
}

/// A fit of which only the coefficients are known.
fn unrelated(coef: Vec<f64>) -> CoxFit {
    let p = coef.len();
    CoxFit {
        coef,
        variance: Array2::zeros((p, p)),
        robust_variance: None,
        loglik: [0.0; 2],
        iterations: 0,
        events: 0,
        ties: Ties::Efron,
        l2: 0.0,
    }
}

impl TimeModel for Hazards {
    fn incidence(&self, x: ArrayView2<'_, f64>, days: &[f64]) -> Result<Array3<f64>, FitError> {
        if x.ncols() != self.coef.ncols() {
            return Err(FitError::Library("other columns than those of the training rows".into()));
        }
        let risk = x.dot(&self.coef.t()).mapv_into(f64::exp);
        let days: Vec<f64> = days.iter().map(|day| day.min(self.last)).collect();
        let found = self.baselines.incidence(risk.view(), &days, Increments::Exponential);
        Ok(found.map_err(FitError::library)?.incidence)
    }
}
