//! The run: the stages in order.

use super::fit::{Ground, Taught};
use super::gate::{Look, Standing};
use super::ingredients::Made;
use super::predict::{PredictError, entries, predict};
use super::tuning::{self, Tuned};
use super::{Experiment, deals, explain, groups, keep, privacy, proxies, stability, when};
use crate::artefact::ArtefactError;
use crate::cohort::{self, Cohort, IndexRow};
use crate::evaluate::{self, EvaluateError, Grouping, Input};
use crate::features::{self, Matrix};
use crate::history::History;
use crate::io::settings::nearest;
use crate::num::Day;
use crate::privacy::anonymity::Structure;
use crate::report::ingredients::Ingredients;
use crate::split::{self, Design, Plan, SplitError};
use std::borrow::Cow;

/// Something that wants to know how far a run is.
pub trait Progress: Sync {
    /// A stage begins; `total` is its length in steps.
    fn stage(&self, name: &'static str, total: u64);
    /// Steps done.
    fn step(&self, steps: u64);
}

/// Why a run could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The cohort is too small to say anything.
    #[error(
        "of the referrals that can be asked about, fewer than {LEAST} {which}; at least {LEAST} with the outcome and {LEAST} without it are needed"
    )]
    TooFew {
        /// Which of the two are too few, in words; a count would tell about few children.
        which: &'static str,
    },
    /// The split could not be made.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A model could not be fitted.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// A reference level, or one of a population, that is no level of its grouping; all of them.
    #[error("`evaluate.reference_levels` and `evaluate.population`: {}", .0.join("; "))]
    References(Vec<String>),
    /// A pattern of `features.rising` or `features.falling` that fits no feature, or a feature that both name; all of them.
    #[error("`features.rising` and `features.falling`: {}", .0.join("; "))]
    Directions(Vec<String>),
    /// The predictions could not be evaluated.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The models that were kept cannot predict these data.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
}

/// Events and non-events without which nothing can be evaluated.
pub const LEAST: u64 = 10;

/// What a run made, before disclosure control.
#[derive(Debug)]
pub struct Results {
    /// For the report.
    pub ingredients: Ingredients,
    /// The cohort.
    pub cohort: Cohort,
    /// The features (their dictionary is written to the run folder).
    pub matrix: Matrix,
    /// The folds.
    pub plan: Plan,
    /// The settings chosen for them.
    pub tuned: Tuned,
    /// Candidate and reference taught by the whole cohort, if they are kept.
    pub kept: Vec<Taught>,
    /// The predictions, fold after fold.
    pub input: Input,
    /// Surrogate of each child, by its place.
    pub children: Vec<i64>,
}

/// Facts of the run that no stage computes.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Run id.
    pub run_id: String,
    /// rerefer version.
    pub version: String,
    /// Whether the data are simulated.
    pub simulated: bool,
    /// Remarks beyond those of the history's source.
    pub remarks: Vec<String>,
    /// What reproduces the run.
    pub reproduce: Vec<(String, String)>,
}

/// What a run tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The referrals before the final test; all of them where none are kept back.
    Ordinary,
    /// The referrals that are kept for the final test, which begins on this day.
    Final(Day),
    /// All referrals of other data, predicted by models that were taught by so many referrals from one day to another.
    External {
        /// Referrals that the models were taught by.
        rows: u64,
        /// Their first and last prediction date.
        taught: (Day, Day),
    },
}

impl Test {
    /// What this test may know of a history, and the cohort that it makes of it. An ordinary test knows nothing that came
    /// on record once the final test begins.
    #[must_use]
    pub fn seen<'h>(self, experiment: &Experiment, history: &'h History) -> (Cow<'h, History>, Cohort) {
        match (self, experiment.holdout) {
            (Self::Ordinary, Some(from)) => {
                let seen = history.before(from);
                let cohort = cohort::build_before(history, &seen, &experiment.cohort, from);
                (Cow::Owned(seen), cohort)
            }
            _ => (Cow::Borrowed(history), cohort::build(history, &experiment.cohort)),
        }
    }

    /// How it divides the rows.
    #[must_use]
    pub fn design(self, experiment: &Experiment) -> Design {
        match self {
            Self::Ordinary | Self::External { .. } => experiment.split.clone(),
            Self::Final(from) => experiment.split.final_test(from),
        }
    }
}

/// Runs an experiment on a history. Referrals kept for a final test are left alone.
///
/// # Errors
/// Returns an error if the data are too few for the question; a negative answer is not an error.
pub fn run(
    experiment: &Experiment,
    history: &History,
    context: &Context,
    progress: &dyn Progress,
) -> Result<Results, RunError> {
    let predicted = predicted(experiment, history, Test::Ordinary, progress)?;
    let standing = experiment.holdout.map_or(Standing::NotLocked, |from| Standing::Rehearsal { from });
    evaluated(experiment, predicted, standing, context, progress)
}

/// Runs the final test, which begins on `from`. `open` is called once the predictions stand and before anything is asked
/// about what came of them: it must record the opening, or refuse it.
///
/// # Errors
/// As [`run`], and those of `open`.
pub fn run_final<E: From<RunError>>(
    experiment: &Experiment,
    history: &History,
    context: &Context,
    progress: &dyn Progress,
    from: Day,
    open: impl FnOnce() -> Result<Look, E>,
) -> Result<Results, E> {
    let predicted = predicted(experiment, history, Test::Final(from), progress)?;
    let standing = Standing::Final(open()?);
    Ok(evaluated(experiment, predicted, standing, context, progress)?)
}

/// Predictions that nobody has compared with what happened.
pub(super) struct Predicted<'h> {
    pub(super) history: Cow<'h, History>,
    pub(super) test: Test,
    pub(super) cohort: Cohort,
    pub(super) matrix: Matrix,
    pub(super) household: Vec<u32>,
    pub(super) plan: Plan,
    pub(super) tuned: Tuned,
    pub(super) input: Input,
    /// What each model that was taught holds on to.
    pub(super) structures: Vec<Structure>,
}

fn predicted<'h>(
    experiment: &Experiment,
    history: &'h History,
    test: Test,
    progress: &dyn Progress,
) -> Result<Predicted<'h>, RunError> {
    progress.stage("finding index referrals", 1);
    let (history, cohort) = test.seen(experiment, history);
    // Even whether they are too few would tell of what the final test holds.
    if test == Test::Ordinary {
        enough(&cohort)?;
    }
    let matrix = matrix(experiment, &history, &cohort.rows, progress);
    directions_exist(experiment, &matrix)?;
    let plan = plan(experiment, &history, &cohort, test)?;
    let input = input(experiment, &history, &cohort, &plan, test);
    references_exist(experiment, &input.groupings)?;
    let (household, untuned) = (households(&history, &cohort), Tuned::default());
    let ground =
        Ground { experiment, cohort: &cohort, matrix: &matrix, household: &household, tuned: &untuned };
    let tuned = experiment.tuning.as_ref().map_or_else(Tuned::default, |tuning| {
        progress.stage("choosing settings", plan.folds.len() as u64 * tuning::fits(tuning));
        tuning::tune(&ground, tuning, &plan.folds, &|n| progress.step(n))
    });
    progress.stage("fitting models", (plan.folds.len() * entries(experiment).count()) as u64);
    let (scores, structures) = predict(&Ground { tuned: &tuned, ..ground }, &plan, &|n| progress.step(n))?;
    let input = Input { scores, ..input };
    Ok(Predicted { history, test, cohort, matrix, household, plan, tuned, input, structures })
}

/// The features of rows that are sorted as a cohort's are.
pub(super) fn matrix(
    experiment: &Experiment,
    history: &History,
    rows: &[IndexRow],
    progress: &dyn Progress,
) -> Matrix {
    progress.stage("building features", rows.len() as u64);
    let settings = features::Settings {
        windows: experiment.windows.clone(),
        leave_out: experiment.leave_out.clone(),
        authority: experiment.authority,
    };
    features::build(history, rows, experiment.cohort.point, &settings, &|n| progress.step(n))
}

/// The folds of a test of this cohort.
pub(super) fn plan(
    experiment: &Experiment,
    history: &History,
    cohort: &Cohort,
    test: Test,
) -> Result<Plan, SplitError> {
    let authority: Vec<u16> =
        cohort.rows.iter().map(|r| history.children.authority[r.child as usize]).collect();
    let of = (&households(history, cohort)[..], &authority[..]);
    split::plan(&cohort.rows, of, &test.design(experiment), experiment.seed)
}

/// The household of each row.
pub(super) fn households(history: &History, cohort: &Cohort) -> Vec<u32> {
    cohort.rows.iter().map(|r| history.children.household[r.child as usize]).collect()
}

pub(super) fn evaluated(
    experiment: &Experiment,
    predicted: Predicted<'_>,
    standing: Standing,
    context: &Context,
    progress: &dyn Progress,
) -> Result<Results, RunError> {
    let Predicted { history, test, cohort, matrix, household, plan, tuned, input, structures } = predicted;
    let settings = evaluate_settings(experiment);
    progress.stage("evaluating", evaluate::steps(&input, &settings));
    let done = std::sync::atomic::AtomicU64::new(0);
    let evaluation = evaluate::evaluate(&input, &settings, &|now, _| {
        let before = done.fetch_max(now, std::sync::atomic::Ordering::Relaxed);
        progress.step(now.saturating_sub(before));
    })?;
    let ground =
        Ground { experiment, cohort: &cohort, matrix: &matrix, household: &household, tuned: &tuned };
    let made = Made { ground, history: &history, context, test, plan: &plan, input: &input };
    let stability = stability::measure(&made, progress);
    let deals = deals::deals(&made, progress);
    let proxies = proxies::measure(&made, progress);
    let explanations = explain::measure(&made, progress);
    let kept = if experiment.keep && test == Test::Ordinary {
        progress.stage("teaching the models to keep", 1);
        keep::teach(&ground)
    } else {
        Ok(Vec::new())
    };
    // What was measured is not thrown away because nothing can be kept.
    let (kept, remark) = match kept {
        Ok(kept) => (kept, None),
        Err(error) => (
            Vec::new(),
            Some(format!(
                "No model was kept, because one of them could not be taught by all referrals: {error}."
            )),
        ),
    };
    let when = when::measure(experiment, &history, test, progress);
    let mut ingredients = Ingredients {
        stability,
        deals,
        proxies,
        explanations,
        privacy: Some(privacy::measure(&made, structures, &kept)),
        ..made.ingredients(evaluation, standing, when)
    };
    ingredients.remarks.extend(remark);
    let children = history.children.id.clone();
    Ok(Results { ingredients, cohort, matrix, plan, tuned, kept, input, children })
}

/// Whether a cohort is large enough to be evaluated at all.
///
/// # Errors
/// [`RunError::TooFew`] with fewer than [`LEAST`] index referrals with or without the outcome.
pub fn enough(cohort: &Cohort) -> Result<(), RunError> {
    let (rows, events) = (cohort.rows.len() as u64, cohort.rows.iter().filter(|r| r.label).count() as u64);
    let which = match (events >= LEAST, rows - events >= LEAST) {
        (true, true) => return Ok(()),
        (false, true) => "were followed by the outcome",
        (true, false) => "were not followed by the outcome",
        (false, false) => "were followed by the outcome, and fewer than 10 were not",
    };
    Err(RunError::TooFew { which })
}

/// The declared capacity and any others, rising.
pub(super) fn capacities(experiment: &Experiment) -> Vec<f64> {
    let mut all = experiment.capacities.clone();
    all.push(experiment.capacity);
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    all
}

/// Whether what the experiment asks to rise or fall are features, and none is asked to do both.
fn directions_exist(experiment: &Experiment, matrix: &Matrix) -> Result<(), RunError> {
    let fits = |pattern: &String| matrix.features.iter().any(|f| features::matches(pattern, &f.id));
    let lists = [("rising", &experiment.rising), ("falling", &experiment.falling)];
    let unknown = lists.iter().flat_map(|(key, list)| list.iter().map(move |p| (key, p)));
    let mut faults: Vec<String> = unknown
        .filter(|(_, pattern)| !fits(pattern))
        .map(|(key, pattern)| {
            let near = nearest(pattern, matrix.features.iter().map(|f| f.id.as_str()));
            let hint = near.map_or_else(String::new, |id| format!("; the nearest is `{id}`"));
            format!("`{key}` names `{pattern}`, which fits no feature of `dictionary.csv`{hint}")
        })
        .collect();
    let named = |list: &[String], id: &str| list.iter().any(|p| features::matches(p, id));
    let both = matrix
        .features
        .iter()
        .filter(|f| named(&experiment.rising, &f.id) && named(&experiment.falling, &f.id));
    faults.extend(both.map(|f| format!("both name `{}`", f.id)));
    if faults.is_empty() { Ok(()) } else { Err(RunError::Directions(faults)) }
}

/// Whether the levels named in the experiment are levels of its groupings; asked before anything is fitted or opened.
pub(super) fn references_exist(experiment: &Experiment, groupings: &[Grouping]) -> Result<(), RunError> {
    let mut faults = Vec::new();
    let populations = experiment.populations.iter();
    let counted = populations.flat_map(|(name, levels)| levels.iter().map(move |(level, _)| (name, level)));
    let named = experiment.references.iter().map(|(name, level)| (name, level)).chain(counted);
    for (name, level) in named {
        let grouping = groupings.iter().find(|g| g.name == *name);
        if let Some(grouping) = grouping.filter(|g| !g.levels.contains(level)) {
            // Names of authorities come from the data.
            let levels = match name.as_str() {
                "authority" => "the names of authorities as the data give them".to_owned(),
                _ => grouping.levels.join(", "),
            };
            faults.push(format!("`{name}` has no level `{level}`; its levels are {levels}"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(RunError::References(faults)) }
}

fn evaluate_settings(experiment: &Experiment) -> evaluate::Settings {
    evaluate::Settings {
        capacities: capacities(experiment),
        thresholds: experiment.thresholds.clone(),
        replicates: experiment.replicates,
        seed: experiment.seed,
        candidate: experiment.candidate.clone(),
        reference: experiment.reference.clone(),
        smallest_gain: experiment.smallest_gain,
        references: experiment.references.clone(),
    }
}

/// Lines up the tested rows, fold after fold, without their scores.
pub(super) fn input(
    experiment: &Experiment,
    history: &History,
    cohort: &Cohort,
    plan: &Plan,
    test: Test,
) -> Input {
    let tested: Vec<(u16, IndexRow)> = (0_u16..)
        .zip(&plan.folds)
        .flat_map(|(f, fold)| fold.test.iter().map(move |&i| (f, cohort.rows[i as usize])))
        .collect();
    let rows: Vec<IndexRow> = tested.iter().map(|(_, r)| *r).collect();
    Input {
        split: match test {
            Test::Ordinary => experiment.split.name().to_owned(),
            Test::Final(_) => "final-test".to_owned(),
            Test::External { .. } => "other-data".to_owned(),
        },
        y: rows.iter().map(|r| r.label).collect(),
        household: dense(rows.iter().map(|r| history.children.household[r.child as usize])),
        fold: tested.iter().map(|(f, _)| *f).collect(),
        groupings: experiment.groups.iter().map(|name| groups::grouping(name, history, &rows)).collect(),
        scores: Vec::new(),
    }
}

/// Renumbers values densely from 0, in ascending order.
pub(super) fn dense(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let values: Vec<u32> = values.collect();
    let mut all = values.clone();
    all.sort_unstable();
    all.dedup();
    values
        .iter()
        .map(|v| all.binary_search(v).ok().and_then(|i| u32::try_from(i).ok()).unwrap_or(u32::MAX))
        .collect()
}
