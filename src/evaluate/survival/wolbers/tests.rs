use super::*;
use crate::evaluate::survival::censoring::TieOrder::EventsFirst;
use crate::evaluate::survival::test_data::{close, columns, numbers};

#[test]
fn equals_pec() {
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
        let ones = vec![1.0; rows.len()];
        let c = Censoring::estimate(&rows, &ones, EventsFirst).unwrap();
        for (k, t) in numbers(&expected["times"]).iter().enumerate() {
            let value = wolbers(&rows, &d[&format!("risk.V{}", k + 1)], &ones, *t, &c).unwrap();
            close(value, numbers(&expected[kind]["cindex"])[k], 1e-9);
        }
    }
}
