//! The fits of `train.py` (same rows, same columns, same penalties), timed.
//!
//! `cargo bench --bench fit_models -- MATRIX.parquet MODEL` takes a matrix that `featurise_polars.py` wrote and prints one
//! line of JSON like the peer scripts do. MODEL is `path` (100 penalties of the LASSO down to a thousandth of the first) or a
//! learner, whose settings can follow: `logistic` (`lr_l2_lbfgs`), `elastic-net` (`lr_l1_*`), `boosting` (`lightgbm`), `forest` (`rf300_leaf20`).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use linfa::traits::Fit;
use ndarray::{Array1, Array2, Axis};
use polars::prelude::*;
use rerefer::evaluate::{Sample, measures, tally};
use rerefer::models::elastic_net::{self, ElasticNet, penalties};
use rerefer::models::logistic::{FittedLogistic, Logistic};
use rerefer::models::prepare::Wants;
use rerefer::models::registry::REGISTRY;
use rerefer::models::settings::Settings;
use rerefer::models::{Learner, Origin, Training};
use std::time::Instant;

/// Days since an event that never happened, as the peer script fills them.
const NEVER: f64 = 4000.0;
/// Demographic columns at the end, which the peer script leaves as they are.
const DEMOGRAPHIC: usize = 10;
/// The peers' weight of the log-loss against the sum of absolute weights.
const C: f64 = 0.05;

/// Rows to learn from, and to test.
struct Data {
    train: Training,
    origin: Origin,
    test: Array2<f64>,
    came: Vec<bool>,
}

fn load(path: &str, linear: bool) -> Data {
    let frame = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    let number = |name: &str| -> Vec<f64> {
        let column = frame.column(name).unwrap().cast(&DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(|v| v.unwrap_or(f64::NAN)).collect()
    };
    let names = frame.get_column_names();
    let features: Vec<&str> = names
        .iter()
        .map(|name| name.as_str())
        .filter(|name| !["child_id", "date", "label", "time", "event"].contains(name))
        .collect();
    let mut x = Array2::<f64>::zeros((frame.height(), features.len()));
    for (j, name) in features.iter().enumerate() {
        for (i, value) in number(name).into_iter().enumerate() {
            x[[i, j]] = match (linear, j < features.len() - DEMOGRAPHIC) {
                (true, true) => (if value.is_nan() { NEVER } else { value }).ln_1p(),
                _ => value,
            };
        }
    }
    let (child, label) = (number("child_id"), number("label"));
    let places = |train: bool| -> Vec<usize> {
        (0..child.len()).filter(|&i| (child[i] % 10.0 >= 3.0) == train).collect()
    };
    let (train, test) = (places(true), places(false));
    let (mut x_train, mut x_test) = (x.select(Axis(0), &train), x.select(Axis(0), &test));
    drop(x);
    if linear {
        let mean = x_train.mean_axis(Axis(0)).unwrap();
        let sd = x_train.std_axis(Axis(0), 0.0).mapv(|s| if s > 0.0 { s } else { 1.0 });
        for x in [&mut x_train, &mut x_test] {
            *x -= &mean;
            *x /= &sd;
        }
    }
    let came = |rows: &[usize]| rows.iter().map(|&i| label[i] > 0.5).collect::<Vec<bool>>();
    // Children have a number, and no households.
    let children: Vec<u32> = train.iter().map(|&i| child[i] as u32).collect();
    let days = number("date");
    let day = train.iter().map(|&i| days[i] as i32).collect();
    let origin = Origin { child: children.clone(), household: children, day, direction: Vec::new() };
    let training = Training::new(x_train, Array1::from(came(&train)));
    Data { train: training, origin, test: x_test, came: came(&test) }
}

/// A linear fit, with its objective as the peers have it and the weights that are not 0.
fn linear(model: &str, data: &Training) -> (FittedLogistic, String) {
    let lambda = 1.0 / (C * data.targets.len() as f64);
    let mut last = None;
    let fitted = match model {
        "logistic" => Logistic { l2: 1.0 }.fit(data).unwrap(),
        "elastic-net" => ElasticNet { lambda, l1_ratio: 1.0 }.fit(data).unwrap(),
        _ => {
            let lambdas = penalties(data, 1.0, 100, 1e-3).unwrap();
            last = lambdas.last().copied();
            elastic_net::path(data, 1.0, &lambdas).unwrap().pop().unwrap()
        }
    };
    let eta = data.records.dot(&fitted.coefficients) + fitted.intercept;
    let of_row = |(eta, y): (&f64, &bool)| (if *y { -*eta } else { *eta }).exp().ln_1p();
    let sum: f64 = eta.iter().zip(&data.targets).map(of_row).sum();
    if let Some(last) = last {
        // The mean log-loss and the last penalty of the path, as glmnet has them.
        let mean = sum / data.targets.len() as f64;
        let objective = mean + last * fitted.coefficients.iter().map(|w| w.abs()).sum::<f64>();
        return (fitted, format!(",\"last\":{last},\"objective\":{objective}"));
    }
    let penalty = match model {
        "logistic" => 0.5 * fitted.coefficients.dot(&fitted.coefficients),
        _ => fitted.coefficients.iter().map(|w| w.abs()).sum::<f64>() / C,
    };
    let kept = fitted.coefficients.iter().filter(|w| **w != 0.0).count();
    (fitted, format!(",\"nonzero\":{kept},\"objective\":{:.2}", sum + penalty))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [path, model, changes @ ..] = arguments.as_slice() else {
        println!("usage: cargo bench --bench fit_models -- MATRIX.parquet MODEL [SETTING=VALUE ...]");
        return;
    };
    let mut settings = Settings::default();
    for (key, value) in changes.iter().filter_map(|change| change.split_once('=')) {
        assert!(settings.set(model, key, value.parse().unwrap()), "{model} has no setting {key}");
    }
    let is_linear = ["logistic", "elastic-net", "path"].contains(&model.as_str());
    let scaled = REGISTRY.iter().any(|e| e.id == model && e.wants == Wants::Scaled);
    let data = load(path, is_linear || scaled);
    let start = Instant::now();
    let (p, seconds, more): (Array1<f64>, f64, String) = if is_linear {
        let (fitted, more) = linear(model, &data.train);
        let seconds = start.elapsed().as_secs_f64();
        let eta = data.test.dot(&fitted.coefficients) + fitted.intercept;
        (eta.mapv(rerefer::num::sigmoid), seconds, more)
    } else {
        let Some(entry) = REGISTRY.iter().find(|e| e.id == model) else {
            return println!("no learner is called {model}");
        };
        let learner: Box<dyn Learner> = entry.learner(&settings);
        let fitted = learner.learn(&data.train, &data.origin).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        (fitted.probabilities(&data.test), seconds, String::new())
    };
    let (p, n) = (p.to_vec(), data.came.len());
    let (fold, weight) = (vec![0; n], vec![1; n]);
    let sample =
        Sample { y: &data.came, p: &p, fold: &fold, weight: &weight, capacities: &[], thresholds: &[] };
    let tally = tally(&sample);
    let value = |id: &str| match measures::find(id).unwrap().formula {
        measures::Formula::Whole(f) => f(&tally).unwrap(),
        _ => f64::NAN,
    };
    let (rows, columns) = data.train.records.dim();
    println!(
        "{{\"script\":\"rerefer\",\"model\":\"{model}\",\"fit_s\":{seconds:.3},\"rows\":{rows},\"columns\":{columns},\
         \"auc\":{:.5},\"ap\":{:.5},\"brier\":{:.5},\"log_loss\":{:.5}{more}}}",
        value("auroc"),
        value("average-precision"),
        value("brier"),
        value("log-loss")
    );
}
