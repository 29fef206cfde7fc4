//! When the children of a household next come back.
//!
//! Every child whose last episode is closed is at risk with daily hazard `Z x pull x h(days since closure) x level of
//! the month`. Part of the hazard, `together`, is shared by the household: one shared process runs at the greatest
//! hazard among the children at risk, and each of its events takes along every child whose own hazard reaches it. Each
//! child's own hazard is thereby exactly what it would be alone, whatever its brothers and sisters do, which is what
//! lets the truth be worked out child by child.
//!
//! Time is not walked day by day: candidates come at a rate that bounds the hazard over part of a month, and each is
//! kept with the ratio of the hazard of its day to the bound (thinning; Lewis and Shedler, Naval Research Logistics
//! Quarterly 26, 1979).

use super::draw;
use super::world::World;
use crate::num::Day;
use rand_chacha::ChaCha8Rng;

/// A child at risk: its place in the household, the day of its last closure, its pull.
#[derive(Clone, Copy, Debug)]
pub(super) struct AtRisk {
    pub(super) child: usize,
    pub(super) since: Day,
    pub(super) pull: f64,
}

/// What a household's process needs to run.
#[derive(Debug)]
pub(super) struct Process<'a, 'w> {
    pub(super) world: &'a World<'w>,
    pub(super) frailty: f64,
    pub(super) children: &'a [AtRisk],
}

impl Process<'_, '_> {
    fn together(&self) -> f64 {
        self.world.scenario.returns.together
    }

    fn own(&self, child: &AtRisk, day: Day) -> f64 {
        child.pull * self.world.risk.hazard(day.0 - child.since.0)
    }

    /// The hazard of a day with a return, before frailty and the level of the month, and the greatest of the children.
    fn union(&self, hazards: impl Iterator<Item = f64>) -> (f64, f64) {
        let (mut sum, mut greatest) = (0.0, 0.0_f64);
        for hazard in hazards {
            sum += hazard;
            greatest = greatest.max(hazard);
        }
        ((1.0 - self.together()) * sum + self.together() * greatest, greatest)
    }

    /// The first day in `from..=to` on which children come back, and which. `patience` is the cumulative hazard still to
    /// run before the next candidate.
    pub(super) fn first_return(
        &self,
        from: Day,
        to: Day,
        patience: &mut f64,
        rng: &mut ChaCha8Rng,
    ) -> Option<(Day, Vec<usize>)> {
        let calendar = &self.world.calendar;
        let mut begin = from;
        while begin <= to {
            let month = calendar.month(begin);
            // The hazard falls fast after a closure: a stretch no longer than the days since keeps the bound near.
            let youngest = self.children.iter().map(|c| begin.0 - c.since.0).min().unwrap_or(1);
            let end = to.min(calendar.last_day(month)).min(begin.plus(youngest.max(1) - 1));
            let most = |c: &AtRisk| {
                let at_end = if self.world.risk.falling() { 0.0 } else { self.own(c, end) };
                self.own(c, begin).max(at_end)
            };
            let (bound, _) = self.union(self.children.iter().map(most));
            let rate = self.frailty * calendar.level(month) * bound;
            let mut at = f64::from(begin.0);
            let stop = f64::from(end.0 + 1);
            while rate > 0.0 && at + *patience / rate < stop {
                at += *patience / rate;
                *patience = draw::exponential(rng);
                let day = Day(whole(at));
                let mut who = Vec::new();
                self.candidate(day, bound, &mut who, rng);
                if who.is_empty() {
                    continue;
                }
                // Others may come back on the same day by themselves.
                let midnight = f64::from(day.0 + 1);
                while at + *patience / rate < midnight {
                    at += *patience / rate;
                    *patience = draw::exponential(rng);
                    self.candidate(day, bound, &mut who, rng);
                }
                *patience = draw::exponential(rng);
                who.sort_unstable();
                return Some((day, who));
            }
            *patience -= rate * (stop - at);
            begin = end.plus(1);
        }
        None
    }

    /// Whom a candidate on a day brings back; nobody if it is not kept.
    fn candidate(&self, day: Day, bound: f64, who: &mut Vec<usize>, rng: &mut ChaCha8Rng) {
        let (union, greatest) = self.union(self.children.iter().map(|c| self.own(c, day)));
        let mut left = draw::unit(rng) * bound;
        if left >= union {
            return;
        }
        let mut add = |child: usize| {
            if !who.contains(&child) {
                who.push(child);
            }
        };
        for child in self.children {
            left -= (1.0 - self.together()) * self.own(child, day);
            if left < 0.0 {
                add(child.child);
                return;
            }
        }
        let reach = draw::unit(rng) * greatest;
        for child in self.children.iter().filter(|c| self.own(c, day) > reach) {
            add(child.child);
        }
    }

    /// The cumulative hazard of a day with a return over `from..=to`, without the frailty.
    pub(super) fn exposure(&self, from: Day, to: Day) -> f64 {
        let (calendar, risk) = (&self.world.calendar, &self.world.risk);
        let mut begin = from;
        let mut total = 0.0;
        while begin <= to && !self.children.is_empty() {
            let month = calendar.month(begin);
            let end = to.min(calendar.last_day(month));
            let over = |c: &AtRisk| {
                c.pull * (risk.cumulative(end.0 - c.since.0) - risk.cumulative(begin.0 - 1 - c.since.0))
            };
            let sum: f64 = self.children.iter().map(over).sum();
            let shared = self.steady(begin, end).map_or_else(
                || (begin.0..=end.0).map(|day| self.union_greatest(Day(day))).sum(),
                |child| over(&self.children[child]),
            );
            total += calendar.level(month) * ((1.0 - self.together()) * sum + self.together() * shared);
            begin = end.plus(1);
        }
        total
    }

    fn union_greatest(&self, day: Day) -> f64 {
        self.children.iter().map(|c| self.own(c, day)).fold(0.0, f64::max)
    }

    /// The child with the greatest hazard from `begin` to `end`, if it is the same throughout: the ratio of two such
    /// hazards only rises or only falls, so it is if it is at both ends.
    fn steady(&self, begin: Day, end: Day) -> Option<usize> {
        let greatest = |day: Day| {
            let hazards = self.children.iter().map(|c| self.own(c, day)).enumerate();
            hazards.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
        };
        greatest(begin).filter(|i| self.children.len() == 1 || greatest(end) == Some(*i))
    }
}

fn whole(at: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a day of the calendar")]
    let day = at.floor() as i32;
    day
}
