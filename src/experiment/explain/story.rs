//! One case told in full: every fact as a model was given it, and, of a simulated child, what is on record with its days.
//!
//! What a model was given is asked of the same rules that features are built by: `known_on` before the prediction point, and facts
//! of the day itself that are admitted by name.

use super::super::Experiment;
use crate::cohort::IndexRow;
use crate::explain::story::{
    Age, Fact, Given, Known, OfOther, Other, Person, Referrer, Said, Span, Story, Told,
};
use crate::features::Matrix;
use crate::features::as_of::admitted;
use crate::features::dictionary::Topic;
use crate::features::series::OF_SIBLINGS;
use crate::features::source_group::SourceGroup;
use crate::history::{Event, History};
use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::{SEX, SOURCE};
use ndarray::ArrayView1;
use std::collections::{BTreeMap, BTreeSet};

/// Every fact of row `row` of the matrix, by part of the records; `pushes` has what each feature adds, in the same order.
pub(in crate::experiment) fn given(matrix: &Matrix, row: usize, pushes: ArrayView1<'_, f64>) -> Vec<Given> {
    let mut parts: BTreeMap<SourceGroup, Given> = BTreeMap::new();
    for ((feature, value), push) in matrix.features.iter().zip(matrix.row(row)).zip(pushes) {
        let part = parts.entry(feature.group).or_insert_with(|| Given {
            label: feature.group.label().to_owned(),
            words: feature.group.words().to_owned(),
            push: 0.0,
            facts: Vec::new(),
        });
        part.push += push;
        let value = (!value.is_nan()).then(|| f64::from(*value));
        let (key, words) = feature.event();
        if key == feature.id {
            let level = value.and_then(|v| feature.levels.get(v as usize));
            let said = match (level, value) {
                (Some(level), _) => Said::Level(level.clone()),
                (None, Some(value)) => Said::Value(value),
                (None, None) => Said::Missing,
            };
            part.facts.push(Fact { id: key.to_owned(), words, said });
            continue;
        }
        let at = part.facts.iter().position(|f| f.id == key).unwrap_or(part.facts.len());
        if at == part.facts.len() {
            let said = Said::Times { ever: 0.0, since: None, windows: Vec::new() };
            part.facts.push(Fact { id: key.to_owned(), words, said });
        }
        if let Said::Times { ever, since, windows } = &mut part.facts[at].said {
            match feature.id[key.len()..].strip_prefix("_n") {
                Some("_ever") => *ever = value.unwrap_or(0.0),
                Some(days) => windows.extend(days.parse::<i32>().ok().map(|days| (days, value))),
                None => *since = value,
            }
        }
    }
    parts.into_values().collect()
}

/// What is on record of the child of an index row, which must be simulated; nothing where the history does not hold the child.
pub(super) fn story(history: &History, experiment: &Experiment, row: &IndexRow) -> Option<Story> {
    let (children, child) = (&history.children, row.child as usize);
    children.id.get(child)?;
    let now: BTreeSet<usize> = admitted(history, row, experiment.cohort.point).collect();
    let used = |topic: Topic| !experiment.leave_out.contains(&topic);
    let known = |i: usize, own: bool| {
        let (date, known_on) = (history.events.date[i], history.events.known_on[i]);
        let topic = if own { Topic::History } else { Topic::Household };
        match () {
            () if known_on < row.predict_on => {
                if used(topic) {
                    Known::Before
                } else {
                    Known::LeftOut
                }
            }
            () if own && now.contains(&i) => {
                if used(Topic::Episode) {
                    Known::OnTheDay
                } else {
                    Known::LeftOut
                }
            }
            () if date <= row.predict_on => Known::NotYet,
            () => Known::Later,
        }
    };
    let range = history.events_of(child);
    let events: Vec<Told> = range.clone().map(|i| told(&history.events.get(i), known(i, true))).collect();
    let own: Vec<Event> = range.clone().map(|i| history.events.get(i)).collect();
    let referrers = referrers(&own, &events);
    let household_given = history.source.households && used(Topic::Household);
    let other = |other: usize| Other {
        person: person(history, other, row.predict_on),
        known: history.events_of(other).any(|i| history.events.known_on[i] < row.predict_on),
        events: history
            .events_of(other)
            .map(|i| {
                let event = history.events.get(i);
                let known = known(i, false);
                let counted = known.is_given() && household_given && OF_SIBLINGS.contains(&event.kind);
                let ago = row.predict_on.0 - event.date.0;
                let window = experiment.windows.iter().copied().find(|w| ago <= *w);
                OfOther { told: told(&event, known), counted, window: window.filter(|_| counted) }
            })
            .collect(),
    };
    Some(Story {
        referral: row.referral,
        on: row.predict_on,
        until: row.complete_on,
        observed_from: children.observed_from[child],
        person: person(history, child, row.predict_on),
        authority: history
            .authorities
            .get(usize::from(children.authority[child]))
            .cloned()
            .unwrap_or_default(),
        spans: spans(&own),
        events,
        referrers,
        households: history.source.households,
        household_given,
        others: others(history, child).into_iter().map(other).collect(),
    })
}

/// The other children of a child's household, the oldest first; those without a month of birth last.
fn others(history: &History, child: usize) -> Vec<usize> {
    if !history.source.households {
        return Vec::new();
    }
    let children = &history.children;
    let home = children.household[child];
    let mut out: Vec<usize> =
        (0..children.len()).filter(|&c| c != child && children.household[c] == home).collect();
    out.sort_by_key(|&c| (children.birth_month[c].map_or(i32::MAX, |born| born.0), c));
    out
}

fn person(history: &History, child: usize, on: Day) -> Person {
    let age = match history.children.birth_month[child] {
        None => Age::NotRecorded,
        Some(born) if born > on => Age::Unborn,
        Some(born) => Age::Years((1..=120).take_while(|years| born.plus_years(*years) <= on).count() as u32),
    };
    let sex = SEX.get(history.children.sex[child]).filter(|sex| sex.group != "unknown");
    Person { age, sex: sex.map(|sex| sex.meaning.to_lowercase()) }
}

fn told(event: &Event, known: Known) -> Told {
    let spec = event.kind.spec();
    Told {
        date: event.date,
        known_on: event.known_on,
        kind: spec.name.to_owned(),
        what: spec.meaning.split(';').next().unwrap_or_default().to_owned(),
        code: spec.codes.and_then(|list| list.get(event.code)).map(|code| code.meaning.to_owned()),
        known,
    }
}

/// Who made the referrals, in the order of the list of sources.
fn referrers(own: &[Event], told: &[Told]) -> Vec<Referrer> {
    let place = |group: &str| SOURCE.groups().iter().position(|g| *g == group);
    let mut out: BTreeMap<Option<usize>, Referrer> = BTreeMap::new();
    for (event, told) in own.iter().zip(told).filter(|(event, _)| event.kind == Kind::Referral) {
        let group = SOURCE.get(event.code).map_or("unknown", |code| code.group);
        let of = out.entry(place(group)).or_insert_with(|| Referrer {
            group: group.to_owned(),
            now: 0,
            before: 0,
            not_given: 0,
        });
        *match told.known {
            Known::OnTheDay => &mut of.now,
            Known::Before => &mut of.before,
            Known::LeftOut | Known::NotYet | Known::Later => &mut of.not_given,
        } += 1;
    }
    out.into_values().collect()
}

/// What starts a spell, and what ends it, the first of these that is on record.
const SPELLS: [(Kind, &[Kind]); 6] = [
    (Kind::EarlyHelpStart, &[Kind::EarlyHelpEnd]),
    (Kind::Referral, &[Kind::Closure, Kind::ReferralNfa]),
    (Kind::AssessmentStart, &[Kind::AssessmentEnd]),
    (Kind::CinPlanStart, &[Kind::CinPlanEnd]),
    (Kind::CpStart, &[Kind::CpEnd]),
    (Kind::ClaStart, &[Kind::ClaEnd]),
];

/// Spells: each start with the first end of its episode that follows and ends no other.
fn spans(own: &[Event]) -> Vec<Span> {
    let mut out = Vec::new();
    for (starts, ends) in SPELLS {
        let mut taken = BTreeSet::new();
        for (start, event) in own.iter().enumerate().filter(|(_, event)| event.kind == starts) {
            let fits = |i: &usize, kind: Kind| {
                let end = &own[*i];
                end.kind == kind
                    && end.episode == event.episode
                    && end.date >= event.date
                    && !taken.contains(i)
            };
            let end = ends.iter().find_map(|kind| (0..own.len()).find(|i| fits(i, *kind)));
            taken.extend(end);
            out.push(Span { start, end });
        }
    }
    out
}
