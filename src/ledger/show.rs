//! The ledger as a table that a board member can read.

use super::entry::{Entry, Event};
use super::query::{self, Opening};
use super::summary::summary;
use std::collections::BTreeSet;

/// The ledger as text: one line an entry, what is odd about the clock, and the [`summary`].
///
/// Digests are cut to 12 digits. Whether a gate, an experiment or data differ is said in words and comes from whole
/// digests: two digests that begin alike can be made. `entries` is the whole ledger, as [`read`](super::read) gives it.
#[must_use]
pub fn show(entries: &[Entry]) -> String {
    let mut text = String::new();
    if !entries.is_empty() {
        let width = entries.len().to_string().len().max(3);
        let heading = ["no.", "when (UTC)", "hash", "what", "record"].map(str::to_owned);
        for [number, at, hash, what, record] in std::iter::once(heading).chain(rows(entries)) {
            text.push_str(&format!("{number:>width$}  {at:<20}  {hash:<12}  {what:<10}  {record}\n"));
        }
        text.push('\n');
    }
    for pair in entries.windows(2) {
        if let [a, b] = pair
            && b.at < a.at
        {
            let (a, b) = (a.seq, b.seq);
            text.push_str(&format!(
                "Entry {b} bears an earlier time than entry {a}, though it was written later: a clock was wrong.\n"
            ));
        }
    }
    text.push_str(&summary(entries));
    text.push('\n');
    text
}

/// The first 12 digits of a digest.
pub(super) fn short(digest: &str) -> String {
    clean(digest).chars().take(12).collect()
}

fn rows(entries: &[Entry]) -> impl Iterator<Item = [String; 5]> {
    let unjudged = query::unjudged(entries);
    entries.iter().enumerate().map(move |(i, entry)| {
        let (before, _) = entries.split_at(i);
        let record = record(before, entry, &unjudged);
        [entry.seq.to_string(), clean(&entry.at), short(&entry.hash), entry.event.kind().to_owned(), record]
    })
}

fn record(before: &[Entry], entry: &Entry, unjudged: &BTreeSet<u64>) -> String {
    match &entry.event {
        Event::Registered { experiment, gate, data, reason } => {
            let looks = query::openings(before, data, None);
            let changed = |same: &dyn Fn(&Opening<'_>) -> bool| match looks.last() {
                Some(look) if !same(look) => " (changed)",
                _ => "",
            };
            let mut text = format!(
                "experiment {}{}, gate {}{}, data {}{}",
                short(experiment),
                changed(&|look| look.registration.experiment == *experiment),
                short(gate),
                changed(&|look| look.registration.gate == *gate),
                files(data),
                changed(&|look| look.registration.data == data.as_slice()),
            );
            match looks.len() {
                0 => {}
                1 => text.push_str("; AFTER 1 OPENING"),
                n => text.push_str(&format!("; AFTER {n} OPENINGS")),
            }
            if let Some(reason) = reason {
                text.push_str(&format!("; reason: {}", clean(reason)));
            }
            text
        }
        Event::Opened { registration, run } => {
            let data = query::registration_at(before, *registration).map_or(&[][..], |r| r.data);
            let look = match query::openings(before, data, None).len() {
                0 => "first look".to_owned(),
                n => format!("LOOK {}", n + 1),
            };
            let missing = if unjudged.contains(&entry.seq) { "; NO VERDICT RECORDED" } else { "" };
            format!("run {}, under registration {registration}: {look}{missing}", clean(run))
        }
        Event::Verdict { run, verdict } => format!("run {}: {}", clean(run), verdict.words()),
        Event::Case { run, permission } => {
            format!(
                "run {}: one real child's explanation, under permission {}",
                clean(run),
                clean(permission)
            )
        }
        Event::Note { text } => clean(text),
    }
}

fn files(data: &[String]) -> String {
    let first = data.first().map(|d| short(d)).unwrap_or_default();
    match data.len() {
        0 | 1 => first,
        n => format!("{first} and {} more", n - 1),
    }
}

/// A text without what could move the cursor, break the line or turn the reading direction.
fn clean(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
    };
    text.chars().map(|c| if unseen(c) { '\u{fffd}' } else { c }).collect()
}
