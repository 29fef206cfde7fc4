//! Our Cox models against another implementation, on random rows that come and go.

use ndarray::Array2;
use rand::RngExt;
use rerefer::models::time::cox::{CoxData, CoxOptions, Ties, fit};
use rerefer::num::seed;
use rerefer::survival::Times;
use survival::regression::{CoxPHFit, CoxphData, CoxphOptions, TieMethod};

const ROWS: usize = 240;
const COLUMNS: usize = 3;

/// Rows with many tied times, late entries, three strata, whole weights and clusters of four.
struct Rows {
    x: Array2<f64>,
    times: Times,
    weight: Vec<f64>,
    stratum: Vec<u32>,
    cluster: Vec<u32>,
}

fn rows(number: u64) -> Rows {
    let mut rng = seed::stream(number, "cox-oracle");
    let x = Array2::from_shape_fn((ROWS, COLUMNS), |_| rng.random::<f64>() * 2.0 - 1.0);
    let (mut entry, mut exit, mut cause) = (vec![], vec![], vec![]);
    for row in 0..ROWS {
        let from = rng.random_range(0..6);
        let pace = 8.0 * (-x[[row, 0]]).exp();
        entry.push(f64::from(from));
        exit.push(f64::from(from) + 1.0 + (rng.random::<f64>() * pace).floor());
        cause.push(u8::from(rng.random::<f64>() < 0.6));
    }
    let weight = (0..ROWS).map(|_| f64::from(rng.random_range(1..4))).collect();
    let stratum = (0..ROWS).map(|_| rng.random_range(0..3)).collect();
    let times = Times::with_entry(entry, exit, cause).unwrap();
    Rows { x, times, weight, stratum, cluster: (0..ROWS as u32).map(|row| row / 4).collect() }
}

#[test]
fn cox_equals_the_survival_crate() {
    for number in 0..12 {
        let rows = rows(number);
        for (ours, theirs) in [(Ties::Efron, TieMethod::Efron), (Ties::Breslow, TieMethod::Breslow)] {
            let data = CoxData {
                x: rows.x.view(),
                times: &rows.times,
                cause: 1,
                weight: Some(&rows.weight),
                stratum: Some(&rows.stratum),
                cluster: Some(&rows.cluster),
                offset: None,
            };
            let found =
                fit(&data, &CoxOptions { ties: ours, robust: true, ..CoxOptions::default() }).unwrap();
            let whole = |of: &[u32]| of.iter().map(|code| *code as i32).collect::<Vec<i32>>();
            let cells: Vec<f64> = rows.x.iter().copied().collect();
            let given = CoxphData::try_new(
                rows.times.exit.clone(),
                Some(rows.times.entry.clone()),
                rows.times.cause.iter().map(|cause| i32::from(*cause)).collect(),
                ndarray_of_survival::Array2::from_shape_vec((ROWS, COLUMNS), cells).unwrap(),
                Some(rows.weight.clone()),
                Some(whole(&rows.stratum)),
                None,
            );
            let options = CoxphOptions {
                method: theirs,
                cluster: Some(whole(&rows.cluster)),
                ..CoxphOptions::default()
            };
            let expected = CoxPHFit::fit(given.unwrap(), options).unwrap();
            let near = |what: &str, found: f64, expected: f64| {
                assert!(
                    (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                    "{what}: {found}, not {expected}"
                );
            };
            near("log likelihood", found.loglik[1], expected.loglik[1]);
            for (j, error) in found.standard_errors().iter().enumerate() {
                near("coefficient", found.coef[j], expected.coefficients[j]);
                near("robust error", *error, expected.var[(j, j)].sqrt());
            }
        }
    }
}
