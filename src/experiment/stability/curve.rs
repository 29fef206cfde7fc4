//! The learning curve: models that learn from a part of the households of each fold.

use super::{Bench, Chosen, Settings};
use crate::evaluate::stability::Trained;
use crate::evaluate::stability::learning_curve::SHARES;
use crate::num::seed;
use crate::split::Fold;
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Fits of one model in one fold.
pub(super) fn fits(settings: &Settings) -> u64 {
    ((SHARES.len() - 1) * settings.curve_draws) as u64
}

/// The risks of all tested rows by share of households. All households is the run's own model, `original`, and is not
/// fitted again. A share that cannot be fitted in some fold has no draws.
pub(super) fn trained(
    bench: &Bench<'_>,
    model: &Chosen,
    settings: &Settings,
    original: &[f64],
) -> Vec<Trained> {
    let folds = bench.plan.folds.len();
    let parts = &SHARES[..SHARES.len() - 1];
    let tasks: Vec<(f64, usize, usize)> = parts
        .iter()
        .flat_map(|&share| (0..settings.curve_draws).map(move |draw| (share, draw)))
        .flat_map(|(share, draw)| (0..folds).map(move |fold| (share, draw, fold)))
        .collect();
    let done: Vec<(usize, Option<Vec<f64>>)> = tasks
        .into_par_iter()
        .map(|(share, draw, fold)| {
            let part = bench.part(share, draw, fold);
            (part.train.len(), bench.predict(model, &part))
        })
        .collect();
    let mean = |rows: usize, folds: usize| rows as f64 / folds.max(1) as f64;
    let mut all: Vec<Trained> = parts
        .iter()
        .zip(done.chunks((settings.curve_draws * folds).max(1)))
        .map(|(&share, fitted)| {
            let draws: Option<Vec<Vec<f64>>> = fitted
                .chunks(folds.max(1))
                .map(|folds| Some(folds.iter().map(|(_, p)| p.clone()).collect::<Option<Vec<_>>>()?.concat()))
                .collect();
            let rows = mean(fitted.iter().map(|(rows, _)| rows).sum(), fitted.len());
            Trained { share, rows, draws: draws.unwrap_or_default() }
        })
        .collect();
    let rows = mean(bench.plan.folds.iter().map(|f| f.train.len()).sum(), folds);
    all.push(Trained { share: 1.0, rows, draws: vec![original.to_vec()] });
    all
}

impl Bench<'_> {
    /// The fold with this share of its training households, at least one. A larger share of the same draw holds all
    /// households of a smaller one.
    pub(super) fn part(&self, share: f64, draw: usize, fold: usize) -> Fold {
        let of = &self.plan.folds[fold];
        let mut homes = self.homes(of);
        homes.shuffle(&mut seed::stream(
            self.ground.experiment.seed,
            &format!("stability/curve/{draw}/fold/{fold}"),
        ));
        // 0.6 of 10 is 6.000000000000001 to some computers.
        homes.truncate(((share * homes.len() as f64 - 1e-9).ceil() as usize).max(1));
        let mut rows = homes.concat();
        rows.sort_unstable();
        self.trained_on(of, rows)
    }
}
