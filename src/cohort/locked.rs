//! The cohort of a study that keeps its last referrals for a final test.
//!
//! Nothing that came on record from the first locked day on is used: the cohort is that of the history as it was known
//! before. So labels, follow-up and features of the referrals that are left cannot depend on what came later.

use super::attrition::AttritionRow;
use super::rules::Rule;
use super::{Cohort, Definition, build};
use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;
use std::borrow::Cow;

/// Builds the cohort of referrals before `from`, given the history `seen` before that day ([`History::before`]). `whole`
/// is asked only how many referrals, of how many children, are kept for the final test; never what came of them.
#[must_use]
pub fn build_before(whole: &History, seen: &History, definition: &Definition, from: Day) -> Cohort {
    let mut cohort = build(seen, definition);
    for row in &mut cohort.attrition {
        if let Some(words) = words(&row.rule, from) {
            row.words = words;
        }
    }
    let Some(first) = cohort.attrition.first_mut() else { return cohort };
    let (rows, children) = recorded(whole);
    let kept = AttritionRow {
        rule: Cow::Borrowed("final-test"),
        words: format!("recorded on or after {}, kept for the final test", from.in_words()),
        removed: rows.saturating_sub(first.rows),
        ..first.clone()
    };
    // What came of the referrals kept is not counted: the outcomes are those seen before that day.
    (first.rows, first.children) = (rows, children);
    cohort.attrition.insert(1, kept);
    cohort
}

/// Referrals recorded, and the children they are about.
fn recorded(history: &History) -> (u64, u64) {
    let (mut rows, mut children, mut last) = (0, 0, None);
    for (kind, child) in history.events.kind.iter().zip(&history.events.child) {
        if *kind == Kind::Referral {
            rows += 1;
            children += u64::from(last != Some(child));
            last = Some(child);
        }
    }
    (rows, children)
}

/// Rules whose words would say too much of the time that is locked.
fn words(rule: &str, from: Day) -> Option<String> {
    let from = from.in_words();
    if rule == Rule::ShortFollowUp.id() {
        return Some(format!(
            "the follow-up period runs beyond the records, or to {from} or later, when the final test begins"
        ));
    }
    (rule == Rule::NoPredictionPoint.id())
        .then(|| format!("the case did not reach the point at which the prediction is made before {from}"))
}
