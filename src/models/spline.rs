//! Restricted cubic splines: a curve through a number's range that is straight beyond its outer knots (Stone and Koo 1985,
//! *Additive splines in statistics*; Harrell 2015, *Regression Modeling Strategies*, 2nd edition, section 2.4.5, equation 2.23
//! and table 2.3).

use serde::{Deserialize, Serialize};

/// Fewest and most knots.
pub const KNOTS: (f64, f64) = (3.0, 5.0);

/// One term of a curve beside the straight line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Knots, rising, in the units of the column.
    pub knots: Vec<f64>,
    /// Which of the knots less two terms, from 0.
    pub number: usize,
}

/// Knots at Harrell's quantiles of `values` (in any order, all numbers); `None` where they are not all different.
#[must_use]
pub fn knots(values: &[f64], many: usize) -> Option<Vec<f64>> {
    let shares: &[f64] = match many {
        3 => &[0.1, 0.5, 0.9],
        4 => &[0.05, 0.35, 0.65, 0.95],
        5 => &[0.05, 0.275, 0.5, 0.725, 0.95],
        _ => return None,
    };
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let knots: Vec<f64> = shares.iter().map(|share| sorted[(share * last as f64).round() as usize]).collect();
    knots.windows(2).all(|pair| pair[0] < pair[1]).then_some(knots)
}

impl Term {
    /// The terms of a curve with these knots.
    #[must_use]
    pub fn all(knots: &[f64]) -> Vec<Self> {
        let terms = 0..knots.len().saturating_sub(2);
        terms.map(|number| Self { knots: knots.to_vec(), number }).collect()
    }

    /// The term at `x`, in the units of the column.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let t = &self.knots;
        let (own, next, last) = (t[self.number], t[t.len() - 2], t[t.len() - 1]);
        let cube = |x: f64| if x > 0.0 { x * x * x } else { 0.0 };
        let bent = cube(x - own) - cube(x - next) * (last - own) / (last - next)
            + cube(x - last) * (next - own) / (last - next);
        bent / (last - t[0]).powi(2)
    }
}

#[cfg(test)]
mod tests {
    use super::{Term, knots};

    /// Knots 0, 1, 3: before 0 nothing; at 1, 1/9; at 2, (8 - 1 · 3/2)/9; at 4, (64 - 27 · 3/2 + 1 · 1/2)/9.
    #[test]
    fn worked_by_hand() {
        let terms = Term::all(&[0.0, 1.0, 3.0]);
        assert_eq!(terms.len(), 1);
        let want = [(-2.0, 0.0), (1.0, 1.0 / 9.0), (2.0, 6.5 / 9.0), (4.0, 24.0 / 9.0)];
        assert!(want.iter().all(|(x, y)| (terms[0].at(*x) - y).abs() < 1e-12));
    }

    #[test]
    fn beyond_the_outer_knots_every_term_is_straight() {
        for term in Term::all(&[0.5, 1.0, 2.5, 3.0, 7.0]) {
            let bend = |x: f64| term.at(x + 0.5) - 2.0 * term.at(x) + term.at(x - 0.5);
            assert!(bend(9.0).abs() < 1e-9 && bend(-3.0).abs() < 1e-9 && bend(2.75).abs() > 1e-4);
        }
    }

    #[test]
    fn knots_are_quantiles_and_none_where_they_coincide() {
        let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(knots(&values, 3), Some(vec![10.0, 50.0, 90.0]));
        assert_eq!(knots(&values, 4), Some(vec![5.0, 35.0, 65.0, 95.0]));
        let mostly: Vec<f64> = (0..=100).map(|i| if i < 60 { 0.0 } else { 1.0 }).collect();
        assert!(knots(&mostly, 3).is_none() && knots(&[], 3).is_none() && knots(&values, 2).is_none());
    }
}
