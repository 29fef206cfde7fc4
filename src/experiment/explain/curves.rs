//! How estimates move with a fact: every referral by the model of its own fold, so that no model is asked about rows that it
//! learned from.

use super::Bench;
use crate::explain::dependence::{
    Asked, LocalEffects, PartialDependence, local_effects_at, partial_dependence,
};
use crate::explain::found::{Curve, CurvePoint};
use crate::features::Matrix;
use ndarray::{Array1, Array2, Axis};
use std::collections::BTreeSet;

/// Points of a curve, at most.
const POINTS: usize = 9;

/// Raw features of rows, and the fold of each.
struct Rows {
    x: Array2<f64>,
    fold: Vec<usize>,
    household: Vec<u32>,
}

impl Bench<'_> {
    /// Curves of the first of `features` that can have one.
    pub(super) fn curves(&self, features: &[usize]) -> Vec<Curve> {
        let rows = self.rows();
        let drawn = features.iter().filter_map(|feature| self.curve(&rows, *feature));
        drawn.take(self.settings.curves).collect()
    }

    fn rows(&self) -> Rows {
        let ground = &self.made.ground;
        let all = || {
            self.folds.iter().enumerate().flat_map(|(f, taught)| taught.rows.iter().map(move |row| (f, *row)))
        };
        let width = ground.matrix.features.len();
        let values: Vec<f64> = all()
            .flat_map(|(_, row)| ground.matrix.row(row as usize).iter().map(|v| f64::from(*v)))
            .collect();
        Rows {
            x: Array2::from_shape_vec((values.len() / width.max(1), width), values).unwrap_or_default(),
            fold: all().map(|(fold, _)| fold).collect(),
            household: all().map(|(_, row)| ground.household[row as usize]).collect(),
        }
    }

    /// The chances of raw rows, each by the model of its fold. Rows stand fold after fold.
    fn chances(&self, x: &Array2<f64>, fold: &[usize]) -> Array1<f64> {
        let mut out = Array1::from_elem(x.nrows(), f64::NAN);
        let features = &self.made.ground.matrix.features;
        let mut start = 0;
        for part in fold.chunk_by(|a, b| a == b) {
            let end = start + part.len();
            let values = x.slice(ndarray::s![start..end, ..]).iter().map(|v| *v as f32).collect();
            let matrix = Matrix { features: features.clone(), values };
            let rows: Vec<u32> = (0..part.len() as u32).collect();
            let chances = self.folds[part[0]].fitted.chances(&matrix, &rows);
            out.slice_mut(ndarray::s![start..end]).assign(&chances);
            start = end;
        }
        out
    }

    fn curve(&self, rows: &Rows, feature: usize) -> Option<Curve> {
        let of = &self.made.ground.matrix.features[feature];
        let least = usize::try_from(self.made.ground.experiment.threshold).unwrap_or(usize::MAX);
        let grid = grid(rows, feature, least);
        // A category has no order, and a fact with one value no curve.
        if !of.levels.is_empty() || grid.len() < 2 {
            return None;
        }
        let asked = Asked { x: &rows.x, child: &rows.household, column: feature, least };
        let whole = partial_dependence(|x| self.chances(x, &rows.fold), asked, &grid).ok()?;
        let by_fold = self.by_fold(rows, asked, &grid);
        // Rows that have no value have no local effect.
        let known: Vec<usize> =
            (0..rows.fold.len()).filter(|i| !rows.x[[*i, feature]].is_nan()).map(|i| rows.fold[i]).collect();
        let local = local_effects_at(|x| self.chances(x, &known), asked, &grid);
        let mean = self.mean_chance();
        let local_from = local.as_ref().ok().map(|l| (mean, l));
        let points = (0..grid.len()).map(|i| self.point(&whole, &by_fold, local_from, (feature, i)));
        Some(Curve {
            id: of.id.clone(),
            words: of.plain(),
            points: points.collect(),
            missing: whole.missing.map(|level| CurvePoint {
                at: None,
                chance: level.mean,
                folds: ends(by_fold.iter().filter_map(|f| f.missing.map(|m| m.mean))),
                local: None,
                shape: self.shape(feature, f64::NAN),
                households: level.support.children as u64,
                rows: level.support.rows as u64,
            }),
            local: local.map(|_| ()).map_err(|reason| reason.to_string()),
        })
    }

    /// The curve of each fold's rows.
    fn by_fold(&self, rows: &Rows, asked: Asked<'_>, grid: &[f64]) -> Vec<PartialDependence> {
        let of = |fold: usize| {
            let own: Vec<usize> = (0..rows.fold.len()).filter(|i| rows.fold[*i] == fold).collect();
            let (x, same) = (rows.x.select(Axis(0), &own), vec![fold; own.len()]);
            let household: Vec<u32> = own.iter().map(|i| rows.household[*i]).collect();
            let asked = Asked { x: &x, child: &household, ..asked };
            partial_dependence(|x| self.chances(x, &same), asked, grid).ok()
        };
        (0..self.folds.len()).filter_map(of).collect()
    }

    fn point(
        &self,
        whole: &PartialDependence,
        by_fold: &[PartialDependence],
        local: Option<(f64, &LocalEffects)>,
        (feature, i): (usize, usize),
    ) -> CurvePoint {
        let point = whole.points[i];
        let effect = |l: &LocalEffects| if i == 0 { l.start } else { l.intervals[i - 1].effect };
        CurvePoint {
            at: Some(point.at),
            chance: point.level.mean,
            folds: ends(by_fold.iter().map(|f| f.points[i].level.mean)),
            local: local.map(|(mean, l)| mean + effect(l)),
            shape: self.shape(feature, point.at),
            households: point.level.support.children as u64,
            rows: point.level.support.rows as u64,
        }
    }

    /// The mean chance of the rows looked at.
    fn mean_chance(&self) -> f64 {
        let all = self.folds.iter().map(|f| f.fitted.chances(self.made.ground.matrix, &f.rows));
        let (sum, n) = all.fold((0.0, 0.0), |(sum, n), p| (sum + p.sum(), n + p.len() as f64));
        sum / n
    }

    /// What the shapes of explainable boosting machines say of a value, if every fold's model is one that has this feature.
    fn shape(&self, feature: usize, at: f64) -> Option<(f64, f64, f64)> {
        let of = |taught: &super::Taught| {
            let ebm = taught.fitted.model.shapes()?;
            let column = taught.fitted.prepared.sources().iter().position(|s| *s == feature)?;
            let term = ebm.terms().iter().find(|term| term.features == [column])?;
            Some((term.at(&[at]), 2.0 * term.deviation_at(&[at])))
        };
        let all: Vec<(f64, f64)> = self.folds.iter().map(of).collect::<Option<_>>()?;
        let n = all.len() as f64;
        let (mean, two) = all.iter().fold((0.0, 0.0), |(a, b), (v, d)| (a + v / n, b + d / n));
        Some((mean, mean - two, mean + two))
    }
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Values at which a curve is drawn: all that at least `least` households have, where there are few; else quantiles, rounded to
/// two digits. In either case as many households have a value as high or higher, and one between it and the one before.
fn grid(rows: &Rows, feature: usize, least: usize) -> Vec<f64> {
    let column = rows.x.column(feature);
    let mut values: Vec<(f64, u32)> =
        column.iter().copied().zip(rows.household.iter().copied()).filter(|(v, _)| !v.is_nan()).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let enough = |has: &dyn Fn(f64) -> bool| {
        let of = values.iter().filter(|(v, _)| has(*v)).map(|(_, household)| *household);
        of.collect::<BTreeSet<u32>>().len() >= least
    };
    let (mut distinct, n): (Vec<f64>, usize) = (values.iter().map(|(v, _)| *v).collect(), values.len());
    distinct.dedup();
    let wanted: Vec<f64> = if distinct.len() <= POINTS {
        distinct.into_iter().filter(|at| enough(&|v| v.total_cmp(at).is_eq())).collect()
    } else {
        let quantile = |k: usize| values[(n - 1) * (2 * k + 1) / (2 * POINTS)].0;
        (0..POINTS).map(|k| rounded(quantile(k))).collect()
    };
    let mut grid: Vec<f64> = Vec::new();
    for at in wanted {
        let apart = grid.last().is_none_or(|after| at > *after && enough(&|v| v > *after && v <= at));
        if apart && enough(&|v| v >= at) {
            grid.push(at);
        }
    }
    grid
}

/// To two significant digits.
fn rounded(value: f64) -> f64 {
    if value.abs() < f64::MIN_POSITIVE {
        return 0.0;
    }
    let digit = 10_f64.powf(value.abs().log10().floor() - 1.0);
    (value / digit).round() * digit
}

#[cfg(test)]
mod tests {
    use super::{Rows, grid, rounded};
    use ndarray::Array2;

    fn rows(values: Vec<f64>) -> Rows {
        let n = values.len();
        Rows {
            x: Array2::from_shape_vec((n, 1), values).unwrap(),
            fold: vec![0; n],
            household: (0..n as u32).collect(),
        }
    }

    #[test]
    fn few_values_are_all_drawn_if_enough_children_have_them() {
        let mut values = vec![0.0; 40];
        values.extend([1.0; 20]);
        values.extend([2.0; 9]);
        values.push(f64::NAN);
        assert_eq!(grid(&rows(values.clone()), 0, 10), [0.0, 1.0]);
        assert_eq!(grid(&rows(values), 0, 9), [0.0, 1.0, 2.0]);
        // Nine have 6 and one has 7: neither is drawn, though ten lie between 5 and 7.
        let mut few = vec![5.0; 30];
        few.extend([6.0; 9]);
        few.push(7.0);
        few.extend([4.0; 10]);
        few.push(3.0);
        assert_eq!(grid(&rows(few), 0, 10), [4.0, 5.0]);
    }

    #[test]
    fn many_values_are_drawn_at_rounded_quantiles() {
        let values: Vec<f64> = (0..1000).map(|i| 1013.0 + f64::from(i)).collect();
        let got = grid(&rows(values), 0, 10);
        assert!(got.len() >= 7 && got.iter().all(|v| v % 100.0 == 0.0), "{got:?}");
        assert_eq!(
            [1234.0, 87.4, 3.44, 0.0].map(|v| (10.0 * rounded(v)).round() as i32),
            [12000, 870, 34, 0]
        );
    }
}
