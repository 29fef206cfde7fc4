//! The whole machine, on made-up rows and against the reference implementation.

use super::*;
use ndarray::{Array1, Array2, concatenate, s};
use rand_chacha::rand_core::Rng;

fn machine() -> Ebm {
    Ebm { rounds: 300, learning_rate: 0.1, max_bins: 32, bags: 3, pairs: 0, ..Ebm::default() }
}

/// Rows each of a child and household of their own, features even in (-1, 1), and the outcome by chance.
struct Made {
    x: Array2<f64>,
    y: Vec<bool>,
    codes: Vec<u32>,
}

impl Made {
    fn new(rows: usize, features: usize, log_odds: impl Fn(&[f64]) -> f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut uniform = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let x = Array2::from_shape_simple_fn((rows, features), || 2.0 * uniform() - 1.0);
        let y = x.rows().into_iter().map(|row| uniform() < links::sigmoid(log_odds(&row.to_vec()))).collect();
        Self { x, y, codes: (0..rows as u32).collect() }
    }

    fn rows(&self) -> Rows<'_> {
        Rows { x: self.x.view(), y: &self.y, weights: None, child: &self.codes, household: &self.codes }
    }
}

fn steep(x: &[f64]) -> f64 {
    2.0 * x[0] - x[1] - 0.5
}

fn json(fitted: &FittedEbm) -> String {
    serde_json::to_string(fitted).unwrap()
}

fn mean_log_loss(p: &Array1<f64>, y: &[bool]) -> f64 {
    p.iter().zip(y).map(|(p, y)| -(if *y { *p } else { 1.0 - p }).ln()).sum::<f64>() / y.len() as f64
}

fn auroc(p: &Array1<f64>, y: &[bool]) -> f64 {
    let of = |label: bool| p.iter().zip(y).filter(move |(_, y)| **y == label).map(|(p, _)| *p);
    let won = |a: f64, b: f64| if a > b { 1.0 } else { f64::from(u8::from(a >= b)) / 2.0 };
    let sum: f64 = of(true).flat_map(|a| of(false).map(move |b| won(a, b))).sum();
    sum / (of(true).count() * of(false).count()) as f64
}

#[test]
fn the_reference_implementation_is_matched_on_four_features_of_breast_cancer() {
    // interpret-core 0.7.8: interactions=0, outer_bags=1, validation_size=0, max_rounds=200, scored on the training rows.
    const AUROC: f64 = 0.991_345_594_841_710_3;
    const LOG_LOSS: f64 = 0.129_905_789_971_282_85;
    const INTERCEPT: f64 = -0.987_271_400_309_022_9;
    const IMPORTANCES: [f64; 4] =
        [1.637_579_419_753_401, 0.802_738_768_616_105_6, 0.422_532_868_881_564_3, 1.226_583_907_684_027_8];
    let text = include_str!("../../../tests/golden/interpretable/data/breast_cancer_4.csv");
    let cells: Vec<f64> =
        text.lines().skip(1).flat_map(|l| l.split(',').map(|v| v.parse().unwrap())).collect();
    let all = Array2::from_shape_vec((cells.len() / 5, 5), cells).unwrap();
    let (x, y) = (all.slice(s![.., ..4]), all.column(4).iter().map(|v| *v > 0.5).collect::<Vec<bool>>());
    let codes: Vec<u32> = (0..y.len() as u32).collect();
    let machine = Ebm {
        rounds: 200,
        learning_rate: 0.015,
        max_bins: 255,
        min_leaf: 4,
        bags: 1,
        pairs: 0,
        ..Ebm::default()
    };
    let rows = Rows { x, y: &y, weights: None, child: &codes, household: &codes };
    let fitted = machine.fit_holding(&rows, 0.0).unwrap();
    let p = fitted.probabilities(x);
    let importances: Vec<f64> = fitted.terms().iter().map(Term::importance).collect();
    let found = format!(
        "AUROC {} log-loss {} intercept {} importances {importances:?}",
        auroc(&p, &y),
        mean_log_loss(&p, &y),
        fitted.intercept()
    );
    assert!((auroc(&p, &y) - AUROC).abs() < 0.003, "{found}");
    assert!(mean_log_loss(&p, &y) < LOG_LOSS, "{found}");
    assert!((fitted.intercept() - INTERCEPT).abs() < 0.2, "{found}");
    for (ours, theirs) in importances.iter().zip(IMPORTANCES) {
        assert!((ours / theirs - 1.0).abs() < 0.2, "{found}");
    }
    assert!(importances[0] > importances[3] && importances[3] > importances[1], "{found}");
    assert!(importances[1] > importances[2], "{found}");
}

#[test]
fn an_additive_truth_is_recovered() {
    let made = Made::new(30_000, 4, |x| 3.0 * x[0] * x[0] - 1.0 + if x[1] > 0.25 { 1.0 } else { 0.0 });
    let fitted = machine().fit(&made.rows()).unwrap();
    // Centred truths at the middle of each bin: 3 x² has mean 1, the step has mean 3/8.
    let truths: [fn(f64) -> f64; 4] =
        [|x| 3.0 * x * x - 1.0, |x| if x > 0.25 { 0.625 } else { -0.375 }, |_| 0.0, |_| 0.0];
    for (term, truth) in fitted.terms().iter().zip(truths) {
        let (mut sum, mut total) = (0.0, 0.0);
        for (b, pair) in term.cuts[0].windows(2).enumerate() {
            let far = term.values[b + 1] - truth(f64::midpoint(pair[0], pair[1]));
            sum += term.weights[b + 1] * far * far;
            total += term.weights[b + 1];
        }
        assert!((sum / total).sqrt() < 0.1, "feature {:?} is off by {}", term.features, (sum / total).sqrt());
    }
}

#[test]
fn a_planted_pair_is_found_and_chosen_first() {
    let made = Made::new(8000, 6, |x| x[0] + x[3] + 1.5 * (x[2] * x[5]).signum());
    let with = Ebm { pairs: 3, ..machine() }.fit(&made.rows()).unwrap();
    let without = machine().fit(&made.rows()).unwrap();
    assert_eq!(with.terms()[6].features, [2, 5]);
    assert!(with.terms()[6].importance() > 1.0, "{}", with.terms()[6].importance());
    let loss = |f: &FittedEbm| mean_log_loss(&f.probabilities(made.x.view()), &made.y);
    assert!(loss(&with) < loss(&without) - 0.1, "{} {}", loss(&with), loss(&without));
}

#[test]
fn results_are_the_same_bytes_on_one_thread_and_on_four() {
    let made = Made::new(2000, 5, |x| steep(x) + (x[2] * x[3]).signum());
    let fit = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        json(&pool.install(|| Ebm { pairs: 2, ..machine() }.fit(&made.rows()).unwrap()))
    };
    assert_eq!(fit(1), fit(4));
}

#[test]
fn weights_are_as_good_as_copies_and_rows_of_no_weight_as_none() {
    let made = Made::new(1500, 3, |x| steep(x) + (x[1] * x[2]).signum());
    let weights: Vec<f32> = (0..1500).map(|row| [0.0, 1.0, 1.0, 2.0, 3.0][row % 5]).collect();
    let copies: Vec<usize> =
        (0..1500).flat_map(|row| std::iter::repeat_n(row, weights[row] as usize)).collect();
    let copied = Made {
        x: made.x.select(ndarray::Axis(0), &copies),
        y: copies.iter().map(|row| made.y[*row]).collect(),
        codes: copies.iter().map(|row| made.codes[*row]).collect(),
    };
    let machine = Ebm { pairs: 2, ..machine() };
    let weighed = machine.fit(&Rows { weights: Some(&weights), ..made.rows() }).unwrap();
    let plain = machine.fit(&copied.rows()).unwrap();
    for (a, b) in weighed.terms().iter().zip(plain.terms()) {
        assert_eq!((&a.features, &a.cuts, &a.weights), (&b.features, &b.cuts, &b.weights));
        for (a, b) in a.values.iter().zip(&b.values) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
    }
}

#[test]
fn contributions_and_the_intercept_sum_to_the_log_odds_and_terms_are_centred() {
    let mut made = Made::new(1500, 4, |x| steep(x) + (x[2] * x[3]).signum());
    made.x.slice_mut(s![..300, 1]).fill(f64::NAN);
    let fitted = Ebm { pairs: 2, ..machine() }.fit(&made.rows()).unwrap();
    let contributions = fitted.contributions(made.x.view());
    assert_eq!(contributions.dim(), (1500, 6));
    let p = fitted.probabilities(made.x.view());
    for (row, p) in contributions.rows().into_iter().zip(&p) {
        assert!((row.sum() + fitted.intercept() - (p / (1.0 - p)).ln()).abs() < 1e-9);
    }
    for (t, column) in contributions.columns().into_iter().enumerate() {
        assert!(column.sum().abs() < 1e-6, "term {t}");
        assert!((fitted.terms()[t].weights.iter().sum::<f64>() - 1500.0).abs() < 1e-9);
    }
}

#[test]
fn a_saved_machine_is_the_same_when_read_back() {
    let fitted = Ebm { pairs: 1, ..machine() }.fit(&Made::new(800, 3, steep).rows()).unwrap();
    let read: FittedEbm = serde_json::from_str(&json(&fitted)).unwrap();
    assert_eq!(json(&read), json(&fitted));
    let without = |fitted: &FittedEbm| fitted.probabilities(Made::new(50, 5, steep).x.view());
    assert_eq!(without(&read), without(&fitted));
}

#[test]
fn columns_that_are_missing_or_constant_change_nothing() {
    let made = Made::new(1000, 3, steep);
    let mut idle = Array2::zeros((1000, 3));
    idle.column_mut(0).fill(f64::NAN);
    idle.column_mut(2).fill(f64::INFINITY);
    let wide = concatenate![ndarray::Axis(1), made.x, idle];
    let narrow = machine().fit(&made.rows()).unwrap();
    let fitted = machine().fit(&Rows { x: wide.view(), ..made.rows() }).unwrap();
    assert_eq!(fitted.probabilities(wide.view()), narrow.probabilities(made.x.view()));
    assert!(fitted.terms()[3..].iter().all(|t| t.importance() <= 0.0));
    let filled = concatenate![ndarray::Axis(1), made.x, Array2::from_elem((1000, 3), 5.0)];
    assert_eq!(fitted.probabilities(filled.view()), narrow.probabilities(made.x.view()));
}

#[test]
fn unseen_values_fall_into_the_end_bins_and_unseen_missing_ones_add_nothing() {
    let fitted = machine().fit(&Made::new(1000, 1, |x| 2.0 * x[0]).rows()).unwrap();
    let x =
        Array2::from_shape_vec((5, 1), vec![-1e9, f64::NEG_INFINITY, 1e9, f64::INFINITY, f64::NAN]).unwrap();
    let added = fitted.contributions(x.view());
    let values = &fitted.terms()[0].values;
    let (first, last) = (values[0], values[values.len() - 2]);
    assert!(first < -0.5 && last > 0.5);
    assert_eq!(added.column(0).to_vec(), [first, first, last, last, 0.0]);
}

#[test]
fn missing_values_have_a_value_of_their_own() {
    let mut made = Made::new(4000, 2, |x| 2.0 * x[0]);
    for (row, y) in made.y.iter_mut().enumerate().take(1000) {
        made.x[[row, 1]] = f64::NAN;
        *y = row % 5 != 0;
    }
    let fitted = machine().fit(&made.rows()).unwrap();
    let values = &fitted.terms()[1].values;
    let (missing, known) = (values[values.len() - 1], &values[..values.len() - 1]);
    assert!(known.iter().all(|v| missing > v + 0.8), "{values:?}");
}

#[test]
fn labels_of_one_class_are_an_error_even_if_the_other_has_no_weight() {
    let mut made = Made::new(100, 2, steep);
    let weights: Vec<f32> = made.y.iter().map(|y| f32::from(u8::from(*y))).collect();
    assert!(matches!(
        machine().fit(&Rows { weights: Some(&weights), ..made.rows() }),
        Err(FitError::OneClass)
    ));
    made.y.fill(false);
    assert!(matches!(machine().fit(&made.rows()), Err(FitError::OneClass)));
}

#[test]
fn thirty_rows_suffice() {
    let made = Made::new(30, 2, |x| 9.0 * x[0]);
    let fitted = Ebm { pairs: 5, ..machine() }.fit(&made.rows()).unwrap();
    let p = fitted.probabilities(made.x.view());
    assert!(p.iter().all(|p| *p > 0.0 && *p < 1.0));
    assert!(fitted.terms()[0].importance() > 0.0);
}

#[test]
fn a_household_is_held_out_as_a_whole() {
    let made = Made::new(1000, 2, steep);
    let household: Vec<u32> = (0..1000).map(|row| row % 100).collect();
    let rows = Rows { household: &household, ..made.rows() };
    let held = hold_out(&rows, &vec![1.0; 1000], HELD, 3);
    assert_eq!(held.iter().filter(|h| **h).count(), 150);
    assert!((0..1000).all(|row| held[row] == held[row % 100]));
    assert_ne!(held, hold_out(&rows, &vec![1.0; 1000], HELD, 4));
}

#[test]
fn cells_of_missing_values_that_never_were_are_known() {
    // Two features of one cut, so three bins each; the first is missing in a row, the second in none.
    let cuts = [vec![0.0], vec![0.0]];
    let weights = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    assert_eq!(never_missing(&cuts, &weights), [2, 5, 8]);
}
