//! A history as canonical Parquet tables, small and the same bytes every time.

use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, NewChunkedArray, PolarsResult, Series,
    StringChunked,
};

use super::super::IngestError;
use crate::history::{Children, Events, History, NO_CODE, NO_EPISODE, Notes};
use crate::io::{atomic, parquet};
use crate::num::Day;
use crate::schema::KINDS;
use crate::schema::codes::{CodeList, DISABILITY, ETHNICITY, LEFT, SEX};

/// Writes `children.parquet`, `events.parquet` and, where there are notes, `notes.parquet` to the folder `dir`, which
/// is made if it is absent: all of them or none. A table of notes that was there before and has none now is removed.
///
/// Surrogates are 64-bit integers, days dates, everything else text. Reading them back gives the same history, but for
/// the remarks of its source.
///
/// # Errors
/// Returns the error of making or writing a file.
pub fn write_native(history: &History, dir: &Path) -> Result<(), IngestError> {
    let fault = |path: PathBuf, source| IngestError::Write { path, source };
    let files = native_files(history)?;
    atomic::write_all(dir, &files).map_err(|(path, source)| fault(path, source))?;
    let old = dir.join("notes.parquet");
    if history.notes.is_empty() && old.exists() {
        std::fs::remove_file(&old).map_err(|source| fault(old, source))?;
    }
    Ok(())
}

/// The tables as files, name and bytes.
///
/// # Errors
/// Returns the table that could not be laid out.
pub fn native_files(history: &History) -> Result<Vec<(&'static str, Vec<u8>)>, IngestError> {
    let fault = |name: &str, e| IngestError::Write { path: name.into(), source: std::io::Error::other(e) };
    let mut files = Vec::new();
    for (name, mut frame) in frames(history).map_err(|e| fault("the tables", e))? {
        let file = match name {
            "children" => "children.parquet",
            "events" => "events.parquet",
            _ => "notes.parquet",
        };
        files.push((file, parquet::bytes(&mut frame).map_err(|e| fault(file, e))?));
    }
    if history.notes.is_empty() {
        files.retain(|(name, _)| *name != "notes.parquet");
    }
    Ok(files)
}

/// The tables `children`, `events` and `notes` as frames.
///
/// # Errors
/// Returns why one could not be laid out.
pub fn frames(history: &History) -> PolarsResult<[(&'static str, DataFrame); 3]> {
    Ok([("children", children(history)?), ("events", events(history)?), ("notes", notes(history)?)])
}

fn children(history: &History) -> PolarsResult<DataFrame> {
    let Children { id, birth_month, sex, ethnicity, disabilities, household, authority, .. } =
        &history.children;
    let rest = &history.children;
    let households: Vec<Option<i64>> =
        household.iter().map(|h| history.source.households.then_some(i64::from(*h))).collect();
    let authorities: Vec<&str> = authority
        .iter()
        .map(|a| history.authorities.get(usize::from(*a)).map_or("", String::as_str))
        .collect();
    DataFrame::new_infer_height(vec![
        Series::new("child".into(), id).into_column(),
        days("birth_month", birth_month.iter().copied())?,
        codes("sex", &SEX, sex),
        codes("ethnicity", &ETHNICITY, ethnicity),
        Series::new(
            "disabilities".into(),
            disabilities.iter().map(|d| disability_codes(*d)).collect::<Vec<_>>(),
        )
        .into_column(),
        Series::new("household".into(), households).into_column(),
        Series::new("authority".into(), authorities).into_column(),
        days("observed_from", rest.observed_from.iter().map(|d| Some(*d)))?,
        days("observed_to", rest.observed_to.iter().map(|d| Some(*d)))?,
        days("left_on", rest.left_on.iter().copied())?,
        codes("left_reason", &LEFT, &rest.left_reason),
    ])
}

fn events(history: &History) -> PolarsResult<DataFrame> {
    let Events { child, date, known_on, kind, code, episode } = &history.events;
    let ids: Vec<i64> = child.iter().map(|c| history.children.id[*c as usize]).collect();
    let episodes: Vec<Option<i64>> =
        episode.iter().map(|e| (*e != NO_EPISODE).then_some(i64::from(*e))).collect();
    // One dictionary for all lists: kinds share codes such as 1A, which is a source and a factor.
    let mut all: Vec<&'static str> = Vec::new();
    for code in KINDS.iter().filter_map(|k| k.codes).flat_map(|list| list.codes) {
        if !all.contains(&code.code) {
            all.push(code.code);
        }
    }
    let place = |list: &CodeList| -> Vec<Option<u8>> {
        let place = |code: &str| all.iter().position(|c| *c == code).and_then(|i| u8::try_from(i).ok());
        list.codes.iter().map(|c| place(c.code)).collect()
    };
    let places: Vec<Vec<Option<u8>>> = KINDS.iter().map(|k| k.codes.map_or_else(Vec::new, place)).collect();
    let code_places =
        kind.iter().zip(code).map(|(k, c)| places[*k as usize].get(usize::from(*c)).copied().flatten());
    DataFrame::new_infer_height(vec![
        Series::new("child".into(), ids).into_column(),
        days("date", date.iter().map(|d| Some(*d)))?,
        days("known_on", known_on.iter().map(|d| Some(*d)))?,
        words("kind", KINDS.iter().map(|k| k.name), kind.iter().map(|k| Some(*k as u8))),
        words("code", all.iter().copied(), code_places),
        Series::new("episode".into(), episodes).into_column(),
    ])
}

fn notes(history: &History) -> PolarsResult<DataFrame> {
    let Notes { child, date, known_on, kind, text } = &history.notes;
    let ids: Vec<i64> = child.iter().map(|c| history.children.id[*c as usize]).collect();
    DataFrame::new_infer_height(vec![
        Series::new("child".into(), ids).into_column(),
        days("date", date.iter().map(|d| Some(*d)))?,
        days("known_on", known_on.iter().map(|d| Some(*d)))?,
        Series::new("kind".into(), kind).into_column(),
        Series::new("text".into(), text).into_column(),
    ])
}

/// The codes of a set of disabilities, sorted and separated by spaces; `None` if nothing is recorded.
fn disability_codes(set: u16) -> Option<String> {
    let mut codes: Vec<&str> =
        DISABILITY.codes.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, c)| c.code).collect();
    codes.sort_unstable();
    (!codes.is_empty()).then(|| codes.join(" "))
}

fn days(name: &str, days: impl Iterator<Item = Option<Day>>) -> PolarsResult<Column> {
    let days: Vec<Option<i32>> = days.map(|d| d.map(|d| d.0)).collect();
    Ok(Series::new(name.into(), days).cast(&DataType::Date)?.into_column())
}

fn codes(name: &str, list: &CodeList, places: &[u8]) -> Column {
    let places = places.iter().map(|p| (*p != NO_CODE).then_some(*p));
    words(name, list.codes.iter().map(|c| c.code), places)
}

/// A column of words given by their places in `all`.
fn words(
    name: &str,
    all: impl Iterator<Item = &'static str>,
    places: impl Iterator<Item = Option<u8>>,
) -> Column {
    let all: Vec<&str> = all.collect();
    let words = places.map(|place| all.get(usize::from(place?)).copied());
    StringChunked::from_iter_options(name.into(), words).into_series().into_column()
}
