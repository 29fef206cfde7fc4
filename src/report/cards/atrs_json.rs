//! The algorithmic transparency record as JSON: one object a field, in the order of the standard.

use serde_json::{Value, json as object};

use super::form::Form;
use super::{Board, Item, atrs};
use crate::report::{Report, words};

/// The fields as JSON: id, label, what is asked, state (`run`, `tool`, `owner` or `to-complete`) and the answer, sentence by
/// sentence; of a field that is to be completed, what to write. The same report and answers give the same bytes.
#[must_use]
pub fn atrs_json(report: &Report, board: &Board) -> String {
    let form: &Form = &atrs::FORM;
    let record = form.fill(report, board);
    let field = |item: &Item| {
        object!({
            "id": item.id,
            "label": item.label,
            "asked": item.asked,
            "state": item.answer.state(),
            "answer": item.answer.sentences(),
        })
    };
    let fields: Vec<Value> = record.items.iter().map(field).collect();
    let whole = object!({
        "notice": words::NOTICE,
        "simulated": report.simulated,
        "run": report.run_id,
        "fields": fields,
    });
    format!("{whole:#}\n")
}
