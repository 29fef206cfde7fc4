//! A table as read from a file: columns of numbers, days and words, with the cells that could not be taken noted.

use std::collections::HashMap;

use super::super::FileError;
use super::super::identifiers;
use super::super::problem::{At, Findings, Severity};
use super::super::words;
use crate::io::settings::nearest;
use crate::num::Day;
use crate::schema::tables::{Table, Type};

/// An empty number, day or word.
pub(super) const NO_NUMBER: i64 = i64::MIN;
pub(super) const NO_DAY: Day = Day(i32::MIN);
pub(super) const NO_WORD: u32 = u32::MAX;
/// A cell that could not be taken; it is in [`Raw::bad`].
pub(super) const BAD_NUMBER: i64 = i64::MIN + 1;
pub(super) const BAD_DAY: Day = Day(i32::MIN + 1);
pub(super) const BAD_WORD: u32 = u32::MAX - 1;

/// One column; a value a row, or no value at all where the column is absent.
#[derive(Debug)]
pub(super) enum Column {
    /// The file has no such column.
    Absent,
    /// Surrogates.
    Numbers(Vec<i64>),
    /// Dates and months.
    Days(Vec<Day>),
    /// Codes, kinds and names.
    Words(Words),
}

/// A column of few distinct words.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Place in `distinct`, [`NO_WORD`] or [`BAD_WORD`], of each row.
    pub(super) of: Vec<u32>,
    /// The distinct words.
    pub(super) distinct: Vec<String>,
    places: HashMap<String, u32>,
    /// Places of words met lately, by [`slot`]: a column of millions of rows holds a few dozen words.
    lately: Vec<u32>,
}

impl Words {
    /// The place of a word, entering it if it is new; [`NO_WORD`] for an empty one.
    pub(super) fn place(&mut self, word: &str) -> u32 {
        let word = word.trim();
        if word.is_empty() {
            return NO_WORD;
        }
        if self.lately.is_empty() {
            self.lately = vec![NO_WORD; SLOTS];
        }
        let slot = slot(word);
        let last = self.lately[slot];
        if self.distinct.get(last as usize).is_some_and(|w| w == word) {
            return last;
        }
        let place = self.places.get(word).copied().unwrap_or_else(|| {
            let place = u32::try_from(self.distinct.len()).unwrap_or(BAD_WORD);
            self.distinct.push(word.to_owned());
            self.places.insert(word.to_owned(), place);
            place
        });
        self.lately[slot] = place;
        place
    }

    /// The word of a row, or `None` where it is empty or bad.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.distinct.get(self.of[row] as usize).map(String::as_str)
    }
}

const SLOTS: usize = 256;

/// A number below [`SLOTS`] for a non-empty word, cheap and spread well enough over short codes.
fn slot(word: &str) -> usize {
    let b = word.as_bytes();
    let [first, middle, last] = [b[0], b[b.len() / 2], b[b.len() - 1]].map(usize::from);
    (first * 7 + middle * 31 + last * 131 + b.len() * 17) % SLOTS
}

/// A cell (or, with an empty column, a row) that could not be taken.
#[derive(Debug)]
pub(super) struct Bad {
    pub(super) row: usize,
    pub(super) column: &'static str,
    pub(super) found: String,
    pub(super) allowed: String,
}

/// A table as read.
#[derive(Debug)]
pub(super) struct Raw {
    /// File name.
    pub(super) file: String,
    /// The table.
    pub(super) table: &'static Table,
    /// Number of rows.
    pub(super) rows: usize,
    /// Columns in the order of the schema.
    pub(super) columns: Vec<Column>,
    /// Cells that could not be taken, by row.
    pub(super) bad: Vec<Bad>,
    /// Columns that the schema does not know, and which identifier each looks like.
    pub(super) unknown: Vec<(String, Option<&'static str>)>,
    /// The line of each row in a text file; `None`: rows are numbered from 1.
    pub(super) lines: Option<Vec<u64>>,
}

impl Raw {
    /// The number of a row as a person would count it in the file.
    pub(super) fn number(&self, row: usize) -> u64 {
        self.lines.as_ref().map_or(row as u64 + 1, |lines| lines[row])
    }

    /// Where a problem in a row stands.
    pub(super) fn at<'a>(&'a self, row: usize, column: &'a str) -> At<'a> {
        At { file: &self.file, place: self.table.name, row: Some(self.number(row)), column }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.table.columns.iter().position(|c| c.name == name)?)
    }

    /// A column of numbers, or `None` where it is absent.
    pub(super) fn numbers(&self, name: &str) -> Option<&[i64]> {
        if let Some(Column::Numbers(values)) = self.column(name) { Some(values) } else { None }
    }

    /// A column of days, or `None` where it is absent.
    pub(super) fn days(&self, name: &str) -> Option<&[Day]> {
        if let Some(Column::Days(values)) = self.column(name) { Some(values) } else { None }
    }

    /// Takes a column of days out.
    pub(super) fn take_days(&mut self, name: &str) -> Vec<Day> {
        let place = self.table.columns.iter().position(|c| c.name == name);
        match place.and_then(|place| self.columns.get_mut(place)) {
            Some(Column::Days(values)) => std::mem::take(values),
            _ => Vec::new(),
        }
    }

    /// A column of words, or `None` where it is absent.
    pub(super) fn words(&self, name: &str) -> Option<&Words> {
        if let Some(Column::Words(values)) = self.column(name) { Some(values) } else { None }
    }

    /// Reports the bad cells and the empty cells of required columns; returns which rows they spoil.
    pub(super) fn spoilt_rows(&self, findings: &mut Findings) -> Vec<bool> {
        let mut spoilt = vec![false; self.rows];
        for bad in &self.bad {
            spoilt[bad.row] = true;
            findings.add(Severity::Error, self.at(bad.row, bad.column), &bad.found, &bad.allowed, None);
        }
        for (spec, column) in self.table.columns.iter().zip(&self.columns) {
            let (Type::Name, Column::Words(words)) = (spec.ty, column) else { continue };
            let wrong: Vec<_> = words.distinct.iter().map(|word| words::not_a_name(word)).collect();
            for (row, place) in words.of.iter().enumerate() {
                if let Some(found) = wrong.get(*place as usize).copied().flatten() {
                    spoilt[row] = true;
                    let at = self.at(row, spec.name);
                    findings.add(Severity::Error, at, found, &words::allowed(spec.ty, true), None);
                }
            }
        }
        for (spec, column) in self.table.columns.iter().zip(&self.columns).filter(|(spec, _)| spec.required) {
            let empty: Vec<usize> = match column {
                Column::Absent => Vec::new(),
                Column::Numbers(v) => places(v, &NO_NUMBER),
                Column::Days(v) => places(v, &NO_DAY),
                Column::Words(v) => places(&v.of, &NO_WORD),
            };
            for row in empty {
                spoilt[row] = true;
                let at = self.at(row, spec.name);
                findings.add(Severity::Error, at, "nothing", &words::allowed(spec.ty, true), None);
            }
        }
        spoilt
    }

    /// Reports the columns that the schema does not know.
    pub(super) fn unknown_columns(&self, findings: &mut Findings) {
        for (name, looks_like) in &self.unknown {
            let at = At { file: &self.file, place: self.table.name, row: None, column: name };
            match looks_like {
                Some(identifier) => {
                    let found = format!("a column that looks like {identifier}");
                    let allowed = "no direct identifiers; take the column out (it was not read)";
                    findings.add(Severity::Error, at, &found, allowed, None);
                }
                None => {
                    let allowed = "the columns of the data dictionary; it was not read";
                    findings.add(Severity::Warning, at, "a column that is not known", allowed, None);
                }
            }
        }
    }
}

fn places<T: PartialEq>(values: &[T], wanted: &T) -> Vec<usize> {
    (0..values.len()).filter(|i| values[*i] == *wanted).collect()
}

/// How the columns of a file stand to those of the schema.
#[derive(Debug)]
pub(super) struct Header {
    /// Place in the file of each column of the schema.
    pub(super) place: Vec<Option<usize>>,
    /// Places and names of the other columns.
    pub(super) unknown: Vec<(usize, String)>,
}

/// Matches the column names of a file with the schema; all faults at once.
pub(super) fn header(file: &str, table: &'static Table, names: &[String]) -> Result<Header, Vec<FileError>> {
    let mut faults = Vec::new();
    let file = file.to_owned();
    let known = |name: &str| table.columns.iter().any(|c| c.name == name);
    let place: Vec<_> = table.columns.iter().map(|c| names.iter().position(|n| n == c.name)).collect();
    if names.iter().all(String::is_empty) {
        return Err(vec![FileError::Empty { file }]);
    }
    // Where no column is known, the first row may be a child's, and nothing of it must be quoted.
    if !names.is_empty() && !names.iter().any(|name| known(name)) && !names[0].contains([';', '\t', '|']) {
        return Err(vec![FileError::NoHeader { file, expected: expected(table) }]);
    }
    if names.len() == 1 && names[0].contains([';', '\t', '|']) {
        return Err(vec![FileError::Separator { file }]);
    }
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) {
            faults.push(FileError::ColumnTwice { file: file.clone(), column: name.clone() });
        }
    }
    for (spec, _) in table.columns.iter().zip(&place).filter(|(spec, place)| spec.required && place.is_none())
    {
        let others = names.iter().map(String::as_str).filter(|n| !known(n));
        let hint = nearest(spec.name, others)
            .map_or_else(String::new, |n| format!("; the nearest column present is `{n}`"));
        faults.push(FileError::MissingColumn { file: file.clone(), column: spec.name, hint });
    }
    let unknown = names.iter().cloned().enumerate().filter(|(_, n)| !known(n)).collect();
    if faults.is_empty() { Ok(Header { place, unknown }) } else { Err(faults) }
}

/// The columns that a table must have.
fn expected(table: &Table) -> String {
    let required = table.columns.iter().filter(|c| c.required).map(|c| format!("`{}`", c.name));
    required.collect::<Vec<_>>().join(", ")
}

/// The most authorities that a table can hold; more names than this are something else than authorities.
const MOST_AUTHORITIES: usize = 400;

/// Refuses a table whose surrogates look like NHS numbers, or whose authorities are no authorities.
pub(super) fn refuse_identifiers(raw: &Raw) -> Result<(), FileError> {
    let authorities = raw.words("authority").map_or(0, |w| w.distinct.len());
    if authorities > MOST_AUTHORITIES {
        return Err(FileError::ColumnType {
            file: raw.file.clone(),
            column: "authority",
            found: format!("{authorities} different names"),
            allowed: format!("the names of authorities, up to {MOST_AUTHORITIES}"),
        });
    }
    let numbers = |name| raw.numbers(name).unwrap_or_default();
    for spec in raw.table.columns.iter().filter(|c| c.ty == Type::Surrogate) {
        let sample: Vec<String> =
            numbers(spec.name).iter().take(identifiers::SAMPLE).map(|n| format!("{n:010}")).collect();
        let nhs = sample.iter().filter(|n| identifiers::is_nhs(n)).count();
        // Few numbers can all pass by chance, and small ones are never NHS numbers, which start with 1 or higher.
        if sample.len() >= 10 && nhs * 2 >= sample.len() && sample.iter().all(|n| !n.starts_with('0')) {
            let looks_like = "NHS numbers";
            return Err(FileError::Identifiers { file: raw.file.clone(), column: spec.name, looks_like });
        }
    }
    Ok(())
}
