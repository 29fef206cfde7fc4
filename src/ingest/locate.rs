//! Which files there are, and in which format.

use std::path::{Path, PathBuf};

use super::{FileError, IngestError};
use crate::schema::tables::{TABLES, Table};

/// The files of one data set.
#[derive(Debug)]
pub(super) enum Found {
    /// Canonical tables.
    Native(Vec<TableFile>),
    /// CIN census XML files, by name.
    Census(Vec<NamedFile>),
}

/// A file and its name without folder.
#[derive(Debug)]
pub(super) struct NamedFile {
    /// Path.
    pub(super) path: PathBuf,
    /// Name for messages.
    pub(super) name: String,
}

/// A file that holds a canonical table.
#[derive(Debug)]
pub(super) struct TableFile {
    /// The table.
    pub(super) table: &'static Table,
    /// The file.
    pub(super) file: NamedFile,
    /// Whether it is Parquet; else CSV.
    pub(super) parquet: bool,
}

/// Finds the files of the data set at `path`.
pub(super) fn locate(path: &Path) -> Result<Found, IngestError> {
    let is_xml = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
    if !path.exists() {
        return Err(IngestError::NotFound(path.to_owned()));
    }
    if path.is_file() {
        let file = NamedFile { path: path.to_owned(), name: name(path) };
        return if is_xml(path) {
            Ok(Found::Census(vec![file]))
        } else {
            Err(IngestError::NotAFolder(path.to_owned()))
        };
    }
    let files = files_of(path)?;
    if files.is_empty() {
        return Err(IngestError::EmptyFolder(path.to_owned()));
    }
    let count =
        if files.len() == 1 { "one file was".to_owned() } else { format!("{} files were", files.len()) };
    let (xml, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| is_xml(&f.path));
    let native = tables(others);
    let known = native.as_ref().map_or(true, |tables| !tables.is_empty());
    match (known, xml.is_empty()) {
        (true, false) => Err(IngestError::BothFormats(path.to_owned())),
        (true, true) => Ok(Found::Native(native.map_err(IngestError::Files)?)),
        (false, false) => Ok(Found::Census(xml)),
        (false, true) => Err(IngestError::NothingKnown { folder: path.to_owned(), files: count }),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn files_of(folder: &Path) -> Result<Vec<NamedFile>, IngestError> {
    let fault = |source| FileError::Unreadable { file: folder.display().to_string(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = name(&path);
        // Hidden files are the operating system's, such as .DS_Store.
        if path.is_file() && !name.starts_with('.') {
            files.push(NamedFile { path, name });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The tables among `files`, in the schema's order; empty if there is none; all faults if one is missing or double.
fn tables(files: Vec<NamedFile>) -> Result<Vec<TableFile>, Vec<FileError>> {
    let mut found: Vec<TableFile> = Vec::new();
    for file in files {
        let lower = file.name.to_lowercase();
        for table in TABLES {
            let parquet = lower == format!("{}.parquet", table.name);
            if parquet || lower == format!("{}.csv", table.name) {
                found.push(TableFile { table, file, parquet });
                break;
            }
        }
    }
    let count = |table: &Table| found.iter().filter(|f| f.table.name == table.name).count();
    let mut faults = Vec::new();
    for table in TABLES.iter().filter(|_| !found.is_empty()) {
        match count(table) {
            0 if table.required => faults.push(FileError::MissingTable { table: table.name }),
            2.. => faults.push(FileError::TwoForms { table: table.name }),
            _ => {}
        }
    }
    found.sort_by_key(|f| TABLES.iter().position(|t| t.name == f.table.name));
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}
