//! What can stop reading altogether.

use std::path::PathBuf;

/// Nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is no such path.
    #[error("{}: there is no such file or folder", .0.display())]
    NotFound(PathBuf),
    /// The path is a file that is not XML.
    #[error("{}: this is a file; expected the folder that holds `children` and `events`, or CIN census XML", .0.display())]
    NotAFolder(PathBuf),
    /// The folder holds no file.
    #[error("{}: the folder is empty; expected `children` and `events` (.parquet or .csv), or CIN census files (.xml)", .0.display())]
    EmptyFolder(PathBuf),
    /// The folder holds folders alone.
    #[error("{}: the folder holds only folders; give the one that holds `children` and `events`, or put all CIN census files (.xml) in one", .0.display())]
    OnlyFolders(PathBuf),
    /// The folder holds files, but none that can be read.
    #[error("{}: {files} found here that cannot be read; expected `children` and `events` (.parquet or .csv), or CIN census files (.xml)", .folder.display())]
    NothingKnown {
        /// The folder.
        folder: PathBuf,
        /// How many files it holds, in words.
        files: String,
    },
    /// The folder holds both formats.
    #[error("{}: the folder holds both canonical tables and CIN census files (.xml); put them in folders of their own", .0.display())]
    BothFormats(PathBuf),
    /// One or more files are unfit to be read; all of them are listed.
    #[error("{}", lines(.0))]
    Files(Vec<FileError>),
    /// The data could not be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What makes a whole file unfit to be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A required table is absent.
    #[error("`{table}` is missing: expected {table}.parquet or {table}.csv")]
    MissingTable {
        /// The table.
        table: &'static str,
    },
    /// A table is there as CSV and as Parquet.
    #[error("`{table}` is there twice, as {table}.parquet and {table}.csv; keep one")]
    TwoForms {
        /// The table.
        table: &'static str,
    },
    /// The file system refused.
    #[error("{file}: cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Not Parquet, or only part of it.
    #[error("{file}: not a complete Parquet file ({cause})")]
    Parquet {
        /// The file.
        file: String,
        /// What the reader of Parquet says.
        cause: String,
    },
    /// The text is not in an encoding that can be read.
    #[error("{file}: line {line}, character {column}: {found}; {advice}")]
    Encoding {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Character in the line, from 1.
        column: u64,
        /// Which encoding it looks like.
        found: String,
        /// What to do.
        advice: String,
    },
    /// The XML is cut off or not well formed.
    #[error("{file}: line {line}, character {column}: {what}; nothing of this file was read")]
    Xml {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Character in the line, from 1.
        column: u64,
        /// What is wrong.
        what: String,
    },
    /// The XML is not a CIN census return, or its header lacks what must be known.
    #[error("{file}: {what}")]
    Census {
        /// The file.
        file: String,
        /// What is wrong and what is expected.
        what: String,
    },
    /// There is a header, but no row.
    #[error("{file}: it holds no row (a row is {row})")]
    NoRows {
        /// The file.
        file: String,
        /// What one row is.
        row: &'static str,
    },
    /// There is not even a header.
    #[error("{file}: the file is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// No column of the header is known.
    #[error(
        "{file}: the first row names none of the table's columns; is the header missing? expected {expected}"
    )]
    NoHeader {
        /// The file.
        file: String,
        /// The columns that are required.
        expected: String,
    },
    /// A quotation mark is never closed, so that rows after it run together.
    #[error(
        "{file}: a quotation mark is opened and never closed (look from line {line} on); all after it would be one cell, so nothing was read"
    )]
    OpenQuote {
        /// The file.
        file: String,
        /// The line on which the last row begins.
        line: u64,
    },
    /// The header is one long name that holds another separator.
    #[error("{file}: the columns are not separated by commas; save it as \"CSV UTF-8 (comma delimited)\"")]
    Separator {
        /// The file.
        file: String,
    },
    /// A required column is absent.
    #[error("{file}: column `{column}` is missing{hint}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// The nearest column present, or empty.
        hint: String,
    },
    /// A column name occurs twice.
    #[error("{file}: there are two columns `{column}`; keep one")]
    ColumnTwice {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A column is of a type from which the values cannot be taken.
    #[error("{file}: column `{column}` holds {found}; allowed: {allowed}")]
    ColumnType {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// Its type in words.
        found: String,
        /// What it must hold.
        allowed: String,
    },
    /// A column that must hold made-up numbers holds what looks like a direct identifier.
    #[error(
        "{file}: column `{column}` holds what looks like {looks_like}; replace it by made-up numbers before using this tool"
    )]
    Identifiers {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
        /// Which identifier.
        looks_like: &'static str,
    },
}

fn lines(faults: &[FileError]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl From<FileError> for IngestError {
    fn from(fault: FileError) -> Self {
        Self::Files(vec![fault])
    }
}
