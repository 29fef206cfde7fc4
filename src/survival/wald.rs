//! A chi-square statistic from differences and their covariance.

use crate::evaluate::inference::chi_square;
use crate::evaluate::inference::value::Value;

/// A test over groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// Chi-square.
    pub statistic: f64,
    /// Groups compared, less one.
    pub degrees: usize,
    /// P(chi-square at least so large) where groups do not differ.
    pub p_value: f64,
}

impl Test {
    /// From differences and their covariance.
    ///
    /// # Errors
    /// As [`quadratic`].
    pub(super) fn new(difference: &[f64], covariance: &[Vec<f64>]) -> Result<Self, &'static str> {
        let statistic = quadratic(difference, covariance)?;
        let degrees = difference.len();
        Ok(Self { statistic, degrees, p_value: chi_square::upper_tail(statistic, degrees as f64)? })
    }
}

/// s' V⁻¹ s, by Cholesky's decomposition.
///
/// # Errors
/// Where there is nothing to compare, or V is singular.
pub(crate) fn quadratic(s: &[f64], v: &[Vec<f64>]) -> Value {
    if s.is_empty() {
        return Err("fewer than two groups can be compared");
    }
    let mut root = vec![vec![0.0; s.len()]; s.len()];
    let (mut solved, mut total) = (vec![0.0; s.len()], 0.0);
    for i in 0..s.len() {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|m| root[i][m] * root[j][m]).sum();
            let left = v[i][j] - inner;
            if i != j {
                root[i][j] = left / root[j][j];
            } else if left > 1e-12 * v[i][i] && left.is_finite() {
                root[i][i] = left.sqrt();
            } else {
                return Err("the groups have no error to compare them by");
            }
        }
        let inner: f64 = (0..i).map(|m| root[i][m] * solved[m]).sum();
        solved[i] = (s[i] - inner) / root[i][i];
        total += solved[i] * solved[i];
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// V = [[2, 1], [1, 2]] has inverse [[2, -1], [-1, 2]]/3: for s = (1, 3) it is (2 - 6 + 18)/3 = 14/3.
    #[test]
    fn by_hand() {
        let found = quadratic(&[1.0, 3.0], &[vec![2.0, 1.0], vec![1.0, 2.0]]).unwrap();
        assert!((found - 14.0 / 3.0).abs() < 1e-14);
        assert!(quadratic(&[1.0, 3.0], &[vec![1.0, 1.0], vec![1.0, 1.0]]).is_err());
        assert!(quadratic(&[], &[]).is_err());
        // The upper 5% point of one degree.
        let test = Test::new(&[1.959_963_984_540_054], &[vec![1.0]]).unwrap();
        assert!((test.p_value - 0.05).abs() < 1e-12 && test.degrees == 1);
    }
}
