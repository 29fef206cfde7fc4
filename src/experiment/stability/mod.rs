//! Stability of a run: models fitted again, and the tested referrals by time and authority.
//!
//! In: what the stages of a run made. Out: [`Stability`], exact. What needs no refit is always measured; refits are made
//! where the experiment has a `[stability]` section ([`settings`]): bootstrap refits ([`refit`]), the importance of features
//! in some of them ([`importance`]) and the learning curve ([`curve`]). The measures are in
//! [`crate::evaluate::stability`]. Every draw has its own stream by name, and results are gathered in the order of tasks, so
//! that the number of threads changes nothing.

mod curve;
mod importance;
mod refit;
pub mod settings;
#[cfg(test)]
mod tests;

pub use settings::Settings;

use super::Experiment;
use super::fit::Ground;
use super::ingredients::Made;
use super::predict::entries;
use super::recalibrate::recalibrated;
use super::run::Progress;
use crate::evaluate::stability::area::Case;
use crate::evaluate::stability::{Authority, Reading, Refits, Refitted, Stability, Tested};
use crate::evaluate::stability::{instability, learning_curve, over_time, performance, rank_stability};
use crate::evaluate::{FEWEST, Input};
use crate::models::registry::Entry;
use crate::num::Day;
use crate::split::Plan;

/// What a refit is made of.
struct Bench<'a> {
    ground: Ground<'a>,
    plan: &'a Plan,
    progress: &'a dyn Progress,
}

/// A model of the experiment: a learner, or a learner recalibrated.
struct Chosen {
    id: String,
    entry: &'static Entry,
}

/// Measures stability.
pub(super) fn measure(made: &Made<'_>, progress: &dyn Progress) -> Stability {
    let (experiment, input) = (made.ground.experiment, made.input);
    let refits = experiment.stability.map(|settings| {
        let bench = Bench { ground: made.ground, plan: made.plan, progress };
        refits(&bench, input, &settings)
    });
    let cases = cases(experiment, input);
    let days = || {
        made.plan.folds.iter().flat_map(|f| &f.test).map(|&i| made.ground.cohort.rows[i as usize].predict_on)
    };
    let least = FEWEST.max(experiment.threshold);
    Stability {
        refits,
        over_time: over_time::over_time(&days().collect::<Vec<Day>>(), &cases, least, experiment.seed),
        authorities: authorities(input, &cases),
    }
}

/// The tested rows with the candidate's risks.
fn cases(experiment: &Experiment, input: &Input) -> Vec<Case> {
    let p = scores(input, &experiment.candidate);
    let rows = p.iter().zip(&input.y).zip(&input.fold).zip(&input.household);
    rows.map(|(((&p, &came), &fold), &household)| Case { p, came, fold, household }).collect()
}

fn scores<'i>(input: &'i Input, model: &str) -> &'i [f64] {
    input.scores.iter().find(|s| s.model == model).map_or(&[], |s| s.p.as_slice())
}

/// The candidate in each authority, in the order of the grouping.
fn authorities(input: &Input, cases: &[Case]) -> Reading<Vec<Authority>> {
    let grouping = input
        .groupings
        .iter()
        .find(|g| g.name == "authority")
        .ok_or("the experiment does not ask for results by authority")?;
    let of = |level: usize| {
        let own = cases.iter().zip(&grouping.level_of).filter(|(_, l)| usize::from(**l) == level);
        performance(&own.map(|(case, _)| *case).collect::<Vec<Case>>())
    };
    let names = grouping.levels.iter().enumerate();
    Ok(names.map(|(level, name)| Authority { name: name.clone(), performance: of(level) }).collect())
}

/// Fits the candidate and the reference again and again.
fn refits(bench: &Bench<'_>, input: &Input, settings: &Settings) -> Refits {
    let experiment = bench.ground.experiment;
    let of = |id: &String| {
        let entry = entries(experiment).find(|e| e.id == id || recalibrated(e.id) == *id)?;
        Some(Chosen { id: id.clone(), entry })
    };
    let models: Vec<Chosen> =
        [&experiment.candidate, &experiment.reference].into_iter().filter_map(of).collect();
    let folds = bench.plan.folds.len() as u64;
    let tasks = settings.refits as u64 + curve::fits(settings);
    let shuffled = settings.importance_refits as u64;
    bench.progress.stage("refitting for stability", folds * (models.len() as u64 * tasks + shuffled));
    let tested = Tested { y: &input.y, fold: &input.fold, household: &input.household };
    let refitted = |model: &Chosen| {
        let original = scores(input, &model.id);
        let (scores, failed) = refit::scores(bench, model, settings.refits);
        let trained = curve::trained(bench, model, settings, original);
        Refitted {
            model: model.id.clone(),
            failed,
            instability: instability(original, &scores, &input.fold, experiment.capacity)
                .map_err(str::to_owned),
            curve: learning_curve(&trained, &tested, experiment.replicates, experiment.seed)
                .map_err(str::to_owned),
        }
    };
    let features = models.first().map_or_else(
        || Err("there is no candidate".to_owned()),
        |candidate| {
            let mut ranks = rank_stability(&importance::importance(bench, candidate.entry, settings))?;
            for leading in &mut ranks.leading {
                let feature = &bench.ground.matrix.features[leading.feature];
                leading.name = (feature.id.clone(), feature.plain());
            }
            Ok(ranks)
        },
    );
    Refits { asked: settings.refits as u64, models: models.iter().map(refitted).collect(), features }
}
