//! Every fact as the model was given it, and what it was not given.

use maud::{Markup, html};

use super::{Subject, texts};
use crate::explain::story::{Fact, Given, Said};
use crate::num::{logit, sigmoid};
use crate::report::explanation::Case;
use crate::report::html::format::{signed, whole_value};
use crate::report::html::table::{TableRow, table};

/// What so much, by itself, does to the chance that is counted from, in children of a hundred.
fn alone(case: &Case, push: f64) -> (f64, f64) {
    let from = case.from.get();
    let to = if case.log_odds { sigmoid(logit(from) + push) } else { from + push };
    ((from * 100.0).round(), (to * 100.0).round())
}

/// "would by themselves move it from 18 to about 19 of 100".
pub(super) fn did(case: &Case, push: f64) -> String {
    let (from, to) = alone(case, push);
    if (from - to).abs() < 0.5 {
        return format!("would by themselves leave the estimate at about {from} of 100");
    }
    format!("would by themselves move the estimate from {from} of 100 to about {to} of 100")
}

/// What was given of a fact, in three kinds.
enum Kind {
    /// Something is on record.
    Something(String),
    /// No, never or nought.
    Nothing,
    /// Not recorded.
    Missing,
}

fn kind(fact: &Fact) -> Kind {
    match &fact.said {
        Said::Missing => Kind::Missing,
        Said::Level(name) => Kind::Something(name.clone()),
        Said::Value(value) if fact.words.starts_with("whether ") => {
            if *value > 0.5 {
                Kind::Something("yes".to_owned())
            } else {
                Kind::Nothing
            }
        }
        Said::Value(value) if value.abs() < 1e-9 && !fact.id.starts_with("age") => Kind::Nothing,
        Said::Value(value) => Kind::Something(whole_value((value * 10.0).round() / 10.0)),
        Said::Times { ever, .. } if *ever < 0.5 => Kind::Nothing,
        Said::Times { ever, since, windows } => Kind::Something(times(*ever, *since, windows)),
    }
}

/// "2 times, the last 44 days ago (1 within 90 days, 2 within 730)".
fn times(ever: f64, since: Option<f64>, windows: &[(i32, Option<f64>)]) -> String {
    let mut out = if ever < 1.5 { "once".to_owned() } else { format!("{} times", whole_value(ever)) };
    if let Some(days) = since {
        let last = if ever < 1.5 { "" } else { "the last " };
        out += &format!(", {last}{} days ago", whole_value(days));
    }
    let (mut parts, mut before) = (Vec::new(), 0.0);
    for (days, count) in windows.iter().filter_map(|(days, count)| Some((days, (*count)?))) {
        if count > before + 0.5 {
            parts.push(format!("{} within {days} days", whole_value(count)));
            before = count;
        }
    }
    if parts.is_empty() { out } else { format!("{out} ({})", parts.join(", ")) }
}

/// A fact in words for a list, without how it is written down.
fn plain(fact: &Fact) -> String {
    let words = fact.words.split(';').next().unwrap_or_default();
    words.strip_prefix("whether ").unwrap_or(words).to_owned()
}

/// The section of what was given.
pub(super) fn given(of: &Subject<'_>) -> Option<Markup> {
    let parts = of.case.told.given();
    if parts.is_empty() {
        return None;
    }
    let head = if of.case.log_odds { "Adds to the log-odds" } else { "Adds to the chance" };
    let row = |part: &Given| {
        let something = part.facts.iter().filter(|f| matches!(kind(f), Kind::Something(_))).count();
        let (_, to) = alone(of.case, part.push);
        let size = if of.case.log_odds { part.push } else { part.push * 100.0 };
        TableRow::new(
            html! { (part.words) },
            vec![
                html! { (something) " of " (part.facts.len()) },
                html! { (to) },
                html! { (signed(size, 2)) },
            ],
        )
    };
    let (from, _) = alone(of.case, 0.0);
    let alone_head = format!("By itself, from {from} of 100 to about");
    let heads = ["Part of the records", "Facts with something on record", &alone_head, head];
    Some(html! {
        p {
            "This is everything: what a model is given is a row of numbers, here in words. Of most events it is given how often they are on \
             record within several look-backs and in all, and how long ago the last time was. It is given no text, no name, no reason, and \
             nothing of how things were at home beyond these."
        }
        (table("What all facts of a part did together, the model\u{2019}s other facts being as they are", &heads, &parts.iter().map(row).collect::<Vec<_>>()))
        @for part in parts { (one(part)) }
    })
}

/// One part of the records.
fn one(part: &Given) -> Markup {
    let (mut rows, mut nothing) = (Vec::new(), Vec::new());
    let mut missing = 0_usize;
    for fact in &part.facts {
        match kind(fact) {
            Kind::Something(said) => rows.push(TableRow::new(html! { (fact.words) }, vec![html! { (said) }])),
            Kind::Nothing => nothing.push(plain(fact)),
            Kind::Missing => missing += 1,
        }
    }
    let mut letters = part.words.chars();
    let title = letters.next().map_or_else(String::new, |c| c.to_uppercase().to_string() + letters.as_str());
    html! {
        h3 { (title) }
        @if rows.is_empty() { p { "Nothing is on record." } } @else {
            (texts(&format!("On record: {}", part.words), &["Fact", "What the model was given"], &rows))
        }
        @if !nothing.is_empty() { p class="note" { b { "Given as no, none or never: " } (nothing.join("; ")) "." } }
        @if missing > 0 { p class="note" { "Not recorded: " (missing) (if missing == 1 { " fact" } else { " facts" }) ", named below." } }
    }
}

/// Look-backs, in days, that the records do not reach back over, and whether it is those of this child.
fn too_long(parts: &[Given]) -> Vec<i32> {
    let mut out: Vec<i32> = Vec::new();
    for fact in parts.iter().flat_map(|part| &part.facts) {
        if let Said::Times { windows, .. } = &fact.said {
            out.extend(windows.iter().filter(|(_, count)| count.is_none()).map(|(days, _)| *days));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The section of what was not given, or cannot be.
pub(super) fn unknown(of: &Subject<'_>) -> Option<Markup> {
    let (report, parts) = (of.report, of.case.told.given());
    let missing: Vec<String> = parts
        .iter()
        .flat_map(|part| &part.facts)
        .filter(|fact| matches!(kind(fact), Kind::Missing))
        .map(plain)
        .collect();
    let long: Vec<String> = too_long(parts).iter().map(i32::to_string).collect();
    Some(html! {
        h3 { "Not recorded for this child" }
        @if missing.is_empty() && long.is_empty() {
            p { "Every fact that the model asks for has a value. That does not mean that the values are right, or that nothing else matters." }
        } @else {
            ul {
                @for words in &missing { li { (words) } }
                @if !long.is_empty() {
                    li { "how often things happened within " (long.join(", ")) " days: the records do not reach back so far for all of it" }
                }
            }
            p class="note" { "What is not recorded is not the same as nothing: the model fills the gap with what is usual, or takes the gap itself as a sign." }
        }
        p class="note" {
            "\u{201c}Never on record\u{201d} is no \u{201c}never\u{201d}: an event elsewhere, before the records begin, or that nobody wrote \
             down, looks the same as none."
        }
        h3 { "Kept from the model" }
        @if report.not_told.is_empty() { p { "No field was left out." } } @else {
            p { "The research team left out: " (report.not_told.join("; ")) ". Other facts can stand in for them." }
        }
        @if !report.as_last_recorded.is_empty() {
            p {
                "These carry no date, so that the model was given them as last recorded, perhaps later than the estimate: "
                (report.as_last_recorded.join("; ")) "."
            }
        }
        h3 { "What no model of these records can know" }
        ul {
            li { "what the child wants and says, and how things are at home today" }
            li { "what the family does well, and who helps them" }
            li { "why a referral was made, and whether what it said was true" }
            li { "what workers saw and did not write down, or wrote in words that no field holds" }
            li { "what happened under another council, or before the records begin" }
            li { "whether a family is on record more often because it needs more, or because it is watched more" }
        }
    })
}
