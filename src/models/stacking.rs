//! A stacked ensemble: several learners, and a logistic regression of what they say (Wolpert 1992, Neural Networks 5:241;
//! Breiman 1996, Machine Learning 24:49).
//!
//! The regression learns from chances that each learner gave to households it had not seen: the training households are dealt
//! into parts, and each part is predicted by learners taught by the others. No learner counts against itself: one whose weight
//! would be below 0 is left out (Breiman, section 3). Then every learner is taught by all.

use super::logistic::{FittedLogistic, Logistic};
use super::prepare::{self, Described, Prepared, Wants};
use super::registry::{Entry, REGISTRY};
use super::saved::{LoadError, SaveError, Saved};
use super::settings::{Setting, Settings};
use super::{FitError, Learned, Learner, Model, Origin, Training};
use crate::features::Matrix;
use crate::features::dictionary::Feature;
use crate::num::{seed, sigmoid};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, Axis};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The learners that are stacked: one that adds, one that draws curves, and one that asks questions.
pub const MEMBERS: &[&str] = &["elastic-net", "ebm", "boosting"];
/// Log-odds are taken no further than this, so that one sure mistake does not decide the weights.
const SUREST: f64 = 15.0;
/// Penalty of the regression; it has a handful of columns.
const L2: f64 = 1.0;

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "stacked",
    title: "Stacked ensemble",
    words: "It asks three other models (the one that picks its facts, the explainable boosting machine and gradient boosting) and weighs what they say.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: true,
    made_of: MEMBERS,
    settings: &[Setting::whole(
        "parts",
        3.0,
        (2.0, 20.0),
        "Parts of the households, each predicted by models taught by the others, that the weights are learned from.",
    )],
    make: |s| Box::new(Stacking { parts: s.whole("parts"), settings: s.all().clone(), seed: s.seed() }),
    load,
};

/// Settings.
#[derive(Clone, Debug)]
pub struct Stacking {
    /// Parts of the households.
    pub parts: usize,
    /// Those of the members.
    pub settings: Settings,
    /// How households are dealt.
    pub seed: u64,
}

/// A member, taught.
struct Member {
    entry: &'static Entry,
    prepared: Prepared,
    model: Box<dyn Model>,
}

/// The members and their weights.
#[expect(missing_debug_implementations, reason = "a model is whatever a learner makes")]
pub struct FittedStacking {
    members: Vec<Member>,
    weights: FittedLogistic,
}

fn members() -> impl Iterator<Item = &'static Entry> {
    REGISTRY.iter().filter(|e| MEMBERS.contains(&e.id))
}

impl Learner for Stacking {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let rows = Rows { matrix: matrix(&data.records), data, origin };
        let part = self.deal(&origin.household);
        let tasks: Vec<(usize, usize, &'static Entry)> =
            (0..self.parts).flat_map(|p| members().enumerate().map(move |(m, e)| (p, m, e))).collect();
        let places = |keep: &dyn Fn(usize) -> bool| -> Vec<u32> {
            (0..part.len()).filter(|i| keep(part[*i])).map(|i| i as u32).collect()
        };
        let told: Vec<Result<Told, FitError>> = tasks
            .into_par_iter()
            .map(|(left_out, m, entry)| {
                let (learn, judge) = (places(&|p| p != left_out), places(&|p| p == left_out));
                let member = rows.teach(entry, &self.settings, &learn)?;
                Ok((m, judge.clone(), member.log_odds(&rows.matrix, &judge)))
            })
            .collect();
        let mut x = Array2::zeros((part.len(), MEMBERS.len()));
        for told in told {
            let (m, judged, log_odds) = told?;
            for (row, odds) in judged.iter().zip(log_odds) {
                x[[*row as usize, m]] = odds;
            }
        }
        let weights = weigh(&rows.labelled(x))?;
        let all: Vec<u32> = (0..part.len() as u32).collect();
        let entries: Vec<&'static Entry> = members().collect();
        let taught: Vec<Result<Member, FitError>> =
            entries.into_par_iter().map(|entry| rows.teach(entry, &self.settings, &all)).collect();
        let members = taught.into_iter().collect::<Result<Vec<Member>, FitError>>()?;
        Ok(Box::new(FittedStacking { members, weights }))
    }
}

impl Stacking {
    /// The part of each row's household.
    fn deal(&self, household: &[u32]) -> Vec<usize> {
        let mut homes = household.to_vec();
        homes.sort_unstable();
        homes.dedup();
        let mut order: Vec<usize> = (0..homes.len()).collect();
        order.shuffle(&mut seed::stream(self.seed, "stacking"));
        let place = |home: &u32| homes.binary_search(home).map_or(0, |at| order[at] % self.parts);
        household.iter().map(place).collect()
    }
}

/// The place of a member, the rows that it judged, and their log-odds.
type Told = (usize, Vec<u32>, Array1<f64>);

/// The training rows as members see them.
struct Rows<'a> {
    matrix: Matrix,
    data: &'a Training,
    origin: &'a Origin,
}

impl Rows<'_> {
    /// These features for all rows, with the labels and weights of the rows.
    fn labelled(&self, x: Array2<f64>) -> Training {
        let data = Training::new(x, self.data.targets.clone());
        match self.data.weights() {
            Some(weights) => data.with_weights(Array1::from(weights.to_vec())),
            None => data,
        }
    }

    fn teach(&self, entry: &'static Entry, settings: &Settings, rows: &[u32]) -> Result<Member, FitError> {
        let places: Vec<usize> = rows.iter().map(|i| *i as usize).collect();
        let prepared = prepare::learn(&self.matrix, rows, &entry.wants(settings));
        let y = self.data.targets.select(Axis(0), &places);
        let mut data = Training::new(prepared.apply(&self.matrix, rows), y);
        if let Some(weights) = self.data.weights() {
            data = data.with_weights(places.iter().map(|i| weights[*i]).collect());
        }
        let mut origin = self.origin.select(&places);
        if !origin.direction.is_empty() {
            let of = |column: &Described<'_>| {
                if column.is_value() { self.origin.direction[column.source] } else { 0 }
            };
            origin.direction = prepared.described().iter().map(of).collect();
        }
        let model = entry.learner(settings).learn(&data, &origin)?;
        Ok(Member { entry, prepared, model })
    }
}

impl Member {
    fn log_odds(&self, matrix: &Matrix, rows: &[u32]) -> Array1<f64> {
        let p = self.model.probabilities(&self.prepared.apply(matrix, rows));
        p.mapv_into(|p| (p / (1.0 - p)).ln().clamp(-SUREST, SUREST))
    }
}

/// Prepared features as the matrix that they came from, for the members' own preparation.
fn matrix(x: &Array2<f64>) -> Matrix {
    let named = |at: usize| Feature::dated(format!("column {at}"), String::new(), "", "");
    Matrix { features: (0..x.ncols()).map(named).collect(), values: x.iter().map(|v| *v as f32).collect() }
}

/// A logistic regression whose weights are 0 or more.
fn weigh(data: &Training) -> Result<FittedLogistic, FitError> {
    let mut kept: Vec<usize> = (0..data.records.ncols()).collect();
    loop {
        let part = Training::new(data.records.select(Axis(1), &kept), data.targets.clone());
        let part = match data.weights() {
            Some(weights) => part.with_weights(Array1::from(weights.to_vec())),
            None => part,
        };
        let found = Logistic { l2: L2 }.fit(&part)?;
        let worst = (0..kept.len()).min_by(|a, b| found.coefficients[*a].total_cmp(&found.coefficients[*b]));
        match worst.filter(|at| found.coefficients[*at] < 0.0) {
            Some(at) => kept.remove(at),
            None => {
                let mut coefficients = Array1::zeros(data.records.ncols());
                for (at, column) in kept.iter().enumerate() {
                    coefficients[*column] = found.coefficients[at];
                }
                return Ok(FittedLogistic { coefficients, intercept: found.intercept });
            }
        };
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedStacking {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        let (matrix, rows) = (matrix(x), (0..x.nrows() as u32).collect::<Vec<u32>>());
        y.fill(self.weights.intercept);
        for (member, weight) in self.members.iter().zip(&self.weights.coefficients) {
            y.scaled_add(*weight, &member.log_odds(&matrix, &rows));
        }
        y.mapv_inplace(sigmoid);
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

/// A member as it is written: the bytes of all members stand one after another.
#[derive(Serialize, Deserialize)]
struct SavedMember {
    learner: String,
    prepared: Prepared,
    learned: serde_json::Value,
    bytes: usize,
}

impl Learned for FittedStacking {
    fn saved(&self) -> Result<Saved, SaveError> {
        let (mut members, mut binary) = (Vec::new(), Vec::new());
        for member in &self.members {
            let Saved { json, binary: bytes } = member.model.saved()?;
            let (learner, prepared) = (member.entry.id.to_owned(), member.prepared.clone());
            members.push(SavedMember { learner, prepared, learned: json, bytes: bytes.len() });
            binary.extend(bytes);
        }
        let members = serde_json::to_value(members).map_err(SaveError::new)?;
        let weights = serde_json::to_value(&self.weights).map_err(SaveError::new)?;
        Ok(Saved { json: json!({ "members": members, "weights": weights }), binary })
    }
}

fn load(saved: &Saved) -> Result<Box<dyn Model>, LoadError> {
    #[derive(Deserialize)]
    struct Kept {
        members: Vec<SavedMember>,
        weights: FittedLogistic,
    }
    let kept = Kept::deserialize(&saved.json).map_err(LoadError::new)?;
    let mut bytes = saved.binary.as_slice();
    let mut members = Vec::new();
    for SavedMember { learner, prepared, learned, bytes: length } in kept.members {
        let entry =
            REGISTRY.iter().find(|e| e.id == learner).ok_or_else(|| LoadError::new("no such learner"))?;
        let (own, rest) =
            bytes.split_at_checked(length).ok_or_else(|| LoadError::new("bytes are missing"))?;
        bytes = rest;
        let model = (entry.load)(&Saved { json: learned, binary: own.to_vec() })?;
        members.push(Member { entry, prepared, model });
    }
    if members.len() != kept.weights.coefficients.len() {
        return Err(LoadError::new("as many weights as members are needed"));
    }
    Ok(Box::new(FittedStacking { members, weights: kept.weights }))
}

#[cfg(test)]
mod tests {
    use super::weigh;
    use crate::models::Training;
    use ndarray::{Array1, Array2};

    /// Two columns say the same with noise of their own, the third says the opposite of the truth: it has no say.
    #[test]
    fn no_member_counts_against_itself() {
        let odds = |i: usize| (i % 21) as f64 / 5.0 - 2.0;
        let x = Array2::from_shape_fn((420, 3), |(i, j)| match j {
            0 => odds(i) + (i % 2) as f64,
            1 => odds(i) - (i % 3) as f64,
            _ => -odds(i) + (i % 5) as f64,
        });
        let y: Array1<bool> =
            (0..420).map(|i| (i * 7919 % 100) as f64 / 100.0 < super::sigmoid(odds(i))).collect();
        let found = weigh(&Training::new(x, y)).unwrap();
        assert!(found.coefficients[0] > 0.05 && found.coefficients[1] > 0.05, "{found:?}");
        assert!(found.coefficients[2].abs() < 1e-12, "{found:?}");
    }
}
