//! One case that was asked for by name: the child's surrogate and the day of the referral.
//!
//! In: the experiment of a run, its history, and who is asked for. Out: the exact [`Case`], explained by the model of the test that the
//! referral was in, taught once more as it was for the run; nothing where no such referral was tested, whatever the reason, so that
//! nobody learns from it which children are on record.

use super::super::fit::Ground;
use super::super::ingredients::Made;
use super::super::predict::entries;
use super::super::recalibrate::recalibrated;
use super::super::run::{Context, Progress, RunError, Test, households, input, matrix, plan};
use super::super::tuning::{self, Tuned};
use super::super::{Experiment, run};
use super::{Bench, WEIGHED, sources, teach};
use crate::explain::found::Case;
use crate::history::History;
use crate::num::Day;

/// Who is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The child's surrogate.
    pub child: i64,
    /// Day of the referral.
    pub referral: Day,
}

/// A surrogate must not get into a message by way of a debug form.
impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Named").finish_non_exhaustive()
    }
}

/// Why there is no case.
#[derive(Debug, thiserror::Error)]
pub enum OneError {
    /// No such referral was tested.
    #[error("no referral of that child on that day was tested in this run")]
    NotTested,
    /// The model cannot be taught or explained.
    #[error("the estimate cannot be explained: {0}")]
    Unexplained(String),
    /// The run cannot be made again.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The id of the explained learner, and the case. `context` says whether the data are simulated.
///
/// # Errors
/// [`OneError::NotTested`] for a child that is unknown, was left out or was not tested on that day; else why its estimate cannot be explained.
pub fn one(
    experiment: &Experiment,
    history: &History,
    (context, test): (&Context, Test),
    named: Named,
    progress: &dyn Progress,
) -> Result<(&'static str, Case), OneError> {
    progress.stage("finding the referral", 1);
    let (history, cohort) = test.seen(experiment, history);
    let matrix = matrix(experiment, &history, &cohort.rows, progress);
    let plan = plan(experiment, &history, &cohort, test).map_err(RunError::from)?;
    let is_it = |i: &u32| {
        let row = &cohort.rows[*i as usize];
        history.children.id[row.child as usize] == named.child && row.referral == named.referral
    };
    let place =
        plan.folds.iter().enumerate().find_map(|(f, fold)| Some((f, *fold.test.iter().find(|i| is_it(i))?)));
    let (fold, row) = place.ok_or(OneError::NotTested)?;
    let is_candidate = |id: &str| id == experiment.candidate || recalibrated(id) == experiment.candidate;
    let entry = entries(experiment).find(|e| is_candidate(e.id));
    let entry =
        entry.ok_or_else(|| OneError::Unexplained("the candidate is no learner of this run".to_owned()))?;
    if experiment.class_weights.contains(&entry.id) {
        return Err(OneError::Unexplained(WEIGHED.to_owned()));
    }
    let (household, untuned) = (households(&history, &cohort), Tuned::default());
    let ground =
        Ground { experiment, cohort: &cohort, matrix: &matrix, household: &household, tuned: &untuned };
    let tuned = experiment.tuning.as_ref().map_or_else(Tuned::default, |tuning| {
        progress.stage("choosing settings", plan.folds.len() as u64 * tuning::fits(tuning));
        tuning::tune(&ground, tuning, &plan.folds, &|n| progress.step(n))
    });
    let ground = Ground { tuned: &tuned, ..ground };
    let input = input(experiment, &history, &cohort, &plan, test);
    let made = Made { ground, history: &history, context, test, plan: &plan, input: &input };
    let settings = experiment.explain.clone().unwrap_or_default();
    progress.stage("teaching the model again", 1);
    let taught = teach(&made, &settings, entry, fold).map_err(|e| OneError::Unexplained(e.to_string()))?;
    let chance = taught.fitted.chances(&matrix, &[row])[0];
    let bench =
        Bench { made: &made, settings: &settings, entry, folds: Vec::new(), sources: sources(&made.ground) };
    let case = bench.tell(&taught, row, chance).map_err(OneError::Unexplained)?;
    Ok((entry.id, case))
}

/// The test that a run of an experiment is, by whether it is the final one.
#[must_use]
pub fn test_of(experiment: &Experiment, final_test: bool) -> run::Test {
    experiment.holdout.filter(|_| final_test).map_or(Test::Ordinary, Test::Final)
}
