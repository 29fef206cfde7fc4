//! Instability of predicted risks.
//!
//! # Measures
//! How far the risk of one and the same case moves, and whether the case is still flagged, when the model is trained on
//! another draw of the households it learned from.
//!
//! # Formula
//! With p the risk of a case and p(b) its risk in refit b of B. Width: the 97.5th less the 2.5th percentile of p(b).
//! Mean absolute prediction error (MAPE): the mean over b of |p(b) - p|. Both are given as mean, median and 90th percentile
//! over cases. Kept: the sum over cases and refits of min(f, f(b)) over B times the sum of f, where f is the part of a case
//! that is flagged at the capacity (ties share places; one lottery decides ties in all refits). 1 less it is the
//! classification instability of those flagged. A flagged case is settled at 80% or 95% if it is kept in at least so many
//! of the refits.
//!
//! # Inputs
//! Out-of-fold risks in [0, 1]; the risks of the same cases, in the same order, in each refit, of models whose training
//! households were drawn with replacement; folds; the capacity, a share in (0, 1). Do not pass risks of cases that a refit
//! learned from: published examples apply refits to the whole development sample, which makes risks look steadier.
//!
//! # Undefined when
//! There are fewer than 10 refits, no cases, or nobody is flagged at the capacity.
//!
//! # Reference
//! Riley and Collins 2023, Biometrical Journal 65:2200302, on prediction instability plots, MAPE and classification
//! instability.

use super::flags::flagged;
use crate::num::quantile;

/// Refits under which percentiles of them say little.
pub const FEWEST_REFITS: usize = 10;

/// A quantity of each case, over all cases.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Half of the cases lie above it.
    pub median: f64,
    /// A tenth of the cases lies above it.
    pub ninetieth: f64,
}

/// How far risks move from refit to refit.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Instability {
    /// Cases.
    pub rows: u64,
    /// Refits.
    pub refits: u64,
    /// From the 2.5th to the 97.5th percentile of a case's risks, in [0, 1].
    pub width: Spread,
    /// Mean absolute prediction error of a case, in [0, 1].
    pub error: Spread,
    /// Cases flagged by the model itself, counting parts.
    pub flagged: f64,
    /// Share of those flagged that a refit flags too, on average, in [0, 1].
    pub kept: f64,
    /// Flagged cases that fewer than 80% of refits flag.
    pub below_80: f64,
    /// Flagged cases that fewer than 95% of refits flag; at least as many.
    pub below_95: f64,
}

/// Measures instability.
///
/// # Errors
/// See the module; also when the columns have different lengths.
pub fn instability(
    original: &[f64],
    refits: &[Vec<f64>],
    fold: &[u16],
    capacity: f64,
) -> Result<Instability, &'static str> {
    if refits.len() < FEWEST_REFITS {
        return Err("fewer than 10 refits");
    }
    if original.len() != fold.len() || refits.iter().any(|refit| refit.len() != original.len()) {
        return Err("the columns have different lengths");
    }
    let (mut widths, mut errors) = (Vec::new(), Vec::new());
    let mut risks = Vec::with_capacity(refits.len());
    for (row, p) in original.iter().enumerate() {
        risks.clear();
        risks.extend(refits.iter().map(|refit| refit[row]));
        errors.push(risks.iter().map(|q| (q - p).abs()).sum::<f64>() / risks.len() as f64);
        risks.sort_unstable_by(f64::total_cmp);
        if let (Some(low), Some(high)) = (quantile(&risks, 0.025), quantile(&risks, 0.975)) {
            widths.push(high - low);
        }
    }
    let (width, error) = (spread(widths)?, spread(errors)?);
    let first = flagged(original, fold, capacity);
    let again = kept(&first, refits, fold, capacity);
    let all: f64 = first.iter().sum();
    if all <= 0.0 {
        return Err("nobody is flagged at the declared capacity");
    }
    // A share of refits is a quotient of whole numbers but for ties.
    let below = |least: f64| {
        let cases = first.iter().zip(&again).filter(|(f, kept)| **f > 0.0 && **kept < (least - 1e-9) * **f);
        cases.map(|(f, _)| f).sum::<f64>()
    };
    Ok(Instability {
        rows: original.len() as u64,
        refits: refits.len() as u64,
        width,
        error,
        flagged: all,
        kept: again.iter().sum::<f64>() / all,
        below_80: below(0.8),
        below_95: below(0.95),
    })
}

/// For each case, the mean over refits of the part that is flagged in both.
fn kept(first: &[f64], refits: &[Vec<f64>], fold: &[u16], capacity: f64) -> Vec<f64> {
    let mut sums = vec![0.0; first.len()];
    for refit in refits {
        let again = flagged(refit, fold, capacity);
        for ((sum, f), g) in sums.iter_mut().zip(first).zip(again) {
            *sum += f.min(g);
        }
    }
    sums.iter().map(|sum| sum / refits.len() as f64).collect()
}

fn spread(mut values: Vec<f64>) -> Result<Spread, &'static str> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.sort_unstable_by(f64::total_cmp);
    match (quantile(&values, 0.5), quantile(&values, 0.9)) {
        (Some(median), Some(ninetieth)) => Ok(Spread { mean, median, ninetieth }),
        _ => Err("there are no cases"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten refits of four cases, of whom one is flagged. Case 0 is at .9 in eight refits and at .1 in two: errors 0 and
    /// .8, mean .16, width .8. Case 1 never moves. Case 2 rises from .20 to .29 in steps of .01: error .045, and places 0.225 and
    /// 8.775 of its ten risks (type 7) are .0855 apart. Case 3 moves by .1 in every refit: width 0, error .1.
    #[test]
    fn worked_by_hand() {
        let original = [0.9, 0.5, 0.2, 0.1];
        let refit = |b: usize| vec![if b < 8 { 0.9 } else { 0.1 }, 0.5, 0.2 + 0.01 * b as f64, 0.2];
        let refits: Vec<Vec<f64>> = (0..10).map(refit).collect();
        let got = instability(&original, &refits, &[0; 4], 0.25).unwrap();
        assert!((got.error.mean - (0.16 + 0.045 + 0.1) / 4.0).abs() < 1e-12, "{got:?}");
        assert!(
            (got.width.mean - 0.8855 / 4.0).abs() < 1e-12 && (got.width.median - 0.0855 / 2.0).abs() < 1e-12
        );
        // Errors 0, .045, .1, .16: half-way between the second and the third, and place 2.7.
        assert!((got.error.median - 0.0725).abs() < 1e-12 && (got.error.ninetieth - 0.142).abs() < 1e-12);
        // Case 0 is flagged in 8 of 10: kept .8, not fewer than 80%, but fewer than 95%.
        assert!((got.kept - 0.8).abs() < 1e-12 && (got.flagged - 1.0).abs() < 1e-12);
        assert!(got.below_80.abs() < 1e-12 && (got.below_95 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn refits_that_agree_are_stable_even_where_rows_are_tied() {
        let original = vec![0.4; 30];
        let got = instability(&original, &vec![original.clone(); 12], &[0; 30], 0.1).unwrap();
        assert!((got.kept - 1.0).abs() < 1e-12 && got.below_95.abs() < 1e-12 && got.error.mean.abs() < 1e-12);
    }

    #[test]
    fn refits_that_say_nothing_keep_the_share_that_is_flagged() {
        // Each of 20 refits flags another twentieth.
        let original: Vec<f64> = (0..400).map(|i| f64::from(i) / 400.0).collect();
        let refit = |b: usize| (0..400).map(|i| ((i + 20 * b) % 400) as f64 / 400.0).collect();
        let refits: Vec<Vec<f64>> = (0..20).map(refit).collect();
        let got = instability(&original, &refits, &[0; 400], 0.05).unwrap();
        assert!((got.kept - 0.05).abs() < 1e-12 && (got.below_80 - 20.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_refits_and_no_places_are_undefined() {
        assert!(instability(&[0.5], &vec![vec![0.5]; 9], &[0], 0.5).is_err());
        assert!(instability(&[], &vec![vec![]; 10], &[], 0.5).is_err());
        assert!(instability(&[0.5], &vec![vec![0.5]; 10], &[0], 0.5).is_err());
        assert!(instability(&[0.5, 0.6], &vec![vec![0.5]; 10], &[0, 0], 0.5).is_err());
    }
}
