//! The canonical tables: a folder with `children` and `events`, as Parquet or CSV.
//!
//! In: the table files found by [`super::locate()`]. Out: [`Ingested`]. [`csv`] and [`parquet`] turn a file into a
//! [`table::Raw`], columns of numbers, days and words, by the types in [`crate::schema::tables`]; [`children`] and
//! [`events`] judge the rows, [`notes`] those of the optional table; [`episodes`] judges what several rows say together. A
//! check of one row goes into one of the first three, a check across rows into the last. [`mod@write`] is the way back.

mod children;
mod csv;
mod episodes;
mod events;
mod notes;
mod parquet;
mod table;
pub(super) mod write;

use super::door::Door;
use super::locate::TableFile;
use super::problem::Findings;
use super::{FileError, Format, IngestError, Ingested, InputFile, Progress, identify};
use crate::history::{History, Source};
use crate::num::Day;
use table::{BAD_DAY, Raw};

/// The remark that goes with data without households.
pub(super) const NO_HOUSEHOLDS: &str = "Children are grouped by child because no household is recorded: brothers and sisters cannot be kept together.";

/// The remark that goes with data that hold notes.
const NOTES_UNUSED: &str =
    "The data hold case notes. No feature is made from them, so they had no part in any result.";

/// Reads the canonical tables.
pub(super) fn read(tables: &[TableFile], progress: Progress<'_>) -> Result<Ingested, IngestError> {
    let (raws, files) = load(tables, progress)?;
    let mut findings = Findings::default();
    let mut door = Door::default();
    for raw in &raws {
        raw.unknown_columns(&mut findings);
        raw.unknown.iter().for_each(|(name, looks_like)| door.column(raw.table.name, name, *looks_like));
    }
    let mut raws = raws.into_iter();
    let (Some(children), Some(events)) = (raws.next(), raws.next()) else {
        return Err(IngestError::Files(Vec::new()));
    };
    let known = children::check(&children, last_day(&events), &mut findings);
    progress(3, 4, "checking events");
    let events = events::check(events, &known, &mut findings);
    let notes = raws.next().map(|raw| notes::check(raw, &known, &mut findings)).unwrap_or_default();
    let mut remarks = if known.households { Vec::new() } else { vec![NO_HOUSEHOLDS.to_owned()] };
    if !notes.is_empty() {
        remarks.push(NOTES_UNUSED.to_owned());
    }
    let source = Source {
        format: "native".to_owned(),
        households: known.households,
        census_years: Vec::new(),
        remarks,
        dropped: door.dropped(),
    };
    let mut history = History::new(known.children, events, known.authorities, source);
    history.notes = notes;
    progress(4, 4, "checking events");
    let Findings { problems, quarantined } = findings;
    Ok(Ingested { history, format: Format::Native, problems, quarantined, files })
}

/// The last day of an event.
fn last_day(events: &Raw) -> Option<Day> {
    events.days("date").unwrap_or_default().iter().copied().max().filter(|day| *day > BAD_DAY)
}

/// Loads the tables, `children` and `events` first, or gives the faults of all.
fn load(tables: &[TableFile], progress: Progress<'_>) -> Result<(Vec<Raw>, Vec<InputFile>), IngestError> {
    let (mut raws, mut files, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (i, TableFile { table, file, parquet }) in tables.iter().enumerate() {
        progress(i as u64, 4, &format!("reading {}", file.name));
        let raw = if *parquet { parquet::load(file, table) } else { csv::load(file, table) };
        match raw {
            Ok(raw) if raw.rows == 0 && table.required => {
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
