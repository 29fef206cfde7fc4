//! Models against each other, through the rules: a difference of two models may be said where the number of each may.

use super::passed::{Number, Passed};
use crate::evaluate::{Comparison, Status};
use crate::report::{ComparisonLine, Line};

/// Every comparison, in order.
pub(super) fn comparisons(all: &[Comparison], lines: &[Line]) -> Vec<ComparisonLine> {
    all.iter().map(|comparison| line(comparison, lines)).collect()
}

fn line(comparison: &Comparison, lines: &[Line]) -> ComparisonLine {
    let number = |model: &str| {
        let fits = |l: &&Line| {
            l.model == model
                && l.group == "overall"
                && l.measure == comparison.measure
                && l.at == comparison.at
        };
        lines.iter().find(fits).map(|l| &l.number)
    };
    let sides = [number(&comparison.model), number(&comparison.against)];
    let shown = sides.iter().all(|side| side.is_some_and(|number| number.estimate().is_some()));
    let hidden = sides.iter().any(|side| side.is_none_or(|number| *number == Number::Suppressed));
    let difference = match (comparison.status, comparison.difference) {
        (Status::Ok, Some(difference)) if shown => Number::new(difference, comparison.interval),
        (Status::Undefined, _) if !hidden => Number::Undefined(comparison.reason.clone().unwrap_or_default()),
        _ => Number::Suppressed,
    };
    let p = |p: Option<f64>| p.filter(|_| shown).map(Passed::rounded);
    ComparisonLine {
        model: comparison.model.clone(),
        against: comparison.against.clone(),
        split: comparison.split.clone(),
        measure: comparison.measure.clone(),
        at: comparison.at.clone(),
        note: comparison.reason.clone().filter(|_| shown),
        difference,
        p: p(comparison.p),
        p_adjusted: p(comparison.p_adjusted),
    }
}
