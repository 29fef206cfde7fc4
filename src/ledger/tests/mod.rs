//! Tests of the ledger as a whole, and what they share.

mod chain;
mod rules;
mod show;
mod store;

use super::entry::{Draft, Entry, Event, GENESIS, Verdict};
use super::rules::objection;

/// A digest that says which it is: the same character 64 times.
fn d(character: char) -> String {
    character.to_string().repeat(64)
}

fn data(characters: &str) -> Vec<String> {
    characters.chars().map(d).collect()
}

fn registered(experiment: char, gate: char, files: &str, reason: Option<&str>) -> Draft {
    let reason = reason.map(str::to_owned);
    Event::Registered { experiment: d(experiment), gate: d(gate), data: data(files), reason }
}

fn opened(registration: u64, run: &str) -> Draft {
    Event::Opened { registration, run: run.to_owned() }
}

fn verdict(run: &str, verdict: Verdict) -> Draft {
    Event::Verdict { run: run.to_owned(), verdict }
}

fn note(text: &str) -> Draft {
    Event::Note { text: text.to_owned() }
}

/// The time of the entry with this number.
fn at(seq: usize) -> String {
    format!("2026-03-{:02}T09:30:00Z", seq.min(28))
}

/// These events as a ledger, hashed rightly, whether or not the rules allow them.
fn forged(events: Vec<Event>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (event, seq) in events.into_iter().zip(1..) {
        let before = entries.last().map_or(GENESIS, |e| e.hash.as_str());
        entries.push(Entry::seal(seq as u64, &at(seq), event, before));
    }
    entries
}

/// These events as a ledger, all of them allowed.
fn ledger(events: Vec<Event>) -> Vec<Entry> {
    let entries = forged(events);
    for (i, entry) in entries.iter().enumerate() {
        assert_eq!(objection(&entries[..i], &entry.event), None, "entry {}", i + 1);
    }
    entries
}

fn bytes(entries: &[Entry]) -> Vec<u8> {
    entries.iter().map(|e| e.line() + "\n").collect::<String>().into_bytes()
}

/// Twenty lines of every kind, with two test windows, second looks and a gate that was changed.
fn twenty() -> Vec<Entry> {
    ledger(vec![
        note("The ledger of the “two years” study \\ begun by the board."),
        registered('1', 'a', "de", None),
        registered('2', 'a', "f", None),
        opened(2, "000000000001"),
        verdict("000000000001", Verdict::CannotSay),
        opened(2, "000000000001"),
        verdict("000000000001", Verdict::CannotSay),
        note("Run twice: the first report was lost."),
        registered('1', 'b', "de", Some("the gate named a measure that does not exist")),
        opened(9, "000000000002"),
        verdict("000000000002", Verdict::Fail),
        opened(3, "000000000003"),
        verdict("000000000003", Verdict::Pass),
        note("x"),
        registered('4', 'b', "ef", Some("a second experiment")),
        opened(15, "000000000004"),
        verdict("000000000004", Verdict::Pass),
        opened(2, "000000000005"),
        verdict("000000000005", Verdict::Pass),
        note("Closed."),
    ])
}
