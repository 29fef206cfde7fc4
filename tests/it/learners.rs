//! One battery for every learner, and the logistic solver against linfa-logistic.

mod adapters;
mod elastic_net;
mod saved;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, Axis};
use rand::RngExt;
use rerefer::models::logistic::Logistic;
use rerefer::models::prepare::Wants;
use rerefer::models::registry::{Entry, REGISTRY};
use rerefer::models::settings::Settings;
use rerefer::models::{FitError, Learner, Model, Origin, Training};
use rerefer::num::{seed, sigmoid};

/// Rows with `p` columns, the first three of which matter.
pub(crate) fn data(n: usize, p: usize, root: u64) -> (Array2<f64>, Array1<bool>) {
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

/// Every learner, at settings that suit a few hundred rows.
pub(crate) fn every_learner(mut check: impl FnMut(&Entry, &dyn Learner)) {
    let mut settings = Settings::default();
    for (id, key, value) in [
        ("boosting", "rounds", 40.0),
        ("forest", "trees", 40.0),
        ("ebm", "rounds", 100.0),
        ("ebm", "bags", 2.0),
    ] {
        assert!(settings.set(id, key, value));
    }
    for entry in REGISTRY {
        check(entry, entry.learner(&settings).as_ref());
    }
}

/// Every row of another child and household, and of a later day.
pub(crate) fn origin(rows: usize) -> Origin {
    Origin { day: (0..rows as i32).collect(), ..Origin::apart(rows) }
}

pub(crate) fn fit(learner: &dyn Learner, x: &Array2<f64>, y: &Array1<bool>) -> Box<dyn Model> {
    fit_of(learner, x, y, &origin(y.len()))
}

fn fit_of(learner: &dyn Learner, x: &Array2<f64>, y: &Array1<bool>, origin: &Origin) -> Box<dyn Model> {
    learner.learn(&Training::new(x.clone(), y.clone()), origin).unwrap()
}

/// With these rows of `x`, in their order.
fn fit_rows(learner: &dyn Learner, x: &Array2<f64>, y: &Array1<bool>, rows: &[usize]) -> Box<dyn Model> {
    fit_of(learner, &x.select(Axis(0), rows), &y.select(Axis(0), rows), &origin(y.len()).select(rows))
}

fn largest_move(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    (a - b).mapv(f64::abs).fold(0.0, |a: f64, b| a.max(*b))
}

#[test]
fn every_learner_gives_probabilities_that_fit_the_base_rate() {
    let (x, y) = data(600, 5, 2);
    let share = y.iter().filter(|y| **y).count() as f64 / 600.0;
    every_learner(|entry, learner| {
        let p = fit(learner, &x, &y).probabilities(&x);
        assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{}: a probability out of range", entry.id);
        // Samples of rows, and corrections made in part, leave the mean near the share, not at it.
        let near = match entry.id {
            // Chances that are not meant to be right on average without being adjusted.
            "naive-bayes" | "ftrl" => 0.1,
            // Whole points come near only.
            "scorecard" => 0.03,
            "boosting" => 0.02,
            _ if entry.draws => 0.02,
            _ => 1e-3,
        };
        let off = p.mean().unwrap() - share;
        assert!(off.abs() < near, "{}: mean prediction is off by {off}", entry.id);
    });
}

#[test]
fn every_learner_predicts_each_row_by_itself() {
    let (x, y) = data(600, 5, 2);
    let backwards: Vec<usize> = (0..600).rev().collect();
    every_learner(|entry, learner| {
        let model = fit(learner, &x, &y);
        let (p, turned) = (model.probabilities(&x), model.probabilities(&x.select(Axis(0), &backwards)));
        assert!(p.select(Axis(0), &backwards) == turned, "{}: rows are mixed up", entry.id);
        let one = model.probabilities(&x.select(Axis(0), &[17]));
        assert!((one[0] - p[17]).abs() < 1e-12, "{}: a row alone is predicted otherwise", entry.id);
    });
}

/// A second fit is as if there had been no first, on any number of threads, and in any order of rows.
#[test]
fn every_learner_forgets_and_repeats() {
    let (x, y) = data(600, 5, 2);
    let (other, labels) = data(300, 5, 7);
    let backwards: Vec<usize> = (0..600).rev().collect();
    every_learner(|entry, learner| {
        let p = fit(learner, &x, &y).probabilities(&x);
        fit(learner, &other, &labels);
        assert!(p == fit(learner, &x, &y).probabilities(&x), "{}: a second fit differs", entry.id);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let again = pool.install(|| fit(learner, &x, &y).probabilities(&x));
            assert!(p == again, "{}: {threads} threads", entry.id);
        }
        if !entry.draws {
            let turned = fit_rows(learner, &x, &y, &backwards);
            let moved = largest_move(&p, &turned.probabilities(&x));
            assert!(moved < 1e-6, "{}: the order of training rows moves predictions by {moved}", entry.id);
        }
    });
}

#[test]
fn learners_that_draw_draw_by_the_seed() {
    let (x, y) = data(600, 5, 2);
    for entry in REGISTRY {
        let of = |seed: u64| {
            let mut settings = Settings::default();
            settings.seed = seed;
            fit(entry.learner(&settings).as_ref(), &x, &y).probabilities(&x)
        };
        assert_eq!(of(1) != of(2), entry.draws, "{}", entry.id);
    }
}

#[test]
fn every_learner_survives_a_constant_column_and_missing_values() {
    let (x, y) = data(600, 5, 2);
    let with_constant = ndarray::concatenate![Axis(1), x, Array2::ones((600, 1))];
    let mut holes = x.clone();
    for i in (0..600).step_by(3) {
        holes[[i, i % 5]] = f64::NAN;
    }
    every_learner(|entry, learner| {
        let p = fit(learner, &with_constant, &y).probabilities(&with_constant);
        assert!(p.iter().all(|p| p.is_finite()), "{}: a constant column breaks it", entry.id);
        // The others are never given any: preparation fills them.
        if entry.wants == Wants::Raw {
            let p = fit(learner, &holes, &y).probabilities(&holes);
            assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{}: a missing value breaks it", entry.id);
        }
    });
}

/// A row that counts three times is three rows.
#[test]
fn every_learner_that_takes_weights_takes_them_for_rows() {
    let (x, y) = data(400, 4, 5);
    let times: Array1<f32> = (0..400).map(|i| if i % 4 == 0 { 3.0 } else { 1.0 }).collect();
    let copies: Vec<usize> = (0..400).flat_map(|i| vec![i; times[i] as usize]).collect();
    every_learner(|entry, learner| {
        let weighted = Training::new(x.clone(), y.clone()).with_weights(times.clone());
        let weighted = learner.learn(&weighted, &origin(400)).unwrap().probabilities(&x);
        if !entry.takes_weights {
            assert!(weighted == fit(learner, &x, &y).probabilities(&x), "{}: heeds weights", entry.id);
        } else if !entry.draws {
            let copied = fit_rows(learner, &x, &y, &copies);
            let moved = largest_move(&weighted, &copied.probabilities(&x));
            assert!(moved < 1e-6, "{}: copies and weights differ by {moved}", entry.id);
        }
    });
}

/// Rows of no weight, with values that nobody else has, leave no trace.
#[test]
fn rows_of_no_weight_are_not_looked_at() {
    let (x, y) = data(300, 4, 17);
    every_learner(|entry, learner| {
        if !entry.takes_weights {
            return;
        }
        let all: Vec<usize> = (0..300).collect();
        let weights = |with: f32| Array1::from_iter(all.iter().map(|i| if *i % 5 == 0 { with } else { 1.0 }));
        let strange =
            Array2::from_shape_fn(
                x.dim(),
                |(i, j)| if i % 5 == 0 { 90.0 + (i + j) as f64 } else { x[[i, j]] },
            );
        let kept: Vec<usize> = all.iter().copied().filter(|i| i % 5 != 0).collect();
        let plain = learner.learn(
            &Training::new(x.select(Axis(0), &kept), y.select(Axis(0), &kept))
                .with_weights(Array1::ones(kept.len())),
            &origin(300).select(&kept),
        );
        let weighed =
            learner.learn(&Training::new(strange, y.clone()).with_weights(weights(0.0)), &origin(300));
        assert_eq!(plain.unwrap().probabilities(&x), weighed.unwrap().probabilities(&x), "{}", entry.id);
    });
}

#[test]
fn one_class_is_refused_or_predicted_but_breaks_nothing() {
    let (x, _) = data(60, 3, 3);
    every_learner(|entry, learner| {
        for class in [false, true] {
            match learner.learn(&Training::new(x.clone(), Array1::from_elem(60, class)), &origin(60)) {
                Err(error) => assert!(matches!(error, FitError::OneClass), "{}: {error}", entry.id),
                Ok(model) => {
                    let p = model.probabilities(&x);
                    assert!(p.iter().all(|p| (p - f64::from(u8::from(class))).abs() < 1e-9), "{}", entry.id);
                }
            }
        }
    });
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
    let p = fit(&tree(10), &x, &y).probabilities(&x);
    // 10 of 60 on the left, 20 of 40 on the right, and two rows more at the base rate of 30 in 100, by hand. linfa's own tree would prune this split away: no leaf has
    // the outcome for most of its rows.
    assert!((p[0] - 10.6 / 62.0).abs() < 1e-12 && (p[99] - 20.6 / 42.0).abs() < 1e-12);
    let p = fit(&tree(41), &x, &y).probabilities(&x);
    assert!(p.iter().all(|p| (p - 0.3).abs() < 1e-12), "a leaf of 40 is too small");
    // The 40 on the right are of 9 children.
    let child = (0..100).map(|i| if i < 60 { i } else { 100 + i % 9 }).collect();
    let nine = Origin { child, ..origin(100) };
    let p = fit_of(&tree(10), &x, &y, &nine).probabilities(&x);
    assert!(p.iter().all(|p| (p - 0.3).abs() < 1e-12), "a leaf of 9 children is too small");
    let p = fit_of(&tree(9), &x, &y, &nine).probabilities(&x);
    assert!((p[99] - 20.6 / 42.0).abs() < 1e-12);
}

/// Labels that nothing tells of: with patience the trees stop at once, without it they learn the noise by heart.
#[test]
fn boosting_stops_where_held_out_households_gain_no_more() {
    let (x, _) = data(600, 5, 2);
    let y: Array1<bool> = (0..600).map(|i| i * 7919 % 1009 < 250).collect();
    let spread = |patience: f64| {
        let mut settings = Settings::default();
        assert!(settings.set("boosting", "patience", patience) && settings.set("boosting", "min_leaf", 5.0));
        let boosting = REGISTRY.iter().find(|e| e.id == "boosting").unwrap();
        fit(boosting.learner(&settings).as_ref(), &x, &y).probabilities(&x).std(0.0)
    };
    let (stopped, all) = (spread(20.0), spread(0.0));
    assert!(stopped < 0.1 && all > 0.2, "{stopped} {all}");
}

/// Three outcomes among 60 households, none of them held out: nothing can be seen there, and all trees are made.
#[test]
fn boosting_learns_where_held_out_households_have_outcomes_of_one_kind() {
    let (x, _) = data(60, 3, 2);
    let whose = origin(60);
    let (learn, held) = whose.hold_out(0.15).unwrap();
    assert_eq!((learn.len(), held.len()), (51, 9));
    let y: Array1<bool> = (0..60).map(|i| learn[..3].contains(&i)).collect();
    let boosting = REGISTRY.iter().find(|e| e.id == "boosting").unwrap();
    let p = fit(boosting.learner(&Settings::default()).as_ref(), &x, &y).probabilities(&x);
    assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
}

#[test]
fn households_are_held_out_whole_and_whatever_their_days() {
    let household: Vec<u32> = (0..400).map(|i| i / 2).collect();
    let rows = Origin { household, ..origin(400) };
    let (learn, held) = rows.hold_out(0.15).unwrap();
    assert_eq!((learn.len(), held.len()), (340, 60));
    assert!(held.iter().all(|i| held.contains(&(i ^ 1))), "a household is parted");
    let backwards = Origin { day: (0..400).rev().collect(), ..rows.clone() };
    assert_eq!(backwards.hold_out(0.15), Some((learn, held)));
    assert_eq!(origin(2).hold_out(0.15), None);
}
