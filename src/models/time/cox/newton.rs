//! Newton's method on the (penalised) log partial likelihood, steps halved where it falls.
//!
//! Maximises `loglik - l2 / 2 * sum coef^2` (on the columns' own units; `l2 = 0`: none). Variance: the inverse of the
//! information plus the penalty. Ends when the Newton decrement is below 1e-22 of the log likelihood, or one step after it
//! fell below 1e-16, so that the coefficients are exact to rounding and not to the root of it.
//!
//! Undefined: singular information at 0 ([`CoxError::Singular`]), coefficients that grow without bound, seen as
//! information that vanishes, or steps that stay large while the likelihood stands still ([`CoxError::Monotone`]).
//! Reference: Therneau, Grambsch (2000), section 3.1; Heinze, Schemper (2001), Biometrics 57:114 on monotone likelihood.
//! Equals R survival 3.5-3 `coxph`.
use super::{
    CoxData, CoxError, Ties,
    derivatives::{covariate_sums, expected, gradient, information, terms},
    exact::exact,
    linear::{cholesky, inverse, solve},
    risk_sets::RiskSets,
    robust::robust_variance,
};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// How to fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoxOptions {
    /// Ties.
    pub ties: Ties,
    /// Ridge penalty, from 0, on the sum over rows (not the mean).
    pub l2: f64,
    /// Whether to compute the robust variance (by cluster, or by row where there is none).
    pub robust: bool,
    /// Newton steps at most.
    pub iterations: usize,
}

impl Default for CoxOptions {
    fn default() -> Self {
        Self { ties: Ties::Efron, l2: 0.0, robust: false, iterations: 50 }
    }
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoxFit {
    /// Log hazard ratio of each column.
    pub coef: Vec<f64>,
    /// Model-based variance.
    pub variance: Array2<f64>,
    /// Robust variance, where asked for.
    pub robust_variance: Option<Array2<f64>>,
    /// Log partial likelihood at 0 and at `coef`, without the penalty.
    pub loglik: [f64; 2],
    /// Newton steps taken.
    pub iterations: usize,
    /// Rows with the event (of weight above 0).
    pub events: u64,
    /// Ties.
    pub ties: Ties,
    /// Ridge penalty.
    pub l2: f64,
}

impl CoxFit {
    /// Standard errors: robust where they were asked for.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.robust_variance
            .as_ref()
            .unwrap_or(&self.variance)
            .diag()
            .iter()
            .map(|v| v.max(0.0).sqrt())
            .collect()
    }

    /// The coefficients on the columns of `sets`, which are scaled.
    pub(crate) fn scaled(&self, sets: &RiskSets) -> Array1<f64> {
        self.coef.iter().zip(&sets.scale).map(|(c, s)| c * s).collect()
    }
}

/// Log likelihood, gradient and information, all on scaled columns.
pub(crate) fn evaluate(
    sets: &RiskSets,
    coef: &Array1<f64>,
    ties: Ties,
) -> Result<(f64, Array1<f64>, Array2<f64>), CoxError> {
    if ties == Ties::Exact {
        return exact(sets, coef);
    }
    let terms = terms(sets, coef, ties);
    let expected = expected(sets, &terms, None);
    let sums = covariate_sums(sets, &terms);
    Ok((terms.loglik, gradient(sets, &expected, None), information(sets, &terms, &sums, &expected, None)))
}

/// Log likelihood alone.
fn likelihood(sets: &RiskSets, coef: &Array1<f64>, ties: Ties) -> Result<f64, CoxError> {
    if ties == Ties::Exact { exact(sets, coef).map(|e| e.0) } else { Ok(terms(sets, coef, ties).loglik) }
}

/// What Newton's method ends with: coefficients on scaled columns, the factor of the information there, log likelihoods, steps.
struct Optimum {
    coef: Array1<f64>,
    factor: Array2<f64>,
    loglik: [f64; 2],
    iterations: usize,
}

/// How small the Newton decrement is at the end, as a share of the log likelihood, and one step before it.
const EXACT: (f64, f64) = (1e-22, 1e-16);
/// The same where coefficients are only compared.
const ROUGH: (f64, f64) = (1e-9, 1e-7);

/// Newton's method from `coef`; `penalty` by scaled column.
fn newton(
    sets: &RiskSets,
    options: &CoxOptions,
    penalty: &Array1<f64>,
    (mut coef, (end, near)): (Array1<f64>, (f64, f64)),
) -> Result<Optimum, CoxError> {
    let cost = |c: &Array1<f64>| 0.5 * (penalty * c * c).sum();
    let (mut start, mut settled) = (None, false);
    for iterations in 0..=options.iterations {
        let (loglik, slope, mut info) = evaluate(sets, &coef, options.ties)?;
        let first = *start.get_or_insert(loglik);
        info.diag_mut().zip_mut_with(penalty, |i, p| *i += p);
        let slope = slope - penalty * &coef;
        let failed = if iterations == 0 { CoxError::Singular } else { CoxError::Monotone };
        let factor = cholesky(&info).ok_or(failed)?;
        let step = solve(&factor, &slope);
        let decrement = slope.dot(&step);
        let largest = step.iter().zip(&coef).map(|(s, c)| s.abs() / (1.0 + c.abs())).fold(0.0, f64::max);
        let small = |share: f64| decrement <= share * (1.0 + loglik.abs()) && largest < 1e-6;
        if small(end) || (settled && small(near)) {
            return Ok(Optimum { coef, factor, loglik: [first, loglik], iterations });
        }
        settled = small(near);
        // The likelihood stands still and the coefficients do not.
        if decrement < 1e-9 * (1.0 + loglik.abs()) && largest > 1e-2 {
            return Err(CoxError::Monotone);
        }
        let (now, mut share) = (loglik - cost(&coef), 1.0);
        loop {
            let next = &coef + &(&step * share);
            let value = likelihood(sets, &next, options.ties)? - cost(&next);
            // A fall below rounding is no fall.
            if value >= now - 1e-11 * (1.0 + now.abs()) {
                coef = next;
                break;
            }
            share /= 2.0;
            if share < 1e-8 {
                return Err(CoxError::NotConverged);
            }
        }
    }
    Err(CoxError::NotConverged)
}

/// Fits Cox's model to data sorted before.
///
/// # Errors
/// See [`CoxError`].
pub fn fit_sets(data: &CoxData<'_>, sets: &RiskSets, options: &CoxOptions) -> Result<CoxFit, CoxError> {
    if !(options.l2 >= 0.0 && options.l2.is_finite()) {
        return Err(CoxError::Numbers);
    }
    let penalty: Array1<f64> = sets.scale.iter().map(|s| options.l2 / (s * s)).collect();
    let p = penalty.len();
    let found = newton(sets, options, &penalty, (Array1::zeros(p), EXACT))?;
    let variance = inverse(&found.factor);
    let back =
        |m: &Array2<f64>| Array2::from_shape_fn((p, p), |(i, j)| m[[i, j]] / (sets.scale[i] * sets.scale[j]));
    let robust_variance = if options.robust {
        Some(back(&robust_variance(data, sets, &found.coef, options.ties, &variance)?))
    } else {
        None
    };
    Ok(CoxFit {
        coef: found.coef.iter().zip(&sets.scale).map(|(c, s)| c / s).collect(),
        variance: back(&variance),
        robust_variance,
        loglik: found.loglik,
        iterations: found.iterations,
        events: sets.deaths.iter().map(|d| u64::from(*d)).sum(),
        ties: options.ties,
        l2: options.l2,
    })
}

/// Fits Cox's model.
///
/// # Errors
/// See [`CoxError`].
pub fn fit(data: &CoxData<'_>, options: &CoxOptions) -> Result<CoxFit, CoxError> {
    fit_sets(data, &RiskSets::new(data)?, options)
}

/// Coefficients under several ridges, in the units of the columns, each found from the one before to about four digits: to
/// choose between ridges. Ends early where `enough` says so of the coefficients found last.
///
/// # Errors
/// See [`CoxError`].
pub fn ridges(sets: &RiskSets, l2: &[f64], mut enough: impl FnMut(&[f64]) -> bool) -> Result<(), CoxError> {
    let mut coef = Array1::zeros(sets.scale.len());
    for l2 in l2 {
        let penalty: Array1<f64> = sets.scale.iter().map(|s| l2 / (s * s)).collect();
        coef = newton(sets, &CoxOptions::default(), &penalty, (coef, ROUGH))?.coef;
        let own: Vec<f64> = coef.iter().zip(&sets.scale).map(|(c, s)| c / s).collect();
        if enough(&own) {
            break;
        }
    }
    Ok(())
}
