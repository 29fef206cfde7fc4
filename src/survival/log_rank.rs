//! The log-rank test that the hazard of a cause is the same in groups.
//!
//! # Formula
//! At each event time u with d events of Y at risk, `Y_g` of them in group g: `O_g` - `E_g` is the sum of w(u) (`d_g` - d `Y_g` / Y), with
//! covariance the sum of w(u)² d (Y - d)/(Y - 1) (`Y_g/Y`) (1(g = h) - `Y_h/Y`); w is 1, or the pooled Kaplan-Meier S(u-) in the
//! Peto and Peto version. Chi-square on the groups with an expectation, less one.
//!
//! # Inputs
//! [`Times`], late entry allowed; weights as whole numbers of rows; group codes, one a row; the cause, others being ends of what was
//! seen. Rows are taken as independent: for households use [`super::difference`]. With competing causes it compares cause-specific
//! hazards, not shares: for shares use [`super::gray`].
//!
//! # Undefined when
//! Fewer than two groups have rows at risk at an event.
//!
//! # Reference
//! Mantel 1966; Peto and Peto 1972, JRSS A 135:185; Harrington and Fleming 1982, Biometrika 69:553. Equals R survival 3.5-3 `survdiff`
//! with rho 0 and 1.

use super::Times;
use super::groups;
use super::sorted::Sorted;
use super::wald::Test;

/// How event times weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weighing {
    /// All alike: log-rank.
    #[default]
    LogRank,
    /// By the share without an event before: Peto and Peto, for early differences.
    Peto,
}

/// The test with what was seen and expected.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRank {
    /// The codes of the groups.
    pub group: Vec<u16>,
    /// Weighed events seen in each.
    pub observed: Vec<f64>,
    /// Weighed events expected in each.
    pub expected: Vec<f64>,
    /// The test.
    pub test: Test,
}

/// Compares groups. O(n log n + groups · n + groups² · times).
///
/// # Errors
/// With columns of different lengths; with fewer than two groups at risk; where nothing varies.
pub fn log_rank(
    times: &Times,
    weight: Option<&[f64]>,
    group: &[u16],
    cause: Option<u8>,
    weighing: Weighing,
) -> Result<LogRank, &'static str> {
    let sorted = Sorted::new(times);
    let (group, counts) = groups::counts(&sorted, weight, group)?;
    let many = group.len();
    let (mut observed, mut expected) = (vec![0.0; many], vec![0.0; many]);
    let (mut covariance, mut share) = (vec![vec![0.0; many]; many], 1.0);
    for u in 0..sorted.time.len() {
        let events: f64 = counts.iter().map(|of| of.events(u, cause)).sum();
        let at_risk: f64 = counts.iter().map(|of| of.at_risk[u]).sum();
        if events <= 0.0 {
            continue;
        }
        let w = if weighing == Weighing::Peto { share } else { 1.0 };
        let spread = if at_risk > 1.0 { w * w * events * (at_risk - events) / (at_risk - 1.0) } else { 0.0 };
        for g in 0..many {
            let part = counts[g].at_risk[u] / at_risk;
            observed[g] += w * counts[g].events(u, cause);
            expected[g] += w * events * part;
            for h in 0..many {
                let same = if g == h { 1.0 } else { 0.0 };
                covariance[g][h] += spread * part * (same - counts[h].at_risk[u] / at_risk);
            }
        }
        share *= 1.0 - events / at_risk;
    }
    // The differences sum to 0: the last is known from the others.
    let kept: Vec<usize> = (0..many).filter(|g| expected[*g] > 0.0).collect();
    let kept = kept.split_last().map_or(&[][..], |(_, kept)| kept);
    let difference: Vec<f64> = kept.iter().map(|g| observed[*g] - expected[*g]).collect();
    let of = |g: &usize| kept.iter().map(|h| covariance[*g][*h]).collect();
    let test = Test::new(&difference, &kept.iter().map(of).collect::<Vec<Vec<f64>>>())?;
    Ok(LogRank { group, observed, expected, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Group 4 ends 1 and 3, group 9 ends 2 and 4, all events. E of group 4: 1/2 + 1/3 + 1/2 = 4/3; variance 1/4 + 2/9 + 1/4 =
    /// 13/18; chi-square (2/3)² / (13/18) = 8/13.
    #[test]
    fn by_hand() {
        let times = Times::new(vec![1.0, 2.0, 3.0, 4.0], vec![1; 4]).unwrap();
        let of = |weighing| log_rank(&times, None, &[4, 9, 4, 9], None, weighing).unwrap();
        let found = of(Weighing::LogRank);
        assert_eq!(found.group, [4, 9]);
        assert!((found.expected[0] - 4.0 / 3.0).abs() < 1e-14 && (found.observed[0] - 2.0).abs() < 1e-15);
        assert!((found.test.statistic - 8.0 / 13.0).abs() < 1e-14);
        // Weights 1, 3/4, 1/2: O - E = 1/2 - 1/4 + 1/4 = 1/2; variance 1/4 + 1/8 + 1/16 = 7/16.
        assert!((of(Weighing::Peto).test.statistic - 4.0 / 7.0).abs() < 1e-14);
        assert!(log_rank(&times, None, &[4; 4], None, Weighing::LogRank).is_err());
        assert!(log_rank(&times, None, &[4, 9], None, Weighing::LogRank).is_err());
    }

    #[test]
    fn a_weight_is_so_many_rows() {
        let times = Times::new(vec![1.0, 2.0, 2.0, 3.0, 4.0], vec![1, 1, 2, 0, 1]).unwrap();
        let one =
            log_rank(&times, Some(&[2.0, 1.0, 3.0, 1.0, 0.0]), &[0, 1, 1, 0, 7], None, Weighing::LogRank);
        let copied = Times::new(vec![1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 3.0], vec![1, 1, 1, 2, 2, 2, 0]).unwrap();
        let two = log_rank(&copied, None, &[0, 0, 1, 1, 1, 1, 0], None, Weighing::LogRank);
        assert_eq!(one.unwrap(), two.unwrap());
    }
}
