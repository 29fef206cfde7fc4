//! What an explanation of a run's models holds, exact: a report shows it only through disclosure control.

use super::story::{Given, Story};
use crate::evaluate::stability::{Leading, Ranged};
use serde::{Deserialize, Serialize};

/// What was found, or in plain words why it was not.
pub type Reading<T> = Result<T, String>;

/// What one learner's models, one a fold, go by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Id of the learner.
    pub model: String,
    /// Folds, each with a model of its own.
    pub folds: u64,
    /// Tested referrals that were looked at.
    pub rows: u64,
    /// Times that facts were mixed up.
    pub permutations: u64,
    /// Referrals learned from, in each fold at most, that contributions are counted from.
    pub background: u64,
    /// Parts of the records.
    pub sources: Vec<Source>,
    /// Single facts.
    pub facts: Reading<Facts>,
    /// What each fact moves estimates by, as far as it can be read from the models: how, or why not.
    pub pushes: Reading<How>,
    /// How estimates move with some facts.
    pub curves: Vec<Curve>,
    /// One simulated case; `None` where none is asked for.
    pub case: Option<Reading<Case>>,
}

/// What one part of the records adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Id.
    pub id: String,
    /// A short name.
    pub label: String,
    /// What it is, in words.
    pub words: String,
    /// Its features.
    pub features: u64,
    /// By how much the AUROC falls when they are mixed up among the rows of a fold, all in the same way: over the pairs of all
    /// folds, the mean of all times, and the lowest and highest fold.
    pub mixed: Reading<Ranged>,
    /// What they add: the AUROC and the average precision of the models less those of models trained without them.
    pub adds: Reading<[Ranged; 2]>,
}

/// The facts that matter most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Facts offered.
    pub offered: u64,
    /// Models that use any fact: those of the other folds rank none.
    pub models: u64,
    /// Whether folds rank them alike: Kendall's W.
    pub concordance: Reading<f64>,
    /// Whether folds have the same first ten: Nogueira's stability.
    pub agreement: Reading<f64>,
    /// The first ten by mean increase in log loss, with their ranks over folds.
    pub leading: Vec<Leading>,
    /// What each of these moves estimates by; as many.
    pub pushes: Vec<Option<Push>>,
    /// For each of these, the households looked at of whom it says what is not the commonest.
    pub households: Vec<u64>,
}

/// How contributions were read from the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// The weights of a linear model, the points of a card, or the curves of an explainable boosting machine, whose sum is
    /// the estimate.
    Sum,
    /// `TreeSHAP` values against so many training referrals.
    Trees,
}

/// What a fact moves estimates by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// Mean absolute contribution over the rows looked at, as a difference in chance at the mean chance.
    pub size: f64,
    /// Spearman's correlation of the fact's value with its contribution, in [-1, 1]: the mean over folds, 0 for a fold whose
    /// model does not use it; `None` where the value or
    /// the contribution does not vary.
    pub direction: Option<f64>,
}

/// How estimates move with one fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Id of the feature.
    pub id: String,
    /// Its meaning in words.
    pub words: String,
    /// By rising value.
    pub points: Vec<CurvePoint>,
    /// If it is not recorded, or never happened; `None` where that is never so.
    pub missing: Option<CurvePoint>,
    /// Why there are no accumulated local effects, if there are none.
    pub local: Reading<()>,
}

/// One point of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The fact's value; `None` if it is not recorded, or never happened.
    pub at: Option<f64>,
    /// Partial dependence: the mean chance if all referrals had this value.
    pub chance: f64,
    /// The same by the models of single folds: lowest and highest.
    pub folds: (f64, f64),
    /// Accumulated local effect, added to the mean chance.
    pub local: Option<f64>,
    /// What the shape of an explainable boosting machine adds to the log-odds here, the mean over folds, and two standard
    /// deviations over its bags down and up.
    pub shape: Option<(f64, f64, f64)>,
    /// Households with a value near.
    pub households: u64,
    /// Referrals with a value near.
    pub rows: u64,
}

/// Which recorded facts moved the estimate of one simulated case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The chance that contributions are counted from: the mean over the background.
    pub from: f64,
    /// The chance of the case.
    pub to: f64,
    /// Whether contributions are in log-odds; else in chance.
    pub log_odds: bool,
    /// Contributions, the largest first.
    pub parts: Vec<CasePart>,
    /// The sum of all others.
    pub others: f64,
    /// Every fact as the model was given it, by part of the records.
    #[serde(default)]
    pub given: Vec<Given>,
    /// What is on record, with its days; only of simulated children.
    #[serde(default)]
    pub story: Option<Story>,
}

/// What is on record of one fact.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Recorded {
    /// A value; `None` if it is not recorded.
    Value(Option<f64>),
    /// How often something happened, and how many days ago the last time.
    Times(f64, Option<f64>),
}

/// One fact of the case: an event with all its counts, or a feature by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CasePart {
    /// Id of the feature, or what the ids of its features begin with.
    pub id: String,
    /// Its meaning in words.
    pub words: String,
    /// What is on record.
    pub recorded: Recorded,
    /// What it adds.
    pub push: f64,
}

/// Whether features tell characteristics that were left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proxies {
    /// Those that were tested.
    pub tested: Vec<Proxy>,
    /// Those that were left out and not tested, by the names of their groupings.
    pub untested: Vec<String>,
}

/// One characteristic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proxy {
    /// Name of the grouping that has its levels.
    pub characteristic: String,
    /// Its levels.
    pub levels: Vec<ProxyLevel>,
}

/// How well features tell one level from all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProxyLevel {
    /// The level.
    pub level: String,
    /// Households tested with a child who is of it, and with one who is not.
    pub households: (u64, u64),
    /// AUROC on families that were not learned from.
    pub auroc: Reading<Ranged>,
}
