//! The breast cancer data of scikit-learn 1.9.1 (BSD-3-Clause): a logistic regression on three columns, without penalty,
//! fitted to every third row and measured on another third.

use super::{Case, column};
use crate::evaluate::calibration::{point, weak};
use crate::evaluate::measures::{Formula, find};
use crate::evaluate::{Sample, tally};
use crate::num::sigmoid;

static DATA: &str = include_str!("../../tests/golden/sklearn/breast_cancer.csv");

/// As scikit-learn fitted it.
const INTERCEPT: f64 = 38.711_396_957_266_075;
const COLUMNS: [(&str, f64); 3] = [
    ("mean_radius", -1.373_166_706_896_801_6),
    ("mean_texture", -0.349_528_284_090_759_14),
    ("mean_smoothness", -119.768_758_466_460_26),
];

pub(super) fn cases() -> Vec<Case> {
    let columns = COLUMNS.map(|(name, weight)| (column(DATA, name), weight));
    let target = column(DATA, "target");
    let rows: Vec<usize> = (0..target.len()).filter(|i| i % 3 == 2).collect();
    let line = |i: &usize| INTERCEPT + columns.iter().map(|(values, w)| w * values[*i]).sum::<f64>();
    let p: Vec<f64> = rows.iter().map(|i| sigmoid(line(i))).collect();
    let y: Vec<bool> = rows.iter().map(|i| target[*i] > 0.5).collect();
    let (fold, weight) = (vec![0; p.len()], vec![1; p.len()]);
    let t = tally(&Sample { y: &y, p: &p, fold: &fold, weight: &weight, capacities: &[], thresholds: &[] });
    let number = |id: &str| match find(id).map(|m| m.formula) {
        Some(Formula::Whole(f)) => f(&t),
        _ => Err("there is no such measure"),
    };
    let case = |id: &str, program, expected| {
        Case::new(format!("breast cancer data: {id}"), program, expected, number(id))
    };
    let weak = point::collapse(&p, &y).and_then(|points| weak::assess(&points));
    let sklearn = "scikit-learn 1.9.1";
    let statsmodels = "statsmodels 0.15.0";
    vec![
        case("auroc", sklearn, (0.983_574_879_227_053_1, 1e-9)),
        case("average-precision", sklearn, (0.990_465_153_726_257_3, 1e-9)),
        case("brier", sklearn, (0.048_673_594_303_246_76, 1e-9)),
        case("log-loss", sklearn, (0.155_416_472_699_332_1, 1e-9)),
        case("mean-predicted", sklearn, (0.634_516_075_005_090_8, 1e-9)),
        case("calibration-slope", statsmodels, (0.982_207_071_778_403_4, 1e-6)),
        case("calibration-in-the-large", statsmodels, (0.008_982_231_529_933_627, 1e-6)),
        Case::new(
            "breast cancer data: intercept fitted together with the slope",
            statsmodels,
            (0.016_420_582_849_309_46, 1e-6),
            weak.map(|weak| weak.intercept),
        ),
    ]
}
