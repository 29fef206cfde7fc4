//! Models and groups compared, disclosed.

use crate::evaluate::fairness::Null;
use crate::privacy::disclosure::{Number, Passed};

/// A model less another over all rows, disclosed.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonLine {
    /// Model id.
    pub model: String,
    /// The model that is taken away.
    pub against: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Place.
    pub at: String,
    /// The difference.
    pub difference: Number,
    /// The p value of no difference.
    pub p: Option<Passed<f64>>,
    /// The p value after allowing for all comparisons.
    pub p_adjusted: Option<Passed<f64>>,
    /// Why a shown difference has no interval.
    pub note: Option<String>,
}

/// A group against another, disclosed.
#[derive(Clone, Debug, PartialEq)]
pub struct ContrastLine {
    /// Model id.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// Place.
    pub at: String,
    /// Level that it is compared with, or `everyone else`.
    pub against: String,
    /// Level less the other.
    pub difference: Number,
    /// Newcombe's interval of the difference.
    pub newcombe: Option<(Passed<f64>, Passed<f64>)>,
    /// Level over the other.
    pub ratio: Number,
    /// The interval of the ratio by its logarithm.
    pub log_ratio: Option<(Passed<f64>, Passed<f64>)>,
}

/// A test whether groups differ, disclosed.
#[derive(Clone, Debug, PartialEq)]
pub struct TestLine {
    /// Model id.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: String,
    /// Grouping.
    pub group: String,
    /// Place.
    pub at: String,
    /// How the null distribution was made.
    pub null: Null,
    /// Whether groups were too small to test.
    pub some_left_out: bool,
    /// Greatest difference between two groups.
    pub range: Option<Passed<f64>>,
    /// The greatest difference that chance alone would show on average.
    pub expected_range: Option<Passed<f64>>,
    /// The p value.
    pub p: Option<Passed<f64>>,
    /// The p value after allowing for all tests of the model.
    pub p_adjusted: Option<Passed<f64>>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// What flags that are right equally often in two groups would do to those who did not come back; all of a hundred.
#[derive(Clone, Debug, PartialEq)]
pub struct EqualPrecision {
    /// Grouping.
    pub group: String,
    /// The level that comes back least often.
    pub low: String,
    /// The level that comes back most often.
    pub high: String,
    /// Of 100: came back; low, then high.
    pub came_back: [Passed<u64>; 2],
    /// Of 100 flagged: came back.
    pub right: [Passed<u64>; 2],
    /// Of 100 who did not come back: flagged.
    pub in_vain: [Passed<u64>; 2],
    /// Of 100 of the low level who did not come back: flagged, if its flags were right as often as those of the high one.
    pub would: Passed<u64>,
}
