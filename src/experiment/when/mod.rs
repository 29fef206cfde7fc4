//! How long until what: `[when]` of an experiment file.
//!
//! In: the history that a run may know, and the question. Out: [`When`], exact: who was followed for how long, what ended the
//! waiting, and the cumulative incidence of every cause by the times asked about, over all and by group, before any model.
//! Nobody is left out for short follow-up.

mod models;
mod more;
pub mod settings;

pub use settings::{Models, Settings};

use super::run::{Progress, Test};
use super::{Experiment, groups, words};
use crate::cohort::{self, Index, IndexRow, Leaving, Point, Seen, TimedCohort};
use crate::evaluate::households;
use crate::history::History;
use crate::survival::aalen_johansen::{self, At, Estimate};
use crate::survival::found::{By, Group, Horizon, LEAST_AT_RISK, Level, Reading, Share, Size, When};
use crate::survival::nelson_aalen::{NelsonAalen, Ties};
use crate::survival::one_minus_km::one_minus_km;
use crate::survival::{CENSORED, Times};
use std::collections::{BTreeMap, BTreeSet};

/// The last month of a curve.
const LAST_MONTH: u32 = 240;

/// Spells that are followed together.
struct Followed<'a> {
    rows: Vec<&'a IndexRow>,
    seen: Vec<Seen>,
    times: Times,
    household: Vec<u32>,
    causes: u8,
}

/// What the records say of how long, before any model; `None` where the experiment does not ask.
///
/// # Errors
/// In the place of the numbers, in words: where nobody was followed.
#[must_use]
pub fn describe(experiment: &Experiment, history: &History) -> Option<Reading<When>> {
    let settings = experiment.when.as_ref()?;
    let definition = settings.definition(&experiment.cohort);
    let cohort = cohort::build_timed(history, &definition);
    Some(of_cohort(experiment, settings, history, &cohort, definition.leaving()))
}

/// The same, and how well models of when do, where the experiment names any.
pub(super) fn measure(
    experiment: &Experiment,
    history: &History,
    test: Test,
    progress: &dyn Progress,
) -> Option<Reading<When>> {
    let settings = experiment.when.as_ref()?;
    progress.stage("measuring how long it takes", 1);
    let described = describe(experiment, history)?;
    let definition = settings.definition(&experiment.cohort);
    let cohort = cohort::build_timed(history, &definition);
    let leaving = definition.leaving();
    let ground = models::Ground { experiment, settings, history, cohort: &cohort, leaving, test };
    Some(described.map(|found| When { models: models::measure(ground, progress), ..found }))
}

fn of_cohort(
    experiment: &Experiment,
    settings: &Settings,
    history: &History,
    cohort: &TimedCohort,
    leaving: u8,
) -> Reading<When> {
    let all = Followed::new(history, cohort, leaving, |_| true);
    let horizons: Vec<Horizon> = settings.horizons.iter().map(|months| all.horizon(*months)).collect();
    let supported: Vec<f64> = horizons.iter().map(|h| f64::from(h.days)).collect();
    // As if every other end left the child able to come back.
    let overstated = one_minus_km(&all.times, None, 1, &supported).map_err(str::to_owned)?;
    let groups = experiment.groups.iter().map(|name| by_group(name, history, cohort, leaving, &supported));
    let groups = groups.collect::<Reading<Vec<Group>>>()?;
    let more = more::measure((experiment.cohort.outcome, history, cohort), &all, &groups, &horizons);
    Ok(When {
        from_closure: experiment.cohort.point == Point::AtClosure,
        first_per_child: experiment.cohort.index == Index::FirstPerChild,
        causes: std::iter::once(experiment.cohort.outcome)
            .chain(settings.also.iter().copied())
            .map(words::outcome)
            .collect(),
        delayed_entry: settings.delayed_entry,
        attrition: cohort.attrition.clone(),
        size: all.size(),
        ended: all.ended(leaving),
        leavings: all.leavings(),
        by: all.by(&supported)?,
        overstated: overstated.into_iter().map(|by| by.map_err(str::to_owned)).collect(),
        hazards: all.hazards(&supported)?,
        curve: all.curve(),
        groups,
        more,
        horizons,
        reach: all.reach(),
        models: None,
    })
}

/// One grouping; a level of which nobody was followed has a reason in the place of each number.
fn by_group(
    name: &str,
    history: &History,
    cohort: &TimedCohort,
    leaving: u8,
    horizons: &[f64],
) -> Reading<Group> {
    let grouping = groups::grouping(name, history, &cohort.rows);
    let level = |(place, name): (u16, &String)| {
        let own = Followed::new(history, cohort, leaving, |row| grouping.level_of[row] == place);
        let by = own.by(horizons).unwrap_or_else(|why| vec![Err(why); horizons.len()]);
        Level { name: name.clone(), size: own.size(), by }
    };
    Ok(Group { name: name.to_owned(), levels: (0..).zip(&grouping.levels).map(level).collect() })
}

impl<'a> Followed<'a> {
    /// The spells of some rows, as all the records tell them.
    fn new(history: &History, cohort: &'a TimedCohort, leaving: u8, keep: impl Fn(usize) -> bool) -> Self {
        let mut own =
            Self { rows: vec![], seen: vec![], times: Times::default(), household: vec![], causes: leaving };
        let spells = cohort.rows.iter().zip(&cohort.spells).enumerate().filter(|(row, _)| keep(*row));
        for (_, (row, spell)) in spells {
            // The cohort holds only spells of which something was seen.
            let Some(seen) = spell.seen_before(None, leaving) else { continue };
            own.times.entry.push(seen.entry.map_or(f64::NEG_INFINITY, f64::from));
            own.times.exit.push(f64::from(seen.exit));
            own.times.cause.push(seen.cause);
            own.household.push(history.children.household[row.child as usize]);
            own.rows.push(row);
            own.seen.push(seen);
        }
        own
    }

    fn size(&self) -> Size {
        let distinct = |of: &mut dyn Iterator<Item = u32>| of.collect::<BTreeSet<u32>>().len() as u64;
        Size {
            spells: self.rows.len() as u64,
            children: distinct(&mut self.rows.iter().map(|r| r.child)),
            households: distinct(&mut self.household.iter().copied()),
        }
    }

    /// Spells by what ended them: nothing, each declared cause, leaving.
    fn ended(&self, leaving: u8) -> Vec<u64> {
        let count = |cause: u8| self.seen.iter().filter(|seen| seen.cause == cause).count() as u64;
        (CENSORED..=leaving).map(count).collect()
    }

    fn leavings(&self) -> Vec<(String, u64)> {
        let mut all: BTreeMap<&'static str, u64> = BTreeMap::new();
        for how in self.seen.iter().filter_map(|seen| seen.left).map(Leaving::words) {
            *all.entry(how).or_default() += 1;
        }
        all.into_iter().map(|(how, n)| (how.to_owned(), n)).collect()
    }

    /// Spells under observation on a day that nothing had ended before it.
    fn at_risk(&self, day: i32) -> u64 {
        self.seen.iter().filter(|seen| seen.exit >= day && entered(seen, day)).count() as u64
    }

    fn horizon(&self, months: u32) -> Horizon {
        let days = settings::days(months);
        let followed = |seen: &&Seen| seen.administrative >= days && entered(seen, days);
        let followed = self.seen.iter().filter(followed).count() as u64;
        Horizon { months, days, followed, too_few: self.at_risk(days) < LEAST_AT_RISK }
    }

    /// The last month by which [`LEAST_AT_RISK`] spells are still followed; 0 where there is none.
    fn reach(&self) -> u32 {
        (1..=LAST_MONTH).rev().find(|m| self.at_risk(settings::days(*m)) >= LEAST_AT_RISK).unwrap_or(0)
    }

    /// The cumulative hazard of the first cause by some days.
    fn hazards(&self, days: &[f64]) -> Reading<Vec<Reading<f64>>> {
        let found = NelsonAalen::new(&self.times, None, Some(1), Ties::Poisson).map_err(str::to_owned)?;
        Ok(days.iter().map(|day| found.at(*day).map_err(str::to_owned)).collect())
    }

    /// What had come by some days.
    fn by(&self, days: &[f64]) -> Reading<Vec<Reading<By>>> {
        let found = aalen_johansen::at(&self.times, None, &self.household, days).map_err(str::to_owned)?;
        Ok(found.into_iter().map(|at| at.map(|at| self.at(&at)).map_err(str::to_owned)).collect())
    }

    /// Households behind each cause, behind all but the first, and behind those to whom nothing had come by a time.
    fn households(&self, time: f64) -> Vec<u64> {
        let order = households::together(&self.household);
        let cause = |row: usize| if self.times.exit[row] <= time { self.times.cause[row] } else { CENSORED };
        let behind = |is: &dyn Fn(u8) -> bool| {
            households::behind(&self.household, &order, |row| [f64::from(u8::from(is(cause(row))))])[0]
        };
        let causes = (1..=self.causes).map(|k| behind(&|own| own == k));
        causes.chain([behind(&|own| own > 1), behind(&|own| own == CENSORED)]).collect()
    }

    fn at(&self, at: &At) -> By {
        let ended = |k: u8| {
            let by = self.times.exit.iter().zip(&self.times.cause);
            by.filter(|(exit, cause)| **exit <= at.time && **cause == k).count() as u64
        };
        let mut shares: Vec<Share> = at.incidence.iter().map(Share::from).collect();
        // Causes that nobody came to.
        shares.resize(usize::from(self.causes), Share { value: 0.0, interval: None });
        // The same scale as for what came: the interval of the rest.
        let rest = Share::from(&Estimate { value: 1.0 - at.free.value, ..at.free });
        let free = Share {
            value: at.free.value,
            interval: rest.interval.map(|(low, high)| (1.0 - high, 1.0 - low)),
        };
        let came = (1..=self.causes).map(ended).collect();
        By { at_risk: at.at_risk as u64, came, households: self.households(at.time), shares, free }
    }

    /// What had come by each month at which enough are still followed.
    fn curve(&self) -> Vec<(u32, By)> {
        let enough = |m: &u32| self.at_risk(settings::days(*m)) >= LEAST_AT_RISK;
        let months: Vec<u32> = (1..=LAST_MONTH).filter(enough).collect();
        let days: Vec<f64> = months.iter().map(|m| f64::from(settings::days(*m))).collect();
        let by = self.by(&days).unwrap_or_default();
        months.into_iter().zip(by).filter_map(|(month, by)| Some((month, by.ok()?))).collect()
    }
}

/// Whether a spell had come under observation by a day.
fn entered(seen: &Seen, day: i32) -> bool {
    seen.entry.is_none_or(|entry| entry < day)
}
