//! How predictions change with one column: partial dependence (Friedman 2001, Annals of Statistics 29:1189, section 8.2)
//! and accumulated local effects (Apley and Zhu 2020, JRSS B 82:1059, section 3), each with the rows and children that a
//! part of the curve rests on.
//!
//! Partial dependence sets the column to a value in every row, also in rows where it could not be: where columns go
//! together it shows what the model says of children that do not exist. Accumulated local effects move each row only within
//! its own interval, and so do not. Both tell of the model, not of what would happen to a child.
//!
//! Not a number is a missing value. It is a level of its own, never a place on the scale. Predictions are asked for one
//! matrix after the other and summed in a fixed order, so results are the same on any number of threads if the
//! predictions are.
//!
//! Edges are recorded values: the least and the greatest may each be of one child. What is withheld or rounded before
//! results are given away is for the caller; `shown` says where too few children stand behind a part.

use ndarray::{Array1, Array2, ArrayView1, Axis};
use serde::Serialize;
use std::fmt;

/// Why there is no curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependenceError {
    /// No row, no such column, or not one child a row.
    Data,
    /// The grid is empty, not finite, or does not rise from each point to the next.
    Grid,
    /// The column has fewer than two different values, so no interval.
    Constant,
    /// Not one finite prediction a row.
    Prediction,
}

impl fmt::Display for DependenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "there are no rows, no such column, or not as many children as rows",
            Self::Grid => "the grid must be finite values, each greater than the one before",
            Self::Constant => {
                "the column has fewer than two different values, so there is nothing to compare"
            }
            Self::Prediction => "the model did not give one finite prediction for each row",
        })
    }
}

impl std::error::Error for DependenceError {}

/// The rows over which predictions are averaged, and which column is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Prepared features, rows × columns.
    pub x: &'a Array2<f64>,
    /// The child of each row.
    pub child: &'a [u32],
    /// The column looked at.
    pub column: usize,
    /// Children behind a part that is to be shown, at least.
    pub least: usize,
}

impl Asked<'_> {
    fn check(&self) -> Result<(), DependenceError> {
        let (rows, columns) = self.x.dim();
        let good = rows > 0 && self.column < columns && self.child.len() == rows;
        if good { Ok(()) } else { Err(DependenceError::Data) }
    }

    fn values(&self) -> ArrayView1<'_, f64> {
        self.x.column(self.column)
    }

    /// The rows with a value, and those with none.
    fn present_and_missing(&self) -> (Vec<usize>, Vec<usize>) {
        let values = self.values();
        (0..values.len()).partition(|row| !values[*row].is_nan())
    }

    fn support(&self, rows: &[usize]) -> Support {
        let mut children: Vec<u32> = rows.iter().map(|row| self.child[*row]).collect();
        children.sort_unstable();
        children.dedup();
        Support { rows: rows.len(), children: children.len(), shown: children.len() >= self.least }
    }
}

/// What a part of a curve rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Support {
    /// Rows.
    pub rows: usize,
    /// Different children.
    pub children: usize,
    /// Whether these are at least as many children as asked for; else the part is not to be shown.
    pub shown: bool,
}

/// The mean prediction if all rows had one value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// Mean over all rows, in the units of the predictions.
    pub mean: f64,
    /// The rows that have this value, or are nearest to it.
    pub support: Support,
}

/// A point of a partial dependence curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The value given to all rows, in the units of the column.
    pub at: f64,
    /// What the model then says, and how many rows are near. A row is near the point that is nearest to its value; of two
    /// equally near, the lower. The first and last points reach as far out as they reach in.
    pub level: Level,
}

/// Partial dependence on one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartialDependence {
    /// One a grid point, in the order of the grid.
    pub points: Vec<Point>,
    /// The mean prediction if the value was missing in all rows; `None` where it is missing in none.
    pub missing: Option<Level>,
    /// Rows with a value that is too far from the grid to be near any point.
    pub outside: Support,
}

/// Partial dependence: for each value of `grid` the mean prediction over all rows, with the column set to that value.
/// Rows whose own value is missing are among them.
///
/// # Errors
/// With malformed data or grid, or if `predict` does not give one finite number a row.
pub fn partial_dependence<F>(
    predict: F,
    asked: Asked<'_>,
    grid: &[f64],
) -> Result<PartialDependence, DependenceError>
where
    F: Fn(&Array2<f64>) -> Array1<f64>,
{
    asked.check()?;
    let rises = grid.windows(2).all(|pair| pair[0] < pair[1]);
    if grid.is_empty() || !rises || grid.iter().any(|at| !at.is_finite()) {
        return Err(DependenceError::Grid);
    }
    let mut x = asked.x.clone();
    let mut level = |at: f64, rows: &[usize]| {
        x.column_mut(asked.column).fill(at);
        let mean = predictions(&predict, &x)?.sum() / x.nrows() as f64;
        Ok(Level { mean, support: asked.support(rows) })
    };
    let (present, missing) = asked.present_and_missing();
    let (near, outside) = nearest(grid, asked.values(), &present);
    let points = grid
        .iter()
        .zip(&near)
        .map(|(at, rows)| Ok(Point { at: *at, level: level(*at, rows)? }))
        .collect::<Result<_, DependenceError>>()?;
    let missing = if missing.is_empty() { None } else { Some(level(f64::NAN, &missing)?) };
    Ok(PartialDependence { points, missing, outside: asked.support(&outside) })
}

/// The rows near each grid point, and those near none.
fn nearest(grid: &[f64], values: ArrayView1<'_, f64>, rows: &[usize]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let middles: Vec<f64> = grid.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let reach = |middle: Option<&f64>, end: f64| middle.map_or(end, |middle| end + (end - middle));
    let first = reach(middles.first(), grid[0]);
    let last = reach(middles.last(), grid[grid.len() - 1]);
    let (mut near, mut outside) = (vec![Vec::new(); grid.len()], Vec::new());
    for &row in rows {
        let value = values[row];
        if value < first || value > last {
            outside.push(row);
        } else {
            near[middles.partition_point(|middle| *middle < value)].push(row);
        }
    }
    (near, outside)
}

/// An interval of the column: its lower edge excluded, but for the first, and its upper edge included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower edge, in the units of the column.
    pub lower: f64,
    /// Upper edge, in the units of the column.
    pub upper: f64,
    /// Mean over the interval's rows of the prediction at the upper edge less that at the lower, in the units of the
    /// predictions.
    pub change: f64,
    /// The accumulated local effect at the upper edge, in the units of the predictions. It contains the changes of all
    /// intervals below, also of those that are not to be shown.
    pub effect: f64,
    /// The rows in the interval.
    pub support: Support,
}

/// Accumulated local effects of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalEffects {
    /// The accumulated local effect at the lowest edge, in the units of the predictions.
    pub start: f64,
    /// In rising order, each beginning where the one before ends; none is empty where they are made of quantiles.
    pub intervals: Vec<Interval>,
    /// The rows whose value is missing; they have no part in the effects.
    pub missing: Support,
}

/// Accumulated local effects at the quantiles of the column, in at most `parts` intervals: fewer where values are tied.
///
/// # Errors
/// As [`local_effects_at`].
pub fn accumulated_local_effects<F>(
    predict: F,
    asked: Asked<'_>,
    parts: usize,
) -> Result<LocalEffects, DependenceError>
where
    F: Fn(&Array2<f64>) -> Array1<f64>,
{
    asked.check()?;
    local_effects_at(predict, asked, &quantiles(asked.values(), parts))
}

/// Accumulated local effects in the intervals between `edges`. Values beyond them count in the first and last intervals,
/// which are moved to their edges like any other; an interval without rows changes nothing.
///
/// Centred as in the authors' R package `ALEPlot` and in `PyALE`: the mean over rows of the effect half-way along each row's
/// interval is 0.
///
/// # Errors
/// With malformed data or edges, fewer than two edges, or if `predict` does not give one finite number a row.
pub fn local_effects_at<F>(
    predict: F,
    asked: Asked<'_>,
    edges: &[f64],
) -> Result<LocalEffects, DependenceError>
where
    F: Fn(&Array2<f64>) -> Array1<f64>,
{
    asked.check()?;
    let (present, missing) = asked.present_and_missing();
    if edges.len() < 2 || present.is_empty() {
        return Err(DependenceError::Constant);
    }
    if !edges.windows(2).all(|pair| pair[0] < pair[1]) || edges.iter().any(|at| !at.is_finite()) {
        return Err(DependenceError::Grid);
    }
    let mut x = asked.x.select(Axis(0), &present);
    let interval: Vec<usize> =
        x.column(asked.column).iter().map(|value| interval_of(edges, *value)).collect();
    let mut at = |shift: usize| {
        x.column_mut(asked.column)
            .assign(&interval.iter().map(|k| edges[k + shift]).collect::<Array1<f64>>());
        predictions(&predict, &x)
    };
    let (lower, upper) = (at(0)?, at(1)?);

    let mut members = vec![Vec::new(); edges.len() - 1];
    let mut changes = vec![0.0; edges.len() - 1];
    for (i, k) in interval.iter().enumerate() {
        members[*k].push(present[i]);
        changes[*k] += upper[i] - lower[i];
    }
    let (mut effect, mut centre) = (0.0, 0.0);
    let mut intervals = Vec::with_capacity(members.len());
    for (k, rows) in members.iter().enumerate() {
        let change = if rows.is_empty() { 0.0 } else { changes[k] / rows.len() as f64 };
        centre += (effect + change / 2.0) * rows.len() as f64 / present.len() as f64;
        effect += change;
        let support = asked.support(rows);
        intervals.push(Interval { lower: edges[k], upper: edges[k + 1], change, effect, support });
    }
    for interval in &mut intervals {
        interval.effect -= centre;
    }
    Ok(LocalEffects { start: -centre, intervals, missing: asked.support(&missing) })
}

/// The different values among the quantiles 0, 1/parts .. 1 of a column, in rising order, without missing values: the least,
/// then at q the sorted value of index ⌈q (n - 1)⌉ - 1, counted from 0, and the greatest, as in `PyALE`. (That rounds q
/// before it multiplies, and so can be one row further up where q (n - 1) is a whole number.) Each is a recorded value.
/// None if there is no value or no part.
#[must_use]
pub fn quantiles(values: ArrayView1<'_, f64>, parts: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if sorted.is_empty() || parts == 0 {
        return Vec::new();
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let inner = (1..parts).map(|k| (k * last).div_ceil(parts).saturating_sub(1));
    let mut edges: Vec<f64> = [0].into_iter().chain(inner).chain([last]).map(|index| sorted[index]).collect();
    edges.dedup_by(|next, last| *next <= *last);
    edges
}

/// The first interval whose upper edge is not below the value, or the last.
fn interval_of(edges: &[f64], value: f64) -> usize {
    edges[1..edges.len() - 1].partition_point(|upper| *upper < value)
}

/// One finite prediction a row, or an error.
fn predictions<F>(predict: &F, x: &Array2<f64>) -> Result<Array1<f64>, DependenceError>
where
    F: Fn(&Array2<f64>) -> Array1<f64>,
{
    let out = predict(x);
    let good = out.len() == x.nrows() && out.iter().all(|p| p.is_finite());
    if good { Ok(out) } else { Err(DependenceError::Prediction) }
}

#[cfg(test)]
mod tests;
