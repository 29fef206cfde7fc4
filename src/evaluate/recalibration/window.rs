//! The check that a window of rows is fit to learn a recalibration from.

use super::super::calibration::{Point, point};

/// The fewest events, and the fewest non-events, a window must have.
pub const FEWEST: f64 = 10.0;

/// Gathers the rows of a window into points, refusing a window from which no recalibration should be learnt.
///
/// Inputs: predicted risks in [0, 1] and outcomes, of the same length. Refused: fewer than 10 events or
/// non-events, one risk for all rows, and risks that separate events from non-events (the fit would be
/// infinitely steep, or give everyone 0 or 1). Cost: one sort.
pub fn gather(p: &[f64], y: &[bool]) -> Result<Vec<Point>, &'static str> {
    let points = point::collapse(p, y)?;
    let total = point::totals(&points)?;
    if total.events < FEWEST {
        return Err("fewer than 10 events");
    }
    if total.rows - total.events < FEWEST {
        return Err("fewer than 10 non-events");
    }
    point::check_slope(&points)?;
    Ok(points)
}

/// As [`gather`], and refuses risks of exactly 0 or 1: for methods on the log-odds.
pub fn gather_log_odds(p: &[f64], y: &[bool]) -> Result<Vec<Point>, &'static str> {
    let points = gather(p, y)?;
    point::check_log_odds(&points)?;
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two risks with 10 rows each way but for `lacking` events fewer.
    fn rows(lacking: usize) -> (Vec<f64>, Vec<bool>) {
        (0..20).map(|i| (if i % 4 < 2 { 0.2 } else { 0.6 }, i % 2 == 0 && i >= 2 * lacking)).unzip()
    }

    #[test]
    fn ten_events_and_ten_non_events_are_enough_and_nine_are_not() {
        let (p, y) = rows(0);
        assert_eq!(gather_log_odds(&p, &y).map(|points| points.len()), Ok(2));
        let (p, y) = rows(1);
        assert_eq!(gather(&p, &y), Err("fewer than 10 events"));
        let y: Vec<bool> = y.iter().map(|event| !event).collect();
        assert_eq!(gather(&p, &y), Err("fewer than 10 non-events"));
    }

    #[test]
    fn only_log_odds_need_risks_off_the_ends() {
        let (mut p, y) = rows(0);
        p[3] = 1.0;
        assert!(gather(&p, &y).is_ok());
        assert_eq!(gather_log_odds(&p, &y), Err("a predicted risk of exactly 0 or 1 has no log-odds"));
    }
}
