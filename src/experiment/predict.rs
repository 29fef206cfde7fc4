//! Out-of-fold predictions: each row is predicted by a model that saw neither it nor its household.

use super::Experiment;
use super::recalibrate::recalibrated;
use crate::cohort::Cohort;
use crate::evaluate::Scores;
use crate::features::Matrix;
use crate::models::registry::{Entry, REGISTRY};
use crate::models::{FitError, Training, prepare};
use crate::split::{Fold, Plan};
use ndarray::Array1;
use rayon::prelude::*;

/// A model that could not be fitted in a fold.
#[derive(Debug, thiserror::Error)]
#[error("the model `{model}` could not be fitted in the fold \"{fold}\": {source}")]
pub struct PredictError {
    /// Model id.
    pub model: &'static str,
    /// Fold name.
    pub fold: String,
    /// Why.
    pub source: FitError,
}

/// The learners of an experiment, in the registry's order.
pub fn entries(experiment: &Experiment) -> impl Iterator<Item = &'static Entry> {
    REGISTRY.iter().filter(|e| experiment.learners.contains(&e.id))
}

/// Fits every learner in every fold and predicts the fold's test rows, and again with recalibrated chances where that is
/// asked. Scores stand fold after fold, each fold's test rows in order.
///
/// # Errors
/// Returns the first fit, in order, that failed.
pub fn predict(
    experiment: &Experiment,
    cohort: &Cohort,
    matrix: &Matrix,
    plan: &Plan,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Scores>, PredictError> {
    let tasks: Vec<(&Entry, &Fold)> =
        entries(experiment).flat_map(|e| plan.folds.iter().map(move |f| (e, f))).collect();
    let done: Vec<Result<Predicted, PredictError>> = tasks
        .into_par_iter()
        .map(|(entry, fold)| {
            let scores = fit_and_predict(experiment, cohort, matrix, entry, fold);
            progress(1);
            scores.map_err(|source| PredictError { model: entry.id, fold: fold.name.clone(), source })
        })
        .collect();
    let mut done = done.into_iter();
    let mut scores = Vec::new();
    for entry in entries(experiment) {
        let (mut plain, mut adjusted) = (Vec::new(), Vec::new());
        for (fold, predicted) in plan.folds.iter().zip(done.by_ref()) {
            let predicted = predicted?;
            plain.extend(predicted.plain);
            if let Some(of_fold) = predicted.adjusted {
                let fault = |source| PredictError { model: entry.id, fold: fold.name.clone(), source };
                adjusted.extend(of_fold.map_err(fault)?);
            }
        }
        scores.push(Scores { model: entry.id.to_owned(), p: plain });
        if !adjusted.is_empty() {
            scores.push(Scores { model: recalibrated(entry.id), p: adjusted });
        }
    }
    Ok(scores)
}

/// The chances of a fold's test rows.
pub(super) struct Predicted {
    pub(super) plain: Vec<f64>,
    /// Recalibrated, where that is asked: it can fail where the fit does not.
    pub(super) adjusted: Option<Result<Vec<f64>, FitError>>,
}

/// Fits a model on the training rows of a fold and predicts its test rows.
pub(super) fn fit_and_predict(
    experiment: &Experiment,
    cohort: &Cohort,
    matrix: &Matrix,
    entry: &Entry,
    fold: &Fold,
) -> Result<Predicted, FitError> {
    let prepared = prepare::learn(matrix, &fold.train, &entry.wants);
    let label = |rows: &[u32]| rows.iter().map(|&i| cohort.rows[i as usize].label).collect::<Vec<bool>>();
    let training = Training::new(prepared.apply(matrix, &fold.train), Array1::from(label(&fold.train)));
    let model = entry.learner(&experiment.models).learn(&training)?;
    drop(training);
    let chances = |rows: &[u32]| model.probabilities(&prepared.apply(matrix, rows)).to_vec();
    let plain = chances(&fold.test);
    let how = experiment.recalibrate.as_ref().filter(|r| r.learners.contains(&entry.id));
    let adjusted = how.map(|how| how.apply(&chances(&fold.calibrate), &label(&fold.calibrate), &plain));
    Ok(Predicted { plain, adjusted })
}
