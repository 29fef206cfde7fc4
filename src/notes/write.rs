//! Redacted notes as CSV or Parquet, batch after batch.

use super::read::RawNote;
use crate::io::{atomic::Pending, parquet};
use crate::num::Day;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, Series};
use std::path::Path;

/// A form of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `notes.parquet`.
    Parquet,
    /// `notes.csv`.
    Csv,
}

impl Format {
    fn file(self) -> &'static str {
        match self {
            Self::Parquet => "notes.parquet",
            Self::Csv => "notes.csv",
        }
    }
}

/// A table in the making; nothing is under its name before [`Self::finish`].
pub(super) struct Writer {
    pending: Pending,
    form: Form,
}

enum Form {
    Csv(Box<csv::Writer<std::fs::File>>),
    Parquet(Box<BatchedWriter<std::fs::File>>),
}

impl Writer {
    pub(super) fn new(folder: &Path, format: Format) -> Result<Self, String> {
        let fault = |why: String| format!("cannot write {}: {why}", folder.join(format.file()).display());
        let pending = Pending::new(folder, format.file()).map_err(|(_, e)| fault(e.to_string()))?;
        let file = pending.handle().map_err(|e| fault(e.to_string()))?;
        let form = match format {
            Format::Csv => {
                let mut table = csv::Writer::from_writer(file);
                let head = ["child", "date", "known_on", "kind", "text"];
                table.write_record(head).map_err(|e| fault(e.to_string()))?;
                Form::Csv(Box::new(table))
            }
            Format::Parquet => {
                let like = frame(&[]).map_err(|e| fault(e.to_string()))?;
                Form::Parquet(Box::new(parquet::batched(file, &like).map_err(|e| fault(e.to_string()))?))
            }
        };
        Ok(Self { pending, form })
    }

    pub(super) fn add(&mut self, notes: &[RawNote]) -> Result<(), String> {
        let fault = |why: String| format!("cannot write {}: {why}", self.pending.path().display());
        match &mut self.form {
            Form::Csv(table) => notes
                .iter()
                .try_for_each(|n| {
                    let days = [n.date, n.known_on].map(|day| day.to_string());
                    table.write_record([&n.child.to_string(), &days[0], &days[1], &n.kind, &n.text])
                })
                .map_err(|e| fault(e.to_string())),
            Form::Parquet(writer) => {
                frame(notes).and_then(|frame| writer.write_batch(&frame)).map_err(|e| fault(e.to_string()))
            }
        }
    }

    /// The file, whole, still under a name of its own.
    pub(super) fn finish(self) -> Result<Pending, String> {
        let Self { pending, form } = self;
        let fault = |why: String| format!("cannot write {}: {why}", pending.path().display());
        match form {
            Form::Csv(mut table) => table.flush().map_err(|e| fault(e.to_string()))?,
            Form::Parquet(writer) => {
                let _length = writer.finish().map_err(|e| fault(e.to_string()))?;
            }
        }
        Ok(pending)
    }
}

fn frame(notes: &[RawNote]) -> PolarsResult<DataFrame> {
    let days = |name: &str, of: fn(&RawNote) -> Day| {
        let days: Vec<i32> = notes.iter().map(|n| of(n).0).collect();
        Series::new(name.into(), days).cast(&DataType::Date).map(IntoColumn::into_column)
    };
    let words = |name: &str, of: fn(&RawNote) -> &str| {
        Series::new(name.into(), notes.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let child: Vec<i64> = notes.iter().map(|n| n.child).collect();
    DataFrame::new_infer_height(vec![
        Series::new("child".into(), child).into_column(),
        days("date", |n| n.date)?,
        days("known_on", |n| n.known_on)?,
        words("kind", |n| n.kind.as_str()),
        words("text", |n| n.text.as_str()),
    ])
}
