//! Draws of groups so large that their estimates are normal, instead of draws of all their rows.

use super::normal::quantile;

/// A group is large with at least so many rows of each kind: then its estimate is as good as normal, and its standard
/// error as good as known (the size of the tests that rest on it is measured in `docs/coverage.md`).
pub const LARGE: f64 = 200.0;

/// The large ones among tested groups, and how their estimates vary together about a common value.
#[derive(Clone, Debug, Default)]
pub(crate) struct LargeGroups {
    groups: Vec<usize>,
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
    /// The groups numbered in `groups`, with the covariance of any two of them (Cholesky's root; what rounding or
    /// variances drawn toward each other leave below zero is taken as zero).
    pub(crate) fn new(groups: Vec<usize>, covariance: impl Fn(usize, usize) -> f64) -> Self {
        let mut root: Vec<Vec<f64>> = Vec::with_capacity(groups.len());
        for (i, group) in groups.iter().enumerate() {
            let mut row = vec![0.0; i + 1];
            for j in 0..=i {
                let before: f64 = if j < i {
                    (0..j).map(|k| row[k] * root[j][k]).sum()
                } else {
                    (0..j).map(|k| row[k] * row[k]).sum()
                };
                let rest = covariance(*group, groups[j]) - before;
                row[j] = if j == i {
                    rest.max(0.0).sqrt()
                } else if root[j][j] > 0.0 {
                    rest / root[j][j]
                } else {
                    0.0
                };
            }
            root.push(row);
        }
        Self { groups, root }
    }

    /// Whether no group is large.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// One draw of all large groups about zero: calls `take` with each group and its value.
    pub(crate) fn draw(
        &self,
        normals: &mut Vec<f64>,
        uniform: &mut impl FnMut() -> f64,
        mut take: impl FnMut(usize, f64),
    ) {
        normals.clear();
        for (group, row) in self.groups.iter().zip(&self.root) {
            normals.push(standard_normal(uniform));
            take(*group, row.iter().zip(normals.iter()).map(|(r, z)| r * z).sum());
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

    /// Variances 4, 9 and 1, covariance 3 of the first two.
    #[test]
    fn draws_have_the_covariance_asked_for() {
        let covariance = |a: usize, b: usize| match (a.min(b), a.max(b)) {
            (2, 2) => 4.0,
            (5, 5) => 9.0,
            (7, 7) => 1.0,
            (2, 5) => 3.0,
            _ => 0.0,
        };
        let large = LargeGroups::new(vec![2, 5, 7], covariance);
        let (mut source, mut normals) = (Uniform::new(4), Vec::new());
        let (mut sums, draws) = ([[0.0; 8]; 8], 40_000);
        for _ in 0..draws {
            let mut values = [0.0; 8];
            large.draw(&mut normals, &mut || source.next(), |group, value| values[group] = value);
            for a in 0..8 {
                for b in 0..8 {
                    sums[a][b] += values[a] * values[b] / f64::from(draws);
                }
            }
        }
        for a in [2, 5, 7] {
            for b in [2, 5, 7] {
                assert!((sums[a][b] - covariance(a, b)).abs() < 0.15, "{a} {b} {}", sums[a][b]);
            }
        }
        assert!(sums[0][0].abs() < 1e-300 && !large.is_empty());
    }

    /// Two groups that always go together have a root without a second column.
    #[test]
    fn groups_that_are_one_are_drawn_as_one() {
        let large = LargeGroups::new(vec![0, 1], |_, _| 1.0);
        let (mut source, mut values) = (Uniform::new(5), [0.0; 2]);
        large.draw(&mut Vec::new(), &mut || source.next(), |group, value| values[group] = value);
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
