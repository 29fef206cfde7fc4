//! What a report holds. Only [`crate::privacy::disclosure`] can fill it: each number is of a type made there alone.

use super::compared::{ComparisonLine, ContrastLine, EqualPrecision, TestLine};
use super::explanation::{Explained, Proxies};
use super::explore::Explored;
use super::folds::ByFold;
use super::html::format::percent;
use super::ingredients::{ChosenSetting, ModelCard};
use super::privacy::Privacy;
use super::rates::Rates;
use super::stability::{Shown, Stability};
use super::what_if::ShownWhatIf;
use super::when::When;
use super::{Gate, RecordingBias};
use crate::evaluate::Answer;
use crate::evaluate::Method;
use crate::privacy::disclosure::{Count, Number, Passed, PerHundred, Profile};

/// Everything a writer may show.
#[derive(Clone, Debug)]
pub struct Report {
    /// Run id.
    pub run_id: String,
    /// rerefer version.
    pub version: String,
    /// Experiment title.
    pub title: String,
    /// The question in one sentence.
    pub question: String,
    /// The outcome in words that follow "the child".
    pub outcome_words: String,
    /// Whether the outcome is another referral.
    pub outcome_is_referral: bool,
    /// Horizon in days.
    pub horizon_days: u32,
    /// Prediction point in words, such as "on the day of the referral".
    pub point_words: String,
    /// Clock in words, such as "counted from the referral".
    pub clock_words: String,
    /// Whether the data are simulated.
    pub simulated: bool,
    /// What a reader must know of the source, small counts taken out.
    pub remarks: Vec<String>,
    /// What the models were told, in words.
    pub told: Vec<String>,
    /// What they were not told, by the researcher's choice.
    pub not_told: Vec<String>,
    /// What the features rest on that carries no date.
    pub as_last_recorded: Vec<String>,
    /// Number of features offered to the models.
    pub features: u64,
    /// Smallest count that is shown.
    pub threshold: u64,
    /// Whose rules of disclosure control were kept.
    pub profile: Profile,
    /// Ids of runs whose reports stand beside this one, so that nothing small follows from both.
    pub beside: Vec<String>,
    /// Attrition, down to the referrals that were tested.
    pub attrition: Vec<AttritionStep>,
    /// The cohort.
    pub cohort: Facts,
    /// The part of it that was tested.
    pub tested: Facts,
    /// Published-style rates by census year.
    pub backward: Vec<BackwardYear>,
    /// How the split was made.
    pub split_words: String,
    /// The folds.
    pub folds: Vec<Fold>,
    /// Settings that were chosen within the rows to learn from.
    pub chosen: Vec<ChosenSetting>,
    /// Models, baselines first.
    pub models: Vec<ModelCard>,
    /// Share of rows that could be flagged, in (0, 1).
    pub capacity: f64,
    /// Bootstrap replicates.
    pub replicates: u64,
    /// Every measure, in the order evaluated, the verdict's difference last.
    pub lines: Vec<Line>,
    /// Models against each other.
    pub comparisons: Vec<ComparisonLine>,
    /// Groups of the candidate and of the baseline against others.
    pub contrasts: Vec<ContrastLine>,
    /// Tests whether groups differ.
    pub group_tests: Vec<TestLine>,
    /// What flags that are right equally often would mean, grouping by grouping.
    pub equal_precision: Vec<EqualPrecision>,
    /// The answer to the question.
    pub finding: Finding,
    /// What flagging at the declared capacity would have got right and wrong: the candidate, then the reference.
    pub at_capacity: Vec<CapacityTable>,
    /// The same at every other share that the experiment states: the candidate and the reference at each, rising.
    pub at_others: Vec<CapacityTable>,
    /// The candidate by group.
    pub groups: Vec<GroupTable>,
    /// Other places to flag at.
    pub explore: Vec<Explored>,
    /// How many numbers are shown and hidden, by grouping.
    pub withheld: Vec<Withheld>,
    /// What was promised before the test and what came of it.
    pub gate: Option<Gate>,
    /// Would another year, council or draw give the same answer?
    pub stability: Stability,
    /// Each test by itself; `None` where there is one.
    pub by_fold: Option<Shown<ByFold>>,
    /// Whether features tell what was left out.
    pub proxies: Proxies,
    /// What the models go by, one entry a learner; none where the experiment does not ask.
    pub explanations: Vec<Explained>,
    /// What faults of the records could do to the groups' numbers.
    pub recording_bias: RecordingBias,
    /// What correcting for gaps between groups would do, if it was asked for.
    pub what_if: Option<ShownWhatIf>,
    /// How long until what; `None` where the experiment does not ask.
    pub when: Option<Shown<When>>,
    /// Workload, referral rates and who was left out for want of time.
    pub rates: Rates,
    /// Who stands out, and what was left at the door; `None` in runs of before it was measured.
    pub privacy: Option<Privacy>,
    /// How to reproduce the run, name and value.
    pub reproduce: Vec<(String, String)>,
    /// Proof that disclosure control made this value.
    pub passed: Passed<()>,
}

impl Report {
    /// Whether models that were kept are tested here on other data, and none was taught.
    #[must_use]
    pub fn is_of_other_data(&self) -> bool {
        self.lines.first().is_some_and(|line| line.split == "other-data")
    }

    /// The line of a measure for all rows, at no particular place.
    #[must_use]
    pub fn overall(&self, model: &str, measure: &str) -> Option<&Line> {
        self.lines
            .iter()
            .find(|l| l.group == "overall" && l.at.is_empty() && l.model == model && l.measure == measure)
    }

    /// The line of a measure of one level of a grouping: at the declared capacity, or at no particular place.
    #[must_use]
    pub fn of_level(&self, model: &str, measure: &str, group: &str, level: &str) -> Option<&Line> {
        let declared = self.declared();
        self.lines.iter().find(|l| {
            l.measure == measure
                && l.model == model
                && l.group == group
                && l.level == level
                && (l.at.is_empty() || l.at == declared)
        })
    }

    /// How lines call the declared capacity, such as `top 10%`.
    #[must_use]
    pub fn declared(&self) -> String {
        format!("top {}", percent(self.capacity))
    }

    /// The title of a model, or its id.
    #[must_use]
    pub fn model_title<'a>(&'a self, id: &'a str) -> &'a str {
        let of_when = || {
            let models = self.when.as_ref()?.as_ref().ok()?.models.as_ref()?.as_ref().ok()?;
            models.cards.iter().find(|card| card.id == id).map(|card| card.title.as_str())
        };
        let own = self.models.iter().find(|m| m.id == id).map(|m| m.title.as_str());
        own.or_else(of_when).unwrap_or(id)
    }
}

/// One measure of one model on one group, disclosed: a row of `evaluation.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Model id; empty for measures of the data alone.
    pub model: String,
    /// Split.
    pub split: String,
    /// Measure id.
    pub measure: &'static str,
    /// Grouping; `overall` for all rows.
    pub group: String,
    /// Level; `all` for all rows.
    pub level: String,
    /// Place, such as `top 10%` or the mean predicted risk of a bin; empty if it has none or it is hidden.
    pub at: String,
    /// The estimate.
    pub number: Number,
    /// An interval by theory.
    pub theory: Option<(Method, Passed<f64>, Passed<f64>)>,
    /// For a group, the estimate drawn towards the mean of its grouping.
    pub shrunk: Option<Passed<f64>>,
    /// Rows (index referrals).
    pub n: Count,
    /// Of those, with the outcome.
    pub events: Count,
    /// Why a shown estimate has no interval.
    pub note: Option<String>,
    /// The convention used where published tools differ.
    pub convention: &'static str,
}

/// What a step of the attrition removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The first row: nothing was removed yet.
    First,
    /// Nobody.
    Nobody,
    /// At least one referral, but fewer than the threshold.
    Fewer,
    /// This many referrals.
    Shown(Passed<u64>),
    /// At least the threshold; withheld, because a neighbour could be worked out from it.
    Suppressed,
}

/// One step of the attrition.
#[derive(Clone, Debug, PartialEq)]
pub struct AttritionStep {
    /// The step in plain words.
    pub words: String,
    /// Referrals removed.
    pub removed: Removed,
    /// Referrals left.
    pub rows: Count,
    /// Children left.
    pub children: Count,
    /// Of the referrals left, those followed by the outcome.
    pub outcomes: Count,
}

/// A cohort in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Index referrals.
    pub rows: Count,
    /// Children.
    pub children: Count,
    /// Households, `None` where households are not recorded.
    pub households: Option<Count>,
    /// Followed by the outcome within the horizon.
    pub events: Count,
    /// Ended by a competing event before any outcome.
    pub competing: Count,
    /// Case open to the end of the horizon, so that no new referral could be counted; `None` where the outcome is no
    /// referral or there is no such case.
    pub open: Option<Count>,
    /// Of a hundred, followed by the outcome.
    pub came_back: PerHundred,
    /// Month and year of the first and of the last prediction date: the exact days are those of single referrals.
    pub months: Option<(String, String)>,
}

/// `DfE`'s backward-looking rate of one census year.
#[derive(Clone, Debug, PartialEq)]
pub struct BackwardYear {
    /// Census year, ending 31 March.
    pub census_year: i32,
    /// Referrals with a full look-back year.
    pub referrals: Count,
    /// Of those, within 12 months of an earlier one.
    pub re_referrals: Count,
    /// The share.
    pub rate: Number,
}

/// One fold, its counts rounded to the nearest ten.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// Name.
    pub name: String,
    /// Training rows, rounded to ten.
    pub train: Count,
    /// Rows set aside for adjusting chances, rounded to ten, where the split has any.
    pub calibrate: Option<Count>,
    /// Test rows, rounded to ten.
    pub test: Count,
}

/// The answer, with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The answer.
    pub answer: Answer,
    /// Candidate model id.
    pub candidate: String,
    /// Reference model id.
    pub reference: String,
    /// Gain in average precision, candidate minus reference.
    pub gain: Number,
    /// Smallest gain that was declared to matter.
    pub smallest_gain: f64,
    /// Whether even the low end of the interval reaches the smallest gain; `None` without a shown interval.
    pub surely_matters: Option<bool>,
}

/// What flagging the declared share of referrals would have got right and wrong, per hundred children.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityTable {
    /// Share of rows that could be flagged, in (0, 1).
    pub capacity: f64,
    /// Model id.
    pub model: String,
    /// Of a hundred flagged: came back.
    pub flagged_came_back: PerHundred,
    /// Of a hundred who came back: were not flagged.
    pub missed: PerHundred,
    /// Of a hundred who did not come back: were flagged.
    pub flagged_in_vain: PerHundred,
}

/// The candidate's results over one grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTable {
    /// Grouping, such as `sex`.
    pub group: String,
    /// Its levels, in the order evaluated.
    pub levels: Vec<LevelLine>,
    /// Referrals in levels that cannot be judged, and how many of a hundred tested they are; `None` if there is no such
    /// level or their number is hidden.
    pub unjudged: Option<(u64, PerHundred)>,
}

/// The candidate's results for one level of a grouping; the shares are of the declared capacity.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelLine {
    /// Level, such as `F`.
    pub level: String,
    /// Referrals tested.
    pub n: Count,
    /// Of a hundred: came back.
    pub came_back: PerHundred,
    /// Of a hundred: flagged.
    pub flagged: PerHundred,
    /// Share of those who came back that was not flagged.
    pub missed: Number,
    /// The same per hundred.
    pub missed_per_hundred: PerHundred,
    /// Share of those who did not come back that was flagged.
    pub flagged_in_vain: Number,
    /// The same per hundred.
    pub flagged_in_vain_per_hundred: PerHundred,
    /// Of a hundred flagged: did not come back.
    pub wrong_flags: PerHundred,
    /// Came back, for each one that was expected to.
    pub observed_over_expected: Number,
}

impl LevelLine {
    /// Whether no referral is of this level.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n.get() == Some(0)
    }

    /// Whether it cannot be said how many of this level were missed, or flagged without coming back.
    #[must_use]
    pub fn is_unjudged(&self) -> bool {
        !self.is_empty() && (self.missed.estimate().is_none() || self.flagged_in_vain.estimate().is_none())
    }

    /// Whether nothing at all can be said of this level.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.is_empty() || self.is_unjudged() && self.observed_over_expected.estimate().is_none()
    }
}

/// How many numbers about the levels of a grouping are shown, and how many hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// Grouping; `overall` for everyone.
    pub group: String,
    /// Numbers shown.
    pub shown: u64,
    /// Numbers hidden.
    pub hidden: u64,
    /// Levels, and those of which no count is shown.
    pub levels: (u64, u64),
}
