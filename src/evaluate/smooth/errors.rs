//! Calibration errors: how far a calibration curve lies from the predicted risks.

use super::{Point, Quantiles, Value, occupied, total_rows};

/// Summaries over all rows of |p - curve(p)|, each from 0 upwards, in units of risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// Integrated calibration index: the mean (also called Eavg).
    pub ici: f64,
    /// The median.
    pub e50: f64,
    /// The 0.9 quantile.
    pub e90: f64,
    /// The maximum.
    pub emax: f64,
}

impl Errors {
    /// Reads the errors of a calibration curve off the rows' own predicted risks.
    ///
    /// `curve` gives the calibrated event rate at a predicted risk; clip it to 0 to 1 first if that is
    /// wanted (R and pmcalibration do not). Rows weigh equally, so a point of three rows counts three times;
    /// quantiles are R's type 7. Source: Austin and Steyerberg 2019 (Stat Med 38:4051-4065);
    /// pmcalibration `cal_metrics`. O(points log points).
    ///
    /// # Errors
    /// The curve's own reason where it is undefined at some row's risk; illegal or no points.
    pub fn of_curve(points: &[Point], curve: impl Fn(f64) -> Value) -> Result<Self, &'static str> {
        let points = occupied(points)?;
        let mut errors = Vec::with_capacity(points.len());
        for point in &points {
            let error = (point.p - curve(point.p)?).abs();
            if !error.is_finite() {
                return Err("the calibration curve is not finite at some predicted risk");
            }
            errors.push((error, point.rows));
        }
        errors.sort_by(|left, right| left.0.total_cmp(&right.0));
        let sum: f64 = errors.iter().map(|(error, rows)| error * rows).sum();
        let quantiles = Quantiles::new(errors.into_iter());
        Ok(Self {
            ici: sum / total_rows(&points),
            e50: quantiles.at(0.5)?,
            e90: quantiles.at(0.9)?,
            emax: quantiles.at(1.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(p: f64, rows: f64) -> Point {
        Point { p, rows, events: 0.0 }
    }

    #[test]
    fn a_case_worked_by_hand() {
        // Against a curve of 0.5: errors 0.5, 0.3 (three rows), 0.1 and 0.5.
        let points = [point(0.0, 1.0), point(0.2, 3.0), point(0.4, 1.0), point(1.0, 1.0)];
        let errors = Errors::of_curve(&points, |_| Ok(0.5)).unwrap();
        assert!((errors.ici - 2.0 / 6.0).abs() < 1e-12);
        assert!((errors.e50 - 0.3).abs() < 1e-12);
        assert!((errors.e90 - 0.5).abs() < 1e-12);
        assert!((errors.emax - 0.5).abs() < 1e-12);
    }

    #[test]
    fn one_row_has_one_error() {
        let errors = Errors::of_curve(&[point(0.2, 1.0)], |_| Ok(0.6)).unwrap();
        for value in [errors.ici, errors.e50, errors.e90, errors.emax] {
            assert!((value - 0.4).abs() < 1e-12);
        }
    }

    #[test]
    fn an_undefined_curve_passes_its_reason_on() {
        let reason = Errors::of_curve(&[point(0.2, 1.0)], |_| Err("because")).unwrap_err();
        assert_eq!(reason, "because");
        assert!(Errors::of_curve(&[point(0.2, 1.0)], |_| Ok(f64::NAN)).is_err());
        assert!(Errors::of_curve(&[], |_| Ok(0.0)).is_err());
    }
}
