//! `DfE`'s re-referral rate, which looks backward: of the referrals of a census year, the share received within 12
//! months of an earlier referral of the same child (children in need statistics, table C1). The label of this study
//! looks forward; an analyst will compare this number with the published one first.

use super::episodes::{Episode, Standing};
use crate::history::History;
use std::collections::BTreeMap;

/// The rate of one census year.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BackwardRate {
    /// Census year, ending 31 March.
    pub census_year: i32,
    /// Counted referrals of the year with a full look-back year observed.
    pub referrals: u64,
    /// Of those, within 365 days of an earlier counted referral.
    pub re_referrals: u64,
}

/// Adds up children.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<i32, (u64, u64)>);

impl Tally {
    pub(super) fn add(&mut self, history: &History, child: usize, episodes: &[Episode]) {
        let children = &history.children;
        let counted: Vec<_> = episodes.iter().filter(|e| e.standing == Standing::Counted).collect();
        for (i, episode) in counted.iter().enumerate() {
            let day = episode.referral;
            if day.plus(-365) < children.observed_from[child] || day > children.observed_to[child] {
                continue;
            }
            let again = i > 0 && counted[i - 1].referral >= day.plus(-365);
            let (referrals, re_referrals) = self.0.entry(day.census_year()).or_default();
            *referrals += 1;
            *re_referrals += u64::from(again);
        }
    }

    pub(super) fn rows(self) -> Vec<BackwardRate> {
        let row =
            |(census_year, (referrals, re_referrals))| BackwardRate { census_year, referrals, re_referrals };
        self.0.into_iter().map(row).collect()
    }
}
