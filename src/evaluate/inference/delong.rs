//! The AUROC with `DeLong`'s variance, and the comparison of two models on the same rows.

use super::normal::{two_sided_critical, two_sided_p};
use super::placements::{Placements, placements};
use super::value::{Interval, Value};

/// An AUROC with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auroc {
    /// The area under the ROC curve, from 0 to 1.
    pub area: f64,
    /// Its sampling variance, 0 or above (0 when the scores separate the kinds completely).
    pub variance: f64,
}

impl Auroc {
    /// The interval `area ± z sqrt(variance)`, cut at 0 and 1, as pROC `ci.auc` gives it (no logit).
    ///
    /// # Errors
    /// When the variance is 0 (an interval of no width would claim certainty) or `confidence` is not strictly
    /// between 0 and 1.
    pub fn interval(&self, confidence: f64) -> Result<Interval, &'static str> {
        if self.variance <= 0.0 {
            return Err("the scores separate the rows completely, so the area has no error to estimate");
        }
        let half = two_sided_critical(confidence)? * self.variance.sqrt();
        Ok(Interval { lower: (self.area - half).max(0.0), upper: (self.area + half).min(1.0) })
    }
}

/// The difference of two models' AUROCs on the same rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AurocComparison {
    /// First area minus second.
    pub difference: f64,
    /// The standard error of the difference, allowing for the shared rows.
    pub standard_error: f64,
    /// `difference / standard_error`.
    pub z: f64,
    /// The two-sided p value.
    pub p_value: f64,
    /// The interval `difference ± z standard_error`.
    pub interval: Interval,
}

/// The AUROC with the variance of `DeLong`, `DeLong` and Clarke-Pearson (1988, Biometrics 44:837) for independent rows.
///
/// Rows in households need [`obuchowski`](super::obuchowski). O(n log n).
///
/// # Errors
/// As [`placements`]: fewer than two rows of either kind, unequal columns, a score that is not finite.
pub fn delong(scores: &[f64], events: &[bool]) -> Result<Auroc, &'static str> {
    let placed = placements(scores, events)?;
    let variance = covariance(&placed, &placed, events)?;
    Ok(Auroc { area: placed.auroc, variance })
}

/// Compares two models' AUROCs on the same independent rows, `roc.test(paired = TRUE, method = "delong")` of pROC.
///
/// # Errors
/// As [`placements`]; also when the two models rank the rows alike, so that the difference has no error, or
/// `confidence` is not strictly between 0 and 1.
pub fn compare(
    first: &[f64],
    second: &[f64],
    events: &[bool],
    confidence: f64,
) -> Result<AurocComparison, &'static str> {
    let (a, b) = (placements(first, events)?, placements(second, events)?);
    comparison(&a, &b, confidence, |x, y| covariance(x, y, events))
}

/// `DeLong`'s covariance of two areas on the same rows: `S10/m + S01/n`, sample covariances of the placement values.
///
/// With twice the same placements it is the variance.
///
/// # Errors
/// When the columns have different lengths.
pub fn covariance(first: &Placements, second: &Placements, events: &[bool]) -> Value {
    if first.values.len() != events.len() || second.values.len() != events.len() {
        return Err("the columns have different lengths");
    }
    let (mut of_events, mut of_non_events) = (0.0, 0.0);
    for ((a, b), event) in first.values.iter().zip(&second.values).zip(events) {
        let product = (a - first.auroc) * (b - second.auroc);
        if *event {
            of_events += product;
        } else {
            of_non_events += product;
        }
    }
    let (m, n) = (first.events as f64, first.non_events as f64);
    Ok(of_events / ((m - 1.0) * m) + of_non_events / ((n - 1.0) * n))
}

/// The comparison from placements and a covariance rule; shared with the household version.
pub(crate) fn comparison(
    first: &Placements,
    second: &Placements,
    confidence: f64,
    covariance: impl Fn(&Placements, &Placements) -> Value,
) -> Result<AurocComparison, &'static str> {
    let (one, two) = (covariance(first, first)?, covariance(second, second)?);
    let variance = one + two - 2.0 * covariance(first, second)?;
    // Two rankings that agree leave only rounding error here.
    if variance <= 1e-14 * (one + two) {
        return Err("the two models rank the rows alike, so their difference has no error to estimate");
    }
    let (difference, standard_error) = (first.auroc - second.auroc, variance.sqrt());
    let half = two_sided_critical(confidence)? * standard_error;
    let z = difference / standard_error;
    let interval = Interval { lower: difference - half, upper: difference + half };
    Ok(AurocComparison { difference, standard_error, z, p_value: two_sided_p(z), interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 6] = [0.9, 0.6, 0.6, 0.5, 0.3, 0.1];
    const EVENTS: [bool; 6] = [true, true, false, true, false, false];

    /// Events .9 .6 .5 place at 1, 5/6, 2/3 (mean 5/6, sample variance 1/36); non-events .6 .3 .1 place at
    /// 1/2, 1, 1 (mean 5/6, sample variance 1/12): variance 1/108 + 1/36 = 1/27.
    #[test]
    fn worked_by_hand() {
        let got = delong(&SCORES, &EVENTS).unwrap();
        assert!((got.area - 5.0 / 6.0).abs() < 1e-15 && (got.variance - 1.0 / 27.0).abs() < 1e-15);
        let interval = got.interval(0.95).unwrap();
        assert!((interval.upper - 1.0).abs() < 1e-15);
        assert!((interval.lower - (5.0 / 6.0 - 1.959_963_984_540_054 / 27.0_f64.sqrt())).abs() < 1e-12);
    }

    /// A model against its mirror: the areas add to 1 and the errors are opposite, so the variance is four times.
    #[test]
    fn a_model_against_its_mirror() {
        let mirror = SCORES.map(|s| -s);
        let got = compare(&SCORES, &mirror, &EVENTS, 0.95).unwrap();
        assert!((got.difference - 2.0 / 3.0).abs() < 1e-15);
        assert!((got.standard_error - (4.0_f64 / 27.0).sqrt()).abs() < 1e-15);
        assert!((got.z - got.difference / got.standard_error).abs() < 1e-15);
    }

    #[test]
    fn separation_and_equal_rankings_have_no_error() {
        let perfect = delong(&[4.0, 3.0, 2.0, 1.0], &[true, true, false, false]).unwrap();
        assert!((perfect.area - 1.0).abs() < 1e-15 && perfect.interval(0.95).is_err());
        let squared = SCORES.map(|s| s * s);
        assert!(compare(&SCORES, &squared, &EVENTS, 0.95).is_err());
        let constant = delong(&[1.0; 4], &[true, true, false, false]).unwrap();
        assert!((constant.area - 0.5).abs() < 1e-15 && constant.interval(0.95).is_err());
    }
}
