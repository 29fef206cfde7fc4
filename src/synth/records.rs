//! What is kept of the households: children, events and truth, as columns in the making.

use super::TruthRow;
use super::family::{Leaving, month_start};
use super::life::Child;
use super::risk::HORIZON_DAYS;
use super::world::World;
use crate::history::{Children, Event, Events, History, NO_CODE, NO_EPISODE, Source};
use crate::num::Day;
use crate::schema::{Kind, codes};
use rand_chacha::ChaCha8Rng;

use super::draw;

/// The records of consecutive households; children and episodes are numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    children: Children,
    events: Events,
    truth: Vec<TruthRow>,
    episodes: u32,
}

/// One household's place in the records while it is lived through.
#[derive(Debug)]
pub(super) struct Household<'r> {
    out: &'r mut Recorded,
    number: u32,
    authority: usize,
    frailty: f64,
    truth: Vec<(usize, TruthRow)>,
}

impl Recorded {
    /// Starts the next household.
    pub(super) fn household(&mut self, number: u32, authority: usize, frailty: f64) -> Household<'_> {
        Household { out: self, number, authority, frailty, truth: Vec::new() }
    }

    /// Adds the records of the households that follow.
    pub(super) fn append(&mut self, more: Self) {
        let first_child = u32::try_from(self.children.len()).unwrap_or(u32::MAX);
        let first_episode = self.episodes;
        let (mine, new) = (&mut self.children, more.children);
        mine.id.extend(new.id);
        mine.birth_month.extend(new.birth_month);
        mine.sex.extend(new.sex);
        mine.ethnicity.extend(new.ethnicity);
        mine.disabilities.extend(new.disabilities);
        mine.household.extend(new.household);
        mine.authority.extend(new.authority);
        mine.observed_from.extend(new.observed_from);
        mine.observed_to.extend(new.observed_to);
        mine.left_on.extend(new.left_on);
        mine.left_reason.extend(new.left_reason);
        let (mine, new) = (&mut self.events, more.events);
        mine.child.extend(new.child.iter().map(|c| c + first_child));
        mine.date.extend(new.date);
        mine.known_on.extend(new.known_on);
        mine.kind.extend(new.kind);
        mine.code.extend(new.code);
        mine.episode.extend(
            new.episode.iter().map(|&e| if e == NO_EPISODE { NO_EPISODE } else { e + first_episode }),
        );
        self.truth.extend(more.truth);
        self.episodes += more.episodes;
    }

    /// The finished history, and the truth sorted by child and date.
    pub(super) fn into_history(self, world: &World<'_>) -> (History, Vec<TruthRow>) {
        let authorities = world.scenario.authorities.iter().map(|a| a.name.clone()).collect();
        let source = Source {
            format: "native".to_owned(),
            households: true,
            census_years: Vec::new(),
            remarks: vec!["Simulated: no row describes a real child.".to_owned()],
        };
        (History::new(self.children, self.events, authorities, source), self.truth)
    }
}

impl Household<'_> {
    /// A number for the next episode.
    pub(super) fn next_episode(&mut self) -> u32 {
        let number = self.out.episodes;
        self.out.episodes += 1;
        number
    }

    /// Notes the truth of a referral of the household's `child`-th child.
    pub(super) fn referral(&mut self, child: usize, referral: Day, p_latent: f64, p_observable: f64) {
        let id = self.id(child);
        let (household, frailty) = (self.number, self.frailty);
        let row = TruthRow {
            child: id,
            household,
            referral,
            horizon_days: HORIZON_DAYS,
            p_latent,
            p_observable,
            frailty,
        };
        self.truth.push((child, row));
    }

    /// A child's surrogate: ten to a household, so that more households change none.
    fn id(&self, child: usize) -> i64 {
        (i64::from(self.number) + 1) * 10 + i64::try_from(child).unwrap_or(0) + 1
    }

    /// Writes the household's children and their events up to the end of the records.
    pub(super) fn finish(mut self, world: &World<'_>, children: Vec<Child>) {
        let end = world.scenario.end;
        self.truth.sort_by_key(|(child, row)| (*child, row.referral));
        self.out.truth.extend(self.truth.iter().map(|(_, row)| *row));
        for (k, mut child) in children.into_iter().enumerate() {
            let place = u32::try_from(self.out.children.len()).unwrap_or(u32::MAX);
            let id = self.id(k);
            child.events.retain(|event| event.known_on <= end);
            child.events.sort_by_key(|e| (e.date, e.kind, e.code, e.episode, e.known_on));
            let left = left(&child).filter(|(day, _)| *day <= end);
            let columns = &mut self.out.children;
            columns.id.push(id);
            columns.birth_month.push(Some(month_start(child.member.birth)));
            columns.sex.push(child.member.sex);
            columns.ethnicity.push(child.member.ethnicity);
            columns.disabilities.push(child.member.disabilities);
            columns.household.push(self.number);
            columns.authority.push(u16::try_from(self.authority).unwrap_or(u16::MAX));
            columns.observed_from.push(world.scenario.start);
            columns.observed_to.push(end);
            columns.left_on.push(left.map(|(day, _)| day));
            columns
                .left_reason
                .push(left.map_or(NO_CODE, |(_, reason)| codes::LEFT.find(reason).unwrap_or(NO_CODE)));
            for event in child.events {
                self.out.events.push(Event { child: place, ..event });
            }
        }
    }
}

/// When and why a child left, whether or not within the window.
fn left(child: &Child) -> Option<(Day, &'static str)> {
    if let Some(adopted) = child.adopted {
        return Some((adopted, "adopted"));
    }
    let to_adult_services =
        || child.events.iter().any(|e| e.kind == Kind::Closure && Some(e.code) == codes::CLOSURE.find("RC6"));
    let (day, why) = child.member.leaves;
    Some((
        day,
        match why {
            Leaving::Moved => "transferred",
            Leaving::Died => "died",
            Leaving::Grown if to_adult_services() => "adult-services",
            Leaving::Grown => "turned-18",
        },
    ))
}

/// A contact on a day.
pub(super) fn contact(date: Day) -> Event {
    plain(Kind::Contact, date)
}

/// An early help episode.
pub(super) fn early_help(from: Day, to: Day) -> [Event; 2] {
    [plain(Kind::EarlyHelpStart, from), plain(Kind::EarlyHelpEnd, to)]
}

/// Contacts and early help in the months before a first referral.
pub(super) fn before_first(first: Day, rng: &mut ChaCha8Rng) -> Vec<Event> {
    let mut events = Vec::new();
    if draw::chance(rng, 0.35) {
        for _ in 0..draw::between(rng, 1, 3) {
            events.push(contact(first.plus(-draw::between(rng, 1, 60))));
        }
    }
    if draw::chance(rng, 0.12) {
        let from = first.plus(-draw::between(rng, 60, 330));
        let to = from.plus(draw::between(rng, 30, 300)).min(first);
        events.extend(early_help(from, to));
    }
    events
}

fn plain(kind: Kind, date: Day) -> Event {
    Event { child: 0, date, known_on: date, kind, code: NO_CODE, episode: NO_EPISODE }
}
