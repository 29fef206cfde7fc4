//! `rerefer report`.

use super::error::{Failure, Kind};
use super::load;
use super::run::BOARD;
use super::ui::Ui;
use crate::io::atomic;
use crate::report::cards::Board;
use crate::report::forms::{self, Form};
use clap::builder::PossibleValue;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Forms written where none is named: all but the plain text.
const USUAL: &str = if cfg!(feature = "pdf") {
    "html,pdf,xlsx,json,records,atrs,case,csv,svg,png"
} else {
    "html,xlsx,json,records,atrs,case,csv,svg"
};

/// Writes a run's report again, from the numbers kept in its private folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer report runs/0123456789ab --out board/
  rerefer report runs/0123456789ab --out board/ --format pdf,records --board experiments/mine/board.toml
  rerefer report runs/0123456789ab --out slides/ --format csv,png")]
pub(super) struct Args {
    /// The run folder.
    run: PathBuf,
    /// Folder to write to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Forms to write, parted by commas. The text, the order and the numbers are the same in each.
    #[arg(long, value_name = "FORMS", value_delimiter = ',', default_value = USUAL)]
    format: Vec<Form>,
    /// Another run on nearly the same referrals, whose report has left: hides what both reports together would give away.
    /// May be given more than once.
    #[arg(long, value_name = "RUN")]
    beside: Vec<PathBuf>,
    /// What only the owner can say, for the records: see docs/board.md. Without it, the file that stood beside the experiment.
    #[arg(long, value_name = "FILE")]
    board: Option<PathBuf>,
}

/// The owner's answers.
pub(super) fn board(path: &Path) -> Result<Board, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::unreadable(path, &e))?;
    Ok(Board::read(&path.display().to_string(), &text)?)
}

/// Forms by their name in a command.
impl clap::ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(format!("{}: {}", self.file(), self.words())))
    }
}

/// Tables and figures of an earlier report that this one does not have: beside the new ones they would be taken for part of it. Only names
/// that a report gives, and only the forms written now.
fn left_over(out: &Path, files: &[(String, Vec<u8>)]) -> Vec<PathBuf> {
    let given = |stem: &str, kind: &str| {
        let parts = stem.strip_prefix(kind).and_then(|rest| rest.strip_prefix('-')?.split_once('-'));
        parts.is_some_and(|(number, place)| {
            let digits = number.len() >= 3 && number.bytes().all(|b| b.is_ascii_digit());
            digits && place.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        })
    };
    let mut out_of_date = Vec::new();
    for (folder, kind, ending) in
        [("tables", "table", "csv"), ("figures", "figure", "svg"), ("figures", "figure", "png")]
    {
        let beginning = format!("{folder}/{kind}-");
        let own = |name: &str| name.starts_with(&beginning) && name.ends_with(&format!(".{ending}"));
        if !files.iter().any(|(name, _)| own(name)) {
            continue;
        }
        for entry in std::fs::read_dir(out.join(folder)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.strip_suffix(ending).and_then(|stem| stem.strip_suffix('.'));
            let written = files.iter().any(|(file, _)| *file == format!("{folder}/{name}"));
            if stem.is_some_and(|stem| given(stem, kind)) && !written {
                out_of_date.push(entry.path());
            }
        }
    }
    out_of_date
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    if args.out.join("manifest.json").exists() {
        let message = format!("{} is a run's folder, whose files are never changed", args.out.display());
        return Err(Failure::new(Kind::Usage, message, "give another folder by --out"));
    }
    let shown = load::report(&args.run, &args.beside)?;
    let unwritable =
        |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", args.out.display()));
    let own = Some(args.run.join(BOARD)).filter(|path| path.exists());
    let board = args.board.clone().or(own).map_or_else(|| Ok(Board::default()), |path| board(&path))?;
    let files = forms::files(&shown, &board, &args.format)
        .map_err(|why| Failure::form("nothing was written", &why))?;
    for (name, bytes) in &files {
        atomic::write(&args.out.join(name), bytes).map_err(unwritable)?;
    }
    for left in left_over(&args.out, &files) {
        std::fs::remove_file(left).map_err(unwritable)?;
    }
    let asked: Vec<&str> = args.format.iter().map(|form| form.name()).collect();
    if args.format.contains(&Form::Case)
        && files.iter().all(|(name, _)| name != Form::Case.file())
        && asked.join(",") != USUAL
    {
        ui.note("There is no case view: it needs simulated data, `case = true` in `[explain]`, and an interval that may be shown.");
    }
    let written: Vec<String> =
        files.iter().map(|(name, _)| args.out.join(name).display().to_string()).collect();
    let first = written.first().cloned().unwrap_or_default();
    ui.result(&first, &serde_json::json!({"report": first, "files": written}));
    Ok(ExitCode::SUCCESS)
}
