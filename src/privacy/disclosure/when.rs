//! How long until what, through the rules.
//!
//! The referrals followed here are nearly those of the yes-or-no question, so that exact numbers of both could be subtracted:
//! shares leave as whole children of a hundred, counts to the nearest ten. A level is shown at a horizon only if, by then,
//! enough came back, enough had not, and enough are still followed; further levels are hidden until no hidden one follows.

use super::chain::{self, State};
use super::facts::{self, tens};
use super::levels::{Part, protect};
use super::passed::{Count, Number, Passed, PerHundred};
use crate::report::when::{Group, Horizon, Level, When};
use crate::report::{AttritionStep, Removed};
use crate::survival::found::{self, By, Reading, Share};

/// Why nothing is said of a time.
const TOO_FEW: &str = "too few are still followed by then";
/// Why there is no number.
const HIDDEN: &str = "hidden, because it would tell about small numbers";

/// Discloses what was found; `None` where it was not asked for.
pub(super) fn disclose(found: Option<&Reading<found::When>>, threshold: u64) -> Option<Reading<When>> {
    Some(match found? {
        Ok(found) if found.size.households < threshold || found.size.spells < threshold => {
            Err(HIDDEN.to_owned())
        }
        Ok(found) => Ok(shown(found, threshold)),
        Err(reason) => Err(reason.clone()),
    })
}

fn shown(found: &found::When, threshold: u64) -> When {
    let rough = |n: u64| Count::new(tens(n), n >= threshold);
    let ended = parts(&found.ended, threshold);
    let leavings: Vec<u64> = found.leavings.iter().map(|(_, n)| *n).collect();
    let leavings = parts(&leavings, threshold);
    // A cause to which few came is not shown at any time.
    let many: Vec<bool> = ended.iter().map(|n| n.get().is_some()).collect();
    let shares = |by: &By, fits: bool| -> Vec<PerHundred> {
        let known = |k: usize| many.get(k + 1).is_some_and(|many| *many);
        by.shares.iter().enumerate().map(|(k, s)| hundred(s, fits && known(k))).collect()
    };
    let fits = |by: &By| enough(by, found.size.spells, threshold);
    let horizon = |((h, by), overstated): ((&found::Horizon, &Reading<By>), &Reading<f64>)| Horizon {
        months: h.months,
        days: h.days,
        followed: rough(h.followed),
        at_risk: by.as_ref().map_or(Count::Suppressed, |by| rough(by.at_risk)),
        shares: match by {
            _ if h.too_few => vec![PerHundred::Undefined(TOO_FEW.to_owned()); found.causes.len() + 1],
            Ok(by) => shares(by, fits(by)),
            Err(why) => vec![PerHundred::Undefined(why.clone()); found.causes.len() + 1],
        },
        overstated: match (by, overstated) {
            _ if h.too_few => PerHundred::Undefined(TOO_FEW.to_owned()),
            (Ok(by), Ok(value)) => hundred(&Share { value: *value, interval: None }, fits(by)),
            (Err(why), _) | (_, Err(why)) => PerHundred::Undefined(why.clone()),
        },
    };
    let states = found.attrition.iter().map(|row| State {
        words: row.words.clone(),
        rows: row.rows,
        children: row.children,
        outcomes: row.outcomes,
    });
    let horizons = found.horizons.iter().zip(&found.by).zip(&found.overstated).map(horizon).collect();
    // Each point adds enough to the one before: the steps of a curve are counts of children.
    let mut before = 0;
    let steps = |(_, by): &&(u32, By)| {
        let adds = fits(by) && by.came >= before + threshold;
        before = if adds { by.came } else { before };
        adds
    };
    let curve = found.curve.iter().filter(steps).map(|(month, by)| (*month, shares(by, true)));
    When {
        from_closure: found.from_closure,
        causes: found.causes.clone(),
        delayed_entry: found.delayed_entry,
        attrition: chain::disclose(&states.collect::<Vec<State>>(), threshold)
            .into_iter()
            .map(rounded)
            .collect(),
        spells: rough(found.size.spells),
        children: rough(found.size.children),
        ended,
        leavings: found.leavings.iter().map(|(how, _)| how.clone()).zip(leavings).collect(),
        horizons,
        reach_months: found.curve.last().map_or(0, |(month, _)| *month),
        curve: curve.collect(),
        groups: found.groups.iter().map(|g| group(g, found, threshold)).collect(),
    }
}

/// A step to the nearest ten: the same referrals are counted exactly elsewhere, step by step and by other rules.
fn rounded(step: AttritionStep) -> AttritionStep {
    let tens = |n: Count| n.get().map_or(Count::Suppressed, |n| Count::new(tens(n), true));
    let removed = match step.removed {
        Removed::Shown(n) => Removed::Shown(Passed::new(facts::tens(n.get()))),
        other => other,
    };
    AttritionStep {
        removed,
        rows: tens(step.rows),
        children: tens(step.children),
        outcomes: Count::Suppressed,
        words: step.words,
    }
}

/// Whether so many came back by then, had not, and are still followed, that a share says little of any one.
fn enough(by: &By, spells: u64, threshold: u64) -> bool {
    by.came >= threshold && spells.saturating_sub(by.came) >= threshold && by.at_risk >= threshold
}

/// Parts of a whole, to the nearest ten: none of them small, and none to be worked out from the others.
fn parts(counts: &[u64], threshold: u64) -> Vec<Count> {
    let part = |n: &u64| Part { size: *n as f64, cells: Some(vec![*n as f64]), hidden: false };
    let mut all: Vec<Part> = counts.iter().map(part).collect();
    let total: u64 = counts.iter().sum();
    protect(&mut all, total as f64, &[total as f64], threshold as f64);
    counts.iter().zip(all).map(|(n, part)| Count::new(tens(*n), !part.hidden)).collect()
}

fn hundred(share: &Share, shown: bool) -> PerHundred {
    if shown { Number::new(share.value, share.interval).per_hundred(false) } else { PerHundred::Suppressed }
}

/// A grouping: at each horizon, levels are hidden together as in the tables by group.
fn group(group: &found::Group, all: &found::When, threshold: u64) -> Group {
    let mut levels: Vec<Level> = group
        .levels
        .iter()
        .map(|l| Level {
            name: l.name.clone(),
            spells: Count::new(
                tens(l.size.spells),
                l.size.spells >= threshold && l.size.households >= threshold,
            ),
            came: Vec::new(),
        })
        .collect();
    for (place, horizon) in all.horizons.iter().enumerate() {
        let part = |l: &found::Level| {
            let by = l.by[place].as_ref().ok();
            let few = by.is_none_or(|by| !enough(by, l.size.spells, threshold));
            let came = by.map_or(0, |by| by.came);
            let cells = vec![came as f64, l.size.spells.saturating_sub(came) as f64];
            Part {
                size: l.size.spells as f64,
                cells: Some(cells),
                hidden: few || l.size.households < threshold,
            }
        };
        let mut parts: Vec<Part> = group.levels.iter().map(part).collect();
        let came = all.by[place].as_ref().map_or(0, |by| by.came) as f64;
        let spells = all.size.spells as f64;
        protect(&mut parts, spells, &[came, spells - came], threshold as f64);
        for ((level, exact), part) in levels.iter_mut().zip(&group.levels).zip(&parts) {
            level.came.push(match exact.by[place].as_ref().map(|by| by.shares.first()) {
                _ if horizon.too_few => PerHundred::Undefined(TOO_FEW.to_owned()),
                Ok(Some(share)) => hundred(share, !part.hidden),
                _ => PerHundred::Suppressed,
            });
        }
    }
    Group { name: group.name.clone(), levels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::found::Size;

    fn by(came: u64, at_risk: u64, value: f64) -> Reading<By> {
        let share = Share { value, interval: Some((value - 0.02, value + 0.02)) };
        Ok(By { at_risk, came, shares: vec![share, share] })
    }

    fn level(name: &str, spells: u64, by: Reading<By>) -> found::Level {
        found::Level {
            name: name.to_owned(),
            size: Size { spells, children: spells, households: spells },
            by: vec![by],
        }
    }

    fn found(levels: Vec<found::Level>, came: u64) -> found::When {
        let spells = levels.iter().map(|l| l.size.spells).sum();
        found::When {
            causes: vec!["was referred again".to_owned()],
            size: Size { spells, children: spells, households: spells },
            ended: vec![spells - came, came, 0],
            horizons: vec![found::Horizon { months: 12, days: 365, followed: spells, too_few: false }],
            by: vec![by(came, spells - came, 0.3)],
            overstated: vec![Ok(0.35)],
            groups: vec![found::Group { name: "sex".to_owned(), levels }],
            ..found::When::default()
        }
    }

    fn came(found: &found::When) -> Vec<Option<u64>> {
        let shown = disclose(Some(&Ok(found.clone())), 10).unwrap().unwrap();
        shown.groups[0].levels.iter().map(|l| l.came[0].yes()).collect()
    }

    #[test]
    fn a_small_level_is_hidden_with_another() {
        let levels = || {
            vec![
                level("a", 300, by(90, 200, 0.3)),
                level("b", 200, by(60, 130, 0.31)),
                level("c", 20, by(4, 15, 0.2)),
            ]
        };
        assert_eq!(came(&found(levels(), 154)), [Some(30), None, None]);
        let large = vec![level("a", 300, by(90, 200, 0.3)), level("b", 200, by(60, 130, 0.31))];
        assert_eq!(came(&found(large, 150)), [Some(30), Some(31)]);
        let ended = vec![
            level("a", 300, by(90, 200, 0.3)),
            level("b", 200, by(190, 5, 0.95)),
            level("d", 90, by(30, 50, 0.3)),
        ];
        assert_eq!(came(&found(ended, 310))[1], None, "five are still followed");
    }

    #[test]
    fn each_point_of_the_curve_adds_enough() {
        let of = found(vec![level("a", 300, by(90, 200, 0.3)), level("b", 203, by(66, 130, 0.31))], 156);
        let curve =
            [12, 19, 22, 60, 69, 70].iter().zip(1..).map(|(came, m)| (m, by(*came, 300, 0.2).unwrap()));
        let shown = disclose(Some(&Ok(found::When { curve: curve.collect(), ..of })), 10).unwrap().unwrap();
        assert_eq!(shown.curve.iter().map(|(month, _)| *month).collect::<Vec<_>>(), [1, 3, 4, 6]);
    }

    #[test]
    fn counts_are_rough_and_small_ones_withheld() {
        let of = found(vec![level("a", 304, by(96, 200, 0.3)), level("b", 203, by(60, 130, 0.31))], 156);
        let shown = disclose(Some(&Ok(of.clone())), 10).unwrap().unwrap();
        assert_eq!(shown.spells.get(), Some(510));
        assert_eq!(shown.ended.iter().map(|n| n.get()).collect::<Vec<_>>(), [Some(350), Some(160), None]);
        let few = found::When { size: Size { households: 9, ..of.size }, ..of.clone() };
        assert!(disclose(Some(&Ok(few)), 10).unwrap().is_err());
        let late = found::When {
            horizons: vec![found::Horizon { months: 12, days: 365, followed: 5, too_few: true }],
            ..of
        };
        let late = disclose(Some(&Ok(late)), 10).unwrap().unwrap();
        assert!(matches!(late.horizons[0].shares[0], PerHundred::Undefined(_)));
        assert!(matches!(late.groups[0].levels[0].came[0], PerHundred::Undefined(_)));
        assert_eq!(late.horizons[0].followed, Count::Suppressed);
    }
}
