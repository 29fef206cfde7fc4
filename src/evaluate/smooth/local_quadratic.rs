//! Local quadratic regression at one predicted risk: the step that loess repeats.

use super::least_squares::{self, Row};
use super::{Point, Value, occupied, total_rows};

/// Height and slope of a local quadratic at the risk where it was fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalFit {
    /// Fitted event rate; may leave 0 to 1.
    pub value: f64,
    /// Its rise per unit of predicted risk.
    pub slope: f64,
}

/// The number of rows in a neighbourhood: the span's share of all rows, rounded down.
///
/// # Errors
/// When the span is outside (0, 1], or the neighbourhood has fewer than four rows (three coefficients need
/// more rows than coefficients: R's "span is too small").
pub fn neighbourhood_rows(rows: f64, span: f64) -> Value {
    let span_is_legal = span > 0.0 && span <= 1.0;
    if !span_is_legal {
        return Err("the span must be above 0 and at most 1");
    }
    // The small addition is that of `loess_workspace` in R: 0.7 of 10 rows is 7, whatever the rounding.
    let nearest = (rows * span + 1e-5).floor().min(rows);
    if nearest < 4.0 { Err("too few rows for a local quadratic") } else { Ok(nearest) }
}

/// Fits a quadratic by weighted least squares to the `nearest` rows around the risk `at`.
///
/// Weights are tricube, (1 - (d / h)^3)^3, where d is the distance from `at` and h the distance of the
/// `nearest`-th nearest row, copies counted; rows at h or beyond weigh nothing. Points must be sorted, with
/// rows above 0. A singular design (too few distinct risks nearby) falls back on the pseudo-inverse.
/// Source: Cleveland and Devlin 1988 (JASA 83:596-610); `ehg127` of R 4.2.2. O(points).
///
/// # Errors
/// When so many rows share one risk that the neighbourhood has no width, or holds nothing within its edge
/// (R stops there too).
pub fn local_fit(points: &[Point], nearest: f64, at: f64) -> Result<LocalFit, &'static str> {
    let (neighbours, width) = neighbourhood(points, nearest, at);
    if width <= 0.0 {
        return Err("so many rows share one predicted risk that the neighbourhood has no width");
    }
    let mut design: Vec<Row> = Vec::with_capacity(neighbours.len());
    for point in neighbours {
        let offset = point.p - at;
        let relative = offset.abs() / width;
        let tricube = (1.0 - relative * relative * relative).max(0.0).powi(3);
        if tricube > 0.0 {
            let root = (point.rows * tricube).sqrt();
            design.push([root, root * offset, root * offset * offset, root * point.events / point.rows]);
        }
    }
    if design.is_empty() {
        return Err("so many rows share one predicted risk that all of a neighbourhood lies on its edge");
    }
    let distinct = design.len();
    let [value, slope, _] = least_squares::solve(&mut design, distinct);
    Ok(LocalFit { value, slope })
}

/// The points holding the `nearest` rows around `at`, and the distance of the farthest of them.
fn neighbourhood(points: &[Point], nearest: f64, at: f64) -> (&[Point], f64) {
    let mut end = points.partition_point(|point| point.p < at);
    let mut start = end;
    let (mut rows, mut width) = (0.0, 0.0);
    while rows < nearest {
        let below = start.checked_sub(1).and_then(|place| points.get(place));
        let above = points.get(end);
        let below_is_nearer = match (below, above) {
            (Some(below), Some(above)) => at - below.p <= above.p - at,
            (below, _) => below.is_some(),
        };
        let Some(next) = (if below_is_nearer { below } else { above }) else { break };
        rows += next.rows;
        width = (next.p - at).abs();
        if below_is_nearer {
            start -= 1;
        } else {
            end += 1;
        }
    }
    (points.get(start..end).unwrap_or_default(), width)
}

/// Loess of the outcome on predicted risk, degree 2, evaluated exactly at `at` (R's `surface = "direct"`).
///
/// `span` is the share of rows in a neighbourhood, above 0 and at most 1; `at` may be any finite risk. The
/// value is not clipped to 0 to 1. Costs O(points) a call; use [`Loess`](super::loess::Loess) for many.
///
/// # Errors
/// As [`neighbourhood_rows`] and [`local_fit`]; also for illegal points, or `at` not finite.
pub fn direct(points: &[Point], span: f64, at: f64) -> Value {
    if !at.is_finite() {
        return Err("the risk to evaluate at must be a finite number");
    }
    let points = occupied(points)?;
    let nearest = neighbourhood_rows(total_rows(&points), span)?;
    local_fit(&points, nearest, at).map(|fit| fit.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quadratic(p: f64) -> f64 {
        0.1 + 0.2 * p + 0.6 * p * p
    }

    fn quadratic_points() -> Vec<Point> {
        let risks = (0..40).map(|i| f64::from(i) / 39.0);
        risks
            .zip([1.0, 3.0, 2.0, 7.0].into_iter().cycle())
            .map(|(p, rows)| Point { p, rows, events: rows * quadratic(p) })
            .collect()
    }

    #[test]
    fn the_loess_of_a_quadratic_is_the_quadratic() {
        for at in [0.0, 0.013, 0.5, 0.77, 1.0] {
            let found = direct(&quadratic_points(), 0.75, at).unwrap();
            assert!((found - quadratic(at)).abs() < 1e-12, "{at}: {found}");
        }
        let points = quadratic_points();
        let slope = local_fit(&points, 60.0, 0.5).unwrap().slope;
        assert!((slope - 0.8).abs() < 1e-11, "{slope}");
    }

    #[test]
    fn the_neighbourhood_counts_copies() {
        let points = [(0.1, 2.0), (0.2, 1.0), (0.4, 5.0)].map(|(p, rows)| Point { p, rows, events: 0.0 });
        let (two, width) = neighbourhood(&points, 2.0, 0.19);
        assert!(two.len() == 2 && (width - 0.09).abs() < 1e-12);
        let (three, width) = neighbourhood(&points, 4.0, 0.19);
        assert!(three.len() == 3 && (width - 0.21).abs() < 1e-12);
    }

    #[test]
    fn a_point_of_three_rows_is_three_rows() {
        let points = quadratic_points();
        let points: Vec<Point> = points
            .iter()
            .map(|w| Point { events: (w.rows * (6.0 * w.p).sin().abs()).round(), ..*w })
            .collect();
        // Rows one by one, a vanishing gap apart since risks must differ.
        let mut single = Vec::new();
        for w in &points {
            let (mut copy, mut events) = (0.0, w.events);
            while copy < w.rows {
                single.push(Point {
                    p: w.p * (1.0 - 1e-13 * (w.rows - copy)),
                    rows: 1.0,
                    events: events.min(1.0),
                });
                events -= events.min(1.0);
                copy += 1.0;
            }
        }
        single.retain(|s| s.p > 0.0);
        let points = &points[1..];
        for at in [0.0, 0.2, 0.51, 1.0] {
            let (grouped, rowwise) = (direct(points, 0.7, at).unwrap(), direct(&single, 0.7, at).unwrap());
            assert!((grouped - rowwise).abs() < 1e-9, "{at}: {grouped} {rowwise}");
        }
    }

    #[test]
    fn two_distinct_risks_give_a_line_like_fit_through_both() {
        let points = [(0.1, 0.0), (0.3, 5.0), (0.9, 5.0)].map(|(p, events)| Point { p, rows: 5.0, events });
        // Ten of fifteen rows around 0.1: 0.3 is at the edge and weighs nothing, so the fit is that of 0.1.
        let fit = local_fit(&points, 10.0, 0.1).unwrap();
        assert!(fit.value.abs() < 1e-12);
        // Twelve rows around 0.1 reach 0.9; the quadratic has two distinct risks and passes through both.
        let fit = local_fit(&points, 12.0, 0.1).unwrap();
        assert!(fit.value.abs() < 1e-9 && fit.slope > 0.0);
    }

    #[test]
    fn undefined_cases_carry_reasons() {
        let points = [Point { p: 0.2, rows: 9.0, events: 1.0 }, Point { p: 0.6, rows: 1.0, events: 1.0 }];
        assert!(direct(&points, 0.75, 0.2).unwrap_err().contains("no width"));
        assert!(direct(&points, 0.75, 0.1).unwrap_err().contains("on its edge"));
        assert!(direct(&points, 0.3, 0.2).unwrap_err().contains("too few rows"));
        assert!(direct(&points, 1.5, 0.2).unwrap_err().contains("span"));
        assert!(direct(&points, f64::NAN, 0.2).unwrap_err().contains("span"));
        assert!(direct(&points, 0.75, f64::NAN).unwrap_err().contains("finite"));
    }
}
