//! Logistic lines that several groups have in common, wholly or in part.

/// A row on a line: its group, the log-odds of its predicted risk, and its outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinePoint {
    /// Group, from 0.
    pub group: usize,
    /// Log-odds of the predicted risk, finite.
    pub log_odds: f64,
    /// Outcome.
    pub event: bool,
}

/// An intercept for each group and one slope for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// Intercepts by group.
    pub intercepts: Vec<f64>,
    /// The slope.
    pub slope: f64,
}

/// The chance at log-odds `x`.
#[must_use]
pub(crate) fn chance(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Weighted sums over one group at the present lines.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    residual: f64,
    residual_x: f64,
    weight: f64,
    weight_x: f64,
    weight_xx: f64,
}

const UNSETTLED: &str = "the slope common to all groups has no finite value";

/// Fits logit P(event) = intercept of the group + slope * log-odds by maximum likelihood (Newton's method, steps of at
/// most 1). O(n) a step, about 6 steps.
///
/// # Errors
/// When all risks within each group are the same, a group has one outcome only, or no finite slope fits.
pub fn common_slope(points: &[LinePoint], groups: usize) -> Result<Lines, &'static str> {
    let mut lines = Lines { intercepts: vec![0.0; groups], slope: 1.0 };
    for _ in 0..60 {
        let sums = sums(points, &lines);
        let centre = |s: &Sums| s.weight_x / s.weight;
        if sums.iter().any(|s| s.weight <= 1e-9) {
            return Err(UNSETTLED);
        }
        let score: f64 = sums.iter().map(|s| s.residual_x - centre(s) * s.residual).sum();
        let information: f64 = sums.iter().map(|s| s.weight_xx - centre(s) * s.weight_x).sum();
        let all: f64 = sums.iter().map(|s| s.weight_xx).sum();
        if information <= 1e-10 * all || information <= 1e-12 {
            return Err("all predicted risks within each group are the same");
        }
        let rise = (score / information).clamp(-1.0, 1.0);
        lines.slope += rise;
        let mut largest = rise.abs();
        for (intercept, s) in lines.intercepts.iter_mut().zip(&sums) {
            let step = ((s.residual - s.weight_x * rise) / s.weight).clamp(-2.0, 2.0);
            *intercept += step;
            largest = largest.max(step.abs());
        }
        if lines.slope.abs() > 50.0 {
            return Err(UNSETTLED);
        }
        if largest < 1e-9 {
            return Ok(lines);
        }
    }
    Err(UNSETTLED)
}

fn sums(points: &[LinePoint], lines: &Lines) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); lines.intercepts.len()];
    for point in points {
        let p = chance(lines.intercepts[point.group] + lines.slope * point.log_odds);
        let (residual, weight, s) =
            (f64::from(u8::from(point.event)) - p, p * (1.0 - p), &mut sums[point.group]);
        s.residual += residual;
        s.residual_x += residual * point.log_odds;
        s.weight += weight;
        s.weight_x += weight * point.log_odds;
        s.weight_xx += weight * point.log_odds * point.log_odds;
    }
    sums
}

/// The intercept at which the chances at `slope * log-odds + intercept` add up to `total`; by halving an interval
/// that Newton's steps may not leave. O(n) a step.
///
/// # Errors
/// When `total` is not above 0 and below the number of log-odds.
pub fn intercept_for(log_odds: &[f64], slope: f64, total: f64) -> Result<f64, &'static str> {
    if !(total > 0.0 && total < log_odds.len() as f64) {
        return Err("a group would be expected to have the outcome always or never");
    }
    let (mut low, mut high, mut at) = (-800.0, 800.0, 0.0);
    for _ in 0..200 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for x in log_odds {
            let p = chance(at + slope * x);
            sum += p;
            weight += p * (1.0 - p);
        }
        if sum > total {
            high = at;
        } else {
            low = at;
        }
        let newton = at + (total - sum) / weight;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - at).abs() < 1e-11 {
            break;
        }
        at = next;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Risks 1/5 and 4/5 in both groups (log-odds -ln 4, ln 4). Group 0: 1 of 3 and 2 of 3 came (±ln 2): slope 1/2,
    /// intercept 0. Group 1 at odds twice as high, 1 of 2 and 4 of 5 (0, ln 4): slope 1/2, intercept ln 2.
    #[test]
    fn two_groups_by_hand() {
        let mut points = Vec::new();
        for (group, x, came, rows) in [(0, -1.0, 1, 3), (0, 1.0, 2, 3), (1, -1.0, 5, 10), (1, 1.0, 8, 10)] {
            let log_odds = x * 4.0_f64.ln();
            points.extend((0..rows).map(|at| LinePoint { group, log_odds, event: at < came }));
        }
        let got = common_slope(&points, 2).unwrap();
        assert!((got.slope - 0.5).abs() < 1e-12 && got.intercepts[0].abs() < 1e-12, "{got:?}");
        assert!((got.intercepts[1] - 2.0_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn an_intercept_by_hand() {
        // Odds doubled: 1/2 and 2/3 where 1/3 and 1/2 were.
        let x = [-(2.0_f64.ln()), 0.0];
        assert!((intercept_for(&x, 1.0, 7.0 / 6.0).unwrap() - 2.0_f64.ln()).abs() < 1e-9);
        assert!(intercept_for(&x, 1.0, 2.0).is_err() && intercept_for(&x, 1.0, 0.0).is_err());
        assert!((intercept_for(&[-700.0], 1.0, 0.5).unwrap() - 700.0).abs() < 1e-6);
    }

    #[test]
    fn separated_or_constant_risks_have_no_slope() {
        let point = |group, log_odds, event| LinePoint { group, log_odds, event };
        let apart = [point(0, -1.0, false), point(0, 1.0, true), point(1, -1.0, false), point(1, 1.0, true)];
        assert!(common_slope(&apart, 2).is_err());
        let flat = [point(0, 0.3, false), point(0, 0.3, true), point(1, 0.8, false), point(1, 0.8, true)];
        assert!(common_slope(&flat, 2).is_err());
    }
}
