//! `rerefer ingest`.

use super::error::Failure;
use super::load::{errors, free_to_write, load};
use super::ui::Ui;
use crate::ingest::{IngestError, native_files, write_native};
use crate::io::atomic;
use crate::synth::{self, MARK, is_marked};
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
    /// Writes over tables that are in that folder already.
    #[arg(long)]
    replace: bool,
    /// Goes on when the data have errors: leaves such rows out and counts them.
    #[arg(long)]
    lenient: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    free_to_write(&args.out, Some(&args.path), args.replace)?;
    let ingested = load(&args.path, ui)?;
    for remark in errors(&ingested, &args.path, args.lenient)?.iter().chain(&ingested.history.source.remarks)
    {
        ui.note(remark);
    }
    write_native(&ingested.history, &args.out)?;
    let mark = args.out.join(MARK);
    if is_marked(&args.path, &ingested.files) {
        atomic::write(&mark, &synth::mark(&native_files(&ingested.history)?))
            .map_err(|source| IngestError::Write { path: mark, source })?;
    }
    let (children, events) = (ingested.history.children.len(), ingested.history.events.len());
    ui.note(&format!("{children} children, {events} events"));
    let text = args.out.display().to_string();
    ui.result(&text, &serde_json::json!({"out": text, "children": children, "events": events}));
    Ok(ExitCode::SUCCESS)
}
