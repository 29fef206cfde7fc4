//! What was registered and what was opened.

use super::entry::{Entry, Event};
use std::collections::{BTreeMap, BTreeSet};

/// A registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration<'a> {
    /// Its number in the ledger.
    pub seq: u64,
    /// When.
    pub at: &'a str,
    /// Digest of the experiment.
    pub experiment: &'a str,
    /// Digest of the gate.
    pub gate: &'a str,
    /// Digests of the data files, in ascending order.
    pub data: &'a [String],
    /// Why, if it was said.
    pub reason: Option<&'a str>,
}

/// An opening of a holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Its number in the ledger.
    pub seq: u64,
    /// When.
    pub at: &'a str,
    /// By which run.
    pub run: &'a str,
    /// Under which registration.
    pub registration: Registration<'a>,
}

/// All registrations, the earliest first.
pub fn registrations(entries: &[Entry]) -> impl DoubleEndedIterator<Item = Registration<'_>> {
    entries.iter().filter_map(registration)
}

/// The latest registration of the experiment with this digest.
#[must_use]
pub fn registration_of<'a>(entries: &'a [Entry], experiment: &str) -> Option<Registration<'a>> {
    registrations(entries).rfind(|r| r.experiment == experiment)
}

/// The openings of these data, the earliest first; with `gate`, only those under that gate.
///
/// Two sets of data files are the same data if they share one file: whoever adds or leaves out a file has looked at the
/// rest all the same. `entries` is the whole ledger, as [`read`](super::read) gives it. Linear in entries and files.
#[must_use]
pub fn openings<'a>(entries: &'a [Entry], data: &[String], gate: Option<&str>) -> Vec<Opening<'a>> {
    let of_these = |o: &Opening<'_>| {
        share_a_file(o.registration.data, data) && gate.is_none_or(|gate| o.registration.gate == gate)
    };
    all_openings(entries).filter(of_these).collect()
}

/// The numbers of the openings for which no verdict is recorded: runs that were stopped, or whose verdict was kept back.
///
/// A verdict belongs to the latest opening by its run that has none yet.
#[must_use]
pub fn unjudged(entries: &[Entry]) -> BTreeSet<u64> {
    let mut waiting: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for entry in entries {
        match &entry.event {
            Event::Opened { run, .. } => waiting.entry(run).or_default().push(entry.seq),
            Event::Verdict { run, .. } => {
                let _judged = waiting.get_mut(run.as_str()).and_then(Vec::pop);
            }
            Event::Registered { .. } | Event::Case { .. } | Event::Note { .. } => {}
        }
    }
    waiting.into_values().flatten().collect()
}

/// All openings, the earliest first.
pub(super) fn all_openings(entries: &[Entry]) -> impl Iterator<Item = Opening<'_>> {
    entries.iter().filter_map(|entry| {
        let Event::Opened { registration, run } = &entry.event else { return None };
        let registration = registration_at(entries, *registration).filter(|r| r.seq < entry.seq)?;
        Some(Opening { seq: entry.seq, at: &entry.at, run, registration })
    })
}

/// The registration with this number.
pub(super) fn registration_at(entries: &[Entry], seq: u64) -> Option<Registration<'_>> {
    let place = usize::try_from(seq.checked_sub(1)?).ok()?;
    entries.get(place).filter(|e| e.seq == seq).and_then(registration)
}

/// Whether two sets of data files share one.
pub(super) fn share_a_file(a: &[String], b: &[String]) -> bool {
    a.iter().any(|digest| b.contains(digest))
}

fn registration(entry: &Entry) -> Option<Registration<'_>> {
    let Event::Registered { experiment, gate, data, reason } = &entry.event else { return None };
    let reason = reason.as_deref();
    Some(Registration { seq: entry.seq, at: &entry.at, experiment, gate, data, reason })
}
