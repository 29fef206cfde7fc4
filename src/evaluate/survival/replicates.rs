//! Bootstrap intervals by household for measures that take a weight a row.
//!
//! Measures: how much an estimate would vary over other samples of households. Formula: in a replicate as many households
//! are drawn as there are, with replacement, and a row counts as often as its household was drawn; the interval reaches from
//! the 2.5th to the 97.5th percentile of the replicates in which the measure is defined.
//! Inputs: a seed, the household of each row numbered from 0 without gaps, and a measure of weights (one a row, of 0 or
//! above). Undefined when: the measure is, in more than 5% of replicates.
//! Reference: Efron and Tibshirani (1993), An Introduction to the Bootstrap; Field and Welsh (2007), Journal of the Royal
//! Statistical Society B (clusters). Equal: the draws of `evaluate::resample`, number by number.

use rand::RngExt;
use rayon::prelude::*;

use crate::evaluate::Value;
use crate::evaluate::measures::Spread;
use crate::evaluate::resample::draw;
use crate::num::seed;

/// What is printed next to the number.
pub const CONVENTION: &str =
    "95% interval: 2.5th to 97.5th percentile of bootstrap replicates, households drawn with replacement.";

/// An interval, or in plain words why there is none.
pub type Interval = Result<(f64, f64), &'static str>;

/// The weight of each row in one replicate; it depends on the seed and the number alone. No weights at all where
/// households are not numbered without gaps.
#[must_use]
pub fn draws(seed: u64, number: usize, household: &[u32]) -> Vec<f64> {
    let count = counts::<1>(seed, number, 1, household);
    household.iter().filter_map(|h| count.get(*h as usize)).map(|[drawn]| f64::from(*drawn)).collect()
}

/// How often each household is drawn in the replicates from `first` on, one a lane; lanes from `used` on stay empty.
pub(super) fn counts<const L: usize>(
    seed: u64,
    first: usize,
    used: usize,
    household: &[u32],
) -> Vec<[u8; L]> {
    let last = household.iter().max().copied().unwrap_or(0);
    if last as usize >= household.len() {
        return Vec::new();
    }
    let households = last + 1;
    let mut count = vec![[0_u8; L]; households as usize];
    for (lane, number) in (first..).enumerate().take(used.min(L)) {
        let mut stream = seed::stream(seed, &format!("bootstrap/{number}"));
        for _ in 0..households {
            let drawn = &mut count[stream.random_range(0..households) as usize][lane];
            // Nobody is drawn 255 times: the chance is under 1e-500.
            *drawn = drawn.saturating_add(1);
        }
    }
    count
}

/// The interval of each value of `f`, which gives the same number of values for any weights. Replicates run at once on all
/// threads; each is a function of its number, so the intervals are the same on any number of them.
#[must_use]
pub fn intervals(
    seed: u64,
    replicates: usize,
    household: &[u32],
    f: &(dyn Fn(&[f64]) -> Vec<Value> + Sync),
) -> Vec<Interval> {
    let all: Vec<Vec<Value>> =
        (0..replicates).into_par_iter().map(|number| f(&draws(seed, number, household))).collect();
    let estimates = f(&vec![1.0; household.len()]);
    let missing = Err("not given in this replicate");
    (0..estimates.len())
        .map(|value| {
            let estimate = estimates.get(value).copied().unwrap_or(missing)?;
            interval(estimate, all.iter().map(|replicate| replicate.get(value).copied().unwrap_or(missing)))
        })
        .collect()
}

/// The percentile interval of an estimate from its replicates, by the rules of all others.
///
/// # Errors
/// With no replicates, more than 5% of them undefined, or nearly all to one side of the estimate.
pub fn interval(estimate: f64, replicates: impl Iterator<Item = Value>) -> Interval {
    draw::interval(Spread::Percentile, estimate, replicates.map(Value::ok))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_household_are_drawn_together() {
        let household = [0, 1, 0, 2, 1, 3];
        let mut seen = vec![];
        for number in 0..40 {
            let w = draws(7, number, &household);
            assert_eq!((w[0] as u8, w[1] as u8), (w[2] as u8, w[4] as u8));
            assert_eq!((w[0] + w[1] + w[3] + w[5]) as u8, 4, "as many households as there are");
            seen.push(w.iter().map(|w| *w as u8).collect::<Vec<u8>>());
        }
        let lanes = counts::<8>(7, 3, 2, &household);
        for (row, h) in household.iter().enumerate() {
            assert_eq!(lanes[*h as usize], [seen[3][row], seen[4][row], 0, 0, 0, 0, 0, 0]);
        }
        seen.sort();
        seen.dedup();
        assert!(seen.len() > 10);
        assert!(draws(7, 0, &[]).is_empty() && draws(7, 0, &[9, 0]).is_empty());
    }

    #[test]
    fn draws_follow_the_rule_of_the_project() {
        // As in evaluate/resample/draw.rs: one u32 a household from the stream "bootstrap/{number}".
        let mut stream = seed::stream(11, "bootstrap/5");
        let mut want = [0.0; 50];
        for _ in 0..50 {
            want[stream.random_range(0..50_u32) as usize] += 1.0;
        }
        let household: Vec<u32> = (0..50).collect();
        assert!(draws(11, 5, &household).iter().zip(want).all(|(a, b)| (a - b).abs() < 0.5));
    }

    #[test]
    fn intervals_are_percentiles_of_what_is_defined() {
        // 0, 1, ..., 100: places 0.025 * 100 = 2.5 and 97.5.
        let (low, high) = interval(50.0, (0..=100).map(|i| Ok(f64::from(i)))).unwrap();
        assert!((low - 2.5).abs() < 1e-12 && (high - 97.5).abs() < 1e-12);
        let undefined =
            |below: i32| interval(1.0, (0..100).map(|i| if i < below { Err("no") } else { Ok(1.0) }));
        assert!(undefined(5).is_ok());
        assert_eq!(undefined(6), Err("no interval: undefined in more than 5% of bootstrap replicates"));
        assert!(interval(1.0, std::iter::empty()).is_err());
        // An interval that leaves out its own estimate would be taken for one of it.
        assert!(interval(101.0, (0..=100).map(|i| Ok(f64::from(i)))).is_err());
    }

    #[test]
    fn intervals_cover_the_mean_and_do_not_depend_on_threads() {
        // Households of two, 400 rows of mean 0.5: the standard error of the mean of 200 uniform households is
        // sqrt(1 / 12 / 200) = 0.0204, so the interval is about 0.08 wide.
        let household: Vec<u32> = (0..400).map(|i| i / 2).collect();
        let x: Vec<f64> = household.iter().map(|h| f64::from((h * 37) % 200) / 200.0).collect();
        let mean = |w: &[f64]| {
            let sum: f64 = w.iter().zip(&x).map(|(w, x)| w * x).sum();
            vec![Ok(sum / w.iter().sum::<f64>()), Err("never")]
        };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| intervals(3, 1000, &household, &mean))
        };
        let one = run(1);
        assert_eq!(one, run(3));
        let (low, high) = one[0].unwrap();
        assert!(low < 0.4975 && high > 0.4975 && (high - low - 0.08).abs() < 0.01, "{low} {high}");
        assert!(one[1].is_err());
        assert_eq!(intervals(3, 0, &household, &mean).len(), 2);
    }
}
