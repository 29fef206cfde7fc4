//! Importance of features in bootstrap refits: how much worse the risks of tested rows become when one feature is shuffled.

use super::{Bench, Settings};
use crate::experiment::fit::FittedModel;
use crate::models::Model;
use crate::models::registry::Entry;
use crate::num::seed;
use ndarray::{Array1, Array2};
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// For each refit, the increase in mean log loss by feature; a feature that the refit does not use has 0. A refit that cannot
/// be fitted in some fold is left out.
pub(super) fn importance(bench: &Bench<'_>, entry: &Entry, settings: &Settings) -> Vec<Vec<f64>> {
    let folds = bench.plan.folds.len();
    let most = settings.importance_rows.div_ceil(folds.max(1));
    let tasks: Vec<(usize, usize)> =
        (0..settings.importance_refits).flat_map(|b| (0..folds).map(move |f| (b, f))).collect();
    let done: Vec<Option<Increase>> = tasks
        .into_par_iter()
        .map(|(b, f)| {
            let increase = of_fold(bench, entry, (b, f), most);
            bench.progress.step(1);
            increase
        })
        .collect();
    done.chunks(folds.max(1)).filter_map(mean).collect()
}

/// The sum, over the rows of one fold, of the increase in log loss by feature.
struct Increase {
    rows: usize,
    by_feature: Vec<f64>,
}

fn mean(folds: &[Option<Increase>]) -> Option<Vec<f64>> {
    let folds: Vec<&Increase> = folds.iter().map(Option::as_ref).collect::<Option<_>>()?;
    let rows: usize = folds.iter().map(|f| f.rows).sum();
    let features = folds.first().map_or(0, |f| f.by_feature.len());
    let sum = |feature: usize| folds.iter().map(|f| f.by_feature[feature]).sum::<f64>();
    (rows > 0).then(|| (0..features).map(|feature| sum(feature) / rows as f64).collect())
}

fn of_fold(
    bench: &Bench<'_>,
    entry: &Entry,
    (number, fold): (usize, usize),
    most: usize,
) -> Option<Increase> {
    let redrawn = bench.redrawn(number, fold);
    let ground = &bench.ground;
    let FittedModel { prepared, model } =
        ground.fit(entry, &ground.settings(entry, &redrawn), &redrawn.train, None).ok()?;
    let seed = ground.experiment.seed;
    let rows = some(&redrawn.test, most, seed, fold);
    let came = ground.came(&rows);
    let mut x = prepared.apply(ground.matrix, &rows);
    // One shuffle for all features of a fold, so that chance does not put one of them ahead.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.shuffle(&mut seed::stream(seed, &format!("stability/importance/{number}/fold/{fold}")));
    let before = loss(model.as_ref(), &x, &came);
    let sources = prepared.sources();
    let mut by_feature = vec![0.0; ground.matrix.features.len()];
    for (feature, increase) in by_feature.iter_mut().enumerate() {
        let columns: Vec<usize> = (0..sources.len()).filter(|&c| sources[c] == feature).collect();
        if columns.is_empty() {
            continue;
        }
        let kept: Vec<Array1<f64>> = columns.iter().map(|&c| x.column(c).to_owned()).collect();
        for (&column, values) in columns.iter().zip(&kept) {
            x.column_mut(column).iter_mut().zip(&order).for_each(|(x, &from)| *x = values[from]);
        }
        *increase = loss(model.as_ref(), &x, &came) - before;
        for (&column, values) in columns.iter().zip(&kept) {
            x.column_mut(column).assign(values);
        }
    }
    Some(Increase { rows: rows.len(), by_feature })
}

/// At most so many of the rows, the same in every refit.
fn some(rows: &[u32], most: usize, seed: u64, fold: usize) -> Vec<u32> {
    let mut rows = rows.to_vec();
    if rows.len() > most {
        rows.shuffle(&mut seed::stream(seed, &format!("stability/importance/rows/fold/{fold}")));
        rows.truncate(most);
        rows.sort_unstable();
    }
    rows
}

/// Summed log loss; infinite where something happened that was given probability zero.
fn loss(model: &dyn Model, x: &Array2<f64>, came: &[bool]) -> f64 {
    let p = model.probabilities(x);
    p.iter().zip(came).map(|(p, came)| if *came { -p.ln() } else { -(-p).ln_1p() }).sum()
}
