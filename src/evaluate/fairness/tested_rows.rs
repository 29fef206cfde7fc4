//! What a test between groups is made of: for rates, means and scores the rows that each needs.

use crate::evaluate::Input;
use crate::evaluate::inference::household_counts::RateRow;
use crate::evaluate::inference::mean_permutation::{Scale, ValueRow, with_enough_rows};
use crate::evaluate::inference::weighted_spread::GroupRow;
use crate::evaluate::model::Measured;
use crate::evaluate::table::Slot;

/// The rows of a test.
pub(super) enum TestedRows {
    /// Of a rate: who could have the property, and who has it.
    Rate(Vec<RateRow>),
    /// Of a mean: a number each.
    Mean(Scale, Vec<ValueRow>),
    /// Of ranking and calibration: outcome and predicted risk.
    Scored(Vec<GroupRow>),
}

impl TestedRows {
    /// The rows of the measure of a slot.
    pub(super) fn of(input: &Input, result: &Measured, slot: &Slot, grouping: usize) -> Self {
        if let Some(rows) = rate_rows(input, result, slot, grouping) {
            return Self::Rate(rows);
        }
        match mean_rows(input, result, slot, grouping) {
            Some((scale, rows)) => Self::Mean(scale, rows),
            None => Self::Scored(group_rows(input, result, grouping)),
        }
    }

    /// Which of the groups in `included` have rows enough for the test.
    pub(super) fn large_enough(&self, included: &[bool]) -> Vec<bool> {
        match self {
            Self::Mean(_, rows) => with_enough_rows(rows, included),
            Self::Rate(_) | Self::Scored(_) => included.to_vec(),
        }
    }
}

/// All rows with outcome, predicted risk and level.
fn group_rows(input: &Input, result: &Measured, grouping: usize) -> Vec<GroupRow> {
    let (risk, level_of) = (&input.scores[result.model].p, &input.groupings[grouping].level_of);
    let row = |i: usize| GroupRow {
        household: input.household[i] as usize,
        group: usize::from(level_of[i]),
        fold: usize::from(input.fold[i]),
        event: input.y[i],
        risk: risk[i],
    };
    (0..input.y.len()).map(row).collect()
}

/// The rows that a rate is taken of, and whether each has the property; `None` where the measure is no rate.
fn rate_rows(input: &Input, result: &Measured, slot: &Slot, grouping: usize) -> Option<Vec<RateRow>> {
    let flags = result.flags.get(slot.place);
    let flag = |i: usize| flags.map_or(0.0, |flags| f64::from(flags[i]));
    let came = |i: usize| f64::from(u8::from(input.y[i]));
    // Success and weight of each row.
    let of: Box<dyn Fn(usize) -> (f64, f64)> = match slot.measure.id {
        "outcome-rate" => Box::new(|i| (came(i), 1.0)),
        "selection-rate" => Box::new(|i| (flag(i), 1.0)),
        "missed-share" => Box::new(|i| (1.0 - flag(i), came(i))),
        "false-positive-rate" => Box::new(|i| (flag(i), 1.0 - came(i))),
        "false-discovery-rate" => Box::new(|i| (1.0 - came(i), flag(i))),
        "false-omission-rate" => Box::new(|i| (came(i), 1.0 - flag(i))),
        _ => return None,
    };
    let level_of = &input.groupings[grouping].level_of;
    let rows = (0..input.y.len()).filter_map(|i| {
        let (success, weight) = of(i);
        let (household, group) = (input.household[i] as usize, usize::from(level_of[i]));
        (weight > 0.0).then_some(RateRow { household, group, success, weight })
    });
    Some(rows.collect())
}

/// The rows that a mean is taken of, each one's number, and its scale; `None` where the measure is no mean.
fn mean_rows(
    input: &Input,
    result: &Measured,
    slot: &Slot,
    grouping: usize,
) -> Option<(Scale, Vec<ValueRow>)> {
    let risk = |i: usize| input.scores[result.model].p[i];
    let came = |i: usize| f64::from(u8::from(input.y[i]));
    let flags = result.flags.get(slot.place);
    let odds = slot.threshold / (1.0 - slot.threshold);
    let of: Box<dyn Fn(usize) -> Option<f64>> = match slot.measure.id {
        "mean-predicted" => Box::new(|i| Some(risk(i))),
        "balance-positive" => Box::new(|i| input.y[i].then(|| risk(i))),
        "balance-negative" => Box::new(|i| (!input.y[i]).then(|| risk(i))),
        "brier" => Box::new(|i| Some((risk(i) - came(i)).powi(2))),
        "net-benefit" => Box::new(|i| {
            let flag = flags.map_or(0.0, |flags| f64::from(flags[i]));
            Some(flag * (came(i) - odds * (1.0 - came(i))))
        }),
        _ => return None,
    };
    let level_of = &input.groupings[grouping].level_of;
    let rows = (0..input.y.len()).filter_map(|i| {
        let (household, group) = (input.household[i] as usize, usize::from(level_of[i]));
        of(i).map(|value| ValueRow { household, group, value })
    });
    // Net benefit can lie below 0.
    let scale = if slot.measure.id == "net-benefit" { Scale::Plain } else { Scale::LogOdds };
    Some((scale, rows.collect()))
}
