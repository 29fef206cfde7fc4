//! Empirical-Bayes shrinkage of group estimates toward their common mean.

use super::random_effects::{between_variance, weighted_mean};
use super::value::{Estimate, sampling_variances};

/// One group's estimate after shrinkage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrunk {
    /// The shrunk estimate, between the group's own and the mean of all.
    pub estimate: f64,
    /// Its posterior standard deviation with Morris's allowance for the estimated mean and spread.
    pub posterior_sd: f64,
    /// How far it moved: shrunk minus own estimate.
    pub moved: f64,
    /// The share of the way it moved toward the mean, from 0 to 1.
    pub shrinkage: f64,
}

/// Shrunk estimates of all groups.
#[derive(Clone, Debug, PartialEq)]
pub struct EmpiricalBayes {
    /// The precision-weighted mean that the groups are drawn toward.
    pub mean: f64,
    /// tau squared, Paule and Mandel's variance of the true values between groups.
    pub between_variance: f64,
    /// One entry a group, in the order given.
    pub groups: Vec<Shrunk>,
}

/// Shrinks estimates with known errors toward their precision-weighted mean (normal-normal model).
///
/// Each group moves the share `B = (k-3)/(k-1) V/(V + tau^2)` of its way, V its sampling variance. The factor
/// (k-3)/(k-1) and the posterior variance are Morris's (1983, JASA 78:47): tau squared is estimated, so plugging it
/// in would shrink too far and, where it is 0, would print a standard deviation of 0. With
/// `r = k W / sum W`, `W = 1/(V + tau^2)` and `V̄` the W-weighted mean of V, the variance is
/// `V (1 - (k-r)/k B) + 2/(k-3) B^2 (V̄ + tau^2)/(V + tau^2) (y - mean)^2`. tau squared is Paule and Mandel's, as in
/// [`random_effects`](super::random_effects), not Morris's own moment estimate: with equal variances both give the
/// James-Stein estimator of Efron and Morris (1975, JASA 70:311), and one tau squared per table is easier to defend.
/// Shrink rates on the log-odds scale ([`log_odds`](super::log_odds)). O(k).
///
/// # Errors
/// With fewer than four groups (Morris's factors do not exist), or an estimate or standard error that cannot be used.
pub fn empirical_bayes(estimates: &[Estimate]) -> Result<EmpiricalBayes, &'static str> {
    let variances = sampling_variances(estimates)?;
    if estimates.len() < 4 {
        return Err("fewer than four groups, too few to estimate how much to shrink");
    }
    let k = estimates.len() as f64;
    let tau_squared = between_variance(estimates, &variances);
    let (mean, weights) = weighted_mean(estimates, &variances, tau_squared);
    let mean_variance = variances.iter().map(|v| v / (v + tau_squared)).sum::<f64>() / weights;
    let groups = estimates
        .iter()
        .zip(&variances)
        .map(|(own, &variance)| {
            let total = variance + tau_squared;
            let shrinkage = (k - 3.0) / (k - 1.0) * variance / total;
            let distance = own.value - mean;
            let leverage = 1.0 / (total * weights);
            let for_spread = 2.0 / (k - 3.0) * shrinkage * shrinkage * (mean_variance + tau_squared) / total;
            let posterior =
                variance * (1.0 - (1.0 - leverage) * shrinkage) + for_spread * distance * distance;
            let moved = -shrinkage * distance;
            Shrunk { estimate: own.value + moved, posterior_sd: posterior.sqrt(), moved, shrinkage }
        })
        .collect();
    Ok(EmpiricalBayes { mean, between_variance: tau_squared, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(pairs: &[(f64, f64)]) -> Vec<Estimate> {
        pairs.iter().map(|&(value, standard_error)| Estimate { value, standard_error }).collect()
    }

    /// The 18 batting averages of Efron and Morris (1977, Scientific American 236:119), who shrink them by 0.788:
    /// .400 to .294 and .156 to .242.
    #[test]
    fn efron_and_morris_baseball() {
        let averages = [
            0.400, 0.378, 0.356, 0.333, 0.311, 0.311, 0.289, 0.267, 0.244, 0.244, 0.222, 0.222, 0.222, 0.222,
            0.222, 0.200, 0.178, 0.156,
        ];
        let grand = averages.iter().sum::<f64>() / 18.0;
        let error = (grand * (1.0 - grand) / 45.0).sqrt();
        let got = empirical_bayes(&averages.map(|value| Estimate { value, standard_error: error })).unwrap();
        assert!((got.groups[0].shrinkage - 0.788).abs() < 0.003, "{:?}", got.groups[0]);
        assert!(
            (got.groups[0].estimate - 0.294).abs() < 1e-3 && (got.groups[17].estimate - 0.242).abs() < 1e-3
        );
    }

    /// Equal variances 1, values -3, -1, 1, 3: S = 20, tau^2 = 20/3 - 1, B = (k-3) V / S = 1/20.
    #[test]
    fn equal_variances_give_james_stein_by_hand() {
        let got = empirical_bayes(&estimates(&[(-3.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (3.0, 1.0)])).unwrap();
        assert!((got.between_variance - 17.0 / 3.0).abs() < 1e-12 && got.mean.abs() < 1e-15);
        let last = got.groups[3];
        assert!((last.shrinkage - 0.05).abs() < 1e-13 && (last.estimate - 2.85).abs() < 1e-12);
        assert!((last.moved + 0.15).abs() < 1e-12);
        let posterior = 1.0 - 0.75 * 0.05 + 2.0 * 0.0025 * 9.0;
        assert!((last.posterior_sd - f64::sqrt(posterior)).abs() < 1e-12);
    }

    #[test]
    fn no_spread_still_leaves_an_error() {
        let got = empirical_bayes(&estimates(&[(1.0, 0.5); 5])).unwrap();
        assert!(got.groups.iter().all(|g| (g.estimate - 1.0).abs() < 1e-15 && g.posterior_sd > 0.3));
        assert!((got.groups[0].shrinkage - 0.5).abs() < 1e-15);
    }

    #[test]
    fn the_less_certain_group_moves_further_and_three_groups_are_too_few() {
        let got =
            empirical_bayes(&estimates(&[(2.0, 2.0), (2.0, 0.5), (-1.0, 1.0), (-2.0, 0.6), (0.0, 0.4)]))
                .unwrap();
        assert!(got.groups[0].shrinkage > got.groups[1].shrinkage);
        assert!(empirical_bayes(&estimates(&[(1.0, 1.0); 3])).is_err());
    }
}
