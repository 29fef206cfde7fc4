//! Words, first names and surnames. Where they come from and under what licence is in `lists/README.md`.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Sets of words in lower case.
pub(super) struct Lists {
    /// Ordinary English words.
    pub(super) words: HashSet<&'static str>,
    /// First names.
    pub(super) first: HashSet<&'static str>,
    /// Surnames.
    pub(super) last: HashSet<&'static str>,
    /// Written with a capital, and not of a person: days, months, peoples, languages, faiths, bodies.
    pub(super) proper: HashSet<&'static str>,
    /// First names that are words with which sentences begin.
    pub(super) openers: HashSet<&'static str>,
    /// Words for relatives and professions, which stand before names.
    pub(super) relations: HashSet<&'static str>,
    /// Words with which sentences of notes begin.
    pub(super) begin: HashSet<&'static str>,
    /// Words in the names of schools, services and the like.
    pub(super) bodies: HashSet<&'static str>,
}

fn lines(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

impl Lists {
    /// The lists, read once.
    pub(super) fn get() -> &'static Self {
        static LISTS: OnceLock<Lists> = OnceLock::new();
        LISTS.get_or_init(|| Self {
            words: lines(include_str!("lists/words.txt")),
            first: lines(include_str!("lists/first-names.txt")),
            last: lines(include_str!("lists/surnames.txt")),
            proper: lines(include_str!("lists/proper.txt")),
            openers: lines(include_str!("lists/openers.txt")),
            relations: lines(include_str!("lists/relations.txt")),
            begin: lines(include_str!("lists/begin.txt")),
            bodies: lines(include_str!("lists/bodies.txt")),
        })
    }

    /// Whether a word is an ordinary one, also as a plural, a past tense or with an ending that the list leaves out.
    pub(super) fn is_ordinary(&self, word: &str) -> bool {
        let known = |word: &str| self.words.contains(word);
        if known(word) || word.split('-').all(known) {
            return true;
        }
        let ends = ["s", "es", "ed", "d", "ing", "ly", "er", "ness", "n't", "'ll", "'ve", "'re", "'d", "'m"];
        ends.iter().any(|end| word.strip_suffix(end).is_some_and(|stem| stem.len() > 2 && known(stem)))
            || ["re-", "re", "un", "non-", "pre-", "step-", "ex-", "mid-"]
                .iter()
                .any(|begin| word.strip_prefix(begin).is_some_and(|rest| rest.len() > 3 && known(rest)))
    }

    /// Whether a word that begins a sentence is one with which sentences of notes begin, misspelt; or any ordinary one, if it is so long
    /// that hardly a name comes so near to it.
    pub(super) fn opens_misspelt(&self, word: &str) -> bool {
        const LONG: usize = 7;
        let opener = |made: &str| self.begin.contains(made) || self.relations.contains(made);
        (word.len() > 2 && word.is_ascii() && near(word, &opener))
            || (word.len() >= LONG && self.is_misspelt(word))
    }

    /// Whether a word of five letters or more is an ordinary one but for one letter too many, too few, another, or two changed
    /// round. The first letter is hardly ever the wrong one, and a name that differs from a word by it is no misspelling.
    pub(super) fn is_misspelt(&self, word: &str) -> bool {
        if word.len() < 5 || !word.is_ascii() {
            return false;
        }
        near(word, &|made| self.is_ordinary(made))
    }
}

/// Whether a word is a known one but for one letter too many, too few, another, or two changed round.
fn near(word: &str, known: &dyn Fn(&str) -> bool) -> bool {
    let bytes = word.as_bytes();
    let known = |made: &[u8]| std::str::from_utf8(made).is_ok_and(known);
    let mut made = Vec::with_capacity(word.len() + 1);
    for at in 0..bytes.len() {
        made.clear();
        made.extend(bytes.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, b)| *b));
        if at > 0 && known(&made) {
            return true;
        }
        if at + 1 < bytes.len() {
            made.clear();
            made.extend_from_slice(bytes);
            made.swap(at, at + 1);
            if known(&made) {
                return true;
            }
        }
    }
    (1..=bytes.len()).any(|at| {
        (b'a'..=b'z').any(|letter| {
            made.clear();
            made.extend_from_slice(bytes);
            made.insert(at, letter);
            let longer = known(&made);
            let other = made.len() > at + 1 && {
                made.remove(at + 1);
                known(&made)
            };
            longer || other
        })
    })
}
