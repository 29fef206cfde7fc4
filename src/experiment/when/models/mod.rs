//! Models of when: taught in each fold by what was known on its first day, tested by what came.
//!
//! A referral of the training part is followed up to the day before the cut-off and no further, whatever came later; so
//! none waits for its follow-up to be complete. Test rows are followed as far as the records reach; those that came under
//! observation late are not tested.

mod landmarks;
mod question;
mod steady;
#[cfg(test)]
mod tests;

use super::settings::{self, Settings};
use super::{Experiment, groups};
use crate::cohort::TimedCohort;
use crate::evaluate::survival::found::{Card, Models};
use crate::evaluate::survival::score::{Chances, Settings as ScoreSettings, points, score};
use crate::experiment::run::{Progress, Test};
use crate::history::History;
use crate::models::prepare::Wants;
use crate::models::settings::Settings as ModelSettings;
use crate::models::time::fine_gray::excess;
use crate::models::time::learners::registry::{TimeEntry, find};
use crate::num::seed;
use crate::survival::found::{LEAST_AT_RISK, Reading};
use ndarray::{Array1, Array2, ArrayView2, s};
use question::{OfModel, Question};
use rand::Rng;

/// What the models are asked about.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) settings: &'a Settings,
    pub(super) history: &'a History,
    pub(super) cohort: &'a TimedCohort,
    /// The cause of leaving.
    pub(super) leaving: u8,
    pub(super) test: Test,
}

/// Teaches and tests the models; `None` where the experiment names none, or no folds are to be taught.
pub(super) fn measure(ground: Ground<'_>, progress: &dyn Progress) -> Option<Reading<Models>> {
    let asked = ground.settings.models.as_ref()?;
    if matches!(ground.test, Test::External { .. }) {
        return Some(Err("models of time are not kept, so that none can be tested on other data".to_owned()));
    }
    Some(models(ground, asked, progress))
}

fn models(ground: Ground<'_>, asked: &settings::Models, progress: &dyn Progress) -> Reading<Models> {
    let Ground { experiment, settings, .. } = ground;
    let question = Question::new(ground, 0, progress)?;
    let (times, without) = question.supported(&settings.horizons);
    if times.is_empty() {
        return Err("no time can be learned and tested".to_owned());
    }
    let entries: Vec<&'static TimeEntry> = asked.learners.iter().filter_map(|id| find(id)).collect();
    let landmarks = landmarks::days(asked, &question);
    let mut days: Vec<f64> = times.iter().map(|(_, days)| *days).chain(landmarks).collect();
    days.sort_by(f64::total_cmp);
    days.dedup_by(|a, b| *a <= *b);
    progress.stage("teaching models of when", (entries.len() * question.plan.folds.len()) as u64);
    let taught =
        question.predict(&entries, &days, times.last().map(|(_, days)| *days), &|n| progress.step(n));
    let (mut tested, mut found) = (question.tested(times.clone()), Models::default());
    tested.groupings = experiment
        .groups
        .iter()
        .map(|name| groups::grouping(name, ground.history, &question.tested_rows()))
        .collect();
    for (entry, of_model) in entries.iter().zip(&taught) {
        match of_model {
            Ok(of_model) => {
                let risk = first_cause(of_model, &days, &times);
                tested.models.push(Chances { model: entry.id.clone(), risk, free: of_model.free.clone() });
                found.cards.push(card(entry, &experiment.models));
                if !entry.coherent {
                    let causes: Vec<ArrayView2<'_, f64>> = (0..of_model.incidence.dim().2)
                        .map(|k| of_model.incidence.slice(s![.., .., k]))
                        .collect();
                    found.excess.push((entry.id.clone(), excess(&causes).map_err(|why| why.to_string())?));
                }
            }
            Err(why) => found.failed.push((entry.title.clone(), why.clone())),
        }
    }
    progress.stage("evaluating models of when", experiment.replicates as u64);
    let scored = score(&tested, &score_settings(experiment, asked), &|n| progress.step(n))?;
    let place = tested.models.iter().position(|model| model.model == asked.candidate);
    let candidate = asked.learners.iter().position(|id| *id == asked.candidate);
    let base = candidate.and_then(|at| taught.get(at)).and_then(|of| of.as_ref().ok());
    let (found_landmarks, steady) = (
        landmarks::measure(ground, asked, (&question, &days, base), progress),
        steady::measure(&question, times.last().map_or(0.0, |(_, days)| *days)),
    );
    Ok(Models {
        candidate: asked.candidate.to_owned(),
        reference: asked.reference.to_owned(),
        main_months: main(asked.main_months, &times),
        without,
        times: times.iter().map(|(months, _)| *months).collect(),
        tested: tested.exit.len() as u64,
        capacity: experiment.capacity,
        points: place.map_or(Ok(Vec::new()), |place| points(&tested, place))?,
        rows: scored.rows,
        contrasts: scored.contrasts,
        tests: scored.tests,
        landmarks: found_landmarks,
        steady,
        ..found
    })
}

/// The time of the tables by group: the one asked for, or the last before it that is supported.
fn main(asked: u32, times: &[(u32, f64)]) -> u32 {
    let upto = times.iter().map(|(months, _)| *months).filter(|months| *months <= asked).max();
    upto.or(times.first().map(|(months, _)| *months)).unwrap_or(asked)
}

fn score_settings(experiment: &Experiment, asked: &settings::Models) -> ScoreSettings {
    ScoreSettings {
        capacity: experiment.capacity,
        thresholds: experiment.thresholds.clone(),
        replicates: experiment.replicates,
        seed: seed::stream(experiment.seed, "when").next_u64(),
        candidate: asked.candidate.to_owned(),
        reference: asked.reference.to_owned(),
        references: experiment.references.clone(),
    }
}

fn card(entry: &TimeEntry, settings: &ModelSettings) -> Card {
    Card {
        same_for_all: entry.wants(settings) == Wants::Nothing,
        id: entry.id.clone(),
        title: entry.title.clone(),
        words: entry.words.clone(),
        baseline: entry.baseline,
    }
}

/// The column of a day among those that were asked for.
fn column(days: &[f64], day: f64) -> usize {
    days.partition_point(|d| *d < day)
}

/// The chance of the first cause by each time.
fn first_cause(of: &OfModel, days: &[f64], times: &[(u32, f64)]) -> Array2<f64> {
    let mut risk = Array2::zeros((of.incidence.dim().0, times.len()));
    for (mut to, (_, day)) in risk.columns_mut().into_iter().zip(times) {
        // Sums may pass the ends by rounding.
        let from: Array1<f64> = of.incidence.slice(s![.., column(days, *day), 0]).mapv(|p| p.clamp(0.0, 1.0));
        to.assign(&from);
    }
    risk
}

/// Whether so many are still followed that something can be said.
fn enough(at_risk: usize) -> bool {
    at_risk as u64 >= LEAST_AT_RISK
}
