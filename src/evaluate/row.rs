//! The result of evaluation: exact numbers, before disclosure control.

use super::{Comparison, Contrast, GroupTest, Theory};

/// What became of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Estimated.
    Ok,
    /// Not defined on these rows; the reason says why.
    Undefined,
    /// Hidden by disclosure control (set only by [`crate::privacy::disclosure`]).
    Suppressed,
}

/// One measure of one model on one group: the unit of every table and figure.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Model id; empty for measures of the data alone.
    pub model: String,
    /// The split the predictions come from, such as `rolling-origin`.
    pub split: String,
    /// Measure id, registered in [`crate::evaluate::measures`].
    pub measure: &'static str,
    /// Grouping, such as `sex`; `overall` for all rows.
    pub group: String,
    /// Level of the grouping, such as `F`; `all` for all rows.
    pub level: String,
    /// Where the measure is taken: a capacity (`top 10%`), the mean predicted risk of a group of referrals (`0.2337`), or
    /// the model that a difference is against (`minus counts`); empty where there is no such place.
    pub at: String,
    /// Point estimate, if defined. Never NaN or infinite.
    pub estimate: Option<f64>,
    /// Lower end of the 95% interval, if defined.
    pub low: Option<f64>,
    /// Upper end of the 95% interval, if defined.
    pub high: Option<f64>,
    /// An interval by theory, where there is one.
    pub theory: Option<Theory>,
    /// For a group, the estimate drawn towards the mean of its grouping, the further the less is known of the group.
    pub shrunk: Option<f64>,
    /// Rows (index referrals) of the group.
    pub n: u64,
    /// Of those, with the outcome.
    pub events: u64,
    /// Exact counts that the estimate rests on; if one is under the threshold, the estimate is not shown.
    pub rests_on: Vec<u64>,
    /// Households behind the counts: of the rows of the group, of those with and without the outcome, and of the four counts
    /// of flagged and not flagged where the measure has such; 0 where two households hold nine tenths of a count. Empty where
    /// nobody counted.
    pub households: Vec<u64>,
    /// Status.
    pub status: Status,
    /// Why it is undefined, or why a defined estimate has no interval, in plain words: a fixed text, never a count of
    /// these rows.
    pub reason: Option<String>,
    /// The convention used where published tools differ, in one phrase.
    pub convention: &'static str,
}

/// A row as kept in a run's private folder: its measure is a name until the registry is asked.
#[derive(serde::Deserialize)]
struct KeptRow {
    model: String,
    split: String,
    measure: String,
    group: String,
    level: String,
    at: String,
    estimate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    theory: Option<Theory>,
    shrunk: Option<f64>,
    n: u64,
    events: u64,
    rests_on: Vec<u64>,
    #[serde(default)]
    households: Vec<u64>,
    status: Status,
    reason: Option<String>,
}

impl<'de> serde::Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        KeptRow::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

impl TryFrom<KeptRow> for Row {
    type Error = String;

    fn try_from(kept: KeptRow) -> Result<Self, String> {
        let unknown = || format!("there is no measure `{}`", kept.measure);
        let of_when = || super::survival::score::measures::find(&kept.measure).map(|m| (m.id, m.convention));
        let of_yes = super::measures::find(&kept.measure).map(|m| (m.id, m.convention));
        let (measure, convention) = of_yes.or_else(of_when).ok_or_else(unknown)?;
        Ok(Self {
            model: kept.model,
            split: kept.split,
            measure,
            group: kept.group,
            level: kept.level,
            at: kept.at,
            estimate: kept.estimate,
            low: kept.low,
            high: kept.high,
            theory: kept.theory,
            shrunk: kept.shrunk,
            n: kept.n,
            events: kept.events,
            rests_on: kept.rests_on,
            households: kept.households,
            status: kept.status,
            reason: kept.reason,
            convention,
        })
    }
}

/// The answer to "is the candidate better than the reference?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The interval of the gain lies above zero and reaches the smallest gain that matters.
    Better,
    /// The whole interval lies under the smallest gain that matters.
    NoBetter,
    /// The interval allows both.
    CannotSay,
}

/// The paired comparison that decides the verdict.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// Candidate model id.
    pub candidate: String,
    /// Reference model id.
    pub reference: String,
    /// The paired difference in average precision, candidate minus reference (measure `average-precision-difference`).
    pub difference: Row,
    /// The smallest gain in average precision that would matter, declared in the experiment.
    pub smallest_gain: f64,
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Evaluation {
    /// All rows: first those of the data alone, then model by model in the order given, within a model group by group and
    /// measure by measure, and last the differences between candidate and reference.
    pub rows: Vec<Row>,
    /// Models against each other, over all rows.
    pub comparisons: Vec<Comparison>,
    /// Groups of the candidate and of the reference against others.
    pub contrasts: Vec<Contrast>,
    /// Tests of the candidate and of the reference: is a measure the same in all groups?
    pub tests: Vec<GroupTest>,
    /// The verdict.
    pub verdict: Verdict,
}
