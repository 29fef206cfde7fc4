//! `rerefer ingest`.

use super::error::Failure;
use super::load::{errors, load};
use super::ui::Ui;
use crate::ingest::write_native;
use std::path::PathBuf;
use std::process::ExitCode;

/// Reads data and writes them as canonical tables (Parquet), without identifiers.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer ingest census/ --out data/")]
pub(super) struct Args {
    /// A folder of canonical tables, a CIN census XML file, or a folder of such files.
    path: PathBuf,
    /// Folder to write the tables to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Goes on when the data have errors: leaves such rows out and counts them.
    #[arg(long)]
    lenient: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let ingested = load(&args.path, ui)?;
    for remark in errors(&ingested, &args.path, args.lenient)?.iter().chain(&ingested.history.source.remarks)
    {
        ui.note(remark);
    }
    write_native(&ingested.history, &args.out)?;
    let (children, events) = (ingested.history.children.len(), ingested.history.events.len());
    ui.note(&format!("{children} children, {events} events"));
    let text = args.out.display().to_string();
    ui.result(&text, &serde_json::json!({"out": text, "children": children, "events": events}));
    Ok(ExitCode::SUCCESS)
}
