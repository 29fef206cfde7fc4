//! Everything a report is made from, exact: it goes through [`crate::privacy::disclosure`] before anything is written.

use crate::cohort::attrition::AttritionRow;
use crate::cohort::backward::BackwardRate;
use crate::evaluate::Evaluation;
use crate::evaluate::stability::{Deal, ModelFolds, Reading, Stability};
use crate::experiment::gate::Promise;
use crate::explain::found::{Explanation, Proxies};
use crate::num::Day;
use crate::privacy::anonymity::Found;
use crate::privacy::disclosure::Profile;
use crate::survival::found::When;

use super::rates::RateFacts;
use super::what_if::WhatIf;

/// One model as the report introduces it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ModelCard {
    /// Id as in the rows.
    pub id: String,
    /// Title in plain words, such as "Number of earlier referrals".
    pub title: String,
    /// One or two plain sentences: what it does.
    pub words: String,
    /// Whether it is a baseline that the others must beat.
    pub baseline: bool,
}

/// The cohort in numbers.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct CohortFacts {
    /// Index referrals.
    pub rows: u64,
    /// Children.
    pub children: u64,
    /// Households, or 0 where households are not recorded.
    pub households: u64,
    /// Index referrals followed by the outcome within the horizon.
    pub events: u64,
    /// Index referrals ended by a competing event (death, transfer, adoption, 18th birthday) before any outcome; they
    /// count as "did not come back".
    pub competing: u64,
    /// Where the outcome is a referral: index referrals whose case stayed open to the end of the horizon without a
    /// competing end, so that no new referral could be counted.
    pub open: u64,
    /// First prediction date.
    pub first: Option<Day>,
    /// Last prediction date.
    pub last: Option<Day>,
}

/// One step of how predictions were tested, for the picture of the split.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct FoldFacts {
    /// Name, such as `before 2021-04-01, households 1 of 5`.
    pub name: String,
    /// Training rows.
    pub train: u64,
    /// Rows set aside for adjusting chances; 0 where the split has none.
    pub calibrate: u64,
    /// Test rows.
    pub test: u64,
}

/// A setting of a learner that was chosen anew in every fold.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ChosenSetting {
    /// Learner id.
    pub model: String,
    /// The setting.
    pub key: String,
    /// The values that it was chosen from, each with the folds that chose it.
    pub values: Vec<(f64, u64)>,
}

/// Which levels of the groupings occur together. Who knows it can add up one grouping and subtract it from another.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Combinations {
    /// The groupings, each with its levels.
    pub groupings: Vec<(String, Vec<String>)>,
    /// The combinations that a tested referral has, each once: of each grouping, the place of its level.
    pub found: Vec<Vec<u16>>,
}

/// Everything a report is made from.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Ingredients {
    /// Run id.
    pub run_id: String,
    /// rerefer version.
    pub version: String,
    /// Experiment title.
    pub title: String,
    /// The question in one sentence, as the researcher wrote it.
    pub question: String,
    /// The outcome in words that follow "the child", such as "was referred again".
    pub outcome_words: String,
    /// Whether the outcome is another referral.
    pub outcome_is_referral: bool,
    /// Horizon in days.
    pub horizon_days: u32,
    /// Prediction point in words, such as "on the day of the referral".
    pub point_words: String,
    /// Clock in words: "counted from the referral".
    pub clock_words: String,
    /// Whether the data are simulated: then every page says so.
    pub simulated: bool,
    /// Remarks of the reader (missing census year, no households) and of a lenient run (rows left out), plain words.
    pub remarks: Vec<String>,
    /// What the models were told, in words, topic by topic.
    pub told: Vec<String>,
    /// What they were not told, by the researcher's choice.
    pub not_told: Vec<String>,
    /// What the features rest on that carries no date, in words, each once.
    pub as_last_recorded: Vec<String>,
    /// Number of features offered to the models.
    pub features: u64,
    /// Attrition, chaining.
    pub attrition: Vec<AttritionRow>,
    /// The cohort.
    pub cohort: CohortFacts,
    /// The rows that were tested (a rolling split tests only the later ones).
    pub tested: CohortFacts,
    /// Published-style rates by census year.
    pub backward: Vec<BackwardRate>,
    /// How the split was made, in one plain sentence.
    pub split_words: String,
    /// The folds.
    pub folds: Vec<FoldFacts>,
    /// Settings that were chosen within the rows to learn from.
    #[serde(default)]
    pub chosen: Vec<ChosenSetting>,
    /// Models, baselines first.
    pub models: Vec<ModelCard>,
    /// Share of rows that could be flagged.
    pub capacity: f64,
    /// Other shares of rows that the experiment states, rising.
    #[serde(default)]
    pub other_capacities: Vec<f64>,
    /// Bootstrap replicates.
    pub replicates: u64,
    /// Which levels of different groupings a tested referral has together.
    pub combinations: Combinations,
    /// All measures.
    pub evaluation: Evaluation,
    /// What was promised before the test, and what came of it.
    pub gate: Option<Promise>,
    /// Would another year, council or draw give the same answer?
    #[serde(default)]
    pub stability: Stability,
    /// Every model fold by fold; none where there is one fold.
    #[serde(default)]
    pub by_fold: Vec<ModelFolds>,
    /// Candidate and reference in other deals of households into groups.
    #[serde(default)]
    pub deals: Vec<Reading<Deal>>,
    /// Whether features tell what was left out.
    #[serde(default)]
    pub proxies: Proxies,
    /// What the models go by, one entry a learner; none where the experiment does not ask.
    #[serde(default)]
    pub explanations: Vec<Explanation>,
    /// How long until what; `None` where the experiment does not ask.
    #[serde(default)]
    pub when: Option<Reading<When>>,
    /// The command that reproduces the run, and what it needs (data digest, experiment digest, seed), name and value.
    pub reproduce: Vec<(String, String)>,
    /// Whose rules of disclosure control are kept.
    #[serde(default)]
    pub profile: Profile,
    /// Disclosure threshold: counts under it are not shown.
    pub threshold: u64,
    /// What correcting for gaps between groups would do, if it was asked for.
    #[serde(default)]
    pub what_if: Option<WhatIf>,
    /// What rates are made from.
    #[serde(default)]
    pub rates: RateFacts,
    /// How far children stand out, and what was left at the door; `None` in runs of before this was measured.
    #[serde(default)]
    pub privacy: Option<Found>,
}
