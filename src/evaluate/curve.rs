//! Smooth calibration curves of a cell: where they are read, and what is read from them.

use super::FEWEST;
use super::points::Points;
use super::smooth::errors::Errors;
use super::smooth::knots::Knots;
use super::smooth::{Point, loess, rcs};
use super::tally::Value;

/// Share of rows in a loess neighbourhood: the default of R, and what Austin and Steyerberg (2019) use.
const SPAN: f64 = 0.75;
/// Percentiles of predicted risk at which curves are read.
const PERCENTILES: [u8; 13] = [2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98];

/// Predicted risks at which curves are read, rising, and the knots of the spline: taken from the sample, and kept in every
/// replicate and every cell.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Predicted risks.
    pub(super) at: Vec<f64>,
    knots: Result<Knots, &'static str>,
}

/// Curves read at the grid, and errors read at the rows' own risks.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// Share with the outcome by loess, in [0, 1], at each point of the grid.
    pub loess: Vec<Value>,
    /// The same by a restricted cubic spline of the log-odds.
    pub spline: Vec<Value>,
    /// How far the loess curve lies from the predicted risks.
    pub errors: Result<Errors, &'static str>,
    /// Mean distance of the spline from the predicted risks.
    pub spline_ici: Value,
}

const NOT_FITTED: &str = "not fitted";

impl Curves {
    /// Curves that could not be fitted, for the reason given.
    pub(super) fn none(grid: &Grid, reason: &'static str) -> Self {
        let nothing = vec![Err(reason); grid.at.len()];
        Self { loess: nothing.clone(), spline: nothing, errors: Err(reason), spline_ici: Err(reason) }
    }

    /// Curves read nowhere.
    pub(super) fn empty(reason: &'static str) -> Self {
        Self { loess: Vec::new(), spline: Vec::new(), errors: Err(reason), spline_ici: Err(reason) }
    }

    /// What these curves add to others, point by point, where both are defined.
    pub(super) fn less(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a - b, f64::NEG_INFINITY)
    }

    /// These curves with something added: shares stay in [0, 1], and distances do not fall under 0.
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a + b, 0.0)
    }

    fn combine(&self, other: &Self, with: impl Fn(f64, f64) -> f64, least: f64) -> Self {
        let value = |a: &Value, b: &Value| Ok(with((*a)?, (*b)?).max(least));
        let each = |a: &[Value], b: &[Value]| a.iter().zip(b).map(|(a, b)| value(a, b)).collect();
        let errors = |a: Errors, b: Errors| Errors {
            ici: with(a.ici, b.ici).max(least),
            e50: with(a.e50, b.e50).max(least),
            e90: with(a.e90, b.e90).max(least),
            emax: with(a.emax, b.emax).max(least),
        };
        Self {
            loess: each(&self.loess, &other.loess),
            spline: each(&self.spline, &other.spline),
            errors: self.errors.and_then(|a| Ok(errors(a, other.errors?))),
            spline_ici: value(&self.spline_ici, &other.spline_ici),
        }
    }
}

impl Grid {
    /// A grid from the points of all rows.
    pub(super) fn new(points: &Points) -> Self {
        let mut at: Vec<f64> = Vec::new();
        let (mut upto, mut next) = (0.0, 0);
        for (p, rows) in points.p.iter().zip(&points.rows) {
            upto += rows;
            let least = FEWEST as f64;
            // Nobody can be told at an end that few rows lie beyond.
            let inside = upto >= least && points.all - upto + rows >= least;
            while next < PERCENTILES.len() && upto >= f64::from(PERCENTILES[next]) / 100.0 * points.all {
                if inside {
                    at.push(*p);
                }
                next += 1;
            }
        }
        at.dedup_by(|a, b| a.total_cmp(b).is_eq());
        Self { at, knots: Knots::from(&points.list()) }
    }

    /// Fits and reads the curves of a cell, the spline only where asked for.
    pub(super) fn read(&self, points: &[Point], spline: bool) -> Curves {
        let mut curves = Curves::none(self, NOT_FITTED);
        match loess::fit(points, SPAN) {
            Err(reason) => {
                curves.loess.fill(Err(reason));
                curves.errors = Err(reason);
            }
            Ok(fit) => {
                let smooth = |p: f64| fit.at(p).clamp(0.0, 1.0);
                curves.loess = self.at.iter().map(|p| Ok(smooth(*p))).collect();
                curves.errors = Errors::of_curve(points, |p| Ok(smooth(p)));
            }
        }
        if spline {
            let fit = self.knots.as_ref().map_err(|r| *r).and_then(|knots| rcs::fit(points, knots, None));
            match fit {
                Err(reason) => {
                    curves.spline.fill(Err(reason));
                    curves.spline_ici = Err(reason);
                }
                Ok(fit) => {
                    curves.spline = self.at.iter().map(|p| fit.at(*p)).collect();
                    curves.spline_ici = Errors::of_curve(points, |p| fit.at(p)).map(|errors| errors.ici);
                }
            }
        }
        curves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2,000 rows whose true rate is the square of the predicted risk.
    fn squared() -> Points {
        let mut points = Points::default();
        for k in 1..100 {
            let p = f64::from(k) / 100.0;
            points.push(p, crate::num::logit(p), 200.0, 200.0 * p * p);
        }
        points
    }

    #[test]
    fn curves_find_a_known_shape() {
        let points = squared();
        let grid = Grid::new(&points);
        assert_eq!(grid.at.len(), PERCENTILES.len());
        let curves = grid.read(&points.list(), true);
        for (i, p) in grid.at.iter().enumerate() {
            let (loess, spline) = (curves.loess[i].unwrap(), curves.spline[i].unwrap());
            // A quadratic is its own local quadratic.
            assert!((loess - p * p).abs() < 1e-9 && (spline - p * p).abs() < 0.02, "{p} {loess} {spline}");
        }
        // Mean of p - p^2 over 1/100 … 99/100 is 1/2 - 328,350 / 990,000.
        let ici = curves.errors.unwrap().ici;
        assert!((ici - (0.5 - 328_350.0 / 990_000.0)).abs() < 1e-9, "{ici}");
        let none = grid.read(&points.list(), false);
        assert!(none.spline_ici.is_err() && none.errors == curves.errors);
        // 0.5 added to errors below 0.25, and taken away again, leaves nothing under 0.
        let less = curves
            .less(&Curves { errors: curves.errors.map(|e| Errors { ici: 0.5, ..e }), ..curves.clone() });
        assert!((curves.plus(&less).errors.unwrap().ici - 0.0_f64.max(2.0 * ici - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn one_risk_has_no_curve() {
        let mut points = Points::default();
        points.push(0.3, crate::num::logit(0.3), 50.0, 20.0);
        let curves = Grid::new(&points).read(&points.list(), true);
        assert!(
            curves.errors.is_err() && curves.spline_ici.is_err() && curves.loess.iter().all(Result::is_err)
        );
    }
}
