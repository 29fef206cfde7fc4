use super::*;
use ndarray::array;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

fn asked<'a>(x: &'a Array2<f64>, child: &'a [u32], column: usize, least: usize) -> Asked<'a> {
    Asked { x, child, column, least }
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b}: {:e}", (a - b).abs());
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// Expected values, the four columns, and the logistic regression on them.
fn golden() -> (Value, Array2<f64>, impl Fn(&Array2<f64>) -> Array1<f64>) {
    let text = include_str!("../../../tests/golden/interpretable/expected.json");
    let expected: Value = serde_json::from_str(text).unwrap();
    let data = include_str!("../../../tests/golden/interpretable/data/breast_cancer_4.csv");
    let cells: Vec<f64> = data
        .lines()
        .skip(1)
        .flat_map(|line| line.split(',').take(4).map(|cell| cell.parse::<f64>().unwrap()).collect::<Vec<_>>())
        .collect();
    let x = Array2::from_shape_vec((cells.len() / 4, 4), cells).unwrap();
    let coefficients = Array1::from(numbers(&expected["logistic_4"]["coef"]));
    let intercept = expected["logistic_4"]["intercept"].as_f64().unwrap();
    let predict =
        move |x: &Array2<f64>| (x.dot(&coefficients) + intercept).mapv(|eta| 1.0 / (1.0 + (-eta).exp()));
    (expected, x, predict)
}

#[test]
fn partial_dependence_is_that_of_scikit_learn_predictions() {
    let (expected, x, predict) = golden();
    let child: Vec<u32> = (0..569).collect();
    let grid = numbers(&expected["pdp_mean_radius"]["grid"]);
    let pdp = partial_dependence(predict, asked(&x, &child, 0, 5), &grid).unwrap();
    let means = numbers(&expected["pdp_mean_radius"]["pdp"]);
    assert_eq!((pdp.points.len(), means.len()), (5, 5));
    let mut worst = 0.0_f64;
    for (point, mean) in pdp.points.iter().zip(means) {
        worst = worst.max((point.level.mean - mean).abs());
    }
    println!("partial dependence: {worst:e}");
    close(worst, 0.0, 1e-12);
    let rows: usize = pdp.points.iter().map(|point| point.level.support.rows).sum();
    assert_eq!(rows + pdp.outside.rows, 569);
    assert_eq!(pdp.outside.rows, x.column(0).iter().filter(|v| **v < 9.0 || **v > 22.0).count());
    assert_eq!(pdp.missing, None);
}

#[test]
fn accumulated_local_effects_are_those_of_pyale() {
    let (expected, x, predict) = golden();
    let child: Vec<u32> = (0..569).collect();
    let ale = accumulated_local_effects(predict, asked(&x, &child, 0, 57), 10).unwrap();
    let golden = &expected["ale_PyALE_mean_radius_grid10"];
    let (at, effects, sizes) = (numbers(&golden["x"]), numbers(&golden["eff"]), numbers(&golden["size"]));
    assert_eq!((at.len(), ale.intervals.len()), (11, 10));
    close(ale.intervals[0].lower, at[0], 0.0);
    let mut worst = (ale.start - effects[0]).abs();
    for (k, interval) in ale.intervals.iter().enumerate() {
        close(interval.upper, at[k + 1], 0.0);
        worst = worst.max((interval.effect - effects[k + 1]).abs());
        close(interval.support.rows as f64, sizes[k + 1], 0.0);
        assert_eq!(interval.support.children, interval.support.rows);
        assert_eq!(interval.support.shown, interval.support.rows >= 57);
    }
    println!("accumulated local effects: {worst:e}");
    close(worst, 0.0, 1e-12);
}

/// sin(a) b, and 2 more where a > b, on small data with ties; see `make.py` beside the numbers.
#[test]
fn effects_of_tied_values_are_those_of_pyale() {
    let text = include_str!("../../../tests/golden/pyale/expected.json");
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 6);
    for case in &cases {
        let (a, b) = (numbers(&case["a"]), numbers(&case["b"]));
        let (at, effects, sizes) = (numbers(&case["x"]), numbers(&case["eff"]), numbers(&case["size"]));
        let x = Array2::from_shape_fn((a.len(), 2), |(i, j)| if j == 0 { a[i] } else { b[i] });
        let predict = |x: &Array2<f64>| {
            let of =
                |row: ArrayView1<'_, f64>| row[0].sin() * row[1] + if row[0] > row[1] { 2.0 } else { 0.0 };
            x.rows().into_iter().map(of).collect()
        };
        let child: Vec<u32> = (0..a.len() as u32).collect();
        let parts = case["parts"].as_u64().unwrap() as usize;
        let ale = accumulated_local_effects(predict, asked(&x, &child, 0, 1), parts).unwrap();
        assert_eq!(quantiles(x.column(0), parts), at);
        close(ale.start, effects[0], 1e-12);
        assert_eq!(ale.intervals.len() + 1, at.len());
        for (k, interval) in ale.intervals.iter().enumerate() {
            close(interval.effect, effects[k + 1], 1e-12);
            close(interval.support.rows as f64, sizes[k + 1], 0.0);
        }
    }
}

/// f = a b. Sorted values of a are 0 1 2 4 and two parts have edges 0, 1 (index ⌈3/2⌉ - 1 = 1) and 4. In (0, 1] are the rows
/// with b = 1 and 3, so the change is (1 + 3) / 2 = 2; in (1, 4] those with b = 2 and 6, each change 3 b, so the mean is 12.
/// Half-way: 1, 1, 8, 8, of mean 4.5.
#[test]
fn effects_of_a_product_are_those_worked_by_hand() {
    let x = array![[4.0, 6.0], [0.0, 1.0], [2.0, 2.0], [f64::NAN, 50.0], [1.0, 3.0]];
    let product = |x: &Array2<f64>| &x.column(0) * &x.column(1);
    let ale = accumulated_local_effects(product, asked(&x, &[7, 8, 7, 9, 1], 0, 2), 2).unwrap();
    close(ale.start, -4.5, 1e-15);
    let [first, second] = &ale.intervals[..] else { panic!("{ale:?}") };
    assert_eq!((first.lower, first.upper, second.lower, second.upper), (0.0, 1.0, 1.0, 4.0));
    close(first.change, 2.0, 1e-15);
    close(first.effect, -2.5, 1e-15);
    close(second.change, 12.0, 1e-15);
    close(second.effect, 9.5, 1e-15);
    assert_eq!(first.support, Support { rows: 2, children: 2, shown: true });
    assert_eq!(second.support, Support { rows: 2, children: 1, shown: false });
    assert_eq!(ale.missing, Support { rows: 1, children: 1, shown: false });
}

/// Where a is missing the prediction is 100 + b. Mean of b is 3. Points 0, 2 and 6 have middles 1 and 4, and reach from -1
/// to 8.
#[test]
fn partial_dependence_with_missing_values_is_that_worked_by_hand() {
    let nan = f64::NAN;
    let a = [-1.5, -1.0, 1.0, 1.1, 4.0, 8.0, 8.1, nan, nan];
    let x = Array2::from_shape_fn((9, 2), |(i, j)| if j == 0 { a[i] } else { (i % 3) as f64 * 3.0 });
    let predict = |x: &Array2<f64>| {
        let of = |row: ArrayView1<'_, f64>| if row[0].is_nan() { 100.0 + row[1] } else { row[0] + row[1] };
        x.rows().into_iter().map(of).collect()
    };
    let child = [1, 1, 1, 2, 3, 4, 5, 6, 6];
    let pdp = partial_dependence(predict, asked(&x, &child, 0, 2), &[0.0, 2.0, 6.0]).unwrap();
    let level = |mean, rows, children, shown| Level { mean, support: Support { rows, children, shown } };
    let points = [
        Point { at: 0.0, level: level(3.0, 2, 1, false) },
        Point { at: 2.0, level: level(5.0, 2, 2, true) },
        Point { at: 6.0, level: level(9.0, 1, 1, false) },
    ];
    assert_eq!(pdp.points, points);
    assert_eq!(pdp.missing, Some(level(103.0, 2, 1, false)));
    assert_eq!(pdp.outside, Support { rows: 2, children: 2, shown: true });
}

/// A few values, so that they are tied, some of them missing, and a prediction with a jump and a product.
fn random(rng: &mut ChaCha8Rng) -> (Array2<f64>, Vec<u32>) {
    let rows = rng.random_range(2..40);
    let mut x = Array2::from_shape_fn((rows, 3), |_| f64::from(rng.random_range(-6..7_i32)) / 2.0);
    x[[0, 1]] = -4.0;
    x[[1, 1]] = 4.0;
    for i in 2..rows {
        if rng.random_range(0..5) == 0 {
            x[[i, 1]] = f64::NAN;
        }
    }
    let child = (0..rows).map(|_| rng.random_range(0..9)).collect();
    (x, child)
}

fn curved(row: &[f64]) -> f64 {
    let v = if row[1].is_nan() { 0.7 } else { row[1] };
    v.sin() * row[0] + if v > row[2] { 2.0 } else { 0.0 }
}

fn curved_all(x: &Array2<f64>) -> Array1<f64> {
    x.rows().into_iter().map(|row| curved(&row.to_vec())).collect()
}

fn with(x: &Array2<f64>, row: usize, value: f64) -> f64 {
    curved(&[x[[row, 0]], value, x[[row, 2]]])
}

#[test]
fn accumulated_local_effects_are_those_of_their_definition() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..300 {
        let ((x, child), parts) = (random(&mut rng), rng.random_range(1..12));
        let ale = accumulated_local_effects(curved_all, asked(&x, &child, 1, 3), parts).unwrap();
        let has: Vec<usize> = (0..x.nrows()).filter(|i| !x[[*i, 1]].is_nan()).collect();
        let member = |interval: &Interval, i: usize| {
            let v = x[[i, 1]];
            (v > interval.lower && v <= interval.upper) || (interval.lower <= -4.0 && v <= -4.0)
        };
        let (mut above, mut half_way, mut covered) = (0.0, 0.0, 0);
        for interval in &ale.intervals {
            let rows: Vec<usize> = has.iter().copied().filter(|i| member(interval, *i)).collect();
            let change =
                rows.iter().map(|i| with(&x, *i, interval.upper) - with(&x, *i, interval.lower)).sum::<f64>()
                    / rows.len() as f64;
            close(interval.change, change, 1e-12);
            close(interval.effect - ale.start, above + change, 1e-12);
            half_way += rows.len() as f64 * (ale.start + above + change / 2.0);
            above += change;
            covered += rows.len();
            let children = rows.iter().map(|i| child[*i]).collect::<BTreeSet<u32>>().len();
            let support = Support { rows: rows.len(), children, shown: children >= 3 };
            assert_eq!(interval.support, support);
        }
        close(half_way, 0.0, 1e-11);
        assert_eq!(covered, has.len());
        assert_eq!(ale.missing.rows, x.nrows() - has.len());
        assert!(ale.intervals.windows(2).all(|pair| pair[0].upper.total_cmp(&pair[1].lower).is_eq()));
    }
}

#[test]
fn partial_dependence_is_that_of_its_definition() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for _ in 0..300 {
        let (x, child) = random(&mut rng);
        let grid: Vec<f64> = [-3.0, -1.25, 0.0, 2.0, 2.75][rng.random_range(0..4)..].to_vec();
        let pdp = partial_dependence(curved_all, asked(&x, &child, 1, 3), &grid).unwrap();
        let mean = |at: f64| (0..x.nrows()).map(|i| with(&x, i, at)).sum::<f64>() / x.nrows() as f64;
        let mut rows = vec![BTreeSet::new(); grid.len() + 2];
        for i in 0..x.nrows() {
            let (v, n) = (x[[i, 1]], grid.len());
            let distance = |k: usize| (v - grid[k]).abs();
            let reach = |a: usize, b: usize| (grid[a] - grid[b]).abs() / 2.0;
            let best = (0..n).min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
            let far = (v < grid[0] && distance(0) > reach(0, 1))
                || (v > grid[n - 1] && distance(n - 1) > reach(n - 1, n - 2));
            rows[if v.is_nan() {
                n
            } else if far {
                n + 1
            } else {
                best.unwrap()
            }]
            .insert(i);
        }
        let support = |k: usize| {
            let children = rows[k].iter().map(|i| child[*i]).collect::<BTreeSet<u32>>().len();
            Support { rows: rows[k].len(), children, shown: children >= 3 }
        };
        for (k, point) in pdp.points.iter().enumerate() {
            close(point.level.mean, mean(grid[k]), 1e-12);
            assert_eq!(point.level.support, support(k));
        }
        assert_eq!(
            pdp.missing.map(|level| level.support),
            (!rows[grid.len()].is_empty()).then(|| support(grid.len()))
        );
        if let Some(missing) = pdp.missing {
            close(missing.mean, mean(f64::NAN), 1e-12);
        }
        assert_eq!(pdp.outside, support(grid.len() + 1));
    }
}

#[test]
fn local_effects_ask_of_a_row_only_the_edges_around_its_value() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (x, child) = random(&mut rng);
    let seen = RefCell::new(Vec::new());
    let predict = |x: &Array2<f64>| {
        seen.borrow_mut().push(x.clone());
        curved_all(x)
    };
    accumulated_local_effects(predict, asked(&x, &child, 1, 1), 4).unwrap();
    let has: Vec<usize> = (0..x.nrows()).filter(|i| !x[[*i, 1]].is_nan()).collect();
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 2);
    for (k, i) in has.iter().enumerate() {
        assert!(seen[0][[k, 1]] <= x[[*i, 1]] && x[[*i, 1]] <= seen[1][[k, 1]]);
        for asked in &seen {
            assert_eq!((asked[[k, 0]], asked[[k, 2]]), (x[[*i, 0]], x[[*i, 2]]));
        }
    }
}

#[test]
fn tied_quantiles_make_fewer_intervals_and_none_is_empty() {
    let x = array![[0.0], [0.0], [0.0], [0.0], [0.0], [0.0], [0.0], [1.0], [2.0], [2.0]];
    assert_eq!(quantiles(x.column(0), 10), [0.0, 1.0, 2.0]);
    let child: Vec<u32> = (0..10).collect();
    let ale = accumulated_local_effects(|x| x.column(0).to_owned(), asked(&x, &child, 0, 1), 10).unwrap();
    let rows: Vec<usize> = ale.intervals.iter().map(|interval| interval.support.rows).collect();
    assert_eq!(rows, [8, 2]);
    assert_eq!(quantiles(x.column(0), 0), [0.0; 0]);
    assert_eq!(quantiles(array![f64::NAN].view(), 3), [0.0; 0]);
}

#[test]
fn two_rows_that_are_one_child_are_counted_once() {
    let x = array![[1.0], [1.0], [1.0]];
    let pdp = partial_dependence(|x| x.column(0).to_owned(), asked(&x, &[5, 3, 5], 0, 2), &[1.0]).unwrap();
    assert_eq!(pdp.points[0].level.support, Support { rows: 3, children: 2, shown: true });
}

#[test]
fn what_cannot_be_answered_is_an_error() {
    let x = array![[1.0, 2.0], [1.0, f64::NAN], [1.0, 3.0]];
    let first = |x: &Array2<f64>| x.column(0).to_owned();
    let child = [1, 2, 3];
    for wrong in [asked(&x, &child, 2, 1), asked(&x, &child[..2], 0, 1)] {
        assert_eq!(partial_dependence(first, wrong, &[1.0]), Err(DependenceError::Data));
        assert_eq!(accumulated_local_effects(first, wrong, 3), Err(DependenceError::Data));
    }
    let none = Array2::zeros((0, 2));
    assert_eq!(partial_dependence(first, asked(&none, &[], 0, 1), &[1.0]), Err(DependenceError::Data));
    let right = asked(&x, &child, 1, 1);
    for grid in [&[][..], &[1.0, 1.0], &[2.0, 1.0], &[f64::NAN], &[1.0, f64::INFINITY]] {
        assert_eq!(partial_dependence(first, right, grid), Err(DependenceError::Grid));
    }
    let constant = accumulated_local_effects(first, asked(&x, &child, 0, 1), 3);
    assert_eq!(constant, Err(DependenceError::Constant));
    assert_eq!(accumulated_local_effects(first, right, 0), Err(DependenceError::Constant));
    let second = |x: &Array2<f64>| x.column(1).to_owned();
    assert_eq!(partial_dependence(second, right, &[1.0]), Err(DependenceError::Prediction));
    let short = |_: &Array2<f64>| array![1.0];
    assert_eq!(accumulated_local_effects(short, right, 3), Err(DependenceError::Prediction));
}

#[test]
fn a_level_of_missing_values_is_asked_for_only_where_there_are_some() {
    let asked_missing = Cell::new(false);
    let predict = |x: &Array2<f64>| {
        asked_missing.set(asked_missing.get() || x.iter().any(|v| v.is_nan()));
        Array1::zeros(x.nrows())
    };
    let x = array![[1.0], [2.0]];
    assert_eq!(partial_dependence(predict, asked(&x, &[1, 2], 0, 1), &[1.0, 2.0]).unwrap().missing, None);
    assert!(!asked_missing.get());
}
