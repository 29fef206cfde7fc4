//! Kept models in forms that others read: weights as CSV for linear models, `XGBoost`'s JSON for trees.

use crate::experiment::fit::FittedModel;
use crate::features::Matrix;
use crate::models::registry::Entry;
use crate::models::saved::SaveError;
use crate::models::scorecard::{Ask, Card};

/// Further files of a model: none, where it has no such form.
pub(super) fn of(
    entry: &Entry,
    fitted: &FittedModel,
    matrix: &Matrix,
) -> Result<Vec<(String, Vec<u8>)>, SaveError> {
    let mut files = Vec::new();
    if let Some((intercept, weights)) = fitted.model.weights() {
        let text = linear(fitted, matrix, intercept, &weights).map_err(SaveError::new)?;
        files.push((format!("{}.csv", entry.id), text));
    }
    if let Some(found) = fitted.model.card() {
        let text = card(fitted, matrix, found).map_err(SaveError::new)?;
        files.push((format!("{}.csv", entry.id), text));
    }
    if let Some(json) = fitted.model.xgboost_json() {
        files.push((format!("{}.xgboost.json", entry.id), json?));
    }
    Ok(files)
}

/// One line a column: its feature, how its value is prepared, and its weight.
fn linear(
    fitted: &FittedModel,
    matrix: &Matrix,
    intercept: f64,
    weights: &[f64],
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "feature",
        "meaning",
        "prepared",
        "minus",
        "divided_by",
        "lowest",
        "highest",
        "weight",
    ])?;
    let start =
        ["(start)", "log-odds where every prepared value is 0", "", "", "", "", ""].map(str::to_owned);
    out.write_record(start.into_iter().chain([intercept.to_string()]))?;
    for (column, weight) in fitted.prepared.described().iter().zip(weights) {
        let feature = &matrix.features[column.source];
        let bent = column.term.map(|term| {
            let knots = term.knots.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
            let log = if column.log { "log(1 + value)" } else { "value" };
            format!("term {} of the restricted cubic spline of {log} with knots {knots}, divided by (last - first knot)^2; 0 after division if not recorded", term.number + 1)
        });
        let prepared = match (column.says_missing, column.log) {
            (true, _) => "1 if not recorded, else 0",
            (false, _) if column.category => "log-odds of the category, listed in model.json",
            (false, true) => "log(1 + value); 0 after division if not recorded",
            (false, false) => "value; the middle if not recorded",
        };
        let numbers = [column.centre, column.scale, column.range.0, column.range.1, *weight];
        let words = [feature.id.clone(), feature.words.clone(), bent.unwrap_or_else(|| prepared.to_owned())];
        out.write_record(words.into_iter().chain(numbers.iter().map(f64::to_string)))?;
    }
    Ok(out.into_inner().map_err(|e| e.into_error())?)
}

/// The questions with their points, then every score with its chance in 100.
fn card(
    fitted: &FittedModel,
    matrix: &Matrix,
    card: &Card,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let sources = fitted.prepared.sources();
    out.write_record(["question", "answer or score", "points", "of 100 so many may come back"])?;
    for line in &card.lines {
        let feature = &matrix.features[sources[line.question.column]];
        let answer = match line.question.ask {
            Ask::AtLeast(cut) => format!("{cut} or more"),
            Ask::Missing => "not recorded".to_owned(),
        };
        out.write_record([&feature.words, &answer, &line.points.to_string(), ""])?;
    }
    for (score, risk) in card.table() {
        out.write_record(["all points together", &score.to_string(), "", &format!("{:.1}", 100.0 * risk)])?;
    }
    Ok(out.into_inner().map_err(|e| e.into_error())?)
}
