//! Other deals of households into groups: the candidate and the reference trained and tested anew, settings chosen anew.

use super::ingredients::Made;
use super::predict::{entries, fit_and_predict};
use super::recalibrate::recalibrated;
use super::run::Progress;
use super::tuning::{self, Tuned};
use crate::evaluate::stability::{Deal, Reading, ranked};
use crate::experiment::fit::Ground;
use crate::io::settings::Section;
use crate::models::registry::Entry;
use crate::num::seed;
use crate::split::{self, Design, Plan};
use rand::Rng;
use rayon::prelude::*;

/// `split.repeats`: how often households are dealt into groups.
pub(super) fn read(s: &Section<'_>, split: Option<&Design>) -> usize {
    let repeats = s.integer("repeats", 1..=100).and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
    if repeats > 1 && split == Some(&Design::LeaveOneAuthorityOut) {
        s.fault(
            "repeats",
            "`split.repeats` deals families into groups again; leaving out one authority at a time deals none",
        );
    }
    repeats
}

/// The deals beyond that of the evaluation.
pub(super) fn deals(made: &Made<'_>, progress: &dyn Progress) -> Vec<Reading<Deal>> {
    let more = made.ground.experiment.repeats.saturating_sub(1);
    if more > 0 {
        progress.stage("dealing families anew", (more * made.plan.folds.len() * 2) as u64);
    }
    (1..=more).map(|number| deal(made, number, progress)).collect()
}

fn deal(made: &Made<'_>, number: usize, progress: &dyn Progress) -> Reading<Deal> {
    let (ground, experiment) = (&made.ground, made.ground.experiment);
    let seed = seed::stream(experiment.seed, &format!("split/deal/{number}")).next_u64();
    let design = made.test.design(experiment);
    // Only the split by authority looks at authorities, and it deals nothing.
    let plan = split::plan(&ground.cohort.rows, (ground.household, &[]), &design, seed);
    let plan = plan.map_err(|reason| reason.to_string())?;
    let judged = [&experiment.candidate, &experiment.reference];
    let is = |entry: &Entry, id: &String| entry.id == id || recalibrated(entry.id) == *id;
    let tuned = experiment.tuning.as_ref().map_or_else(Tuned::default, |tuning| {
        let mut tuning = tuning.clone();
        tuning.values.retain(|(id, _, _)| judged.iter().any(|j| *id == **j || recalibrated(id) == **j));
        tuning::tune(ground, &tuning, &plan.folds, &|_| {})
    });
    let ground = Ground { tuned: &tuned, ..*ground };
    let of = |id: &String| -> Reading<[Reading<f64>; 2]> {
        let entry = entries(experiment).find(|e| is(e, id)).ok_or("there is no such model")?;
        let p = predicted(&ground, &plan, entry, entry.id != id, progress)?;
        let tested: Vec<(u16, u32)> =
            (0..).zip(&plan.folds).flat_map(|(f, fold)| fold.test.iter().map(move |i| (f, *i))).collect();
        let y: Vec<bool> = tested.iter().map(|(_, i)| ground.cohort.rows[*i as usize].label).collect();
        Ok(ranked(&y, &p, &tested.iter().map(|(f, _)| *f).collect::<Vec<u16>>()))
    };
    Ok(Deal { candidate: of(judged[0])?, reference: of(judged[1])? })
}

/// The chances of all tested rows of a plan.
fn predicted(
    ground: &Ground<'_>,
    plan: &Plan,
    entry: &Entry,
    adjusted: bool,
    progress: &dyn Progress,
) -> Reading<Vec<f64>> {
    let parts: Result<Vec<Vec<f64>>, String> = plan
        .folds
        .par_iter()
        .map(|fold| {
            let scores = fit_and_predict(ground, entry, fold).map_err(|reason| reason.to_string());
            progress.step(1);
            let scores = scores?;
            if !adjusted {
                return Ok(scores.plain);
            }
            let found = scores.adjusted.ok_or("its chances are not adjusted")?;
            found.map_err(|reason| reason.to_string())
        })
        .collect();
    Ok(parts?.concat())
}
