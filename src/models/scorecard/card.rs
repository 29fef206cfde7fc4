//! A card of points: what it asks, what it gives, and the risk each score stands for.

use super::cells::sigmoid;
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a line asks of its column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Is it at least this much? A missing value answers no.
    AtLeast(f64),
    /// Is it missing?
    Missing,
}

/// A yes/no question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Number of the raw column.
    pub column: usize,
    /// What is asked of it.
    pub ask: Ask,
}

impl Question {
    /// The answer of a row of raw columns (missing is not a number).
    pub fn answer(&self, row: ArrayView1<'_, f64>) -> bool {
        self.of(row[self.column])
    }

    fn of(&self, value: f64) -> bool {
        match self.ask {
            Ask::AtLeast(cut) => value >= cut,
            Ask::Missing => value.is_nan(),
        }
    }
}

/// A line of a card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Asked of every child.
    pub question: Question,
    /// Given for a yes; never nought.
    pub points: i32,
}

/// An integer risk score: the chance is 1 / (1 + exp(-(points of all yeses + intercept) / multiplier)). Several cuts of one
/// column are several lines, whose points add up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// In the order of the raw columns; at most as many as were asked for.
    pub lines: Vec<Line>,
    /// In points.
    pub intercept: i32,
    /// Points that make up one unit of log-odds; positive.
    pub multiplier: f64,
    /// Mean logistic loss of the rows it was fitted on, with their weights (nats).
    pub loss: f64,
}

impl Card {
    /// A card without lines that gives every child the chance `rate`, strictly between 0 and 1: the multiplier makes one
    /// point of intercept its log-odds exactly.
    pub(crate) fn base_rate(rate: f64) -> Self {
        let odds = (rate / (1.0 - rate)).ln();
        let flat = odds.abs() < 1e-9;
        let (intercept, multiplier) =
            if flat { (0, 1.0) } else { (if odds > 0.0 { 1 } else { -1 }, 1.0 / odds.abs()) };
        let loss = -(rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln());
        Self { lines: Vec::new(), intercept, multiplier, loss }
    }

    /// The points of a row's yeses.
    pub fn score(&self, row: ArrayView1<'_, f64>) -> i32 {
        self.lines.iter().map(|l| if l.question.answer(row) { l.points } else { 0 }).sum()
    }

    /// The chance in (0, 1) that a score stands for.
    pub fn risk(&self, score: i32) -> f64 {
        sigmoid(f64::from(score + self.intercept) / self.multiplier)
    }

    /// The chance of every row of `x` (rows x raw columns).
    pub fn probabilities(&self, x: ArrayView2<'_, f64>) -> ndarray::Array1<f64> {
        x.rows().into_iter().map(|row| self.risk(self.score(row))).collect()
    }

    /// Every score that answers can add up to, rising, with its risk. Cuts of one column are answered together (who is at
    /// least five is at least three); that some columns may never go together is not known to the card.
    pub fn table(&self) -> Vec<(i32, f64)> {
        let mut columns: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
        for line in &self.lines {
            columns.entry(line.question.column).or_default().push(*line);
        }
        let mut scores = BTreeSet::from([0]);
        for lines in columns.values() {
            let given = reachable(lines);
            scores = scores.iter().flat_map(|s| given.iter().map(move |g| s + g)).collect();
        }
        scores.into_iter().map(|score| (score, self.risk(score))).collect()
    }
}

/// The points that one column can give with all its lines: below all cuts, at each cut, or missing.
fn reachable(lines: &[Line]) -> BTreeSet<i32> {
    let cuts = lines.iter().filter_map(|l| match l.question.ask {
        Ask::AtLeast(cut) => Some(cut),
        Ask::Missing => None,
    });
    let values = cuts.chain([f64::NEG_INFINITY, f64::NAN]);
    values.map(|v| lines.iter().map(|l| if l.question.of(v) { l.points } else { 0 }).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn line(column: usize, ask: Ask, points: i32) -> Line {
        Line { question: Question { column, ask }, points }
    }

    fn card() -> Card {
        let lines = vec![
            line(0, Ask::AtLeast(3.0), 2),
            line(0, Ask::AtLeast(5.0), 1),
            line(0, Ask::Missing, -4),
            line(2, Ask::AtLeast(1.0), 5),
        ];
        Card { lines, intercept: -3, multiplier: 2.0, loss: 0.5 }
    }

    #[test]
    fn cuts_of_one_column_add_up_and_a_missing_value_answers_only_whether_it_is_missing() {
        let x = array![[2.0, 0.0, 0.0], [3.0, 0.0, 0.0], [6.0, 0.0, 1.0], [f64::NAN, 0.0, f64::NAN]];
        let scores: Vec<i32> = x.rows().into_iter().map(|r| card().score(r)).collect();
        assert_eq!(scores, [0, 2, 8, -4]);
        // (8 - 3) / 2 = 2.5 and 1 / (1 + exp(-2.5)) = 0.924141819978757.
        assert!((card().probabilities(x.view())[2] - 0.924_141_819_978_757).abs() < 1e-14);
    }

    #[test]
    fn the_table_has_every_reachable_score_once_and_rises() {
        let table = card().table();
        let scores: Vec<i32> = table.iter().map(|t| t.0).collect();
        // -4, 0, 2, 3 without and with the five points of the other column; 6 = 1 + 5 (at least 5 but not 3) cannot be.
        assert_eq!(scores, [-4, 0, 1, 2, 3, 5, 7, 8]);
        assert!(table.is_sorted_by(|a, b| a.1 < b.1));
    }

    #[test]
    fn a_card_without_lines_gives_the_base_rate() {
        for rate in [0.5, 0.2, 0.97, 1e-6] {
            let card = Card::base_rate(rate);
            assert!((card.risk(0) - rate).abs() < 1e-12);
            assert_eq!(card.table().len(), 1);
        }
    }
}
