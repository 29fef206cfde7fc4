//! Models of when, as they may be shown.

use super::when::share;
use super::{ContrastLine, Line, TestLine};
use crate::evaluate::survival::found::Card;
use crate::privacy::disclosure::{Count, Number, Passed, PerHundred};
use serde_json::{Value, json as object};

/// Models of when, and how well they did.
#[derive(Clone, Debug, PartialEq)]
pub struct Models {
    /// Model that is judged.
    pub candidate: String,
    /// Model that it must beat.
    pub reference: String,
    /// The time of the tables by group, in months.
    pub main_months: u32,
    /// The models.
    pub cards: Vec<Card>,
    /// Models that could not be taught, by title, and why.
    pub failed: Vec<(String, String)>,
    /// Times that the models say nothing of, in months, and why.
    pub without: Vec<(u32, String)>,
    /// The times of the measures, in months, rising.
    pub times: Vec<u32>,
    /// Referrals tested, to the nearest ten.
    pub tested: Count,
    /// Share that could be flagged.
    pub capacity: f64,
    /// Every measure.
    pub lines: Vec<Line>,
    /// Levels less the level that they are compared with.
    pub contrasts: Vec<ContrastLine>,
    /// Whether levels differ by more than chance.
    pub tests: Vec<TestLine>,
    /// Calibration curves of the candidate.
    pub points: Vec<Point>,
    /// Models whose chances of all causes can add up to more than 100 in 100: of 100 children those for whom they do, and the
    /// largest sum.
    pub excess: Vec<(String, PerHundred, Passed<f64>)>,
    /// What waiting adds.
    pub landmarks: Vec<Landmark>,
    /// Whether facts weigh the same at all times.
    pub steady: Option<Steady>,
}

/// A point of a calibration curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Grouping, or `overall`.
    pub group: String,
    /// Level, or `all`.
    pub level: String,
    /// The time.
    pub months: u32,
    /// Of a hundred, so many were expected.
    pub predicted: PerHundred,
    /// And so many came.
    pub observed: PerHundred,
}

/// Predictions made anew after some months.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// Months after the start.
    pub months: u32,
    /// The window, in months.
    pub window: u32,
    /// Referrals still waiting then, to the nearest ten.
    pub waiting: Count,
    /// Measures, or why there are none.
    pub lines: Result<Vec<Line>, String>,
}

/// Facts whose weight was looked at over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Steady {
    /// The facts.
    pub facts: Vec<Fact>,
    /// How surprising the change of all together would be if there were none.
    pub p: Passed<f64>,
}

/// A fact and its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// In words.
    pub words: String,
    /// Factor on the speed over all times.
    pub factor: Number,
    /// The same where every return of a child counts.
    pub again: Number,
    /// Over the first and the last third of the events.
    pub thirds: (Number, Number),
    /// How surprising the change would be.
    pub p: Number,
}

impl Models {
    /// The title of a model.
    #[must_use]
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.cards.iter().find(|card| card.id == id).map_or(id, |card| card.title.as_str())
    }

    /// A measure of a model over all referrals.
    #[must_use]
    pub fn overall(&self, model: &str, measure: &str, at: &str) -> Option<&Line> {
        self.of_level(model, measure, at, ("overall", "all"))
    }

    /// A measure of a model in a level.
    #[must_use]
    pub fn of_level(&self, model: &str, measure: &str, at: &str, of: (&str, &str)) -> Option<&Line> {
        self.lines.iter().find(|l| {
            l.model == model
                && l.measure == measure
                && l.at == at
                && (l.group.as_str(), l.level.as_str()) == of
        })
    }

    /// For `evaluation.json`.
    #[must_use]
    pub fn json(&self) -> Value {
        let landmark = |l: &Landmark| {
            object!({
                "months": l.months, "window_months": l.window, "waiting": l.waiting.get(),
                "rows": l.lines.as_ref().ok().map(|lines| lines.iter().map(line).collect::<Vec<Value>>()),
                "reason": l.lines.as_ref().err(),
            })
        };
        let point = |p: &Point| {
            object!({
                "group": p.group, "level": p.level, "months": p.months, "predicted": share(&p.predicted), "observed": share(&p.observed),
            })
        };
        object!({
            "candidate": self.candidate, "reference": self.reference, "main_months": self.main_months,
            "models": self.cards.iter().map(|c| object!({"id": c.id, "title": c.title, "baseline": c.baseline})).collect::<Vec<Value>>(),
            "failed": self.failed.iter().map(|(title, why)| object!({"title": title, "reason": why})).collect::<Vec<Value>>(),
            "without": self.without.iter().map(|(months, why)| object!({"months": months, "reason": why})).collect::<Vec<Value>>(),
            "times": self.times, "tested": self.tested.get(), "capacity": self.capacity,
            "rows": self.lines.iter().map(line).collect::<Vec<Value>>(),
            "contrasts": self.contrasts.iter().map(super::json::contrast).collect::<Vec<Value>>(),
            "tests": self.tests.iter().map(super::json::test).collect::<Vec<Value>>(),
            "calibration_points": self.points.iter().map(point).collect::<Vec<Value>>(),
            "sums_above_one": self.excess.iter().map(|(id, of, largest)| object!({"model": id, "of_100": share(of), "largest": largest.get()})).collect::<Vec<Value>>(),
            "landmarks": self.landmarks.iter().map(landmark).collect::<Vec<Value>>(),
            "steady": self.steady.as_ref().map(steady),
        })
    }
}

fn steady(of: &Steady) -> Value {
    let fact = |f: &Fact| {
        object!({
            "fact": f.words, "factor": number(&f.factor), "every_return": number(&f.again), "early": number(&f.thirds.0), "late": number(&f.thirds.1), "p": number(&f.p),
        })
    };
    object!({"p": of.p.get(), "facts": of.facts.iter().map(fact).collect::<Vec<Value>>()})
}

fn number(of: &Number) -> Value {
    let (status, reason) = super::json::status(of);
    object!({
        "estimate": of.estimate(), "interval": of.interval().map(|(low, high)| [low, high]), "status": status, "reason": reason,
    })
}

fn line(of: &Line) -> Value {
    let (status, reason) = super::json::status(&of.number);
    object!({
        "model": of.model, "measure": of.measure, "group": of.group, "level": of.level, "at": of.at,
        "estimate": of.number.estimate(), "interval": of.number.interval().map(|(low, high)| [low, high]),
        "status": status, "reason": reason.or(of.note.as_deref()), "convention": of.convention,
    })
}
