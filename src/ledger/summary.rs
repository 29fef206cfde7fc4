//! The whole ledger in one sentence for each test window.

use super::entry::{Entry, Event};
use super::query::{self, Opening, Registration};
use std::collections::BTreeSet;

/// How often each test window was opened, and what was changed in between: one sentence, or one for each test window if
/// the ledger has several that share no data file. `entries` is the whole ledger, as [`read`](super::read) gives it.
#[must_use]
pub fn summary(entries: &[Entry]) -> String {
    let windows = windows(entries);
    let name = |window: &Window<'_>| match (windows.len(), window.data.first()) {
        (2.., Some(digest)) => format!("The test window of the data {}", super::show::short(digest)),
        _ => "The test window".to_owned(),
    };
    let sentences: Vec<String> =
        windows.iter().map(|w| format!("{} {}.", name(w), clauses(w, entries).join("; "))).collect();
    if sentences.is_empty() {
        return "Nothing has been registered, and the test window has not been opened.".to_owned();
    }
    sentences.join(" ")
}

/// Registrations that share data files, and their openings.
struct Window<'a> {
    data: BTreeSet<&'a str>,
    registrations: Vec<Registration<'a>>,
    looks: Vec<Opening<'a>>,
}

fn windows(entries: &[Entry]) -> Vec<Window<'_>> {
    let mut windows: Vec<Window<'_>> = Vec::new();
    for registration in query::registrations(entries) {
        let mut data: BTreeSet<&str> = registration.data.iter().map(String::as_str).collect();
        let mut registrations = Vec::new();
        for window in windows.extract_if(.., |w| !w.data.is_disjoint(&data)).collect::<Vec<_>>() {
            data.extend(window.data);
            registrations.extend(window.registrations);
        }
        registrations.push(registration);
        windows.push(Window { data, registrations, looks: Vec::new() });
    }
    for window in &mut windows {
        let numbers: BTreeSet<u64> = window.registrations.iter().map(|r| r.seq).collect();
        window.looks =
            query::all_openings(entries).filter(|look| numbers.contains(&look.registration.seq)).collect();
    }
    windows.sort_by_key(|w| w.registrations.iter().map(|r| r.seq).min());
    windows
}

fn clauses(window: &Window<'_>, entries: &[Entry]) -> Vec<String> {
    let (Some(first), Some(last)) = (window.looks.first(), window.looks.last()) else {
        let gates: BTreeSet<&str> = window.registrations.iter().map(|r| r.gate).collect();
        let gates = match gates.len() {
            1 => "its gate is registered".to_owned(),
            n => format!("{n} different gates are registered for it"),
        };
        return vec!["has not been opened".to_owned(), gates];
    };
    let mut clauses = match window.looks.len() {
        1 => vec!["was opened once, after the gate was registered".to_owned()],
        n => vec![format!("was opened {n} times")],
    };
    let earlier: BTreeSet<_> = window
        .registrations
        .iter()
        .filter(|r| r.seq < first.seq)
        .map(|r| (r.experiment, r.gate, r.data))
        .collect();
    if earlier.len() > 1 {
        clauses.push(format!("{} different registrations were made before the first opening", earlier.len()));
    }
    clauses.extend(changes(&window.looks));
    match window.registrations.iter().filter(|r| r.seq > last.seq).count() {
        0 => {}
        1 => clauses.push("1 new registration was made after the last opening".to_owned()),
        n => clauses.push(format!("{n} new registrations were made after the last opening")),
    }
    clauses.extend(verdicts(&window.looks, entries));
    clauses
}

/// What differed from one look to the next.
fn changes(looks: &[Opening<'_>]) -> Vec<String> {
    if looks.len() < 2 {
        return Vec::new();
    }
    let after = |same: fn(&Registration<'_>, &Registration<'_>) -> bool| -> Vec<usize> {
        let pairs = looks.windows(2).zip(1..);
        pairs
            .filter(|(pair, _)| matches!(pair, [a, b] if !same(&a.registration, &b.registration)))
            .map(|(_, n)| n)
            .collect()
    };
    let parts = [
        ("the gate was", after(|a, b| a.gate == b.gate)),
        ("the experiment was", after(|a, b| a.experiment == b.experiment)),
        ("the data files were", after(|a, b| a.data == b.data)),
    ];
    let changed = parts.iter().filter(|(_, at)| !at.is_empty());
    let clauses: Vec<String> =
        changed.map(|(what, at)| format!("{what} changed after {}", place(at))).collect();
    if !clauses.is_empty() {
        return clauses;
    }
    let again = after(|a, b| a.seq == b.seq);
    vec![if again.is_empty() {
        "each time under the same registration, made before the first opening".to_owned()
    } else {
        format!("the same experiment and gate were registered again after {}", place(&again))
    }]
}

fn place(at: &[usize]) -> String {
    match at {
        [1] => "the first opening".to_owned(),
        [n] => format!("opening {n}"),
        many => {
            let many: Vec<String> = many.iter().map(ToString::to_string).collect();
            format!("openings {}", many.join(", "))
        }
    }
}

/// Looks whose verdict was never written, and runs whose verdicts differ: the same run ought to say the same.
fn verdicts(looks: &[Opening<'_>], entries: &[Entry]) -> Vec<String> {
    let unjudged = query::unjudged(entries);
    let mut clauses = Vec::new();
    match looks.iter().filter(|look| unjudged.contains(&look.seq)).count() {
        0 => {}
        1 => clauses.push("for 1 opening no verdict is recorded".to_owned()),
        n => clauses.push(format!("for {n} openings no verdict is recorded")),
    }
    let runs: BTreeSet<&str> = looks.iter().map(|look| look.run).collect();
    for run in runs {
        let mut verdicts = entries.iter().filter_map(|entry| match &entry.event {
            Event::Verdict { run: of, verdict } if of == run => Some(verdict),
            _ => None,
        });
        let first = verdicts.next();
        if verdicts.any(|verdict| Some(verdict) != first) {
            clauses.push(format!("run {run} was given different verdicts"));
        }
    }
    clauses
}
