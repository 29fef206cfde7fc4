//! One case told in full, exact: what is on record of a child and of the household, which of it a model was given, and what came
//! later. [`Given`] is made for any case; a [`Story`], which has dates, is made of simulated children only, and disclosure control
//! lets no other pass.

use crate::num::Day;
use serde::{Deserialize, Serialize};

/// Facts of one part of the records as a model was given them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// A short name of the part.
    pub label: String,
    /// What it is, in words.
    pub words: String,
    /// What all its facts together add, in the unit of the case.
    pub push: f64,
    /// Its facts.
    pub facts: Vec<Fact>,
}

/// One fact: an event with all its counts, or a feature by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Id of the feature, or what the ids of its features begin with.
    pub id: String,
    /// Its meaning in words.
    pub words: String,
    /// What a model was given.
    pub said: Said,
}

/// What a model was given of a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// A number; 1 and 0 where the fact is a yes or no.
    Value(f64),
    /// One of several names.
    Level(String),
    /// An event.
    Times {
        /// How often it is on record.
        ever: f64,
        /// How many days ago the last time was; `None` if never.
        since: Option<f64>,
        /// How often within so many days; `None` where the records do not reach back so far.
        windows: Vec<(i32, Option<f64>)>,
    },
    /// Missing.
    Missing,
}

/// What is on record of one simulated child, with its days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Day of the referral that was asked about.
    pub referral: Day,
    /// Day of the estimate.
    pub on: Day,
    /// Last day of the time that was asked about.
    pub until: Day,
    /// First day on which an event of this child would have been recorded.
    pub observed_from: Day,
    /// Who the child is.
    pub person: Person,
    /// The authority that keeps the record.
    pub authority: String,
    /// The child's events, by day.
    pub events: Vec<Told>,
    /// Spells, as places in `events`.
    pub spans: Vec<Span>,
    /// Who referred the child.
    pub referrers: Vec<Referrer>,
    /// Whether the data say which children live together.
    pub households: bool,
    /// Whether models were given what is on record of other children of the household.
    pub household_given: bool,
    /// The household's other children, the oldest first.
    pub others: Vec<Other>,
}

impl Story {
    /// The child's entries, by day: an event each, but that all factors an assessment found are one.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &[Told]> {
        let when = |e: &Told| (e.date, e.known_on, e.known);
        self.events.chunk_by(move |a, b| a.kind == "factor" && b.kind == "factor" && when(a) == when(b))
    }
}

/// Age and sex.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// On the day of the estimate.
    pub age: Age,
    /// As last recorded; `None` if it is not.
    pub sex: Option<String>,
}

/// Age on the day of the estimate, by the month of birth as last recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Age {
    /// No month of birth is recorded.
    NotRecorded,
    /// The month of birth lies after that day.
    Unborn,
    /// Whole years.
    Years(u32),
}

/// Whether a model was given an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Known {
    /// It was on record before the day of the estimate.
    Before,
    /// A fact of that day itself, admitted by name, such as who made the referral.
    OnTheDay,
    /// The researcher left such facts out.
    LeftOut,
    /// It had happened, but was not on record before the day of the estimate.
    NotYet,
    /// It came later.
    Later,
}

impl Known {
    /// Whether a model was given it.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::Before | Self::OnTheDay)
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Day it happened.
    pub date: Day,
    /// Day it entered the record.
    pub known_on: Day,
    /// Its kind, by its name in the data.
    pub kind: String,
    /// What it is, in words.
    pub what: String,
    /// What its code says.
    pub code: Option<String>,
    /// Whether a model was given it.
    pub known: Known,
}

/// A spell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Place of the event that starts it.
    pub start: usize,
    /// Place of the event that ends it; `None` where no end is on record.
    pub end: Option<usize>,
}

/// A kind of referrer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    /// Its group in the list of sources.
    pub group: String,
    /// Referrals on the day of the one asked about, given to models.
    pub now: u32,
    /// Earlier ones that were given to models.
    pub before: u32,
    /// Referrals that models were not given.
    pub not_given: u32,
}

/// Another child of the household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// Who it is.
    pub person: Person,
    /// Whether anything of it was on record before the day of the estimate.
    pub known: bool,
    /// Its events, by day.
    pub events: Vec<OfOther>,
}

/// An event of another child of the household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOther {
    /// The event.
    pub told: Told,
    /// Whether a feature counts it: it was known, and is of a kind that is counted.
    pub counted: bool,
    /// The shortest look-back, in days, that holds it.
    pub window: Option<i32>,
}
