//! `evaluation.json`: every measure as one row, for programs.
//!
//! `{"version":1,"rows":[{…}],"gate":{…}}`, each row with the keys `model`, `split`, `measure`, `group`, `level`, `at`,
//! `estimate`, `low`, `high`, `n`, `events`, `status`, `reason`, `convention`, in this order. How to read a `null`:
//!
//! * `status` is `ok`: the estimate is given. `low` and `high` are null where there is no interval, and then `reason`
//!   may say why.
//! * `status` is `undefined`: the measure has no value on these rows, and `reason` says why. `n` and `events` are given.
//! * `status` is `suppressed`: the estimate is withheld by disclosure control, whether or not it was defined; `reason` is
//!   null. A null `n` or `events` is withheld too: this is the only status under which they can be null. The `at` of a
//!   suppressed `calibration-bin` is empty.
//!
//! `gate` is null where the experiment has none. Its `verdict` and those of its `criteria` and their `parts` are `PASS`,
//! `FAIL` or `CANNOT SAY`; `look` counts the openings of the final test, and is null where this is no final test.

use serde_json::{Value, json as object};

use super::{Gate, GateCriterion, Line, Report};
use crate::evaluate::Status;
use crate::experiment::gate::Standing;
use crate::privacy::disclosure::Number;

/// Writes the rows of a report, one a line.
#[must_use]
pub fn json(report: &Report) -> String {
    let rows: Vec<String> = report.lines.iter().map(|line| row(line).to_string()).collect();
    let gate = report.gate.as_ref().map_or(Value::Null, gate);
    format!("{{\"version\":1,\"rows\":[\n{}\n],\"gate\":{gate}}}\n", rows.join(",\n"))
}

fn gate(gate: &Gate) -> Value {
    let look = match &gate.standing {
        Standing::Final(look) => Some(look.number),
        Standing::NotLocked | Standing::Rehearsal { .. } => None,
    };
    let criteria: Vec<Value> = gate.criteria.iter().map(criterion).collect();
    object!({"verdict": gate.verdict, "look": look, "criteria": criteria})
}

fn criterion(criterion: &GateCriterion) -> Value {
    let part = |part: &super::GatePart| {
        let interval = part.number.interval();
        object!({
            "group": part.group,
            "level": part.level,
            "estimate": part.number.estimate(),
            "low": interval.map(|(low, _)| low),
            "high": interval.map(|(_, high)| high),
            "verdict": part.verdict,
            "why": part.why,
        })
    };
    let parts: Vec<Value> = criterion.parts.iter().map(part).collect();
    object!({
        "measure": criterion.measure,
        "model": criterion.model,
        "at": criterion.at,
        "bound": criterion.bound,
        "verdict": criterion.verdict,
        "parts": parts,
    })
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
