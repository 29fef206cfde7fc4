//! Intercept recalibration: calibration in the large put right, the ranking and spread of log-odds left
//! alone.

use super::super::calibration::logistic_fit::{self, Observation};
use super::{log_odds, window};

/// The map logit(q) = intercept + logit(p), with the maximum likelihood intercept.
///
/// Steyerberg, Borsboom, van Houwelingen, Eijkemans and Habbema 2004 (Statistics in Medicine 23:2567), the
/// second method there. On the window the mean recalibrated risk equals the event rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intercept {
    intercept: f64,
}

impl Intercept {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused.
    pub fn learn(p: &[f64], y: &[bool]) -> Result<Self, &'static str> {
        let points = window::gather_log_odds(p, y)?;
        let observations = points.iter().map(|point| Observation {
            terms: [1.0],
            offset: log_odds::log_odds(point.p),
            rows: point.rows,
            events: point.events,
        });
        let [intercept] = logistic_fit::fit(&observations.collect::<Vec<_>>())?.coefficients;
        Ok(Self { intercept })
    }

    /// The amount added to every log-odds.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// The recalibrated risk; 0 stays 0 and 1 stays 1. Input: p in [0, 1].
    pub fn apply(&self, p: f64) -> f64 {
        log_odds::on_line(self.intercept, 1.0, p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_risk_becomes_the_event_rate() {
        let p: Vec<f64> = (0..60).map(|i| 0.1 + f64::from(i) / 100.0).collect();
        let y: Vec<bool> = (0..60).map(|i| i % 3 == 0).collect();
        let map = Intercept::learn(&p, &y).unwrap();
        let mean = p.iter().map(|&p| map.apply(p)).sum::<f64>() / 60.0;
        assert!((mean - 1.0 / 3.0).abs() < 1e-13);
        assert!(map.intercept() < 0.0);
        assert!(map.apply(0.0) <= 0.0 && map.apply(1.0) >= 1.0);
    }

    #[test]
    fn symmetric_rows_need_no_change() {
        // 25% and 75% predicted, 40% and 60% seen: too spread out, but right on average.
        let group = |p: f64, events: usize| (0..20).map(move |i| (p, i < events));
        let (p, y): (Vec<f64>, Vec<bool>) = group(0.25, 8).chain(group(0.75, 12)).unzip();
        let map = Intercept::learn(&p, &y).unwrap();
        assert!(map.intercept().abs() < 1e-13);
        assert!((map.apply(0.25) - 0.25).abs() < 1e-13);
    }
}
