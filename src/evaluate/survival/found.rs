//! What a run found of models of when, exact: it leaves only through disclosure control.

use super::score::Point;
use crate::evaluate::{Contrast, GroupTest, Row};
use crate::models::time::fine_gray::Excess;
use serde::{Deserialize, Serialize};

/// A model as the report introduces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it does, in plain words.
    pub words: String,
    /// Whether it is a baseline.
    pub baseline: bool,
    /// Whether it gives everybody in a part of the test the same chance.
    pub same_for_all: bool,
}

/// Models of when, and how well they did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Models {
    /// Model that is judged.
    pub candidate: String,
    /// Model that it must beat.
    pub reference: String,
    /// The time of the tables by group, in months.
    pub main_months: u32,
    /// The models that were taught and tested.
    pub cards: Vec<Card>,
    /// Models that could not be taught, by title, and why.
    pub failed: Vec<(String, String)>,
    /// Times that the models say nothing of, in months, and why.
    pub without: Vec<(u32, String)>,
    /// The times of the measures, in months, rising.
    pub times: Vec<u32>,
    /// Rows tested.
    pub tested: u64,
    /// Share that could be flagged.
    pub capacity: f64,
    /// Every measure.
    pub rows: Vec<Row>,
    /// Levels less their reference levels.
    pub contrasts: Vec<Contrast>,
    /// Whether levels differ.
    pub tests: Vec<GroupTest>,
    /// Calibration curves of the candidate.
    pub points: Vec<Point>,
    /// For models of one cause at a time, by id: how often their chances of all causes added up to more than 1.
    pub excess: Vec<(String, Excess)>,
    /// What waiting adds.
    pub landmarks: Vec<Landmark>,
    /// Whether facts weigh the same at all times.
    pub steady: Option<Steady>,
}

/// Predictions made anew some months after the start, of what comes within a window after that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmark {
    /// Months after the start; 0 is the start.
    pub months: u32,
    /// The window, in months.
    pub window: u32,
    /// Measures of the rows still waiting then: model `now` knows what was known then, `then` what was known at the start. Why
    /// there are none otherwise.
    pub rows: Result<Vec<Row>, String>,
}

/// Facts whose weight was looked at over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steady {
    /// The facts, those that weigh most first.
    pub facts: Vec<Fact>,
    /// How surprising it would be, if no weight changed, that all together change as much; small is surprising.
    pub p: f64,
    /// Events of the first cause that it rests on.
    pub events: u64,
}

/// A fact and its weight: factors on the speed at which the first cause comes, for one standard deviation more of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// In words.
    pub words: String,
    /// Over all times.
    pub factor: f64,
    /// Its 95% interval, over families.
    pub interval: (f64, f64),
    /// The factor where every return of a child counts, in time since the start of its first spell (Andersen and Gill), and its
    /// interval over families.
    pub again: f64,
    /// Its 95% interval.
    pub again_interval: (f64, f64),
    /// Over the first third of the events.
    pub early: f64,
    /// Over the last third.
    pub late: f64,
    /// How surprising the change would be if there were none.
    pub p: f64,
    /// Rows that differ from its commonest value: to which the first cause was seen to come, and others.
    pub differ: [u64; 2],
}
