//! `records.html`: every record and both sheets on one self-contained page, in the look of the report.

use maud::{DOCTYPE, Markup, html as markup};

use super::families::{Part, easy, sheet};
use super::{Answer, Board, Item, Record, Tally, records, tripod};
use crate::report::html::table::{TableRow, table};
use crate::report::html::{heading, opening, page_head};
use crate::report::{Report, Sheets, words};

/// Said where an answer is the owner's to give.
const TO_COMPLETE: &str = "To be completed by the owner.";

/// Writes the page. `sheets` says on which sheet of `report.pdf` each section begins; without one, sections are named alone.
#[must_use]
pub fn html(report: &Report, board: &Board, sheets: &Sheets) -> String {
    let records = records(report, board);
    let page = markup! {
        (DOCTYPE)
        html lang="en-GB" {
            (page_head(&format!("Cards and records: {}", report.title), report))
            body {
                a class="skip" href="#main" { "Skip to the records" }
                header { (head(report)) }
                nav aria-label="Contents" { (contents(&records)) }
                main id="main" {
                    section id="filled" { h2 { "What is filled, and what is left" } (filled(&records)) }
                    @for record in &records { (one(record, sheets)) }
                    section id="families" { h2 { "Sheet for families" } (parts(&sheet(report, board))) }
                    section id="easy-read" { h2 { "Sheet for families: easy read" } (parts(&easy(report, board))) }
                }
                footer { (opening::foot(report)) }
            }
        }
    };
    page.into_string()
}

fn head(report: &Report) -> Markup {
    markup! {
        p class="kicker" { "Cards and records of a research run" }
        h1 { (report.title) }
        div class="banner" role="note" aria-label="Use of these records" {
            p {
                strong { (words::NOTICE) } " "
                "These records describe past referrals in groups. They advise nothing about any child."
            }
        }
        @if report.simulated {
            div class="banner simulated" role="note" aria-label="Simulated data" {
                p {
                    strong { (words::SIMULATED) } " "
                    "The children in this run do not exist. The numbers say nothing about any real service."
                }
            }
        }
    }
}

fn contents(records: &[Record]) -> Markup {
    markup! {
        p class="navhead" { "Contents" }
        ol {
            li { a href="#filled" { "What is filled, and what is left" } }
            @for record in records { li { a href=(format!("#{}", record.id)) { (record.title) } } }
            li { a href="#families" { "Sheet for families" } }
            li { a href="#easy-read" { "Sheet for families: easy read" } }
        }
    }
}

/// How many items are filled and by whom, record by record.
fn filled(records: &[Record]) -> Markup {
    let mut total = Tally::default();
    let mut rows: Vec<TableRow> = Vec::new();
    for record in records {
        let tally = Tally::of(record);
        total.run += tally.run;
        total.tool += tally.tool;
        total.owner += tally.owner;
        total.left += tally.left;
        let head = markup! { a href=(format!("#{}", record.id)) { (record.title) } };
        rows.push(TableRow::new(head, cells(tally)));
    }
    rows.push(TableRow::new(markup! { b { "All records" } }, cells(total)));
    let heads = ["Record", "Items", "From this run", "By the program", "By the owner", "Left"];
    markup! {
        p class="lead" {
            "Of " (total.all()) " items, " (total.run) " are filled with numbers or facts of this run, " (total.tool)
            " with what is true of the program, and " (total.owner) " by the owner; "
            b { (total.left) " are to be completed by the owner" } "."
        }
        p {
            "What only the owner can know is written in a file, " code { "board.toml" } ", and given to " code { "rerefer report --board" } ". A record \
             with items left is not finished, and a finished record is no approval. Where a standard is marked \u{201c}from \
             memory\u{201d}, hold number and wording against the standard before you publish."
        }
        (table("Items of each record, by who filled them", &heads, &rows))
    }
}

fn cells(tally: Tally) -> Vec<Markup> {
    [tally.all(), tally.run, tally.tool, tally.owner, tally.left].map(|n| markup! { (n) }).into()
}

fn one(record: &Record, sheets: &Sheets) -> Markup {
    let tally = Tally::of(record);
    markup! {
        section id=(record.id) {
            h2 { (record.title) }
            p { (record.what) }
            p class="note" {
                (tally.run) " of " (tally.all()) " items are filled from this run; " (tally.left) " are left to the owner."
            }
            dl { @for item in &record.items { (described(item, &places(record, item, sheets))) } }
        }
    }
}

/// Where the report says what a checklist asks: "“The answer”, page 3".
fn places(record: &Record, item: &Item, sheets: &Sheets) -> String {
    if record.id != tripod::FORM.id {
        return String::new();
    }
    let found = tripod::PLACES.iter().find(|(id, _)| *id == item.id).map_or(&[][..], |(_, places)| places);
    let place = |id: &&str| {
        let sheet = sheets.get(*id).map_or_else(String::new, |sheet| format!(", page {sheet}"));
        format!("\u{201c}{}\u{201d}{sheet}", heading(id))
    };
    found.iter().map(place).collect::<Vec<_>>().join("; ")
}

fn described(item: &Item, places: &str) -> Markup {
    markup! {
        dt {
            (item.label) " " code { (item.id) } " "
            span class="tag" { (source(&item.answer)) }
            @if !item.verified { " " span class="tag" { "Wording from memory" } }
        }
        dd {
            p class="note" { (item.asked) }
            (answer(&item.answer))
            @if !places.is_empty() { p class="note" { "In the report: " (places) "." } }
        }
    }
}

fn source(answer: &Answer) -> &'static str {
    match answer {
        Answer::Run(_) => "From this run",
        Answer::Tool(_) => "By the program",
        Answer::Owner(_) => "By the owner",
        Answer::ToComplete(_) => "Left",
    }
}

fn answer(answer: &Answer) -> Markup {
    match (answer, answer.sentences().as_slice()) {
        (Answer::ToComplete(ask), _) => to_complete(ask),
        (_, [one]) => markup! { p { (one) } },
        (_, many) => markup! { ul { @for sentence in many { li { (sentence) } } } },
    }
}

fn to_complete(ask: &str) -> Markup {
    markup! { div class="aside" { p { strong { (TO_COMPLETE) } " " (ask) } } }
}

fn parts(parts: &[Part]) -> Markup {
    markup! {
        @if parts.iter().any(|part| matches!(part, Part::ToComplete(_))) {
            div class="aside" { p { strong { "Not ready to give to families." } " What is marked below must be filled in first." } }
        }
        @for part in parts {
            @match part {
                Part::Heading(text) => h3 { (text) },
                Part::Words(text) => p { (text) },
                Part::ToComplete(ask) => (to_complete(ask)),
            }
        }
    }
}
