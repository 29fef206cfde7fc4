//! Broken inputs, one a folder in `tests/invalid`: each a clear message, none a panic.

use std::path::Path;

use rerefer::ingest;
use tempfile::TempDir;

use crate::cin::lines;

/// What reading says: the error, or every problem.
fn said(path: &Path) -> String {
    match ingest::read(path, &|_, _, _| {}) {
        Ok(read) => format!("{}children read: {}\n", lines(&read), read.history.children.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_broken_input_is_told_what_is_wrong() {
    // Relative, as a user would type it, so that messages are the same in every place.
    let mut cases: Vec<_> = std::fs::read_dir("tests/invalid").unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 22, "{}", cases.len());
    for case in cases {
        insta::assert_snapshot!(case.file_name().unwrap().to_str().unwrap(), said(&case));
    }
}

#[test]
fn an_empty_folder_a_file_and_nothing_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let named = |text: String| text.replace(&folder.path().display().to_string(), "DATA");
    insta::assert_snapshot!("empty-folder", named(said(folder.path())));
    insta::assert_snapshot!("no-such-path", named(said(&folder.path().join("absent"))));
    insta::assert_snapshot!(
        "a-file-given-as-a-folder",
        said(Path::new("tests/invalid/no-rows/children.csv"))
    );
    insta::assert_snapshot!("below-a-file", said(Path::new("tests/invalid/no-rows/children.csv/more")));
}

#[test]
fn an_empty_file_is_told_what_is_missing() {
    let folder = TempDir::new().unwrap();
    for name in ["children.csv", "events.csv"] {
        rerefer::io::atomic::write(&folder.path().join(name), b"").unwrap();
    }
    insta::assert_snapshot!("empty-csv", said(folder.path()));
    rerefer::io::atomic::write(&folder.path().join("x/2023.xml"), b"").unwrap();
    insta::assert_snapshot!("empty-xml", said(&folder.path().join("x")));
}

#[test]
fn parquet_of_other_types_is_told_which_column() {
    use polars::prelude::{DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series};
    let folder = TempDir::new().unwrap();
    let write = |name: &str, columns: Vec<Series>| {
        let columns = columns.into_iter().map(IntoColumn::into_column).collect();
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(std::fs::File::create(folder.path().join(name)).unwrap())
            .finish(&mut frame)
            .unwrap();
    };
    let text = |name: &str, value: &str| Series::new(name.into(), [value]);
    write(
        "children.parquet",
        vec![
            Series::new("child".into(), [true]),
            text("authority", "201"),
            Series::new("observed_from".into(), [20.5]),
            text("observed_to", "2020-03-31"),
        ],
    );
    write(
        "events.parquet",
        vec![
            Series::new("child".into(), [1.5]),
            text("date", "03/04/2019"),
            text("known_on", "2019-04-03"),
            text("kind", "contact"),
        ],
    );
    insta::assert_snapshot!("parquet-of-other-types", said(folder.path()));
}
