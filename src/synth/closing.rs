//! What is true at the closing of a case: the probability that the child is referred again, before it leaves.
//!
//! # Formula
//! Let the case close on day c with the child still there, and let s count days from it, so that 1 is the day after. Given the
//! frailty *Z* of the household and the pull *g* of the closed episode, what the simulator does to the child from then on is:
//!
//! * on day s it returns, if it has not before, with probability `1 - exp(-Z g x(s))`, where `x(s)` is the baseline hazard of
//!   day s times the level of its month. Its brothers and sisters change nothing of this ([`super::hazard`]);
//! * it leaves in the morning of a day, so that it cannot return on it: its household moves, or it dies, at constant rates
//!   *m* and *d* a day (nobody dies unborn), or it turns 18, on a day that is known. The days of moving and dying are drawn
//!   beforehand and do not depend on *Z*; whole days beyond n have probability `exp(-rate n)`, so that what is left of them is
//!   as at the start.
//!
//! With `X(s) = x(1) + ... + x(s)` and `G(s) = exp(-m s - d (days alive among them))`, 0 from the 18th birthday on,
//!
//! ```text
//! p_return(h) = sum over s = 1 .. h of G(s) (exp(-Z g X(s - 1)) - exp(-Z g X(s)))
//! p_leave(h)  = 1 - p_return(h) - G(h) exp(-Z g X(h))
//! ```
//!
//! Each term is the probability of waiting still after day s - 1, of not leaving on day s, and of returning on it. Nothing is
//! approximated but for rounding: there is no grid of months and no mean length, since at the closing nothing of the episode is
//! open. What a return opens does not matter, since it ends the waiting.
//!
//! # Which closings, and which returns
//! Every recorded closing has a row, also that of a child who is gone by then (adopted, or left while the case was open): it
//! cannot return. A return is one that truly comes, recorded or not. With the dials `missed` or `spurious_per_year` the
//! records show other ones, and no cumulative incidence of theirs is to be compared with this; other dials are in *g* and *x*.
//! After a closing that was written down by mistake the hazard goes on from the last true one.
//!
//! Where a horizon reaches beyond the end of the records, the months are as in other years, and the drift goes on. An estimate
//! from records that are censored there sees only the earlier closings for so long: it equals the mean of these rows where
//! returns after early and late closings differ little (in the test `when_truth`, by less than 0.002 at 72 months over twelve
//! years), and but for chance where all were followed.

use super::calendar::Calendar;
use super::life;
use super::records;
use super::risk::Risk;
use super::scenario::Scenario;
use super::world::YEAR;
use crate::num::Day;

/// Within so many days of a closing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// Days, from 1; the first is the day after the closing.
    pub days: u16,
    /// Probability that the child has been referred again, before it left, in [0, 1].
    pub p_return: f64,
    /// Probability that it has left (moved, died, adopted, 18) before any referral, in [0, 1]. The rest still waits.
    pub p_leave: f64,
}

/// What is true of one closing.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosingRow {
    /// The child's surrogate, as in `children`.
    pub child: i64,
    /// The household, as in `children`.
    pub household: u32,
    /// Day of the closing.
    pub closed: Day,
    /// The household's frailty, above 0, with mean 1 over households.
    pub frailty: f64,
    /// Hazard ratio of a return by facts of the referral, authority, path and dials; 0 after an adoption.
    pub pull: f64,
    /// The horizons asked for, from the nearest.
    pub within: Vec<Within>,
}

/// What the simulator knows of a child when its case closes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) child: i64,
    pub(super) household: u32,
    pub(super) closed: Day,
    /// The day from which the hazard counts; before `closed` only where that was written down by mistake.
    pub(super) since: Day,
    pub(super) frailty: f64,
    pub(super) pull: f64,
    /// The first day on which the child can die.
    pub(super) born: Day,
    /// The first day on which it is too old to be referred.
    pub(super) grown: Day,
    /// Whether it has left by the end of the day of the closing.
    pub(super) gone: bool,
}

impl Waiting {
    /// Days from the closing to the last on which a referral is possible.
    fn last(&self) -> i32 {
        if self.gone { 0 } else { (self.grown.0 - 1 - self.closed.0).max(0) }
    }
}

/// What is needed to look ahead from a closing.
#[derive(Clone, Debug)]
pub(super) struct Futures {
    /// Horizons, rising.
    days: Vec<u16>,
    /// The level of each day from `first` on.
    levels: Vec<f64>,
    first: Day,
    /// The baseline hazard of each day after a closing, from the 0th.
    hazard: Vec<f64>,
    moves_per_day: f64,
    deaths_per_day: f64,
}

impl Futures {
    /// For horizons of so many days, in any order.
    pub(super) fn new(scenario: &Scenario, risk: &Risk, horizons: &[u16]) -> Self {
        let mut days: Vec<u16> = horizons.iter().copied().filter(|days| *days > 0).collect();
        days.sort_unstable();
        days.dedup();
        let (first, last) = (scenario.start, scenario.end.plus(days.last().copied().map_or(0, i32::from)));
        let calendar = Calendar::new(first, last, scenario.start, &scenario.fitted, &scenario.dials.drift);
        // No child waits for longer than it is a child.
        let longest = 20 * 366;
        Self {
            days,
            levels: (first.0..=last.0).map(|day| calendar.level(calendar.month(Day(day)))).collect(),
            first,
            hazard: (0..=longest).map(|s| risk.hazard(s)).collect(),
            moves_per_day: scenario.families.moves_per_year / YEAR,
            deaths_per_day: scenario.families.deaths_per_year / YEAR,
        }
    }

    fn level(&self, day: Day) -> f64 {
        usize::try_from(day.0 - self.first.0).ok().and_then(|d| self.levels.get(d)).copied().unwrap_or(0.0)
    }

    fn hazard(&self, s: i32) -> f64 {
        usize::try_from(s).ok().and_then(|s| self.hazard.get(s)).copied().unwrap_or(0.0)
    }

    /// The probability that the child has not left by the end of a day.
    fn stays(&self, waiting: &Waiting, day: i32) -> f64 {
        if day > waiting.last() {
            return 0.0;
        }
        let alive = day.min(waiting.closed.0 + day - waiting.born.0).max(0);
        (-self.moves_per_day * f64::from(day) - self.deaths_per_day * f64::from(alive)).exp()
    }

    /// What is true of a closing.
    pub(super) fn row(&self, waiting: &Waiting) -> ClosingRow {
        let force = waiting.frailty * waiting.pull;
        let before = waiting.closed.0 - waiting.since.0;
        let (mut day, mut exposure, mut unreturned, mut p_return) = (0, 0.0, 1.0, 0.0);
        let mut within = Vec::with_capacity(self.days.len());
        for &days in &self.days {
            let horizon = i32::from(days);
            while day < horizon.min(waiting.last()) {
                day += 1;
                exposure += self.level(waiting.closed.plus(day)) * self.hazard(before + day);
                let now = (-force * exposure).exp();
                p_return += (unreturned - now) * self.stays(waiting, day);
                unreturned = now;
            }
            let waits = unreturned * self.stays(waiting, horizon);
            within.push(Within { days, p_return, p_leave: (1.0 - p_return - waits).max(0.0) });
        }
        let Waiting { child, household, closed, frailty, pull, .. } = *waiting;
        ClosingRow { child, household, closed, frailty, pull, within }
    }
}

impl life::Household<'_, '_> {
    /// Keeps what is known at a recorded closing, if it is asked for. `since` is the day from which the hazard counts; `None`
    /// where the child is gone.
    pub(super) fn keep_closing(
        &self,
        i: usize,
        closed: Day,
        since: Option<Day>,
        pull: f64,
        keep: &mut records::Household<'_>,
    ) {
        if self.world.futures.is_none() {
            return;
        }
        let member = &self.children[i].member;
        let waiting = Waiting {
            child: 0,
            household: 0,
            closed,
            since: since.unwrap_or(closed),
            frailty: self.frailty,
            pull,
            // An unborn child's time to live counts from the first of the month of birth.
            born: member.born(),
            grown: member.eighteenth(),
            gone: since.is_none(),
        };
        keep.closing(i, waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::{Futures, Waiting};
    use crate::num::Day;
    use crate::synth::Scenario;
    use crate::synth::world::World;

    /// Every day half of those who wait and stay come back, and the household moves with probability one half.
    fn halves() -> (Futures, Waiting) {
        let half = std::f64::consts::LN_2;
        let futures = Futures {
            days: vec![1, 2, 30],
            levels: vec![1.0; 100],
            first: Day(0),
            hazard: [vec![0.0], vec![half; 100]].concat(),
            moves_per_day: half,
            deaths_per_day: 0.0,
        };
        let waiting = Waiting {
            child: 1,
            household: 0,
            closed: Day(10),
            since: Day(10),
            frailty: 0.5,
            pull: 2.0,
            born: Day(-1_000),
            grown: Day(5_000),
            gone: false,
        };
        (futures, waiting)
    }

    fn found(futures: &Futures, waiting: &Waiting) -> Vec<[f64; 2]> {
        futures.row(waiting).within.iter().map(|w| [w.p_return, w.p_leave]).collect()
    }

    fn close(found: &[[f64; 2]], expected: &[[f64; 2]]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((a - b).abs() < 1e-9, "{found:?} is not {expected:?}");
        }
    }

    /// Day 1: half stay, and half of these come back, 1/4; the other half left. A quarter waits: of it half stays and half of
    /// that comes back, 1/16. In the end 1/4 + 1/16 + ... = 1/3 came back and 2/3 left.
    #[test]
    fn constant_hazards_by_hand() {
        let (futures, waiting) = halves();
        let (third, rest) = (1.0 / 3.0, 0.25_f64.powi(30));
        let all = [[0.25, 0.5], [0.3125, 0.625], [third * (1.0 - rest), 2.0 * third * (1.0 - rest)]];
        close(&found(&futures, &waiting), &all);
    }

    #[test]
    fn the_birthday_ends_it_and_who_is_gone_stays_gone() {
        let (futures, waiting) = halves();
        // 18 on the second day after the closing: one day is left.
        close(
            &found(&futures, &Waiting { grown: Day(12), ..waiting }),
            &[[0.25, 0.5], [0.25, 0.75], [0.25, 0.75]],
        );
        close(&found(&futures, &Waiting { gone: true, ..waiting }), &[[0.0, 1.0]; 3]);
    }

    #[test]
    fn nobody_dies_unborn_and_a_level_and_a_clock_that_runs_on_are_heeded() {
        let (futures, waiting) = halves();
        let dying = Futures { deaths_per_day: futures.moves_per_day, moves_per_day: 0.0, ..futures };
        // Born on the day after the closing: it may die on the day after that.
        let unborn = Waiting { born: Day(11), ..waiting };
        close(&found(&dying, &unborn)[..2], &[[0.5, 0.0], [0.625, 0.25]]);
        let (mut futures, waiting) = halves();
        futures.moves_per_day = 0.0;
        futures.levels[11] = 0.0;
        // The hazard of the fourth day is none.
        futures.hazard[5] = 0.0;
        let late = Waiting { since: Day(7), ..waiting };
        close(&found(&futures, &late)[..2], &[[0.0, 0.0], [0.0, 0.0]]);
        close(&found(&futures, &waiting)[..2], &[[0.0, 0.0], [0.5, 0.0]]);
    }

    /// On the days of the records the levels are those that the simulation goes by.
    #[test]
    fn the_calendar_is_that_of_the_world() {
        let text = "seed = 1\nhouseholds = 1\nstart = 2016-04-15\nend = 2024-03-31\n[dials.drift]\nlevel_per_year = 0.1\n";
        let scenario = Scenario::read("s.toml", text).unwrap();
        let world = World::of_closings(&scenario, &[2_192, 365]);
        let futures = world.futures.as_ref().unwrap();
        assert_eq!(futures.days, [365, 2_192]);
        for day in (scenario.start.0..=scenario.end.0).map(Day) {
            let level = world.calendar.level(world.calendar.month(day));
            assert_eq!(futures.level(day).to_bits(), level.to_bits(), "{day}");
        }
        assert!(futures.level(scenario.end.plus(2_192)) > 1.2);
    }
}
