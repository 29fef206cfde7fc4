//! What each prepared column moves a model's estimate by, read from the model: exactly for sums (linear models, cards of
//! points, explainable boosting machines), by `TreeSHAP` for trees.
//!
//! All are interventional SHAP values (Lundberg and Lee 2017, Advances in Neural Information Processing Systems 30) against the
//! rows of a background: a column's contributions have mean 0 over it, and a row's add up to its estimate less the mean
//! estimate over the background, in the units of the model's sum.

use super::linear;
use super::tree_shap::interventional;
use super::xgboost_json::ensemble_of;
use crate::models::Model;
use crate::models::ebm::FittedEbm;
use crate::models::scorecard::Card;
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// The units of a model's sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Log-odds.
    LogOdds,
    /// Chance, as for a forest, which is a mean of shares.
    Chance,
}

/// Contributions of columns.
#[derive(Clone, Debug)]
pub struct Contributions {
    /// Rows × columns.
    pub values: Array2<f64>,
    /// The mean estimate over the background. A row's contributions and this add up to its estimate.
    pub expected: f64,
    /// The units of both.
    pub unit: Unit,
    /// Whether the model is a sum that anyone can read, and not trees.
    pub sum: bool,
}

/// Why a model has none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContributionError {
    /// It is neither a sum of what its columns say nor made of trees.
    #[error("what it adds up cannot be read from this kind of model")]
    NoSuchForm,
    /// The model or the rows cannot be used.
    #[error("{0}")]
    Fault(String),
}

/// The contributions of the columns of rows `x` against `background`, both prepared as the model's training rows were (rows ×
/// columns).
///
/// # Errors
/// With a model that has none, or rows of another width.
pub fn contributions(
    model: &dyn Model,
    x: &Array2<f64>,
    background: &Array2<f64>,
) -> Result<Contributions, ContributionError> {
    let fault = |e: &dyn std::fmt::Display| ContributionError::Fault(e.to_string());
    let of_sum = |(values, expected)| Contributions { values, expected, unit: Unit::LogOdds, sum: true };
    if let Some((intercept, weights)) = model.weights() {
        let mean = background.mean_axis(Axis(0)).ok_or_else(|| fault(&"the background has no rows"))?;
        let weights = Array1::from(weights);
        let found = linear::contributions(intercept, weights.view(), x.view(), mean.view());
        let found = found.map_err(|e| fault(&e))?;
        return Ok(of_sum((found.values, found.reference)));
    }
    if let Some(card) = model.card() {
        return Ok(of_sum(of_card(card, x, background)));
    }
    if let Some(ebm) = model.shapes() {
        return Ok(of_sum(of_shapes(ebm, x, background)));
    }
    let json = model.xgboost_json().ok_or(ContributionError::NoSuchForm)?.map_err(|e| fault(&e))?;
    let (ensemble, unit) = ensemble_of(&json).map_err(|e| fault(&e))?;
    let found = interventional(&ensemble, x.view(), background.view()).map_err(|e| fault(&e))?;
    Ok(Contributions { values: found.values, expected: found.expected, unit, sum: false })
}

/// Log-odds by the points of a card: a line gives the points of its answer less their mean over the background.
fn of_card(card: &Card, x: &Array2<f64>, background: &Array2<f64>) -> (Array2<f64>, f64) {
    let mut values = Array2::zeros(x.dim());
    let mut expected = f64::from(card.intercept) / card.multiplier;
    for line in &card.lines {
        let points = f64::from(line.points) / card.multiplier;
        let yes = |row: ArrayView1<'_, f64>| f64::from(u8::from(line.question.answer(row)));
        let mean = mean(background, yes);
        expected += points * mean;
        for (mut out, row) in values.rows_mut().into_iter().zip(x.rows()) {
            out[line.question.column] += points * (yes(row) - mean);
        }
    }
    (values, expected)
}

/// Log-odds by the shapes of a machine. What two columns say together is shared between them: a column has the mean of what
/// it changes if the other comes from the row and if it comes from the background.
fn of_shapes(ebm: &FittedEbm, x: &Array2<f64>, background: &Array2<f64>) -> (Array2<f64>, f64) {
    let mut values = Array2::zeros(x.dim());
    let mut expected = ebm.intercept();
    for term in ebm.terms() {
        let of = |row: ArrayView1<'_, f64>| term.at(&of_row(&term.features, row));
        let mean = mean(background, of);
        expected += mean;
        match term.features[..] {
            [column] => {
                for (mut out, row) in values.rows_mut().into_iter().zip(x.rows()) {
                    out[column] += of(row) - mean;
                }
            }
            [first, second] => {
                for (mut out, row) in values.rows_mut().into_iter().zip(x.rows()) {
                    let both = of(row);
                    let n = background.nrows().max(1) as f64;
                    let mixed = |take: usize| -> f64 {
                        let sums = background.rows().into_iter().map(|z| {
                            let at =
                                if take == 0 { [row[first], z[second]] } else { [z[first], row[second]] };
                            term.at(&at)
                        });
                        sums.sum::<f64>() / n
                    };
                    let (with_first, with_second) = (mixed(0), mixed(1));
                    out[first] += (both - with_second + with_first - mean) / 2.0;
                    out[second] += (both - with_first + with_second - mean) / 2.0;
                }
            }
            _ => {}
        }
    }
    (values, expected)
}

fn of_row(columns: &[usize], row: ArrayView1<'_, f64>) -> Vec<f64> {
    columns.iter().map(|column| row[*column]).collect()
}

fn mean(rows: &Array2<f64>, of: impl Fn(ArrayView1<'_, f64>) -> f64) -> f64 {
    rows.rows().into_iter().map(of).sum::<f64>() / rows.nrows().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::registry::REGISTRY;
    use crate::models::settings::Settings;
    use crate::models::{Origin, Training};
    use crate::num::{logit, seed, sigmoid};
    use rand::RngExt;

    /// 600 rows of three columns, the third missing in every ninth; the first two matter together.
    fn training() -> Training {
        let mut rng = seed::stream(9, "contributions");
        let mut x = Array2::from_shape_fn((600, 3), |_| (rng.random::<f64>() * 6.0).floor());
        let y = (0..600).map(|i| {
            let (a, b) = (x[[i, 0]], x[[i, 1]]);
            rng.random::<f64>() < sigmoid(0.4 * a + if a > 2.0 && b > 2.0 { 1.5 } else { 0.0 } - 2.0)
        });
        let y = Array1::from_iter(y);
        (0..600).step_by(9).for_each(|i| x[[i, 2]] = f64::NAN);
        Training::new(x, y)
    }

    fn taught(id: &str) -> Box<dyn Model> {
        let mut data = training();
        let entry = REGISTRY.iter().find(|e| e.id == id).unwrap();
        if !["scorecard", "ebm", "forest", "boosting"].contains(&id) {
            data.records.mapv_inplace(|v| if v.is_nan() { 0.0 } else { v });
        }
        let mut settings = Settings::default();
        assert!(settings.set("boosting", "rounds", 20.0) && settings.set("forest", "trees", 20.0));
        entry.learner(&settings).learn(&data, &Origin::apart(600)).unwrap()
    }

    fn rows(missing: bool) -> (Array2<f64>, Array2<f64>) {
        let x = training().records.mapv(|v| if v.is_nan() && !missing { 0.0 } else { v });
        let some = |step: usize| x.select(Axis(0), &(0..600).step_by(step).collect::<Vec<_>>());
        (some(27), some(30))
    }

    /// The value of a set of columns is the mean sum over the background with these columns from the row: Shapley's
    /// formula over all sets, for three columns.
    fn brute_force(sum: &dyn Fn(&Array2<f64>) -> Array1<f64>, row: &[f64], z: &Array2<f64>) -> Vec<f64> {
        let value = |set: usize| {
            let mut mixed = z.clone();
            for (j, value) in row.iter().enumerate().filter(|(j, _)| set & (1 << j) != 0) {
                mixed.column_mut(j).fill(*value);
            }
            sum(&mixed).sum() / z.nrows() as f64
        };
        let weights = [1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0];
        let of = |j: usize| {
            let others = (0..8_usize).filter(|set| set & (1 << j) == 0);
            others.map(|set| weights[set.count_ones() as usize] * (value(set | (1 << j)) - value(set))).sum()
        };
        (0..3).map(of).collect()
    }

    #[test]
    fn they_equal_brute_force_for_every_kind_of_model_that_has_them() {
        for (id, missing, close) in [
            ("logistic", false, 1e-9),
            ("elastic-net", false, 1e-9),
            ("scorecard", true, 1e-9),
            ("ebm", true, 1e-9),
            // Single precision inside.
            ("boosting", true, 1e-4),
            ("forest", true, 1e-5),
        ] {
            let model = taught(id);
            let (x, background) = rows(missing);
            let got = contributions(model.as_ref(), &x, &background).unwrap();
            let sum = |rows: &Array2<f64>| {
                let p = model.probabilities(rows);
                if got.unit == Unit::LogOdds { p.mapv(logit) } else { p }
            };
            let estimates = sum(&x);
            assert!((sum(&background).mean().unwrap() - got.expected).abs() < close, "{id}");
            assert_eq!(got.sum, !["boosting", "forest"].contains(&id));
            for (i, row) in x.rows().into_iter().enumerate() {
                let want = brute_force(&sum, &row.to_vec(), &background);
                let worst =
                    want.iter().zip(got.values.row(i)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(worst < close, "{id} row {i}: {want:?} {:?}", got.values.row(i));
                assert!((got.values.row(i).sum() + got.expected - estimates[i]).abs() < close, "{id}");
            }
        }
    }

    #[test]
    fn a_model_of_another_kind_says_so() {
        let (x, background) = rows(false);
        for id in ["naive-bayes", "stacked"] {
            let got = contributions(taught(id).as_ref(), &x, &background);
            assert_eq!(got.unwrap_err(), ContributionError::NoSuchForm, "{id}");
        }
    }
}
