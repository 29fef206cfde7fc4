//! `rerefer report`.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::io::atomic;
use crate::privacy::disclosure::{Profile, disclose};
use crate::report::{self, ingredients::Ingredients};
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes a run's report again, from the numbers kept in its private folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer report runs/0123456789ab --out board/")]
pub(super) struct Args {
    /// The run folder.
    run: PathBuf,
    /// Folder to write report.html and evaluation.json to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    if args.out.join("manifest.json").exists() {
        let message = format!("{} is a run's folder, whose files are never changed", args.out.display());
        return Err(Failure::new(Kind::Usage, message, "give another folder by --out"));
    }
    let path = args.run.join("private").join("ingredients.json");
    let text = std::fs::read_to_string(&path).map_err(|e| Failure::unreadable(&path, &e))?;
    let ingredients: Ingredients = serde_json::from_str(&text).map_err(|e| {
        let message = format!("{} was not written by this version of rerefer: {e}", path.display());
        Failure::new(Kind::Usage, message, "run the experiment again with this version")
    })?;
    let shown = disclose(&ingredients, Profile::tre10());
    let report = args.out.join("report.html");
    let unwritable =
        |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", args.out.display()));
    atomic::write(&report, report::html(&shown).as_bytes()).map_err(unwritable)?;
    atomic::write(&args.out.join("evaluation.json"), report::json(&shown).as_bytes()).map_err(unwritable)?;
    let text = report.display().to_string();
    ui.result(&text, &serde_json::json!({"report": text}));
    Ok(ExitCode::SUCCESS)
}
