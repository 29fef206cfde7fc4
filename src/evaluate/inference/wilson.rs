//! Wilson's score interval of a proportion.

use super::normal::two_sided_critical;
use super::value::Interval;

/// Checks a count of `successes` out of `total` and returns the proportion.
///
/// Fractional counts are legal: rows tied at a cut are flagged in part.
///
/// # Errors
/// When `total` is not finite and above 0, or `successes` is not between 0 and `total`.
pub fn proportion(successes: f64, total: f64) -> Result<f64, &'static str> {
    if !(total > 0.0 && total.is_finite()) {
        Err("the group has no rows of this kind")
    } else if !(successes >= 0.0 && successes <= total) {
        Err("a count is below zero or above its total")
    } else {
        Ok(successes / total)
    }
}

/// Wilson's score interval of `successes` out of `total`, without continuity correction.
///
/// `(p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)` (Wilson 1927, JASA 22:209; Newcombe 1998, Statistics
/// in Medicine 17:857, method 3). `successes` and `total` are counts of independent rows, which may be fractional;
/// for rows in households pass counts divided by the design effect. `confidence` is such as 0.95. At 0 of n the
/// lower end is exactly 0, at n of n the upper end exactly 1.
///
/// # Errors
/// When `total` is not above 0, `successes` is outside 0 to `total`, or `confidence` is not strictly between 0 and 1.
pub fn wilson_interval(successes: f64, total: f64, confidence: f64) -> Result<Interval, &'static str> {
    let p = proportion(successes, total)?;
    let z = two_sided_critical(confidence)?;
    let shrink = z * z / total;
    let centre = (p + 0.5 * shrink) / (1.0 + shrink);
    let half = z * (p * (1.0 - p) / total + 0.25 * shrink / total).sqrt() / (1.0 + shrink);
    let lower = if successes <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let upper = if successes >= total { 1.0 } else { (centre + half).min(1.0) };
    Ok(Interval { lower, upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    #[test]
    fn newcombes_published_table() {
        for (successes, total, lower, upper) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let got = wilson_interval(successes, total, 0.95).unwrap();
            assert!((got.lower - lower).abs() < 5e-5 && (got.upper - upper).abs() < 5e-5, "{got:?}");
        }
    }

    #[test]
    fn none_and_all_touch_the_ends_and_mirror() {
        let none = wilson_interval(0.0, 1.0, 0.95).unwrap();
        let all = wilson_interval(1.0, 1.0, 0.95).unwrap();
        assert!(none.lower.abs() < 1e-300 && (all.upper - 1.0).abs() < 1e-300);
        assert!((none.upper - (1.0 - all.lower)).abs() < 1e-15);
    }

    #[test]
    fn fractional_counts_lie_between_their_neighbours() {
        let at = |k: f64| wilson_interval(k, 10.0, 0.95).unwrap().lower;
        assert!(at(3.0) < at(3.4) && at(3.4) < at(4.0));
    }

    #[test]
    fn illegal_counts_are_refused() {
        assert!(wilson_interval(0.0, 0.0, 0.95).is_err());
        assert!(wilson_interval(2.0, 1.0, 0.95).is_err());
        assert!(wilson_interval(f64::NAN, 1.0, 0.95).is_err());
        assert!(wilson_interval(1.0, 2.0, 1.0).is_err());
    }
}
