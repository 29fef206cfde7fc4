//! Gradient boosting: many small trees, each correcting the ones before (Friedman 2001, Annals of Statistics 29:1189), by
//! hessboost. Splits on binned values and finds for missing values the better side of each split; the same bytes on any
//! number of threads.

use super::FitError;
use super::boosted::{self, FittedTrees};
use super::prepare::Wants;
use super::registry::Entry;
use super::settings::Setting;
use hessboost::config::{GrowPolicy, TrainingParams, TreeMethod};
use hessboost::objective::{Objective, RegLoss};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "boosting",
    title: "Gradient boosting",
    words: "It asks hundreds of short series of yes-or-no questions about the recorded history, each to correct what the ones before \
            got wrong, and adds up the answers.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: false,
    settings: &[
        Setting::whole("rounds", 300.0, (1.0, 1e5), "Trees."),
        Setting::whole("max_leaves", 31.0, (2.0, 1024.0), "Groups that a tree tells apart, at most."),
        Setting::number(
            "learning_rate",
            0.05,
            (1e-4, 1.0),
            "Share of each tree\u{2019}s correction that is made.",
        ),
        Setting::whole(
            "min_leaf",
            20.0,
            (1.0, 1e6),
            "Training referrals in a group, at least; more where the outcome is rare or common.",
        ),
        Setting::number("l2", 1.0, (0.0, 1e9), "Penalty on half the sum of squared corrections."),
    ],
    make: |s| {
        Box::new(Boosting {
            rounds: s.whole("rounds"),
            max_leaves: s.whole("max_leaves"),
            learning_rate: s.number("learning_rate"),
            min_leaf: s.whole("min_leaf"),
            l2: s.number("l2"),
        })
    },
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Boosting {
    /// Trees.
    pub rounds: usize,
    /// Leaves of a tree, at most.
    pub max_leaves: usize,
    /// Share in (0, 1] of each leaf's value that is added.
    pub learning_rate: f64,
    /// Training rows in a leaf, at least.
    pub min_leaf: usize,
    /// Penalty on half the sum of squared leaf values.
    pub l2: f64,
}

/// A row's second derivative of the log-loss is p (1 - p), at most this much: so a leaf with this sum for each of its
/// fewest rows has at least so many.
const MOST_CURVED: f64 = 0.25;

impl Fit<Array2<f64>, Array1<bool>, FitError> for Boosting {
    type Object = FittedTrees;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedTrees, FitError> {
        let params = TrainingParams::builder()
            .objective(Objective::BinaryLogistic(RegLoss::default()))
            .tree_method(TreeMethod::Hist)
            .grow_policy(GrowPolicy::LossGuide)
            .unlimited_depth()
            .max_leaves(self.max_leaves)
            .eta(self.learning_rate)
            .lambda(self.l2)
            .min_child_weight(MOST_CURVED * self.min_leaf as f64)
            .build()?;
        boosted::fit(&params, self.rounds, data)
    }
}
