//! Isotonic recalibration: rising event rates, joined by straight lines.

use super::super::calibration::{Point, pool_adjacent_violators};
use super::window;

/// A rising map through thresholds, straight between them and level outside.
///
/// Zadrozny and Elkan 2002 (KDD); scikit-learn 1.9.1 `IsotonicRegression(out_of_bounds="clip")`: tied risks
/// are averaged (risks within 1e-15 count as tied, as there), then adjacent violators pooled. Gives risks of
/// exactly 0 and 1 where the lowest or highest block of the window is pure; the logarithmic score can then be
/// infinite.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    thresholds: Vec<(f64, f64)>,
}

/// scikit-learn's `numpy.finfo(float).resolution`: risks nearer than this are one risk.
const RESOLUTION: f64 = 1e-15;

impl Isotonic {
    /// Learns the map; see [`super::learn`] for the inputs and what is refused. Risks of 0 and 1 are allowed.
    pub fn learn(p: &[f64], y: &[bool]) -> Result<Self, &'static str> {
        let points = merge_near(&window::gather(p, y)?);
        let risk = |index: usize| points.get(index).map_or(0.0, |point| point.p);
        let mut thresholds = Vec::new();
        for block in pool_adjacent_violators::pool(&points) {
            thresholds.push((risk(block.first), block.rate()));
            if block.last > block.first {
                thresholds.push((risk(block.last), block.rate()));
            }
        }
        Ok(Self { thresholds })
    }

    /// The thresholds: predicted risk (rising) and recalibrated risk (not falling).
    pub fn thresholds(&self) -> &[(f64, f64)] {
        &self.thresholds
    }

    /// The recalibrated risk. Input: p in [0, 1]. Cost: O(log thresholds).
    pub fn apply(&self, p: f64) -> f64 {
        let (before, after) = self.thresholds.split_at(self.thresholds.partition_point(|pair| pair.0 <= p));
        match (before.last(), after.first()) {
            (Some(&(low, low_risk)), Some(&(high, high_risk))) => {
                low_risk + (high_risk - low_risk) * ((p - low) / (high - low))
            }
            (Some(&(_, risk)), None) | (None, Some(&(_, risk))) => risk,
            // Never reached: a window that was learnt from has at least one threshold.
            (None, None) => p,
        }
    }
}

/// Joins points less than the resolution above the first of their run.
fn merge_near(points: &[Point]) -> Vec<Point> {
    let mut merged: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        match merged.last_mut() {
            Some(last) if point.p - last.p < RESOLUTION => {
                last.rows += point.rows;
                last.events += point.events;
            }
            _ => merged.push(*point),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(groups: &[(f64, usize, usize)]) -> Isotonic {
        let rows = groups.iter().flat_map(|&(p, rows, events)| (0..rows).map(move |i| (p, i < events)));
        let (p, y): (Vec<f64>, Vec<bool>) = rows.unzip();
        Isotonic::learn(&p, &y).unwrap()
    }

    #[test]
    fn four_risks_by_hand() {
        // 2/10, then 6/10 and 4/10 pooled to 1/2, then 9/10.
        let map = learn(&[(0.1, 10, 2), (0.3, 10, 6), (0.5, 10, 4), (0.9, 10, 9)]);
        assert_eq!(map.thresholds(), [(0.1, 0.2), (0.3, 0.5), (0.5, 0.5), (0.9, 0.9)]);
        for (p, expected) in [(0.0, 0.2), (0.1, 0.2), (0.2, 0.35), (0.4, 0.5), (0.7, 0.7), (1.0, 0.9)] {
            assert!((map.apply(p) - expected).abs() < 1e-14, "{p}: {}", map.apply(p));
        }
    }

    #[test]
    fn risks_of_zero_and_one_may_be_learnt() {
        let map = learn(&[(0.0, 10, 1), (0.5, 10, 5), (1.0, 10, 9)]);
        assert!((map.apply(0.0) - 0.1).abs() < 1e-15);
        assert!((map.apply(1.0) - 0.9).abs() < 1e-15);
    }

    #[test]
    fn risks_too_near_to_tell_apart_are_one() {
        let map = learn(&[(1e-20, 10, 1), (1e-18, 10, 3), (0.5, 10, 9)]);
        assert_eq!(map.thresholds(), [(1e-20, 0.2), (0.5, 0.9)]);
    }
}
