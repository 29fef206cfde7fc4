//! Rank stability of features.
//!
//! # Measures
//! Whether models trained on other draws of households agree on which features matter.
//!
//! # Formula
//! In each refit features are ranked by importance, the greatest first, equal ones sharing the mean of their ranks.
//! Spearman: the correlation of ranks between two refits, averaged over all pairs. Overlap: of the features that are among
//! the first ten and matter at all (importance above 0), those that both refits have, divided by the larger number; averaged
//! over pairs. Each of the ten features of greatest mean importance is given with its mean rank and its lowest and highest
//! rank over refits.
//!
//! # Inputs
//! Importance, any finite number, by refit and feature: for a run, the increase in log loss on tested rows when the
//! feature's values are shuffled among them, which looks at no model from inside. Do not read it as a cause. Features that
//! say the same share their importance, so that one of them may have none.
//!
//! # Undefined when
//! There are fewer than two refits, or in some refit all features have the same importance.
//!
//! # Reference
//! Permutation importance: Breiman 2001, Machine Learning 45:5; Fisher, Rudin and Dominici 2019, JMLR 20:177. Spearman
//! 1904, American Journal of Psychology 15:72.

/// How many features count as the first.
pub const FIRST: usize = 10;

/// One of the features of greatest mean importance.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Leading {
    /// Its place among the features.
    pub feature: usize,
    /// Its id and its meaning in words, filled in by whoever knows them.
    pub name: (String, String),
    /// Mean importance.
    pub importance: f64,
    /// Mean rank, from 1.
    pub rank: f64,
    /// Best and worst rank.
    pub range: (f64, f64),
}

/// Whether refits agree on which features matter.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RankStability {
    /// Refits.
    pub refits: u64,
    /// Features.
    pub features: u64,
    /// Mean correlation of ranks between two refits, from -1 to 1.
    pub spearman: f64,
    /// Mean share of the first ten that two refits have in common, from 0 to 1.
    pub overlap: f64,
    /// The first ten by mean importance; fewer if fewer matter.
    pub leading: Vec<Leading>,
}

/// Measures how far rankings agree. `importance` is by refit, then by feature.
///
/// # Errors
/// See the module; also when refits have different numbers of features or an importance is not finite.
pub fn rank_stability(importance: &[Vec<f64>]) -> Result<RankStability, &'static str> {
    let features = importance.first().map_or(0, Vec::len);
    if importance.len() < 2 {
        return Err("fewer than two refits");
    }
    if importance.iter().any(|refit| refit.len() != features || refit.iter().any(|v| !v.is_finite())) {
        return Err("an importance is missing or not a finite number");
    }
    let ranked: Vec<Vec<f64>> = importance.iter().map(|refit| ranks(refit)).collect();
    let first: Vec<Vec<bool>> =
        importance.iter().zip(&ranked).map(|(values, ranks)| leading(values, ranks)).collect();
    let (mut spearman, mut overlap, mut pairs) = (0.0, 0.0, 0.0);
    for a in 0..ranked.len() {
        for b in a + 1..ranked.len() {
            spearman += correlation(&ranked[a], &ranked[b])?;
            overlap += common(&first[a], &first[b]);
            pairs += 1.0;
        }
    }
    Ok(RankStability {
        refits: ranked.len() as u64,
        features: features as u64,
        spearman: spearman / pairs,
        overlap: overlap / pairs,
        leading: best(importance, &ranked),
    })
}

/// Ranks from 1, the greatest value first; equal values share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut out = vec![0.0; values.len()];
    let mut before = 0;
    // `>=` between sorted neighbours is equality, and makes 0.0 and -0.0 the tie that they are.
    for tied in order.chunk_by(|a, b| values[*b] >= values[*a]) {
        let mean = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|&i| out[i] = mean);
        before += tied.len();
    }
    out
}

fn leading(values: &[f64], ranks: &[f64]) -> Vec<bool> {
    values.iter().zip(ranks).map(|(value, rank)| *value > 0.0 && *rank <= FIRST as f64).collect()
}

fn common(a: &[bool], b: &[bool]) -> f64 {
    let count = |set: &[bool]| set.iter().filter(|x| **x).count();
    let both = a.iter().zip(b).filter(|(x, y)| **x && **y).count();
    both as f64 / count(a).max(count(b)).max(1) as f64
}

fn correlation(a: &[f64], b: &[f64]) -> Result<f64, &'static str> {
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let (aa, bb) = (product(a, a), product(b, b));
    if aa <= 0.0 || bb <= 0.0 {
        return Err("in some refit no feature matters more than another");
    }
    Ok(product(a, b) / (aa * bb).sqrt())
}

fn best(importance: &[Vec<f64>], ranked: &[Vec<f64>]) -> Vec<Leading> {
    let refits = importance.len() as f64;
    let of = |feature: usize| {
        let ranks = || ranked.iter().map(|refit| refit[feature]);
        Leading {
            feature,
            name: (String::new(), String::new()),
            importance: importance.iter().map(|refit| refit[feature]).sum::<f64>() / refits,
            rank: ranks().sum::<f64>() / refits,
            range: (ranks().fold(f64::INFINITY, f64::min), ranks().fold(0.0, f64::max)),
        }
    };
    let mut all: Vec<Leading> = (0..importance.first().map_or(0, Vec::len)).map(of).collect();
    all.sort_by(|a, b| b.importance.total_cmp(&a.importance).then(a.feature.cmp(&b.feature)));
    all.retain(|l| l.importance > 0.0);
    all.truncate(FIRST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranks 1 2 3 4 and 2 1 3 4: Spearman 1 - 6 * 2 / (4 * 15) = 0.8. All four matter in the first, three in the second:
    /// 3 of 4 in common.
    #[test]
    fn worked_by_hand() {
        let got = rank_stability(&[vec![4.0, 3.0, 2.0, 1.0], vec![3.0, 4.0, 2.0, 0.0]]).unwrap();
        assert!((got.spearman - 0.8).abs() < 1e-12 && (got.overlap - 0.75).abs() < 1e-12, "{got:?}");
        let first = &got.leading[0];
        assert!((first.feature, first.range) == (0, (1.0, 2.0)) && (first.rank - 1.5).abs() < 1e-12);
        assert!((first.importance - 3.5).abs() < 1e-12);
    }

    #[test]
    fn equal_importance_shares_ranks_and_features_that_do_not_matter_are_not_leading() {
        assert_eq!(ranks(&[0.0, 5.0, -0.0, 0.0]), [3.0, 1.0, 3.0, 3.0]);
        let got = rank_stability(&[vec![0.0, 5.0, 0.0], vec![0.0, 2.0, 0.0]]).unwrap();
        assert!(got.leading.len() == 1 && (got.overlap - 1.0).abs() < 1e-12);
        assert!((got.spearman - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_refit_and_features_that_are_all_alike_are_undefined() {
        assert!(rank_stability(&[vec![1.0, 2.0]]).is_err());
        assert!(rank_stability(&[vec![1.0, 2.0], vec![0.0, 0.0]]).is_err());
        assert!(rank_stability(&[vec![1.0, 2.0], vec![0.0]]).is_err());
        assert!(rank_stability(&[vec![1.0, 2.0], vec![0.0, f64::NAN]]).is_err());
    }
}
