//! Integer scorecards: a few yes/no questions, small points for each yes, and a table from scores to risks.
//!
//! `FasterRisk` (Liu, Zhong, Li, Seltzer and Rudin 2022, Advances in Neural Information Processing Systems 35,
//! arXiv:2210.05846): a beam search for sparse logistic regressions within bounds (section 3.1), a pool of near equals by
//! swapping one question for another (section 3.2), and for each a search over multipliers with rounding by an auxiliary
//! loss (section 3.3). The raw columns are first cut into questions. Newton's method on the distinct answers of a support
//! stands in the place of the paper's coordinate descent on the rows: the optimum is the same.

mod card;
mod cells;
mod design;
mod questions;
mod rounding;
mod search;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod tests;

pub use card::{Ask, Card, Line, Question};

use super::prepare::Wants;
use super::registry::Entry;
use super::saved::{SaveError, Saved, from_json};
use super::settings::Setting;
use super::{FitError, Learned, Learner, Model, Origin, Training};
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayView2};
use questions::Questions;
use search::{IntegerSolution, Settings, search};
use serde::{Deserialize, Serialize};

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Scorecard {
    /// Lines on the card, at most.
    pub facts: usize,
    /// Largest points that a line gives or takes.
    pub points: u32,
    /// Cards in the pool, at most.
    pub pool: usize,
    /// Share of the best card's loss by which another of the pool may be worse.
    pub gap: f64,
    /// Distinct children that must answer a question with yes, and as many with no.
    pub min_children: usize,
    /// Supports that the search keeps at each size, and children it tries of each.
    pub beam: usize,
}

impl Default for Scorecard {
    fn default() -> Self {
        Self { facts: 8, points: 5, pool: 50, gap: 0.05, min_children: 10, beam: 10 }
    }
}

/// Training rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Rows x raw columns; missing is not a number.
    pub x: ArrayView2<'a, f64>,
    /// The outcome of every row.
    pub y: &'a [bool],
    /// The weight of every row, not negative; all one where there are none.
    pub weights: Option<&'a [f32]>,
    /// The child of every row.
    pub child: &'a [u32],
}

/// Why a fit failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// All training rows (of positive weight) have the same outcome.
    #[error("all training rows have the same answer")]
    OneClass,
    /// The rows, outcomes, weights and children are not equally many, or a weight is negative or not a number.
    #[error(
        "rows, outcomes, weights and children are not equally many, or a weight is negative or not a number"
    )]
    Mismatch,
    /// Not one point may be given, so no line can say anything.
    #[error("not one point may be given")]
    NoPoints,
}

/// As registered.
pub const ENTRY: Entry = Entry {
    id: "scorecard",
    title: "Scorecard",
    words: "It asks a few yes-or-no questions about the recorded history, gives a few points for each yes, and reads the estimate off \
            a table. It fits on one page and can be worked out by hand.",
    baseline: false,
    wants: Wants::Raw,
    takes_weights: true,
    draws: false,
    made_of: &[],
    settings: &[
        Setting::whole("facts", 8.0, (1.0, 20.0), "Questions on the card, at most."),
        Setting::whole("points", 5.0, (1.0, 100.0), "Points that one question gives or takes, at most."),
        Setting::whole(
            "min_leaf",
            10.0,
            (1.0, 1e6),
            "Children that answer a question with yes, and with no, at least.",
        ),
        Setting::whole("pool", 50.0, (1.0, 1000.0), "Cards that are nearly as good, looked for at most."),
        Setting::number("gap", 0.05, (0.0, 1.0), "Share of the loss by which they may be worse."),
    ],
    make: |s| {
        Box::new(Scorecard {
            facts: s.whole("facts"),
            points: s.whole("points") as u32,
            pool: s.whole("pool"),
            gap: s.number("gap"),
            min_children: s.whole("min_leaf"),
            ..Scorecard::default()
        })
    },
    load: from_json::<FittedScorecard>,
};

impl Learner for Scorecard {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let y = data.targets.to_vec();
        let rows = Rows { x: data.records.view(), y: &y, weights: data.weights(), child: &origin.child };
        match self.fit(&rows) {
            Ok(fitted) => Ok(Box::new(fitted)),
            Err(CardError::OneClass) => Err(FitError::OneClass),
            Err(error) => Err(FitError::library(error)),
        }
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for FittedScorecard {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        y.assign(&self.best.probabilities(x.view()));
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

impl Learned for FittedScorecard {
    fn saved(&self) -> Result<Saved, SaveError> {
        Saved::json(self)
    }

    fn card(&self) -> Option<&Card> {
        Some(&self.best)
    }

    /// Of each line its column, cut and points; the intercept and the multiplier.
    fn parameters(&self) -> Option<u64> {
        Some(2 + 3 * self.best.lines.len() as u64)
    }
}

/// The cards found, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedScorecard {
    best: Card,
    pool: Vec<Card>,
}

impl Scorecard {
    /// Fits the card and its pool.
    ///
    /// # Errors
    /// [`CardError`]: one class, unlike lengths, bad weights or no points to give.
    pub fn fit(&self, rows: &Rows<'_>) -> Result<FittedScorecard, CardError> {
        let n = rows.x.nrows();
        let weights =
            rows.weights.map_or_else(|| vec![1.0; n], |w| w.iter().map(|&w| f64::from(w)).collect());
        let bad = |w: &f64| !w.is_finite() || *w < 0.0;
        if rows.y.len() != n || rows.child.len() != n || weights.len() != n || weights.iter().any(bad) {
            return Err(CardError::Mismatch);
        }
        if self.points == 0 {
            return Err(CardError::NoPoints);
        }
        let total: f64 = weights.iter().sum();
        let events: f64 = weights.iter().zip(rows.y).filter(|r| *r.1).map(|r| r.0).sum();
        let others: f64 = weights.iter().zip(rows.y).filter(|r| !*r.1).map(|r| r.0).sum();
        if events <= 0.0 || others <= 0.0 {
            return Err(CardError::OneClass);
        }
        let questions = Questions::new(rows.x, rows.child, self.min_children);
        let settings = Settings {
            facts: self.facts,
            points: self.points,
            pool: self.pool,
            gap: self.gap,
            beam: self.beam.max(1),
        };
        let found = search(&questions, rows.y, &weights, &settings);
        let pool: Vec<Card> = found.iter().map(|s| card(s, questions.questions(), total)).collect();
        let base = Card::base_rate(events / total);
        // A card whose whole points cannot beat the base rate is no card.
        match pool.first() {
            Some(best) if best.loss < base.loss => Ok(FittedScorecard { best: best.clone(), pool }),
            _ => Ok(FittedScorecard { best: base.clone(), pool: vec![base] }),
        }
    }
}

fn card(solution: &IntegerSolution, questions: &[Question], total: f64) -> Card {
    let line = |&(j, points): &(usize, i32)| Line { question: questions[j], points };
    let (intercept, multiplier) = (solution.intercept, solution.multiplier);
    Card {
        lines: solution.lines.iter().map(line).collect(),
        intercept,
        multiplier,
        loss: solution.loss / total,
    }
}

impl FittedScorecard {
    /// The best card.
    pub fn card(&self) -> &Card {
        &self.best
    }

    /// All cards found, the best first.
    pub fn pool(&self) -> &[Card] {
        &self.pool
    }

    /// The chance of every row of `x` (rows x raw columns; missing is not a number) by the best card.
    pub fn probabilities(&self, x: ArrayView2<'_, f64>) -> Array1<f64> {
        self.best.probabilities(x)
    }

    /// What every line of the best card adds to each row's log-odds (rows x lines); with intercept / multiplier they add up
    /// to the log-odds of the chance.
    pub fn contributions(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let Card { lines, multiplier, .. } = &self.best;
        Array2::from_shape_fn((x.nrows(), lines.len()), |(i, l)| {
            if lines[l].question.answer(x.row(i)) { f64::from(lines[l].points) / multiplier } else { 0.0 }
        })
    }

    /// Every score that the best card can give, rising, with its risk; see [`Card::table`].
    pub fn table(&self) -> Vec<(i32, f64)> {
        self.best.table()
    }
}
