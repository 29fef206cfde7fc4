//! Spiegelhalter's test of calibration.

use super::{Point, point};
use crate::evaluate::inference::normal;

/// The result of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spiegelhalter {
    /// Standard normal in large samples when every risk is true; positive where the Brier score is worse than
    /// the risks themselves foretell.
    pub z: f64,
    /// The probability of a z at least as far from 0, on either side.
    pub p_value: f64,
}

/// Tests whether the Brier score is what it would be on average if every predicted risk were true.
///
/// Formula: z = sum (y - p)(1 - 2p) / sqrt(sum (1 - 2p)^2 p (1 - p)). Spiegelhalter 1986 (Statistics in
/// Medicine 5:421); rms 6.5-0 `val.prob` `S:z`. Blind to errors at risks near one half. Input: points sorted
/// by rising distinct risk. Undefined where every risk is 0, one half or 1, as z has no variance. Cost:
/// O(points).
pub fn test(points: &[Point]) -> Result<Spiegelhalter, &'static str> {
    point::totals(points)?;
    let (mut sum, mut variance) = (0.0, 0.0);
    for point in points {
        let weight = 1.0 - 2.0 * point.p;
        sum += (point.events - point.rows * point.p) * weight;
        variance += point.rows * weight * weight * point.p * (1.0 - point.p);
    }
    if variance <= 0.0 {
        return Err("every predicted risk is 0, one half or 1");
    }
    let z = sum / variance.sqrt();
    Ok(Spiegelhalter { z, p_value: normal::two_sided_p(z) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_rows_by_hand() {
        // At 0.2: (4 - 2) 0.6 over the root of 10 * 0.36 * 0.16.
        let found = test(&[Point { p: 0.2, rows: 10.0, events: 4.0 }]).unwrap();
        assert!((found.z - 1.2 / 0.576_f64.sqrt()).abs() < 1e-14);
        assert!((found.p_value - 0.113_846_298_006_658_06).abs() < 1e-12);
    }

    #[test]
    fn as_many_events_as_foretold_give_zero() {
        let found = test(&[Point { p: 0.25, rows: 4.0, events: 1.0 }]).unwrap();
        assert!(found.z.abs() < 1e-15);
        assert!((found.p_value - 1.0).abs() < 1e-15);
    }

    #[test]
    fn risks_that_say_nothing_are_refused() {
        let silent = [0.0, 0.5, 1.0].map(|p| Point { p, rows: 2.0, events: 1.0 });
        assert_eq!(test(&silent), Err("every predicted risk is 0, one half or 1"));
        assert_eq!(test(&[]), Err("no rows"));
    }
}
