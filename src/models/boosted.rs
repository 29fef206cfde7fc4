//! What the learners made of hessboost's trees have in common.

use super::FitError;
use hessboost::config::TrainingParams;
use hessboost::data::DMatrix;
use hessboost::model::{BoostedModel, Iterations};
use hessboost::training::train;
use linfa::DatasetBase;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

/// Trees that give probabilities.
#[derive(Debug)]
pub struct FittedTrees(BoostedModel);

/// Fits trees; missing values are not numbers.
pub(super) fn fit(
    params: &TrainingParams,
    rounds: usize,
    data: &DatasetBase<Array2<f64>, Array1<bool>>,
) -> Result<FittedTrees, FitError> {
    let events = data.targets.iter().filter(|y| **y).count();
    if events == 0 || events == data.targets.len() {
        return Err(FitError::OneClass);
    }
    let labels: Vec<f32> = data.targets.iter().map(|y| f32::from(u8::from(*y))).collect();
    let (rows, columns) = data.records.dim();
    let mut matrix = DMatrix::from_dense_vec(narrow(&data.records), rows, columns)?.with_labels(&labels)?;
    if let Some(weights) = data.weights() {
        matrix = matrix.with_weights(weights)?;
    }
    Ok(FittedTrees(train(params, &matrix, rounds)?))
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
