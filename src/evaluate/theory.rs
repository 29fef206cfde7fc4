//! Intervals by theory, beside those of the household bootstrap: what a reader of other programs expects to find. They take
//! rows as independent, so that where households are alike they are too narrow.

use super::calibration::{Point, weak_intervals};
use super::inference::delong;
use super::inference::value::Interval;
use super::inference::wilson::wilson_interval;
use super::measures::Measure;
use super::reliability;
use super::resample::cell::Cell;
use super::resample::order::Order;
use super::tally::Tally;

/// A theory of intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Wilson's score interval of a share.
    Wilson,
    /// `DeLong`'s interval of the area under the ROC curve.
    Delong,
    /// By profile likelihood.
    Profile,
    /// Wald's.
    Wald,
    /// The band in which a reliability diagram lies in 95 of 100 samples if the risks are true.
    Consistency,
}

/// An interval by theory, 95%, rows taken as independent.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Theory {
    /// Which.
    pub method: Method,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Confidence of all intervals.
const LEVEL: f64 = 0.95;

/// Intervals that need more than counts, measured once on the sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervals {
    auroc: Option<(f64, f64)>,
    in_the_large: Option<(f64, f64)>,
    slope: Option<(f64, f64)>,
    /// The band of consistency at each point of the grid.
    band: Vec<(f64, f64)>,
}

impl Intervals {
    /// Of one cell. `points` are its distinct risks.
    pub(super) fn of(cell: &Cell, order: &Order, points: &[Point]) -> Self {
        let ends = |interval: weak_intervals::Interval| (interval.lower, interval.upper);
        Self {
            auroc: auroc(cell, order),
            in_the_large: weak_intervals::calibration_in_the_large(points, LEVEL).ok().map(ends),
            slope: weak_intervals::slope(points, LEVEL).ok().map(ends),
            band: Vec::new(),
        }
    }

    /// Adds the band of consistency of the reliability diagram at the points of the grid.
    pub(super) fn with_band(
        mut self,
        points: &[Point],
        grid: &[f64],
        uniform: &mut dyn FnMut() -> f64,
    ) -> Self {
        let bands = reliability::band(points, grid, uniform).unwrap_or_default();
        self.band = bands.iter().map(|band| (band.lower, band.upper)).collect();
        self
    }
}

/// `DeLong`'s interval. Rows of different folds are as independent as those of one, so that the variance of the folds'
/// mean, weighted by pairs, adds up.
fn auroc(cell: &Cell, order: &Order) -> Option<(f64, f64)> {
    let (mut area, mut variance, mut pairs) = (0.0, 0.0, 0.0);
    for span in &cell.folds {
        let first = span.segments.start.checked_sub(1).map_or(0, |before| cell.segments[before].rows);
        let rows = &cell.rows[first as usize..cell.segments[span.segments.end - 1].rows as usize];
        let events: Vec<bool> = rows.iter().map(|row| row & 1 == 1).collect();
        let scores: Vec<f64> = rows.iter().map(|row| order.p[(row >> 1) as usize]).collect();
        let with = events.iter().filter(|y| **y).count();
        let weight = (with * (events.len() - with)) as f64;
        if weight > 0.0 {
            let fold = delong::delong(&scores, &events).ok()?;
            area += weight * fold.area;
            variance += weight * weight * fold.variance;
            pairs += weight;
        }
    }
    let of_all = delong::Auroc { area: area / pairs, variance: variance / (pairs * pairs) };
    let Interval { lower, upper } = of_all.interval(LEVEL).ok()?;
    Some((lower, upper))
}

/// The interval of a measure whose estimate rests on these counts.
pub(super) fn interval(
    measure: &Measure,
    tally: &Tally,
    estimate: f64,
    rests_on: f64,
    place: usize,
) -> Option<Theory> {
    let method = measure.theory?;
    let (low, high) = match method {
        Method::Wilson => {
            let interval = wilson_interval(estimate * rests_on, rests_on, LEVEL).ok()?;
            (interval.lower, interval.upper)
        }
        Method::Delong => tally.intervals.auroc?,
        Method::Profile => tally.intervals.in_the_large?,
        Method::Wald => tally.intervals.slope?,
        Method::Consistency => *tally.intervals.band.get(place)?,
    };
    Some(Theory { method, low, high })
}
