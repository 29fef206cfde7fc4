//! linfa's decision tree, with probabilities.
//!
//! Every split is found by linfa, one at a time. A leaf of *n* training rows, *k* with the outcome, is given the
//! probability (k + m b) / (n + m), where b is the share of all training rows and m is [`SMOOTHING`]: so a leaf without
//! outcomes does not claim to be certain (Zadrozny and Elkan 2001, ICML, *Obtaining calibrated probability estimates
//! from decision trees and naive Bayesian classifiers*, section 3.2).
//!
//! The whole tree is not left to linfa, because linfa-trees 0.8.1 prunes sibling leaves that share their more common
//! label: where the outcome is rarer than one half almost everywhere, as here, that leaves hardly a tree. (And where a
//! leaf is split evenly, which label it takes, and so what is pruned, differs from run to run.) Leaves hold at least 10
//! rows by default, for honesty and for disclosure.

use super::prepare::Wants;
use super::registry::Entry;
use super::settings::Setting;
use super::{FitError, Training};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use linfa_trees::{DecisionTree, SplitQuality};
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// Rows that the base rate counts as in each leaf: as few as Laplace's rule adds.
const SMOOTHING: f64 = 2.0;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "tree",
    title: "Decision tree",
    words: "It asks a short series of yes-or-no questions about the recorded history and groups children by the answers.",
    baseline: false,
    wants: Wants::Filled,
    takes_weights: false,
    draws: false,
    settings: &[
        Setting::whole("max_depth", 5.0, (1.0, 30.0), "Questions from the first to the answer, at most."),
        Setting::whole("min_leaf", 10.0, (1.0, 1e6), "Training referrals in a group, at least."),
    ],
    make: |s| Box::new(Tree { max_depth: s.whole("max_depth"), min_leaf: s.whole("min_leaf") }),
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    /// Splits from root to leaf, at most.
    pub max_depth: usize,
    /// Training rows in a leaf, at least.
    pub min_leaf: usize,
}

/// A grown tree as a list of nodes; the first is the root.
#[derive(Clone, Debug)]
pub struct FittedTree(Vec<Node>);

fn share(y: &Array1<bool>) -> f64 {
    y.iter().filter(|y| **y).count() as f64 / y.len() as f64
}

#[derive(Clone, Debug)]
enum Node {
    /// Rows with `column` up to `value` go to the node `left`, the others to the node `right`.
    Split { column: usize, value: f64, left: usize, right: usize },
    /// The probability of the outcome.
    Leaf { risk: f64 },
}

impl Fit<Array2<f64>, Array1<bool>, FitError> for Tree {
    type Object = FittedTree;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedTree, FitError> {
        if data.targets.is_empty() {
            return Err(FitError::OneClass);
        }
        let mut tree = FittedTree(Vec::new());
        if data.weights().is_some() {
            // linfa would heed them at the root, where all rows are, and nothing below it.
            let unweighted = Training::new(data.records.clone(), data.targets.clone());
            self.grow(&mut tree, &unweighted, share(&data.targets), 0)?;
        } else {
            self.grow(&mut tree, data, share(&data.targets), 0)?;
        }
        Ok(tree)
    }
}

impl Tree {
    /// Adds the subtree of `data` and returns the place of its root.
    fn grow(
        &self,
        tree: &mut FittedTree,
        data: &Training,
        base: f64,
        depth: usize,
    ) -> Result<usize, FitError> {
        let place = tree.0.len();
        let rows = data.targets.len() as f64;
        let risk = (rows * share(&data.targets) + SMOOTHING * base) / (rows + SMOOTHING);
        tree.0.push(Node::Leaf { risk });
        let split = if depth < self.max_depth { self.split(data)? } else { None };
        if let Some((column, value)) = split {
            let rows = |left: bool| -> Vec<usize> {
                let column = data.records.column(column);
                (0..column.len()).filter(|&i| (column[i] <= value) == left).collect()
            };
            let part = |rows: &[usize]| {
                Training::new(data.records.select(Axis(0), rows), data.targets.select(Axis(0), rows))
            };
            let left = self.grow(tree, &part(&rows(true)), base, depth + 1)?;
            let right = self.grow(tree, &part(&rows(false)), base, depth + 1)?;
            tree.0[place] = Node::Split { column, value, left, right };
        }
        Ok(place)
    }

    /// linfa's best split of these rows: a column, and the value up to which rows go left. `None` if no split helps.
    fn split(&self, data: &Training) -> Result<Option<(usize, f64)>, FitError> {
        let stump = DecisionTree::params()
            .split_quality(SplitQuality::Gini)
            .max_depth(Some(1))
            .min_weight_split(2.0 * self.min_leaf as f32)
            .min_weight_leaf(self.min_leaf as f32)
            .fit(data)?;
        // A pruned root keeps its split; a root that was never split has no decrease of impurity.
        let (column, value, decrease) = stump.root_node().split();
        Ok((decrease > 0.0).then_some((column, value)))
    }
}

impl FittedTree {
    fn leaf(&self, row: &ArrayView1<'_, f64>) -> usize {
        let mut at = 0;
        while let Node::Split { column, value, left, right } = self.0[at] {
            at = if row[column] <= value { left } else { right };
        }
        at
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedTree {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        for (row, y) in x.axis_iter(Axis(0)).zip(y) {
            *y = if let Node::Leaf { risk } = self.0[self.leaf(&row)] { risk } else { f64::NAN };
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}
