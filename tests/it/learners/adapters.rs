//! linfa's own estimators as learners of ours, and ours as estimators of linfa's.

use super::{data, fit};
use linfa::traits::{Fit, Predict};
use linfa_logistic::{FittedLogisticRegression, LogisticRegression};
use ndarray::{Array1, Array2};
use rerefer::models::adapters::{FromLinfa, IntoLinfa};
use rerefer::models::logistic::Logistic;
use rerefer::models::{FitError, Learner, Origin, Training};

/// The chance of the outcome: linfa-logistic gives that of the class which it takes for the positive one.
fn chances(model: &FittedLogisticRegression<f64, bool>, x: &Array2<f64>) -> Array1<f64> {
    let p = model.predict_probabilities(x);
    if model.labels().pos.class { p } else { 1.0 - p }
}

#[test]
fn an_estimator_of_linfa_that_is_not_shipped_plugs_in() {
    let (x, y) = data(400, 4, 11);
    let linfa = LogisticRegression::default().alpha(1.0).max_iterations(10_000).gradient_tolerance(1e-9);
    let learner: Box<dyn Learner> = Box::new(FromLinfa::new(linfa, chances));
    let theirs = fit(learner.as_ref(), &x, &y).probabilities(&x);
    let ours = fit(&Logistic { l2: 1.0 }, &x, &y).probabilities(&x);
    assert!((&theirs - &ours).iter().all(|d| d.abs() < 1e-6));
    let one_class = Training::new(x, Array1::from_elem(400, true));
    assert!(matches!(learner.learn(&one_class, &Origin::apart(400)), Err(FitError::OneClass)));
}

#[test]
fn a_learner_is_an_estimator_of_linfa() {
    let (x, y) = data(200, 3, 12);
    let model = IntoLinfa(Box::new(Logistic { l2: 1.0 })).fit(&Training::new(x.clone(), y.clone())).unwrap();
    let ours = fit(&Logistic { l2: 1.0 }, &x, &y).probabilities(&x);
    assert!(model.predict(x).targets == ours);
}
