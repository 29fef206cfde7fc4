//! House and street.

use super::Kind;
use super::lists::Lists;
use super::numbers::postcode;
use super::tokens::{Class, Tokens};

const STREETS: [&str; 35] = [
    "road", "street", "lane", "close", "way", "row", "avenue", "drive", "court", "gardens", "terrace",
    "crescent", "place", "hill", "grove", "walk", "square", "mews", "park", "rise", "rd", "st", "ave",
    "view", "green", "parade", "passage", "yard", "grange", "wharf", "quay", "villas", "cottages", "house",
    "croft",
];
/// Those that hardly stand after a number and a word in lower case but as a street.
const SURE: [&str; 12] = [
    "road", "street", "lane", "avenue", "terrace", "crescent", "gardens", "grove", "mews", "rd", "ave",
    "drive",
];
/// Words before the street type.
const LONGEST: usize = 4;

/// An address that begins at a token: one past its last token.
pub(super) fn find(tokens: &Tokens, at: usize) -> Option<(usize, Kind)> {
    let end = street(tokens, at).or_else(|| flat(tokens, at))?;
    Some((town(tokens, end), Kind::Address))
}

fn is_house_number(tokens: &Tokens, at: usize) -> bool {
    let word = tokens.whole(at);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (1..=4).contains(&digits) && word.len() - digits <= 1
}

/// "12 Old Quarry Lane" or "Old Quarry Lane".
fn street(tokens: &Tokens, at: usize) -> Option<usize> {
    let lists = Lists::get();
    let first = tokens.list.get(at)?;
    let numbered = first.class != Class::Word;
    if numbered && !is_house_number(tokens, at) {
        return None;
    }
    if !numbered && (!first.capital || first.opens) {
        return None;
    }
    let from = at + usize::from(numbered);
    for place in from..(from + LONGEST + 1).min(tokens.list.len()) {
        let near = place == at
            || tokens.follows(place)
            || (place == from && matches!(tokens.gap(place), ", " | ","));
        let token = tokens.list.get(place)?;
        if !near || token.class != Class::Word {
            return None;
        }
        let word = tokens.whole(place);
        if place > from {
            let named = tokens.list.get(from..place)?.iter().all(|t| t.capital);
            let strange = (from..place).any(|at| !lists.is_ordinary(tokens.word(at)));
            let street = SURE.contains(&word) || (STREETS.contains(&word) && (numbered || strange));
            let fits = street && named && token.capital;
            if fits || (numbered && SURE.contains(&word) && lower(tokens, from, place)) {
                return Some(place + 1);
            }
        }
    }
    None
}

/// Whether the words of a street in lower case could be a name: "in 2 different road" is none.
fn lower(tokens: &Tokens, from: usize, to: usize) -> bool {
    let lists = Lists::get();
    (from..to).any(|at| !lists.is_ordinary(tokens.word(at)) || lists.last.contains(tokens.word(at)))
        || tokens.is_after(from, 4, &["at", "address", "lives", "living", "staying", "to", "of"])
}

/// "Flat 3, 12 Heron Close": the flat with what follows.
fn flat(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.whole(at);
    let named = ["flat", "apartment", "unit", "room"].contains(&word)
        && tokens.follows(at + 1)
        && is_house_number(tokens, at + 1);
    if !named {
        return None;
    }
    (at + 2..(at + 6).min(tokens.list.len()))
        .take_while(|next| matches!(tokens.gap(*next).trim(), "" | ","))
        .find_map(|next| street(tokens, next))
}

/// After the street: the town, and the postcode wherever it ends.
fn town(tokens: &Tokens, end: usize) -> usize {
    let mut last = end;
    for at in end..(end + 6).min(tokens.list.len()) {
        let Some(token) = tokens.list.get(at) else { break };
        if !matches!(tokens.gap(at).trim(), "" | ",") {
            break;
        }
        if let Some(end) = postcode(tokens, at) {
            return end;
        }
        // A town is written with a capital after a comma, or before a postcode.
        let strange =
            !Lists::get().is_ordinary(tokens.word(at)) && !Lists::get().relations.contains(tokens.word(at));
        if token.capital && strange && (tokens.gap(at).contains(',') || last > end) {
            last = at + 1;
        }
    }
    last
}
