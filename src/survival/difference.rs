//! Differences of groups by a horizon, with rows that come in clusters, which may span groups.
//!
//! # Formula
//! With `p_g` the estimate of group g alone and `U_gi` the change of `p_g` with the weight of row i (0 outside the group): `V_gh` is the sum
//! over clusters c of (sum of `w_i` `U_gi` in c)(sum of `w_i` `U_hi` in c), so that groups that share households covary. The test is Wald's,
//! (C p)' (C V C')⁻¹ (C p) with C the differences from the first group, chi-square on the groups less one.
//!
//! # Inputs
//! [`Times`], late entry allowed; weights; group codes and cluster codes, one a row, dense or not; what is compared, at a horizon that
//! was fixed beforehand.
//!
//! # Undefined when
//! Fewer than two groups; a group in which nobody was followed to the horizon; fewer clusters than groups; no variation. Large in the
//! number of clusters: with few (below 40 or so) it rejects too often.
//!
//! # Reference
//! Klein, Logan, Harhoff and Andersen 2007, Statistics in Medicine 26:4505 (tests at a fixed point); Lin and Wei 1989, JASA 84:1074 (sums
//! within clusters). Equals a Wald test on cluster sums of R survival 3.5-3 `residuals(survfit)`.

use super::Times;
use super::aalen_johansen::AalenJohansen;
use super::groups;
use super::influence::Clusters;
use super::restricted_mean::{time_influence, time_to};
use super::sorted::Sorted;
use super::wald::Test;
use crate::evaluate::inference::value::Value;

/// What is compared; cause 0 is no event of any cause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// The share that has had the cause by a time.
    Incidence {
        /// From 1, or 0.
        cause: u8,
        /// In the unit of the times.
        by: f64,
    },
    /// The time lost to the cause by a horizon; with cause 0 the time without an event.
    Time {
        /// From 1, or 0.
        cause: u8,
        /// In the unit of the times, above 0.
        tau: f64,
    },
}

impl Target {
    fn value(self, estimate: &AalenJohansen) -> Value {
        match self {
            Self::Incidence { cause: 0, by } => estimate.free_by(by),
            Self::Incidence { cause, by } => {
                estimate.by(by).map(|f| f.get(usize::from(cause) - 1).copied().unwrap_or(0.0))
            }
            Self::Time { cause, tau } => time_to(estimate, cause, tau),
        }
    }

    fn influence(self, estimate: &AalenJohansen, sorted: &Sorted<'_>) -> Vec<f64> {
        match self {
            Self::Incidence { cause, by } => estimate.influence(sorted, cause, by),
            Self::Time { cause, tau } => time_influence(estimate, sorted, cause, tau),
        }
    }
}

/// Groups compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The codes of the groups.
    pub group: Vec<u16>,
    /// The estimate in each.
    pub value: Vec<f64>,
    /// Their joint covariance.
    pub covariance: Vec<Vec<f64>>,
    /// The test that all are equal.
    pub test: Test,
}

impl Difference {
    /// Group `a` less group `b`, by place, and its standard error; `None` where there is no such group.
    #[must_use]
    pub fn between(&self, a: usize, b: usize) -> Option<(f64, f64)> {
        let covariance = |g: usize, h: usize| self.covariance.get(g)?.get(h).copied();
        let variance = covariance(a, a)? + covariance(b, b)? - 2.0 * covariance(a, b)?;
        Some((self.value.get(a)? - self.value.get(b)?, variance.max(0.0).sqrt()))
    }
}

/// Compares groups, of which there should be few: O(n log n + groups · n + groups² · clusters), in memory groups · clusters.
///
/// # Errors
/// With columns of different lengths, fewer than two groups, a group that was not followed so long, or no variation.
pub fn difference(
    times: &Times,
    weight: Option<&[f64]>,
    group: &[u16],
    cluster: &[u32],
    target: Target,
) -> Result<Difference, &'static str> {
    let (sorted, clusters) = (Sorted::new(times), Clusters::new(cluster));
    clusters.check(sorted.len())?;
    let codes = groups::codes(sorted.len(), weight, group)?;
    let (mut value, mut sums) = (Vec::new(), Vec::new());
    for code in &codes {
        let weight = groups::weight_in(weight, group, *code);
        let estimate = AalenJohansen::of(&sorted, Some(&weight))?;
        value.push(target.value(&estimate)?);
        sums.push(clusters.sums(Some(&weight), &target.influence(&estimate, &sorted)));
    }
    let product = |g: &Vec<f64>, h: &Vec<f64>| g.iter().zip(h).map(|(a, b)| a * b).sum::<f64>();
    let covariance: Vec<Vec<f64>> =
        sums.iter().map(|g| sums.iter().map(|h| product(g, h)).collect()).collect();
    let contrast =
        |g: usize, h: usize| covariance[g][h] - covariance[g][0] - covariance[0][h] + covariance[0][0];
    let differences: Vec<f64> = value[1..].iter().map(|v| v - value[0]).collect();
    let of = |g| (1..value.len()).map(|h| contrast(g, h)).collect();
    let test = Test::new(&differences, &(1..value.len()).map(of).collect::<Vec<Vec<f64>>>())?;
    Ok(Difference { group: codes, value, covariance, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares 2/4 and 1/4 without censoring: variances 1/16 and 3/64. Apart, chi-square is (1/4)² / (7/64) = 4/7. Paired so that the
    /// event of group 1 is with one of group 0: the influences are ±1/8, and 3/16 and -1/16, with product 1/8 (3/16 - 1/16 + 1/16
    /// + 1/16) = 1/32, so the variance is 7/64 - 1/16 = 3/64, and chi-square 4/3.
    #[test]
    fn by_hand() {
        let times =
            Times::new([1.0, 2.0, 3.0, 3.0, 2.0, 3.0, 3.0, 3.0].to_vec(), vec![1, 1, 0, 0, 1, 0, 0, 0])
                .unwrap();
        let group = [0, 0, 0, 0, 8, 8, 8, 8];
        let target = Target::Incidence { cause: 1, by: 2.0 };
        let apart = difference(&times, None, &group, &[1, 2, 3, 4, 5, 6, 7, 8], target).unwrap();
        assert!((apart.test.statistic - 4.0 / 7.0).abs() < 1e-13);
        let paired = difference(&times, None, &group, &[1, 2, 3, 4, 1, 2, 3, 4], target).unwrap();
        assert!((paired.test.statistic - 4.0 / 3.0).abs() < 1e-13, "{paired:?}");
        let (between, error) = paired.between(1, 0).unwrap();
        assert!((between + 0.25).abs() < 1e-15 && (error - (3.0_f64 / 64.0).sqrt()).abs() < 1e-15);
        assert!(paired.between(1, 2).is_none());
        let late = Target::Time { cause: 1, tau: 9.0 };
        assert!(difference(&times, None, &group, &[1, 2, 3, 4, 1, 2, 3, 4], late).is_err());
    }
}
