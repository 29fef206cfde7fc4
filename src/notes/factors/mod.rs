//! Interpretable factors from the text of case notes.
//!
//! A lexicon that an analyst can edit maps phrases to the factors an assessment records (DfE children in need
//! census) and to strengths. Words around a phrase say whether it is denied, over, doubtful, or about somebody
//! outside the household, after `NegEx` (Chapman and others, Journal of Biomedical Informatics 34, 2001) and
//! `ConText` (Harkema and others, Journal of Biomedical Informatics 42, 2009).
//!
//! Not good enough yet to make features from, and no command uses it: on notes by a hand that neither the lexicon nor its makers had
//! seen it finds and places rightly about as much as it does not (F1 0.50; `tests/it/factors.rs`), while on the notes it was made with it
//! looks nearly perfect (0.98 and 0.99).

mod context;
mod fuzzy;
mod harm;
mod read;
mod scan;
mod tokens;
mod trie;
mod who;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use trie::{Phrases, Vocabulary};

/// Whom a mention is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The child whose record it is.
    Child,
    /// A parent, step-parent or carer, or a parent's partner.
    Parent,
    /// Another person in the household or family.
    Other,
    /// Somebody who is not part of the household.
    Outside,
}

/// What the note says of the thing mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// It is so.
    Present,
    /// It is not so.
    Negated,
    /// It was so, and is over.
    Past,
    /// It may be so.
    Doubt,
    /// It is so of somebody outside the household.
    ThirdParty,
}

/// A phrase of the lexicon found in a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'l> {
    /// First byte of the phrase in the note.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// Code of the factor, such as `1B`, or key of the strength, such as `good-attendance`.
    pub factor: &'l str,
    /// Whom it is about.
    pub who: Who,
    /// Whether it is so.
    pub sense: Sense,
}

/// One thing wrong in a lexicon file. Displays as `file:line:column: message`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file as named to the reader.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// How a topic of the lexicon becomes a factor.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// One code, whoever it is about; whether it only counts if the child does it.
    One(String, bool),
    /// What counts as one thing if the child does it, and as another if a parent or another person does.
    Own([String; 3]),
    /// A code each for the child, the parent and another person, and whom to take if the text does not say.
    Persons([String; 3], Who),
    /// The same, by who suffers it.
    Suffered([String; 3], Who),
    /// Harm to the child: by a child, by an adult, not said by whom; and, if it is done to others of the household or by
    /// the child's partner, the codes for abuse of the child, a parent and another person.
    Harm([String; 3], Option<[String; 3]>),
    /// Private fostering: from abroad and going back, from abroad and staying, for education, with friends, other.
    Fostering([String; 5]),
    /// A strength.
    Strength(String),
}

/// One topic or strength.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Topic {
    key: String,
    rule: Rule,
    phrases: usize,
}

/// What a cue does to the phrases near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cue {
    NegationBefore,
    NegationAfter,
    /// Looks like a negation, and is none.
    NoNegation,
    DoubtBefore,
    DoubtAfter,
    PastBefore,
    PastAfter,
    PastAround,
    /// It is not so, whatever the clause: makes the sentence before negated, too, if it stands alone.
    TakenBack,
    /// It has not happened again: makes the sentence before past, too.
    NoneSince,
    /// The whole sentence is about people who are not of the household.
    NotOurs,
}

/// What a word says about the build of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Begins a new clause.
    ClauseStart,
    /// `and`: begins a new clause if a subject or a verb of its own follows.
    Joins,
    /// Follows the subject of a new clause.
    ClauseVerb,
    /// The person before it only reports.
    Reports,
    /// The person before it suffers what follows.
    Suffers,
    /// The person before it sees or hears what others suffer.
    Witnesses,
    /// The person after it does the harm.
    By,
    /// The person after it has the harm done to them.
    Towards,
    /// The person after it is not the subject of what follows.
    Beside,
    /// The subject of what follows is that of the sentence.
    Meanwhile,
    /// The person near it lives in the household.
    Inside,
    /// The person near it lives elsewhere.
    Elsewhere,
    /// The person after it is whom the thing before it is said of.
    Owner,
    /// Links the thing before it to the person after it, or the person before it to the thing after it.
    Relates,
    /// The person before it is named as the victim.
    Victim,
    /// The person before it bears the injury after it.
    Bears,
    /// The partner of whoever suffers.
    Partner,
    /// Kinds of private fostering.
    Abroad,
    Returning,
    Staying,
    Studying,
    Friends,
}

/// Which pronoun stands for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gender {
    Any,
    He,
    She,
    They,
}

/// A word for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Person {
    /// None for a pronoun.
    who: Option<Who>,
    adult: bool,
    gender: Gender,
}

/// What a phrase in the lexicon means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A topic, and whom it is about or (harm) who does it, if the phrase itself says so.
    Topic(usize, Option<Who>),
    Cue(Cue),
    Mark(Mark),
    Person(Person),
}

/// A lexicon, ready to search notes with.
#[derive(Debug, Default)]
pub struct Lexicon {
    vocabulary: Vocabulary,
    phrases: Phrases,
    meanings: Vec<Meaning>,
    topics: Vec<Topic>,
}

impl Lexicon {
    /// Reads a lexicon.
    ///
    /// # Errors
    /// Every fault of the file: TOML that does not parse, unknown keys, unknown codes, empty phrases, phrases that
    /// stand in it twice, what is missing.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        read::read(file, text)
    }

    /// The lexicon that comes with the program.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Lexicon> = OnceLock::new();
        // A test reads the file, so the empty lexicon never stands in for it.
        BUILT_IN.get_or_init(|| Self::read("lexicon.toml", Self::built_in_text()).unwrap_or_default())
    }

    /// The file behind [`Lexicon::built_in`], for an analyst to begin from.
    #[must_use]
    pub fn built_in_text() -> &'static str {
        include_str!("lexicon.toml")
    }

    /// Every topic and strength in order of the file: its key and its number of phrases.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.topics.iter().map(|t| (t.key.as_str(), t.phrases))
    }

    /// Every mention in a note, in order of place; of several of one factor in one sentence with one sense and about
    /// the same person, the longest.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Mention<'_>> {
        scan::find(self, text)
    }

    fn meaning(&self, number: u32) -> Option<Meaning> {
        self.meanings.get(usize::try_from(number).ok()?).copied()
    }
}
