//! Exact interventional SHAP values of sums of trees: how much each column moves a row's prediction away from the mean
//! prediction of a stated background sample.
//!
//! The value of a set of columns is the mean prediction over the background rows with these columns taken from the row
//! explained (Lundberg et al. 2020, Nature Machine Intelligence 2:56, "interventional" feature perturbation; Laberge and
//! Pequignot 2022, arXiv:2209.15123). For a row x, a background row z and one leaf, only the columns matter
//! whose questions on the path to the leaf x fails (b of them) or z fails (a of them). If a column is failed by both, the
//! leaf is out of reach and adds nothing. Else each column that z fails gets + value × (a - 1)! b! / (a + b)!, and each
//! that x fails - value × a! (b - 1)! / (a + b)!.
//!
//! This needs no walk for each pair of rows: rows that fail the same columns on a path are one group, made finer while the
//! tree is walked once for all, and groups of rows are matched with groups of background rows at each leaf.

use super::trees::{Ensemble, Node, Tree, TreeError, goes_left};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

/// Rows that are walked together, at most: enough to share a walk, few enough to stay in the nearest memory.
const TOGETHER: usize = 2048;

/// A set of the columns on a path, one bit for each in the order first asked about.
type Columns = u128;

/// Most columns on one path.
const MOST: usize = Columns::BITS as usize;

/// SHAP values with what they are counted from.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Rows × columns, in the units of the ensemble's sum. A row's values and `expected` add up to its prediction.
    pub values: Array2<f64>,
    /// The mean prediction over the background.
    pub expected: f64,
}

/// Explains the ensemble's sum for each row of `x` (rows × columns) against `background` (any rows × the same columns);
/// not a number is a missing value. The same bytes on any number of threads and however rows are put together.
///
/// # Errors
/// With a malformed or too deep tree, a column that is not there, or a background without rows.
pub fn interventional(
    ensemble: &Ensemble,
    x: ArrayView2<f64>,
    background: ArrayView2<f64>,
) -> Result<Explained, TreeError> {
    if background.nrows() == 0 || background.ncols() != x.ncols() {
        return Err(TreeError::Background);
    }
    ensemble.check(x.ncols())?;
    let expected = ensemble.predict(background)?.sum() / background.nrows() as f64;
    let mut values = Array2::zeros(x.dim());
    let rows = x.nrows().div_ceil(rayon::current_num_threads()).clamp(1, TOGETHER);
    let weights = weights();
    let z = by_column(ensemble, background);
    let chunks: Vec<_> =
        values.axis_chunks_iter_mut(Axis(0), rows).zip(x.axis_chunks_iter(Axis(0), rows)).collect();
    chunks.into_par_iter().try_for_each(|(values, x)| {
        let mut walk = Walk {
            x: by_column(ensemble, x),
            z: &z,
            weights: &weights,
            path: Vec::new(),
            levels: Vec::new(),
            values,
        };
        ensemble.trees.iter().enumerate().try_for_each(|(number, tree)| walk.tree(number, tree))
    })?;
    values *= ensemble.scale / background.nrows() as f64;
    Ok(Explained { values, expected })
}

/// Values as they are compared, columns × rows, so that the rows of a column lie together.
fn by_column(ensemble: &Ensemble, rows: ArrayView2<f64>) -> Array2<f64> {
    rows.t().as_standard_layout().mapv(|value| ensemble.compared(value))
}

/// (a - 1)! b! / (a + b)! for a in 1..=128 and b in 0..=128; 0 for a = 0.
fn weights() -> Array2<f64> {
    let mut weights = Array2::zeros((MOST + 1, MOST + 1));
    for b in 0..=MOST {
        weights[[1, b]] = 1.0 / (b + 1) as f64;
        for a in 1..MOST {
            weights[[a + 1, b]] = weights[[a, b]] * a as f64 / (a + b + 1) as f64;
        }
    }
    weights
}

/// Rows that failed the same columns of a path: `order[start..end]`.
#[derive(Clone, Copy, Debug)]
struct Group {
    failed: Columns,
    start: usize,
    end: usize,
}

/// Rows by group.
#[derive(Clone, Debug, Default)]
struct Groups {
    order: Vec<usize>,
    groups: Vec<Group>,
}

impl Groups {
    /// All `rows` rows in one group.
    fn begin(&mut self, rows: usize) {
        self.order.clear();
        self.order.extend(0..rows);
        self.groups.clear();
        if rows > 0 {
            self.groups.push(Group { failed: 0, start: 0, end: rows });
        }
    }

    /// The groups of `parent` after one more question, about the column `asked`, that a row passes or fails.
    fn refine(&mut self, parent: &Self, asked: Columns, passes: impl Fn(usize) -> bool) {
        self.order.resize(parent.order.len(), 0);
        self.groups.clear();
        for &Group { failed, start, end } in &parent.groups {
            if failed & asked != 0 {
                self.order[start..end].copy_from_slice(&parent.order[start..end]);
                self.groups.push(Group { failed, start, end });
                continue;
            }
            let (mut low, mut high) = (start, end);
            for &row in &parent.order[start..end] {
                // Written to both ends, and one is kept: no branch that is hard to guess.
                self.order[low] = row;
                self.order[high - 1] = row;
                let passed = usize::from(passes(row));
                low += passed;
                high -= 1 - passed;
            }
            if low > start {
                self.groups.push(Group { failed, start, end: low });
            }
            if high < end {
                self.groups.push(Group { failed: failed | asked, start: high, end });
            }
        }
    }

    /// The columns that every row failed.
    fn failed_by_all(&self) -> Columns {
        self.groups.iter().fold(Columns::MAX, |all, group| all & group.failed)
    }

    /// Drops groups that failed any of these columns.
    fn drop_failed(&mut self, columns: Columns) {
        self.groups.retain(|group| group.failed & columns == 0);
    }
}

/// The groups at one depth of the walk: rows explained, and background rows.
#[derive(Clone, Debug, Default)]
struct Level {
    x: Groups,
    z: Groups,
}

/// A walk through trees with some rows.
struct Walk<'a> {
    x: Array2<f64>,
    z: &'a Array2<f64>,
    weights: &'a Array2<f64>,
    /// The columns asked about on the way here.
    path: Vec<usize>,
    /// Groups by depth, kept so that memory is asked for once.
    levels: Vec<Level>,
    /// What is found, rows × columns, times the number of background rows.
    values: ArrayViewMut2<'a, f64>,
}

impl Walk<'_> {
    fn tree(&mut self, number: usize, tree: &Tree) -> Result<(), TreeError> {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        self.levels[0].x.begin(self.x.ncols());
        self.levels[0].z.begin(self.z.ncols());
        self.path.clear();
        self.node(tree, 0, 0).ok_or(TreeError::TooDeep(number))
    }

    /// Adds what the leaves under a node give; None with too many columns on a path.
    fn node(&mut self, tree: &Tree, at: usize, depth: usize) -> Option<()> {
        let (column, threshold, missing_left, strict, children) = match tree.nodes[at] {
            Node::Leaf { value } => {
                self.leaf(value, depth);
                return Some(());
            }
            Node::Split { column, threshold, missing_left, strict, left, right } => {
                (column, threshold, missing_left, strict, [(left, true), (right, false)])
            }
        };
        let known = self.path.iter().position(|asked| *asked == column);
        let bit = known.unwrap_or(self.path.len());
        if bit == MOST {
            return None;
        }
        if known.is_none() {
            self.path.push(column);
        }
        if self.levels.len() == depth + 1 {
            self.levels.push(Level::default());
        }
        for (child, left) in children {
            let (above, below) = self.levels.split_at_mut(depth + 1);
            let (above, below) = (&above[depth], &mut below[0]);
            let (x, z) = (self.x.row(column), self.z.row(column));
            let passes = |value: f64| goes_left(value, threshold, missing_left, strict) == left;
            below.z.refine(&above.z, 1 << bit, |row| passes(z[row]));
            below.x.refine(&above.x, 1 << bit, |row| passes(x[row]));
            // A column that all on one side failed leaves no partner to those who failed it on the other.
            below.x.drop_failed(below.z.failed_by_all());
            below.z.drop_failed(below.x.failed_by_all());
            if !below.x.groups.is_empty() && !below.z.groups.is_empty() {
                self.node(tree, child, depth + 1)?;
            }
        }
        if known.is_none() {
            self.path.pop();
        }
        Some(())
    }

    /// Adds what one leaf gives to every row that reaches it with some background row.
    fn leaf(&mut self, value: f64, depth: usize) {
        let Level { x, z } = &self.levels[depth];
        let mut share = [0.0; MOST];
        for row in &x.groups {
            let b = row.failed.count_ones() as usize;
            let (mut touched, mut lost) = (0, 0.0);
            for other in z.groups.iter().filter(|other| row.failed & other.failed == 0) {
                let a = other.failed.count_ones() as usize;
                let rows = (other.end - other.start) as f64;
                let gained = rows * self.weights[[a, b]];
                bits(other.failed, |bit| share[bit] += gained);
                lost += rows * self.weights[[b, a]];
                touched |= other.failed | row.failed;
            }
            bits(touched & row.failed, |bit| share[bit] -= lost);
            bits(touched, |bit| {
                let given = value * share[bit];
                share[bit] = 0.0;
                for &row in &x.order[row.start..row.end] {
                    self.values[[row, self.path[bit]]] += given;
                }
            });
        }
    }
}

/// Calls `each` with the number of every bit that is set, rising.
fn bits(mut columns: Columns, mut each: impl FnMut(usize)) {
    while columns != 0 {
        each(columns.trailing_zeros() as usize);
        columns &= columns - 1;
    }
}

#[cfg(test)]
mod tests;
