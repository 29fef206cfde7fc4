//! Cleveland's `lowess` without robustness steps, as `rms::val.prob` draws its calibration curve.

use super::{Point, occupied, total_rows};

/// Share of the range of risks within which fits are interpolated rather than computed (R's default
/// `delta = 0.01 * diff(range(x))`).
const DELTA: f64 = 0.01;

/// A lowess curve of the event rate on predicted risk.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowess {
    /// The risks at which a line was fitted, rising, and the fitted event rates.
    anchors: Vec<(f64, f64)>,
}

/// Fits `lowess(p, y, f = span, iter = 0)`.
///
/// `span` is the share of rows in a neighbourhood, above 0; `rms::val.prob` uses 2/3. A line is fitted with
/// tricube weights at risks about a hundredth of the range apart, and the curve is linear between them. A
/// point of three rows counts as three rows at that risk. Source: Cleveland 1979 (JASA 74:829-836) and his
/// `lowess.f`; `clowess` of R 4.2.2. O(100 * points).
///
/// # Errors
/// When all predicted risks are the same, the span is not above 0, or the points are illegal.
pub fn fit(points: &[Point], span: f64) -> Result<Lowess, &'static str> {
    let points = occupied(points)?;
    let span_is_legal = span > 0.0 && span.is_finite();
    if !span_is_legal {
        return Err("the span must be a number above 0");
    }
    let range = match points.as_slice() {
        [first, .., last] => last.p - first.p,
        _ => return Err("all predicted risks are the same"),
    };
    let mut window = Window::new(&points, span);
    let mut anchors = Vec::new();
    let mut next = Some(0);
    while let Some((place, point)) = next.and_then(|place| Some((place, points.get(place)?))) {
        window.move_to(point.p);
        let fitted = line_at(window.upwards(), point.p, window.half_width(point.p), range);
        anchors.push((point.p, fitted.unwrap_or(point.events / point.rows)));
        // The next fit is at the last risk within delta, or at the next risk if that is farther.
        let beyond = points.partition_point(|other| other.p <= point.p + DELTA * range);
        next = Some((place + 1).max(beyond - 1));
    }
    Ok(Lowess { anchors })
}

impl Lowess {
    /// The fitted event rate at a predicted risk.
    ///
    /// Not clipped: the curve may leave 0 to 1. Defined on the range of the fitted risks; a risk outside
    /// takes the value at the nearer end. O(log anchors).
    #[must_use]
    pub fn at(&self, p: f64) -> f64 {
        let place = self.anchors.partition_point(|&(anchor, _)| anchor < p);
        let below = place.checked_sub(1).and_then(|last| self.anchors.get(last));
        match (below, self.anchors.get(place)) {
            (Some(&(lower, left)), Some(&(upper, right))) => {
                let share = (p - lower) / (upper - lower);
                share * right + (1.0 - share) * left
            }
            (Some(&(_, end)), None) | (None, Some(&(_, end))) => end,
            (None, None) => 0.0,
        }
    }
}

/// The nearest rows around a risk: a run of rows that only ever moves up.
///
/// Its first and last row lie in the points `first` and `last`; `spare_first` and `spare_last` count the rows
/// by which it can move before it leaves `first`, or before it needs the point after `last`.
struct Window<'a> {
    points: &'a [Point],
    first: usize,
    last: usize,
    spare_first: f64,
    spare_last: f64,
}

impl<'a> Window<'a> {
    /// The first rows: the span's share of all, at least two.
    fn new(points: &'a [Point], span: f64) -> Self {
        let rows = total_rows(points);
        let size = (span * rows + 1e-7).floor().min(rows).max(2.0);
        let (mut last, mut upto) = (0, 0.0);
        for (place, point) in points.iter().enumerate() {
            last = place;
            upto += point.rows;
            if upto >= size {
                break;
            }
        }
        let spare_first = points.first().map_or(0.0, |point| point.rows);
        Self { points, first: 0, last, spare_first, spare_last: upto - size }
    }

    /// Moves up while the row entering is nearer to `at` than the row leaving.
    ///
    /// Rows of a point enter and leave together as far as they can, so the cost is O(points) over all moves.
    fn move_to(&mut self, at: f64) {
        loop {
            let entering = if self.spare_last > 0.0 { self.last } else { self.last + 1 };
            let (Some(leaving), Some(next)) = (self.points.get(self.first), self.points.get(entering)) else {
                return;
            };
            if at - leaving.p <= next.p - at {
                return;
            }
            let available = if entering > self.last { next.rows } else { self.spare_last };
            let moved = self.spare_first.min(available);
            self.last = entering;
            self.spare_last = available - moved;
            self.spare_first -= moved;
            if self.spare_first <= 0.0 {
                self.first += 1;
                self.spare_first = self.points.get(self.first).map_or(0.0, |point| point.rows);
            }
        }
    }

    /// The points from the window's first row upwards; weights end the run on the right.
    ///
    /// When the window starts within a point, that point lies at the half width and weighs nothing, so its
    /// rows need not be divided.
    fn upwards(&self) -> &'a [Point] {
        self.points.get(self.first..).unwrap_or_default()
    }

    /// Distance from `at` to the farther end of the window.
    fn half_width(&self, at: f64) -> f64 {
        let below = self.points.get(self.first).map_or(0.0, |point| at - point.p);
        let above = self.points.get(self.last).map_or(0.0, |point| point.p - at);
        below.max(above)
    }
}

/// Height at `at` of the line fitted with tricube weights of the given half width; none if nothing weighs.
///
/// As in `lowest` of R: within a thousandth of the half width the weight is 1, beyond 0.999 of it 0; where
/// the weighted spread is under a thousandth of the range, the weighted mean stands in for the line.
fn line_at(points: &[Point], at: f64, half_width: f64, range: f64) -> Option<f64> {
    let farthest = 0.999 * half_width;
    let mut weighted = Vec::with_capacity(points.len());
    let (mut total, mut centre, mut rate) = (0.0, 0.0, 0.0);
    for point in points {
        let distance = (point.p - at).abs();
        if distance > farthest {
            if point.p > at {
                break;
            }
            continue;
        }
        let relative = distance / half_width;
        let near = distance <= 0.001 * half_width;
        let tricube = if near { 1.0 } else { (1.0 - relative * relative * relative).powi(3) };
        let weight = tricube * point.rows;
        total += weight;
        centre += weight * point.p;
        rate += tricube * point.events;
        weighted.push((point.p, weight, tricube * point.events));
    }
    if total <= 0.0 {
        return None;
    }
    centre /= total;
    rate /= total;
    let (mut spread, mut tilt) = (0.0, 0.0);
    for (p, weight, events) in weighted {
        spread += weight * (p - centre) * (p - centre);
        tilt += events * (p - centre);
    }
    let level = (spread / total).sqrt() <= 0.001 * range;
    Some(if level { rate } else { rate + (at - centre) * tilt / spread })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(p: f64, rows: f64, events: f64) -> Point {
        Point { p, rows, events }
    }

    /// Single rows in the clear: every copy of a point its own row, as R is given them.
    fn row_by_row(points: &[Point], span: f64, at: f64) -> f64 {
        let mut rows = Vec::new();
        for group in points {
            let mut left = group.events;
            let mut copies = group.rows;
            while copies > 0.0 {
                rows.push((group.p, left.clamp(0.0, 1.0)));
                left -= 1.0;
                copies -= 1.0;
            }
        }
        let size =
            (1..=rows.len()).take_while(|&n| n as f64 <= span * rows.len() as f64 + 1e-7).count().max(2);
        let mut distances: Vec<f64> = rows.iter().map(|(p, _)| (p - at).abs()).collect();
        distances.sort_by(f64::total_cmp);
        let half = distances[size - 1];
        let mut sums = [0.0; 5];
        for (p, y) in rows {
            let r = (p - at).abs();
            let near = if r <= 0.001 * half { 1.0 } else { (1.0 - (r / half).powi(3)).powi(3) };
            let w = if r > 0.999 * half { 0.0 } else { near };
            let x = p - at;
            for (sum, term) in sums.iter_mut().zip([w, w * x, w * x * x, w * y, w * x * y]) {
                *sum += term;
            }
        }
        let [w, x, xx, y, xy] = sums;
        (xx * y - x * xy) / (w * xx - x * x)
    }

    #[test]
    fn copies_are_rows() {
        let points: Vec<Point> = (0..30)
            .map(|i| {
                let rows = f64::from(1 + (i * 7) % 5);
                point(f64::from(i) / 29.0, rows, (rows * f64::from(i % 4) / 3.0).round())
            })
            .collect();
        let curve = fit(&points, 2.0 / 3.0).unwrap();
        assert_eq!(curve.anchors.len(), 30);
        for &(at, fitted) in &curve.anchors {
            let wanted = row_by_row(&points, 2.0 / 3.0, at);
            assert!((fitted - wanted).abs() < 1e-10, "{at}: {fitted} {wanted}");
        }
    }

    #[test]
    fn a_straight_line_is_kept_and_joined_straight() {
        let points: Vec<Point> = (0..500)
            .map(|i| {
                let p = f64::from(i) / 499.0;
                point(p, 2.0, 2.0 * (0.2 + 0.5 * p))
            })
            .collect();
        let curve = fit(&points, 2.0 / 3.0).unwrap();
        assert!(curve.anchors.len() < 130);
        for at in [0.0, 0.003, 0.5, 0.9999, 1.0] {
            assert!((curve.at(at) - (0.2 + 0.5 * at)).abs() < 1e-12);
        }
    }

    #[test]
    fn ties_wider_than_the_window_give_their_own_rate() {
        // Two thirds of 15 rows are all at 0.5, so the window has no width there.
        let points = [point(0.0, 2.0, 1.0), point(0.5, 11.0, 4.0), point(1.0, 2.0, 1.0)];
        let curve = fit(&points, 2.0 / 3.0).unwrap();
        assert!((curve.at(0.5) - 4.0 / 11.0).abs() < 1e-12);
    }

    #[test]
    fn undefined_cases_carry_reasons() {
        assert_eq!(fit(&[point(0.5, 5.0, 1.0)], 0.5), Err("all predicted risks are the same"));
        let two = [point(0.0, 1.0, 0.0), point(1.0, 1.0, 1.0)];
        assert!(fit(&two, 0.0).is_err() && fit(&two, f64::NAN).is_err());
        // Two single rows: each window is both rows, and the far row is at its edge.
        let curve = fit(&two, 2.0 / 3.0).unwrap();
        assert!(curve.at(0.0).abs() < 1e-12 && (curve.at(1.0) - 1.0).abs() < 1e-12);
        assert!((curve.at(0.25) - 0.25).abs() < 1e-12);
    }
}
