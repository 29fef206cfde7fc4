//! The canonical tables: a folder with `children` and `events`, as Parquet or CSV.
//!
//! In: the table files found by [`super::locate()`]. Out: [`Ingested`]. [`csv`] and [`parquet`] turn a file into a
//! [`table::Raw`], columns of numbers, days and words, by the types in [`crate::schema::tables`]; [`children`] and
//! [`events`] judge the rows; [`episodes`] judges what several rows say together. A check of one row goes into one of
//! the first two, a check across rows into the third. [`mod@write`] is the way back.

mod children;
mod csv;
mod episodes;
mod events;
mod parquet;
mod table;
pub(super) mod write;

use super::locate::TableFile;
use super::problem::{At, Findings, Severity};
use super::{FileError, Format, IngestError, Ingested, InputFile, Progress, identify};
use crate::history::{History, Source};
use table::Raw;

/// The remark that goes with data without households.
pub(super) const NO_HOUSEHOLDS: &str = "Children are grouped by child because no household is recorded: brothers and sisters cannot be kept together.";

/// Reads the canonical tables.
pub(super) fn read(tables: &[TableFile], progress: Progress<'_>) -> Result<Ingested, IngestError> {
    let (raws, files) = load(tables, progress)?;
    let mut findings = Findings::default();
    for file in tables.iter().filter(|f| !f.table.required) {
        let at = At { file: &file.file.name, place: file.table.name, row: None, column: "" };
        let (found, allowed) = ("an optional table", "this version does not read it; nothing in it was used");
        findings.add(Severity::Warning, at, found, allowed, None);
    }
    for raw in &raws {
        raw.unknown_columns(&mut findings);
    }
    let Ok([children, events]) = <[Raw; 2]>::try_from(raws) else {
        return Err(IngestError::Files(Vec::new()));
    };
    let known = children::check(&children, &mut findings);
    progress(3, 4, "checking events");
    let events = events::check(events, &known, &mut findings);
    let remarks = if known.households { Vec::new() } else { vec![NO_HOUSEHOLDS.to_owned()] };
    let source = Source {
        format: "native".to_owned(),
        households: known.households,
        census_years: Vec::new(),
        remarks,
    };
    let history = History::new(known.children, events, known.authorities, source);
    progress(4, 4, "checking events");
    let Findings { problems, quarantined } = findings;
    Ok(Ingested { history, format: Format::Native, problems, quarantined, files })
}

/// Loads `children` and `events`, or gives the faults of both.
fn load(tables: &[TableFile], progress: Progress<'_>) -> Result<(Vec<Raw>, Vec<InputFile>), IngestError> {
    let (mut raws, mut files, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (i, TableFile { table, file, parquet }) in tables.iter().filter(|f| f.table.required).enumerate() {
        progress(i as u64, 4, &format!("reading {}", file.name));
        let raw = if *parquet { parquet::load(file, table) } else { csv::load(file, table) };
        match raw {
            Ok(raw) if raw.rows == 0 => {
                faults.push(FileError::NoRows { file: file.name.clone(), row: table.row });
            }
            Ok(raw) => raws.push(raw),
            Err(found) => faults.extend(found),
        }
        match identify(&file.path, &file.name) {
            Ok(identity) => files.push(identity),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok((raws, files)) } else { Err(IngestError::Files(faults)) }
}
