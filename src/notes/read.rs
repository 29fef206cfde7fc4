//! Raw notes, read in batches, so that millions need no more memory than thousands.
//!
//! Three sources: a CSV file or a Parquet file with the columns of the table `notes` (`child`, `date`, `known_on`, `kind`, `text`), or a
//! folder with an `index.csv` that has `file` in the place of `text`, and the files that it names (notes, or transcripts of
//! meetings). Other columns are passed over and named. CSV and texts may be UTF-8, UTF-16 or Windows-1252.

use crate::ingest::{open_text, why_unreadable};
use crate::io::settings::nearest;
use crate::num::Day;
use polars::prelude::{Column, DataFrame, DataType, ParquetReader, SerReader};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Rows of a batch.
pub const BATCH: usize = 8_192;

/// A note as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawNote {
    /// Surrogate of the child.
    pub child: i64,
    /// Day the note is about.
    pub date: Day,
    /// Day it was written.
    pub known_on: Day,
    /// Kind of note.
    pub kind: String,
    /// The text, nothing taken out yet.
    pub text: String,
}

/// What is wrong with rows, never with a value: column and what is allowed, how often, and the first rows.
pub type Faults = BTreeMap<(&'static str, &'static str), (u64, Vec<u64>)>;

/// What a source held besides notes.
#[derive(Debug, Default)]
pub struct Source {
    /// Columns that were passed over.
    pub passed_over: Vec<String>,
    /// What is wrong.
    pub faults: Faults,
}

/// Rows of a fault that are named.
const FIRST: usize = 5;
const COLUMNS: [&str; 5] = ["child", "date", "known_on", "kind", "text"];

/// Takes a batch of notes, and how much of how much of the source has been read.
pub type Each<'a> = &'a mut dyn FnMut(Vec<RawNote>, (u64, u64)) -> Result<(), String>;

/// Reads a source and gives its notes to `each`, batch after batch, in order. Rows with a fault are counted and given to nobody.
///
/// # Errors
/// In words: a file that cannot be read, columns that are absent, or what `each` says.
pub fn read(source: &Path, each: Each<'_>) -> Result<Source, String> {
    let ending = source.extension().map(|e| e.to_string_lossy().to_lowercase());
    if source.is_dir() {
        let mut reading = Reading::new(each, Some(source.to_owned()));
        return csv(&source.join("index.csv"), &mut reading).map(|()| reading.done);
    }
    let mut reading = Reading::new(each, None);
    match ending.as_deref() {
        Some("parquet") => parquet(source, &mut reading)?,
        _ => csv(source, &mut reading)?,
    }
    Ok(reading.done)
}

struct Reading<'a> {
    each: Each<'a>,
    /// The folder of texts, where the last column names files.
    folder: Option<PathBuf>,
    batch: Vec<RawNote>,
    /// How much of how much has been read: bytes, or rows.
    so_far: (u64, u64),
    done: Source,
}

impl<'a> Reading<'a> {
    fn new(each: Each<'a>, folder: Option<PathBuf>) -> Self {
        Self { each, folder, batch: Vec::with_capacity(BATCH), so_far: (0, 1), done: Source::default() }
    }

    /// The names of the columns, the last one of a file where texts are files.
    fn columns(&self) -> [&'static str; 5] {
        let [child, date, known_on, kind, text] = COLUMNS;
        [child, date, known_on, kind, if self.folder.is_some() { "file" } else { text }]
    }

    /// Where each column stands among these names.
    fn places(&mut self, file: &Path, names: &[String]) -> Result<[usize; 5], String> {
        let columns = self.columns();
        let place = |column: &str| names.iter().position(|name| name.trim() == column);
        // A column is named by its place: without a header there are values in the first line.
        let meant = |column: &str| {
            let like = |name: &String| nearest(name.trim(), columns.into_iter()) == Some(column);
            let found = names.iter().position(|name| !columns.contains(&name.trim()) && like(name));
            found.map_or_else(|| column.to_owned(), |at| format!("{column} (is column {} meant?)", at + 1))
        };
        let absent: Vec<String> =
            columns.into_iter().filter(|column| place(column).is_none()).map(meant).collect();
        if !absent.is_empty() {
            let all = columns.join(", ");
            return Err(format!("{}: no column {}; needed are {all}", file.display(), absent.join(", ")));
        }
        let unknown = names.iter().filter(|name| !columns.contains(&name.trim()));
        // Cut to letters and digits: a file without a header would have values here.
        let plain =
            |name: &String| name.chars().filter(|c| c.is_alphanumeric() || *c == '_').take(30).collect();
        self.done.passed_over = unknown.map(plain).collect();
        Ok(columns.map(|column| place(column).unwrap_or_default()))
    }

    fn fault(&mut self, row: u64, column: &'static str, allowed: &'static str) {
        let (count, first) = self.done.faults.entry((column, allowed)).or_default();
        *count += 1;
        if first.len() < FIRST {
            first.push(row);
        }
    }

    /// Takes a row in; `None` is a cell that is empty.
    fn row(&mut self, row: u64, cells: [Option<&str>; 5]) -> Result<(), String> {
        let [child, date, known_on, kind, text] = cells.map(|cell| cell.unwrap_or_default());
        let number = child.trim().parse::<i64>();
        let (day, known) = (Day::parse(date.trim()), Day::parse(known_on.trim()));
        if number.is_err() {
            self.fault(row, "child", "a whole number");
        }
        if day.is_none() {
            self.fault(row, "date", "a day as YYYY-MM-DD");
        }
        if known.is_none() {
            self.fault(row, "known_on", "a day as YYYY-MM-DD");
        }
        let (Ok(child), Some(date), Some(known_on)) = (number, day, known) else { return Ok(()) };
        if known_on < date {
            self.fault(row, "known_on", "a day on or after date");
            return Ok(());
        }
        let text = match &self.folder {
            None => text.to_owned(),
            Some(folder) => match text_of(folder, text.trim()) {
                Ok(text) => text,
                Err(allowed) => {
                    self.fault(row, "file", allowed);
                    return Ok(());
                }
            },
        };
        self.batch.push(RawNote { child, date, known_on, kind: kind.trim().to_owned(), text });
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), String> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        if batch.is_empty() { Ok(()) } else { (self.each)(batch, self.so_far) }
    }
}

/// A text of a folder: only files of that folder itself.
fn text_of(folder: &Path, name: &str) -> Result<String, &'static str> {
    let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    let allowed = "the name of a text file in the folder, which can be read";
    let mut text = String::new();
    if !plain || open_text(&folder.join(name)).and_then(|mut file| file.read_to_string(&mut text)).is_err() {
        return Err(allowed);
    }
    Ok(text)
}

fn csv(path: &Path, reading: &mut Reading<'_>) -> Result<(), String> {
    let fault = |why: String| format!("cannot read {}: {why}", path.display());
    let file = open_text(path).map_err(|e| fault(why_unreadable(&e)))?;
    let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let wrong = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => fault(why_unreadable(&error)),
        _ => fault("it is not a table of comma-separated values".to_owned()),
    };
    let mut record = csv::StringRecord::new();
    let _any = table.read_record(&mut record).map_err(wrong)?;
    let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
    let places = reading.places(path, &names)?;
    reading.so_far.1 = std::fs::metadata(path).map_or(1, |file| file.len().max(1));
    while table.read_record(&mut record).map_err(wrong)? {
        let row = record.position().map_or(0, csv::Position::line);
        reading.so_far.0 = record.position().map_or(0, csv::Position::byte);
        if record.len() == names.len() {
            reading.row(row, places.map(|place| record.get(place)))?;
        } else {
            reading.fault(row, "the row", "as many cells as there are columns");
        }
    }
    reading.flush()
}

/// A Parquet file, slice after slice. One that makes the reader panic is damaged.
fn parquet(path: &Path, reading: &mut Reading<'_>) -> Result<(), String> {
    let fault =
        |why: String| format!("cannot read {}: {}", path.display(), why.lines().next().unwrap_or_default());
    let open = || std::fs::File::open(path).map_err(|e| fault(e.to_string()));
    let mut from = 0;
    let schema = ParquetReader::new(open()?).schema().map_err(|e| fault(e.to_string()))?;
    let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    let _places = reading.places(path, &names)?;
    let rows = ParquetReader::new(open()?).num_rows().map_err(|e| fault(e.to_string()))?;
    reading.so_far.1 = (rows as u64).max(1);
    loop {
        let file = open()?;
        let slice = || {
            let wanted = COLUMNS.iter().map(ToString::to_string).collect();
            let reader = ParquetReader::new(file).with_columns(Some(wanted)).with_slice(Some((from, BATCH)));
            reader.finish().and_then(|frame| texts(&frame)).map_err(|e| e.to_string())
        };
        let slice = std::panic::AssertUnwindSafe(slice);
        let frame = std::panic::catch_unwind(slice)
            .unwrap_or_else(|_| Err("its contents do not fit together".to_owned()))
            .map_err(fault)?;
        let rows = frame.first().map_or(0, Column::len);
        reading.so_far.0 = (from + rows) as u64;
        let cells: Vec<_> = frame.iter().filter_map(|column| column.str().ok()).collect();
        for row in 0..rows {
            let cell = |place: usize| cells.get(place).and_then(|column| column.get(row));
            reading.row((from + row + 1) as u64, [cell(0), cell(1), cell(2), cell(3), cell(4)])?;
        }
        if rows < BATCH {
            return reading.flush();
        }
        from += rows;
    }
}

/// All columns as text, days as they are written.
fn texts(frame: &DataFrame) -> polars::prelude::PolarsResult<Vec<Column>> {
    COLUMNS.iter().map(|name| frame.column(name)?.cast(&DataType::String)).collect()
}
