//! Files in, [`History`] out, with every problem found and none hidden.
//!
//! In: a folder of canonical tables ([`native`]) or CIN census XML ([`cin`]). Out: [`Ingested`]: the history, and every
//! [`Problem`] with its file, row and column. To add a format, add a folder beside these two, a variant to [`Format`]
//! and a line to [`mod@locate`] and [`read`].
//!
//! Two words have one meaning throughout. An *error* is a problem that kept something out of the history: it stands in
//! [`Ingested::quarantined`] by its row number. A *warning* kept everything in. Nothing is left out or changed in
//! silence, and no message holds a value from a row.

mod cin;
pub mod door;
mod encoding;
mod error;
mod identifiers;
mod locate;
mod native;
mod problem;
mod words;

use std::path::Path;

pub(crate) use encoding::{open_text, why_unreadable};
pub use error::{FileError, IngestError};
pub(crate) use identifiers::{by_name as identifier_by_name, is_nhs};
pub use native::write::{frames, native_files, write_native};
pub use problem::{FIRST_ROWS, Problem, ProblemGroup, Quarantined, Severity, grouped};

use crate::history::History;
use crate::io::digest;
use locate::{Found, locate};

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The canonical tables, as Parquet or CSV.
    Native,
    /// CIN census XML, one or several years.
    CinCensus,
}

/// One file that was read, and its identity.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct InputFile {
    /// File name, without its folder.
    pub name: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// All that was read.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// The rows that could be read, without those in `quarantined`.
    pub history: History,
    /// The format found.
    pub format: Format,
    /// Every problem, by file, place and row.
    pub problems: Vec<Problem>,
    /// What an error kept out: row numbers and column names, never values.
    pub quarantined: Vec<Quarantined>,
    /// The files read, in the order read.
    pub files: Vec<InputFile>,
}

/// Told now and then how far reading is: done, total, and what is being read. Only the ratio has a meaning.
pub type Progress<'a> = &'a dyn Fn(u64, u64, &str);

/// Reads the data at `path`: a folder with `children` and `events` (Parquet or CSV), a CIN census XML file, or a folder
/// of them, one a year. `progress` is called with done, total and a label.
///
/// Whether the problems found are few enough to go on is for the caller to decide.
///
/// # Errors
/// Returns an error if nothing could be read: no such path, no known file in it, a file that is damaged or in another
/// encoding, a table without a required column or without rows. All such faults of all files are in one error.
pub fn read(path: &Path, progress: Progress<'_>) -> Result<Ingested, IngestError> {
    let located = locate(path)?;
    let mut read = match located.found {
        Found::Native(tables) => native::read(&tables, progress)?,
        Found::Census(files) => cin::read(&files, progress)?,
    };
    if located.folders > 0 {
        read.problems.push(Problem {
            severity: Severity::Warning,
            file: path.display().to_string(),
            place: "folder".to_owned(),
            row: None,
            column: String::new(),
            found: "folders beside the files".to_owned(),
            allowed: "files alone; what is in the folders was not read".to_owned(),
            rule: None,
        });
    }
    let order = |file: &str| read.files.iter().position(|f| f.name == file);
    read.problems.sort_by_cached_key(|p| (order(&p.file), p.place.clone(), p.row));
    read.quarantined.sort_by_cached_key(|q| (order(&q.file), q.place.clone(), q.row, q.column.clone()));
    read.quarantined.dedup();
    Ok(read)
}

/// The identity of a file.
fn identify(path: &Path, name: &str) -> Result<InputFile, FileError> {
    let fault = |source| FileError::Unreadable { file: name.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(fault)?.len();
    Ok(InputFile { name: name.to_owned(), sha256: digest::file(path).map_err(fault)?, bytes })
}
