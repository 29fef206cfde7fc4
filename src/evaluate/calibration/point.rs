//! Predicted risks and outcomes as weighted points, and the checks every measure makes on them.

/// All rows that share one predicted risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The predicted risk, a probability in [0, 1].
    pub p: f64,
    /// How many rows have this risk: at least 0 (a bootstrap replicate may leave a point out).
    pub rows: f64,
    /// How many of those rows had the outcome: from 0 to `rows`.
    pub events: f64,
}

/// Sums over all points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Totals {
    /// The number of rows, above 0.
    pub rows: f64,
    /// The number of rows with the outcome.
    pub events: f64,
}

impl Totals {
    /// The share of rows with the outcome, in [0, 1].
    pub fn event_rate(&self) -> f64 {
        self.events / self.rows
    }
}

/// Gathers rows into points sorted by rising distinct predicted risk.
///
/// Inputs: `p` predicted risks in [0, 1], `y` the outcomes, of the same length. Refuses unequal lengths,
/// no rows, and risks that are not a number in [0, 1]. Cost: one sort, O(n log n).
pub fn collapse(p: &[f64], y: &[bool]) -> Result<Vec<Point>, &'static str> {
    if p.len() != y.len() {
        return Err("the predicted risks and the outcomes differ in number");
    }
    if p.is_empty() {
        return Err("no rows");
    }
    if !p.iter().all(|risk| (0.0..=1.0).contains(risk)) {
        return Err("a predicted risk is not a number from 0 to 1");
    }
    // Adding 0 turns a negative zero into zero, so that both are one point.
    let mut pairs: Vec<(f64, bool)> = p.iter().zip(y).map(|(&risk, &event)| (risk + 0.0, event)).collect();
    pairs.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let mut points: Vec<Point> = Vec::new();
    for (risk, event) in pairs {
        let events = f64::from(u8::from(event));
        match points.last_mut() {
            Some(last) if last.p.total_cmp(&risk).is_eq() => {
                last.rows += 1.0;
                last.events += events;
            }
            _ => points.push(Point { p: risk, rows: 1.0, events }),
        }
    }
    Ok(points)
}

/// Checks that points are sorted, distinct and possible, and sums them.
///
/// Weights need not be whole numbers here; see [`whole_totals`]. Cost: O(points).
pub fn totals(points: &[Point]) -> Result<Totals, &'static str> {
    let mut sum = Totals { rows: 0.0, events: 0.0 };
    let mut previous = -1.0;
    for point in points {
        if !(0.0..=1.0).contains(&point.p) {
            return Err("a predicted risk is not a number from 0 to 1");
        }
        if point.p <= previous {
            return Err("the points are not sorted by rising distinct predicted risk");
        }
        if !point.rows.is_finite() || !(0.0..=point.rows).contains(&point.events) {
            return Err("a point has an impossible number of rows or events");
        }
        previous = point.p;
        sum.rows += point.rows;
        sum.events += point.events;
    }
    if sum.rows > 0.0 { Ok(sum) } else { Err("no rows") }
}

/// As [`totals`], and refuses weights that are not whole numbers: for measures that divide rows one by one
/// into groups.
pub fn whole_totals(points: &[Point]) -> Result<Totals, &'static str> {
    let sum = totals(points)?;
    if points.iter().any(|point| point.rows.fract() > 0.0) {
        return Err("the number of rows at a point is not a whole number");
    }
    Ok(sum)
}

/// Checks that the logistic calibration model of intercept alone can be fitted: both outcomes present and
/// every risk strictly between 0 and 1.
pub fn check_log_odds(points: &[Point]) -> Result<Totals, &'static str> {
    let sum = totals(points)?;
    let present = || points.iter().filter(|point| point.rows > 0.0);
    if present().any(|point| point.p <= 0.0 || point.p >= 1.0) {
        return Err("a predicted risk of exactly 0 or 1 has no log-odds");
    }
    if sum.events <= 0.0 {
        return Err("no events");
    }
    if sum.events >= sum.rows {
        return Err("no non-events");
    }
    Ok(sum)
}

/// Checks that a slope on the predicted risk can be estimated: at least two distinct risks, and events not
/// split from non-events by a threshold (a shared risk at the threshold included), since the maximum
/// likelihood slope is infinite there (Albert and Anderson 1984, Biometrika 71:1).
pub fn check_slope(points: &[Point]) -> Result<(), &'static str> {
    let (mut event, mut non_event) = (Range::EMPTY, Range::EMPTY);
    for point in points.iter().filter(|point| point.rows > 0.0) {
        if point.events > 0.0 {
            event.include(point.p);
        }
        if point.events < point.rows {
            non_event.include(point.p);
        }
    }
    let (lowest, highest) = (event.lowest.min(non_event.lowest), event.highest.max(non_event.highest));
    if lowest >= highest {
        return Err("all predicted risks are the same");
    }
    if event.lowest >= non_event.highest || non_event.lowest >= event.highest {
        return Err("the predicted risks separate events from non-events completely");
    }
    Ok(())
}

/// The lowest and highest risk of one outcome class.
struct Range {
    lowest: f64,
    highest: f64,
}

impl Range {
    const EMPTY: Self = Self { lowest: f64::INFINITY, highest: f64::NEG_INFINITY };

    fn include(&mut self, p: f64) {
        self.lowest = self.lowest.min(p);
        self.highest = self.highest.max(p);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_risk_become_one_point() {
        let points = collapse(&[0.5, 0.0, 0.5, -0.0, 1.0], &[true, false, false, true, true]).unwrap();
        let expected = [(0.0, 2.0, 1.0), (0.5, 2.0, 1.0), (1.0, 1.0, 1.0)];
        assert_eq!(points, expected.map(|(p, rows, events)| Point { p, rows, events }));
    }

    #[test]
    fn impossible_rows_are_refused() {
        assert_eq!(collapse(&[], &[]), Err("no rows"));
        assert!(collapse(&[0.5], &[]).is_err());
        assert!(collapse(&[f64::NAN], &[true]).is_err());
        assert!(collapse(&[1.5], &[true]).is_err());
    }

    #[test]
    fn impossible_points_are_refused() {
        let point = |p, rows, events| Point { p, rows, events };
        assert!(totals(&[point(0.5, 1.0, 0.0), point(0.5, 1.0, 0.0)]).is_err());
        assert!(totals(&[point(0.5, 1.0, 2.0)]).is_err());
        assert!(totals(&[point(0.5, f64::NAN, 0.0)]).is_err());
        assert_eq!(totals(&[point(0.5, 0.0, 0.0)]), Err("no rows"));
        assert!(whole_totals(&[point(0.5, 1.5, 1.0)]).is_err());
        assert!(totals(&[point(0.5, 1.5, 1.0)]).is_ok());
    }

    #[test]
    fn separation_is_seen_also_when_the_classes_touch() {
        let check = |p: &[f64], y: &[bool]| check_slope(&collapse(p, y).unwrap());
        let apart = Err("the predicted risks separate events from non-events completely");
        assert_eq!(check(&[0.1, 0.2, 0.3], &[false, false, true]), apart);
        assert_eq!(check(&[0.1, 0.2, 0.2, 0.3], &[false, false, true, true]), apart);
        assert_eq!(check(&[0.1, 0.2, 0.3], &[true, true, false]), apart);
        assert_eq!(check(&[0.1, 0.2, 0.15], &[false, true, true]), apart);
        assert_eq!(check(&[0.1, 0.2, 0.3], &[false, true, false]), Ok(()));
        assert_eq!(check(&[0.1, 0.1], &[false, true]), Err("all predicted risks are the same"));
    }

    #[test]
    fn a_point_without_rows_counts_for_nothing() {
        let mut points = collapse(&[0.3, 0.4], &[true, false]).unwrap();
        points.insert(0, Point { p: 0.0, rows: 0.0, events: 0.0 });
        assert!(check_log_odds(&points).is_ok());
        points[0].rows = 1.0;
        assert!(check_log_odds(&points).is_err());
    }
}
