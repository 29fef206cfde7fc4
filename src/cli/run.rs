//! `rerefer run`.

use super::error::{Failure, Kind};
use super::load::{errors, load, settings};
use super::ui::Ui;
use crate::cohort;
use crate::evaluate::Answer;
use crate::experiment::Experiment;
use crate::experiment::folder::{self, CODE, Manifest};
use crate::experiment::run::{Context, LEAST, Progress, enough, run};
use crate::ingest::Ingested;
use crate::privacy::disclosure::{Profile, disclose};
use crate::report;
use crate::schema;
use crate::synth::is_marked;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs an experiment and writes its report.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rerefer run experiments/first-look/experiment.toml
  rerefer run experiments/first-look/experiment.toml --data census/")]
pub(super) struct Args {
    /// The experiment file.
    experiment: PathBuf,
    /// Data to use instead of those the experiment names: a folder of canonical tables, or CIN census XML.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Folder that run folders are written to.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// Goes on when the data have errors: leaves such rows out, counts them, says so in the report.
    #[arg(long)]
    lenient: bool,
    /// Runs again though this very run has been done; it gives the same bytes.
    #[arg(long)]
    again: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let text = settings(&args.experiment)?;
    let experiment = Experiment::read(&args.experiment.display().to_string(), &text)?;
    let beside = args.experiment.parent().unwrap_or_else(|| Path::new(""));
    let data = args.data.clone().unwrap_or_else(|| beside.join(&experiment.data));
    writable(&args.out)?;
    if args.data.is_none() && !data.exists() {
        let message = format!("`data` of the experiment names {}, which is not there", data.display());
        return Err(Failure::new(Kind::Configuration, message, "give the data by --data, or mend the path"));
    }
    let ingested = load(&data, ui)?;
    let simulated = is_marked(&data, &ingested.files);
    let remarks = errors(&ingested, &data, args.lenient)
        .map_err(|failure| too_few_anyway(&experiment, &ingested).unwrap_or(failure))?;
    for remark in &ingested.history.source.remarks {
        ui.note(remark);
    }
    let manifest = Manifest::new(&experiment, &ingested.files, args.lenient, simulated);
    let path = args.out.join(&manifest.run);
    let whole = ["manifest.json", "report.html"].iter().all(|name| path.join(name).exists());
    if whole && !args.again {
        ui.note("This very run has been done already: same data, experiment, code and seed. --again runs it again.");
        finish(ui, &manifest.run, &path, None);
        return Ok(ExitCode::SUCCESS);
    }
    let context = Context {
        run_id: manifest.run.clone(),
        version: CODE.to_owned(),
        simulated,
        remarks,
        reproduce: reproduce(&manifest, args.lenient),
    };
    let results = run(&experiment, &ingested.history, &context, ui)?;
    ui.stage("writing the report", 1);
    let answer = results.ingredients.evaluation.verdict.answer;
    let shown = disclose(&results.ingredients, Profile::tre10());
    let files = vec![("report.html", report::html(&shown)), ("evaluation.json", report::json(&shown))];
    let run_id = manifest.run.clone();
    folder::write(&path, manifest, &experiment, &results, files, || ui.timings())?;
    finish(ui, &run_id, &path, Some(answer));
    Ok(ExitCode::SUCCESS)
}

/// Data with errors that are too few to evaluate, and would be if every row left out held a referral: whoever is sent
/// to mend them first would mend them for nothing.
fn too_few_anyway(experiment: &Experiment, ingested: &Ingested) -> Option<Failure> {
    let referrals =
        ingested.history.events.kind.iter().filter(|kind| **kind == schema::Kind::Referral).count();
    if (referrals + ingested.quarantined.len()) as u64 >= 2 * LEAST {
        return None;
    }
    let cohort = cohort::build(&ingested.history, &experiment.cohort);
    let mut failure = Failure::from(enough(&cohort).err()?);
    failure.message.push_str("; the data also have errors, which `rerefer check` lists");
    Some(failure)
}

/// Finds out before the work whether its results can be written.
fn writable(out: &Path) -> Result<(), Failure> {
    let probe = std::fs::create_dir_all(out).and_then(|()| tempfile::tempfile_in(out));
    probe.map(drop).map_err(|e| Failure::unwritable(format!("cannot write to {}: {e}", out.display())))
}

fn finish(ui: &Ui, run: &str, path: &Path, answer: Option<Answer>) {
    if let Some(answer) = answer {
        ui.note(match answer {
            Answer::Better => {
                "The model was better than the reference, as declared. Read the report before believing it."
            }
            Answer::NoBetter => "The model was no better than the reference.",
            Answer::CannotSay => "The data cannot say whether the model is better than the reference.",
        });
    }
    let report = path.join("report.html");
    let text = report.display().to_string();
    let json =
        serde_json::json!({"run": run, "report": text, "done_before": answer.is_none(), "answer": answer});
    ui.result(&text, &json);
}

fn reproduce(manifest: &Manifest, lenient: bool) -> Vec<(String, String)> {
    let lenient = if lenient { " --lenient" } else { "" };
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        row("Command", format!("rerefer run experiment.toml --data DATA{lenient}")),
        row("Run", manifest.run.clone()),
        row("Code", manifest.code.clone()),
        row("Libraries", manifest.crates.clone()),
        row("Seed", manifest.seed.to_string()),
        row("Experiment (SHA-256)", manifest.experiment_sha256.clone()),
    ];
    rows.extend(manifest.data.iter().map(|f| row(&format!("Data: {} (SHA-256)", f.name), f.sha256.clone())));
    rows
}
