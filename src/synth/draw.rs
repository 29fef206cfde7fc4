//! Draws from the small distributions that the simulator is made of.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};

/// A uniform number in [0, 1).
pub(super) fn unit(rng: &mut ChaCha8Rng) -> f64 {
    rng.random::<f64>()
}

/// Whether an event of probability `p` happens.
pub(super) fn chance(rng: &mut ChaCha8Rng, p: f64) -> bool {
    unit(rng) < p
}

/// An exponential number with mean 1.
pub(super) fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -(-unit(rng)).ln_1p()
}

/// A Gamma(`shape`, `shape`) number: mean 1, variance 1 / `shape`.
pub(super) fn gamma(rng: &mut ChaCha8Rng, shape: f64) -> f64 {
    // The shape is checked when the scenario is read; the mean stands in for what cannot be.
    Gamma::new(shape, 1.0 / shape).map_or(1.0, |gamma| gamma.sample(rng))
}

/// A whole number from `low` to `high`, both included, each equally likely.
pub(super) fn between(rng: &mut ChaCha8Rng, low: i32, high: i32) -> i32 {
    rng.random_range(low..=high.max(low))
}

/// A place in a list of `n`, each equally likely.
pub(super) fn place(rng: &mut ChaCha8Rng, n: usize) -> usize {
    rng.random_range(0..n.max(1))
}

/// One of the two whole numbers next to `mean`, so that it is the mean.
pub(super) fn about(rng: &mut ChaCha8Rng, mean: f64) -> i32 {
    whole_days(mean) + i32::from(chance(rng, mean.fract()))
}

/// Whole days until the first event of a constant rate: at least 1, and beyond `days` with probability
/// exp(-`per_day` x `days`). A rate of 0 gives a day beyond any window.
pub(super) fn waiting_days(rng: &mut ChaCha8Rng, per_day: f64) -> i32 {
    whole_days((exponential(rng) / per_day).ceil().max(1.0))
}

/// A number of days, rounded down, as a whole number from 0 to a million.
pub(super) fn whole_days(days: f64) -> i32 {
    const NEVER: f64 = 1e6;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a small whole number; NaN cannot arise")]
    let whole = days.clamp(0.0, NEVER) as i32;
    whole
}

/// A distribution over consecutive whole numbers (days, months, places in a list).
#[derive(Clone, Debug)]
pub(super) struct Table {
    first: i32,
    cumulative: Vec<f64>,
}

impl Table {
    /// The distribution giving `first`, `first + 1`, … the stated weights, which need not sum to 1.
    pub(super) fn new(first: i32, weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let mut cumulative: Vec<f64> = weights
            .into_iter()
            .map(|w| {
                total += w;
                total
            })
            .collect();
        for c in &mut cumulative {
            *c /= total;
        }
        Self { first, cumulative }
    }

    /// Always 0.
    pub(super) fn zero() -> Self {
        Self::new(0, [1.0])
    }

    /// A log-normal shape around `median` days, cut to `low..=high`.
    pub(super) fn log_normal(low: i32, high: i32, median: f64, sigma: f64) -> Self {
        Self::new(
            low,
            (low..=high).map(|d| {
                let d = f64::from(d);
                (-0.5 * ((d / median).ln() / sigma).powi(2)).exp() / d
            }),
        )
    }

    /// Flat within each `(first day, last day, share)`; the pieces must join.
    pub(super) fn pieces(pieces: &[(i32, i32, f64)]) -> Self {
        let first = pieces.first().map_or(0, |p| p.0);
        Self::new(
            first,
            pieces
                .iter()
                .flat_map(|&(from, to, share)| (from..=to).map(move |_| share / f64::from(to - from + 1))),
        )
    }

    /// The value at quantile `u`, in [0, 1).
    pub(super) fn at(&self, u: f64) -> i32 {
        let place = self.cumulative.partition_point(|&c| c <= u).min(self.cumulative.len() - 1);
        self.first + i32::try_from(place).unwrap_or(i32::MAX - self.first)
    }

    /// A value drawn at random.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> i32 {
        self.at(unit(rng))
    }

    /// A place in a list, for tables that start at 0.
    pub(super) fn place(&self, rng: &mut ChaCha8Rng) -> usize {
        usize::try_from(self.draw(rng)).unwrap_or(0)
    }

    /// The probabilities of `0..=last`; what lies beyond is left out.
    pub(super) fn probabilities(&self, last: usize) -> Vec<f64> {
        let mut out = vec![0.0; last + 1];
        let mut before = 0.0;
        for (i, &c) in self.cumulative.iter().enumerate() {
            if let Some(slot) = usize::try_from(self.first).ok().and_then(|first| out.get_mut(first + i)) {
                *slot = c - before;
            }
            before = c;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::num::seed;

    #[test]
    fn tables_draw_what_they_say() {
        let table = Table::pieces(&[(2, 3, 0.5), (4, 4, 0.5)]);
        assert_eq!(table.probabilities(4), [0.0, 0.0, 0.25, 0.25, 0.5]);
        assert_eq!((table.at(0.0), table.at(0.25), table.at(0.999_999)), (2, 3, 4));
        let mut rng = seed::stream(1, "t");
        let fours = (0..10_000).filter(|_| table.draw(&mut rng) == 4).count();
        assert!((4_800..5_200).contains(&fours), "{fours}");
    }
}
