//! Golden numbers made by other programs; the scripts that make them stand next to them.

use ndarray::{Array1, Array2};
use serde_json::Value;

const EXPECTED: &str = include_str!("../../tests/golden/interpretable/expected.json");
const BREAST_CANCER: &str = include_str!("../../tests/golden/interpretable/data/breast_cancer_4.csv");

/// The golden numbers.
pub(super) fn expected() -> Value {
    serde_json::from_str(EXPECTED).unwrap()
}

/// A list; what is missing is no number.
pub(super) fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

/// Four columns of 569 tumours, and whether they were malignant.
pub(super) fn breast_cancer() -> (Array2<f64>, Array1<f64>) {
    let cells: Vec<f64> =
        BREAST_CANCER.lines().skip(1).flat_map(|l| l.split(',').map(|v| v.parse::<f64>().unwrap())).collect();
    let all = Array2::from_shape_vec((cells.len() / 5, 5), cells).unwrap();
    (all.slice(ndarray::s![.., ..4]).to_owned(), all.column(4).to_owned())
}
