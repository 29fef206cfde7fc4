//! Golden numbers of R on simulated rows with competing causes: `tests/golden/r-competing-own`.

use serde_json::Value;

/// Columns a, b, group, home, weight, entry, time, cause.
pub(super) const DATA: &str = include_str!("../../../tests/golden/r-competing-own/data.csv");
const KNOWN: &str = include_str!("../../../tests/golden/r-competing-own/expected.json");

/// What R says.
pub(super) fn known() -> Value {
    serde_json::from_str(KNOWN).unwrap()
}

/// All numbers of a value, however deep.
pub(super) fn numbers(json: &Value) -> Vec<f64> {
    match json {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}
