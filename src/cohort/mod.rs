//! Which referrals are asked about, and what came of them.
//!
//! In: [`History`] and a [`Definition`]. Out: a [`Cohort`]: index referrals with prediction date and label, the
//! attrition table, and `DfE`'s backward-looking re-referral rate. [`build_before`] does the same where the last referrals
//! are kept for a final test. A new reason to leave a referral out is one variant of [`rules::Rule`]; a new outcome is
//! any event kind.

pub mod attrition;
pub mod backward;
pub mod episodes;
mod label;
mod locked;
pub mod rules;
mod timed;

use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;
use attrition::AttritionRow;
use backward::BackwardRate;
pub use locked::build_before;
use rules::Rule;
pub use timed::{Came, Leaving, Seen, Spell, TimedCohort, TimedDefinition, build_timed};

/// Which referrals of a child are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// Every referral that passes the rules.
    EveryReferral,
    /// The first of each child that passes the rules.
    FirstPerChild,
}

/// When the prediction is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// On the day of the referral, knowing its source but nothing that follows.
    AtReferral,
    /// On the day the first assessment of the episode ends, knowing its factors and need.
    AtAssessmentEnd,
    /// On the day the episode is closed, knowing the reason.
    AtClosure,
}

/// From when the horizon is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// From the date of the index referral.
    FromReferral,
    /// From the date its episode was closed; only with [`Point::AtClosure`].
    FromClosure,
}

/// The question put to the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Which referrals.
    pub index: Index,
    /// When the prediction is made.
    pub point: Point,
    /// The event to be predicted; [`Kind::Referral`] is a re-referral.
    pub outcome: Kind,
    /// Days within which it must come.
    pub horizon_days: i32,
    /// From when they are counted.
    pub clock: Clock,
}

/// One index referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexRow {
    /// Place of the child in the history.
    pub child: u32,
    /// Place of the referral in the history's events.
    pub referral_event: usize,
    /// The episode it opened.
    pub episode: u32,
    /// Date of the referral.
    pub referral: Day,
    /// Date of the prediction: only what was known before it may be used, and facts admitted by name.
    pub predict_on: Day,
    /// Last day of the horizon.
    pub complete_on: Day,
    /// When the label is known for certain: the last day of the horizon, or later if the outcome was recorded later.
    pub labelled_on: Day,
    /// Whether the outcome came within the horizon.
    pub label: bool,
    /// Day of the outcome, if it came.
    pub outcome_on: Option<Day>,
    /// Day on which death, transfer, adoption or the 18th birthday ended the follow-up before any outcome.
    pub competing_on: Option<Day>,
    /// Whether the episode stayed open to the end of the horizon: then no referral within it can count as a new one.
    pub open_throughout: bool,
}

/// The cohort.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// Index referrals, sorted by household, child and prediction date, so that a household's rows stand together.
    pub rows: Vec<IndexRow>,
    /// What was left out on the way, chaining from all recorded referrals to `rows`.
    pub attrition: Vec<AttritionRow>,
    /// The published kind of rate, for reconciliation.
    pub backward: Vec<BackwardRate>,
    /// Referrals that broke no rule but that their follow-up is shorter than the horizon.
    pub short_follow_up: Vec<IndexRow>,
    /// Referrals left out because a case was open of which no closing is recorded.
    pub under_unclosed: u64,
}

/// Builds the cohort.
#[must_use]
pub fn build(history: &History, definition: &Definition) -> Cohort {
    let mut candidates = Vec::new();
    let mut backward = backward::Tally::default();
    let mut under_unclosed = 0;
    for child in 0..history.children.len() {
        let episodes = episodes::of_child(history, child);
        backward.add(history, child, &episodes);
        for (i, episode) in episodes.iter().enumerate() {
            under_unclosed += u64::from(episode.under_unclosed);
            let row = label::row(history, definition, child, &episodes, i);
            candidates.push((row, rules::first_broken((history, definition, child, episode, &row))));
        }
    }
    if definition.index == Index::FirstPerChild {
        keep_first(&mut candidates);
    }
    let attrition = attrition::chain(&candidates, &rules::in_order(definition));
    let short = candidates.iter().filter(|(_, rule)| *rule == Some(Rule::ShortFollowUp));
    let short_follow_up = short.map(|(row, _)| *row).collect();
    let mut rows: Vec<IndexRow> =
        candidates.into_iter().filter(|(_, rule)| rule.is_none()).map(|(r, _)| r).collect();
    rows.sort_by_key(|r| {
        (history.children.household[r.child as usize], r.child, r.predict_on, r.referral_event)
    });
    Cohort { rows, attrition, backward: backward.rows(), short_follow_up, under_unclosed }
}

fn keep_first(candidates: &mut [(IndexRow, Option<Rule>)]) {
    let mut last_kept = None;
    for (row, rule) in candidates.iter_mut().filter(|(_, rule)| rule.is_none()) {
        if last_kept == Some(row.child) {
            *rule = Some(Rule::NotFirst);
        }
        last_kept = Some(row.child);
    }
}
