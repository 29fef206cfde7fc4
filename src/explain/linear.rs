//! Contributions of a linear model's columns, relative to a reference row.
//!
//! A column contributes its coefficient × (its value - the reference's value), in units of the linear predictor (log-odds
//! for logistic regression). With the mean of a background sample as reference these are its interventional SHAP values
//! (Lundberg and Lee 2017, Advances in Neural Information Processing Systems 30, corollary 1). The reference is the caller's
//! choice and must be named wherever the contributions are shown: another one changes their sizes and signs.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// Contributions of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// Rows × columns, in units of the linear predictor. A missing value (no number) gives no number.
    pub values: Array2<f64>,
    /// The linear predictor of the reference row. Added to the contributions of a row it gives that row's.
    pub reference: f64,
}

/// Contributions for the rows `x` (rows × columns).
///
/// # Errors
/// If there are more or fewer coefficients or reference values than columns.
pub fn contributions(
    intercept: f64,
    coefficients: ArrayView1<'_, f64>,
    x: ArrayView2<'_, f64>,
    reference: ArrayView1<'_, f64>,
) -> Result<Contributions, &'static str> {
    if coefficients.len() != x.ncols() || reference.len() != x.ncols() {
        return Err("coefficients, reference and rows have different numbers of columns");
    }
    let values = (&x - &reference) * coefficients;
    Ok(Contributions { values, reference: intercept + coefficients.dot(&reference) })
}

#[cfg(test)]
mod tests {
    use super::contributions;
    use crate::explain::golden;
    use ndarray::{Array1, Axis, array};

    #[test]
    fn worked_by_hand_with_signs() {
        let coefficients = array![2.0, -1.0];
        let got = contributions(
            0.5,
            coefficients.view(),
            array![[3.0, 5.0], [f64::NAN, 4.0]].view(),
            array![1.0, 4.0].view(),
        );
        let got = got.unwrap();
        assert!((&got.values.row(0) - &array![4.0, -1.0]).iter().all(|gap| gap.abs() < 1e-15));
        assert!(got.values[[1, 0]].is_nan() && got.values[[1, 1]].abs() < 1e-15, "missing stays missing");
        assert!((got.reference + 1.5).abs() < 1e-15);
        assert!(contributions(0.0, coefficients.view(), array![[1.0]].view(), array![1.0].view()).is_err());
    }

    /// The log-loss of the golden logistic regression, from contributions alone.
    #[test]
    fn contributions_and_reference_add_up_to_the_predictor_of_the_golden_model() {
        let (x, y) = golden::breast_cancer();
        let model = &golden::expected()["logistic_4"];
        let coefficients = Array1::from_vec(golden::numbers(&model["coef"]));
        let mean = x.mean_axis(Axis(0)).unwrap();
        let intercept = model["intercept"].as_f64().unwrap();
        let got = contributions(intercept, coefficients.view(), x.view(), mean.view()).unwrap();
        let eta = got.values.sum_axis(Axis(1)) + got.reference;
        let loss = |(eta, y): (&f64, &f64)| (1.0 + (-eta * (2.0 * y - 1.0)).exp()).ln();
        let mean_loss = eta.iter().zip(&y).map(loss).sum::<f64>() / y.len() as f64;
        let gap = (mean_loss - model["log_loss"].as_f64().unwrap()).abs();
        assert!(gap < 1e-9, "{gap}");
    }
}
