//! Golden numbers by path, and small random data with many ties, for tests.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rand::RngExt;

use super::observed::Observed;
use crate::num::seed;

pub(super) fn close(a: f64, b: f64, relative: f64) {
    assert!((a - b).abs() <= relative * b.abs().max(1e-300) || (a - b).abs() < 1e-300, "{a} is not {b}");
}

#[expect(clippy::disallowed_methods, reason = "where golden numbers are, in tests only")]
pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(std::env::var("REREFER_SHARED").unwrap_or("../shared".into())).join("golden").join(name)
}

pub(super) fn golden(name: &str) -> Option<serde_json::Value> {
    let Ok(text) = std::fs::read_to_string(path(name)) else {
        println!("skipped: no {name}");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// Columns of numbers; what is no number is NaN, but for true and false.
pub(super) fn table(name: &str) -> BTreeMap<String, Vec<f64>> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    // This file has no header.
    let header = if name.ends_with("whas500_predictions.csv") { "event,time,risk\n" } else { "" };
    columns(&format!("{header}{text}"))
}

pub(super) fn columns(text: &str) -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
    let mut out: BTreeMap<String, Vec<f64>> = names.iter().map(|n| (n.clone(), vec![])).collect();
    for row in reader.records() {
        for (name, field) in names.iter().zip(row.unwrap().iter()) {
            let value = match field.to_ascii_lowercase().as_str() {
                "true" => 1.0,
                "false" => 0.0,
                other => other.parse().unwrap_or(f64::NAN),
            };
            out.get_mut(name).unwrap().push(value);
        }
    }
    out
}

pub(super) fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value.as_array() {
        Some(list) => {
            list.iter().map(|v| v.as_f64().unwrap_or_else(|| f64::from(v.as_bool().unwrap()))).collect()
        }
        None => vec![value.as_f64().unwrap()],
    }
}

pub(super) fn observed(value: &serde_json::Value) -> Observed {
    let cause = numbers(&value["event"]).iter().map(|e| *e as u8).collect();
    Observed::new(numbers(&value["time"]), cause).unwrap()
}

/// Rows with exits 1 to 9, causes 0 to 2, markers in tenths, and integer weights 0 to 3.
pub(super) fn tied(seed: u64, rows: usize) -> (Observed, Vec<f64>, Vec<f64>) {
    let mut stream = seed::stream(seed, "tied");
    let exit = (0..rows).map(|_| f64::from(stream.random_range(1..10_u8))).collect();
    let cause = (0..rows).map(|_| stream.random_range(0..3_u8)).collect();
    let marker = (0..rows).map(|_| f64::from(stream.random_range(0..11_u8)) / 10.0).collect();
    let weight = (0..rows).map(|_| f64::from(stream.random_range(0..4_u8))).collect();
    (Observed::new(exit, cause).unwrap(), marker, weight)
}

/// Each row as often as its weight says.
pub(super) fn duplicated(rows: &Observed, marker: &[f64], weight: &[f64]) -> (Observed, Vec<f64>) {
    let index: Vec<usize> = (0..rows.len()).flat_map(|i| vec![i; weight[i] as usize]).collect();
    let exit = index.iter().map(|i| rows.exit()[*i]).collect();
    let cause = index.iter().map(|i| rows.cause()[*i]).collect();
    (Observed::new(exit, cause).unwrap(), index.iter().map(|i| marker[*i]).collect())
}
