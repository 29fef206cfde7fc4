//! What would become of the groups if gaps were corrected for: exact, and as a report may show it.

use serde_json::{Value, json as object};

use crate::evaluate::Row;
use crate::privacy::disclosure::{Number, Passed};

/// What every mention of a correction says.
pub const LABEL: &str = "What if; not applied. Using a protected characteristic to set scores may be unlawful direct \
                         discrimination under the Equality Act 2010: take advice.";

/// Measures of each level, in the order shown, then those of all rows.
pub const MEASURES: [&str; 7] = [
    "selection-rate",
    "ppv",
    "false-positive-rate",
    "missed-share",
    "observed-over-expected",
    "average-precision",
    "auroc",
];

/// Of [`MEASURES`], those of each level.
pub const OF_LEVELS: usize = 5;

/// A way of correcting for gaps between groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// [`crate::evaluate::mitigation::reweighing`].
    Reweighing,
    /// [`crate::evaluate::mitigation::group_recalibration`].
    GroupRecalibration,
}

impl Method {
    /// Id in `evaluation.json`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Reweighing => "reweighing",
            Self::GroupRecalibration => "group-recalibration",
        }
    }
}

/// Everything worked out, exact.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct WhatIf {
    /// Grouping.
    pub grouping: String,
    /// Correction by correction.
    pub corrections: Vec<Correction>,
}

/// One correction, exact.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Correction {
    /// Which.
    pub method: Method,
    /// Why it could not be worked out; a fixed text.
    pub refused: Option<String>,
    /// The candidate's measures under it.
    pub rows: Vec<Row>,
}

/// Everything worked out, disclosed.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownWhatIf {
    /// Grouping.
    pub grouping: String,
    /// Correction by correction.
    pub corrections: Vec<ShownCorrection>,
}

/// One correction, disclosed.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownCorrection {
    /// Which.
    pub method: Method,
    /// Why it could not be worked out.
    pub refused: Option<String>,
    /// Measures of all rows, after the first [`OF_LEVELS`]: as they are, and as they would be.
    pub overall: Vec<(&'static str, Number, Number)>,
    /// Level by level.
    pub levels: Vec<ShownLevel>,
    /// Of 100 who came back, by how many more one shown level is missed than another: as it is, and as it would be.
    /// `None` with fewer than two shown levels.
    pub gap: Option<[Passed<u64>; 2]>,
}

/// One level under one correction: the first [`OF_LEVELS`] of [`MEASURES`].
#[derive(Clone, Debug, PartialEq)]
pub struct ShownLevel {
    /// Level.
    pub level: String,
    /// As they are.
    pub now: Vec<Number>,
    /// As they would be; all hidden, or none.
    pub then: Vec<Number>,
}

impl ShownWhatIf {
    /// For `evaluation.json`.
    pub(super) fn json(&self) -> Value {
        let corrections: Vec<Value> = self.corrections.iter().map(ShownCorrection::json).collect();
        object!({"label": LABEL, "grouping": self.grouping, "corrections": corrections})
    }
}

impl ShownCorrection {
    fn json(&self) -> Value {
        let pair = |measure: &str, now: &Number, then: &Number| object!({"measure": measure, "now": now.estimate(), "then": then.estimate()});
        let overall: Vec<Value> = self.overall.iter().map(|(m, now, then)| pair(m, now, then)).collect();
        let level = |of: &ShownLevel| {
            let pairs = MEASURES.iter().zip(of.now.iter().zip(&of.then));
            let measures: Vec<Value> = pairs.map(|(m, (now, then))| pair(m, now, then)).collect();
            object!({"level": of.level, "measures": measures})
        };
        object!({
            "method": self.method.id(),
            "refused": self.refused,
            "overall": overall,
            "levels": self.levels.iter().map(level).collect::<Vec<_>>(),
        })
    }
}
