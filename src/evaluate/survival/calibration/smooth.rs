//! A smooth calibration curve at a time, and how far predictions lie from it.
//!
//! # Measures
//! The observed chance as a function of the prediction; ICI, E50, E90 and Emax: mean, median, 90th centile and maximum of
//! |curve - prediction| over rows.
//!
//! # Formula
//! At a place `x0` on the scale `x = ln(-ln(1 - p))`: `h` is the least distance within which the share `span` of the weight
//! lies; pseudo-values are regressed on `x - x0` by least squares with `w (1 - (|x - x0| / h)^3)^3`, and the curve is the
//! intercept, cut to [0, 1] (a line of pseudo-values can leave it near the ends). Where all rows near lie at one `x` it is their
//! mean. Between places of the grid the curve is linear in `x`; beyond its ends it is level. A centile is the least distance
//! that this share of the weight does not exceed.
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`, a [`Grid`] (kept as it is for replicates); predictions strictly between 0 and 1 where the
//! weight is not 0; `span` in (0, 1].
//!
//! # Undefined when
//! As the incidence; a prediction is 0 or 1; the span is out of range.
//!
//! # Reference
//! Cleveland 1979, Journal of the American Statistical Association, for the smoother (without its robust steps); Austin and
//! Steyerberg 2019, Statistics in Medicine, for ICI and E50 to Emax; van Geloven et al. 2022, BMJ, for pseudo-values. Equals
//! `loess` of R (degree 1, surface "direct") where the weights are 1, and `lm` with these weights at each place.

use super::super::prepared::Prepared;
use super::pseudo_values::pseudo_values;
use super::slope::log_log;

/// The smoother, for tables and figures.
pub const SMOOTHER: &str = "local-linear regression of pseudo-values on the complementary log-log of the prediction, tricube weights, nearest-neighbour span, cut to 0 to 1";

/// The usual span.
pub const SPAN: f64 = 0.75;

/// Places at which the curve is found, from the lowest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Predictions.
    pub p: Vec<f64>,
    /// Their complementary log-log.
    x: Vec<f64>,
}

/// How far the predictions lie from the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    /// Integrated calibration index: the mean.
    pub ici: f64,
    /// The median.
    pub e50: f64,
    /// The 90th centile.
    pub e90: f64,
    /// The maximum.
    pub emax: f64,
}

/// A grid of at most `places` predictions: the least and the largest of a weight, and those at even shares between; equal
/// ones once.
///
/// # Errors
/// With fewer than two places, no rows, a prediction of 0 or 1.
pub fn grid(prepared: &Prepared, weights: &[f64], places: usize) -> Result<Grid, &'static str> {
    if places < 2 {
        return Err("there are fewer than two places");
    }
    let x = log_log(prepared, weights)?;
    let total = prepared.total(weights)?;
    let mut found = Grid { p: Vec::new(), x: Vec::new() };
    let (mut held, mut next) = (0.0, 0);
    let rows = prepared.by_prediction.iter().map(|row| *row as usize).filter(|row| weights[*row] > 0.0);
    for row in rows {
        held += weights[row];
        let share = |place: usize| total * place as f64 / (places - 1) as f64 * (1.0 - 1e-12);
        if next < places && held >= share(next) {
            while next < places && held >= share(next) {
                next += 1;
            }
            if found.p.last().is_none_or(|last| *last < prepared.p[row]) {
                found.p.push(prepared.p[row]);
                found.x.push(x[row]);
            }
        }
    }
    Ok(found)
}

/// Rows of a weight in order of the prediction.
struct Sorted {
    x: Vec<f64>,
    y: Vec<f64>,
    weight: Vec<f64>,
}

impl Sorted {
    /// The rows `from..to` nearest to `place` that hold the weight `wanted`, and the distance of the last of them.
    fn nearest(&self, place: f64, wanted: f64) -> (usize, usize, f64) {
        let middle = self.x.partition_point(|x| *x < place);
        let (mut from, mut to, mut held, mut reach) = (middle, middle, 0.0, 0.0);
        while held < wanted {
            let lower = if from > 0 { place - self.x[from - 1] } else { f64::INFINITY };
            let upper = self.x.get(to).map_or(f64::INFINITY, |x| x - place);
            if lower.is_infinite() && upper.is_infinite() {
                break;
            }
            if lower <= upper {
                from -= 1;
                held += self.weight[from];
                reach = lower;
            } else {
                held += self.weight[to];
                to += 1;
                reach = upper;
            }
        }
        (from, to, reach)
    }

    /// The local line at `place`.
    fn at(&self, place: f64, wanted: f64) -> f64 {
        let (from, to, reach) = self.nearest(place, wanted);
        let sums = |kernel: &dyn Fn(f64) -> f64| {
            let mut sums = [0.0; 5];
            for row in from..to {
                let (x, y) = (self.x[row] - place, self.y[row]);
                let weight = self.weight[row] * kernel(x.abs());
                for (sum, part) in sums.iter_mut().zip([1.0, x, y, x * x, x * y]) {
                    *sum += weight * part;
                }
            }
            sums
        };
        let tricube = |distance: f64| {
            let u = distance / reach;
            let rest = (1.0 - u * u * u).max(0.0);
            rest * rest * rest
        };
        let mut found = if reach > 0.0 { sums(&tricube) } else { sums(&|_| 1.0) };
        if found[0] <= 0.0 {
            // All of them lie at the edge.
            found = sums(&|_| 1.0);
        }
        let [weight, x, y, xx, xy] = found;
        let (x, y) = (x / weight, y / weight);
        let spread = xx / weight - x * x;
        let line = if spread > 1e-12 * reach * reach { (xy / weight - x * y) / spread } else { 0.0 };
        (y - line * x).clamp(0.0, 1.0)
    }
}

/// The curve at the places of the grid. O(n places).
///
/// # Errors
/// As the module says.
pub fn smooth(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    grid: &Grid,
    span: f64,
) -> Result<Vec<f64>, &'static str> {
    if !(span > 0.0 && span <= 1.0) {
        return Err("the span is not above 0 and at most 1");
    }
    let total = prepared.total(weights)?;
    let x = log_log(prepared, weights)?;
    let y = pseudo_values(prepared, weights, t)?;
    let order = prepared.by_prediction.iter().map(|row| *row as usize);
    let rows: Vec<usize> = order.filter(|row| weights[*row] > 0.0).collect();
    let pick = |column: &[f64]| rows.iter().map(|row| column[*row]).collect();
    let sorted = Sorted { x: pick(&x), y: pick(&y), weight: pick(weights) };
    // A share such as 0.75 of 300 must be met by 225 rows whatever the rounding.
    let wanted = span * total * (1.0 - 1e-12);
    Ok(grid.x.iter().map(|place| sorted.at(*place, wanted)).collect())
}

/// The curve at `x`: linear between places, level beyond.
fn between(grid: &Grid, curve: &[f64], x: f64) -> f64 {
    let above = grid.x.partition_point(|place| *place < x).min(grid.x.len() - 1);
    let below = above.saturating_sub(1);
    let width = grid.x[above] - grid.x[below];
    if width <= 0.0 {
        return curve[above];
    }
    let share = ((x - grid.x[below]) / width).clamp(0.0, 1.0);
    curve[below] + share * (curve[above] - curve[below])
}

/// ICI, E50, E90 and Emax over the rows of a weight. O(n log n).
///
/// # Errors
/// With no rows, a prediction of 0 or 1, a curve that is not one number for each place.
pub fn distances(
    prepared: &Prepared,
    weights: &[f64],
    grid: &Grid,
    curve: &[f64],
) -> Result<Distances, &'static str> {
    if curve.is_empty() || curve.len() != grid.x.len() {
        return Err("the curve is not one number for each place");
    }
    let total = prepared.total(weights)?;
    let x = log_log(prepared, weights)?;
    let rows = (0..x.len()).filter(|row| weights[*row] > 0.0);
    let mut far: Vec<(f64, f64)> =
        rows.map(|row| ((between(grid, curve, x[row]) - prepared.p[row]).abs(), weights[row])).collect();
    far.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let ici = far.iter().map(|(distance, weight)| distance * weight).sum::<f64>() / total;
    let emax = far.last().map_or(0.0, |last| last.0);
    let centile = |share: f64| {
        let mut held = 0.0;
        let reached = far.iter().find(|(_, weight)| {
            held += weight;
            held >= share * total * (1.0 - 1e-12)
        });
        reached.map_or(emax, |reached| reached.0)
    };
    Ok(Distances { ici, e50: centile(0.5), e90: centile(0.9), emax })
}

#[cfg(test)]
mod tests;
