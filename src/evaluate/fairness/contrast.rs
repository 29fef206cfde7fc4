//! One group against another.

use super::COMPARED;
use crate::evaluate::inference::newcombe::newcombe_difference;
use crate::evaluate::inference::ratio::ratio_of_proportions;
use crate::evaluate::inference::two_proportions::Counts;
use crate::evaluate::measures::{Formula, Measure, Spread, Unit};
use crate::evaluate::model::Measured;
use crate::evaluate::resample::draw::interval;
use crate::evaluate::table::{Plan, Side, Slot};
use crate::evaluate::tally::{Flagged, Tally};
use crate::evaluate::theory::Method;
use crate::evaluate::{Input, Status};

/// A measure of one group less, and over, that of its reference group or of everyone else.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Contrast {
    /// Model id.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Where the measure is taken.
    pub at: String,
    /// Level that it is compared with; `everyone else` for all other rows together.
    pub against: String,
    /// Level less the other.
    pub difference: Option<f64>,
    /// Its 95% interval, by the household bootstrap.
    pub difference_interval: Option<(f64, f64)>,
    /// Newcombe's interval, rows taken as independent.
    pub newcombe: Option<(f64, f64)>,
    /// Level over the other: for rates of what is done to families, the Relative Rate Index.
    pub ratio: Option<f64>,
    /// Its 95% interval, by the household bootstrap.
    pub ratio_interval: Option<(f64, f64)>,
    /// The interval by the logarithm of the ratio, rows taken as independent.
    pub log_ratio: Option<(f64, f64)>,
    /// Exact counts that both sides rest on.
    pub rests_on: Vec<u64>,
    /// Status.
    pub status: Status,
    /// Why it is undefined.
    pub reason: Option<String>,
}

/// What a group is compared with when it is not its reference group.
const EVERYONE_ELSE: &str = "everyone else";

/// Every contrast of a model, grouping by grouping, level by level.
pub(in crate::evaluate) fn contrasts(input: &Input, plan: &Plan, result: &Measured) -> Vec<Contrast> {
    let mut out = Vec::new();
    for (own, slot) in result.slots.iter().enumerate() {
        if slot.side != Side::Own || slot.cell == 0 || !COMPARED.contains(&slot.measure.id) {
            continue;
        }
        let beside = |cell: usize, side: Side| {
            result.slots.iter().position(|s| {
                s.measure.id == slot.measure.id && s.cell == cell && s.place == slot.place && s.side == side
            })
        };
        let (grouping, level) = plan.level(input, slot.cell);
        if let Some((reference, name)) = plan.reference(input, slot.cell)
            && let Some(other) = beside(reference, Side::Own)
        {
            out.push(contrast(input, result, (own, other), (grouping, level, name)));
        }
        if let Some(other) = beside(slot.cell, Side::Rest) {
            out.push(contrast(input, result, (own, other), (grouping, level, EVERYONE_ELSE)));
        }
    }
    out
}

/// The flagged rows of a slot.
fn flagged(slot: &Slot, tally: &Tally) -> Flagged {
    match slot.measure.formula {
        Formula::Flagged(_) | Formula::Utility(_) => {
            tally.flagged.get(slot.place).copied().unwrap_or_default()
        }
        _ => Flagged::default(),
    }
}

fn contrast(
    input: &Input,
    result: &Measured,
    (own, other): (usize, usize),
    (grouping, level, against): (&str, &str, &str),
) -> Contrast {
    let slot = &result.slots[own];
    let measure = slot.measure;
    let sides = [own, other].map(|at| (at, result.tally(&result.slots[at])));
    let mut rests_on = Vec::new();
    for (at, tally) in &sides {
        rests_on.extend(measure.rests.counts(tally.n, tally.events, flagged(&result.slots[*at], tally)));
    }
    let mut out = Contrast {
        model: input.scores[result.model].model.clone(),
        split: input.split.clone(),
        measure: measure.id.to_owned(),
        group: grouping.to_owned(),
        level: level.to_owned(),
        at: slot.at.clone(),
        against: against.to_owned(),
        difference: None,
        difference_interval: None,
        newcombe: None,
        ratio: None,
        ratio_interval: None,
        log_ratio: None,
        rests_on,
        status: Status::Undefined,
        reason: None,
    };
    let value = |(at, tally): &(usize, &Tally)| {
        let slot = &result.slots[*at];
        measure.needs.met(tally.n, tally.events, flagged(slot, tally)).and(result.estimates[*at])
    };
    match (value(&sides[0]), value(&sides[1])) {
        (Ok(x), Ok(y)) => {
            out.status = Status::Ok;
            out.difference = Some(x - y);
            let pairs = || result.column(own).zip(result.column(other));
            let less = pairs().map(|(x, y)| Some(x? - y?));
            out.difference_interval = interval(Spread::Percentile, x - y, less).ok();
            if matches!(measure.unit, Unit::Share | Unit::Ratio)
                && measure.id != "calibration-slope"
                && y > 0.0
            {
                out.ratio = Some(x / y);
                let over = pairs().map(|(x, y)| Some(x? / y.filter(|y| *y > 0.0)?));
                out.ratio_interval = interval(Spread::Percentile, x / y, over).ok();
            }
            by_theory(
                &mut out,
                measure,
                sides.map(|(at, tally)| (flagged(&result.slots[at], tally), tally)),
                (x, y),
            );
        }
        (Err(reason), _) => out.reason = Some(reason.to_owned()),
        (_, Err(reason)) => out.reason = Some(format!("of the group that it is compared with: {reason}")),
    }
    out
}

/// Intervals for shares of independent rows.
fn by_theory(out: &mut Contrast, measure: &Measure, sides: [(Flagged, &Tally); 2], (x, y): (f64, f64)) {
    if measure.theory != Some(Method::Wilson) {
        return;
    }
    let base = sides.map(|(flagged, tally)| measure.rests.base(tally.n, tally.events, flagged));
    let counts = |share: f64, total: f64| Counts { successes: (share * total).clamp(0.0, total), total };
    let (first, second) = (counts(x, base[0]), counts(y, base[1]));
    out.newcombe = newcombe_difference(first, second, 0.95).ok().map(|i| (i.lower, i.upper));
    out.log_ratio =
        ratio_of_proportions(first, second, 0.95).ok().map(|r| (r.interval.lower, r.interval.upper));
}
