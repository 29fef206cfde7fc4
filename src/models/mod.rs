//! Learners: an unfitted value holds settings, a fitted one what it learned.
//!
//! In: a prepared matrix and labels as a linfa dataset, and whose rows they are. Out: probabilities of the outcome. A learner
//! is any type with linfa's [`Fit`] whose object has linfa's [`PredictInplace`] for probabilities and can be kept
//! ([`Learned`]), or a [`Learner`] of its own where it must know which rows are of one child; predicting before fitting
//! cannot be written. [`adapters`] make a learner of any estimator of linfa's, and an estimator of any learner. To add one, add
//! a file that has its [`Entry`](registry::Entry), and a line in [`registry`].

pub mod adapters;
pub mod baselines;
pub mod boosted;
pub mod boosting;
pub mod ebm;
pub mod elastic_net;
pub mod forest;
pub mod ftrl;
pub mod linear;
pub mod logistic;
pub mod naive_bayes;
pub mod prepare;
pub mod prevalence;
pub mod registry;
pub mod saved;
pub mod scorecard;
pub mod settings;
pub mod spline;
pub mod stacking;
pub mod target;
pub mod time;
pub mod tree;

use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, Axis};
use saved::Saved;
use std::collections::BTreeSet;

/// What a learner is given: prepared features (rows × columns) and whether the outcome came.
pub type Training = DatasetBase<Array2<f64>, Array1<bool>>;

/// Whose the training rows are, row by row, and which way estimates may go, column by column; codes have no meaning but that equal ones are the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The child.
    pub child: Vec<u32>,
    /// The household.
    pub household: Vec<u32>,
    /// The day of the prediction, as a number of days.
    pub day: Vec<i32>,
    /// For each prepared column, whether the estimate may only rise (1) or only fall (-1) with it, or both ways (0); empty
    /// where nothing is asked.
    pub direction: Vec<i8>,
}

impl Origin {
    /// Rows of as many children and households, all of one day.
    #[must_use]
    pub fn apart(rows: usize) -> Self {
        let codes: Vec<u32> = (0..rows as u32).collect();
        Self { child: codes.clone(), household: codes, day: vec![0; rows], direction: Vec::new() }
    }

    /// Some of the rows, in the order given.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            child: rows.iter().map(|i| self.child[*i]).collect(),
            household: rows.iter().map(|i| self.household[*i]).collect(),
            day: rows.iter().map(|i| self.day[*i]).collect(),
            direction: self.direction.clone(),
        }
    }
}

impl Origin {
    /// A number that orders codes at random, but always the same way: `SplitMix64`'s last step (Steele, Lea and Flood 2014, OOPSLA).
    pub(crate) fn digest(code: u32) -> u64 {
        let mut z = u64::from(code).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The rows of all but some households, and those of these: about `share` of the households, by a digest of their codes.
    /// Each in rising order; `None` where there are too few households for two parts.
    ///
    /// Not the latest households: those whose last referral is late are those that came back, so that a model would be
    /// judged on cases that were chosen by their outcome.
    #[must_use]
    pub fn hold_out(&self, share: f64) -> Option<(Vec<usize>, Vec<usize>)> {
        let codes: BTreeSet<u32> = self.household.iter().copied().collect();
        let mut codes: Vec<u32> = codes.into_iter().collect();
        codes.sort_by_key(|code| Self::digest(*code));
        let held = (share * codes.len() as f64).round() as usize;
        if held == 0 || held == codes.len() {
            return None;
        }
        let held: BTreeSet<u32> = codes.into_iter().take(held).collect();
        Some((0..self.household.len()).partition(|i| !held.contains(&self.household[*i])))
    }
}

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
    /// A library refused the data or the settings.
    #[error(transparent)]
    Library(Box<dyn std::error::Error + Send + Sync>),
    /// The Newton step could not be solved for.
    #[error("the features are so nearly alike that no single best fit exists; a larger penalty would help")]
    Singular,
}

impl FitError {
    /// What a library said.
    pub fn library(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Library(Box::new(error))
    }
}

impl From<linfa::Error> for FitError {
    fn from(error: linfa::Error) -> Self {
        Self::library(error)
    }
}

impl From<hessboost::error::HessboostError> for FitError {
    fn from(error: hessboost::error::HessboostError) -> Self {
        Self::library(error)
    }
}

/// Whether the outcome came for some rows and not for others.
pub(crate) fn both_classes(data: &Training) -> Result<(), FitError> {
    let events = data.targets.iter().filter(|y| **y).count();
    if events == 0 || events == data.targets.len() { Err(FitError::OneClass) } else { Ok(()) }
}

/// Some rows of `data`, in the order given, with their weights.
pub(crate) fn select(data: &Training, rows: &[usize]) -> Training {
    let part = Training::new(data.records.select(Axis(0), rows), data.targets.select(Axis(0), rows));
    match data.weights() {
        Some(weights) => part.with_weights(rows.iter().map(|i| weights[*i]).collect()),
        None => part,
    }
}

/// What a fitted object is besides its predictions.
pub trait Learned {
    /// What is kept of it: enough to predict, and no training row.
    ///
    /// # Errors
    /// With an object that has no such form.
    fn saved(&self) -> Result<Saved, saved::SaveError>;

    /// Intercept and one weight a prepared column, where these are the whole model on the log-odds.
    fn weights(&self) -> Option<(f64, Vec<f64>)> {
        None
    }

    /// The card of points, where that is the whole model.
    fn card(&self) -> Option<&scorecard::Card> {
        None
    }

    /// The curves and tables, where their sum is the whole model on the log-odds.
    fn shapes(&self) -> Option<&ebm::FittedEbm> {
        None
    }

    /// Numbers that were learned, where the object itself can tell.
    fn parameters(&self) -> Option<u64> {
        None
    }

    /// The leaf that each row of `x` falls in and the number of leaves, where the model is one tree.
    fn leaves(&self, _x: &Array2<f64>) -> Option<(Vec<u32>, usize)> {
        None
    }

    /// The model in the JSON of `XGBoost`, where it is made of trees.
    fn xgboost_json(&self) -> Option<Result<Vec<u8>, saved::SaveError>> {
        None
    }
}

/// A fitted model.
pub trait Model: Send + Sync + Learned {
    /// The probability of the outcome for each row of `x`, prepared as the training rows were.
    fn probabilities(&self, x: &Array2<f64>) -> Array1<f64>;
}

/// An unfitted model: settings only.
pub trait Learner: Send + Sync {
    /// Learns from the training rows, whose origin is given row by row.
    ///
    /// # Errors
    /// Returns an error if nothing can be learned from them.
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError>;
}

impl<L> Learner for L
where
    L: Fit<Array2<f64>, Array1<bool>, FitError> + Send + Sync,
    L::Object: PredictInplace<Array2<f64>, Array1<f64>> + Learned + Send + Sync + 'static,
{
    fn learn(&self, data: &Training, _origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        Ok(Box::new(self.fit(data)?))
    }
}

impl<P: PredictInplace<Array2<f64>, Array1<f64>> + Learned + Send + Sync> Model for P {
    fn probabilities(&self, x: &Array2<f64>) -> Array1<f64> {
        let mut out = self.default_target(x);
        self.predict_inplace(x, &mut out);
        out
    }
}
