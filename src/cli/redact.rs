//! `rerefer redact`.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::notes::clean::{CleanError, Cleaned, Format, clean};
use crate::notes::read::Faults;
use crate::report::thousands;
use std::path::PathBuf;
use std::process::ExitCode;

/// Takes names, numbers, addresses and full dates out of case notes, before anything else reads them.
///
/// Writes the notes with such tokens as NAME in square brackets in their places, redaction.json with how many of each kind were found and how many
/// of some made-up ones that were planted, and private/review.csv: 200 redacted notes drawn at random, for a person to read. No
/// program finds everything, and redacted notes are still personal data.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rerefer redact raw/notes.csv --out data/
  rerefer redact transcripts/ --out data/

The source is a CSV or Parquet file with the columns child, date, known_on, kind and text, or a folder with an
index.csv whose column file names a text of the folder in the place of text. CSV and texts may be UTF-8, UTF-16 or
Windows-1252.")]
pub(super) struct Args {
    /// The notes as they come: notes.csv, notes.parquet, or a folder of texts with an index.csv.
    source: PathBuf,
    /// Folder to write to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Form of the table.
    #[arg(long, value_enum, default_value = "parquet")]
    format: Table,
    /// Root seed of what is drawn for review and of what is planted.
    #[arg(long, default_value_t = 20_240_331)]
    seed: u64,
    /// Writes over notes that are in that folder already.
    #[arg(long)]
    replace: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Table {
    /// notes.parquet
    Parquet,
    /// notes.csv
    Csv,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let source = args.source.canonicalize().map_err(|e| Failure::unreadable(&args.source, &e))?;
    let home = if source.is_dir() { Some(source.as_path()) } else { source.parent() };
    if args.out.canonicalize().is_ok_and(|out| Some(out.as_path()) == home) {
        let message = format!("{} is where the raw notes are", args.out.display());
        return Err(Failure::new(
            Kind::Usage,
            message,
            "give another folder by --out; raw notes are never written over",
        ));
    }
    let there = ["notes.parquet", "notes.csv"].iter().any(|name| args.out.join(name).exists());
    if there && !args.replace {
        let message = format!("{} holds notes already", args.out.display());
        return Err(Failure::new(
            Kind::Usage,
            message,
            "give another folder, or --replace to write over them",
        ));
    }
    let format = match args.format {
        Table::Parquet => Format::Parquet,
        Table::Csv => Format::Csv,
    };
    let other = args.out.join(if matches!(format, Format::Csv) { "notes.parquet" } else { "notes.csv" });
    let done = clean(&args.source, &args.out, (format, args.seed), &|so_far, all| ui.at(so_far, all))
        .map_err(failure)?;
    if other.exists() {
        // Notes of an earlier redaction, in the other form, would stand beside these.
        std::fs::remove_file(&other)
            .map_err(|e| Failure::unwritable(format!("cannot remove {}: {e}", other.display())))?;
    }
    say(&done, ui);
    let text = args.out.display().to_string();
    ui.result(&text, &serde_json::json!({"out": text, "notes": done.notes, "notes_with_any": done.with_any}));
    Ok(ExitCode::SUCCESS)
}

fn say(done: &Cleaned, ui: &Ui) {
    ui.note(&format!(
        "{} notes; something was taken out of {}",
        thousands(done.notes),
        thousands(done.with_any)
    ));
    for (kind, count) in &done.found {
        ui.note(&format!("  {:14} {:>9}", kind.id(), thousands(*count)));
    }
    if !done.passed_over.is_empty() {
        ui.note(&format!("columns passed over unread: {}", done.passed_over.join(", ")));
    }
    let (planted, found) =
        done.recall.values().fold((0, 0), |(all, some), of| (all + of.planted, some + of.found));
    ui.note(&format!(
        "of {} made-up identifiers planted in a copy, {} were found; what people write by themselves can be harder",
        thousands(planted),
        thousands(found)
    ));
    ui.note("read private/review.csv before these notes are used: no program finds everything");
}

fn failure(error: CleanError) -> Failure {
    match error {
        CleanError::File(why) => {
            Failure::new(Kind::Data, why, "nothing was written; check the path, the columns and the encoding")
        }
        CleanError::Rows(faults) => {
            Failure::new(Kind::Data, told(&faults), "nothing was written; mend the rows named above")
        }
    }
}

/// All faults, with their rows.
fn told(faults: &Faults) -> String {
    let rows: u64 = faults.values().map(|(count, _)| count).sum();
    let mut out = format!(
        "{} in the rows",
        if rows == 1 { "1 fault".to_owned() } else { format!("{} faults", thousands(rows)) }
    );
    for ((column, allowed), (count, first)) in faults {
        let first: Vec<String> = first.iter().map(u64::to_string).collect();
        let more = if *count > first.len() as u64 { ", \u{2026}" } else { "" };
        let word = if *count == 1 { "row" } else { "rows" };
        out += &format!(
            "\n  {column}: {} {word} not {allowed} ({word} {}{more})",
            thousands(*count),
            first.join(", ")
        );
    }
    out
}
