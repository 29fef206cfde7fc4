//! How often, how long without, and whether groups differ, through the rules: each is shown only where the share that it goes
//! with is.

use super::{Group, TOO_FEW};
use crate::privacy::disclosure::passed::{Number, Passed};
use crate::report::when_more::{ChiSquare, Differ, More};
use crate::survival::found::{self, LEAST_AT_RISK, Often, Reading, Share};

/// Why nothing is said of whether groups differ.
const NOT_ALL: &str = "too few are followed, or a group is hidden";
/// Of a run from before this was measured.
const NOT_MEASURED: &str = "it was not measured in this run";

/// `kept` says at which horizons the share of the first cause is shown, `groups` which levels are.
pub(super) fn shown(found: &found::When, kept: &[bool], groups: &[Group], threshold: u64) -> More {
    let more = &found.more;
    let often = more.often.as_ref().map(|often| {
        let enough = enough(often, kept, more.children, threshold);
        let of = |((h, often), enough): ((&found::Horizon, &Reading<Often>), bool)| {
            number(h, often, enough, |o| {
                let ends =
                    o.interval.map(|(low, high)| (rounded(100.0 * low, 1.0), rounded(100.0 * high, 1.0)));
                (rounded(100.0 * o.mean, 1.0), ends)
            })
        };
        found.horizons.iter().zip(often).zip(enough).map(of).collect()
    });
    let without = |(place, h): (usize, &found::Horizon)| {
        let months = |lost: f64| rounded(f64::from(h.months) * (1.0 - lost), 0.1);
        let lost = more.lost.get(place).cloned().unwrap_or_else(|| Err(NOT_MEASURED.to_owned()));
        number(h, &lost, kept[place], |s: &Share| {
            (months(s.value), s.interval.map(|(low, high)| (months(high), months(low))))
        })
    };
    More {
        often,
        without: found.horizons.iter().enumerate().map(without).collect(),
        differ: groups.iter().enumerate().map(|(g, group)| differ(found, kept, group, g)).collect(),
    }
}

/// At which horizons so many referrals came, to so many children, so many of them not the first of a child, since the last
/// horizon that is shown; and to so many children none.
fn enough(often: &[Reading<Often>], kept: &[bool], children: u64, threshold: u64) -> Vec<bool> {
    let mut before = [0; 3];
    let keep = |(often, kept): (&Reading<Often>, &bool)| {
        let Ok(o) = often else { return false };
        let now = [o.events, o.with, o.events.saturating_sub(o.with)];
        let came = now.iter().zip(before).all(|(now, before)| *now >= before + threshold);
        let others = children.saturating_sub(o.with) >= threshold;
        let keep = *kept && came && others && o.at_risk >= threshold.max(LEAST_AT_RISK);
        before = if keep { now } else { before };
        keep
    };
    often.iter().zip(kept).map(keep).collect()
}

fn number<T>(
    horizon: &found::Horizon,
    of: &Reading<T>,
    kept: bool,
    value: impl Fn(&T) -> (f64, Option<(f64, f64)>),
) -> Number {
    match of {
        _ if horizon.too_few => Number::Undefined(TOO_FEW.to_owned()),
        Err(why) => Number::Undefined(why.clone()),
        Ok(of) if kept => {
            let (value, interval) = value(of);
            Number::new(value, interval)
        }
        Ok(_) => Number::Suppressed,
    }
}

/// To whole steps.
fn rounded(value: f64, step: f64) -> f64 {
    (value / step).round() * step
}

/// The comparison up to the last horizon by which every level is shown. A level alone in being hidden is one of nobody, as another
/// one would be hidden with it ([`protect`](super::protect)): it is not compared. Where two are hidden, a comparison of the others
/// would tell that both are of nobody.
fn differ(found: &found::When, kept: &[bool], group: &Group, place: usize) -> Result<Differ, String> {
    let levels = group.levels.iter().zip(&found.groups[place].levels);
    let whole = |at: &usize| {
        let hidden = levels.clone().filter(|(l, _)| l.came[*at].yes().is_none());
        let nobody = hidden.clone().all(|(_, exact)| exact.size.spells == 0);
        kept[*at] && !found.horizons[*at].too_few && nobody && hidden.count() <= 1
    };
    let last = (0..found.horizons.len()).rev().find(whole).ok_or(NOT_ALL)?;
    let of = found.more.differ.get(place).and_then(|of| of.get(last)).ok_or(NOT_MEASURED)?;
    of.as_ref().map_err(Clone::clone).map(|of| Differ {
        months: found.horizons[last].months,
        clustered: chi_square(&of.clustered),
        gray: of.gray.as_ref().map(chi_square).map_err(Clone::clone),
    })
}

fn chi_square(of: &found::ChiSquare) -> ChiSquare {
    ChiSquare {
        statistic: Passed::rounded(rounded(of.statistic, 0.1)),
        degrees: of.degrees,
        p: Passed::rounded(of.p_value),
    }
}
