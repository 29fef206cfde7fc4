//! Binned calibration errors: expected, maximum and average.
//!
//! All depend on the number and kind of bins and grow as bins hold fewer rows, even for perfectly calibrated
//! risks (Roelofs, Cain, Shlens and Mozer 2022, AISTATS); never compare them between different bins or sample
//! sizes.

use super::{Point, Value, bins, bins::Bin};

/// Expected calibration error with bins of equal width: the mean over rows of |event rate - mean risk| of the
/// bin.
///
/// Naeini, Cooper and Hauskrecht 2015 (AAAI); netcal 1.4.0 `ECE`, 10 bins by custom; edges as in
/// [`bins::equal_width`]. In [0, 1], 0 is best. Undefined without rows or bins. Cost: O(points + bins).
pub fn equal_width(points: &[Point], bins: u32) -> Value {
    Ok(mean_over_rows(&bins::equal_width(points, bins)?))
}

/// Expected calibration error with bins of equal numbers of rows.
///
/// numpy's `array_split` of the sorted rows; rows tied on a border are divided as copies (see
/// [`bins::equal_mass`]). In [0, 1], 0 is best. Undefined with fewer rows than bins. Cost: O(points + bins).
pub fn equal_mass(points: &[Point], bins: u32) -> Value {
    Ok(mean_over_rows(&bins::equal_mass(points, bins)?))
}

/// Maximum calibration error: the largest |event rate - mean risk| among non-empty bins of equal width.
///
/// netcal 1.4.0 `MCE`. In [0, 1]; commonly decided by the bin with the fewest rows. Undefined without rows or
/// bins.
pub fn maximum(points: &[Point], bins: u32) -> Value {
    Ok(bins::equal_width(points, bins)?.iter().map(Bin::gap).fold(0.0, f64::max))
}

/// Average calibration error: the plain mean of |event rate - mean risk| over non-empty bins of equal width.
///
/// Neumann, Zisserman and Vedaldi 2018; netcal 1.4.0 `ACE`. In [0, 1]. Undefined without rows or bins.
pub fn average(points: &[Point], bins: u32) -> Value {
    let bins = bins::equal_width(points, bins)?;
    let filled = bins.iter().filter(|bin| bin.rows > 0.0).count();
    Ok(bins.iter().map(Bin::gap).sum::<f64>() / filled as f64)
}

fn mean_over_rows(bins: &[Bin]) -> f64 {
    let rows: f64 = bins.iter().map(|bin| bin.rows).sum();
    bins.iter().map(|bin| bin.rows * bin.gap()).sum::<f64>() / rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Value, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-14, "{found:?} is not {expected}");
    }

    /// Gaps 0.1 (3 rows) and 0.25 (1 row).
    fn four_rows() -> [Point; 3] {
        [
            Point { p: 0.2, rows: 2.0, events: 0.0 },
            Point { p: 0.3, rows: 1.0, events: 1.0 },
            Point { p: 0.75, rows: 1.0, events: 1.0 },
        ]
    }

    #[test]
    fn four_rows_by_hand() {
        let points = four_rows();
        close(equal_width(&points, 2), 0.75 * 0.1 + 0.25 * 0.25);
        close(maximum(&points, 2), 0.25);
        close(average(&points, 2), 0.175);
        // Halves of two rows: 0.2 and 0.2 against 0; 0.3 and 0.75 against 1.
        close(equal_mass(&points, 2), 0.5 * 0.2 + 0.5 * 0.475);
    }

    #[test]
    fn empty_bins_do_not_count() {
        close(average(&four_rows(), 4), (0.2 + 0.7 + 0.25) / 3.0);
    }

    #[test]
    fn certain_and_right_has_no_error() {
        let points = [Point { p: 0.0, rows: 5.0, events: 0.0 }, Point { p: 1.0, rows: 2.0, events: 2.0 }];
        close(equal_width(&points, 10), 0.0);
        close(maximum(&points, 10), 0.0);
    }

    #[test]
    fn the_measures_are_undefined_without_rows() {
        for measure in [equal_width, equal_mass, maximum, average] {
            assert_eq!(measure(&[], 10), Err("no rows"));
        }
    }
}
