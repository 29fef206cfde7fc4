//! Logistic recalibration of predicted risks: the outcome on the log-odds of the prediction.
//!
//! Fitted in full (Newton steps until they vanish) on the sample. In a bootstrap replicate a few Newton steps from the
//! sample's fit replace the full fit: the k-step bootstrap (Andrews 2002, Econometrica 70). At least two are taken, and
//! more while a step is not small; as each step squares the error, what is left is far under the width of any interval.

use super::cell::{Cell, Load, Mass};
use super::tally::{Tally, Value};
use crate::num::sigmoid;

const CERTAIN: &str = "some predictions are exactly 0 or 1, which have no log-odds";
const CONSTANT: &str = "all predicted risks are the same";
const SEPARATED: &str = "the predicted risks separate the two outcomes completely";
const ONE_KIND: &str = "all referrals have the same outcome";
const NO_FIT: &str = "the recalibration model did not settle";

/// A fit to start replicates from.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    large: Result<Large, &'static str>,
    weak: Result<Weak, &'static str>,
}

#[derive(Clone, Debug)]
struct Large {
    intercept: f64,
    /// Fitted risk of each block.
    fitted: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Weak {
    line: Line,
    fitted: Vec<f64>,
}

/// Intercept and slope on the log-odds scale.
#[derive(Clone, Copy, Debug)]
struct Line {
    intercept: f64,
    slope: f64,
}

impl Anchor {
    /// An anchor that fits nothing, for the reason given.
    pub(super) fn none(reason: &'static str) -> Self {
        Self { large: Err(reason), weak: Err(reason) }
    }

    /// Intercept with the slope held at 1.
    pub(super) fn in_the_large(&self) -> Value {
        self.large.as_ref().map(|l| l.intercept).map_err(|reason| *reason)
    }

    /// Slope of the free line.
    pub(super) fn slope(&self) -> Value {
        self.weak.as_ref().map(|w| w.line.slope).map_err(|reason| *reason)
    }
}

/// Fits both models in full.
pub(super) fn fit(cell: &Cell, load: &Load) -> Anchor {
    if cell.certain && load.mass.iter().any(|m| cell.p(m) <= 0.0 || cell.p(m) >= 1.0) {
        return Anchor::none(CERTAIN);
    }
    let all: u64 = load.mass.iter().map(|m| u64::from(m.all)).sum();
    let events: u64 = load.mass.iter().map(|m| u64::from(m.events)).sum();
    if events == 0 || events == all {
        return Anchor::none(ONE_KIND);
    }
    let large = fit_large(cell, load, events as f64).map(|intercept| {
        let fitted = cell.every_x().map(|x| sigmoid(x + intercept)).collect();
        Large { intercept, fitted }
    });
    let weak = fit_weak(cell, load, events as f64 / all as f64).map(|line| {
        let fitted = cell.every_x().map(|x| sigmoid(line.intercept + line.slope * x)).collect();
        Weak { line, fitted }
    });
    Anchor { large, weak }
}

fn fit_large(cell: &Cell, load: &Load, events: f64) -> Value {
    // The sum of fitted risks rises with the intercept, so a bracket keeps Newton's method safe.
    let (mut low, mut high) = (-800.0_f64, 800.0_f64);
    let mut intercept = 0.0;
    for _ in 0..200 {
        let (mut gradient, mut curvature) = (events, 0.0);
        for m in &load.mass {
            let mu = sigmoid(cell.x(m) + intercept);
            gradient -= f64::from(m.all) * mu;
            curvature += f64::from(m.all) * mu * (1.0 - mu);
        }
        if gradient > 0.0 {
            low = intercept;
        } else {
            high = intercept;
        }
        let newton = intercept + gradient / curvature;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - intercept).abs() <= 1e-14 * (1.0 + intercept.abs()) {
            return Ok(next);
        }
        // A step of rounding size can bounce for ever; the bracket shows that it is one.
        if (next - intercept).abs() <= 1e-11 && gradient.abs() <= 1e-11 * events {
            return Ok(next);
        }
        intercept = next;
    }
    Err(NO_FIT)
}

fn fit_weak(cell: &Cell, load: &Load, rate: f64) -> Result<Line, &'static str> {
    separation(cell, load)?;
    let mut line = Line { intercept: (rate / (1.0 - rate)).ln(), slope: 0.0 };
    let mut height = likelihood(cell, load, line);
    for _ in 0..200 {
        let mut sums = Newton::default();
        for m in &load.mass {
            let x = cell.x(m);
            let mu = sigmoid(line.intercept + line.slope * x);
            sums.observe(f64::from(m.events), x);
            sums.expect(f64::from(m.all), x, mu);
        }
        let step = sums.step().ok_or(NO_FIT)?;
        if step.intercept.abs().max(step.slope.abs()) < 1e-9 {
            // Newton's method squares the error, so the step just taken leaves none that can be seen.
            return Ok(line.plus(step, 1.0));
        }
        let mut part = 1.0;
        loop {
            let next = line.plus(step, part);
            let at = likelihood(cell, load, next);
            if at >= height - 1e-12 * height.abs() {
                (line, height) = (next, at);
                break;
            }
            part /= 2.0;
            if part < 1e-6 {
                return Err(NO_FIT);
            }
        }
    }
    Err(NO_FIT)
}

/// A line exists only where scores differ and the two outcomes' scores overlap in more than one value.
fn separation(cell: &Cell, load: &Load) -> Result<(), &'static str> {
    let range = |mass_of: fn(&Mass) -> u32| {
        let xs = load.mass.iter().filter(|m| mass_of(m) > 0).map(|m| cell.x(m));
        xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (with_low, with_high) = range(|m| m.events);
    let (without_low, without_high) = range(|m| m.all - m.events);
    if with_low.min(without_low) >= with_high.max(without_high) {
        return Err(CONSTANT);
    }
    if with_low >= without_high || with_high <= without_low {
        return Err(SEPARATED);
    }
    Ok(())
}

fn likelihood(cell: &Cell, load: &Load, line: Line) -> f64 {
    let each = load.mass.iter().map(|m| {
        let eta = line.intercept + line.slope * cell.x(m);
        // ln(1 + exp(eta)) without overflow.
        let log1p = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
        f64::from(m.events) * eta - f64::from(m.all) * log1p
    });
    each.sum()
}

impl Line {
    fn plus(self, step: Self, part: f64) -> Self {
        Self { intercept: self.intercept + part * step.intercept, slope: self.slope + part * step.slope }
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
    fn observe(&mut self, events: f64, x: f64) {
        self.g0 += events;
        self.g1 += events * x;
    }

    fn expect(&mut self, all: f64, x: f64, mu: f64) {
        let expected = all * mu;
        let v = expected * (1.0 - mu);
        self.g0 -= expected;
        self.g1 -= expected * x;
        self.h00 += v;
        self.h01 += v * x;
        self.h11 += v * x * x;
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

/// Newton steps from the anchor stop when one is smaller than this (in log-odds, or in slope): what is left of the error
/// is about its square.
const SMALL_STEP: f64 = 0.01;
/// Fits that have not settled after so many steps are undefined.
const MOST_STEPS: usize = 12;

/// In-the-large intercept and slope in a replicate, by Newton steps from the anchor.
pub(super) fn refit(cell: &Cell, load: &Load, anchor: &Anchor, tally: &Tally) -> (Value, Value) {
    if tally.events == 0 || tally.events == tally.n {
        return (Err(ONE_KIND), Err(ONE_KIND));
    }
    let large = anchor.large.as_ref().map_err(|r| *r).and_then(|l| refit_large(cell, load, l, tally));
    let weak = anchor.weak.as_ref().map_err(|r| *r).and_then(|w| refit_weak(cell, load, w));
    (large, weak)
}

fn refit_large(cell: &Cell, load: &Load, anchor: &Large, tally: &Tally) -> Value {
    let (mut expected, mut curvature) = (0.0, 0.0);
    for m in &load.mass {
        let mu = anchor.fitted[m.block as usize];
        let e = f64::from(m.all) * mu;
        expected += e;
        curvature += e * (1.0 - mu);
    }
    let mut intercept = anchor.intercept + (tally.events as f64 - expected) / curvature;
    for _ in 1..MOST_STEPS {
        // The odds move by one factor, so no logarithm or exponential is needed row by row.
        let factor = intercept.exp();
        (expected, curvature) = (0.0, 0.0);
        for m in &load.mass {
            let odds = cell.p(m) * factor;
            let mu = odds / (1.0 - cell.p(m) + odds);
            let e = f64::from(m.all) * mu;
            expected += e;
            curvature += e * (1.0 - mu);
        }
        let step = (tally.events as f64 - expected) / curvature;
        intercept += step;
        if step.abs() < SMALL_STEP {
            return Ok(intercept);
        }
    }
    Err(NO_FIT)
}

fn refit_weak(cell: &Cell, load: &Load, anchor: &Weak) -> Value {
    let mut observed = Newton::default();
    let mut sums = Newton::default();
    for m in &load.mass {
        let (x, mu) = (cell.x(m), anchor.fitted[m.block as usize]);
        observed.observe(f64::from(m.events), x);
        sums.expect(f64::from(m.all), x, mu);
    }
    sums.g0 += observed.g0;
    sums.g1 += observed.g1;
    let mut fitted = Vec::with_capacity(load.mass.len());
    let mut line = anchor.line.plus(sums.step().ok_or(NO_FIT)?, 1.0);
    for _ in 1..MOST_STEPS {
        let mut sums = observed;
        // A loop of its own, because nothing can be kept in registers across a call of the exponential.
        fitted.clear();
        fitted.extend(
            load.mass.iter().map(|m| 1.0 / (1.0 + (-(line.intercept + line.slope * cell.x(m))).exp())),
        );
        for (m, mu) in load.mass.iter().zip(&fitted) {
            sums.expect(f64::from(m.all), cell.x(m), *mu);
        }
        let step = sums.step().ok_or(NO_FIT)?;
        line = line.plus(step, 1.0);
        if step.intercept.abs().max(step.slope.abs()) < SMALL_STEP {
            return Ok(line.slope);
        }
    }
    Err(NO_FIT)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::evaluate::bootstrap::Draw;
    use crate::evaluate::cell::{Sorted, whole};
    use crate::evaluate::tally::sums;
    use crate::num::seed;

    #[test]
    fn refits_come_near_the_full_fit() {
        // 400 rows, about 90 with the outcome, and a true slope of 0.7: the fit has to move in every replicate. The error
        // that few steps leave must be small beside the spread of the replicates.
        let mut stream = seed::stream(5, "refit");
        let p: Vec<f64> = (0..400).map(|_| stream.random_range(0.02..0.6)).collect();
        let y: Vec<bool> = p
            .iter()
            .map(|p| stream.random_range(0.0..1.0) < sigmoid(0.7 * crate::num::logit(*p) - 0.6))
            .collect();
        let sorted = Sorted::new(&p, &[0; 400]);
        let cell = sorted.whole(&y, &p, &[0; 400]);
        let mut load = Load::default();
        cell.weigh(&[1; 400], &mut load);
        let anchor = fit(&cell, &load);
        let household: Vec<u32> = (0..400).collect();
        let mut draw = Draw::default();
        let (mut worst, mut spread) = ([0.0_f64; 2], [0.0_f64; 2]);
        for number in 0..200 {
            draw.replicate(1, number, &household);
            cell.weigh(&draw.weight, &mut load);
            let near = refit(&cell, &load, &anchor, &sums(&cell, &load));
            let full = fit(&cell, &load);
            let pairs = [
                (near.0.unwrap(), full.in_the_large().unwrap(), anchor.in_the_large().unwrap()),
                (near.1.unwrap(), full.slope().unwrap(), anchor.slope().unwrap()),
            ];
            for (k, (near, full, start)) in pairs.into_iter().enumerate() {
                worst[k] = worst[k].max((near - full).abs());
                spread[k] += (full - start) * (full - start) / 200.0;
            }
        }
        for k in 0..2 {
            assert!(worst[k] < 0.01 * spread[k].sqrt(), "{worst:?} {spread:?}");
        }
    }

    #[test]
    fn extreme_but_valid_risks_are_fitted() {
        let rows =
            [(1e-12, false), (1e-12, true), (0.5, true), (0.5, false), (1.0 - 1e-12, true), (0.9, false)];
        let y: Vec<bool> = rows.iter().map(|r| r.1).collect();
        let p: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let (cell, load) = whole(&y, &p, &[0; 6], &[1; 6]);
        let anchor = fit(&cell, &load);
        let a = anchor.in_the_large().unwrap();
        let expected: f64 = p.iter().map(|p| sigmoid(crate::num::logit(*p) + a)).sum();
        assert!((expected - 3.0).abs() < 1e-9, "{a}");
        assert!(anchor.slope().unwrap() > 0.0);
    }
}
