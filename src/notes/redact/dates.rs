//! Full dates, and those of birth among them.

use super::Kind;
use super::tokens::{Class, Tokens};

const MONTHS: [&str; 23] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
];

fn is_month(word: &str) -> bool {
    MONTHS.contains(&word) || word == "dec"
}

fn number(word: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    bare.parse().ok()
}

fn is_day(word: &str) -> bool {
    number(word).is_some_and(|day| (1..=31).contains(&day))
}

/// Two digits or four, and no year of another age.
fn is_year(word: &str) -> bool {
    match (word.len(), word.parse::<u32>()) {
        (2, Ok(_)) => true,
        (4, Ok(year)) => (1900..2100).contains(&year),
        _ => false,
    }
}

/// A date that begins at a token: one past its last token, and whether it is of a birth.
pub(super) fn find(tokens: &Tokens, at: usize) -> Option<(usize, Kind)> {
    let token = tokens.list.get(at)?;
    let word = |place: usize| tokens.whole(at + place);
    let birth = born(tokens, at);
    let kind = if birth { Kind::DateOfBirth } else { Kind::Date };
    if token.class == Class::Word {
        // "May 3rd, 2012"
        let named = is_month(tokens.whole(at)) && tokens.follows(at + 1) && is_day(word(1));
        let year = matches!(tokens.gap(at + 2), " " | ", " | "\n") && is_year(word(2)) && word(2).len() == 4;
        return match (named, year) {
            (true, true) => Some((at + 3, kind)),
            (true, false) if birth => Some((at + 2, kind)),
            _ => None,
        };
    }
    let numeric = ["/", ".", "-", "\u{2013}"]
        .iter()
        .any(|sign| tokens.gap(at + 1).trim() == *sign && tokens.gap(at + 2).trim() == *sign);
    if numeric && tokens.list.get(at + 2).is_some() {
        let month = |word: &str| number(word).is_some_and(|m| (1..=12).contains(&m)) || is_month(word);
        let british = is_day(word(0)) && month(word(1)) && is_year(word(2));
        let american = month(word(0)) && is_day(word(1)) && is_year(word(2));
        let sorted = word(0).len() == 4 && is_year(word(0)) && month(word(1)) && is_day(word(2));
        if british || american || sorted {
            return Some((at + 3, kind));
        }
    }
    let of = usize::from(word(1) == "of");
    let near = |place: usize| matches!(tokens.gap(at + place), " " | "\n" | "-" | ", ");
    if is_day(word(0)) && near(1) && is_month(word(1 + of)) && near(1 + of) {
        return match near(2 + of) && is_year(word(2 + of)) {
            true => Some((at + 3 + of, kind)),
            false if birth => Some((at + 2 + of, kind)),
            false => None,
        };
    }
    None
}

/// Whether the words before speak of a birth.
fn born(tokens: &Tokens, at: usize) -> bool {
    tokens.is_after(at, 5, &["born", "dob", "birth", "birthday", "d.o.b", "birthdate"])
        || (at >= 3
            && [3, 2, 1].iter().zip(["d", "o", "b"]).all(|(back, word)| tokens.whole(at - back) == word))
}
