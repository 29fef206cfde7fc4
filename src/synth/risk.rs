//! The true probability of each outcome, by integrating over what is not known at the referral.
//!
//! Given the frailty *z*, a child whose episode closes *d* days after the referral comes back by day *t* unless it
//! outlives its exposure: `S(t) = exp(-z g X)`, where *g* is the pull (hazard ratio of recorded facts) and `X` is the
//! cumulative baseline hazard of the days after the closure, each times the level of its month. With the frailty
//! integrated out over its posterior Gamma(A, B), `S(t) = (B / (B + g X))^A`.
//!
//! The episode's length is replaced by a few points ([`compress`]): its range is cut into parts, and each gets the
//! two-point rule that keeps its mass, mean, variance and skewness: over a year a probability is off by 0.0003 at most,
//! and by 0.001 in the year before the 18th birthday (a test measures it). `X` is worked out once for every day of the records,
//! every point, and every end of a month up to the horizon, so that returns can be placed in time: a return in a month
//! counts with the probability that the child has not left by the middle of it, and can bring an escalation only in
//! what is left of the horizon.
//!
//! An escalation (section 47 enquiry, protection plan, start of care) comes in the current episode, by the known
//! distribution of its stages, or in the one that the first return within the horizon opens, or in the one after a
//! second return ([`Again`], in thirds of the horizon and with mean facts). One that needs a third return within the
//! year is left out. The probabilities of escalations are therefore a little low; the test of the truth holds them to
//! 4 in 100 of their value.

use super::calendar::Calendar;
use super::course::{ALL, Courses, PATHS, Path};
use super::episode;
use super::points::{Belief, MOST_POINTS, Point, compress};
use super::scenario::Scenario;
use crate::num::Day;
use rayon::prelude::*;

/// Days after a referral within which an outcome counts.
pub const HORIZON_DAYS: u16 = 365;

/// Escalations, in this order: section 47 enquiry, protection plan, start of care.
pub(super) const ESCALATIONS: usize = 3;

/// What is known of one referral.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// Day of the referral.
    pub(super) day: Day,
    /// Days until the last on which the child can be referred.
    pub(super) until_grown: i32,
    /// Probability of each path.
    pub(super) paths: [f64; PATHS],
    /// Hazard ratio after each path.
    pub(super) pulls: [f64; PATHS],
}

/// What a return opens: the probability of each path, and the hazard ratio after it before that of the path, for each
/// path that the return follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    pub(super) paths: [[f64; PATHS]; PATHS],
    pub(super) pulls: [f64; PATHS],
    /// Hazard ratio of each path.
    pub(super) after: [f64; PATHS],
}

/// First returns within one third of the horizon: their probability, and sums weighted by it of their days, their
/// exposure, their paths, and their pulls.
#[derive(Clone, Copy, Debug, Default)]
struct Again {
    came: f64,
    days: f64,
    exposure: f64,
    pull: f64,
    paths: [f64; PATHS],
}

/// The parts of the horizon by which first returns are grouped.
const THIRDS: usize = 3;

/// The baseline hazard by day since closure, and the exposures of every recorded day.
#[derive(Debug)]
pub(super) struct Risk {
    shape: f64,
    scale_days: f64,
    /// Hazard of the s-th day after closure; `daily[0]` is 0, since nobody is referred on the day of closure.
    daily: Vec<f64>,
    cumulative: Vec<f64>,
    leave_per_day: f64,
    /// Probability that a child has not left within so many half days.
    stays: Vec<f64>,
    horizons: Vec<i32>,
    points: Vec<Vec<Point>>,
    first: Day,
    days: Vec<Exposures>,
    /// `escalation[d][which][path]`: probability that it has come within d days of the referral.
    escalation: Vec<[[f64; PATHS]; ESCALATIONS]>,
}

/// The exposure of each point of each path at each node.
#[derive(Debug)]
struct Exposures {
    /// Days since the referral, ascending, the ends of months and the horizons.
    nodes: Vec<i32>,
    /// `exposure[node * points + point]`, the points of all paths one after another.
    exposure: Vec<f64>,
    points: usize,
    /// `exposed[node][path]`: how many of the path's points, which come in the order of their days, are exposed by it.
    exposed: Vec<[u8; PATHS]>,
}

impl Exposures {
    /// Those of the `points` of a path, of which the first is the `from`-th of all, that are exposed by a node, and their
    /// exposure.
    fn at<'a>(
        &'a self,
        node: usize,
        path: Path,
        (from, points): (usize, &'a [Point]),
    ) -> (&'a [Point], &'a [f64]) {
        let exposed = usize::from(self.exposed[node][path as usize]);
        let start = node * self.points + from;
        (&points[..exposed], &self.exposure[start..start + exposed])
    }
}

impl Risk {
    /// Works out the tables; without a calendar, only those of the hazard. `horizons` are asked for besides
    /// [`HORIZON_DAYS`].
    pub(super) fn new(
        scenario: &Scenario,
        courses: &Courses,
        calendar: Option<&Calendar>,
        leave_per_day: f64,
        horizons: &[u16],
    ) -> Self {
        let (shape, scale_days) = (scenario.returns.shape, scenario.returns.scale_days);
        let mut all: Vec<i32> = horizons.iter().copied().map(i32::from).collect();
        all.push(i32::from(HORIZON_DAYS));
        let furthest = all.iter().copied().max().unwrap_or(0);
        let last = usize::try_from(furthest).unwrap_or(0);
        let longest = 40 * 366;
        let cumulative: Vec<f64> = (0..=longest).map(|s| (f64::from(s) / scale_days).powf(shape)).collect();
        let daily = std::iter::once(0.0).chain(cumulative.windows(2).map(|pair| pair[1] - pair[0])).collect();
        let points = ALL.map(|path| compress(&courses.length(path, 3, last))).to_vec();
        let of_path = ALL.map(|path| episode::escalations(courses, path, last));
        let on_day = |d: usize| std::array::from_fn(|e| std::array::from_fn(|k| of_path[k][e][d]));
        let escalation = (0..=last).map(on_day).collect();
        let mut risk = Self {
            shape,
            scale_days,
            daily,
            cumulative,
            leave_per_day,
            stays: (0..=2 * furthest).map(|half| (-leave_per_day * f64::from(half) / 2.0).exp()).collect(),
            horizons: horizons.iter().copied().map(i32::from).collect(),
            points,
            first: scenario.start,
            days: Vec::new(),
            escalation,
        };
        if let Some(calendar) = calendar {
            let days: Vec<Day> = (scenario.start.0..=scenario.end.0).map(Day).collect();
            risk.days = days.par_iter().map(|day| risk.exposures(calendar, *day, &all, furthest)).collect();
        }
        risk
    }

    /// The baseline hazard of the s-th day after closure, before the level of the month.
    pub(super) fn hazard(&self, s: i32) -> f64 {
        usize::try_from(s).ok().and_then(|s| self.daily.get(s)).copied().unwrap_or(0.0)
    }

    /// The baseline hazard of the days after closure up to the s-th.
    pub(super) fn cumulative(&self, s: i32) -> f64 {
        usize::try_from(s).ok().and_then(|s| self.cumulative.get(s)).copied().unwrap_or(0.0)
    }

    /// Whether the hazard never rises.
    pub(super) fn falling(&self) -> bool {
        self.shape <= 1.0
    }

    fn at(&self, s: f64) -> f64 {
        if s > 0.0 { (s / self.scale_days).powf(self.shape) } else { 0.0 }
    }

    fn exposures(&self, calendar: &Calendar, day: Day, horizons: &[i32], furthest: i32) -> Exposures {
        let mut month = calendar.month(day);
        let mut nodes = horizons.to_vec();
        while calendar.last_day(month).0 - day.0 < furthest {
            nodes.push(calendar.last_day(month).0 - day.0);
            month += 1;
        }
        nodes.retain(|n| *n > 0);
        nodes.sort_unstable();
        nodes.dedup();
        let points: usize = self.points.iter().map(Vec::len).sum();
        let mut exposure = vec![0.0; nodes.len() * points];
        for (place, point) in self.points.iter().flatten().enumerate() {
            let (mut from, mut sum) = (0_i32, 0.0);
            for (i, &node) in nodes.iter().enumerate() {
                // No node lies between two ends of months, so the days since the last one share a month.
                let level = calendar.level(calendar.month(day.plus(node)));
                sum += level * (self.at(f64::from(node) - point.day) - self.at(f64::from(from) - point.day));
                from = node;
                exposure[i * points + place] = sum;
            }
        }
        let by = |node: &i32, points: &[Point]| points.partition_point(|p| p.day < f64::from(*node));
        let count = |node, k: usize| u8::try_from(by(node, &self.points[k])).unwrap_or(u8::MAX);
        let exposed = nodes.iter().map(|node| std::array::from_fn(|k| count(node, k))).collect();
        Exposures { nodes, exposure, points, exposed }
    }

    /// The probability of a return within each of the horizons asked for, besides 365 days.
    pub(super) fn horizons(&self, case: &Case, belief: Belief) -> impl Iterator<Item = f64> + '_ {
        let case = *case;
        self.horizons.iter().map(move |&horizon| self.outcomes(&case, horizon, belief, None)[0])
    }

    /// The probability of a return within [`HORIZON_DAYS`], and of each escalation; `next` holds what a
    /// return would open.
    pub(super) fn year(&self, case: &Case, belief: Belief, next: &Next) -> [f64; 1 + ESCALATIONS] {
        self.outcomes(case, i32::from(HORIZON_DAYS), belief, Some(next))
    }

    /// The same for a child whose last closure was on `since` and whose hazard goes on as it was, with pull `pull`.
    pub(super) fn year_without_episode(
        &self,
        calendar: &Calendar,
        (day, since, last): (Day, Day, i32),
        pull: f64,
        belief: Belief,
        next: &[f64; PATHS],
    ) -> [f64; 1 + ESCALATIONS] {
        let last = last.min(i32::from(HORIZON_DAYS));
        let mut out = [0.0; 1 + ESCALATIONS];
        let (mut from, mut x, mut survived) = (0, 0.0, 1.0);
        while from < last {
            let month = calendar.month(day.plus(from + 1));
            let to = (calendar.last_day(month).0 - day.0).min(last);
            let s = day.0 - since.0;
            x += calendar.level(month) * (self.cumulative(s + to) - self.cumulative(s + from));
            let [now] = belief.survive([pull * x]);
            let middle = f64::from(from + to) / 2.0;
            let came = (survived - now) * (-self.leave_per_day * middle).exp();
            out[0] += came;
            let left = days_left(last, middle);
            for (out, later) in out[1..].iter_mut().zip(self.of_next(next, left)) {
                *out += came * later;
            }
            (from, survived) = (to, now);
        }
        out
    }

    fn outcomes(
        &self,
        case: &Case,
        horizon: i32,
        belief: Belief,
        next: Option<&Next>,
    ) -> [f64; 1 + ESCALATIONS] {
        let mut out = [0.0; 1 + ESCALATIONS];
        let days = usize::try_from(case.day.0 - self.first.0).ok().and_then(|day| self.days.get(day));
        let last = horizon.min(case.until_grown);
        let Some(exposures) = days.filter(|_| last > 0) else { return out };
        // Every second month is fine enough; the last node is the horizon, or the end of the month before the birthday.
        let end = exposures.nodes.partition_point(|n| *n <= last);
        let mut again = [Again::default(); THIRDS];
        let mut first_point = 0;
        for path in ALL {
            let k = path as usize;
            let points = &self.points[k];
            let from = first_point;
            first_point += points.len();
            let (share, pull) = (case.paths[k], case.pulls[k]);
            let mut before = 0;
            let mut escalated = [0.0; ESCALATIONS];
            let mut survived = [1.0; MOST_POINTS];
            for node in ((end + 1) % 2..end).step_by(2) {
                let (points, exposure) = exposures.at(node, path, (from, points));
                let (returned, exposure) = belief.returned(points, exposure, pull, &mut survived);
                let day = exposures.nodes[node];
                let middle = f64::from(before + day) / 2.0;
                let stays = self.stays[usize::try_from(before + day).unwrap_or(0)];
                before = day;
                out[0] += share * returned * stays;
                let Some(next) = next else { continue };
                let left = days_left(last, middle);
                let later = self.of_next(&next.paths[k], left);
                for (sum, later) in escalated.iter_mut().zip(later) {
                    *sum += returned * stays * later;
                }
                let third = usize::try_from(i64::from(day - 1) * 3 / i64::from(last)).unwrap_or(0);
                again[third.min(THIRDS - 1)].add(share * stays, (returned, exposure), middle, (next, k));
            }
            if next.is_some() {
                for (e, again) in escalated.into_iter().enumerate() {
                    out[1 + e] += share * self.now_or(path, e, last, again);
                }
            }
        }
        if let Some(next) = next {
            for again in again.iter().filter(|again| again.came > 1e-9) {
                self.add_second_returns(again, (case.day, last), belief, next, &mut out);
            }
        }
        out
    }

    /// The probability of an escalation in the episode itself within `last` days, or later with probability `again`.
    fn now_or(&self, path: Path, which: usize, last: i32, again: f64) -> f64 {
        let now = self.escalated(path, which, usize::try_from(last).unwrap_or(0));
        let now = now * (-self.leave_per_day * f64::from(last.min(60)) / 2.0).exp();
        // Once it is sure that the episode brings the escalation, a return adds nothing.
        now + self.spared(path, which) * again
    }

    /// The probability that an episode never brings an escalation.
    fn spared(&self, path: Path, which: usize) -> f64 {
        (1.0 - self.escalated(path, which, usize::MAX)).max(0.0)
    }

    /// Adds escalations after a second return.
    fn add_second_returns(
        &self,
        again: &Again,
        (day, last): (Day, i32),
        belief: Belief,
        next: &Next,
        out: &mut [f64; 1 + ESCALATIONS],
    ) {
        let mean = |sum: f64| sum / again.came;
        let start = f64_to_days(mean(again.days));
        let start = i32::try_from(start).unwrap_or(0);
        let place = usize::try_from(day.0 + start - self.first.0).unwrap_or(0).min(self.days.len() - 1);
        let (exposures, left) = (&self.days[place], last - start);
        let belief = match belief {
            Belief::Known(z) => Belief::Known(z),
            Belief::Gamma(shape, rate) => Belief::Gamma(shape + 1.0, rate + mean(again.exposure)),
        };
        let end = exposures.nodes.partition_point(|n| *n <= left);
        let mut first_point = 0;
        for path in ALL {
            let k = path as usize;
            let points = &self.points[k];
            let from = first_point;
            first_point += points.len();
            let pull = mean(again.pull) * next.after[k];
            let spared: [f64; ESCALATIONS] = std::array::from_fn(|e| self.spared(path, e));
            let mut before = 0;
            let mut survived = [1.0; MOST_POINTS];
            for node in ((end + 1) % 2..end).step_by(2) {
                let (points, exposure) = exposures.at(node, path, (from, points));
                let (returned, _) = belief.returned(points, exposure, pull, &mut survived);
                let middle = f64::from(before + exposures.nodes[node]) / 2.0;
                before = exposures.nodes[node];
                let later = self.of_next(&next.paths[k], days_left(left, middle));
                for (e, (out, later)) in out[1..].iter_mut().zip(later).enumerate() {
                    *out += again.paths[k] * spared[e] * returned * later;
                }
            }
        }
    }

    /// The probability of each escalation within `days` of a referral whose path has these probabilities.
    fn of_next(&self, paths: &[f64; PATHS], days: usize) -> [f64; ESCALATIONS] {
        let within = &self.escalation[days.min(self.escalation.len() - 1)];
        within.map(|by_path| by_path.iter().zip(paths).map(|(p, share)| p * share).sum())
    }

    fn escalated(&self, path: Path, which: usize, days: usize) -> f64 {
        self.escalation[days.min(self.escalation.len() - 1)][which][path as usize]
    }
}

impl Again {
    /// Adds first returns after path `k`.
    fn add(&mut self, weight: f64, (returned, exposure): (f64, f64), day: f64, (next, k): (&Next, usize)) {
        let came = weight * returned;
        self.came += came;
        self.days += came * day;
        self.exposure += weight * exposure;
        self.pull += came * next.pulls[k];
        for (sum, p) in self.paths.iter_mut().zip(next.paths[k]) {
            *sum += came * p;
        }
    }
}

/// Whole days left of a horizon.
fn days_left(last: i32, day: f64) -> usize {
    usize::try_from(f64_to_days(f64::from(last) - day)).unwrap_or(0)
}

fn f64_to_days(days: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a number of days within a horizon")]
    let whole = days.round() as i64;
    whole
}
