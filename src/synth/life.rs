//! The life of one household from event to event: first referrals, episodes, closures, returns.

use super::course::Path;
use super::draw;
use super::episode::Outcome;
use super::family::{self, Leaving, Member};
use super::hazard::{AtRisk, Process};
use super::notes::Writer;
use super::records::{self, Recorded};
use super::world::{World, YEAR};
use crate::history::Event;
use crate::num::{Day, seed};
use crate::schema::Kind;
use rand_chacha::ChaCha8Rng;

/// An episode that runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub(super) until: Day,
    /// Day on which the closure is written down.
    pub(super) known: Day,
    /// Hazard ratio of a return after it.
    pub(super) pull: f64,
    /// The same as the record has it, without and with the notes; `None` if the episode is not recorded.
    pub(super) recorded: Option<(f64, f64)>,
    pub(super) early_help: bool,
    pub(super) left: Option<Leaving>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Not yet referred.
    Waiting,
    /// In an episode.
    Open(Opened),
    /// At risk. On `spurious` somebody writes down a referral that was none.
    Closed { early_help: bool, spurious: Option<Day> },
    /// Beyond referral.
    Gone,
}

/// What is known of a child's past: all of it, or what is in the records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View {
    pub(super) earlier: u32,
    pub(super) first_referral: Option<Day>,
    pub(super) last_path: Option<Path>,
    /// Day of the last closure, and the day it was written down.
    pub(super) last_closed: Option<(Day, Day)>,
    pub(super) past: Outcome,
    /// Day of the last closure and pull, without and with the notes, while the child is at risk.
    pub(super) at_risk: Option<(Day, f64, f64)>,
}

/// Days with a return so far, and the cumulative hazard of such a day without the frailty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) returns: f64,
    pub(super) exposure: f64,
}

/// A child during the simulation.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) member: Member,
    pub(super) events: Vec<Event>,
    pub(super) notes: Vec<records::Note>,
    /// Adoption is the only leaving that is not drawn beforehand.
    pub(super) adopted: Option<Day>,
    /// Days of all true referrals, recorded or not.
    pub(super) referrals: Vec<Day>,
    pub(super) state: State,
    pub(super) truth: View,
    pub(super) record: View,
}

/// A household during the simulation.
#[derive(Debug)]
pub(super) struct Household<'a, 'w> {
    pub(super) world: &'a World<'w>,
    pub(super) authority: usize,
    pub(super) recorded_from: Day,
    pub(super) rng: ChaCha8Rng,
    pub(super) frailty: f64,
    pub(super) children: Vec<Child>,
    /// Cumulative hazard (with frailty) still to run before the next candidate.
    patience: f64,
    pub(super) truth: Tally,
    pub(super) record: Tally,
    /// The record and the notes.
    pub(super) text: Tally,
    /// Writes the notes, if there are any.
    pub(super) writer: Option<Writer<'w>>,
}

/// Which households are lived through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Population {
    /// Those of the records.
    Recorded,
    /// Others like them, of which nothing is kept but their truth.
    Reference,
}

/// Lives one household through and hands its records to `out`.
pub(super) fn live(world: &World<'_>, population: Population, number: u32, out: &mut Recorded) {
    let root = world.scenario.seed;
    let (stream, notes) = match population {
        Population::Recorded => ("household", world.scenario.notes.as_ref()),
        Population::Reference => ("reference", None),
    };
    let mut rng = seed::stream(root, &format!("{stream}/{number}"));
    let family = family::make(world, &mut rng);
    let frailty = draw::gamma(&mut rng, world.frailty_shape);
    let patience = draw::exponential(&mut rng);
    let children = family.members.into_iter().map(Child::new).collect();
    let mut household = Household {
        world,
        authority: family.authority,
        recorded_from: world.recorded_from[family.authority],
        rng,
        frailty,
        children,
        patience,
        truth: Tally::default(),
        record: Tally::default(),
        text: Tally::default(),
        writer: notes.map(|settings| Writer::new(settings, root, number)),
    };
    let mut keep = out.household(number, family.authority, frailty);
    household.run(&mut keep);
    keep.finish(world, household.children);
}

impl Child {
    fn new(member: Member) -> Self {
        Self {
            member,
            events: Vec::new(),
            notes: Vec::new(),
            adopted: None,
            referrals: Vec::new(),
            state: State::Waiting,
            truth: View::default(),
            record: View::default(),
        }
    }

    /// The next day on which something is due, whatever the hazard brings.
    fn due(&self) -> Option<Day> {
        match self.state {
            State::Waiting => Some(self.member.first),
            State::Open(open) => Some(open.until),
            State::Closed { spurious, .. } => {
                let gone = self.member.leaves.0.plus(-1);
                Some(spurious.map_or(gone, |day| day.min(gone)))
            }
            State::Gone => None,
        }
    }
}

impl Household<'_, '_> {
    fn run(&mut self, keep: &mut records::Household<'_>) {
        let end = self.world.scenario.end;
        let mut today: Option<Day> = None;
        while let Some(due) = self.children.iter().filter_map(Child::due).min() {
            let to = due.min(end);
            let from = today.map_or(to, |day| day.plus(1));
            let back = self.first_return(from, to);
            let day = back.as_ref().map_or(to, |(day, _)| *day);
            self.expose(from, day, back.is_some());
            if due > end && back.is_none() {
                break;
            }
            let came_back = back.map(|(_, who)| who).unwrap_or_default();
            self.arrive(day, &came_back, keep);
            self.close(day, keep);
            today = Some(day);
        }
        for i in 0..self.children.len() {
            self.quiet(i, end.plus(1));
        }
    }

    fn first_return(&mut self, from: Day, to: Day) -> Option<(Day, Vec<usize>)> {
        let (children, n) =
            at_risk(&self.children, |c| c.truth.at_risk.map(|(since, pull, _)| (since, pull)));
        let process = Process { world: self.world, frailty: self.frailty, children: &children[..n] };
        if n == 0 { None } else { process.first_return(from, to, &mut self.patience, &mut self.rng) }
    }

    /// Adds the exposure of `from..=day` to what is known. Half of the day of a return counts: the event fell somewhere
    /// in it.
    fn expose(&mut self, from: Day, day: Day, came_back: bool) {
        let (world, frailty) = (self.world, self.frailty);
        let exposure = |(children, n): ([AtRisk; MOST], usize), from: Day| {
            let process = Process { world, frailty, children: &children[..n] };
            let whole = process.exposure(from, day);
            if came_back { whole - 0.5 * process.exposure(day, day) } else { whole }
        };
        let pull = |(since, pull, _): (Day, f64, f64)| (since, pull);
        self.truth.exposure += exposure(at_risk(&self.children, |c| c.truth.at_risk.map(pull)), from);
        let from = from.max(self.recorded_from);
        if day < from {
            return;
        }
        self.record.exposure += exposure(at_risk(&self.children, |c| c.record.at_risk.map(pull)), from);
        self.text.exposure = if world.text() {
            let with_notes = |(since, _, pull): (Day, f64, f64)| (since, pull);
            self.text.exposure + exposure(at_risk(&self.children, |c| c.record.at_risk.map(with_notes)), from)
        } else {
            self.record.exposure
        };
    }

    /// Closes the episodes that end today and forgets children who left.
    fn close(&mut self, day: Day, keep: &mut records::Household<'_>) {
        for i in 0..self.children.len() {
            let leaves = self.children[i].member.leaves.0;
            match self.children[i].state {
                State::Open(open) if open.until <= day => self.end_episode(i, open, keep),
                State::Closed { .. } if leaves <= day.plus(1) => {
                    self.quiet(i, day.plus(1));
                    self.forget(i);
                }
                State::Closed { spurious: Some(on), .. } if on <= day => {
                    self.mistake(i, day, keep);
                    let next = self.next_mistake(day);
                    if let State::Closed { spurious, .. } = &mut self.children[i].state {
                        *spurious = next;
                    }
                }
                State::Waiting | State::Open(_) | State::Closed { .. } | State::Gone => {}
            }
        }
    }

    fn end_episode(&mut self, i: usize, open: Opened, keep: &mut records::Household<'_>) {
        let leaves = self.children[i].member.leaves.0;
        if open.recorded.is_some() {
            let stays = open.left.is_none() && self.children[i].adopted.is_none();
            self.keep_closing(i, open.until, stays.then_some(open.until), open.pull, keep);
        }
        if open.left.is_some() || self.children[i].adopted.is_some() || leaves <= open.until.plus(1) {
            self.forget(i);
            return;
        }
        let spurious = self.next_mistake(open.until);
        let child = &mut self.children[i];
        child.truth.last_closed = Some((open.until, open.until));
        child.truth.at_risk = Some((open.until, open.pull, open.pull));
        if let Some((pull, with_notes)) = open.recorded {
            child.record.last_closed = Some((open.until, open.known));
            child.record.at_risk = Some((open.until, pull, with_notes));
        }
        child.state = State::Closed { early_help: open.early_help, spurious };
    }

    fn forget(&mut self, i: usize) {
        let child = &mut self.children[i];
        child.state = State::Gone;
        child.truth.at_risk = None;
        child.record.at_risk = None;
    }

    fn next_mistake(&mut self, after: Day) -> Option<Day> {
        let rate = self.world.scenario.dials.spurious_per_year;
        (rate > 0.0).then(|| after.plus(draw::waiting_days(&mut self.rng, rate / YEAR)))
    }

    /// What was recorded between the last closure and `until`.
    pub(super) fn quiet(&mut self, i: usize, until: Day) {
        if until <= self.recorded_from {
            return;
        }
        let child = &mut self.children[i];
        let since = match child.state {
            State::Waiting => None,
            // A past that is not on record leaves no more contacts than none: they would give it away.
            State::Closed { .. } if child.record.earlier == 0 => None,
            State::Closed { early_help, .. } => child.truth.at_risk.map(|(since, ..)| (since, early_help)),
            State::Open(_) | State::Gone => return,
        };
        let events = match since {
            None => records::before_first(until, &mut self.rng),
            Some((since, early_help)) => {
                let leaves = child.member.leaves.0;
                records::between_episodes((since, until), early_help, leaves, &mut self.rng)
            }
        };
        let first = self.recorded_from.max(child.member.earliest());
        for event in events.into_iter().filter(|event| event.date >= first) {
            if let Some(writer) = self.writer.as_mut().filter(|_| event.kind == Kind::Contact) {
                child.notes.push(records::contact_note(&child.member, event.date, writer));
            }
            child.events.push(event);
        }
    }
}

/// The most children of a household.
pub(super) const MOST: usize = 9;

/// The children at risk in one view.
fn at_risk(children: &[Child], view: impl Fn(&Child) -> Option<(Day, f64)>) -> ([AtRisk; MOST], usize) {
    let mut out = [AtRisk { child: 0, since: Day(0), pull: 0.0 }; MOST];
    let mut n = 0;
    let all = children.iter().enumerate().filter_map(|(i, c)| Some((i, view(c)?)));
    for (slot, (child, (since, pull))) in out.iter_mut().zip(all) {
        *slot = AtRisk { child, since, pull };
        n += 1;
    }
    (out, n)
}
