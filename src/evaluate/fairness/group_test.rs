//! Is a measure the same in all groups of a grouping?

use std::collections::BTreeSet;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::COMPARED;
use crate::evaluate::inference::auroc_permutation::AurocPermutation;
use crate::evaluate::inference::benjamini_hochberg::benjamini_hochberg;
use crate::evaluate::inference::bootstrap_heterogeneity::bootstrap_heterogeneity;
use crate::evaluate::inference::calibration_null::{CalibrationMeasure, CalibrationNull};
use crate::evaluate::inference::heterogeneity::large_enough;
use crate::evaluate::inference::household_counts::RateRow;
use crate::evaluate::inference::household_heterogeneity::household_heterogeneity;
use crate::evaluate::inference::null_summary::{at_least, sequential_p};
use crate::evaluate::inference::weighted_spread::GroupRow;
use crate::evaluate::model::Measured;
use crate::evaluate::resample::draw::Ticker;
use crate::evaluate::table::{Plan, Side, Slot};
use crate::evaluate::{Input, Settings, Status};
use crate::num::seed;

/// How the null distribution of a test was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Null {
    /// Outcomes drawn with the measure the same in all groups, siblings alike as they are: for rates and calibration.
    Simulated,
    /// Groups dealt anew among households with as many rows with and without the outcome: for ranking (AUROC).
    Dealt,
    /// Replicates of the household bootstrap moved onto one value for all groups: for means and utility.
    Bootstrap,
}

/// A test that a measure is the same in all groups of a grouping.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupTest {
    /// Model id.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Grouping.
    pub group: String,
    /// Where the measure is taken.
    pub at: String,
    /// How the null distribution was made.
    pub null: Null,
    /// Levels that are left out: with fewer than 10 events or 10 non-events; 50 where the null is that of the bootstrap.
    pub left_out: Vec<String>,
    /// Greatest difference between two of the levels tested, for rates.
    pub range: Option<f64>,
    /// The greatest difference that chance alone would show on average if all rates were equal.
    pub expected_range: Option<f64>,
    /// The p value.
    pub p: Option<f64>,
    /// The p value after Benjamini and Hochberg's correction for the tests of its family.
    pub p_adjusted: Option<f64>,
    /// Tests of its family: of one model, at one place, all of who is flagged and comes back, or all of mistakes.
    pub family: u64,
    /// Status.
    pub status: Status,
    /// Why it is undefined.
    pub reason: Option<String>,
}

/// Events, and non-events, that a group needs for a test by the bootstrap, for what is neither a share nor ranking nor
/// calibration: with groups of 60 to 200 rows it rejected equal
/// rates 15 times in 100 (`docs/coverage.md`).
const FEWEST_FOR_BOOTSTRAP: f64 = 50.0;

/// Simulated draws of a test: so many where p is not small, up to so many where it is, so that one real difference among
/// hundreds of tests can pass the correction for them.
const DRAWS: [usize; 2] = [999, 4999];

/// Every test of a model.
pub(in crate::evaluate) fn tests(
    input: &Input,
    settings: &Settings,
    plan: &Plan,
    result: &Measured,
    ticker: &Ticker<'_>,
) -> Vec<GroupTest> {
    let firsts: Vec<&Slot> = result.slots.iter().filter(|slot| is_tested(input, plan, slot)).collect();
    let one = |slot: &Slot| {
        let test = test(input, settings, plan, result, slot);
        ticker.tick(1);
        test
    };
    let mut tests: Vec<GroupTest> = firsts.into_par_iter().map(one).collect();
    adjust(&mut tests);
    tests
}

/// Corrects by family. Groups nearly always differ in how often they come back and are flagged; in one family with the
/// mistakes, such differences would make it easier for a mistake to pass.
fn adjust(tests: &mut [GroupTest]) {
    let family = |t: &GroupTest| {
        let of_mistakes = !["outcome-rate", "selection-rate", "mean-predicted"].contains(&t.measure.as_str());
        (of_mistakes, t.at.clone())
    };
    let families: BTreeSet<(bool, String)> = tests.iter().map(family).collect();
    for wanted in families {
        let mut of: Vec<&mut GroupTest> = tests.iter_mut().filter(|t| family(t) == wanted).collect();
        let p: Vec<Option<f64>> = of.iter().map(|test| test.p).collect();
        let size = p.iter().flatten().count() as u64;
        for (test, adjusted) in of.iter_mut().zip(benjamini_hochberg(&p)) {
            (test.p_adjusted, test.family) = (adjusted, size);
        }
    }
}

/// How many tests a model has.
pub(in crate::evaluate) fn count(input: &Input, plan: &Plan) -> u64 {
    plan.slots(input, &[], &[]).iter().filter(|slot| is_tested(input, plan, slot)).count() as u64
}

/// Whether a slot stands for a test: each grouping's first level does.
fn is_tested(input: &Input, plan: &Plan, slot: &Slot) -> bool {
    slot.side == Side::Own
        && slot.cell > 0
        && plan.is_first_level(input, slot.cell)
        && COMPARED.contains(&slot.measure.id)
        // Where chances are right everywhere, the ICI is still larger in smaller groups.
        && slot.measure.id != "ici"
}

fn test(input: &Input, settings: &Settings, plan: &Plan, result: &Measured, slot: &Slot) -> GroupTest {
    let grouping = plan.grouping(input, slot.cell);
    let of = &input.groupings[grouping];
    let cells: Vec<usize> = (slot.cell..slot.cell + of.levels.len()).collect();
    let outcomes: Vec<(f64, f64)> = cells
        .iter()
        .map(|cell| &result.tallies[*cell])
        .map(|tally| (tally.events as f64, (tally.n - tally.events) as f64))
        .collect();
    let null = null_of(slot.measure.id);
    let mut included = large_enough(&outcomes);
    if null == Null::Bootstrap {
        for (included, (events, others)) in included.iter_mut().zip(&outcomes) {
            *included &= events.min(*others) >= FEWEST_FOR_BOOTSTRAP;
        }
    }
    let model = input.scores[result.model].model.clone();
    let mut out = GroupTest {
        split: input.split.clone(),
        measure: slot.measure.id.to_owned(),
        group: of.name.clone(),
        at: slot.at.clone(),
        null,
        left_out: of.levels.iter().zip(&included).filter(|(_, ok)| !**ok).map(|(l, _)| l.clone()).collect(),
        range: None,
        expected_range: None,
        p: None,
        p_adjusted: None,
        family: 0,
        status: Status::Undefined,
        reason: None,
        model,
    };
    let name = format!("heterogeneity/{}/{}/{}/{}", out.model, out.measure, out.group, out.at);
    let p = match (rate_rows(input, result, slot, grouping), null) {
        (Some(rows), _) => {
            let mut stream = seed::stream(settings.seed, &name);
            household_heterogeneity(&rows, &included, DRAWS, &mut || stream.random_range(0.0..1.0)).map(
                |test| {
                    (out.range, out.expected_range) = (Some(test.range), Some(test.expected_range));
                    test.p_value
                },
            )
        }
        (None, Null::Bootstrap) => by_bootstrap(result, slot, &cells, &included),
        (None, _) => {
            let rows = group_rows(input, result, grouping);
            by_draws(slot.measure.id, &rows, &included, settings.seed, &name)
        }
    };
    match p {
        Ok(p) => (out.p, out.status) = (Some(p), Status::Ok),
        Err(reason) => out.reason = Some(reason.to_owned()),
    }
    out
}

/// How the null distribution of a measure's test is made.
fn null_of(measure: &str) -> Null {
    match measure {
        "auroc" => Null::Dealt,
        "mean-predicted" | "balance-positive" | "balance-negative" | "brier" | "net-benefit" => {
            Null::Bootstrap
        }
        _ => Null::Simulated,
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

/// The p value of a test of ranking or calibration. Every draw has a stream of its own, so threads do not matter.
fn by_draws(
    measure: &str,
    rows: &[GroupRow],
    included: &[bool],
    root: u64,
    name: &str,
) -> Result<f64, &'static str> {
    let of = match measure {
        "auroc" => {
            let test = AurocPermutation::new(rows, included)?;
            return Ok(share_of_draws(test.observed(), root, name, |room, stream| {
                test.draw(room, &mut || stream.random_range(0.0..1.0))
            }));
        }
        "observed-over-expected" => CalibrationMeasure::ObservedOverExpected,
        "calibration-in-the-large" => CalibrationMeasure::InTheLarge,
        _ => CalibrationMeasure::Slope,
    };
    let test = CalibrationNull::new(of, rows, included)?;
    Ok(share_of_draws(test.observed(), root, name, |room, stream| {
        test.draw(room, &mut || stream.random_range(0.0..1.0))
    }))
}

/// The p value of a statistic; `draw` takes room for work and a random stream.
fn share_of_draws<R: Default>(
    observed: f64,
    root: u64,
    name: &str,
    draw: impl Fn(&mut R, &mut ChaCha8Rng) -> f64 + Sync,
) -> f64 {
    sequential_p(DRAWS[1], |numbers| {
        let reached = numbers.into_par_iter().map_init(R::default, |room, number| {
            let mut stream = seed::stream(root, &format!("{name}/{number}"));
            at_least(draw(room, &mut stream), observed)
        });
        reached.collect()
    })
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

fn by_bootstrap(
    result: &Measured,
    slot: &Slot,
    cells: &[usize],
    included: &[bool],
) -> Result<f64, &'static str> {
    let same = |s: &Slot, cell: usize| {
        s.measure.id == slot.measure.id && s.cell == cell && s.place == slot.place && s.side == Side::Own
    };
    let mut estimates = Vec::new();
    let mut columns: Vec<Vec<Option<f64>>> = Vec::new();
    for (cell, _) in cells.iter().zip(included).filter(|(_, ok)| **ok) {
        let Some(at) = result.slots.iter().position(|s| same(s, *cell)) else { continue };
        if let Ok(value) = result.estimates[at] {
            estimates.push(value);
            let column = result.column(at).map(|v| v.filter(|v| v.is_finite()));
            columns.push(column.collect());
        }
    }
    if estimates.len() < 2 {
        return Err("fewer than two groups of at least 50 referrals with and 50 without the outcome");
    }
    let draws = columns[0].len();
    let whole: Vec<usize> = (0..draws).filter(|r| columns.iter().all(|c| c[*r].is_some())).collect();
    if whole.len() * 20 < draws * 19 {
        return Err("undefined in more than 5% of bootstrap replicates");
    }
    let kept: Vec<Vec<f64>> = columns.iter().map(|c| whole.iter().filter_map(|r| c[*r]).collect()).collect();
    bootstrap_heterogeneity(&estimates, &kept).map(|test| test.p_value)
}
