//! Honest evaluation of out-of-fold predictions.
//!
//! In: [`Input`] and [`Settings`]. Out: [`Evaluation`], exact numbers that reach a report only through
//! [`crate::privacy::disclosure`]. To add a measure, add one file in [`measures`] and one line in its registry.
//!
//! How it works. Rows are sorted once for each model by fold and score; a replicate of the household bootstrap is only a
//! new set of row weights, so each replicate is one pass over the sorted rows of all cells (a cell is all rows, or one
//! level of one grouping; see `resample`). A pass makes a [`Tally`] of sums and counts; every measure is a function of a
//! tally. Households are drawn by replicate number, so all models and groups see the same draws and differences are
//! paired.

mod bench;
pub mod bias;
mod bins;
pub mod calibration;
mod check;
mod comparison;
mod curve;
mod error;
pub mod fairness;
pub(crate) mod households;
pub mod inference;
mod input;
pub mod measures;
pub mod mitigation;
mod model;
mod partial;
mod places;
mod points;
mod recalibrate;
pub mod recalibration;
mod reliability;
mod resample;
mod row;
pub mod smooth;
pub mod stability;
pub mod survival;
mod table;
mod tally;
mod theory;
mod verdict;

pub use comparison::Comparison;
pub use curve::Curves;
pub use error::EvaluateError;
pub use fairness::{Contrast, GroupTest};
pub use input::{Grouping, Input, Scores, Settings, combinations};
pub use reliability::{Reliability, Tests};
use resample::draw::Ticker;
pub(crate) use resample::harmonic::{Harmonic, precision_of_tied};
pub use row::{Answer, Evaluation, Row, Status, Verdict};
pub use tally::{Flagged, Sample, Tally, Value, tally};
pub use theory::{Method, Theory};

/// Fewest rows that a measure may divide by, and fewest rows with and without the outcome that a measure of both may
/// rest on: with fewer, an estimate says more about chance than about the model.
pub const FEWEST: u64 = 10;

/// Measures every model overall and by group, with intervals, and judges the candidate against the reference.
///
/// `progress` is called with the steps done and [`steps`] in all, from several threads.
///
/// # Errors
/// [`EvaluateError::Input`] with every fault of the input, or [`EvaluateError::TooFew`] when fewer than [`FEWEST`] rows
/// with or without the outcome were tested.
pub fn evaluate(
    input: &Input,
    settings: &Settings,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Evaluation, EvaluateError> {
    check::check(input, settings, true)?;
    let ticker = Ticker::new(steps(input, settings), progress);
    let (results, mut rows) = measure_all(input, settings, &ticker);
    let (verdict, differences) = verdict::judge(input, settings, &results)?;
    rows.extend(differences);
    let plan = table::Plan::new(input, settings);
    let (mut contrasts, mut tests) = (Vec::new(), Vec::new());
    for result in results.iter().filter(|r| is_compared(&input.scores[r.model], settings)) {
        contrasts.extend(fairness::contrasts(input, &plan, result));
        tests.extend(fairness::tests(input, settings, &plan, result, &ticker));
    }
    let comparisons = comparison::comparisons(input, settings, &results);
    Ok(Evaluation { rows, comparisons, contrasts, tests, verdict })
}

/// Measures every model overall and by group, with intervals, without judging: candidate and reference are not read.
///
/// # Errors
/// See [`evaluate`].
pub fn measure(
    input: &Input,
    settings: &Settings,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Row>, EvaluateError> {
    check::check(input, settings, false)?;
    let ticker = Ticker::new(replicates(input, settings), progress);
    Ok(measure_all(input, settings, &ticker).1)
}

/// The steps of [`evaluate`]: replicates of every model, and tests between groups of the models that are compared.
#[must_use]
pub fn steps(input: &Input, settings: &Settings) -> u64 {
    let compared = input.scores.iter().filter(|scores| is_compared(scores, settings)).count() as u64;
    replicates(input, settings) + compared * fairness::count_tests(input, &table::Plan::new(input, settings))
}

fn replicates(input: &Input, settings: &Settings) -> u64 {
    (settings.replicates * input.scores.len()) as u64
}

/// Whether groups are compared by this model.
fn is_compared(scores: &Scores, settings: &Settings) -> bool {
    scores.model == settings.candidate || scores.model == settings.reference
}

fn measure_all(input: &Input, settings: &Settings, ticker: &Ticker<'_>) -> (Vec<model::Measured>, Vec<Row>) {
    let plan = table::Plan::new(input, settings);
    let results: Vec<_> =
        (0..input.scores.len()).map(|m| model::measure(input, settings, &plan, m, ticker)).collect();
    let order = households::order(input);
    let mut rows = Vec::new();
    for (i, result) in results.iter().enumerate() {
        let households = households::Households::of(input, &order, &plan, result);
        if i == 0 {
            rows.extend(table::rows(input, result, table::About::Data, &households));
        }
        rows.extend(table::rows(input, result, table::About::Model, &households));
    }
    (results, rows)
}

#[cfg(test)]
mod tests;
