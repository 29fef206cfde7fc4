//! The fit: published tables in, the values of [`Fitted`] out, and a table of what is met how well.
//!
//! Each value that goes in is moved until the number that it governs comes out as published: shares by the ratio of
//! the two, the scale and the shape of the hazard of a return by the cumulative hazards at 12 and 72 months, each
//! authority's factor by its own share re-referred. A round simulates thirty years, the last twelve of them observed,
//! and needs no truth. The last round, on more households and another seed, is the table.

mod measure;
mod targets;
mod update;

pub use targets::{Target, TargetError};

use super::Fitted;
use super::observable::Observable;
use super::scenario::{Preset, Scenario};
use super::world::World;
use crate::num::Day;
use measure::Measure;
use std::collections::BTreeMap;
use std::path::Path;

/// Census years that are observed.
const OBSERVED_YEARS: i32 = 12;
/// Years that are lived through before.
const SETTLING_YEARS: u32 = 18;

/// A number as published and as simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Fidelity {
    /// The published number.
    pub target: Target,
    /// The simulated one, in the same unit.
    pub simulated: f64,
}

impl Fidelity {
    /// Simulated less published.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.simulated - self.target.published
    }

    /// Whether it is as near as asked; `None` where nothing is asked.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        self.target.tolerance.map(|tolerance| self.difference().abs() <= tolerance)
    }
}

/// Families of shares for which the total variation distance is asked for, and how far it may be.
pub const TOTAL_VARIATION: [(&str, f64); 2] = [("source", 0.02), ("need", 0.02)];

/// Half the sum of the absolute differences of the shares of a family, in [0, 1].
#[must_use]
pub fn total_variation(table: &[Fidelity], family: &str) -> f64 {
    table.iter().filter(|f| f.target.family == family).map(|f| f.difference().abs()).sum::<f64>() / 200.0
}

/// The table as CSV, numbers to three decimals.
#[must_use]
pub fn to_csv(table: &[Fidelity]) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let names = ["family", "item", "published", "simulated", "difference", "tolerance", "met", "source"];
    let rows = table.iter().map(|row| {
        let Target { family, item, published, tolerance, from } = &row.target;
        let number = |x: f64| format!("{x:.3}");
        let tolerance = tolerance.map_or(String::new(), |t| t.to_string());
        let met = row.is_met().map_or("", |met| if met { "yes" } else { "no" });
        let numbers = [*published, row.simulated, row.difference()].map(number);
        let [published, simulated, difference] = numbers;
        let met = met.to_owned();
        [family.clone(), item.clone(), published, simulated, difference, tolerance, met, (*from).to_owned()]
    });
    let rows = std::iter::once(names.map(str::to_owned)).chain(rows);
    // Writing to memory cannot fail.
    let _done = rows.into_iter().try_for_each(|row| out.write_record(row));
    out.into_inner().unwrap_or_default()
}

/// The targets in the published tables of `folder`.
///
/// # Errors
/// Returns the first table, row or column that is not there.
pub fn targets(folder: &Path) -> Result<Vec<Target>, TargetError> {
    targets::read(folder)
}

/// One round of a fit.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Root seed.
    pub seed: u64,
    /// Households that are simulated; 0 for all of England's.
    pub households: u32,
}

/// Moves the fitted values towards the published tables of `folder` in `rounds`, and returns them with the table of
/// the last round, which moves nothing. `progress` is called with the rounds done and the households of the running one.
///
/// # Errors
/// Returns what is missing from the tables.
pub fn fit(
    folder: &Path,
    rounds: &[Round],
    progress: &dyn Fn(usize, u64, u64),
) -> Result<(Fitted, Vec<Fidelity>), TargetError> {
    let targets = targets::read(folder)?;
    let authorities = targets::authorities(folder)?;
    let mut fitted = Fitted::committed().clone();
    update::authorities(&mut fitted, &authorities);
    let mut table = Vec::new();
    for (i, round) in rounds.iter().enumerate() {
        let (values, practices) = measure(&fitted, *round, &|done, all| progress(i, done, all));
        table = compare(&targets, &values);
        if i + 1 < rounds.len() {
            update::update(&mut fitted, &targets, &values, &practices);
        }
    }
    Ok((fitted, table))
}

/// The table of fidelity of `fitted` against targets, from one round.
#[must_use]
pub fn fidelity(
    fitted: &Fitted,
    targets: &[Target],
    round: Round,
    progress: &dyn Fn(u64, u64),
) -> Vec<Fidelity> {
    compare(targets, &measure(fitted, round, progress).0)
}

fn compare(targets: &[Target], values: &BTreeMap<(String, String), f64>) -> Vec<Fidelity> {
    let row = |target: &Target| {
        let key = (target.family.clone(), target.item.clone());
        Fidelity { target: target.clone(), simulated: values.get(&key).copied().unwrap_or(0.0) }
    };
    targets.iter().map(row).collect()
}

type Measured = (BTreeMap<(String, String), f64>, Vec<measure::Practice>);

fn measure(fitted: &Fitted, round: Round, progress: &dyn Fn(u64, u64)) -> Measured {
    let scenario = scenario(fitted, round);
    let observed = Day::from_ymd(scenario.end.year() - OBSERVED_YEARS, 4, 1).unwrap_or(scenario.start);
    let mut measure = Measure::new(observed, scenario.end, scenario.authorities.len());
    let world = World::without_truth(&scenario);
    let observable = Observable::learn(&world, 0);
    let keep = |part: super::Part| {
        measure.add(&part.history);
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(_) = super::run(&world, &observable, progress, keep);
    let (mut values, practices) = measure.finish();
    // What England would have, had it all its households.
    let key = ("flow".to_owned(), "referrals a year, thousands".to_owned());
    let england = self::scenario(fitted, Round { households: 0, ..round });
    let share = f64::from(scenario.households) / f64::from(england.households);
    values.entry(key).and_modify(|thousands| *thousands /= share);
    (values, practices)
}

/// All of it recorded, so that no history is missing: what comes before the observed years is the burn-in.
fn scenario(fitted: &Fitted, round: Round) -> Scenario {
    let years = SETTLING_YEARS + OBSERVED_YEARS.unsigned_abs();
    let england = Scenario::of_preset(Preset::England, round.seed, years, 0, fitted);
    if round.households == 0 { england } else { england.with_households(round.households) }
}
