//! One bag: a model boosted on the rows of some households, stopped by those of the others.

use super::bins::{Column, Sums};
use super::links::{derive, log_loss};
use super::pairs::{Pair, grow_pair};
use super::tree::{Limits, grow};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Updates between two looks at the gradients. Small steps on features that do not repeat each other hardly move them, and
/// making them anew costs as much as many updates.
const BLOCK: usize = 8;
/// Cycles without gain on the held-out households after which boosting ends: so many that every feature that rests has been
/// tried again.
const PATIENCE: usize = LONGEST_REST + 1;
/// The least fall of the held-out log-loss, as a share of it, that is a gain.
const LEAST_FALL: f64 = 1e-5;
/// Most cycles that a feature of little gain sits out.
const LONGEST_REST: usize = 16;
/// A feature rests if its gain is under this share of the mean gain. This is for speed, and against learning noise from
/// many features that have little to tell.
const LITTLE: f64 = 0.5;

/// The rows that all bags share.
#[derive(Debug)]
pub(super) struct Binned<'a> {
    pub(super) columns: &'a [Column],
    /// 1 for an event, 0 for none.
    pub(super) outcomes: &'a [f32],
    pub(super) child: &'a [u32],
    /// Rows in the order of their children.
    pub(super) by_child: &'a [u32],
}

/// How a bag is boosted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) limits: Limits,
}

/// A model on its way.
#[derive(Debug)]
pub(super) struct Bag<'a> {
    data: &'a Binned<'a>,
    plan: Plan,
    /// Weights of the rows learned from; 0 for those held out.
    weights: Vec<f32>,
    /// The rows held out, and their weights.
    held: Vec<(u32, f32)>,
    scores: Vec<f32>,
    offset: f32,
    derivatives: Vec<[f32; 2]>,
    rng: ChaCha8Rng,
    pub(super) intercept: f64,
    /// The value of each bin of each feature.
    pub(super) shapes: Vec<Vec<f64>>,
    /// The value of each cell of each pair.
    pub(super) pair_shapes: Vec<Vec<f64>>,
}

/// Which features rest, and for how long.
#[derive(Debug)]
struct Rests {
    /// The cycle at which each feature is next tried, and how long it last rested.
    next: Vec<(usize, usize)>,
    mean_gain: f64,
}

impl<'a> Bag<'a> {
    /// Begins at the share of events among the rows that are not `held_out`; these have an event and a row without.
    pub(super) fn new(
        data: &'a Binned<'a>,
        plan: Plan,
        weights: &[f32],
        held_out: &[bool],
        seed: u64,
    ) -> Self {
        let held: Vec<(u32, f32)> = (0..weights.len())
            .filter(|row| held_out[*row] && weights[*row] > 0.0)
            .map(|row| (row as u32, weights[row]))
            .collect();
        let weights: Vec<f32> =
            weights.iter().zip(held_out).map(|(w, out)| if *out { 0.0 } else { *w }).collect();
        let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
        let events: f64 = weights.iter().zip(data.outcomes).map(|(w, y)| f64::from(w * y)).sum();
        let intercept = (events / (total - events)).ln();
        let rows = weights.len();
        Self {
            data,
            plan,
            weights,
            held,
            scores: vec![0.0; rows],
            offset: intercept as f32,
            derivatives: vec![[0.0; 2]; rows],
            rng: ChaCha8Rng::seed_from_u64(seed),
            intercept,
            shapes: data.columns.iter().map(|c| vec![0.0; c.width()]).collect(),
            pair_shapes: Vec::new(),
        }
    }

    fn derive(&mut self) -> Sums {
        derive(&self.scores, self.offset, (self.data.outcomes, &self.weights), &mut self.derivatives)
    }

    /// The log-loss of the held-out rows, summed by weight.
    fn held_loss(&self) -> f64 {
        let loss = |(row, weight): &(u32, f32)| {
            let row = *row as usize;
            let score = f64::from(self.scores[row] + self.offset);
            f64::from(*weight) * log_loss(score, self.data.outcomes[row] > 0.5)
        };
        self.held.iter().map(loss).sum()
    }

    /// Boosts the features one by one until the held-out rows gain no more, and goes back to the best cycle.
    pub(super) fn boost_features(&mut self) {
        let counts = self.child_counts();
        let mut order: Vec<usize> =
            (0..self.shapes.len()).filter(|j| !self.data.columns[*j].is_constant()).collect();
        let mut rests = Rests { next: vec![(0, 0); self.shapes.len()], mean_gain: 0.0 };
        let mut watch = Watch::new(self.held_loss());
        let mut best = self.shapes.clone();
        for round in 0..self.plan.rounds {
            shuffle(&mut order, &mut self.rng);
            let awake: Vec<usize> = order.iter().copied().filter(|j| rests.next[*j].0 <= round).collect();
            self.cycle(&awake, &counts, (round, &mut rests));
            if self.held.is_empty() {
                continue;
            }
            match watch.see(self.held_loss()) {
                Seen::Best => best.clone_from(&self.shapes),
                Seen::Worse => {}
                Seen::Enough => break,
            }
        }
        if !self.held.is_empty() {
            self.shapes = best;
        }
        self.rescore();
    }

    /// One update of each of these features.
    fn cycle(&mut self, features: &[usize], counts: &[Vec<u32>], (round, rests): (usize, &mut Rests)) {
        let (mut sums, mut changes) = (Vec::new(), Vec::new());
        let mut gained = 0.0;
        for block in features.chunks(BLOCK) {
            let total = self.derive();
            for j in block {
                let column = &self.data.columns[*j];
                column.sums(&self.derivatives, total, &mut sums);
                let gain = grow(&sums, &counts[*j], self.plan.limits, &mut changes);
                rests.set(*j, round, gain.unwrap_or(0.0));
                if let Some(gain) = gain {
                    gained += gain;
                    self.offset += column.add(&changes, &mut self.scores);
                    for (value, change) in self.shapes[*j].iter_mut().zip(&changes) {
                        *value += f64::from(*change);
                    }
                }
            }
        }
        rests.mean_gain = gained / features.len().max(1) as f64;
    }

    /// Scores made anew from the shapes.
    fn rescore(&mut self) {
        self.scores.fill(0.0);
        self.offset = self.intercept as f32;
        for (column, shape) in self.data.columns.iter().zip(&self.shapes) {
            let values: Vec<f32> = shape.iter().map(|v| *v as f32).collect();
            self.offset += column.add(&values, &mut self.scores);
        }
    }

    /// Boosts these pairs in turn, the features held fixed, as [`Self::boost_features`] does features.
    pub(super) fn boost_pairs(&mut self, pairs: &[Pair]) {
        let order: Vec<u32> = self.learned_by_child();
        let counts: Vec<Vec<u32>> =
            pairs.iter().map(|p| count_children(&p.cells, p.width(), &order, self.data.child)).collect();
        self.pair_shapes = pairs.iter().map(|p| vec![0.0; p.width()]).collect();
        let mut watch = Watch::new(self.held_loss());
        let mut best = self.pair_shapes.clone();
        for _ in 0..self.plan.rounds {
            let mut idle = true;
            for (at, pair) in pairs.iter().enumerate() {
                self.derive();
                let sums = pair.sums(&self.derivatives);
                let Some(changes) = grow_pair(&sums, &counts[at], pair.shape, self.plan.limits) else {
                    continue;
                };
                idle = false;
                for (score, cell) in self.scores.iter_mut().zip(&pair.cells) {
                    *score += changes[usize::from(*cell)];
                }
                for (value, change) in self.pair_shapes[at].iter_mut().zip(&changes) {
                    *value += f64::from(*change);
                }
            }
            if idle {
                break;
            }
            if self.held.is_empty() {
                continue;
            }
            match watch.see(self.held_loss()) {
                Seen::Best => best.clone_from(&self.pair_shapes),
                Seen::Worse => {}
                Seen::Enough => break,
            }
        }
        if !self.held.is_empty() {
            self.pair_shapes = best;
        }
    }

    /// The rows learned from, in the order of their children.
    fn learned_by_child(&self) -> Vec<u32> {
        self.data.by_child.iter().copied().filter(|row| self.weights[*row as usize] > 0.0).collect()
    }

    /// Children counted in each bin of each feature.
    fn child_counts(&self) -> Vec<Vec<u32>> {
        let order = self.learned_by_child();
        let count = |column: &Column| {
            let bins: Vec<u16> = column.each().into_iter().map(u16::from).collect();
            count_children(&bins, column.width(), &order, self.data.child)
        };
        self.data.columns.iter().map(count).collect()
    }
}

/// Counts every child once, in the rarest of the bins (of `width`) that it has a row in. Whatever bins make up a leaf, as
/// many different children as are counted there have a row in it, or more: counting a child in each of its bins would
/// count one child twice. `order` has the rows to count, those of one child together.
pub(super) fn count_children(bins: &[u16], width: usize, order: &[u32], child: &[u32]) -> Vec<u32> {
    let mut rows = vec![0u32; width];
    for row in order {
        rows[usize::from(bins[*row as usize])] += 1;
    }
    let mut counts = vec![0u32; width];
    for group in order.chunk_by(|a, b| child[*a as usize] == child[*b as usize]) {
        let of = |row: &u32| usize::from(bins[*row as usize]);
        if let Some(rarest) = group.iter().map(of).min_by_key(|b| (rows[*b], *b)) {
            counts[rarest] += 1;
        }
    }
    counts
}

impl Rests {
    /// Notes the gain of a feature: after little gain it rests for one cycle, then two, and so on doubling.
    fn set(&mut self, feature: usize, round: usize, gain: f64) {
        let (next, rest) = &mut self.next[feature];
        *rest = if gain < LITTLE * self.mean_gain { (2 * *rest).clamp(1, LONGEST_REST) } else { 0 };
        *next = round + 1 + *rest;
    }
}

/// What the held-out rows said.
enum Seen {
    Best,
    Worse,
    Enough,
}

/// The best held-out loss so far.
struct Watch {
    best: f64,
    worse: usize,
    /// The loss that must be passed for more patience.
    mark: f64,
}

impl Watch {
    fn new(loss: f64) -> Self {
        Self { best: loss, worse: 0, mark: loss }
    }

    fn see(&mut self, loss: f64) -> Seen {
        self.worse += 1;
        if loss < self.mark * (1.0 - LEAST_FALL) {
            self.mark = loss;
            self.worse = 0;
        }
        if loss < self.best {
            self.best = loss;
            return Seen::Best;
        }
        if self.worse >= PATIENCE { Seen::Enough } else { Seen::Worse }
    }
}

/// Fisher and Yates's shuffle.
pub(super) fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for at in (1..items.len()).rev() {
        // The bias of the remainder is under 1e-9 for as few items as these.
        items.swap(at, (rng.next_u64() % (at as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_leaf_counts_more_children_than_have_a_row_in_it() {
        // 40 children of 1 to 4 rows in 5 bins.
        let child: Vec<u32> = (0..40).flat_map(|c| std::iter::repeat_n(c, 1 + c as usize % 4)).collect();
        let bins: Vec<u16> = (0..child.len()).map(|row| ((row * row + row / 3) % 5) as u16).collect();
        let order: Vec<u32> = (0..child.len() as u32).collect();
        let counts = count_children(&bins, 5, &order, &child);
        assert_eq!(counts.iter().sum::<u32>(), 40);
        for leaf in 1u32..32 {
            let inside = |b: usize| leaf >> b & 1 == 1;
            let mut children: Vec<u32> = (0..child.len())
                .filter(|row| inside(usize::from(bins[*row])))
                .map(|row| child[row])
                .collect();
            children.dedup();
            let counted: u32 = (0..5).filter(|b| inside(*b)).map(|b| counts[b]).sum();
            assert!(counted as usize <= children.len());
        }
    }

    #[test]
    fn a_child_is_counted_in_the_rarest_of_its_bins() {
        // Bin 0 has 4 rows, bin 1 two, bin 2 one; child 9 has rows in all, child 8 in bins 0 and 1.
        let bins = [0, 1, 2, 0, 1, 0, 0];
        let child = [9, 9, 9, 8, 8, 7, 7];
        assert_eq!(count_children(&bins, 3, &[3, 4, 5, 6, 0, 1, 2], &child), [1, 1, 1]);
    }

    #[test]
    fn boosting_stops_when_held_out_rows_stop_gaining() {
        let mut watch = Watch::new(10.0);
        assert!(matches!(watch.see(9.0), Seen::Best));
        for _ in 0..PATIENCE - 1 {
            assert!(matches!(watch.see(9.5), Seen::Worse));
        }
        assert!(matches!(watch.see(9.5), Seen::Enough));
    }

    #[test]
    fn features_of_little_gain_rest_longer_each_time_until_they_gain() {
        let mut rests = Rests { next: vec![(0, 0)], mean_gain: 1.0 };
        let mut tried = Vec::new();
        for (round, gain) in [(0, 0.0), (2, 0.0), (5, 0.0), (10, 2.0), (11, 0.0)] {
            rests.set(0, round, gain);
            tried.push(rests.next[0].0);
        }
        assert_eq!(tried, [2, 5, 10, 11, 13]);
    }
}
