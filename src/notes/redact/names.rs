//! Names of people.
//!
//! A word is taken for a name if a title stands before it; if it is written with a capital where English has none and is no ordinary
//! word, or a first name or surname by the lists; if it begins a sentence, is no ordinary word, and not one misspelt; or, in lower case,
//! if it is a name by the lists and no ordinary word, or unknown after words that stand before names. Words with a capital that
//! follow a name and could be part of it are taken with it.

use super::lists::Lists;
use super::tokens::{Class, Token, Tokens};
use super::{Found, Kind};

const TITLES: [&str; 15] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "rev",
    "cllr",
    "sir",
    "dame",
    "sgt",
    "messrs",
    "master",
];
/// Ranks of the police, which are words or parts of them otherwise.
const RANKS: [&str; 6] = ["pc", "dc", "ds", "di", "wpc", "dci"];
/// Words after which an unknown word in lower case is a name.
const CUES: [&str; 22] = [
    "to", "called", "named", "name", "with", "is", "from", "by", "and", "mum", "dad", "mother", "father",
    "brother", "sister", "partner", "aunt", "uncle", "nan", "son", "daughter", "cousin",
];
/// Cues that need the word before them, as in "spoke to".
const SPOKE: [&str; 17] = [
    "c", "tc", "left", "spoke", "speaking", "spoken", "talked", "met", "meeting", "call", "message", "email",
    "letter", "known", "visit", "seen", "lives",
];

/// Small words within surnames.
const PARTICLES: [&str; 22] = [
    "van", "von", "de", "der", "den", "da", "di", "du", "del", "della", "dos", "la", "le", "el", "al", "bin",
    "bint", "ibn", "abu", "ter", "zu", "ten",
];
/// What people do, and hardly a thing.
const DOES: [&str; 26] = [
    "rang",
    "said",
    "says",
    "told",
    "wants",
    "feels",
    "reports",
    "reported",
    "attended",
    "denied",
    "denies",
    "phoned",
    "asked",
    "agreed",
    "thinks",
    "stated",
    "explained",
    "lives",
    "texted",
    "shared",
    "chaired",
    "sat",
    "joined",
    "spoke",
    "visited",
    "apologised",
];

/// Words before a name with a capital.
const MET: [&str; 18] = [
    "to",
    "from",
    "with",
    "by",
    "called",
    "named",
    "told",
    "asked",
    "saw",
    "met",
    "contacted",
    "copied",
    "phoned",
    "rang",
    "emailed",
    "and",
    "said",
    "of",
];
/// Words before a name in lower case.
const WHO: [&str; 8] = ["by", "copied", "emailed", "phoned", "told", "contacted", "texted", "rang"];

struct Text<'a> {
    tokens: &'a Tokens,
    lists: &'static Lists,
    /// Hardly any letter is small, so that capitals say nothing.
    shouted: bool,
    /// Whether sentences begin with capitals.
    capitals: bool,
}

/// Adds the names of a text to what was found.
pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let words = || tokens.list.iter().filter(|t| t.class == Class::Word && t.end - t.start > 1);
    let shouted = words().count() > 5 && 10 * words().filter(|t| t.capitals).count() > 8 * words().count();
    let opening = tokens.list.iter().filter(|t| t.opens && t.class == Class::Word);
    let capitals = 2 * opening.clone().filter(|t| t.capital).count() > opening.count();
    let text = Text { tokens, lists: Lists::get(), shouted, capitals };
    let numbers = found.len();
    let (mut at, mut next) = (0, 0);
    while let Some(token) = tokens.list.get(at) {
        while found.get(next).is_some_and(|f| next < numbers && f.end <= token.start) {
            next += 1;
        }
        let covered = found.get(next).is_some_and(|f| next < numbers && f.start < token.end);
        match (!covered).then(|| text.name(at)).flatten() {
            Some((first, end)) => {
                let start = tokens.list.get(first).map_or(token.start, |t| t.start);
                let last =
                    end.checked_sub(1).and_then(|last| tokens.list.get(last)).map_or(token.end, |t| t.end);
                found.push(Found { start, end: last, kind: Kind::Name });
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
}

impl Text<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.list.get(at)
    }

    /// A name whose first word, or the title before it, stands at a token: the first token to take out and one past the last.
    fn name(&self, at: usize) -> Option<(usize, usize)> {
        let token = self.token(at)?;
        if token.class != Class::Word || self.is_token(at) {
            return None;
        }
        if let Some(first) = self.after_title(at) {
            return Some((first, self.rest(first + 1)));
        }
        if !self.is_name(at) {
            return None;
        }
        Some((at, self.rest(at + 1)))
    }

    /// Whether it is a token that stands in the place of something taken out before.
    fn is_token(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        token.capitals
            && self.tokens.lower.get(..token.start).is_some_and(|before| before.ends_with('['))
            && self.tokens.lower.get(token.end..).is_some_and(|after| after.starts_with(']'))
    }

    /// The name after a title.
    fn after_title(&self, at: usize) -> Option<usize> {
        let (word, token) = (self.tokens.whole(at), self.token(at)?);
        let next = self.token(at + 1)?;
        let near = matches!(self.tokens.gap(at + 1), " " | "\n" | "  ")
            || (TITLES.contains(&word) && matches!(self.tokens.gap(at + 1), ". " | ".\n"));
        let titled = TITLES.contains(&word) || (RANKS.contains(&word) && token.capitals);
        if !near || !titled || next.class != Class::Word {
            return None;
        }
        let ordinary = self.lists.is_ordinary(self.tokens.word(at + 1)) && !next.capital;
        let known = self.lists.last.contains(self.tokens.word(at + 1));
        let sure = matches!(word, "mr" | "mrs" | "ms" | "mx");
        (next.capital || !ordinary || (sure && known)).then_some(at + 1)
    }

    /// Whether a word is the first of a name.
    fn is_name(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        let word = self.tokens.word(at);
        let titled = TITLES.contains(&word) || RANKS.contains(&word);
        if word.len() < 2 || titled || self.is_nobody(word) {
            return false;
        }
        let (first, last) = (self.lists.first.contains(word), self.lists.last.contains(word));
        let ordinary = self.lists.is_ordinary(word);
        if !token.capital || self.shouted {
            return self.in_lower_case(at, ordinary, first || last);
        }
        if token.capitals && (word.len() < 4 || (word.len() < 6 && (ordinary || !first))) {
            // An abbreviation.
            return false;
        }
        match (ordinary, token.opens) {
            (false, false) => true,
            (false, true) => {
                first || last || !self.lists.opens_misspelt(word) || self.before_name(at) || self.does(at)
            }
            (true, false) => first || (last && self.before_name(at)) || self.is_met(at),
            (true, true) => {
                let name = first && (!self.lists.openers.contains(word) || self.before_name(at));
                name || (!self.lists.begin.contains(word) && (self.before_unknown(at) || self.acts(at)))
            }
        }
    }

    /// Whether a word is one of those that people and bodies are called by, and no name.
    fn is_nobody(&self, word: &str) -> bool {
        let Lists { proper, relations, bodies, .. } = self.lists;
        proper.contains(word) || relations.contains(word) || bodies.contains(word)
    }

    /// Whether a word with a capital stands by itself after a word that stands before people.
    fn is_met(&self, at: usize) -> bool {
        let capital = |at: usize| {
            self.token(at).is_some_and(|t| t.capital && self.lists.is_ordinary(self.tokens.word(at)))
        };
        let alone =
            !(self.tokens.follows(at + 1) && capital(at + 1)) && self.token(at).is_some_and(|t| !t.capitals);
        (alone || self.before_name(at))
            && self.tokens.follows(at)
            && MET.contains(&self.tokens.whole(at.wrapping_sub(1)))
    }

    /// Whether a word with a capital follows that is no ordinary one.
    fn before_unknown(&self, at: usize) -> bool {
        let follows = self.token(at + 1).is_some_and(|next| next.capital && !next.capitals);
        follows && self.before_name(at) && !self.lists.is_ordinary(self.tokens.word(at + 1))
    }

    /// Whether what follows is done by people.
    fn acts(&self, at: usize) -> bool {
        self.tokens.follows(at + 1) && DOES.contains(&self.tokens.whole(at + 1))
    }

    /// Whether something is said of it that is said of people: what they own or do.
    fn does(&self, at: usize) -> bool {
        self.tokens.word(at).len() < self.tokens.whole(at).len() || self.acts(at)
    }

    /// Whether the two words before are such as stand before names: "spoke to", "message from".
    fn is_spoken_to(&self, at: usize) -> bool {
        let (cue, before) = (self.tokens.whole(at.wrapping_sub(1)), self.tokens.whole(at.wrapping_sub(2)));
        at > 1 && self.tokens.follows(at) && CUES.contains(&cue) && SPOKE.contains(&before)
    }

    /// Whether what follows is written like a surname.
    fn before_name(&self, at: usize) -> bool {
        self.token(at + 1).is_some_and(|next| {
            let word = self.tokens.word(at + 1);
            self.tokens.follows(at + 1)
                && next.capital
                && next.class == Class::Word
                && !(next.capitals && word.len() < 6)
                && !self.lists.proper.contains(word)
                && (!self.lists.is_ordinary(word) || self.lists.last.contains(word))
        })
    }

    /// A name in lower case.
    fn in_lower_case(&self, at: usize, ordinary: bool, listed: bool) -> bool {
        let word = self.tokens.word(at);
        if ordinary || word.len() < 3 {
            return false;
        }
        let cue = self.tokens.whole(at.wrapping_sub(1));
        let near = at > 0 && self.tokens.follows(at);
        let spoken = self.is_spoken_to(at)
            || (near && CUES.contains(&cue) && self.lists.relations.contains(cue))
            || (near && WHO.contains(&cue));
        let named = near && matches!(cue, "called" | "named");
        if listed {
            return word.len() > 3 || spoken || named;
        }
        // Unknown, and not an ordinary word misspelt. Who begins a sentence with a small letter, where others have a capital, hardly
        // thought of a word.
        let opens =
            !self.shouted && self.capitals && self.token(at).is_some_and(|t| t.opens) && word.len() > 4;
        (spoken || named || opens || self.unknown_pair(at)) && !self.lists.is_misspelt(word)
    }

    /// Two unknown words one after the other, which hardly both are misspelt.
    fn unknown_pair(&self, at: usize) -> bool {
        let unknown = |at: usize| {
            let word = self.tokens.word(at);
            word.len() > 4
                && !self.lists.is_ordinary(word)
                && !self.lists.proper.contains(word)
                && !self.lists.is_misspelt(word)
        };
        self.tokens.follows(at + 1) && unknown(at) && unknown(at + 1)
    }

    /// One past the last word that belongs to a name whose first words end before `at`.
    fn rest(&self, from: usize) -> usize {
        let mut at = from;
        while at < from + 4 {
            let particle = PARTICLES.contains(&self.tokens.whole(at));
            if !(self.belongs(at) || (particle && self.tokens.follows(at) && self.after_particle(at))) {
                break;
            }
            at += 1;
        }
        at
    }

    /// Whether a small word is followed by another, or by a word with a capital.
    fn after_particle(&self, at: usize) -> bool {
        let next = self.token(at + 1).is_some_and(|t| t.capital)
            && !self.lists.proper.contains(self.tokens.word(at + 1));
        self.tokens.follows(at + 1) && (next || PARTICLES.contains(&self.tokens.whole(at + 1)))
    }

    /// Whether a word goes on with a name.
    fn belongs(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        let word = self.tokens.word(at);
        let initial = self.tokens.gap(at) == ". "
            && self.token(at.wrapping_sub(1)).is_some_and(|t| t.end - t.start == 1);
        if !(self.tokens.follows(at) || initial)
            || token.class != Class::Word
            || self.lists.proper.contains(word)
        {
            return false;
        }
        let ordinary = self.lists.is_ordinary(word);
        let listed = self.lists.first.contains(word) || self.lists.last.contains(word);
        if token.capital && !self.shouted {
            let short = token.capitals && word.len() < 4;
            // One ordinary word with a capital may be a surname; of several, "Primary Care Team" for one, none is.
            let alone = !self.token(at + 1).is_some_and(|next| {
                next.capital
                    && self.tokens.follows(at + 1)
                    && self.lists.is_ordinary(self.tokens.word(at + 1))
            });
            let body = self.lists.bodies.contains(word) && !(listed && alone);
            return !short && !body && !self.lists.relations.contains(word) && (!ordinary || listed || alone);
        }
        !ordinary && (listed || (word.len() > 4 && !self.lists.is_misspelt(word)))
    }
}
