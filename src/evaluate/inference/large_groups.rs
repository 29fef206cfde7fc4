//! Draws of groups so large that their estimates are normal, instead of draws of all their rows.

use super::normal::quantile;
use super::weighted_spread::GroupRow;
use std::collections::BTreeMap;

/// A group is large with at least so many rows of each kind, divided by its design effect: then its estimate is as good as
/// normal, and its standard error as good as known (`docs/coverage.md` has the size of the tests that rest on it).
pub const LARGE: f64 = 200.0;
/// A large group also comes from at least so many households, if they were of one size: a standard error taken from fewer is
/// not as good as known.
const LEAST_HOUSEHOLDS: f64 = 100.0;

/// A group's rows, and the sum over its households of the squared number of its rows there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HouseholdSizes {
    pub(crate) rows: f64,
    pub(crate) squares: f64,
}

impl HouseholdSizes {
    /// Of each group from 0 to `groups` - 1. O(n log n).
    pub(crate) fn of_rows(rows: &[GroupRow], groups: usize) -> Vec<Self> {
        let mut of_household: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for row in rows {
            *of_household.entry((row.household, row.group)).or_default() += 1.0;
        }
        let mut sizes = vec![Self::default(); groups];
        for ((_, group), rows) in of_household {
            sizes[group].rows += rows;
            sizes[group].squares += rows * rows;
        }
        sizes
    }

    /// Whether there are households enough to draw the group as normal (Kish's number of households of one size).
    pub(crate) fn enough_for_normal(self) -> bool {
        self.rows * self.rows >= LEAST_HOUSEHOLDS * self.squares
    }
}

/// The large ones among tested groups, and how their estimates vary about a common value, together and with those of the
/// other groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct LargeGroups {
    /// The groups that are not large, then those that are.
    groups: Vec<usize>,
    others: usize,
    /// Rows of the lower triangular root of the covariance.
    root: Vec<Vec<f64>>,
}

/// Sums over households of products of what a household adds to two groups.
#[derive(Clone, Debug)]
pub(crate) struct CrossProducts {
    groups: usize,
    sums: Vec<f64>,
}

impl CrossProducts {
    pub(crate) fn new(groups: usize) -> Self {
        Self { groups, sums: vec![0.0; groups * groups] }
    }

    /// Adds one household; `parts` holds each of its groups once.
    pub(crate) fn add(&mut self, parts: &[(usize, f64)]) {
        for (at, (group, part)) in parts.iter().enumerate() {
            for (other, second) in &parts[..at] {
                for (a, b) in [(*group, *other), (*other, *group)] {
                    self.sums[a * self.groups + b] += part * second;
                }
            }
        }
    }

    /// The sum for two different groups.
    pub(crate) fn of(&self, group: usize, other: usize) -> f64 {
        self.sums[group * self.groups + other]
    }
}

impl LargeGroups {
    /// Whether no group is large.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The groups with `is_large`, given the covariance of any two groups (Cholesky's root; what rounding leaves below
    /// zero is taken as zero).
    pub(crate) fn new(is_large: &[bool], covariance: impl Fn(usize, usize) -> f64) -> Self {
        let mut groups: Vec<usize> = (0..is_large.len()).collect();
        groups.sort_by_key(|g| is_large[*g]);
        let others = is_large.iter().filter(|large| !**large).count();
        if others == groups.len() {
            return Self::default();
        }
        let mut root: Vec<Vec<f64>> = Vec::with_capacity(groups.len());
        for (i, group) in groups.iter().enumerate() {
            let mut row = vec![0.0; i + 1];
            for j in 0..=i {
                let own = |row: &[f64]| (0..j).map(|k| row[k] * row[k]).sum::<f64>();
                let before = if j == i { own(&row) } else { (0..j).map(|k| row[k] * root[j][k]).sum() };
                let rest = covariance(*group, groups[j]) - before;
                row[j] = match j {
                    _ if j == i => rest.max(0.0).sqrt(),
                    _ if root[j][j] > 0.0 => rest / root[j][j],
                    _ => 0.0,
                };
            }
            root.push(row);
        }
        Self { groups, others, root }
    }

    /// One draw of all large groups about zero, given how far each other group was drawn from its expectation: calls `take`
    /// with each large group and its value.
    pub(crate) fn draw(
        &self,
        drawn: impl Fn(usize) -> f64,
        normals: &mut Vec<f64>,
        uniform: &mut impl FnMut() -> f64,
        mut take: impl FnMut(usize, f64),
    ) {
        normals.clear();
        for (at, (group, row)) in self.groups.iter().zip(&self.root).enumerate() {
            let before: f64 = row.iter().zip(normals.iter()).map(|(r, z)| r * z).sum();
            let own = row[at];
            if at < self.others {
                normals.push(if own > 0.0 { (drawn(*group) - before) / own } else { 0.0 });
            } else {
                normals.push(standard_normal(uniform));
                take(*group, before + own * normals[at]);
            }
        }
    }
}

/// A draw of the standard normal distribution.
pub(crate) fn standard_normal(uniform: &mut impl FnMut() -> f64) -> f64 {
    quantile(uniform().max(f64::EPSILON)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::test_uniform::Uniform;
    use super::*;

    /// Variances 4, 9 and 1; covariance 3 of the first two, and 1 of the second with the third, which is not large.
    #[test]
    fn draws_have_the_covariance_asked_for() {
        let covariance = |a: usize, b: usize| match (a.min(b), a.max(b)) {
            (0, 0) => 4.0,
            (1, 1) => 9.0,
            (2, 2) | (1, 2) => 1.0,
            (0, 1) => 3.0,
            _ => 0.0,
        };
        let large = LargeGroups::new(&[true, true, false], covariance);
        let (mut source, mut normals) = (Uniform::new(4), Vec::new());
        let (mut sums, draws) = ([[0.0; 3]; 3], 40_000);
        for _ in 0..draws {
            let mut values = [0.0; 3];
            // The small one by itself, as its rows would be: +1 or -1.
            values[2] = if source.next() < 0.5 { 1.0 } else { -1.0 };
            let small = values[2];
            let drawn = |group: usize| if group == 2 { small } else { 99.0 };
            large.draw(drawn, &mut normals, &mut || source.next(), |group, value| values[group] = value);
            for a in 0..3 {
                for b in 0..3 {
                    sums[a][b] += values[a] * values[b] / f64::from(draws);
                }
            }
        }
        for (a, row) in sums.iter().enumerate() {
            for (b, sum) in row.iter().enumerate() {
                assert!((sum - covariance(a, b)).abs() < 0.15, "{a} {b} {sum}");
            }
        }
        assert!(!large.is_empty() && LargeGroups::new(&[false, false], covariance).is_empty());
    }

    /// Two groups that always go together have a root without a second column.
    #[test]
    fn groups_that_are_one_are_drawn_as_one() {
        let large = LargeGroups::new(&[true, true], |_, _| 1.0);
        let (mut source, mut values) = (Uniform::new(5), [0.0; 2]);
        large.draw(|_| 0.0, &mut Vec::new(), &mut || source.next(), |group, value| values[group] = value);
        assert!((values[0] - values[1]).abs() < 1e-12 && values[0].abs() > 1e-6);
    }

    #[test]
    fn products_by_hand() {
        let mut cross = CrossProducts::new(3);
        cross.add(&[(0, 2.0), (2, 3.0)]);
        cross.add(&[(0, -1.0), (1, 5.0), (2, 1.0)]);
        assert!((cross.of(0, 2) - 5.0).abs() < 1e-15 && (cross.of(2, 0) - 5.0).abs() < 1e-15);
        assert!((cross.of(1, 0) + 5.0).abs() < 1e-15 && (cross.of(1, 2) - 5.0).abs() < 1e-15);
    }
}
