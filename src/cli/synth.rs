//! `rerefer synth`.

use super::error::Failure;
use super::load::{free_to_write, settings};
use super::ui::Ui;
use crate::experiment::run::Progress;
use crate::synth::{self, Scenario};
use std::path::PathBuf;
use std::process::ExitCode;

/// Simulates a data set whose true risks are known and written beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer synth data-synthetic/scenario.toml --out simulated/")]
pub(super) struct Args {
    /// The scenario file.
    scenario: PathBuf,
    /// Folder to write the tables and the truth to.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Writes over tables that are in that folder already.
    #[arg(long)]
    replace: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    free_to_write(&args.out, None, args.replace)?;
    let text = settings(&args.scenario)?;
    let scenario = Scenario::read(&args.scenario.display().to_string(), &text)?;
    ui.stage("simulating", 1);
    let simulated = synth::simulate(&scenario, &|done, total| ui.at(done, total));
    ui.stage("writing", 1);
    synth::write(&simulated, &text, &args.out)?;
    let (children, events) = (simulated.history.children.len(), simulated.history.events.len());
    ui.note(&format!(
        "{children} children, {events} events, {} referrals with known truth",
        simulated.truth.len()
    ));
    let best = simulated.oracle.observable;
    ui.note(&format!(
        "a perfect model of a return within a year, knowing only what is recorded, would reach AUROC {:.3} and average precision {:.3}",
        best.auroc, best.average_precision
    ));
    let out = args.out.display().to_string();
    ui.result(&out, &serde_json::json!({"out": out, "children": children, "events": events}));
    Ok(ExitCode::SUCCESS)
}
