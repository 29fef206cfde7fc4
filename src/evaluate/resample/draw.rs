//! The household bootstrap: which rows count how often, and intervals from what comes out.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::RngExt;

use super::pass::{LANES, Weight};
use crate::evaluate::measures::Spread;
use crate::num::{quantile, seed};

/// Half the width of a 95% interval in standard deviations of a normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;

/// Largest share of replicates that may be undefined before an interval is withheld.
const MOST_UNDEFINED: f64 = 0.05;

/// Weights of rows in some replicates, with room that is used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draw {
    count: Vec<[u8; LANES]>,
    /// How often each row counts, by lane.
    pub(crate) weights: Vec<Weight>,
}

impl Draw {
    /// Draws as many households as there are, with replacement, for each replicate of `numbers` in one lane. A row counts
    /// as often as its household is drawn. The draw depends on the seed and the replicate's number alone, so every model
    /// and every group sees the same one.
    pub(crate) fn replicates(&mut self, seed: u64, numbers: Range<usize>, household: &[u32]) {
        let households = household.iter().max().map_or(0, |last| last + 1);
        self.count.clear();
        self.count.resize(households as usize, [0; LANES]);
        for (lane, number) in numbers.enumerate().take(LANES) {
            let mut stream = seed::stream(seed, &format!("bootstrap/{number}"));
            for _ in 0..households {
                let drawn = &mut self.count[stream.random_range(0..households) as usize][lane];
                // Nobody is drawn 255 times: the chance is under 1e-500.
                *drawn = drawn.saturating_add(1);
            }
        }
        self.weights.clear();
        self.weights.extend(household.iter().map(|h| self.count[*h as usize].map(u16::from)));
    }
}

/// Counts finished steps, from any thread.
pub(crate) struct Ticker<'a> {
    done: AtomicU64,
    total: u64,
    progress: &'a (dyn Fn(u64, u64) + Sync),
}

impl<'a> Ticker<'a> {
    pub(crate) fn new(total: u64, progress: &'a (dyn Fn(u64, u64) + Sync)) -> Self {
        Self { done: AtomicU64::new(0), total, progress }
    }

    pub(crate) fn tick(&self, steps: usize) {
        let done = self.done.fetch_add(steps as u64, Ordering::Relaxed) + steps as u64;
        (self.progress)(done, self.total);
    }
}

/// The 95% interval of an estimate from its replicates, or in plain words why there is none.
pub(crate) fn interval(
    spread: Spread,
    estimate: f64,
    replicates: impl Iterator<Item = Option<f64>>,
) -> Result<(f64, f64), &'static str> {
    if spread == Spread::None {
        return Err("no interval: not given for this measure");
    }
    let (mut defined, mut all) = (Vec::new(), 0_usize);
    for value in replicates {
        all += 1;
        defined.extend(value);
    }
    if all == 0 {
        return Err("no interval: no bootstrap replicates were asked for");
    }
    let undefined = all - defined.len();
    if undefined as f64 > MOST_UNDEFINED * all as f64 {
        return Err("no interval: undefined in more than 5% of bootstrap replicates");
    }
    if let Spread::Normal(least, most) = spread
        && defined.len() > 1
    {
        let n = defined.len() as f64;
        let mean = defined.iter().sum::<f64>() / n;
        let sd = (defined.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        return Ok(((estimate - NORMAL * sd).max(least), (estimate + NORMAL * sd).min(most)));
    }
    defined.sort_unstable_by(f64::total_cmp);
    match (quantile(&defined, 0.025), quantile(&defined, 0.975)) {
        // Replicates of what cannot fall below zero lie above it: they tell of resampling more than of the truth.
        (Some(low), Some(high)) if estimate < low || estimate > high => {
            Err("no interval: nearly all bootstrap replicates lie to one side of the estimate")
        }
        (Some(low), Some(high)) => Ok((low, high)),
        _ => Err("no interval: undefined in every bootstrap replicate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_household_are_drawn_together() {
        let household = [0, 1, 0, 2, 1, 3];
        let mut draw = Draw::default();
        let mut seen = vec![];
        for first in (0..48).step_by(LANES) {
            draw.replicates(7, first..first + LANES, &household);
            for lane in 0..LANES {
                let weight: Vec<u16> = draw.weights.iter().map(|w| w[lane]).collect();
                assert_eq!((weight[0], weight[1]), (weight[2], weight[4]));
                let drawn: u16 = [0, 1, 3, 5].iter().map(|i| weight[*i]).sum();
                assert_eq!(drawn, 4, "as many households as there are");
                seen.push(weight);
            }
        }
        draw.replicates(7, 3..5, &household);
        let lane = |lane: usize| draw.weights.iter().map(|w| w[lane]).collect::<Vec<u16>>();
        assert_eq!((lane(0), lane(1)), (seen[3].clone(), seen[4].clone()), "it depends on its number alone");
        assert_eq!(lane(2), [0; 6], "a lane without a replicate is empty");
        seen.sort();
        seen.dedup();
        assert!(seen.len() > 10);
    }

    #[test]
    fn intervals_are_withheld_when_too_often_undefined() {
        // 0, 1, …, 100: place 0.025 * 100 = 2.5 and 97.5.
        let percentile =
            |values: &mut dyn Iterator<Item = Option<f64>>| interval(Spread::Percentile, 50.0, values);
        let whole = percentile(&mut (0..=100).map(|i| Some(f64::from(i)))).unwrap();
        assert!((whole.0 - 2.5).abs() < 1e-12 && (whole.1 - 97.5).abs() < 1e-12);
        assert!(percentile(&mut (0..100).map(|i| (i >= 5).then_some(50.0))).is_ok());
        assert!(percentile(&mut (0..100).map(|i| (i >= 6).then_some(50.0))).is_err());
        // The estimate is below 2.5.
        let above = interval(Spread::Percentile, 2.0, (0..=100).map(|i| Some(f64::from(i))));
        assert!(above.is_err_and(|reason| reason.contains("one side")));
        assert!(percentile(&mut std::iter::empty()).is_err());
        // Replicates 1, 2, 3 (standard deviation 1) lie above the estimate of 2.5 as well as below: the interval is
        // around the estimate, as far as its ends allow.
        let normal = interval(Spread::Normal(0.0, 4.0), 2.5, [1.0, 2.0, 3.0].into_iter().map(Some)).unwrap();
        assert!((normal.0 - 0.540_036).abs() < 1e-6 && (normal.1 - 4.0).abs() < 1e-6, "{normal:?}");
    }
}
