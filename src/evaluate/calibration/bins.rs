//! Rows grouped into bins by predicted risk.

use super::{Point, point};

/// The rows of one bin.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bin {
    /// Number of rows; 0 for an empty bin.
    pub rows: f64,
    /// Number of rows with the outcome.
    pub events: f64,
    /// Sum of the predicted risks.
    pub risks: f64,
}

impl Bin {
    /// The share of rows with the outcome; nothing for an empty bin.
    pub fn event_rate(&self) -> Option<f64> {
        (self.rows > 0.0).then(|| self.events / self.rows)
    }

    /// The mean predicted risk; nothing for an empty bin.
    pub fn mean_risk(&self) -> Option<f64> {
        (self.rows > 0.0).then(|| self.risks / self.rows)
    }

    /// The size of the difference between event rate and mean predicted risk; 0 for an empty bin.
    pub fn gap(&self) -> f64 {
        if self.rows > 0.0 { (self.events - self.risks).abs() / self.rows } else { 0.0 }
    }

    fn add(&mut self, point: &Point, rows: f64) {
        self.rows += rows;
        self.events += rows * (point.events / point.rows);
        self.risks += rows * point.p;
    }
}

/// Bins of equal width on [0, 1], empty ones included.
///
/// Bin i holds i/bins <= p < (i + 1)/bins, the last also p = 1; the edges are the doubles i * (1/bins), as
/// numpy's `linspace` makes them for netcal 1.4.0 (so 0.3 is below the fourth of eleven edges,
/// 0.30000000000000004). Undefined without rows or bins. Cost: O(points + bins).
pub fn equal_width(points: &[Point], bins: u32) -> Result<Vec<Bin>, &'static str> {
    point::totals(points)?;
    if bins == 0 {
        return Err("no bins");
    }
    let width = 1.0 / f64::from(bins);
    let mut rest = points.iter().peekable();
    let bin = |number: u32| {
        let mut bin = Bin::default();
        let upper = f64::from(number) * width;
        while let Some(point) = rest.next_if(|point| number == bins || point.p < upper) {
            if point.rows > 0.0 {
                bin.add(point, point.rows);
            }
        }
        bin
    };
    Ok((1..=bins).map(bin).collect())
}

/// Bins of equal numbers of rows, in order of rising risk.
///
/// As numpy's `array_split` of the sorted rows: with n rows the first n mod `bins` bins have one row more.
/// Rows of one risk on a border are divided as copies: each bin takes its number of rows with the event rate
/// of that risk, so the answer does not depend on the order of tied rows (`array_split` after a stable sort
/// does). Undefined where rows are not whole numbers or fewer than the bins. Cost: O(points + bins).
pub fn equal_mass(points: &[Point], bins: u32) -> Result<Vec<Bin>, &'static str> {
    let total = point::whole_totals(points)?;
    if bins == 0 {
        return Err("no bins");
    }
    if total.rows < f64::from(bins) {
        return Err("fewer rows than bins");
    }
    let small = (total.rows / f64::from(bins)).floor();
    let larger_bins = total.rows - small * f64::from(bins);
    let mut rest = points.iter().filter(|point| point.rows > 0.0);
    let mut current = rest.next();
    let mut left = current.map_or(0.0, |point| point.rows);
    let bin = |number: u32| {
        let mut bin = Bin::default();
        let size = if f64::from(number) < larger_bins { small + 1.0 } else { small };
        while let Some(point) = current
            && bin.rows < size
        {
            let taken = left.min(size - bin.rows);
            bin.add(point, taken);
            left -= taken;
            if left <= 0.0 {
                current = rest.next();
                left = current.map_or(0.0, |point| point.rows);
            }
        }
        bin
    };
    Ok((0..bins).map(bin).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(p: f64, rows: f64, events: f64) -> Point {
        Point { p, rows, events }
    }

    fn rows(bins: &[Bin]) -> Vec<f64> {
        bins.iter().map(|bin| bin.rows).collect()
    }

    #[test]
    fn an_edge_belongs_to_the_bin_above_and_one_to_the_last() {
        let points =
            [point(0.0, 1.0, 0.0), point(0.25, 2.0, 1.0), point(0.5, 4.0, 1.0), point(1.0, 8.0, 8.0)];
        assert_eq!(rows(&equal_width(&points, 4).unwrap()), [1.0, 2.0, 4.0, 8.0]);
    }

    #[test]
    fn edges_are_the_doubles_of_numpy() {
        // numpy.histogram([0.3], numpy.linspace(0, 1, 11)) counts in the third bin.
        let found = equal_width(&[point(0.3, 1.0, 0.0)], 10).unwrap();
        assert!((found[2].rows - 1.0).abs() < 1e-15);
        assert_eq!(found[5], Bin::default());
        assert_eq!((found[5].event_rate(), found[5].mean_risk()), (None, None));
    }

    #[test]
    fn the_first_bins_are_larger_as_in_array_split() {
        // numpy.array_split(range(11), 4) has 3, 3, 3 and 2 elements.
        let points: Vec<Point> = (0..11).map(|i| point(f64::from(i) / 20.0, 1.0, 0.0)).collect();
        assert_eq!(rows(&equal_mass(&points, 4).unwrap()), [3.0, 3.0, 3.0, 2.0]);
    }

    #[test]
    fn a_point_on_a_border_is_divided_in_copies() {
        let found = equal_mass(&[point(0.2, 6.0, 3.0), point(0.8, 2.0, 2.0)], 2).unwrap();
        assert_eq!(rows(&found), [4.0, 4.0]);
        assert!((found[0].events - 2.0).abs() < 1e-14);
        assert!((found[1].events - 3.0).abs() < 1e-14);
        assert!((found[1].mean_risk().unwrap() - 0.5).abs() < 1e-14);
        assert!((found[1].gap() - 0.25).abs() < 1e-14);
    }

    #[test]
    fn points_without_rows_are_passed_over() {
        let points = [point(0.1, 0.0, 0.0), point(0.2, 1.0, 1.0), point(0.3, 0.0, 0.0), point(0.4, 1.0, 0.0)];
        assert_eq!(rows(&equal_mass(&points, 2).unwrap()), [1.0, 1.0]);
        assert_eq!(rows(&equal_width(&points, 1).unwrap()), [2.0]);
    }

    #[test]
    fn unusable_requests_are_refused() {
        assert_eq!(equal_mass(&[point(0.2, 1.0, 0.0)], 2), Err("fewer rows than bins"));
        assert!(equal_mass(&[point(0.2, 2.5, 0.0)], 2).is_err());
        assert_eq!(equal_width(&[point(0.2, 1.0, 0.0)], 0), Err("no bins"));
        assert_eq!(equal_width(&[], 5), Err("no rows"));
    }
}
