//! Cumulative incidence of every cause, and the share that nothing has come to: the Aalen-Johansen estimator.
//!
//! # Formula
//! At each distinct event time u, with `Y(u)` at risk and `d_k(u)` events of cause k: `F_k` rises by `S(u-) d_k(u) / Y(u)`, and `S`
//! falls to `S(u-) (1 - sum_k d_k(u) / Y(u))`, from `F_k = 0` and `S = 1`. `S + sum_k F_k = 1`.
//!
//! Standard errors are those of the infinitesimal jackknife, summed within clusters: with `U_i(t)` the change of `F_k(t)` with the
//! weight of row i, the variance is the sum over clusters of `(sum_i w_i U_i)^2`. Households come back together; rows of one are
//! one cluster. No finite-sample factor.
//!
//! # Inputs
//! [`Times`]; weights from 0, one a row (2 counts as two rows, 0 as none); clusters as codes, equal ones together.
//!
//! # Undefined when
//! There are no rows of weight, or at times after the last that anybody was observed to and not everybody had ended by then.
//!
//! # Reference
//! Aalen and Johansen 1978, Scandinavian Journal of Statistics 5:141; Therneau and Grambsch 2000, *Modeling Survival Data*,
//! appendix on the infinitesimal jackknife. Equals R survival 3.5-3 `survfit` with several states.

use super::sorted::{Counts, at_risk};
use super::{CENSORED, Times};
use std::collections::BTreeMap;

/// Half the width of a 95% interval in standard deviations of a normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;

/// The estimate as step functions.
#[derive(Clone, Debug, PartialEq)]
pub struct AalenJohansen {
    /// Distinct times of an event of any cause, rising.
    pub time: Vec<f64>,
    /// Weight of the rows at risk at each.
    pub at_risk: Vec<f64>,
    /// Share to whom nothing has come by each time.
    pub free: Vec<f64>,
    /// Cumulative incidence of each cause, from 1, by each time: `incidence[k - 1][time]`.
    pub incidence: Vec<Vec<f64>>,
    /// The hazard of each cause at each time, d / Y.
    hazard: Vec<Vec<f64>>,
    /// The last time to which a row was observed.
    last: f64,
}

/// An estimate at one time with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// In [0, 1].
    pub value: f64,
    /// Of `value`.
    pub standard_error: f64,
}

impl Estimate {
    /// The 95% interval on the complementary log-log scale, which stays within 0 and 1; `None` where the estimate is 0 or 1,
    /// about which its error says nothing.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        if self.value <= 0.0 || self.value >= 1.0 {
            return None;
        }
        let log = (1.0 - self.value).ln();
        let width = NORMAL * self.standard_error / ((1.0 - self.value) * -log);
        let end = |sign: f64| -(log * (sign * width).exp()).exp_m1();
        Some((end(-1.0), end(1.0)))
    }
}

/// What is known at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct At {
    /// The time.
    pub time: f64,
    /// Weight of the rows still at risk.
    pub at_risk: f64,
    /// Cumulative incidence of each cause, from 1.
    pub incidence: Vec<Estimate>,
}

/// Why there is no estimate.
const NO_ROWS: &str = "there is nobody to follow";
/// Why there is none at a time.
const TOO_LATE: &str = "nobody was followed for so long";

impl AalenJohansen {
    /// The estimate. O(n log n).
    ///
    /// # Errors
    /// Without rows of weight.
    pub fn new(times: &Times, weight: Option<&[f64]>) -> Result<Self, &'static str> {
        let counted = |row: &usize| weight.is_none_or(|w| w[*row] > 0.0);
        let last = (0..times.len()).filter(counted).map(|row| times.exit[row]).reduce(f64::max);
        let last = last.ok_or(NO_ROWS)?;
        let Counts { time, at_risk, events } = Counts::new(times, weight);
        let mut own = Self {
            free: Vec::with_capacity(time.len()),
            incidence: vec![Vec::with_capacity(time.len()); events.len()],
            hazard: vec![Vec::with_capacity(time.len()); events.len()],
            time,
            at_risk,
            last,
        };
        let (mut free, mut came) = (1.0, vec![0.0; events.len()]);
        for (u, at_risk) in own.at_risk.iter().enumerate() {
            let mut all = 0.0;
            for (k, events) in events.iter().enumerate() {
                let hazard = events[u] / at_risk;
                came[k] += free * hazard;
                all += hazard;
                own.hazard[k].push(hazard);
                own.incidence[k].push(came[k]);
            }
            free *= (1.0 - all).max(0.0);
            own.free.push(free);
        }
        Ok(own)
    }

    /// How many of the event times are at or before `t`.
    fn upto(&self, t: f64) -> usize {
        self.time.partition_point(|u| *u <= t)
    }

    /// Cumulative incidence of each cause by `t`.
    ///
    /// # Errors
    /// Where nobody was followed to `t` and some had not ended.
    pub fn by(&self, t: f64) -> Result<Vec<f64>, &'static str> {
        let upto = self.upto(t);
        if t > self.last && self.free.last().is_none_or(|free| *free > 0.0) {
            return Err(TOO_LATE);
        }
        Ok(self.incidence.iter().map(|f| if upto == 0 { 0.0 } else { f[upto - 1] }).collect())
    }

    /// How the incidence of one cause by `t` changes with the weight of each row: rows' influences, which sum to 0 by weight.
    /// `value + n · influence` are pseudo-values. O(n + event times).
    #[must_use]
    pub fn influence(&self, times: &Times, cause: u8, t: f64) -> Vec<f64> {
        let k = usize::from(cause).wrapping_sub(1);
        let Some(incidence) = self.incidence.get(k) else { return vec![0.0; times.len()] };
        let upto = self.upto(t);
        let at = if upto == 0 { 0.0 } else { incidence[upto - 1] };
        // For each event time: what an event of the cause, an event of any, and being at risk add.
        let (mut before, mut sum) = (1.0, 0.0);
        let (mut own, mut any, mut risk) = (Vec::new(), Vec::new(), vec![0.0]);
        for u in 0..upto {
            let all: f64 = self.hazard.iter().map(|h| h[u]).sum();
            let later = if all < 1.0 { (at - incidence[u]) / (1.0 - all) } else { 0.0 };
            own.push(before / self.at_risk[u]);
            any.push(later / self.at_risk[u]);
            sum += (before * self.hazard[k][u] - later * all) / self.at_risk[u];
            risk.push(sum);
            before = self.free[u];
        }
        let of = |row: usize| {
            let (entered, left) = (self.upto(times.entry[row]), self.upto(times.exit[row].min(t)));
            let exposed = risk[left] - risk[entered.min(left)];
            let ended = times.cause[row] != CENSORED && times.exit[row] <= t;
            if !ended || left == 0 {
                return -exposed;
            }
            let event = if times.cause[row] == cause { own[left - 1] } else { 0.0 };
            event - any[left - 1] - exposed
        };
        (0..times.len()).map(of).collect()
    }
}

/// The estimate at some times, with standard errors by cluster. O(n (log n + times × causes)).
///
/// # Errors
/// Without rows of weight; a time that nobody was followed to is an error in its place.
pub fn at(
    times: &Times,
    weight: Option<&[f64]>,
    cluster: &[u32],
    wanted: &[f64],
) -> Result<Vec<Result<At, &'static str>>, &'static str> {
    let estimate = AalenJohansen::new(times, weight)?;
    let dense: BTreeMap<u32, usize> = cluster.iter().map(|code| (*code, 0)).collect();
    let dense: BTreeMap<u32, usize> = dense.into_keys().zip(0..).collect();
    let place: Vec<usize> = cluster.iter().map(|code| dense[code]).collect();
    let of = |t: &f64| {
        let values = estimate.by(*t)?;
        let with_error = |(value, cause): (f64, u8)| {
            let mut sums = vec![0.0; dense.len()];
            for (row, influence) in estimate.influence(times, cause, *t).into_iter().enumerate() {
                sums[place[row]] += weight.map_or(1.0, |w| w[row]) * influence;
            }
            let standard_error = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
            Estimate { value, standard_error }
        };
        let incidence = values.into_iter().zip(1..).map(with_error).collect();
        Ok(At { time: *t, at_risk: at_risk(times, weight, *t), incidence })
    };
    Ok(wanted.iter().map(of).collect())
}

#[cfg(test)]
mod tests;
