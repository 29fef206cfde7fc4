//! linfa's decision tree, with probabilities.
//!
//! Every split is found by linfa, one at a time. A leaf of *n* training rows, *k* with the outcome, is given the
//! probability (k + m b) / (n + m), where b is the share of all training rows and m is [`SMOOTHING`]: so a leaf without
//! outcomes does not claim to be certain (Zadrozny and Elkan 2001, ICML, *Obtaining calibrated probability estimates
//! from decision trees and naive Bayesian classifiers*, section 3.2).
//!
//! The whole tree is not left to linfa, because linfa-trees 0.8.1 prunes sibling leaves that share their more common
//! label: where the outcome is rarer than one half almost everywhere, as here, that leaves hardly a tree. (And where a
//! leaf is split evenly, which label it takes, and so what is pruned, differs from run to run.) Leaves hold
//! at least 10 children by default, for honesty and for disclosure: where linfa's best split, which counts rows, would leave
//! fewer on a side, it is asked again for one with twice as many rows.

use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{SaveError, Saved, from_json};
use super::settings::Setting;
use super::{FitError, Learned, Learner, Model, Origin, Training};
use linfa::traits::{Fit, PredictInplace};
use linfa_trees::{DecisionTree, SplitQuality};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    made_of: &[],
    settings: &[
        Setting::whole("max_depth", 5.0, (1.0, 30.0), "Questions from the first to the answer, at most."),
        Setting::whole("min_leaf", 10.0, (1.0, 1e6), "Children in a group, at least."),
    ],
    make: |s| Box::new(Tree { max_depth: s.whole("max_depth"), min_leaf: s.whole("min_leaf") }),
    load: from_json::<FittedTree>,
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    /// Splits from root to leaf, at most.
    pub max_depth: usize,
    /// Children with a training row in a leaf, at least.
    pub min_leaf: usize,
}

/// A grown tree as a list of nodes; the first is the root.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FittedTree(Vec<Node>);

fn share(y: &Array1<bool>) -> f64 {
    y.iter().filter(|y| **y).count() as f64 / y.len() as f64
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Node {
    /// Rows with `column` up to `value` go to the node `left`, the others to the node `right`.
    Split { column: usize, value: f64, left: usize, right: usize },
    /// The probability of the outcome.
    Leaf { risk: f64 },
}

impl Learner for Tree {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        if data.targets.is_empty() {
            return Err(FitError::OneClass);
        }
        let mut tree = FittedTree(Vec::new());
        // Without weights: linfa would heed them at the root, where all rows are, and nothing below it.
        let rows = Training::new(data.records.clone(), data.targets.clone());
        self.grow(&mut tree, (&rows, &origin.child), share(&data.targets), 0)?;
        Ok(Box::new(tree))
    }
}

impl Tree {
    /// Adds the subtree of `data` and returns the place of its root.
    fn grow(
        &self,
        tree: &mut FittedTree,
        (data, child): (&Training, &[u32]),
        base: f64,
        depth: usize,
    ) -> Result<usize, FitError> {
        let place = tree.0.len();
        let rows = data.targets.len() as f64;
        let risk = (rows * share(&data.targets) + SMOOTHING * base) / (rows + SMOOTHING);
        tree.0.push(Node::Leaf { risk });
        let split = if depth < self.max_depth { self.split(data, child)? } else { None };
        if let Some((column, value)) = split {
            let mut grow = |left: bool| {
                let rows = side(data, column, value, left);
                let part =
                    Training::new(data.records.select(Axis(0), &rows), data.targets.select(Axis(0), &rows));
                let child: Vec<u32> = rows.iter().map(|i| child[*i]).collect();
                self.grow(tree, (&part, &child), base, depth + 1)
            };
            let (left, right) = (grow(true)?, grow(false)?);
            tree.0[place] = Node::Split { column, value, left, right };
        }
        Ok(place)
    }

    /// linfa's best split of these rows with children enough on both sides: a column, and the value up to which rows go left.
    /// `None` if no split helps.
    fn split(&self, data: &Training, child: &[u32]) -> Result<Option<(usize, f64)>, FitError> {
        let mut least_rows = self.min_leaf;
        while 2 * least_rows <= data.targets.len() {
            let stump = DecisionTree::params()
                .split_quality(SplitQuality::Gini)
                .max_depth(Some(1))
                .min_weight_split(2.0 * least_rows as f32)
                .min_weight_leaf(least_rows as f32)
                .fit(data)?;
            // A pruned root keeps its split; a root that was never split has no decrease of impurity.
            let (column, value, decrease) = stump.root_node().split();
            if decrease <= 0.0 {
                return Ok(None);
            }
            let children = |left: bool| {
                let rows = side(data, column, value, left);
                rows.iter().map(|i| child[*i]).collect::<BTreeSet<u32>>().len()
            };
            if children(true).min(children(false)) >= self.min_leaf {
                return Ok(Some((column, value)));
            }
            least_rows *= 2;
        }
        Ok(None)
    }
}

/// The rows on one side of a split.
fn side(data: &Training, column: usize, value: f64, left: bool) -> Vec<usize> {
    let column = data.records.column(column);
    (0..column.len()).filter(|i| (column[*i] <= value) == left).collect()
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

impl Learned for FittedTree {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(self)
    }

    /// Column and value of each question, and the chance of each leaf.
    fn parameters(&self) -> Option<u64> {
        let leaves = self.0.iter().filter(|node| matches!(node, Node::Leaf { .. })).count();
        Some((leaves + 2 * (self.0.len() - leaves)) as u64)
    }

    fn leaves(&self, x: &Array2<f64>) -> Option<(Vec<u32>, usize)> {
        // Places of nodes; those of questions stay empty.
        Some((x.axis_iter(Axis(0)).map(|row| self.leaf(&row) as u32).collect(), self.0.len()))
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
