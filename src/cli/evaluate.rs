//! `rerefer evaluate`.

use super::error::{Failure, Kind};
use super::load::{errors, load};
use super::run::{finish, writable};
use super::ui::Ui;
use crate::artefact::{self, ArtefactError};
use crate::experiment::folder::{self, CODE, Manifest};
use crate::experiment::run::{Context, Progress};
use crate::experiment::{Experiment, run_external};
use crate::privacy::disclosure::disclose;
use crate::report::forms;
use crate::synth::is_marked;
use std::path::PathBuf;
use std::process::ExitCode;

/// Tests models that a run kept on other data, without teaching them anything.
///
/// A run keeps its candidate and its reference in private/model/ where the experiment says `models.keep = true`. The report is
/// that of a run: it says whether what was found there holds here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer evaluate runs/0123456789ab/private/model census/")]
pub(super) struct Args {
    /// The folder of the kept models.
    model: PathBuf,
    /// The other data: a folder of canonical tables, or CIN census XML.
    data: PathBuf,
    /// Folder that run folders are written to.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// Goes on when the data have errors: leaves such rows out, counts them, says so in the report.
    #[arg(long)]
    lenient: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let (artefact, models) = artefact::read(&args.model)?;
    let experiment = Experiment::read("the experiment in model.json", &artefact.experiment)?;
    let ids: Vec<&str> = models.iter().map(|(entry, _)| entry.id).collect();
    let experiment = experiment.of_kept(&ids);
    writable(&args.out)?;
    let ingested = load(&args.data, ui)?;
    let simulated = is_marked(&args.data, &ingested.files);
    let mut remarks = errors(&ingested, &args.data, args.lenient)?;
    if simulated != artefact.trained.simulated {
        remarks.push(
            if simulated {
                "The models were taught by real data, and are tested here by simulated ones."
            } else {
                "The models were taught by simulated data, and are tested here by real ones."
            }
            .to_owned()
                + " The results say nothing about how the models would do anywhere.",
        );
    }
    for remark in &ingested.history.source.remarks {
        ui.note(remark);
    }
    let kind = folder::Kind { lenient: args.lenient, simulated, final_test: false };
    let manifest = Manifest::of_kept(&experiment, &artefact, &ingested.files, kind);
    if manifest.digests().iter().any(|digest| artefact.data_sha256.contains(digest)) {
        let message = "these are data that the models learned from: to test by them would flatter the models";
        return Err(Failure::new(Kind::Usage, message.to_owned(), "give other data, of other children"));
    }
    let lenient = if args.lenient { " --lenient" } else { "" };
    let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut reproduce = vec![
        row("Command", &format!("rerefer evaluate MODEL DATA{lenient}")),
        row("Run", &manifest.run),
        row("Models of run", &artefact.run),
        row("Models (SHA-256 of model.bin)", &artefact.binary_sha256),
        row("Code", &manifest.code),
        row("Libraries", &manifest.crates),
    ];
    reproduce.extend(manifest.data.iter().map(|f| row(&format!("Data: {} (SHA-256)", f.name), &f.sha256)));
    let context =
        Context { run_id: manifest.run.clone(), version: CODE.to_owned(), simulated, remarks, reproduce };
    let results = run_external(&experiment, (&artefact, &models), &ingested.history, &context, ui)?;
    ui.stage("writing the report", 1);
    let answer = results.ingredients.evaluation.verdict.answer;
    let shown = disclose(&results.ingredients, results.ingredients.profile);
    let (files, fault) = forms::of_run(&shown, None);
    let (run, path) = (manifest.run.clone(), args.out.join(&manifest.run));
    folder::write(&path, manifest, &experiment, &results, files, || ui.timings())?;
    finish(ui, &run, &path, Some((answer, None)));
    fault.map_or(Ok(ExitCode::SUCCESS), |why| {
        Err(Failure::form("report.html and evaluation.json are whole", &why))
    })
}

impl From<ArtefactError> for Failure {
    fn from(error: ArtefactError) -> Self {
        let hint = match error {
            ArtefactError::Io(..) => "give the folder that holds model.json and model.bin",
            _ => "copy the whole folder again, and use the version of rerefer that wrote it",
        };
        Self::new(Kind::Usage, error.to_string(), hint)
    }
}
