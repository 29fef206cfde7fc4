//! `evaluation.json`: every measure as one row, for programs.
//!
//! `{"version":3,"rows":[{…}],"comparisons":[{…}],"contrasts":[{…}],"tests":[{…}],"gate":{…},"stability":{…},"recording_bias":{…},"what_if":{…},"rates":{…},"explanations":[…],"proxies":{…},"by_fold":{…},"when":{…},"privacy":{…}}`, each row with the keys `model`, `split`, `measure`,
//! `group`, `level`, `at`, `estimate`, `low`, `high`, `theory` (`method`, `low`, `high`), `shrunk`, `n`, `events`, `status`,
//! `reason`, `convention`, in this order. How to read a `null`:
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
//! `stability` is described in `json_stability`, `explanations` in `json_explanation`, `by_fold` in
//! `json_folds`, `privacy` in [`privacy`](super::privacy).
//! `recording_bias` asks how far the records of a group would have to be off to explain a gap at the declared capacity
//! (`gaps`, with the true comebacks of the level for each one on record), and between what values its rates lie if a share
//! of its comebacks was never recorded, or recorded too often (`bounds`). `what_if` is null where the experiment does not ask
//! what correcting for gaps would do; nothing in it was applied. `rates` holds referrals flagged a month, referrals left out
//! because the records end too early, and how often groups are referred where a population was given. `when` is null where the
//! experiment does not ask how long, and else what had come first to how many of a hundred referrals by each horizon, and by those months that may be shown.
//!
//! Comparisons are of a model less another (`against`) over all rows, with a household-bootstrap interval and a p value of no
//! difference; `p_adjusted` is Benjamini and Hochberg's, over all comparisons. Contrasts compare a level with its reference level or with everyone else (`against`): `difference` and `ratio` with
//! household-bootstrap intervals, and beside them the intervals for independent rows. Tests ask whether a measure is the
//! same in all levels of a grouping; `p_adjusted` is Benjamini and Hochberg's, over the
//! `family` tests of one model at one place that are of mistakes, or of who is flagged and comes back.

use serde_json::{Value, json as object};

use super::json_explanation::{explanations, proxies};
use super::json_folds::by_fold;
use super::json_stability::stability;
use super::privacy::Privacy;
use super::what_if::ShownWhatIf;
use super::{ComparisonLine, ContrastLine, Gate, GateCriterion, Line, Report, TestLine};
use crate::evaluate::Status;
use crate::experiment::gate::Standing;
use crate::privacy::disclosure::{Number, Passed};

/// Writes the rows of a report, one a line.
#[must_use]
pub fn json(report: &Report) -> String {
    let list = |rows: Vec<Value>| rows.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
    let rows = list(report.lines.iter().map(row).collect());
    let comparisons = list(report.comparisons.iter().map(comparison).collect());
    let contrasts = list(report.contrasts.iter().map(contrast).collect());
    let tests = list(report.group_tests.iter().map(test).collect());
    let gate = report.gate.as_ref().map_or(Value::Null, gate);
    let stability = stability(&report.stability);
    let recording_bias = report.recording_bias.json();
    let what_if = report.what_if.as_ref().map_or(Value::Null, ShownWhatIf::json);
    let rates = report.rates.json();
    let (explanations, proxies) = (explanations(&report.explanations), proxies(&report.proxies));
    let by_fold = by_fold(report.by_fold.as_ref());
    let when = report.when.as_ref().map_or(Value::Null, |when| match when {
        Ok(when) => when.json(),
        Err(reason) => object!({"reason": reason}),
    });
    let privacy = report.privacy.as_ref().map_or(Value::Null, Privacy::json);
    format!(
        "{{\"version\":3,\"rows\":[\n{rows}\n],\"comparisons\":[\n{comparisons}\n],\"contrasts\":[\n{contrasts}\n],\"tests\":[\n{tests}\n],\"gate\":{gate},\"stability\":{stability},\"recording_bias\":{recording_bias},\"what_if\":{what_if},\"rates\":{rates},\"explanations\":{explanations},\"proxies\":{proxies},\"by_fold\":{by_fold},\"when\":{when},\"privacy\":{privacy}}}\n"
    )
}

fn pair(ends: Option<(Passed<f64>, Passed<f64>)>) -> Value {
    ends.map_or(Value::Null, |(low, high)| object!([low.get(), high.get()]))
}

/// Status and reason of a number.
pub(super) fn status(number: &Number) -> (Status, Option<&str>) {
    match number {
        Number::Shown { .. } => (Status::Ok, None),
        Number::Suppressed => (Status::Suppressed, None),
        Number::Undefined(reason) => (Status::Undefined, Some(reason.as_str())),
    }
}

fn comparison(line: &ComparisonLine) -> Value {
    let (status, reason) = status(&line.difference);
    let reason = reason.or(line.note.as_deref());
    object!({
        "model": line.model,
        "split": line.split,
        "measure": line.measure,
        "at": line.at,
        "against": line.against,
        "difference": line.difference.estimate(),
        "interval": line.difference.interval().map(|(low, high)| [low, high]),
        "p": line.p.map(Passed::get),
        "p_adjusted": line.p_adjusted.map(Passed::get),
        "status": status,
        "reason": reason,
    })
}

pub(super) fn contrast(line: &ContrastLine) -> Value {
    let (status, reason) = status(&line.difference);
    let interval = |number: &Number| number.interval().map(|(low, high)| [low, high]);
    object!({
        "model": line.model,
        "split": line.split,
        "measure": line.measure,
        "group": line.group,
        "level": line.level,
        "at": line.at,
        "against": line.against,
        "difference": line.difference.estimate(),
        "difference_interval": interval(&line.difference),
        "newcombe": pair(line.newcombe),
        "ratio": line.ratio.estimate(),
        "ratio_interval": interval(&line.ratio),
        "log_ratio": pair(line.log_ratio),
        "status": status,
        "reason": reason,
    })
}

pub(super) fn test(line: &TestLine) -> Value {
    let number = |value: Option<Passed<f64>>| value.map(Passed::get);
    object!({
        "model": line.model,
        "split": line.split,
        "measure": line.measure,
        "group": line.group,
        "at": line.at,
        "null": line.null,
        "some_left_out": line.some_left_out,
        "range": number(line.range),
        "expected_range": number(line.expected_range),
        "p": number(line.p),
        "p_adjusted": number(line.p_adjusted),
        "reason": line.reason,
    })
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
    let (status, reason) = status(&line.number);
    let reason = reason.or(line.note.as_deref());
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
        "theory": line.theory.map(|(method, low, high)| object!({"method": method, "low": low.get(), "high": high.get()})),
        "shrunk": line.shrunk.map(Passed::get),
        "n": line.n.get(),
        "events": line.events.get(),
        "status": status,
        "reason": reason,
        "convention": line.convention,
    })
}
