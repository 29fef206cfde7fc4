//! Whether folds agree on a ranking of features, and on which come first.
//!
//! Rankings: Kendall's coefficient of concordance W (Kendall and Babington Smith 1939, Annals of Mathematical Statistics
//! 10:275), with the correction for ties of Siegel and Castellan 1988, *Nonparametric Statistics*, section 9.5. Sets: the
//! mean Jaccard index over pairs of folds, and the stability of Nogueira, Sechidis and Brown 2018 (JMLR 18:174), which
//! unlike it is corrected for chance: 0 on average if features are picked at random, 1 if all folds pick the same.

use std::cmp::Ordering;

/// The two-sided 95 % point of the normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Kendall's W of the values by fold, then by item: 1 where all folds rank alike, 0 where ranks have nothing in common.
/// Equal values share the mean of their ranks. Without ties the mean Spearman correlation over pairs of the f folds is
/// (f W - 1) / (f - 1).
///
/// # Errors
/// With fewer than two folds or items, folds of different length, a value that is no number, or if all values are alike in
/// every fold.
pub fn concordance(values: &[Vec<f64>]) -> Result<f64, &'static str> {
    let items = values.first().map_or(0, Vec::len);
    if values.len() < 2 || items < 2 {
        return Err("a ranking needs two folds and two items");
    }
    if values.iter().any(|fold| fold.len() != items || fold.iter().any(|v| v.is_nan())) {
        return Err("folds rank different items, or a value is not a number");
    }
    let (mut sums, mut ties) = (vec![0.0; items], 0.0);
    for fold in values {
        let (ranks, tied) = ranks(fold);
        sums.iter_mut().zip(ranks).for_each(|(sum, rank)| *sum += rank);
        ties += tied;
    }
    let (f, m) = (values.len() as f64, items as f64);
    let mean = f * (m + 1.0) / 2.0;
    let squares: f64 = sums.iter().map(|sum| (sum - mean).powi(2)).sum();
    let largest = f * f * (m * m * m - m) - f * ties;
    if largest <= 0.0 {
        return Err("all items are alike in every fold");
    }
    Ok(12.0 * squares / largest)
}

/// Ranks from 1, the greatest value first, and the sum of t³ - t over groups of t equal values.
fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].partial_cmp(&values[a]).unwrap_or(Ordering::Equal));
    let (mut out, mut ties, mut before) = (vec![0.0; values.len()], 0.0, 0.0);
    // `>=` between sorted neighbours is equality.
    for tied in order.chunk_by(|a, b| values[*b] >= values[*a]) {
        let t = tied.len() as f64;
        tied.iter().for_each(|&i| out[i] = before + f64::midpoint(t, 1.0));
        ties += t * t * t - t;
        before += t;
    }
    (out, ties)
}

/// The items that matter (value above 0) and have rank `k` or better; equal values share the mean of their ranks, so that
/// there can be fewer than `k` and, where many tie, more.
#[must_use]
pub fn top(values: &[f64], k: usize) -> Vec<bool> {
    values.iter().zip(ranks(values).0).map(|(value, rank)| *value > 0.0 && rank <= k as f64).collect()
}

/// Whether folds pick the same items.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Agreement {
    /// Items picked by both folds ÷ items picked by either, from 0 to 1: the mean over pairs of folds. Two folds that pick
    /// nothing agree.
    pub jaccard: f64,
    /// Stability, at most 1 (definition 4 of Nogueira, Sechidis and Brown).
    pub stability: f64,
    /// Its approximate 95 % confidence interval (corollary 9 there), which takes folds for independent. Folds of one data set
    /// share most of their training rows, so that it is too narrow.
    pub interval: (f64, f64),
}

/// Measures agreement. `picked` is by fold, then by item.
///
/// # Errors
/// With fewer than two folds, folds of different length, or if folds pick nothing or everything, where agreement is no
/// finding.
pub fn agreement(picked: &[Vec<bool>]) -> Result<Agreement, &'static str> {
    let items = picked.first().map_or(0, Vec::len);
    if picked.len() < 2 {
        return Err("agreement needs two folds");
    }
    if picked.iter().any(|fold| fold.len() != items) {
        return Err("folds pick from different items");
    }
    let (folds, d) = (picked.len() as f64, items as f64);
    let share: Vec<f64> =
        (0..items).map(|item| picked.iter().filter(|fold| fold[item]).count() as f64 / folds).collect();
    let mean_share = share.iter().sum::<f64>() / d;
    let chance = mean_share * (1.0 - mean_share);
    if chance.is_nan() || chance <= 0.0 {
        return Err("the folds pick nothing or everything");
    }
    let variance = share.iter().map(|p| p * (1.0 - p)).sum::<f64>() / d * folds / (folds - 1.0);
    let stability = 1.0 - variance / chance;
    // What each fold adds to the stability: theorem 7.
    let of_fold = |fold: &Vec<bool>| {
        let of_picked = fold.iter().zip(&share).filter(|(picked, _)| **picked).map(|(_, p)| p);
        let size = fold.iter().filter(|picked| **picked).count() as f64 / d;
        let own = of_picked.sum::<f64>() / d - size * mean_share;
        (own + stability / 2.0 * (2.0 * mean_share * size - size - mean_share + 1.0)) / chance
    };
    let of_folds: Vec<f64> = picked.iter().map(of_fold).collect();
    let mean = of_folds.iter().sum::<f64>() / folds;
    let spread = of_folds.iter().map(|phi| (phi - mean).powi(2)).sum::<f64>().sqrt();
    let half = NORMAL_95 * 2.0 / folds * spread;
    Ok(Agreement { jaccard: jaccard(picked), stability, interval: (stability - half, stability + half) })
}

fn jaccard(picked: &[Vec<bool>]) -> f64 {
    let index = |a: &[bool], b: &[bool]| {
        let both = a.iter().zip(b).filter(|(a, b)| **a && **b).count();
        let either = a.iter().zip(b).filter(|(a, b)| **a || **b).count();
        if either == 0 { 1.0 } else { both as f64 / either as f64 }
    };
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (i, a) in picked.iter().enumerate() {
        for b in &picked[i + 1..] {
            sum += index(a, b);
            pairs += 1.0;
        }
    }
    sum / pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    /// Ranks 1 2 3 and 1 3 2 sum to 2, 5, 5: 12 · 6 / (4 · 24) = 3/4. Spearman is 1/2 = (2 · 3/4 - 1) / (2 - 1).
    #[test]
    fn concordance_worked_by_hand() {
        assert!(close(concordance(&[vec![3.0, 2.0, 1.0], vec![3.0, 1.0, 2.0]]).unwrap(), 0.75));
        assert!(close(concordance(&[vec![3.0, 2.0, 1.0], vec![1.0, 2.0, 3.0]]).unwrap(), 0.0));
    }

    /// Two folds with ranks 1.5 1.5 3 agree in full, which W shows only with its correction: 12 · 6 / (96 - 24) = 1.
    /// With ranks 1 2 3 in the second fold sums are 2.5 3.5 6: 12 · 6.5 / (96 - 12) = 13/14.
    #[test]
    fn ties_are_corrected_for() {
        assert!(close(concordance(&[vec![1.0, 1.0, 0.0], vec![5.0, 5.0, -0.0]]).unwrap(), 1.0));
        assert!(close(concordance(&[vec![1.0, 1.0, 0.0], vec![3.0, 2.0, 1.0]]).unwrap(), 13.0 / 14.0));
        assert_eq!(ranks(&[0.0, 5.0, -0.0, 0.0]), (vec![3.0, 1.0, 3.0, 3.0], 24.0));
    }

    #[test]
    fn rankings_that_cannot_be_compared_are_refused() {
        for bad in [
            vec![vec![1.0, 2.0]],
            vec![vec![1.0], vec![2.0]],
            vec![vec![1.0, 2.0], vec![1.0]],
            vec![vec![1.0, 2.0], vec![f64::NAN, 1.0]],
            vec![vec![1.0, 1.0], vec![2.0, 2.0]],
        ] {
            assert!(concordance(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_first_are_those_that_matter() {
        assert_eq!(top(&[0.2, 0.0, 0.5, 0.1], 2), [true, false, true, false]);
        assert_eq!(
            top(&[0.0, -1.0, 0.5], 2),
            [false, false, true],
            "what does not matter is not among the first"
        );
        // Ranks 1, 2.5, 2.5: neither of two that tie for the second place is among the first two.
        assert_eq!(top(&[0.5, 0.2, 0.2], 2), [true, false, false]);
    }

    fn sets(of: &[&str]) -> Vec<Vec<bool>> {
        of.iter().map(|fold| fold.chars().map(|c| c == '1').collect()).collect()
    }

    /// Two of four each, one in common: no more than chance. Shares 1, 1/2, 1/2, 0 vary by 2 · (1/4 + 1/4) / 4 = 1/4, as
    /// much as by chance.
    #[test]
    fn agreement_worked_by_hand() {
        let got = agreement(&sets(&["1100", "1010"])).unwrap();
        assert!(close(got.jaccard, 1.0 / 3.0) && close(got.stability, 0.0), "{got:?}");
        let same = agreement(&sets(&["1100", "1100", "1100"])).unwrap();
        assert!(close(same.jaccard, 1.0) && close(same.stability, 1.0), "{same:?}");
        assert!(close(same.interval.0, 1.0) && close(same.interval.1, 1.0), "{same:?}");
    }

    /// By the authors' Python code (github.com/nogueirs/JMLR2018).
    #[test]
    fn stability_and_interval_agree_with_the_authors_code() {
        let got = agreement(&sets(&["111000", "110100", "111000", "101010", "110000"])).unwrap();
        assert!(close(got.stability, 0.397_321_428_571_428_4), "{got:?}");
        assert!(close(got.interval.0, 0.117_791_087_911_470_36), "{got:?}");
        assert!(close(got.interval.1, 0.676_851_769_231_386_5), "{got:?}");
    }

    #[test]
    fn folds_that_pick_nothing_or_everything_or_stand_alone_are_refused() {
        assert!(agreement(&sets(&["00", "00"])).is_err() && agreement(&sets(&["11", "11"])).is_err());
        assert!(agreement(&sets(&["10"])).is_err() && agreement(&sets(&["10", "1"])).is_err());
        assert!(agreement(&sets(&["", ""])).is_err());
    }
}
