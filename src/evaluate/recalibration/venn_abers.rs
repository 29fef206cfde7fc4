//! Venn-Abers prediction (inductive, IVAP).

use super::super::calibration::Point;
use super::window;

/// For each predicted risk a pair of probabilities, one of which is the calibrated one, and their merger.
///
/// Isotonic regression on the window with the new row added, once as a non-event (p0) and once as an event
/// (p1). Vovk, Petej and Fedorova 2015 (`NeurIPS`, "Large-scale probabilistic predictors with and without
/// guarantees of validity"). The guarantee needs new rows exchangeable with the window's,
/// which a later year may not be.
#[derive(Debug, Clone, PartialEq)]
pub struct VennAbers {
    pairs: Vec<Pair>,
}

/// The pair at one predicted risk of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The predicted risk.
    pub p: f64,
    /// The fit at `p` with a non-event added there; holds from here up to the next predicted risk.
    pub p0: f64,
    /// The fit at `p` with an event added there; holds from here down to the predicted risk before.
    pub p1: f64,
}

impl VennAbers {
    /// Learns the pairs; see [`super::learn`] for the inputs and what is refused. Risks of 0 and 1 are
    /// allowed. Cost: one sort, then O(distinct risks).
    pub fn learn(p: &[f64], y: &[bool]) -> Result<Self, &'static str> {
        let points = window::gather(p, y)?;
        let with_event = fits_with_event(points.iter().map(|point| (point.rows, point.events)));
        // Turning order and outcome round makes a non-event added an event added.
        let turned = points.iter().rev().map(|point| (point.rows, point.rows - point.events));
        let with_non_event = fits_with_event(turned).into_iter().rev().map(|fit| 1.0 - fit);
        let pair = |((point, p0), p1): ((&Point, f64), f64)| Pair { p: point.p, p0, p1 };
        Ok(Self { pairs: points.iter().zip(with_non_event).zip(with_event).map(pair).collect() })
    }

    /// The pairs at the window's distinct predicted risks, in rising order.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The pair (p0, p1), 0 <= p0 <= p1 <= 1; how far they lie apart tells how little the window says about
    /// this risk. Input: p in [0, 1]. Cost: O(log distinct risks).
    pub fn pair(&self, p: f64) -> (f64, f64) {
        // A non-event added between two risks is pooled with the lower one, an event with the higher one.
        let at_or_below = self.pairs.partition_point(|pair| pair.p <= p);
        let below = self.pairs.partition_point(|pair| pair.p < p);
        let p0 = at_or_below.checked_sub(1).and_then(|last| self.pairs.get(last)).map_or(0.0, |pair| pair.p0);
        let p1 = self.pairs.get(below).map_or(1.0, |pair| pair.p1);
        (p0, p1)
    }

    /// The merged risk p1 / (1 - p0 + p1), which minimises the largest loss of logarithmic score, as
    /// the paper shows. Input: p in [0, 1].
    pub fn apply(&self, p: f64) -> f64 {
        let (p0, p1) = self.pair(p);
        p1 / (1.0 - p0 + p1)
    }
}

/// A corner of the cumulative sum diagram: rows, and events among them, so far.
type Corner = (f64, f64);

/// The isotonic fit at each group with one event added to it, for groups of (rows, events) in order of rising
/// risk.
///
/// As in the paper: the lower hull of the cumulative sums, the first step being the added
/// event, which is then moved up past one group after the other while the hull is kept as a stack. Whole
/// counts are exact. O(groups).
fn fits_with_event(groups: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut corners: Vec<Corner> = vec![(-1.0, -1.0), (0.0, 0.0)];
    let mut sum = (0.0, 0.0);
    for (rows, events) in groups {
        sum = (sum.0 + rows, sum.1 + events);
        corners.push(sum);
    }
    let mut hull: Vec<Corner> = Vec::with_capacity(corners.len());
    for &corner in corners.iter().rev() {
        push_convex(&mut hull, corner);
    }
    let mut fits = Vec::with_capacity(corners.len());
    let mut moved = (-1.0, -1.0);
    for step in corners.windows(2).skip(1) {
        let [from, to] = step else { continue };
        let [.., next, top] = hull.as_slice() else { continue };
        fits.push((next.1 - top.1) / (next.0 - top.0));
        moved = (moved.0 + to.0 - from.0, moved.1 + to.1 - from.1);
        if area(*top, *next, moved) < 0.0 {
            hull.pop();
            push_convex(&mut hull, moved);
        }
    }
    fits
}

/// Pushes a corner to the left of all others onto the lower hull, first taking off those it leaves above the
/// hull.
fn push_convex(hull: &mut Vec<Corner>, corner: Corner) {
    while let [.., next, top] = hull.as_slice()
        && area(corner, *top, *next) <= 0.0
    {
        hull.pop();
    }
    hull.push(corner);
}

/// Twice the signed area of a triangle: above 0 where `c` lies above the line from `a` to `b` (`a` to the
/// left of `b`).
fn area(a: Corner, b: Corner, c: Corner) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::calibration::{point, pool_adjacent_violators};
    use super::*;

    /// The definition: pool the window with one row added and read the fit there.
    fn by_definition(p: &[f64], y: &[bool], new: f64, outcome: bool) -> f64 {
        let (mut p, mut y) = (p.to_vec(), y.to_vec());
        p.push(new);
        y.push(outcome);
        let points = point::collapse(&p, &y).unwrap();
        let at = points.iter().position(|point| point.p.total_cmp(&new).is_eq()).unwrap();
        let blocks = pool_adjacent_violators::pool(&points);
        blocks.iter().find(|block| block.first <= at && at <= block.last).unwrap().rate()
    }

    fn random_window(seed: u64, rows: usize, distinct: u64) -> (Vec<f64>, Vec<bool>) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        (0..rows)
            .map(|_| {
                let p = (next() % (distinct + 1)) as f64 / distinct as f64;
                (p, (next() % 1000) as f64 / 1000.0 < 0.2 + 0.5 * p)
            })
            .unzip()
    }

    #[test]
    fn pairs_equal_the_definition_on_risks_between_and_beyond_the_window() {
        let mut compared = 0;
        for seed in 0..60 {
            let (p, y) = random_window(seed, 40 + seed as usize, 5 + seed);
            let Ok(map) = VennAbers::learn(&p, &y) else { continue };
            for new in (0..=40).map(|i| f64::from(i) / 40.0).chain(p.iter().copied()) {
                let (p0, p1) = map.pair(new);
                assert!((p0 - by_definition(&p, &y, new, false)).abs() < 1e-12, "p0 {seed} {new}");
                assert!((p1 - by_definition(&p, &y, new, true)).abs() < 1e-12, "p1 {seed} {new}");
                assert!((0.0..=1.0).contains(&p0) && p0 <= p1 + 1e-15 && p1 <= 1.0);
                compared += 1;
            }
        }
        assert!(compared > 3000);
    }

    #[test]
    fn two_risks_by_hand() {
        // 4/20 at 0.3 and 16/20 at 0.6.
        let group = |p: f64, events: usize| (0..20).map(move |i| (p, i < events));
        let (p, y): (Vec<f64>, Vec<bool>) = group(0.3, 4).chain(group(0.6, 16)).unzip();
        let map = VennAbers::learn(&p, &y).unwrap();
        let near = |found: (f64, f64), p0: f64, p1: f64| {
            assert!((found.0 - p0).abs() < 1e-14 && (found.1 - p1).abs() < 1e-14, "{found:?}");
        };
        near(map.pair(0.3), 4.0 / 21.0, 5.0 / 21.0);
        near(map.pair(0.6), 16.0 / 21.0, 17.0 / 21.0);
        near(map.pair(0.4), 4.0 / 21.0, 17.0 / 21.0);
        near(map.pair(0.0), 0.0, 5.0 / 21.0);
        near(map.pair(1.0), 16.0 / 21.0, 1.0);
        let merged = (5.0 / 21.0) / (1.0 - 4.0 / 21.0 + 5.0 / 21.0);
        assert!((map.apply(0.3) - merged).abs() < 1e-14);
    }
}
