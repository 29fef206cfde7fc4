//! The events of one episode, in the order that its dates must obey.
//!
//! Referral, then either the decision to take no further action, or an assessment with its factors and the primary
//! need, then plans, then closure. A child who leaves while the episode is open ends everything on that day.

use super::course::{Course, Courses, Path};
use super::draw;
use super::family::{Leaving, Member};
use super::published::Ages;
use super::world::World;
use crate::history::{Event, NO_CODE, NO_EPISODE};
use crate::num::Day;
use crate::schema::{Kind, codes};
use rand_chacha::ChaCha8Rng;

/// First census year in which a closure can say "referred to early help" (RC9).
const EARLY_HELP_CLOSURE_YEAR: i32 = 2023;

/// What is needed to write an episode's events.
#[derive(Debug)]
pub(super) struct Spell<'a> {
    pub(super) member: &'a Member,
    /// Episode number.
    pub(super) number: u32,
    pub(super) opened: Day,
    /// Place of the source code, as recorded.
    pub(super) source: u8,
    pub(super) course: Course,
    /// Whether the need is recorded.
    pub(super) need_known: bool,
    /// Set if the child leaves before the episode would have closed.
    pub(super) left: Option<(Day, Leaving)>,
    /// Last day of the case of a young person who left care at 18.
    pub(super) care_leaver_until: Option<Day>,
}

impl Spell<'_> {
    /// The last day of the episode.
    pub(super) fn closes(&self) -> Day {
        let natural_end = self.opened.plus(self.course.days());
        self.care_leaver_until.or(self.left.map(|(day, _)| day)).unwrap_or(natural_end)
    }
}

/// What later days must know of an episode.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// First day of a child protection plan.
    pub(super) plan_from: Option<Day>,
    /// First day of being looked after.
    pub(super) care_from: Option<Day>,
    /// Whether the closure referred the child to early help.
    pub(super) early_help: bool,
}

/// Dated events under construction; the child's number is filled in later.
struct Draft<'a> {
    spell: &'a Spell<'a>,
    /// The day on which all ends, whether by closure or because the child left.
    last: Day,
    events: Vec<Event>,
}

impl Draft<'_> {
    /// Adds an event known on its day. An event on or after the day the child left never happened, but for what ends.
    fn add(&mut self, kind: Kind, date: Day, code: u8) -> bool {
        let ends = matches!(kind, Kind::Closure | Kind::AssessmentEnd | Kind::Factor);
        let happened = self.spell.left.is_none_or(|(day, _)| date < day || ends);
        if happened {
            let episode = if kind.spec().in_episode { self.spell.number } else { NO_EPISODE };
            self.events.push(Event { child: 0, date, known_on: date, kind, code, episode });
        }
        happened
    }

    /// Adds a start and its end, which comes no later than the end of the episode.
    fn add_span(&mut self, kinds: (Kind, Kind), from: Day, to: Day, code: u8) -> bool {
        let end = to.min(self.last);
        // A plan of no days is none.
        let started = from < end && self.add(kinds.0, from, code);
        if started {
            let episode = if kinds.1.spec().in_episode { self.spell.number } else { NO_EPISODE };
            self.events.push(Event {
                child: 0,
                date: end,
                known_on: end,
                kind: kinds.1,
                code: NO_CODE,
                episode,
            });
        }
        started
    }
}

const CIN_PLAN: (Kind, Kind) = (Kind::CinPlanStart, Kind::CinPlanEnd);
const CP_PLAN: (Kind, Kind) = (Kind::CpStart, Kind::CpEnd);
const CARE: (Kind, Kind) = (Kind::ClaStart, Kind::ClaEnd);

/// Shares of paths with a section 47 enquiry, with a conference that makes no plan, and with a protection plan or an
/// enquiry on the way into care. Ours.
const ENQUIRY_IN_NEED: f64 = 0.38;
const CONFERENCE_IN_NEED: f64 = 0.025;
const PLAN_BEFORE_CARE: f64 = 0.20;
const ENQUIRY_BEFORE_CARE: f64 = 0.45;
/// Days from the start of the enquiry to the end of the first stage.
const ENQUIRY_DAYS: (i32, i32) = (4, 21);

/// The probability that an episode of `path` has brought a section 47 enquiry, a protection plan, a start of care
/// within 0, 1, …, `last` days of the referral.
pub(super) fn escalations(courses: &Courses, path: Path, last: usize) -> [Vec<f64>; 3] {
    let up_to = |days: Vec<f64>, share: f64| -> Vec<f64> {
        let mut sum = 0.0;
        let sums = days.into_iter().map(|p| {
            sum += share * p;
            sum
        });
        sums.collect()
    };
    let first = courses.length(path, 1, last);
    let enquiry = || {
        let mut days = vec![0.0; last + 1];
        let (short, long) = ENQUIRY_DAYS;
        for (day, p) in first.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for before in short..=long {
                let on = day.saturating_sub(usize::try_from(before).unwrap_or(0)).max(1).min(last);
                days[on] += p / f64::from(long - short + 1);
            }
        }
        days
    };
    let none = || vec![0.0; last + 1];
    match path {
        Path::NoFurtherAction | Path::NotInNeed => [none(), none(), none()],
        Path::ChildInNeed => [up_to(enquiry(), ENQUIRY_IN_NEED), none(), none()],
        Path::Protection => [up_to(enquiry(), 1.0), up_to(first.clone(), 1.0), none()],
        Path::LookedAfter | Path::Adopted => {
            let care = courses.length(path, 2, last);
            let enquiry = up_to(enquiry(), ENQUIRY_BEFORE_CARE);
            [enquiry, up_to(first.clone(), PLAN_BEFORE_CARE), up_to(care, 1.0)]
        }
    }
}

/// The events of one episode (with `child` left 0) and what later days must know of it.
pub(super) fn events(world: &World<'_>, spell: &Spell<'_>, rng: &mut ChaCha8Rng) -> (Vec<Event>, Outcome) {
    let last = spell.closes();
    let mut draft = Draft { spell, last, events: Vec::with_capacity(16) };
    draft.add(Kind::Referral, spell.opened, spell.source);
    let mut outcome = Outcome::default();
    let need = need(world, spell, rng);
    plans(world, &mut draft, &mut outcome, rng);
    let assessed = if spell.course.path == Path::NoFurtherAction {
        draft.add(Kind::ReferralNfa, last, NO_CODE);
        None
    } else {
        assessment(world, &mut draft, rng)
    };
    let known_on = assessed.unwrap_or(last);
    draft.events.push(Event {
        child: 0,
        date: spell.opened,
        known_on,
        kind: Kind::Need,
        code: need,
        episode: spell.number,
    });
    let reason = closure(spell, last, rng);
    outcome.early_help = reason == "RC9";
    draft.add(Kind::Closure, last, codes::CLOSURE.find(reason).unwrap_or(NO_CODE));
    (draft.events, outcome)
}

/// What later days must know of an episode that nobody will read: no events are made.
pub(super) fn outcome(spell: &Spell<'_>, rng: &mut ChaCha8Rng) -> Outcome {
    let [first, second, _] = spell.course.stages;
    let (one, two) = (spell.opened.plus(first), spell.opened.plus(first + second));
    let here = |day: Day| spell.left.is_none_or(|(left, _)| day < left).then_some(day);
    let u = draw::unit(rng);
    match spell.course.path {
        Path::Protection => Outcome { plan_from: here(one), ..Outcome::default() },
        Path::LookedAfter | Path::Adopted => Outcome {
            plan_from: here(one).filter(|_| u < PLAN_BEFORE_CARE),
            care_from: here(two.max(spell.member.born())),
            early_help: false,
        },
        Path::NotInNeed => Outcome {
            early_help: u < EARLY_HELP && spell.closes().census_year() >= EARLY_HELP_CLOSURE_YEAR,
            ..Outcome::default()
        },
        Path::NoFurtherAction | Path::ChildInNeed => Outcome::default(),
    }
}

/// A conference is held on a working day: one that would fall on a weekend is held on the Friday.
pub(super) fn weekday(day: Day) -> Day {
    match day.0.rem_euclid(7) {
        // 1 January 1970 was a Thursday.
        2 => day.plus(-1),
        3 => day.plus(-2),
        _ => day,
    }
}

fn need(world: &World<'_>, spell: &Spell<'_>, rng: &mut ChaCha8Rng) -> u8 {
    if !spell.need_known {
        return codes::NEED.find("N0").unwrap_or(NO_CODE);
    }
    let which = match spell.course.path {
        Path::Protection | Path::LookedAfter | Path::Adopted => 2,
        _ if spell.member.disabled() => 1,
        _ => 0,
    };
    world.need[which].draw(rng)
}

/// The assessment and its factors; returns its last day, or `None` if there is none. It ends with the first stage, on
/// the day of the conference if there is one, or when the child leaves.
fn assessment(world: &World<'_>, draft: &mut Draft<'_>, rng: &mut ChaCha8Rng) -> Option<Day> {
    let spell = draft.spell;
    let first = spell.opened.plus(spell.course.stages[0]);
    let conference = draft.events.iter().find(|e| e.kind == Kind::Icpc).map(|e| e.date);
    let enquiry = draft.events.iter().find(|e| e.kind == Kind::S47).map(|e| e.date);
    let from = spell.opened.plus(draw::between(rng, 0, 2));
    // No enquiry without an assessment (rule 2991Q).
    let from = enquiry.map_or(from, |day| from.min(day));
    let to = conference.unwrap_or(first).min(draft.last);
    if !draft.add(Kind::AssessmentStart, from, NO_CODE) {
        return None;
    }
    draft.add(Kind::AssessmentEnd, to, NO_CODE);
    // Some assessments find much, some little; the mean is 1, so each factor keeps its share.
    let extent = match draw::unit(rng) {
        u if u < 0.40 => 0.55,
        u if u < 0.75 => 1.0,
        _ => 1.72,
    };
    let older = spell.member.months_on(to) >= 120;
    let mut found = false;
    // The lists say 2017 of codes that are older.
    let year = to.census_year().max(2017);
    for factor in world.factors.iter().filter(|f| (f.from_year..=f.to_year).contains(&year)) {
        let by_age = match (factor.ages, older) {
            (Ages::All, _) => 1.0,
            (Ages::Older, true) => 2.2,
            (Ages::Older, false) => 0.2,
        };
        if draw::chance(rng, factor.share * extent * by_age) {
            found = true;
            draft.add(Kind::Factor, to, factor.code);
        }
    }
    if !found {
        // "No factors identified" is for cases closed after the assessment.
        let code = if spell.course.path == Path::NotInNeed && spell.left.is_none() { "21" } else { "20" };
        draft.add(Kind::Factor, to, codes::FACTOR.find(code).unwrap_or(NO_CODE));
    }
    Some(to)
}

/// Section 47 enquiry, conference, plans and care.
fn plans(world: &World<'_>, draft: &mut Draft<'_>, outcome: &mut Outcome, rng: &mut ChaCha8Rng) {
    let spell = draft.spell;
    let [first, second, third] = spell.course.stages;
    let (one, two) = (spell.opened.plus(first), spell.opened.plus(first + second));
    let three = two.plus(third);
    let conference = weekday(one);
    let abuse = world.abuse.draw(rng);
    // A conference is held within 15 working days of the start of the enquiry.
    let (short, long) = ENQUIRY_DAYS;
    let enquiry = one.plus(-draw::between(rng, short, long)).max(spell.opened.plus(1)).min(conference);
    let u = draw::unit(rng);
    match spell.course.path {
        Path::NoFurtherAction | Path::NotInNeed => {}
        Path::ChildInNeed => {
            if u < ENQUIRY_IN_NEED {
                draft.add(Kind::S47, enquiry, NO_CODE);
            }
            if u < CONFERENCE_IN_NEED {
                draft.add(Kind::Icpc, conference, NO_CODE);
            }
            draft.add_span(CIN_PLAN, one.plus(draw::between(rng, 0, 10)), two, NO_CODE);
        }
        Path::Protection => {
            draft.add(Kind::S47, enquiry, NO_CODE);
            draft.add(Kind::Icpc, conference, NO_CODE);
            if draft.add_span(CP_PLAN, conference, two, abuse) {
                outcome.plan_from = Some(conference);
            }
            draft.add_span(CIN_PLAN, two.plus(1), three, NO_CODE);
        }
        Path::LookedAfter | Path::Adopted => {
            if u < ENQUIRY_BEFORE_CARE {
                draft.add(Kind::S47, enquiry, NO_CODE);
            }
            if u < PLAN_BEFORE_CARE {
                draft.add(Kind::Icpc, conference, NO_CODE);
                if draft.add_span(CP_PLAN, conference, two, abuse) {
                    outcome.plan_from = Some(conference);
                }
            } else {
                draft.add_span(CIN_PLAN, one, two, NO_CODE);
            }
            let until = spell.left.map_or(three, |(day, _)| day.min(three));
            // A child who is not yet born cannot be looked after.
            let from = two.max(spell.member.born());
            if draft.add_span(CARE, from, until, NO_CODE) {
                outcome.care_from = Some(from);
            }
        }
    }
}

/// Share of assessments without need whose closure refers the child to early help.
const EARLY_HELP: f64 = 0.30;

fn closure(spell: &Spell<'_>, last: Day, rng: &mut ChaCha8Rng) -> &'static str {
    let u = draw::unit(rng);
    match (spell.left, spell.course.path) {
        (Some((_, Leaving::Died)), _) => "RC2",
        (Some((_, Leaving::Moved)), _) => "RC5",
        (Some((_, Leaving::Grown)), _) if spell.member.disabled() => "RC6",
        (Some((_, Leaving::Grown)), _) => "RC7",
        (None, Path::Adopted) => "RC1",
        (None, Path::NotInNeed) if u < EARLY_HELP && last.census_year() >= EARLY_HELP_CLOSURE_YEAR => "RC9",
        (None, Path::NotInNeed) => "RC8",
        (None, Path::LookedAfter) if u < 0.08 => "RC3",
        (None, Path::LookedAfter) if u < 0.20 => "RC4",
        (None, Path::NoFurtherAction | Path::ChildInNeed | Path::Protection | Path::LookedAfter) => "RC7",
    }
}
