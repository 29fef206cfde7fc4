//! Histories written as a few lines of text, for tests that read as sentences.
//!
//! A line is `child ID [born YYYY-MM-DD] [home N] [from DATE] [to DATE] [left DATE REASON]` or
//! `ID DATE KIND [CODE] [eN] [known DATE]`; blank lines and lines that start with `#` are skipped.

use rerefer::history::{Children, Event, Events, History, NO_CODE, NO_EPISODE, Source};
use rerefer::num::Day;
use rerefer::schema::{Kind, codes};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("not a date: {text}"))
}

/// Reads a story. Children default to being observed from 2015-04-01 to 2024-03-31, each in a household of its own.
pub(crate) fn story(text: &str) -> History {
    let (mut children, mut events, mut homes) = (Children::default(), Events::default(), Vec::new());
    let lines = || text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    for line in lines().filter(|l| l.starts_with("child ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |key: &str| words.iter().position(|w| *w == key).map(|i| words[i + 1]);
        children.id.push(words[1].parse().unwrap());
        children.birth_month.push(after("born").map(|d| day(d).first_of_month()));
        children.sex.push(after("sex").map_or(NO_CODE, |c| codes::SEX.find(c).unwrap()));
        children.ethnicity.push(after("ethnicity").map_or(NO_CODE, |c| codes::ETHNICITY.find(c).unwrap()));
        children
            .disabilities
            .push(after("disability").map_or(0, |c| 1 << codes::DISABILITY.find(c).unwrap()));
        children.authority.push(0);
        children.observed_from.push(after("from").map_or(day("2015-04-01"), day));
        children.observed_to.push(after("to").map_or(day("2024-03-31"), day));
        children.left_on.push(after("left").map(day));
        let reason = words.iter().position(|w| *w == "left").map(|i| words[i + 2]);
        children.left_reason.push(reason.map_or(NO_CODE, |r| codes::LEFT.find(r).unwrap()));
        homes.push(after("home").map(|h| h.parse::<u32>().unwrap()));
    }
    let households = homes.iter().any(Option::is_some);
    children.household = (0..).zip(&homes).map(|(i, h)| h.unwrap_or(1000 + i)).collect();
    let mut all = children.household.clone();
    all.sort_unstable();
    all.dedup();
    for home in &mut children.household {
        *home = u32::try_from(all.binary_search(home).unwrap()).unwrap();
    }
    for line in lines().filter(|l| !l.starts_with("child ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let child = children.id.iter().position(|i| *i == words[0].parse::<i64>().unwrap()).unwrap();
        let kind = Kind::find(words[2]).unwrap_or_else(|| panic!("not a kind: {line}"));
        let rest = &words[3..];
        let known = rest.iter().position(|w| *w == "known").map(|i| day(rest[i + 1]));
        let episode =
            rest.iter().find(|w| w.starts_with('e')).map_or(NO_EPISODE, |w| w[1..].parse().unwrap());
        let code =
            kind.spec().codes.and_then(|list| rest.iter().find_map(|w| list.find(w))).unwrap_or(NO_CODE);
        events.push(Event {
            child: u32::try_from(child).unwrap(),
            date: day(words[1]),
            known_on: known.unwrap_or_else(|| day(words[1])),
            kind,
            code,
            episode,
        });
    }
    let source = Source { format: "native".to_owned(), households, ..Source::default() };
    History::new(children, events, vec!["A".to_owned()], source)
}
