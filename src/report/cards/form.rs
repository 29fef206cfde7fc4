//! What a record asks, and where each answer comes from: written once, filled for each run.

use super::{Answer, Board, Item, Record};
use crate::report::Report;

/// Said where the run has nothing to say on an item.
const NOTHING: &str = "This run holds nothing on it, because the experiment did not ask for it.";

/// Where an answer comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// The run: sentences with values of it, or none where it holds nothing on the matter.
    Run(fn(&Report) -> Vec<String>),
    /// What is true of rerefer whatever the run.
    Tool(&'static [&'static str]),
    /// The owner: a key of `board.toml`.
    Owner(&'static str),
}

/// One thing that is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    id: &'static str,
    label: &'static str,
    asked: &'static str,
    verified: bool,
    from: Source,
}

impl Row {
    const fn new(id: &'static str, label: &'static str, asked: &'static str, from: Source) -> Self {
        Self { id, label, asked, verified: true, from }
    }

    /// Its number and wording are from memory.
    pub(super) const fn unverified(self) -> Self {
        Self { verified: false, ..self }
    }

    /// The key of `board.toml` that it needs.
    #[cfg(test)]
    pub(super) fn key(&self) -> Option<&'static str> {
        match self.from {
            Source::Owner(key) => Some(key),
            Source::Run(_) | Source::Tool(_) => None,
        }
    }
}

/// An item that the run answers.
pub(super) const fn run(
    id: &'static str,
    label: &'static str,
    asked: &'static str,
    say: fn(&Report) -> Vec<String>,
) -> Row {
    Row::new(id, label, asked, Source::Run(say))
}

/// An item that has one answer whatever the run.
pub(super) const fn tool(
    id: &'static str,
    label: &'static str,
    asked: &'static str,
    words: &'static [&'static str],
) -> Row {
    Row::new(id, label, asked, Source::Tool(words))
}

/// An item that only the owner can answer.
pub(super) const fn owner(
    id: &'static str,
    label: &'static str,
    asked: &'static str,
    key: &'static str,
) -> Row {
    Row::new(id, label, asked, Source::Owner(key))
}

/// One record as it asks.
#[derive(Debug)]
pub(super) struct Form {
    /// Id.
    pub(super) id: &'static str,
    /// Title.
    pub(super) title: &'static str,
    /// What it is for.
    pub(super) what: &'static str,
    /// What it asks.
    pub(super) rows: &'static [Row],
}

impl Form {
    /// The record of a run.
    pub(super) fn fill(&self, report: &Report, board: &Board) -> Record {
        let item = |row: &Row| {
            let Row { id, label, asked, verified, from } = *row;
            Item { id, label, asked, verified, answer: answer(from, report, board) }
        };
        Record {
            id: self.id,
            title: self.title,
            what: self.what,
            items: self.rows.iter().map(item).collect(),
        }
    }
}

fn answer(from: Source, report: &Report, board: &Board) -> Answer {
    match from {
        Source::Tool(words) => Answer::Tool(words.iter().map(|w| (*w).to_owned()).collect()),
        Source::Owner(key) => board.answer(key),
        Source::Run(say) => match say(report) {
            words if words.is_empty() => Answer::Tool(vec![NOTHING.to_owned()]),
            words => Answer::Run(words),
        },
    }
}
