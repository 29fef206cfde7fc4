//! What the models of a run go by: `[explain]` of an experiment file.
//!
//! In: what the stages of a run made. Out: an [`Explanation`] a learner, exact. The learner is taught once more in every fold, as
//! it was for the run ([`Taught`]); then facts are mixed up among tested rows ([`mixed`]), contributions are
//! read from the models ([`pushes`]), curves drawn ([`curves`]) and, where all data are simulated, one case shown
//! ([`case`]). Models trained without a part of the records are in [`without`]. Chances are those before any adjustment.

mod case;
mod curves;
mod mixed;
pub mod one;
mod pushes;
pub mod settings;
mod story;
#[cfg(test)]
mod tests;
mod without;

pub use settings::Settings;

use super::fit::{FittedModel, Ground};
use super::ingredients::Made;
use super::predict::entries;
use super::recalibrate::recalibrated;
use super::run::Progress;
use crate::evaluate::stability::rank_stability;
use crate::explain::found::{Explanation, Facts, Source};
use crate::explain::permutation::shuffled;
use crate::explain::ranking;
use crate::features::source_group::SourceGroup;
use crate::models::FitError;
use crate::models::registry::Entry;
use crate::num::seed;
use crate::split::Fold;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A fold with its model and the rows that are looked at.
struct Taught {
    fitted: FittedModel,
    /// Tested rows, some of them if there are many, in order.
    rows: Vec<u32>,
    /// Training rows that contributions are counted from.
    background: Vec<u32>,
    /// Permutations of `rows`.
    orders: Vec<Vec<usize>>,
}

/// A learner's models and what they are asked about.
struct Bench<'a> {
    made: &'a Made<'a>,
    settings: &'a Settings,
    entry: &'static Entry,
    folds: Vec<Taught>,
    /// Features by part of the records.
    sources: BTreeMap<SourceGroup, Vec<usize>>,
}

/// Explains the learners that the experiment asks for; none where it does not ask.
pub(super) fn measure(made: &Made<'_>, progress: &dyn Progress) -> Vec<Explanation> {
    let experiment = made.ground.experiment;
    let Some(settings) = &experiment.explain else { return Vec::new() };
    let asked = |e: &&'static Entry| match settings.models[..] {
        [] => e.id == experiment.candidate || recalibrated(e.id) == experiment.candidate,
        _ => settings.models.contains(&e.id),
    };
    let models: Vec<&'static Entry> = entries(experiment).filter(asked).collect();
    let sources = sources(&made.ground);
    let refits = if settings.without_sources { sources.len() } else { 0 };
    let steps = models.len() * made.plan.folds.len() * (2 + refits);
    progress.stage("finding what the models go by", steps as u64);
    models.into_iter().map(|entry| of_model(made, settings, entry, progress)).collect()
}

fn of_model(
    made: &Made<'_>,
    settings: &Settings,
    entry: &'static Entry,
    progress: &dyn Progress,
) -> Explanation {
    let sources = sources(&made.ground);
    let taught: Result<Vec<Taught>, FitError> = (0..made.plan.folds.len())
        .into_par_iter()
        .map(|fold| {
            let taught = teach(made, settings, entry, fold);
            progress.step(1);
            taught
        })
        .collect();
    let folds = match taught {
        Ok(folds) => folds,
        // It was fitted to the same rows before, so that this is not to be expected.
        Err(reason) => return nothing(entry, &reason.to_string()),
    };
    let bench = Bench { made, settings, entry, folds, sources };
    let mixed = bench.mixed(&|n| progress.step(n));
    let pushes = if bench.weighed() { Err(WEIGHED.to_owned()) } else { bench.pushes() };
    let facts = facts(&bench, &mixed.facts, pushes.as_ref().ok());
    let first: Vec<usize> = facts.iter().flat_map(|f| f.leading.iter().map(|l| l.feature)).collect();
    Explanation {
        model: entry.id.to_owned(),
        folds: bench.folds.len() as u64,
        rows: bench.folds.iter().map(|f| f.rows.len() as u64).sum(),
        permutations: settings.permutations as u64,
        background: settings.background as u64,
        sources: found_sources(&bench, mixed.sources, progress),
        pushes: pushes.as_ref().map(|p| p.how).map_err(Clone::clone),
        facts,
        curves: if bench.weighed() { Vec::new() } else { bench.curves(&first) },
        case: settings.case.then(|| if bench.weighed() { Err(WEIGHED.to_owned()) } else { bench.case() }),
    }
}

/// Why no chance of a model is shown that learned with class weights.
const WEIGHED: &str = "it learned with class weights, so that its chances are wrong before they are adjusted";

/// What there is to say where a learner could not be taught again.
fn nothing(entry: &Entry, reason: &str) -> Explanation {
    Explanation {
        model: entry.id.to_owned(),
        folds: 0,
        rows: 0,
        permutations: 0,
        background: 0,
        sources: Vec::new(),
        facts: Err(reason.to_owned()),
        pushes: Err(reason.to_owned()),
        curves: Vec::new(),
        case: None,
    }
}

/// The features of each part of the records.
fn sources(ground: &Ground<'_>) -> BTreeMap<SourceGroup, Vec<usize>> {
    let mut sources: BTreeMap<SourceGroup, Vec<usize>> = BTreeMap::new();
    for (i, feature) in ground.matrix.features.iter().enumerate() {
        sources.entry(feature.group).or_default().push(i);
    }
    sources
}

/// Teaches the model of a fold and chooses the rows that it is asked about.
fn teach(made: &Made<'_>, settings: &Settings, entry: &Entry, fold: usize) -> Result<Taught, FitError> {
    let (ground, of) = (&made.ground, &made.plan.folds[fold]);
    let fitted = ground.fit(entry, &ground.settings(entry, of), &of.train, None)?;
    let stream = |what: &str| seed::stream(ground.experiment.seed, &format!("explain/{what}/fold/{fold}"));
    let some = |rows: &[u32], most: usize, what: &str| {
        let mut rows = rows.to_vec();
        if rows.len() > most {
            rows.shuffle(&mut stream(what));
            rows.truncate(most);
            rows.sort_unstable();
        }
        rows
    };
    let rows = some(&of.test, settings.rows.div_ceil(made.plan.folds.len().max(1)), "rows");
    let order = |k| shuffled(rows.len(), &mut stream(&format!("permutation/{k}")));
    let orders = (0..settings.permutations).map(order).collect();
    Ok(Taught { background: some(&of.train, settings.background, "background"), fitted, orders, rows })
}

/// Each part of the records with what it adds.
fn found_sources(
    bench: &Bench<'_>,
    mixed: Vec<crate::explain::found::Reading<crate::evaluate::stability::Ranged>>,
    progress: &dyn Progress,
) -> Vec<Source> {
    let of = |((group, features), mixed): ((&SourceGroup, &Vec<usize>), _)| Source {
        id: group.id().to_owned(),
        label: group.label().to_owned(),
        words: group.words().to_owned(),
        features: features.len() as u64,
        mixed,
        adds: bench.adds(features, progress),
    };
    bench.sources.iter().zip(mixed).map(of).collect()
}

/// The facts that matter most, by the increase in log loss of each fold.
fn facts(bench: &Bench<'_>, by_fold: &[Vec<f64>], pushes: Option<&pushes::Pushes>) -> Result<Facts, String> {
    let ground = &bench.made.ground;
    // A model that uses no fact puts none before another.
    let used: Vec<Vec<f64>> = by_fold.iter().filter(|f| f.iter().any(|v| v.abs() > 0.0)).cloned().collect();
    let by_fold = used.as_slice();
    if by_fold.len() < 2 {
        return Err("fewer than two of the models use any fact".to_owned());
    }
    let mut ranks = rank_stability(by_fold).map_err(|reason| reason.replace("refit", "fold"))?;
    for leading in &mut ranks.leading {
        let feature = &ground.matrix.features[leading.feature];
        leading.name = (feature.id.clone(), feature.plain());
    }
    let first: Vec<Vec<bool>> = by_fold.iter().map(|values| ranking::top(values, FIRST)).collect();
    Ok(Facts {
        offered: ranks.features,
        models: by_fold.len() as u64,
        concordance: ranking::concordance(by_fold).map_err(str::to_owned),
        agreement: ranking::agreement(&first).map(|a| a.stability).map_err(str::to_owned),
        pushes: ranks.leading.iter().map(|l| pushes.map(|p| p.of(l.feature))).collect(),
        households: ranks.leading.iter().map(|l| households(bench, l.feature)).collect(),
        leading: ranks.leading,
    })
}

/// How many facts are among the first.
const FIRST: usize = crate::evaluate::stability::rank_stability::FIRST;

/// Households of whom a feature says what is not the commonest.
fn households(bench: &Bench<'_>, feature: usize) -> u64 {
    let ground = &bench.made.ground;
    let rows = || bench.folds.iter().flat_map(|f| &f.rows);
    let bits = |row: &u32| ground.matrix.row(*row as usize)[feature].to_bits();
    let mut times: BTreeMap<u32, u64> = BTreeMap::new();
    rows().for_each(|row| *times.entry(bits(row)).or_default() += 1);
    let commonest = times.iter().max_by_key(|(_, n)| **n).map(|(value, _)| *value);
    let others = rows().filter(|row| Some(bits(row)) != commonest);
    others.map(|row| ground.household[*row as usize]).collect::<BTreeSet<u32>>().len() as u64
}

impl Bench<'_> {
    /// Whether the learner is taught with class weights.
    fn weighed(&self) -> bool {
        self.made.ground.experiment.class_weights.contains(&self.entry.id)
    }

    /// The folds of the run, with what was taught in each.
    fn each(&self) -> impl Iterator<Item = (&Fold, &Taught)> {
        self.made.plan.folds.iter().zip(&self.folds)
    }
}
