//! Newcombe's hybrid score interval of the difference of two proportions.

use super::two_proportions::Counts;
use super::value::Interval;
use super::wilson::{proportion, wilson_interval};

/// The interval of `first - second`, the difference of two independent proportions.
///
/// Newcombe's method 10 (1998, Statistics in Medicine 17:873): the two Wilson intervals, without continuity
/// correction, combined by squares: `d - sqrt((p1-l1)^2 + (u2-p2)^2)` to `d + sqrt((u1-p1)^2 + (p2-l2)^2)`. Never
/// leaves -1 to 1 and keeps a width when both counts are 0. Fractional counts are legal. Do not pass two groups
/// that share rows; households that span both groups make it a little wide (cautious).
///
/// # Errors
/// When a total is not above 0, a count is outside 0 to its total, or `confidence` is not strictly between 0 and 1.
pub fn newcombe_difference(first: Counts, second: Counts, confidence: f64) -> Result<Interval, &'static str> {
    let p1 = proportion(first.successes, first.total)?;
    let p2 = proportion(second.successes, second.total)?;
    let one = wilson_interval(first.successes, first.total, confidence)?;
    let two = wilson_interval(second.successes, second.total, confidence)?;
    let difference = p1 - p2;
    let below = (p1 - one.lower).hypot(two.upper - p2);
    let above = (one.upper - p1).hypot(p2 - two.lower);
    Ok(Interval { lower: (difference - below).max(-1.0), upper: (difference + above).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(successes: f64, total: f64) -> Counts {
        Counts { successes, total }
    }

    /// Newcombe 1998, table II, method 10: contrasts (a), (c), (e) and (h).
    #[test]
    fn newcombes_published_table() {
        for (a, m, b, n, lower, upper) in [
            (56.0, 70.0, 48.0, 80.0, 0.0524, 0.3339),
            (6.0, 7.0, 2.0, 7.0, 0.0582, 0.8062),
            (0.0, 10.0, 0.0, 20.0, -0.1611, 0.2775),
            (10.0, 10.0, 0.0, 10.0, 0.6075, 1.0),
        ] {
            let got = newcombe_difference(counts(a, m), counts(b, n), 0.95).unwrap();
            assert!((got.lower - lower).abs() < 5e-5 && (got.upper - upper).abs() < 5e-5, "{got:?}");
        }
    }

    #[test]
    fn swapping_the_groups_mirrors_the_interval() {
        let one = newcombe_difference(counts(3.5, 12.0), counts(9.0, 11.0), 0.9).unwrap();
        let two = newcombe_difference(counts(9.0, 11.0), counts(3.5, 12.0), 0.9).unwrap();
        assert!((one.lower + two.upper).abs() < 1e-15 && (one.upper + two.lower).abs() < 1e-15);
        assert!(newcombe_difference(counts(0.0, 0.0), counts(1.0, 2.0), 0.95).is_err());
    }
}
