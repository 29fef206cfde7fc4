//! Cards and records: what a board, a regulator or a family asks about a run, filled from the run where it can be.
//!
//! In: a [`Report`], whose numbers passed disclosure control, and the owner's answers ([`Board`], from `board.toml`).
//! Out: [`records`], from them `records.html` ([`html()`]) and the fields of the Algorithmic Transparency Recording
//! Standard as JSON ([`atrs_json()`]), and the sheets for families ([`families`]). Nothing is calculated here but counts of
//! items. An item is filled from the run, from what is true of rerefer whatever the run, or by the owner; what is left is
//! said and counted, so that nobody takes an empty field for an answer. To add an item, add a row to the file of its record;
//! to add a record, a file with a form, and a line in [`FORMS`].

mod anonymity;
mod atrs;
mod atrs_json;
mod board;
mod datasheet;
mod dpia;
mod equality;
mod facts;
pub mod families;
mod flow;
mod form;
mod groups;
mod ico;
mod keys;
mod model;
mod page;
mod probast;
mod risks;
mod say;
mod tripod;

pub use atrs_json::atrs_json;
pub use board::Board;
pub use keys::{KEYS, Key, Kind};
pub use page::html;

use super::Report;
use form::Form;

/// What is known of one thing that a record asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// From this run: at least one of the sentences holds a value of it.
    Run(Vec<String>),
    /// True of rerefer whatever the run, or that this run holds nothing on it.
    Tool(Vec<String>),
    /// The owner's own words, from `board.toml`.
    Owner(String),
    /// What the owner must still write, with the key of `board.toml`.
    ToComplete(&'static str),
}

impl Answer {
    /// What kind of answer it is, in one word.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Tool(_) => "tool",
            Self::Owner(_) => "owner",
            Self::ToComplete(_) => "to-complete",
        }
    }

    /// The answer, sentence by sentence; of one that is left, what to write.
    #[must_use]
    pub fn sentences(&self) -> Vec<&str> {
        match self {
            Self::Run(words) | Self::Tool(words) => words.iter().map(String::as_str).collect(),
            Self::Owner(words) => vec![words],
            Self::ToComplete(ask) => vec![ask],
        }
    }
}

/// One thing that a record asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Id within the record.
    pub id: &'static str,
    /// A short name.
    pub label: &'static str,
    /// What is asked.
    pub asked: &'static str,
    /// Whether number and wording of what is asked were checked against a source; if not, they are from memory.
    pub verified: bool,
    /// What is known.
    pub answer: Answer,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Id.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// What it is for.
    pub what: &'static str,
    /// What it asks, in order.
    pub items: Vec<Item>,
}

/// How the items of a record are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// From the run.
    pub run: usize,
    /// True of rerefer whatever the run.
    pub tool: usize,
    /// By the owner.
    pub owner: usize,
    /// Still to be completed by the owner.
    pub left: usize,
}

impl Tally {
    /// Counts the items of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let mut out = Self::default();
        for item in &record.items {
            let place = match item.answer {
                Answer::Run(_) => &mut out.run,
                Answer::Tool(_) => &mut out.tool,
                Answer::Owner(_) => &mut out.owner,
                Answer::ToComplete(_) => &mut out.left,
            };
            *place += 1;
        }
        out
    }

    /// All items.
    #[must_use]
    pub fn all(self) -> usize {
        self.run + self.tool + self.owner + self.left
    }
}

/// The records in order.
static FORMS: &[&Form] = &[
    &model::FORM,
    &datasheet::FORM,
    &atrs::FORM,
    &tripod::FORM,
    &probast::FORM,
    &equality::FORM,
    &dpia::FORM,
    &ico::FORM,
    &risks::FORM,
];

/// Fills every record.
#[must_use]
pub fn records(report: &Report, board: &Board) -> Vec<Record> {
    FORMS.iter().map(|form| form.fill(report, board)).collect()
}

/// Items of a record that are filled from the run, and all of them.
#[must_use]
pub fn filled(record: &Record) -> (usize, usize) {
    let tally = Tally::of(record);
    (tally.run, tally.all())
}

/// Items of all records that the owner has still to complete.
#[must_use]
pub fn left(records: &[Record]) -> usize {
    records.iter().map(|record| Tally::of(record).left).sum()
}
