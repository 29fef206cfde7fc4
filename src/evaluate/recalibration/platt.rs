//! Platt scaling: a logistic fit to smoothed outcomes.

use super::super::calibration::logistic_fit::{self, Observation};
use super::{log_odds, window};

/// The scale on which the straight line is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The log-odds of the predicted risk, the natural scale of a risk.
    LogOdds,
    /// The predicted risk itself, as scikit-learn does with a classifier that gives probabilities only.
    Risk,
}

/// The map q = 1 / (1 + exp(a f + b)), f being the risk on its scale.
///
/// Outcomes are smoothed to (events + 1) / (events + 2) and 1 / (non-events + 2). Platt 1999 (Advances in
/// Large Margin Classifiers); scikit-learn 1.9.1 `_SigmoidCalibration`, whose signs are kept: a
/// is minus the slope and b minus the intercept. The maximum is found to rounding, scikit-learn's to about
/// 1e-6.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    scale: Scale,
    intercept: f64,
    slope: f64,
}

impl Platt {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused (risks of 0 and 1 on the
    /// log-odds only).
    pub fn learn(p: &[f64], y: &[bool], scale: Scale) -> Result<Self, &'static str> {
        let points = match scale {
            Scale::LogOdds => window::gather_log_odds(p, y)?,
            Scale::Risk => window::gather(p, y)?,
        };
        let events: f64 = points.iter().map(|point| point.events).sum();
        let non_events: f64 = points.iter().map(|point| point.rows - point.events).sum();
        let (event, non_event) = ((events + 1.0) / (events + 2.0), 1.0 / (non_events + 2.0));
        let observations = points.iter().map(|point| Observation {
            terms: [1.0, scale.of(point.p)],
            offset: 0.0,
            rows: point.rows,
            events: point.events * event + (point.rows - point.events) * non_event,
        });
        let [intercept, slope] = logistic_fit::fit(&observations.collect::<Vec<_>>())?.coefficients;
        Ok(Self { scale, intercept, slope })
    }

    /// scikit-learn's `a_`: minus the slope.
    pub fn a(&self) -> f64 {
        -self.slope
    }

    /// scikit-learn's `b_`: minus the intercept.
    pub fn b(&self) -> f64 {
        -self.intercept
    }

    /// The scale on which the line was fitted.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The recalibrated risk; on the log-odds at p = 0 and 1 the limit. Input: p in [0, 1].
    pub fn apply(&self, p: f64) -> f64 {
        match self.scale {
            Scale::LogOdds => log_odds::on_line(self.intercept, self.slope, p),
            Scale::Risk => log_odds::risk(self.intercept + self.slope * p),
        }
    }
}

impl Scale {
    fn of(self, p: f64) -> f64 {
        match self {
            Self::LogOdds => log_odds::log_odds(p),
            Self::Risk => p,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> (Vec<f64>, Vec<bool>) {
        let group = |p: f64, events: usize| (0..40).map(move |i| (p, i < events));
        group(0.1, 8).chain(group(0.75, 24)).unzip()
    }

    #[test]
    fn two_risks_are_moved_onto_their_smoothed_event_rates() {
        let (p, y) = rows();
        let (event, non_event) = (33.0 / 34.0, 1.0 / 50.0);
        for scale in [Scale::LogOdds, Scale::Risk] {
            let map = Platt::learn(&p, &y, scale).unwrap();
            assert!((map.apply(0.1) - (8.0 * event + 32.0 * non_event) / 40.0).abs() < 1e-13);
            assert!((map.apply(0.75) - (24.0 * event + 16.0 * non_event) / 40.0).abs() < 1e-13);
            assert!(map.a() < 0.0);
        }
    }

    #[test]
    fn only_the_log_odds_have_limits_at_the_ends() {
        let (mut p, y) = rows();
        let map = Platt::learn(&p, &y, Scale::LogOdds).unwrap();
        assert!(map.apply(0.0) <= 0.0 && map.apply(1.0) >= 1.0);
        p[0] = 0.0;
        assert!(Platt::learn(&p, &y, Scale::LogOdds).is_err());
        let map = Platt::learn(&p, &y, Scale::Risk).unwrap();
        assert!((map.apply(0.0) - log_odds::risk(-map.b())).abs() < 1e-15);
    }
}
