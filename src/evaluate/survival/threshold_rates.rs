//! Rates of right and wrong flags by a time, under censoring and competing ends.
//!
//! # Measures
//! Sensitivity, specificity, positive and negative predictive value, false positive share, for rows flagged by their prediction.
//!
//! # Formula
//! With `q` the share flagged, `F1` and `F0` the Aalen-Johansen incidences of cause 1 by `t` among flagged and not flagged:
//! PPV `F1`, NPV `1 - F0`, sensitivity `q F1 / (q F1 + (1 - q) F0)`, false positive share
//! `q (1 - F1) / (q (1 - F1) + (1 - q)(1 - F0))`, specificity one less that.
//!
//! # Inputs
//! [`Prepared`] rows, weights (0 for rows of another group), `t`, and a threshold (flagged from it on) or a flag for each row.
//!
//! # Undefined when
//! A part that is needed has no rows or is not followed to `t`, or a denominator is 0. A share of flags that is 0 or 1 needs
//! one of the two incidences only.
//!
//! # Reference
//! Heagerty, Lumley and Pepe 2000, Biometrics, cumulative cases and dynamic controls by Bayes, with Aalen-Johansen for
//! Kaplan-Meier. A competing end by `t` counts as no event: as in Zheng et al. 2012.

use super::cumulative_incidence::cumulative_incidence;
use super::prepared::Prepared;
use crate::evaluate::Value;

/// How the measure is counted.
pub const CONVENTION: &str = "Aalen-Johansen incidence within flagged and not flagged rows; an end by another cause counts as no event";

/// Shares and incidences from which all rates follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThresholdRates {
    /// Share of weight that is flagged.
    pub flagged: f64,
    /// Incidence among the flagged.
    pub incidence_flagged: Value,
    /// Incidence among the others.
    pub incidence_others: Value,
}

impl ThresholdRates {
    fn parts(&self, of: impl Fn(f64) -> f64) -> Result<(f64, f64), &'static str> {
        let one = if self.flagged > 0.0 { self.flagged * of(self.incidence_flagged?) } else { 0.0 };
        let none = if self.flagged < 1.0 { (1.0 - self.flagged) * of(self.incidence_others?) } else { 0.0 };
        Ok((one, none))
    }

    /// Positive predictive value.
    ///
    /// # Errors
    /// Nobody is flagged, or not for so long.
    pub fn ppv(&self) -> Value {
        self.incidence_flagged
    }

    /// Negative predictive value.
    ///
    /// # Errors
    /// Everybody is flagged, or the others are not followed for so long.
    pub fn npv(&self) -> Value {
        Ok(1.0 - self.incidence_others?)
    }

    /// Share of those with the event by the time that were flagged.
    ///
    /// # Errors
    /// As the module says.
    pub fn sensitivity(&self) -> Value {
        let (one, none) = self.parts(|f| f)?;
        if one + none > 0.0 { Ok(one / (one + none)) } else { Err("no event came by the time") }
    }

    /// Share of those without the event by the time that were flagged.
    ///
    /// # Errors
    /// As the module says.
    pub fn false_positive_share(&self) -> Value {
        let (one, none) = self.parts(|f| 1.0 - f)?;
        if one + none > 0.0 { Ok(one / (one + none)) } else { Err("the event came to everybody by the time") }
    }

    /// Share of those without the event by the time that were not flagged.
    ///
    /// # Errors
    /// As the module says.
    pub fn specificity(&self) -> Value {
        Ok(1.0 - self.false_positive_share()?)
    }
}

/// Rates for rows flagged at a prediction of `threshold` or more. O(n).
///
/// # Errors
/// With no rows.
pub fn at_threshold(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    threshold: f64,
) -> Result<ThresholdRates, &'static str> {
    of_flags(prepared, weights, t, |row| prepared.p[row] >= threshold)
}

/// Rates for rows flagged by any rule. O(n).
///
/// # Errors
/// With no rows.
pub fn of_flags(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    flag: impl Fn(usize) -> bool,
) -> Result<ThresholdRates, &'static str> {
    let total = prepared.total(weights)?;
    let lists = prepared.split(|row| usize::from(flag(row) && weights[row] > 0.0), 2);
    let weight: f64 = lists[1].iter().map(|row| weights[*row as usize]).sum();
    Ok(ThresholdRates {
        flagged: (weight / total).min(1.0),
        incidence_flagged: cumulative_incidence(prepared, &lists[1], weights, t),
        incidence_others: cumulative_incidence(prepared, &lists[0], weights, t),
    })
}

#[cfg(test)]
mod tests {
    use super::super::prepared::Prepared;
    use super::at_threshold;

    #[test]
    fn plain_without_censoring() {
        // Flagged: right, right, wrong; not flagged: one missed, two right. Weight 0 drops the last.
        let p = [0.5, 0.9, 0.6, 0.1, 0.2, 0.3, 0.9];
        let rows = Prepared::new(&[1.0; 7], &[1, 1, 0, 1, 0, 2, 0], &p, &[0; 7]).unwrap();
        let rates = at_threshold(&rows, &[1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 0.0], 1.0, 0.5).unwrap();
        for (value, wanted) in [
            (rates.ppv(), 0.5),
            (rates.npv(), 2.0 / 3.0),
            (rates.sensitivity(), 2.0 / 3.0),
            (rates.false_positive_share(), 0.5),
            (rates.specificity(), 0.5),
        ] {
            assert!((value.unwrap() - wanted).abs() < 1e-14);
        }
        assert!(at_threshold(&rows, &[1.0; 7], 1.0, 0.95).unwrap().ppv().is_err());
    }
}
