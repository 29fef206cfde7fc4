//! Random valid histories, for tests that a way out and a way back agree.

use rand::RngExt;
use rerefer::history::{Children, Event, Events, History, NO_CODE, NO_EPISODE, Source};
use rerefer::num::{Day, seed};
use rerefer::schema::Kind;
use rerefer::schema::codes::{ABUSE, CLOSURE, DISABILITY, ETHNICITY, FACTOR, LEFT, NEED, SOURCE};

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A history of this many children in two authorities over five census years, everything that the tables can hold:
/// unborn children, contacts, looked-after spells, same-day referrals, referrals within an episode, codes not recorded.
pub(crate) fn random(root: u64, children: usize) -> History {
    let mut rng = seed::stream(root, "random history");
    let mut history = Unsorted { rng: &mut rng, events: Events::default(), episode: 0 };
    let mut table = Children::default();
    let (from, to) = (day("2018-04-01"), day("2023-03-31"));
    for child in 0..children {
        let first = if child < 2 { from } else { history.within(from.plus(-400), to) };
        let birth = first.plus(history.rng.random_range(-6000..250)).first_of_month();
        table.id.push(i64::try_from(child).unwrap() * 3 + 7);
        table.birth_month.push(history.maybe(0.95).then_some(birth));
        table.sex.push(if history.maybe(0.9) { history.rng.random_range(0..3) } else { NO_CODE });
        table.ethnicity.push(history.code(ETHNICITY.codes.len()));
        let disabilities = match history.rng.random_range(0..4) {
            0 => 0,
            1 => 1,
            _ => history.rng.random_range(1_u16..1 << (DISABILITY.codes.len() - 1)) << 1,
        };
        table.disabilities.push(disabilities);
        table.household.push(0);
        table.authority.push(u16::try_from(child % 2).unwrap());
        table.observed_from.push(from);
        table.observed_to.push(to);
        let own = history.child(u32::try_from(child).unwrap(), first, to, child < 2);
        let left = history.within(first, to);
        let died = own && left >= birth && history.maybe(0.1);
        table.left_on.push(died.then_some(left));
        table.left_reason.push(if died { LEFT.find("died").unwrap() } else { NO_CODE });
    }
    let (mut households, mut fresh): (Vec<u32>, u32) = (Vec::new(), 0);
    for child in 0..children {
        let joins = child > 0 && history.maybe(0.3);
        households.push(if joins { households[history.rng.random_range(0..child)] } else { fresh });
        fresh += u32::from(!joins);
    }
    table.household = households;
    let source = Source { format: "native".to_owned(), households: true, ..Source::default() };
    History::new(table, history.events, vec!["201".to_owned(), "202".to_owned()], source)
}

struct Unsorted<'a, R> {
    rng: &'a mut R,
    events: Events,
    episode: u32,
}

impl<R: rand::Rng> Unsorted<'_, R> {
    fn maybe(&mut self, p: f64) -> bool {
        self.rng.random_bool(p)
    }

    fn within(&mut self, from: Day, to: Day) -> Day {
        from.plus(self.rng.random_range(0..=(to.0 - from.0).max(0)))
    }

    fn code(&mut self, codes: usize) -> u8 {
        if self.maybe(0.9) { u8::try_from(self.rng.random_range(0..codes)).unwrap() } else { NO_CODE }
    }

    /// The events of a child; `long`: its first episode is open throughout, so that every year has a child.
    fn child(&mut self, child: u32, first: Day, to: Day, long: bool) -> bool {
        let mut referral = if long { day("2018-04-01") } else { first };
        let mut open = long;
        for _ in 0..self.rng.random_range(1..5) {
            if referral > to {
                break;
            }
            let closed = self.episode(child, referral, to, open);
            open = false;
            let next = if self.maybe(0.15) { 0 } else { self.rng.random_range(1..500) };
            referral = closed.filter(|_| self.maybe(0.9)).unwrap_or(referral).plus(next);
        }
        for kind in [Kind::Contact, Kind::ClaStart, Kind::ClaEnd] {
            if self.maybe(0.2) {
                let date = self.within(first, to);
                self.push(child, date, kind, NO_CODE, NO_EPISODE);
            }
        }
        !long
    }

    fn push(&mut self, child: u32, date: Day, kind: Kind, code: u8, episode: u32) {
        self.events.push(Event { child, date, known_on: date, kind, code, episode });
    }

    /// One episode; returns the day of its closure.
    fn episode(&mut self, child: u32, referral: Day, to: Day, open: bool) -> Option<Day> {
        self.episode += 1;
        let number = self.episode;
        let source = self.code(SOURCE.codes.len());
        self.push(child, referral, Kind::Referral, source, number);
        let last = to.min(referral.plus(self.rng.random_range(0..700)));
        let closed = (!open && self.maybe(0.85)).then_some(last);
        let nfa = self.maybe(0.1);
        if nfa {
            self.push(child, closed.unwrap_or(referral), Kind::ReferralNfa, NO_CODE, number);
        } else {
            self.work(child, referral, last, number);
        }
        if let Some(closed) = closed {
            let reason = self.code(CLOSURE.codes.len());
            self.push(child, closed, Kind::Closure, reason, number);
        }
        closed
    }

    fn work(&mut self, child: u32, referral: Day, last: Day, number: u32) {
        let mut ended: Option<Day> = None;
        for _ in 0..self.rng.random_range(0..3) {
            let start = self.within(referral, last);
            self.push(child, start, Kind::AssessmentStart, NO_CODE, number);
            if self.maybe(0.8) {
                let end = self.within(start, last);
                ended = Some(ended.map_or(end, |e| e.min(end)));
                self.push(child, end, Kind::AssessmentEnd, NO_CODE, number);
                let (one, other) =
                    (self.rng.random_range(0..20), self.rng.random_range(20..FACTOR.codes.len()));
                for place in [one, other] {
                    self.push(child, end, Kind::Factor, u8::try_from(place).unwrap(), number);
                }
            }
        }
        let need = self.code(NEED.codes.len());
        if need != NO_CODE {
            let known_on = ended.unwrap_or(last);
            let event =
                Event { child, date: referral, known_on, kind: Kind::Need, code: need, episode: number };
            self.events.push(event);
        }
        for (start, end, list) in
            [(Kind::CinPlanStart, Kind::CinPlanEnd, 0), (Kind::CpStart, Kind::CpEnd, ABUSE.codes.len())]
        {
            for _ in 0..self.rng.random_range(0..3) {
                let from = self.within(referral, last);
                let code = if list == 0 { NO_CODE } else { self.code(list) };
                self.push(child, from, start, code, number);
                if self.maybe(0.7) {
                    let to = self.within(from, last);
                    self.push(child, to, end, NO_CODE, number);
                }
            }
        }
        for _ in 0..self.rng.random_range(0..3) {
            let enquiry = self.within(referral, last);
            self.push(child, enquiry, Kind::S47, NO_CODE, number);
            if self.maybe(0.4) {
                let conference = self.within(referral, last);
                self.push(child, conference, Kind::Icpc, NO_CODE, number);
            }
        }
    }
}
