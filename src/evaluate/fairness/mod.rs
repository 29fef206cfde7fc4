//! How groups compare: differences, ratios, tests and shrunken estimates.
//!
//! In: one model's measures by group with their replicates. Out: [`Contrast`]s (a group against the reference group, and
//! against everyone else), [`GroupTest`]s (is a measure the same in all groups of a grouping?), and shrunken estimates
//! beside the raw ones. To compare groups in one more measure, add its id to [`COMPARED`].
//!
//! Measures are called by the harm that they count ("flagged, did not come back"), because the names of fairness criteria
//! mean different things in different toolkits: on the same data one calls the gap in false positive rates what another
//! calls the gap in true positive rates.

mod contrast;
mod group_test;
pub(super) mod pairs;
mod shrink;
mod tested_rows;

pub use contrast::Contrast;
pub(super) use contrast::contrasts;
pub use group_test::{GroupTest, Null};
pub(super) use group_test::{adjust, count as count_tests, tests};
pub(super) use shrink::shrink;

/// Measures in which groups are compared.
pub(super) const COMPARED: [&str; 16] = [
    "outcome-rate",
    "selection-rate",
    "missed-share",
    "false-positive-rate",
    "false-discovery-rate",
    "false-omission-rate",
    "mean-predicted",
    "balance-positive",
    "balance-negative",
    "observed-over-expected",
    "calibration-in-the-large",
    "calibration-slope",
    "ici",
    "brier",
    "auroc",
    "net-benefit",
];
