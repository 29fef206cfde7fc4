//! Words and numbers of a text, with what lies between them.

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters, with hyphens and apostrophes between them.
    Word,
    /// Digits only.
    Digits,
    /// Both.
    Mixed,
}

/// A word or number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// What it is made of.
    pub(super) class: Class,
    /// Whether its first letter is a capital.
    pub(super) capital: bool,
    /// Whether all of its letters are, and there are two at least.
    pub(super) capitals: bool,
    /// Whether a sentence begins with it.
    pub(super) opens: bool,
}

/// A text and its tokens.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// The text with its ASCII letters in lower case, so that places are the same.
    pub(super) lower: String,
    /// The tokens, in order.
    pub(super) list: Vec<Token>,
}

/// Whether a character between two letters belongs to the word, as in "O'Brien" and "Smith-Jones".
fn joins(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '-')
}

impl Tokens {
    pub(super) fn of(text: &str) -> Self {
        let mut own = Self { lower: text.to_ascii_lowercase(), list: Vec::with_capacity(text.len() / 5) };
        let mut chars = text.char_indices().peekable();
        let mut last = 0;
        while let Some((start, c)) = chars.next() {
            if !c.is_alphanumeric() {
                continue;
            }
            let (mut letters, mut digits, mut upper) = (0, 0, 0);
            let mut count = |c: char| {
                if c.is_alphabetic() {
                    letters += 1;
                    upper += usize::from(c.is_uppercase());
                } else {
                    digits += 1;
                }
            };
            count(c);
            let (mut end, mut before) = (start + c.len_utf8(), c);
            while let Some(&(at, c)) = chars.peek() {
                let inner = joins(c) && before.is_alphabetic() && next_is_letter(text, at + c.len_utf8());
                if !c.is_alphanumeric() && !inner {
                    break;
                }
                if !inner {
                    count(c);
                }
                (end, before) = (at + c.len_utf8(), c);
                chars.next();
            }
            let class = match (letters, digits) {
                (_, 0) => Class::Word,
                (0, _) => Class::Digits,
                _ => Class::Mixed,
            };
            own.list.push(Token {
                start,
                end,
                class,
                capital: c.is_uppercase(),
                capitals: letters > 1 && upper == letters,
                opens: own.list.is_empty() || ends_a_sentence(text.get(last..start).unwrap_or_default()),
            });
            last = end;
        }
        own
    }

    /// The token in lower case, without "'s".
    pub(super) fn word(&self, at: usize) -> &str {
        let word = self.list.get(at).map_or("", |t| self.lower.get(t.start..t.end).unwrap_or_default());
        word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s")).unwrap_or(word)
    }

    /// The token in lower case, as it stands.
    pub(super) fn whole(&self, at: usize) -> &str {
        self.list.get(at).map_or("", |t| self.lower.get(t.start..t.end).unwrap_or_default())
    }

    /// What lies between a token and the one before; nothing before the first.
    pub(super) fn gap(&self, at: usize) -> &str {
        let (Some(before), Some(token)) =
            (at.checked_sub(1).and_then(|b| self.list.get(b)), self.list.get(at))
        else {
            return "";
        };
        self.lower.get(before.end..token.start).unwrap_or_default()
    }

    /// Whether nothing but blanks and line breaks lies between a token and the one before.
    pub(super) fn follows(&self, at: usize) -> bool {
        at > 0 && self.list.get(at).is_some() && self.gap(at).chars().all(char::is_whitespace)
    }

    /// Whether one of the `reach` tokens before is one of these words.
    pub(super) fn is_after(&self, at: usize, reach: usize, words: &[&str]) -> bool {
        (at.saturating_sub(reach)..at).any(|before| words.contains(&self.whole(before)))
    }
}

fn next_is_letter(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
}

/// A full stop and the like, an empty line, or a dash or bullet of its own.
fn ends_a_sentence(gap: &str) -> bool {
    gap.contains(['.', '!', '?', ':', ';', '\u{2022}', '*', '"', '\u{201c}', '[', '('])
        || gap.matches('\n').count() > 1
        || gap.contains(" - ")
        || gap.contains("\n-")
}
