//! Sums of decision trees in one plain form, whichever library grew them.

use ndarray::{Array1, ArrayView2};

/// The deepest tree that is taken: the walks below recurse, and no learner here grows any deeper.
const MAX_DEPTH: usize = 1024;

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A question about one column.
    Split {
        /// The column, from 0.
        column: usize,
        /// What its value is compared with.
        threshold: f64,
        /// Whether a missing value (not a number) goes left.
        missing_left: bool,
        /// Whether values < `threshold` go left (as in `XGBoost`); else those <= it do (as in scikit-learn).
        strict: bool,
        /// The node asked next of values that go left.
        left: usize,
        /// The node asked next of values that go right.
        right: usize,
    },
    /// An answer.
    Leaf {
        /// What the tree adds to the sum.
        value: f64,
    },
}

/// A decision tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Nodes; the first is the root. None is the child of two; those out of the root's reach are never asked.
    pub nodes: Vec<Node>,
}

/// A sum of trees: `base` + `scale` × Σ trees, a margin in log-odds or a mean as the learner has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble {
    /// The trees, in order.
    pub trees: Vec<Tree>,
    /// What is added to the trees.
    pub base: f64,
    /// What the sum of trees is multiplied by: 1 for boosting, 1 / trees for a mean.
    pub scale: f64,
    /// Whether values are rounded to single precision before they are compared, as `XGBoost` and scikit-learn do.
    pub single: bool,
}

/// Why an ensemble cannot be used on some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The nodes of the tree with this number (from 0) are not one tree of finite numbers.
    #[error("the nodes of tree {0} are not one tree of finite numbers")]
    Malformed(usize),
    /// The tree with this number is deeper than 1,024 questions, or asks about more than 128 columns on one path.
    #[error("tree {0} is too deep: over 1,024 questions or 128 columns on a path")]
    TooDeep(usize),
    /// The tree with this number asks about a column that the rows have not.
    #[error("tree {0} asks about a column that the rows have not")]
    Column(usize),
    /// The rows and the background have not the same number of columns, or the background has no rows.
    #[error("the background needs rows, with the columns of those explained")]
    Background,
}

/// Whether a value goes left at a split with these settings.
pub(super) fn goes_left(value: f64, threshold: f64, missing_left: bool, strict: bool) -> bool {
    if value.is_nan() {
        missing_left
    } else if strict {
        value < threshold
    } else {
        value <= threshold
    }
}

impl Tree {
    /// The leaf value of one row, given as a function of the column; None if the nodes are not a tree.
    fn value(&self, of: impl Fn(usize) -> f64) -> Option<f64> {
        match self.nodes.get(self.leaf(of)?)? {
            Node::Leaf { value } => Some(*value),
            Node::Split { .. } => None,
        }
    }

    /// The place of the leaf that one row, given as a function of the column, falls in.
    fn leaf(&self, of: impl Fn(usize) -> f64) -> Option<usize> {
        let mut at = 0;
        for _ in 0..=self.nodes.len() {
            match *self.nodes.get(at)? {
                Node::Leaf { .. } => return Some(at),
                Node::Split { column, threshold, missing_left, strict, left, right } => {
                    at = if goes_left(of(column), threshold, missing_left, strict) { left } else { right };
                }
            }
        }
        None
    }

    /// Whether the nodes are one tree, not too deep, on the first `columns` columns.
    fn check(&self, number: usize, columns: usize) -> Result<(), TreeError> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![(0, 0)];
        while let Some((at, depth)) = open.pop() {
            let (Some(node), Some(seen)) = (self.nodes.get(at), seen.get_mut(at)) else {
                return Err(TreeError::Malformed(number));
            };
            let finite = match *node {
                Node::Leaf { value } => value.is_finite(),
                Node::Split { threshold, .. } => !threshold.is_nan(),
            };
            if *seen || !finite {
                return Err(TreeError::Malformed(number));
            }
            *seen = true;
            if let Node::Split { column, left, right, .. } = *node {
                if depth == MAX_DEPTH {
                    return Err(TreeError::TooDeep(number));
                }
                if column >= columns {
                    return Err(TreeError::Column(number));
                }
                open.extend([(left, depth + 1), (right, depth + 1)]);
            }
        }
        Ok(())
    }
}

impl Ensemble {
    /// Whether every tree can be asked about rows of `columns` columns.
    ///
    /// # Errors
    /// With a tree that is malformed, too deep, or that asks about another column.
    pub fn check(&self, columns: usize) -> Result<(), TreeError> {
        self.trees.iter().enumerate().try_for_each(|(number, tree)| tree.check(number, columns))
    }

    /// Leaves of all trees.
    #[must_use]
    pub fn leaves(&self) -> usize {
        let leaves = |tree: &Tree| tree.nodes.iter().filter(|n| matches!(n, Node::Leaf { .. })).count();
        self.trees.iter().map(leaves).sum()
    }

    /// The place of the leaf of one tree that each row of `x` (rows × columns, not a number where missing) falls in; of
    /// nodes that are no tree, none.
    #[must_use]
    pub fn leaves_of(&self, tree: &Tree, x: ArrayView2<f64>) -> Vec<Option<usize>> {
        let of = |row: usize| tree.leaf(|column| self.compared(x[[row, column]]));
        (0..x.nrows()).map(of).collect()
    }

    /// A value as it is compared.
    pub(super) fn compared(&self, value: f64) -> f64 {
        if self.single { f64::from(value as f32) } else { value }
    }

    /// The sum for each row of `x` (rows × columns, not a number where missing).
    ///
    /// # Errors
    /// As [`Ensemble::check`].
    pub fn predict(&self, x: ArrayView2<f64>) -> Result<Array1<f64>, TreeError> {
        self.check(x.ncols())?;
        let sum = |row: usize| {
            let trees =
                self.trees.iter().filter_map(|tree| tree.value(|column| self.compared(x[[row, column]])));
            self.base + self.scale * trees.sum::<f64>()
        };
        Ok((0..x.nrows()).map(sum).collect())
    }
}
