//! Who may open the holdout, and what else may be written when.

use super::entry::{Entry, Event};
use super::query::{self, Registration};

/// The wish to open the holdout of some data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Digest of the experiment.
    pub experiment: String,
    /// Digest of the gate.
    pub gate: String,
    /// Digests of the data files, in any order.
    pub data: Vec<String>,
}

/// Whether the holdout may be opened. `registration` is the number to name in [`Event::Opened`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may, and nobody has looked before.
    First {
        /// The registration to open it under.
        registration: u64,
    },
    /// It may, but it has been opened before, and the report must say so.
    Again {
        /// The registration to open it under.
        registration: u64,
        /// How often these data were opened before, under any registration.
        times: usize,
        /// When they were first opened.
        first_at: String,
        /// If that registration was made after the first opening, why.
        reason: Option<String>,
    },
    /// It may not.
    Refused {
        /// Why, and what to do.
        reason: String,
    },
}

/// Whether the holdout may be opened now.
///
/// 1. Only under a registration of exactly this experiment, this gate and these data files.
/// 2. Data never opened before: yes.
/// 3. A registration that was opened before may be opened again: a further look, counted.
/// 4. Any other registration must have been made after the last opening of these data, and give a reason. What was
///    registered earlier does not count: otherwise ten gates could be registered at once and tried one after the other.
///
/// [`openings`](query::openings) says what the same data are. [`append`](super::append) applies the same rules again
/// under its lock, so that nothing is written that another program's opening has forbidden meanwhile. An opening under
/// the same registration forbids nothing, but may have come in between: a report must count the looks in the ledger as it
/// is after the opening was appended.
#[must_use]
pub fn may_open(entries: &[Entry], request: &Request) -> Decision {
    let mut data = request.data.clone();
    data.sort_unstable();
    data.dedup();
    let same =
        |r: &Registration<'_>| r.experiment == request.experiment && r.gate == request.gate && r.data == data;
    let mut refused = None;
    for registration in query::registrations(entries).rev().filter(same) {
        match permit(entries, registration) {
            // The latest says best what to do.
            Decision::Refused { reason } => refused = refused.or(Some(reason)),
            granted => return granted,
        }
    }
    Decision::Refused { reason: refused.unwrap_or_else(|| unregistered(entries, request)) }
}

/// Whether the holdout may be opened under this registration, which is one of `entries`.
fn permit(entries: &[Entry], registration: Registration<'_>) -> Decision {
    let Registration { seq, data, reason, .. } = registration;
    let looks = query::openings(entries, data, None);
    let (Some(first), Some(last)) = (looks.first(), looks.last()) else {
        return Decision::First { registration: seq };
    };
    let opened = looks.iter().any(|look| look.registration.seq == seq);
    if opened || (seq > last.seq && reason.is_some()) {
        return Decision::Again {
            registration: seq,
            times: looks.len(),
            first_at: first.at.to_owned(),
            reason: reason.filter(|_| seq > first.seq).map(str::to_owned),
        };
    }
    let (at, run) = (last.at, last.run);
    let why = if seq > last.seq { "gives no reason" } else { "was made before that" };
    let reason = format!(
        "these data were opened on {at} by run {run} under another registration, and registration {seq} {why}; to look \
         again, register anew and say why"
    );
    Decision::Refused { reason }
}

/// Why no registration fits.
fn unregistered(entries: &[Entry], request: &Request) -> String {
    let of_experiment = || query::registrations(entries).filter(|r| r.experiment == request.experiment);
    let other_data = of_experiment().rfind(|r| r.gate == request.gate);
    let why = match (other_data, of_experiment().next_back()) {
        (Some(r), _) => format!("registration {} of this experiment and gate is for other data files", r.seq),
        (None, Some(r)) => format!("registration {} of this experiment is for another gate", r.seq),
        (None, None) => "this experiment has not been registered".to_owned(),
    };
    format!("{why}; experiment, gate and data must be registered before the test window is opened")
}

/// Why the rules forbid to write `event` after `entries`, if they do.
pub(super) fn objection(entries: &[Entry], event: &Event) -> Option<String> {
    match event {
        Event::Registered { reason: Some(_), .. } | Event::Case { .. } | Event::Note { .. } => None,
        Event::Registered { data, reason: None, .. } => {
            let looks = query::openings(entries, data, None);
            let last = looks.last()?;
            let (at, run) = (last.at, last.run);
            Some(format!(
                "these data were opened on {at} by run {run}; a registration made now must give a reason"
            ))
        }
        Event::Opened { registration, .. } => match query::registration_at(entries, *registration) {
            None => Some(format!("entry {registration} is no registration made before the opening")),
            Some(registration) => match permit(entries, registration) {
                Decision::Refused { reason } => Some(reason),
                Decision::First { .. } | Decision::Again { .. } => None,
            },
        },
        Event::Verdict { run, .. } => {
            let waiting = query::unjudged(entries);
            let unjudged = query::all_openings(entries).any(|o| o.run == run && waiting.contains(&o.seq));
            (!unjudged).then(|| format!("run {run} has no opening that still waits for its verdict"))
        }
    }
}
