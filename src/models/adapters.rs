//! linfa's estimators as learners, and learners as estimators of linfa's.

use super::saved::{SaveError, Saved};
use super::{FitError, Learned, Learner, Model, Origin, Training, both_classes};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};
use serde::Serialize;
use std::marker::PhantomData;

/// An estimator of linfa's for classes as a learner: `chances` takes the probabilities of the outcome from what it fits,
/// because estimators give classes, and each has its own way to probabilities.
#[expect(missing_debug_implementations, reason = "it holds what others made")]
pub struct FromLinfa<E, P, F> {
    estimator: E,
    chances: P,
    fault: PhantomData<fn() -> F>,
}

/// What [`FromLinfa`] fitted.
#[derive(Debug)]
pub struct FittedFromLinfa<O, P> {
    /// What linfa fitted.
    pub object: O,
    /// The way from it to probabilities.
    pub chances: P,
}

impl<E, P, F> FromLinfa<E, P, F>
where
    E: Fit<Array2<f64>, Array1<bool>, F>,
    F: std::error::Error + From<linfa::Error>,
    P: Fn(&E::Object, &Array2<f64>) -> Array1<f64>,
{
    /// Of an estimator and the probabilities that its object gives.
    pub fn new(estimator: E, chances: P) -> Self {
        Self { estimator, chances, fault: PhantomData }
    }
}

impl<E, P, F> Fit<Array2<f64>, Array1<bool>, FitError> for FromLinfa<E, P, F>
where
    E: Fit<Array2<f64>, Array1<bool>, F>,
    F: std::error::Error + From<linfa::Error> + Send + Sync + 'static,
    P: Fn(&E::Object, &Array2<f64>) -> Array1<f64> + Clone,
{
    type Object = FittedFromLinfa<E::Object, P>;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<Self::Object, FitError> {
        both_classes(data)?;
        let object = self.estimator.fit(data).map_err(FitError::library)?;
        Ok(FittedFromLinfa { object, chances: self.chances.clone() })
    }
}

impl<O, P: Fn(&O, &Array2<f64>) -> Array1<f64>> PredictInplace<Array2<f64>, Array1<f64>>
    for FittedFromLinfa<O, P>
{
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.assign(&(self.chances)(&self.object, x));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl<O: Serialize, P> Learned for FittedFromLinfa<O, P> {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(&self.object)
    }
}

/// A learner as an estimator of linfa's that gives probabilities; every row is taken for a child and a household of its own.
#[expect(missing_debug_implementations, reason = "it holds what others made")]
pub struct IntoLinfa(pub Box<dyn Learner>);

/// A fitted model as linfa's.
#[expect(missing_debug_implementations, reason = "it holds what others made")]
pub struct FittedIntoLinfa(Box<dyn Model>);

impl Fit<Array2<f64>, Array1<bool>, FitError> for IntoLinfa {
    type Object = FittedIntoLinfa;

    fn fit(&self, data: &Training) -> Result<FittedIntoLinfa, FitError> {
        Ok(FittedIntoLinfa(self.0.learn(data, &Origin::apart(data.targets.len()))?))
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedIntoLinfa {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.assign(&self.0.probabilities(x));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl Learned for FittedIntoLinfa {
    fn saved(&self) -> Result<Saved, SaveError> {
        self.0.saved()
    }
}
