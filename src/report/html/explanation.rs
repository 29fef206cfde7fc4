//! What the models go by.

use maud::{Markup, html};

use super::format::{cell, count, interval, recorded, signed, thousands, value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::explain::found::How;
use crate::privacy::disclosure::{Number, Passed};
use crate::report::explanation::{Case, Curve, CurvePoint, Explained, FactTable, ProxyLine, SourceLine, Way};
use crate::report::{Report, figure, words};

/// The section.
pub(super) fn explanation(report: &Report) -> Markup {
    html! {
        @if report.explanations.is_empty() {
            p {
                "Not measured in this run: the experiment does not ask for it (it has no section " code { "[explain]" } ")."
            }
        } @else {
            p {
                "This section says which recorded facts the models rest on. It says nothing about why children come back, and \
                 nothing here tells what would happen to a child if a fact were different. Chances are those before any adjustment."
            }
        }
        @for of in &report.explanations { (one(report, of)) }
        (proxies(report))
    }
}

/// Whether the facts tell what the models were not told.
fn proxies(report: &Report) -> Markup {
    let of = &report.proxies;
    let untested: Vec<String> = of.untested.iter().map(|name| words::group(name).to_lowercase()).collect();
    html! {
        @if !of.lines.is_empty() || !untested.is_empty() { h3 { "Can they tell what they were not told?" } }
        @if !of.lines.is_empty() {
            p { b { "In short. " } (told_all_the_same(&of.lines)) }
            p {
                "The models were not told these characteristics. A model was trained to tell them from the facts that the models had, \
                 and tested on families that it had not learned from. Take one child who is of a group and one who is not: the share \
                 of such pairs in which it picks the right one is the AUROC (0.5 is a coin toss, 1 is always right). The higher it \
                 is, the less leaving the characteristic out protects anyone."
            }
            (table(
                "How well the facts tell what was left out (95% intervals)",
                &["Characteristic and group", "AUROC"],
                &of.lines.iter().map(proxy).collect::<Vec<TableRow>>(),
            ))
        }
        @if !untested.is_empty() {
            p {
                "Not tested: whether the facts tell the following, which the models were not told: " (untested.join(", "))
                ". The experiment can ask for it with " code { "features.test_proxies" } "."
            }
        }
    }
}

fn proxy(line: &ProxyLine) -> TableRow {
    let name = format!("{}: {}", words::group(&line.characteristic), words::level(&line.level));
    TableRow::new(html! { (name) }, vec![cell(&line.auroc, Unit::Score)])
}

/// The levels that the facts tell best.
fn told_all_the_same(lines: &[ProxyLine]) -> String {
    let mut told: Vec<(&ProxyLine, f64)> = lines
        .iter()
        .filter(|l| l.auroc.interval().is_some_and(|(low, _)| low > 0.5))
        .filter_map(|l| Some((l, l.auroc.estimate()?)))
        .collect();
    told.sort_by(|a, b| b.1.total_cmp(&a.1));
    match told.first() {
        None if lines.iter().all(|l| l.auroc.estimate().is_none()) => {
            "Whether the facts tell what was left out cannot be shown: too few children are of each group."
                .to_owned()
        }
        None => "The facts were not shown to tell any of the groups below from the others.".to_owned(),
        Some((line, auroc)) => format!(
            "The facts tell {} of {} groups better than chance. They tell {}: {} best: of 100 pairs of one child who is of this group \
             and one who is not, they pick the right one in about {:.0}.",
            told.len(),
            lines.len(),
            words::group(&line.characteristic).to_lowercase(),
            words::level(&line.level),
            auroc * 100.0
        ),
    }
}

fn one(report: &Report, of: &Explained) -> Markup {
    let title = report.model_title(&of.model);
    html! {
        h3 { (title) }
        p { b { "In short. " } (in_short(title, of)) }
        p class="note" {
            "By " (of.folds) " models, each trained on other families, on "
            @match of.rows.get() { Some(rows) => { "about " (thousands(rows)) " referrals" }, None => { "referrals" } }
            " that they had not learned from. \u{201c}Mixed up\u{201d} means that all facts of a part were handed from family to \
             family at random, " (of.permutations) " times."
        }
        h4 { "What does each part of the records add?" }
        @match &of.sources {
            Ok(lines) => (sources(title, of, lines)),
            Err(reason) => p { "Not shown: " (reason) "." },
        }
        h4 { "Which facts matter most?" }
        @match &of.facts {
            Ok(facts) => (facts_table(of, facts)),
            Err(reason) => p { "Not measured: " (reason) "." },
        }
        @if !of.curves.is_empty() { h4 { "How do chances move with these facts?" } }
        @for curve in &of.curves { (curve_of(&of.model, curve)) }
        @if let Some(case) = &of.case {
            h4 { "One simulated case" }
            @match case {
                Ok(case) => (case_of(&of.model, case)),
                Err(reason) => p { "Not shown: " (reason) "." },
            }
        }
    }
}

/// The conclusion in two sentences.
fn in_short(title: &str, of: &Explained) -> String {
    let first: Vec<&str> =
        of.facts.iter().flat_map(|f| f.lines.iter().take(3).map(|l| l.words.as_str())).collect();
    let facts = match first[..] {
        [] => format!("Which facts \u{201c}{title}\u{201d} goes by most cannot be said."),
        _ => format!("\u{201c}{title}\u{201d} goes most by: {}.", first.join("; ")),
    };
    let Ok(lines) = &of.sources else { return facts };
    let measured: Vec<&SourceLine> = lines.iter().filter(|l| l.auroc.interval().is_some()).collect();
    if measured.is_empty() {
        return facts + " What each part of the records adds was not measured by training without it.";
    }
    let named = |which: fn(&SourceLine) -> bool| -> Vec<&str> {
        measured.iter().filter(|l| which(l)).map(|l| l.words.as_str()).collect()
    };
    let (helps, harms) = (named(SourceLine::helps), named(SourceLine::harms));
    let mut out = facts;
    out += &match helps[..] {
        [] => format!(
            " Of {} parts of the records, none by itself was shown to make it put children in order better than it does without it.",
            measured.len()
        ),
        _ => format!(
            " Of {} parts of the records, {} shown to make it put children in order better: {}.",
            measured.len(),
            if helps.len() == 1 { "one was".to_owned() } else { format!("{} were", helps.len()) },
            helps.join("; ")
        ),
    };
    if !harms.is_empty() {
        out += &format!(" Without these it did better: {}.", harms.join("; "));
    }
    out
}

fn sources(title: &str, of: &Explained, lines: &[SourceLine]) -> Markup {
    let row = |l: &SourceLine| {
        TableRow::new(
            html! { (l.words) },
            vec![
                html! { (l.features) },
                cell(&l.auroc, Unit::Score),
                cell(&l.average_precision, Unit::Score),
                cell(&l.mixed, Unit::Score),
            ],
        )
    };
    let rows: Vec<TableRow> = lines.iter().map(row).collect();
    let heads = [
        "Part of the records",
        "Facts",
        "AUROC falls: left out, trained again",
        "Average precision falls: left out, trained again",
        "AUROC falls: mixed up",
    ];
    let table = table(
        "What each part of the records adds (95% intervals; for mixed up, the lowest and highest group)",
        &heads,
        &rows,
    );
    html! {
        @match figure::sources(title, of) { Some(figure) => (figure.render(&table)), None => (table) }
        p class="note" {
            "A part that adds nothing may still be of use to people, or say what another part says too: then neither is missed when \
             one of them is left out. Intervals say how exactly the difference between these models is known from the families that \
             were tested; models trained on other families would differ more. Of twenty parts that make no difference, one would have \
             an interval that does not hold 0 by chance alone. Settings were not chosen anew without a part."
        }
    }
}

fn facts_table(of: &Explained, facts: &FactTable) -> Markup {
    let pushes = of.pushes.is_ok();
    let mut heads = vec!["Fact", "Importance (the first: 100)", "Best to worst place"];
    if pushes {
        heads.extend(["Moves a chance by, on average (percentage points)", "The more, the"]);
    }
    let rows: Vec<TableRow> = facts
        .lines
        .iter()
        .map(|l| {
            let mut cells = vec![
                html! { (format!("{:.0}", l.share.get() * 100.0)) },
                html! { (format!("{:.0} to {:.0}", l.range.0.get(), l.range.1.get())) },
            ];
            if pushes {
                cells.push(html! { @if let Some(push) = l.push { (format!("{:.1}", push.get() * 100.0)) } });
                cells.push(html! { (way(l.way)) });
            }
            TableRow::new(html! { (l.words) " " span class="note" { "(" code { (l.id) } ")" } }, cells)
        })
        .collect();
    html! {
        p {
            "A fact matters if chances become worse when it is mixed up. Of " (thousands(facts.offered)) " facts these matter most. \
             Their place differs from model to model"
            (agreement(&facts.concordance, &facts.agreement)) "."
        }
        (table("The facts that matter most", &heads, &rows))
        @if facts.some_left_out {
            p class="note" { "Facts that tell about too few children are left out." }
        }
        p class="note" {
            @match &of.pushes {
                Ok(How::Sum) => "What a fact moves a chance by is read from the model, which adds up what its facts say; it is counted \
                                 from the mean over referrals learned from.",
                Ok(How::Trees) => "What a fact moves a chance by is worked out from the model\u{2019}s questions (interventional \
                                   TreeSHAP), counted from the mean over referrals learned from.",
                Err(reason) => { "What a fact moves a chance by is not given: " (reason) "." },
            }
            " Facts that say nearly the same share what they matter."
        }
    }
}

fn agreement(concordance: &Number, agreement: &Number) -> String {
    let mut out = String::new();
    if let Some(w) = concordance.estimate() {
        out += &format!(
            ": Kendall\u{2019}s W is {} (1: all put them in the same order, 0: no agreement)",
            value(w, Unit::Ratio)
        );
    }
    if let Some(stability) = agreement.estimate() {
        out += &format!(
            "{} the stability of the first ten is {} (1: all have the same ten, 0: no more alike than by chance)",
            if out.is_empty() { ":" } else { ";" },
            value(stability, Unit::Ratio)
        );
    }
    out
}

fn way(way: Option<Way>) -> &'static str {
    match way {
        Some(Way::Up) => "higher",
        Some(Way::Down) => "lower",
        Some(Way::Both) => "not one way",
        None => "\u{2013}",
    }
}

fn curve_of(model: &str, of: &Curve) -> Markup {
    let shape = of.points.iter().any(|p| p.shape.is_some());
    let local = of.points.iter().any(|p| p.local.is_some());
    let mut heads = vec!["Value", "Referrals near", "Chance if all had it (folds)"];
    if local {
        heads.push("Moving each a little only");
    }
    if shape {
        heads.push("Model\u{2019}s curve (log-odds)");
    }
    let row = |p: &CurvePoint| {
        let ends = (p.folds.0.get(), p.folds.1.get());
        let mut cells = vec![
            count(p.rows),
            html! { (value(p.chance.get(), Unit::Share)) " " span class="interval" { "(" (interval(ends, Unit::Share)) ")" } },
        ];
        if local {
            cells.push(html! { @match p.local { Some(local) => (value(local.get(), Unit::Share)), None => "\u{2013}" } });
        }
        if shape {
            cells.push(html! { @if let Some((v, low, high)) = p.shape {
                (signed(v.get(), 2)) " " span class="interval" { "(" (signed(low.get(), 2)) " to " (signed(high.get(), 2)) ")" }
            } });
        }
        let head = recorded(&of.words, p.at);
        TableRow::new(html! { (head) }, cells)
    };
    let rows: Vec<TableRow> = of.points.iter().chain(&of.missing).map(row).collect();
    let table = table(&format!("Chances by: {}", of.words), &heads, &rows);
    html! {
        (figure::curve(model, of).render(&table))
        @if let Err(reason) = &of.local { p class="note" { "No accumulated local effects: " (reason) "." } }
    }
}

fn case_of(model: &str, of: &Case) -> Markup {
    let head = if of.log_odds { "Adds to the log-odds" } else { "Adds to the chance (percentage points)" };
    let push = |push: f64| if of.log_odds { signed(push, 2) } else { signed(push * 100.0, 1) };
    let mut rows: Vec<TableRow> = of
        .parts
        .iter()
        .map(|p| {
            let recorded =
                p.value.map_or_else(|| "not recorded, or never".to_owned(), |v| whole_value(v.get()));
            TableRow::new(html! { (p.words) }, vec![html! { (recorded) }, html! { (push(p.push.get())) }])
        })
        .collect();
    rows.push(TableRow::new(
        html! { "all other facts" },
        vec![html! { "\u{2013}" }, html! { (push(of.others.get())) }],
    ));
    let table = table("What moved the estimate", &["Recorded fact", "Recorded", head], &rows);
    let hundred = |p: f64| (p * 100.0).round();
    html! {
        p {
            "This case is simulated; no child is behind it. Of 100 cases like the average one, the model expects about "
            (hundred(of.from.get())) " to come back; of 100 like this one, about " (hundred(of.to.get())) ". The facts on record that \
             made the difference, largest first, are below. They are what the estimate rests on, not causes, and not a list of what \
             a family should change."
        }
        (figure::case(model, of).render(&table))
    }
}
