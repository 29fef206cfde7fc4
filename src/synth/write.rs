//! A simulation as a data folder: the canonical tables and the truth as Parquet, and the scenario that made them.

use super::{Simulated, TruthRow};
use crate::ingest::{IngestError, InputFile, native_files};
use crate::io::{atomic, digest, parquet};
use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The file that says which tables were simulated: their names and SHA-256 digests. Tables with other digests are not
/// covered by it, so that it cannot make real records pass for made-up ones.
pub const MARK: &str = "simulated.json";

/// Writes `children.parquet`, `events.parquet`, `truth.parquet`, `scenario.toml` and [`MARK`] into `dir`, all or none.
/// The same simulation gives the same bytes.
///
/// # Errors
/// Returns the first file that could not be laid out or written.
pub fn write(simulated: &Simulated, scenario_text: &str, dir: &Path) -> Result<(), IngestError> {
    let fault = |path: PathBuf, source| IngestError::Write { path, source };
    let mut files = native_files(&simulated.history)?;
    let mark = mark(&files);
    let truth = truth(&simulated.truth).and_then(|mut table| parquet::bytes(&mut table));
    let name = "truth.parquet";
    files.push((name, truth.map_err(|e| fault(name.into(), std::io::Error::other(e)))?));
    files.push(("scenario.toml", scenario_text.as_bytes().to_vec()));
    files.push((MARK, mark));
    atomic::write_all(dir, &files).map_err(|(path, source)| fault(path, source))
}

/// The mark of tables.
#[must_use]
pub fn mark(tables: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let digests: BTreeMap<&str, String> =
        tables.iter().map(|(name, bytes)| (*name, digest::hex(bytes))).collect();
    format!("{:#}\n", serde_json::json!(digests)).into_bytes()
}

/// Whether the folder `dir` holds a mark that covers every one of `files`.
#[must_use]
pub fn is_marked(dir: &Path, files: &[InputFile]) -> bool {
    let text = std::fs::read_to_string(dir.join(MARK)).unwrap_or_default();
    let digests: BTreeMap<String, String> = serde_json::from_str(&text).unwrap_or_default();
    !files.is_empty() && files.iter().all(|file| digests.get(&file.name) == Some(&file.sha256))
}

fn truth(rows: &[TruthRow]) -> PolarsResult<DataFrame> {
    let whole = |name: &str, of: fn(&TruthRow) -> i64| {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let numbers = |name: &str, of: fn(&TruthRow) -> f64| {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let referral: Vec<i32> = rows.iter().map(|r| r.referral.0).collect();
    DataFrame::new_infer_height(vec![
        whole("child", |r| r.child),
        Series::new("referral".into(), referral).cast(&DataType::Date)?.into_column(),
        whole("horizon_days", |r| i64::from(r.horizon_days)),
        numbers("p_latent", |r| r.p_latent),
        numbers("p_observable", |r| r.p_observable),
        numbers("frailty", |r| r.frailty),
    ])
}
