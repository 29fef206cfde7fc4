//! How long until what, through the rules.
//!
//! The referrals followed here are nearly those of the yes-or-no question, whose numbers are exact:
//!
//! 1. Shares leave as whole ones of a hundred and counts to the nearest ten. A count that differs from an exact one by fewer
//!    than the threshold stands for it, so that any such difference is possible. Who was left out is told by the exact table.
//! 2. A share by some time is a count, and so is what it adds to the one before. It is shown only if so many came by then, and
//!    since the last time shown, and had not come; and if [`LEAST_AT_RISK`] are still followed. This holds of each cause by itself,
//!    and of the times asked about and the months of the curve together.
//! 3. How often and how long without are shown where the share is ([`more`]); whether groups differ, where all of them are shown.
//! 4. Behind those who came, and behind those to whom nothing had come, stand as many households, of which no two hold nine tenths.
//! 5. Levels of a grouping are hidden together until no hidden one follows, by what came since the time before as well.

mod more;

use super::facts::tens;
use super::levels::{Part, protect};
use super::passed::{Count, Number, PerHundred};
use super::when_models;
use crate::report::ingredients::Ingredients;
use crate::report::when::{Group, Horizon, Level, When};
use crate::survival::found::{self, By, LEAST_AT_RISK, Reading, Share};

/// Why nothing is said of a time.
const TOO_FEW: &str = "too few are still followed by then";
/// Why there is no number.
const HIDDEN: &str = "hidden, because it would tell about small numbers";

/// Discloses what was found; `None` where it was not asked for.
pub(super) fn disclose(ingredients: &Ingredients, threshold: u64) -> Option<Reading<When>> {
    Some(match ingredients.when.as_ref()? {
        Ok(found) if found.size.households < threshold || found.size.spells < threshold => {
            Err(HIDDEN.to_owned())
        }
        Ok(found) => Ok(shown(found, &Known::new(ingredients), threshold)),
        Err(reason) => Err(reason.clone()),
    })
}

/// A count to the nearest ten, in the place of an exact one that is known and nearly the same.
pub(super) fn rough(n: u64, known: &[u64], threshold: u64) -> Count {
    let near = known.iter().copied().filter(|k| k.abs_diff(n) < threshold).min_by_key(|k| k.abs_diff(n));
    Count::new(tens(near.unwrap_or(n)), n >= threshold)
}

/// Exact counts of nearly the same referrals and children, as other tables give them.
struct Known {
    rows: Vec<u64>,
    children: Vec<u64>,
}

impl Known {
    fn new(ingredients: &Ingredients) -> Self {
        let facts = [&ingredients.cohort, &ingredients.tested];
        let steps = ingredients.attrition.iter();
        Self {
            rows: steps.clone().map(|s| s.rows).chain(facts.map(|f| f.rows)).collect(),
            children: steps.map(|s| s.children).chain(facts.map(|f| f.children)).collect(),
        }
    }
}

fn shown(found: &found::When, known: &Known, threshold: u64) -> When {
    let Known { rows, children } = known;
    let (ended, leavings) = ended(found, threshold);
    let spells = found.size.spells;
    let by: Vec<Option<&By>> = found.by.iter().map(|by| by.as_ref().ok()).collect();
    let causes = found.causes.len() + 1;
    let kept: Vec<Vec<bool>> = (0..causes)
        .map(|k| steps(by.iter().map(|by| by.map(|by| Told::of(by, by.came[k], k))), spells, threshold))
        .collect();
    let other = |by: &By| Told::of(by, by.came[1..].iter().sum(), causes);
    let others = steps(by.iter().map(|by| by.map(other)), spells, threshold);
    let left = |by: Option<&By>| {
        by.is_some_and(|by| spells.saturating_sub(by.came.iter().sum::<u64>()) >= threshold)
    };
    let horizon = |(i, h): (usize, &found::Horizon)| Horizon {
        months: h.months,
        days: h.days,
        followed: rough(h.followed, rows, threshold),
        at_risk: by[i].map_or(Count::Suppressed, |by| rough(by.at_risk, rows, threshold)),
        shares: (0..causes)
            .map(|k| share(h, &found.by[i], kept[k][i], |by| by.shares.get(k).copied()))
            .collect(),
        // With the others it would give whatever is hidden.
        free: share(h, &found.by[i], kept.iter().all(|kept| kept[i]) && left(by[i]), |by| Some(by.free)),
        hazard: match &found.hazards[i] {
            Ok(hazard) if kept[0][i] && others[i] => Number::new((hazard * 100.0).round() / 100.0, None),
            Ok(_) => Number::Suppressed,
            Err(why) => Number::Undefined(why.clone()),
        },
        overstated: share(h, &found.by[i], kept[0][i] && others[i], |_| {
            let value = *found.overstated[i].as_ref().ok()?;
            Some(Share { value, interval: None })
        }),
    };
    let groups: Vec<Group> = found.groups.iter().map(|g| group(g, found, threshold)).collect();
    When {
        from_closure: found.from_closure,
        first_per_child: found.first_per_child,
        causes: found.causes.clone(),
        delayed_entry: found.delayed_entry,
        spells: rough(spells, rows, threshold),
        children: rough(found.size.children, children, threshold),
        ended,
        leavings,
        horizons: found.horizons.iter().enumerate().map(horizon).collect(),
        reach_months: found.reach,
        curve: curve(found, &kept[0], threshold),
        models: found.models.as_ref().map(|models| {
            models.as_ref().map(|m| when_models::disclose(m, rows, threshold)).map_err(String::clone)
        }),
        more: more::shown(found, &kept[0], &groups, threshold),
        groups,
    }
}

/// What ended the waiting, and how children left: parts of one whole, none of them small or to be worked out from the others.
fn ended(found: &found::When, threshold: u64) -> (Vec<Count>, Vec<(String, Count)>) {
    let first = found.ended.len().saturating_sub(1);
    let counts: Vec<u64> =
        found.ended[..first].iter().copied().chain(found.leavings.iter().map(|(_, n)| *n)).collect();
    let part = |n: &u64| Part { size: *n as f64, cells: Some(vec![*n as f64]), hidden: false };
    let mut parts: Vec<Part> = counts.iter().map(part).collect();
    let total = counts.iter().sum::<u64>() as f64;
    protect(&mut parts, total, &[total], threshold as f64);
    let mut all: Vec<Count> =
        counts.iter().zip(parts).map(|(n, part)| Count::new(tens(*n), !part.hidden)).collect();
    let ways = all.split_off(first);
    (all, found.leavings.iter().map(|(how, _)| how.clone()).zip(ways).collect())
}

/// What a share by some time tells of.
struct Told {
    came: u64,
    at_risk: u64,
    /// Behind those that came, and behind those to whom nothing had come; `None` where nobody counted.
    households: Option<(u64, u64)>,
}

impl Told {
    /// Of those that came, who are those of `place` among [`By::households`].
    fn of(by: &By, came: u64, place: usize) -> Self {
        let households = by.households.get(place).copied().zip(by.households.last().copied());
        Self { came, at_risk: by.at_risk, households }
    }
}

/// At which times enough came, and since the last time kept, and had not come, and are still followed, of enough households.
fn steps(by: impl Iterator<Item = Option<Told>>, spells: u64, threshold: u64) -> Vec<bool> {
    let mut before = 0;
    let keep = |by: Option<Told>| {
        let Some(Told { came, at_risk, households }) = by else { return false };
        let many = households.is_none_or(|(came, free)| came.min(free) >= threshold);
        let enough = many && came >= before + threshold && spells.saturating_sub(came) >= threshold;
        let keep = enough && at_risk >= threshold.max(LEAST_AT_RISK);
        before = if keep { came } else { before };
        keep
    };
    by.map(keep).collect()
}

/// Months that stand at a time that is shown, or from which enough came to the time shown before and after.
fn curve(found: &found::When, kept: &[bool], threshold: u64) -> Vec<(u32, PerHundred)> {
    let horizons = found.horizons.iter().zip(&found.by).zip(kept).filter(|(_, kept)| **kept);
    let horizons: Vec<(u32, u64)> =
        horizons.filter_map(|((h, by), _)| Some((h.months, by.as_ref().ok()?.came[0]))).collect();
    let mut before = 0;
    let keep = |(month, by): &&(u32, By)| {
        let came = by.came[0];
        let next = horizons.iter().find(|(at, _)| at >= month);
        let fits = match next {
            Some((at, _)) if at == month => true,
            Some((_, then)) => came >= before + threshold && *then >= came + threshold,
            None => came >= before + threshold,
        };
        let keep =
            fits && steps(std::iter::once(Some(Told::of(by, came, 0))), found.size.spells, threshold)[0];
        before = if keep { came } else { before };
        keep
    };
    let months = found.curve.iter().filter(keep);
    months.filter_map(|(month, by)| Some((*month, hundred(by.shares.first()?, true)))).collect()
}

fn share(
    horizon: &found::Horizon,
    by: &Reading<By>,
    kept: bool,
    of: impl Fn(&By) -> Option<Share>,
) -> PerHundred {
    match by {
        _ if horizon.too_few => PerHundred::Undefined(TOO_FEW.to_owned()),
        Err(why) => PerHundred::Undefined(why.clone()),
        Ok(by) => of(by).map_or(PerHundred::Suppressed, |share| hundred(&share, kept)),
    }
}

fn hundred(share: &Share, shown: bool) -> PerHundred {
    if shown { Number::new(share.value, share.interval).per_hundred(false) } else { PerHundred::Suppressed }
}

/// A grouping: at each time, levels are hidden together by what came since the time before, what came in all, and the rest.
fn group(group: &found::Group, all: &found::When, threshold: u64) -> Group {
    let came = |by: &[Reading<By>], place: usize| by[place].as_ref().map_or(0, |by| by.came[0]);
    let cells = |by: &[Reading<By>], spells: u64, place: usize| {
        let before = place.checked_sub(1).map_or(0, |before| came(by, before));
        let now = came(by, place);
        vec![now.saturating_sub(before) as f64, now as f64, spells.saturating_sub(now) as f64]
    };
    let mut levels: Vec<Level> =
        group.levels.iter().map(|l| Level { name: l.name.clone(), came: Vec::new() }).collect();
    for (place, horizon) in all.horizons.iter().enumerate() {
        let part = |l: &found::Level| {
            let at_risk = l.by[place].as_ref().map_or(0, |by| by.at_risk);
            let behind = l.by[place].as_ref().ok().map(|by| Told::of(by, by.came[0], 0));
            let behind = behind.and_then(|told| told.households);
            let few = at_risk < threshold.max(LEAST_AT_RISK)
                || l.size.households < threshold
                || behind.is_some_and(|(came, free)| came.min(free) < threshold);
            let cells = cells(&l.by, l.size.spells, place);
            Part { size: l.size.spells as f64, cells: Some(cells), hidden: few }
        };
        let mut parts: Vec<Part> = group.levels.iter().map(part).collect();
        let spells = all.size.spells;
        protect(&mut parts, spells as f64, &cells(&all.by, spells, place), threshold as f64);
        for ((level, exact), part) in levels.iter_mut().zip(&group.levels).zip(&parts) {
            let reading = &exact.by[place];
            level.came.push(match reading {
                // That nobody was followed for so long is a small number too.
                Err(_) if !horizon.too_few => PerHundred::Suppressed,
                _ => share(horizon, reading, !part.hidden, |by| by.shares.first().copied()),
            });
        }
    }
    Group { name: group.name.clone(), levels }
}

#[cfg(test)]
mod tests;
