//! When something came: the spells of waiting that follow index referrals, with what ended each.
//!
//! In: [`History`] and a [`TimedDefinition`]. Out: a [`TimedCohort`]: one [`Spell`] a referral that can be asked about, and
//! the attrition table. Unlike the cohort of a yes-or-no question, none is left out because its follow-up is short: it is
//! followed as far as the records reach (censored there), and [`Spell::seen_before`] gives what was known of it on any
//! earlier day. A spell is ended by the first of: an event of the declared kinds; the child's leaving (death, adoption,
//! transfer, the 18th birthday); the end of the records.

use super::attrition::{self, AttritionRow};
use super::episodes::{self, Episode, Standing};
use super::label::{adult_on, first_outcome_day};
use super::rules::{self, Rule};
use super::{Clock, Definition, Index, IndexRow, Point, keep_first};
use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::LEFT;

/// The question "when", put to the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedDefinition {
    /// Which referrals.
    pub index: Index,
    /// When the prediction is made, and from when time is counted.
    pub point: Point,
    /// Kinds of event that end the waiting; the first is the one asked about. Cause `k` is the `k`-th of them, from 1.
    pub causes: Vec<Kind>,
    /// Whether referrals from before the records begin to be complete are asked about too, from the day the records begin.
    pub delayed_entry: bool,
}

impl TimedDefinition {
    /// The cause of every end by leaving: one more than there are kinds of event.
    #[must_use]
    pub fn leaving(&self) -> u8 {
        u8::try_from(self.causes.len() + 1).unwrap_or(u8::MAX)
    }

    /// The same question as the rules of the yes-or-no cohort understand it; its horizon stands for none.
    fn definition(&self) -> Definition {
        let clock = if self.point == Point::AtClosure { Clock::FromClosure } else { Clock::FromReferral };
        let outcome = self.causes.first().copied().unwrap_or(Kind::Referral);
        Definition { index: self.index, point: self.point, outcome, horizon_days: i32::MAX / 4, clock }
    }

    /// The rules that apply, in order.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        let all = rules::in_order(&self.definition()).into_iter();
        let kept = all.filter(|rule| *rule != Rule::HorizonPassed);
        kept.map(|rule| if rule == Rule::ShortFollowUp { Rule::NoFollowUp } else { rule }).collect()
    }
}

/// An event that may end a spell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// The day.
    pub on: Day,
    /// When it entered the record.
    pub known_on: Day,
    /// Which of the declared kinds, from 1.
    pub cause: u8,
}

/// How a child left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaving {
    /// By a recorded reason: its place in [`LEFT`].
    Recorded(u8),
    /// By the 18th birthday, as the month of birth tells it.
    Grown,
}

impl Leaving {
    /// In words that follow "the child".
    #[must_use]
    pub fn words(self) -> &'static str {
        let Self::Recorded(place) = self else { return "turned 18" };
        match LEFT.codes.get(usize::from(place)).map(|code| code.code) {
            Some("died") => "died",
            Some("adopted") => "was adopted",
            Some("transferred") => "moved to another authority",
            Some("turned-18") => "turned 18",
            Some("adult-services") => "passed to adult services",
            _ => "left, with no reason recorded",
        }
    }
}

/// The waiting that follows an index referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spell {
    /// The first event of each declared kind within observation, and any later one that was known sooner; by day, then in
    /// the order declared.
    pub came: Vec<Came>,
    /// The day on which the child left, and how; whether or not it was after an event.
    pub left: Option<(Day, Leaving)>,
    /// The day from which time is counted.
    pub start: Day,
    /// When that day's event, the referral or the closing, entered the record.
    pub start_known_on: Day,
    /// The first day of observation where that is after `start`.
    pub enters: Option<Day>,
    /// The last observed day.
    pub observed_to: Day,
}

/// A spell as known on some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Day from `start` after which it is at risk; `None`: from the start.
    pub entry: Option<i32>,
    /// Days from `start` to its end.
    pub exit: i32,
    /// 0: not ended by then; then the declared kinds from 1; then leaving.
    pub cause: u8,
    /// How the child left, if that ended it.
    pub left: Option<Leaving>,
    /// Days from `start` to the last day that was observed by then, whatever ended it.
    pub administrative: i32,
}

impl Spell {
    /// What was known before `day`, or all that is known; `None` where nothing of the spell was seen by then. `leaving` is
    /// the cause of leaving.
    #[must_use]
    pub fn seen_before(&self, day: Option<Day>, leaving: u8) -> Option<Seen> {
        let last = day.map_or(self.observed_to, |day| self.observed_to.min(day.plus(-1)));
        let entry = self.enters.map(|enters| enters.0 - self.start.0 - 1);
        let administrative = last.0 - self.start.0;
        let known = |on: Day| day.is_none_or(|day| on < day);
        if administrative <= entry.unwrap_or(0) || !known(self.start_known_on) {
            return None;
        }
        let event = self.came.iter().find(|c| c.on <= last && known(c.known_on));
        let left = self.left.filter(|(on, _)| *on <= last && event.is_none_or(|e| e.on > *on));
        let (end, cause) = match (left, event) {
            (Some((on, _)), _) => (on, leaving),
            (None, Some(event)) => (event.on, event.cause),
            (None, None) => (last, 0),
        };
        let exit = end.0 - self.start.0;
        // What ended before observation began was never at risk.
        let at_risk = entry.is_none_or(|entry| exit > entry);
        at_risk.then_some(Seen { entry, exit, cause, left: left.map(|(_, how)| how), administrative })
    }
}

/// The cohort of a question "when".
#[derive(Clone, Debug)]
pub struct TimedCohort {
    /// Index referrals, sorted by household, child and prediction date. Their answer is what was seen to the end of the
    /// records, and may be learned from as soon as they are predicted, as far as it was known: see [`Spell::seen_before`].
    pub rows: Vec<IndexRow>,
    /// Their spells, row by row.
    pub spells: Vec<Spell>,
    /// What was left out on the way.
    pub attrition: Vec<AttritionRow>,
}

/// Builds the cohort.
#[must_use]
pub fn build_timed(history: &History, definition: &TimedDefinition) -> TimedCohort {
    let (plain, rules) = (definition.definition(), definition.rules());
    let mut candidates = Vec::new();
    let mut spells = Vec::new();
    for child in 0..history.children.len() {
        let episodes = episodes::of_child(history, child);
        for episode in &episodes {
            let spell = spell(history, definition, (child, &episodes), episode);
            let row = index_row(&spell, child, episode, definition.leaving());
            let waived = |rule: &Rule| *rule == Rule::BeforeObservation && definition.delayed_entry;
            let of = (history, &plain, child, episode, &row);
            let broken = rules.iter().filter(|rule| !waived(rule)).find(|rule| match rule {
                Rule::NoFollowUp => spell.seen_before(None, definition.leaving()).is_none(),
                rule => rules::breaks(**rule, of),
            });
            candidates.push((row, broken.copied()));
            spells.push(spell);
        }
    }
    if definition.index == Index::FirstPerChild {
        keep_first(&mut candidates);
    }
    let attrition = attrition::chain(&candidates, &rules);
    let kept = candidates.into_iter().zip(spells).filter(|((_, rule), _)| rule.is_none());
    let mut kept: Vec<(IndexRow, Spell)> = kept.map(|((row, _), spell)| (row, spell)).collect();
    kept.sort_by_key(|(r, _)| {
        (history.children.household[r.child as usize], r.child, r.predict_on, r.referral_event)
    });
    let (rows, spells) = kept.into_iter().unzip();
    TimedCohort { rows, spells, attrition }
}

/// The waiting that follows an episode, as if no rule had removed it.
fn spell(
    history: &History,
    definition: &TimedDefinition,
    (child, episodes): (usize, &[Episode]),
    episode: &Episode,
) -> Spell {
    let children = &history.children;
    let start = match definition.point {
        Point::AtReferral => episode.referral,
        Point::AtAssessmentEnd => episode.assessment_end.unwrap_or(episode.referral),
        Point::AtClosure => episode.end.unwrap_or(episode.referral),
    };
    let start_known_on = match definition.point {
        Point::AtClosure => episode.end_known_on.unwrap_or(start),
        Point::AtReferral | Point::AtAssessmentEnd => history.events.known_on[episode.referral_event],
    };
    let observed_to = children.observed_to[child];
    let mut came: Vec<Came> = (1..)
        .zip(&definition.causes)
        .flat_map(|(cause, kind)| {
            let plain = Definition { outcome: *kind, ..definition.definition() };
            let from = first_outcome_day(&plain, start);
            let mut of_kind = events(history, *kind, (child, episodes), cause);
            of_kind.retain(|c| c.on >= from && c.on <= observed_to);
            of_kind.sort_by_key(|c| (c.on, c.known_on));
            let mut sooner = None;
            of_kind.retain(|c| {
                sooner
                    .replace(sooner.map_or(c.known_on, |k: Day| k.min(c.known_on)))
                    .is_none_or(|k| c.known_on < k)
            });
            of_kind
        })
        .collect();
    came.sort_by_key(|c| (c.on, c.cause));
    let recorded = children.left_on[child].map(|on| (on, Leaving::Recorded(children.left_reason[child])));
    let grown = adult_on(history, child).map(|on| (on, Leaving::Grown));
    let left = recorded.into_iter().chain(grown).filter(|(on, _)| *on >= start).min();
    let from = children.observed_from[child];
    let enters = (definition.delayed_entry && from > start).then_some(from);
    Spell { came, left, start, start_known_on, enters, observed_to }
}

/// The events of a kind of one child. That a referral counts is known once every case that it follows is known to be closed.
fn events(history: &History, kind: Kind, (child, episodes): (usize, &[Episode]), cause: u8) -> Vec<Came> {
    let events = &history.events;
    let at = |i: usize| Came { on: events.date[i], known_on: events.known_on[i], cause };
    if kind != Kind::Referral {
        return history.events_of(child).filter(|&i| events.kind[i] == kind).map(at).collect();
    }
    let counted = episodes.iter().filter(|e| e.standing == Standing::Counted);
    let with_closings = |episode: &Episode| {
        let before = episodes.iter().filter(|e| e.end.is_some_and(|end| end <= episode.referral));
        let closed = before.filter(|e| e.referral < episode.referral).filter_map(|e| e.end_known_on);
        let own = at(episode.referral_event);
        Came { known_on: closed.fold(own.known_on, Day::max), ..own }
    };
    counted.map(with_closings).collect()
}

fn index_row(spell: &Spell, child: usize, episode: &Episode, leaving: u8) -> IndexRow {
    let seen = spell.seen_before(None, leaving);
    let on = |wanted: bool| seen.filter(|_| wanted).map(|seen| spell.start.plus(seen.exit));
    let came = seen.is_some_and(|seen| seen.cause == 1);
    IndexRow {
        child: u32::try_from(child).unwrap_or(u32::MAX),
        referral_event: episode.referral_event,
        episode: episode.id,
        referral: episode.referral,
        predict_on: spell.start,
        complete_on: spell.observed_to,
        labelled_on: spell.start,
        label: came,
        outcome_on: on(came),
        competing_on: on(seen.is_some_and(|seen| seen.cause == leaving)),
        open_throughout: episode.end.is_none_or(|end| end > spell.observed_to),
    }
}
