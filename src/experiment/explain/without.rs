//! What a part of the records adds: the run's own predictions against those of models trained without it, on the same folds,
//! with the settings that were chosen with it.

use super::Bench;
use crate::evaluate::stability::{Ranged, Tested, gains};
use crate::experiment::fit::Ground;
use crate::experiment::predict::fit_and_predict;
use crate::experiment::run::Progress;
use crate::explain::found::Reading;
use crate::features::Matrix;
use rayon::prelude::*;

impl Bench<'_> {
    /// Gain in AUROC and average precision by `features`.
    pub(super) fn adds(&self, features: &[usize], progress: &dyn Progress) -> Reading<[Ranged; 2]> {
        if !self.settings.without_sources {
            return Err("the experiment does not ask for it".to_owned());
        }
        let (ground, input) = (&self.made.ground, self.made.input);
        let matrix = without(ground.matrix, features);
        let ground = Ground { matrix: &matrix, ..*ground };
        let parts: Result<Vec<Vec<f64>>, String> = self
            .made
            .plan
            .folds
            .par_iter()
            .map(|fold| {
                let predicted = fit_and_predict(&ground, self.entry, fold);
                progress.step(1);
                predicted.map(|p| p.plain).map_err(|reason| reason.to_string())
            })
            .collect();
        let full = input.scores.iter().find(|s| s.model == self.entry.id);
        let full = full.ok_or_else(|| "the run has no such model".to_owned())?;
        let tested = Tested { y: &input.y, fold: &input.fold, household: &input.household };
        let experiment = ground.experiment;
        gains(&full.p, &parts?.concat(), &tested, experiment.replicates, experiment.seed)
    }
}

/// A matrix without some of its features.
fn without(matrix: &Matrix, features: &[usize]) -> Matrix {
    let kept: Vec<usize> = (0..matrix.features.len()).filter(|i| !features.contains(i)).collect();
    let rows = matrix.values.chunks_exact(matrix.features.len().max(1));
    Matrix {
        features: kept.iter().map(|&i| matrix.features[i].clone()).collect(),
        values: rows.flat_map(|row| kept.iter().map(|&i| row[i])).collect(),
    }
}
