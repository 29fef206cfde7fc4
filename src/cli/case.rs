//! `rerefer case`: one child's explanation, for that child's file.

use super::clock;
use super::error::{Failure, Kind};
use super::load::{load, settings};
use super::ui::Ui;
use crate::experiment::Experiment;
use crate::experiment::explain::one::{Named, OneError, one, test_of};
use crate::experiment::folder::{self, CODE, Manifest};
use crate::experiment::permission::Permission;
use crate::experiment::run::Context;
use crate::ingest::Ingested;
use crate::io::atomic;
use crate::ledger::{self, Event};
use crate::num::Day;
use crate::privacy::disclosure::{disclose, one_case};
use crate::report::cards::Board;
use crate::report::ingredients::Ingredients;
use crate::report::one_case_page;
use crate::synth::is_marked;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Explains the estimate of one referral of one child, who is named by the person asking, for that child's file.
///
/// Only for simulated data, or with an unexpired `[permission]` in the experiment of the run (such as a family's request for an
/// explanation, or an audit). It lists nobody, and says nothing of who is on record. Each use for a real child is written to
/// the ledger of the runs folder, without the child.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer case runs/0123456789ab --data data-synthetic --child 12 --date 2021-05-04 --out file/case.html")]
pub(super) struct Args {
    /// The run folder, with its private folder.
    run: PathBuf,
    /// The data of that run.
    #[arg(long, value_name = "PATH")]
    data: PathBuf,
    /// The child's surrogate.
    #[arg(long, value_name = "SURROGATE", value_parser = surrogate, allow_hyphen_values = true)]
    child: Secret,
    /// Day of the referral, YYYY-MM-DD.
    #[arg(long, value_name = "DATE", value_parser = day, allow_hyphen_values = true)]
    date: Hidden,
    /// File to write; not among the files of a run that may be shown to others.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What only the owner can say, such as whom to ask: see docs/board.md.
    #[arg(long, value_name = "FILE")]
    board: Option<PathBuf>,
}

/// A surrogate that no message holds.
#[derive(Clone, Copy)]
struct Secret(i64);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A day that no message holds.
#[derive(Clone, Copy)]
struct Hidden(Day);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

/// Anything is taken, so that no message repeats it; what is no surrogate is nobody's.
fn surrogate(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret(text.trim().parse().unwrap_or(i64::MIN)))
}

/// The same of a day.
fn day(text: &str) -> Result<Hidden, std::convert::Infallible> {
    Ok(Hidden(Day::parse(text.trim()).unwrap_or(Day(i32::MIN))))
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let out = outside(&args.out, &args.run)?;
    let board = args.board.as_deref().map_or_else(|| Ok(Board::default()), super::report::board)?;
    let ingredients = super::load::ingredients(&args.run)?;
    let path = args.run.join("experiment.toml");
    let experiment = Experiment::read(&path.display().to_string(), &settings(&path)?)?;
    let permission = if ingredients.simulated { None } else { Some(held(&experiment, clock::today())?) };
    let ingested = load(&args.data, ui)?;
    let kind = same(&args.run, &experiment, &args.data, &ingested)?;
    if kind.simulated != ingredients.simulated {
        return Err(other(&args.run));
    }
    if let Some(permission) = permission {
        noted(&args.run, &ingredients, permission)?;
    }
    let context = Context { simulated: kind.simulated, ..Context::default() };
    let named = Named { child: args.child.0, referral: args.date.0 };
    let test = test_of(&experiment, kind.final_test);
    let (model, case) = one(&experiment, &ingested.history, (&context, test), named, ui)?;
    let report = disclose(&ingredients, ingredients.profile);
    let page = one_case(&case, kind.simulated, permission)
        .and_then(|case| one_case_page((&report, &board), (model, &case), permission));
    let Some(page) = page else {
        let message = "this run may not show what came of referrals with such a chance, or the base rate, with an interval";
        return Err(Failure::new(
            Kind::TooFew,
            message,
            "without both, an estimate would say more than is known",
        ));
    };
    let unwritable = |e: std::io::Error| Failure::unwritable(format!("cannot write {}: {e}", out.display()));
    atomic::write(&out, page.as_bytes()).map_err(unwritable)?;
    let text = out.display().to_string();
    ui.result(&text, &serde_json::json!({"case": text, "simulated": kind.simulated}));
    Ok(ExitCode::SUCCESS)
}

/// The permission of an experiment, if it holds today.
fn held(experiment: &Experiment, today: Day) -> Result<&Permission, Failure> {
    let refused = |message: String| {
        let hint = "a real child's estimate is explained only for that child's file, where `[permission]` of the experiment gives a \
                    reference, a date and an expiry, and the experiment was run with it";
        Failure::new(Kind::Configuration, message, hint)
    };
    let Some(permission) = &experiment.permission else {
        return Err(refused(
            "the data are of real children, and the experiment of this run has no `[permission]`".to_owned(),
        ));
    };
    if !permission.holds_on(today) {
        let (from, to) = (permission.date, permission.expiry);
        return Err(refused(format!(
            "the permission of this run holds from {from} to {to}, and today is {today}"
        )));
    }
    Ok(permission)
}

/// What sort of run it was: the one whose id data, experiment, code and seed give.
fn same(
    run: &Path,
    experiment: &Experiment,
    data: &Path,
    ingested: &Ingested,
) -> Result<folder::Kind, Failure> {
    let path = run.join("manifest.json");
    let text = std::fs::read_to_string(&path).map_err(|e| Failure::unreadable(&path, &e))?;
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let id = manifest.get("run").and_then(|run| run.as_str()).unwrap_or_default();
    // A further look has the id of the first and a number.
    let first = id.split('-').next().unwrap_or_default();
    let simulated = is_marked(data, &ingested.files);
    let kinds = [(false, false), (true, false), (false, true), (true, true)];
    let kinds = kinds.map(|(lenient, final_test)| folder::Kind { lenient, simulated, final_test });
    let fits = |kind: &folder::Kind| Manifest::new(experiment, &ingested.files, *kind).run == first;
    kinds.into_iter().find(fits).ok_or_else(|| other(run))
}

fn other(run: &Path) -> Failure {
    let message =
        format!("{} is no run of this experiment on these data by this version ({CODE})", run.display());
    let hint = "give the run's own data by --data, leave its experiment.toml as it was written, and use the version of rerefer that \
                wrote it; a test of kept models has no case to explain";
    Failure::new(Kind::Usage, message, hint)
}

/// Notes the use in the ledger, before anything is looked up.
fn noted(run: &Path, ingredients: &Ingredients, permission: &Permission) -> Result<(), Failure> {
    let whole = run.canonicalize().map_err(|e| Failure::unreadable(run, &e))?;
    let path = whole.parent().unwrap_or(&whole).join(ledger::FILE_NAME);
    let event = Event::Case { run: ingredients.run_id.clone(), permission: permission.reference.clone() };
    ledger::append(&path, &event, &clock::now())?;
    Ok(())
}

/// The file, if it is none of those of a run that may be shown to others.
fn outside(out: &Path, run: &Path) -> Result<PathBuf, Failure> {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // Of what is not there yet, the folder that is.
    let real = |path: &Path| {
        let path = whole(path);
        let there = path.ancestors().find_map(|a| Some((a.canonicalize().ok()?, path.strip_prefix(a).ok()?)));
        there.map_or_else(|| path.clone(), |(there, rest)| there.join(rest))
    };
    let (file, run) = (real(out), real(run));
    let climbs = file.components().any(|part| part == std::path::Component::ParentDir);
    let of_run = |folder: &Path| folder.join("manifest.json").exists();
    let home = file.ancestors().skip(1).find(|folder| of_run(folder) || *folder == run);
    let public = home.is_some_and(|home| !file.starts_with(home.join("private").join("case")));
    if climbs || public || file.is_dir() {
        let message = format!(
            "{} is among the files of a run that may be shown to others, or is no file",
            out.display()
        );
        let hint = "give a file in the run's private/case/, or in the place where that child's file is kept";
        return Err(Failure::new(Kind::Usage, message, hint));
    }
    Ok(out.to_owned())
}

impl From<OneError> for Failure {
    fn from(error: OneError) -> Self {
        match error {
            OneError::Run(error) => error.into(),
            error => {
                let hint =
                    "the referral must be one that a test of the run predicted; many are only learned from";
                Self::new(Kind::Usage, error.to_string(), hint)
            }
        }
    }
}
