//! Bands and steps: intervals along a line, and lines that leave the frame.

use maud::{Markup, html};

use super::plot::{Frame, at};

/// A number on an axis, with its interval.
pub(super) type Bounded = (f64, f64, Option<(f64, f64)>);

impl Frame {
    /// A shaded band between the lower and upper ends of points that have them: place, value, ends.
    pub(super) fn band(&self, points: &[Bounded]) -> Markup {
        let ends = || points.iter().filter_map(|(x, _, ends)| ends.map(|ends| (*x, ends)));
        let corner = |x: f64, y: f64| format!("{},{}", at(self.across(x)), at(self.down(y)));
        let upper = ends().map(|(x, (_, high))| corner(x, high));
        let lower = ends().rev().map(|(x, (low, _))| corner(x, low));
        let corners: Vec<String> = upper.chain(lower).collect();
        html! {
            // One point has no width.
            @if corners.len() > 2 { polygon class="band" points=(corners.join(" ")) {} }
        }
    }

    /// The places of points in the drawing.
    pub(super) fn places(&self, points: &[Bounded]) -> Vec<(f64, f64)> {
        points.iter().map(|(x, y, _)| (self.across(*x), self.down(*y))).collect()
    }

    /// The places of a staircase that changes its height halfway between two points.
    pub(super) fn stairs(&self, points: &[Bounded]) -> Vec<(f64, f64)> {
        let places = self.places(points);
        let mut out = Vec::with_capacity(places.len() * 3);
        for (i, (x, y)) in places.iter().enumerate() {
            if let Some((before, height)) = i.checked_sub(1).and_then(|i| places.get(i)) {
                let half = f64::midpoint(*before, *x);
                out.extend([(half, *height), (half, *y)]);
            }
            out.push((*x, *y));
        }
        out
    }

    /// Draws only what lies within the frame.
    pub(super) fn within(&self, drawing: &Markup) -> Markup {
        let box_of = format!("{} {} {} {}", at(self.left), at(self.top), at(self.width), at(self.height));
        html! {
            svg class="within" x=(at(self.left)) y=(at(self.top)) width=(at(self.width)) height=(at(self.height)) viewBox=(box_of) {
                (drawing)
            }
        }
    }

    /// Where a value stands from top to bottom, outside the frame too.
    pub(super) fn fall(&self, value: f64) -> f64 {
        let (low, high) = self.y;
        self.top + self.height * (1.0 - (value - low) / (high - low))
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    const FRAME: Frame =
        Frame { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x: (0.0, 1.0), y: (0.0, 1.0) };

    #[test]
    fn a_band_goes_along_the_upper_ends_and_back_along_the_lower_ones() {
        let points = [(0.2, 0.3, Some((0.1, 0.5))), (0.4, 0.5, None), (0.6, 0.7, Some((0.6, 0.8)))];
        let drawn = FRAME.band(&points).into_string();
        assert!(drawn.contains("points=\"20.0,50.0 60.0,20.0 60.0,40.0 20.0,90.0\""), "{drawn}");
        assert!(FRAME.band(&points[..2]).into_string().is_empty(), "one point has no band");
    }

    #[test]
    fn a_staircase_changes_halfway() {
        let points = [(0.2, 0.3, None), (0.6, 0.7, None)];
        let expected = [(20.0, 70.0), (40.0, 70.0), (40.0, 30.0), (60.0, 30.0)];
        for ((x, y), (a, b)) in FRAME.stairs(&points).into_iter().zip(expected) {
            assert!((x - a).abs() < 1e-9 && (y - b).abs() < 1e-9, "{x} {y}");
        }
        assert!((FRAME.fall(-0.5) - 150.0).abs() < 1e-9);
    }
}
