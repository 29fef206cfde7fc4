//! `rerefer check`.

use super::error::{Failure, Kind};
use super::load::{errors_in_words, load};
use super::ui::Ui;
use crate::ingest::{Quarantined, Severity, grouped};
use crate::io::atomic;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks data and prints every problem found, grouped and counted.
///
/// Rows that cannot be used are listed in quarantine.csv, which holds row numbers only. What this prints is about single
/// rows: like the data, it must stay where they are held.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer check census/ --out checks/")]
pub(super) struct Args {
    /// A folder of canonical tables, a CIN census XML file, or a folder of such files.
    path: PathBuf,
    /// Folder to write quarantine.csv to, if a row is to be left out.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let ingested = load(&args.path, ui)?;
    let groups = grouped(&ingested.problems);
    let count = |severity| ingested.problems.iter().filter(|p| p.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut lines: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let path = args.out.join("quarantine.csv");
    let listed = list(&path, &ingested.quarantined);
    if listed.is_ok() && !ingested.quarantined.is_empty() {
        lines.push(format!("rows that cannot be used are listed by number in {}", path.display()));
    }
    lines.extend(ingested.history.source.remarks.iter().map(|remark| format!("note: {remark}")));
    let (children, events) = (ingested.history.children.len(), ingested.history.events.len());
    lines.push(format!(
        "{}, {warnings} warning{}; {children} children and {events} events can be used",
        errors_in_words(errors),
        if warnings == 1 { "" } else { "s" }
    ));
    let json = serde_json::json!({"errors": errors, "warnings": warnings, "children": children, "events": events, "problems": groups});
    ui.result(&lines.join("\n"), &json);
    listed?;
    Ok(match (errors, warnings) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        _ => ExitCode::from(3),
    })
}

/// How a list begins.
const HEADER: [&str; 4] = ["file", "place", "row", "column"];

/// Writes the list, or removes an older one where there is nothing to list. A file of that name that is no such list is
/// somebody else's.
fn list(path: &Path, rows: &[Quarantined]) -> Result<(), Failure> {
    let unwritable = |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", path.display()));
    let old = std::fs::read_to_string(path);
    let ours = old.as_ref().is_ok_and(|text| text.starts_with(&HEADER.join(",")));
    let absent = old.as_ref().is_err_and(|e| e.kind() == ErrorKind::NotFound);
    match (rows.is_empty(), ours, absent) {
        (true, true, _) => std::fs::remove_file(path).map_err(unwritable),
        (true, false, _) => Ok(()),
        (false, true, _) | (false, _, true) => {
            let csv = quarantine(rows).map_err(|e| unwritable(e.into()))?;
            atomic::write(path, &csv).map_err(unwritable)
        }
        (false, false, false) => Err(match old {
            Ok(_) => {
                let message = format!("{} is there already and is no list of rows", path.display());
                Failure::new(Kind::Usage, message, "give another folder by --out")
            }
            Err(e) => unwritable(e),
        }),
    }
}

fn quarantine(rows: &[Quarantined]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEADER)?;
    for q in rows {
        out.write_record([&q.file, &q.place, &q.row.map_or(String::new(), |r| r.to_string()), &q.column])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
