//! A simulation as a data folder: the canonical tables and the truth as Parquet, and the scenario that made them.

use super::{Simulated, TruthRow};
use crate::history::{History, NO_CODE, NO_EPISODE};
use crate::io::atomic;
use crate::num::Day;
use crate::schema::codes::{self, CodeList};
use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, NamedFromOwned, ParquetCompression, ParquetWriter,
    PolarsResult, Series,
};
use std::path::{Path, PathBuf};

/// Why a simulation could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A table could not be laid out as Parquet.
    #[error("{0}: {1}")]
    Table(&'static str, polars::prelude::PolarsError),
    /// A file could not be written.
    #[error("cannot write {0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// Writes `children.parquet`, `events.parquet`, `truth.parquet` and `scenario.toml` into `dir`, each whole or not at
/// all. The same simulation gives the same bytes.
///
/// # Errors
/// Returns the first table that could not be laid out, or file that could not be written.
pub fn write(simulated: &Simulated, scenario_text: &str, dir: &Path) -> Result<(), WriteError> {
    let history = &simulated.history;
    let tables = [
        ("children.parquet", children(history)),
        ("events.parquet", events(history)),
        ("truth.parquet", truth(&simulated.truth)),
    ];
    for (name, table) in tables {
        let bytes = table.and_then(parquet).map_err(|e| WriteError::Table(name, e))?;
        put(dir, name, &bytes)?;
    }
    put(dir, "scenario.toml", scenario_text.as_bytes())
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
    let path = dir.join(name);
    atomic::write(&path, bytes).map_err(|e| WriteError::File(path, e))
}

fn parquet(mut table: DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let compression = ParquetCompression::Zstd(None);
    // One column at a time, so that the bytes do not depend on the number of threads.
    ParquetWriter::new(&mut bytes).with_compression(compression).set_parallel(false).finish(&mut table)?;
    Ok(bytes)
}

fn children(history: &History) -> PolarsResult<DataFrame> {
    let c = &history.children;
    let authority: Vec<&str> = c
        .authority
        .iter()
        .map(|&a| history.authorities.get(usize::from(a)).map_or("", String::as_str))
        .collect();
    let disabilities: Vec<Option<String>> = c.disabilities.iter().map(|&bits| spelled(bits)).collect();
    DataFrame::new_infer_height(vec![
        Series::from_vec("child".into(), c.id.clone()).into_column(),
        dates("birth_month", c.birth_month.iter().copied()),
        coded("sex", c.sex.iter().map(|&code| text(&codes::SEX, code))),
        coded("ethnicity", c.ethnicity.iter().map(|&code| text(&codes::ETHNICITY, code))),
        Series::new("disabilities".into(), disabilities).into_column(),
        Series::from_vec("household".into(), c.household.iter().map(|&h| i64::from(h)).collect::<Vec<_>>())
            .into_column(),
        Series::new("authority".into(), authority).into_column(),
        dates("observed_from", c.observed_from.iter().copied().map(Some)),
        dates("observed_to", c.observed_to.iter().copied().map(Some)),
        dates("left_on", c.left_on.iter().copied()),
        coded("left_reason", c.left_reason.iter().map(|&code| text(&codes::LEFT, code))),
    ])
}

fn events(history: &History) -> PolarsResult<DataFrame> {
    let e = &history.events;
    let child: Vec<i64> = e.child.iter().map(|&c| history.children.id[c as usize]).collect();
    let episode: Vec<Option<i64>> =
        e.episode.iter().map(|&n| (n != NO_EPISODE).then_some(i64::from(n))).collect();
    DataFrame::new_infer_height(vec![
        Series::from_vec("child".into(), child).into_column(),
        dates("date", e.date.iter().copied().map(Some)),
        dates("known_on", e.known_on.iter().copied().map(Some)),
        coded("kind", e.kind.iter().map(|kind| Some(kind.spec().name))),
        coded(
            "code",
            e.kind
                .iter()
                .zip(&e.code)
                .map(|(kind, &code)| kind.spec().codes.and_then(|list| text(list, code))),
        ),
        Series::new("episode".into(), episode).into_column(),
    ])
}

fn truth(rows: &[TruthRow]) -> PolarsResult<DataFrame> {
    let numbers = |name: &str, of: fn(&TruthRow) -> f64| {
        Series::from_vec(name.into(), rows.iter().map(of).collect::<Vec<f64>>()).into_column()
    };
    DataFrame::new_infer_height(vec![
        Series::from_vec("child".into(), rows.iter().map(|r| r.child).collect::<Vec<_>>()).into_column(),
        dates("referral", rows.iter().map(|r| Some(r.referral))),
        Series::from_vec(
            "horizon_days".into(),
            rows.iter().map(|r| i32::from(r.horizon_days)).collect::<Vec<_>>(),
        )
        .into_column(),
        numbers("p_latent", |r| r.p_latent),
        numbers("p_observable", |r| r.p_observable),
        numbers("frailty", |r| r.frailty),
    ])
}

fn text(list: &'static CodeList, code: u8) -> Option<&'static str> {
    if code == NO_CODE { None } else { list.get(code).map(|c| c.code) }
}

/// The codes of the set bits, sorted and separated by spaces; `None` if nothing is recorded.
fn spelled(bits: u16) -> Option<String> {
    let list = codes::DISABILITY.codes.iter().enumerate();
    let mut set: Vec<&str> = list.filter(|(i, _)| bits >> i & 1 == 1).map(|(_, c)| c.code).collect();
    set.sort_unstable();
    (!set.is_empty()).then(|| set.join(" "))
}

fn dates(name: &str, days: impl Iterator<Item = Option<Day>>) -> Column {
    let days: Vec<Option<i32>> = days.map(|d| d.map(|d| d.0)).collect();
    Series::new(name.into(), days).into_date().into_column()
}

fn coded(name: &str, codes: impl Iterator<Item = Option<&'static str>>) -> Column {
    Series::new(name.into(), codes.collect::<Vec<_>>()).into_column()
}
