//! Learners: an unfitted value holds settings, a fitted one what it learned.
//!
//! In: a prepared matrix and labels as a linfa dataset. Out: probabilities of the outcome. A learner is any type with
//! linfa's [`Fit`] whose object has linfa's [`PredictInplace`] for probabilities; predicting before fitting cannot be
//! written. To add one, add a file that has its [`Entry`](registry::Entry), and a line in [`registry`].

pub mod baselines;
pub mod boosted;
pub mod boosting;
pub mod elastic_net;
pub mod forest;
pub mod linear;
pub mod logistic;
pub mod prepare;
pub mod prevalence;
pub mod registry;
pub mod settings;
pub mod tree;

use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};

/// What a learner is given: prepared features (rows × columns) and whether the outcome came.
pub type Training = DatasetBase<Array2<f64>, Array1<bool>>;

/// Why a model could not be fitted. Too little data for a model is a finding, not a crash.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// All training rows have the same label.
    #[error("all training rows have the same answer, so there is nothing to learn")]
    OneClass,
    /// The solver did not reach the optimum.
    #[error("the fit did not converge in {0} steps")]
    NotConverged(usize),
    /// The model's chances could not be recalibrated.
    #[error("its predicted chances could not be adjusted: {0}")]
    Recalibration(&'static str),
    /// linfa refused the data or the settings.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
    /// hessboost refused the data or the settings.
    #[error(transparent)]
    Boosting(#[from] hessboost::error::HessboostError),
    /// The Newton step could not be solved for.
    #[error("the features are so nearly alike that no single best fit exists; a larger penalty would help")]
    Singular,
}

/// A fitted model.
pub trait Model: Send + Sync {
    /// The probability of the outcome for each row of `x`, prepared as the training rows were.
    fn probabilities(&self, x: &Array2<f64>) -> Array1<f64>;
}

/// An unfitted model: settings only.
pub trait Learner: Send + Sync {
    /// Learns from the training rows.
    ///
    /// # Errors
    /// Returns an error if nothing can be learned from them.
    fn learn(&self, data: &Training) -> Result<Box<dyn Model>, FitError>;
}

impl<L> Learner for L
where
    L: Fit<Array2<f64>, Array1<bool>, FitError> + Send + Sync,
    L::Object: PredictInplace<Array2<f64>, Array1<f64>> + Send + Sync + 'static,
{
    fn learn(&self, data: &Training) -> Result<Box<dyn Model>, FitError> {
        Ok(Box::new(Fitted(self.fit(data)?)))
    }
}

struct Fitted<P>(P);

impl<P: PredictInplace<Array2<f64>, Array1<f64>> + Send + Sync> Model for Fitted<P> {
    fn probabilities(&self, x: &Array2<f64>) -> Array1<f64> {
        let mut out = self.0.default_target(x);
        self.0.predict_inplace(x, &mut out);
        out
    }
}
