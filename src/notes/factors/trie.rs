//! Two tries: letters to words and stems, and words to phrases.

use super::fuzzy::Fuzzy;
use super::tokens::{Break, Place, Words};

const NONE: u32 = u32::MAX;
/// Classes of byte: 26 letters, 10 digits, anything else.
const CLASSES: usize = 37;
/// The most words a `..` in a phrase may stand for.
const WIDEST_GAP: usize = 3;
/// What a misspelt stem may end in: its usual forms are spelt out for the index of misspellings.
const ENDINGS: [&str; 30] = [
    "", "s", "es", "ed", "d", "ing", "er", "ers", "e", "ic", "ion", "ions", "y", "ly", "ment", "al", "ism",
    "ation", "ive", "ety", "ous", "ia", "oid", "ated", "ling", "led", "ability", "ility", "ry", "ious",
];

fn class(byte: u8) -> usize {
    usize::from(match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        _ => 36,
    })
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[derive(Clone, Debug)]
struct Letter {
    next: [u32; CLASSES],
    /// The word that ends here.
    word: u32,
    /// The stem that ends here, so that whatever follows is the same word.
    stem: u32,
}

const LETTER: Letter = Letter { next: [NONE; CLASSES], word: NONE, stem: NONE };

/// The words and stems of a lexicon, each with a number.
#[derive(Debug)]
pub(super) struct Vocabulary {
    letters: Vec<Letter>,
    count: u32,
    fuzzy: Fuzzy,
    spellings: Vec<Vec<u8>>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { letters: vec![LETTER], count: 0, fuzzy: Fuzzy::default(), spellings: Vec::new() }
    }
}

impl Vocabulary {
    /// The number of a word, or of a stem if `stem`; given out at first mention.
    fn number(&mut self, letters: &[u8], stem: bool) -> u32 {
        let mut at = 0;
        for &byte in letters {
            let fresh = u32::try_from(self.letters.len()).unwrap_or(NONE);
            let Some(slot) = self.letters.get_mut(at).and_then(|l| l.next.get_mut(class(byte))) else {
                return NONE;
            };
            if *slot == NONE {
                *slot = fresh;
                at = index(fresh);
                self.letters.push(LETTER);
            } else {
                at = index(*slot);
            }
        }
        let Some(letter) = self.letters.get_mut(at) else { return NONE };
        let slot = if stem { &mut letter.stem } else { &mut letter.word };
        if *slot == NONE {
            *slot = self.count;
            self.count += 1;
            let endings: &[&str] = if stem { &ENDINGS } else { &[""] };
            self.spellings.extend(endings.iter().map(|e| [letters, e.as_bytes()].concat()));
        }
        *slot
    }

    /// Makes a word known that is in no phrase, so that it is taken for no misspelling.
    pub(super) fn know(&mut self, word: &str) {
        let before = self.spellings.len();
        self.number(word.as_bytes(), false);
        self.spellings.truncate(before);
    }

    /// To be called when every word is in.
    pub(super) fn close(&mut self) {
        self.fuzzy = Fuzzy::new(std::mem::take(&mut self.spellings));
    }

    /// Appends the numbers of the word and of the stems it begins with; whether there was any.
    fn exact(&self, letters: &[u8], out: &mut Vec<u32>) -> bool {
        let before = out.len();
        let mut at = 0;
        for &byte in letters {
            let next = self.letters.get(at).and_then(|l| l.next.get(class(byte)));
            let Some(&next) = next.filter(|n| **n != NONE) else { return out.len() > before };
            at = index(next);
            if let Some(letter) = self.letters.get(at)
                && letter.stem != NONE
            {
                out.push(letter.stem);
            }
        }
        if let Some(letter) = self.letters.get(at)
            && letter.word != NONE
        {
            out.push(letter.word);
        }
        out.len() > before
    }

    /// Appends the numbers of the words and stems that a written word stands for, misspelt or not.
    pub(super) fn look_up(&self, letters: &[u8], out: &mut Vec<u32>) {
        if !self.exact(letters, out) {
            let before = out.len();
            for word in self.fuzzy.meant(letters) {
                self.exact(word, out);
            }
            if let Some(new) = out.get_mut(before..) {
                new.sort_unstable();
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// Word number and node, in order of word number.
    next: Vec<(u32, u32)>,
    /// The node after a `..`.
    gap: Option<u32>,
    /// Numbers of the meanings of the phrase that ends here.
    meanings: Vec<u32>,
    /// How far into the phrase this is, in words.
    depth: usize,
}

/// The phrases of a lexicon.
#[derive(Debug)]
pub(super) struct Phrases {
    nodes: Vec<Node>,
    /// For each word number, the node after it as first word, or `NONE`.
    first: Vec<u32>,
}

impl Default for Phrases {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], first: Vec::new() }
    }
}

/// A phrase found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its first word.
    pub(super) from: usize,
    /// The word after its last.
    pub(super) to: usize,
    /// How many of the words between are its own; fewer than `to - from` if it has a gap.
    pub(super) own: usize,
    /// The number of its meaning.
    pub(super) meaning: u32,
}

/// The words of a note, looked up.
#[derive(Debug, Default)]
pub(super) struct Note {
    /// Where each stands.
    pub(super) places: Vec<Place>,
    /// The note ends with a question mark.
    pub(super) ends_in_question: bool,
    /// Word numbers, those of one word after those of another.
    numbers: Vec<u32>,
    /// Where in `numbers` each word's end.
    ends: Vec<usize>,
}

impl Note {
    /// Cuts up a note and looks up its words.
    pub(super) fn new(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut note = Self::default();
        let mut words = Words::new(text);
        for (place, word) in words.by_ref() {
            note.places.push(place);
            vocabulary.look_up(word.letters(), &mut note.numbers);
            note.ends.push(note.numbers.len());
        }
        note.ends_in_question = words.ends_in_question;
        note
    }

    fn numbers(&self, at: usize) -> &[u32] {
        let from = at.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|&to| self.numbers.get(from..to)).unwrap_or_default()
    }
}

impl Phrases {
    /// Adds a phrase; its words may end in `*`, and `..` between words stands for up to three words.
    pub(super) fn add(&mut self, phrase: &str, meaning: u32, vocabulary: &mut Vocabulary) {
        let mut at = 0;
        for part in phrase.split_whitespace() {
            if part == ".." {
                at = self.step_gap(at);
                continue;
            }
            let stem = part.ends_with('*');
            let count = Words::new(part).count();
            for (i, (_, word)) in Words::new(part).enumerate() {
                let number = vocabulary.number(word.letters(), stem && i + 1 == count);
                at = self.step(at, number);
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.meanings.push(meaning);
        }
    }

    /// To be called when every phrase is in.
    pub(super) fn close(&mut self) {
        let root = self.nodes.first().map(|n| n.next.clone()).unwrap_or_default();
        let size = root.last().map_or(0, |&(number, _)| index(number) + 1);
        self.first = vec![NONE; size];
        for (number, node) in root {
            if let Some(slot) = self.first.get_mut(index(number)) {
                *slot = node;
            }
        }
    }

    fn fresh(&mut self, at: usize, own: usize) -> u32 {
        let depth = self.nodes.get(at).map_or(0, |n| n.depth) + own;
        self.nodes.push(Node { depth, ..Node::default() });
        u32::try_from(self.nodes.len() - 1).unwrap_or(NONE)
    }

    fn step(&mut self, at: usize, number: u32) -> usize {
        let next = self.nodes.get(at).map(|n| n.next.binary_search_by_key(&number, |e| e.0));
        match next {
            Some(Ok(i)) => self.nodes.get(at).and_then(|n| n.next.get(i)).map_or(usize::MAX, |e| index(e.1)),
            Some(Err(i)) => {
                let fresh = self.fresh(at, 1);
                if let Some(node) = self.nodes.get_mut(at) {
                    node.next.insert(i, (number, fresh));
                }
                index(fresh)
            }
            None => usize::MAX,
        }
    }

    fn step_gap(&mut self, at: usize) -> usize {
        if let Some(gap) = self.nodes.get(at).and_then(|n| n.gap) {
            return index(gap);
        }
        let fresh = self.fresh(at, 0);
        if let Some(node) = self.nodes.get_mut(at) {
            node.gap = Some(fresh);
        }
        index(fresh)
    }

    /// Every phrase that begins at word `from` of the note and ends before word `limit`.
    pub(super) fn at(&self, note: &Note, from: usize, limit: usize, out: &mut Vec<Hit>) {
        for &number in note.numbers(from) {
            if let Some(&node) = self.first.get(index(number)).filter(|n| **n != NONE) {
                self.walk(note, (from, from + 1, limit), node, out);
            }
        }
    }

    fn walk(&self, note: &Note, (from, at, limit): (usize, usize, usize), node: u32, out: &mut Vec<Hit>) {
        let Some(node) = self.nodes.get(index(node)) else { return };
        out.extend(node.meanings.iter().map(|&meaning| Hit { from, to: at, own: node.depth, meaning }));
        self.follow(note, (from, at, limit), node, out);
        let Some(gap) = node.gap.and_then(|g| self.nodes.get(index(g))) else { return };
        for at in at..=at + WIDEST_GAP {
            self.follow(note, (from, at, limit), gap, out);
            if note.places.get(at).is_none_or(|p| p.before >= Break::Clause) {
                break;
            }
        }
    }

    fn follow(&self, note: &Note, (from, at, limit): (usize, usize, usize), node: &Node, out: &mut Vec<Hit>) {
        if at >= limit || node.next.is_empty() {
            return;
        }
        if note.places.get(at).is_none_or(|p| p.before >= Break::Clause) {
            return;
        }
        for number in note.numbers(at) {
            if let Ok(i) = node.next.binary_search_by_key(number, |e| e.0)
                && let Some(&(_, next)) = node.next.get(i)
            {
                self.walk(note, (from, at + 1, limit), next, out);
            }
        }
    }
}
