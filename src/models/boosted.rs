//! What the learners made of hessboost's trees have in common.

use super::saved::{LoadError, SaveError, Saved};
use super::{FitError, Learned, Model, Origin, Training, both_classes, select};
use hessboost::config::{Monotone, TrainingParams};
use hessboost::data::{BinnedMatrix, DMatrix};
use hessboost::model::{BoostedModel, Iterations, ModelFormat};
use hessboost::training::{Trainer, train};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};
use serde_json::json;
use std::num::NonZeroUsize;

/// The library's own number of bins of a column.
const MAX_BINS: usize = 256;

/// Trees that give probabilities.
#[derive(Debug)]
pub struct FittedTrees(BoostedModel);

/// Which way estimates may go with a column.
pub(super) fn monotone(way: i8) -> Monotone {
    match way {
        1.. => Monotone::Increasing,
        0 => Monotone::None,
        _ => Monotone::Decreasing,
    }
}

/// Fits trees; missing values are not numbers.
pub(super) fn fit(
    params: &TrainingParams,
    rounds: usize,
    data: &Training,
    origin: &Origin,
) -> Result<FittedTrees, FitError> {
    both_classes(data)?;
    Ok(FittedTrees(train(params, &matrix(data, origin)?, rounds)?))
}

/// Fits one round with each of `all`, which differ by their seeds only, and takes the mean.
pub(super) fn fit_mean(
    all: &[TrainingParams],
    data: &Training,
    origin: &Origin,
) -> Result<FittedTrees, FitError> {
    both_classes(data)?;
    // Bins alone are kept while trees grow, not the values as well.
    let bins = BinnedMatrix::new(&matrix(data, origin)?, MAX_BINS)?;
    let parts: Vec<BoostedModel> =
        all.iter().map(|params| train(params, &bins, 1)).collect::<Result<_, _>>()?;
    Ok(FittedTrees(BoostedModel::average(&parts)?))
}

/// The number of rounds, at most `rounds`, after which the log-loss of the rows `watch` is lowest for trees fitted to the rows
/// `learn`; fitting stops when it was no lower for `patience` rounds. `rounds` where one of the two has outcomes of one kind
/// only, from which nothing can be seen.
pub(super) fn best_rounds(
    params: &TrainingParams,
    (rounds, patience): (usize, NonZeroUsize),
    data: &Training,
    origin: &Origin,
    (learn, watch): (&[usize], &[usize]),
) -> Result<usize, FitError> {
    let parts = [learn, watch].map(|rows| select(data, rows));
    if parts.iter().any(|part| both_classes(part).is_err()) {
        return Ok(rounds);
    }
    let learn = matrix(&parts[0], &origin.select(learn))?;
    let watch = matrix(&parts[1], &origin.select(watch))?;
    let found = Trainer::new(params, &learn, rounds).eval(&watch, "watch").early_stopping_rounds(patience);
    Ok(found.train()?.model.best_iteration().map_or(rounds, |best| best + 1))
}

fn matrix(data: &Training, origin: &Origin) -> Result<DMatrix, FitError> {
    let labels: Vec<f32> = data.targets.iter().map(|y| f32::from(u8::from(*y))).collect();
    let children: Vec<u64> = origin.child.iter().map(|child| u64::from(*child)).collect();
    let (rows, columns) = data.records.dim();
    let mut matrix = DMatrix::from_dense_vec(narrow(&data.records), rows, columns)?
        .with_labels(&labels)?
        .with_split_groups(&children)?;
    if let Some(weights) = data.weights() {
        matrix = matrix.with_weights(weights)?;
    }
    Ok(matrix)
}

fn narrow(x: &Array2<f64>) -> Vec<f32> {
    x.iter().map(|v| *v as f32).collect()
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedTrees {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        // Rows of another width are a fault of ours, and show as what is no number.
        y.fill(f64::NAN);
        if let Ok(found) = self.0.predict_rows(&narrow(x), Iterations::Best) {
            for (y, p) in y.iter_mut().zip(found.as_slice()) {
                // Means of single precision can overshoot by a rounding error.
                *y = f64::from(*p).clamp(0.0, 1.0);
            }
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl Learned for FittedTrees {
    fn saved(&self) -> Result<Saved, SaveError> {
        let binary = self.0.encode(ModelFormat::Binary).map_err(SaveError::new)?;
        Ok(Saved { json: json!({ "trees": self.0.num_trees(), "format": "hessboost" }), binary })
    }

    fn xgboost_json(&self) -> Option<Result<Vec<u8>, SaveError>> {
        Some(self.0.encode(ModelFormat::XgboostJson).map_err(SaveError::new))
    }
}

/// Reads trees.
pub(super) fn load(saved: &Saved) -> Result<Box<dyn Model>, LoadError> {
    let model = BoostedModel::decode(&saved.binary, ModelFormat::Binary).map_err(LoadError::new)?;
    Ok(Box::new(FittedTrees(model)))
}
