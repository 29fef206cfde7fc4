//! The Brier score averaged over a grid of times.
//!
//! Measures: the distance of predicted risks from what happened, over `[t_1, t_K]`; 0 is perfect.
//! Formula: the trapezoid rule over the grid, divided by `t_K - t_1`; the weights of rows are those of the score at each time.
//! Inputs: ascending times, at least two, and the score at each.
//! Undefined when: fewer than two times, times that do not ascend, or a score of the grid is undefined.
//! Reference: Graf et al. (1999), Statistics in Medicine. Equal: scikit-survival `integrated_brier_score`.

use crate::evaluate::Value;

/// What is printed next to the number.
pub const CONVENTION: &str =
    "Mean of the Brier score over the times of the grid by the trapezoid rule, from the first to the last.";

/// The coefficient of each time's score; they sum to 1.
///
/// # Errors
/// With fewer than two times, or times that do not ascend.
pub fn coefficients(times: &[f64]) -> Result<Vec<f64>, &'static str> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Err("no times");
    };
    if times.len() < 2 || !times.windows(2).all(|t| t[0] < t[1]) {
        return Err("an integrated score needs two or more ascending times");
    }
    let mut out = vec![0.0; times.len()];
    for (k, t) in times.windows(2).enumerate() {
        let half = (t[1] - t[0]) / 2.0 / (last - first);
        out[k] += half;
        out[k + 1] += half;
    }
    Ok(out)
}

/// The integrated score from the scores at the times.
///
/// # Errors
/// See above.
pub fn integrated_brier(times: &[f64], score: &[Value]) -> Value {
    let c = coefficients(times)?;
    if score.len() != times.len() {
        return Err("scores and times are not equally many");
    }
    let mut sum = 0.0;
    for (c, s) in c.iter().zip(score) {
        sum += c * (*s)?;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Trapezoids (1 + 3) / 2 * 1 and (3 + 2) / 2 * 3 over a length of 4: (2 + 7.5) / 4.
        let value = integrated_brier(&[1.0, 2.0, 5.0], &[Ok(1.0), Ok(3.0), Ok(2.0)]).unwrap();
        assert!((value - 2.375).abs() < 1e-15);
        assert!(integrated_brier(&[1.0], &[Ok(1.0)]).is_err());
        assert!(integrated_brier(&[2.0, 1.0], &[Ok(1.0), Ok(1.0)]).is_err());
        assert!(integrated_brier(&[1.0, 2.0], &[Ok(1.0), Err("no")]).is_err());
    }
}
