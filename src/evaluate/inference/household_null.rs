//! Draws of group counts when every group has the same rate and rows of one household are alike.

use super::binomial_draw::binomial_draw;
use super::household_counts::HouseholdCounts;
use super::large_groups::{CrossProducts, HouseholdSizes, LARGE, LargeGroups};
use super::rate_table::RateCell;
use super::sibling_pairs::SiblingPairs;
use std::collections::BTreeMap;

/// The model of equal rates with correlated households, ready for repeated draws.
///
/// Lunn and Davies's (1998, Biometrika 85:487) binary model: each household draws one hidden value of chance p, each
/// of its rows copies it with chance `sqrt(correlation)` of the row's group and otherwise draws its own. Every row then
/// has chance p, two rows of one household and group the group's correlation, and two rows of one household and
/// different groups the geometric mean of the two, times a share common to all: each group has a hidden value of its own,
/// which copies the household's with the root of that share. Households of the same make-up are drawn together, as the numbers
/// of them with 0, 1, 2, … successes, so the rows themselves are never drawn. A group that may expect at least [`LARGE`]
/// successes and as many failures, divided by its design effect, is drawn as normal with the variances and covariances
/// of this model.
#[derive(Clone, Debug)]
pub struct HouseholdNull {
    pooled: f64,
    correlation: f64,
    /// The chance that a group's hidden value is that of the household.
    link: f64,
    groups: Vec<Group>,
    /// Each make-up of households of two or more rows, with the number of such households.
    kinds: Vec<(Vec<(usize, u64)>, u64)>,
    cells: Vec<RateCell>,
    large: LargeGroups,
    is_large: Vec<bool>,
    normals: Vec<f64>,
}

/// One group's rows, and its sums in the current draw.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    /// The chance of a row in a household whose hidden value is 1, and where it is 0.
    if_one: f64,
    if_zero: f64,
    rows: u64,
    /// Rows that are alone in their household: they need no hidden value.
    alone: u64,
    /// Mean weight of a row.
    weight: f64,
    /// The sum over households of the squared number of the group's rows m.
    squared_sizes: u64,
    /// Sums over households of the successes c, of c^2 and of c m.
    successes: u64,
    squared: u64,
    by_size: u64,
}

impl Group {
    fn count(&mut self, households: u64, size: u64, successes: u64) {
        self.successes += households * successes;
        self.squared += households * successes * successes;
        self.by_size += households * successes * size;
    }

    /// Draws the successes of `households` that each have `size` rows of the given chance.
    fn draw(&mut self, households: u64, size: u64, chance: f64, uniform: &mut impl FnMut() -> f64) {
        // A table of outcomes pays for many small households, and its chances underflow for very large ones.
        if households <= size || size > 64 || chance >= 1.0 {
            for _ in 0..households {
                let successes = binomial_draw(size, chance, uniform);
                self.count(1, size, successes);
            }
            return;
        }
        // Numbers of households with 0, 1, … successes, each given the ones before.
        let odds = chance / (1.0 - chance);
        let mut exactly = (1.0 - chance).powf(size as f64);
        let (mut left, mut chance_left) = (households, 1.0);
        for successes in 0..size {
            let some = binomial_draw(left, (exactly / chance_left).min(1.0), uniform);
            self.count(some, size, successes);
            left -= some;
            chance_left -= exactly;
            if left == 0 || chance_left <= 0.0 {
                break;
            }
            exactly *= (size - successes) as f64 / (successes + 1) as f64 * odds;
        }
        self.count(left, size, size);
    }

    /// The pairs of siblings of this draw about its own pooled rate.
    fn pairs(&self, pooled: f64) -> SiblingPairs {
        let (rows, successes) = (self.rows as f64, self.successes as f64);
        let squares = successes * (1.0 - pooled) * (1.0 - pooled) + (rows - successes) * pooled * pooled;
        let whole = self.squared as f64 - 2.0 * pooled * self.by_size as f64
            + pooled * pooled * self.squared_sizes as f64;
        let product_weights = self.squared_sizes as f64 - rows;
        SiblingPairs { products: whole - squares, product_weights, squares, square_weights: rows }
    }
}

impl HouseholdNull {
    /// Prepares draws with the pooled rate, correlations and household make-up of `counts`. O(households log kinds).
    #[must_use]
    pub fn new(counts: &HouseholdCounts) -> Self {
        let p = counts.pooled;
        let mut groups: Vec<Group> = (counts.correlations.iter())
            .map(|correlation| {
                let copy = correlation.sqrt();
                Group { if_one: copy + (1.0 - copy) * p, if_zero: (1.0 - copy) * p, ..Group::default() }
            })
            .collect();
        for &(group, rows) in counts.compositions.iter().flatten() {
            if let Some(group) = groups.get_mut(group) {
                group.rows += rows;
                group.squared_sizes += rows * rows;
            }
        }
        // How much siblings widen the error of whole rows.
        let widened = |g: &Group, correlation: f64| {
            1.0 + correlation * (g.squared_sizes as f64 / (g.rows.max(1)) as f64 - 1.0)
        };
        let mut cells = counts.cells.clone();
        let mut is_large = vec![false; cells.len()];
        for (at, (group, cell)) in
            groups.iter_mut().zip(&mut cells).enumerate().filter(|(_, (g, _))| g.rows > 0)
        {
            let effect = widened(group, counts.correlations[at]);
            group.weight = cell.total / group.rows as f64;
            cell.design_effect = effect * group.weight;
            let sizes = HouseholdSizes { rows: group.rows as f64, squares: group.squared_sizes as f64 };
            is_large[at] = sizes.enough_for_normal() && sizes.rows * p.min(1.0 - p) / effect >= LARGE;
        }
        let mut kinds: BTreeMap<Vec<(usize, u64)>, u64> = BTreeMap::new();
        for composition in &counts.compositions {
            let drawn: Vec<(usize, u64)> =
                composition.iter().copied().filter(|(group, _)| !is_large[*group]).collect();
            match *drawn.as_slice() {
                [] => {}
                [(group, 1)] => groups[group].alone += 1,
                _ => *kinds.entry(drawn).or_insert(0) += 1,
            }
        }
        let share = share_across(counts);
        let (kinds, large) = (kinds.into_iter().collect(), large_groups(counts, share, &cells, &is_large));
        let (correlation, link, normals) = (counts.correlation, share.sqrt(), Vec::new());
        Self { pooled: p, correlation, link, groups, kinds, cells, large, is_large, normals }
    }

    /// Draws all groups' counts once, with design effects re-estimated from the draw as they were from the data.
    ///
    /// Re-estimating lets the null carry the noise of small groups' correlations; that of large groups is held. O(kinds of
    /// households).
    pub fn draw(&mut self, uniform: &mut impl FnMut() -> f64) -> &[RateCell] {
        for group in &mut self.groups {
            (group.successes, group.squared, group.by_size) = (0, 0, 0);
            let successes = binomial_draw(group.alone, self.pooled, uniform);
            group.count(successes, 1, 1);
        }
        for (composition, households) in &self.kinds {
            let of_households = binomial_draw(*households, self.pooled, uniform);
            for &(group, size) in composition {
                let ones = match composition.len() {
                    1 => of_households,
                    _ => {
                        let other = (1.0 - self.link) * self.pooled;
                        binomial_draw(of_households, self.link + other, uniform)
                            + binomial_draw(households - of_households, other, uniform)
                    }
                };
                if let Some(group) = self.groups.get_mut(group) {
                    group.draw(ones, size, group.if_one, uniform);
                    group.draw(households - ones, size, group.if_zero, uniform);
                }
            }
        }
        let successes: u64 = self.groups.iter().map(|g| g.successes).sum();
        let of_small = self.groups.iter().zip(&self.is_large).filter(|(_, large)| !**large);
        let rows: u64 = of_small.map(|(g, _)| g.rows).sum();
        let pooled = successes as f64 / rows.max(1) as f64;
        for ((cell, group), large) in self.cells.iter_mut().zip(&self.groups).zip(&self.is_large) {
            if group.rows > 0 && !large {
                cell.successes = group.successes as f64 * group.weight;
                let pairs = group.pairs(pooled);
                let correlation = pairs.drawn_toward(self.correlation, pooled * (1.0 - pooled));
                cell.design_effect = pairs.design_effect(correlation, group.rows as f64) * group.weight;
            }
        }
        let (cells, groups, pooled) = (&mut self.cells, &self.groups, self.pooled);
        let drawn = |group: usize| groups[group].successes as f64 - pooled * groups[group].rows as f64;
        self.large.draw(drawn, &mut self.normals, uniform, |group, value| {
            let cell = &mut cells[group];
            let expected = pooled * cell.total;
            cell.successes = (expected + value * groups[group].weight).clamp(0.0, cell.total);
        });
        &self.cells
    }
}

/// What share of the likeness within groups there is between rows of one household and different groups.
fn share_across(counts: &HouseholdCounts) -> f64 {
    let (mut likeness, mut pairs) = (0.0, 0.0);
    for composition in &counts.compositions {
        for (at, (group, rows)) in composition.iter().enumerate() {
            for (other, more) in &composition[..at] {
                let product = (counts.correlations[*group] * counts.correlations[*other]).sqrt();
                likeness += product * (rows * more) as f64;
                pairs += (rows * more) as f64;
            }
        }
    }
    if likeness > 0.0 { (counts.across * pairs / likeness).min(1.0) } else { 1.0 }
}

/// The large groups with the covariance of their counts.
fn large_groups(counts: &HouseholdCounts, share: f64, cells: &[RateCell], is_large: &[bool]) -> LargeGroups {
    let variance = counts.pooled * (1.0 - counts.pooled);
    let (mut cross, mut own) = (CrossProducts::new(cells.len()), vec![0.0; cells.len()]);
    let mut parts = Vec::new();
    for composition in &counts.compositions {
        parts.clear();
        for (group, rows) in composition {
            let (correlation, rows) = (counts.correlations[*group], *rows as f64);
            own[*group] += rows * (1.0 + correlation * (rows - 1.0));
            parts.push((*group, correlation.sqrt() * rows));
        }
        cross.add(&parts);
    }
    LargeGroups::new(is_large, |a, b| variance * if a == b { own[a] } else { share * cross.of(a, b) })
}

#[cfg(test)]
mod tests {
    use super::super::test_uniform::Uniform;
    use super::*;

    /// Means over draws of a, b, a^2, b^2, ab, for a, b the centred counts of the two groups.
    fn moments(null: &mut HouseholdNull, centres: [f64; 2]) -> [f64; 5] {
        let mut source = Uniform::new(11);
        let (mut sums, draws) = ([0.0; 5], 40_000);
        for _ in 0..draws {
            let cells = null.draw(&mut || source.next());
            let (a, b) = (cells[0].successes - centres[0], cells[1].successes - centres[1]);
            for (sum, term) in sums.iter_mut().zip([a, b, a * a, b * b, a * b]) {
                *sum += term / f64::from(draws);
            }
        }
        sums
    }

    fn counts(
        pooled: f64,
        correlations: [f64; 2],
        kinds: &[Vec<(usize, u64)>],
        times: usize,
    ) -> HouseholdCounts {
        let of = |g: usize| kinds.iter().flatten().filter(move |(group, _)| *group == g);
        let total = |g: usize| of(g).map(|(_, rows)| *rows as f64).sum::<f64>() * times as f64;
        HouseholdCounts {
            cells: [0, 1].map(|g| RateCell { successes: 0.0, total: total(g), design_effect: 1.0 }).to_vec(),
            pooled,
            correlation: 0.2,
            correlations: correlations.to_vec(),
            across: (correlations[0] * correlations[1]).sqrt(),
            compositions: kinds.iter().cycle().take(kinds.len() * times).cloned().collect(),
        }
    }

    /// Fifty each of: three rows of group 0, a pair across both groups, a single row of group 1. Group 0 with
    /// correlation 0.25 and group 1 with 0.09: across groups 0.15.
    #[test]
    fn means_variances_and_covariance_are_those_of_the_model() {
        let kinds = [vec![(0, 3)], vec![(0, 1), (1, 1)], vec![(1, 1)]];
        let p = 0.3;
        let got =
            moments(&mut HouseholdNull::new(&counts(p, [0.25, 0.09], &kinds, 50)), [200.0 * p, 100.0 * p]);
        let v = p * (1.0 - p);
        assert!(got[0].abs() < 0.15 && got[1].abs() < 0.15, "{got:?}");
        assert!((got[2] / (v * (200.0 + 50.0 * 6.0 * 0.25)) - 1.0).abs() < 0.03, "{got:?}");
        assert!((got[3] / (v * 100.0) - 1.0).abs() < 0.03, "{got:?}");
        assert!((got[4] / (v * 50.0 * 0.15) - 1.0).abs() < 0.2, "{got:?}");
    }

    /// As above with ten times as many households and no small group: variances with the design effects that the
    /// groups have, covariances by the pairs.
    #[test]
    fn large_groups_have_the_moments_of_the_model() {
        let kinds = [vec![(0, 3)], vec![(0, 1), (1, 1)], vec![(1, 1)]];
        let (p, n) = (0.3, 50.0 * 10.0);
        let mut null = HouseholdNull::new(&counts(p, [0.25, 0.09], &kinds, 500));
        let got = moments(&mut null, [4.0 * n * p, 2.0 * n * p]);
        let v = p * (1.0 - p);
        assert!(null.is_large == [true, true] && got[0].abs() < 0.5 && got[1].abs() < 0.5, "{got:?}");
        assert!((got[2] / (v * n * (4.0 + 6.0 * 0.25)) - 1.0).abs() < 0.03, "{got:?}");
        assert!((got[3] / (v * 2.0 * n) - 1.0).abs() < 0.03, "{got:?}");
        assert!((got[4] / (v * n * 0.15) - 1.0).abs() < 0.2, "{got:?}");
    }

    /// Siblings of different groups a third as alike as the correlations within groups would have it.
    #[test]
    fn likeness_across_groups_is_its_own() {
        let kinds = [vec![(0, 2), (1, 2)], vec![(0, 1)], vec![(1, 1)]];
        for times in [30, 3000] {
            let made = HouseholdCounts { across: 0.12, ..counts(0.3, [0.36, 0.36], &kinds, times) };
            let mut null = HouseholdNull::new(&made);
            assert_eq!(null.is_large, [times > 30; 2]);
            let n = times as f64;
            let got = moments(&mut null, [3.0 * n * 0.3; 2]);
            assert!((got[4] / (0.21 * 4.0 * n * 0.12) - 1.0).abs() < 0.12, "{times} {got:?}");
            assert!((got[2] / (0.21 * n * (3.0 + 2.0 * 0.36)) - 1.0).abs() < 0.04, "{times} {got:?}");
        }
    }

    /// A large group beside a small one: the small one is drawn household by household as ever.
    #[test]
    fn a_small_group_beside_a_large_one_keeps_its_counts() {
        let mut kinds = vec![vec![(1, 1)]; 4000];
        kinds.extend([vec![(0, 2), (1, 1)], vec![(0, 1)], vec![(0, 2), (1, 3)]]);
        let mut null = HouseholdNull::new(&counts(0.3, [1.0, 0.0], &kinds, 1));
        let (mut source, mut seen) = (Uniform::new(13), std::collections::BTreeSet::new());
        for _ in 0..200 {
            seen.insert(null.draw(&mut || source.next())[0].successes.to_bits());
        }
        // Two pairs that copy and a single row: 0 to 5.
        assert!(null.is_large == [false, true] && seen.len() == 6, "{seen:?}");
    }

    /// One household of forty rows is drawn by itself, not as a table of 41 outcomes.
    #[test]
    fn one_large_household() {
        let got = moments(
            &mut HouseholdNull::new(&counts(0.5, [0.16, 0.0], &[vec![(0, 40)], vec![(1, 1)]], 1)),
            [20.0, 0.5],
        );
        assert!(
            got[0].abs() < 0.2 && (got[2] / (0.25 * (40.0 + 1560.0 * 0.16)) - 1.0).abs() < 0.03,
            "{got:?}"
        );
    }

    /// Without siblings every design effect is 1; with copies (correlation 1 in data and prior) it is the size.
    #[test]
    fn design_effects_of_a_draw() {
        let mut source = Uniform::new(12);
        let mut single = HouseholdNull::new(&counts(0.5, [0.5, 0.5], &[vec![(0, 1)], vec![(1, 1)]], 30));
        assert!(single.draw(&mut || source.next()).iter().all(|c| (c.design_effect - 1.0).abs() < 1e-12));
        let whole = HouseholdCounts {
            correlation: 1.0,
            ..counts(0.5, [1.0, 1.0], &[vec![(0, 3)], vec![(1, 2)]], 30)
        };
        let mut copies = HouseholdNull::new(&whole);
        let cells = copies.draw(&mut || source.next());
        assert!((cells[0].design_effect - 3.0).abs() < 1e-12 && (cells[1].design_effect - 2.0).abs() < 1e-12);
    }
}
