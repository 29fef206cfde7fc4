//! A simulation as data folders, written as it is made: the canonical tables as Parquet or CSV, census returns as XML,
//! and the truth.

mod census;
mod cin;
mod table;

use super::scenario::Scenario;
use super::{Oracle, Part, stream};
use crate::ingest::{IngestError, InputFile};
use crate::io::atomic::{self, Pending};
use crate::io::digest;
use census::Returns;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use table::{Table, Tables, truth};

/// The file that says which tables were simulated: their names and SHA-256 digests. Tables with other digests are not
/// covered by it, so that it cannot make real records pass for made-up ones.
pub const MARK: &str = "simulated.json";

/// How a simulation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Canonical tables as Parquet.
    Parquet,
    /// Canonical tables as CSV.
    Csv,
    /// Children in need census returns as XML, one an authority and year.
    CinXml,
}

impl Format {
    /// Where this one of `formats` is written: tables of one format alone in `folder` itself, else each format in a
    /// folder of its own, since a reader takes all that is in one.
    #[must_use]
    pub fn folder(self, folder: &Path, formats: &[Self]) -> PathBuf {
        match self {
            Self::CinXml => folder.join("cin-census"),
            _ if formats == [self] => folder.to_owned(),
            Self::Parquet => folder.join("parquet"),
            Self::Csv => folder.join("csv"),
        }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Written {
    /// Children.
    pub children: usize,
    /// Events.
    pub events: usize,
    /// Referrals with known truth.
    pub referrals: usize,
    /// The best that any model could reach.
    pub oracle: Oracle,
}

/// The mark of tables.
#[must_use]
pub fn mark(tables: &[(&str, Vec<u8>)]) -> Vec<u8> {
    marked(tables.iter().map(|(name, bytes)| ((*name).to_owned(), digest::hex(bytes))).collect())
}

fn marked(digests: BTreeMap<String, String>) -> Vec<u8> {
    format!("{:#}\n", serde_json::json!(digests)).into_bytes()
}

/// Whether the folder `dir` holds a mark that covers every one of `files`.
#[must_use]
pub fn is_marked(dir: &Path, files: &[InputFile]) -> bool {
    let text = std::fs::read_to_string(dir.join(MARK)).unwrap_or_default();
    let digests: BTreeMap<String, String> = serde_json::from_str(&text).unwrap_or_default();
    !files.is_empty() && files.iter().all(|file| digests.get(&file.name) == Some(&file.sha256))
}

/// Where and how to write.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The scenario as text, kept beside the data.
    pub scenario: &'a str,
    /// The formats of the records. The truth is written beside them, as CSV where they are CSV.
    pub formats: &'a [Format],
    /// Days, besides 365, within which the probability of a return is written.
    pub horizons: &'a [u16],
}

/// A file and what went wrong with it.
type Fault = (PathBuf, std::io::Error);

/// Simulates a scenario and writes it part by part. Every table appears whole when all are done, or not at all. The same
/// scenario gives the same bytes.
///
/// # Errors
/// Returns the first file that could not be laid out or written.
pub fn write_as_made(
    scenario: &Scenario,
    target: &Target<'_>,
    progress: &dyn Fn(u64, u64),
) -> Result<Written, IngestError> {
    write(scenario, target, progress).map_err(|(path, source)| IngestError::Write { path, source })
}

fn write(scenario: &Scenario, target: &Target<'_>, progress: &dyn Fn(u64, u64)) -> Result<Written, Fault> {
    let mut tables = Vec::new();
    for format in [Format::Parquet, Format::Csv].into_iter().filter(|f| target.formats.contains(f)) {
        tables.push(Tables::begin(format, scenario, target)?);
    }
    // The truth of census returns is beside them, not among them.
    let alone = tables.is_empty();
    let truth_table =
        || Table::begin(target.folder, "truth", Format::Parquet, &truth(&[], &[], target.horizons));
    let mut truth_only = alone.then(truth_table).transpose()?;
    let census = target.formats.contains(&Format::CinXml);
    let mut census = census
        .then(|| Returns::begin(scenario, &Format::CinXml.folder(target.folder, target.formats)))
        .transpose()?;
    let mut written = Written::default();
    let sink = |part: Part| {
        written.children += part.history.children.len();
        written.events += part.history.events.len();
        written.referrals += part.truth.len();
        let truth = truth(&part.truth, &part.horizons, target.horizons);
        for tables in &mut tables {
            tables.add(&part, &truth)?;
        }
        if let Some(table) = &mut truth_only {
            table.add(&truth)?;
        }
        census.as_mut().map_or(Ok(()), |returns| returns.add(&part.history))
    };
    let oracle = stream(scenario, target.horizons, progress, sink)?;
    let mut files = Vec::new();
    let mut marks = Vec::new();
    for tables in tables {
        let (folder, names, all) = tables.finish()?;
        marks.push((folder, names));
        files.extend(all);
    }
    if let Some(table) = truth_only {
        files.push(table.finish()?);
    }
    let mut text = Pending::new(target.folder, "scenario.toml")?;
    let path = target.folder.join("scenario.toml");
    text.write_all(target.scenario.as_bytes()).map_err(|e| (path, e))?;
    files.push(text);
    if let Some(returns) = census {
        marks.push((Format::CinXml.folder(target.folder, target.formats), returns.finish()?));
    }
    atomic::keep(files)?;
    // The mark comes last: without it the tables count as real records.
    for (folder, names) in marks {
        let digests = names.into_iter().map(|name| {
            let path = folder.join(&name);
            Ok((name, digest::file(&path).map_err(|e| (path, e))?))
        });
        let bytes = marked(digests.collect::<Result<_, Fault>>()?);
        atomic::write(&folder.join(MARK), &bytes).map_err(|e| (folder.join(MARK), e))?;
    }
    Ok(Written { oracle, ..written })
}
