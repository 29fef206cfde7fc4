//! The records of one simulated child in time, and the household with the services around it.

use maud::{Markup, html};

use super::{Subject, texts};
use crate::explain::story::{Known, OfOther, Other, Referrer, Story, Told};
use crate::report::figure::case as pictures;
use crate::report::html::table::{TableRow, table};

/// Whether the model was given an event.
fn given(known: Known) -> &'static str {
    match known {
        Known::Before => "yes",
        Known::OnTheDay => "yes, as a fact of the day itself",
        Known::LeftOut => "no: left out by the research team",
        Known::NotYet => "no: not on record before the estimate",
        Known::Later => "no: it came later",
    }
}

/// What an event is, with what its codes say.
fn in_words(events: &[Told]) -> String {
    let codes: Vec<&str> = events.iter().filter_map(|e| e.code.as_deref()).collect();
    let what = events.first().map_or("", |e| e.what.as_str());
    if codes.is_empty() { what.to_owned() } else { format!("{what}: {}", codes.join("; ")) }
}

/// What became of the child within the time asked about, where the question is of another referral.
fn ending(of: &Subject<'_>, story: &Story) -> Option<String> {
    let asked = of.report.outcome_is_referral;
    let again = |e: &&Told| e.kind == "referral" && e.date > story.on && e.date <= story.until;
    asked.then(|| match story.events.iter().find(again) {
        Some(referral) => format!(
            "The made-up child was referred again on {}. That is contact with services: it does not say that the child was harmed.",
            referral.date.in_words()
        ),
        None => "The made-up child was not referred again within the time asked about. That does not say that the child was safe: \
                 where a case or a plan stays open, no new referral is made."
            .to_owned(),
    })
}

/// The section of the timeline; only a simulated child has one.
pub(super) fn timeline(of: &Subject<'_>) -> Option<Markup> {
    let story = of.case.told.story()?;
    let rows: Vec<TableRow> = story
        .entries()
        .map(|same| {
            let first = &same[0];
            let entered = if first.known_on == first.date {
                "the same day".to_owned()
            } else {
                first.known_on.in_words()
            };
            TableRow::new(
                html! { (first.date.in_words()) },
                vec![html! { (in_words(same)) }, html! { (entered) }, html! { (given(first.known)) }],
            )
        })
        .collect();
    let heads = ["Day", "What is on record", "Entered the record", "Was the model given it?"];
    let late = story.events.iter().filter(|e| e.known == Known::NotYet).count();
    Some(html! {
        p {
            "A model may use only what was on record " b { "before" } " the day of the estimate, and a few facts of that day itself, such \
             as who made the referral. What a worker learned on the day, or wrote down later, is not among them."
        }
        p {
            "The shaded part is what nobody could know. It is shown because this child does not exist, and because it is the place where a \
             model could cheat: if any of it had been given to the model, the test would look better than the model is."
            @if late > 0 {
                " Note what had happened and was not yet on record: records lag behind life, and a model sees records."
            }
        }
        @if let Some(words) = ending(of, story) { p { b { "How it ended. " } (words) } }
        (pictures::timeline(story).render(&texts("Everything on record of this simulated child, by day", &heads, &rows)))
    })
}

/// The section of the household; only a simulated child has one.
pub(super) fn household(of: &Subject<'_>) -> Option<Markup> {
    let story = of.case.told.story()?;
    let tables = html! {
        (members(story))
        (entries(story))
        (services(story))
    };
    Some(html! {
        p {
            "Records of other children of the household can enter an estimate about this one, and so can who made a referral. Nobody is \
             named, here or to the model. The data say only which children share a household, as last recorded: a child who moved in or \
             was born later is in it all the same. \u{201c}Sibling\u{201d} stands for another child of the household, whether related or \
             not. Adults, friends, wider family and what holds this family together are not in these records at all."
        }
        (use_of_others(of, story))
        (pictures::household(story).render(&tables))
    })
}

/// What the model was given of others, and what it did with it.
fn use_of_others(of: &Subject<'_>, story: &Story) -> Markup {
    let part = of.case.told.given().iter().find(|part| part.facts.iter().any(|f| f.id == "siblings_known"));
    html! {
        p {
            @if !story.households {
                "These data do not say who lives together, so that no fact is of other children."
            } @else if !story.household_given {
                "The research team left out all facts about other children of the household: the model was given none of them."
            } @else {
                "Facts count contacts, referrals, section 47 enquiries, child protection plans and becoming looked after of the other \
                 children, in several look-backs and in all, and say how many of them were known and since when. What was found about them, \
                 and how it ended, is not counted."
                @if let Some(part) = part {
                    " In this case, all these facts together "
                    (super::given::did(of.case, part.push)) "."
                }
            }
        }
    }
}

fn members(story: &Story) -> Markup {
    let number = |test: fn(&OfOther) -> bool, other: &Other| other.events.iter().filter(|e| test(e)).count();
    let row = |(other, place): (&Other, usize)| {
        let counted = number(|e| e.counted, other);
        let known = number(|e| e.told.known.is_given() && !e.counted, other);
        let not = number(|e| !e.told.known.is_given(), other);
        TableRow::new(
            html! { "Sibling " (place) ": same household" },
            vec![
                html! { (pictures::sex_and_age(&other.person)) },
                html! { (if other.known { "yes" } else { "no" }) },
                html! { (counted) },
                html! { (known) },
                html! { (not) },
            ],
        )
    };
    let this = TableRow::new(
        html! { "This child" },
        vec![
            html! { (pictures::sex_and_age(&story.person)) },
            html! { (if story.events.iter().any(|e| e.known == Known::Before) { "yes" } else { "no" }) },
            html! { "\u{2013}" },
            html! { "\u{2013}" },
            html! { "\u{2013}" },
        ],
    );
    let rows: Vec<TableRow> = std::iter::once(this).chain(story.others.iter().zip(1..).map(row)).collect();
    let heads = [
        "Who",
        "Age at the estimate, sex",
        "On record before it",
        "Entries counted by a fact",
        "Known, not counted",
        "Not given to the model",
    ];
    table("The household, and how many entries of each other child a fact counted", &heads, &rows)
}

/// Entries of the other children.
fn entries(story: &Story) -> Markup {
    let used = |e: &OfOther| match (e.counted, e.window) {
        (true, Some(days)) => format!("yes: within {days} days, and in all"),
        (true, None) => "yes: in all".to_owned(),
        (false, _) if e.told.known.is_given() => "no: only that the child is known".to_owned(),
        (false, _) => given(e.told.known).to_owned(),
    };
    let row = |e: &OfOther, number: usize| {
        TableRow::new(
            html! { "Sibling " (number) },
            vec![
                html! { (e.told.date.in_words()) },
                html! { (in_words(std::slice::from_ref(&e.told))) },
                html! { (used(e)) },
            ],
        )
    };
    let of =
        |(other, number): (&Other, usize)| other.events.iter().map(|e| row(e, number)).collect::<Vec<_>>();
    let rows: Vec<TableRow> = story.others.iter().zip(1..).flat_map(of).collect();
    let heads = ["Who", "Day", "What is on record", "Was it counted by a fact?"];
    html! { @if !rows.is_empty() { (texts("Everything on record of the other children, and whether a fact counted it", &heads, &rows)) } }
}

fn services(story: &Story) -> Markup {
    let row = |r: &Referrer| {
        TableRow::new(
            html! { (pictures::referrer(&r.group)) },
            vec![html! { (r.now) }, html! { (r.before) }, html! { (r.not_given) }],
        )
    };
    let rows: Vec<TableRow> = story.referrers.iter().map(row).collect();
    let heads = ["Who referred this child", "This referral: given", "Earlier: given", "Not given"];
    table("Referrals of this child by who made them, and whether the model was given them", &heads, &rows)
}
