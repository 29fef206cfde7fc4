//! Golden of R survival and glmnet on simulated rows: ties, delayed entry, weights, strata, clusters.
use super::{proportional::*, *};
use ndarray::Array2;
use serde_json::Value as Json;

const DATA: &str = include_str!("../../../../tests/golden/r-cox-own/data.csv");
const KNOWN: &str = include_str!("../../../../tests/golden/r-cox-own/expected.json");

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

#[track_caller]
fn near(found: &[f64], known: &[f64], tolerance: f64) {
    assert_eq!(found.len(), known.len());
    for (f, k) in found.iter().zip(known) {
        assert!((f - k).abs() <= tolerance * (1e-2 + k.abs()), "{found:?} {known:?}");
    }
}

/// Columns id, a, b, c, weight, stratum, start, stop, event.
fn rows() -> Vec<Vec<f64>> {
    csv::Reader::from_reader(DATA.as_bytes()).deserialize().map(|r| r.unwrap()).collect()
}

#[test]
fn coxph_and_zph() {
    let (rows, known): (_, Json) = (rows(), serde_json::from_str(KNOWN).unwrap());
    let of = |j: usize| rows.iter().map(|r| r[j]).collect::<Vec<f64>>();
    let whole = |j: usize| rows.iter().map(|r| r[j] as u32).collect::<Vec<u32>>();
    let x = Array2::from_shape_fn((rows.len(), 3), |(i, j)| rows[i][j + 1]);
    let (weight, stratum, cluster) = (of(4), whole(5), whole(0));
    let times = Times::with_entry(of(6), of(7), rows.iter().map(|r| r[8] as u8).collect()).unwrap();
    let data = CoxData {
        x: x.view(),
        times: &times,
        cause: 1,
        weight: Some(&weight),
        stratum: Some(&stratum),
        cluster: Some(&cluster),
        offset: None,
    };
    for (ties, name) in [(Ties::Efron, "efron"), (Ties::Breslow, "breslow")] {
        let known = &known[name];
        let found = fit(&data, &CoxOptions { ties, robust: true, ..CoxOptions::default() }).unwrap();
        near(&found.coef, &numbers(&known["coef"]), 1e-8);
        near(&found.standard_errors(), &numbers(&known["se_robust"]), 1e-8);
        let naive: Vec<f64> = found.variance.diag().iter().map(|v| v.sqrt()).collect();
        near(&naive, &numbers(&known["se_naive"]), 1e-8);
        near(&found.loglik, &numbers(&known["loglik"]), 1e-10);
        for (transform, name) in [
            (TimeTransform::KaplanMeier, "zph_km"),
            (TimeTransform::Rank, "zph_rank"),
            (TimeTransform::Identity, "zph_identity"),
            (TimeTransform::Log, "zph_log"),
        ] {
            let test = proportional(&data, &found, transform).unwrap();
            let chi: Vec<f64> = test.columns.iter().chain([&test.global]).map(|t| t.chi_square).collect();
            println!("{name} {chi:?}");
            near(&chi, &numbers(&known[name]), 1e-6);
        }
    }
}

#[test]
fn exact_with_delayed_entry() {
    let (rows, known): (_, Json) = (rows(), serde_json::from_str(KNOWN).unwrap());
    let of = |j: usize| rows[..80].iter().map(|r| r[j]).collect::<Vec<f64>>();
    let x = Array2::from_shape_fn((80, 3), |(i, j)| rows[i][j + 1]);
    let times = Times::with_entry(of(6), of(7), rows[..80].iter().map(|r| r[8] as u8).collect()).unwrap();
    let data = CoxData {
        x: x.view(),
        times: &times,
        cause: 1,
        weight: None,
        stratum: None,
        cluster: None,
        offset: None,
    };
    let found = fit(&data, &CoxOptions { ties: Ties::Exact, ..CoxOptions::default() }).unwrap();
    near(&found.coef, &numbers(&known["exact80"]["coef"]), 1e-7);
    near(&found.standard_errors(), &numbers(&known["exact80"]["se"]), 1e-7);
    near(&found.loglik, &numbers(&known["exact80"]["loglik"]), 1e-10);
}

#[test]
fn path_of_glmnet() {
    let (rows, known): (_, Json) = (rows(), serde_json::from_str(KNOWN).unwrap());
    let x = Array2::from_shape_fn((rows.len(), 3), |(i, j)| rows[i][j + 1]);
    let weight: Vec<f64> = rows.iter().map(|r| r[4]).collect();
    let stop: Vec<f64> = rows.iter().map(|r| r[7]).collect();
    let least = stop.iter().copied().fold(f64::INFINITY, f64::min);
    let cause = rows.iter().map(|r| if r[7] <= least { 1 } else { r[8] as u8 }).collect();
    let times = Times::new(stop, cause).unwrap();
    let data = CoxData {
        x: x.view(),
        times: &times,
        cause: 1,
        weight: Some(&weight),
        stratum: None,
        cluster: None,
        offset: None,
    };
    let options = path::PathOptions { alpha: 0.8, ..path::PathOptions::default() };
    let top = path::path(&data, &options).unwrap().lambda[0];
    near(&[top], &[known["lambda_max"].as_f64().unwrap()], 1e-6);
    let lambda = Some(numbers(&known["glmnet"]["lambda"]));
    let run = path::path(&data, &path::PathOptions { lambda, ..options }).unwrap();
    for (k, row) in known["glmnet"]["coef"].as_array().unwrap().iter().enumerate() {
        near(run.coef.row(k).as_slice().unwrap(), &numbers(row), 1e-5);
    }
}
