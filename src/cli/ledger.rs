//! `rerefer ledger`.

use super::error::Failure;
use super::ui::Ui;
use crate::ledger::{self, Fault, FaultKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Shows what was registered, when the final test was opened, and what the gate said.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rerefer ledger --out runs
  rerefer ledger --verify --expect HASH")]
pub(super) struct Args {
    /// Folder of the ledger, where run folders are written to.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// Looks for every sign that the ledger was edited, cut or put in another order.
    #[arg(long)]
    verify: bool,
    /// A hash that must be in the ledger, from a report or from `rerefer plan`; may be given more than once.
    #[arg(long, value_name = "HASH", requires = "verify")]
    expect: Vec<String>,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let path = args.out.join(ledger::FILE_NAME);
    if args.verify {
        return verify(args, &path, ui);
    }
    let entries = ledger::read(&path)?;
    let mut text = ledger::show(&entries);
    let head = entries.last().map(|e| e.hash.clone());
    if let Some(head) = &head {
        text.push_str(&format!("Hash of the last entry: {head}"));
    }
    let json = serde_json::json!({"entries": entries, "summary": ledger::summary(&entries), "head": head});
    ui.result(text.trim_end(), &json);
    Ok(ExitCode::SUCCESS)
}

/// What no check of a ledger can find.
const BLIND: &str = "This cannot show: a ledger that was written anew together with every manifest (compare with a hash that was \
                     printed or published, by --expect); a look at the data by other means; a clock that was wrong.";

fn verify(args: &Args, path: &Path, ui: &Ui) -> Result<ExitCode, Failure> {
    let runs = heads(&args.out);
    let given = args.expect.iter().map(|hash| (GIVEN.to_owned(), hash.trim().to_lowercase()));
    let heads: Vec<(String, String)> = runs.iter().cloned().chain(given).collect();
    let faults = ledger::verify(path, &heads)?;
    let mut lines: Vec<String> = faults.iter().map(words).collect();
    lines.push(match faults.len() {
        0 if !path.exists() => format!("There is no ledger in {} yet.", args.out.display()),
        0 => format!(
            "The chain is whole: no entry was changed, removed or moved. It holds {}{}.",
            match runs.len() {
                0 => "no hash from a run folder, as there is none".to_owned(),
                1 => "the hash that 1 run folder recorded".to_owned(),
                n => format!("the hashes that {n} run folders recorded"),
            },
            if args.expect.is_empty() { "" } else { ", and what --expect names" }
        ),
        1 => "1 fault".to_owned(),
        n => format!("{n} faults"),
    });
    lines.push(BLIND.to_owned());
    let json = serde_json::json!({
        "faults": faults.iter().map(words).collect::<Vec<_>>(), "heads": heads.len(), "cannot_show": BLIND,
    });
    ui.result(&lines.join("\n"), &json);
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Stands for a run where a hash was given on the command line.
const GIVEN: &str = "--expect";

fn words(fault: &Fault) -> String {
    match &fault.kind {
        FaultKind::MissingHead { run, hash } if run == GIVEN => format!(
            "the entry {hash}, named by --expect, is not in the ledger: the last lines were removed, or lines were written anew"
        ),
        _ => fault.to_string(),
    }
}

/// The hashes that run folders recorded, with their runs, by name of folder.
fn heads(out: &Path) -> Vec<(String, String)> {
    let head = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("manifest.json")).ok()?;
        let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
        let text = |key: &str| manifest.get(key).and_then(|v| v.as_str()).map(str::to_owned);
        Some((text("run")?, text("ledger_head")?))
    };
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(out).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders.iter().filter_map(|folder| head(folder)).collect()
}
