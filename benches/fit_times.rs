//! The fits of `survival.py` (same training rows, same columns), timed.
//!
//! `cargo bench --bench fit_times -- MATRIX.parquet MODEL` takes a matrix that `featurise_polars.py` wrote and prints one line of
//! JSON like the peer script does. MODEL is `cox` (Efron's ties, as `lifelines_cox` and `sksurv_cox`), `path` (100 penalties, as
//! `sksurv_coxnet`) or `discrete` (all periods of 30 days at once). Tested are the first 10,000 test rows, the peers' are drawn.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use ndarray::{Array2, Axis};
use polars::prelude::*;
use rerefer::evaluate::survival::censoring::{Censoring, GAt, TieOrder};
use rerefer::evaluate::survival::observed::Observed;
use rerefer::evaluate::survival::{brier::brier, harrell::harrell, integrated_brier::integrated_brier};
use rerefer::models::time::cox::path::{PathOptions, path};
use rerefer::models::time::cox::{CoxData, CoxOptions, baseline::baseline, fit};
use rerefer::models::time::discrete::{self, DiscreteData, DiscreteOptions, NoVarying, Periods};
use rerefer::survival::Times;
use std::time::Instant;

const FEATURES: [&str; 20] = [
    "age",
    "sex_M",
    "disability",
    "contact_n365",
    "contact_nall",
    "contact_since",
    "referral_n365",
    "referral_nall",
    "referral_since",
    "referral_nfa_nall",
    "assessment_end_nall",
    "s47_nall",
    "cp_start_nall",
    "closure_since",
    "domestic_abuse_nall",
    "neglect_nall",
    "parental_mental_health_nall",
    "parental_substance_misuse_nall",
    "missing_episodes_nall",
    "emotional_abuse_nall",
];
/// Days since an event that never happened, as the peer script fills them.
const NEVER: f64 = 4000.0;

struct Data {
    train: (Array2<f64>, Times),
    test: (Array2<f64>, Times),
}

fn load(file: &str) -> Data {
    let frame = ParquetReader::new(std::fs::File::open(file).unwrap()).finish().unwrap();
    let number = |name: &str| -> Vec<f64> {
        let column = frame.column(name).unwrap().cast(&DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(|v| v.unwrap_or(f64::NAN)).collect()
    };
    let mut x = Array2::<f64>::zeros((frame.height(), FEATURES.len()));
    for (j, name) in FEATURES.iter().enumerate() {
        for (i, value) in number(name).into_iter().enumerate() {
            let filled = if value.is_nan() { NEVER } else { value };
            x[[i, j]] = if j < 3 { value } else { filled.ln_1p() };
        }
    }
    let mean = x.mean_axis(Axis(0)).unwrap();
    let sd = x.std_axis(Axis(0), 1.0);
    x -= &mean;
    x /= &sd;
    let (child, time, event) = (number("child_id"), number("time"), number("event"));
    let part = |train: bool, most: usize| {
        let rows = (0..child.len()).filter(|&i| (child[i] % 10.0 >= 3.0) == train).take(most);
        let rows: Vec<usize> = rows.collect();
        let cause = rows.iter().map(|&i| u8::from(event[i] > 0.5)).collect();
        let times = Times::new(rows.iter().map(|&i| time[i]).collect(), cause).unwrap();
        (x.select(Axis(0), &rows), times)
    };
    Data { train: part(true, usize::MAX), test: part(false, 10_000) }
}

/// Risks of the test rows by each time, and a marker of each.
type Predicted = (Array2<f64>, Vec<f64>);

/// Fits a model: seconds, and what it predicts, where that is scored.
fn predicted(model: &str, data: &Data, grid: &[f64]) -> (f64, Option<Predicted>) {
    let ((x, times), (x_test, _)) = (&data.train, &data.test);
    let cox =
        CoxData { x: x.view(), times, cause: 1, weight: None, stratum: None, cluster: None, offset: None };
    let start = Instant::now();
    match model {
        "cox" => {
            let fitted = fit(&cox, &CoxOptions::default()).unwrap();
            let base = baseline(&cox, &fitted).unwrap();
            let seconds = start.elapsed().as_secs_f64();
            let eta: Vec<f64> = x_test
                .rows()
                .into_iter()
                .map(|r| r.iter().zip(&fitted.coef).map(|(x, c)| x * c).sum())
                .collect();
            let hazard: Vec<f64> = grid.iter().map(|t| base[0].cumulative(*t)).collect();
            let risk = Array2::from_shape_fn((eta.len(), grid.len()), |(i, k)| {
                -(-hazard[k] * eta[i].exp()).exp_m1()
            });
            (seconds, Some((risk, eta)))
        }
        "path" => {
            path(&cox, &PathOptions { alpha: 0.9, ..PathOptions::default() }).unwrap();
            (start.elapsed().as_secs_f64(), None)
        }
        _ => {
            let periods = Periods::new((0..=61).map(|i| f64::from(i) * 30.0).collect()).unwrap();
            let of = DiscreteData { x: x.view(), times, weight: None, varying: &NoVarying };
            let fitted = discrete::fit(&of, &periods, &DiscreteOptions::default()).unwrap();
            let seconds = start.elapsed().as_secs_f64();
            let curves = fitted.curves(x_test.view(), &NoVarying).unwrap();
            let mut risk = Array2::zeros((x_test.nrows(), grid.len()));
            for (k, t) in grid.iter().enumerate() {
                let at = curves.at(*t).unwrap();
                risk.column_mut(k).assign(&at.incidence.column(0));
            }
            let marker = risk.column(grid.len() - 1).to_vec();
            (seconds, Some((risk, marker)))
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [file, model] = arguments.as_slice() else {
        println!("usage: cargo bench --bench fit_times -- MATRIX.parquet cox|path|discrete");
        return;
    };
    let data = load(file);
    let grid: Vec<f64> = (0..30).map(|i| 30.0 + 60.0 * f64::from(i)).collect();
    let (seconds, predicted) = predicted(model, &data, &grid);
    let mut scores = String::new();
    if let Some((risk, marker)) = predicted {
        let observed = |times: &Times| Observed::new(times.exit.clone(), times.cause.clone()).unwrap();
        let (train, test) = (observed(&data.train.1), observed(&data.test.1));
        let ones = |of: &Observed| vec![1.0; of.len()];
        let g = Censoring::estimate(&train, &ones(&train), TieOrder::EventsFirst).unwrap();
        let start = Instant::now();
        let values = brier(&test, risk.view(), &grid, &ones(&test), (&g, GAt::At));
        let score = integrated_brier(&grid, &values).unwrap();
        let ibs_s = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let c = harrell(&test, &marker, &ones(&test)).unwrap().concordance().unwrap();
        scores = format!(
            ",\"c_harrell\":{c:.5},\"ibs\":{score:.5},\"harrell_s\":{:.3},\"ibs_s\":{ibs_s:.3}",
            start.elapsed().as_secs_f64()
        );
    }
    let rows = data.train.1.len();
    println!(
        "{{\"script\":\"fit_times\",\"model\":\"{model}\",\"train_rows\":{rows},\"seconds\":{seconds:.3}{scores}}}"
    );
}
