//! What the models go by.

use maud::{Markup, html};

use super::format::{cell, count, hidden, interval, recorded, signed, thousands, value, whole_value};
use super::table::{TableRow, table};
use crate::evaluate::measures::Unit;
use crate::explain::found::{How, Recorded};
use crate::num::{logit, sigmoid};
use crate::report::explanation::{
    Case, CasePart, Curve, CurvePoint, Explained, FactLine, FactTable, ProxyLine, SourceLine, Way,
};
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
                ". Nothing in this report shows that the models are blind to it. A board should ask for the test (" code { "features.test_proxies" } ")."
            }
        }
    }
}

fn proxy(line: &ProxyLine) -> TableRow {
    let name = format!("{}: {}", words::group(&line.characteristic), words::level(&line.level));
    TableRow::new(html! { (name) }, vec![cell(&line.auroc, Unit::Score)])
}

/// The levels that the facts tell.
fn told_all_the_same(lines: &[ProxyLine]) -> String {
    let mut told: Vec<(&ProxyLine, f64)> = lines
        .iter()
        .filter(|l| l.auroc.interval().is_some_and(|(low, _)| low > 0.5))
        .filter_map(|l| Some((l, l.auroc.estimate()?)))
        .collect();
    told.sort_by(|a, b| b.1.total_cmp(&a.1));
    let name = |l: &ProxyLine| {
        format!("{}, {}", words::group(&l.characteristic).to_lowercase(), words::level(&l.level))
    };
    let each: Vec<String> = told
        .iter()
        .map(|(l, auroc)| format!("{} (about {:.0} of 100 pairs)", name(l), auroc * 100.0))
        .collect();
    if lines.iter().all(|l| l.auroc.estimate().is_none()) {
        return "Whether the facts tell what was left out cannot be shown: too few families are of each group.".to_owned();
    }
    let first = if each.is_empty() {
        "The facts were not shown to tell any of the groups below from the others.".to_owned()
    } else {
        format!(
            "The facts tell these groups from all others better than guessing, which is right in 50 of 100 pairs: {}.",
            each.join("; ")
        )
    };
    format!(
        "{first} Where that was not shown it is not shown either that they cannot be told, and none of this says that groups are \
         treated alike. Of twenty groups that cannot be told, one would seem to be by chance. A fact can speak of a characteristic itself, as a factor found in an assessment does of disability."
    )
}

fn one(report: &Report, of: &Explained) -> Markup {
    let title = report.model_title(&of.model);
    html! {
        h3 { (title) }
        p { b { "In short. " } (in_short(title, of)) }
        p class="note" {
            (of.folds) " models, each tested on families that it had not learned from"
            @if let Some(rows) = of.rows.get() { "; about " (thousands(rows)) " referrals in all" }
            ". \u{201c}Mixed up\u{201d} means that all facts of a part were handed from referral to referral at random, "
            (of.permutations) " times."
        }
        h4 { "What does each part of the records add?" }
        @match &of.sources {
            Ok(lines) => (sources(title, of, lines)),
            Err(reason) => p { "Not shown: " (reason) "." },
        }
        h4 { "Which facts does it use most?" }
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

/// How many facts count as the first.
const FIRST: f64 = 10.0;

/// The facts that every model has among its first.
fn shared(facts: &FactTable) -> Vec<&str> {
    let within = |l: &&FactLine| l.range.is_some_and(|(_, worst)| worst.get() <= FIRST);
    facts.lines.iter().filter(within).map(|l| l.words.as_str()).collect()
}

/// The conclusion.
fn in_short(title: &str, of: &Explained) -> String {
    let facts = match of.facts.as_ref().map(shared) {
        Err(_) => format!("Which facts \u{201c}{title}\u{201d} uses most cannot be said."),
        Ok(shared) if shared.is_empty() => format!(
            "No short list of the facts that \u{201c}{title}\u{201d} uses most can be given: the {} models do not agree on it.",
            of.folds
        ),
        Ok(shared) => format!(
            "All models of \u{201c}{title}\u{201d} have this among the ten facts that they use most: {}.",
            shared.join("; ")
        ),
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
        out += &format!(
            " Trained without these it did better: {}. That is about this model on these referrals, not about what these are worth to \
             anyone else.",
            harms.join("; ")
        );
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
        heads.extend([
            "Moves a chance by, on average (percentage points)",
            "The more, the predicted chance is",
        ]);
    }
    let rows: Vec<TableRow> = facts
        .lines
        .iter()
        .map(|l| {
            let mut cells = vec![
                html! { (format!("{:.0}", l.share.get() * 100.0)) },
                html! { @match l.range { Some((best, worst)) => (format!("{:.0} to {:.0}", best.get(), worst.get())), None => (hidden()) } },
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
            "A fact is used if chances become worse when it is mixed up. Of " (thousands(facts.offered)) " facts these are used most. "
            (agreement(of, facts))
        }
        (table("The facts that are used most", &heads, &rows))
        @if facts.some_left_out {
            p class="note" { "Facts that set too few families apart are left out." }
        }
        p class="note" {
            @match &of.pushes {
                Ok(how) => {
                    @match how {
                        How::Sum => "What a fact moves a chance by is read from the model, which adds up what its facts say",
                        How::Trees => "What a fact moves a chance by is worked out from the model\u{2019}s questions (interventional TreeSHAP)",
                    }
                    "; it is counted from the mean of up to " (of.background) " referrals drawn from those that each model learned from."
                },
                Err(reason) => { "What a fact moves a chance by is not given: " (reason) "." },
            }
            " Facts that say nearly the same share what they matter."
            @if pushes {
                " \u{201c}Lower\u{201d} means a lower predicted chance, not less need and not less danger: a child whose case is open, \
                 who turns 18, moves away or dies may not come back for that reason alone."
            }
        }
    }
}

/// Whether models agree, in words and in the field's measures.
fn agreement(of: &Explained, facts: &FactTable) -> String {
    let mut out = match facts.agreement.estimate() {
        Some(s) if s >= 0.75 => "The models agree on which come first".to_owned(),
        Some(s) if s >= 0.4 => "The models agree in part on which come first".to_owned(),
        Some(_) => "The models hardly agree on which come first".to_owned(),
        None => "Whether the models agree on which come first could not be measured".to_owned(),
    };
    let mut measures = Vec::new();
    if let Some(stability) = facts.agreement.estimate() {
        let ten = value(stability, Unit::Ratio);
        measures.push(format!("Nogueira\u{2019}s stability of the first ten is {ten} (1: all have the same ten, 0: no more alike than by chance)"));
    }
    if let Some(w) = facts.concordance.estimate() {
        let (w, chance) = (value(w, Unit::Ratio), value(1.0 / facts.models.max(1) as f64, Unit::Ratio));
        measures.push(format!(
            "Kendall\u{2019}s W of all is {w} (1: all put them in the same order; by chance about {chance})"
        ));
    }
    if !measures.is_empty() {
        out += &format!(": {}", measures.join("; "));
    }
    if facts.models < of.folds {
        out += &format!(". Only {} of the {} models use any fact", facts.models, of.folds);
    }
    out + "."
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
    let mut heads = vec!["Recorded", "Referrals near", "Chance if all had it (lowest and highest model)"];
    if local {
        heads.push("Accumulated local effects");
    }
    if shape {
        heads.push("Model\u{2019}s curve (log-odds)");
    }
    let row = |p: &CurvePoint| {
        let ends = p.folds.map(|(low, high)| interval((low.get(), high.get()), Unit::Share));
        let mut cells = vec![
            count(p.rows),
            html! { (value(p.chance.get(), Unit::Share)) @if let Some(ends) = ends { " " span class="interval" { "(" (ends) ")" } } },
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

/// What is on record, in words.
fn on_record(part: &CasePart) -> String {
    match part.recorded {
        Recorded::Value(value) => recorded(&part.words, value),
        Recorded::Times(ever, _) if ever < 0.5 => "never".to_owned(),
        Recorded::Times(ever, since) => {
            let times = if ever < 1.5 { "once".to_owned() } else { format!("{} times", whole_value(ever)) };
            since
                .map_or_else(|| times.clone(), |days| format!("{times}, last {} days ago", whole_value(days)))
        }
    }
}

/// The simulated case of a learner.
fn case_of(model: &str, of: &Case) -> Markup {
    html! {
        p {
            "This case is simulated; no child is behind it. It stands in the middle of those that would be flagged in the last test. What \
             is on record of it, in time, and everything that the model was given is on a page of its own, " code { "case.html" } ", which "
            code { "rerefer report" } " writes."
        }
        (moved(model, of))
    }
}

/// What moved the estimate of a case.
pub(super) fn moved(model: &str, of: &Case) -> Markup {
    let head = if of.log_odds { "Adds to the log-odds" } else { "Adds to the chance (percentage points)" };
    let push = |push: f64| if of.log_odds { signed(push, 2) } else { signed(push * 100.0, 1) };
    let hundred = |p: f64| (p * 100.0).round();
    let from = of.from.get();
    // What it would do by itself: log-odds say little to a reader.
    let alone = |push: f64| hundred(if of.log_odds { sigmoid(logit(from) + push) } else { from + push });
    let row = |words: &str, on_record: String, size: f64| {
        TableRow::new(
            html! { (words) },
            vec![html! { (on_record) }, html! { (alone(size)) }, html! { (push(size)) }],
        )
    };
    let mut rows: Vec<TableRow> =
        of.parts.iter().map(|p| row(&p.words, on_record(p), p.push.get())).collect();
    rows.push(row("all other facts", "\u{2013}".to_owned(), of.others.get()));
    let alone_head = format!("By itself, from {} of 100 to about", hundred(from));
    let table = table("What moved the estimate", &["Recorded fact", "On record", &alone_head, head], &rows);
    let whole: f64 = of.parts.iter().map(|p| p.push.get().abs()).sum::<f64>() + of.others.get().abs();
    html! {
        p {
            "The estimate comes from the one model of the test that this referral is in. Of 100 cases with average facts, that model \
             expects about "
            (hundred(from)) " to come back; of 100 like this one, about " (hundred(of.to.get())) ", and about "
            (100.0 - hundred(of.to.get())) " not to. The facts on record that made most of the difference are below"
            @if of.others.get().abs() > 0.3 * whole { "; many others, none of which made much by itself, made up a good part of it" }
            ". They are what the estimate rests on, not causes, and not a list of what a family should change. Lines are not separate \
             matters: one earlier referral can stand here several times, as how many there were, how long ago the last was and how it ended."
        }
        (figure::case(model, of).render(&table))
    }
}
