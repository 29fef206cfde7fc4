//! The whole file read: its entries, and every fault of the chain at once.

use super::entry::{Entry, GENESIS};
use super::fault::{Fault, FaultKind};
use super::{line, rules};
use std::collections::BTreeMap;

/// A ledger as read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The entries whose own hash is right, in the order of the file.
    pub(super) entries: Vec<Entry>,
    /// What is wrong, in the order of lines.
    pub(super) faults: Vec<Fault>,
}

/// Reads a ledger. Linear in bytes; for the rules, quadratic in entries, of which a research program has tens.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let from = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let (finished, torn) = bytes.split_at(from);
    let lines: Vec<Result<Entry, FaultKind>> = match finished.strip_suffix(b"\n") {
        Some(lines) => lines.split(|&b| b == b'\n').map(line::read).collect(),
        None => Vec::new(),
    };
    let mut faults = Walk::new(&lines).faults(&lines);
    if !torn.is_empty() {
        let kind = FaultKind::Torn { whole: line::read(torn).is_ok(), from, length: torn.len() };
        faults.push(Fault { line: Some(lines.len() + 1), kind });
    }
    let entries: Vec<Entry> = lines.into_iter().flatten().collect();
    if faults.is_empty() {
        // Only then: what the rules say of a chain with holes would mislead.
        faults = against_rules(&entries);
    }
    Reading { entries, faults }
}

fn against_rules(entries: &[Entry]) -> Vec<Fault> {
    let at = |(i, entry): (usize, &Entry)| {
        let (before, _) = entries.split_at(i);
        let why = rules::objection(before, &entry.event)?;
        Some(Fault { line: Some(i + 1), kind: FaultKind::AgainstRules(why) })
    };
    entries.iter().enumerate().filter_map(at).collect()
}

/// The heads that no entry has.
pub(super) fn missing_heads(entries: &[Entry], heads: &[(String, String)]) -> Vec<Fault> {
    let missing = heads.iter().filter(|(_, hash)| !entries.iter().any(|e| e.hash == *hash));
    let fault = |(run, hash): &(String, String)| Fault {
        line: None,
        kind: FaultKind::MissingHead { run: run.clone(), hash: hash.clone() },
    };
    missing.map(fault).collect()
}

/// Goes from line to line.
struct Walk<'a> {
    /// The line on which a hash stands first.
    places: BTreeMap<&'a str, usize>,
    /// Number and hash of the last entry that could be read and was no copy.
    last: (u64, &'a str),
    /// Lines since then that could not be read: each may have been one entry, or part of one.
    unread: u64,
}

impl<'a> Walk<'a> {
    fn new(lines: &'a [Result<Entry, FaultKind>]) -> Self {
        let mut places = BTreeMap::new();
        for (entry, number) in lines.iter().zip(1..) {
            if let Ok(entry) = entry {
                places.entry(entry.hash.as_str()).or_insert(number);
            }
        }
        Self { places, last: (0, GENESIS), unread: 0 }
    }

    fn faults(mut self, lines: &'a [Result<Entry, FaultKind>]) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (line, number) in lines.iter().zip(1..) {
            let kind = match line {
                Ok(entry) => self.step(entry, number),
                Err(kind) => {
                    self.unread += 1;
                    Some(kind.clone())
                }
            };
            faults.extend(kind.map(|kind| Fault { line: Some(number), kind }));
        }
        faults
    }

    fn step(&mut self, entry: &'a Entry, number: usize) -> Option<FaultKind> {
        if let Some(&first) = self.places.get(entry.hash.as_str()).filter(|&&first| first < number) {
            return Some(FaultKind::Duplicated(first));
        }
        let fault = self.breach(entry, number);
        self.last = (entry.seq, &entry.hash);
        self.unread = 0;
        fault
    }

    /// How an entry fails to follow from the last one.
    fn breach(&self, entry: &Entry, number: usize) -> Option<FaultKind> {
        let (last, hash) = self.last;
        let next = last.saturating_add(1);
        if entry.before == hash {
            return (entry.seq != next).then_some(FaultKind::Misnumbered);
        }
        if let Some(&place) = self.places.get(entry.before.as_str()) {
            return Some(FaultKind::OutOfOrder(place));
        }
        if entry.before == GENESIS && number > 1 {
            return Some(FaultKind::OutOfOrder(0));
        }
        let furthest = next.saturating_add(self.unread);
        if entry.seq > furthest {
            return Some(FaultKind::Removed { from: furthest, to: entry.seq - 1 });
        }
        // After a line that could not be read, its hash is unknown and nothing can be held against this one.
        let unknown = self.unread > 0 && entry.seq >= next;
        (!unknown).then_some(FaultKind::Unchained)
    }
}
