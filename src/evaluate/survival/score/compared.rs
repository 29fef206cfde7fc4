//! How groups compare in measures of when: differences, and tests that a measure is the same in all groups.
//!
//! In: the rows by group and their bootstrap replicates, in which every group saw the same households drawn. Out: a [`Contrast`]
//! of each level less its reference level, with the percentile interval of the difference; and a [`GroupTest`] for each
//! grouping, measure and time, d' V⁻¹ d of the differences d from the first level, with V their covariance over replicates.
//! V⁻¹ of R replicates and k differences is too large by (R − 1) / (R − k − 2) on average (Kaufman 1967; Anderson 2003, An
//! Introduction to Multivariate Statistical Analysis, on the inverted Wishart distribution), and is made smaller by that.
//!
//! The variance of a share is taken to be no less than it would be if all shares were the same and rows were independent: a group
//! of a dozen in which nobody was flagged has replicates that are all alike, and would seem known for certain.
//!
//! Families are independent; siblings may be of several groups. Undefined where fewer than two groups have 10 rows with and 10
//! without the event (20 flagged, for shares of the flagged), and with fewer than [`FEWEST`] replicates.

use super::super::replicates::interval;
use super::Tested;
use super::measures::{self as m, TimeMeasure};
use crate::evaluate::fairness::{Null, adjust};
use crate::evaluate::inference::chi_square;
use crate::evaluate::measures::Unit;
use crate::evaluate::{Contrast, GroupTest, Row, Status, Value};
use crate::survival::wald::quadratic;

/// Replicates that a covariance is taken of.
const FEWEST: usize = 100;
/// Rows with and without the event in a group that is tested.
const LEAST: u64 = 10;
/// Rows that a share of the flagged is taken of in a group that is tested.
const LEAST_FLAGGED: u64 = 20;

const MISSING: Value = Err("not given in this replicate");

/// Rows of one measure and time in all levels of a grouping, by place.
struct Family<'a> {
    measure: &'static TimeMeasure,
    rows: &'a [Row],
    places: Vec<usize>,
    replicates: &'a [Vec<Value>],
}

/// Contrasts and tests of all groupings; the replicates hold as many values as there are rows, in their order.
pub(super) fn compared(
    tested: &Tested,
    references: &[(String, String)],
    (rows, replicates): (&[Row], &[Vec<Value>]),
) -> (Vec<Contrast>, Vec<GroupTest>) {
    let (mut contrasts, mut tests) = (Vec::new(), Vec::new());
    for grouping in &tested.groupings {
        let Some(first) = grouping.levels.first() else { continue };
        let against = grouping.levels.get(grouping.reference(references)).unwrap_or(first);
        let firsts = rows.iter().filter(|r| r.group == grouping.name && r.level == *first);
        for start in firsts {
            let Some(measure) = m::find(start.measure) else { continue };
            let same = |r: &Row| {
                (&r.model, r.measure, &r.at, &r.group)
                    == (&start.model, start.measure, &start.at, &start.group)
            };
            let places: Vec<usize> = (0..rows.len()).filter(|place| same(&rows[*place])).collect();
            let family = Family { measure, rows, places, replicates };
            contrasts.extend(family.contrasts(against));
            tests.push(family.test());
        }
    }
    adjust(&mut tests);
    (contrasts, tests)
}

impl Family<'_> {
    fn contrasts(&self, against: &str) -> Vec<Contrast> {
        let Some(other) = self.places.iter().copied().find(|place| self.rows[*place].level == against) else {
            return Vec::new();
        };
        let others = self.places.iter().filter(|place| **place != other);
        others.map(|own| self.contrast(*own, other)).collect()
    }

    fn contrast(&self, own: usize, other: usize) -> Contrast {
        let (ours, theirs) = (&self.rows[own], &self.rows[other]);
        let less = ours.estimate.zip(theirs.estimate).map(|(a, b)| a - b);
        let value = |values: &Vec<Value>, place: usize| values.get(place).copied().unwrap_or(MISSING);
        let replicates = self.replicates.iter().map(|v| Ok(value(v, own)? - value(v, other)?));
        let why = || {
            let of = |row: &Row| row.reason.clone().unwrap_or_default();
            if ours.estimate.is_none() {
                of(ours)
            } else {
                format!("of the group that it is compared with: {}", of(theirs))
            }
        };
        Contrast {
            model: ours.model.clone(),
            split: ours.split.clone(),
            measure: ours.measure.to_owned(),
            group: ours.group.clone(),
            level: ours.level.clone(),
            at: ours.at.clone(),
            against: theirs.level.clone(),
            difference: less,
            difference_interval: less.and_then(|less| interval(less, replicates).ok()),
            newcombe: None,
            ratio: None,
            ratio_interval: None,
            log_ratio: None,
            rests_on: ours.rests_on.iter().chain(&theirs.rests_on).copied().collect(),
            status: if less.is_some() { Status::Ok } else { Status::Undefined },
            reason: if less.is_some() { None } else { Some(why()) },
        }
    }

    /// Whether a level is large enough to be tested.
    fn large(&self, place: usize) -> bool {
        let row = &self.rows[place];
        row.estimate.is_some()
            && row.events >= LEAST
            && row.n.saturating_sub(row.events) >= LEAST
            && (*self.measure != m::PPV || self.base(place) >= LEAST_FLAGGED)
    }

    /// The rows that a share is taken of.
    fn base(&self, place: usize) -> u64 {
        let row = &self.rows[place];
        match self.measure {
            of if *of == m::PPV => row.rests_on.iter().skip(2).take(2).sum(),
            of if *of == m::SENSITIVITY => row.events,
            of if *of == m::FALSE_POSITIVES => row.n.saturating_sub(row.events),
            _ => row.n,
        }
    }

    fn test(&self) -> GroupTest {
        let first = &self.rows[self.places[0]];
        let (kept, left): (Vec<usize>, Vec<usize>) =
            self.places.iter().partition(|place| self.large(**place));
        let p = self.p_value(&kept);
        GroupTest {
            model: first.model.clone(),
            split: first.split.clone(),
            measure: first.measure.to_owned(),
            group: first.group.clone(),
            at: first.at.clone(),
            null: Null::Resampled,
            left_out: left.iter().map(|place| self.rows[*place].level.clone()).collect(),
            range: None,
            expected_range: None,
            p: p.ok(),
            p_adjusted: None,
            family: 0,
            status: if p.is_ok() { Status::Ok } else { Status::Undefined },
            reason: p.err().map(str::to_owned),
        }
    }

    /// What the variance of each share would be if all were the same and rows were independent; 0 for what is not a share of rows.
    fn least_variance(&self, kept: &[usize], estimates: &[f64]) -> Vec<f64> {
        if self.measure.unit != Unit::Share || *self.measure == m::MEAN {
            return vec![0.0; kept.len()];
        }
        let bases: Vec<f64> = kept.iter().map(|place| self.base(*place) as f64).collect();
        let sum: f64 = bases.iter().zip(estimates).map(|(n, share)| n * share).sum();
        let all = sum / bases.iter().sum::<f64>();
        bases.iter().map(|n| all * (1.0 - all) / n).collect()
    }

    fn p_value(&self, kept: &[usize]) -> Value {
        if kept.len() < 2 {
            return Err("fewer than two groups are large enough to be compared");
        }
        let estimates: Vec<f64> = kept.iter().filter_map(|place| self.rows[*place].estimate).collect();
        let of = |values: &Vec<Value>| -> Option<Vec<f64>> {
            kept.iter().map(|place| values.get(*place).copied()?.ok()).collect()
        };
        let drawn: Vec<Vec<f64>> = self.replicates.iter().filter_map(of).collect();
        if drawn.len() < FEWEST {
            return Err("fewer than 100 bootstrap replicates in which all groups have a number");
        }
        let (count, k) = (drawn.len() as f64, kept.len() - 1);
        let mean = |i: usize| drawn.iter().map(|d| d[i]).sum::<f64>() / count;
        let mean: Vec<f64> = (0..=k).map(mean).collect();
        let least = self.least_variance(kept, &estimates);
        let shared = |i: usize, j: usize| {
            let sum: f64 = drawn.iter().map(|d| (d[i] - mean[i]) * (d[j] - mean[j])).sum();
            let found = sum / (count - 1.0);
            if i == j { found.max(least[i]) } else { found }
        };
        let less: Vec<f64> = (1..=k).map(|i| estimates[i] - estimates[0]).collect();
        let of_less = |i: usize, j: usize| shared(i, j) - shared(0, i) - shared(0, j) + shared(0, 0);
        let covariance: Vec<Vec<f64>> = (1..=k).map(|i| (1..=k).map(|j| of_less(i, j)).collect()).collect();
        let unbiased = (count - k as f64 - 2.0) / (count - 1.0);
        if unbiased <= 0.0 {
            return Err("more groups than replicates can tell apart");
        }
        chi_square::upper_tail(quadratic(&less, &covariance)? * unbiased, k as f64)
    }
}

#[cfg(test)]
mod tests;
