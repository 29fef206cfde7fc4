//! Random forest: the mean of many deep trees, each grown on other rows and asking other questions (Breiman 2001, Machine
//! Learning 45:5), by hessboost. A leaf's value is its share of rows with the outcome, so that a forest's is a mean of
//! shares.
//!
//! Rows are drawn without replacement, 632 of 1,000 (as many as differ in a bootstrap sample), and splits found on binned
//! values.

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
    id: "forest",
    title: "Random forest",
    words: "It groups children by hundreds of long series of yes-or-no questions about the recorded history, each made from other \
            referrals, and takes the mean of how often children of these groups came back.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: true,
    settings: &[
        Setting::whole("trees", 300.0, (1.0, 10_000.0), "Trees."),
        Setting::whole("min_leaf", 20.0, (1.0, 1e6), "Training referrals in a group, at least."),
        Setting::number(
            "facts",
            0.0,
            (0.0, 1.0),
            "Share of the facts that each question is chosen from; 0: the square root of their number.",
        ),
    ],
    make: |s| {
        Box::new(Forest {
            trees: s.whole("trees"),
            min_leaf: s.whole("min_leaf"),
            facts: s.number("facts"),
            seed: s.seed(),
        })
    },
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Forest {
    /// Trees.
    pub trees: usize,
    /// Training rows in a leaf, at least.
    pub min_leaf: usize,
    /// Share in (0, 1] of columns that a split is chosen from; 0 for the square root of their number.
    pub facts: f64,
    /// Which rows and columns are drawn.
    pub seed: u64,
}

/// Share of rows that differ in a large bootstrap sample: 1 - 1/e.
const DRAWN: f64 = 0.632;

impl Fit<Array2<f64>, Array1<bool>, FitError> for Forest {
    type Object = FittedTrees;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedTrees, FitError> {
        let columns = data.records.ncols().max(1) as f64;
        let facts = if self.facts > 0.0 { self.facts } else { columns.sqrt().round() / columns };
        let params = TrainingParams::builder()
            .objective(Objective::SquaredError(RegLoss::default()))
            .tree_method(TreeMethod::Hist)
            .grow_policy(GrowPolicy::DepthWise)
            .unlimited_depth()
            .num_parallel_tree(self.trees)
            .eta(1.0)
            .lambda(0.0)
            .subsample(DRAWN)
            .colsample_bynode(facts)
            .min_child_weight(self.min_leaf as f64)
            .seed(self.seed)
            .build()?;
        boosted::fit(&params, 1, data)
    }
}
