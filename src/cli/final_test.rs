//! `rerefer run --final`: the final test, opened through the ledger; and what the ledger notes of runs that keep none.

use super::clock;
use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::experiment::Experiment;
use crate::experiment::folder::Manifest;
use crate::experiment::gate::{Look, Verdict};
use crate::experiment::run::{Context, Results, RunError, run_final};
use crate::history::History;
use crate::ledger::{self, Decision, Entry, Event, Request};
use crate::num::Day;
use std::path::{Path, PathBuf};

/// A final test that may be opened.
pub(super) struct Lock {
    path: PathBuf,
    request: Request,
    run: String,
    from: Day,
}

impl Lock {
    /// Asks whether the final test may be opened, without opening it.
    pub(super) fn new(experiment: &Experiment, manifest: &Manifest, out: &Path) -> Result<Self, Failure> {
        let (from, request) = wanted(experiment, manifest)?;
        let lock = Self { path: out.join(ledger::FILE_NAME), request, run: manifest.run.clone(), from };
        lock.registration(&ledger::read(&lock.path)?)?;
        Ok(lock)
    }

    fn registration(&self, entries: &[Entry]) -> Result<u64, Failure> {
        match ledger::may_open(entries, &self.request) {
            Decision::First { registration } | Decision::Again { registration, .. } => Ok(registration),
            Decision::Refused { reason } => {
                let message = format!("the final test stays closed: {reason}");
                let hint = "`rerefer plan EXPERIMENT` registers it; once it has been opened, with --reason \"why\", which \
                            stays visible in the ledger and in the report";
                Err(Failure::new(Kind::Configuration, message, hint))
            }
        }
    }

    /// Opens it: writes the opening, then says which look it is.
    fn open(&self) -> Result<Look, Failure> {
        let registration = self.registration(&ledger::read(&self.path)?)?;
        let opened = Event::Opened { registration, run: self.run.clone() };
        let opened = ledger::append(&self.path, &opened, &clock::now())?;
        let entries = ledger::read(&self.path)?;
        let looks = ledger::openings(&entries, &self.request.data, None);
        let place = looks.iter().position(|look| look.seq == opened.seq);
        let (Some(place), Some(first)) = (place, looks.first()) else {
            let message = "the opening that was just written is not in the ledger";
            return Err(Failure { kind: Kind::Internal, message: message.to_owned(), hint: None });
        };
        let registered = looks[place].registration;
        Ok(Look {
            from: self.from,
            registered_at: registered.at.to_owned(),
            reason: registered.reason.filter(|_| registered.seq > first.seq).map(str::to_owned),
            opened_at: opened.at,
            number: place + 1,
            first_at: first.at.to_owned(),
        })
    }

    fn judged(&self, verdict: Verdict) -> Result<Entry, Failure> {
        let event = Event::Verdict { run: self.run.clone(), verdict };
        Ok(ledger::append(&self.path, &event, &clock::now())?)
    }

    /// Runs the final test: predicts, opens, evaluates, writes the verdict, and notes the ledger's head in the manifest.
    pub(super) fn run(
        &self,
        experiment: &Experiment,
        history: &History,
        context: &Context,
        ui: &Ui,
        manifest: &mut Manifest,
    ) -> Result<Results, Failure> {
        let mut opened = false;
        let open = || {
            let look = self.open()?;
            opened = true;
            Ok::<_, Failed>(look)
        };
        let done = run_final(experiment, history, context, ui, self.from, open);
        let mut results = match done {
            Ok(results) => results,
            Err(failed) => {
                let mut failure = Failure::from(failed);
                // Too few to evaluate is an answer, and a look.
                if opened && failure.kind == Kind::TooFew {
                    self.judged(Verdict::CannotSay)?;
                    failure.message.push_str("; the final test was opened, and the ledger says CANNOT SAY");
                }
                return Err(failure);
            }
        };
        let verdict = results.ingredients.gate.as_ref().map_or(Verdict::CannotSay, |g| g.judgement.verdict);
        let last = self.judged(verdict)?;
        let head = format!("Ledger, entry {} (SHA-256)", last.seq);
        results.ingredients.reproduce.push((head, last.hash.clone()));
        manifest.ledger_head = Some(last.hash);
        Ok(results)
    }
}

/// Either a failure of the run, or of the ledger.
enum Failed {
    Run(RunError),
    Ledger(Failure),
}

impl From<RunError> for Failed {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::Ledger(failure)
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Run(error) => error.into(),
            Failed::Ledger(failure) => failure,
        }
    }
}

/// The first day of the final test, and what must have been registered.
fn wanted(experiment: &Experiment, manifest: &Manifest) -> Result<(Day, Request), Failure> {
    let (Some(from), Some(gate)) = (experiment.holdout, &experiment.gate) else {
        let lacks = if experiment.gate.is_none() { "`[gate]`: criteria" } else { "`[holdout]`: a date" };
        let message = format!("the experiment has no {lacks}, so there is no final test");
        return Err(Failure::new(
            Kind::Configuration,
            message,
            "a final test needs referrals kept back (`[holdout]`) and criteria written beforehand (`[[gate.criteria]]`)",
        ));
    };
    let experiment = manifest.experiment_sha256.clone();
    Ok((from, Request { experiment, gate: gate.digest(), data: manifest.digests() }))
}

/// The name of a further look by the same run: what an earlier look left stays as it is.
pub(super) fn further_look(run: &str, out: &Path) -> Result<String, Failure> {
    let entries = ledger::read(&out.join(ledger::FILE_NAME))?;
    let further = format!("{run}-");
    let ours = |e: &&Entry| matches!(&e.event, Event::Opened { run: by, .. } if by == run || by.starts_with(&further));
    Ok(match entries.iter().filter(ours).count() {
        0 => run.to_owned(),
        looks => format!("{further}{}", looks + 1),
    })
}

/// Notes in the ledger that data which a final test is registered for are about to be tested without one. The ledger
/// cannot forbid it, but it can say so.
pub(super) fn note_unlocked(
    experiment: &Experiment,
    manifest: &Manifest,
    out: &Path,
    ui: &Ui,
) -> Result<(), Failure> {
    let path = out.join(ledger::FILE_NAME);
    if experiment.holdout.is_some() || !path.exists() {
        return Ok(());
    }
    let entries = ledger::read(&path)?;
    let digests = manifest.digests();
    let registered = ledger::registrations(&entries).any(|r| r.data.iter().any(|d| digests.contains(d)));
    let text = format!(
        "Run {} tested registered data without keeping a final test: it looked at all referrals.",
        manifest.run
    );
    let noted = entries.iter().any(|e| matches!(&e.event, Event::Note { text: other } if *other == text));
    if registered && !noted {
        ledger::append(&path, &Event::Note { text }, &clock::now())?;
        ui.note(
            "A final test is registered for these data, and this experiment keeps none: it looks at all referrals. \
             That is noted in the ledger.",
        );
    }
    Ok(())
}
