//! Reading data for a command, with a progress bar.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::experiment::Experiment;
use crate::experiment::run::Progress;
use crate::ingest::{self, Ingested, Severity};
use crate::privacy::disclosure::disclose_beside;
use crate::report::Report;
use crate::report::ingredients::Ingredients;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Reads an experiment, and says where its data are: where `data` says, or where the experiment does.
pub(super) fn experiment(path: &Path, data: Option<&Path>) -> Result<(Experiment, PathBuf), Failure> {
    let experiment = Experiment::read(&path.display().to_string(), &settings(path)?)?;
    let beside = path.parent().unwrap_or_else(|| Path::new(""));
    let named = beside.join(&experiment.data);
    if data.is_none() && !named.exists() {
        let message = format!("`data` of the experiment names {}, which is not there", named.display());
        return Err(Failure::new(Kind::Configuration, message, "give the data by --data, or mend the path"));
    }
    Ok((experiment, data.map_or(named, Path::to_owned)))
}

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
        // Only what is wrong and where: counts and row numbers are about single children, and `check` has them.
        let places: BTreeSet<String> = ingested
            .problems
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .map(|p| {
                format!("{}: {}, {}: found {}; allowed: {}", p.file, p.place, p.column, p.found, p.allowed)
            })
            .collect();
        let shown: Vec<String> = places.into_iter().collect();
        let message = format!("there are errors in {}:\n{}", path.display(), shown.join("\n"));
        let hint = format!(
            "`rerefer check {}` counts them and tells the rows; --lenient leaves such rows out, counts them and says so in the report",
            path.display()
        );
        return Err(Failure::new(Kind::Data, message, hint));
    }
    Ok(vec![format!(
        "The data had {}. {} rows or facts were left out because of them, by the choice of the researcher (--lenient).",
        errors_in_words(errors),
        ingested.quarantined.len()
    )])
}

/// "1 error", "2 errors".
pub(super) fn errors_in_words(count: usize) -> String {
    if count == 1 { "1 error".to_owned() } else { format!("{count} errors") }
}

/// The exact numbers of a run, from its private folder.
pub(super) fn ingredients(run: &Path) -> Result<Ingredients, Failure> {
    let path = run.join("private").join("ingredients.json");
    let text = std::fs::read_to_string(&path).map_err(|e| Failure::unreadable(&path, &e))?;
    serde_json::from_str(&text).map_err(|e| {
        let message = format!("{} was not written by this version of rerefer: {e}", path.display());
        Failure::new(Kind::Usage, message, "run the experiment again with this version")
    })
}

/// The report of a run, made again through disclosure control, beside those of other runs.
pub(super) fn report(run: &Path, beside: &[PathBuf]) -> Result<Report, Failure> {
    let own = ingredients(run)?;
    let others: Vec<Ingredients> = beside.iter().map(|run| ingredients(run)).collect::<Result<_, _>>()?;
    Ok(disclose_beside(&own, own.profile, &others))
}

/// The text of a settings file, which must be UTF-8.
pub(super) fn settings(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::unreadable(path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let message = format!("{}:{line}: the file is not UTF-8 from here on", path.display());
        Failure::new(Kind::Configuration, message, "save it as UTF-8 without changing its words")
    })
}

/// Refuses to write over data: tables or census files that are already in `out`, unless they may be replaced.
pub(super) fn free_to_write(out: &Path, source: Option<&Path>, replace: bool) -> Result<(), Failure> {
    let same = |a: &Path, b: &Path| a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b));
    if source.is_some_and(|source| same(out, source) || source.parent().is_some_and(|p| same(out, p))) {
        let message = format!("{} is where the data are read from", out.display());
        return Err(Failure::new(Kind::Usage, message, "give another folder by --out"));
    }
    let names = || {
        let entries = std::fs::read_dir(out).into_iter().flatten().flatten();
        entries.map(|e| e.file_name().to_string_lossy().to_lowercase())
    };
    let table = |name: &str, extension: &str| {
        name.strip_suffix(extension).is_some_and(|stem| ["children", "events", "notes"].contains(&stem))
    };
    // Parquet tables beside these could not be read again.
    if names().any(|name| name.ends_with(".xml") || table(&name, ".csv")) {
        let message = format!("{} holds data in another format", out.display());
        return Err(Failure::new(Kind::Usage, message, "give another folder by --out"));
    }
    if !replace && names().any(|name| table(&name, ".parquet")) {
        let message = format!("{} holds data already", out.display());
        return Err(Failure::new(
            Kind::Usage,
            message,
            "give another folder, or --replace to write over them",
        ));
    }
    Ok(())
}
