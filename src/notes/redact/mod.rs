//! Takes out of a text what names or finds a person, before anything is stored.
//!
//! In: text. Out: the text with a typed token such as `[NAME]` in the place of every name, number, address and full date found, and
//! how many there were of each kind. Numbers are known by their form ([`numbers`]), names by lists and by how they are written
//! ([`names`]): a capital in the middle of a sentence, no ordinary word, a title before it. No such rules find everything: what
//! they miss is measured on made-up identifiers, and a text that went through is still personal data.

mod address;
mod dates;
mod lists;
mod names;
mod numbers;
#[cfg(test)]
mod tests;
mod tokens;

use tokens::Tokens;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Names of people, and of places that look like them.
    Name,
    /// NHS number, by its check digit or the words before it.
    NhsNumber,
    /// Unique pupil number.
    Upn,
    /// National Insurance number.
    NiNumber,
    /// Postcode.
    Postcode,
    /// Telephone number.
    Telephone,
    /// E-mail address.
    Email,
    /// Date of birth.
    DateOfBirth,
    /// Any other full date.
    Date,
    /// House and street.
    Address,
    /// Number of a case, a court or a report, and any long number.
    Reference,
    /// Address of a page.
    Url,
}

impl Kind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::NhsNumber,
        Self::Upn,
        Self::NiNumber,
        Self::Postcode,
        Self::Telephone,
        Self::Email,
        Self::DateOfBirth,
        Self::Date,
        Self::Address,
        Self::Reference,
        Self::Url,
    ];

    /// How it is called in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::NhsNumber => "nhs-number",
            Self::Upn => "upn",
            Self::NiNumber => "ni-number",
            Self::Postcode => "postcode",
            Self::Telephone => "telephone",
            Self::Email => "email",
            Self::DateOfBirth => "date-of-birth",
            Self::Date => "date",
            Self::Address => "address",
            Self::Reference => "reference",
            Self::Url => "url",
        }
    }

    /// What stands in its place.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Name => "[NAME]",
            Self::NhsNumber => "[NHS]",
            Self::Upn => "[UPN]",
            Self::NiNumber => "[NI]",
            Self::Postcode => "[POSTCODE]",
            Self::Telephone => "[PHONE]",
            Self::Email => "[EMAIL]",
            Self::DateOfBirth => "[BIRTH]",
            Self::Date => "[DATE]",
            Self::Address => "[ADDRESS]",
            Self::Reference => "[REF]",
            Self::Url => "[URL]",
        }
    }
}

/// Bytes `start..end` of a text, and what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// Everything found in a text, in order and apart.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let tokens = Tokens::of(text);
    let mut found = numbers::links(&tokens.lower);
    let mut at = 0;
    while let Some(token) = tokens.list.get(at) {
        if is_covered(&found, token.start) {
            at += 1;
            continue;
        }
        match number(&tokens, at) {
            Some((first, end, kind)) => {
                let start = tokens.list.get(first).map_or(token.start, |t| t.start);
                let last = tokens.list.get(end.saturating_sub(1)).map_or(token.end, |t| t.end);
                found.push(Found { start, end: last, kind });
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    found.sort_by_key(|f| f.start);
    names::find(&tokens, &mut found);
    found.sort_by_key(|f| (f.start, f.end));
    // Where two lie over each other, the one that began first goes on to the end of both.
    let mut apart: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match apart.last_mut() {
            Some(last) if next.start < last.end => last.end = last.end.max(next.end),
            _ => apart.push(next),
        }
    }
    apart
}

/// A number, date or address that begins at a token: its first token, one past its last, and what it is.
fn number(tokens: &Tokens, at: usize) -> Option<(usize, usize, Kind)> {
    let plain = |found: Option<(usize, Kind)>| found.map(|(end, kind)| (at, end, kind));
    plain(address::find(tokens, at))
        .or_else(|| plain(dates::find(tokens, at)))
        .or_else(|| plain(numbers::find(tokens, at)))
}

fn is_covered(found: &[Found], at: usize) -> bool {
    found.iter().any(|f| (f.start..f.end).contains(&at))
}

/// How often a text is gone through at most.
const PASSES: usize = 4;

/// The text with a token in the place of everything found, and the kinds of what was found. It is gone through until nothing more is
/// found, since what was taken out can change how its neighbours read.
#[must_use]
pub fn redact(text: &str) -> (String, Vec<Kind>) {
    let mut kinds = Vec::new();
    let mut text = text.to_owned();
    for _ in 0..PASSES {
        let found = find(&text);
        if found.is_empty() {
            break;
        }
        kinds.extend(found.iter().map(|f| f.kind));
        text = replaced(&text, &found);
    }
    (text, kinds)
}

fn replaced(text: &str, found: &[Found]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for f in found {
        out.push_str(text.get(last..f.start).unwrap_or_default());
        out.push_str(f.kind.token());
        last = f.end;
    }
    out.push_str(text.get(last..).unwrap_or_default());
    out
}
