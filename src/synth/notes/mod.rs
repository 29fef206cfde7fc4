//! Case notes: who a note is about and what is known in, short English out, with the place of everything that a reader
//! of notes might want to find in it.
//!
//! A note is made from phrases ([`phrases`]) by choice and filling in ([`draft`]), with misspelling at a set rate
//! ([`spelling`]) and, where asked for, made-up identifiers ([`planted`]). A contact names no factor, for none is known
//! by then. An assessment and the visits after it name factors found, and say of others that they were not found, are
//! long past, are doubtful, or are somebody else's. Whether the family works with services is said in all of them; it
//! tells of returns only as far as the text dial makes it.
//!
//! Notes draw from streams of their own: with and without them, all else is the same.

mod draft;
mod phrases;
mod planted;
mod spelling;

use super::draw;
use crate::io::settings::Section;
use crate::num::seed;
use crate::schema::codes;
use draft::Draft;
use phrases::Phrases;
use rand_chacha::ChaCha8Rng;

/// How notes are written.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteSettings {
    /// Share of recorded factors that an assessment mentions, and of factors mentioned as present that are recorded: with
    /// the rest of this probability a factor that is not recorded is mentioned instead, in [0, 1].
    pub agreement: f64,
    /// Mean number of factors that an assessment or visit says are not there.
    pub negations: f64,
    /// Mean number of factors that it says somebody outside the household has.
    pub third_parties: f64,
    /// Mean number of factors that it says are long past.
    pub past: f64,
    /// Mean number of factors of which it is unsure.
    pub doubts: f64,
    /// Share of words of four or more letters that are misspelt, in [0, 0.5].
    pub typos: f64,
    /// Mean number of made-up identifiers in a note. Without them notes are as a council would hand them over, redacted.
    pub identifiers: f64,
}

impl NoteSettings {
    /// The usual rates.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            agreement: 0.9,
            negations: 0.8,
            third_parties: 0.15,
            past: 0.15,
            doubts: 0.15,
            typos: 0.01,
            identifiers: 0.0,
        }
    }

    pub(super) fn read(section: &Section<'_>) -> Self {
        let number = |key, most, default| section.number(key, 0.0..=most).unwrap_or(default);
        let usual = Self::plain();
        Self {
            agreement: number("agreement", 1.0, usual.agreement),
            negations: number("negations", 5.0, usual.negations),
            third_parties: number("third_parties", 5.0, usual.third_parties),
            past: number("past", 5.0, usual.past),
            doubts: number("doubts", 5.0, usual.doubts),
            typos: number("typos", 0.5, usual.typos),
            identifiers: number("identifiers", 10.0, usual.identifiers),
        }
    }
}

/// What a mention says of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// It is there.
    Present,
    /// It is not.
    Negated,
    /// It is that of somebody outside the household.
    ThirdParty,
    /// It was there, and is no longer.
    Past,
    /// It may be there.
    Doubt,
}

impl Sense {
    /// How it is called in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Negated => "negated",
            Self::ThirdParty => "third-party",
            Self::Past => "past",
            Self::Doubt => "doubt",
        }
    }
}

/// How a made-up identifier is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it should be.
    Plain,
    /// Without capitals.
    LowerCase,
    /// Over two lines.
    Split,
}

impl Form {
    /// How it is called in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::LowerCase => "lower-case",
            Self::Split => "split",
        }
    }
}

/// Something to be found in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A made-up identifier of this kind.
    Identifier(&'static str, Form),
    /// A factor, as its place in [`codes::FACTOR`], what is said of it, and whether it is in the record.
    Factor(u8, Sense, bool),
}

/// Where something stands in a note: bytes `start..end`, which are characters too, for notes are ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What stands there.
    pub what: What,
}

/// A mark and the note in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteMark {
    /// The child's surrogate.
    pub child: i64,
    /// The running number of the note among the child's notes, from 0, in the order of the table.
    pub note: u32,
    /// What stands where.
    pub mark: Mark,
}

/// A note as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The words.
    pub text: String,
    /// What is to be found in them, in order.
    pub marks: Vec<Mark>,
}

/// Whom a note is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    /// Age in months, negative for the unborn.
    pub(super) months: i32,
    /// Place in [`codes::SEX`].
    pub(super) sex: u8,
}

/// Writes the notes of one household.
#[derive(Debug)]
pub(super) struct Writer<'s> {
    settings: &'s NoteSettings,
    phrases: &'static Phrases,
    rng: ChaCha8Rng,
}

/// Sentences with a made-up identifier each, all kinds equally often, by which a reader tests how many it finds.
#[must_use]
pub fn planted_sentences(root: u64, sentences: u32) -> Vec<Written> {
    let settings = NoteSettings { typos: 0.0, ..NoteSettings::plain() };
    let mut rng = seed::stream(root, "notes/planted");
    let person = Person { months: 100, sex: 0 };
    let write = |_| {
        let mut draft = Draft::new(person, (&settings, Phrases::get()), &mut rng);
        draft.plant_one();
        draft.finish()
    };
    (0..sentences).map(write).collect()
}

/// Notes from the phrases of another file than ours, to test readers of notes on: about children of all ages, with factors drawn at
/// random, every third of a contact, of an assessment and of a visit. Every call keeps its phrases for as long as the program runs.
///
/// # Errors
/// Where the file is none of phrases.
pub fn from_phrases(
    text: &str,
    settings: &NoteSettings,
    root: u64,
    notes: u32,
) -> Result<Vec<Written>, toml::de::Error> {
    let phrases: &'static Phrases = Box::leak(Box::new(Phrases::read(text)?));
    let groups = ["individual", "schools", "health", "police", "housing", "other-legal", "anonymous"];
    let mut writer = Writer { settings, phrases, rng: seed::stream(root, "notes/from phrases") };
    let write = |number: u32| {
        let person = Person { months: (number % 210).cast_signed() - 4, sex: (number % 2) as u8 };
        let rng = &mut writer.rng;
        let some = 1 + draw::place(rng, 4);
        let known = phrases.known();
        let factors: Vec<u8> =
            (0..some).filter_map(|_| known.get(draw::place(rng, known.len().max(1))).copied()).collect();
        let (engaged, group) = (draw::chance(rng, 0.5), groups[draw::place(rng, groups.len())]);
        match number % 3 {
            0 => writer.contact(person, Some((group, engaged))),
            1 => writer.assessment(person, &factors, engaged),
            _ => writer.visit(person, &factors, engaged),
        }
    };
    Ok((0..notes).map(write).collect())
}

impl<'s> Writer<'s> {
    /// A writer with a stream of its own.
    pub(super) fn new(settings: &'s NoteSettings, root: u64, household: u32) -> Self {
        Self { settings, phrases: Phrases::get(), rng: seed::stream(root, &format!("notes/{household}")) }
    }

    /// The note of a contact: a referral coming in, from a group of sources; or, without one, a contact that led to
    /// advice only.
    pub(super) fn contact(&mut self, person: Person, referral: Option<(&str, bool)>) -> Written {
        let phrases = self.phrases;
        let mut draft = Draft::new(person, (self.settings, phrases), &mut self.rng);
        match referral {
            Some((group, engaged)) => {
                draft.sentence(phrases.opening(group));
                draft.sentence(&phrases.reason);
                draft.sentence(phrases.engagement(engaged));
            }
            None => {
                draft.sentence(phrases.opening("unknown"));
                draft.sentence(&phrases.advice);
            }
        }
        draft.plant();
        draft.finish()
    }

    /// The note of an assessment with the factors that it found.
    pub(super) fn assessment(&mut self, person: Person, factors: &[u8], engaged: bool) -> Written {
        self.seen(person, factors, engaged, 1.0)
    }

    /// The note of a visit after it, which comes back to some of the factors.
    pub(super) fn visit(&mut self, person: Person, factors: &[u8], engaged: bool) -> Written {
        const TOUCHED_ON: f64 = 0.4;
        self.seen(person, factors, engaged, TOUCHED_ON)
    }

    fn seen(&mut self, person: Person, factors: &[u8], engaged: bool, share: f64) -> Written {
        let phrases = self.phrases;
        let said = self.said(factors, share, phrases);
        let mut draft = Draft::new(person, (self.settings, phrases), &mut self.rng);
        draft.sentence(if share < 1.0 { &phrases.visit } else { &phrases.assessment });
        draft.sentence(phrases.seen(person.months));
        for (place, sense) in said {
            draft.mention(place, sense, factors.contains(&place));
        }
        draft.sentence(phrases.engagement(engaged));
        draft.plant();
        draft.sentence(&phrases.close);
        draft.finish()
    }

    /// What is said of which factors, in a random order, of each at most once.
    fn said(&mut self, factors: &[u8], share: f64, phrases: &Phrases) -> Vec<(u8, Sense)> {
        let none = codes::FACTOR.find("21");
        let mut out: Vec<(u8, Sense)> = Vec::new();
        for &place in factors.iter().filter(|f| Some(**f) != none) {
            if share < 1.0 && !draw::chance(&mut self.rng, share) {
                continue;
            }
            let right = draw::chance(&mut self.rng, self.settings.agreement);
            let place = if right { Some(place) } else { self.other(factors, &out, phrases) };
            out.extend(place.map(|place| (place, Sense::Present)));
        }
        let rates = [
            (self.settings.negations, Sense::Negated),
            (self.settings.third_parties, Sense::ThirdParty),
            (self.settings.past, Sense::Past),
            (self.settings.doubts, Sense::Doubt),
        ];
        for (mean, sense) in rates {
            for _ in 0..draw::about(&mut self.rng, mean) {
                let place = self.other(factors, &out, phrases);
                out.extend(place.map(|place| (place, sense)));
            }
        }
        for i in (1..out.len()).rev() {
            let j = draw::place(&mut self.rng, i + 1);
            out.swap(i, j);
        }
        out
    }

    /// A factor that is neither recorded nor mentioned yet.
    fn other(&mut self, factors: &[u8], said: &[(u8, Sense)], phrases: &Phrases) -> Option<u8> {
        let free = |place: &&u8| !factors.contains(place) && !said.iter().any(|(p, _)| p == *place);
        let free: Vec<u8> = phrases.known().iter().filter(free).copied().collect();
        (!free.is_empty()).then(|| free[draw::place(&mut self.rng, free.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, NoteSettings, Person, Sense, What, Writer};
    use crate::schema::codes;

    fn settings() -> NoteSettings {
        NoteSettings {
            agreement: 0.8,
            negations: 0.8,
            third_parties: 0.3,
            past: 0.3,
            doubts: 0.3,
            typos: 0.05,
            identifiers: 1.5,
        }
    }

    #[test]
    fn marks_stand_where_they_say_and_rates_are_kept() {
        let settings = settings();
        let mut writer = Writer::new(&settings, 1, 0);
        let coded: Vec<u8> = ["1B", "4B", "16A"].iter().map(|c| codes::FACTOR.find(c).unwrap()).collect();
        let (mut right, mut present, mut negated, mut planted, mut split) = (0, 0, 0, 0, 0);
        let n = 4_000;
        for i in 0..n {
            let person = Person { months: i % 210 - 4, sex: (i % 2) as u8 };
            let note = writer.assessment(person, &coded, i % 2 == 0);
            assert!(note.text.is_ascii() && !note.text.contains(['[', ']', '{', '}', '|']), "{}", note.text);
            let mut last = 0;
            for mark in &note.marks {
                let text = &note.text[mark.start as usize..mark.end as usize];
                assert!(mark.start >= last && !text.trim().is_empty() && text.trim() == text, "{text:?}");
                last = mark.start;
                match mark.what {
                    What::Factor(place, sense, recorded) => {
                        assert_eq!(recorded, coded.contains(&place));
                        assert!(sense == Sense::Present || !recorded, "{sense:?} of a recorded factor");
                        present += i32::from(sense == Sense::Present);
                        right += i32::from(sense == Sense::Present && recorded);
                        negated += i32::from(sense == Sense::Negated);
                    }
                    What::Identifier(_, form) => {
                        planted += 1;
                        split += i32::from(form == Form::Split);
                        assert_eq!(form == Form::Split, text.contains('\n'), "{text:?}");
                    }
                }
            }
        }
        let per_note = |count: i32| f64::from(count) / f64::from(n);
        assert!((f64::from(right) / f64::from(present) - 0.8).abs() < 0.02);
        assert!((per_note(present) - 3.0).abs() < 0.01 && (per_note(negated) - 0.8).abs() < 0.03);
        assert!((per_note(planted) - 1.5).abs() < 0.2 && split > 100, "{}", per_note(planted));
    }

    #[test]
    fn the_same_household_gets_the_same_notes() {
        let settings = settings();
        let note = |household| {
            let person = Person { months: 30, sex: 0 };
            Writer::new(&settings, 7, household).contact(person, Some(("police", true)))
        };
        assert_eq!(note(3), note(3));
        assert_ne!(note(3), note(4));
    }
}
