//! How many referrals, over what time, and of how many children: what the report's rates are made from.

use super::fit::Ground;
use super::ingredients::Made;
use super::{Experiment, groups};
use crate::evaluate::{Grouping, combinations};
use crate::report::rates::{LevelCounts, PopulationRate, RateFacts};
use std::collections::{BTreeMap, BTreeSet};

/// Referrals left out because the records end too early and different children tested, by group; and the spread of each
/// level's number of tested referrals where a population is given.
pub(super) fn rates(made: &Made<'_>) -> RateFacts {
    let Made { ground: Ground { experiment, cohort, .. }, history, plan, input, .. } = *made;
    let tested = plan.folds.iter().flat_map(|fold| &fold.test);
    let child: Vec<u32> = tested.map(|&i| cohort.rows[i as usize].child).collect();
    let censored: Vec<Grouping> = experiment
        .groups
        .iter()
        .map(|name| groups::grouping(name, history, &cohort.short_follow_up))
        .collect();
    RateFacts {
        capacities: super::run::capacities(experiment),
        censored_total: cohort.short_follow_up.len() as u64,
        censored_together: combinations(&censored),
        censored: censored.iter().map(counted).collect(),
        children: input.groupings.iter().map(|grouping| children(grouping, &child)).collect(),
        populations: experiment
            .populations
            .iter()
            .filter_map(|(name, of)| {
                let grouping = input.groupings.iter().find(|g| g.name == *name)?;
                Some(by_level(experiment, grouping, of, &input.household))
            })
            .flatten()
            .collect(),
    }
}

fn counted(grouping: &Grouping) -> LevelCounts {
    let mut rows = vec![0_u64; grouping.levels.len()];
    for level in &grouping.level_of {
        rows[usize::from(*level)] += 1;
    }
    by_name(grouping, rows)
}

/// Different children in each level; `child` is that of each row.
fn children(grouping: &Grouping, child: &[u32]) -> LevelCounts {
    let seen: BTreeSet<(u16, u32)> = grouping.level_of.iter().copied().zip(child.iter().copied()).collect();
    let mut children = vec![0_u64; grouping.levels.len()];
    for (level, _) in seen {
        children[usize::from(level)] += 1;
    }
    by_name(grouping, children)
}

fn by_name(grouping: &Grouping, counts: Vec<u64>) -> LevelCounts {
    let levels = grouping.levels.iter().cloned().zip(counts).collect();
    LevelCounts { group: grouping.name.clone(), levels }
}

/// Each level with a population: how many children, and how surely its number of referrals is known beside the
/// reference level's.
fn by_level(
    experiment: &Experiment,
    grouping: &Grouping,
    populations: &[(String, u64)],
    household: &[u32],
) -> Vec<PopulationRate> {
    let place = |level: &str| grouping.levels.iter().position(|l| l == level);
    let mut rows = vec![BTreeMap::<u32, f64>::new(); grouping.levels.len()];
    for (level, household) in grouping.level_of.iter().zip(household) {
        *rows[usize::from(*level)].entry(*household).or_default() += 1.0;
    }
    let count = |level: usize| rows[level].values().sum::<f64>();
    let named = experiment.references.iter().find(|(name, _)| *name == grouping.name);
    // The first of equals, as in the comparison of groups.
    let largest = || {
        let mine = (0..rows.len()).rev().filter(|l| populations.iter().any(|p| p.0 == grouping.levels[*l]));
        mine.max_by(|a, b| count(*a).total_cmp(&count(*b)))
    };
    let reference = named.and_then(|(_, level)| place(level)).or_else(largest);
    let against = reference.filter(|r| populations.iter().any(|p| p.0 == grouping.levels[*r]));
    populations
        .iter()
        .filter_map(|(level, population)| {
            let own = place(level)?;
            let other = against.filter(|r| *r != own);
            Some(PopulationRate {
                group: grouping.name.clone(),
                level: level.clone(),
                population: *population,
                log_error: log_error(&rows[own], None),
                against: other.map(|r| (grouping.levels[r].clone(), log_error(&rows[own], Some(&rows[r])))),
            })
        })
        .collect()
}

/// Standard error of the logarithm of a rate, or of the ratio of two, households taken as independent: the root of the
/// sum over households of (m / n − m' / n')², for m of n referrals of one level and m' of n' of the other (the delta
/// method for a sum over clusters). 0 without referrals.
fn log_error(own: &BTreeMap<u32, f64>, other: Option<&BTreeMap<u32, f64>>) -> f64 {
    let total = |rows: &BTreeMap<u32, f64>| rows.values().sum::<f64>().max(1.0);
    let n = total(own);
    let Some(other) = other else {
        return own.values().map(|m| (m / n).powi(2)).sum::<f64>().sqrt();
    };
    let rest = total(other);
    let mut parts: BTreeMap<u32, f64> = own.iter().map(|(h, m)| (*h, m / n)).collect();
    for (household, m) in other {
        *parts.entry(*household).or_default() -= m / rest;
    }
    parts.values().map(|part| part * part).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::{children, log_error};
    use crate::evaluate::Grouping;
    use std::collections::BTreeMap;

    /// Child 7 is twice of the first level, and once of each of the others.
    #[test]
    fn a_child_counts_once_in_each_level_it_was_in() {
        let grouping = Grouping {
            name: "age-band".to_owned(),
            levels: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            level_of: vec![0, 0, 1, 2, 0],
        };
        let counts = children(&grouping, &[7, 7, 7, 7, 8]);
        assert_eq!(counts.levels.iter().map(|l| l.1).collect::<Vec<_>>(), [2, 1, 1, 0]);
    }

    #[test]
    fn the_error_counts_households_and_not_referrals() {
        let four = |h: [u32; 4]| {
            let mut rows = BTreeMap::<u32, f64>::new();
            h.iter().for_each(|h| *rows.entry(*h).or_default() += 1.0);
            rows
        };
        // Four referrals of four households: 1 / √4. Of two households, two each: 1 / √2.
        assert!((log_error(&four([1, 2, 3, 4]), None) - 0.5).abs() < 1e-12);
        assert!((log_error(&four([1, 1, 2, 2]), None) - 0.5_f64.sqrt()).abs() < 1e-12);
        // Two levels without a common household: √(1/4 + 1/4). Of the same households: no error in their ratio.
        let ratio = log_error(&four([1, 2, 3, 4]), Some(&four([5, 6, 7, 8])));
        assert!((ratio - 0.5_f64.sqrt()).abs() < 1e-12);
        assert!(log_error(&four([1, 2, 3, 4]), Some(&four([1, 2, 3, 4]))) < 1e-12);
    }
}
