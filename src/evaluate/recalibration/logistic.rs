//! Logistic recalibration: intercept and slope on the log-odds.

use super::super::calibration::logistic_fit::{self, Observation};
use super::{log_odds, window};

/// The map logit(q) = intercept + slope * logit(p), both by maximum likelihood.
///
/// Cox 1958 (Biometrika 45:562); Steyerberg and others 2004 (Statistics in Medicine 23:2567), method 3. A
/// slope below 0 (risks worse than useless) is kept and turns the ranking round: read the slope before use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logistic {
    intercept: f64,
    slope: f64,
}

impl Logistic {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused.
    pub fn learn(p: &[f64], y: &[bool]) -> Result<Self, &'static str> {
        let points = window::gather_log_odds(p, y)?;
        let observations = points.iter().map(|point| Observation {
            terms: [1.0, log_odds::log_odds(point.p)],
            offset: 0.0,
            rows: point.rows,
            events: point.events,
        });
        let [intercept, slope] = logistic_fit::fit(&observations.collect::<Vec<_>>())?.coefficients;
        Ok(Self { intercept, slope })
    }

    /// The recalibrated log-odds where p is one half.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// The factor on the log-odds; below 1 draws risks towards the middle.
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// The recalibrated risk; at p = 0 and 1 the limit. Input: p in [0, 1].
    pub fn apply(&self, p: f64) -> f64 {
        log_odds::on_line(self.intercept, self.slope, p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(low: usize, high: usize) -> Logistic {
        let group = |p: f64, events: usize| (0..40).map(move |i| (p, i < events));
        let (p, y): (Vec<f64>, Vec<bool>) = group(0.1, low).chain(group(0.75, high)).unzip();
        Logistic::learn(&p, &y).unwrap()
    }

    #[test]
    fn two_risks_are_moved_onto_their_event_rates() {
        let map = learn(8, 24);
        assert!((map.apply(0.1) - 0.2).abs() < 1e-13);
        assert!((map.apply(0.75) - 0.6).abs() < 1e-13);
        let slope = (1.5_f64.ln() - 0.25_f64.ln()) / (3.0_f64.ln() - (1.0_f64 / 9.0).ln());
        assert!((map.slope() - slope).abs() < 1e-13);
        assert!(map.apply(0.0) <= 0.0 && map.apply(1.0) >= 1.0);
    }

    #[test]
    fn a_falling_line_is_kept_with_its_limits() {
        let map = learn(24, 8);
        assert!(map.slope() < 0.0);
        assert!(map.apply(0.0) >= 1.0 && map.apply(1.0) <= 0.0);
    }
}
