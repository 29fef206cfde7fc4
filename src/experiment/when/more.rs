//! What else records say of how long: how often children come back, how much time passes without, and whether groups differ.

use super::{Followed, groups};
use crate::cohort::episodes::{self, Standing};
use crate::cohort::{Spell, TimedCohort};
use crate::evaluate::inference::normal::two_sided_critical;
use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;
use crate::survival::aalen_johansen::Estimate;
use crate::survival::difference::{Target, difference};
use crate::survival::found::{
    CONFIDENCE, Differ, Group, Horizon, LEAST_AT_RISK, More, Often, Reading, Share,
};
use crate::survival::gray::gray;
use crate::survival::mean_cumulative::{Others, mean_cumulative};
use crate::survival::restricted_mean::time_lost;
use crate::survival::{CENSORED, Times};

/// The cause that is counted, and the end of counting.
const CAME: u8 = 1;
const LEFT: u8 = 2;
/// The comparison of groups holds every household once for each of them.
const MOST_GROUPS: usize = 30;

/// Measures everything; the outcome, the records and the cohort that `all` is of.
pub(super) fn measure(
    (outcome, history, cohort): (Kind, &History, &TimedCohort),
    all: &Followed<'_>,
    groups: &[Group],
    horizons: &[Horizon],
) -> More {
    let children = children(history, cohort);
    let often = (outcome == Kind::Referral).then(|| often(&children, horizons));
    let differ = |group: &Group| {
        let level = levels(&group.name, history, cohort, all.causes);
        (0..horizons.len()).map(|place| differ(all, group, &level, (place, horizons[place].days))).collect()
    };
    More {
        children: children.len() as u64,
        often,
        lost: horizons.iter().map(|h| lost(all, f64::from(h.days))).collect(),
        differ: groups.iter().map(differ).collect(),
    }
}

/// A child from the start of its first spell; in days.
#[derive(Clone, Debug, PartialEq)]
struct Child {
    household: u32,
    /// After which it is observed; `None`: from the start.
    entry: Option<i32>,
    /// Later referrals that count, rising, one a day at most.
    came: Vec<i32>,
    /// To which it is followed.
    end: i32,
    /// Whether it left on that day.
    left: bool,
}

/// The children of a cohort, which holds the spells of a child together, by date.
fn children(history: &History, cohort: &TimedCohort) -> Vec<Child> {
    let spells: Vec<(u32, &Spell)> = cohort.rows.iter().map(|r| r.child).zip(&cohort.spells).collect();
    // All its referrals that count, not only those that are asked about.
    let of = |spells: &[(u32, &Spell)]| {
        let (child, first) = (spells[0].0 as usize, spells[0].1);
        let counted = episodes::of_child(history, child).into_iter();
        let counted = counted.filter(|e| e.standing == Standing::Counted).map(|e| e.referral);
        child_of(first, history.children.household[child], counted)
    };
    spells.chunk_by(|a, b| a.0 == b.0).map(of).collect()
}

fn child_of(first: &Spell, household: u32, referrals: impl Iterator<Item = Day>) -> Child {
    let left = first.left.filter(|(on, _)| *on <= first.observed_to);
    let end = left.map_or(first.observed_to, |(on, _)| on).0 - first.start.0;
    let entry = first.enters.map(|enters| enters.0 - first.start.0 - 1);
    let seen = |day: &i32| *day > entry.unwrap_or(0).max(0) && *day <= end;
    let mut came: Vec<i32> = referrals.map(|on| on.0 - first.start.0).filter(seen).collect();
    came.sort_unstable();
    came.dedup();
    Child { household, entry, came, end, left: left.is_some() }
}

/// Children as rows from one referral to the next, with their households.
fn rows(children: &[Child]) -> (Times, Vec<u32>) {
    let (mut times, mut household) = (Times::default(), Vec::new());
    for child in children {
        let mut push = |from: f64, to: f64, cause: u8| {
            times.entry.push(from);
            times.exit.push(to);
            times.cause.push(cause);
            household.push(child.household);
        };
        let mut from = child.entry.map_or(f64::NEG_INFINITY, f64::from);
        for day in &child.came {
            push(from, f64::from(*day), CAME);
            from = f64::from(*day);
        }
        // Leaving on the day of a referral comes after it, and before the next day.
        let end = f64::from(child.end);
        let end = if child.left && end <= from { from + 0.5 } else { end };
        if end > from {
            push(from, end, if child.left { LEFT } else { CENSORED });
        }
    }
    (times, household)
}

fn often(children: &[Child], horizons: &[Horizon]) -> Vec<Reading<Often>> {
    let (times, household) = rows(children);
    let days: Vec<f64> = horizons.iter().map(|h| f64::from(h.days)).collect();
    let found = match mean_cumulative(&times, None, &household, CAME, Others::Stop, &days) {
        Ok(found) => found,
        Err(why) => return vec![Err(why.to_owned()); horizons.len()],
    };
    let by = |(estimate, horizon): (Result<Estimate, &str>, &Horizon)| -> Reading<Often> {
        let (estimate, day) = (estimate?, horizon.days);
        let came = children.iter().map(|c| c.came.partition_point(|on| *on <= day) as u64);
        let followed = |c: &&Child| c.end >= day && c.entry.is_none_or(|entry| entry < day);
        Ok(Often {
            at_risk: children.iter().filter(followed).count() as u64,
            events: came.clone().sum(),
            with: came.filter(|n| *n > 0).count() as u64,
            mean: estimate.value,
            interval: above_zero(&estimate),
        })
    };
    found.into_iter().zip(horizons).map(by).collect()
}

/// The interval of a mean that cannot be under 0, on the scale of its logarithm.
fn above_zero(mean: &Estimate) -> Option<(f64, f64)> {
    let half = two_sided_critical(CONFIDENCE).ok()? * mean.standard_error / mean.value;
    (mean.value > 0.0 && half > 0.0 && half.is_finite())
        .then(|| (mean.value * (-half).exp(), mean.value * half.exp()))
}

/// The share of the time up to `tau` that is lost to the first cause.
fn lost(all: &Followed<'_>, tau: f64) -> Reading<Share> {
    let lost = time_lost(&all.times, None, &all.household, tau)?.lost;
    let share = |of: &Estimate| Estimate { value: of.value / tau, standard_error: of.standard_error / tau };
    // Where nothing came to anybody, nothing is lost.
    Ok(lost.first().map_or(Share { value: 0.0, interval: None }, |of| Share::from(&share(of))))
}

/// The level of each followed spell.
fn levels(name: &str, history: &History, cohort: &TimedCohort, leaving: u8) -> Vec<u16> {
    let grouping = groups::grouping(name, history, &cohort.rows);
    let all = grouping.level_of.into_iter().zip(&cohort.spells);
    all.filter(|(_, spell)| spell.seen_before(None, leaving).is_some()).map(|(level, _)| level).collect()
}

/// Whether all levels of which anybody was followed have the same incidence of the first cause up to a horizon.
fn differ(all: &Followed<'_>, group: &Group, level: &[u16], (place, days): (usize, i32)) -> Reading<Differ> {
    let present = group.levels.iter().filter(|l| l.size.spells > 0);
    let small = present.clone().any(|l| {
        let at_risk = l.by[place].as_ref().map_or(0, |by| by.at_risk);
        // Errors that rest on few households are too small, and the test would find too much.
        at_risk < LEAST_AT_RISK || l.size.households < LEAST_AT_RISK
    });
    if small || present.count() > MOST_GROUPS {
        return Err("a group is too small to be compared, or there are too many groups".to_owned());
    }
    let tau = f64::from(days);
    let target = Target::Time { cause: CAME, tau };
    let clustered = difference(&all.times, None, level, &all.household, target)?.test.into();
    let (mut upto, mut cause) = (all.times.clone(), Vec::new());
    for (exit, own) in upto.exit.iter_mut().zip(&upto.cause) {
        cause.push(if *exit > tau { CENSORED } else { *own });
        *exit = exit.min(tau);
    }
    upto.cause = cause;
    let gray = if upto.entry.iter().any(|entry| entry.is_finite()) {
        Err("it is not known for referrals that are followed only from later on".to_owned())
    } else {
        gray(&upto, None, level, CAME).map(Into::into).map_err(str::to_owned)
    };
    Ok(Differ { clustered, gray })
}

#[cfg(test)]
mod tests;
