//! The gate as a report may show it: verdicts, and the disclosed numbers they rest on.

use crate::experiment::gate::{Bound, Standing};
use crate::ledger::Verdict;
use crate::privacy::disclosure::Number;

/// A gate judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What stands behind it.
    pub standing: Standing,
    /// The whole.
    pub verdict: Verdict,
    /// Criterion by criterion.
    pub criteria: Vec<GateCriterion>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct GateCriterion {
    /// Measure id.
    pub measure: &'static str,
    /// Model id; empty for measures of the data alone.
    pub model: String,
    /// Where the measure is taken, such as `top 10%`; empty if it has no such place.
    pub at: String,
    /// Where the numbers had to lie.
    pub bound: Bound,
    /// What came of it.
    pub verdict: Verdict,
    /// Level by level; one part for all referrals.
    pub parts: Vec<GatePart>,
}

/// One level of one grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct GatePart {
    /// Grouping; `overall` for all referrals.
    pub group: String,
    /// Level.
    pub level: String,
    /// The number.
    pub number: Number,
    /// The verdict, which rests on the exact number even where that is hidden.
    pub verdict: Verdict,
    /// Why, in words; a fixed text.
    pub why: String,
}
