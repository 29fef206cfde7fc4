//! Baseline cumulative hazard by stratum, and survival of new rows.
//!
//! The hazard at an event time is `sum (W/d) / D_f` (see [`super::derivatives`]): Breslow's or Efron's, as the fit's ties;
//! exact ties take Breslow's, as R does. All of it at covariates 0, so that a row's cumulative hazard is
//! `exp(x' coef + offset)` times the baseline's.
//!
//! Standard error of the cumulative hazard of a row, with `H` and `x` uncentred:
//! `exp(eta) sqrt(sum alpha + q' V q)`, `q = x H - sum hazard m`; of survival, `S` times that. The limits are on log S.
//! Before the first event time survival is 1; after the last one it stays.
//! Reference: Tsiatis (1981), Annals of Statistics 9:93; Therneau, Grambsch (2000), section 10.2.
//! Equals R survival 3.5-3 `basehaz(centered = FALSE)` and `survfit.coxph` (`conf.type = "log"`).
use super::{
    CoxData, CoxError, CoxFit, Ties,
    derivatives::{covariate_sums, terms},
    risk_sets::RiskSets,
};

use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Quantile 0.975 of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Baseline of one stratum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StratumBaseline {
    /// The stratum's label, 0 where there is one.
    pub stratum: u32,
    /// Distinct event times, rising.
    pub time: Vec<f64>,
    /// Increment of the cumulative hazard at each, for covariates 0.
    pub hazard: Vec<f64>,
    /// Increment of the variance of the cumulative hazard, the coefficients taken as known.
    pub variance: Vec<f64>,
    /// `hazard` times the mean covariates of the risk set: one row an event time.
    pub hazard_mean: Array2<f64>,
}

/// Survival of a row at some times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// Probability of no event so far.
    pub survival: f64,
    /// Standard error of `survival`.
    pub standard_error: f64,
    /// Lower limit at 95 %.
    pub lower: f64,
    /// Upper limit at 95 %, 1 at most.
    pub upper: f64,
}

/// Event times and hazard increments of each stratum with events, in the order of their labels.
///
/// # Errors
/// See [`CoxError`].
pub fn baseline(data: &CoxData<'_>, fit: &CoxFit) -> Result<Vec<StratumBaseline>, CoxError> {
    let sets = RiskSets::new(data)?;
    let ties = if fit.ties == Ties::Exact { Ties::Breslow } else { fit.ties };
    if fit.coef.len() != sets.scale.len() {
        return Err(CoxError::Lengths);
    }
    let terms = terms(&sets, &fit.scaled(&sets), ties);
    let sums = covariate_sums(&sets, &terms);
    // The sums were taken at the columns' means: hazards at 0 are lower or higher by this factor.
    let factor = (-sets.mean.iter().zip(&fit.coef).map(|(m, c)| m * c).sum::<f64>()).exp();
    let of = |(stratum, from, to): &(u32, usize, usize)| {
        let hazard_mean = Array2::from_shape_fn((to - from, fit.coef.len()), |(k, j)| {
            let g = from + k;
            let centred = terms.alpha[g] * sums.s1[[g, j]] - terms.beta[g] * sums.e1[[g, j]];
            factor * (centred * sets.scale[j] + terms.a[g] * sets.mean[j])
        });
        StratumBaseline {
            stratum: *stratum,
            time: sets.time[*from..*to].to_vec(),
            hazard: terms.a[*from..*to].iter().map(|a| a * factor).collect(),
            variance: terms.alpha[*from..*to].iter().map(|a| a * factor * factor).collect(),
            hazard_mean,
        }
    };
    Ok(sets.strata.iter().map(of).collect())
}

impl StratumBaseline {
    /// Cumulative hazard at `time`, for covariates 0.
    #[must_use]
    pub fn cumulative(&self, time: f64) -> f64 {
        self.hazard[..self.time.partition_point(|t| *t <= time)].iter().sum()
    }

    /// Survival of a row with covariates `x` (as many as coefficients) and `offset`, at `time`.
    ///
    /// # Errors
    /// Where `x` and the coefficients are not equally many.
    pub fn survival(&self, fit: &CoxFit, x: &[f64], offset: f64, time: f64) -> Result<Survival, CoxError> {
        let p = fit.coef.len();
        if x.len() != p || self.hazard_mean.ncols() != p {
            return Err(CoxError::Lengths);
        }
        let upto = self.time.partition_point(|t| *t <= time);
        let total: f64 = self.hazard[..upto].iter().sum();
        let risk = (x.iter().zip(&fit.coef).map(|(x, c)| x * c).sum::<f64>() + offset).exp();
        let q: Vec<f64> =
            (0..p).map(|j| x[j] * total - (0..upto).map(|g| self.hazard_mean[[g, j]]).sum::<f64>()).collect();
        let known = fit.robust_variance.as_ref().unwrap_or(&fit.variance);
        let spread: f64 =
            (0..p).map(|i| (0..p).map(|j| q[i] * known[[i, j]] * q[j]).sum::<f64>()).sum::<f64>();
        let error = risk * (self.variance[..upto].iter().sum::<f64>() + spread).max(0.0).sqrt();
        let (log, z) = (-risk * total, Z);
        Ok(Survival {
            survival: log.exp(),
            standard_error: log.exp() * error,
            lower: (log - z * error).exp(),
            upper: (log + z * error).exp().min(1.0),
        })
    }
}
