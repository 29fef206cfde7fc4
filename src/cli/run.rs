//! `rerefer run`.

use super::error::Failure;
use super::final_test::{Lock, further_look, note_unlocked};
use super::load::{errors, experiment, load};
use super::ui::Ui;
use crate::cohort;
use crate::evaluate::Answer;
use crate::experiment::Experiment;
use crate::experiment::folder::{self, CODE, Manifest};
use crate::experiment::gate::Verdict;
use crate::experiment::run::{Context, LEAST, Progress, enough, run};
use crate::ingest::Ingested;
use crate::privacy::disclosure::disclose;
use crate::report::cards::Board;
use crate::report::forms;
use crate::schema;
use crate::synth::is_marked;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs an experiment and writes its report.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rerefer run experiments/first-look/experiment.toml
  rerefer run experiments/first-look/experiment.toml --data census/
  rerefer run experiments/gate/experiment.toml --final")]
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
    /// Opens the final test: the referrals kept by `[holdout]`, which `rerefer plan` registered. Recorded in the ledger.
    #[arg(long = "final")]
    final_test: bool,
    /// Runs again though this very run has been done; it gives the same bytes. With --final it is a further look, which
    /// is recorded, in a folder of its own.
    #[arg(long)]
    again: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let (experiment, data) = experiment(&args.experiment, args.data.as_deref())?;
    let owner = owner(&args.experiment)?;
    writable(&args.out)?;
    let ingested = load(&data, ui)?;
    let kind = folder::Kind {
        lenient: args.lenient,
        simulated: is_marked(&data, &ingested.files),
        final_test: args.final_test,
    };
    let remarks = errors(&ingested, &data, args.lenient)
        .map_err(|failure| too_few_anyway(&experiment, &ingested).unwrap_or(failure))?;
    for remark in &ingested.history.source.remarks {
        ui.note(remark);
    }
    let mut manifest = Manifest::new(&experiment, &ingested.files, kind);
    if args.final_test && args.again {
        manifest.run = further_look(&manifest.run, &args.out)?;
    }
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
        simulated: kind.simulated,
        remarks,
        reproduce: reproduce(&manifest, kind),
    };
    let results = if args.final_test {
        let lock = Lock::new(&experiment, &manifest, &args.out)?;
        lock.run(&experiment, &ingested.history, &context, ui, &mut manifest)?
    } else {
        note_unlocked(&experiment, &manifest, &args.out, ui)?;
        run(&experiment, &ingested.history, &context, ui)?
    };
    ui.stage("writing the report", 1);
    let answer = results.ingredients.evaluation.verdict.answer;
    let gate = results.ingredients.gate.as_ref().map(|gate| gate.judgement.verdict);
    let shown = disclose(&results.ingredients, results.ingredients.profile);
    let (mut files, fault) = forms::of_run(&shown, owner.as_ref().map(|(_, board)| board));
    files.extend(owner.map(|(text, _)| (BOARD.to_owned(), text.into_bytes())));
    let run_id = manifest.run.clone();
    folder::write(&path, manifest, &experiment, &results, files, || ui.timings())?;
    finish(ui, &run_id, &path, Some((answer, gate.filter(|_| args.final_test))));
    fault.map_or(Ok(ExitCode::SUCCESS), |why| {
        Err(Failure::form("report.html and evaluation.json are whole", &why))
    })
}

/// What the owner's answers are called, beside an experiment and in a run's folder.
pub(super) const BOARD: &str = "board.toml";

/// The owner's answers beside an experiment, if there are any: as written, and as read.
fn owner(experiment: &Path) -> Result<Option<(String, Board)>, Failure> {
    let path = experiment.with_file_name(BOARD);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).map_err(|e| Failure::unreadable(&path, &e))?;
    let board = Board::read(&path.display().to_string(), &text)?;
    Ok(Some((text, board)))
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
pub(super) fn writable(out: &Path) -> Result<(), Failure> {
    let probe = std::fs::create_dir_all(out).and_then(|()| tempfile::tempfile_in(out));
    probe.map(drop).map_err(|e| Failure::unwritable(format!("cannot write to {}: {e}", out.display())))
}

pub(super) fn finish(ui: &Ui, run: &str, path: &Path, done: Option<(Answer, Option<Verdict>)>) {
    if let Some((answer, gate)) = done {
        ui.note(match answer {
            Answer::Better => {
                "The model was better than the reference, as declared. Read the report before believing it."
            }
            Answer::NoBetter => "The model was no better than the reference.",
            Answer::CannotSay => "The data cannot say whether the model is better than the reference.",
        });
        if let Some(verdict) = gate {
            ui.note(&format!("The gate: {}. It is in the ledger.", verdict.words()));
        }
    }
    let report = path.join("report.html");
    let text = report.display().to_string();
    let (answer, gate) = (done.map(|(answer, _)| answer), done.and_then(|(_, gate)| gate));
    let json = serde_json::json!({
        "run": run, "report": text, "done_before": done.is_none(), "answer": answer, "gate": gate,
    });
    ui.result(&text, &json);
}

fn reproduce(manifest: &Manifest, kind: folder::Kind) -> Vec<(String, String)> {
    let lenient = if kind.lenient { " --lenient" } else { "" };
    let last = if kind.final_test { " --final" } else { "" };
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        row("Command", format!("rerefer run experiment.toml --data DATA{last}{lenient}")),
        row("Run", manifest.run.clone()),
        row("Code", manifest.code.clone()),
        row("Libraries", manifest.crates.clone()),
        row("Seed", manifest.seed.to_string()),
        row("Experiment (SHA-256)", manifest.experiment_sha256.clone()),
    ];
    rows.extend(manifest.data.iter().map(|f| row(&format!("Data: {} (SHA-256)", f.name), f.sha256.clone())));
    rows
}
