//! The baseline that knows nothing: everyone gets the training rows' share with the outcome.

use super::FitError;
use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{AllJson, from_json};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "prevalence",
    title: "The same for everyone",
    words: "It gives every child the share of earlier referrals that were followed by the outcome. It cannot tell children apart.",
    baseline: true,
    wants: Wants::Nothing,
    takes_weights: false,
    draws: false,
    made_of: &[],
    settings: &[],
    make: |_| Box::new(Prevalence),
    load: from_json::<FittedPrevalence>,
};

/// The prevalence learner; it has no settings.
#[derive(Clone, Copy, Debug)]
pub struct Prevalence;

/// The share with the outcome among the training rows.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FittedPrevalence(f64);

impl Fit<Array2<f64>, Array1<bool>, FitError> for Prevalence {
    type Object = FittedPrevalence;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedPrevalence, FitError> {
        let events = data.targets.iter().filter(|y| **y).count();
        if data.targets.is_empty() {
            return Err(FitError::OneClass);
        }
        Ok(FittedPrevalence(events as f64 / data.targets.len() as f64))
    }
}

impl AllJson for FittedPrevalence {
    fn learned(&self) -> Option<u64> {
        Some(1)
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedPrevalence {
    fn predict_inplace<'a>(&'a self, _x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.fill(self.0);
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}
