//! The rows of `events`, judged one by one.

use super::super::problem::{Findings, Severity};
use super::super::words;
use super::children::Known;
use super::episodes;
use super::table::{NO_NUMBER, Raw, Words};
use crate::history::{Events, NO_CODE};
use crate::num::Day;
use crate::schema::{KINDS, Kind};

/// Days before the month of birth that an event can lie: 40 weeks.
const BEFORE_BIRTH: i32 = 280;

/// In [`Judged::child`], a row that is left out.
pub(super) const OUT: u32 = u32::MAX;

/// What each row was found to be.
pub(super) struct Judged {
    /// Place of the child, or [`OUT`].
    pub(super) child: Vec<u32>,
    pub(super) kind: Vec<Kind>,
    pub(super) code: Vec<u8>,
}

/// Judges every row; those without an error become the events.
pub(super) fn check(mut raw: Raw, known: &Known, findings: &mut Findings) -> Events {
    let mut judged = judge(&raw, known, findings);
    let mut episode = episodes::check(&raw, &mut judged, findings);
    let Judged { mut child, mut kind, mut code } = judged;
    let (mut date, mut known_on) = (raw.take_days("date"), raw.take_days("known_on"));
    if child.contains(&OUT) {
        let kept: Vec<bool> = child.iter().map(|c| *c != OUT).collect();
        keep(&mut child, &kept);
        keep(&mut kind, &kept);
        keep(&mut code, &kept);
        keep(&mut episode, &kept);
        keep(&mut date, &kept);
        keep(&mut known_on, &kept);
    }
    Events { child, date, known_on, kind, code, episode }
}

fn keep<T>(values: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    values.retain(|_| kept.next().is_some_and(|k| *k));
}

fn judge(raw: &Raw, known: &Known, findings: &mut Findings) -> Judged {
    let none = Words::default();
    let check = Check {
        raw,
        known,
        spoilt: raw.spoilt_rows(findings),
        child: raw.numbers("child").unwrap_or_default(),
        date: raw.days("date").unwrap_or_default(),
        known_on: raw.days("known_on").unwrap_or_default(),
        episode: raw.numbers("episode").unwrap_or_default(),
        kind: raw.words("kind").unwrap_or(&none),
        code: raw.words("code"),
        codes: Codes::new(raw),
    };
    let mut judged = Judged {
        child: Vec::with_capacity(raw.rows),
        kind: Vec::with_capacity(raw.rows),
        code: Vec::with_capacity(raw.rows),
    };
    let mut current = Current { id: NO_NUMBER, place: 0, earliest: Day(0), latest: Day(0) };
    for row in 0..raw.rows {
        let found = check.plainly_fine(row, &mut current);
        let found = found.or_else(|| check.look_closely(row, findings));
        let (child, kind, code) = found.unwrap_or((OUT, Kind::Contact, NO_CODE));
        judged.child.push(child);
        judged.kind.push(kind);
        judged.code.push(code);
    }
    judged
}

/// The child of the row before: most often also that of this one.
struct Current {
    id: i64,
    place: usize,
    /// First and last day on which nothing is odd about an event.
    earliest: Day,
    latest: Day,
}

/// What each word of the `kind` and `code` columns means.
struct Codes {
    kinds: Vec<Option<Kind>>,
    /// For each kind, what each distinct code means, and last what no code means.
    meaning: Vec<Vec<Meaning>>,
}

/// What a code means under a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A code of the kind's list; or rightly none.
    Place(u8),
    /// A code of the list, but not of every year.
    Dated(u8),
    /// Not a code of the list.
    Unknown,
    /// The kind has no codes.
    NotAllowed,
    /// The kind has codes, and there is none.
    Missing,
}

impl Codes {
    fn new(raw: &Raw) -> Self {
        let distinct = |name| raw.words(name).map_or(&[] as &[String], |w| &w.distinct);
        let meaning = |kind: &crate::schema::KindSpec| {
            let meaning = |word: &String| {
                let Some(list) = kind.codes else { return Meaning::NotAllowed };
                let Some(place) = list.find(word) else { return Meaning::Unknown };
                let dated = list.get(place).is_some_and(|c| c.from_year > 2017 || c.to_year < 9999);
                if dated { Meaning::Dated(place) } else { Meaning::Place(place) }
            };
            let none = if kind.codes.is_some() { Meaning::Missing } else { Meaning::Place(NO_CODE) };
            distinct("code").iter().map(meaning).chain([none]).collect()
        };
        Self {
            kinds: distinct("kind").iter().map(|k| Kind::find(k)).collect(),
            meaning: KINDS.iter().map(meaning).collect(),
        }
    }

    /// What the word at this place means; past the words: what no code means.
    fn meaning(&self, kind: Kind, word: u32) -> Meaning {
        let meanings = &self.meaning[kind as usize];
        meanings[(word as usize).min(meanings.len() - 1)]
    }
}

struct Check<'a> {
    raw: &'a Raw,
    known: &'a Known,
    spoilt: Vec<bool>,
    child: &'a [i64],
    date: &'a [Day],
    known_on: &'a [Day],
    episode: &'a [i64],
    kind: &'a Words,
    code: Option<&'a Words>,
    codes: Codes,
}

/// Child, kind and code of an event.
type Found = (u32, Kind, u8);

impl Check<'_> {
    fn kind(&self, row: usize) -> Option<Kind> {
        self.codes.kinds.get(self.kind.of[row] as usize).copied().flatten()
    }

    fn word(&self, row: usize) -> u32 {
        self.code.map_or(u32::MAX, |w| w.of[row])
    }

    fn episode(&self, row: usize) -> i64 {
        self.episode.get(row).copied().unwrap_or(NO_NUMBER)
    }

    /// The event of a row about which there is nothing to say; `None` if it must be looked at more closely.
    fn plainly_fine(&self, row: usize, current: &mut Current) -> Option<Found> {
        if self.spoilt[row] {
            return None;
        }
        let id = self.child[row];
        if id != current.id {
            let children = &self.known.children;
            let next = current.place + 1;
            let place = if children.id.get(next) == Some(&id) {
                next
            } else {
                self.known.place_of(id).ok()? as usize
            };
            let earliest = children.birth_month[place].map_or(Day(i32::MIN), |b| b.plus(-BEFORE_BIRTH));
            *current = Current { id, place, earliest, latest: children.observed_to[place] };
        }
        let (date, known_on) = (self.date[row], self.known_on[row]);
        let kind = self.kind(row)?;
        let Meaning::Place(code) = self.codes.meaning(kind, self.word(row)) else { return None };
        let in_time = date >= current.earliest && date <= current.latest && date <= known_on;
        let placed = !kind.spec().in_episode || self.episode(row) != NO_NUMBER;
        (in_time && placed).then_some((u32::try_from(current.place).ok()?, kind, code))
    }

    /// The event of a row, with everything wrong or odd about it reported; `None` if it is left out.
    fn look_closely(&self, row: usize, findings: &mut Findings) -> Option<Found> {
        if self.spoilt[row] {
            return None;
        }
        let mut fine = true;
        let mut error = |column: &str, found: &str, allowed: &str| {
            findings.add(Severity::Error, self.raw.at(row, column), found, allowed, None);
            fine = false;
        };
        let (date, known_on) = (self.date[row], self.known_on[row]);
        let child = self.known.place_of(self.child[row]);
        if let Err((found, allowed)) = child {
            error("child", found, allowed);
        }
        let child = child.ok().map(|place| place as usize);
        if known_on < date {
            let allowed = "a day on or after date: nothing is recorded before it happens";
            error("known_on", "a day before date", allowed);
        }
        let birth = child.and_then(|c| self.known.children.birth_month[c]);
        if birth.is_some_and(|birth| date < birth.plus(-BEFORE_BIRTH)) {
            error("date", "a day more than 40 weeks before birth_month", "a later day");
        }
        let kind = self.kind(row);
        if kind.is_none() {
            error("kind", "a word that is no kind", &format!("one of {}", Kind::allowed()));
        }
        if kind.is_some_and(|k| k.spec().in_episode) && self.episode(row) == NO_NUMBER {
            error("episode", "nothing, for a kind that belongs to an episode", "the number of the episode");
        }
        let code = kind.map_or(Some(NO_CODE), |kind| self.code(row, kind, &mut error));
        let (Some(child), Some(kind), Some(code), true) = (child, kind, code, fine) else { return None };
        self.look(row, child, kind, code, findings);
        Some((u32::try_from(child).ok()?, kind, code))
    }

    /// The place of a row's code, or `None` if there is an error in it.
    fn code(&self, row: usize, kind: Kind, error: &mut dyn FnMut(&str, &str, &str)) -> Option<u8> {
        let list = kind.spec().codes;
        let allowed =
            || list.map_or_else(String::new, |list| format!("for this kind, one of {}", list.allowed()));
        match self.codes.meaning(kind, self.word(row)) {
            Meaning::Place(place) | Meaning::Dated(place) => return Some(place),
            Meaning::Unknown => {
                let text = self.code.and_then(|w| w.get(row)).unwrap_or_default();
                let found = list.map_or("a code", |list| words::not_a_code(text, list));
                error("code", found, &allowed());
            }
            Meaning::NotAllowed => error("code", "a code for a kind that has none", "nothing"),
            // The fact is in the code alone: without it there is no fact.
            Meaning::Missing if matches!(kind, Kind::Need | Kind::Factor) => {
                error("code", "nothing, for a kind that is only a code", &allowed());
            }
            Meaning::Missing => return Some(NO_CODE),
        }
        None
    }

    /// Reports what looks odd in a row that is kept.
    fn look(&self, row: usize, child: usize, kind: Kind, code: u8, findings: &mut Findings) {
        let date = self.date[row];
        let mut warn = |column: &str, found: &str, allowed: &str| {
            findings.add(Severity::Warning, self.raw.at(row, column), found, allowed, None);
        };
        if date > self.known.children.observed_to[child] {
            warn(
                "date",
                "a day after observed_to",
                "a day on or before it; the row was kept, but cannot be counted on",
            );
        }
        let Some(list) = kind.spec().codes else { return };
        if code == NO_CODE {
            warn("code", "nothing, for a kind that has codes", "a code; the event was kept without one");
            return;
        }
        if matches!(self.codes.meaning(kind, self.word(row)), Meaning::Dated(_))
            && let Some(found) = words::wrong_year(list, code, date.census_year())
        {
            warn("code", found, "a code of the year in which the event fell; the row was kept");
        }
    }
}
