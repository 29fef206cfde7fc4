//! Random-effects meta-analysis of group or place estimates.

use super::chi_square;
use super::root::{falling_root, upper_bracket};
use super::student;
use super::value::{Estimate, Interval, sampling_variances};

/// What a random-effects meta-analysis says about estimates of the same quantity in several groups.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomEffects {
    /// The number of groups.
    pub groups: usize,
    /// The mean over groups, each weighted by 1 over (its variance + `between_variance`).
    pub mean: f64,
    /// The Hartung-Knapp-Sidik-Jonkman standard error of the mean.
    pub standard_error: f64,
    /// The interval of the mean, t with groups - 1 degrees of freedom.
    pub interval: Interval,
    /// tau squared, the variance of the true values between groups, by Paule and Mandel; 0 or above.
    pub between_variance: f64,
    /// Where the true value of a new group of the same kind is expected; undefined with fewer than three groups.
    pub prediction_interval: Result<Interval, &'static str>,
    /// Cochran's Q, the fixed-weight sum of squares between groups.
    pub cochran_q: f64,
    /// P of a larger Q when all groups share one true value, chi-square with groups - 1 degrees of freedom.
    pub cochran_p: f64,
    /// I squared, from 0 to 1: the share of the spread that is not sampling error, `max(0, 1 - (k-1)/Q)`.
    pub i_squared: f64,
}

/// Random-effects meta-analysis of `estimates` with intervals at the given `confidence` (such as 0.95).
///
/// tau squared is Paule and Mandel's (1982, Journal of Research of the National Bureau of Standards 87:377): the
/// value at which the weighted sum of squares equals its expectation, groups - 1. It is chosen over REML because it
/// has one root that cannot fail to converge, assumes no normal distribution of the true values, and is among the
/// least biased in simulations (Veroniki and others 2016, Research Synthesis Methods 7:55). At that root the
/// Hartung-Knapp-Sidik-Jonkman factor q is exactly 1, and where tau squared is 0 the safeguard `max(1, q)` (Röver
/// and others 2015, BMC Medical Research Methodology 15:99) makes it 1: so the interval can never be narrower than
/// the usual one, and Q, tau squared and interval never contradict each other. The prediction interval is
/// `mean ± t(k-2) sqrt(tau^2 + se^2)` (Higgins, Thompson and Spiegelhalter 2009, JRSS A 172:137; `IntHout` and others
/// 2016, BMJ Open 6:e010247). Q and I squared: Cochran 1954; Higgins and Thompson 2002, Statistics in Medicine
/// 21:1539. Estimates must be independent and on a scale where errors are near normal. O(k) times 60.
///
/// # Errors
/// With fewer than two groups, an estimate that is not finite, a standard error not above 0, or a `confidence` not
/// strictly between 0 and 1.
pub fn random_effects(estimates: &[Estimate], confidence: f64) -> Result<RandomEffects, &'static str> {
    let groups = estimates.len();
    if groups < 2 {
        return Err("fewer than two groups");
    }
    let variances = sampling_variances(estimates)?;
    let degrees = (groups - 1) as f64;
    let cochran_q = weighted_spread(estimates, &variances, 0.0);
    let between_variance = between_variance(estimates, &variances);
    let (mean, weight) = weighted_mean(estimates, &variances, between_variance);
    let factor = (weighted_spread(estimates, &variances, between_variance) / degrees).max(1.0);
    let standard_error = (factor / weight).sqrt();
    let half = student::two_sided_critical(confidence, degrees)? * standard_error;
    Ok(RandomEffects {
        groups,
        mean,
        standard_error,
        interval: Interval { lower: mean - half, upper: mean + half },
        between_variance,
        prediction_interval: prediction_interval(groups, mean, standard_error, between_variance, confidence),
        cochran_q,
        cochran_p: chi_square::upper_tail(cochran_q, degrees)?,
        i_squared: if cochran_q > degrees { 1.0 - degrees / cochran_q } else { 0.0 },
    })
}

fn prediction_interval(
    groups: usize,
    mean: f64,
    standard_error: f64,
    between_variance: f64,
    confidence: f64,
) -> Result<Interval, &'static str> {
    if groups < 3 {
        return Err("fewer than three groups");
    }
    let t = student::two_sided_critical(confidence, (groups - 2) as f64)?;
    let half = t * (between_variance + standard_error * standard_error).sqrt();
    Ok(Interval { lower: mean - half, upper: mean + half })
}

/// Paule and Mandel's tau squared. The spread falls in tau squared, so there is one root, or none above 0.
pub(crate) fn between_variance(estimates: &[Estimate], variances: &[f64]) -> f64 {
    let degrees = estimates.len().saturating_sub(1) as f64;
    let excess = |tau_squared: f64| weighted_spread(estimates, variances, tau_squared) - degrees;
    if excess(0.0) <= 0.0 {
        return 0.0;
    }
    let start = variances.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    falling_root(excess, 0.0, upper_bracket(excess, start))
}

/// The weighted mean and the total weight, weights 1 / (variance + tau squared).
pub(crate) fn weighted_mean(estimates: &[Estimate], variances: &[f64], tau_squared: f64) -> (f64, f64) {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (estimate, variance) in estimates.iter().zip(variances) {
        let weight = 1.0 / (variance + tau_squared);
        sum += weight * estimate.value;
        weights += weight;
    }
    (sum / weights, weights)
}

fn weighted_spread(estimates: &[Estimate], variances: &[f64], tau_squared: f64) -> f64 {
    let (mean, _) = weighted_mean(estimates, variances, tau_squared);
    estimates
        .iter()
        .zip(variances)
        .map(|(e, v)| (e.value - mean) * (e.value - mean) / (v + tau_squared))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(pairs: &[(f64, f64)]) -> Vec<Estimate> {
        pairs.iter().map(|&(value, standard_error)| Estimate { value, standard_error }).collect()
    }

    /// Equal variances 1 and values -2, 0, 2: Q = 8, tau squared = 8/2 - 1 = 3, se = sqrt(4/3), I^2 = 3/4.
    #[test]
    fn worked_by_hand() {
        let got = random_effects(&estimates(&[(-2.0, 1.0), (0.0, 1.0), (2.0, 1.0)]), 0.95).unwrap();
        assert!((got.cochran_q - 8.0).abs() < 1e-14 && (got.cochran_p - (-4.0_f64).exp()).abs() < 1e-13);
        assert!((got.between_variance - 3.0).abs() < 1e-13 && (got.i_squared - 0.75).abs() < 1e-14);
        assert!(got.mean.abs() < 1e-15 && (got.standard_error - (4.0_f64 / 3.0).sqrt()).abs() < 1e-13);
        assert!((got.interval.upper - 4.302_652_729_749_464 * (4.0_f64 / 3.0).sqrt()).abs() < 1e-10);
        let prediction = got.prediction_interval.unwrap();
        assert!((prediction.upper - 12.706_204_736_174_705 * (13.0_f64 / 3.0).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn identical_estimates_keep_the_safeguarded_error() {
        let got = random_effects(&estimates(&[(1.0, 0.5); 4]), 0.95).unwrap();
        assert!(got.between_variance.abs() < 1e-300 && got.i_squared.abs() < 1e-300);
        assert!((got.standard_error - 0.25).abs() < 1e-15 && (got.cochran_p - 1.0).abs() < 1e-12);
    }

    #[test]
    fn two_groups_have_no_prediction_interval_and_one_group_nothing() {
        let two = random_effects(&estimates(&[(0.0, 1.0), (9.0, 1.0)]), 0.95).unwrap();
        assert_eq!(two.prediction_interval, Err("fewer than three groups"));
        assert!(random_effects(&estimates(&[(0.0, 1.0)]), 0.95).is_err());
        assert!(random_effects(&estimates(&[(0.0, 1.0), (1.0, 0.0)]), 0.95).is_err());
    }
}
