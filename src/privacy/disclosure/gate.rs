//! The gate: a verdict may be shown where its number may not. Numbers come from the disclosed lines and from nowhere else.

use super::passed::Number;
use super::rows::TOO_SMALL;
use crate::experiment::gate::{Criterion, Judged, OVERALL, Part, Promise, Why, worst};
use crate::report::{Gate, GateCriterion, GatePart, Line};

/// Discloses a gate that was judged. A reason for a further look is quoted as it was given, as titles are.
pub(super) fn disclose(promise: &Promise, lines: &[Line]) -> Gate {
    let criteria = promise.judgement.criteria.iter().map(|judged| criterion(judged, lines)).collect();
    Gate { standing: promise.standing.clone(), verdict: promise.judgement.verdict, criteria }
}

fn criterion(judged: &Judged, lines: &[Line]) -> GateCriterion {
    let criterion = &judged.criterion;
    let mut parts: Vec<GatePart> = Vec::new();
    for part in judged.parts.iter().map(|p| shown(criterion, p, lines)) {
        // Nameless levels are alike: one stands for all.
        match parts
            .iter_mut()
            .find(|p| p.level == TOO_SMALL && p.group == part.group && part.level == TOO_SMALL)
        {
            Some(same) => same.verdict = worst([same.verdict, part.verdict]),
            None => parts.push(part),
        }
    }
    GateCriterion {
        measure: criterion.id(),
        model: criterion.model.clone(),
        at: criterion.at.clone(),
        bound: criterion.bound,
        verdict: judged.verdict,
        parts,
    }
}

fn shown(criterion: &Criterion, part: &Part, lines: &[Line]) -> GatePart {
    let fits = |line: &&Line| {
        criterion.is_about(&line.model, line.measure, &line.at)
            && line.group == part.group
            && line.level == part.level
    };
    let line = lines.iter().find(fits);
    let measured = part.why != Why::NotMeasured;
    let number = match line {
        Some(line) => line.number.clone(),
        None if measured => Number::Suppressed,
        None => Number::Undefined("it was not measured".to_owned()),
    };
    // A level whose line is gone has lost its name as well.
    let level = if line.is_none() && measured && part.group != OVERALL { TOO_SMALL } else { &part.level };
    let why = match (&number, &part.why) {
        (Number::Suppressed, _) => "the numbers are hidden".to_owned(),
        (_, Why::Inside) => "the whole interval lies inside".to_owned(),
        (_, Why::Outside) => "the whole interval lies outside".to_owned(),
        (_, Why::Across) => "the interval lies partly inside and partly outside".to_owned(),
        (_, Why::NoInterval(Some(reason)) | Why::Undefined(reason)) => reason.clone(),
        (_, Why::NoInterval(None)) => "it has no interval".to_owned(),
        (_, Why::NotMeasured) => "it was not measured".to_owned(),
    };
    GatePart { group: part.group.clone(), level: level.to_owned(), number, verdict: part.verdict, why }
}
