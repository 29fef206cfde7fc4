//! Newton's method for the multinomial fit, with the coefficients of periods eliminated.
//!
//! The Hessian is `[A B; B' C]` with A the block of the alphas. No person-period is in two periods, so A falls into one small
//! block a period and the step of the columns solves the Schur complement `C - sum_j B_j' A_j^-1 B_j`, of size causes x
//! columns whatever the number of periods (Boyd and Vandenberghe (2004), *Convex Optimization*, appendix C.4).

use super::sums::{Point, Rows, Second};
use crate::models::linear::solve;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2};

/// Steps after which the fit is given up.
const MAX_STEPS: usize = 100;
/// Halvings of a step after which nothing is gained.
const MAX_HALVINGS: usize = 30;

/// The penalty: half the sum of `columns` times the square of each coefficient, and of `ridge` times the square of each
/// alpha's distance from `centre`.
#[derive(Clone, Debug)]
pub(super) struct Penalty {
    pub(super) columns: Array1<f64>,
    pub(super) ridge: f64,
    /// One a cause.
    pub(super) centre: Array1<f64>,
}

/// Where Newton's method ended.
#[derive(Clone, Debug)]
pub(super) struct Optimum {
    pub(super) point: Point,
    /// Summed log-loss, without the penalty.
    pub(super) loss: f64,
    /// The gradient's length, a unit of events.
    pub(super) gradient: f64,
    pub(super) steps: usize,
}

/// Why there is none.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    Singular,
    NotConverged,
}

impl Penalty {
    fn of(&self, point: &Point) -> f64 {
        let mut sum = 0.0;
        for (row, columns) in point.beta.outer_iter().zip(&self.columns) {
            sum += 0.5 * columns * row.iter().map(|b| b * b).sum::<f64>();
        }
        for row in point.alpha.outer_iter() {
            let far: f64 = row.iter().zip(&self.centre).map(|(a, c)| (a - c).powi(2)).sum();
            sum += 0.5 * self.ridge * far;
        }
        sum
    }

    fn add_gradient(&self, point: &Point, gradient: &mut Point) {
        for ((mut g, b), columns) in
            gradient.beta.outer_iter_mut().zip(point.beta.outer_iter()).zip(&self.columns)
        {
            g.scaled_add(*columns, &b);
        }
        for (mut g, a) in gradient.alpha.outer_iter_mut().zip(point.alpha.outer_iter()) {
            g.scaled_add(self.ridge, &a);
            g.scaled_add(-self.ridge, &self.centre);
        }
    }
}

/// Minimises the penalised loss from `point` until the gradient is at most `tolerance` times `events` long.
pub(super) fn newton(
    rows: &Rows<'_>,
    penalty: &Penalty,
    mut point: Point,
    events: f64,
    tolerance: f64,
) -> Result<Optimum, Failure> {
    let mut at = rows.sums(&point, true);
    for steps in 0..MAX_STEPS {
        penalty.add_gradient(&point, &mut at.gradient);
        let length = length(&at.gradient) / events;
        if length <= tolerance {
            return Ok(Optimum { point, loss: at.loss, gradient: length, steps });
        }
        let second = at.second.as_ref().ok_or(Failure::Singular)?;
        let step = step(second, &at.gradient, penalty).ok_or(Failure::Singular)?;
        let here = at.loss + penalty.of(&point);
        // A rise within rounding is no rise: near the optimum the loss is flat and only the gradient tells.
        let bound = here + 1e-13 * here.abs();
        let (mut next, mut share) = (moved(&point, &step, 1.0), 1.0);
        let mut there = rows.sums(&next, true);
        for _ in 0..MAX_HALVINGS {
            if there.loss + penalty.of(&next) <= bound {
                break;
            }
            share *= 0.5;
            next = moved(&point, &step, share);
            there = rows.sums(&next, false);
        }
        if there.second.is_none() {
            there = rows.sums(&next, true);
        }
        if there.loss.is_nan() || there.loss + penalty.of(&next) > bound {
            return Err(Failure::NotConverged);
        }
        point = next;
        at = there;
    }
    Err(Failure::NotConverged)
}

fn length(gradient: &Point) -> f64 {
    gradient.alpha.iter().chain(&gradient.beta).map(|g| g * g).sum::<f64>().sqrt()
}

fn moved(point: &Point, step: &Point, share: f64) -> Point {
    let mut next = point.clone();
    next.alpha.scaled_add(-share, &step.alpha);
    next.beta.scaled_add(-share, &step.beta);
    next
}

/// The place of the pair (k, l) of causes.
fn pair(k: usize, l: usize, causes: usize) -> usize {
    let (k, l) = if k <= l { (k, l) } else { (l, k) };
    k * causes - k * (k + 1) / 2 + l
}

/// The Newton step, by the Schur complement. `None` where the Hessian is not positive definite.
fn step(second: &Second, gradient: &Point, penalty: &Penalty) -> Option<Point> {
    let (periods, causes) = gradient.alpha.dim();
    let width = gradient.beta.nrows();
    let (size, pairs) = (causes * width, second.alpha.ncols());
    let mut schur = Array2::<f64>::zeros((size, size));
    let mut right = Array1::<f64>::zeros(size);
    for k in 0..causes {
        for c in 0..width {
            right[k * width + c] = gradient.beta[[c, k]];
            for l in 0..causes {
                for d in 0..width {
                    schur[[k * width + c, l * width + d]] = second.beta[[pair(k, l, causes), c, d]];
                }
            }
            schur[[k * width + c, k * width + c]] += penalty.columns[c];
        }
    }
    // A grain of ridge keeps collinear columns solvable; the gradient is exact, so it does not move the optimum.
    let grain = 1e-12 * schur.diag().sum() / size.max(1) as f64 + f64::MIN_POSITIVE;
    let mut solved = Vec::with_capacity(periods);
    for j in 0..periods {
        let inverse = inverse(&second.alpha, j, causes, penalty.ridge)?;
        let across = Array2::from_shape_fn((causes, size), |(k, at)| {
            second.cross[[at % width, j * pairs + pair(k, at / width, causes)]]
        });
        let through = inverse.dot(&across);
        general_mat_mul(-1.0, &across.t(), &through, 1.0, &mut schur);
        right -= &through.t().dot(&gradient.alpha.row(j));
        solved.push((inverse, through));
    }
    schur.diag_mut().mapv_inplace(|d| d + grain);
    let columns = if size > 0 { solve(schur, &right)? } else { right };
    let mut step = Point { alpha: Array2::zeros((periods, causes)), beta: Array2::zeros((width, causes)) };
    for (at, value) in columns.iter().enumerate() {
        step.beta[[at % width, at / width]] = *value;
    }
    for (j, (inverse, through)) in solved.iter().enumerate() {
        let row = inverse.dot(&gradient.alpha.row(j)) - through.dot(&columns);
        step.alpha.row_mut(j).assign(&row);
    }
    Some(step)
}

/// The inverse of one period's block of alphas.
fn inverse(alpha: &Array2<f64>, period: usize, causes: usize, ridge: f64) -> Option<Array2<f64>> {
    let block = Array2::from_shape_fn((causes, causes), |(k, l)| {
        alpha[[period, pair(k, l, causes)]] + if k == l { ridge.max(f64::MIN_POSITIVE) } else { 0.0 }
    });
    let mut inverse = Array2::zeros((causes, causes));
    for k in 0..causes {
        let mut unit = Array1::zeros(causes);
        unit[k] = 1.0;
        inverse.column_mut(k).assign(&solve(block.clone(), &unit)?);
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn pairs_are_in_order() {
        let places: Vec<usize> = (0..3).flat_map(|k| (k..3).map(move |l| pair(l, k, 3))).collect();
        assert_eq!(places, [0, 1, 2, 3, 4, 5]);
    }
}
