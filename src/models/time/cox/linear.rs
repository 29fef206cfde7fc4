//! Symmetric positive definite systems, by Cholesky's factorisation.
//!
//! Inputs: a square symmetric matrix. Undefined (`None`) where a pivot falls below 1e-11 of its diagonal element, which is
//! how a column that is a combination of the ones before it shows.
//! Reference: Golub, Van Loan, Matrix Computations, 4th ed., section 4.2.
use ndarray::{Array1, Array2, s};

/// Lower triangle of the factor of a positive definite matrix.
///
/// `None` where the matrix is singular to working precision, or holds what is no number.
#[must_use]
pub fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    let mut factor = Array2::<f64>::zeros((size, size));
    for i in 0..size {
        for j in 0..=i {
            let inner = factor.slice(s![i, ..j]).dot(&factor.slice(s![j, ..j]));
            let rest = matrix[[i, j]] - inner;
            if i == j {
                // Written so that what is no number fails as well.
                if !(rest > 1e-11 * matrix[[i, i]] && rest.is_finite()) {
                    return None;
                }
                factor[[i, i]] = rest.sqrt();
            } else {
                factor[[i, j]] = rest / factor[[j, j]];
            }
        }
    }
    Some(factor)
}

/// Solves `L L' x = right`, given the factor `L`.
#[must_use]
pub fn solve(factor: &Array2<f64>, right: &Array1<f64>) -> Array1<f64> {
    let size = right.len();
    let mut x = right.clone();
    for i in 0..size {
        let inner = factor.slice(s![i, ..i]).dot(&x.slice(s![..i]));
        x[i] = (x[i] - inner) / factor[[i, i]];
    }
    // By rows of the factor, which lie together in memory.
    for i in (0..size).rev() {
        let own = x[i] / factor[[i, i]];
        x[i] = own;
        x.slice_mut(s![..i]).scaled_add(-own, &factor.slice(s![i, ..i]));
    }
    x
}

/// The inverse of the factorised matrix.
#[must_use]
pub fn inverse(factor: &Array2<f64>) -> Array2<f64> {
    let size = factor.nrows();
    let mut out = Array2::zeros((size, size));
    for j in 0..size {
        let mut unit = Array1::zeros(size);
        unit[j] = 1.0;
        out.column_mut(j).assign(&solve(factor, &unit));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn solves_by_hand_and_sees_singular() {
        // [[4,2],[2,3]] x = (8,7): x = (1.25, 1.5); its determinant is 8.
        let factor = cholesky(&array![[4.0, 2.0], [2.0, 3.0]]).unwrap();
        let x = solve(&factor, &array![8.0, 7.0]);
        assert!((x[0] - 1.25).abs() < 1e-14 && (x[1] - 1.5).abs() < 1e-14);
        assert!((inverse(&factor)[[0, 1]] + 0.25).abs() < 1e-14);
        assert!(cholesky(&array![[1.0, 2.0], [2.0, 4.0]]).is_none());
        assert!(cholesky(&array![[f64::NAN]]).is_none());
    }
}
