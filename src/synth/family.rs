//! Who lives in a household, when each child is first referred, and when each would leave.
//!
//! Nothing here depends on the frailty: the time of a first referral says nothing about returns.

use super::draw;
use super::scenario::{Dials, Tilt};
use super::world::{World, YEAR};
use crate::history::NO_CODE;
use crate::num::Day;
use crate::schema::codes;
use rand_chacha::ChaCha8Rng;

/// Months before birth from which a child can be referred.
const UNBORN_MONTHS: i32 = 4;
/// Age in months at which a child can no longer be referred.
const GROWN_MONTHS: i32 = 18 * 12;

/// Why a child can no longer be referred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    Moved,
    Died,
    Grown,
}

/// A child who will be referred, before the life of the household begins.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Month of birth, in months since year 0.
    pub(super) birth: i32,
    pub(super) sex: u8,
    pub(super) ethnicity: u8,
    pub(super) disabilities: u16,
    /// Day of the first referral.
    pub(super) first: Day,
    /// First day on which the child can no longer be referred, and why.
    pub(super) leaves: (Day, Leaving),
    /// Whether ethnicity and disability are in the records.
    pub(super) ethnicity_known: bool,
    pub(super) disability_known: bool,
}

impl Member {
    /// Whether a disability is recorded, other than that there is none.
    pub(super) fn disabled(&self) -> bool {
        self.disabilities > 1
    }

    /// The same as the records have it.
    pub(super) fn recorded_disabled(&self) -> bool {
        self.disability_known && self.disabled()
    }

    /// Fields of the child that are not recorded.
    pub(super) fn fields_missing(&self) -> u8 {
        u8::from(!self.ethnicity_known) + u8::from(!self.disability_known)
    }

    /// Factor of the recording dial: the share of this child's referrals that are recorded at all, relative to the
    /// group whose referrals all are.
    pub(super) fn recording(&self, tilt: Tilt) -> f64 {
        if tilt.group.holds(self.sex, self.ethnicity, self.disabled()) { 1.0 } else { 1.0 / tilt.factor }
    }

    /// Factor of the group dials on the hazard of a recorded return, by the true facts or as the records have them.
    pub(super) fn tilt(&self, dials: &Dials, recorded: bool) -> f64 {
        let seen = if recorded { self.as_recorded() } else { (self.sex, self.ethnicity, self.disabled()) };
        let holds = |tilt: &Tilt| tilt.group.holds(seen.0, seen.1, seen.2);
        let shift = dials.group_shift.filter(|t| holds(t)).map_or(1.0, |t| t.factor);
        let bias = dials.recording_bias.filter(|t| !holds(t)).map_or(1.0, |t| 1.0 / t.factor);
        shift * bias
    }

    fn as_recorded(&self) -> (u8, u8, bool) {
        (self.sex, if self.ethnicity_known { self.ethnicity } else { NO_CODE }, self.recorded_disabled())
    }

    /// Age in whole months on a day, negative for the unborn.
    pub(super) fn months_on(&self, day: Day) -> i32 {
        month_of(day) - self.birth
    }

    /// The first day of the month of birth.
    pub(super) fn born(&self) -> Day {
        month_start(self.birth)
    }

    /// The first day on which anything can be recorded of the child: some months before birth.
    pub(super) fn earliest(&self) -> Day {
        month_start(self.birth - UNBORN_MONTHS)
    }

    /// The 18th birthday, taken as the first of its month, since records hold only the month.
    pub(super) fn eighteenth(&self) -> Day {
        month_start(self.birth + GROWN_MONTHS)
    }
}

/// A household: its authority's place and the children who are referred within the window, at least one.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub(super) authority: usize,
    pub(super) members: Vec<Member>,
}

/// Months since year 0.
fn month_of(day: Day) -> i32 {
    day.year() * 12 + i32::try_from(day.month()).unwrap_or(1) - 1
}

/// First day of a month counted by [`month_of`].
pub(super) fn month_start(month: i32) -> Day {
    let in_year = u32::try_from(month.rem_euclid(12)).unwrap_or(0);
    Day::from_ymd(month.div_euclid(12), in_year + 1, 1).unwrap_or(Day(0))
}

/// Makes one household.
pub(super) fn make(world: &World<'_>, rng: &mut ChaCha8Rng) -> Family {
    let scenario = world.scenario;
    let authority = world.authority.place(rng);
    let onset = world.origin.plus(world.onset.draw(rng));
    let size = world.size.place(rng) + 1;
    let moves = onset.plus(draw::waiting_days(rng, scenario.families.moves_per_year / YEAR));
    let ethnicity = world.ethnicity.draw(rng);

    let mut members: Vec<Member> = Vec::with_capacity(size);
    let (mut oldest, mut youngest) = (0, 0);
    for place in 0..size {
        let birth = if place == 0 {
            let birth = month_of(onset) - world.first_age.draw(rng);
            (oldest, youngest) = (birth, birth);
            birth
        } else {
            let gap = draw::between(rng, 13, 64);
            if draw::chance(rng, 0.5) {
                oldest -= gap;
                oldest
            } else {
                youngest += gap;
                youngest
            }
        };
        let first = if place == 0 { Some(onset) } else { first_referral(world, birth, onset, rng) };
        let member = member(world, birth, first.unwrap_or(onset), moves, ethnicity, rng);
        let seen = scenario.dials.recording_bias.is_none_or(|tilt| draw::chance(rng, member.recording(tilt)));
        if seen && first.is_some_and(|first| first <= scenario.end && first < member.leaves.0) {
            members.push(member);
        }
    }
    Family { authority, members }
}

/// The day on which a brother or sister is first referred, if ever: with the first child, around birth if born later,
/// or at a constant rate.
fn first_referral(world: &World<'_>, birth: i32, onset: Day, rng: &mut ChaCha8Rng) -> Option<Day> {
    let families = &world.scenario.families;
    let together = draw::chance(rng, families.together_first);
    let around_birth = draw::chance(rng, 0.35);
    let offset = draw::between(rng, 0, 150);
    let wait = draw::waiting_days(rng, families.later_first_per_year / YEAR);
    let age = month_of(onset) - birth;
    if age >= GROWN_MONTHS {
        return None;
    }
    let present = age >= -UNBORN_MONTHS;
    if present && together {
        return Some(onset);
    }
    let from = if present { onset } else { month_start(birth - UNBORN_MONTHS) };
    Some(if !present && around_birth { from.plus(offset) } else { from.plus(wait) })
}

fn member(
    world: &World<'_>,
    birth: i32,
    first: Day,
    moves: Day,
    household_ethnicity: u8,
    rng: &mut ChaCha8Rng,
) -> Member {
    let boy = draw::chance(rng, world.scenario.fitted.boys);
    let own = world.ethnicity.draw(rng);
    let ethnicity = if draw::chance(rng, 0.92) { household_ethnicity } else { own };
    let disabilities = disabilities(world.scenario.fitted.disabled, rng);
    // An unborn child's time to live counts from the first of the month of birth.
    let born = first.max(month_start(birth));
    let dies = born.plus(draw::waiting_days(rng, world.scenario.families.deaths_per_year / YEAR));
    let grown = month_start(birth + GROWN_MONTHS);
    // On the same day the first of these counts.
    let leaves = [(dies, Leaving::Died), (moves, Leaving::Moved), (grown, Leaving::Grown)];
    let leaves = leaves.into_iter().min_by_key(|(day, _)| *day).unwrap_or((grown, Leaving::Grown));
    let sex = codes::SEX.find(if boy { "M" } else { "F" }).unwrap_or(NO_CODE);
    let missing = world.scenario.dials.fields.missing;
    let [ethnicity_known, disability_known] = [(); 2].map(|()| missing == 0.0 || !draw::chance(rng, missing));
    Member { birth, sex, ethnicity, disabilities, first, leaves, ethnicity_known, disability_known }
}

/// Recorded disabilities: of those who have any, one in three has two. All others are recorded as having none.
fn disabilities(share: f64, rng: &mut ChaCha8Rng) -> u16 {
    const NONE: u16 = 1;
    let u = draw::unit(rng);
    let codes = i32::try_from(codes::DISABILITY.codes.len()).unwrap_or(2);
    let (one, two) = (draw::between(rng, 1, codes - 1), draw::between(rng, 1, codes - 1));
    if u < share / 3.0 {
        NONE << one | NONE << two
    } else if u < share {
        NONE << one
    } else {
        NONE
    }
}
