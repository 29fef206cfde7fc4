//! Other shares flagged: a slider where script runs, and the tables by group that it takes its numbers from.
//!
//! The script knows no word and no number of its own: it shows what stands in the block of data beside it, which is made of
//! disclosed numbers alone, as ready text.

use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::format::{about, per_hundred, thousands, whole};
use super::table::{TableRow, table};
use crate::privacy::disclosure::PerHundred;
use crate::report::explore::{AtStop, Explored, Stop, Way};
use crate::report::{Report, words};

/// The script of the page, with its comments.
const SCRIPT: &str = include_str!("explore.js");

const HEADS: [&str; 5] = [
    "Referrals tested",
    "Of 100: flagged",
    "Of 100 flagged: came back",
    "Of 100 who came back: not flagged",
    words::IN_VAIN,
];

/// The section: where the slider stands, and the tables.
pub(super) fn explore(report: &Report) -> Markup {
    let by_group =
        || report.explore.iter().filter(|e| e.model == report.finding.candidate && e.group != "overall");
    let several: Vec<&Explored> = by_group().filter(|explored| explored.stops.len() > 1).collect();
    html! {
        p class="lead" {
            "How many referrals would be flagged is a choice of the service, not a finding. Flag more, and fewer children who \
             came back are missed; but more families are looked at in vain."
        }
        div class="explore" id="explore-here" hidden="hidden" {}
        @for explored in &several { (tables(report, explored)) }
        @if several.is_empty() {
            p {
                "By group, one share was asked for and can be shown, if any: see \u{201c}Whom it would miss, and whom it would \
                 flag in vain\u{201d}. An experiment can ask for more (" code { "evaluate.capacities" } "). For everyone together \
                 other shares are under \u{201c}Other shares flagged\u{201d}."
            }
        }
    }
}

/// Two tables of one grouping: who is missed, and how often a flag is right, at every place.
fn tables(report: &Report, explored: &Explored) -> Markup {
    let title = words::group(&explored.group);
    let places: Vec<String> = explored.stops.iter().map(|stop| place(&stop.at, explored.way)).collect();
    let mut heads = vec![title.as_str()];
    heads.extend(places.iter().map(String::as_str));
    let levels = explored.stops.first().map_or(&[][..], |stop| &stop.levels);
    let at =
        |stop: &Stop, level: &AtStop| stop.levels.iter().find(|other| other.level == level.level).cloned();
    let is_shown = |level: &AtStop| {
        let found = explored.stops.iter().filter_map(|stop| at(stop, level));
        found.into_iter().any(|level| level.right.yes().is_some() || level.missed.yes().is_some())
    };
    let (shown, hidden): (Vec<&AtStop>, Vec<&AtStop>) = levels.iter().partition(|level| is_shown(level));
    let rows = |of: fn(&AtStop) -> &PerHundred| -> Vec<TableRow> {
        let cell = |stop: &Stop, level: &AtStop| {
            at(stop, level).map_or_else(|| html! { "\u{2013}" }, |level| per_hundred(of(&level)))
        };
        let row = |level: &&AtStop| {
            let cells = explored.stops.iter().map(|stop| cell(stop, level)).collect();
            TableRow::new(html! { (words::level(&level.level)) }, cells)
        };
        shown.iter().map(row).collect()
    };
    let names: Vec<String> = hidden.iter().map(|level| words::level(&level.level)).collect();
    let model = report.model_title(&explored.model);
    let way = if explored.way == Way::Chance { ", by chance" } else { "" };
    html! {
        h3 { (title) @if explored.way == Way::Chance { ": flagged from a chance up" } @else { ": other shares flagged" } }
        (table(&format!("{title}, {model}{way}: of 100 who came back, not flagged"), &heads, &rows(|level| &level.missed)))
        (table(&format!("{title}, {model}{way}: of 100 flagged, came back"), &heads, &rows(|level| &level.right)))
        @if !names.is_empty() {
            p class="note" { "Hidden at every place, because the numbers are too small or would show those of another group: " (names.join("; ")) "." }
        }
    }
}

/// The number of a place, such as "10%".
fn number(at: &str) -> &str {
    at.rsplit(' ').next().unwrap_or(at)
}

/// A place as the head of a column.
fn place(at: &str, way: Way) -> String {
    match way {
        Way::Share => format!("{} flagged", number(at)),
        Way::Chance => format!("From {} up flagged", number(at)),
    }
}

/// The script as it stands in the page: comments are for who reads the source.
fn spoken() -> String {
    SCRIPT.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The SHA-256 of the script in base64, for the security policy of the page: no other script can run.
pub(super) fn digest() -> String {
    BASE64_STANDARD.encode(Sha256::digest(spoken()))
}

/// What stands at the end of the page: the data and the script.
pub(super) fn script(report: &Report) -> Markup {
    html! {
        script type="application/json" id="explore-data" { (PreEscaped(data(report))) }
        script { (PreEscaped(spoken())) }
    }
}

/// The words and numbers that the script shows. No character of it can end the block.
fn data(report: &Report) -> String {
    let mut models: Vec<&str> = report.explore.iter().map(|e| e.model.as_str()).collect();
    models.dedup();
    let model = |id: &&str| {
        let ways =
            [(Way::Share, "The share with the highest chances"), (Way::Chance, "All from a chance up")];
        let ways = ways.iter().filter_map(|(way, title)| {
            let own = || report.explore.iter().filter(|e| e.model == *id && e.way == *way);
            let groupings: Vec<Value> = own().map(grouping).collect();
            (!groupings.is_empty())
                .then(|| json!({"title": title, "groupings": groupings, "missing": missing(report, own())}))
        });
        json!({"title": report.model_title(id), "ways": ways.collect::<Vec<_>>()})
    };
    let all = json!({
        "labels": {
            "model": "Method",
            "way": "Who is flagged",
            "grouping": "Shown for",
            "stop": "How many",
            "note": "Every number here has passed the same checks as the rest of this report. Places at which numbers would show \
                     few children are left out. Nothing is sent or kept.",
            "sorted": "You put these lines in order; the report does not. Lines next to each other may differ by chance only: see the \
                       intervals, and whether groups differ by more than chance.",
        },
        "heads": HEADS,
        "first": label(&report.declared(), Way::Share),
        "models": models.iter().map(model).collect::<Vec<_>>(),
    });
    all.to_string().replace('<', "\\u003c").replace('&', "\\u0026")
}

/// The groupings of the report of which no place can be shown, in words.
fn missing<'a>(report: &Report, shown: impl Iterator<Item = &'a Explored>) -> String {
    let shown: Vec<&str> = shown.map(|explored| explored.group.as_str()).collect();
    let groups = report.groups.iter().map(|table| table.group.as_str());
    let missing: Vec<String> = groups.filter(|group| !shown.contains(group)).map(words::group).collect();
    if missing.is_empty() {
        return String::new();
    }
    format!(
        "Cannot be shown in this way, because the groups are too small or it was not asked for: {}.",
        missing.join("; ")
    )
}

fn grouping(explored: &Explored) -> Value {
    let everyone = explored.group == "overall";
    let title = if everyone { "Everyone".to_owned() } else { words::group(&explored.group) };
    let stop = |stop: &Stop| {
        let rows: Vec<Value> = stop.levels.iter().map(|level| row(level, everyone)).collect();
        json!({"label": label(&stop.at, explored.way), "end": number(&stop.at), "said": said(explored, stop), "rows": rows})
    };
    let head = if everyone { "Who" } else { title.as_str() };
    json!({"title": title, "head": head, "stops": explored.stops.iter().map(stop).collect::<Vec<_>>()})
}

/// What a place of the slider is called.
fn label(at: &str, way: Way) -> String {
    match way {
        Way::Share => format!("the {} with the highest chances", number(at)),
        Way::Chance => format!("all with a chance of {} or more", number(at)),
    }
}

/// A row: its head, then text, interval and length of bar of each cell.
fn row(level: &AtStop, everyone: bool) -> Value {
    let head = if everyone { "Everyone".to_owned() } else { words::level(&level.level) };
    let n = level.n.get().map_or_else(|| json!({"text": "hidden"}), |n| json!({"text": thousands(n)}));
    let cell = |share: &PerHundred| match (share.yes(), share) {
        (Some(yes), _) => {
            let range =
                share.range().filter(|(low, high)| low < high).map(|(low, high)| format!("{low} to {high}"));
            json!({"text": whole(yes), "range": range, "bar": yes})
        }
        (None, PerHundred::Undefined(_)) => json!({"text": "\u{2013}"}),
        (None, _) => json!({"text": "hidden"}),
    };
    let cells: Vec<Value> = std::iter::once(n).chain(level.shares().into_iter().map(cell)).collect();
    json!({"head": head, "cells": cells})
}

/// The two groups that are missed least and most often.
fn furthest(stop: &Stop) -> String {
    let missed =
        || stop.levels.iter().filter_map(|level| Some((level.missed.yes()?, words::level(&level.level))));
    let (Some((least, fewest)), Some((most, other))) =
        (missed().min_by_key(|l| l.0), missed().max_by_key(|l| l.0))
    else {
        return "no group can be shown.".to_owned();
    };
    if missed().count() == 1 {
        return format!(
            "of 100 who came back, {} would not have been flagged in \u{201c}{other}\u{201d}, the only group shown.",
            about(most)
        );
    }
    if least == most {
        return format!(
            "of 100 who came back, {} would not have been flagged, in every group shown.",
            about(most)
        );
    }
    let between = if missed().count() > 2 { "; the other groups shown lie between" } else { "" };
    format!(
        "of 100 who came back, {} would not have been flagged in \u{201c}{fewest}\u{201d} and {} in \u{201c}{other}\u{201d}{between}. \
         Whether groups differ by more than chance is said where they are compared.",
        about(least),
        about(most)
    )
}

/// A place in a sentence or two.
fn said(explored: &Explored, stop: &Stop) -> String {
    let flagged = format!("If {} were flagged", label(&stop.at, explored.way));
    if explored.group != "overall" {
        let hidden = stop.levels.iter().filter(|level| level.right.yes().is_none()).count();
        let all = stop.levels.len();
        let cannot = match hidden {
            0 => String::new(),
            1 => format!(
                " 1 of {all} groups is hidden or cannot be judged, because its numbers are too small or would show those of another."
            ),
            _ => format!(
                " {hidden} of {all} groups are hidden or cannot be judged, because their numbers are too small or would show those of another."
            ),
        };
        return format!("{flagged}: {}{cannot}", furthest(stop));
    }
    let Some(level) = stop.levels.first() else { return flagged };
    let shares = (level.right.yes(), level.right.no(), level.missed.yes(), level.in_vain.yes());
    let (Some(right), Some(wrong), Some(missed), Some(in_vain)) = shares else { return flagged };
    format!(
        "{flagged}: of 100 flagged, {} came back and {} did not. Of 100 who came back, {} would not have been flagged. Of 100 who \
         did not come back, {} would have been flagged.",
        about(right),
        about(wrong),
        about(missed),
        about(in_vain)
    )
}
