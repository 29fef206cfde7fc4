//! The rows of `notes`, judged one by one.

use super::super::problem::{Findings, Severity};
use super::children::Known;
use super::table::Raw;
use crate::history::Notes;

/// Judges every row; those without an error become the notes, sorted by child, date and day of writing.
pub(super) fn check(mut raw: Raw, known: &Known, findings: &mut Findings) -> Notes {
    let spoilt = raw.spoilt_rows(findings);
    let (date, known_on) = (raw.take_days("date"), raw.take_days("known_on"));
    let ids = raw.numbers("child").unwrap_or_default();
    let mut kept: Vec<(u32, usize)> = Vec::new();
    for row in (0..raw.rows).filter(|row| !spoilt[*row]) {
        let child = known.place_of(ids[row]);
        if let Err((found, allowed)) = child {
            findings.add(Severity::Error, raw.at(row, "child"), found, allowed, None);
        }
        let early = known_on[row] < date[row];
        if early {
            let allowed = "a day on or after date: nothing is recorded before it happens";
            findings.add(Severity::Error, raw.at(row, "known_on"), "a day before date", allowed, None);
        }
        if let (Ok(child), false) = (child, early) {
            kept.push((child, row));
        }
    }
    kept.sort_by_key(|(child, row)| (*child, date[*row], known_on[*row], *row));
    let words = |name: &str, row: usize| {
        raw.words(name).and_then(|w| w.get(row)).map_or_else(String::new, str::to_owned)
    };
    Notes {
        child: kept.iter().map(|(child, _)| *child).collect(),
        date: kept.iter().map(|(_, row)| date[*row]).collect(),
        known_on: kept.iter().map(|(_, row)| known_on[*row]).collect(),
        kind: kept.iter().map(|(_, row)| words("kind", *row)).collect(),
        text: kept.iter().map(|(_, row)| words("text", *row)).collect(),
    }
}
