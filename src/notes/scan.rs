//! Looks for identifiers in any file or folder: what kinds stand where, and how often; never what they are.
//!
//! CSV and Parquet files are looked at column by column, others line by line. Names are looked for in columns of text and in plain
//! texts; in a column of single words, and in the languages of machines, only numbers and addresses are, and columns whose title says
//! that they hold an identifier.

use super::redact::{Found, Kind, find};
use crate::ingest::{identifier_by_name, open_text, why_unreadable};
use polars::prelude::{DataType, ParquetReader, SerReader};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

/// Lines that are looked at together.
const BATCH: usize = 4_096;
/// A cell of so many words is text.
const TEXT: usize = 4;
/// Lines of one kind that are named.
const FIRST: usize = 5;

/// Something found in one file and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// File.
    pub file: PathBuf,
    /// Column; empty for texts.
    pub column: String,
    /// What it is, in words.
    pub what: String,
    /// How often; 0 for a column known by its title.
    pub count: u64,
    /// The first lines or rows, at most five.
    pub first: Vec<u64>,
}

/// What a scan saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// What was found.
    pub hits: Vec<Hit>,
    /// Files looked at.
    pub files: u64,
    /// Files of a form that cannot be looked into, or that could not be read, and why.
    pub not_looked_into: Vec<(PathBuf, String)>,
}

/// How a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Parquet,
    /// What people write.
    Text,
    /// What machines read.
    Code,
}

fn form(path: &Path) -> Option<Form> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    Some(match ending.as_str() {
        "csv" => Form::Csv,
        "parquet" => Form::Parquet,
        "txt" | "md" | "text" | "log" | "eml" => Form::Text,
        "json" | "jsonl" | "xml" | "html" | "htm" | "toml" | "yaml" | "yml" | "tsv" | "svg" => Form::Code,
        _ => return None,
    })
}

/// Looks at files, and at everything in folders.
///
/// # Errors
/// Where a path is not there.
pub fn scan(paths: &[PathBuf]) -> Result<Scanned, String> {
    let (mut files, mut out) = (Vec::new(), Scanned::default());
    for path in paths {
        if !path.exists() {
            return Err(format!("{} is not there", path.display()));
        }
        gather(path, &mut files, &mut out.not_looked_into);
    }
    files.sort();
    files.dedup();
    for file in files {
        let found = match form(&file) {
            Some(Form::Csv) => csv(&file),
            Some(Form::Parquet) => parquet(&file),
            Some(form) => lines(&file, form),
            None => Err("files of this form cannot be looked into".to_owned()),
        };
        match found {
            Ok(hits) => {
                out.files += 1;
                out.hits.extend(hits);
            }
            Err(why) => out.not_looked_into.push((file, why)),
        }
    }
    Ok(out)
}

fn gather(path: &Path, files: &mut Vec<PathBuf>, not: &mut Vec<(PathBuf, String)>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(why) => return not.push((path.to_owned(), why.to_string())),
    };
    for entry in entries {
        match entry {
            Err(why) => not.push((path.to_owned(), why.to_string())),
            // A link to a folder could lead round in a circle.
            Ok(entry) if entry.path().is_symlink() && entry.path().is_dir() => {
                not.push((entry.path(), "a link to a folder is not followed".to_owned()));
            }
            Ok(entry) => gather(&entry.path(), files, not),
        }
    }
}

/// Counts of kinds in one column.
#[derive(Clone, Default)]
struct Column {
    title: String,
    found: BTreeMap<Kind, (u64, Vec<u64>)>,
}

impl Column {
    fn add(&mut self, row: u64, kinds: &[Kind]) {
        for kind in kinds {
            let (count, first) = self.found.entry(*kind).or_default();
            *count += 1;
            if first.len() < FIRST && first.last() != Some(&row) {
                first.push(row);
            }
        }
    }

    fn hits(self, file: &Path) -> Vec<Hit> {
        let Self { title, found } = self;
        let hit = |what: String, count, first| Hit {
            file: file.to_owned(),
            column: title.clone(),
            what,
            count,
            first,
        };
        let by_title =
            identifier_by_name(&title).map(|what| hit(format!("by its title, {what}"), 0, Vec::new()));
        let by_content =
            found.iter().map(|(kind, (count, first))| hit(kind.id().to_owned(), *count, first.clone()));
        by_title.into_iter().chain(by_content).collect()
    }
}

/// What stands in a text; in a cell of few words, and where machines read, no names, since any word could be one.
fn kinds(text: &str, names: bool) -> Vec<Kind> {
    let looks = text.len() > 4;
    let all = if looks { find(text) } else { Vec::new() };
    // A date is no identifier where it is a column of its own, and a count is no telephone number, whatever stands before it.
    let digits =
        |f: &Found| text.get(f.start..f.end).unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    let counts = |f: &Found| {
        names
            || match f.kind {
                Kind::Name | Kind::Date | Kind::Reference | Kind::Address => false,
                Kind::Telephone => digits(f) > 9,
                _ => true,
            }
    };
    all.into_iter().filter(counts).map(|f| f.kind).collect()
}

fn is_text(cell: &str) -> bool {
    cell.split_whitespace().nth(TEXT - 1).is_some()
}

/// Adds a batch of rows to the columns.
fn add(columns: &mut [Column], rows: &[(u64, Vec<String>)]) {
    let found: Vec<Vec<Vec<Kind>>> = rows
        .par_iter()
        .map(|(_, cells)| cells.iter().map(|cell| kinds(cell, is_text(cell))).collect())
        .collect();
    for ((row, _), of_row) in rows.iter().zip(found) {
        for (column, kinds) in columns.iter_mut().zip(of_row) {
            column.add(*row, &kinds);
        }
    }
}

fn csv(path: &Path) -> Result<Vec<Hit>, String> {
    let file = open_text(path).map_err(|e| why_unreadable(&e))?;
    let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let wrong = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => why_unreadable(&error),
        _ => "it is not a table of comma-separated values".to_owned(),
    };
    let mut record = csv::StringRecord::new();
    let _any = table.read_record(&mut record).map_err(wrong)?;
    let column = |title: &str| Column { title: title.trim().to_owned(), ..Column::default() };
    let mut columns: Vec<Column> = record.iter().map(column).collect();
    let mut rows = Vec::with_capacity(BATCH);
    // A file without a header has values in its first line.
    rows.push((1, record.iter().map(str::to_owned).collect()));
    while table.read_record(&mut record).map_err(wrong)? {
        let row = record.position().map_or(0, csv::Position::line);
        while columns.len() < record.len() {
            columns.push(Column::default());
        }
        rows.push((row, record.iter().map(str::to_owned).collect()));
        if rows.len() >= BATCH {
            add(&mut columns, &rows);
            rows.clear();
        }
    }
    add(&mut columns, &rows);
    Ok(columns.into_iter().map(titled).flat_map(|column| column.hits(path)).collect())
}

/// A title that is itself an identifier is not repeated.
fn titled(mut column: Column) -> Column {
    if !kinds(&column.title, false).is_empty() {
        column.title = "(no title)".to_owned();
    }
    column
}

fn parquet(path: &Path) -> Result<Vec<Hit>, String> {
    let read = || {
        let words = |e: std::io::Error| e.to_string();
        let schema = ParquetReader::new(std::fs::File::open(path).map_err(words)?)
            .schema()
            .map_err(|e| e.to_string())?;
        let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
        let mut columns: Vec<Column> =
            names.iter().map(|title| Column { title: title.clone(), ..Column::default() }).collect();
        let mut from = 0;
        loop {
            let file = std::fs::File::open(path).map_err(words)?;
            let reader = ParquetReader::new(file).with_slice(Some((from, BATCH)));
            let frame = reader.finish().map_err(|e| e.to_string())?;
            let height = frame.height();
            let cells: Vec<Option<polars::prelude::Column>> =
                frame.columns().iter().map(|column| column.cast(&DataType::String).ok()).collect();
            let cell = |column: &Option<polars::prelude::Column>, row: usize| {
                let text = column.as_ref().and_then(|c| c.str().ok()).and_then(|c| c.get(row));
                text.unwrap_or_default().to_owned()
            };
            let rows: Vec<(u64, Vec<String>)> = (0..height)
                .map(|row| ((from + row + 1) as u64, cells.iter().map(|c| cell(c, row)).collect()))
                .collect();
            add(&mut columns, &rows);
            if height < BATCH {
                return Ok(columns);
            }
            from += height;
        }
    };
    let damaged = || "its contents do not fit together".to_owned();
    let columns = std::panic::catch_unwind(read).unwrap_or_else(|_| Err(damaged()))?;
    Ok(columns.into_iter().flat_map(|column| column.hits(path)).collect())
}

fn lines(path: &Path, form: Form) -> Result<Vec<Hit>, String> {
    let file = open_text(path).map_err(|e| why_unreadable(&e))?;
    let mut column = Column::default();
    let mut batch: Vec<String> = Vec::with_capacity(BATCH);
    let mut before = 0;
    let mut take = |batch: &mut Vec<String>| {
        let found: Vec<Vec<Kind>> = batch.par_iter().map(|line| kinds(line, form == Form::Text)).collect();
        for (line, kinds) in (before + 1..).zip(&found) {
            column.add(line, kinds);
        }
        before += batch.len() as u64;
        batch.clear();
    };
    for line in file.lines() {
        batch.push(line.map_err(|e| why_unreadable(&e))?);
        if batch.len() >= BATCH {
            take(&mut batch);
        }
    }
    take(&mut batch);
    Ok(column.hits(path))
}
