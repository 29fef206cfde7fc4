//! Cuts a note into words and sentences, once, without copying the text.

/// The longest word looked up, in bytes; longer ones are no words of any lexicon.
const LONGEST: usize = 40;

/// What stands between a word and the word before it. Later ones are stronger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// A blank, a hyphen, a slash or a colon.
    #[default]
    None,
    /// A comma, a bracket or a dash between blanks.
    Comma,
    /// A semicolon.
    Clause,
    /// The end of a sentence, or an empty line.
    Sentence,
}

/// One word, lower-cased, without apostrophes and without a possessive `s`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Word {
    fn new() -> Self {
        Self { bytes: [0; LONGEST], len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte.to_ascii_lowercase();
        }
        self.len += 1;
    }

    /// The letters; empty if the word is too long to be in a lexicon.
    pub(super) fn letters(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn is(&self, abbreviation: &[u8]) -> bool {
        self.letters() == abbreviation
    }
}

/// Where a word stands and what comes before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// First byte in the note.
    pub(super) start: usize,
    /// The byte after the last in the note, without a possessive `s`.
    pub(super) end: usize,
    /// What separates it from the word before.
    pub(super) before: Break,
    /// A question mark stands directly before it, as in `?CSE`.
    pub(super) queried: bool,
    /// The sentence before this word ended with a question mark.
    pub(super) after_question: bool,
}

/// Walks over the words of a note.
#[derive(Debug)]
pub(super) struct Words<'t> {
    bytes: &'t [u8],
    at: usize,
    last: Word,
    /// Whether the text after the last word held a question mark that ends a sentence.
    pub(super) ends_in_question: bool,
}

enum Kind {
    Letter,
    Apostrophe(usize),
    Gap(usize, Break),
    Query,
    Stop,
    Line,
}

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, last: Word::new(), ends_in_question: false }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    fn kind(&self, at: usize) -> Kind {
        match self.byte(at) {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Kind::Letter,
            b'\'' => Kind::Apostrophe(1),
            b'?' => Kind::Query,
            b'.' | b'!' => Kind::Stop,
            b'\n' => Kind::Line,
            b';' => Kind::Gap(1, Break::Clause),
            b',' | b'(' | b')' | b'[' | b']' => Kind::Gap(1, Break::Comma),
            b'-' if self.byte(at + 1) == b' ' && at > 0 && self.byte(at - 1) == b' ' => {
                Kind::Gap(1, Break::Comma)
            }
            // General punctuation: curly apostrophes, dashes, quotation marks, ellipsis.
            0xE2 if self.byte(at + 1) == 0x80 => match self.byte(at + 2) {
                0x98 | 0x99 => Kind::Apostrophe(3),
                0x93 | 0x94 => Kind::Gap(3, Break::Comma),
                0xA6 => Kind::Gap(3, Break::Sentence),
                _ => Kind::Gap(3, Break::None),
            },
            0xC2 if self.byte(at + 1) == 0xA0 => Kind::Gap(2, Break::None),
            0x80.. => Kind::Letter,
            _ => Kind::Gap(1, Break::None),
        }
    }

    /// Skips to the next word and says what was skipped.
    fn gap(&mut self) -> Place {
        let mut place = Place::default();
        let mut lines = 0;
        self.ends_in_question = false;
        while self.at < self.bytes.len() {
            match self.kind(self.at) {
                Kind::Letter => break,
                Kind::Apostrophe(n) => self.at += n,
                Kind::Gap(n, weight) => {
                    place.before = place.before.max(weight);
                    self.at += n;
                }
                Kind::Query => {
                    // `mum drunk?` ends a sentence, `?drunk` and `mum ? drunk` query what follows.
                    let closes = self.at > 0 && matches!(self.kind(self.at - 1), Kind::Letter);
                    if closes {
                        place.before = Break::Sentence;
                        self.ends_in_question = true;
                    } else {
                        place.queried = true;
                    }
                    self.at += 1;
                }
                Kind::Stop => {
                    if self.ends_sentence() {
                        place.before = Break::Sentence;
                    }
                    self.at += 1;
                }
                Kind::Line => {
                    lines += 1;
                    let bullet = matches!(self.byte(self.at + 1), b'-' | b'*');
                    if lines > 1 || bullet {
                        place.before = Break::Sentence;
                    }
                    self.at += 1;
                }
            }
        }
        place.after_question = self.ends_in_question;
        place
    }

    /// A full stop ends a sentence unless it belongs to a number, an initial or a title.
    fn ends_sentence(&self) -> bool {
        let next = self.byte(self.at + 1);
        let title = [&b"dr"[..], b"mr", b"mrs", b"ms", b"st", b"approx", b"e", b"i", b"eg", b"ie"];
        if title.iter().any(|t| self.last.is(t)) {
            return false;
        }
        !(next.is_ascii_digit() || (next.is_ascii_alphabetic() && self.last.len < 3))
    }
}

impl Iterator for Words<'_> {
    type Item = (Place, Word);

    fn next(&mut self) -> Option<Self::Item> {
        let mut place = self.gap();
        if self.at >= self.bytes.len() {
            return None;
        }
        place.start = self.at;
        place.end = self.at;
        let mut word = Word::new();
        loop {
            match self.kind(self.at) {
                Kind::Letter if self.at < self.bytes.len() => {
                    word.push(self.byte(self.at));
                    self.at += 1;
                    place.end = self.at;
                }
                Kind::Apostrophe(n) if matches!(self.kind(self.at + n), Kind::Letter) => {
                    let tail = self.byte(self.at + n).eq_ignore_ascii_case(&b's')
                        && !matches!(self.kind(self.at + n + 1), Kind::Letter);
                    if tail {
                        self.at += n + 1;
                        break;
                    }
                    self.at += n;
                }
                _ => break,
            }
        }
        self.last = word;
        Some((place, word))
    }
}
