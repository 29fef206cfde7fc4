//! The life of one household, day by day: first referrals, episodes, closures, returns.
//!
//! Every child whose last episode is closed is at risk with daily hazard `Z x pull x h(days since closure)`. Part of
//! the hazard, `together`, is shared by the household: one shared process runs at the greatest hazard among the
//! children at risk, and each of its events takes along every child whose own hazard reaches it. Each child's own
//! hazard is thereby exactly what it would be alone, whatever its brothers and sisters do, which is what lets the
//! truth be worked out child by child.

use super::course::{ALL, PATHS, Path};
use super::draw;
use super::episode::{self, Outcome, Spell};
use super::facts::{Age, Facts};
use super::family::{self, Leaving, Member};
use super::records::{self, Recorded};
use super::risk::HORIZON_DAYS;
use super::world::{World, YEAR};
use crate::history::Event;
use crate::num::{Day, seed};
use rand_chacha::ChaCha8Rng;

/// Probability that children referred on one day share the path, and the lengths, of their episodes.
const ALIKE: f64 = 0.7;

#[derive(Clone, Copy, Debug)]
enum State {
    /// Not yet referred.
    Waiting,
    /// In an episode until the day, then at risk with the pull unless `left`.
    Open { until: Day, pull: f64, early_help: bool, left: Option<Leaving> },
    /// At risk.
    Closed { since: Day, pull: f64, early_help: bool },
    /// Beyond referral.
    Gone,
}

/// A child during the simulation.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) member: Member,
    pub(super) events: Vec<Event>,
    /// Adoption is the only leaving that is not drawn beforehand.
    pub(super) adopted: Option<Day>,
    state: State,
    /// Cumulative hazard (with frailty) still to run before the child's own process fires.
    patience: f64,
    earlier: u32,
    first_referral: Option<Day>,
    last_path: Option<Path>,
    last_closed: Option<Day>,
    past: Outcome,
}

/// A referral about to open an episode.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    child: usize,
    /// Today's hazard of this return without the frailty; `None` for a first referral.
    hazard: Option<f64>,
}

struct Household<'a, 'w> {
    world: &'a World<'w>,
    authority: usize,
    rng: ChaCha8Rng,
    frailty: f64,
    children: Vec<Child>,
    /// Cumulative hazard (with frailty) still to run before the shared process fires.
    patience: f64,
    /// Days on which at least one child came back, up to yesterday.
    returns: f64,
    /// Cumulative hazard without the frailty of such a day, up to yesterday.
    exposure: f64,
}

/// Lives one household through and hands its records to `out`.
pub(super) fn live(world: &World<'_>, number: u32, out: &mut Recorded) {
    let mut rng = seed::stream(world.scenario.seed, &format!("household/{number}"));
    let family = family::make(world, &mut rng);
    let frailty = draw::gamma(&mut rng, world.scenario.returns.frailty_shape);
    let patience = draw::exponential(&mut rng);
    let children = family.members.into_iter().map(Child::new).collect();
    let mut household = Household {
        world,
        authority: family.authority,
        rng,
        frailty,
        children,
        patience,
        returns: 0.0,
        exposure: 0.0,
    };
    let mut keep = out.household(number, family.authority, frailty);
    let mut today = household.next_day(None);
    while let Some(day) = today.filter(|day| *day <= world.scenario.end) {
        household.pass(day, &mut keep);
        today = household.next_day(Some(day));
    }
    household.last_quiet();
    keep.finish(world, household.children);
}

impl Child {
    fn new(member: Member) -> Self {
        Self {
            member,
            events: Vec::new(),
            adopted: None,
            state: State::Waiting,
            patience: 0.0,
            earlier: 0,
            first_referral: None,
            last_path: None,
            last_closed: None,
            past: Outcome::default(),
        }
    }

    /// The hazard of a return on `day`, without the frailty; 0 when not at risk.
    fn hazard(&self, world: &World<'_>, day: Day) -> f64 {
        match self.state {
            State::Closed { since, pull, .. } if day < self.member.leaves.0 => {
                pull * world.risk.hazard(day.0 - since.0)
            }
            State::Closed { .. } | State::Waiting | State::Open { .. } | State::Gone => 0.0,
        }
    }
}

impl Household<'_, '_> {
    /// The next day on which something can happen: tomorrow if any child is at risk, else the next first referral or
    /// closure.
    fn next_day(&self, today: Option<Day>) -> Option<Day> {
        let next = |child: &Child| match child.state {
            State::Waiting => Some(child.member.first),
            State::Open { until, .. } => Some(until),
            State::Closed { .. } => today.map(|day| day.plus(1)),
            State::Gone => None,
        };
        self.children.iter().filter_map(next).min()
    }

    /// One day: who is referred, what it opens, and what closes at the end of the day.
    fn pass(&mut self, day: Day, keep: &mut records::Household<'_>) {
        let (arrivals, union) = self.arrivals(day);
        let came_back = arrivals.iter().any(|a| a.hazard.is_some());
        if !arrivals.is_empty() {
            // Facts first, all of them: a brother or sister referred today is not yet on the record.
            let facts: Vec<Facts> = arrivals.iter().map(|a| self.facts(a.child, day)).collect();
            let shared = [(); 4].map(|()| draw::unit(&mut self.rng));
            for (arrival, facts) in arrivals.iter().zip(facts) {
                self.open(*arrival, facts, day, shared, keep);
            }
        }
        // Half of the day of a return counts: the event fell somewhere in it.
        self.exposure += if came_back { 0.5 * union } else { union };
        self.returns += if came_back { 1.0 } else { 0.0 };
        self.close(day);
    }

    /// Who is referred today, and today's hazard (without the frailty) that any child comes back.
    fn arrivals(&mut self, day: Day) -> (Vec<Arrival>, f64) {
        let together = self.world.scenario.returns.together;
        let (mut sum, mut greatest) = (0.0, 0.0_f64);
        for child in &self.children {
            let hazard = child.hazard(self.world, day);
            sum += hazard;
            greatest = greatest.max(hazard);
        }
        let reach = self.patience / (self.frailty * together).max(f64::MIN_POSITIVE);
        let shared_fires = reach < greatest;
        let mut arrivals = Vec::new();
        for (i, child) in self.children.iter_mut().enumerate() {
            if matches!(child.state, State::Waiting) && child.member.first == day {
                arrivals.push(Arrival { child: i, hazard: None });
                continue;
            }
            let hazard = child.hazard(self.world, day);
            if hazard <= 0.0 {
                continue;
            }
            child.patience -= self.frailty * (1.0 - together) * hazard;
            if child.patience < 0.0 || (shared_fires && reach < hazard) {
                arrivals.push(Arrival { child: i, hazard: Some(hazard) });
            }
        }
        if shared_fires {
            self.patience = draw::exponential(&mut self.rng);
        } else {
            self.patience -= self.frailty * together * greatest;
        }
        (arrivals, (1.0 - together) * sum + together * greatest)
    }

    fn facts(&mut self, child: usize, day: Day) -> Facts {
        let others = || self.children.iter().enumerate().filter(|(i, _)| *i != child).map(|(_, c)| c);
        let before = |on: Option<Day>| on.is_some_and(|on| on < day);
        let siblings_known = others().any(|c| before(c.first_referral));
        let sibling_plan = others().any(|c| before(c.past.plan_from));
        let child = &self.children[child];
        let months = child.member.months_on(day);
        let source = self.world.source[usize::from(months >= 60)].draw(&mut self.rng, day.census_year());
        Facts {
            age: Age::of(months),
            source,
            from: self.world.from[usize::from(source)],
            disabled: child.member.disabled(),
            earlier: child.earlier,
            last_path: child.last_path,
            days_since_closure: child.last_closed.map(|closed| day.0 - closed.0),
            had_plan: child.past.plan_from.is_some(),
            was_looked_after: child.past.care_from.is_some(),
            siblings_known,
            sibling_plan,
        }
    }

    /// Writes the truth of a referral, draws its course and opens its episode.
    fn open(
        &mut self,
        arrival: Arrival,
        facts: Facts,
        day: Day,
        shared: [f64; 4],
        keep: &mut records::Household<'_>,
    ) {
        let world = self.world;
        let authority = &world.scenario.authorities[self.authority];
        let paths = facts.paths(authority);
        let pull = authority.returns * facts.log_pull(&world.scenario.returns.effects).exp();
        let pulls = ALL.map(|path| pull * after(world, path));
        let until_grown = self.children[arrival.child].member.eighteenth().0 - 1 - day.0;
        let days = usize::try_from(until_grown).unwrap_or(0).min(usize::from(HORIZON_DAYS));
        let p_latent = world.risk.given_frailty(days, &paths, &pulls, self.frailty);
        let shape = world.scenario.returns.frailty_shape;
        let posterior = arrival.hazard.map_or((shape + self.returns, shape + self.exposure), |today| {
            (shape + self.returns + 1.0, shape + self.exposure + 0.5 * today)
        });
        let p_observable = world.risk.given_record(days, &paths, &pulls, posterior);
        keep.referral(arrival.child, day, p_latent, p_observable);

        self.quiet(arrival.child, day);
        let [u, stages @ ..] = shared;
        let own = draw::unit(&mut self.rng);
        let path = pick(&paths, if draw::chance(&mut self.rng, ALIKE) { u } else { own });
        let course = world.courses.draw(path, stages, ALIKE, &mut self.rng);
        let child = &mut self.children[arrival.child];
        let closes = day.plus(course.days());
        let left = Some(child.member.leaves).filter(|(leaves, _)| *leaves <= closes);
        let number = keep.next_episode();
        let spell = Spell { member: &child.member, number, opened: day, source: facts.source, course, left };
        let (events, outcome) = episode::events(world, &spell, &mut self.rng);
        child.events.extend(events);
        if path == Path::Adopted && left.is_none() {
            child.adopted = Some(closes);
        }
        child.earlier += 1;
        child.first_referral = child.first_referral.or(Some(day));
        child.last_path = Some(path);
        child.past.plan_from = child.past.plan_from.or(outcome.plan_from);
        child.past.care_from = child.past.care_from.or(outcome.care_from);
        let until = left.map_or(closes, |(leaves, _)| leaves);
        child.state = State::Open {
            until,
            pull: pulls[path as usize],
            early_help: outcome.early_help,
            left: left.map(|(_, why)| why),
        };
    }

    /// Closes the episodes that end today and forgets children who left.
    fn close(&mut self, day: Day) {
        for child in &mut self.children {
            child.state = match child.state {
                State::Open { until, left: Some(_), .. } if until <= day => State::Gone,
                State::Open { until, .. } if until <= day && child.adopted.is_some() => State::Gone,
                State::Open { until, pull, early_help, left: None } if until <= day => {
                    child.last_closed = Some(until);
                    child.patience = draw::exponential(&mut self.rng);
                    State::Closed { since: until, pull, early_help }
                }
                State::Closed { .. } if child.member.leaves.0 <= day.plus(1) => {
                    episode_free(self.world, child, day.plus(1), &mut self.rng);
                    State::Gone
                }
                same @ (State::Waiting | State::Open { .. } | State::Closed { .. } | State::Gone) => same,
            };
        }
    }

    /// What was recorded between the last closure and `until`.
    fn quiet(&mut self, child: usize, until: Day) {
        episode_free(self.world, &mut self.children[child], until, &mut self.rng);
    }

    /// The same for all children up to the end of the records.
    fn last_quiet(&mut self) {
        for i in 0..self.children.len() {
            self.quiet(i, self.world.scenario.end.plus(1));
        }
    }
}

/// Contacts and early help of a child without an open episode, from its last closure (or, before the first referral,
/// some months back) to the day before `until`. Neither depends on the frailty, and neither foretells a return.
fn episode_free(world: &World<'_>, child: &mut Child, until: Day, rng: &mut ChaCha8Rng) {
    const CONTACTS_PER_YEAR: f64 = 0.25;
    let events = match child.state {
        State::Waiting => records::before_first(until, rng),
        State::Closed { since, early_help, .. } => {
            let mut events = Vec::new();
            let mut day = since.plus(draw::waiting_days(rng, CONTACTS_PER_YEAR / YEAR));
            while day < until {
                events.push(records::contact(day));
                day = day.plus(draw::waiting_days(rng, CONTACTS_PER_YEAR / YEAR));
            }
            let start = since.plus(draw::between(rng, 3, 21));
            if early_help && start < until {
                let end = start.plus(draw::between(rng, 60, 330)).min(child.member.leaves.0);
                events.extend(records::early_help(start, end));
            }
            events
        }
        State::Open { .. } | State::Gone => Vec::new(),
    };
    let first = world.scenario.start.max(child.member.earliest());
    child.events.extend(events.into_iter().filter(|event| event.date >= first));
}

fn after(world: &World<'_>, path: Path) -> f64 {
    let after = &world.scenario.returns.after;
    match path {
        Path::NoFurtherAction => after.no_further_action,
        Path::NotInNeed => after.not_in_need,
        Path::ChildInNeed => after.child_in_need,
        Path::Protection => after.protection,
        Path::LookedAfter => after.looked_after,
        Path::Adopted => 0.0,
    }
}

/// The path at quantile `u`.
fn pick(paths: &[f64; PATHS], u: f64) -> Path {
    let mut left = u;
    for (path, p) in ALL.into_iter().zip(paths) {
        left -= p;
        if left < 0.0 {
            return path;
        }
    }
    Path::ChildInNeed
}
