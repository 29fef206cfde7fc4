//! Reads a criterion about when: `measure = "time-ipa"`, `at = "12 months"`.

use super::read::{Known, bound, named_groups};
use super::{Criterion, OVERALL};
use crate::evaluate::survival::score::{
    measures::{Taken, TimeMeasure},
    place,
};
use crate::experiment::when;
use crate::io::settings::Section;

/// The criterion of a measure of when.
pub(super) fn criterion(
    s: &Section<'_>,
    measure: &'static TimeMeasure,
    known: Option<Known<'_>>,
) -> Option<Criterion> {
    let settings = known.and_then(|known| known.when);
    let models = settings.and_then(|when| when.models.as_ref());
    if known.is_some() && models.is_none() {
        s.fault(
            "measure",
            format!(
                "`gate.criteria.measure` is `{}`, but `when.learners` names no learner to measure",
                measure.id
            ),
        );
    }
    if measure.id.ends_with("-p") || measure.taken == Taken::Threshold {
        let why = if measure.id.ends_with("-p") {
            "is a test and has no interval"
        } else {
            "is taken at thresholds of predicted risk, which a gate cannot name"
        };
        s.fault("measure", format!("`gate.criteria.measure` cannot be `{}`, which {why}", measure.id));
    }
    let model = model(s, measure, models);
    let groups = named_groups(s, Some((measure.id, measure.by_group)), known);
    let by_group = groups.iter().flatten().any(|g| g != OVERALL);
    let judged = models.map(|models| models.candidate);
    if by_group
        && !measure.of_data()
        && model.as_deref().zip(judged).is_some_and(|(model, judged)| model != judged)
    {
        s.fault(
            "model",
            "`gate.criteria.model` can only be `when.candidate` by group: no other is measured there",
        );
    }
    let at = at(s, measure, settings);
    let bound = bound(s);
    Some(Criterion { measure: measure.id.to_owned(), model: model?, groups: groups?, at: at?, bound: bound? })
}

fn model(s: &Section<'_>, measure: &TimeMeasure, models: Option<&when::Models>) -> Option<String> {
    let Some(models) = models else { return Some(s.text("model").unwrap_or_default()) };
    let choices: Vec<(&str, &str)> = models.learners.iter().map(|id| (*id, *id)).collect();
    let given = s.choice("model", &choices);
    let (of_data, of_candidate) = (measure.of_data(), measure.is_difference());
    if given.is_some() && (of_data || of_candidate) {
        let what = if of_data { "the data alone" } else { "candidate and reference" };
        s.fault("model", format!("`gate.criteria.model` has no place here: this measure is about {what}"));
    }
    if of_data {
        return Some(String::new());
    }
    Some(given.unwrap_or(models.candidate).to_owned())
}

/// The time, which must be one that is asked about; none for measures over all times.
fn at(s: &Section<'_>, measure: &TimeMeasure, settings: Option<&when::Settings>) -> Option<String> {
    let given = s.text("at");
    if measure.taken == Taken::Over {
        if given.is_some() {
            s.fault(
                "at",
                format!("`gate.criteria.at` has no place here: `{}` is over all times", measure.id),
            );
        }
        return Some(String::new());
    }
    let given = s.required("at", given)?;
    let all: Vec<String> =
        settings.map(|when| when.horizons.iter().map(|m| place(*m)).collect()).unwrap_or_default();
    if settings.is_some() && !all.contains(&given) {
        s.fault(
            "at",
            format!(
                "`gate.criteria.at` names no time of `when.horizons_months`, found `{given}`: allowed are {}",
                all.join(", ")
            ),
        );
    }
    Some(given)
}
