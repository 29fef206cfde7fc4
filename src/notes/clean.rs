//! Raw notes in, redacted notes out: nothing of a raw text is ever written.
//!
//! In: a source of [`super::read`]. Out: in a folder `notes.parquet` or `notes.csv`, `redaction.json` with how much was found of each
//! kind and how much of what was planted, and `private/review.csv` with notes drawn at random for a person to read, since no
//! program finds everything. All files appear together or not at all.

use super::read::{Faults, RawNote, Source, read};
use super::redact::{Found, Kind, find, redact};
pub use super::write::Format;
use super::write::Writer;
use crate::evaluate::inference::wilson::wilson_interval;
use crate::io::atomic::{self, Pending};
use crate::num::seed;
use crate::synth::notes::{What, planted_sentences};
use rand::RngExt as _;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

/// Notes that a person should read.
const REVIEWED: usize = 200;
/// Notes into which made-up identifiers are planted, one each.
const PLANTED: usize = 4_000;
/// Counts below this are not written.
const THRESHOLD: u64 = 10;

/// Why notes could not be redacted.
#[derive(Debug)]
pub enum CleanError {
    /// Rows are wrong; nothing was written.
    Rows(Faults),
    /// A file, in words.
    File(String),
}

/// Of made-up identifiers of one kind that were planted, how many were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recall {
    /// Planted.
    pub planted: u64,
    /// Found whole.
    pub found: u64,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cleaned {
    /// Notes read.
    pub notes: u64,
    /// Notes in which something was found.
    pub with_any: u64,
    /// Found by kind.
    pub found: BTreeMap<Kind, u64>,
    /// Planted and found, by the kind that was planted.
    pub recall: BTreeMap<&'static str, Recall>,
    /// Columns that were passed over.
    pub passed_over: Vec<String>,
}

/// Redacts a source into a folder; `progress` is told how much of how much is done.
///
/// # Errors
/// With rows that are wrong, all of them counted, and files that cannot be read or written; nothing is written then.
pub fn clean(
    source: &Path,
    folder: &Path,
    (format, root): (Format, u64),
    progress: &dyn Fn(u64, u64),
) -> Result<Cleaned, CleanError> {
    let mut writer = Writer::new(folder, format).map_err(CleanError::File)?;
    let mut done = Cleaned::default();
    let mut review = Drawn::new(REVIEWED, root, "notes/review");
    let mut ground = Drawn::new(PLANTED, root, "notes/planted in");
    let mut take = |mut batch: Vec<RawNote>, (so_far, all): (u64, u64)| {
        // What kind of note it is may be written by hand, and hold a name as well.
        let clean = |note: &RawNote| (redact(&note.text), redact(&note.kind));
        let redacted: Vec<_> = batch.par_iter().map(clean).collect();
        for (note, ((text, found), (kind, in_kind))) in batch.iter_mut().zip(redacted) {
            done.notes += 1;
            done.with_any += u64::from(!(found.is_empty() && in_kind.is_empty()));
            note.kind = kind;
            for kind in found.iter().chain(&in_kind) {
                *done.found.entry(*kind).or_default() += 1;
            }
            review.offer(|| (note.kind.clone(), text.clone()));
            let raw = std::mem::replace(&mut note.text, text);
            ground.offer(|| (String::new(), raw));
        }
        progress(so_far, all);
        writer.add(&batch)
    };
    let Source { passed_over, faults } = read(source, &mut take).map_err(CleanError::File)?;
    if !faults.is_empty() {
        return Err(CleanError::Rows(faults));
    }
    done.passed_over = passed_over;
    done.recall = recall(&ground.kept, root);
    let report = report(&done);
    let write = || -> Result<(), String> {
        let words = |e: std::io::Error| format!("cannot write {}: {e}", folder.display());
        let mut summary = Pending::new(folder, "redaction.json").map_err(|(_, e)| words(e))?;
        summary.write_all(format!("{report:#}\n").as_bytes()).map_err(words)?;
        let private = folder.join("private");
        let mut sample = Pending::new(&private, "review.csv").map_err(|(_, e)| words(e))?;
        sample.write_all(&of_review(&review.kept)?).map_err(words)?;
        atomic::keep(vec![writer.finish()?, summary, sample]).map_err(|(_, e)| words(e))
    };
    write().map_err(CleanError::File)?;
    Ok(done)
}

/// Some of many, each as likely as any other (Vitter 1985, ACM Transactions on Mathematical Software 11:37, algorithm R).
struct Drawn {
    kept: Vec<(String, String)>,
    most: usize,
    seen: usize,
    rng: rand_chacha::ChaCha8Rng,
}

impl Drawn {
    fn new(most: usize, root: u64, name: &str) -> Self {
        Self { kept: Vec::new(), most, seen: 0, rng: seed::stream(root, name) }
    }

    fn offer(&mut self, make: impl FnOnce() -> (String, String)) {
        self.seen += 1;
        if self.kept.len() < self.most {
            self.kept.push(make());
            return;
        }
        let place = self.rng.random_range(0..self.seen);
        if let Some(kept) = self.kept.get_mut(place) {
            *kept = make();
        }
    }
}

/// Plants a made-up identifier in each of some notes, and counts those found.
fn recall(ground: &[(String, String)], root: u64) -> BTreeMap<&'static str, Recall> {
    let plants = planted_sentences(root, ground.len() as u32);
    let mut out: BTreeMap<&'static str, Recall> = BTreeMap::new();
    let found: Vec<Option<(&'static str, bool)>> = ground
        .par_iter()
        .zip(&plants)
        .map(|((_, note), plant)| {
            let mark = plant.marks.first()?;
            let What::Identifier(kind, _) = mark.what else { return None };
            // After the first sentence, or at the end.
            let at = note.find(". ").map_or(note.len(), |at| at + 2);
            let (before, after) = note.split_at_checked(at)?;
            let gap = if before.is_empty() || before.ends_with(char::is_whitespace) { "" } else { ". " };
            let text = format!("{before}{gap}{} {after}", plant.text);
            let start = before.len() + gap.len() + mark.start as usize;
            let end = before.len() + gap.len() + mark.end as usize;
            Some((kind, is_covered(&text, (start, end), &find(&text))))
        })
        .collect();
    for (kind, covered) in found.into_iter().flatten() {
        let of = out.entry(kind).or_default();
        of.planted += 1;
        of.found += u64::from(covered);
    }
    out
}

/// Whether all letters and digits of a place are covered; a title before a name may stay.
pub fn is_covered(text: &str, (start, end): (usize, usize), found: &[Found]) -> bool {
    let place = text.get(start..end).unwrap_or_default();
    let titled = ["mr ", "mrs ", "ms ", "dr ", "mr\n", "mrs\n", "ms\n", "dr\n"];
    let lower = place.to_lowercase();
    let title = titled.iter().find(|title| lower.starts_with(**title)).map_or(0, |title| title.len());
    place
        .char_indices()
        .skip_while(|(at, _)| *at < title)
        .filter(|(_, c)| c.is_alphanumeric())
        .all(|(at, _)| found.iter().any(|f| (f.start..f.end).contains(&(start + at))))
}

fn of_review(kept: &[(String, String)]) -> Result<Vec<u8>, String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let write = |e: csv::Error| e.to_string();
    table.write_record(["kind", "redacted_text", "what_was_missed"]).map_err(write)?;
    for (kind, text) in kept {
        table.write_record([kind.as_str(), text, ""]).map_err(write)?;
    }
    table.into_inner().map_err(|e| e.to_string())
}

/// What may be told of it: counts from the threshold on.
fn report(done: &Cleaned) -> Value {
    let count =
        |n: u64| if n == 0 || n >= THRESHOLD { json!(n) } else { json!(format!("fewer than {THRESHOLD}")) };
    let found: serde_json::Map<String, Value> = Kind::ALL
        .iter()
        .map(|kind| (kind.id().to_owned(), count(done.found.get(kind).copied().unwrap_or(0))))
        .collect();
    let recall: serde_json::Map<String, Value> = done
        .recall
        .iter()
        .filter(|(_, of)| of.planted >= THRESHOLD)
        .map(|(kind, of)| {
            let interval = wilson_interval(of.found as f64, of.planted as f64, 0.95).ok();
            let ends = interval.map(|i| [i.lower, i.upper]);
            ((*kind).to_owned(), json!({"planted": of.planted, "found": of.found, "interval": ends}))
        })
        .collect();
    json!({
        "notes": count(done.notes),
        "notes_with_any": count(done.with_any),
        "found": found,
        "recall_on_planted": recall,
        "columns_passed_over": done.passed_over,
        "note": "Made-up identifiers were planted in a copy of some notes, one each, and looked for; names among them are on no list. \
                 What people write by themselves can be harder to find. Redacted notes are still personal data.",
    })
}
