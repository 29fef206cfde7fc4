//! Murphy's partition of the Brier score over bins.

use super::{Point, bins, point};

/// The parts; reliability - resolution + uncertainty equals the Brier score only where all risks of a bin are
/// equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Murphy {
    /// Mean over rows of (mean risk - event rate of the bin)^2; 0 is best.
    pub reliability: f64,
    /// Mean over rows of (event rate of the bin - overall event rate)^2; larger is better.
    pub resolution: f64,
    /// Overall event rate times its complement.
    pub uncertainty: f64,
}

/// The partition over bins of equal width.
///
/// Murphy 1973 (Journal of Applied Meteorology 12:595); bins as in [`bins::equal_width`]. Prefer
/// [`super::corp`], which needs no bins and adds up exactly. Undefined without rows or bins. Cost: O(points +
/// bins).
pub fn partition(points: &[Point], bins: u32) -> Result<Murphy, &'static str> {
    let total = point::totals(points)?;
    let overall = total.event_rate();
    let mut parts = Murphy { reliability: 0.0, resolution: 0.0, uncertainty: overall * (1.0 - overall) };
    for bin in bins::equal_width(points, bins)? {
        let spread = bin.event_rate().map_or(0.0, |rate| rate - overall);
        let share = bin.rows / total.rows;
        parts.reliability += share * bin.gap() * bin.gap();
        parts.resolution += share * spread * spread;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_risk_a_bin_adds_up_to_the_brier_score() {
        let points = [Point { p: 0.1, rows: 4.0, events: 1.0 }, Point { p: 0.75, rows: 2.0, events: 2.0 }];
        let parts = partition(&points, 10).unwrap();
        let brier = (3.0 * 0.01 + 0.81 + 2.0 * 0.0625) / 6.0;
        assert!((parts.reliability - parts.resolution + parts.uncertainty - brier).abs() < 1e-14);
        assert!((parts.reliability - (4.0 * 0.0225 + 2.0 * 0.0625) / 6.0).abs() < 1e-14);
    }

    #[test]
    fn no_rows_are_refused() {
        assert_eq!(partition(&[], 10), Err("no rows"));
    }
}
