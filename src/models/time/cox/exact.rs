//! Exact partial likelihood for times that are discrete: each event time is a conditional logistic regression.
//!
//! At an event time with `d` events in a risk set, the likelihood is `exp(sum of eta over the events) / B(d)`, where `B(d)`
//! is the elementary symmetric polynomial of the `exp(eta)` of degree `d`: `B_k <- B_k + exp(eta) B_{k-1}` row by row, and
//! its derivatives with it. Cost `O(n d p^2)` an event time, so it is for small data.
//!
//! Undefined: weights other than 1 (as in R), and ties of which the number of ways overflows.
//! Reference: Gail, Lubin, Rubinstein (1981), Biometrika 68:703. Equals R survival 3.5-3 `coxph(ties = "exact")`.
use super::{CoxError, derivatives::linear_predictor, risk_sets::RiskSets};
use ndarray::{Array1, Array2};

/// Log likelihood, gradient and information.
pub type Exact = (f64, Array1<f64>, Array2<f64>);

/// Polynomials of one risk set and their first and second derivatives, by degree.
struct Polynomials {
    value: Vec<f64>,
    first: Vec<Array1<f64>>,
    second: Vec<Array2<f64>>,
}

impl Polynomials {
    fn new(degree: usize, p: usize) -> Self {
        let mut value = vec![0.0; degree + 1];
        value[0] = 1.0;
        Self {
            value,
            first: vec![Array1::zeros(p); degree + 1],
            second: vec![Array2::zeros((p, p)); degree + 1],
        }
    }

    /// Takes one more row into the risk set.
    fn add(&mut self, risk: f64, x: &Array1<f64>, outer: &Array2<f64>) {
        for k in (1..self.value.len()).rev() {
            let low = self.first[k - 1].clone();
            // (u B)'' = u (x x' B + x B'' s cross terms + B'').
            let mut add = &self.second[k - 1] + &(outer * self.value[k - 1]);
            for i in 0..x.len() {
                for j in 0..x.len() {
                    add[[i, j]] += x[i] * low[j] + low[i] * x[j];
                }
            }
            self.second[k].scaled_add(risk, &add);
            self.first[k].scaled_add(risk, &(low + &(x * self.value[k - 1])));
            self.value[k] += risk * self.value[k - 1];
        }
    }
}

/// Log likelihood and derivatives at `coef` (on the centred, scaled columns).
///
/// # Errors
/// With weights other than 1, or ties too large.
pub fn exact(sets: &RiskSets, coef: &Array1<f64>) -> Result<Exact, CoxError> {
    if sets.weight.iter().any(|w| (w - 1.0).abs() > 0.0) {
        return Err(CoxError::ExactWeights);
    }
    let p = coef.len();
    let eta = linear_predictor(sets, coef);
    let (mut loglik, mut slope, mut info) = (0.0, Array1::<f64>::zeros(p), Array2::<f64>::zeros((p, p)));
    for (_, from, to) in &sets.strata {
        // Rows of the stratum stand together, in the order of their last event time.
        let rows = sets.leaving[*from]..sets.leaving[*to];
        for g in *from..*to {
            let at_risk: Vec<usize> =
                rows.clone().filter(|r| sets.first[*r] <= g && g < sets.last[*r]).collect();
            let degree = sets.deaths[g] as usize;
            // Past this the number of ways to choose the events leaves the range of a double.
            if degree as f64 * (at_risk.len() as f64).ln() > 600.0 {
                return Err(CoxError::TiesTooLarge);
            }
            let top = at_risk.iter().map(|r| eta[*r]).fold(f64::NEG_INFINITY, f64::max);
            let mut ways = Polynomials::new(degree, p);
            for &r in &at_risk {
                let x = sets.x.row(r).to_owned();
                let outer = Array2::from_shape_fn((p, p), |(i, j)| x[i] * x[j]);
                ways.add((eta[r] - top).exp(), &x, &outer);
                if sets.event[r] && sets.last[r] == g + 1 {
                    loglik += eta[r] - top;
                    slope += &x;
                }
            }
            let value = ways.value[degree];
            let mean = &ways.first[degree] / value;
            loglik -= value.ln();
            slope -= &mean;
            info.scaled_add(1.0 / value, &ways.second[degree]);
            for i in 0..p {
                for j in 0..p {
                    info[[i, j]] -= mean[i] * mean[j];
                }
            }
        }
    }
    Ok((loglik, slope, info))
}
