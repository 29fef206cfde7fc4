//! Beta calibration.

use super::super::calibration::Point;
use super::super::calibration::logistic_fit::{self, Observation};
use super::{log_odds, window};

/// The map logit(q) = c + a ln(p) - b ln(1 - p), by maximum likelihood with a, b >= 0.
///
/// Kull, Silva Filho and Flach 2017 (AISTATS), the three-parameter version 'abm'; with a = b it is logistic
/// recalibration. As betacal 1.1.0 does, where a (else b) is fitted below 0 its term is left out and the rest
/// fitted again; a window whose remaining coefficient is below 0 too is refused, as the map would fall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
    c: f64,
}

impl Beta {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused. Also refused: fewer than
    /// three distinct risks, or risks so close together that a and b cannot be told apart.
    pub fn learn(p: &[f64], y: &[bool]) -> Result<Self, &'static str> {
        let points = window::gather_log_odds(p, y)?;
        let [c, a, b] = fit(&points, |p| [1.0, p.ln(), -(-p).ln_1p()])?;
        let map = if a < 0.0 {
            let [c, b] = fit(&points, |p| [1.0, -(-p).ln_1p()])?;
            Self { a: 0.0, b, c }
        } else if b < 0.0 {
            let [c, a] = fit(&points, |p| [1.0, p.ln()])?;
            Self { a, b: 0.0, c }
        } else {
            Self { a, b, c }
        };
        if map.a < 0.0 || map.b < 0.0 {
            return Err("the outcome becomes rarer as the predicted risk rises");
        }
        Ok(map)
    }

    /// a, b and c; last m, the predicted risk that is moved to one half, left out where there is none in (0,
    /// 1).
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        let mut named = vec![("a", self.a), ("b", self.b), ("c", self.c)];
        named.extend(self.midpoint().map(|m| ("m", m)));
        named
    }

    /// The predicted risk m whose recalibrated risk is one half: c = b ln(1 - m) - a ln(m), by bisection on
    /// the log-odds.
    pub fn midpoint(&self) -> Option<f64> {
        let (mut low, mut high) = (-700.0, 700.0);
        if self.at_log_odds(low) >= 0.0 || self.at_log_odds(high) <= 0.0 {
            return None;
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if self.at_log_odds(middle) < 0.0 { low = middle } else { high = middle }
        }
        Some(log_odds::risk(0.5 * (low + high)))
    }

    /// The recalibrated log-odds at the given predicted log-odds.
    fn at_log_odds(&self, t: f64) -> f64 {
        let ln_one_plus_exp = |t: f64| t.max(0.0) + (-t.abs()).exp().ln_1p();
        self.c - self.a * ln_one_plus_exp(-t) + self.b * ln_one_plus_exp(t)
    }

    /// The recalibrated risk. Input: p in [0, 1]. At p = 0 the limit 0 (or, where a = 0, the risk with
    /// log-odds c), at p = 1 the limit 1 (or, where b = 0, the risk with log-odds c).
    pub fn apply(&self, p: f64) -> f64 {
        // Each term apart, as 0 times infinity is not a number.
        let rise = if self.a > 0.0 { self.a * p.ln() } else { 0.0 };
        let fall = if self.b > 0.0 { self.b * (-p).ln_1p() } else { 0.0 };
        log_odds::risk(self.c + rise - fall)
    }
}

fn fit<const K: usize>(points: &[Point], terms: impl Fn(f64) -> [f64; K]) -> Result<[f64; K], &'static str> {
    let observations = points.iter().map(|point| Observation {
        terms: terms(point.p),
        offset: 0.0,
        rows: point.rows,
        events: point.events,
    });
    Ok(logistic_fit::fit(&observations.collect::<Vec<_>>())?.coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(groups: &[(f64, usize, usize)]) -> Result<Beta, &'static str> {
        let rows = groups.iter().flat_map(|&(p, rows, events)| (0..rows).map(move |i| (p, i < events)));
        let (p, y): (Vec<f64>, Vec<bool>) = rows.unzip();
        Beta::learn(&p, &y)
    }

    #[test]
    fn three_risks_are_moved_onto_their_event_rates() {
        let map = learn(&[(0.2, 50, 5), (0.5, 50, 20), (0.8, 50, 40)]).unwrap();
        assert!(map.a > 0.0 && map.b > 0.0);
        for (p, expected) in [(0.2, 0.1), (0.5, 0.4), (0.8, 0.8)] {
            assert!((map.apply(p) - expected).abs() < 1e-12);
        }
        assert!((map.apply(map.midpoint().unwrap()) - 0.5).abs() < 1e-12);
        assert!(map.apply(0.0) <= 0.0 && map.apply(1.0) >= 1.0);
    }

    #[test]
    fn a_term_with_a_negative_coefficient_is_left_out() {
        // Flat at low risks, steep at high ones: a would be negative.
        let low = learn(&[(0.05, 100, 22), (0.3, 100, 18), (0.8, 100, 70)]).unwrap();
        assert!(low.a.abs() < 1e-15 && low.b > 0.0);
        assert!((low.apply(0.0) - log_odds::risk(low.c)).abs() < 1e-15);
        assert!(low.apply(1.0) >= 1.0);
        let high = learn(&[(0.2, 100, 30), (0.7, 100, 82), (0.95, 100, 78)]).unwrap();
        assert!(high.b.abs() < 1e-15 && high.a > 0.0);
        assert!((high.apply(1.0) - log_odds::risk(high.c)).abs() < 1e-15);
        assert!(high.apply(0.0) <= 0.0);
    }

    #[test]
    fn the_midpoint_may_not_exist() {
        let map = Beta { a: 0.0, b: 1.0, c: 0.5 };
        assert_eq!(map.midpoint(), None);
        assert_eq!(map.parameters().len(), 3);
        // ln(1 - m) = -0.5 by hand.
        let map = Beta { a: 0.0, b: 1.0, c: -0.5 };
        assert!((map.midpoint().unwrap() - (1.0 - (-0.5_f64).exp())).abs() < 1e-13);
    }

    #[test]
    fn falling_risks_and_too_few_risks_are_refused() {
        let falling = learn(&[(0.2, 100, 60), (0.5, 100, 50), (0.8, 100, 30)]);
        assert_eq!(falling, Err("the outcome becomes rarer as the predicted risk rises"));
        assert!(learn(&[(0.2, 50, 5), (0.8, 50, 40)]).is_err());
    }
}
