//! `rerefer plan`.

use super::clock;
use super::error::Failure;
use super::load::{errors, experiment, load};
use super::ui::Ui;
use crate::experiment::Experiment;
use crate::experiment::folder::{Kind, Manifest};
use crate::experiment::outlook::{Window, outlook};
use crate::experiment::run::Test;
use crate::history::History;
use crate::ledger::{self, Decision, Entry, Event, Request};
use crate::synth::is_marked;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Says what a test will be, and registers its gate in the ledger before the test is opened.
///
/// Nothing is fitted, and nothing is asked about what came of the referrals that are kept for the final test.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  rerefer plan experiments/gate/experiment.toml")]
pub(super) struct Args {
    /// The experiment file.
    experiment: PathBuf,
    /// Data to use instead of those the experiment names: a folder of canonical tables, or CIN census XML.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Folder of the ledger, where run folders are written to.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    out: PathBuf,
    /// Why it is registered; needed once these data have been opened. The report quotes it, so it must not tell of any
    /// child or small number of children.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Goes on when the data have errors: leaves such rows out.
    #[arg(long)]
    lenient: bool,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let (experiment, data) = experiment(&args.experiment, args.data.as_deref())?;
    let ingested = load(&data, ui)?;
    for remark in errors(&ingested, &data, args.lenient)? {
        ui.note(&remark);
    }
    let kind = Kind { lenient: args.lenient, simulated: is_marked(&data, &ingested.files), final_test: true };
    let manifest = Manifest::new(&experiment, &ingested.files, kind);
    let (mut lines, windows) = tests(&experiment, &ingested.history, &args.experiment)?;
    let criteria: Vec<String> =
        experiment.gate.iter().flat_map(|gate| &gate.criteria).map(|c| c.sentence()).collect();
    lines.extend(promised(&criteria));
    let registered = registered(&experiment, &manifest, &args.out, args.reason.as_deref())?;
    lines.push(String::new());
    lines.push(match &registered {
        None => "There is no gate, so nothing is registered.".to_owned(),
        Some((entry, new)) => format!(
            "{} as entry {} of {} on {}. Hash of the entry: {}",
            if *new { "Registered" } else { "Nothing has changed: registered already" },
            entry.seq,
            args.out.join(ledger::FILE_NAME).display(),
            entry.at,
            entry.hash
        ),
    });
    let json = serde_json::json!({
        "windows": windows,
        "criteria": criteria,
        "registered": registered.as_ref().map(|(entry, new)| serde_json::json!({
            "entry": entry.seq, "at": entry.at, "hash": entry.hash, "new": new,
        })),
    });
    ui.result(&lines.join("\n"), &json);
    Ok(ExitCode::SUCCESS)
}

/// What is tested, in words, for people and for programs.
fn tests(
    experiment: &Experiment,
    history: &History,
    file: &Path,
) -> Result<(Vec<String>, serde_json::Value), Failure> {
    let mut json = serde_json::Map::new();
    let mut part = |name: &str, windows: Vec<Window>| -> Vec<String> {
        let lines = windows.iter().map(|w| format!("  {}: {}", w.words, about(w.rows, experiment.threshold)));
        let lines: Vec<String> = lines.collect();
        json.insert(name.to_owned(), lines.iter().map(|l| l.trim()).collect());
        lines
    };
    let ordinary = part("ordinary", outlook(experiment, history, Test::Ordinary)?);
    let mut lines = vec![format!("What an ordinary run tests (`rerefer run {}`), referrals", file.display())];
    lines.extend(ordinary);
    let Some(from) = experiment.holdout else {
        lines.push("No referrals are kept for a final test.".to_owned());
        return Ok((lines, json.into()));
    };
    let last = part("final", outlook(experiment, history, Test::Final(from))?);
    lines.push(String::new());
    lines.push(format!("What the final test tests (`rerefer run {} --final`), referrals", file.display()));
    lines.extend(last);
    lines.push(
        "  Until then it is locked. It needs the gate to be registered, and every opening is recorded."
            .to_owned(),
    );
    Ok((lines, json.into()))
}

/// The criteria as sentences, and what decides.
fn promised(criteria: &[String]) -> Vec<String> {
    if criteria.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), "What must be shown (the gate)".to_owned()];
    lines.extend(criteria.iter().zip(1..).map(|(sentence, n)| format!("  {n}. {sentence}")));
    lines.push(
        "  PASS: the whole 95% interval lies inside. FAIL: the whole of it lies outside. Otherwise CANNOT SAY. One FAIL \
         fails the gate; without one, one CANNOT SAY decides."
            .to_owned(),
    );
    lines
}

/// A number of referrals that tells of no few.
fn about(rows: u64, threshold: u64) -> String {
    if rows < threshold {
        format!("fewer than {threshold}")
    } else {
        format!("about {}", (rows + 5) / 10 * 10)
    }
}

/// Registers the gate, unless exactly this is registered and may be opened; whether it was done now.
fn registered(
    experiment: &Experiment,
    manifest: &Manifest,
    out: &Path,
    reason: Option<&str>,
) -> Result<Option<(Entry, bool)>, Failure> {
    let Some(gate) = &experiment.gate else { return Ok(None) };
    let path = out.join(ledger::FILE_NAME);
    let entries = ledger::read(&path)?;
    let (experiment, gate, data) = (manifest.experiment_sha256.clone(), gate.digest(), manifest.digests());
    let request = Request { experiment, gate, data };
    let standing = match ledger::may_open(&entries, &request) {
        Decision::First { registration } | Decision::Again { registration, .. } => Some(registration),
        Decision::Refused { .. } => None,
    };
    if let Some(entry) = entries.into_iter().find(|e| Some(e.seq) == standing) {
        return Ok(Some((entry, false)));
    }
    let Request { experiment, gate, data } = request;
    let event = Event::Registered { experiment, gate, data, reason: reason.map(str::to_owned) };
    Ok(Some((ledger::append(&path, &event, &clock::now())?, true)))
}
