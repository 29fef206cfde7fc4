//! The reliability of predicted risks: CORP, and tests of calibration.

use super::calibration::Point;
use super::calibration::consistency_band::{Band, consistency_band};
use super::calibration::corp::{self, Decomposition, Score, Step};
use super::calibration::expected_calibration_error;
use super::calibration::hosmer_lemeshow::{self, HosmerLemeshow, TestedOn};
use super::calibration::spiegelhalter::{self, Spiegelhalter};
use super::calibration::weak::{self, WeakCalibration};
use super::tally::Value;

/// Groups of Hosmer and Lemeshow's test, and bins of equal numbers.
const GROUPS: u32 = 10;
/// How often outcomes are redrawn for the band of consistency.
const RESAMPLES: usize = 1_000;
/// Points beyond which the band is drawn on coarser ones.
pub(super) const MOST_POINTS: usize = 5_000;

/// What isotonic regression and bins of equal numbers say.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Parts of the Brier score.
    pub corp: Result<Decomposition, &'static str>,
    /// Expected calibration error, in bins of equal numbers.
    pub ece_mass: Value,
    /// The step of the reliability diagram at each point of the grid.
    pub steps: Vec<Result<Step, &'static str>>,
}

impl Reliability {
    /// Nothing, for the reason given.
    pub(super) fn none(grid: &[f64], reason: &'static str) -> Self {
        Self { corp: Err(reason), ece_mass: Err(reason), steps: vec![Err(reason); grid.len()] }
    }

    /// Of points sorted by rising distinct risk.
    pub(super) fn of(points: &[Point], grid: &[f64]) -> Self {
        let steps = match corp::curve(points) {
            Err(reason) => vec![Err(reason); grid.len()],
            Ok(steps) => grid.iter().map(|p| Ok(*step_at(&steps, *p)?)).collect(),
        };
        Self {
            corp: corp::decompose(points, Score::Squared),
            ece_mass: expected_calibration_error::equal_mass(points, GROUPS),
            steps,
        }
    }

    /// What the numbers of these add to those of others.
    pub(super) fn less(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a - b, f64::NEG_INFINITY)
    }

    /// These numbers with others added, none under 0. The steps are left out: see `measures::calibration_corp`.
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a + b, 0.0)
    }

    fn combine(&self, other: &Self, with: impl Fn(f64, f64) -> f64, least: f64) -> Self {
        let number = |a: f64, b: f64| with(a, b).max(least);
        let parts = |a: Decomposition, b: Decomposition| Decomposition {
            score: number(a.score, b.score),
            miscalibration: number(a.miscalibration, b.miscalibration),
            discrimination: number(a.discrimination, b.discrimination),
            uncertainty: number(a.uncertainty, b.uncertainty),
        };
        Self {
            corp: self.corp.and_then(|a| Ok(parts(a, other.corp?))),
            ece_mass: self.ece_mass.and_then(|a| Ok(number(a, other.ece_mass?))),
            steps: Vec::new(),
        }
    }
}

/// The step that a risk lies on, or the next one above it.
fn step_at(steps: &[Step], p: f64) -> Result<&Step, &'static str> {
    let at = steps.partition_point(|step| step.highest_risk < p);
    steps.get(at).or(steps.last()).ok_or("no rows")
}

/// Tests of calibration on the sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tests {
    /// Spiegelhalter's.
    pub spiegelhalter: Result<Spiegelhalter, &'static str>,
    /// Hosmer and Lemeshow's.
    pub hosmer_lemeshow: Result<HosmerLemeshow, &'static str>,
    /// Likelihood-ratio tests of the recalibration line.
    pub weak: Result<WeakCalibration, &'static str>,
}

impl Tests {
    /// None, for the reason given.
    pub(super) fn none(reason: &'static str) -> Self {
        Self { spiegelhalter: Err(reason), hosmer_lemeshow: Err(reason), weak: Err(reason) }
    }

    /// Of points sorted by rising distinct risk.
    pub(super) fn of(points: &[Point]) -> Self {
        Self {
            spiegelhalter: spiegelhalter::test(points),
            hosmer_lemeshow: hosmer_lemeshow::test(points, GROUPS, TestedOn::OtherRows),
            weak: weak::assess(points),
        }
    }
}

/// Where the reliability diagram would lie at each point of the grid if the risks were true, in 95 of 100 redrawn samples.
pub(super) fn band(
    points: &[Point],
    grid: &[f64],
    uniform: &mut dyn FnMut() -> f64,
) -> Result<Vec<Band>, &'static str> {
    let last = points.len().saturating_sub(1);
    let read_at: Vec<usize> =
        grid.iter().map(|p| points.partition_point(|point| point.p < *p).min(last)).collect();
    consistency_band(points, &read_at, 0.95, RESAMPLES, uniform)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::seed;
    use rand::RngExt;

    fn points(rows: &[(f64, f64, f64)]) -> Vec<Point> {
        rows.iter().map(|(p, rows, events)| Point { p: *p, rows: *rows, events: *events }).collect()
    }

    #[test]
    fn steps_are_read_where_they_lie() {
        // 2 of 4, then 1 of 4 are pooled to 3 of 8; then 3 of 4.
        let points = points(&[(0.2, 4.0, 2.0), (0.4, 4.0, 1.0), (0.8, 4.0, 3.0)]);
        let of = Reliability::of(&points, &[0.2, 0.4, 0.6, 0.8]);
        let rates: Vec<f64> = of.steps.iter().map(|s| s.unwrap().event_rate).collect();
        assert_eq!(rates, [0.375, 0.375, 0.75, 0.75]);
        let back = of.plus(&of.less(&of));
        assert!((back.corp.unwrap().score - of.corp.unwrap().score).abs() < 1e-15);
    }

    #[test]
    fn true_risks_lie_within_their_band() {
        let points = points(&[(0.1, 500.0, 50.0), (0.3, 500.0, 150.0), (0.6, 500.0, 300.0)]);
        let mut stream = seed::stream(1, "band");
        let band = band(&points, &[0.1, 0.3, 0.6], &mut || stream.random_range(0.0..1.0)).unwrap();
        for (band, p) in band.iter().zip([0.1, 0.3, 0.6]) {
            assert!(band.lower < p && p < band.upper, "{band:?}");
            // 1.96 standard deviations of a share of 500.
            let reach = 1.96 * (p * (1.0 - p) / 500.0_f64).sqrt();
            assert!((band.upper - band.lower - 2.0 * reach).abs() < 0.4 * reach, "{band:?} {reach}");
        }
    }
}
