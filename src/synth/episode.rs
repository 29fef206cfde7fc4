//! The events of one episode, in the order that its dates must obey.
//!
//! Referral, then either the decision to take no further action, or an assessment with its factors and the primary
//! need, then plans, then closure. A child who leaves while the episode is open ends everything on that day.

use super::course::{Course, Path};
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
    /// Place of the source code.
    pub(super) source: u8,
    pub(super) course: Course,
    /// Set if the child leaves before the episode would have closed.
    pub(super) left: Option<(Day, Leaving)>,
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
    /// Adds an event known on its day. An event on or after the day the child left never happened.
    fn add(&mut self, kind: Kind, date: Day, code: u8) -> bool {
        let happened = self.spell.left.is_none_or(|(day, _)| date < day || kind == Kind::Closure);
        if happened {
            let episode = if kind.spec().in_episode { self.spell.number } else { NO_EPISODE };
            self.events.push(Event { child: 0, date, known_on: date, kind, code, episode });
        }
        happened
    }

    /// Adds a start and its end, which comes no later than the end of the episode.
    fn add_span(&mut self, kinds: (Kind, Kind), from: Day, to: Day, code: u8) -> bool {
        let started = self.add(kinds.0, from, code);
        if started {
            let end = to.min(self.last);
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

/// The events of one episode (with `child` left 0) and what later days must know of it.
pub(super) fn events(world: &World<'_>, spell: &Spell<'_>, rng: &mut ChaCha8Rng) -> (Vec<Event>, Outcome) {
    let natural_end = spell.opened.plus(spell.course.days());
    let last = spell.left.map_or(natural_end, |(day, _)| day);
    let mut draft = Draft { spell, last, events: Vec::with_capacity(16) };
    draft.add(Kind::Referral, spell.opened, spell.source);
    let mut outcome = Outcome::default();
    let need = need(world, spell, rng);
    let assessed = if spell.course.path == Path::NoFurtherAction {
        draft.add(Kind::ReferralNfa, natural_end, NO_CODE);
        None
    } else {
        assessment(world, &mut draft, rng)
    };
    plans(world, &mut draft, &mut outcome, rng);
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

fn need(world: &World<'_>, spell: &Spell<'_>, rng: &mut ChaCha8Rng) -> u8 {
    let which = match spell.course.path {
        Path::Protection | Path::LookedAfter | Path::Adopted => 2,
        _ if spell.member.disabled() => 1,
        _ => 0,
    };
    world.need[which].draw(rng)
}

/// The assessment and its factors; returns its last day, or `None` if it was never completed.
fn assessment(world: &World<'_>, draft: &mut Draft<'_>, rng: &mut ChaCha8Rng) -> Option<Day> {
    let spell = draft.spell;
    let first = spell.course.stages[0];
    // A conference follows the assessment within days; elsewhere the first stage is the assessment.
    let days = if spell.course.path == Path::Protection { first - draw::between(rng, 1, 4) } else { first };
    let from = spell.opened.plus(draw::between(rng, 0, 2));
    let to = spell.opened.plus(days);
    draft.add(Kind::AssessmentStart, from, NO_CODE);
    if !draft.add(Kind::AssessmentEnd, to, NO_CODE) {
        return None;
    }
    // Some assessments find much, some little; the mean is 1, so each factor keeps its published share.
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
        draft.add(Kind::Factor, to, codes::FACTOR.find("21").unwrap_or(NO_CODE));
    }
    Some(to)
}

/// Section 47 enquiry, conference, plans and care.
fn plans(world: &World<'_>, draft: &mut Draft<'_>, outcome: &mut Outcome, rng: &mut ChaCha8Rng) {
    let spell = draft.spell;
    let [first, second, third] = spell.course.stages;
    let (one, two) = (spell.opened.plus(first), spell.opened.plus(first + second));
    let three = two.plus(third);
    let abuse = world.abuse.draw(rng);
    // A conference is held within 15 working days (21 days) of the start of the enquiry.
    let enquiry = one.plus(-draw::between(rng, 4, 21)).max(spell.opened);
    let u = draw::unit(rng);
    match spell.course.path {
        Path::NoFurtherAction => {}
        Path::NotInNeed => {
            if u < 0.15 {
                draft.add(Kind::S47, enquiry, NO_CODE);
            }
        }
        Path::ChildInNeed => {
            if u < 0.38 {
                draft.add(Kind::S47, enquiry, NO_CODE);
            }
            if u < 0.025 {
                draft.add(Kind::Icpc, one, NO_CODE);
            }
            draft.add_span(CIN_PLAN, one.plus(draw::between(rng, 0, 10)), two, NO_CODE);
        }
        Path::Protection => {
            draft.add(Kind::S47, enquiry, NO_CODE);
            draft.add(Kind::Icpc, one, NO_CODE);
            if draft.add_span(CP_PLAN, one, two, abuse) {
                outcome.plan_from = Some(one);
            }
            draft.add_span(CIN_PLAN, two, three, NO_CODE);
        }
        Path::LookedAfter | Path::Adopted => {
            if u < 0.45 {
                draft.add(Kind::S47, enquiry, NO_CODE);
                draft.add(Kind::Icpc, one, NO_CODE);
                if draft.add_span(CP_PLAN, one, two, abuse) {
                    outcome.plan_from = Some(one);
                }
            } else {
                draft.add_span(CIN_PLAN, one, two, NO_CODE);
            }
            if draft.add_span(CARE, two, three, NO_CODE) {
                outcome.care_from = Some(two);
            }
        }
    }
}

fn closure(spell: &Spell<'_>, last: Day, rng: &mut ChaCha8Rng) -> &'static str {
    let u = draw::unit(rng);
    match (spell.left, spell.course.path) {
        (Some((_, Leaving::Died)), _) => "RC2",
        (Some((_, Leaving::Moved)), _) => "RC5",
        (Some((_, Leaving::Grown)), _) if spell.member.disabled() => "RC6",
        (Some((_, Leaving::Grown)), _) => "RC7",
        (None, Path::Adopted) => "RC1",
        (None, Path::NotInNeed) if u < 0.30 && last.census_year() >= EARLY_HELP_CLOSURE_YEAR => "RC9",
        (None, Path::NotInNeed) => "RC8",
        (None, Path::LookedAfter) if u < 0.08 => "RC3",
        (None, Path::LookedAfter) if u < 0.20 => "RC4",
        (None, Path::NoFurtherAction | Path::ChildInNeed | Path::Protection | Path::LookedAfter) => "RC7",
    }
}
