//! Gray's test that the cumulative incidence of a cause is the same in groups.
//!
//! # Formula
//! With `S_g` and `F_g` of each group alone and `R_g(u)` = `Y_g` (1 - `F_g(u`-)) / `S_g(u`-) the size of its risk set for the subdistribution: the
//! score of group g is the sum over events of the cause of `d_g` - d `R_g` / sum R (rho = 0), with the covariance of Gray 1988,
//! section 4, and factors for ties of the hypergeometric kind. Chi-square on the groups less one.
//!
//! The covariance is a sum over times u and groups k of p (a + q D)(a + q D)', where D sums e(s) a(s) over the later times s, and
//! a(s) = n (1(g = k) - y(s)) has the same y for every k. So what D contributes is taken at s, with the weights of all earlier u
//! summed by group, and a time costs groups², not groups³.
//!
//! # Inputs
//! [`Times`] without late entry; weights as whole numbers of rows; group codes, one a row; the cause, all others competing. Rows are
//! taken as independent: children of one household are not, and the test then rejects too often. For households use
//! [`super::difference`].
//!
//! # Undefined when
//! A row enters late (the covariance is not derived for it); fewer than two groups; a group without variation.
//!
//! # Reference
//! Gray 1988, Annals of Statistics 16:1141. Equals R cmprsk 2.2-11 `cuminc`.

use super::Times;
use super::groups;
use super::sorted::{Counts, Sorted};
use super::wald::Test;

/// What comes at one time: rows at risk, events of the cause and of others, by group.
struct Step {
    at_risk: Vec<f64>,
    own: Vec<f64>,
    others: Vec<f64>,
}

/// What a time with an event of the cause adds to the covariance, by group.
struct Part {
    /// n: the rows that there would be without censoring, Y/S.
    whole: Vec<f64>,
    /// y: their share of all.
    share: Vec<f64>,
    /// Weight of a a'.
    square: Vec<f64>,
    /// Weight of a D' and of D a'.
    cross: Vec<f64>,
    /// e: events for each of the rows that there would be without the cause.
    rate: f64,
}

/// What is known before a time, forwards.
struct Sums {
    many: usize,
    score: Vec<f64>,
    /// Incidence and event-free share of each group.
    incidence: Vec<f64>,
    free: Vec<f64>,
    /// Pooled incidence.
    pooled: f64,
    /// The weight of D D' at the times before, by group.
    weight: Vec<f64>,
    parts: Vec<Part>,
}

impl Sums {
    fn new(many: usize) -> Self {
        let zero = || vec![0.0; many];
        Self {
            many,
            score: zero(),
            incidence: zero(),
            free: vec![1.0; many],
            pooled: 0.0,
            weight: zero(),
            parts: Vec::new(),
        }
    }

    fn add(&mut self, step: &Step) {
        let at_risk = |g: &usize| step.at_risk[*g] > 0.0;
        let whole: Vec<f64> =
            (0..self.many).map(|g| if at_risk(&g) { step.at_risk[g] / self.free[g] } else { 0.0 }).collect();
        // Those of them without an event of the cause.
        let size: Vec<f64> = whole.iter().zip(&self.incidence).map(|(n, f)| n * (1.0 - f)).collect();
        let (all, sizes): (f64, f64) = (whole.iter().sum(), size.iter().sum());
        let events: f64 = step.own.iter().sum();
        let pooled = self.pooled + events / all;
        let rate = events / (all * (1.0 - self.pooled));
        let (mut square, mut cross) = (vec![0.0; self.many], vec![0.0; self.many]);
        for g in (0..self.many).filter(at_risk) {
            let (y, n, free) = (step.at_risk[g], whole[g], self.free[g]);
            let after = free * (y - step.own[g] - step.others[g]) / y;
            let left = if after > 0.0 { (1.0 - pooled) / after } else { 0.0 };
            // What D D' weighs at this time comes after what it weighed before.
            square[g] = self.weight[g] * rate * rate * n * n;
            cross[g] = self.weight[g] * rate * n;
            if events > 0.0 {
                let weight = ties(events, all * free) * free * events / (all * y);
                square[g] += weight * n * n;
                cross[g] += weight * (1.0 - left) * n;
                self.weight[g] += weight * (1.0 - left) * (1.0 - left);
                self.score[g] += step.own[g] - events * size[g] / sizes;
            }
            let others = step.others[g];
            if others > 0.0 && after > 0.0 {
                self.weight[g] += ties(others, y) * free * free * others / (y * y) * left * left;
            }
            self.incidence[g] += free * step.own[g] / y;
            self.free[g] = after;
        }
        self.pooled = pooled;
        if events > 0.0 {
            let share = whole.iter().map(|n| n / all).collect();
            self.parts.push(Part { whole, share, square, cross, rate });
        }
    }

    /// The covariance of the scores, backwards over time.
    fn covariance(&self) -> Vec<Vec<f64>> {
        let square = || vec![vec![0.0; self.many]; self.many];
        let (mut later, mut sum) = (square(), square());
        for part in self.parts.iter().rev() {
            let total: f64 = part.square.iter().sum();
            let moved: Vec<f64> =
                later.iter().map(|row| row.iter().zip(&part.cross).map(|(d, m)| d * m).sum()).collect();
            for g in 0..self.many {
                let (y, q, m, n) = (part.share[g], part.square[g], part.cross[g], part.whole[g]);
                sum[g][g] += q;
                for h in 0..self.many {
                    sum[g][h] += y * part.share[h] * total - q * part.share[h] - y * part.square[h];
                    // later is symmetric.
                    sum[g][h] += (m + part.cross[h]) * later[g][h] - y * moved[h] - moved[g] * part.share[h];
                }
                later[g][g] += part.rate * n;
                later[g].iter_mut().zip(&part.share).for_each(|(d, share)| *d -= part.rate * n * share);
            }
        }
        sum
    }

    fn test(&self) -> Result<Test, &'static str> {
        let kept = self.many - 1;
        let rows: Vec<Vec<f64>> =
            self.covariance().iter().take(kept).map(|row| row[..kept].to_vec()).collect();
        Test::new(&self.score[..kept], &rows)
    }
}

/// The factor for so many events at one time among `of`.
fn ties(events: f64, of: f64) -> f64 {
    if events > 1.0 { 1.0 - (events - 1.0) / (of - 1.0) } else { 1.0 }
}

/// Compares the incidence of `cause` in groups. O(n log n + groups · n + groups² · times).
///
/// # Errors
/// With late entries, columns of different lengths, or fewer than two groups; where nothing varies.
pub fn gray(times: &Times, weight: Option<&[f64]>, group: &[u16], cause: u8) -> Result<Test, &'static str> {
    let sorted = Sorted::new(times);
    if sorted.delayed() {
        return Err("Gray's test is not known for rows that enter late");
    }
    let (_, counts) = groups::counts(&sorted, weight, group)?;
    sums(&sorted, &counts, cause).test()
}

fn sums(sorted: &Sorted<'_>, counts: &[Counts], cause: u8) -> Sums {
    let mut sums = Sums::new(counts.len());
    for u in 0..sorted.time.len() {
        let own: Vec<f64> = counts.iter().map(|of| of.events(u, Some(cause))).collect();
        let others: Vec<f64> = counts.iter().zip(&own).map(|(of, own)| of.events(u, None) - own).collect();
        if own.iter().chain(&others).any(|events| *events > 0.0) {
            let at_risk = counts.iter().map(|of| of.at_risk[u]).collect();
            sums.add(&Step { at_risk, own, others });
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::seed;
    use rand::RngExt;

    #[test]
    fn groups_alike_do_not_differ_and_late_entry_is_refused() {
        let times = Times::new([1.0, 2.0, 3.0, 4.0].repeat(2), [1, 2, 1, 0].repeat(2)).unwrap();
        let found = gray(&times, None, &[0, 0, 0, 0, 1, 1, 1, 1], 1).unwrap();
        assert!(found.statistic.abs() < 1e-20 && (found.p_value - 1.0).abs() < 1e-9);
        assert!(gray(&times, None, &[0; 8], 1).is_err());
        assert!(gray(&times, None, &[0, 0, 0, 0, 1, 1, 1, 1], 3).is_err(), "no such cause");
        let late = Times::with_entry(vec![1.5, -1.0], vec![2.0, 1.0], vec![1, 1]).unwrap();
        assert!(gray(&late, None, &[0, 1], 1).is_err());
    }

    /// One sum over times and groups at a time, with D as what is still to come.
    fn naive(times: &Times, group: &[u16], cause: u8) -> Vec<Vec<f64>> {
        let sorted = Sorted::new(times);
        let (_, counts) = groups::counts(&sorted, None, group).unwrap();
        let many = counts.len();
        let (mut free, mut pooled) = (vec![1.0; many], 0.0);
        // (weight, part of D, k, a of k or none) in order of time, and e a of each k after each.
        let (mut terms, mut steps) = (Vec::new(), Vec::new());
        for u in 0..sorted.time.len() {
            let whole: Vec<f64> = (0..many)
                .map(|g| if counts[g].at_risk[u] > 0.0 { counts[g].at_risk[u] / free[g] } else { 0.0 })
                .collect();
            let all: f64 = whole.iter().sum();
            let events: f64 = counts.iter().map(|of| of.events(u, Some(cause))).sum();
            let a = |g: usize, k: usize| if g == k { whole[g] } else { 0.0 } - whole[g] * whole[k] / all;
            let a: Vec<Vec<f64>> = (0..many).map(|k| (0..many).map(|g| a(g, k)).collect()).collect();
            let rate = events / (all * (1.0 - pooled));
            pooled += events / all;
            for k in (0..many).filter(|k| counts[*k].at_risk[u] > 0.0) {
                let (y, s, own) = (counts[k].at_risk[u], free[k], counts[k].events(u, Some(cause)));
                let others = counts[k].events(u, None) - own;
                free[k] *= (y - own - others) / y;
                let left = if free[k] > 0.0 { (1.0 - pooled) / free[k] } else { 0.0 };
                if events > 0.0 {
                    let weight = ties(events, all * s) * s * events / (all * y);
                    terms.push((steps.len(), weight, 1.0 - left, k, a[k].clone()));
                }
                if others > 0.0 && free[k] > 0.0 {
                    let weight = ties(others, y) * s * s * others / (y * y);
                    terms.push((steps.len(), weight, left, k, vec![0.0; many]));
                }
            }
            steps.push((rate, a));
        }
        let mut sum = vec![vec![0.0; many]; many];
        for (at, weight, part, k, a) in terms {
            let d = |g: usize| steps[at + 1..].iter().map(|(rate, a)| rate * a[k][g]).sum::<f64>();
            let x: Vec<f64> = (0..many).map(|g| a[g] + part * d(g)).collect();
            (0..many).for_each(|g| (0..many).for_each(|h| sum[g][h] += weight * x[g] * x[h]));
        }
        sum
    }

    fn score_and_covariance(times: &Times, group: &[u16], cause: u8) -> Sums {
        let sorted = Sorted::new(times);
        let (_, counts) = groups::counts(&sorted, None, group).unwrap();
        sums(&sorted, &counts, cause)
    }

    #[test]
    fn the_covariance_is_the_sum_over_times_and_groups() {
        let mut rng = seed::stream(6, "gray");
        for draw in 0..40_u16 {
            let (n, most) = (30 + draw, 4 + draw % 9);
            let exit = (0..n).map(|_| f64::from(rng.random_range(1..=most))).collect();
            let cause = (0..n).map(|_| rng.random_range(0..4)).collect();
            let times = Times::new(exit, cause).unwrap();
            let group: Vec<u16> = (0..n).map(|i| i % 4).collect();
            let (fast, slow) =
                (score_and_covariance(&times, &group, 2).covariance(), naive(&times, &group, 2));
            let most = (0..4).map(|g| slow[g][g]).fold(0.0, f64::max);
            for (fast, slow) in fast.iter().flatten().zip(slow.iter().flatten()) {
                assert!((fast - slow).abs() < 1e-12 * most, "{draw}: {fast}, not {slow}");
            }
        }
    }

    /// Group 1 is gone before the first event of the cause, so nothing can differ: no statistic (cmprsk gives none), whatever
    /// rounding makes of n - n²/n.
    #[test]
    fn a_group_that_is_gone_before_the_first_event_is_no_group() {
        let exit = [
            vec![1.0, 1.0, 20.0],
            vec![
                31.0, 32.0, 33.0, 35.0, 36.0, 37.0, 38.0, 38.0, 40.0, 41.0, 42.0, 42.0, 42.0, 43.0, 43.0,
                44.0, 44.0, 44.0, 46.0, 46.0, 49.0, 49.0, 55.0, 56.0, 56.0,
            ],
        ]
        .concat();
        let cause =
            [vec![0, 2, 2], vec![1, 0, 1, 0, 1, 2, 1, 2, 1, 0, 0, 0, 1, 1, 2, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1]]
                .concat();
        let group: Vec<u16> = (0..exit.len()).map(|i| u16::from(i < 3)).collect();
        let turned: Vec<u16> = group.iter().map(|g| 1 - g).collect();
        let times = Times::new(exit, cause).unwrap();
        assert!(gray(&times, None, &group, 1).is_err() && gray(&times, None, &turned, 1).is_err());
        assert!(gray(&times, None, &group, 2).is_ok());
    }

    /// Under independent rows without a difference, the statistic has the mean of its degrees.
    #[test]
    fn it_holds_its_level_and_the_order_of_groups_does_not_matter() {
        let mut rng = seed::stream(5, "gray");
        let (mut total, draws) = (0.0, 400);
        for _ in 0..draws {
            let exit = (0..120).map(|_| f64::from(rng.random_range(1..20_u8))).collect();
            let cause = (0..120).map(|_| rng.random_range(0..3)).collect();
            let times = Times::new(exit, cause).unwrap();
            let group: Vec<u16> = (0..120).map(|i| i % 3).collect();
            let turned: Vec<u16> = group.iter().map(|g| [5, 2, 3][usize::from(*g)]).collect();
            let one = gray(&times, None, &group, 1).unwrap();
            let two = gray(&times, None, &turned, 1).unwrap();
            assert!((one.statistic - two.statistic).abs() < 1e-9 * (1.0 + one.statistic));
            total += one.statistic;
        }
        assert!((total / f64::from(draws) - 2.0).abs() < 0.4, "{}", total / f64::from(draws));
    }
}
