//! Going through the candidates.

use super::{Candidate, Choice, Search, Tuned, Tuning};
use crate::experiment::fit::Ground;
use crate::models::registry::Entry;
use crate::num::seed;
use crate::split::Fold;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Parts of the training households, each left out once, where there is no tuning window.
const PARTS: usize = 3;
/// Of the candidates one in so many goes on to the next round, which has so many times the households.
const KEPT: usize = 3;
/// The fewest households a round of halving learns from, if there are so many.
const LEAST_HOUSEHOLDS: usize = 200;

/// Rows to learn from, and rows to be judged by.
type Trial = (Vec<u32>, Vec<u32>);

/// Chooses the settings of every learner to be tuned in every fold. `progress` is told of each candidate that was judged.
#[must_use]
pub fn tune(ground: &Ground<'_>, tuning: &Tuning, folds: &[Fold], progress: &(dyn Fn(u64) + Sync)) -> Tuned {
    let tasks: Vec<(&Entry, &Fold)> =
        tuning.tuned().flat_map(|e| folds.iter().map(move |f| (e, f))).collect();
    let choices = tasks.into_par_iter().map(|(entry, fold)| {
        let candidates = candidates(tuning, entry, ground.experiment.seed);
        let of = Tuner { ground, entry, fold, progress };
        match tuning.search {
            Search::Grid | Search::Random(_) => of.all(candidates),
            Search::Halving => of.halving(candidates),
        }
    });
    Tuned { choices: choices.collect() }
}

/// How many candidates will be judged in one fold.
#[must_use]
pub fn fits(tuning: &Tuning) -> u64 {
    let of = |entry: &Entry| {
        let all = candidates(tuning, entry, 0).len();
        match tuning.search {
            Search::Halving => rounds(all).iter().sum::<usize>(),
            _ => all,
        }
    };
    tuning.tuned().map(of).sum::<usize>() as u64
}

/// The combinations of a learner's values, or those of them that are tried: the last setting changes fastest.
fn candidates(tuning: &Tuning, entry: &Entry, root: u64) -> Vec<Vec<(&'static str, f64)>> {
    let mut all: Vec<Vec<(&'static str, f64)>> = vec![Vec::new()];
    for (_, key, values) in tuning.values.iter().filter(|(id, _, _)| *id == entry.id) {
        let longer = |one: &Vec<(&'static str, f64)>| {
            let with = |v: &f64| one.iter().copied().chain([(*key, *v)]).collect();
            values.iter().map(with).collect::<Vec<Vec<_>>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    if let Search::Random(tries) = tuning.search {
        let mut places: Vec<usize> = (0..all.len()).collect();
        places.shuffle(&mut seed::stream(root, &format!("tuning/{}", entry.id)));
        places.truncate(tries);
        places.sort_unstable();
        all = places.into_iter().map(|at| std::mem::take(&mut all[at])).collect();
    }
    all
}

/// Candidates in each round of halving.
fn rounds(candidates: usize) -> Vec<usize> {
    let mut rounds = vec![candidates];
    while let Some(last) = rounds.last().copied().filter(|last| *last > 1) {
        rounds.push(last.div_ceil(KEPT).min(last - 1));
    }
    // The last of all needs no judge.
    rounds.pop();
    rounds
}

struct Tuner<'a> {
    ground: &'a Ground<'a>,
    entry: &'a Entry,
    fold: &'a Fold,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl Tuner<'_> {
    fn all(&self, candidates: Vec<Vec<(&'static str, f64)>>) -> Choice {
        let trials = trials(self.ground, self.fold, 1.0);
        let judged: Vec<Candidate> = candidates
            .into_par_iter()
            .map(|values| Candidate { loss: self.loss(&values, &trials), values, share: 1.0 })
            .collect();
        self.choice(judged, |_| true)
    }

    fn halving(&self, candidates: Vec<Vec<(&'static str, f64)>>) -> Choice {
        let mut judged: Vec<Candidate> = (candidates.into_iter())
            .map(|values| Candidate { values, loss: f64::INFINITY, share: 0.0 })
            .collect();
        let mut left: Vec<usize> = (0..judged.len()).collect();
        let rounds = rounds(judged.len());
        let mut share = 0.0;
        for (round, count) in rounds.iter().enumerate() {
            left.sort_by(|a, b| judged[*a].loss.total_cmp(&judged[*b].loss).then(a.cmp(b)));
            left.truncate(*count);
            share = (KEPT as f64).powi(round as i32 + 1 - rounds.len() as i32);
            let trials = trials(self.ground, self.fold, share);
            let losses: Vec<f64> =
                left.par_iter().map(|at| self.loss(&judged[*at].values, &trials)).collect();
            for (at, loss) in left.iter().zip(losses) {
                judged[*at].loss = loss;
                judged[*at].share = share;
            }
        }
        self.choice(judged, |candidate| candidate.share >= share)
    }

    /// The best of those that may be chosen, the first of equals.
    fn choice(&self, candidates: Vec<Candidate>, may: impl Fn(&Candidate) -> bool) -> Choice {
        let of = (0..candidates.len()).filter(|at| may(&candidates[*at]));
        let best = of.min_by(|a, b| candidates[*a].loss.total_cmp(&candidates[*b].loss)).unwrap_or(0);
        Choice { learner: self.entry.id, fold: self.fold.name.clone(), candidates, chosen: best }
    }

    /// Mean log-loss of all rows that are judged by.
    fn loss(&self, values: &[(&'static str, f64)], trials: &[Trial]) -> f64 {
        let mut settings = self.ground.experiment.models.clone();
        for (key, value) in values {
            settings.set(self.entry.id, key, *value);
        }
        let of_trial = |(learn, judge): &Trial| {
            let fitted = self.ground.fit(self.entry, &settings, learn, None).ok()?;
            let p = fitted.chances(self.ground.matrix, judge);
            let of_row = |(p, came): (&f64, bool)| if came { -p.ln() } else { -(-p).ln_1p() };
            Some((p.iter().zip(self.ground.came(judge)).map(of_row).sum::<f64>(), judge.len()))
        };
        let found: Option<Vec<(f64, usize)>> = trials.iter().map(of_trial).collect();
        (self.progress)(1);
        let Some(found) = found else { return f64::INFINITY };
        let (sum, rows) = found.iter().fold((0.0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        if rows > 0 && !sum.is_nan() { sum / rows as f64 } else { f64::INFINITY }
    }
}

/// What candidates learn from and are judged by, with this share of the households to learn from.
pub(super) fn trials(ground: &Ground<'_>, fold: &Fold, share: f64) -> Vec<Trial> {
    let mut homes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in &fold.train {
        homes.entry(ground.household[*row as usize]).or_default().push(*row);
    }
    let mut homes: Vec<Vec<u32>> = homes.into_values().collect();
    let name = format!("tuning/fold/{}", fold.name);
    homes.shuffle(&mut seed::stream(ground.experiment.seed, &name));
    let kept = ((share * homes.len() as f64).ceil() as usize).max(LEAST_HOUSEHOLDS).min(homes.len());
    homes.truncate(kept);
    let rows = |which: &dyn Fn(usize) -> bool| -> Vec<u32> {
        let of = homes.iter().enumerate().filter(|(at, _)| which(*at)).flat_map(|(_, rows)| rows);
        let mut rows: Vec<u32> = of.copied().collect();
        rows.sort_unstable();
        rows
    };
    if !fold.tune.is_empty() {
        return vec![(rows(&|_| true), fold.tune.clone())];
    }
    let part = |part: usize| (rows(&|at| at % PARTS != part), rows(&|at| at % PARTS == part));
    (0..PARTS).map(part).filter(|(learn, judge)| !learn.is_empty() && !judge.is_empty()).collect()
}
