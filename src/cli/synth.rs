//! `rerefer synth`.

use super::error::{Failure, Kind};
use super::load::{free_to_write, settings};
use super::ui::Ui;
use crate::experiment::run::Progress;
use crate::synth::fit::{self, Round};
use crate::synth::{self, Format, HORIZON_DAYS, Preset, Scenario, Target};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Simulates a data set whose true risks are known and written beside it.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  rerefer synth data-synthetic/scenario.toml --out simulated/
  rerefer synth --preset authority --out simulated/
  rerefer synth --preset england --children 100000 --years 4 --seed 7 --out simulated/
  rerefer synth --preset region --format parquet,cin-xml --horizons 90,180,730 --out simulated/

Presets: england (153 authorities), region (12), authority (one of median size),
achieving-for-children-scale (3 small ones with a shared service), tiny (the committed set),
rare (6 in 100 become looked after within a year)."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// The scenario file.
    #[arg(required_unless_present = "preset", conflicts_with_all = ["preset", "seed", "children", "years"])]
    scenario: Option<PathBuf>,
    /// A ready-made scenario instead of a file.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Preset::NAMED.map(|(name, _)| name)))]
    preset: Option<String>,
    /// Root seed of the preset.
    #[arg(long, default_value_t = 20_240_331)]
    seed: u32,
    /// Children in the records of the preset; a larger number contains the children of a smaller one.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    children: Option<u32>,
    /// Years of records of the preset, counted back from its end (31 March 2025; tiny: 2024).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=40))]
    years: Option<u32>,
    /// Folder to write the tables and the truth to.
    #[arg(long, value_name = "FOLDER", required = true)]
    out: Option<PathBuf>,
    /// Formats of the records: Parquet tables, CSV tables, children in need census returns. Each of several goes into
    /// a folder of its own.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "parquet")]
    format: Vec<FormatArg>,
    /// Further days within which the true probability of a return is written, such as 30,90,730.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=2_190))]
    horizons: Vec<u16>,
    /// Writes over tables that are in that folder already.
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Fit(FitArgs),
}

/// Fits the simulator to published tables, and writes the fitted values and how well they meet what is published.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer synth fit --tables calibration/ --out data-synthetic/fit/

The fitted values take effect when the program is built with them as src/synth/fitted.toml.")]
struct FitArgs {
    /// Folder of the published tables (children in need C1, C3, C5, C6, A7, B1, B3; looked after; D3), as CSV.
    #[arg(long, value_name = "FOLDER")]
    tables: PathBuf,
    /// Folder to write fitted.toml and fidelity.csv to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Rounds that move the values.
    #[arg(long, default_value_t = 12)]
    rounds: u32,
    /// Households of a round; the table is made from four times as many.
    #[arg(long, default_value_t = 300_000)]
    households: u32,
    /// Root seed.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FormatArg {
    Parquet,
    Csv,
    CinXml,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Parquet => Self::Parquet,
            FormatArg::Csv => Self::Csv,
            FormatArg::CinXml => Self::CinXml,
        }
    }
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    if let Some(Command::Fit(args)) = &args.command {
        return fit(args, ui);
    }
    let Some(out) = args.out.as_deref() else {
        return Err(Failure::new(Kind::Usage, "--out is missing", "name the folder to write to by --out"));
    };
    let formats: Vec<Format> = args.format.iter().copied().map(Format::from).collect();
    free(out, args.replace, &formats)?;
    let (name, text) = match &args.scenario {
        Some(path) => (path.display().to_string(), settings(path)?),
        None => ("the preset".to_owned(), of_preset(args)),
    };
    let scenario = Scenario::read(&name, &text)?;
    let mut horizons = args.horizons.clone();
    horizons.sort_unstable();
    horizons.dedup();
    horizons.retain(|days| *days != HORIZON_DAYS);
    ui.stage("simulating", 1);
    let target = Target { folder: out, scenario: &text, formats: &formats, horizons: &horizons };
    let written = synth::write_as_made(&scenario, &target, &|done, total| ui.at(done, total))?;
    ui.note(&format!(
        "{} children, {} events, {} referrals with known truth",
        written.children, written.events, written.referrals
    ));
    let best = written.oracle.observable;
    ui.note(&format!(
        "a perfect model of a return within a year, knowing only what is recorded, would reach AUROC {:.3}, average precision {:.3} and Brier score {:.4}",
        best.auroc, best.average_precision, best.brier
    ));
    if scenario.notes.is_some() && formats.iter().all(|format| *format == Format::CinXml) {
        ui.note("no notes were written: census returns hold none; add --format parquet or csv");
    }
    let out = out.display().to_string();
    let (children, events) = (written.children, written.events);
    ui.result(&out, &serde_json::json!({"out": out, "children": children, "events": events}));
    Ok(ExitCode::SUCCESS)
}

/// The scenario file that says the same as the options.
fn of_preset(args: &Args) -> String {
    let mut text = format!(
        "# Made by `rerefer synth --preset`; `rerefer synth` on this file makes the same data.\nseed = {}\n",
        args.seed
    );
    let preset = args.preset.as_deref().unwrap_or_default();
    text.push_str(&format!("preset = \"{preset}\"\n"));
    for (key, value) in [("children", args.children), ("years", args.years)] {
        if let Some(value) = value {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    text
}

/// Fails if tables are there already, in any of the folders that will be written to.
fn free(out: &Path, replace: bool, formats: &[Format]) -> Result<(), Failure> {
    for format in formats {
        let folder = format.folder(out, formats);
        if *format == Format::Parquet {
            free_to_write(&folder, None, replace)?;
        } else {
            free_or_marked(&folder, replace)?;
        }
    }
    Ok(())
}

/// CSV and XML are written over only where a mark says that they were simulated.
fn free_or_marked(folder: &Path, replace: bool) -> Result<(), Failure> {
    let entries = || std::fs::read_dir(folder).into_iter().flatten().flatten();
    let any = entries().next().is_some();
    // Tables of two formats in one folder could not be read again.
    if entries().any(|entry| entry.path().extension().is_some_and(|e| e == "parquet")) {
        let message = format!("{} holds data in another format", folder.display());
        return Err(Failure::new(Kind::Usage, message, "give another folder by --out"));
    }
    if !any || (replace && folder.join(synth::MARK).exists()) {
        return Ok(());
    }
    let message = format!("{} is not empty", folder.display());
    Err(Failure::new(
        Kind::Usage,
        message,
        "choose another folder, or remove what an earlier simulation left",
    ))
}

fn fit(args: &FitArgs, ui: &Ui) -> Result<ExitCode, Failure> {
    let round = |i: u32, households: u32| Round { seed: u64::from(args.seed) + u64::from(i), households };
    let mut rounds: Vec<Round> = (0..args.rounds).map(|i| round(i, args.households)).collect();
    rounds.push(round(args.rounds, args.households.saturating_mul(4)));
    ui.stage("fitting", 1);
    let all = rounds.len() as u64;
    let progress = |i: usize, done: u64, households: u64| {
        ui.at(i as u64 * 1_000 + done * 1_000 / households.max(1), all * 1_000);
    };
    let (fitted, table) = fit::fit(&args.tables, &rounds, &progress).map_err(|e| {
        Failure::new(
            Kind::Data,
            e.to_string(),
            "the tables are those of the Department for Education, as CSV",
        )
    })?;
    let text = fitted.to_toml().map_err(|e| Failure::new(Kind::Internal, e.to_string(), "report this"))?;
    let csv = fit::to_csv(&table);
    let files = [("fitted.toml", text.into_bytes()), ("fidelity.csv", csv)];
    crate::io::atomic::write_all(&args.out, &files)
        .map_err(|(path, e)| Failure::unwritable(format!("cannot write {}: {e}", path.display())))?;
    let missed = table.iter().filter(|row| row.is_met() == Some(false)).count();
    let asked = table.iter().filter(|row| row.is_met().is_some()).count();
    ui.note(&format!("{} of {asked} numbers are as near to what is published as asked", asked - missed));
    for (family, most) in fit::TOTAL_VARIATION {
        let distance = fit::total_variation(&table, family);
        ui.note(&format!("{family}: total variation {distance:.4}, asked at most {most}"));
    }
    let out = args.out.display().to_string();
    ui.result(&out, &serde_json::json!({"out": out, "asked": asked, "missed": missed}));
    Ok(ExitCode::SUCCESS)
}
