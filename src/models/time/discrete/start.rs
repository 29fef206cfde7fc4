//! Where the fit starts: crude log-odds by period and cause, coefficients from a sample of rows.
//!
//! Given coefficients of the columns, `alpha += ln(observed / expected)` by period and cause brings each alpha near its optimum in
//! one pass (iterative proportional fitting; Bishop, Fienberg and Holland (1975), *Discrete Multivariate Analysis*, section
//! 3.5). A period and cause without events has no finite optimum but for the ridge; there the ridge's own equation is solved.

use super::newton::Penalty;
use super::periods::Span;
use super::sums::{Point, Rows};
use crate::survival::CENSORED;
use ndarray::{Array1, Array2};

/// Weighted events by period and cause, and weighted rows at risk by period.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    /// Periods x causes.
    pub(super) events: Array2<f64>,
    /// One a period.
    pub(super) at_risk: Array1<f64>,
}

impl Counts {
    pub(super) fn new(spans: &[Span], weight: Option<&[f64]>, periods: usize, causes: usize) -> Self {
        let mut counts = Self { events: Array2::zeros((periods, causes)), at_risk: Array1::zeros(periods) };
        for (row, span) in spans.iter().enumerate() {
            let weight = weight.map_or(1.0, |w| w[row]);
            for period in usize::from(span.first)..usize::from(span.end) {
                counts.at_risk[period] += weight;
            }
            if span.cause != CENSORED && span.end > span.first {
                counts.events[[usize::from(span.end) - 1, usize::from(span.cause) - 1]] += weight;
            }
        }
        counts
    }

    /// The log-odds of each cause against none, over all periods.
    pub(super) fn overall(&self) -> Array1<f64> {
        let none = (self.at_risk.sum() - self.events.sum()).max(0.5);
        self.events.columns().into_iter().map(|column| (column.sum().max(0.5) / none).ln()).collect()
    }

    /// The crude log-odds of each period and cause against none.
    pub(super) fn crude(&self, penalty: &Penalty) -> Array2<f64> {
        Array2::from_shape_fn(self.events.dim(), |(j, k)| {
            let none = self.at_risk[j] - self.events.row(j).sum();
            let events = self.events[[j, k]];
            if self.at_risk[j] <= 0.0 {
                penalty.centre[k]
            } else if events > 0.0 {
                (events / none.max(0.5)).ln()
            } else {
                without_events(none.max(0.5), penalty.ridge, penalty.centre[k])
            }
        })
    }

    /// Moves the alphas of `point` near their optimum for its other coefficients.
    pub(super) fn fit_alpha(&self, rows: &Rows<'_>, penalty: &Penalty, point: &mut Point) {
        let residual = rows.sums(point, false).gradient.alpha;
        for ((j, k), alpha) in point.alpha.indexed_iter_mut() {
            let events = self.events[[j, k]];
            let expected = residual[[j, k]] + events;
            if events > 0.0 && expected > 0.0 {
                *alpha += (events / expected).ln();
            } else if events <= 0.0 && expected > 0.0 {
                *alpha = without_events(expected / alpha.exp(), penalty.ridge, penalty.centre[k]);
            }
        }
    }
}

/// Solves `n exp(a) = ridge (centre - a)` for a, by halving: a period of `n` at risk without events.
fn without_events(n: f64, ridge: f64, centre: f64) -> f64 {
    if ridge <= 0.0 || !n.is_finite() {
        return centre - 2.0;
    }
    let (mut low, mut high) = (centre - 700.0, centre);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if n * middle.exp() > ridge * (centre - middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::without_events;

    #[test]
    fn alpha_without_events_solves_its_equation() {
        let (n, ridge, centre) = (250.0, 1e-6, -3.0);
        let a = without_events(n, ridge, centre);
        assert!((n * a.exp() / (ridge * (centre - a)) - 1.0).abs() < 1e-9 && a < -10.0);
    }
}
