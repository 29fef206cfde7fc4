//! Score residuals, and the robust variance of the coefficients by cluster.
//!
//! A row's residual is `event (x - mean) - exp(eta) sum over its times of hazard (x - m)`, with Efron's share `1 - f` at the
//! row's own event time. As the sums over event times are differences of sums from the start, it costs `O(n p)` with delayed
//! entry too. Variance: `V (sum over clusters of (sum w residual)(sum w residual)') V`, no factor for few clusters.
//!
//! Undefined under exact ties ([`CoxError::NotExact`]).
//! Reference: Lin, Wei (1989), JASA 84:1074; Therneau, Grambsch (2000), section 7.2.
//! Equals R survival 3.5-3 `coxph(cluster =)` and `residuals(type = "score")` (there times the weight where `weighted`).
use super::{
    CoxData, CoxError, Ties,
    derivatives::{CovariateSums, Terms, covariate_sums, prefix, terms},
    risk_sets::RiskSets,
};
use ndarray::{Array1, Array2};
use std::collections::BTreeMap;

/// Mean covariates of the events at each event time: `(1 / W) sum (W/d) m_f`, one row an event time.
#[must_use]
pub fn event_means(sets: &RiskSets, terms: &Terms, sums: &CovariateSums) -> Array2<f64> {
    Array2::from_shape_fn(sums.s1.dim(), |(g, j)| {
        (terms.a[g] * sums.s1[[g, j]] - terms.b[g] * sums.e1[[g, j]]) / sets.death_weight[g]
    })
}

/// Score residuals of the kept rows on scaled columns, without the weights.
pub(crate) fn score_residuals(
    sets: &RiskSets,
    coef: &Array1<f64>,
    ties: Ties,
) -> Result<Array2<f64>, CoxError> {
    if ties == Ties::Exact {
        return Err(CoxError::NotExact);
    }
    let terms = terms(sets, coef, ties);
    let sums = covariate_sums(sets, &terms);
    let means = event_means(sets, &terms, &sums);
    let hazard = prefix(&terms.a, None);
    let (count, p) = sums.s1.dim();
    // Sums of hazard times mean, from the start.
    let mut drift = Array2::<f64>::zeros((count + 1, p));
    for g in 0..count {
        for j in 0..p {
            drift[[g + 1, j]] =
                drift[[g, j]] + terms.alpha[g] * sums.s1[[g, j]] - terms.beta[g] * sums.e1[[g, j]];
        }
    }
    Ok(Array2::from_shape_fn((sets.row.len(), p), |(r, j)| {
        let (from, to, x) = (sets.first[r], sets.last[r], sets.x[[r, j]]);
        let mut passed = (hazard[to] - hazard[from]) * x - (drift[[to, j]] - drift[[from, j]]);
        let mut seen = 0.0;
        if sets.event[r] {
            let g = to - 1;
            passed -= terms.b[g] * x - (terms.beta[g] * sums.s1[[g, j]] - terms.gamma[g] * sums.e1[[g, j]]);
            seen = x - means[[g, j]];
        }
        seen - terms.risk[r] * passed
    }))
}

/// Sandwich by cluster, on scaled columns.
pub(crate) fn robust_variance(
    data: &CoxData<'_>,
    sets: &RiskSets,
    coef: &Array1<f64>,
    ties: Ties,
    variance: &Array2<f64>,
) -> Result<Array2<f64>, CoxError> {
    let residuals = score_residuals(sets, coef, ties)?;
    let mut clusters: BTreeMap<u32, usize> = BTreeMap::new();
    if let Some(labels) = data.cluster {
        for i in &sets.row {
            let next = clusters.len();
            let _known: &mut usize = clusters.entry(labels[*i]).or_insert(next);
        }
    }
    let count = if data.cluster.is_some() { clusters.len() } else { sets.row.len() };
    let mut sums = Array2::<f64>::zeros((count, coef.len()));
    for (r, i) in sets.row.iter().enumerate() {
        let at = data.cluster.and_then(|l| clusters.get(&l[*i]).copied()).unwrap_or(r);
        sums.row_mut(at).scaled_add(sets.weight[r], &residuals.row(r));
    }
    let changes = sums.dot(variance);
    Ok(changes.t().dot(&changes))
}
