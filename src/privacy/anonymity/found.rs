//! What was found of children who stand out in a run, exact.

use super::groups::Groups;
use crate::history::Dropped;
use serde::{Deserialize, Serialize};

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Format of the data: `native` or `cin-census`.
    pub format: String,
    /// What stood in the files and was not taken in.
    pub dropped: Vec<Dropped>,
    /// How many children share what somebody might know, from little knowledge to much.
    pub known: Vec<Known>,
    /// Each model; else why none was looked at.
    pub models: Result<Vec<Structure>, String>,
}

/// What somebody might know of a child who is in the records. Each holds the one before, but the last, which stands by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Knowledge {
    /// Sex, ethnicity as recorded and authority.
    Basics,
    /// And the year of birth.
    BirthYear,
    /// And the month of birth.
    BirthMonth,
    /// And the disabilities on record.
    Disabilities,
    /// And in which month one of the child's referrals was.
    ReferralMonth,
    /// All features of one referral, and nothing else.
    Table,
}

impl Knowledge {
    /// All that build on each other, in order.
    pub const GROWING: [Self; 5] =
        [Self::Basics, Self::BirthYear, Self::BirthMonth, Self::Disabilities, Self::ReferralMonth];

    /// Its name in `evaluation.json`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Basics => "basics",
            Self::BirthYear => "birth-year",
            Self::BirthMonth => "birth-month",
            Self::Disabilities => "disabilities",
            Self::ReferralMonth => "referral-month",
            Self::Table => "table",
        }
    }
}

/// How many children share what somebody might know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What.
    pub what: Knowledge,
    /// Children by how many share it.
    pub groups: Groups,
}

/// What a model holds on to of those it learned from, after the structural attack of SACRO-ML (`sacroml`,
/// `attacks/structural_attack.py` at 0053b59): residual degrees of freedom, the smallest groups at its answers, groups with one
/// outcome. Groups are counted in children, where SACRO-ML counts records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Learner id.
    pub model: String,
    /// Whether it is the model that is kept, taught by all referrals; else that of the part with fewest referrals to learn from.
    pub kept: bool,
    /// Referrals that it learned from.
    pub rows: u64,
    /// Children whose referrals they are.
    pub children: u64,
    /// Numbers that it learned, or why they were not counted.
    pub parameters: Result<u64, String>,
    /// Children that a leaf must have by its settings, where there is such a setting.
    pub asked: Option<u64>,
    /// Children it learned from by leaf, over all trees; `None` of a model that is not made of trees, or why it is not known.
    pub leaves: Option<Result<Groups, String>>,
    /// Children it learned from by the chance that it gives them.
    pub chances: Groups,
}
