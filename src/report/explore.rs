//! What other shares flagged, or other chances to flag from, would get right and wrong, as far as it may be shown.

use crate::privacy::disclosure::{Count, PerHundred};

/// How referrals are chosen to be flagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A share of all, from the highest chance down.
    Share,
    /// All from a predicted chance up.
    Chance,
}

/// One model over one grouping: what flagging at each place would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Explored {
    /// Model id.
    pub model: String,
    /// How referrals are chosen.
    pub way: Way,
    /// Grouping; `overall` for everyone.
    pub group: String,
    /// The places at which anything may be shown, by rising number flagged.
    pub stops: Vec<Stop>,
}

/// One place to flag at.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The place as lines call it, such as `top 10%` or `risk from 20%`.
    pub at: String,
    /// The levels of the grouping, in their order.
    pub levels: Vec<AtStop>,
}

/// What flagging at a place would do to one level; shares in children of a hundred.
#[derive(Clone, Debug, PartialEq)]
pub struct AtStop {
    /// Level; `all` for everyone.
    pub level: String,
    /// Referrals tested.
    pub n: Count,
    /// Of a hundred: flagged.
    pub flagged: PerHundred,
    /// Of a hundred flagged: came back.
    pub right: PerHundred,
    /// Of a hundred who came back: not flagged.
    pub missed: PerHundred,
    /// Of a hundred who did not come back: flagged.
    pub in_vain: PerHundred,
}

impl AtStop {
    /// The four shares, in the order of a table.
    #[must_use]
    pub fn shares(&self) -> [&PerHundred; 4] {
        [&self.flagged, &self.right, &self.missed, &self.in_vain]
    }
}
