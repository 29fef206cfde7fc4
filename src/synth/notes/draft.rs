//! A note in the making: phrases filled in, one sentence after another.

use super::super::draw;
use super::phrases::Phrases;
use super::planted;
use super::spelling;
use super::{Form, Mark, NoteSettings, Person, Sense, What, Written};
use crate::schema::codes;
use rand_chacha::ChaCha8Rng;

/// A note that grows.
pub(super) struct Draft<'r> {
    settings: &'r NoteSettings,
    phrases: &'static Phrases,
    rng: &'r mut ChaCha8Rng,
    child: &'static str,
    parent: &'static str,
    other: &'static str,
    third: &'static str,
    noun: &'static str,
    text: String,
    marks: Vec<Mark>,
}

impl<'r> Draft<'r> {
    /// An empty note about a child, with the same people in all of it.
    pub(super) fn new(
        person: Person,
        (settings, phrases): (&'r NoteSettings, &'static Phrases),
        rng: &'r mut ChaCha8Rng,
    ) -> Self {
        let who = &phrases.who;
        let parent = pick(&who.parent, rng);
        let (other, third) = (pick(&who.other, rng), pick(&who.third, rng));
        let sex = codes::SEX.get(person.sex).map_or("", |c| c.code);
        let child = match (person.months, sex) {
            (..=-1, _) => "the unborn baby",
            (0..=17, _) => "baby",
            (_, "F") => "the girl",
            (_, "M") => "the boy",
            _ => "the child",
        };
        let (noun, text, marks) = ("", String::new(), Vec::new());
        Self { settings, phrases, rng, child, parent, other, third, noun, text, marks }
    }

    /// Adds one of the phrases as a sentence.
    pub(super) fn sentence(&mut self, phrases: &'static [String]) {
        if !self.text.is_empty() {
            self.text.push_str(". ");
        }
        let start = self.text.len();
        let phrase = pick(phrases, self.rng);
        self.fill(phrase);
        self.capital(start);
    }

    /// A capital where a sentence begins, unless a careless name stands there.
    fn capital(&mut self, start: usize) {
        let name = self.marks.iter().any(|mark| {
            matches!(mark.what, What::Identifier(_, Form::LowerCase)) && mark.start as usize == start
        });
        if !name && let Some(first) = self.text.get_mut(start..start + 1) {
            first.make_ascii_uppercase();
        }
    }

    /// Adds a sentence about a factor.
    pub(super) fn mention(&mut self, place: u8, sense: Sense, recorded: bool) {
        let phrases = self.phrases;
        let Some(factor) = phrases.factor(place) else { return };
        self.noun = pick(&factor.noun, self.rng);
        let start = self.text.len() + if self.text.is_empty() { 0 } else { 2 };
        self.sentence(match sense {
            Sense::Present => &factor.says,
            Sense::Negated => &phrases.frame.negated,
            Sense::ThirdParty => &phrases.frame.third_party,
            Sense::Past => &phrases.frame.past,
            Sense::Doubt => &phrases.frame.doubt,
        });
        self.mark(start, What::Factor(place, sense, recorded));
    }

    /// Adds a sentence with one made-up identifier.
    pub(super) fn plant_one(&mut self) {
        let kinds = &self.phrases.names.planted;
        let any = draw::place(self.rng, kinds.len().max(1));
        if let Some(sentences) = kinds.values().nth(any) {
            self.sentence(sentences);
        }
    }

    /// Adds sentences with made-up identifiers, as many as the settings ask for.
    pub(super) fn plant(&mut self) {
        let phrases = self.phrases;
        for _ in 0..draw::about(self.rng, self.settings.identifiers) {
            let kinds = &phrases.names.planted;
            // Names are by far the most common.
            let any = draw::place(self.rng, kinds.len());
            let kind = if draw::chance(self.rng, 0.5) { None } else { kinds.values().nth(any) };
            if let Some(sentences) = kind.or_else(|| kinds.get("name")) {
                self.sentence(sentences);
            }
        }
    }

    fn mark(&mut self, start: usize, what: What) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.marks.push(Mark { start: place(start), end: place(self.text.len()), what });
    }

    /// Adds a phrase: of each choice one alternative, and what the words in braces stand for.
    fn fill(&mut self, phrase: &'static str) {
        let mut rest = phrase;
        while let Some(at) = rest.find(['[', '{']) {
            self.words(&rest[..at]);
            let opened = &rest[at..];
            let close = if opened.starts_with('[') { ']' } else { '}' };
            let end = opened.find(close).unwrap_or(opened.len() - 1);
            let inside = &opened[1..end];
            if opened.starts_with('[') {
                let n = draw::place(self.rng, inside.split('|').count());
                self.fill(inside.split('|').nth(n).unwrap_or_default());
            } else {
                self.slot(inside);
            }
            rest = &opened[end + 1..];
        }
        self.words(rest);
    }

    fn slot(&mut self, name: &'static str) {
        match name {
            "child" => self.words(self.child),
            "Child" => {
                let start = self.text.len();
                self.words(self.child);
                self.capital(start);
            }
            "parent" => self.words(self.parent),
            "other" => self.words(self.other),
            "third" => self.words(self.third),
            "noun" => self.fill(self.noun),
            kind => {
                let (kind, form, text) =
                    planted::make(kind, &self.phrases.names, self.settings.typos, self.rng);
                let start = self.text.len();
                self.text.push_str(&text);
                self.mark(start, What::Identifier(kind, form));
            }
        }
    }

    fn words(&mut self, words: &str) {
        spelling::write(words, self.settings.typos, self.rng, &mut self.text);
    }

    /// The note, with its last full stop.
    pub(super) fn finish(mut self) -> Written {
        self.text.push('.');
        self.marks.sort_by_key(|mark| (mark.start, mark.end));
        Written { text: self.text, marks: self.marks }
    }
}

fn pick(phrases: &'static [String], rng: &mut ChaCha8Rng) -> &'static str {
    phrases.get(draw::place(rng, phrases.len().max(1))).map_or("", String::as_str)
}
