//! What each fact moves estimates by, read from the models of all folds.

use super::{Bench, Taught};
use crate::explain::contributions::{Contributions, Unit, contributions};
use crate::explain::found::{How, Push, Reading};
use crate::num::{logit, sigmoid};
use ndarray::Array2;

/// By feature.
pub(super) struct Pushes {
    pub(super) how: How,
    sizes: Vec<f64>,
    directions: Vec<Option<f64>>,
}

impl Pushes {
    pub(super) fn of(&self, feature: usize) -> Push {
        Push { size: self.sizes[feature], direction: self.directions[feature] }
    }
}

impl Bench<'_> {
    /// Contributions of the rows of a fold, by feature.
    pub(super) fn contributions(
        &self,
        taught: &Taught,
        rows: &[u32],
    ) -> Reading<(Array2<f64>, Contributions)> {
        let matrix = self.made.ground.matrix;
        let (x, background) = (taught.fitted.x(matrix, rows), taught.fitted.x(matrix, &taught.background));
        let found = contributions(taught.fitted.model.as_ref(), &x, &background);
        let found = found.map_err(|reason| reason.to_string())?;
        let mut by_feature = Array2::zeros((rows.len(), matrix.features.len()));
        for (column, source) in taught.fitted.prepared.sources().into_iter().enumerate() {
            let mut of = by_feature.column_mut(source);
            of += &found.values.column(column);
        }
        Ok((by_feature, found))
    }

    /// The mean absolute contribution of each feature, and whether it rises with its value.
    pub(super) fn pushes(&self) -> Reading<Pushes> {
        let features = self.made.ground.matrix.features.len();
        let (mut how, mut rows) = (None, 0.0);
        let mut sizes = vec![0.0; features];
        let mut directions: Vec<Vec<Option<f64>>> = vec![Vec::new(); features];
        for (_, taught) in self.each() {
            let (by_feature, found) = self.contributions(taught, &taught.rows)?;
            how = Some(if found.sum { How::Sum } else { How::Trees });
            rows += taught.rows.len() as f64;
            for feature in 0..features {
                let of = by_feature.column(feature);
                // As a difference in chance at the mean chance: log-odds say little to a reader.
                let size = |push: &f64| match found.unit {
                    Unit::Chance => push.abs(),
                    Unit::LogOdds => {
                        let mean = sigmoid(found.expected);
                        (sigmoid(logit(mean) + push) - mean).abs()
                    }
                };
                sizes[feature] += of.iter().map(size).sum::<f64>();
                let values = taught.rows.iter().map(|&i| self.made.ground.matrix.row(i as usize)[feature]);
                let known: Vec<(f64, f64)> = values
                    .zip(of)
                    .filter(|(value, _)| !value.is_nan())
                    .map(|(value, push)| (f64::from(value), *push))
                    .collect();
                directions[feature].push(correlation(&known));
            }
        }
        // A model that does not use a fact has no say which way, and makes what the others say less sure.
        let mean = |values: Vec<Option<f64>>| {
            let sum = values.iter().flatten().sum::<f64>();
            values.iter().any(Option::is_some).then(|| sum / values.len() as f64)
        };
        Ok(Pushes {
            how: how.ok_or("there is no fold")?,
            sizes: sizes.into_iter().map(|sum| if rows > 0.0 { sum / rows } else { 0.0 }).collect(),
            directions: directions.into_iter().map(mean).collect(),
        })
    }
}

/// Spearman's correlation, equal values sharing the mean of their ranks; none where one of the two does not vary.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        order.sort_by(|&a, &b| of(&pairs[a]).total_cmp(&of(&pairs[b])));
        let (mut out, mut before) = (vec![0.0; pairs.len()], 0.0);
        for tied in order.chunk_by(|a, b| (of(&pairs[*a]) - of(&pairs[*b])).abs() < 1e-12) {
            tied.iter().for_each(|&i| out[i] = before + tied.len() as f64 / 2.0);
            before += tied.len() as f64;
        }
        out
    };
    let (x, y) = (ranks(|p| p.0), ranks(|p| p.1));
    let middle = pairs.len() as f64 / 2.0;
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let correlation = sum(&x, &y) / (sum(&x, &x) * sum(&y, &y)).sqrt();
    correlation.is_finite().then(|| correlation.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::correlation;

    #[test]
    fn what_does_not_vary_has_no_direction() {
        assert!((correlation(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]).unwrap() - 1.0).abs() < 1e-12);
        assert!((correlation(&[(1.0, 1.0), (2.0, 0.0), (3.0, -1.0)]).unwrap() + 1.0).abs() < 1e-12);
        // However skewed, what only rises is one way.
        let skewed: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i).exp(), f64::from(i / 5))).collect();
        assert!(correlation(&skewed).unwrap() > 0.9);
        assert!(correlation(&[(1.0, 0.0), (2.0, 0.0)]).is_none() && correlation(&[]).is_none());
    }
}
