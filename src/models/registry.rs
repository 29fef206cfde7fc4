//! Every learner rerefer offers: one line each. Drives the experiment file, help and the report.

use super::Learner;
use super::logistic::Logistic;
use super::prepare::Wants;
use super::prevalence::Prevalence;
use super::tree::Tree;

/// Settings of the learners that have any.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Of `logistic`.
    pub logistic: Logistic,
    /// Of `tree`.
    pub tree: Tree,
}

impl Default for Settings {
    fn default() -> Self {
        Self { logistic: Logistic { l2: 1.0 }, tree: Tree { max_depth: 5, min_leaf: 10 } }
    }
}

/// A learner as registered.
#[derive(Debug)]
pub struct Entry {
    /// Id in experiment files and results.
    pub id: &'static str,
    /// Title for readers.
    pub title: &'static str,
    /// What it does, in plain words.
    pub words: &'static str,
    /// Whether it is a baseline that the others must beat.
    pub baseline: bool,
    /// What it wants to see.
    pub wants: Wants,
    /// Whether it heeds the weights of training rows.
    pub takes_weights: bool,
    /// Makes it from the settings.
    pub make: fn(&Settings) -> Box<dyn Learner>,
}

/// A ridge so small that it only keeps a one-column fit finite when the count separates the outcomes.
const TINY_L2: f64 = 1e-6;

/// The learners, baselines first.
pub static REGISTRY: &[Entry] = &[
    Entry {
        id: "prevalence",
        title: "The same for everyone",
        words: "It gives every child the share of earlier referrals that were followed by the outcome. It cannot tell children apart.",
        baseline: true,
        wants: Wants::Nothing,
        takes_weights: false,
        make: |_| Box::new(Prevalence),
    },
    Entry {
        id: "earlier-referrals",
        title: "Number of earlier referrals",
        words: "It counts how often the child was referred before, and nothing else: what a person can do by leafing through the file.",
        baseline: true,
        wants: Wants::Column("referral_n_ever"),
        takes_weights: true,
        make: |_| Box::new(Logistic { l2: TINY_L2 }),
    },
    Entry {
        id: "logistic",
        title: "Logistic regression",
        words: "It adds up weighted facts about the child's recorded history. Each fact raises or lowers the estimate by a fixed amount.",
        baseline: false,
        wants: Wants::Scaled,
        takes_weights: true,
        make: |s| Box::new(s.logistic),
    },
    Entry {
        id: "tree",
        title: "Decision tree",
        words: "It asks a short series of yes-or-no questions about the recorded history and groups children by the answers.",
        baseline: false,
        wants: Wants::Filled,
        takes_weights: false,
        make: |s| Box::new(s.tree),
    },
];
