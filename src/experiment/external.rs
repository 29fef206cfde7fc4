//! Kept models on data that they have not seen: nothing is taught, and nothing chosen.

use super::Experiment;
use super::fit::Taught;
use super::gate::Standing;
use super::run::{
    Context, Predicted, Progress, Results, RunError, Test, enough, evaluated, households, input, matrix,
    references_exist,
};
use super::tuning::Tuned;
use crate::artefact::Artefact;
use crate::cohort;
use crate::evaluate::{Input, Scores};
use crate::history::History;
use crate::num::Day;
use crate::split::{Fold, Plan};
use std::borrow::Cow;

impl Experiment {
    /// The same question asked of other data: only what teaches, tunes, adjusts or keeps models back is left out.
    #[must_use]
    pub fn of_kept(self, models: &[&'static str]) -> Self {
        Self {
            title: format!("{}: tested on other data", self.title),
            learners: models.to_vec(),
            keep: false,
            recalibrate: None,
            tuning: None,
            stability: None,
            explain: None,
            proxies: Vec::new(),
            repeats: 1,
            class_weights: Vec::new(),
            gate: None,
            holdout: None,
            what_if: None,
            ..self
        }
    }
}

/// Predicts all index referrals of a history by kept models, and evaluates the predictions.
///
/// # Errors
/// With data that are too few, or do not give the features that the models need.
pub fn run_external(
    experiment: &Experiment,
    (artefact, models): (&Artefact, &[Taught]),
    history: &History,
    context: &Context,
    progress: &dyn Progress,
) -> Result<Results, RunError> {
    let trained = &artefact.trained;
    let day = |day: Option<Day>| day.unwrap_or(Day(0));
    let test = Test::External { rows: trained.rows, taught: (day(trained.first), day(trained.last)) };
    progress.stage("finding index referrals", 1);
    let cohort = cohort::build(history, &experiment.cohort);
    enough(&cohort)?;
    let matrix = matrix(experiment, history, &cohort.rows, progress);
    artefact.fits(&matrix)?;
    let all: Vec<u32> = (0..cohort.rows.len() as u32).collect();
    let fold = Fold {
        name: "all referrals of these data".to_owned(),
        cut_off: None,
        train: Vec::new(),
        tune: Vec::new(),
        calibrate: Vec::new(),
        test: all.clone(),
    };
    let plan = Plan { folds: vec![fold] };
    let blank = input(experiment, history, &cohort, &plan, test);
    references_exist(experiment, &blank.groupings)?;
    progress.stage("predicting", models.len() as u64);
    let scores = models.iter().map(|(entry, fitted)| {
        let p = fitted.chances(&matrix, &all).to_vec();
        progress.step(1);
        Scores { model: entry.id.to_owned(), p }
    });
    let input = Input { scores: scores.collect(), ..blank };
    let household = households(history, &cohort);
    let (history, tuned) = (Cow::Borrowed(history), Tuned::default());
    let structures = Vec::new();
    let predicted = Predicted { history, test, cohort, matrix, household, plan, tuned, input, structures };
    evaluated(experiment, predicted, Standing::NotLocked, context, progress)
}
