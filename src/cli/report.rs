//! `rerefer report`.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::io::atomic;
use crate::privacy::disclosure::{Profile, disclose};
use crate::report::cards::Board;
use crate::report::forms::{self, Form};
use crate::report::ingredients::Ingredients;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes a run's report again, from the numbers kept in its private folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer report runs/0123456789ab --out board/
  rerefer report runs/0123456789ab --out board/ --format pdf,records --board experiments/mine/board.toml")]
pub(super) struct Args {
    /// The run folder.
    run: PathBuf,
    /// Folder to write to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Forms to write, parted by commas. The text, the order and the numbers are the same in each.
    #[arg(long, value_name = "FORMS", value_delimiter = ',', default_values_t = Format::usual())]
    format: Vec<Format>,
    /// What only the owner can say, for the records: see docs/board.md.
    #[arg(long, value_name = "FILE")]
    board: Option<PathBuf>,
}

/// The owner's answers.
fn board(path: &Path) -> Result<Board, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::unreadable(path, &e))?;
    Ok(Board::read(&path.display().to_string(), &text)?)
}

/// A form, as the command names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// report.html: one page for a browser, self-contained
    Html,
    /// report.pdf: A4, tagged for screen readers
    #[cfg(feature = "pdf")]
    Pdf,
    /// tables.xlsx: every table on a sheet of its own
    Xlsx,
    /// evaluation.json: every number with its interval and status
    Json,
    /// report.md: plain text
    Md,
    /// records.html: model card, datasheet, transparency record, checklists, evidence, risk log, sheets for families
    Records,
    /// atrs.json: the transparency record as fields
    Atrs,
}

impl Format {
    fn usual() -> Vec<Self> {
        let all = <Self as clap::ValueEnum>::value_variants();
        all.iter().copied().filter(|format| *format != Self::Md).collect()
    }

    fn form(self) -> Form {
        match self {
            Self::Html => Form::Html,
            #[cfg(feature = "pdf")]
            Self::Pdf => Form::Pdf,
            Self::Xlsx => Form::Xlsx,
            Self::Json => Form::Json,
            Self::Md => Form::Md,
            Self::Records => Form::Records,
            Self::Atrs => Form::Atrs,
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = <Self as clap::ValueEnum>::to_possible_value(self);
        f.write_str(name.as_ref().map_or("", |value| value.get_name()))
    }
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
    let unwritable =
        |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", args.out.display()));
    let board = args.board.as_deref().map_or_else(|| Ok(Board::default()), board)?;
    let formats: Vec<Form> = args.format.iter().map(|format| format.form()).collect();
    let files = forms::files(&shown, &board, &formats).map_err(|why| Failure::form(&why))?;
    for (name, bytes) in &files {
        atomic::write(&args.out.join(name), bytes).map_err(unwritable)?;
    }
    let written: Vec<String> =
        files.iter().map(|(name, _)| args.out.join(name).display().to_string()).collect();
    let first = written.first().cloned().unwrap_or_default();
    ui.result(&first, &serde_json::json!({"report": first, "files": written}));
    Ok(ExitCode::SUCCESS)
}
