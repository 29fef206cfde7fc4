//! Stacked children as a history.

use std::collections::{BTreeMap, BTreeSet};

use super::super::native::NO_HOUSEHOLDS;
use super::episode::Episode;
use super::header::{Header, first_of_april};
use super::stack::Stacked;
use crate::history::{Children, Event, Events, History, NO_CODE, Source};
use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::{FACTOR, LEFT, leaves_by};

/// Makes the history of the children of files with these headers.
pub(super) fn history(stacked: &[Stacked], headers: &[&Header]) -> History {
    let mut years: BTreeMap<&str, BTreeSet<Day>> = BTreeMap::new();
    for header in headers {
        years.entry(&header.authority).or_default().insert(header.reference);
    }
    let mut remarks = vec![NO_HOUSEHOLDS.to_owned()];
    let observed: Vec<(&str, Observed)> =
        years.iter().map(|(name, years)| (*name, Observed::new(name, years, &mut remarks))).collect();
    let (mut children, mut events) = (Children::default(), Events::default());
    let mut episodes = 0_u32;
    for (child, number) in stacked.iter().zip(0_u32..) {
        let authority = observed.iter().position(|(name, _)| *name == child.authority).unwrap_or_default();
        let own = of_child(child, number, &mut episodes);
        let (left_on, left_reason) = left(child, &own);
        own.into_iter().for_each(|event| events.push(event));
        children.id.push(i64::from(number) + 1);
        children.birth_month.push(child.facts.birth_month);
        children.sex.push(child.facts.sex);
        children.ethnicity.push(child.facts.ethnicity);
        children.disabilities.push(child.facts.disabilities);
        children.household.push(number);
        children.authority.push(u16::try_from(authority).unwrap_or_default());
        children.observed_from.push(observed[authority].1.from);
        children.observed_to.push(observed[authority].1.to);
        children.left_on.push(left_on);
        children.left_reason.push(left_reason);
    }
    let census_years: BTreeSet<i32> = headers.iter().map(|h| h.reference.census_year()).collect();
    let source = Source {
        format: "cin-census".to_owned(),
        households: false,
        census_years: census_years.into_iter().collect(),
        remarks,
        dropped: Vec::new(),
    };
    let authorities = observed.iter().map(|(name, _)| (*name).to_owned()).collect();
    History::new(children, events, authorities, source)
}

/// From when to when an authority's files observe its children.
struct Observed {
    from: Day,
    to: Day,
}

impl Observed {
    /// From 1 April before the first reference date to the last one before a year is missing.
    fn new(authority: &str, references: &BTreeSet<Day>, remarks: &mut Vec<String>) -> Self {
        let mut to = references.first().copied().unwrap_or(Day(0));
        let from = first_of_april(to.census_year() - 1);
        for reference in references {
            let (last, year) = (to.census_year(), reference.census_year());
            if year > last + 1 {
                let missing = if year == last + 2 {
                    format!("the census of the year ending March {} is missing", last + 1)
                } else {
                    format!("the censuses of the years ending March {} to {} are missing", last + 1, year - 1)
                };
                remarks.push(format!(
                    "Authority {authority}: {missing}, so that observation ends on {to}; later files only add to what is \
                     known of earlier episodes."
                ));
                break;
            }
            to = *reference;
        }
        Self { from, to }
    }
}

/// The events of a child, its episodes numbered on from `episodes`.
fn of_child(child: &Stacked, number: u32, episodes: &mut u32) -> Vec<Event> {
    let mut order: Vec<&Episode> = child.episodes.iter().collect();
    order.sort_by_key(|e| e.referral);
    let mut events = Vec::new();
    for episode in order {
        *episodes += 1;
        let number = (number, *episodes);
        of_episode(episode, &mut |kind, date, known_on, code| {
            let (child, episode) = number;
            events.push(Event { child, date, known_on, kind, code, episode });
        });
    }
    events
}

fn of_episode(e: &Episode, push: &mut dyn FnMut(Kind, Day, Day, u8)) {
    let mut on_its_day = |kind, day: Option<Day>, code| {
        if let Some(day) = day {
            push(kind, day, day, code);
        }
    };
    on_its_day(Kind::Referral, Some(e.referral), e.source);
    let closed = e.closure.map(|(day, _)| day);
    if e.nfa {
        on_its_day(Kind::ReferralNfa, closed.or(Some(e.referral)), NO_CODE);
    }
    for a in &e.assessments {
        on_its_day(Kind::AssessmentStart, Some(a.start), NO_CODE);
        on_its_day(Kind::AssessmentEnd, a.end, NO_CODE);
        for place in (0_u8..64).filter(|place| a.factors >> place & 1 == 1 && FACTOR.get(*place).is_some()) {
            on_its_day(Kind::Factor, a.end, place);
        }
    }
    for s in &e.section47 {
        on_its_day(Kind::S47, s.start, NO_CODE);
    }
    for day in e.conferences() {
        on_its_day(Kind::Icpc, Some(day), NO_CODE);
    }
    for p in &e.plans {
        on_its_day(Kind::CinPlanStart, Some(p.start), NO_CODE);
        on_its_day(Kind::CinPlanEnd, p.end, NO_CODE);
    }
    for p in &e.protections {
        on_its_day(Kind::CpStart, Some(p.start), p.category);
        on_its_day(Kind::CpEnd, p.end, NO_CODE);
    }
    if let Some((day, reason)) = e.closure {
        on_its_day(Kind::Closure, Some(day), reason);
    }
    if e.need != NO_CODE {
        // The census holds the need as last recorded, so it counts as known only when an assessment has ended.
        let known = e.assessments.iter().filter_map(|a| a.end).min().or(closed).unwrap_or(e.seen);
        push(Kind::Need, e.referral, known, e.need);
    }
}

/// When and why a child left, by its death or by a closure after which nothing happened.
fn left(child: &Stacked, events: &[Event]) -> (Option<Day>, u8) {
    if let Some(death) = child.facts.death {
        return (Some(death), LEFT.find("died").unwrap_or(NO_CODE));
    }
    let last = events.iter().filter(|e| e.kind == Kind::Closure).max_by_key(|e| e.date);
    let Some(last) = last.filter(|last| {
        let later = |e: &Event| {
            e.date > last.date
                || (e.kind == Kind::Referral && e.date == last.date && e.episode != last.episode)
        };
        !events.iter().any(later)
    }) else {
        return (None, NO_CODE);
    };
    leaves_by(last.code).map_or((None, NO_CODE), |reason| (Some(last.date), reason))
}
