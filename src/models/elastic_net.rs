//! Logistic regression with an elastic-net penalty: LASSO, ridge and what lies between, with a path of penalties.
//!
//! Minimises the mean log-loss (weighed by row, where the data set has weights) + λ (α Σ|w| + (1 - α)/2 Σ w²); the
//! intercept is not penalised. This is the objective of glmnet (Friedman, Hastie and Tibshirani 2010, Journal of
//! Statistical Software 33(1), equation 12), the class of model that Allegheny and Los Angeles counties used.
//!
//! Proximal Newton (Lee, Sun and Saunders 2014, SIAM Journal on Optimization 24:1420): the loss is replaced by its parabola,
//! whose penalised minimum coordinate descent finds from the Hessian alone, without a look at the rows. Along a path each
//! fit begins where the last one ended, and the Hessian, the dearest part, is made anew only where it has become a poor
//! guide. A fit is done when no coefficient can lower the objective: the largest breach of the optimality conditions
//! (equation 8 there) is under [`TOLERANCE`], or the objective falls no more.

use super::FitError;
use super::linear::{derivatives, loss_and_gradient};
use super::logistic::FittedLogistic;
use super::prepare::Wants;
use super::registry::Entry;
use super::saved::from_json;
use super::settings::Setting;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2, s};

/// Steps after which a fit is given up.
const MAX_STEPS: usize = 200;
/// Halvings of one step after which nothing is gained.
const MAX_HALVINGS: usize = 40;
/// Rounds of coordinate descent within a step, at most; a step that stands short of the minimum is still a step down.
const MAX_ROUNDS: usize = 10_000;
/// The largest breach of the optimality conditions that is taken for none, in units of the mean loss's gradient.
const TOLERANCE: f64 = 1e-9;
/// The same along a path: a share of the penalty, and the least and the most that it may be. In the tests
/// it moves the mean objective by less than 1e-6; glmnet with its usual settings stops at half of the penalty.
const PATH_SHARE: f64 = 1e-2;
const PATH_TOLERANCE: [f64; 2] = [1e-7, 1e-4];
/// A breach that is forgiven where rounding lets the objective fall no more, as a share of the penalty; and the least and the
/// most that are.
const FORGIVEN: [f64; 3] = [1e-3, 1e-7, 1e-5];
/// An old Hessian is kept while each step with it leaves at most this share of the breach.
const GOOD_GUIDE: f64 = 0.2;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "elastic-net",
    title: "Logistic regression that picks its facts",
    words: "It adds up weighted facts about the child\u{2019}s recorded history, as logistic regression does, and leaves out every \
            fact that does not earn its place.",
    baseline: false,
    wants: Wants::Scaled,
    takes_weights: true,
    draws: false,
    made_of: &[],
    settings: &[
        Setting::number(
            "lambda",
            0.01,
            (1e-9, 1e3),
            "Penalty on the sizes of weights, against the mean log-loss: more leaves more facts out.",
        ),
        Setting::number(
            "l1_ratio",
            1.0,
            (0.0, 1.0),
            "Share of the penalty on sizes (1: LASSO), the rest on half their squares (0: ridge).",
        ),
        Setting::whole(
            "knots",
            0.0,
            (0.0, 5.0),
            "3 to 5: numbers with many values enter as curves (restricted cubic splines) with so many knots; under 3: as straight lines.",
        ),
    ],
    make: |s| Box::new(ElasticNet { lambda: s.number("lambda"), l1_ratio: s.number("l1_ratio") }),
    load: from_json::<FittedLogistic>,
};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct ElasticNet {
    /// Penalty λ > 0.
    pub lambda: f64,
    /// Share α in [0, 1] of the penalty on absolute values.
    pub l1_ratio: f64,
}

impl Fit<Array2<f64>, Array1<bool>, FitError> for ElasticNet {
    type Object = FittedLogistic;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<FittedLogistic, FitError> {
        let mut fit = Descent::new(data, self.l1_ratio, TOLERANCE)?;
        fit.to(self.lambda)?;
        Ok(fit.fitted())
    }
}

/// Fits a path of penalties, each fit beginning where the one before ended: give them falling. One fit a penalty.
///
/// # Errors
/// With labels of one class, or a fit that does not converge.
pub fn path(
    data: &DatasetBase<Array2<f64>, Array1<bool>>,
    l1_ratio: f64,
    lambdas: &[f64],
) -> Result<Vec<FittedLogistic>, FitError> {
    let mut fit = Descent::new(data, l1_ratio, PATH_TOLERANCE[0])?;
    let mut fits = Vec::with_capacity(lambdas.len());
    for lambda in lambdas {
        fit.tolerance = (PATH_SHARE * lambda).clamp(PATH_TOLERANCE[0], PATH_TOLERANCE[1]);
        fit.to(*lambda)?;
        fits.push(fit.fitted());
    }
    Ok(fits)
}

/// `count` penalties, falling evenly on the log scale, from the smallest at which every weight is 0 to `least` times it
/// (Friedman, Hastie and Tibshirani 2010, section 2.5; for α under 0.001 as if it were that, as in glmnet).
///
/// # Errors
/// With labels of one class.
pub fn penalties(
    data: &DatasetBase<Array2<f64>, Array1<bool>>,
    l1_ratio: f64,
    count: usize,
    least: f64,
) -> Result<Vec<f64>, FitError> {
    let fit = Descent::new(data, l1_ratio, PATH_TOLERANCE[0])?;
    let steepest = fit.gradient.iter().take(fit.width()).fold(0.0, |a: f64, g| a.max(g.abs()));
    let top = steepest / l1_ratio.max(1e-3);
    let steps = count.saturating_sub(1).max(1) as f64;
    Ok((0..count).map(|at| top * least.powf(at as f64 / steps)).collect())
}

/// A fit on its way: coefficients (the last is the intercept) with the mean loss and its gradient there.
struct Descent<'a> {
    x: ArrayView2<'a, f64>,
    y: Vec<bool>,
    weights: Option<&'a [f32]>,
    total: f64,
    l1_ratio: f64,
    tolerance: f64,
    beta: Array1<f64>,
    loss: f64,
    gradient: Array1<f64>,
    hessian: Option<Array2<f64>>,
}

impl<'a> Descent<'a> {
    /// Begins with all weights 0, and the intercept at the share of events.
    fn new(
        data: &'a DatasetBase<Array2<f64>, Array1<bool>>,
        l1_ratio: f64,
        tolerance: f64,
    ) -> Result<Self, FitError> {
        let y: Vec<bool> = data.targets.to_vec();
        let weights = data.weights();
        let weight = |row: usize| weights.and_then(|w| w.get(row)).map_or(1.0, |w| f64::from(*w));
        let total: f64 = (0..y.len()).map(weight).sum();
        let events: f64 = (0..y.len()).filter(|i| y[*i]).map(weight).sum();
        if events <= 0.0 || events >= total {
            return Err(FitError::OneClass);
        }
        let x = data.records.view();
        let mut beta = Array1::zeros(x.ncols() + 1);
        beta[x.ncols()] = (events / (total - events)).ln();
        let (loss, gradient) = loss_and_gradient(x, &y, weights, &beta);
        let (loss, gradient) = (loss / total, gradient / total);
        Ok(Self { x, y, weights, total, l1_ratio, tolerance, beta, loss, gradient, hessian: None })
    }

    fn width(&self) -> usize {
        self.x.ncols()
    }

    fn penalty(&self, lambda: f64, beta: &Array1<f64>) -> f64 {
        let w = beta.slice(s![..self.width()]);
        let sizes: f64 = w.iter().map(|w| w.abs()).sum();
        lambda * (self.l1_ratio * sizes + 0.5 * (1.0 - self.l1_ratio) * w.dot(&w))
    }

    /// Fits for one penalty from where it stands.
    fn to(&mut self, lambda: f64) -> Result<(), FitError> {
        let mut before = f64::INFINITY;
        for _ in 0..MAX_STEPS {
            let breach = self.breach(lambda);
            if breach <= self.tolerance {
                return Ok(());
            }
            let fresh = self.hessian.is_none() || breach > GOOD_GUIDE * before;
            if fresh {
                self.hessian =
                    Some(derivatives(self.x, &self.y, self.weights, &self.beta).hessian / self.total);
            }
            before = breach;
            let gained = self.step(lambda);
            if !gained && !fresh {
                self.hessian = None;
            } else if !gained {
                let forgiven = (FORGIVEN[0] * lambda).clamp(FORGIVEN[1], FORGIVEN[2]);
                return if breach <= forgiven { Ok(()) } else { Err(FitError::NotConverged(MAX_STEPS)) };
            }
        }
        Err(FitError::NotConverged(MAX_STEPS))
    }

    /// How far the optimality conditions are from holding.
    fn breach(&self, lambda: f64) -> f64 {
        let (sizes, squares) = (lambda * self.l1_ratio, lambda * (1.0 - self.l1_ratio));
        let of = |(j, g): (usize, &f64)| {
            let w = self.beta[j];
            match j < self.width() {
                false => g.abs(),
                true if w != 0.0 => (g + squares * w + sizes * w.signum()).abs(),
                true => (g.abs() - sizes).max(0.0),
            }
        };
        self.gradient.iter().enumerate().map(of).fold(0.0, f64::max)
    }

    /// One step to the penalised minimum of the parabola, or a part of it; whether the objective fell.
    fn step(&mut self, lambda: f64) -> bool {
        let Some(hessian) = &self.hessian else { return false };
        let penalties = [lambda * self.l1_ratio, lambda * (1.0 - self.l1_ratio)];
        let aim = minimum(hessian, &self.gradient, &self.beta, penalties, self.tolerance);
        let direction = &aim - &self.beta;
        let (here, old) = (self.loss, self.penalty(lambda, &self.beta));
        let promised = self.gradient.dot(&direction) + self.penalty(lambda, &aim) - old;
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let next = &self.beta + &(&direction * length);
            // The whole step is nearly always good, so the gradient there is worth its price.
            let (loss, gradient) = loss_and_gradient(self.x, &self.y, self.weights, &next);
            let (loss, gradient) = (loss / self.total, gradient / self.total);
            if loss + self.penalty(lambda, &next) < here + old + 1e-4 * length * promised {
                (self.beta, self.loss, self.gradient) = (next, loss, gradient);
                return true;
            }
            length /= 2.0;
        }
        false
    }

    fn fitted(&self) -> FittedLogistic {
        FittedLogistic {
            coefficients: self.beta.slice(s![..self.width()]).to_owned(),
            intercept: self.beta[self.width()],
        }
    }
}

/// Where, with penalties on sizes and on half the squares, `gradient` (b - beta) + (b - beta)' `hessian` (b - beta) / 2 + penalty(b) is smallest, by coordinate descent.
fn minimum(
    hessian: &Array2<f64>,
    gradient: &Array1<f64>,
    beta: &Array1<f64>,
    [sizes, squares]: [f64; 2],
    tolerance: f64,
) -> Array1<f64> {
    let p = beta.len() - 1;
    let (mut b, mut slope) = (beta.clone(), gradient.to_vec());
    // Moves one coordinate to its minimum, and says how much that lowers the parabola.
    let turn = |b: &mut Array1<f64>, slope: &mut [f64], j: usize| -> f64 {
        let curve = hessian[[j, j]];
        if curve <= 0.0 {
            return 0.0;
        }
        let old = b[j];
        let target = curve * old - slope[j];
        b[j] = if j == p {
            target / curve
        } else {
            target.signum() * (target.abs() - sizes).max(0.0) / (curve + squares)
        };
        let moved = b[j] - old;
        if moved != 0.0 {
            for (slope, h) in slope.iter_mut().zip(hessian.row(j)) {
                *slope += h * moved;
            }
        }
        curve * moved * moved
    };
    let enough = tolerance * tolerance;
    let mut rounds = 0;
    while rounds < MAX_ROUNDS {
        rounds += 1;
        // All coordinates once, then those that are not 0 until they stand still.
        let gained = (0..=p).map(|j| turn(&mut b, &mut slope, j)).fold(0.0, f64::max);
        if gained <= enough {
            break;
        }
        let active: Vec<usize> = (0..=p).filter(|j| *j == p || b[*j] != 0.0).collect();
        while rounds < MAX_ROUNDS {
            rounds += 1;
            let gained = active.iter().map(|j| turn(&mut b, &mut slope, *j)).fold(0.0, f64::max);
            if gained <= enough {
                break;
            }
        }
    }
    b
}
