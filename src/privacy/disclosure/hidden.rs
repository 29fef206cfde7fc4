//! What was hidden, and why: for whoever checks outputs where the data are held.
//!
//! In: [`Ingredients`]. Out: every hidden estimate of models and groups with the rule that hid it, to be kept in a run's private folder. It must not
//! leave: that one of two hidden numbers is hidden only for the sake of the other tells that the other is small.

use std::collections::BTreeSet;

use super::beside::Others;
use super::passed::Number;
use super::profile::Profile;
use super::rows::{self, behind};
use crate::evaluate::{Row, Status};
use crate::report::ingredients::Ingredients;

/// One hidden estimate.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hidden {
    /// Model id; empty for measures of the data alone.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: &'static str,
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Place.
    pub at: String,
    /// Referrals of the level.
    pub n: u64,
    /// Of those, with the outcome.
    pub events: u64,
    /// The smallest count that the estimate rests on.
    pub smallest: u64,
    /// Households behind the count that comes from fewest; 0 where two hold nine tenths, empty where nobody counted.
    pub households: Option<u64>,
    /// The first rule that hides it.
    pub rule: &'static str,
}

/// Every estimate of models and groups that the report withholds, in their order, when it stands beside no other; estimates that
/// are not defined are not listed, and other sections are not.
#[must_use]
pub fn hidden(ingredients: &Ingredients, profile: Profile) -> Vec<Hidden> {
    let threshold = profile.threshold.max(ingredients.threshold);
    let all = super::rows_of(&ingredients.evaluation);
    let candidate = &ingredients.evaluation.verdict.candidate;
    let others = Others::default();
    let limits = rows::Limits { capacity: ingredients.capacity, threshold, candidate, others: &others };
    let (lines, from) = rows::with_places(&all, &ingredients.combinations, &limits);
    let shown: BTreeSet<usize> =
        lines.iter().zip(&from).filter(|(l, _)| l.number != Number::Suppressed).map(|(_, i)| *i).collect();
    let withheld = all.iter().enumerate().filter(|(i, row)| row.status == Status::Ok && !shown.contains(i));
    withheld.map(|(_, row)| entry(row, threshold)).collect()
}

fn entry(row: &Row, threshold: u64) -> Hidden {
    let counts = [row.n, row.events, row.n.saturating_sub(row.events)];
    let smallest = counts.into_iter().chain(row.rests_on.iter().copied()).min().unwrap_or(0);
    let households = row.households.iter().copied().min();
    let rule = if row.model == rows::PREVALENCE {
        "a method without skill tells how many came back in each fold"
    } else if smallest < threshold {
        "a count is under the threshold, or its complement is"
    } else if behind(row).any(|count| count < threshold) {
        "a count of its table is under the threshold, comes from too few households, or two of them hold nine tenths of it"
    } else if row.measure == rows::BIN {
        "a neighbouring group of chances would follow from it"
    } else if row.group == rows::OVERALL {
        "the difference to another share flagged is small"
    } else {
        "a small count of another group, or the difference to another table, would follow from it"
    };
    Hidden {
        model: row.model.clone(),
        split: row.split.clone(),
        measure: row.measure,
        group: row.group.clone(),
        level: row.level.clone(),
        at: row.at.clone(),
        n: row.n,
        events: row.events,
        smallest,
        households,
        rule,
    }
}
