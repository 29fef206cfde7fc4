//! Which files there are, and in which format.

use std::path::{Path, PathBuf};

use super::{FileError, IngestError};
use crate::schema::tables::{TABLES, Table};

/// What lies at a path.
#[derive(Debug)]
pub(super) struct Located {
    /// The files of the data set.
    pub(super) found: Found,
    /// Folders beside them, which are not looked into.
    pub(super) folders: usize,
}

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
pub(super) fn locate(path: &Path) -> Result<Located, IngestError> {
    let is_xml = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml"));
    if !path.exists() {
        return Err(IngestError::NotFound(path.to_owned()));
    }
    if path.is_file() {
        let file = NamedFile { path: path.to_owned(), name: name(path) };
        return if is_xml(path) {
            Ok(Located { found: Found::Census(vec![file]), folders: 0 })
        } else {
            Err(IngestError::NotAFolder(path.to_owned()))
        };
    }
    let (files, folders) = files_of(path)?;
    if files.is_empty() && folders > 0 {
        return Err(IngestError::OnlyFolders(path.to_owned()));
    }
    if files.is_empty() {
        return Err(IngestError::EmptyFolder(path.to_owned()));
    }
    let count =
        if files.len() == 1 { "one file was".to_owned() } else { format!("{} files were", files.len()) };
    let (xml, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| is_xml(&f.path));
    let native = tables(others);
    let known = native.as_ref().map_or(true, |tables| !tables.is_empty());
    let found = match (known, xml.is_empty()) {
        (true, false) => return Err(IngestError::BothFormats(path.to_owned())),
        (true, true) => Found::Native(native.map_err(IngestError::Files)?),
        (false, false) => Found::Census(xml),
        (false, true) => return Err(IngestError::NothingKnown { folder: path.to_owned(), files: count }),
    };
    Ok(Located { found, folders })
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

/// The files of a folder by name, and how many folders are in it; hidden ones are the system's or ours.
fn files_of(folder: &Path) -> Result<(Vec<NamedFile>, usize), IngestError> {
    let fault = |source| FileError::Unreadable { file: folder.display().to_string(), source };
    let (mut files, mut folders) = (Vec::new(), 0);
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = name(&path);
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            folders += 1;
        } else if path.is_file() {
            files.push(NamedFile { path, name });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((files, folders))
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
