//! `rerefer check`.

use super::error::Failure;
use super::load::load;
use super::ui::Ui;
use crate::ingest::{Quarantined, Severity, grouped};
use crate::io::atomic;
use std::path::PathBuf;
use std::process::ExitCode;

/// Checks data and prints every problem found, grouped and counted.
///
/// Rows that cannot be used are listed in quarantine.csv, which holds row numbers only.
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
    if !ingested.quarantined.is_empty() {
        let path = args.out.join("quarantine.csv");
        let written = quarantine(&ingested.quarantined).map_err(|e| Failure::internal(&e))?;
        atomic::write(&path, &written).map_err(|e| Failure::unreadable(&path, &e))?;
        lines.push(format!("rows that cannot be used are listed by number in {}", path.display()));
    }
    let (children, events) = (ingested.history.children.len(), ingested.history.events.len());
    lines.push(format!(
        "{errors} errors, {warnings} warnings; {children} children and {events} events can be used"
    ));
    let problems: Vec<serde_json::Value> = groups.iter().map(|g| serde_json::json!(g.to_string())).collect();
    let json = serde_json::json!({"errors": errors, "warnings": warnings, "children": children, "events": events, "problems": problems});
    ui.result(&lines.join("\n"), &json);
    Ok(match (errors, warnings) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(1),
        _ => ExitCode::from(3),
    })
}

fn quarantine(rows: &[Quarantined]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["file", "place", "row", "column"])?;
    for q in rows {
        out.write_record([&q.file, &q.place, &q.row.map_or(String::new(), |r| r.to_string()), &q.column])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
