//! A test that a measure is the same in all groups, from a household bootstrap of any measure.

use super::null_summary::{at_least, monte_carlo_p};
use super::value::Value;

/// A Wald-type statistic with its simulated p value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaldTest {
    /// The number of groups tested.
    pub groups: usize,
    /// `sum over groups of (estimate - weighted mean)^2 / bootstrap variance`.
    pub statistic: f64,
    /// The Monte Carlo p value.
    pub p_value: f64,
}

/// Tests that a measure without a count behind it (mean risk, Brier score, net benefit) is the same in all groups.
///
/// `estimates` holds one number a group, `replicates` for each group its value in every bootstrap replicate of whole
/// households (same replicate, same position: groups that share households stay correlated). Statistic: precision-
/// weighted sum of squares about the weighted mean, precisions from the replicates. Null: the same statistic of
/// `replicate - estimate`, which has the spread of sampling and no differences (Hall and Wilson 1991, Biometrics
/// 47:757). For rates use [`household_heterogeneity`](super::household_heterogeneity), for ranking and calibration
/// [`auroc_permutation`](super::auroc_permutation) and [`calibration_null`](super::calibration_null) instead:
/// replicates centred on a small group's estimate keep its too small variance, and with groups of 60 to 200 rows this
/// test rejected fair rates 15% of the time (`examples/heterogeneity_calibration`; more replicates do not help). Here
/// leave out small groups, use a scale where errors are near normal, and read a p value near 0.05 as weak.
/// O(groups times replicates).
///
/// # Errors
/// With fewer than two groups, unequal numbers of replicates, fewer than 100 of them, a number that is not finite, or
/// a group whose replicates do not vary.
pub fn bootstrap_heterogeneity(estimates: &[f64], replicates: &[Vec<f64>]) -> Result<WaldTest, &'static str> {
    if estimates.len() != replicates.len() {
        return Err("the groups of estimates and of replicates differ");
    }
    if estimates.len() < 2 {
        return Err("fewer than two groups");
    }
    let draws = replicates.first().map_or(0, Vec::len);
    if draws < 100 {
        return Err("fewer than 100 bootstrap replicates");
    }
    if replicates.iter().any(|r| r.len() != draws) {
        return Err("the groups have different numbers of replicates");
    }
    if estimates.iter().chain(replicates.iter().flatten()).any(|v| !v.is_finite()) {
        return Err("an estimate or replicate is not a finite number");
    }
    let precisions = replicates.iter().map(|r| precision(r)).collect::<Result<Vec<f64>, _>>()?;
    let statistic = spread(estimates, &precisions);
    let mut centred = vec![0.0; estimates.len()];
    let mut exceedances = 0;
    for draw in 0..draws {
        for ((slot, group), estimate) in centred.iter_mut().zip(replicates).zip(estimates) {
            *slot = group.get(draw).map_or(0.0, |r| r - estimate);
        }
        exceedances += usize::from(at_least(spread(&centred, &precisions), statistic));
    }
    Ok(WaldTest { groups: estimates.len(), statistic, p_value: monte_carlo_p(exceedances, draws) })
}

/// One over the sample variance of a group's replicates.
fn precision(replicates: &[f64]) -> Value {
    let count = replicates.len() as f64;
    let mean = replicates.iter().sum::<f64>() / count;
    let variance = replicates.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (count - 1.0);
    let rounding = 1e-14 * mean.abs();
    if variance > rounding * rounding { Ok(1.0 / variance) } else { Err("a group's replicates do not vary") }
}

fn spread(values: &[f64], precisions: &[f64]) -> f64 {
    let weights: f64 = precisions.iter().sum();
    let mean = values.iter().zip(precisions).map(|(v, p)| v * p).sum::<f64>() / weights;
    values.iter().zip(precisions).map(|(v, p)| p * (v - mean) * (v - mean)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replicates ±1 about the estimates 0 and d, in the four combinations: variance 100/99 each, statistic
    /// d^2/2 * 99/100; half of the centred replicates have distance 2, half 0.
    #[test]
    fn worked_by_hand() {
        let replicates = |d: f64| -> Vec<Vec<f64>> {
            vec![
                (0..100).map(|b| if b % 2 == 0 { 1.0 } else { -1.0 }).collect(),
                (0..100).map(|b| d + if b % 4 < 2 { 1.0 } else { -1.0 }).collect(),
            ]
        };
        let near = bootstrap_heterogeneity(&[0.0, 2.0], &replicates(2.0)).unwrap();
        assert!((near.statistic - 2.0 * 0.99).abs() < 1e-12 && (near.p_value - 51.0 / 101.0).abs() < 1e-12);
        let far = bootstrap_heterogeneity(&[0.0, 3.0], &replicates(3.0)).unwrap();
        assert!((far.p_value - 1.0 / 101.0).abs() < 1e-12);
    }

    #[test]
    fn undefined_cases() {
        let wavy: Vec<f64> = (0..100).map(f64::from).collect();
        assert!(bootstrap_heterogeneity(&[1.0], std::slice::from_ref(&wavy)).is_err());
        assert!(bootstrap_heterogeneity(&[1.0, 2.0], &[wavy.clone(), vec![0.3; 100]]).is_err());
        assert!(bootstrap_heterogeneity(&[1.0, 2.0], &[wavy.clone(), wavy[..99].to_vec()]).is_err());
        assert!(bootstrap_heterogeneity(&[1.0, f64::NAN], &[wavy.clone(), wavy]).is_err());
    }
}
