//! What is kept of the households: children, events, notes and truth, as columns in the making.

use super::closing::Waiting;
use super::draw;
use super::family::{Leaving, Member, month_start};
use super::life::Child;
use super::notes::{NoteMark, Person, Writer, Written};
use super::risk::{ESCALATIONS, HORIZON_DAYS};
use super::scenario::Fields;
use super::world::{World, YEAR};
use crate::history::{Children, Event, Events, History, NO_CODE, NO_EPISODE, Notes, Source};
use crate::num::Day;
use crate::schema::{Kind, codes};
use rand_chacha::ChaCha8Rng;

/// Probabilities of a return and of each escalation within a year.
type Year = [f64; 1 + ESCALATIONS];

/// The true risk of a referral, seen from several sides.
#[derive(Clone, Debug, Default)]
pub(super) struct Chances {
    /// Given everything.
    pub(super) latent: Year,
    /// Of a return, recorded or not, given everything.
    pub(super) need: f64,
    /// Given the whole past, without the frailty.
    pub(super) full: Year,
    /// Given the records, as if nothing were missing from them.
    pub(super) naive: Year,
    /// The same and the notes.
    pub(super) naive_with_notes: Year,
    /// Latent, full and naive for each further horizon.
    pub(super) horizons: Vec<[f64; 3]>,
    /// What tells how much is missing from the records; empty where nothing is.
    pub(super) features: Vec<f64>,
}

/// What the dials did to a referral, and what drives its return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marks {
    pub(super) engaged: Option<bool>,
    pub(super) unrecorded_referrals: u32,
    pub(super) spurious: bool,
    pub(super) fields_missing: u8,
    pub(super) log_effects: f64,
    pub(super) log_dials: f64,
    pub(super) until_grown: i32,
}

/// The truth of one referral before it is known what the records can say.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) child: i64,
    pub(super) household: u32,
    pub(super) referral: Day,
    pub(super) frailty: f64,
    pub(super) chances: Chances,
    pub(super) marks: Marks,
    pub(super) returned: Option<bool>,
}

/// One note of a child.
#[derive(Clone, Debug)]
pub(super) struct Note {
    date: Day,
    known_on: Day,
    kind: &'static str,
    written: Written,
}

/// The records of consecutive households; children, households and episodes are numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) children: Children,
    pub(super) events: Events,
    pub(super) notes: Notes,
    pub(super) marks: Vec<NoteMark>,
    pub(super) truth: Vec<Raw>,
    pub(super) closings: Vec<Waiting>,
    households: u32,
    episodes: u32,
}

/// One household's place in the records while it is lived through.
#[derive(Debug)]
pub(super) struct Household<'r> {
    out: &'r mut Recorded,
    number: u32,
    authority: usize,
    frailty: f64,
    truth: Vec<(usize, Raw)>,
    closings: Vec<(usize, Waiting)>,
}

impl Recorded {
    /// Starts the next household.
    pub(super) fn household(&mut self, number: u32, authority: usize, frailty: f64) -> Household<'_> {
        Household { out: self, number, authority, frailty, truth: Vec::new(), closings: Vec::new() }
    }

    /// Numbers children, households and episodes from these on, and gives the numbers that follow.
    pub(super) fn shift(&mut self, from: [u32; 3]) -> [u32; 3] {
        let [children, households, episodes] = from;
        for household in &mut self.children.household {
            *household += households;
        }
        for child in self.events.child.iter_mut().chain(&mut self.notes.child) {
            *child += children;
        }
        for episode in self.events.episode.iter_mut().filter(|e| **e != NO_EPISODE) {
            *episode += episodes;
        }
        let more = u32::try_from(self.children.len()).unwrap_or(u32::MAX);
        [children + more, households + self.households, episodes + self.episodes]
    }

    /// The finished history of these households alone.
    pub(super) fn history(self, world: &World<'_>) -> History {
        let authorities = world.scenario.authorities.iter().map(|a| a.name.clone()).collect();
        let source = Source {
            format: "native".to_owned(),
            households: true,
            census_years: Vec::new(),
            remarks: vec!["Simulated: no row describes a real child.".to_owned()],
            dropped: Vec::new(),
        };
        let notes = self.notes;
        History { notes, ..History::new(self.children, self.events, authorities, source) }
    }

    /// Leaves out all but the first `most` children.
    pub(super) fn keep_first(&mut self, most: usize) {
        if self.children.len() <= most {
            return;
        }
        let place = u32::try_from(most).unwrap_or(u32::MAX);
        let last = self.children.id[most];
        self.marks.truncate(self.marks.partition_point(|mark| mark.child < last));
        self.children.truncate(most);
        self.events.truncate(self.events.child.partition_point(|c| *c < place));
        self.notes.truncate(self.notes.child.partition_point(|c| *c < place));
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
    pub(super) fn referral(&mut self, child: usize, referral: Day, chances: Chances, marks: Marks) {
        let (household, frailty) = (self.out.households, self.frailty);
        let id = self.id(child);
        self.truth
            .push((child, Raw { child: id, household, referral, frailty, chances, marks, returned: None }));
    }

    /// Notes what is known when an episode of the household's `child`-th child closes.
    pub(super) fn closing(&mut self, child: usize, waiting: Waiting) {
        let (household, id) = (self.out.households, self.id(child));
        self.closings.push((child, Waiting { child: id, household, ..waiting }));
    }

    /// A child's surrogate: ten to a household, so that more households change none.
    fn id(&self, child: usize) -> i64 {
        (i64::from(self.number) + 1) * 10 + i64::try_from(child).unwrap_or(0) + 1
    }

    /// Writes the children with a recorded referral, and their events up to the end of the records.
    pub(super) fn finish(mut self, world: &World<'_>, children: Vec<Child>) {
        let end = world.scenario.end;
        if self.truth.is_empty() {
            return;
        }
        self.closings.sort_by_key(|(child, waiting)| (*child, waiting.closed));
        self.out.closings.extend(self.closings.drain(..).map(|(_, waiting)| waiting));
        self.truth.sort_by_key(|(child, row)| (*child, row.referral));
        for (child, mut row) in std::mem::take(&mut self.truth) {
            let last = row.referral.plus(i32::from(HORIZON_DAYS));
            let again = |days: &[Day]| days.iter().any(|day| *day > row.referral && *day <= last);
            row.returned = (last <= end).then(|| children.get(child).is_some_and(|c| again(&c.referrals)));
            self.out.truth.push(row);
        }
        for (k, mut child) in children.into_iter().enumerate() {
            let place = u32::try_from(self.out.children.len()).unwrap_or(u32::MAX);
            let id = self.id(k);
            child.events.retain(|event| event.known_on <= end);
            if !child.events.iter().any(|event| event.kind == Kind::Referral) {
                continue;
            }
            child.events.sort_by_key(|e| (e.date, e.kind, e.code, e.episode, e.known_on));
            let left = left(&child).filter(|(day, _)| *day <= end);
            let member = &child.member;
            let columns = &mut self.out.children;
            columns.id.push(id);
            columns.birth_month.push(Some(month_start(member.birth)));
            columns.sex.push(if born_when_last_seen(&child, end) { member.sex } else { unknown_sex() });
            let unknown = || codes::ETHNICITY.find("NOBT").unwrap_or(NO_CODE);
            columns.ethnicity.push(if member.ethnicity_known { member.ethnicity } else { unknown() });
            columns.disabilities.push(if member.disability_known { member.disabilities } else { 0 });
            columns.household.push(self.out.households);
            columns.authority.push(u16::try_from(self.authority).unwrap_or(u16::MAX));
            columns.observed_from.push(world.recorded_from[self.authority]);
            columns.observed_to.push(end);
            columns.left_on.push(left.map(|(day, _)| day));
            columns
                .left_reason
                .push(left.map_or(NO_CODE, |(_, reason)| codes::LEFT.find(reason).unwrap_or(NO_CODE)));
            for event in child.events {
                self.out.events.push(Event { child: place, ..event });
            }
            child.notes.retain(|note| note.known_on <= end);
            child.notes.sort_by_key(|note| (note.date, note.known_on));
            for (number, note) in (0..).zip(child.notes) {
                let notes = &mut self.out.notes;
                notes.child.push(place);
                notes.date.push(note.date);
                notes.known_on.push(note.known_on);
                notes.kind.push(note.kind.to_owned());
                notes.text.push(note.written.text);
                let marks = note.written.marks.into_iter();
                self.out.marks.extend(marks.map(|mark| NoteMark { child: id, note: number, mark }));
            }
        }
        self.out.households += 1;
    }
}

/// Whether a child was born by the 31 March after its last open case, when the census asks: else its sex is not known.
fn born_when_last_seen(child: &Child, end: Day) -> bool {
    let closures = || child.events.iter().filter(|e| e.kind == Kind::Closure).map(|e| e.known_on);
    let referrals = child.events.iter().filter(|e| e.kind == Kind::Referral).count();
    let open = closures().count() < referrals;
    let seen = if open { end } else { closures().max().unwrap_or(end) };
    let asked = Day::from_ymd(seen.census_year(), 3, 31).unwrap_or(end).min(end);
    month_start(child.member.birth) <= asked
}

fn unknown_sex() -> u8 {
    codes::SEX.find("U").unwrap_or(NO_CODE)
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

/// Contacts and early help of a child without an open episode, from its last closure to the day before `until`. Neither
/// depends on the frailty, and neither foretells a return.
pub(super) fn between_episodes(
    (since, until): (Day, Day),
    early_help_follows: bool,
    leaves: Day,
    rng: &mut ChaCha8Rng,
) -> Vec<Event> {
    const CONTACTS_PER_YEAR: f64 = 0.25;
    let mut events = Vec::new();
    let mut day = since.plus(draw::waiting_days(rng, CONTACTS_PER_YEAR / YEAR));
    while day < until {
        events.push(plain(Kind::Contact, day));
        day = day.plus(draw::waiting_days(rng, CONTACTS_PER_YEAR / YEAR));
    }
    let start = since.plus(draw::between(rng, 3, 21));
    if early_help_follows && start < until {
        events.extend(early_help(start, start.plus(draw::between(rng, 60, 330)).min(leaves)));
    }
    events
}

/// Contacts and early help in the months before a first referral.
pub(super) fn before_first(first: Day, rng: &mut ChaCha8Rng) -> Vec<Event> {
    let mut events = Vec::new();
    if draw::chance(rng, 0.35) {
        for _ in 0..draw::between(rng, 1, 3) {
            events.push(plain(Kind::Contact, first.plus(-draw::between(rng, 1, 60))));
        }
    }
    if draw::chance(rng, 0.12) {
        let from = first.plus(-draw::between(rng, 60, 330));
        let to = from.plus(draw::between(rng, 30, 300)).min(first);
        events.extend(early_help(from, to));
    }
    events
}

fn early_help(from: Day, to: Day) -> [Event; 2] {
    [plain(Kind::EarlyHelpStart, from), plain(Kind::EarlyHelpEnd, to)]
}

fn plain(kind: Kind, date: Day) -> Event {
    Event { child: 0, date, known_on: date, kind, code: NO_CODE, episode: NO_EPISODE }
}

/// A referral written down by mistake and closed on the same day.
pub(super) fn mistake(day: Day, episode: u32, source: u8) -> [Event; 4] {
    let event = |kind, code| Event { child: 0, date: day, known_on: day, kind, code, episode };
    let code = |list: &codes::CodeList, code| list.find(code).unwrap_or(NO_CODE);
    [
        event(Kind::Referral, source),
        event(Kind::Need, code(&codes::NEED, "N0")),
        event(Kind::ReferralNfa, NO_CODE),
        event(Kind::Closure, code(&codes::CLOSURE, "RC7")),
    ]
}

/// Delays, by the dial, when an assessment and a closure are written down; by how many days the closure is.
pub(super) fn write_late(events: &mut [Event], fields: &Fields, rng: &mut ChaCha8Rng) -> i32 {
    if fields.late == 0.0 {
        return 0;
    }
    let mut delay = || {
        let late = draw::chance(rng, fields.late);
        let days = draw::between(rng, 1, fields.late_days);
        if late { days } else { 0 }
    };
    let (assessment, closure) = (delay(), delay());
    for event in events {
        event.known_on = match event.kind {
            Kind::AssessmentEnd | Kind::Factor | Kind::Need => event.known_on.plus(assessment),
            Kind::Closure => event.known_on.plus(closure),
            _ => event.known_on,
        };
    }
    closure
}

/// What the notes of an episode are about.
#[derive(Debug)]
pub(super) struct About<'a> {
    pub(super) day: Day,
    pub(super) closes: Day,
    /// The events of the episode.
    pub(super) events: &'a [Event],
    /// Group of the source.
    pub(super) source: &'static str,
    pub(super) engaged: bool,
}

impl Member {
    fn person(&self, day: Day) -> Person {
        Person { months: self.months_on(day), sex: self.sex }
    }
}

/// The notes of an episode: one when the referral comes in, one of the assessment, and visits every six weeks while it
/// is open, for a year.
pub(super) fn notes(member: &Member, about: &About<'_>, writer: &mut Writer<'_>) -> Vec<Note> {
    const BETWEEN_VISITS: i32 = 42;
    let written = writer.contact(member.person(about.day), Some((about.source, about.engaged)));
    let mut out = vec![Note { date: about.day, known_on: about.day, kind: "contact", written }];
    let Some(assessed) = about.events.iter().find(|e| e.kind == Kind::AssessmentEnd) else { return out };
    let factors: Vec<u8> = about.events.iter().filter(|e| e.kind == Kind::Factor).map(|e| e.code).collect();
    let written = writer.assessment(member.person(assessed.date), &factors, about.engaged);
    out.push(Note { date: assessed.date, known_on: assessed.known_on, kind: "assessment", written });
    let mut visit = assessed.date.plus(BETWEEN_VISITS);
    while visit < about.closes && visit.0 - about.day.0 <= 365 {
        let written = writer.visit(member.person(visit), &factors, about.engaged);
        out.push(Note { date: visit, known_on: visit, kind: "visit", written });
        visit = visit.plus(BETWEEN_VISITS);
    }
    out
}

/// The note of a contact that led to no referral.
pub(super) fn contact_note(member: &Member, day: Day, writer: &mut Writer<'_>) -> Note {
    Note { date: day, known_on: day, kind: "contact", written: writer.contact(member.person(day), None) }
}
