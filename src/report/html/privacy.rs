//! Whom the records, the models and this page could give away, for a data protection officer.

use maud::{Markup, html};

use super::format::{about, count, decimals, hidden, thousands};
use super::table::{TableRow, table};
use crate::ingest::door;
use crate::privacy::anonymity::Knowledge;
use crate::privacy::disclosure::Passed;
use crate::report::Report;
use crate::report::privacy::{
    DroppedLine, KnownLine, ModelLine, Outcome, Privacy, Reason, Share, Smallest, Times,
};

/// All of it.
pub(super) fn privacy(report: &Report) -> Markup {
    html! {
        p class="lead" {
            "The records behind this report are read without names, but they are still personal data."
        }
        p {
            "A made-up number in place of a name (a pseudonym) does not hide a child from somebody who knows enough about the child. \
             The Information Commissioner asks what a determined outsider could do with means that are reasonably likely to \
             be used: single a child out, link records of one child, or infer something about a child. Here is what the run \
             shows of that. It is evidence for a decision, and not the decision."
            @if report.simulated { " The records here are simulated: no real child can be found in them." }
        }
        @match &report.privacy {
            None => p { b { "Not measured. " } "This run was made before the program measured it. Run it again to see it." },
            Some(found) => {
                h3 { "What was dropped at the door" }
                (dropped(found, report.threshold))
                h3 { "How many children stand out" }
                (stand_out(found, report.threshold))
                h3 { "What could a model give away?" }
                (models(report, found))
            }
        }
        h3 { "What leaves, and what stays" }
        (leaves(report))
    }
}

fn dropped(found: &Privacy, threshold: u64) -> Markup {
    let format = match found.format.as_str() {
        "cin-census" => "files of the children in need census",
        _ => "tables in the program\u{2019}s own form",
    };
    html! {
        p { "The data were " (format) ". This is what is done with what could name a child, before anything else is done:" }
        dl { @for rule in door::rules(&found.format) { dt { (rule.what) } dd { (rule.done) } } }
        @if found.dropped.is_empty() {
            p { b { "In this run, there was nothing to drop" } ": the files held only what is read." }
        } @else {
            p { b { "In this run, this stood in the files and was left there unread. " } "Only names of columns and elements are kept, and no content." }
            (table(
                "What was left unread",
                &["Where it stood", "Name", "Looks like", "How often"],
                &found.dropped.iter().map(|d| dropped_row(d, threshold)).collect::<Vec<TableRow>>(),
            ))
        }
    }
}

fn dropped_row(of: &DroppedLine, threshold: u64) -> TableRow {
    let times = match of.times {
        None => html! { "a column" },
        Some(Times::Few) => html! { "fewer than " (threshold) },
        Some(Times::About(n)) => html! { "about " (thousands(n.get())) },
    };
    let looks = of.looks_like.as_deref().unwrap_or("nothing known");
    TableRow::new(html! { (of.place) }, vec![html! { code { (of.name) } }, html! { (looks) }, times])
}

/// What somebody knows, as it continues "shares with nobody".
fn knowledge(what: Knowledge) -> &'static str {
    match what {
        Knowledge::Basics => "Sex, ethnicity as recorded, authority",
        Knowledge::BirthYear => "\u{2026} and year of birth",
        Knowledge::BirthMonth => "\u{2026} and month of birth",
        Knowledge::Disabilities => "\u{2026} and disabilities on record",
        Knowledge::ReferralMonth => "\u{2026} and the month of one referral",
        Knowledge::Table => {
            "The table that models learn from: all facts of one referral, without the above where it is kept from models"
        }
    }
}

/// "Of 100 children, about 37 are", or "Fewer than 10 children are".
fn how_many(share: &Share, threshold: u64) -> Option<String> {
    Some(match share {
        Share::Few => format!("Fewer than {threshold} children, or none, are"),
        Share::Most => format!("All children, or all but fewer than {threshold}, are"),
        Share::About(share) => format!("Of 100 children, {} are", about(share.yes()?)),
        Share::Hidden => return None,
    })
}

/// What is said first of those who stand out.
pub(in crate::report) fn in_short(found: &Privacy, threshold: u64) -> Option<String> {
    let alone = |what| how_many(&found.of(what)?.alone, threshold);
    let born = alone(Knowledge::BirthMonth)?;
    Some(format!(
        "{born} the only one in these records with their sex, ethnicity, authority and month of birth."
    ))
}

/// What is said of those who stand out to one who knows more.
pub(in crate::report) fn with_more(found: &Privacy, threshold: u64) -> Option<String> {
    let month = how_many(&found.of(Knowledge::ReferralMonth)?.alone, threshold)?;
    Some(format!("{month} the only one if disabilities and the month of one referral are known as well."))
}

fn stand_out(found: &Privacy, threshold: u64) -> Markup {
    let rows: Vec<TableRow> = found.known.iter().map(|line| known_row(line, threshold)).collect();
    let few = format!("Of 100 children: in a group of fewer than {threshold}");
    html! {
        @if let Some(short) = in_short(found, threshold) {
            p { b { (short) } @if let Some(more) = with_more(found, threshold) { " " (more) } }
        }
        p {
            "A neighbour, a teacher or a colleague may know some facts about a child. The more they know, the fewer children fit. \
             A child who is alone could be found by anybody who had the records and knew these facts, and then all else on \
             record of the child would be known as well. Each line below adds to the one before, but the last."
        }
        (table(
            "How many children share what somebody might know",
            &["What somebody might know", "Of 100 children: alone", &few, "Children in the smallest group"],
            &rows,
        ))
        p {
            b { "Alone here is not alone in the area. " }
            "Another child may fit who was never referred. But somebody who knows that a child was referred knows that the child is in \
             the records, so the numbers should be read as they stand. They are also no proof of safety: somebody may know \
             other facts than these, or may work with the records."
        }
        p class="note" {
            "For statisticians: these are k-anonymity (Sweeney 2002) and the uniqueness of these records, the highest prosecutor risk of \
             El Emam and Dankar (2008), not an estimate of uniqueness in the population. Groups are counted in different children; \
             a child with several referrals counts with the one that fewest share. What is not recorded is a value of its \
             own. All children with a referral that is asked about are counted, tested or not. Shares are of counts rounded to the nearest ten."
        }
    }
}

fn known_row(of: &KnownLine, threshold: u64) -> TableRow {
    let cells =
        vec![share(&of.alone, threshold), share(&of.few, threshold), smallest(of.smallest, threshold)];
    TableRow::new(html! { (knowledge(of.what)) }, cells)
}

fn share(of: &Share, threshold: u64) -> Markup {
    match of {
        Share::Few => html! { "none, or fewer than " (threshold) " of all" },
        Share::Most => html! { "all, or all but fewer than " (threshold) },
        Share::About(share) => super::format::per_hundred(share),
        Share::Hidden => hidden(),
    }
}

fn smallest(of: Smallest, threshold: u64) -> Markup {
    match of {
        Smallest::One => html! { "1" },
        Smallest::Few => html! { "fewer than " (threshold) },
        Smallest::AtLeast(n) => html! { "at least " (thousands(n.get())) },
        Smallest::Hidden => hidden(),
    }
}

fn models(report: &Report, found: &Privacy) -> Markup {
    let threshold = report.threshold;
    let all = match &found.models {
        Err(why) => return html! { p { b { "Not checked: " } (why) "." } (stays()) },
        Ok(all) if all.is_empty() => return html! { p { "No model was taught." } (stays()) },
        Ok(all) => all,
    };
    let learned: Vec<TableRow> = all.iter().map(|line| learned_row(report, line)).collect();
    let passes: Vec<TableRow> = all.iter().map(|line| passes_row(report, line)).collect();
    html! {
        p { b { (conclusion(all)) } }
        p {
            "A model is made of numbers that it learned from children. If it learned nearly as many numbers as there were referrals, \
             or if an answer of it rests on few children, it can tell about these children to whoever gets hold of it. So can a \
             list of the chances that it gives them, even without names. The models below are those of the part of the test \
             with fewest referrals to learn from" @if all.iter().any(|line| line.kept) { ", and those that are kept, taught by all referrals" }
            "."
        }
        (table(
            "What each model learned, and from how many",
            &[
                "Model",
                "Children learned from",
                "Numbers learned",
                "Referrals left over (residual degrees of freedom)",
                "Children in the smallest group at an answer (leaf)",
            ],
            &learned,
        ))
        (table(
            "Would it pass the checks of an output checker?",
            &["Model", "The model by itself", "A list of its chances", "Different chances", "Of 100 children: alone with their chance"],
            &passes,
        ))
        p {
            "It passes by itself if at least 10 referrals are left over once each number learned is taken away, and no group at an answer \
             has fewer than " (threshold) " children. Where such a small group also had one outcome only, whoever is known to be in it is \
             known to have had that outcome. A list passes if every chance in it is \
             shared by at least " (threshold) " children."
        }
        (stays())
        p class="note" {
            "For statisticians: after the structural attack of SACRO-ML, with groups counted in children instead of records, and leaves \
             counted over all trees. Numbers learned are weights other than 0; of trees two a question and one a leaf; of curves every step \
             and cut. Penalties make the effective number smaller, so the count errs on the safe side. Chances are the same if they agree to nine \
             decimals. Counts are rounded to the nearest ten. Not checked: attacks that try out a model (membership or attribute inference)."
        }
    }
}

/// Which models would pass by themselves.
fn conclusion(all: &[ModelLine]) -> String {
    let passing = all.iter().filter(|line| line.itself == Outcome::Passes).count();
    let lists = all.iter().filter(|line| line.list == Outcome::Passes).count();
    let of = |n: usize| match n {
        0 => "none".to_owned(),
        n if n == all.len() => "all".to_owned(),
        n => n.to_string(),
    };
    format!(
        "Of {} models, {} would pass the checks by themselves; of the lists of their chances, {}. No list of chances of single \
         children leaves in any case.",
        all.len(),
        of(passing),
        of(lists)
    )
}

fn name(report: &Report, of: &ModelLine) -> Markup {
    html! { (report.model_title(&of.model)) @if of.kept { " (kept)" } }
}

fn learned_row(report: &Report, of: &ModelLine) -> TableRow {
    let threshold = report.threshold;
    let numbers =
        of.parameters.as_ref().map_or_else(|_| html! { "not counted" }, |n| html! { (thousands(*n)) });
    let left = of.freedom.map_or_else(
        || {
            if of.parameters.is_ok() {
                hidden()
            } else {
                html! { "not known" }
            }
        },
        |left| html! { "about " (whole(left)) },
    );
    let leaf = match &of.leaf {
        None => html! { "no such groups" },
        Some(Err(_)) => html! { "not known" },
        Some(Ok(size)) => html! {
            (smallest(*size, threshold))
            @if let Some(asked) = of.asked { " " span class="interval" { "(" (thousands(asked)) " asked for)" } }
        },
    };
    TableRow::new(name(report, of), vec![count(of.children), numbers, left, leaf])
}

fn whole(left: Passed<i64>) -> String {
    let left = left.get();
    if left < 0 { decimals(left as f64, 0) } else { thousands(left.unsigned_abs()) }
}

fn passes_row(report: &Report, of: &ModelLine) -> TableRow {
    let threshold = report.threshold;
    let cells = vec![
        outcome(&of.itself),
        outcome(&of.list),
        html! { (thousands(of.chances.get())) },
        share(&of.alone, threshold),
    ];
    TableRow::new(name(report, of), cells)
}

fn outcome(of: &Outcome) -> Markup {
    let words = |reason: &Reason| match reason {
        Reason::Freedom => "too few referrals left over",
        Reason::Leaf => "a small group at an answer",
        Reason::OneOutcome => "a small group with one outcome",
        Reason::Chance => "few share a chance",
    };
    match of {
        Outcome::Passes => html! { "passes" },
        Outcome::Fails(reasons) => {
            html! { b { "does not pass: " } (reasons.iter().map(words).collect::<Vec<&str>>().join("; ")) }
        }
        Outcome::NotChecked(why) => html! { "not checked: " (why) },
    }
}

/// What holds whatever the checks say.
fn stays() -> Markup {
    html! {
        p {
            b { "Whatever the checks say, no model leaves. " }
            "Models are thrown away when the run ends, or kept in the folder " code { "private/" } " where the experiment asks for it. A kept model \
             also holds the least and the greatest value of each fact that it learned from, which may be those of one child. To let one \
             out is a decision of the data\u{2019}s owner and of an output checker."
        }
    }
}

fn leaves(report: &Report) -> Markup {
    html! {
        ul {
            li {
                b { "Stays: " } "the folder " code { "private/" } " of the run, with the chances of single referrals, exact counts, and models if any are \
                 kept. It must not leave the place where the data are held."
            }
            li {
                b { "Leaves: " } "this report in its forms, the records made from it, " code { "evaluation.json" } ", and the lists of facts, settings and files that were used. They hold \
                 numbers about groups only."
                @if report.simulated { " The one case that may be shown is simulated." }
            }
            li {
                b { "Hidden in what leaves: " } "counts under " (report.threshold) ", what could be worked out from others to be such a count, days (months are \
                 shown instead), and single cases."
            }
            li {
                b { "Not prevented: " } "two runs that differ by few children, if both are let out; and whatever else is let out of the same \
                 records. Finding out again who a child is, on purpose and without the controller\u{2019}s consent, is an offence \
                 (section 171, Data Protection Act 2018)."
            }
        }
    }
}
