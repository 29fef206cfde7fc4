//! Reading data for a command, with a progress bar.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::experiment::run::Progress;
use crate::ingest::{self, Ingested, Severity};
use std::path::Path;

/// Reads the data at `path`.
pub(super) fn load(path: &Path, ui: &Ui) -> Result<Ingested, Failure> {
    ui.stage("reading", 1);
    Ok(ingest::read(path, &|done, total, _| ui.at(done, total))?)
}

/// Rows left out for errors, in plain words; an error unless `lenient`.
pub(super) fn errors(ingested: &Ingested, path: &Path, lenient: bool) -> Result<Vec<String>, Failure> {
    let errors = ingested.problems.iter().filter(|p| p.severity == Severity::Error).count();
    if errors == 0 {
        return Ok(Vec::new());
    }
    if !lenient {
        let groups = ingest::grouped(&ingested.problems);
        let shown: Vec<String> = groups
            .iter()
            .filter(|g| g.severity == Severity::Error)
            .take(12)
            .map(ToString::to_string)
            .collect();
        let message = format!("{errors} errors in {}:\n{}", path.display(), shown.join("\n"));
        let hint = format!(
            "`rerefer check {}` lists all; --lenient leaves such rows out, counts them and says so in the report",
            path.display()
        );
        return Err(Failure::new(Kind::Data, message, hint));
    }
    Ok(vec![format!(
        "The data had {errors} errors. {} rows or facts were left out because of them, by the choice of the researcher (--lenient).",
        ingested.quarantined.len()
    )])
}
