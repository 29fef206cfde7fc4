//! Numbers that belong to one person, by their form.

use super::tokens::{Class, Tokens};
use super::{Found, Kind};
use crate::ingest::is_nhs;

/// Words before a number that say that it names a case or a report.
const CASE: [&str; 24] = [
    "case",
    "court",
    "claim",
    "crime",
    "incident",
    "log",
    "urn",
    "ref",
    "reference",
    "occurrence",
    "lcs",
    "mosaic",
    "liquidlogic",
    "careplan",
    "id",
    "passport",
    "niche",
    "cad",
    "custody",
    "warrant",
    "order",
    "file",
    "visa",
    "arc",
];
/// Words that may stand between these and the number.
const BETWEEN: [&str; 5] = ["no", "number", "num", "ref", "id"];

/// E-mail addresses and addresses of pages.
pub(super) fn links(lower: &str) -> Vec<Found> {
    let mut out = Vec::new();
    let ends = |from: usize, more: &[char]| {
        let rest = lower.get(from..).unwrap_or_default();
        let stop = rest.find(|c: char| !c.is_alphanumeric() && !more.contains(&c));
        let text = rest.get(..stop.unwrap_or(rest.len())).unwrap_or_default();
        from + text.trim_end_matches(['.', ',', '-', ')']).len()
    };
    for (at, _) in lower.match_indices('@') {
        let before = lower.get(..at).unwrap_or_default();
        let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'');
        let start =
            before.len() - before.chars().rev().take_while(|c| local(*c)).map(char::len_utf8).sum::<usize>();
        let end = ends(at + 1, &['.', '-']);
        let domain = lower.get(at + 1..end).unwrap_or_default();
        if start < at && domain.contains('.') {
            out.push(Found { start, end, kind: Kind::Email });
        }
    }
    for begin in ["http://", "https://", "www."] {
        for (start, _) in lower.match_indices(begin) {
            let free = !out.iter().any(|f| (f.start..f.end).contains(&start));
            if free {
                let more = ['.', '-', '/', ':', '_', '?', '=', '&', '%', '#', '~', '+'];
                out.push(Found { start, end: ends(start, &more), kind: Kind::Url });
            }
        }
    }
    out
}

/// A number that begins at a token: one past its last token, and what it is.
pub(super) fn find(tokens: &Tokens, at: usize) -> Option<(usize, Kind)> {
    let token = tokens.list.get(at)?;
    let with = |kind| move |end| (end, kind);
    match token.class {
        Class::Word => ni(tokens, at).map(with(Kind::NiNumber)),
        Class::Mixed => upn(tokens, at)
            .map(with(Kind::Upn))
            .or_else(|| ni(tokens, at).map(with(Kind::NiNumber)))
            .or_else(|| postcode(tokens, at).map(with(Kind::Postcode)))
            .or_else(|| case(tokens, at).map(with(Kind::Reference))),
        Class::Digits => nhs(tokens, at)
            .map(with(Kind::NhsNumber))
            .or_else(|| telephone(tokens, at).map(with(Kind::Telephone)))
            .or_else(|| case(tokens, at).map(with(Kind::Reference))),
    }
}

/// Groups of digits with a blank, a line break, a hyphen or brackets between them, from a token on: after each group, one past its token
/// and all digits so far, while there are at most `most`.
fn digits(tokens: &Tokens, from: usize, most: usize) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut so_far = String::new();
    for (at, token) in tokens.list.iter().enumerate().skip(from) {
        let near = at == from || matches!(tokens.gap(at), " " | "\n" | "-" | ") " | ")" | " (" | " - ");
        let whole = tokens.whole(at);
        if token.class != Class::Digits || !near || so_far.len() + whole.len() > most || !whole.is_ascii() {
            break;
        }
        so_far.push_str(whole);
        out.push((at + 1, so_far.clone()));
    }
    out
}

fn nhs(tokens: &Tokens, at: usize) -> Option<usize> {
    let groups = digits(tokens, at, 10);
    let (end, number) = groups.iter().find(|(_, number)| number.len() == 10)?;
    let named = tokens.is_after(at, 5, &["nhs"]);
    let alone = groups.len() == 1 || groups.first().is_some_and(|(_, first)| first.len() == 3);
    (named || (alone && !number.starts_with('0') && is_nhs(number))).then_some(*end)
}

fn telephone(tokens: &Tokens, at: usize) -> Option<usize> {
    let groups = digits(tokens, at, 14);
    let abroad = tokens.gap(at).ends_with('+');
    let fits = |number: &str| match number.len() {
        10 | 11 => number.starts_with('0') && !number.starts_with("00"),
        12 => abroad && number.starts_with("44"),
        13 | 14 => number.starts_with("0044") || (abroad && number.starts_with("440")),
        _ => false,
    };
    let found = groups.iter().rev().find(|(_, number)| fits(number)).map(|(end, _)| *end);
    let called = || {
        let words = ["tel", "telephone", "phone", "mobile", "mob", "landline", "ring", "call"];
        let (end, number) = groups.last()?;
        (number.len() >= 6 && tokens.is_after(at, 3, &words)).then_some(*end)
    };
    found.or_else(called)
}

/// One letter, 11 digits, and a digit or letter; also one that is a little wrong after the words for it.
fn upn(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.whole(at).as_bytes();
    let letter = |place: usize| word.get(place).is_some_and(u8::is_ascii_alphabetic);
    let numbers = word.iter().skip(1).take(11).filter(|b| b.is_ascii_digit()).count();
    let exact = word.len() == 13 && letter(0) && numbers == 11;
    let named = tokens.is_after(at, 4, &["upn", "pupil"]) && word.len() >= 11 && numbers >= 9;
    (exact || named).then_some(at + 1)
}

/// Two letters, six digits and a letter from A to D, in up to five groups.
fn ni(tokens: &Tokens, at: usize) -> Option<usize> {
    let mut so_far = String::new();
    for next in at..(at + 5).min(tokens.list.len()) {
        if next > at && !tokens.follows(next) {
            return None;
        }
        so_far.push_str(tokens.whole(next));
        let bytes = so_far.as_bytes();
        let fits = bytes.iter().enumerate().all(|(place, byte)| match place {
            0 | 1 => byte.is_ascii_alphabetic(),
            2..=7 => byte.is_ascii_digit(),
            8 => (b'a'..=b'd').contains(byte),
            _ => false,
        });
        if !fits {
            return None;
        }
        if bytes.len() == 9 {
            return Some(next + 1);
        }
    }
    None
}

/// The outward part of a postcode: one or two letters, a digit, and a digit or letter or nothing.
fn is_outward(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = word.as_bytes().get(letters..).unwrap_or_default();
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.first().is_some_and(u8::is_ascii_digit)
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [a, b, c] if a.is_ascii_digit() && b.is_ascii_alphabetic() && c.is_ascii_alphabetic())
}

pub(super) fn postcode(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.whole(at);
    if is_outward(word) && tokens.follows(at + 1) && is_inward(tokens.whole(at + 1)) {
        return Some(at + 2);
    }
    let cut = word.len().checked_sub(3)?;
    let (outward, inward) = (word.get(..cut)?, word.get(cut..)?);
    (is_outward(outward) && is_inward(inward)).then_some(at + 1)
}

/// A number after words for a case or report, the number of a family court, or any of six digits and more.
fn case(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.whole(at);
    let count = word.bytes().filter(u8::is_ascii_digit).count();
    // "0215hrs" is a time of day.
    if ["hrs", "hr", "am", "pm"].iter().any(|end| word.ends_with(end)) {
        return None;
    }
    let bytes = word.as_bytes();
    let court = bytes.len() == 10
        && [0, 1, 4].iter().all(|place| bytes.get(*place).is_some_and(u8::is_ascii_alphabetic))
        && count == 7;
    let mut before = at;
    while before > 0 && (before == at || BETWEEN.contains(&tokens.whole(before))) {
        before -= 1;
    }
    // "AB/12345/21" is one number.
    let (mut end, mut digits) = (at + 1, count);
    while end < tokens.list.len() && matches!(tokens.gap(end), "/" | "-") {
        digits += tokens.whole(end).bytes().filter(u8::is_ascii_digit).count();
        end += 1;
    }
    let named = before < at && CASE.contains(&tokens.whole(before)) && digits >= 3 && at - before <= 3;
    if !(court || named || count >= 6) {
        return None;
    }
    Some(end)
}
