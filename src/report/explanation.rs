//! What the models go by, as a report may show it.

use super::stability::Shown;
use crate::explain::found::{How, Recorded};
use crate::privacy::disclosure::{Count, Number, Passed, PassedStory};

/// One learner explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Id of the learner.
    pub model: String,
    /// Folds, each with a model of its own.
    pub folds: u64,
    /// Tested referrals that were looked at, rounded to ten.
    pub rows: Count,
    /// Times that facts were mixed up.
    pub permutations: u64,
    /// Referrals learned from, in each fold at most, that contributions are counted from.
    pub background: u64,
    /// Parts of the records, the most needed first.
    pub sources: Shown<Vec<SourceLine>>,
    /// The facts that matter most.
    pub facts: Shown<FactTable>,
    /// How contributions were read from the models, or why they were not.
    pub pushes: Shown<How>,
    /// How estimates move with some facts.
    pub curves: Vec<Curve>,
    /// One simulated case; `None` where none is asked for.
    pub case: Option<Shown<Case>>,
}

/// What one part of the records adds.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceLine {
    /// Id.
    pub id: String,
    /// A short name.
    pub label: String,
    /// What it is, in words.
    pub words: String,
    /// Its features.
    pub features: u64,
    /// By how much the AUROC falls when they are mixed up, with the folds where it fell least and most.
    pub mixed: Number,
    /// AUROC with it less AUROC of models trained without it.
    pub auroc: Number,
    /// The same of average precision.
    pub average_precision: Number,
}

impl SourceLine {
    /// Whether the interval of what it adds lies above 0.
    #[must_use]
    pub fn helps(&self) -> bool {
        self.auroc.interval().is_some_and(|(low, _)| low > 0.0)
    }

    /// Whether it lies below 0.
    #[must_use]
    pub fn harms(&self) -> bool {
        self.auroc.interval().is_some_and(|(_, high)| high < 0.0)
    }
}

/// The facts that matter most.
#[derive(Clone, Debug, PartialEq)]
pub struct FactTable {
    /// Facts offered.
    pub offered: u64,
    /// Models that use any fact.
    pub models: u64,
    /// Whether folds rank them alike, from 0 to 1.
    pub concordance: Number,
    /// Whether folds have the same first ten, 0 by chance, at most 1.
    pub agreement: Number,
    /// The facts.
    pub lines: Vec<FactLine>,
    /// Whether facts are left out because they tell about few children.
    pub some_left_out: bool,
}

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub struct FactLine {
    /// Id.
    pub id: String,
    /// Meaning in words.
    pub words: String,
    /// Its importance where that of the first is 1.
    pub share: Passed<f64>,
    /// Best and worst rank over folds; `None` where a fold is hidden.
    pub range: Option<(Passed<f64>, Passed<f64>)>,
    /// What it moves an estimate by on average, as a share.
    pub push: Option<Passed<f64>>,
    /// Which way.
    pub way: Option<Way>,
}

/// Which way a fact moves estimates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The more, the higher.
    Up,
    /// The more, the lower.
    Down,
    /// Neither all the way.
    Both,
}

/// How estimates move with one fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Id.
    pub id: String,
    /// Meaning in words.
    pub words: String,
    /// By rising value; those of few children are left out.
    pub points: Vec<CurvePoint>,
    /// If it is not recorded, or never happened.
    pub missing: Option<CurvePoint>,
    /// Why there are no accumulated local effects, if there are none.
    pub local: Shown<()>,
}

/// One point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The fact's value; `None` if it is not recorded, or never happened.
    pub at: Option<f64>,
    /// The mean chance if all referrals had this value.
    pub chance: Passed<f64>,
    /// The same by the models of single folds: lowest and highest; `None` where a fold is hidden.
    pub folds: Option<(Passed<f64>, Passed<f64>)>,
    /// Accumulated local effect, added to the mean chance.
    pub local: Option<Passed<f64>>,
    /// What the curve of an explainable boosting machine adds to the log-odds, with its band.
    pub shape: Option<(Passed<f64>, Passed<f64>, Passed<f64>)>,
    /// Referrals with a value near, rounded to ten.
    pub rows: Count,
}

/// Which recorded facts moved the estimate of one simulated case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The chance that is counted from.
    pub from: Passed<f64>,
    /// The chance of the case.
    pub to: Passed<f64>,
    /// Whether contributions are in log-odds; else in chance.
    pub log_odds: bool,
    /// The largest contributions, as (log-odds or chance).
    pub parts: Vec<CasePart>,
    /// The sum of all others.
    pub others: Passed<f64>,
    /// What the case is told with.
    pub told: PassedStory,
}

/// One fact of the case.
#[derive(Clone, Debug, PartialEq)]
pub struct CasePart {
    /// Id.
    pub id: String,
    /// Meaning in words.
    pub words: String,
    /// What is on record; of a simulated case, so that it needs no protection.
    pub recorded: Recorded,
    /// What it adds.
    pub push: Passed<f64>,
}

/// Whether features tell characteristics that were left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proxies {
    /// One line a level, by characteristic.
    pub lines: Vec<ProxyLine>,
    /// Those that were left out and not tested, by the names of their groupings.
    pub untested: Vec<String>,
}

/// How well features tell one level of a characteristic.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxyLine {
    /// The grouping that has the level.
    pub characteristic: String,
    /// The level.
    pub level: String,
    /// AUROC on families that were not learned from.
    pub auroc: Number,
}
