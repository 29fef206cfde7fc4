//! Calibration curves of a binary outcome, and the errors read off them.
//!
//! Data are points sorted by rising predicted risk, each standing for a number of equal rows, so a
//! histogram of 256 bins and a list of single rows are the same thing. A point of three rows equals three
//! rows at that risk everywhere: in neighbourhood counts, quantiles and knots.

pub mod errors;
pub mod knots;
pub mod least_squares;
pub mod local_quadratic;
pub mod loess;
pub mod lowess;
pub mod rcs;

pub use super::calibration::Point;
pub use super::tally::Value;

/// The points that hold rows, after checking that all are legal: finite, risks rising and within 0 to 1,
/// events no more than rows. O(points).
fn occupied(points: &[Point]) -> Result<Vec<Point>, &'static str> {
    let mut last = f64::NEG_INFINITY;
    let mut kept = Vec::with_capacity(points.len());
    for &point in points {
        let risk_is_legal = (0.0..=1.0).contains(&point.p) && point.p > last;
        if !risk_is_legal {
            return Err("predicted risks must lie between 0 and 1 and rise from point to point");
        }
        let counts_are_legal = point.rows.is_finite() && (0.0..=point.rows).contains(&point.events);
        if !counts_are_legal {
            return Err("row counts must be finite and events must lie between 0 and the row count");
        }
        last = point.p;
        if point.rows > 0.0 {
            kept.push(point);
        }
    }
    if kept.is_empty() { Err("no rows") } else { Ok(kept) }
}

/// The number of rows at all points.
fn total_rows(points: &[Point]) -> f64 {
    points.iter().map(|point| point.rows).sum()
}

/// Quantiles of values with copies, by R's type 7 (`stats::quantile`, R 4.2.2): linear between the order
/// statistics around 1 + (n - 1) q. The values must be sorted; each carries its number of copies. O(values).
struct Quantiles {
    /// Each value with the number of copies up to and including it.
    upto: Vec<(f64, f64)>,
}

impl Quantiles {
    /// From sorted (value, copies) pairs; copies above 0.
    fn new(sorted: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut copies_so_far = 0.0;
        let upto = sorted
            .map(|(value, copies)| {
                copies_so_far += copies;
                (value, copies_so_far)
            })
            .collect();
        Self { upto }
    }

    /// The number of values, copies counted.
    fn count(&self) -> f64 {
        self.upto.last().map_or(0.0, |&(_, copies)| copies)
    }

    /// The value of a rank from 1 to the count; ranks outside give the nearest end, no values give a reason.
    fn ranked(&self, rank: f64) -> Value {
        let place = self.upto.partition_point(|&(_, copies)| copies < rank);
        let found = self.upto.get(place).or(self.upto.last());
        found.map(|&(value, _)| value).ok_or("no rows")
    }

    /// The first and the last rank whose value is that of the given rank.
    fn ties(&self, rank: f64) -> (f64, f64) {
        let place = self.upto.partition_point(|&(_, copies)| copies < rank);
        let before = place.checked_sub(1).and_then(|last| self.upto.get(last));
        let first = before.map_or(1.0, |&(_, copies)| copies + 1.0);
        (first, self.upto.get(place).map_or(rank, |&(_, copies)| copies))
    }

    /// The quantile at a share from 0 to 1.
    fn at(&self, share: f64) -> Value {
        let rank = 1.0 + (self.count() - 1.0).max(0.0) * share;
        let between = rank - rank.floor();
        let (lower, upper) = (self.ranked(rank.floor())?, self.ranked(rank.ceil())?);
        // Written so that equal neighbours give themselves exactly, as R does.
        Ok(if upper > lower { (1.0 - between) * lower + between * upper } else { lower })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_count_copies_as_values() {
        // R: quantile(c(1, 1, 1, 2, 5), c(0, .5, .6, .9, 1)) is 1, 1, 1.4, 3.8, 5.
        let quantiles = Quantiles::new([(1.0, 3.0), (2.0, 1.0), (5.0, 1.0)].into_iter());
        for (share, wanted) in [(0.0, 1.0), (0.5, 1.0), (0.6, 1.4), (0.9, 3.8), (1.0, 5.0)] {
            assert!((quantiles.at(share).unwrap() - wanted).abs() < 1e-12, "{share}");
        }
        assert_eq!(Quantiles::new(std::iter::empty()).at(0.5), Err("no rows"));
    }

    #[test]
    fn illegal_points_are_refused_and_empty_ones_dropped() {
        let point = |p, rows, events| Point { p, rows, events };
        assert!(occupied(&[point(0.2, 1.0, 0.0), point(0.2, 1.0, 1.0)]).is_err());
        assert!(occupied(&[point(0.3, 1.0, 0.0), point(0.2, 1.0, 1.0)]).is_err());
        assert!(occupied(&[point(f64::NAN, 1.0, 0.0)]).is_err());
        assert!(occupied(&[point(0.2, 1.0, 2.0)]).is_err());
        assert!(occupied(&[point(0.2, f64::INFINITY, 2.0)]).is_err());
        assert_eq!(occupied(&[point(0.2, 0.0, 0.0)]), Err("no rows"));
        let kept = occupied(&[point(0.0, 1.0, 0.0), point(0.5, 0.0, 0.0), point(1.0, 2.0, 1.0)]).unwrap();
        assert_eq!(kept.len(), 2);
        assert!((total_rows(&kept) - 3.0).abs() < 1e-12);
    }
}
