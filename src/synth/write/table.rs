//! Tables that grow part by part.

use super::super::Part;
use super::super::notes::{NoteMark, What};
use super::super::scenario::Scenario;
use super::super::truth::{Chance, TruthRow};
use super::{Fault, Format, Target};
use crate::history::History;
use crate::ingest::frames;
use crate::io::atomic::Pending;
use crate::io::parquet;
use crate::schema::codes::FACTOR;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, CsvWriter, DataFrame, DataType, IntoColumn, NamedFrom, PolarsResult, SerWriter, Series,
};
use std::fs::File;
use std::path::{Path, PathBuf};

/// One table.
pub(super) struct Table {
    file: Pending,
    parquet: Option<BatchedWriter<File>>,
}

impl Table {
    /// A table with the columns of `like`, and no row yet.
    pub(super) fn begin(
        folder: &Path,
        name: &str,
        format: Format,
        like: &PolarsResult<DataFrame>,
    ) -> Result<Self, Fault> {
        let name = format!("{name}.{}", if format == Format::Csv { "csv" } else { "parquet" });
        let mut file = Pending::new(folder, &name)?;
        let fault = |e: String| (folder.join(&name), std::io::Error::other(e));
        let like = like.as_ref().map_err(|e| fault(e.to_string()))?;
        if format == Format::Csv {
            let mut empty = like.clear();
            CsvWriter::new(&mut file).finish(&mut empty).map_err(|e| fault(e.to_string()))?;
            return Ok(Self { file, parquet: None });
        }
        let handle = file.handle().map_err(|e| fault(e.to_string()))?;
        let parquet = parquet::batched(handle, like).map_err(|e| fault(e.to_string()))?;
        Ok(Self { file, parquet: Some(parquet) })
    }

    /// Adds rows.
    pub(super) fn add(&mut self, frame: &PolarsResult<DataFrame>) -> Result<(), Fault> {
        let path = self.file.path().to_owned();
        let fault = |e: String| (path.clone(), std::io::Error::other(e));
        let frame = frame.as_ref().map_err(|e| fault(e.to_string()))?;
        if frame.height() == 0 {
            return Ok(());
        }
        let added = match &mut self.parquet {
            Some(parquet) => parquet.write_batch(frame),
            None => CsvWriter::new(&mut self.file).include_header(false).finish(&mut frame.clone()),
        };
        added.map_err(|e| fault(e.to_string()))
    }

    /// The file, all of it written.
    pub(super) fn finish(self) -> Result<Pending, Fault> {
        let fault = |e: String| (self.file.path().to_owned(), std::io::Error::other(e));
        if let Some(parquet) = &self.parquet {
            let _size = parquet.finish().map_err(|e| fault(e.to_string()))?;
        }
        Ok(self.file)
    }
}

/// The canonical tables and their truth, in one format.
pub(super) struct Tables {
    folder: PathBuf,
    canonical: Vec<(&'static str, Table)>,
    truth: Table,
    notes_truth: Option<Table>,
}

impl Tables {
    /// Begins the tables of a scenario: `notes` only if it has any.
    pub(super) fn begin(format: Format, scenario: &Scenario, target: &Target<'_>) -> Result<Self, Fault> {
        let folder = format.folder(target.folder, target.formats);
        let fault = |e: String| (folder.clone(), std::io::Error::other(e));
        let mut canonical = Vec::new();
        for (name, frame) in frames(&History::default()).map_err(|e| fault(e.to_string()))? {
            if name != "notes" || scenario.notes.is_some() {
                canonical.push((name, Table::begin(&folder, name, format, &Ok(frame))?));
            }
        }
        let truth = Table::begin(&folder, "truth", format, &truth(&[], &[], target.horizons))?;
        let marks = || Table::begin(&folder, "notes_truth", format, &notes_truth(&[]));
        let notes_truth = scenario.notes.is_some().then(marks).transpose()?;
        Ok(Self { folder, canonical, truth, notes_truth })
    }

    /// Adds the rows of a part.
    pub(super) fn add(&mut self, part: &Part, truth: &PolarsResult<DataFrame>) -> Result<(), Fault> {
        let fault = |e: String| (self.folder.clone(), std::io::Error::other(e));
        if let Some(table) = &mut self.notes_truth {
            table.add(&notes_truth(&part.note_marks))?;
        }
        for (name, frame) in frames(&part.history).map_err(|e| fault(e.to_string()))? {
            if let Some((_, table)) = self.canonical.iter_mut().find(|(of, _)| *of == name) {
                table.add(&Ok(frame))?;
            }
        }
        self.truth.add(truth)
    }

    /// The folder, the names of the tables that the mark covers, and all files.
    pub(super) fn finish(self) -> Result<(PathBuf, Vec<String>, Vec<Pending>), Fault> {
        let mut names = Vec::new();
        let mut files = Vec::new();
        for (_, table) in self.canonical {
            let file = table.finish()?;
            names.extend(file.path().file_name().map(|name| name.to_string_lossy().into_owned()));
            files.push(file);
        }
        for table in std::iter::once(self.truth).chain(self.notes_truth) {
            files.push(table.finish()?);
        }
        Ok((self.folder, names, files))
    }
}

/// The truth as a frame; `chances` are those of the further `horizons`, row by row.
pub(super) fn truth(rows: &[TruthRow], chances: &[f64], horizons: &[u16]) -> PolarsResult<DataFrame> {
    let numbers = |name: &str, of: &dyn Fn(&TruthRow) -> f64| -> Column {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let whole = |name: &str, of: &dyn Fn(&TruthRow) -> i64| -> Column {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let flag = |name: &str, of: &dyn Fn(&TruthRow) -> Option<bool>| -> Column {
        Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let days: Vec<i32> = rows.iter().map(|r| r.referral.0).collect();
    let mut columns = vec![
        whole("child", &|r| r.child),
        Series::new("referral".into(), days).cast(&DataType::Date)?.into_column(),
        whole("horizon_days", &|r| i64::from(r.horizon_days)),
        numbers("p_latent", &|r| r.p_latent),
        numbers("p_observable", &|r| r.p_observable),
        numbers("p_with_notes", &|r| r.p_with_notes),
        numbers("p_need", &|r| r.p_need),
    ];
    for (k, name) in ["s47", "cp_plan", "looked_after"].into_iter().enumerate() {
        let of = move |r: &TruthRow| -> Chance { r.escalations[k] };
        columns.push(numbers(&format!("p_latent_{name}"), &|r| of(r).latent));
        columns.push(numbers(&format!("p_observable_{name}"), &|r| of(r).observable));
    }
    for (k, days) in horizons.iter().enumerate() {
        let every = 2 * horizons.len();
        for (j, name) in ["p_latent", "p_observable"].into_iter().enumerate() {
            let column: Vec<f64> = chances.iter().skip(2 * k + j).step_by(every).copied().collect();
            columns.push(Series::new(format!("{name}_{days}").into(), column).into_column());
        }
    }
    columns.extend([
        numbers("frailty", &|r| r.frailty),
        numbers("log_effects", &|r| r.log_effects),
        numbers("log_dials", &|r| r.log_dials),
        flag("returned", &|r| r.returned),
        flag("engaged", &|r| r.engaged),
        whole("unrecorded_referrals", &|r| i64::from(r.unrecorded_referrals)),
        flag("spurious", &|r| Some(r.spurious)),
        whole("fields_missing", &|r| i64::from(r.fields_missing)),
    ]);
    DataFrame::new_infer_height(columns)
}

/// What is to be found where in the notes, as a frame.
fn notes_truth(marks: &[NoteMark]) -> PolarsResult<DataFrame> {
    let whole = |name: &str, of: &dyn Fn(&NoteMark) -> i64| -> Column {
        Series::new(name.into(), marks.iter().map(of).collect::<Vec<_>>()).into_column()
    };
    let words = |name: &str, of: &dyn Fn(&What) -> &'static str| -> Column {
        Series::new(name.into(), marks.iter().map(|m| of(&m.mark.what)).collect::<Vec<_>>()).into_column()
    };
    let recorded = |m: &NoteMark| match m.mark.what {
        What::Factor(_, _, recorded) => Some(recorded),
        What::Identifier(..) => None,
    };
    DataFrame::new_infer_height(vec![
        whole("child", &|m| m.child),
        whole("note", &|m| m.note.into()),
        whole("start", &|m| m.mark.start.into()),
        whole("end", &|m| m.mark.end.into()),
        words("mark", &|what| match what {
            What::Identifier(..) => "identifier",
            What::Factor(..) => "factor",
        }),
        words("code", &|what| match what {
            What::Identifier(kind, _) => kind,
            What::Factor(place, ..) => FACTOR.get(*place).map_or("", |code| code.code),
        }),
        words("form", &|what| match what {
            What::Identifier(_, form) => form.name(),
            What::Factor(_, sense, _) => sense.name(),
        }),
        Series::new("recorded".into(), marks.iter().map(recorded).collect::<Vec<_>>()).into_column(),
    ])
}
