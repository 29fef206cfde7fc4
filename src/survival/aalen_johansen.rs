//! Cumulative incidence of every cause, and the share that nothing has come to: the Aalen-Johansen estimator.
//!
//! # Formula
//! At each distinct event time u, with Y(u) at risk and `d_k(u)` events of cause k: `F_k` rises by S(u-) `d_k(u)` / Y(u), and S falls to
//! S(u-) (1 - `sum_k` `d_k(u)` / Y(u)), from `F_k` = 0 and S = 1. S + `sum_k` `F_k` = 1.
//!
//! Standard errors are those of the infinitesimal jackknife, summed within clusters: with `U_i(t)` the change of `F_k(t)` with the
//! weight of row i, the variance is the sum over clusters of `(sum of w_i U_i)²`. Households come back together; rows of one are
//! one cluster. No finite-sample factor. Weights here say how much a row counts: a weight of 2 has the estimate of two rows, and
//! the error of two rows in one cluster. Aalen's variance of independent rows is in [`super::aalen_variance`].
//!
//! Pseudo-values are the estimate plus n times the influence (R survival `pseudo`).
//!
//! # Inputs
//! [`Times`]; weights from 0, one a row (0 as none); clusters by code, equal ones together.
//!
//! # Undefined when
//! There are no rows of weight, or at times after the last that anybody was observed to and not everybody had ended by then.
//!
//! # Reference
//! Aalen and Johansen 1978, Scandinavian Journal of Statistics 5:141; Therneau and Grambsch 2000, *Modeling Survival Data*,
//! appendix on the infinitesimal jackknife. Equals R survival 3.5-3 `survfit` with several states by row, and sums of its `residuals` by
//! cluster (that version takes no notice of `cluster` with several states), and with one kind of event `survfit(..., cluster =)`.

use super::influence::{Clusters, Slopes};
use super::interval::{Scale, interval};
use super::kaplan_meier::TOO_LATE;
use super::sorted::Sorted;
use super::{CENSORED, Times};
use crate::evaluate::inference::value::{Interval, Value};

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
    /// Weight of the events of each cause at each time.
    pub events: Vec<Vec<f64>>,
    /// The hazard of each cause at each time, d / Y.
    pub(super) hazard: Vec<Vec<f64>>,
    /// The place of each time on the grid of the rows.
    pub(super) place: Vec<usize>,
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
    /// The interval of the value. [`Scale::Log`] is the default of R; on [`Scale::LogLog`] take that of one minus the value for
    /// the complementary scale of incidence.
    ///
    /// # Errors
    /// Where the value is 0 or 1, or has no standard error above 0.
    pub fn interval(&self, scale: Scale, confidence: f64) -> Result<Interval, &'static str> {
        interval(self.value, self.standard_error, scale, confidence)
    }

    /// The interval on the scale log(-log(1 - F)) of an incidence.
    ///
    /// # Errors
    /// As [`Self::interval`].
    pub fn complementary_interval(&self, confidence: f64) -> Result<Interval, &'static str> {
        let free = interval(1.0 - self.value, self.standard_error, Scale::LogLog, confidence)?;
        Ok(Interval { lower: 1.0 - free.upper, upper: 1.0 - free.lower })
    }
}

/// What is known at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct At {
    /// The time.
    pub time: f64,
    /// Weight of the rows still at risk.
    pub at_risk: f64,
    /// Share to whom nothing has come.
    pub free: Estimate,
    /// Cumulative incidence of each cause, from 1.
    pub incidence: Vec<Estimate>,
}

impl AalenJohansen {
    /// The estimate. O(n log n).
    ///
    /// # Errors
    /// Without rows of weight, or with weights that are not one a row, finite and from 0.
    pub fn new(times: &Times, weight: Option<&[f64]>) -> Result<Self, &'static str> {
        Self::of(&Sorted::new(times), weight)
    }

    /// The same of rows that are sorted. O(rows + times).
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(sorted: &Sorted<'_>, weight: Option<&[f64]>) -> Result<Self, &'static str> {
        let counts = sorted.counts(weight)?;
        let causes = sorted.causes;
        let mut own = Self {
            time: Vec::new(),
            at_risk: Vec::new(),
            free: Vec::new(),
            incidence: vec![Vec::new(); causes],
            events: vec![Vec::new(); causes],
            hazard: vec![Vec::new(); causes],
            place: Vec::new(),
            last: sorted.time[counts.last],
        };
        let (mut free, mut came) = (1.0, vec![0.0; causes]);
        for (u, time) in sorted.time.iter().enumerate() {
            let (at_risk, all) = (counts.at_risk[u], counts.events(u, None));
            if all <= 0.0 {
                continue;
            }
            for (k, came) in came.iter_mut().enumerate() {
                let events = counts.ended[k + 1][u];
                *came += free * events / at_risk;
                own.events[k].push(events);
                own.hazard[k].push(events / at_risk);
                own.incidence[k].push(*came);
            }
            free *= ((at_risk - all) / at_risk).max(0.0);
            own.time.push(*time);
            own.at_risk.push(at_risk);
            own.free.push(free);
            own.place.push(u);
        }
        Ok(own)
    }

    /// How many of the event times are at or before `t`.
    pub(super) fn upto(&self, t: f64) -> usize {
        self.time.partition_point(|u| *u <= t)
    }

    /// Whether the estimate is known at `t`.
    ///
    /// # Errors
    /// Where nobody was followed to `t` and some had not ended.
    pub(super) fn check(&self, t: f64) -> Result<(), &'static str> {
        let late = t > self.last && self.free.last().is_none_or(|free| *free > 0.0);
        if t.is_nan() || late { Err(TOO_LATE) } else { Ok(()) }
    }

    /// Cumulative incidence of each cause by `t`.
    ///
    /// # Errors
    /// Where nobody was followed to `t` and some had not ended.
    pub fn by(&self, t: f64) -> Result<Vec<f64>, &'static str> {
        self.check(t)?;
        let upto = self.upto(t);
        Ok(self.incidence.iter().map(|f| if upto == 0 { 0.0 } else { f[upto - 1] }).collect())
    }

    /// The share to whom nothing has come by `t`.
    ///
    /// # Errors
    /// As [`Self::by`].
    pub fn free_by(&self, t: f64) -> Value {
        self.check(t)?;
        let upto = self.upto(t);
        Ok(if upto == 0 { 1.0 } else { self.free[upto - 1] })
    }

    /// How the incidence of `cause` by `t`, or with cause 0 the event-free share, changes with the weight of each row. By weight
    /// they sum to 0. `sorted` is of the rows that the estimate is of. O(rows + times).
    #[must_use]
    pub fn influence(&self, sorted: &Sorted<'_>, cause: u8, t: f64) -> Vec<f64> {
        let free = cause == CENSORED;
        self.slopes(cause, t).rows(sorted, |c| (!free && c == cause, c != CENSORED))
    }

    /// a = S(u-)/Y and b = -(F(t) - F(u)) / (1 - h(u)) / Y; for the event-free share a = 0, b = -S(t) / (1 - h(u)) / Y.
    fn slopes(&self, cause: u8, t: f64) -> Slopes {
        let k = usize::from(cause).checked_sub(1);
        let upto = self.upto(t);
        let mut slopes = Slopes { at: self.place[..upto].to_vec(), ..Slopes::default() };
        let mut before = 1.0;
        for u in 0..upto {
            let y = self.at_risk[u];
            let (own, other, hazard) = match k {
                Some(k) => {
                    let Some(f) = self.incidence.get(k) else { return Slopes::default() };
                    (before / y, self.slope(f[upto - 1] - f[u], u), self.hazard[k][u])
                }
                None => (0.0, self.slope(self.free[upto - 1], u), 0.0),
            };
            slopes.own.push(own);
            slopes.other.push(-other / y);
            slopes.exposed.push(own * hazard - other * self.all(u) / y);
            before = self.free[u];
        }
        slopes
    }

    /// The hazard of any cause at an event time.
    pub(super) fn all(&self, u: usize) -> f64 {
        self.hazard.iter().map(|h| h[u]).sum()
    }

    /// `later` per share that is left after event time `u`. Where none is, all who were at risk had an event, whatever their
    /// weights, so any slope will do.
    pub(super) fn slope(&self, later: f64, u: usize) -> f64 {
        if self.free[u] > 0.0 { later / (1.0 - self.all(u)) } else { 0.0 }
    }
}

/// The estimate at some times, with standard errors by cluster. O(n log n + n · times · causes).
///
/// # Errors
/// Without rows of weight, or with weights or clusters that are not one a row; fewer than two clusters; a time that nobody was
/// followed to is an error in its place.
pub fn at(
    times: &Times,
    weight: Option<&[f64]>,
    cluster: &[u32],
    wanted: &[f64],
) -> Result<Vec<Result<At, &'static str>>, &'static str> {
    at_of(&Sorted::new(times), weight, &Clusters::new(cluster), wanted)
}

/// As [`at`], of rows that are sorted, by clusters that are known.
///
/// # Errors
/// As [`at`].
pub fn at_of(
    sorted: &Sorted<'_>,
    weight: Option<&[f64]>,
    clusters: &Clusters,
    wanted: &[f64],
) -> Result<Vec<Result<At, &'static str>>, &'static str> {
    clusters.check(sorted.len())?;
    let estimate = AalenJohansen::of(sorted, weight)?;
    let of = |t: &f64| {
        let values = estimate.by(*t)?;
        let causes = values.len();
        let mut sums = vec![0.0; clusters.count()];
        let mut incidence = Vec::with_capacity(causes);
        for (value, cause) in values.into_iter().zip(1_u8..) {
            let own = clusters.sums(weight, &estimate.influence(sorted, cause, *t));
            // The shares add to 1, so what moves the causes moves what is left the other way.
            sums.iter_mut().zip(&own).for_each(|(sum, own)| *sum -= own);
            incidence.push(Estimate { value, standard_error: root_of_squares(&own, clusters)? });
        }
        let free =
            Estimate { value: estimate.free_by(*t)?, standard_error: root_of_squares(&sums, clusters)? };
        let at_risk = sorted.at_risk(weight, *t);
        Ok(At { time: *t, at_risk, free, incidence })
    };
    Ok(wanted.iter().map(of).collect())
}

fn root_of_squares(sums: &[f64], clusters: &Clusters) -> Value {
    if clusters.count() < 2 {
        return Err("one cluster alone has no error to estimate");
    }
    Ok(sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt())
}

#[cfg(test)]
mod tests;
