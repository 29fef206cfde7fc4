//! One battery for every learner, and the logistic solver against linfa-logistic.

use linfa::Dataset;
use linfa::traits::{Fit, Predict};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, Axis};
use rand::RngExt;
use rerefer::models::logistic::Logistic;
use rerefer::models::registry::{REGISTRY, Settings};
use rerefer::models::{FitError, Training};
use rerefer::num::{seed, sigmoid};

/// Rows with `p` columns, the first three of which matter.
fn data(n: usize, p: usize, root: u64) -> (Array2<f64>, Array1<bool>) {
    let mut rng = seed::stream(root, "learners");
    let x = Array2::from_shape_fn((n, p), |_| rng.random_range(-1.7..1.7));
    let y = x
        .rows()
        .into_iter()
        .map(|r| rng.random::<f64>() < sigmoid(-1.0 + r[0] - 0.5 * r[1] + 0.3 * r[2]))
        .collect();
    (x, y)
}

#[test]
fn logistic_reaches_the_optimum_of_linfa_logistic() {
    let (x, y) = data(400, 6, 1);
    for l2 in [0.0, 1.0, 50.0] {
        let ours = Logistic { l2 }.fit(&Training::new(x.clone(), y.clone())).unwrap();
        let reference =
            LogisticRegression::default().alpha(l2).max_iterations(10_000).gradient_tolerance(1e-9);
        let theirs = reference.fit(&Dataset::new(x.clone(), y.clone())).unwrap();
        // linfa-logistic takes one of the two classes as the positive one by its own rule, and says which.
        let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
        for (a, b) in ours.coefficients.iter().zip(theirs.params()) {
            assert!((a - sign * b).abs() < 1e-6, "l2 {l2}: {a} and {b}");
        }
        assert!((ours.intercept - sign * theirs.intercept()).abs() < 1e-6);
    }
}

#[test]
fn logistic_survives_separation_and_collinearity() {
    let x =
        Array2::from_shape_fn(
            (40, 3),
            |(i, j)| if j == 2 { i as f64 / 20.0 } else { f64::from(u8::from(i >= 20)) },
        );
    let y: Array1<bool> = (0..40).map(|i| i >= 20).collect();
    let fitted = Logistic { l2: 1.0 }.fit(&Training::new(x, y)).unwrap();
    assert!(fitted.coefficients.iter().all(|c| c.is_finite()));
    assert!(
        (fitted.coefficients[0] - fitted.coefficients[1]).abs() < 1e-6,
        "equal columns share their weight"
    );
}

#[test]
fn every_learner_passes_the_battery() {
    let (x, y) = data(600, 5, 2);
    let settings = Settings::default();
    for entry in REGISTRY {
        let learner = (entry.make)(&settings);
        let fit =
            |x: &Array2<f64>, y: &Array1<bool>| learner.learn(&Training::new(x.clone(), y.clone())).unwrap();
        let p = fit(&x, &y).probabilities(&x);
        assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{}: a probability out of range", entry.id);
        assert_eq!(p, fit(&x, &y).probabilities(&x), "{}: a second fit differs", entry.id);
        let mean = p.mean().unwrap() - y.iter().filter(|y| **y).count() as f64 / 600.0;
        assert!(mean.abs() < 1e-3, "{}: mean prediction is off by {mean}", entry.id);
        let order: Vec<usize> = (0..600).rev().collect();
        let again = fit(&x.select(Axis(0), &order), &y.select(Axis(0), &order)).probabilities(&x);
        let moved = (&again - &p).mapv(f64::abs).fold(0.0, |a: f64, b| a.max(*b));
        assert!(moved < 1e-9, "{}: the order of training rows moves predictions by {moved}", entry.id);
        let with_constant = ndarray::concatenate![Axis(1), x, Array2::ones((600, 1))];
        let p = fit(&with_constant, &y).probabilities(&with_constant);
        assert!(p.iter().all(|p| p.is_finite()), "{}: a constant column breaks it", entry.id);
    }
}

#[test]
fn one_class_is_refused_in_words() {
    let (x, _) = data(30, 3, 3);
    let Err(error) = Logistic { l2: 1.0 }.fit(&Training::new(x, Array1::from_elem(30, false))) else {
        panic!("a fit to one class must be refused")
    };
    assert!(matches!(error, FitError::OneClass));
    assert_eq!(error.to_string(), "all training rows have the same answer, so there is nothing to learn");
}

#[test]
fn the_tree_smooths_leaf_shares_and_respects_the_leaf_size() {
    let x = Array2::from_shape_fn((100, 1), |(i, _)| if i < 60 { 0.0 } else { 1.0 });
    let y: Array1<bool> = (0..100).map(|i| if i < 60 { i % 6 == 0 } else { i % 2 == 0 }).collect();
    let tree = |min_leaf| rerefer::models::tree::Tree { max_depth: 3, min_leaf };
    let p = tree(10).fit(&Training::new(x.clone(), y.clone())).unwrap().predict(x.clone()).targets;
    // 10 of 60 on the left, 20 of 40 on the right, and two rows more at the base rate of 30 in 100, by hand. linfa's own tree would prune this split away: no leaf has
    // the outcome for most of its rows.
    assert!((p[0] - 10.6 / 62.0).abs() < 1e-12 && (p[99] - 20.6 / 42.0).abs() < 1e-12);
    let p = tree(41).fit(&Training::new(x.clone(), y)).unwrap().predict(x).targets;
    assert!(p.iter().all(|p| (p - 0.3).abs() < 1e-12), "a leaf of 40 is too small");
}
