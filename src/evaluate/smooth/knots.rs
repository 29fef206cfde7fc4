//! Restricted cubic splines of the log odds of a predicted risk: knots and columns.

use super::{Point, Quantiles, Value, occupied};

/// The quantiles at which five knots are put (Harrell 2015, Regression Modeling Strategies, section 2.4).
const SHARES: [f64; 5] = [0.05, 0.275, 0.5, 0.725, 0.95];

/// The greatest number of columns: a constant, the log odds, and one column for each knot but two.
pub const MOST_COLUMNS: usize = 5;

/// Knot positions on the log odds scale, rising and distinct, between three and five.
#[derive(Debug, Clone, PartialEq)]
pub struct Knots {
    positions: Vec<f64>,
    /// One over the square of the distance of the outer knots.
    scale: f64,
    /// The last two knots.
    last_two: [f64; 2],
    /// For each knot but the last two: its position, and how much of the cubes at the last two its column
    /// takes. Past the last, a knot that no log odds reach.
    columns: [(f64, [f64; 2]); MOST_COLUMNS - 2],
}

/// The natural logarithm of the odds of a risk strictly between 0 and 1.
///
/// # Errors
/// At 0 and 1, where the log odds are not finite.
pub fn log_odds(p: f64) -> Value {
    if p > 0.0 && p < 1.0 {
        Ok((p / (1.0 - p)).ln())
    } else {
        Err("a predicted risk is exactly 0 or 1, so its log odds are not finite")
    }
}

impl Knots {
    /// Five knots at Harrell's quantiles of the rows' log odds (R's type 7, copies counted).
    ///
    /// As `Hmisc::rcspline.eval(nk = 5)`: with seven or fewer distinct risks the knots are all but the
    /// outermost risks; with fewer than 100 rows the outer knots are the fifth smallest and fifth largest
    /// row; knots that coincide count once. Its special rule for risks shared by a twentieth of the rows
    /// (`fractied`) is not applied. O(points).
    ///
    /// # Errors
    /// When fewer than three knots are distinct, a risk is exactly 0 or 1, or the points are illegal.
    pub fn from(points: &[Point]) -> Result<Self, &'static str> {
        let mut values = Vec::with_capacity(points.len());
        for point in occupied(points)? {
            values.push((log_odds(point.p)?, point.rows));
        }
        let mut positions = if values.len() <= SHARES.len() + 2 {
            values.iter().map(|&(value, _)| value).skip(1).take(values.len().saturating_sub(2)).collect()
        } else {
            quantile_knots(&Quantiles::new(values.into_iter()))?
        };
        positions.sort_by(f64::total_cmp);
        positions.dedup_by(|left, right| left.total_cmp(right).is_eq());
        Self::at_positions(positions)
    }

    /// Knots at given positions, rising and distinct.
    fn at_positions(positions: Vec<f64>) -> Result<Self, &'static str> {
        let (Some(&first), [inner @ .., s, u], 3..) =
            (positions.first(), positions.as_slice(), positions.len())
        else {
            return Err("too few distinct predicted risks for a spline");
        };
        let mut columns = [(f64::INFINITY, [0.0; 2]); MOST_COLUMNS - 2];
        for (column, &knot) in columns.iter_mut().zip(inner) {
            *column = (knot, [-(u - knot) / (u - s), (s - knot) / (u - s)]);
        }
        let (scale, last_two) = (1.0 / ((u - first) * (u - first)), [*s, *u]);
        Ok(Self { positions, scale, last_two, columns })
    }

    /// Knot positions on the log odds scale, rising.
    #[must_use]
    pub fn positions(&self) -> &[f64] {
        &self.positions
    }

    /// The number of coefficients of a fit: as many as knots.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.positions.len().min(MOST_COLUMNS)
    }

    /// The row of the design matrix at a log odds value; columns past [`Knots::columns`] are 0.
    ///
    /// A constant, x, and for each knot t but the last two s and u, with (z)+ the larger of z and 0:
    /// (x-t)+^3 + ((s-t) (x-u)+^3 - (u-t) (x-s)+^3) / (u-s), divided by the square of the distance of the
    /// outer knots (`rcspline.eval`, `norm = 2`). Linear beyond the outer knots.
    #[must_use]
    pub fn row(&self, x: f64) -> [f64; MOST_COLUMNS] {
        let cube = |knot: f64| {
            let beyond = (x - knot).max(0.0);
            beyond * beyond * beyond
        };
        let [at_s, at_u] = self.last_two.map(cube);
        let [first, second, third] =
            self.columns.map(|(knot, [of_s, of_u])| (cube(knot) + of_s * at_s + of_u * at_u) * self.scale);
        [1.0, x, first, second, third]
    }
}

/// Knots at the quantiles, with the outer two moved in when there are few rows.
fn quantile_knots(quantiles: &Quantiles) -> Result<Vec<f64>, &'static str> {
    let mut positions = SHARES.iter().map(|&share| quantiles.at(share)).collect::<Result<Vec<_>, _>>()?;
    let rows = quantiles.count();
    if let ([first, .., last], true) = (positions.as_mut_slice(), rows < 100.0) {
        *first = quantiles.ranked(5.0)?;
        *last = quantiles.ranked(rows - 4.0)?;
    }
    Ok(positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(log_odds: f64, rows: f64) -> Point {
        Point { p: 1.0 / (1.0 + (-log_odds).exp()), rows, events: 0.0 }
    }

    fn assert_near(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        assert!(found.iter().zip(wanted).all(|(f, w)| (f - w).abs() < 1e-9), "{found:?} {wanted:?}");
    }

    #[test]
    fn knots_are_type_seven_quantiles_of_rows() {
        // Log odds 0 to 100: quantiles are the shares themselves in hundredths.
        let points: Vec<Point> = (0..=100).map(|i| point(f64::from(i) / 10.0, 1.0)).collect();
        assert_near(Knots::from(&points).unwrap().positions(), &[0.5, 2.75, 5.0, 7.25, 9.5]);
        // The same with every row doubled: rank 1 + 201 * 0.275 = 56.275 lies within the copies of 2.7.
        let doubled: Vec<Point> = points.iter().map(|p| Point { rows: 2.0, ..*p }).collect();
        let wanted = [0.5, 2.7 + 0.1 * 0.275, 5.0, 7.2 + 0.1 * 0.725, 9.5];
        assert_near(Knots::from(&doubled).unwrap().positions(), &wanted);
    }

    #[test]
    fn few_rows_or_few_risks_follow_rcspline_eval() {
        let fifty: Vec<Point> = (1..=50).map(|i| point(f64::from(i) / 10.0, 1.0)).collect();
        let knots = Knots::from(&fifty).unwrap();
        assert!((knots.positions()[0] - 0.5).abs() < 1e-9 && (knots.positions()[4] - 4.6).abs() < 1e-9);
        let six: Vec<Point> = (0..6).map(|i| point(f64::from(i), 40.0)).collect();
        assert_near(Knots::from(&six).unwrap().positions(), &[1.0, 2.0, 3.0, 4.0]);
        let four: Vec<Point> = (0..4).map(|i| point(f64::from(i), 40.0)).collect();
        assert!(Knots::from(&four).unwrap_err().contains("too few distinct"));
        assert!(Knots::from(&[Point { p: 0.0, rows: 9.0, events: 0.0 }]).unwrap_err().contains("0 or 1"));
    }

    #[test]
    fn columns_worked_by_hand() {
        // Knots 0, 1, 2, scale 1/4. At 3: (27 + (1 * 1 - 2 * 8) / 1) / 4 = 3; at 1.5: (3.375 - 0.25) / 4.
        let knots = Knots::at_positions(vec![0.0, 1.0, 2.0]).unwrap();
        assert_eq!(knots.columns(), 3);
        assert_near(&knots.row(3.0), &[1.0, 3.0, 3.0, 0.0, 0.0]);
        assert_near(&knots.row(1.5), &[1.0, 1.5, 0.78125, 0.0, 0.0]);
        assert_near(&knots.row(-1.0), &[1.0, -1.0, 0.0, 0.0, 0.0]);
        // Linear beyond the last knot: equal steps.
        let rise = |x: f64| knots.row(x + 1.0)[2] - knots.row(x)[2];
        assert!((rise(2.0) - rise(7.0)).abs() < 1e-9);
    }
}
