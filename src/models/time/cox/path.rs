//! Elastic-net path of Cox's model.
//!
//! Minimises `-loglik / W + lambda (alpha |b|_1 + (1 - alpha) / 2 |b|_2^2)`, `W` the total weight and `b` the coefficients on
//! columns scaled to standard deviation 1 (divisor `W`), for `lambda` falling from the least one at which all `b` are 0, in
//! equal steps of its log. Each quadratic approximation is solved by coordinate descent on the full information, which is
//! renewed only where steps with the old one stop closing in, so that most steps cost a gradient, `O(n p)`.
//! Ends where the conditions of Karush, Kuhn and Tucker hold to 1e-10.
//!
//! Moments for the scaling are over rows at risk at some event time; glmnet's are over all rows, so that lambdas agree where
//! no row ends before the first event. Undefined: exact ties, `alpha` 0 (no largest lambda) or outside (0, 1].
//! Reference: Simon, Friedman, Hastie, Tibshirani (2011), J. Stat. Softw. 39(5). Same problem as glmnet 4.1-6
//! (`family = "cox"`, Breslow's ties).
use super::{
    CoxData, CoxError, Ties,
    derivatives::{expected, gradient, terms},
    newton::evaluate,
    risk_sets::RiskSets,
};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Tolerance of the conditions of the optimum, in the units of the gradient by unit of weight.
const TOLERANCE: f64 = 1e-10;

/// How to run the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathOptions {
    /// Efron's or Breslow's.
    pub ties: Ties,
    /// Share of the lasso, above 0 to 1.
    pub alpha: f64,
    /// Lambdas, where none are given.
    pub count: usize,
    /// Smallest lambda over largest.
    pub ratio: f64,
    /// Lambdas to use instead, falling.
    pub lambda: Option<Vec<f64>>,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self { ties: Ties::Breslow, alpha: 1.0, count: 100, ratio: 1e-4, lambda: None }
    }
}

/// A path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoxPath {
    /// Penalties, falling.
    pub lambda: Vec<f64>,
    /// Coefficients on the columns' own units, one row a lambda.
    pub coef: Array2<f64>,
    /// Log partial likelihood at each.
    pub loglik: Vec<f64>,
}

/// Furthest any coordinate is from its condition of the optimum; `slope` of the log likelihood by unit of weight.
fn violation(slope: &Array1<f64>, coef: &Array1<f64>, l1: f64, l2: f64) -> f64 {
    slope
        .iter()
        .zip(coef)
        .map(|(s, b)| if *b == 0.0 { (s.abs() - l1).max(0.0) } else { (s - l2 * b - l1 * b.signum()).abs() })
        .fold(0.0, f64::max)
}

/// Coordinate descent on the quadratic approximation at `coef`.
fn descend(info: &Array2<f64>, slope: &Array1<f64>, coef: &Array1<f64>, l1: f64, l2: f64) -> Array1<f64> {
    let mut b = coef.clone();
    // Slope of the approximation at `b`.
    let mut at = slope.clone();
    for _ in 0..10_000 {
        let mut moved: f64 = 0.0;
        for j in 0..b.len() {
            let curve = info[[j, j]];
            let pull = at[j] + curve * b[j];
            let next = pull.signum() * (pull.abs() - l1).max(0.0) / (curve + l2).max(f64::MIN_POSITIVE);
            let change = next - b[j];
            if change.abs() > 0.0 {
                b[j] = next;
                at.scaled_add(-change, &info.column(j));
                moved = moved.max(change.abs() * curve);
            }
        }
        if moved < TOLERANCE / 100.0 {
            break;
        }
    }
    b
}

/// State of the path: where it is, and the information last computed.
struct State<'a> {
    sets: &'a RiskSets,
    ties: Ties,
    total: f64,
    coef: Array1<f64>,
    info: Array2<f64>,
}

impl State<'_> {
    fn slope(&self, coef: &Array1<f64>) -> (f64, Array1<f64>) {
        let terms = terms(self.sets, coef, self.ties);
        (terms.loglik, gradient(self.sets, &expected(self.sets, &terms, None), None) / self.total)
    }

    fn renew(&mut self) -> Result<(), CoxError> {
        self.info = evaluate(self.sets, &self.coef, self.ties)?.2 / self.total;
        Ok(())
    }

    /// Solves for one pair of penalties, from where the last ended; the log likelihood there.
    fn solve(&mut self, l1: f64, l2: f64) -> Result<f64, CoxError> {
        let penalty = |b: &Array1<f64>| l1 * b.iter().map(|v| v.abs()).sum::<f64>() + l2 / 2.0 * b.dot(b);
        let (mut loglik, mut slope) = self.slope(&self.coef);
        let mut fresh = false;
        for _ in 0..200 {
            let far = violation(&slope, &self.coef, l1, l2);
            if far < TOLERANCE {
                return Ok(loglik);
            }
            let goal = descend(&self.info, &slope, &self.coef, l1, l2);
            let (now, step) = (-loglik / self.total + penalty(&self.coef), &goal - &self.coef);
            let mut share = 1.0;
            loop {
                let next = if share >= 1.0 { goal.clone() } else { &self.coef + &(&step * share) };
                let (value, there) = self.slope(&next);
                let better = -value / self.total + penalty(&next) <= now + 1e-13 * (1.0 + now.abs());
                if better {
                    let closer = violation(&there, &next, l1, l2) < 0.2 * far;
                    (self.coef, loglik, slope) = (next, value, there);
                    if !closer {
                        self.renew()?;
                    }
                    fresh = !closer;
                    break;
                }
                if !fresh {
                    self.renew()?;
                    fresh = true;
                    break;
                }
                share /= 2.0;
                if share < 1e-6 {
                    return Err(CoxError::NotConverged);
                }
            }
        }
        Err(CoxError::NotConverged)
    }
}

/// Runs the path.
///
/// # Errors
/// See [`CoxError`].
pub fn path(data: &CoxData<'_>, options: &PathOptions) -> Result<CoxPath, CoxError> {
    if options.ties == Ties::Exact {
        return Err(CoxError::NotExact);
    }
    if !(options.alpha > 0.0 && options.alpha <= 1.0 && options.ratio > 0.0 && options.ratio < 1.0) {
        return Err(CoxError::Numbers);
    }
    let sets = RiskSets::new(data)?;
    let (p, total) = (sets.scale.len(), (0..data.times.len()).map(|i| data.weight_of(i)).sum::<f64>());
    let mut state =
        State { sets: &sets, ties: options.ties, total, coef: Array1::zeros(p), info: Array2::zeros((p, p)) };
    state.renew()?;
    let top = state.slope(&state.coef).1.iter().fold(0.0, |m: f64, s| m.max(s.abs())) / options.alpha;
    let spaced = |k: usize| top * options.ratio.powf(k as f64 / (options.count.max(2) - 1) as f64);
    let lambda = options.lambda.clone().unwrap_or_else(|| (0..options.count).map(spaced).collect());
    if !lambda.iter().all(|l| *l >= 0.0 && l.is_finite()) {
        return Err(CoxError::Numbers);
    }
    let (mut coef, mut loglik) = (Array2::zeros((lambda.len(), p)), Vec::with_capacity(lambda.len()));
    for (k, l) in lambda.iter().enumerate() {
        loglik.push(state.solve(l * options.alpha, l * (1.0 - options.alpha))?);
        coef.row_mut(k).iter_mut().zip(&state.coef).zip(&sets.scale).for_each(|((c, b), s)| *c = b / s);
    }
    Ok(CoxPath { lambda, coef, loglik })
}
