//! The mean number of events that come again, per child: the mean cumulative function.
//!
//! # Formula
//! M(t) is the sum over event times u <= t of S(u-) d(u)/Y(u), with d events of the cause and Y children at risk. Where the other causes
//! are ends of what was seen ([`Others::Censor`]), S = 1: Nelson's estimate, what would come if no child left. Where they stop the
//! counting ([`Others::Stop`]), S is the Kaplan-Meier share that they have not come to: what does come, of Ghosh and Lin.
//!
//! The standard error is robust: each row's influence, with the events of a child together, summed by cluster (child, or household)
//! and squared; of Lin, Wei, Yang and Ying. No finite-sample factor.
//!
//! # Inputs
//! [`Times`] as start-stop rows: a child's rows follow each other, each ending in the cause (0 where it was only cut), never two at one
//! time; weights; clusters by code.
//!
//! # Undefined when
//! There are no rows of weight; after the last end of a row; fewer than two clusters.
//!
//! # Reference
//! Nelson 1995, Technometrics 37:147; Ghosh and Lin 2000, Biometrics 56:554, equation 2; Lin, Wei, Yang and Ying 2000, JRSS B 62:711. The
//! first equals R survival 3.5-3 `survfit(..., cluster =)` (`cumhaz`, `std.chaz`).

use super::aalen_johansen::Estimate;
use super::influence::{Clusters, Slopes};
use super::kaplan_meier::TOO_LATE;
use super::sorted::Sorted;
use super::{CENSORED, Times};
use crate::evaluate::inference::value::Value;

/// What the other causes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// Ends of what was seen.
    Censor,
    /// Ends after which nothing more comes.
    Stop,
}

/// The estimate at each time of an event that counts or stops.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanCumulative {
    /// The times, rising.
    pub time: Vec<f64>,
    /// Weight at risk at each.
    pub at_risk: Vec<f64>,
    /// M by each.
    pub mean: Vec<f64>,
    /// The share that is not stopped by each; 1 where others censor.
    pub left: Vec<f64>,
    rate: Vec<f64>,
    stop: Vec<f64>,
    place: Vec<usize>,
    last: f64,
    cause: u8,
    others: Others,
}

impl MeanCumulative {
    /// The estimate of `cause`. O(rows + times).
    ///
    /// # Errors
    /// Without rows of weight, with weights that are not one a row, finite and from 0, or with cause 0.
    pub fn of(
        sorted: &Sorted<'_>,
        weight: Option<&[f64]>,
        cause: u8,
        others: Others,
    ) -> Result<Self, &'static str> {
        if cause == CENSORED {
            return Err("a count needs a cause");
        }
        let counts = sorted.counts(weight)?;
        let mut own = Self {
            time: Vec::new(),
            at_risk: Vec::new(),
            mean: Vec::new(),
            left: Vec::new(),
            rate: Vec::new(),
            stop: Vec::new(),
            place: Vec::new(),
            last: sorted.time[counts.last],
            cause,
            others,
        };
        let (mut mean, mut left) = (0.0, 1.0);
        for (u, time) in sorted.time.iter().enumerate() {
            let (y, events) = (counts.at_risk[u], counts.events(u, Some(cause)));
            let stops = if others == Others::Stop { counts.events(u, None) - events } else { 0.0 };
            if events + stops <= 0.0 {
                continue;
            }
            mean += left * events / y;
            left *= ((y - stops) / y).max(0.0);
            own.time.push(*time);
            own.at_risk.push(y);
            own.mean.push(mean);
            own.left.push(left);
            own.rate.push(events / y);
            own.stop.push(stops / y);
            own.place.push(u);
        }
        Ok(own)
    }

    /// M(t).
    ///
    /// # Errors
    /// After the last end of a row, unless all have been stopped.
    pub fn at(&self, t: f64) -> Value {
        let all_stopped = self.left.last().is_some_and(|left| *left <= 0.0);
        if t.is_nan() || (t > self.last && !all_stopped) {
            return Err(TOO_LATE);
        }
        let upto = self.time.partition_point(|u| *u <= t);
        Ok(if upto == 0 { 0.0 } else { self.mean[upto - 1] })
    }

    /// How M(t) changes with the weight of each row. O(rows + times).
    #[must_use]
    pub fn influence(&self, sorted: &Sorted<'_>, t: f64) -> Vec<f64> {
        let upto = self.time.partition_point(|u| *u <= t);
        let mut slopes = Slopes { at: self.place[..upto].to_vec(), ..Slopes::default() };
        let mut before = 1.0;
        for u in 0..upto {
            let (y, later) = (self.at_risk[u], self.mean[upto - 1] - self.mean[u]);
            // Where all are stopped, their weights cannot change that.
            let other = if self.left[u] > 0.0 { later / (1.0 - self.stop[u]) / y } else { 0.0 };
            slopes.own.push(before / y);
            slopes.other.push(-other);
            slopes.exposed.push(before / y * self.rate[u] - other * self.stop[u]);
            before = self.left[u];
        }
        let stops = |c: u8| self.others == Others::Stop && c != CENSORED && c != self.cause;
        slopes.rows(sorted, |c| (c == self.cause, stops(c)))
    }
}

/// The mean count at some times with standard errors by cluster. O(n log n + n · times).
///
/// # Errors
/// As [`MeanCumulative::of`]; with clusters that are not one a row; fewer than two clusters; a time after the last end of a row
/// is an error in its place.
pub fn mean_cumulative(
    times: &Times,
    weight: Option<&[f64]>,
    cluster: &[u32],
    cause: u8,
    others: Others,
    wanted: &[f64],
) -> Result<Vec<Result<Estimate, &'static str>>, &'static str> {
    let (sorted, clusters) = (Sorted::new(times), Clusters::new(cluster));
    clusters.check(sorted.len())?;
    let estimate = MeanCumulative::of(&sorted, weight, cause, others)?;
    let of = |t: &f64| {
        let value = estimate.at(*t)?;
        let standard_error = clusters.standard_error(weight, &estimate.influence(&sorted, *t))?;
        Ok(Estimate { value, standard_error })
    };
    Ok(wanted.iter().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two children to 10: one with events at 2 and 4, one with none. M(10) = 1, and the children's counts are 2 and 0: the error is
    /// that of their mean, sqrt((1 + 1)/4). With the second stopped at 3, S is 1/2 after 3 and one is at risk: M = 1/2 + 1/2.
    #[test]
    fn by_hand() {
        let start = vec![f64::NEG_INFINITY, 2.0, 4.0, f64::NEG_INFINITY];
        let times = Times::with_entry(start.clone(), vec![2.0, 4.0, 10.0, 10.0], vec![1, 1, 0, 0]).unwrap();
        let child = [7, 7, 7, 1];
        let found =
            mean_cumulative(&times, None, &child, 1, Others::Censor, &[1.0, 3.0, 10.0, 11.0]).unwrap();
        assert!(found[0].unwrap().value.abs() < 1e-15 && (found[1].unwrap().value - 0.5).abs() < 1e-15);
        let ten = found[2].unwrap();
        assert!((ten.value - 1.0).abs() < 1e-15 && (ten.standard_error - 0.5_f64.sqrt()).abs() < 1e-15);
        assert!(found[3].is_err());
        let stopped = Times::with_entry(start, vec![2.0, 4.0, 10.0, 3.0], vec![1, 1, 0, 2]).unwrap();
        let of = |others| mean_cumulative(&stopped, None, &child, 1, others, &[10.0]).unwrap()[0].unwrap();
        assert!((of(Others::Stop).value - 1.0).abs() < 1e-15);
        assert!((of(Others::Stop).standard_error - 0.5_f64.sqrt()).abs() < 1e-15, "still a mean of 2 and 0");
        assert!((of(Others::Censor).value - 1.5).abs() < 1e-15);
        assert!(mean_cumulative(&times, None, &child, 0, Others::Stop, &[1.0]).is_err());
    }
}
