//! Beta calibration.

use super::super::calibration::Point;
use super::super::calibration::logistic_fit::{self, Observation};
use super::{log_odds, window};
use std::f64::consts::LN_2;

/// Which of the three parameters are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// a, b and the midpoint m.
    Abm,
    /// a and b, with m held at one half.
    Ab,
    /// m and one slope, a = b: logistic recalibration.
    Am,
}

/// The map logit(q) = c + a ln(p) - b ln(1 - p), by maximum likelihood with a, b >= 0.
///
/// Kull, Silva Filho and Flach 2017, "Beta calibration: a well-founded and easily implemented improvement on
/// logistic calibration for binary classifiers" (AISTATS), the versions 'abm', 'ab' and 'am'. With m held at
/// one half c is not 0 but (a - b) ln 2, so that the terms are ln(2p) and -ln(2(1 - p)). Where a (else b) is
/// fitted below 0 its term is left out and the rest fitted again, in 'abm' as betacal 1.1.0 does; betacal
/// keeps a falling 'ab' or 'am'. A window whose remaining coefficient is below 0 too is refused, as the map
/// would fall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    version: Version,
    a: f64,
    b: f64,
    c: f64,
}

impl Beta {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused. Also refused: fewer than
    /// three distinct risks ('ab' and 'am': two), or risks so close together that a and b cannot be told
    /// apart.
    pub fn learn(p: &[f64], y: &[bool], version: Version) -> Result<Self, &'static str> {
        let points = window::gather_log_odds(p, y)?;
        let (a, b, c) = match version {
            Version::Abm => fit_abm(&points)?,
            Version::Ab => fit_ab(&points)?,
            Version::Am => {
                let [c, slope] = fit(&points, |p| [1.0, log_odds::log_odds(p)])?;
                (slope, slope, c)
            }
        };
        if a >= 0.0 && b >= 0.0 {
            return Ok(Self { version, a, b, c });
        }
        // Held at one half the map can fall although the outcome rises: the level alone may turn it.
        Err(match version {
            Version::Ab => "a map that leaves one half where it is would fall as the predicted risk rises",
            Version::Abm | Version::Am => "the outcome becomes rarer as the predicted risk rises",
        })
    }

    /// The parameters that were fitted.
    pub fn version(&self) -> Version {
        self.version
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

/// a, b and c of version 'abm'.
fn fit_abm(points: &[Point]) -> Result<(f64, f64, f64), &'static str> {
    let [c, a, b] = fit(points, |p| [1.0, p.ln(), -(-p).ln_1p()])?;
    if a < 0.0 {
        let [c, b] = fit(points, |p| [1.0, -(-p).ln_1p()])?;
        return Ok((0.0, b, c));
    }
    if b < 0.0 {
        let [c, a] = fit(points, |p| [1.0, p.ln()])?;
        return Ok((a, 0.0, c));
    }
    Ok((a, b, c))
}

/// a, b and c of version 'ab'.
fn fit_ab(points: &[Point]) -> Result<(f64, f64, f64), &'static str> {
    let rise = |p: f64| LN_2 + p.ln();
    let fall = |p: f64| -(LN_2 + (-p).ln_1p());
    let [mut a, mut b] = fit(points, |p| [rise(p), fall(p)])?;
    if a < 0.0 {
        (a, [b]) = (0.0, fit(points, |p| [fall(p)])?);
    } else if b < 0.0 {
        (b, [a]) = (0.0, fit(points, |p| [rise(p)])?);
    }
    Ok((a, b, (a - b) * LN_2))
}

/// The coefficients of the terms.
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
        learn_as(Version::Abm, groups)
    }

    fn learn_as(version: Version, groups: &[(f64, usize, usize)]) -> Result<Beta, &'static str> {
        let rows = groups.iter().flat_map(|&(p, rows, events)| (0..rows).map(move |i| (p, i < events)));
        let (p, y): (Vec<f64>, Vec<bool>) = rows.unzip();
        Beta::learn(&p, &y, version)
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
        let map = Beta { version: Version::Abm, a: 0.0, b: 1.0, c: 0.5 };
        assert_eq!(map.midpoint(), None);
        assert_eq!(map.parameters().len(), 3);
        // ln(1 - m) = -0.5 by hand.
        let map = Beta { version: Version::Abm, a: 0.0, b: 1.0, c: -0.5 };
        assert!((map.midpoint().unwrap() - (1.0 - (-0.5_f64).exp())).abs() < 1e-13);
    }

    #[test]
    fn falling_risks_and_too_few_risks_are_refused() {
        let falling = learn(&[(0.2, 100, 60), (0.5, 100, 50), (0.8, 100, 30)]);
        assert_eq!(falling, Err("the outcome becomes rarer as the predicted risk rises"));
        assert!(learn(&[(0.2, 50, 5), (0.8, 50, 40)]).is_err());
    }

    #[test]
    fn with_one_half_held_two_rates_by_hand() {
        // At 1/4 the terms are -ln 2 and -ln(3/2), at 3/4 ln(3/2) and ln 2. Log-odds -ln 4 and ln 3 there
        // give a - b = 1 and a + b = ln 12 / ln 3, so b = ln 2 / ln 3 and c = ln 2.
        let map = learn_as(Version::Ab, &[(0.25, 50, 10), (0.75, 40, 30)]).unwrap();
        let b = LN_2 / 3.0_f64.ln();
        assert!((map.b - b).abs() < 1e-12 && (map.a - 1.0 - b).abs() < 1e-12 && (map.c - LN_2).abs() < 1e-12);
        assert!((map.apply(0.25) - 0.2).abs() < 1e-13 && (map.apply(0.75) - 0.75).abs() < 1e-13);
        assert!((map.midpoint().unwrap() - 0.5).abs() < 1e-13);
        assert_eq!(map.version(), Version::Ab);
    }

    #[test]
    fn with_one_slope_two_rates_by_hand() {
        // Log-odds of the risks -ln 4 and ln 4, of the rates -ln 2 and ln 4: slope 3/4, intercept ln(2)/2.
        let map = learn_as(Version::Am, &[(0.2, 60, 20), (0.8, 50, 40)]).unwrap();
        assert!((map.a - 0.75).abs() < 1e-13 && (map.b - 0.75).abs() < 1e-13);
        assert!((map.c - 0.5 * LN_2).abs() < 1e-13);
        assert!((map.midpoint().unwrap() - 1.0 / (1.0 + 2.0_f64.powf(2.0 / 3.0))).abs() < 1e-13);
    }

    #[test]
    fn with_one_half_held_a_term_with_a_negative_coefficient_is_left_out() {
        // The sum that the maximum likelihood of one coefficient sets to 0.
        let score = |map: &Beta, groups: &[(f64, usize, usize)], term: fn(f64) -> f64| -> f64 {
            let of = |&(p, rows, events): &(f64, usize, usize)| {
                term(p) * (events as f64 - rows as f64 * map.apply(p))
            };
            groups.iter().map(of).sum()
        };
        let groups = [(0.05, 100, 45), (0.3, 100, 40), (0.8, 100, 70)];
        let low = learn_as(Version::Ab, &groups).unwrap();
        assert!(low.a.abs() < 1e-15 && low.b > 0.0);
        assert!(score(&low, &groups, |p| (2.0 * (1.0 - p)).ln()).abs() < 1e-9);
        // Of rows at risk 0 the log-odds are -b ln 2.
        assert!((low.apply(0.0) - 1.0 / (1.0 + 2.0_f64.powf(low.b))).abs() < 1e-15);
        let groups = [(0.2, 100, 30), (0.7, 100, 60), (0.95, 100, 55)];
        let high = learn_as(Version::Ab, &groups).unwrap();
        assert!(high.b.abs() < 1e-15 && high.a > 0.0);
        assert!(score(&high, &groups, |p| (2.0 * p).ln()).abs() < 1e-9);
        assert!((high.apply(1.0) - 1.0 / (1.0 + 2.0_f64.powf(-high.a))).abs() < 1e-15);
    }

    #[test]
    fn every_version_rises_and_stays_a_risk_up_to_both_ends() {
        let windows = [
            [(0.2, 50, 5), (0.5, 50, 20), (0.8, 50, 40)],
            [(0.05, 100, 45), (0.3, 100, 40), (0.8, 100, 70)],
            [(0.2, 100, 30), (0.7, 100, 60), (0.95, 100, 55)],
            [(0.01, 1000, 20), (0.03, 1000, 50), (0.4, 1000, 150)],
        ];
        for version in [Version::Abm, Version::Ab, Version::Am] {
            for window in &windows {
                let map = learn_as(version, window).unwrap();
                let inner = (1..1000).map(|i| f64::from(i) / 1000.0);
                let ends = [0.0, f64::MIN_POSITIVE, 1e-9].into_iter();
                let grid = ends.chain(inner).chain([1.0 - 1e-9, 1.0 - f64::EPSILON, 1.0]);
                let risks: Vec<f64> = grid.map(|p| map.apply(p)).collect();
                assert!(risks.iter().all(|risk| (0.0..=1.0).contains(risk)), "{map:?}");
                assert!(risks.windows(2).all(|pair| pair[0] <= pair[1]), "{map:?}");
                if version == Version::Ab {
                    assert!((map.apply(0.5) - 0.5).abs() < 1e-15, "{map:?}");
                }
            }
        }
    }

    #[test]
    fn a_falling_map_is_refused_in_every_version() {
        let falling = [(0.2, 100, 60), (0.5, 100, 50), (0.8, 100, 30)];
        assert!([Version::Abm, Version::Ab, Version::Am].iter().all(|v| learn_as(*v, &falling).is_err()));
        // The outcome rises, but low risks that come true more often than not cannot pass through one half.
        let level = learn_as(Version::Ab, &[(0.1, 40, 24), (0.3, 40, 28)]);
        let reason = "a map that leaves one half where it is would fall as the predicted risk rises";
        assert_eq!(level, Err(reason));
    }
}
