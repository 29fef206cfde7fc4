//! Sheets for children and families: one page in plain words, and one in easy read. The numbers are those of the run, in
//! children of a hundred; how to object and whom to ask is the owner's to say.

use super::{Answer, Board};
use crate::evaluate::Answer as Found;
use crate::privacy::disclosure::PerHundred;
use crate::report::html::format::{about, percent, thousands};
use crate::report::{CapacityTable, Report};

use super::say::{candidate, listed};

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(&'static str),
    /// A paragraph.
    Words(String),
    /// What the owner must still write.
    ToComplete(&'static str),
}

impl Part {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Heading(text) | Self::ToComplete(text) => text,
            Self::Words(text) => text,
        }
    }
}

/// The sheet: what was done, what was used, what it gets wrong, who decides, and how to object.
#[must_use]
pub fn sheet(report: &Report, board: &Board) -> Vec<Part> {
    let mut out = Vec::new();
    if report.simulated {
        out.push(Part::Words(MADE_UP.to_owned()));
    }
    out.push(Part::Heading("What we did"));
    out.extend(done(report).map(Part::Words));
    out.push(Part::Heading("What was used"));
    out.push(Part::Words(used(report)));
    out.push(Part::Heading("What it gets wrong"));
    out.extend(wrong(report).map(Part::Words));
    out.push(Part::Heading("Who decides"));
    out.push(Part::Words(
        "This test decides nothing about you or your family. It makes no list of children. It is only there to find out how \
         well such a guess would work. The guesses stay in a private folder with the records. They must not be used for any \
         child."
            .to_owned(),
    ));
    out.push(Part::Heading("If you do not want this"));
    out.push(owners(board, "families.how_to_object"));
    out.push(Part::Heading("If a record is wrong"));
    out.push(owners(board, "families.how_to_correct"));
    out.push(Part::Heading("Who you can ask"));
    out.push(owners(board, "families.contact"));
    out
}

/// The easy-read sheet: short sentences, one idea each.
#[must_use]
pub fn easy(report: &Report, board: &Board) -> Vec<Part> {
    let mut out = Vec::new();
    let mut say = |text: String| out.push(Part::Words(text));
    if report.simulated {
        say("The children in this test are made up.".to_owned());
        say("No real child is in it.".to_owned());
    }
    for line in [
        "Some people ask us to help a child.",
        "This is called a referral.",
        "Some children are referred again.",
        "We asked a computer to guess who.",
        "It looked at old records.",
        "It was not told names.",
        "It was not told your address.",
    ] {
        say(line.to_owned());
    }
    say("The computer can be wrong.".to_owned());
    let shares = candidate(report).map(|t| (&t.flagged_came_back, &t.missed));
    match shares.map(|(right, missed)| (right.yes(), missed.yes())) {
        Some((Some(right), Some(missed))) => {
            say("Think of 100 children that it picked.".to_owned());
            say(format!("{} came back.", capital(&about(right))));
            say("Now think of 100 children who came back.".to_owned());
            say(format!("It did not pick {}.", about(missed)));
        }
        _ => say("We cannot show how often. The numbers are too small.".to_owned()),
    }
    for line in [
        "It was a test.",
        "It must not be used to decide about you.",
        "You can tell us what you think of it.",
        "You can ask us to put a record right.",
    ] {
        say(line.to_owned());
    }
    out.push(owners(board, "families.contact"));
    out
}

const MADE_UP: &str = "The children in this test are made up. No real child is in it.";

fn done(report: &Report) -> impl Iterator<Item = String> {
    let rows = report.tested.rows.get().map_or_else(
        || "We tested this on referrals".to_owned(),
        |n| format!("We tested this on {} referrals", thousands(n)),
    );
    let months = report.tested.months.as_ref();
    let months = months.map_or_else(String::new, |(from, to)| format!(" from {from} to {to}"));
    [
        format!(
            "A referral is when someone asks children's services to look at how a child is. Some children come back. By that \
             we mean that the child {} within {} days. We want to know if records can tell who will come back.",
            report.outcome_words, report.horizon_days
        ),
        format!(
            "{rows}{months}. A computer was shown old records. It made a guess about each referral. Then we looked at what had \
             come of it. No one was told the guess, and no one did a thing because of it."
        ),
    ]
    .into_iter()
}

fn used(report: &Report) -> String {
    let not_told = if report.not_told.is_empty() {
        String::new()
    } else {
        format!(" It was not told: {}. But other facts can hint at these.", listed(&report.not_told))
    };
    format!(
        "The computer was told up to {} facts from the records. Most are about what services did in the past. Names were not \
         used. Home addresses were not used.{not_told}",
        thousands(report.features)
    )
}

fn wrong(report: &Report) -> impl Iterator<Item = String> {
    let share = |of: fn(&CapacityTable) -> &PerHundred| candidate(report).and_then(|t| of(t).yes());
    let hidden = || "We cannot show this number. It is about too few children.".to_owned();
    let right = share(|t| &t.flagged_came_back)
        .map_or_else(hidden, |n| format!("{} of them came back. The others did not.", capital(&about(n))));
    let missed =
        share(|t| &t.missed).map_or_else(hidden, |n| format!("The computer did not pick {}.", about(n)));
    let vain = share(|t| &t.flagged_in_vain)
        .map_or_else(hidden, |n| format!("It picked {} all the same.", about(n)));
    let found = match report.finding.answer {
        Found::Better => "The computer did better than a much more simple way. It still gets a lot wrong.",
        Found::NoBetter => "The computer was no better than a much more simple way.",
        Found::CannotSay => "We cannot say if the computer is better than a much more simple way.",
    };
    [
        format!("Say it picks the top {}.", percent(report.capacity)),
        format!("Think of 100 children that it picks. {right}"),
        format!("Think of 100 children who came back. {missed}"),
        format!("Think of 100 children who did not come back. {vain}"),
        found.to_owned(),
        "To come back does not mean that a child was hurt. Not to come back does not mean that a child is safe. The records \
         can be wrong too."
            .to_owned(),
    ]
    .into_iter()
}

fn owners(board: &Board, key: &'static str) -> Part {
    match board.answer(key) {
        Answer::Owner(words) => Part::Words(words),
        Answer::ToComplete(ask) => Part::ToComplete(ask),
        Answer::Run(words) | Answer::Tool(words) => Part::Words(words.join(" ")),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}
