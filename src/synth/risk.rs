//! The true probability of a return within the horizon, by integrating over what is not known at the referral.
//!
//! Given the frailty *z*, the child comes back within the horizon unless it outlives its exposure:
//! `P = E[1 - exp(-z g X)]`, where *g* is the pull (hazard ratio of recorded facts) and `X` is the cumulative baseline
//! hazard over the days at risk inside the horizon. `X` depends on the episode's length and on when the child leaves,
//! both independent of *z* and of each other; its distribution is a sum over whole days. With the frailty integrated
//! out over its posterior Gamma(A, B), `P = E[1 - (B / (B + g X))^A]`.
//!
//! Both are smooth in `X`, so the few hundred values of `X` of a path are replaced once by a few points: the range of
//! `X` is cut in [`BINS`], each with the two-point rule that keeps its mass, mean, variance and skewness. The error
//! against the full sum is below 1e-6 (tested).

use super::course::{ALL, Courses, PATHS};

/// Days after a referral within which a return counts.
pub const HORIZON_DAYS: u16 = 365;

const BINS: usize = 16;

/// One point of the distribution of the exposure.
#[derive(Clone, Copy, Debug)]
struct Point {
    weight: f64,
    exposure: f64,
}

/// The baseline hazard by day since closure, and the exposure's distribution for every path and horizon.
#[derive(Debug)]
pub(super) struct Risk {
    /// Hazard of the s-th day after closure; `daily[0]` is 0, since nobody is referred on the day of closure.
    daily: Vec<f64>,
    /// `points[days][path]`: the horizon is shorter than [`HORIZON_DAYS`] for a child about to turn 18.
    points: Vec<[Vec<Point>; PATHS]>,
}

impl Risk {
    /// Hazards up to `longest` days after closure, and exposures when a child leaves with rate `leave_per_day`.
    pub(super) fn new(
        shape: f64,
        scale_days: f64,
        longest: usize,
        courses: &Courses,
        leave_per_day: f64,
    ) -> Self {
        let horizon = usize::from(HORIZON_DAYS);
        let cumulative: Vec<f64> =
            (0..=longest.max(horizon)).map(|s| (as_f64(s) / scale_days).powf(shape)).collect();
        let daily = std::iter::once(0.0).chain(cumulative.windows(2).map(|pair| pair[1] - pair[0])).collect();
        let lengths = ALL.map(|path| courses.length(path, horizon));
        let points = (0..=horizon)
            .map(|days| {
                let at_risk = lengths.each_ref().map(|length| days_at_risk(length, days, leave_per_day));
                at_risk.map(|weights| compress(&weights, &cumulative))
            })
            .collect();
        Self { daily, points }
    }

    /// The baseline hazard of the s-th day after closure.
    pub(super) fn hazard(&self, s: i32) -> f64 {
        usize::try_from(s).ok().and_then(|s| self.daily.get(s)).copied().unwrap_or(0.0)
    }

    /// The probability of a return within `days` (at most [`HORIZON_DAYS`]) of a referral, where path *i* has
    /// probability `paths[i]` and pull `pulls[i]`, given the frailty.
    pub(super) fn given_frailty(
        &self,
        days: usize,
        paths: &[f64; PATHS],
        pulls: &[f64; PATHS],
        z: f64,
    ) -> f64 {
        self.expect(days, paths, pulls, |x| -(-z * x).exp_m1())
    }

    /// The same with the frailty integrated out over Gamma(`shape`, `rate`).
    pub(super) fn given_record(
        &self,
        days: usize,
        paths: &[f64; PATHS],
        pulls: &[f64; PATHS],
        (shape, rate): (f64, f64),
    ) -> f64 {
        self.expect(days, paths, pulls, |x| -(-shape * (x / rate).ln_1p()).exp_m1())
    }

    fn expect(&self, days: usize, paths: &[f64; PATHS], pulls: &[f64; PATHS], p: impl Fn(f64) -> f64) -> f64 {
        let Some(points) = self.points.get(days) else { return 0.0 };
        let of_path = |(points, pull): (&Vec<Point>, &f64)| -> f64 {
            points.iter().map(|point| point.weight * p(pull * point.exposure)).sum()
        };
        paths.iter().zip(points.iter().zip(pulls)).map(|(path, rest)| path * of_path(rest)).sum()
    }
}

fn as_f64(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

/// The probability of 0, 1, … days at risk within `days` of a referral, from the episode's length distribution and
/// the rate of leaving. Day j after the referral is at risk if the episode closed before it and the child has not left
/// on or before it.
fn days_at_risk(length: &[f64], days: usize, leave_per_day: f64) -> Vec<f64> {
    let stay = (-leave_per_day).exp();
    let stayed: Vec<f64> = (0..=days).map(|j| (-leave_per_day * as_f64(j)).exp()).collect();
    let mut out = vec![0.0; days + 1];
    // Stayed to the end of the horizon: all days after the closure.
    for d in 0..=days {
        out[days - d] += length[d] * stayed[days];
    }
    // Left on day j: the days from the closure to the day before.
    let mut closed_and_stayed = 0.0;
    let mut up_to = vec![0.0; days + 1];
    for d in 0..=days {
        closed_and_stayed += length[d] * stayed[d];
        up_to[d] = closed_and_stayed;
    }
    for k in 0..days {
        out[k] += stayed[k] * (1.0 - stay) * up_to[days - 1 - k];
    }
    out
}

/// A few points with the same mass, and in each bin the same first three moments, as `weights[k]` at `cumulative[k]`.
/// Days without exposure are left out: they add nothing.
fn compress(weights: &[f64], cumulative: &[f64]) -> Vec<Point> {
    let last = cumulative[weights.len() - 1];
    let mut bins: [Vec<Point>; BINS] = Default::default();
    for (&weight, &exposure) in weights.iter().zip(cumulative).skip(1).filter(|(w, _)| **w > 0.0) {
        let upper = |bin: usize| last * as_f64(bin + 1) / as_f64(BINS);
        let bin = (0..BINS - 1).find(|&bin| exposure <= upper(bin)).unwrap_or(BINS - 1);
        bins[bin].push(Point { weight, exposure });
    }
    bins.iter().flat_map(|bin| two_points(bin)).collect()
}

fn two_points(points: &[Point]) -> Vec<Point> {
    let weight: f64 = points.iter().map(|p| p.weight).sum();
    if weight <= 0.0 {
        return Vec::new();
    }
    let mean = points.iter().map(|p| p.weight * p.exposure).sum::<f64>() / weight;
    let moment =
        |power: i32| points.iter().map(|p| p.weight * (p.exposure - mean).powi(power)).sum::<f64>() / weight;
    let sd = moment(2).max(0.0).sqrt();
    if sd <= 1e-9 * mean {
        return vec![Point { weight, exposure: mean }];
    }
    let skew = moment(3) / sd.powi(3);
    let root = skew.hypot(2.0);
    let share = 0.5 * (1.0 - skew / root);
    vec![
        Point { weight: weight * (1.0 - share), exposure: mean + 0.5 * sd * (skew - root) },
        Point { weight: weight * share, exposure: mean + 0.5 * sd * (skew + root) },
    ]
}

#[cfg(test)]
mod tests {
    use super::{Risk, days_at_risk};
    use crate::synth::course::{ALL, Courses, PATHS};

    #[test]
    fn the_points_agree_with_the_sum_over_all_days() {
        let (courses, leave) = (Courses::new(), 0.03 / 365.25);
        let risk = Risk::new(0.7, 1_000.0, 400, &courses, leave);
        for days in [1_usize, 40, 200, 365] {
            for path in ALL {
                let length = courses.length(path, 365);
                let (pull, shape, rate, z): (f64, f64, f64, f64) = (2.5, 3.5, 1.7, 4.0);
                let (mut by_frailty, mut by_record) = (0.0, 0.0);
                // Every day of closure and every day of leaving, one by one.
                for (d, &share) in length.iter().enumerate().take(days) {
                    for left in 1..=days + 1 {
                        let p = if left <= days {
                            (-leave * (left - 1) as f64).exp() * -(-leave).exp_m1()
                        } else {
                            (-leave * days as f64).exp()
                        };
                        let at_risk = (left - 1).saturating_sub(d) as f64;
                        let x = pull * (at_risk / 1_000.0).powf(0.7);
                        by_frailty += share * p * (1.0 - (-z * x).exp());
                        by_record += share * p * (1.0 - (rate / (rate + x)).powf(shape));
                    }
                }
                let mut paths = [0.0; PATHS];
                paths[path as usize] = 1.0;
                let pulls = [pull; PATHS];
                let got = [
                    risk.given_frailty(days, &paths, &pulls, z) - by_frailty,
                    risk.given_record(days, &paths, &pulls, (shape, rate)) - by_record,
                ];
                assert!(got.iter().all(|g| g.abs() < 1e-6), "{path:?} {days}: {got:?}");
            }
        }
    }

    #[test]
    fn days_at_risk_keep_the_mass_of_short_episodes() {
        let mass: f64 = days_at_risk(&[0.5, 0.25, 0.125], 2, 0.1).iter().sum();
        // The episode of two days leaves no day at risk, and one that outlasts the horizon is not in the table. A
        // child who left while the episode was open is not counted either: it has no exposure.
        assert!(mass <= 0.875 && mass > 0.8, "{mass}");
    }
}
