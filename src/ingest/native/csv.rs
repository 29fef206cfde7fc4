//! A canonical table from CSV: UTF-8, comma-separated, one header row.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read};

use super::super::encoding::{self, Encoding, Utf8Reader, sniff};
use super::super::locate::NamedFile;
use super::super::{FileError, identifiers, words};
use super::table::{
    BAD_DAY, BAD_NUMBER, BAD_WORD, Bad, Column, Header, NO_DAY, NO_NUMBER, Raw, Words, header,
    refuse_identifiers,
};
use crate::schema::tables::{Table, Type};

const ADVICE: &str = "save it as \"CSV UTF-8 (comma delimited)\"";

/// Loads a table.
pub(super) fn load(file: &NamedFile, table: &'static Table) -> Result<Raw, Vec<FileError>> {
    let quotes = Cell::new(0);
    let text = Quotes { inner: open(file).map_err(|fault| vec![fault])?, seen: &quotes };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut record = csv::StringRecord::new();
    let unreadable = |error: csv::Error| vec![fault(file, error)];
    let _any = reader.read_record(&mut record).map_err(unreadable)?;
    let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
    let header = header(&file.name, table, &names)?;
    let mut loading = Loading::new(file, table, &header);
    let mut last = 1;
    while reader.read_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        last = line;
        loading.row(&record, line, names.len(), &header);
    }
    // A quotation mark within a cell is written twice, so a whole file has an even number of them.
    if quotes.get() % 2 == 1 {
        return Err(vec![FileError::OpenQuote { file: file.name.clone(), line: last }]);
    }
    let raw = loading.done(&header);
    refuse_identifiers(&raw).map_err(|fault| vec![fault])?;
    Ok(raw)
}

/// Counts the quotation marks that are read.
struct Quotes<'a, R> {
    inner: R,
    seen: &'a Cell<usize>,
}

impl<R: Read> Read for Quotes<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let marks = buffer[..read].iter().filter(|b| **b == b'"').count();
        self.seen.set(self.seen.get() + marks);
        Ok(read)
    }
}

fn open(file: &NamedFile) -> Result<impl Read + use<>, FileError> {
    let fault = |source| FileError::Unreadable { file: file.name.clone(), source };
    let start = sniff(&encoding::start_of(&file.path).map_err(fault)?);
    let mut inner = BufReader::new(File::open(&file.path).map_err(fault)?);
    let mut mark = vec![0; start.mark];
    inner.read_exact(&mut mark).map_err(fault)?;
    match start.encoding {
        Ok(Encoding::Utf16Le | Encoding::Utf16Be) => Err(FileError::Encoding {
            file: file.name.clone(),
            line: 1,
            column: 1,
            found: "it looks like UTF-16, which Excel writes as \"Unicode text\"".to_owned(),
            advice: ADVICE.to_owned(),
        }),
        _ => Ok(Utf8Reader::new(inner, Encoding::Utf8)),
    }
}

fn fault(file: &NamedFile, error: csv::Error) -> FileError {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => encoding::fault(&file.name, &source, ADVICE)
            .unwrap_or_else(|| FileError::Unreadable { file: file.name.clone(), source }),
        _ => {
            let source =
                std::io::Error::new(std::io::ErrorKind::InvalidData, "not a table of comma-separated values");
            FileError::Unreadable { file: file.name.clone(), source }
        }
    }
}

/// A table while its rows come in.
struct Loading {
    raw: Raw,
    lines: Vec<u64>,
    samples: Vec<Vec<String>>,
}

impl Loading {
    fn new(file: &NamedFile, table: &'static Table, header: &Header) -> Self {
        let columns = table.columns.iter().zip(&header.place).map(|(spec, place)| match (place, spec.ty) {
            (None, _) => Column::Absent,
            (_, Type::Surrogate) => Column::Numbers(Vec::new()),
            (_, Type::Date | Type::Month) => Column::Days(Vec::new()),
            _ => Column::Words(Words::default()),
        });
        let raw = Raw {
            file: file.name.clone(),
            table,
            rows: 0,
            columns: columns.collect(),
            bad: Vec::new(),
            unknown: Vec::new(),
            lines: None,
        };
        Self { raw, lines: Vec::new(), samples: vec![Vec::new(); header.unknown.len()] }
    }

    fn row(&mut self, record: &csv::StringRecord, line: u64, width: usize, header: &Header) {
        let row = self.raw.rows;
        self.raw.rows += 1;
        self.lines.push(line);
        let ragged = record.len() != width;
        if ragged {
            let (found, allowed) =
                (format!("{} cells", record.len()), format!("{width} cells, as in the header"));
            self.raw.bad.push(Bad { row, column: "", found, allowed });
        }
        let specs = self.raw.table.columns.iter().zip(&header.place);
        for ((spec, place), column) in specs.zip(&mut self.raw.columns) {
            let Some(place) = place else { continue };
            let cell = if ragged { None } else { record.get(*place) };
            let broken = spec.ty != Type::Text && cell.is_some_and(|c| c.trim().contains(['\n', '\r']));
            if broken {
                let (found, allowed) =
                    ("a line break within a cell".to_owned(), words::allowed(spec.ty, spec.required));
                self.raw.bad.push(Bad { row, column: spec.name, found, allowed });
            }
            let cell = cell.filter(|_| !broken);
            if let Some(found) = push(column, cell) {
                let (found, allowed) = (found.to_owned(), words::allowed(spec.ty, spec.required));
                self.raw.bad.push(Bad { row, column: spec.name, found, allowed });
            }
        }
        if row < identifiers::SAMPLE {
            for (sample, (place, _)) in self.samples.iter_mut().zip(&header.unknown) {
                sample.extend(record.get(*place).map(str::to_owned));
            }
        }
    }

    fn done(mut self, header: &Header) -> Raw {
        self.raw.lines = Some(self.lines);
        for (sample, (_, name)) in self.samples.iter().zip(&header.unknown) {
            let content = || identifiers::by_content(sample.iter().map(String::as_str));
            self.raw.unknown.push((name.clone(), identifiers::by_name(name).or_else(content)));
        }
        self.raw
    }
}

/// Adds a cell to its column (`None`: the row is ragged and already noted); returns what is wrong with it, if anything.
fn push(column: &mut Column, cell: Option<&str>) -> Option<&'static str> {
    let text = cell.map(str::trim);
    match column {
        Column::Absent => None,
        Column::Numbers(values) => {
            let parsed = text
                .map_or(Some(BAD_NUMBER), |t| if t.is_empty() { Some(NO_NUMBER) } else { t.parse().ok() });
            values.push(parsed.unwrap_or(BAD_NUMBER));
            text.filter(|_| parsed.is_none()).map(words::not_a_number)
        }
        Column::Days(values) => {
            let parsed =
                text.map_or(Some(BAD_DAY), |t| if t.is_empty() { Some(NO_DAY) } else { words::day(t) });
            values.push(parsed.unwrap_or(BAD_DAY));
            text.filter(|_| parsed.is_none()).map(words::not_a_day)
        }
        Column::Words(words) => {
            let place = text.map_or(BAD_WORD, |t| words.place(t));
            words.of.push(place);
            None
        }
    }
}
