use super::*;
use crate::evaluate::survival::censoring::TieOrder::EventsFirst;
use crate::evaluate::survival::test_data::{close, columns, golden, numbers, observed};

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
        let ones = vec![1.0; rows.len()];
        let c = Censoring::estimate(&rows, &ones, EventsFirst).unwrap();
        for (k, t) in numbers(&expected["times"]).iter().enumerate() {
            let marker = &d[&format!("risk.V{}", k + 1)];
            let a = auc(&rows, marker, &[*t], (&ones, Controls::WithoutEvent), (&c, GAt::Before));
            close(a[0].unwrap(), numbers(&expected[kind]["auc"])[k], 1e-9);
        }
    }
}

#[test]
fn equals_scikit_survival() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    for (name, case) in expected["vectors"]["cumulative_dynamic_auc"].as_object().unwrap() {
        if name.starts_with("whas500") {
            continue;
        }
        let (train, test) = (observed(&case["train"]), observed(&case["test"]));
        let ones = vec![1.0; test.len()];
        let c = Censoring::estimate(&train, &vec![1.0; train.len()], EventsFirst).unwrap();
        let times = numbers(&case["times"]);
        let risk = case["risk"].as_array().unwrap();
        let mut all = vec![];
        for (k, t) in times.iter().enumerate() {
            let marker: Vec<f64> =
                risk.iter().map(|r| numbers(r).get(k).copied().unwrap_or(numbers(r)[0])).collect();
            let value = auc(&test, &marker, &[*t], (&ones, Controls::WithoutEvent), (&c, GAt::At))[0];
            println!("{name} {t}");
            close(value.unwrap(), numbers(&case["auc"])[k], 1e-10);
            all.push(value);
        }
        close(mean_auc(&test, &ones, &times, &all).unwrap(), case["mean_auc"].as_f64().unwrap(), 1e-10);
    }
}
