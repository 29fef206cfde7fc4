//! How strongly coefficients are kept small, chosen by households that are held out.
//!
//! A fifth of the households are held out once. The strength is the one that leaves the largest partial likelihood of a cause on
//! all rows beyond that of the rows it was fitted to (Verweij and van Houwelingen (1993), *Statistics in Medicine* 12,
//! 2305-2314). A ridge on the sum over rows is the precision of a normal prior of the coefficients, which does not depend on how
//! many rows there are: with many households a part of them chooses.

use super::TimeTraining;
use crate::models::Origin;
use crate::models::time::cox::derivatives::terms;
use crate::models::time::cox::path::{PathOptions, path};
use crate::models::time::cox::risk_sets::RiskSets;
use crate::models::time::cox::{CoxData, CoxError, Ties, ridges};
use crate::survival::Times;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Ridges that are tried, from the strongest.
const RIDGES: [f64; 6] = [10_000.0, 3_000.0, 1_000.0, 300.0, 100.0, 10.0];
/// Rows that a ridge is chosen by, about.
const ENOUGH: f64 = 20_000.0;
/// Share of households that is held out.
const HELD: f64 = 0.2;

pub(super) fn of_cause<'a>(x: ArrayView2<'a, f64>, times: &'a Times, cause: u8) -> CoxData<'a> {
    CoxData { x, times, cause, weight: None, stratum: None, cluster: None, offset: None }
}

/// Some rows, and what became of them.
struct Part {
    x: Array2<f64>,
    times: Times,
    origin: Origin,
}

impl Part {
    fn of(data: &TimeTraining, origin: &Origin, rows: &[usize]) -> Self {
        Self {
            x: data.x.select(Axis(0), rows),
            times: Times {
                entry: rows.iter().map(|i| data.times.entry[*i]).collect(),
                exit: rows.iter().map(|i| data.times.exit[*i]).collect(),
                cause: rows.iter().map(|i| data.times.cause[*i]).collect(),
            },
            origin: origin.select(rows),
        }
    }

    fn data(&self, cause: u8) -> CoxData<'_> {
        of_cause(self.x.view(), &self.times, cause)
    }
}

/// How much likelier coefficients make the rows held out.
struct Judge {
    all: RiskSets,
    learned: RiskSets,
}

impl Judge {
    fn new(all: &CoxData<'_>, learned: &CoxData<'_>) -> Result<Self, CoxError> {
        Ok(Self { all: RiskSets::new(all)?, learned: RiskSets::new(learned)? })
    }

    /// Of coefficients in the units of the columns.
    fn gain(&self, coef: &Array1<f64>) -> f64 {
        let likelihood = |sets: &RiskSets| {
            let scaled: Array1<f64> = coef.iter().zip(&sets.scale).map(|(c, s)| c * s).collect();
            terms(sets, &scaled, Ties::Efron).loglik
        };
        likelihood(&self.all) - likelihood(&self.learned)
    }
}

/// The place of the best, the first of equals.
fn best(gains: impl Iterator<Item = f64>) -> usize {
    let better = |best: (usize, f64), now: (usize, f64)| if now.1 > best.1 { now } else { best };
    gains.enumerate().fold((0, f64::NEG_INFINITY), better).0
}

/// The ridge of a cause; the strongest where none can be tried.
pub(super) fn ridge(data: &TimeTraining, cause: u8, origin: &Origin) -> f64 {
    let rows = data.times.len() as f64;
    let part = (rows > ENOUGH).then(|| origin.hold_out(ENOUGH / rows)).flatten();
    let all: Vec<usize> = (0..data.times.len()).collect();
    let of = Part::of(data, origin, part.as_ref().map_or(&all, |(_, kept)| kept));
    tried(&of, cause).unwrap_or(RIDGES[0])
}

fn tried(of: &Part, cause: u8) -> Option<f64> {
    let (learn, _) = of.origin.hold_out(HELD)?;
    let learned = TimeTraining { x: of.x.clone(), times: of.times.clone(), causes: cause, days: Vec::new() };
    let learned = Part::of(&learned, &of.origin, &learn);
    let judge = Judge::new(&of.data(cause), &learned.data(cause)).ok()?;
    let (mut gains, mut worse) = (Vec::new(), 0);
    ridges(&judge.learned, &RIDGES, |coef| {
        let gain = judge.gain(&Array1::from(coef.to_vec()));
        let best = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        worse = if gain > best { 0 } else { worse + 1 };
        gains.push(gain);
        // Weaker ridges fit ever closer: where two did worse, the rest do.
        worse == 2
    })
    .ok()?;
    Some(RIDGES[best(gains.into_iter())])
}

/// Coefficients of an elastic net with this share of lasso.
pub(super) fn net(data: &TimeTraining, cause: u8, alpha: f64, origin: &Origin) -> Result<Vec<f64>, CoxError> {
    let options = PathOptions { ties: Ties::Efron, alpha, count: 30, ratio: 1e-3, lambda: None };
    let all = of_cause(data.x.view(), &data.times, cause);
    let whole = path(&all, &options)?;
    // Where nothing can be tried, as when all events are of households held out, the strongest: no fact has a weight.
    let place = origin.hold_out(HELD).and_then(|(learn, _)| {
        let learned = Part::of(data, origin, &learn);
        let judge = Judge::new(&all, &learned.data(cause)).ok()?;
        let lambda = Some(whole.lambda.clone());
        let tried = path(&learned.data(cause), &PathOptions { lambda, ..options }).ok()?;
        Some(best(tried.coef.outer_iter().map(|coef| judge.gain(&coef.to_owned()))))
    });
    Ok(whole.coef.row(place.unwrap_or(0)).to_vec())
}
