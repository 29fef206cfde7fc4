use super::*;
use crate::evaluate::survival::censoring::TieOrder::EventsFirst;
use crate::evaluate::survival::ipa::ipa;
use crate::evaluate::survival::test_data::{close, columns, numbers};
use ndarray::Array2;

#[test]
fn equals_risk_regression() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/r-scoring-own/expected.json"));
    let expected: serde_json::Value = serde_json::from_str(text).unwrap();
    for (kind, text) in [
        ("tied", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/r-scoring-own/tied.csv"))),
        (
            "untied",
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/r-scoring-own/untied.csv")),
        ),
    ] {
        let d = columns(text);
        let rows = Observed::new(d["time"].clone(), d["status"].iter().map(|c| *c as u8).collect()).unwrap();
        let risk = Array2::from_shape_fn((rows.len(), 4), |(i, k)| d[&format!("risk.V{}", k + 1)][i]);
        let ones = vec![1.0; rows.len()];
        let c = Censoring::estimate(&rows, &ones, EventsFirst).unwrap();
        let times = numbers(&expected["times"]);
        let b = brier(&rows, risk.view(), &times, &ones, (&c, GAt::Before));
        let i = ipa(&rows, risk.view(), &times, &ones, (&c, GAt::Before));
        for k in 0..4 {
            close(b[k].unwrap(), numbers(&expected[kind]["brier"])[k], 1e-9);
            close(i[k].unwrap(), numbers(&expected[kind]["ipa"])[k], 1e-9);
        }
    }
}
