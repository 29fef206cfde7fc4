//! The logistic fit of `train.py` (`lr_l2_lbfgs`: same rows, same columns, same penalty), timed.
//!
//! `cargo bench --bench fit_logistic -- MATRIX.parquet` takes a matrix that `featurise_polars.py` wrote and prints one
//! line of JSON like the peer scripts do.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, Axis};
use polars::prelude::*;
use rerefer::models::Training;
use rerefer::models::logistic::Logistic;
use std::time::Instant;

/// Days since an event that never happened, as the peer script fills them.
const NEVER: f64 = 4000.0;
/// Demographic columns at the end, which the peer script leaves as they are.
const DEMOGRAPHIC: usize = 10;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|a| a != "--bench") else {
        println!("usage: cargo bench --bench fit_logistic -- MATRIX.parquet");
        return;
    };
    let frame = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    let features: Vec<_> = frame
        .columns()
        .iter()
        .filter(|c| !["child_id", "date", "label", "time", "event"].contains(&c.name().as_str()))
        .collect();
    let number = |name: &str| -> Vec<f64> {
        frame
            .column(name)
            .unwrap()
            .cast(&DataType::Float64)
            .unwrap()
            .f64()
            .unwrap()
            .iter()
            .map(|v| v.unwrap())
            .collect()
    };
    let (child, label) = (number("child_id"), number("label"));
    let mut x = Array2::<f64>::zeros((frame.height(), features.len()));
    for (j, column) in features.iter().enumerate() {
        let column = column.cast(&DataType::Float64).unwrap();
        for (i, value) in column.f64().unwrap().iter().enumerate() {
            let value = value.filter(|v| !v.is_nan()).unwrap_or(NEVER);
            x[[i, j]] = if j < features.len() - DEMOGRAPHIC { value.ln_1p() } else { value };
        }
    }
    let places = |train: bool| -> Vec<usize> {
        (0..child.len()).filter(|&i| (child[i] % 10.0 >= 3.0) == train).collect()
    };
    let (train, test) = (places(true), places(false));
    let (mut x_train, mut x_test) = (x.select(Axis(0), &train), x.select(Axis(0), &test));
    drop(x);
    let (mean, sd) = (
        x_train.mean_axis(Axis(0)).unwrap(),
        x_train.std_axis(Axis(0), 0.0).mapv(|s| if s > 0.0 { s } else { 1.0 }),
    );
    for x in [&mut x_train, &mut x_test] {
        *x -= &mean;
        *x /= &sd;
    }
    let y: Array1<bool> = train.iter().map(|&i| label[i] > 0.5).collect();
    let training = Training::new(x_train, y);
    let start = Instant::now();
    let fitted = Logistic { l2: 1.0 }.fit(&training).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let p: Array1<f64> = fitted.predict(&x_test);
    let loss = |(p, &i): (&f64, &usize)| -(if label[i] > 0.5 { *p } else { 1.0 - *p }).ln();
    let log_loss = p.iter().zip(&test).map(loss).sum::<f64>() / test.len() as f64;
    let (rows, columns) = (train.len(), features.len());
    println!(
        "{{\"script\":\"rerefer\",\"fit_s\":{seconds:.3},\"rows\":{rows},\"columns\":{columns},\"log_loss\":{log_loss:.6}}}"
    );
}
