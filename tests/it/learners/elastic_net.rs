//! The elastic net: its optimum, its path, and its place between LASSO and ridge.

use std::path::Path;

use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis};
use rerefer::models::elastic_net::{ElasticNet, path, penalties};
use rerefer::models::logistic::{FittedLogistic, Logistic};
use rerefer::models::{FitError, Training};

use super::data;

/// scikit-learn's breast cancer data, standardised: strongly alike columns.
fn breast_cancer() -> Training {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/elastic-net/breast_cancer.csv");
    let rows: Vec<Vec<f64>> = csv::Reader::from_path(file)
        .unwrap()
        .records()
        .map(|r| r.unwrap().iter().map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let width = rows[0].len() - 1;
    let mut x = Array2::from_shape_fn((rows.len(), width), |(i, j)| rows[i][j]);
    let (mean, sd) = (x.mean_axis(Axis(0)).unwrap(), x.std_axis(Axis(0), 0.0));
    x -= &mean;
    x /= &sd;
    Training::new(x, rows.iter().map(|row| row[width] > 0.5).collect::<Array1<bool>>())
}

fn objective(data: &Training, fit: &FittedLogistic, lambda: f64, l1_ratio: f64) -> f64 {
    let eta = data.records.dot(&fit.coefficients) + fit.intercept;
    let loss = |(eta, y): (&f64, &bool)| (if *y { -*eta } else { *eta }).exp().ln_1p();
    let mean = eta.iter().zip(&data.targets).map(loss).sum::<f64>() / eta.len() as f64;
    let sizes: f64 = fit.coefficients.iter().map(|w| w.abs()).sum();
    mean + lambda * (l1_ratio * sizes + (1.0 - l1_ratio) / 2.0 * fit.coefficients.dot(&fit.coefficients))
}

/// To 1e-9 of the objective, and the same columns left out.
#[test]
fn the_optimum_is_that_of_scikit_learn() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../../golden/elastic-net/expected.json")).unwrap();
    let data = breast_cancer();
    for case in expected["cases"].as_array().unwrap() {
        let number = |key: &str| case[key].as_f64().unwrap();
        let (lambda, l1_ratio) = (number("lambda"), number("l1_ratio"));
        let fit = ElasticNet { lambda, l1_ratio }.fit(&data).unwrap();
        let got = objective(&data, &fit, lambda, l1_ratio);
        assert!((got - number("objective")).abs() < 1e-9, "{lambda} {l1_ratio}: {got}");
        assert!((fit.intercept - number("intercept")).abs() < 1e-4);
        for (own, theirs) in fit.coefficients.iter().zip(case["coefficients"].as_array().unwrap()) {
            let theirs = theirs.as_f64().unwrap();
            assert!((own - theirs).abs() < 1e-4 && (*own == 0.0) == (theirs == 0.0), "{own} {theirs}");
        }
    }
}

/// With no penalty on sizes it is the ridge of the other solver, whose penalty is on the sum.
#[test]
fn ridge_is_that_of_the_logistic_learner() {
    let data = breast_cancer();
    let n = data.targets.len() as f64;
    let net = ElasticNet { lambda: 0.02, l1_ratio: 0.0 }.fit(&data).unwrap();
    let ridge = Logistic { l2: 0.02 * n }.fit(&data).unwrap();
    for (a, b) in net.coefficients.iter().zip(&ridge.coefficients) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

/// Along the path nothing depends on where a fit began, the first penalty leaves out everything, and the last little.
#[test]
fn a_path_is_as_single_fits() {
    let data = breast_cancer();
    for l1_ratio in [1.0, 0.5] {
        let lambdas = penalties(&data, l1_ratio, 20, 1e-3).unwrap();
        assert!(lambdas.is_sorted_by(|a, b| a > b) && (lambdas[19] / lambdas[0] - 1e-3).abs() < 1e-12);
        let fits = path(&data, l1_ratio, &lambdas).unwrap();
        let kept = |fit: &FittedLogistic| fit.coefficients.iter().filter(|w| **w != 0.0).count();
        assert_eq!(kept(&fits[0]), 0);
        let just_under = ElasticNet { lambda: 0.99 * lambdas[0], l1_ratio }.fit(&data).unwrap();
        assert!(kept(&just_under) >= 1 && kept(&fits[19]) > 10);
        for (lambda, fit) in lambdas.iter().zip(&fits).step_by(6) {
            let alone = ElasticNet { lambda: *lambda, l1_ratio }.fit(&data).unwrap();
            let apart =
                objective(&data, fit, *lambda, l1_ratio) - objective(&data, &alone, *lambda, l1_ratio);
            assert!((-1e-10..1e-6).contains(&apart), "{lambda}: {apart}");
        }
    }
}

/// A row that counts twice is two rows; so the weights of rows are heeded, and their scale is not.
#[test]
fn a_weight_is_a_number_of_rows() {
    let (x, y) = data(300, 6, 4);
    let times: Vec<f32> = (0..300).map(|i| if i % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let twice: Vec<usize> = (0..300).flat_map(|i| vec![i; times[i] as usize]).collect();
    let net = ElasticNet { lambda: 0.03, l1_ratio: 0.7 };
    let rows = net.fit(&Training::new(x.select(Axis(0), &twice), y.select(Axis(0), &twice))).unwrap();
    for scale in [1.0, 10.0] {
        let weights = times.iter().map(|w| w * scale).collect::<Array1<f32>>();
        let weighted = net.fit(&Training::new(x.clone(), y.clone()).with_weights(weights)).unwrap();
        for (a, b) in rows.coefficients.iter().zip(&weighted.coefficients) {
            assert!((a - b).abs() < 1e-7, "{a} {b}");
        }
    }
}

#[test]
fn separation_and_equal_columns_are_survived_and_one_class_is_refused() {
    let separated = |i: usize, j: usize| if j == 2 { i as f64 / 20.0 } else { f64::from(u8::from(i >= 20)) };
    let x = Array2::from_shape_fn((40, 3), |(i, j)| separated(i, j));
    let y: Array1<bool> = (0..40).map(|i| i >= 20).collect();
    for (lambda, l1_ratio) in [(0.01, 1.0), (1e-4, 1.0), (0.01, 0.5)] {
        let fit = ElasticNet { lambda, l1_ratio }.fit(&Training::new(x.clone(), y.clone())).unwrap();
        assert!(fit.coefficients.iter().all(|w| w.is_finite()));
    }
    let one = Training::new(x, Array1::from_elem(40, true));
    assert!(matches!(ElasticNet { lambda: 0.1, l1_ratio: 1.0 }.fit(&one), Err(FitError::OneClass)));
}
