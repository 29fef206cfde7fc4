//! The candidate and the reference taught by the whole cohort, for others to test.

use super::fit::{Ground, Taught};
use super::predict::PredictError;
use super::tuning::{Tuned, tune};
use crate::models::registry::{Entry, REGISTRY};
use crate::split::Fold;

/// Teaches the models that are kept, with settings chosen anew by the whole cohort where the experiment tunes them.
///
/// # Errors
/// The first model that could not be taught.
pub fn teach(ground: &Ground<'_>) -> Result<Vec<Taught>, PredictError> {
    let experiment = ground.experiment;
    let wanted = |e: &&Entry| e.id == experiment.candidate || e.id == experiment.reference;
    let all = Fold {
        name: "all referrals".to_owned(),
        cut_off: None,
        train: (0..ground.cohort.rows.len() as u32).collect(),
        tune: Vec::new(),
        calibrate: Vec::new(),
        test: Vec::new(),
    };
    let tuned = experiment.tuning.as_ref().map_or_else(Tuned::default, |tuning| {
        let mut tuning = tuning.clone();
        tuning.values.retain(|(id, _, _)| *id == experiment.candidate || *id == experiment.reference);
        tune(ground, &tuning, std::slice::from_ref(&all), &|_| {})
    });
    let ground = Ground { tuned: &tuned, ..*ground };
    let teach = |entry: &'static Entry| {
        let fitted = ground.fit(entry, &ground.settings(entry, &all), &all.train, None);
        let fault = |source| PredictError { model: entry.id, fold: all.name.clone(), source };
        Ok((entry, fitted.map_err(fault)?))
    };
    REGISTRY.iter().filter(wanted).map(teach).collect()
}
