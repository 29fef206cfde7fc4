//! `rerefer export`.

use super::error::{Failure, Kind};
use super::load;
use super::ui::Ui;
use crate::io::{atomic, digest};
use crate::report::acro;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes a run's tables and figures for the tool of an output checker, made again from the numbers in the run's private folder.
///
/// What is written passed disclosure control, as the report did. Nothing of the private folder is in it. The tool has checked nothing
/// yet: every output is for review.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer export runs/0123456789ab --to acro --out outputs/

The folder opens in the SACRO Viewer, and in Python by acro.record.load_records(\"outputs\").")]
pub(super) struct Args {
    /// The run folder.
    run: PathBuf,
    /// The tool that reads it.
    #[arg(long, value_name = "TOOL")]
    to: Tool,
    /// Folder to write to: a new one, an empty one, or that of an earlier export, which is replaced.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Another run on nearly the same referrals, whose outputs have left: hides what both together would give away. May be
    /// given more than once.
    #[arg(long, value_name = "RUN")]
    beside: Vec<PathBuf>,
}

/// A tool that reads what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Tool {
    /// ACRO 1.0.2 and the SACRO Viewer: a CSV file a table, a PNG file a figure, results.json, config.json and checksums.
    Acro,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    free(&args.out, &args.run)?;
    let shown = load::report(&args.run, &args.beside)?;
    let files = match args.to {
        Tool::Acro => acro::acro(&shown),
    };
    let files = files.map_err(|why| Failure::form("nothing was written", &why))?;
    let unwritable =
        |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", args.out.display()));
    atomic::folder(&args.out, |folder| {
        files.iter().try_for_each(|(name, bytes)| atomic::write(&folder.join(name), bytes))
    })
    .map_err(unwritable)?;
    if cfg!(not(feature = "pdf")) {
        ui.note("There are no figures in it: this rerefer was built without the feature `pdf`.");
    }
    let names: Vec<&String> = files.iter().map(|(name, _)| name).collect();
    let folder = args.out.display().to_string();
    ui.result(&folder, &serde_json::json!({"export": folder, "files": names}));
    Ok(ExitCode::SUCCESS)
}

/// Refuses a folder that holds anything but an export as it was written: what a checker or a researcher added to it must not be lost.
fn free(out: &Path, run: &Path) -> Result<(), Failure> {
    let refused = |why: &str| {
        let message = format!("{} {why}", out.display());
        Err(Failure::new(Kind::Usage, message, "give a new folder by --out; nothing was written"))
    };
    let whole = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
    if whole.ancestors().any(|at| at.canonicalize().is_ok_and(|at| at == run)) {
        return refused("is in a run's folder, whose files are never changed");
    }
    if !out.exists() {
        return Ok(());
    }
    let Ok(names) = names(out) else { return refused("is not a folder that can be read") };
    if names.is_empty() {
        return Ok(());
    }
    let text = std::fs::read_to_string(out.join("results.json")).unwrap_or_default();
    let results: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    if results["tool"]["name"] != acro::TOOL {
        return refused("is not empty, and is not an earlier export");
    }
    let checksum = |name: &String| {
        let said = std::fs::read_to_string(out.join("checksums").join(format!("{name}.txt")));
        Some(said.ok()? == digest::file(&out.join(name)).ok()?)
    };
    let files: BTreeSet<&String> = names.iter().filter(|name| *name != "checksums").collect();
    let sums = self::names(&out.join("checksums")).unwrap_or_default();
    let expected: BTreeSet<String> = files.iter().map(|name| format!("{name}.txt")).collect();
    if sums != expected || files.iter().any(|name| checksum(name) != Some(true)) {
        return refused(
            "is an earlier export to which something was added, or in which something was changed",
        );
    }
    Ok(())
}

/// Names in a folder.
fn names(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}
