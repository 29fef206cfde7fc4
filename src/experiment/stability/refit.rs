//! Bootstrap refits: the model of each fold, had other households been drawn to learn from.

use super::{Bench, Chosen};
use crate::experiment::predict::fit_and_predict;
use crate::num::seed;
use crate::split::Fold;
use rand::RngExt;
use rayon::prelude::*;

impl Bench<'_> {
    /// The rows of each training household of a fold, in order.
    pub(super) fn homes<'f>(&self, fold: &'f Fold) -> Vec<&'f [u32]> {
        // A cohort's rows are sorted by household.
        fold.train
            .chunk_by(|a, b| self.ground.household[*a as usize] == self.ground.household[*b as usize])
            .collect()
    }

    /// The fold with other rows to learn from.
    pub(super) fn trained_on(&self, fold: &Fold, train: Vec<u32>) -> Fold {
        Fold { train, ..fold.clone() }
    }

    /// The fold with as many training households as it has, drawn with replacement: the rows of one drawn twice stand
    /// there twice. The draw depends on the seed, the fold and the refit's number alone, so that all models see the same.
    pub(super) fn redrawn(&self, number: usize, fold: usize) -> Fold {
        let of = &self.plan.folds[fold];
        let homes = self.homes(of);
        let mut drawn = vec![0_u32; homes.len()];
        let mut stream =
            seed::stream(self.ground.experiment.seed, &format!("stability/refit/{number}/fold/{fold}"));
        for _ in 0..homes.len() {
            drawn[stream.random_range(0..homes.len())] += 1;
        }
        let rows = homes.iter().zip(&drawn).flat_map(|(rows, &times)| {
            rows.iter().flat_map(move |row| std::iter::repeat_n(*row, times as usize))
        });
        self.trained_on(of, rows.collect())
    }

    /// Fits a model on the training rows of a fold, with the settings chosen for the run's own model, and predicts its test
    /// rows; `None` if it cannot be fitted or, where the model is recalibrated, its chances cannot be adjusted.
    pub(super) fn predict(&self, model: &Chosen, fold: &Fold) -> Option<Vec<f64>> {
        let scores = fit_and_predict(&self.ground, model.entry, fold);
        self.progress.step(1);
        let scores = scores.ok()?;
        if model.id == model.entry.id { Some(scores.plain) } else { scores.adjusted?.ok() }
    }
}

/// The risks of all tested rows in each bootstrap refit, and how many refits are left out because some fold could not be
/// fitted.
pub(super) fn scores(bench: &Bench<'_>, model: &Chosen, refits: usize) -> (Vec<Vec<f64>>, u64) {
    let folds = bench.plan.folds.len();
    let tasks: Vec<(usize, usize)> = (0..refits).flat_map(|b| (0..folds).map(move |f| (b, f))).collect();
    let done: Vec<Option<Vec<f64>>> =
        tasks.into_par_iter().map(|(b, f)| bench.predict(model, &bench.redrawn(b, f))).collect();
    let mut done = done.into_iter();
    let whole: Vec<Option<Vec<f64>>> = (0..refits)
        .map(|_| {
            let parts: Vec<Option<Vec<f64>>> = done.by_ref().take(folds).collect();
            parts.into_iter().collect::<Option<Vec<_>>>().map(|parts| parts.concat())
        })
        .collect();
    let failed = whole.iter().filter(|scores| scores.is_none()).count() as u64;
    (whole.into_iter().flatten().collect(), failed)
}
