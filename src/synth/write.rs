//! A simulation as a data folder: the canonical tables and the truth as Parquet, and the scenario that made them.

use super::{Simulated, TruthRow};
use crate::ingest::{IngestError, write_native};
use crate::io::{atomic, parquet};
use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use std::path::{Path, PathBuf};

/// Why a simulation could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A canonical table could not be written.
    #[error(transparent)]
    Tables(#[from] IngestError),
    /// Another file could not be written.
    #[error("cannot write {0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// Writes `children.parquet`, `events.parquet`, `truth.parquet` and `scenario.toml` into `dir`, each whole or not at
/// all. The same simulation gives the same bytes.
///
/// # Errors
/// Returns the first file that could not be written.
pub fn write(simulated: &Simulated, scenario_text: &str, dir: &Path) -> Result<(), WriteError> {
    write_native(&simulated.history, dir)?;
    let path = dir.join("truth.parquet");
    let table = truth(&simulated.truth).map_err(std::io::Error::other);
    let written = table.and_then(|mut table| parquet::write(&mut table, &path));
    written.map_err(|e| WriteError::File(path, e))?;
    let path = dir.join("scenario.toml");
    atomic::write(&path, scenario_text.as_bytes()).map_err(|e| WriteError::File(path, e))
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
