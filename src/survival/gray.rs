//! Gray's test that the cumulative incidence of a cause is the same in groups.
//!
//! # Formula
//! With `S_g` and `F_g` of each group alone and `R_g(u)` = `Y_g` (1 - `F_g(u`-)) / `S_g(u`-) the size of its risk set for the subdistribution: the
//! score of group g is the sum over events of the cause of `d_g` - d `R_g` / sum R (rho = 0), with the covariance of Gray 1988,
//! section 4, and factors for ties of the hypergeometric kind. Chi-square on the groups less one.
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
use super::sorted::Sorted;
use super::wald::Test;

/// Sums over time; groups by groups.
struct Sums {
    many: usize,
    score: Vec<f64>,
    /// Incidence and event-free share of each group before the time.
    incidence: Vec<f64>,
    free: Vec<f64>,
    /// Pooled incidence before the time.
    pooled: f64,
    c: Vec<Vec<f64>>,
    v: Vec<Vec<f64>>,
    v2: Vec<Vec<f64>>,
    v3: Vec<f64>,
}

/// What comes at one time: rows at risk, events of the cause and of others, by group.
struct Step {
    at_risk: Vec<f64>,
    own: Vec<f64>,
    others: Vec<f64>,
}

impl Sums {
    fn new(many: usize) -> Self {
        let square = || vec![vec![0.0; many]; many];
        Self {
            many,
            score: vec![0.0; many],
            incidence: vec![0.0; many],
            free: vec![1.0; many],
            pooled: 0.0,
            c: square(),
            v: square(),
            v2: square(),
            v3: vec![0.0; many],
        }
    }

    fn add(&mut self, step: &Step) {
        // The rows that there would be without censoring, Y/S, and those of them without an event of the cause.
        let whole: Vec<f64> = (0..self.many)
            .map(|g| if step.at_risk[g] > 0.0 { step.at_risk[g] / self.free[g] } else { 0.0 })
            .collect();
        let size: Vec<f64> = whole.iter().zip(&self.incidence).map(|(n, f)| n * (1.0 - f)).collect();
        let (all, sizes): (f64, f64) = (whole.iter().sum(), size.iter().sum());
        let events: f64 = step.own.iter().sum();
        let pooled = self.pooled + events / all;
        let after: Vec<f64> = (0..self.many)
            .map(|g| {
                let (y, gone) = (step.at_risk[g], step.own[g] + step.others[g]);
                if y > 0.0 { self.free[g] * (y - gone) / y } else { self.free[g] }
            })
            .collect();
        let mut a = vec![vec![0.0; self.many]; self.many];
        for g in (0..self.many).filter(|g| step.at_risk[*g] > 0.0) {
            for h in (0..self.many).filter(|h| step.at_risk[*h] > 0.0) {
                let same = if g == h { whole[g] } else { 0.0 };
                a[g][h] = same - whole[g] * whole[h] / all;
                self.c[g][h] += a[g][h] * events / (all * (1.0 - self.pooled));
            }
            self.score[g] += step.own[g] - events * size[g] / sizes;
        }
        for k in (0..self.many).filter(|k| step.at_risk[*k] > 0.0) {
            let (y, free) = (step.at_risk[k], self.free[k]);
            let left = if after[k] > 0.0 { (1.0 - pooled) / after[k] } else { 0.0 };
            if events > 0.0 {
                let ties = if events > 1.0 { 1.0 - (events - 1.0) / (all * free - 1.0) } else { 1.0 };
                self.spread(k, &a, 1.0 - left, ties * free * events / (all * y));
            }
            let others = step.others[k];
            if others > 0.0 && after[k] > 0.0 {
                let ties = if others > 1.0 { 1.0 - (others - 1.0) / (y - 1.0) } else { 1.0 };
                let none = vec![vec![0.0; self.many]; self.many];
                self.spread(k, &none, left, ties * free * free * others / (y * y));
            }
        }
        for g in (0..self.many).filter(|g| step.at_risk[*g] > 0.0) {
            self.incidence[g] += self.free[g] * step.own[g] / step.at_risk[g];
        }
        self.free = after;
        self.pooled = pooled;
    }

    /// Adds what group `k` contributes: `weight` times the products of a - part c.
    fn spread(&mut self, k: usize, a: &[Vec<f64>], part: f64, weight: f64) {
        self.v3[k] += part * part * weight;
        for g in 0..self.many {
            let first = a[g][k] - part * self.c[g][k];
            self.v2[g][k] += first * part * weight;
            for (h, row) in a.iter().enumerate() {
                self.v[g][h] += first * (row[k] - part * self.c[h][k]) * weight;
            }
        }
    }

    fn test(&self) -> Result<Test, &'static str> {
        let kept = self.many - 1;
        let covariance = |g: usize, h: usize| {
            let of = |k: usize| {
                self.c[g][k] * self.c[h][k] * self.v3[k]
                    + self.c[g][k] * self.v2[h][k]
                    + self.c[h][k] * self.v2[g][k]
            };
            self.v[g][h] + (0..self.many).map(of).sum::<f64>()
        };
        let rows: Vec<Vec<f64>> = (0..kept).map(|g| (0..kept).map(|h| covariance(g, h)).collect()).collect();
        Test::new(&self.score[..kept], &rows)
    }
}

/// Compares the incidence of `cause` in groups. O(n log n + groups · n + groups³ · times).
///
/// # Errors
/// With late entries, columns of different lengths, or fewer than two groups; where nothing varies.
pub fn gray(times: &Times, weight: Option<&[f64]>, group: &[u16], cause: u8) -> Result<Test, &'static str> {
    let sorted = Sorted::new(times);
    if sorted.delayed() {
        return Err("Gray's test is not known for rows that enter late");
    }
    let (_, counts) = groups::counts(&sorted, weight, group)?;
    let mut sums = Sums::new(counts.len());
    for u in 0..sorted.time.len() {
        let own: Vec<f64> = counts.iter().map(|of| of.events(u, Some(cause))).collect();
        let others: Vec<f64> = counts.iter().zip(&own).map(|(of, own)| of.events(u, None) - own).collect();
        if own.iter().chain(&others).any(|events| *events > 0.0) {
            let at_risk = counts.iter().map(|of| of.at_risk[u]).collect();
            sums.add(&Step { at_risk, own, others });
        }
    }
    sums.test()
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
