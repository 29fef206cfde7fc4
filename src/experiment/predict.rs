//! Out-of-fold predictions: each row is predicted by a model that saw neither it nor its household.

use super::Experiment;
use super::fit::{FittedModel, Ground};
use super::privacy::structure;
use super::recalibrate::recalibrated;
use crate::evaluate::Scores;
use crate::models::FitError;
use crate::models::registry::{Entry, REGISTRY};
use crate::privacy::anonymity::Structure;
use crate::split::{Fold, Plan};
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
/// asked. Scores stand fold after fold, each fold's test rows in order. In the fold with fewest rows to learn from, each model
/// is also asked what it holds on to of the children in them.
///
/// # Errors
/// Returns the first fit, in order, that failed.
pub fn predict(
    ground: &Ground<'_>,
    plan: &Plan,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Vec<Scores>, Vec<Structure>), PredictError> {
    let experiment = ground.experiment;
    let smallest = plan.folds.iter().map(|fold| fold.train.len()).min();
    let smallest = plan.folds.iter().position(|fold| Some(fold.train.len()) == smallest);
    let tasks: Vec<(&Entry, usize)> =
        entries(experiment).flat_map(|e| (0..plan.folds.len()).map(move |f| (e, f))).collect();
    let done: Vec<Result<(Predicted, Option<Structure>), PredictError>> = tasks
        .into_par_iter()
        .map(|(entry, at)| {
            let fold = &plan.folds[at];
            let fault = |source| PredictError { model: entry.id, fold: fold.name.clone(), source };
            let settings = ground.settings(entry, fold);
            let fitted = ground.fit(entry, &settings, &fold.train, None).map_err(fault);
            let found = fitted.map(|fitted| {
                let of = || structure::of(ground, (entry, &settings), &fitted, &fold.train);
                (predicted(ground, entry, fold, &fitted), (Some(at) == smallest).then(of))
            });
            progress(1);
            found
        })
        .collect();
    let mut done = done.into_iter();
    let (mut scores, mut structures) = (Vec::new(), Vec::new());
    for entry in entries(experiment) {
        let (mut plain, mut adjusted) = (Vec::new(), Vec::new());
        for (fold, found) in plan.folds.iter().zip(done.by_ref()) {
            let (predicted, structure) = found?;
            structures.extend(structure);
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
    Ok((scores, structures))
}

/// The chances of a fold's test rows.
pub(super) struct Predicted {
    pub(super) plain: Vec<f64>,
    /// Recalibrated, where that is asked: it can fail where the fit does not.
    pub(super) adjusted: Option<Result<Vec<f64>, FitError>>,
}

/// Fits a model on the training rows of a fold, with the settings chosen for it, and predicts its test rows.
pub(super) fn fit_and_predict(
    ground: &Ground<'_>,
    entry: &Entry,
    fold: &Fold,
) -> Result<Predicted, FitError> {
    let fitted = ground.fit(entry, &ground.settings(entry, fold), &fold.train, None)?;
    Ok(predicted(ground, entry, fold, &fitted))
}

/// Predicts the test rows of a fold.
fn predicted(ground: &Ground<'_>, entry: &Entry, fold: &Fold, fitted: &FittedModel) -> Predicted {
    let chances = |rows: &[u32]| fitted.chances(ground.matrix, rows).to_vec();
    let plain = chances(&fold.test);
    let how = ground.experiment.recalibrate.as_ref().filter(|r| r.learners.contains(&entry.id));
    let adjusted = how.map(|how| how.apply(&chances(&fold.calibrate), &ground.came(&fold.calibrate), &plain));
    Predicted { plain, adjusted }
}
