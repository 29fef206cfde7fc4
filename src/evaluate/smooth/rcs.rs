//! Logistic regression of the outcome on a restricted cubic spline of the log odds of the predicted risk.

use super::knots::{Knots, MOST_COLUMNS, log_odds};
use super::{Point, Value, occupied, total_rows};

/// Newton steps after which the fit counts as not converging.
const MOST_STEPS: usize = 50;

/// Half the drop in deviance that a Newton step promises, below which that step is the last. The error left
/// is of the order of this number in units of standard errors, since Newton steps converge quadratically.
const SMALL: f64 = 1e-10;

/// Why a fit without finite coefficients is refused.
const SEPARATED: &str = "the spline separates events from non-events, so its coefficients are not finite";

const NOT_CONVERGED: &str = "the spline fit does not converge in 50 steps";

/// A fitted calibration spline.
#[derive(Debug, Clone, PartialEq)]
pub struct Spline {
    knots: Knots,
    coefficients: [f64; MOST_COLUMNS],
}

type Vector = [f64; MOST_COLUMNS];
type Matrix = [Vector; MOST_COLUMNS];

/// One point of the regression: design row, rows, events.
struct Case {
    row: Vector,
    rows: f64,
    events: f64,
}

/// Gradient of the log likelihood at some coefficients, and the lower triangle of the information.
struct Slopes {
    gradient: Vector,
    information: Matrix,
}

/// Fits logit P(event) = spline(logit p) by maximum likelihood (pmcalibration `smooth = "rcs"`).
///
/// `start` are coefficients to begin from, such as those of the whole sample when fitting a resample with
/// the same knots; without them the fit starts from the overall event rate. Newton's method with step
/// halving, at most 50 steps. Source: Harrell 2015 section 2.4; Austin and Steyerberg 2019. Costs O(points) a
/// step, four steps as a rule.
///
/// # Errors
/// When all outcomes are the same, events are separated from non-events, there are too few distinct risks,
/// a risk is exactly 0 or 1, the fit does not converge, or `start` has not one number for each knot.
pub fn fit(points: &[Point], knots: &Knots, start: Option<&[f64]>) -> Result<Spline, &'static str> {
    let points = occupied(points)?;
    let rows = total_rows(&points);
    let events: f64 = points.iter().map(|point| point.events).sum();
    if events <= 0.0 || events >= rows {
        return Err("all outcomes are the same");
    }
    let columns = knots.columns();
    if points.len() < columns {
        return Err("too few distinct predicted risks for a spline");
    }
    let mut coefficients = [0.0; MOST_COLUMNS];
    match start {
        Some(start) if start.len() == columns && start.iter().all(|value| value.is_finite()) => {
            coefficients.iter_mut().zip(start).for_each(|(coefficient, value)| *coefficient = *value);
        }
        Some(_) => return Err("start coefficients must be finite, one for each knot"),
        None => coefficients[0] = (events / (rows - events)).ln(),
    }
    let mut cases = Vec::with_capacity(points.len());
    for point in points {
        cases.push(Case { row: knots.row(log_odds(point.p)?), rows: point.rows, events: point.events });
    }
    let coefficients = maximise(&cases, coefficients, columns)?;
    Ok(Spline { knots: knots.clone(), coefficients })
}

impl Spline {
    /// The calibrated event rate at a predicted risk, strictly between 0 and 1.
    ///
    /// # Errors
    /// At a risk of exactly 0 or 1, where the log odds are not finite.
    pub fn at(&self, p: f64) -> Value {
        let linear = dot(&self.knots.row(log_odds(p)?), &self.coefficients);
        Ok(1.0 / (1.0 + (-linear).exp()))
    }

    /// The coefficients: constant, log odds, then one for each knot but the last two.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        self.coefficients.get(..self.knots.columns()).unwrap_or_default()
    }
}

/// Adds weight * column i * column j of every case, for the rows i of the lower triangle in FROM..TO.
fn add_products<const FROM: usize, const TO: usize>(sums: &mut Matrix, cases: &[Case], weights: &[f64]) {
    let mut local = *sums;
    for (case, weight) in cases.iter().zip(weights) {
        for (i, sums) in local.iter_mut().enumerate().take(TO).skip(FROM) {
            let weighted = weight * case.row[i];
            for (sum, value) in sums.iter_mut().zip(case.row).take(i + 1) {
                *sum += weighted * value;
            }
        }
    }
    *sums = local;
}

fn dot(left: &Vector, right: &Vector) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// Newton's method on the log likelihood, which is concave.
///
/// At a finite maximum the promised gain shrinks quadratically. Where events are separated, each step wins
/// about a third of what the last one won, for ever; a slow last step is therefore the mark of separation.
fn maximise(cases: &[Case], mut at: Vector, columns: usize) -> Result<Vector, &'static str> {
    let mut here = Slopes::of(cases, &at);
    let mut last_gain = f64::INFINITY;
    let mut slow = false;
    for _ in 0..MOST_STEPS {
        let mut step = here.newton_step(columns).ok_or(if last_gain.is_finite() {
            SEPARATED
        } else {
            "too few distinct predicted risks for a spline"
        })?;
        let gain = dot(&here.gradient, &step);
        slow = gain > 0.1 * last_gain;
        if gain < SMALL {
            return if slow { Err(SEPARATED) } else { Ok(moved(&at, &step)) };
        }
        last_gain = gain;
        here = loop {
            let trial = moved(&at, &step);
            let there = Slopes::of(cases, &trial);
            if ascends(cases, (&at, &here), (&trial, &there), &step) {
                at = trial;
                break there;
            }
            step.iter_mut().for_each(|change| *change /= 2.0);
            if step.iter().all(|change| change.abs() < 1e-12) {
                return Err(NOT_CONVERGED);
            }
        };
    }
    Err(if slow { SEPARATED } else { NOT_CONVERGED })
}

fn moved(at: &Vector, step: &Vector) -> Vector {
    let mut there = *at;
    there.iter_mut().zip(step).for_each(|(coefficient, change)| *coefficient += change);
    there
}

/// Whether a step is good enough to take: it does not overshoot the maximum along its line, or overshoots so
/// little that the slope there is less than half of what it was, or else the log likelihood has risen.
///
/// The slopes are at hand and the log likelihood is not, so it is computed only when they leave doubt.
fn ascends(cases: &[Case], from: (&Vector, &Slopes), to: (&Vector, &Slopes), step: &Vector) -> bool {
    let (before, after) = (dot(&from.1.gradient, step), dot(&to.1.gradient, step));
    after >= -0.5 * before || log_likelihood(cases, to.0) > log_likelihood(cases, from.0)
}

fn log_likelihood(cases: &[Case], coefficients: &Vector) -> f64 {
    let term = |case: &Case| {
        let linear = dot(&case.row, coefficients);
        case.events * linear - case.rows * (linear.max(0.0) + (-linear.abs()).exp().ln_1p())
    };
    cases.iter().map(term).sum()
}

impl Slopes {
    fn of(cases: &[Case], coefficients: &Vector) -> Self {
        let mut sum = Self { gradient: [0.0; 5], information: [[0.0; 5]; 5] };
        let mut weights = [0.0; 64];
        // In passes of few sums each, which the processor can keep in its registers.
        for cases in cases.chunks(weights.len()) {
            for (slot, case) in weights.iter_mut().zip(cases) {
                let linear = dot(&case.row, coefficients);
                // exp of a negative number only, so that nothing overflows.
                let small = (-linear.abs()).exp();
                let rare = small / (1.0 + small);
                let risk = if linear >= 0.0 { 1.0 - rare } else { rare };
                *slot = case.rows * rare * (1.0 - rare);
                let residual = case.events - case.rows * risk;
                for (entry, value) in sum.gradient.iter_mut().zip(case.row) {
                    *entry += residual * value;
                }
            }
            add_products::<0, 3>(&mut sum.information, cases, &weights);
            add_products::<3, 5>(&mut sum.information, cases, &weights);
        }
        sum
    }

    /// Solves information * step = gradient by a Cholesky factorisation; none if singular.
    fn newton_step(&self, columns: usize) -> Option<Vector> {
        let mut factor = self.information;
        for i in 0..columns {
            for j in 0..=i {
                let inner: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = factor[i][j] - inner;
                if j < i {
                    factor[i][j] = rest / factor[j][j];
                } else if rest > 1e-12 * self.information[i][i] {
                    factor[i][i] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        let mut step = self.gradient;
        for i in 0..columns {
            let inner: f64 = (0..i).map(|k| factor[i][k] * step[k]).sum();
            step[i] = (step[i] - inner) / factor[i][i];
        }
        for i in (0..columns).rev() {
            let inner: f64 = (i + 1..columns).map(|k| factor[k][i] * step[k]).sum();
            step[i] = (step[i] - inner) / factor[i][i];
        }
        step.iter().all(|change| change.is_finite()).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expit(linear: f64) -> f64 {
        1.0 / (1.0 + (-linear).exp())
    }

    /// Risks at even steps of the log odds, with the events the given risk foretells, unrounded.
    fn expected_events(risk: impl Fn(f64) -> f64) -> Vec<Point> {
        (0..120)
            .map(|i| {
                let x = f64::from(i) / 20.0 - 3.0;
                Point { p: expit(x), rows: 4.0, events: 4.0 * risk(x) }
            })
            .collect()
    }

    #[test]
    fn a_line_in_log_odds_is_recovered() {
        let points = expected_events(|x| expit(0.3 + 0.8 * x));
        let knots = Knots::from(&points).unwrap();
        let spline = fit(&points, &knots, None).unwrap();
        for (found, wanted) in spline.coefficients().iter().zip([0.3, 0.8, 0.0, 0.0, 0.0]) {
            assert!((found - wanted).abs() < 1e-8, "{:?}", spline.coefficients());
        }
        assert!((spline.at(0.5).unwrap() - expit(0.3)).abs() < 1e-9);
        assert!(spline.at(0.0).is_err() && spline.at(1.0).is_err());
    }

    #[test]
    fn a_warm_start_and_split_rows_reach_the_same_fit() {
        let points = expected_events(|x| 0.5 + 0.4 * (2.0 * x).sin());
        let knots = Knots::from(&points).unwrap();
        let cold = fit(&points, &knots, None).unwrap();
        let far = [0.5, 3.0, -6.0, 2.0, 1.0];
        let warm = fit(&points, &knots, Some(&far)).unwrap();
        let doubled: Vec<Point> =
            points.iter().map(|p| Point { rows: 2.0 * p.rows, events: 2.0 * p.events, ..*p }).collect();
        let twice = fit(&doubled, &knots, Some(cold.coefficients())).unwrap();
        for other in [warm, twice] {
            for (a, b) in cold.coefficients().iter().zip(other.coefficients()) {
                assert!((a - b).abs() < 1e-7 * (1.0 + a.abs()), "{a} {b}");
            }
        }
        // The score equation of the constant: fitted and observed events agree.
        let sum: f64 = points.iter().map(|p| p.events - p.rows * cold.at(p.p).unwrap()).sum();
        assert!(sum.abs() < 1e-6);
    }

    #[test]
    fn separation_is_reported() {
        let points = expected_events(|x| if x > 0.0 { 1.0 } else { 0.0 });
        let knots = Knots::from(&points).unwrap();
        assert_eq!(fit(&points, &knots, None), Err(SEPARATED));
        // Separated only beyond one risk: no events below it.
        let points = expected_events(|x| if x > 1.9 { 0.5 } else { 0.0 });
        assert_eq!(fit(&points, &knots, None), Err(SEPARATED));
    }

    #[test]
    fn undefined_cases_carry_reasons() {
        let points = expected_events(expit);
        let knots = Knots::from(&points).unwrap();
        let none: Vec<Point> = points.iter().map(|p| Point { events: 0.0, ..*p }).collect();
        assert_eq!(fit(&none, &knots, None), Err("all outcomes are the same"));
        assert!(fit(&points[..3], &knots, None).unwrap_err().contains("too few distinct"));
        // Enough risks, but all below the second knot: the other columns are zero.
        assert!(fit(&points[..20], &knots, None).unwrap_err().contains("too few distinct"));
        assert!(fit(&points, &knots, Some(&[0.0])).unwrap_err().contains("start"));
        let mut certain = points;
        certain.push(Point { p: 1.0, rows: 1.0, events: 1.0 });
        assert!(fit(&certain, &knots, None).unwrap_err().contains("0 or 1"));
        assert!(Knots::from(&certain).is_err());
    }
}
