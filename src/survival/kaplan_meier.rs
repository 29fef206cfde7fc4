//! The Kaplan-Meier estimate: the share to whom no event has come.
//!
//! # Formula
//! With Y(u) at risk and d(u) events at each distinct time u: S(t) is the product over u <= t of 1 - d(u)/Y(u). Greenwood's variance
//! of log S is the sum of d / (Y (Y - d)), that of S is S² times it. The p quantile is the first time with S <= 1 - p, or, where
//! S stays at 1 - p, the middle of that stretch; its interval is where the pointwise limits of S cross 1 - p.
//!
//! # Inputs
//! [`Times`], late entry allowed; weights from 0, one a row (2 counts as two rows, 0 as none); the cause that counts as an event,
//! all others as ends of what was seen, or any cause. Rows are taken as independent: for households use
//! [`super::aalen_johansen`], whose event-free share is this estimate.
//!
//! # Undefined when
//! There are no rows of weight; after the last end of a row where S is above 0; the variance where S is 0; a quantile that S does
//! not reach.
//!
//! # Reference
//! Kaplan and Meier 1958, JASA 53:457; Brookmeyer and Crowley 1982, Biometrics 38:29. Equals R survival 3.5-3 `survfit` and
//! `quantile`, with weights as counts of rows.

use super::Times;
use super::interval::{Scale, interval};
use super::sorted::Sorted;
use crate::evaluate::inference::value::{Interval, Value};

/// How near to 1 - p a step counts as at it, as in R.
const LEVEL: f64 = 1.490_116_119_384_765_6e-8;
/// Why there is no value at a time.
pub(super) const TOO_LATE: &str = "nobody was followed for so long";

/// The estimate at each distinct time at which a row of weight ends.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// The times, rising.
    pub time: Vec<f64>,
    /// Weight at risk at each.
    pub at_risk: Vec<f64>,
    /// Weight of the events at each.
    pub events: Vec<f64>,
    /// Weight of the other ends at each.
    pub censored: Vec<f64>,
    /// S by each.
    pub survival: Vec<f64>,
    /// Greenwood's variance of log S by each; infinite where S is 0.
    pub log_variance: Vec<f64>,
}

/// A quantile's interval; an end that the limits of S do not reach is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileInterval {
    /// Where the lower limit of S crosses.
    pub lower: Option<f64>,
    /// Where the upper limit does.
    pub upper: Option<f64>,
}

impl KaplanMeier {
    /// The estimate with events of `cause`, or of any. O(n log n).
    ///
    /// # Errors
    /// Without rows of weight, or with weights that are not one a row, finite and from 0.
    pub fn new(times: &Times, weight: Option<&[f64]>, cause: Option<u8>) -> Result<Self, &'static str> {
        Self::of(&Sorted::new(times), weight, cause)
    }

    /// As [`Self::new`], of rows that are sorted. O(rows + times).
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(sorted: &Sorted<'_>, weight: Option<&[f64]>, cause: Option<u8>) -> Result<Self, &'static str> {
        let counts = sorted.counts(weight)?;
        let mut own = Self {
            time: Vec::new(),
            at_risk: Vec::new(),
            events: Vec::new(),
            censored: Vec::new(),
            survival: Vec::new(),
            log_variance: Vec::new(),
        };
        let (mut survival, mut log_variance) = (1.0, 0.0);
        for (u, time) in sorted.time.iter().enumerate() {
            let (at_risk, all, events) = (counts.at_risk[u], counts.all(u), counts.events(u, cause));
            if all <= 0.0 {
                continue;
            }
            if events > 0.0 {
                survival *= (at_risk - events) / at_risk;
                log_variance += events / (at_risk * (at_risk - events));
            }
            own.time.push(*time);
            own.at_risk.push(at_risk);
            own.events.push(events);
            own.censored.push(all - events);
            own.survival.push(survival);
            own.log_variance.push(log_variance);
        }
        Ok(own)
    }

    /// The place of the last time at or before `t`; `None` before the first.
    ///
    /// # Errors
    /// After the last time where S is above 0.
    fn place_of(&self, t: f64) -> Result<Option<usize>, &'static str> {
        let after = self.time.last().is_none_or(|last| t > *last);
        if t.is_nan() || (after && self.survival.last().is_none_or(|s| *s > 0.0)) {
            return Err(TOO_LATE);
        }
        Ok(self.time.partition_point(|u| *u <= t).checked_sub(1))
    }

    /// S(t).
    ///
    /// # Errors
    /// After the last time where S is above 0.
    pub fn at(&self, t: f64) -> Value {
        self.place_of(t).map(|at| at.map_or(1.0, |at| self.survival[at]))
    }

    /// Greenwood's standard error of S(t).
    ///
    /// # Errors
    /// As [`Self::at`]; where S is 0.
    pub fn standard_error(&self, t: f64) -> Value {
        let Some(at) = self.place_of(t)? else { return Ok(0.0) };
        let error = self.survival[at] * self.log_variance[at].sqrt();
        if self.survival[at] > 0.0 {
            Ok(error)
        } else {
            Err("nobody is left, so there is no error to estimate")
        }
    }

    /// The pointwise interval of S(t).
    ///
    /// # Errors
    /// As [`Self::standard_error`]; where S is 1; with a confidence that is not strictly between 0 and 1.
    pub fn interval(&self, t: f64, scale: Scale, confidence: f64) -> Result<Interval, &'static str> {
        interval(self.at(t)?, self.standard_error(t)?, scale, confidence)
    }

    /// The time by which a share `p` has had an event; the median for 0.5.
    ///
    /// # Errors
    /// Where so many never have one while followed, or `p` is not strictly between 0 and 1.
    pub fn quantile(&self, p: f64) -> Value {
        check_share(p)?;
        crossing(&self.time, self.survival.iter().map(|s| Some(1.0 - s)), p)
            .ok_or("so large a share was not seen to have an event")
    }

    /// The interval of that time.
    ///
    /// # Errors
    /// Where `p` or the confidence is not strictly between 0 and 1.
    pub fn quantile_interval(
        &self,
        p: f64,
        scale: Scale,
        confidence: f64,
    ) -> Result<QuantileInterval, &'static str> {
        check_share(p)?;
        interval(0.5, 0.1, scale, confidence)?;
        let limits: Vec<Option<Interval>> = self
            .survival
            .iter()
            .zip(&self.log_variance)
            .map(|(s, v)| {
                let certain = Interval { lower: 1.0, upper: 1.0 };
                if *s >= 1.0 { Some(certain) } else { interval(*s, s * v.sqrt(), scale, confidence).ok() }
            })
            .collect();
        let limit = |end: fn(&Interval) -> f64| {
            crossing(&self.time, limits.iter().map(|l| l.as_ref().map(|l| 1.0 - end(l))), p)
        };
        Ok(QuantileInterval { lower: limit(|l| l.lower), upper: limit(|l| l.upper) })
    }
}

fn check_share(p: f64) -> Result<(), &'static str> {
    if p > 0.0 && p < 1.0 { Ok(()) } else { Err("a share is not strictly between 0 and 1") }
}

/// The first time at which `share` is `p`, or the middle of the stretch on which it stays there.
fn crossing(time: &[f64], share: impl Iterator<Item = Option<f64>>, p: f64) -> Option<f64> {
    let mut reached = None;
    let last = time.last()?;
    for (t, share) in time.iter().zip(share) {
        let Some(share) = share else { continue };
        if share + LEVEL >= p && reached.is_none() {
            reached = Some(*t);
        }
        if share - LEVEL >= p {
            return reached.map(|first| f64::midpoint(first, *t));
        }
    }
    reached.map(|first| f64::midpoint(first, *last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-13, "{found}, not {expected}");
    }

    /// Ends 1, 2 (censored), 2, 3, 4 (censored), of five: S = 4/5, then 4/5 · 3/4 = 3/5, then 3/5 · 1/2 = 3/10; Greenwood
    /// 1/(5·4), + 1/(4·3), + 1/(2·1).
    #[test]
    fn by_hand() {
        let times = Times::new(vec![1.0, 2.0, 2.0, 3.0, 4.0], vec![1, 0, 2, 1, 0]).unwrap();
        let km = KaplanMeier::new(&times, None, None).unwrap();
        for (t, s) in [(0.9, 1.0), (1.0, 0.8), (2.0, 0.6), (3.5, 0.3), (4.0, 0.3)] {
            near(km.at(t).unwrap(), s);
        }
        near(km.standard_error(3.0).unwrap(), 0.3 * (0.05 + 1.0 / 12.0 + 0.5_f64).sqrt());
        assert_eq!(km.censored, [0.0, 1.0, 0.0, 1.0]);
        assert!(km.at(4.1).is_err() && km.at(f64::NAN).is_err());
        assert!(km.interval(0.5, Scale::Log, 0.95).is_err(), "a share of 1 has no error");
        near(km.quantile(0.5).unwrap(), 3.0);
        // S stays at 0.6 from 2 until 3.
        near(km.quantile(0.4).unwrap(), 2.5);
        near(km.quantile(0.7).unwrap(), 3.5);
        assert!(km.quantile(0.8).is_err() && km.quantile(1.0).is_err());
        // Of cause 1 alone, 2 is a censoring.
        let one = KaplanMeier::new(&times, None, Some(1)).unwrap();
        near(one.at(3.0).unwrap(), 0.8 * 0.5);
    }

    #[test]
    fn where_all_have_ended_it_is_zero_without_error() {
        let times = Times::new(vec![1.0, 2.0], vec![1, 1]).unwrap();
        let km = KaplanMeier::new(&times, None, None).unwrap();
        near(km.at(9.0).unwrap(), 0.0);
        assert!(km.standard_error(9.0).is_err());
    }

    #[test]
    fn a_weight_is_so_many_rows_in_any_order() {
        let times = Times::with_entry(
            vec![f64::NEG_INFINITY, 1.0, 2.0, -1.0, 0.0],
            vec![2.0, 3.0, 3.0, 5.0, 4.0],
            vec![1, 0, 1, 1, 2],
        )
        .unwrap();
        let weight = [1.0, 2.0, 3.0, 0.0, 1.0];
        let copies: Vec<usize> = (0..5).rev().flat_map(|i| vec![i; weight[i] as usize]).collect();
        let pick = |of: &[f64]| copies.iter().map(|i| of[*i]).collect::<Vec<f64>>();
        let causes = copies.iter().map(|i| times.cause[*i]).collect();
        let copied = Times::with_entry(pick(&times.entry), pick(&times.exit), causes).unwrap();
        let found = KaplanMeier::new(&times, Some(&weight), None).unwrap();
        assert_eq!(found, KaplanMeier::new(&copied, None, None).unwrap());
        assert_eq!(found.time, [2.0, 3.0, 4.0]);
    }
}
