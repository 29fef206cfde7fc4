//! Logistic recalibration of predicted risks: the outcome on the log-odds of the prediction.
//!
//! Newton's method, from nothing on the sample, and from the sample's fit in a bootstrap replicate.

use super::points::Points;
use super::tally::Value;
use crate::num::sigmoid;

const CERTAIN: &str = "some predictions are exactly 0 or 1, which have no log-odds";
const CONSTANT: &str = "all predicted risks are the same";
const SEPARATED: &str = "the predicted risks separate the two outcomes completely";
const ONE_KIND: &str = "all referrals have the same outcome";
const NO_FIT: &str = "the recalibration model did not settle";

/// Both fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Intercept with the slope held at 1.
    pub(super) in_the_large: Value,
    /// The free line.
    line: Result<Line, &'static str>,
}

/// Intercept and slope on the log-odds scale.
#[derive(Clone, Copy, Debug)]
struct Line {
    intercept: f64,
    slope: f64,
}

impl Fit {
    /// No fit, for the reason given.
    pub(super) fn none(reason: &'static str) -> Self {
        Self { in_the_large: Err(reason), line: Err(reason) }
    }

    /// Slope of the free line.
    pub(super) fn slope(&self) -> Value {
        self.line.map(|line| line.slope)
    }
}

/// Fits both models.
pub(super) fn fit(points: &Points) -> Fit {
    if let Err(reason) = possible(points) {
        return Fit::none(reason);
    }
    Fit { in_the_large: in_the_large(points, 0.0), line: free_line(points) }
}

/// Fits both models from a fit of much the same rows.
pub(super) fn refit(points: &Points, start: &Fit) -> Fit {
    if let Err(reason) = possible(points) {
        return Fit::none(reason);
    }
    let line = start.line.and_then(|line| settle(points, line).map_or_else(|| free_line(points), Ok));
    Fit { in_the_large: start.in_the_large.and_then(|from| in_the_large(points, from)), line }
}

fn possible(points: &Points) -> Result<(), &'static str> {
    if points.certain {
        return Err(CERTAIN);
    }
    if points.with <= 0.0 || points.with >= points.all {
        return Err(ONE_KIND);
    }
    Ok(())
}

fn in_the_large(points: &Points, from: f64) -> Value {
    // The sum of fitted risks rises with the intercept, so a bracket keeps Newton's method safe.
    let (mut low, mut high) = (-800.0_f64, 800.0_f64);
    let mut intercept = from;
    for _ in 0..200 {
        let (mut gradient, mut curvature) = (points.with, 0.0);
        for (x, rows) in points.x.iter().zip(&points.rows) {
            let mu = sigmoid(x + intercept);
            gradient -= rows * mu;
            curvature += rows * mu * (1.0 - mu);
        }
        if gradient > 0.0 {
            low = intercept;
        } else {
            high = intercept;
        }
        let newton = intercept + gradient / curvature;
        let inside = newton > low && newton < high;
        let next = if inside { newton } else { f64::midpoint(low, high) };
        let step = (next - intercept).abs();
        // The next step would be of the size of this one's square.
        if inside && step <= 1e-8 || step <= 1e-14 * (1.0 + intercept.abs()) {
            return Ok(next);
        }
        intercept = next;
    }
    Err(NO_FIT)
}

/// The free line from nothing, with steps halved until the likelihood rises.
fn free_line(points: &Points) -> Result<Line, &'static str> {
    separation(points)?;
    let rate = points.with / points.all;
    let mut line = Line { intercept: (rate / (1.0 - rate)).ln(), slope: 0.0 };
    let mut height = likelihood(points, line);
    for _ in 0..200 {
        let step = Newton::at(points, line).step().ok_or(NO_FIT)?;
        let mut part = 1.0;
        let (next, next_height) = loop {
            let next = line.plus(step, part);
            let next_height = likelihood(points, next);
            if next_height >= height - 1e-12 * height.abs() || part < 1e-10 {
                break (next, next_height);
            }
            part /= 2.0;
        };
        (line, height) = (next, next_height);
        if part >= 1.0 && step.small(line, 1e-11) {
            return Ok(line);
        }
    }
    Err(NO_FIT)
}

/// Plain Newton steps; `None` where they do not settle.
fn settle(points: &Points, mut line: Line) -> Option<Line> {
    for _ in 0..12 {
        let step = Newton::at(points, line).step()?;
        line = line.plus(step, 1.0);
        // The next step would be of the size of this one's square.
        if step.small(line, 1e-5) {
            return Some(line);
        }
    }
    None
}

/// Whether a line can be fitted: risks differ, and no risk parts those with the outcome from those without.
fn separation(points: &Points) -> Result<(), &'static str> {
    let range = |count: &dyn Fn(usize) -> f64| {
        let xs = (0..points.x.len()).filter(|i| count(*i) > 0.0).map(|i| points.x[i]);
        xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (with_low, with_high) = range(&|i| points.events[i]);
    let (without_low, without_high) = range(&|i| points.rows[i] - points.events[i]);
    if with_low.min(without_low) >= with_high.max(without_high) {
        return Err(CONSTANT);
    }
    if with_low >= without_high || with_high <= without_low {
        return Err(SEPARATED);
    }
    Ok(())
}

fn likelihood(points: &Points, line: Line) -> f64 {
    let each = points.x.iter().zip(&points.rows).zip(&points.events).map(|((x, rows), events)| {
        let eta = line.intercept + line.slope * x;
        // ln(1 + exp(eta)) without overflow.
        events * eta - rows * (eta.max(0.0) + (-eta.abs()).exp().ln_1p())
    });
    each.sum()
}

impl Line {
    fn plus(self, step: Self, part: f64) -> Self {
        Self { intercept: self.intercept + part * step.intercept, slope: self.slope + part * step.slope }
    }

    fn small(self, beside: Self, share: f64) -> bool {
        self.intercept.abs() <= share * (1.0 + beside.intercept.abs())
            && self.slope.abs() <= share * (1.0 + beside.slope.abs())
    }
}

/// Gradient and curvature of the log-likelihood.
#[derive(Clone, Copy, Debug, Default)]
struct Newton {
    g0: f64,
    g1: f64,
    h00: f64,
    h01: f64,
    h11: f64,
}

impl Newton {
    fn at(points: &Points, line: Line) -> Self {
        let mut sums = Self::default();
        for ((x, rows), events) in points.x.iter().zip(&points.rows).zip(&points.events) {
            let mu = sigmoid(line.intercept + line.slope * x);
            let expected = rows * mu;
            let residual = events - expected;
            let v = expected * (1.0 - mu);
            sums.g0 += residual;
            sums.g1 += residual * x;
            sums.h00 += v;
            sums.h01 += v * x;
            sums.h11 += v * x * x;
        }
        sums
    }

    fn step(&self) -> Option<Line> {
        let det = self.h00 * self.h11 - self.h01 * self.h01;
        // Nearly zero beside its terms: the scores do not differ, or every fitted risk is 0 or 1.
        (det > 1e-13 * self.h00 * self.h11).then(|| Line {
            intercept: (self.h11 * self.g0 - self.h01 * self.g1) / det,
            slope: (self.h00 * self.g1 - self.h01 * self.g0) / det,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: &[(f64, f64, f64)]) -> Points {
        let mut points = Points::default();
        for (p, rows, events) in rows {
            points.push(*p, crate::num::logit(*p), *rows, *events);
        }
        points
    }

    #[test]
    fn extreme_but_valid_risks_are_fitted() {
        let rows = [(1e-12, 2.0, 1.0), (0.5, 2.0, 1.0), (0.9, 1.0, 0.0), (1.0 - 1e-12, 1.0, 1.0)];
        let fit = fit(&points(&rows));
        let a = fit.in_the_large.unwrap();
        let expected: f64 = rows.iter().map(|(p, n, _)| n * sigmoid(crate::num::logit(*p) + a)).sum();
        assert!((expected - 3.0).abs() < 1e-9, "{a}");
        assert!(fit.slope().unwrap() > 0.0);
    }

    #[test]
    fn a_fit_from_near_by_is_the_full_fit() {
        let old = points(&[(0.1, 30.0, 2.0), (0.2, 30.0, 8.0), (0.4, 30.0, 11.0), (0.7, 10.0, 8.0)]);
        let new = points(&[(0.1, 35.0, 4.0), (0.2, 28.0, 5.0), (0.4, 33.0, 15.0), (0.7, 8.0, 7.0)]);
        let (near, full) = (refit(&new, &fit(&old)), fit(&new));
        assert!((near.in_the_large.unwrap() - full.in_the_large.unwrap()).abs() < 1e-9);
        assert!((near.slope().unwrap() - full.slope().unwrap()).abs() < 1e-9);
    }
}
