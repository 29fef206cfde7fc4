//! The Nelson-Aalen estimate: the cumulative hazard of one cause, or of any.
//!
//! # Formula
//! H(t) is the sum over u <= t of d(u)/Y(u). Its variance is Aalen's, the sum of d/Y² (ties not corrected), of R `survfit`'s
//! `std.chaz`; [`Ties::Binomial`] takes the sum of (Y - d) d / (Y² (Y - 1)), of Klein 1991, equation 1.3.
//!
//! # Inputs
//! As [`super::kaplan_meier`]. Rows are taken as independent; for rows that come in clusters see [`super::mean_cumulative`].
//!
//! # Undefined when
//! There are no rows of weight; after the last end of a row.
//!
//! # Reference
//! Aalen 1978, Annals of Statistics 6:701; Klein 1991, Scandinavian Journal of Statistics 18:333.

use super::Times;
use super::kaplan_meier::TOO_LATE;
use super::sorted::Sorted;
use crate::evaluate::inference::value::Value;

/// What the variance supposes of events at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// They came one after another, in truth: d/Y².
    #[default]
    Poisson,
    /// They came at one time: (Y - d) d / (Y² (Y - 1)).
    Binomial,
}

/// The estimate at each distinct event time.
#[derive(Clone, Debug, PartialEq)]
pub struct NelsonAalen {
    /// The times, rising.
    pub time: Vec<f64>,
    /// H by each.
    pub hazard: Vec<f64>,
    /// The variance of each.
    pub variance: Vec<f64>,
    last: f64,
}

impl NelsonAalen {
    /// The estimate with events of `cause`, or of any. O(n log n).
    ///
    /// # Errors
    /// Without rows of weight, or with weights that are not one a row, finite and from 0.
    pub fn new(
        times: &Times,
        weight: Option<&[f64]>,
        cause: Option<u8>,
        ties: Ties,
    ) -> Result<Self, &'static str> {
        let sorted = Sorted::new(times);
        let counts = sorted.counts(weight)?;
        let last = sorted.time[counts.last];
        let mut own = Self { time: Vec::new(), hazard: Vec::new(), variance: Vec::new(), last };
        let (mut hazard, mut variance) = (0.0, 0.0);
        for (u, time) in sorted.time.iter().enumerate() {
            let (y, d) = (counts.at_risk[u], counts.events(u, cause));
            if d > 0.0 {
                hazard += d / y;
                variance += match ties {
                    Ties::Poisson => d / (y * y),
                    // One at risk who has the event leaves nothing to vary.
                    Ties::Binomial if y > d => (y - d) * d / (y * y * (y - 1.0)),
                    Ties::Binomial => 0.0,
                };
                own.time.push(*time);
                own.hazard.push(hazard);
                own.variance.push(variance);
            }
        }
        Ok(own)
    }

    fn of(&self, column: &[f64], t: f64) -> Value {
        if t.is_nan() || t > self.last {
            return Err(TOO_LATE);
        }
        let upto = self.time.partition_point(|u| *u <= t);
        Ok(if upto == 0 { 0.0 } else { column[upto - 1] })
    }

    /// H(t).
    ///
    /// # Errors
    /// After the last end of a row.
    pub fn at(&self, t: f64) -> Value {
        self.of(&self.hazard, t)
    }

    /// The standard error of H(t).
    ///
    /// # Errors
    /// After the last end of a row.
    pub fn standard_error(&self, t: f64) -> Value {
        self.of(&self.variance, t).map(f64::sqrt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two events of five, then one of two: 2/5 + 1/2; variances 2/25 + 1/4, and 3·2/(25·4) + 1·1/(4·1).
    #[test]
    fn by_hand() {
        let times = Times::new(vec![1.0, 1.0, 2.0, 3.0, 4.0], vec![1, 2, 0, 1, 0]).unwrap();
        let of = |ties| NelsonAalen::new(&times, None, None, ties).unwrap();
        let found = of(Ties::Poisson);
        assert!((found.at(3.0).unwrap() - 0.9).abs() < 1e-15 && found.at(0.5).unwrap().abs() < 1e-15);
        assert!((found.standard_error(4.0).unwrap() - 0.33_f64.sqrt()).abs() < 1e-15);
        assert!((of(Ties::Binomial).standard_error(4.0).unwrap() - 0.31_f64.sqrt()).abs() < 1e-15);
        assert!(found.at(4.5).is_err());
        let one = NelsonAalen::new(&times, Some(&[2.0, 0.0, 1.0, 1.0, 1.0]), Some(1), Ties::Poisson).unwrap();
        assert!((one.at(1.0).unwrap() - 0.4).abs() < 1e-15, "a weight of 2 is two rows");
    }
}
