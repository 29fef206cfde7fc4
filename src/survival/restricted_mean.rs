//! Time without an event, and time lost to each cause, within a horizon.
//!
//! # Formula
//! The restricted mean is the area under S from 0 to tau; Greenwood's variance is the sum over event times u <= tau of
//! A(u)² d / (Y (Y - d)) with A(u) the area from u to tau (terms with Y = d are 0, as in R). The time lost to cause k is the area
//! under `F_k`; the areas of S and of all causes add to tau. Its standard error is the infinitesimal jackknife's, summed within
//! clusters: the slopes of [`super::aalen_johansen`] integrated over t.
//!
//! # Inputs
//! [`Times`] from 0 (an event at or before 0 loses all of tau); tau above 0 in the same unit; weights; clusters by code.
//!
//! # Undefined when
//! There are no rows of weight, tau is not above 0, or nobody was followed to tau and some had not ended.
//!
//! # Reference
//! Royston and Parmar 2013, BMC Medical Research Methodology 13:152; Andersen 2013, Statistics in Medicine 32:5278. Equals R survival
//! 3.5-3 `print(survfit, rmean = tau)` and `residuals(type = "sojourn")`.

use super::aalen_johansen::{AalenJohansen, Estimate};
use super::influence::{Clusters, Slopes};
use super::kaplan_meier::KaplanMeier;
use super::sorted::Sorted;
use super::{CENSORED, Times};
use crate::evaluate::inference::value::Value;

/// Time within a horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeLost {
    /// Before any event.
    pub free: Estimate,
    /// Lost to each cause, from 1.
    pub lost: Vec<Estimate>,
}

/// The restricted mean time to an event of `cause`, or of any, with Greenwood's standard error of independent rows. O(n log n).
///
/// # Errors
/// Without rows of weight, or where tau is not above 0 or nobody was followed to it.
pub fn restricted_mean(
    times: &Times,
    weight: Option<&[f64]>,
    cause: Option<u8>,
    tau: f64,
) -> Result<Estimate, &'static str> {
    check_tau(tau)?;
    let km = KaplanMeier::new(times, weight, cause)?;
    km.at(tau)?;
    let upto = km.time.partition_point(|u| *u <= tau);
    let (mut area, mut variance, mut end) = (0.0, 0.0, tau);
    for u in (0..upto).rev() {
        let start = km.time[u].max(0.0);
        area += km.survival[u] * (end - start);
        end = start;
        let (y, d) = (km.at_risk[u], km.events[u]);
        if y > d {
            variance += area * area * d / (y * (y - d));
        }
    }
    Ok(Estimate { value: area + end, standard_error: variance.sqrt() })
}

/// The time before any event and lost to each cause by `tau`, with standard errors by cluster. O(n log n + n · causes).
///
/// # Errors
/// As [`restricted_mean`]; with clusters that are not one a row, or fewer than two.
pub fn time_lost(
    times: &Times,
    weight: Option<&[f64]>,
    cluster: &[u32],
    tau: f64,
) -> Result<TimeLost, &'static str> {
    let (sorted, clusters) = (Sorted::new(times), Clusters::new(cluster));
    clusters.check(sorted.len())?;
    let estimate = AalenJohansen::of(&sorted, weight)?;
    let of = |cause: u8| {
        let value = time_to(&estimate, cause, tau)?;
        let influence = time_influence(&estimate, &sorted, cause, tau);
        Ok::<Estimate, &'static str>(Estimate {
            value,
            standard_error: clusters.standard_error(weight, &influence)?,
        })
    };
    let lost = (1..=times.causes()).map(of).collect::<Result<_, _>>()?;
    Ok(TimeLost { free: of(CENSORED)?, lost })
}

/// The time lost to `cause` by `tau`, or before any event with cause 0.
///
/// # Errors
/// Where `tau` is not above 0 or nobody was followed to it.
pub fn time_to(estimate: &AalenJohansen, cause: u8, tau: f64) -> Value {
    check_tau(tau)?;
    estimate.check(tau)?;
    let areas = Areas::new(estimate, cause, tau);
    let lost = areas.later.first().copied().unwrap_or(0.0);
    Ok(if cause == CENSORED { tau - lost } else { lost })
}

/// How [`time_to`] changes with the weight of each row. O(rows + times).
#[must_use]
pub fn time_influence(estimate: &AalenJohansen, sorted: &Sorted<'_>, cause: u8, tau: f64) -> Vec<f64> {
    let areas = Areas::new(estimate, cause, tau);
    let sign = if cause == CENSORED { -1.0 } else { 1.0 };
    let upto = areas.left.len();
    let mut slopes = Slopes { at: estimate.place[..upto].to_vec(), ..Slopes::default() };
    let mut before = 1.0;
    for u in 0..upto {
        let y = estimate.at_risk[u];
        let own = sign * areas.left[u] * before / y;
        let other = sign * estimate.slope(areas.later[u + 1], u) / y;
        slopes.own.push(own);
        slopes.other.push(-other);
        slopes.exposed.push(own * areas.hazard[u] - other * estimate.all(u));
        before = estimate.free[u];
    }
    slopes.rows(sorted, |c| (c != CENSORED && (c == cause || cause == CENSORED), c != CENSORED))
}

/// What is left of a horizon at each event time up to it, and the area lost to events from each on.
struct Areas {
    left: Vec<f64>,
    hazard: Vec<f64>,
    later: Vec<f64>,
}

impl Areas {
    /// Of `cause`, or with 0 of any.
    fn new(estimate: &AalenJohansen, cause: u8, tau: f64) -> Self {
        let upto = estimate.upto(tau);
        let left: Vec<f64> = estimate.time[..upto].iter().map(|u| tau - u.max(0.0)).collect();
        let hazard: Vec<f64> = (0..upto)
            .map(|u| match usize::from(cause).checked_sub(1) {
                Some(k) => estimate.hazard.get(k).map_or(0.0, |h| h[u]),
                None => estimate.all(u),
            })
            .collect();
        let mut later = vec![0.0; upto + 1];
        for u in (0..upto).rev() {
            let before = if u == 0 { 1.0 } else { estimate.free[u - 1] };
            later[u] = later[u + 1] + before * hazard[u] * left[u];
        }
        Self { left, hazard, later }
    }
}

fn check_tau(tau: f64) -> Result<(), &'static str> {
    if tau > 0.0 && tau.is_finite() { Ok(()) } else { Err("the horizon is not above 0") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events 1 (cause 1) and 3 (cause 2) and ends at 4, of four: S is 1, 3/4 from 1, 1/2 from 3; to 4: 1 + 3/2 + 1/2 = 3; lost to cause
    /// 1: 3/4, to cause 2: 1/4. Greenwood: A(1) = 2, A(3) = 1/2: 4/(4·3) + (1/4)/(3·2) = 3/8. No censoring before 4, so the
    /// jackknife is that of the mean of 1, 3, 4, 4, with squares (4 + 0 + 1 + 1)/16 = 3/8 as well.
    #[test]
    fn by_hand() {
        let times = Times::new(vec![1.0, 3.0, 4.0, 4.0], vec![1, 2, 0, 0]).unwrap();
        let near =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-14, "{found}, not {expected}");
        let mean = restricted_mean(&times, None, None, 4.0).unwrap();
        near(mean.value, 3.0);
        near(mean.standard_error, 0.375_f64.sqrt());
        let found = time_lost(&times, None, &[1, 2, 3, 4], 4.0).unwrap();
        near(found.free.value, 3.0);
        near(found.free.standard_error, 0.375_f64.sqrt());
        near(found.lost[0].value, 0.75);
        // 3, 0, 0, 0: squares (81 + 3 · 9)/16 over 16.
        near(found.lost[0].standard_error, (108.0_f64 / 256.0).sqrt());
        near(found.lost[1].value, 0.25);
        for tau in [0.0, 4.5, f64::NAN] {
            assert!(restricted_mean(&times, None, None, tau).is_err(), "{tau}");
            assert!(time_lost(&times, None, &[1, 2, 3, 4], tau).is_err(), "{tau}");
        }
    }
}
