//! A referral arrives: what is known on the day, its true risk, and the episode that it opens.

use super::course::{ALL, Course, PATHS, Path};
use super::draw;
use super::episode::{self, Spell};
use super::facts::{Age, Facts, From};
use super::family::Leaving;
use super::life::{Household, Opened, State, Tally, View};
use super::points::Belief;
use super::records::{self, Chances, Marks};
use super::risk::{Case, ESCALATIONS, Next};
use super::world::{World, YEAR};
use crate::history::NO_CODE;
use crate::num::Day;
use crate::schema::codes;

/// Probability that children referred on one day share the path, and the lengths, of their episodes.
const ALIKE: f64 = 0.7;

/// Which past is looked at: all of it, or what is recorded.
type Of = fn(&super::life::Child) -> &View;

/// A referral about to open an episode.
#[derive(Clone, Debug)]
struct Arrival {
    child: usize,
    returned: bool,
    source: u8,
    source_known: bool,
    need_known: bool,
    truth: Facts,
    record: Facts,
    /// Today's exposure of the household before the referral, in each view.
    today: [Tally; 3],
}

impl Household<'_, '_> {
    /// First referrals that are due, and returns.
    pub(super) fn arrive(&mut self, day: Day, back: &[usize], keep: &mut records::Household<'_>) {
        let due =
            |child: &super::life::Child| matches!(child.state, State::Waiting) && child.member.first <= day;
        let who: Vec<usize> =
            (0..self.children.len()).filter(|&i| back.contains(&i) || due(&self.children[i])).collect();
        if who.is_empty() {
            return;
        }
        // Facts first, all of them: a brother or sister referred today is not yet on the record.
        let today = [self.truth, self.record, self.text];
        let arrivals: Vec<Arrival> =
            who.iter().map(|&i| self.arrival(i, day, back.contains(&i), today)).collect();
        let shared = [(); 4].map(|()| draw::unit(&mut self.rng));
        let mut recorded_return = false;
        for arrival in arrivals {
            recorded_return |= self.open(&arrival, day, shared, keep) && arrival.record.earlier > 0;
        }
        self.truth.returns += if back.is_empty() { 0.0 } else { 1.0 };
        self.record.returns += if recorded_return { 1.0 } else { 0.0 };
        self.text.returns = self.record.returns;
    }

    fn arrival(&mut self, child: usize, day: Day, returned: bool, today: [Tally; 3]) -> Arrival {
        let months = self.children[child].member.months_on(day);
        let source = self.world.source[usize::from(months >= 60)].draw(&mut self.rng, day.census_year());
        let missing = self.world.scenario.dials.fields.missing;
        let source_known = missing == 0.0 || !draw::chance(&mut self.rng, missing);
        let need_known = missing == 0.0 || !draw::chance(&mut self.rng, missing);
        let from = self.world.from.get(usize::from(source)).copied().unwrap_or(From::Other);
        let truth = self.facts(child, day, from, |c| &c.truth);
        let recorded_from = if source_known { from } else { From::Other };
        let mut record = self.facts(child, day, recorded_from, |c| &c.record);
        record.disabled = self.children[child].member.recorded_disabled();
        Arrival { child, returned, source, source_known, need_known, truth, record, today }
    }

    /// What a view holds of a child on a day.
    fn facts(&self, child: usize, day: Day, from: From, of: Of) -> Facts {
        let others = || self.children.iter().enumerate().filter(|(i, _)| *i != child).map(|(_, c)| of(c));
        let before = |on: Option<Day>| on.is_some_and(|on| on < day);
        let member = &self.children[child].member;
        let view = of(&self.children[child]);
        // A closure that is not yet written down is not known.
        let closed = view.last_closed.filter(|(_, known)| *known < day);
        Facts {
            age: Age::of(member.months_on(day)),
            from,
            disabled: member.disabled(),
            earlier: view.earlier,
            last_path: view.last_path.filter(|_| closed.is_some()),
            days_since_closure: closed.map(|(closed, _)| day.0 - closed.0),
            had_plan: view.past.plan_from.is_some(),
            was_looked_after: view.past.care_from.is_some(),
            siblings_known: others().any(|v| before(v.first_referral)),
            sibling_plan: others().any(|v| before(v.past.plan_from)),
        }
    }

    /// Opens an episode; whether it is recorded.
    fn open(
        &mut self,
        arrival: &Arrival,
        day: Day,
        shared: [f64; 4],
        keep: &mut records::Household<'_>,
    ) -> bool {
        let (world, dials) = (self.world, &self.world.scenario.dials);
        let i = arrival.child;
        let hidden = dials.missed > 0.0 && draw::chance(&mut self.rng, dials.missed);
        let recorded = day >= self.recorded_from && !hidden;
        let engaged = draw::chance(&mut self.rng, 0.5);
        let case = self.case(i, day, &arrival.truth, Some(engaged), false);
        let records = self.case(i, day, &arrival.record, None, true);
        let with_notes = self.case(i, day, &arrival.record, Some(engaged), true);
        if recorded {
            self.quiet(i, day);
            let chances = || self.chances(arrival, [&case, &records, &with_notes], engaged);
            let chances = if world.truth { chances() } else { Chances::default() };
            let marks = self.marks(arrival, day, engaged, &case);
            keep.referral(i, day, chances, marks);
        }
        let [u, stages @ ..] = shared;
        let own = draw::unit(&mut self.rng);
        let path = pick(&case.paths, if draw::chance(&mut self.rng, ALIKE) { u } else { own });
        let course = world.courses.draw(path, stages, ALIKE, &mut self.rng);
        let fate = self.fate(i, day, &course);
        let source = if arrival.source_known { arrival.source } else { unknown_source() };
        let spell = Spell {
            member: &self.children[i].member,
            number: if recorded { keep.next_episode() } else { 0 },
            opened: day,
            source,
            course,
            need_known: arrival.need_known,
            left: fate.0,
            care_leaver_until: fate.1,
        };
        let (until, left) = (spell.closes(), fate.0);
        let mut known = until;
        let outcome = if recorded {
            let (mut events, outcome) = episode::events(world, &spell, &mut self.rng);
            known = until.plus(records::write_late(&mut events, &dials.fields, &mut self.rng));
            let child = &mut self.children[i];
            if let Some(writer) = &mut self.writer {
                let group = codes::SOURCE.get(source).map_or("", |code| code.group);
                let about = records::About { day, closes: until, events: &events, source: group, engaged };
                child.notes.extend(records::notes(&child.member, &about, writer));
            }
            child.events.extend(events);
            outcome
        } else {
            episode::outcome(&spell, &mut self.rng)
        };
        let child = &mut self.children[i];
        child.referrals.push(day);
        if path == Path::Adopted && left.is_none() {
            child.adopted = Some(until);
        }
        child.truth.remember(day, path, &outcome);
        child.truth.at_risk = None;
        if recorded {
            child.record.remember(day, path, &outcome);
            child.record.at_risk = None;
        }
        let k = path as usize;
        child.state = State::Open(Opened {
            until,
            known,
            pull: case.pulls[k],
            recorded: recorded.then_some((records.pulls[k], with_notes.pulls[k])),
            early_help: outcome.early_help,
            left: left.map(|(_, why)| why),
        });
        recorded
    }

    /// Whether the child leaves before the episode would close, and until when a young person in care at 18 remains a
    /// case.
    fn fate(&mut self, child: usize, day: Day, course: &Course) -> (Option<(Day, Leaving)>, Option<Day>) {
        let left =
            Some(self.children[child].member.leaves).filter(|(leaves, _)| *leaves <= day.plus(course.days()));
        let in_care = matches!(course.path, Path::LookedAfter | Path::Adopted)
            && left.is_some_and(|(leaves, _)| day.plus(course.stages[0] + course.stages[1]) < leaves);
        let years = self.world.scenario.fitted.care_leaver_years;
        let leaver = left.filter(|(_, why)| in_care && *why == Leaving::Grown);
        let until = leaver.map(|(leaves, _)| {
            leaves.plus(draw::between(&mut self.rng, 1, draw::whole_days(2.0 * years * YEAR)))
        });
        (left, until)
    }

    /// The probabilities of the paths and the hazard ratios after them. `engaged` is what the notes say, if they are
    /// looked at.
    fn case(&self, child: usize, day: Day, facts: &Facts, engaged: Option<bool>, recorded: bool) -> Case {
        let (world, scenario) = (self.world, self.world.scenario);
        let authority = &scenario.authorities[self.authority];
        let member = &self.children[child].member;
        let signal = world.signal(day);
        let text = match engaged {
            Some(true) => (-0.5 * scenario.dials.text).exp(),
            Some(false) => (0.5 * scenario.dials.text).exp(),
            None => (0.5 * scenario.dials.text).cosh(),
        };
        let pull = (signal * facts.log_pull(&scenario.returns.effects)).exp();
        let pull = pull * authority.returns * member.tilt(&scenario.dials, recorded) * text;
        Case {
            day,
            until_grown: member.eighteenth().0 - 1 - day.0,
            paths: facts.paths(scenario, authority, world.repeat(day)),
            pulls: ALL.map(|path| pull * world.after(path, signal)),
        }
    }

    /// What a return would open after each path, some months on.
    fn next(&self, child: usize, day: Day, facts: &Facts, recorded: bool) -> Next {
        let (world, scenario) = (self.world, self.world.scenario);
        let authority = &scenario.authorities[self.authority];
        let practice = (scenario, authority, world.repeat(day));
        let member = &self.children[child].member;
        let age = Age::of(member.months_on(day) + 6);
        let signal = world.signal(day);
        let then = ALL.map(|path| Facts {
            age,
            earlier: facts.earlier + 1,
            last_path: Some(path),
            days_since_closure: Some(100),
            had_plan: facts.had_plan || path == Path::Protection,
            was_looked_after: facts.was_looked_after || path == Path::LookedAfter,
            ..*facts
        });
        let base = authority.returns * member.tilt(&scenario.dials, recorded);
        Next {
            paths: then.map(|facts| facts.paths_of_any_source(practice, world.shares(age))),
            pulls: then.map(|facts| base * (signal * facts.log_pull(&scenario.returns.effects)).exp()),
            after: ALL.map(|path| world.after(path, signal)),
        }
    }

    /// The true risk of a referral: given everything, given the whole past but not the frailty, and as the records
    /// would have it if nothing were missing from them.
    fn chances(&self, arrival: &Arrival, [case, records, with_notes]: [&Case; 3], engaged: bool) -> Chances {
        let (world, risk) = (self.world, &self.world.risk);
        let shape = world.frailty_shape;
        // The return itself counts; that of a brother or sister on the same day is not yet recorded.
        let belief = |tally: Tally, returned: bool| {
            let returns = tally.returns + if returned { 1.0 } else { 0.0 };
            Belief::Gamma(shape + returns, shape + tally.exposure)
        };
        let [truth, record, text] = arrival.today;
        let known = Belief::Known(self.frailty);
        let full = belief(truth, arrival.returned);
        let next = self.next(arrival.child, case.day, &arrival.truth, false);
        let latent = risk.year(case, known, &next);
        let whole = risk.year(case, full, &next);
        let mut chances = Chances { latent, need: latent[0], full: whole, ..Chances::default() };
        if let Some(tilt) = world.scenario.dials.recording_bias {
            let unseen = self.children[arrival.child].member.recording(tilt);
            let need = Case { pulls: case.pulls.map(|p| p / unseen), ..*case };
            chances.need = risk.year(&need, known, &next)[0];
        }
        let rest = risk.horizons(case, known).zip(risk.horizons(case, full));
        chances.horizons = rest.map(|(latent, full)| [latent, full, full]).collect();
        if world.imperfect() {
            chances.features = self.features(arrival, case.day, engaged);
        }
        if world.imperfect() && self.holds_all(arrival) {
            (chances.naive, chances.naive_with_notes) = (whole, whole);
        } else if world.imperfect() {
            let returned = arrival.record.earlier > 0;
            let next = self.next(arrival.child, case.day, &arrival.record, true);
            let believed = belief(record, returned);
            chances.naive = risk.year(records, believed, &next);
            for (row, naive) in chances.horizons.iter_mut().zip(risk.horizons(records, believed)) {
                row[2] = naive;
            }
            chances.naive_with_notes = chances.naive;
            if world.text() {
                chances.naive_with_notes = risk.year(with_notes, belief(text, returned), &next);
            }
        }
        chances
    }

    /// Whether the records hold the whole past of this child and its household, so that nothing need be worked out twice.
    fn holds_all(&self, arrival: &Arrival) -> bool {
        let [truth, record, _] = arrival.today;
        let member = &self.children[arrival.child].member;
        let dials = &self.world.scenario.dials;
        let [seen, true_tilt] = [true, false].map(|recorded| member.tilt(dials, recorded));
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
        !self.world.text()
            && arrival.truth == arrival.record
            && arrival.returned == (arrival.record.earlier > 0)
            && same(truth.returns, record.returns)
            && same(truth.exposure, record.exposure)
            && same(seen, true_tilt)
    }

    /// What of the record tells how much of the past is missing from it; see [`super::observable`].
    fn features(&self, arrival: &Arrival, day: Day, engaged: bool) -> Vec<f64> {
        let facts = &arrival.record;
        let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
        let years = (f64::from(day.0 - self.recorded_from.0) / YEAR).max(0.0);
        let (soon, later) = ((-years).exp(), (-years / 4.0).exp());
        let member = &self.children[arrival.child].member;
        let (earlier, first) = (f64::from(facts.earlier).ln_1p(), flag(facts.earlier == 0));
        let whole = flag(member.earliest() >= self.recorded_from);
        let sibling = flag(facts.siblings_known);
        let returns = self.world.scenario.authorities[self.authority].returns.max(1e-3).ln();
        let ages = [Age::UnderOne, Age::OneToFour, Age::TenToFifteen, Age::SixteenPlus];
        let text = if self.world.text() { flag(engaged) } else { 0.0 };
        let mut out = vec![1.0, soon, later, earlier, earlier * later, first, first * soon, first * later];
        out.extend([whole, whole * first, sibling, sibling * later, sibling * first]);
        out.extend([flag(facts.had_plan), flag(facts.disabled), flag(!arrival.source_known), returns, text]);
        out.extend(ages.map(|age| flag(facts.age == age)));
        out.extend(ages.map(|age| flag(facts.age == age) * first * later));
        out.push(returns * first);
        let sources = [From::Schools, From::Health, From::Authority, From::Police, From::OtherLegal];
        out.extend(sources.map(|from| flag(facts.from == from)));
        out
    }

    fn marks(&self, arrival: &Arrival, day: Day, engaged: bool, case: &Case) -> Marks {
        let (world, child) = (self.world, &self.children[arrival.child]);
        let dials = &world.scenario.dials;
        let flag = |yes: bool| u8::from(yes);
        let tilt = child.member.tilt(dials, false);
        let effects = &world.scenario.returns.effects;
        Marks {
            engaged: world.scenario.notes.is_some().then_some(engaged),
            unrecorded_referrals: child.truth.earlier.saturating_sub(child.record.earlier),
            spurious: false,
            fields_missing: flag(!arrival.source_known)
                + flag(!arrival.need_known)
                + child.member.fields_missing(),
            log_effects: world.signal(day) * arrival.truth.log_pull(effects),
            log_dials: tilt.ln() + world.calendar.drift(day),
            until_grown: case.until_grown,
        }
    }

    /// Somebody writes down a referral of a child whose case is closed, and closes it on the same day.
    pub(super) fn mistake(&mut self, i: usize, day: Day, keep: &mut records::Household<'_>) {
        let Some((since, pull, _)) = self.children[i].truth.at_risk else { return };
        if day < self.recorded_from {
            return;
        }
        let today = [self.truth, self.record, self.text];
        let arrival = self.arrival(i, day, false, today);
        let world = self.world;
        let case = self.case(i, day, &arrival.truth, None, false);
        let records = self.case(i, day, &arrival.record, None, true);
        let mut chances = self.chances(&arrival, [&case, &records, &records], false);
        let [next, ..] = self.next(i, day, &arrival.truth, false).paths;
        let shape = world.frailty_shape;
        let beliefs = [
            Belief::Known(self.frailty),
            Belief::Gamma(shape + self.truth.returns, shape + self.truth.exposure),
        ];
        let [latent, full]: [[f64; 1 + ESCALATIONS]; 2] = beliefs.map(|belief| {
            let window = (day, since, case.until_grown);
            world.risk.year_without_episode(&world.calendar, window, pull, belief, &next)
        });
        (chances.latent, chances.full, chances.need) = (latent, full, latent[0]);
        let marks = Marks { spurious: true, ..self.marks(&arrival, day, false, &case) };
        keep.referral(i, day, chances, marks);
        let number = keep.next_episode();
        let source = if arrival.source_known { arrival.source } else { unknown_source() };
        let child = &mut self.children[i];
        child.events.extend(records::mistake(day, number, source));
        child.record.remember(day, Path::NoFurtherAction, &episode::Outcome::default());
        child.record.last_closed = Some((day, day));
        let k = Path::NoFurtherAction as usize;
        child.record.at_risk = Some((day, records.pulls[k], records.pulls[k]));
        self.record.returns += 1.0;
        self.text.returns = self.record.returns;
        self.keep_closing(i, day, Some(since), pull, keep);
    }
}

impl View {
    /// Adds an episode to the past.
    fn remember(&mut self, day: Day, path: Path, outcome: &episode::Outcome) {
        self.earlier += 1;
        self.first_referral = self.first_referral.or(Some(day));
        self.last_path = Some(path);
        self.past.plan_from = self.past.plan_from.or(outcome.plan_from);
        self.past.care_from = self.past.care_from.or(outcome.care_from);
    }
}

impl World<'_> {
    /// Whether the notes carry a signal.
    pub(super) fn text(&self) -> bool {
        self.scenario.dials.text != 0.0
    }

    /// Factor on all effects on a day.
    fn signal(&self, day: Day) -> f64 {
        let years = (f64::from(day.0 - self.scenario.start.0) / YEAR).max(0.0);
        self.scenario.dials.signal * (self.scenario.dials.drift.signal_per_year * years).exp()
    }

    /// Hazard ratio after a path.
    fn after(&self, path: Path, signal: f64) -> f64 {
        let after = &self.scenario.returns.after;
        let ratio = match path {
            Path::NoFurtherAction => after.no_further_action * self.scenario.fitted.short_returns,
            Path::NotInNeed => after.not_in_need * self.scenario.fitted.short_returns,
            Path::ChildInNeed => after.child_in_need,
            Path::Protection => after.protection,
            Path::LookedAfter => after.looked_after,
            Path::Adopted => return 0.0,
        };
        ratio.powf(signal)
    }

    /// Log odds ratio of another protection plan, by the census year.
    fn repeat(&self, day: Day) -> f64 {
        let fitted = &self.scenario.fitted;
        let year = day.census_year();
        let past = fitted.repeat_years.iter().rev().find(|(from, _)| *from <= year);
        let drift = past.or(fitted.repeat_years.first()).map_or(0.0, |(_, drift)| *drift);
        fitted.repeat_plan + drift
    }
}

fn unknown_source() -> u8 {
    codes::SOURCE.find("10").unwrap_or(NO_CODE)
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
