//! Is a measure the same in all groups of a grouping?

use std::collections::BTreeSet;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::COMPARED;
use super::tested_rows::TestedRows;
use crate::evaluate::inference::auroc_permutation::AurocPermutation;
use crate::evaluate::inference::benjamini_hochberg::benjamini_hochberg;
use crate::evaluate::inference::calibration_null::{CalibrationMeasure, CalibrationNull};
use crate::evaluate::inference::heterogeneity::large_enough;
use crate::evaluate::inference::household_heterogeneity::household_heterogeneity;
use crate::evaluate::inference::mean_permutation::MeanPermutation;
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
    /// Groups dealt anew among households with as many rows, for ranking (AUROC) with and without the outcome: for ranking
    /// and means.
    Dealt,
    /// None was made: a chi-square of the differences and of their covariance over bootstrap replicates. For measures of when.
    Resampled,
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
    /// Levels that are left out: with fewer than 10 events or 10 non-events, or fewer than 20 rows that a mean is taken of.
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

/// Measures of who comes back and is flagged, and not of mistakes.
const OF_WHOM: [&str; 4] = ["outcome-rate", "incidence", "selection-rate", "mean-predicted"];

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

/// Corrects by family, in which all are about one place. Groups nearly always differ in how often they come back and are flagged; in one family with the
/// mistakes, such differences would make it easier for a mistake to pass.
pub(in crate::evaluate) fn adjust(tests: &mut [GroupTest]) {
    let family = |t: &GroupTest| {
        let of_mistakes = !OF_WHOM.contains(&t.measure.trim_start_matches("time-"));
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
    let rows = TestedRows::of(input, result, slot, grouping);
    let included = rows.large_enough(&large_enough(&outcomes));
    let model = input.scores[result.model].model.clone();
    let mut out = GroupTest {
        split: input.split.clone(),
        measure: slot.measure.id.to_owned(),
        group: of.name.clone(),
        at: slot.at.clone(),
        null: null_of(slot.measure.id),
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
    let p = match rows {
        TestedRows::Rate(rows) => {
            let mut stream = seed::stream(settings.seed, &name);
            household_heterogeneity(&rows, &included, DRAWS, &mut || stream.random_range(0.0..1.0)).map(
                |test| {
                    (out.range, out.expected_range) = (Some(test.range), Some(test.expected_range));
                    test.p_value
                },
            )
        }
        TestedRows::Mean(scale, rows) => MeanPermutation::new(scale, &rows, &included).map(|test| {
            share_of_draws(test.observed(), settings.seed, &name, |room, stream| {
                test.draw(room, &mut || stream.random_range(0.0..1.0))
            })
        }),
        TestedRows::Scored(rows) => by_draws(slot.measure.id, &rows, &included, settings.seed, &name),
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
        "auroc" | "mean-predicted" | "balance-positive" | "balance-negative" | "brier" | "net-benefit" => {
            Null::Dealt
        }
        _ => Null::Simulated,
    }
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
