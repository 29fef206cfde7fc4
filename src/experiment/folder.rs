//! The run folder: `runs/ID/`, written whole or not at all.

use super::Experiment;
use super::run::Results;
use crate::artefact::{self, Artefact, Trained};
use crate::cohort::Cohort;
use crate::features::{Matrix, dictionary};
use crate::ingest::InputFile;
use crate::io::{atomic, digest};
use crate::models::prepare::{self, Dropped, Wants};
use crate::models::saved::SaveError;
use crate::models::target::Labels;
use crate::privacy::disclosure;
use crate::report::ingredients::Ingredients;
use crate::split::Plan;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What defines a run, and what it made: `manifest.json`.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// Version of this file's form.
    pub version: u32,
    /// Run id: a digest of data, experiment, code and seed.
    pub run: String,
    /// rerefer's version and the digest of its source.
    pub code: String,
    /// Versions of the crates that compute.
    pub crates: String,
    /// Root seed.
    pub seed: u64,
    /// The data files.
    pub data: Vec<DataFile>,
    /// SHA-256 of the experiment as meant.
    pub experiment_sha256: String,
    /// Of the final test: the hash of the ledger's last entry once the verdict was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger_head: Option<String>,
    /// SHA-256 of every other file of the folder. `timings.json` is excepted, and so is `private/`, whose digests stay
    /// in it: of a file whose form is known, a digest gives away small counts to anyone who tries them all.
    pub files: BTreeMap<String, String>,
}

/// One data file.
#[derive(Clone, Debug, Serialize)]
pub struct DataFile {
    /// Its name, without folders.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Crates that compute, with versions, as built.
const CRATES: &str = env!("REREFER_CRATES");
/// Version and source digest, as built.
pub const CODE: &str = env!("REREFER_CODE");

impl Manifest {
    /// The manifest of a run before it is run: its id is already known.
    #[must_use]
    pub fn new(experiment: &Experiment, files: &[InputFile], kind: Kind) -> Self {
        let Kind { lenient, simulated, final_test } = kind;
        let experiment_sha256 = digest::hex(experiment.meant().as_bytes());
        let mut digests: Vec<&str> = files.iter().map(|f| f.sha256.as_str()).collect();
        digests.sort_unstable();
        let identity = format!(
            "{digests:?} {experiment_sha256} {CODE} {} {lenient} {simulated} {final_test}",
            experiment.seed
        );
        let data = files.iter().map(|f| DataFile { name: f.name.clone(), sha256: f.sha256.clone() });
        Self {
            version: 1,
            run: digest::hex(identity.as_bytes())[..12].to_owned(),
            code: CODE.to_owned(),
            crates: CRATES.to_owned(),
            seed: experiment.seed,
            data: data.collect(),
            experiment_sha256,
            ledger_head: None,
            files: BTreeMap::new(),
        }
    }

    /// The manifest of a test of kept models on other data.
    #[must_use]
    pub fn of_kept(experiment: &Experiment, artefact: &Artefact, files: &[InputFile], kind: Kind) -> Self {
        let manifest = Self::new(experiment, files, kind);
        let models = serde_json::to_string(&artefact.models).unwrap_or_default();
        let identity = format!("{} {} {models} {}", manifest.run, artefact.run, artefact.binary_sha256);
        Self { run: digest::hex(identity.as_bytes())[..12].to_owned(), ..manifest }
    }

    /// SHA-256 of each data file.
    #[must_use]
    pub fn digests(&self) -> Vec<String> {
        self.data.iter().map(|file| file.sha256.clone()).collect()
    }
}

/// What sort of run it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Whether rows with errors are left out.
    pub lenient: bool,
    /// Whether the data are simulated.
    pub simulated: bool,
    /// Whether it is the final test.
    pub final_test: bool,
}

/// Why a run folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The file system refused.
    #[error("the run folder could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// A table could not be formed.
    #[error("a table could not be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A model could not be formed.
    #[error(transparent)]
    Model(#[from] SaveError),
    /// A value could not be formed.
    #[error("a file could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes the folder. `shown` are the files that passed disclosure control, name and content; `timings` is called
/// last.
///
/// # Errors
/// Returns an error if a file could not be written; the folder is then as it was.
pub fn write(
    path: &Path,
    mut manifest: Manifest,
    experiment: &Experiment,
    results: &Results,
    shown: Vec<(String, Vec<u8>)>,
    timings: impl FnOnce() -> serde_json::Value,
) -> Result<(), FolderError> {
    let mut files = shown;
    let mut add = |name: &str, bytes: Vec<u8>| files.push((name.to_owned(), bytes));
    add("experiment.toml", experiment.meant().into_bytes());
    add("dictionary.csv", dictionary::to_csv(&results.matrix.features)?);
    add("private/README.txt", NOTICE.as_bytes().to_vec());
    add("private/predictions.csv", predictions(results)?);
    add("private/attrition.csv", attrition(results)?);
    add("private/ingredients.json", serde_json::to_vec(&results.ingredients)?);
    add("private/hidden.csv", hidden(&results.ingredients)?);
    add("private/dropped.csv", dropped(&results.matrix, &results.cohort, &results.plan)?);
    if !results.tuned.choices.is_empty() {
        add("private/tuning.csv", tuning(results)?);
    }
    if !results.kept.is_empty() {
        let artefact = artefact(&manifest, experiment, results);
        for (name, bytes) in artefact::files(artefact, &results.matrix, &results.kept)? {
            add(&format!("private/model/{name}"), bytes);
        }
    }
    let digests = |private: bool| -> BTreeMap<String, String> {
        let files = files.iter().filter(|(name, _)| name.starts_with(PRIVATE) == private);
        files.map(|(name, bytes)| (name.clone(), digest::hex(bytes))).collect()
    };
    manifest.files = digests(false);
    let pretty = |json: String| format!("{json}\n").into_bytes();
    let private = pretty(serde_json::to_string_pretty(&digests(true))?);
    files.push(("private/digests.json".to_owned(), private));
    files.push(("manifest.json".to_owned(), pretty(serde_json::to_string_pretty(&manifest)?)));
    atomic::folder(path, |folder| {
        for (name, bytes) in &files {
            atomic::write(&folder.join(name), bytes)?;
        }
        atomic::close_to_others(&folder.join(PRIVATE))?;
        let timings = pretty(serde_json::to_string_pretty(&timings())?);
        atomic::write(&folder.join("timings.json"), &timings)?;
        Ok(())
    })
}

/// The folder of what must not leave.
const PRIVATE: &str = "private";

const NOTICE: &str = "This folder holds rows about single children and exact small counts.\n\
It must not leave the place where the data are held, and nothing in it is a finding about any child.\n";

/// What there is to say of the models that are kept, but for the models themselves.
fn artefact(manifest: &Manifest, experiment: &Experiment, results: &Results) -> Artefact {
    let facts = &results.ingredients.cohort;
    Artefact {
        form: 0,
        notice: MODEL_NOTICE.to_owned(),
        code: manifest.code.clone(),
        run: manifest.run.clone(),
        experiment: experiment.meant(),
        data_sha256: manifest.digests(),
        trained: Trained {
            rows: facts.rows,
            outcomes_in_100: (1000.0 * facts.events as f64 / facts.rows as f64).round() / 10.0,
            first: facts.first,
            last: facts.last,
            simulated: results.ingredients.simulated,
        },
        features: Vec::new(),
        models: Vec::new(),
        models_sha256: String::new(),
        binary_sha256: String::new(),
    }
}

const MODEL_NOTICE: &str = "For testing on other data by `rerefer evaluate`, and for nothing else: not for any decision about a \
                            child. Have it checked for disclosure before it leaves.";

fn predictions(results: &Results) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut header = vec![
        "child".to_owned(),
        "referral".to_owned(),
        "predict_on".to_owned(),
        "fold".to_owned(),
        "outcome".to_owned(),
    ];
    header.extend(results.input.scores.iter().map(|s| s.model.clone()));
    out.write_record(&header)?;
    let tested =
        results.plan.folds.iter().zip(1_u32..).flat_map(|(fold, f)| fold.test.iter().map(move |&i| (f, i)));
    for (at, (fold, i)) in tested.enumerate() {
        let row = &results.cohort.rows[i as usize];
        let mut record = vec![
            results.children[row.child as usize].to_string(),
            row.referral.to_string(),
            row.predict_on.to_string(),
            fold.to_string(),
            u8::from(row.label).to_string(),
        ];
        record.extend(results.input.scores.iter().map(|s| s.p[at].to_string()));
        out.write_record(&record)?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// Every candidate of every fold: its values, how it did, and which was chosen.
fn tuning(results: &Results) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["learner", "fold", "values", "log_loss", "share_of_households", "chosen"])?;
    for choice in &results.tuned.choices {
        for (at, candidate) in choice.candidates.iter().enumerate() {
            let values: Vec<String> = candidate.values.iter().map(|(key, v)| format!("{key}={v}")).collect();
            let chosen = if at == choice.chosen { "yes" } else { "" };
            let numbers = [candidate.loss, candidate.share].map(|v| v.to_string());
            let [loss, share] = &numbers;
            out.write_record([choice.learner, &choice.fold, &values.join(" "), loss, share, chosen])?;
        }
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

/// What the report hides, and why.
fn hidden(ingredients: &Ingredients) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for entry in disclosure::hidden(ingredients, ingredients.profile) {
        out.serialize(entry)?;
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

/// The features that no model of a fold was given a column of, and why. A learner that asks for some features only looks at
/// no others.
fn dropped(matrix: &Matrix, cohort: &Cohort, plan: &Plan) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["fold", "feature", "reason"])?;
    let features = &matrix.features;
    for fold in &plan.folds {
        // A category has a column of numbers learned from labels. Whose rows are dealt apart changes no number so far that
        // the column would be dropped, so that the child may stand for the household.
        let rows = || fold.train.iter().map(|i| &cohort.rows[*i as usize]);
        let came: Vec<bool> = rows().map(|row| row.label).collect();
        let child: Vec<u32> = rows().map(|row| row.child).collect();
        let labels = Labels { came: &came, household: &child };
        let (prepared, _) = prepare::learn_labelled(matrix, &fold.train, &Wants::Filled, labels);
        for (place, why) in prepared.dropped() {
            let reason = match why {
                Dropped::Constant => {
                    format!("fewer than {} training referrals differ from the middle value", prepare::LEAST)
                }
                Dropped::Repeats(other) => {
                    format!("the same in all training referrals as {}", features[*other].id)
                }
            };
            out.write_record([&fold.name, &features[*place].id, &reason])?;
        }
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

fn attrition(results: &Results) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["rule", "words", "removed", "rows", "children", "outcomes"])?;
    for a in &results.cohort.attrition {
        let counts = [a.removed, a.rows, a.children, a.outcomes].map(|n| n.to_string());
        out.write_record([&*a.rule, a.words.as_str()].into_iter().chain(counts.iter().map(String::as_str)))?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::dropped;
    use crate::experiment::test_world::World;

    /// The fourth feature never varies, until it is a category that does.
    #[test]
    fn a_category_is_listed_only_where_it_has_no_column() {
        let mut world = World::new();
        let list = |world: &World| {
            let bytes = dropped(&world.matrix, &world.cohort, &world.plan).unwrap();
            String::from_utf8(bytes).unwrap().lines().skip(1).map(str::to_owned).collect::<Vec<String>>()
        };
        let constant = list(&world);
        assert!(
            constant.len() == 2 && constant.iter().all(|l| l.contains(",f3,fewer than 10")),
            "{constant:?}"
        );
        world.matrix.features[3].levels = vec!["a".to_owned(), "b".to_owned()];
        for (row, home) in world.matrix.values.chunks_exact_mut(4).zip(&world.household) {
            row[3] = f32::from(u8::from(home / 2 % 2 == 0));
        }
        assert!(list(&world).is_empty(), "{:?}", list(&world));
    }
}
