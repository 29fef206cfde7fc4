//! `evaluation.json`: every measure as one row, for programs.
//!
//! `{"version":1,"rows":[{…}]}`, each row with the keys `model`, `split`, `measure`, `group`, `level`, `at`,
//! `estimate`, `low`, `high`, `n`, `events`, `status`, `reason`, `convention`, in this order. How to read a `null`:
//!
//! * `status` is `ok`: the estimate is given. `low` and `high` are null where there is no interval, and then `reason`
//!   may say why.
//! * `status` is `undefined`: the measure has no value on these rows, and `reason` says why. `n` and `events` are given.
//! * `status` is `suppressed`: the estimate is withheld by disclosure control, whether or not it was defined; `reason` is
//!   null. A null `n` or `events` is withheld too: this is the only status under which they can be null. The `at` of a
//!   suppressed `calibration-bin` is empty.

use serde_json::{Value, json as object};

use super::{Line, Report};
use crate::evaluate::Status;
use crate::privacy::disclosure::Number;

/// Writes the rows of a report, one a line.
#[must_use]
pub fn json(report: &Report) -> String {
    let rows: Vec<String> = report.lines.iter().map(|line| row(line).to_string()).collect();
    format!("{{\"version\":1,\"rows\":[\n{}\n]}}\n", rows.join(",\n"))
}

fn row(line: &Line) -> Value {
    let (status, reason) = match &line.number {
        Number::Shown { .. } => (Status::Ok, line.note.as_deref()),
        Number::Suppressed => (Status::Suppressed, None),
        Number::Undefined(reason) => (Status::Undefined, Some(reason.as_str())),
    };
    let interval = line.number.interval();
    object!({
        "model": line.model,
        "split": line.split,
        "measure": line.measure,
        "group": line.group,
        "level": line.level,
        "at": line.at,
        "estimate": line.number.estimate(),
        "low": interval.map(|(low, _)| low),
        "high": interval.map(|(_, high)| high),
        "n": line.n.get(),
        "events": line.events.get(),
        "status": status,
        "reason": reason,
        "convention": line.convention,
    })
}
