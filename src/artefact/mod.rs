//! Models kept for others to test: `model.json` and `model.bin`.
//!
//! In: learners taught by a whole cohort. Out: a folder that holds the experiment as meant, the features that the models
//! need, what was learned, and what it was learned from in numbers; [`read`] gives it back. No training row is inside.
//! `model.bin` holds the bytes of libraries' own formats, one model after another, and is empty where there are none.

mod tables;

use crate::experiment::fit::{FittedModel, Taught};
use crate::features::Matrix;
use crate::io::digest;
use crate::models::prepare::Prepared;
use crate::models::registry::REGISTRY;
use crate::models::saved::{LoadError, SaveError, Saved};
use crate::num::Day;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Version of the form. A file of another is not read.
const FORM: u32 = 1;
/// File names within the folder.
const JSON: &str = "model.json";
const BINARY: &str = "model.bin";

/// `model.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Artefact {
    /// Version of the form.
    pub form: u32,
    /// What it is, for whoever opens the file.
    pub notice: String,
    /// rerefer's version and the digest of its source.
    pub code: String,
    /// The run that made it.
    pub run: String,
    /// The experiment as meant.
    pub experiment: String,
    /// SHA-256 of the data files that it learned from.
    pub data_sha256: Vec<String>,
    /// What it learned from.
    pub trained: Trained,
    /// The features that data must give, in order.
    pub features: Vec<FeatureId>,
    /// The models.
    pub models: Vec<KeptModel>,
    /// SHA-256 of the experiment, the features and the models above, as JSON.
    pub models_sha256: String,
    /// SHA-256 of `model.bin`.
    pub binary_sha256: String,
}

/// What the models learned from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trained {
    /// Referrals.
    pub rows: u64,
    /// Of 100, how many were followed by the outcome.
    pub outcomes_in_100: f64,
    /// First prediction date.
    pub first: Option<Day>,
    /// Last prediction date.
    pub last: Option<Day>,
    /// Whether the data are simulated.
    pub simulated: bool,
}

/// A feature by id, with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureId {
    /// Id.
    pub id: String,
    /// Meaning in words, with unit.
    pub meaning: String,
}

/// One model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptModel {
    /// Id of the learner.
    pub learner: String,
    /// How features are prepared.
    pub preparation: Prepared,
    /// What was learned.
    pub learned: serde_json::Value,
    /// Bytes of `model.bin` that belong to it.
    pub bytes: usize,
}

/// A kept model that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// `model.json` is no such file.
    #[error("{0} is no kept model of this version of rerefer: {1}")]
    Form(PathBuf, String),
    /// The bytes are not those that `model.json` speaks of.
    #[error("{0} was changed after it was written, or is of another model")]
    Changed(PathBuf),
    /// A learner cannot be read.
    #[error("the model `{0}` cannot be read: {1}")]
    Learner(String, LoadError),
    /// The data give other features.
    #[error("the data do not give the features that the models need: {}", .0.join("; "))]
    Features(Vec<String>),
}

/// A folder's files, from the models taught.
///
/// # Errors
/// With a model that cannot be written.
pub fn files(
    mut artefact: Artefact,
    matrix: &Matrix,
    models: &[Taught],
) -> Result<Vec<(String, Vec<u8>)>, SaveError> {
    let (mut binary, mut tables) = (Vec::new(), Vec::new());
    artefact.form = FORM;
    artefact.features = features(matrix);
    for (entry, fitted) in models {
        let Saved { json, binary: bytes } = fitted.model.saved()?;
        artefact.models.push(KeptModel {
            learner: entry.id.to_owned(),
            preparation: fitted.prepared.clone(),
            learned: json,
            bytes: bytes.len(),
        });
        binary.extend(bytes);
        tables.extend(tables::of(entry, fitted, matrix)?);
    }
    artefact.binary_sha256 = digest::hex(&binary);
    artefact.models_sha256 = artefact.digest().map_err(SaveError::new)?;
    let json = serde_json::to_string_pretty(&artefact).map_err(SaveError::new)? + "\n";
    let mut files = vec![(JSON.to_owned(), json.into_bytes()), (BINARY.to_owned(), binary)];
    files.extend(tables);
    Ok(files)
}

fn features(matrix: &Matrix) -> Vec<FeatureId> {
    matrix.features.iter().map(|f| FeatureId { id: f.id.clone(), meaning: f.words.clone() }).collect()
}

/// Reads a folder, and the models in it.
///
/// # Errors
/// With files that are missing, changed or of another form.
pub fn read(folder: &Path) -> Result<(Artefact, Vec<Taught>), ArtefactError> {
    let (json, binary) = (folder.join(JSON), folder.join(BINARY));
    let bytes = |path: &PathBuf| std::fs::read(path).map_err(|e| ArtefactError::Io(path.clone(), e));
    let artefact: Artefact = serde_json::from_slice(&bytes(&json)?)
        .map_err(|e| ArtefactError::Form(json.clone(), e.to_string()))?;
    if artefact.form != FORM {
        return Err(ArtefactError::Form(
            json,
            format!("its form is {}, this version reads {FORM}", artefact.form),
        ));
    }
    if artefact.digest().ok().as_ref() != Some(&artefact.models_sha256) {
        return Err(ArtefactError::Changed(json));
    }
    let whole = bytes(&binary)?;
    if digest::hex(&whole) != artefact.binary_sha256 {
        return Err(ArtefactError::Changed(binary));
    }
    let (mut rest, mut models) = (whole.as_slice(), Vec::new());
    for kept in &artefact.models {
        let fault = |error| ArtefactError::Learner(kept.learner.clone(), error);
        let entry = REGISTRY.iter().find(|e| e.id == kept.learner);
        let entry = entry.ok_or_else(|| fault(LoadError::new("this version has no such learner")))?;
        let parts = rest.split_at_checked(kept.bytes);
        let (own, after) = parts.ok_or_else(|| fault(LoadError::new("bytes are missing")))?;
        rest = after;
        let saved = Saved { json: kept.learned.clone(), binary: own.to_vec() };
        let model = (entry.load)(&saved).map_err(fault)?;
        models.push((entry, FittedModel { prepared: kept.preparation.clone(), model }));
    }
    Ok((artefact, models))
}

impl Artefact {
    /// SHA-256 of what the models are and need. Numbers changed by hand are found by it, before they
    /// give wrong chances.
    fn digest(&self) -> serde_json::Result<String> {
        let parts = serde_json::to_string(&(&self.experiment, &self.features, &self.models))?;
        Ok(digest::hex(parts.as_bytes()))
    }

    /// Whether data give the features that the models need, in the same order.
    ///
    /// # Errors
    /// With every feature that is missing, of another meaning, or one too many.
    pub fn fits(&self, matrix: &Matrix) -> Result<(), ArtefactError> {
        let found = features(matrix);
        if found == self.features {
            return Ok(());
        }
        let has = |list: &[FeatureId], id: &str| list.iter().any(|f| f.id == id);
        let missing =
            self.features.iter().filter(|f| !has(&found, &f.id)).map(|f| format!("`{}` is missing", f.id));
        let other = found
            .iter()
            .filter(|f| !has(&self.features, &f.id))
            .map(|f| format!("`{}` is one too many", f.id));
        let changed =
            self.features.iter().filter(|f| found.iter().any(|g| g.id == f.id && g.meaning != f.meaning));
        let changed = changed.map(|f| format!("`{}` has another meaning", f.id));
        let mut faults: Vec<String> = missing.chain(other).chain(changed).collect();
        if faults.is_empty() {
            faults.push("they stand in another order".to_owned());
        }
        Err(ArtefactError::Features(faults))
    }
}
