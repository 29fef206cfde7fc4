//! Who was left out, and why: every exclusion is a row, and the counts chain.

use super::IndexRow;
use super::rules::Rule;
use std::borrow::Cow;

/// One step of the cohort's making.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AttritionRow {
    /// Id of the rule, such as `open-episode`; the first row is `recorded`.
    pub rule: Cow<'static, str>,
    /// The rule in plain words.
    pub words: String,
    /// Referrals removed by this rule; 0 in the first row.
    pub removed: u64,
    /// Referrals left after it.
    pub rows: u64,
    /// Children left after it.
    pub children: u64,
    /// Of the referrals left, those followed by the outcome within the horizon, as far as was seen.
    pub outcomes: u64,
}

/// Counts what each rule removed. `candidates` stand child by child, each with the first rule it breaks.
pub(super) fn chain(candidates: &[(IndexRow, Option<Rule>)], rules: &[Rule]) -> Vec<AttritionRow> {
    let row = |rule: &'static str, words: String, gone: &[Rule]| {
        let (mut rows, mut children, mut outcomes, mut last) = (0, 0, 0, None);
        for (row, _) in candidates.iter().filter(|(_, broken)| broken.is_none_or(|b| !gone.contains(&b))) {
            rows += 1;
            outcomes += u64::from(row.label);
            children += u64::from(last != Some(row.child));
            last = Some(row.child);
        }
        AttritionRow { rule: Cow::Borrowed(rule), words, removed: 0, rows, children, outcomes }
    };
    let mut chain = vec![row("recorded", "every referral recorded".to_owned(), &[])];
    for (i, rule) in rules.iter().enumerate() {
        let mut next = row(rule.id(), rule.words().to_owned(), &rules[..=i]);
        next.removed = chain[i].rows - next.rows;
        chain.push(next);
    }
    chain
}
