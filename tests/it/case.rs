//! The case view: what it holds, that it is there for simulated data only, and that a real child's needs a permission.

mod asked;

use crate::bias;
use crate::recovery::Silent;
use crate::report::walk;
use rerefer::experiment::Experiment;
use rerefer::experiment::explain::one::{Named, OneError, one, test_of};
use rerefer::experiment::run::{Context, Results, Test, run};
use rerefer::explain::found::Case;
use rerefer::explain::story::{Known, Said, Story};
use rerefer::history::History;
use rerefer::privacy::disclosure::{Profile, disclose, one_case};
use rerefer::report::cards::Board;
use rerefer::report::forms::{Form, files};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::one_case_page;
use std::sync::OnceLock;

const FIRST_LOOK: &str = include_str!("../../experiments/first-look/experiment.toml");

/// The first look, quick.
fn text() -> String {
    let changes = [
        ("replicates = 500", "replicates = 20"),
        ("folds = 5", "folds = 2"),
        ("case = true", "case = true\nwithout_sources = false\ncurves = 0\npermutations = 1"),
    ];
    changes.iter().fold(FIRST_LOOK.to_owned(), |text, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text.replace(old, new)
    })
}

/// A world, and a run of it.
fn made() -> &'static (History, Experiment, Results) {
    static MADE: OnceLock<(History, Experiment, Results)> = OnceLock::new();
    MADE.get_or_init(|| {
        let history = bias::simulated(2_500, "").history;
        let experiment = Experiment::read("experiment.toml", &text()).unwrap();
        let context = Context { simulated: true, ..Context::default() };
        let results = run(&experiment, &history, &context, &Silent).unwrap();
        (history, experiment, results)
    })
}

fn page(ingredients: &Ingredients) -> Option<String> {
    let report = disclose(ingredients, Profile::default());
    let mut found = files(&report, &Board::default(), &[Form::Case]).unwrap();
    found.pop().map(|(name, bytes)| {
        assert_eq!(name, "case.html");
        String::from_utf8(bytes).unwrap()
    })
}

fn case(ingredients: &Ingredients) -> &Case {
    ingredients.explanations[0].case.as_ref().unwrap().as_ref().unwrap()
}

/// Words that no page of a case may have: it names no band, and puts nobody in order.
const NEVER: [&str; 8] = [
    "high risk",
    "low risk",
    "risk score",
    "medium risk",
    "flag this child",
    "ranked",
    "the child did",
    "top 10%",
];

#[test]
fn the_page_has_everything_that_an_estimate_must_stand_beside() {
    let page = page(&made().2.ingredients).unwrap();
    let body = &page[page.find("<body").unwrap()..];
    assert_eq!(
        body.matches("Research use only. Not for decisions about any child.").count(),
        3,
        "head, foot, last line"
    );
    assert!(page.matches("SIMULATED DATA").count() >= 3);
    for words in [
        "Of 100 referrals with records like these, the model expects",
        "What came of referrals like it.",
        "(between ",
        "The base rate.",
        "What the interval is.",
        "What it is not.",
        "Figure 1.",
        "id=\"figure-timeline\"",
        "id=\"figure-household\"",
        "Not recorded for this child",
        "What no model of these records can know",
        "UK GDPR, article 15",
        "(article 16)",
        "(article 21)",
        "To be completed by the owner.",
        "Key: families.how_to_correct",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for words in NEVER {
        assert!(!page.to_lowercase().contains(words), "{words}");
    }
    let mut headings = Vec::new();
    walk(
        &page,
        |name, attributes| {
            headings.extend(name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()));
            for (key, value) in attributes {
                assert!(!key.starts_with("on") && !value.contains("://"), "{key}={value}");
            }
        },
        |_| {},
    );
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{headings:?}");
    let board = Board::read(
        "board.toml",
        "[families]\nhow_to_correct = \"Write to the records team, who answer in a month.\"",
    )
    .unwrap();
    let report = disclose(&made().2.ingredients, Profile::default());
    let told = String::from_utf8(files(&report, &board, &[Form::Case]).unwrap().remove(0).1).unwrap();
    assert!(told.contains("Write to the records team") && !told.contains("Key: families.how_to_correct"));
}

/// The page of a report of data that are not said to be simulated: there is none, whatever was found.
#[test]
fn nothing_of_a_case_leaves_where_data_are_not_simulated() {
    let ingredients = Ingredients { simulated: false, ..made().2.ingredients.clone() };
    let story = case(&ingredients).story.clone().unwrap();
    assert_eq!(page(&ingredients), None);
    let report = disclose(&ingredients, Profile::default());
    let forms = [Form::Html, Form::Json, Form::Md, Form::Records, Form::Atrs, Form::Case];
    let all = files(&report, &Board::default(), &forms).unwrap();
    assert_eq!(all.len(), forms.len() - 1);
    for (name, bytes) in all {
        let text = String::from_utf8(bytes).unwrap();
        for day in [story.referral, story.on].into_iter().chain(story.events.iter().map(|e| e.date)) {
            assert!(!text.contains(&day.in_words()) && !text.contains(&day.to_string()), "{name}");
        }
        assert!(!text.contains("Sibling 1") && !text.contains("figure-timeline"), "{name}");
    }
    assert!(one_case(case(&ingredients), false, None).is_none(), "nor by the other door");
}

/// An estimate is never shown by itself: where the share who came back, or its interval, is not to be had, there is no page.
#[test]
fn without_an_interval_there_is_no_page() {
    for measure in ["outcome-rate", "calibration-bin"] {
        let mut ingredients = made().2.ingredients.clone();
        for row in ingredients.evaluation.rows.iter_mut().filter(|row| row.measure == measure) {
            (row.low, row.high) = (None, None);
        }
        assert_eq!(page(&ingredients), None, "{measure}");
    }
}

/// The table says of each entry what the story says: given before, of the day itself, not yet on record, or later.
#[test]
fn the_table_says_which_entries_were_given() {
    let report = disclose(&made().2.ingredients, Profile::default());
    let mut late = 0;
    for named in in_company() {
        let found = told(named, true);
        let story = found.story.as_ref().unwrap();
        let case = one_case(&found, true, None).unwrap();
        let page = one_case_page((&report, &Board::default()), ("logistic", &case), None).unwrap();
        let from = page.find("Everything on record of this simulated child, by day").unwrap();
        let table = &page[from..from + page[from..].find("</table>").unwrap()];
        // Factors that one assessment found are one entry.
        let mut entries = story.events.clone();
        entries.dedup_by(|a, b| {
            a.kind == "factor" && b.kind == "factor" && (a.date, a.known_on) == (b.date, b.known_on)
        });
        let said = [
            (Known::Before, "<td>yes</td>"),
            (Known::OnTheDay, "<td>yes, as a fact of the day itself</td>"),
            (Known::NotYet, "<td>no: not on record before the estimate</td>"),
            (Known::Later, "<td>no: it came later</td>"),
        ];
        for (known, words) in said {
            let of = entries.iter().filter(|e| e.known == known).count();
            assert_eq!(table.matches(words).count(), of, "{words}");
            late += usize::from(known == Known::NotYet && of > 0);
        }
    }
    assert!(late > 0, "some entry must have come late");
}

/// Some tested referrals of children who do not live alone.
fn in_company() -> Vec<Named> {
    let (history, _, results) = made();
    let households = &history.children.household;
    let shared = |child: usize| households.iter().filter(|h| **h == households[child]).count() > 2;
    let tested = results.plan.folds.iter().flat_map(|f| &f.test).map(|i| &results.cohort.rows[*i as usize]);
    tested
        .filter(|row| shared(row.child as usize))
        .map(|row| Named { child: history.children.id[row.child as usize], referral: row.referral })
        .take(6)
        .collect()
}

fn told(named: Named, simulated: bool) -> Case {
    let (history, experiment, _) = made();
    let context = Context { simulated, ..Context::default() };
    one(experiment, history, (&context, test_of(experiment, false)), named, &Silent).unwrap().1
}

/// What is drawn as given is what the features count: nothing that came on record on the day or later, and nothing less.
#[test]
fn what_is_shown_as_given_is_what_the_facts_count() {
    let mut counted = 0;
    for named in in_company() {
        let case = told(named, true);
        let story = case.story.as_ref().unwrap();
        for event in &story.events {
            let before = event.known_on < story.on;
            assert_eq!(event.known == Known::Before, before, "{event:?}");
            assert_eq!(
                event.known == Known::OnTheDay,
                !before && event.kind == "referral" && event.date == story.referral
            );
            assert!(event.known != Known::Later || event.date > story.on);
            assert!(event.known != Known::NotYet || event.date <= story.on);
        }
        let facts: Vec<_> = case.given.iter().flat_map(|part| &part.facts).collect();
        let ever = |id: &str| {
            let said = facts.iter().find(|f| f.id == id).map(|f| &f.said);
            if let Some(Said::Times { ever, .. }) = said { *ever as usize } else { panic!("{id}") }
        };
        for kind in ["referral", "contact", "assessment_start", "closure", "factor", "s47", "cin_plan_start"]
        {
            let own = story.events.iter().filter(|e| e.kind == kind && e.known == Known::Before).count();
            assert_eq!(own, ever(kind), "{kind}");
        }
        let others = || story.others.iter().flat_map(|o| &o.events);
        for kind in ["contact", "referral", "s47", "cp_start", "cla_start"] {
            let of = others().filter(|e| e.told.kind == kind && e.counted).count();
            assert_eq!(of, ever(&format!("sibling_{kind}")), "{kind}");
            counted += of;
        }
        assert!(others().all(|e| !e.counted || e.told.known_on < story.on));
        let known = facts.iter().find(|f| f.id == "siblings_known").unwrap();
        assert_eq!(known.said, Said::Value(story.others.iter().filter(|o| o.known).count() as f64));
    }
    assert!(counted > 5, "the cases must have something to count: {counted}");
}

#[test]
fn the_household_has_as_many_as_share_it() {
    let (history, _, results) = made();
    let report = disclose(&results.ingredients, Profile::default());
    for named in in_company() {
        let child = history.children.id.iter().position(|id| *id == named.child).unwrap();
        let home = history.children.household[child];
        let others = history.children.household.iter().filter(|h| **h == home).count() - 1;
        let case = told(named, true);
        assert_eq!(case.story.as_ref().unwrap().others.len(), others);
        let case = one_case(&case, true, None).unwrap();
        let page = one_case_page((&report, &Board::default()), ("logistic", &case), None).unwrap();
        assert_eq!(page.matches("<circle class=\"sibling").count(), others);
        assert!(page.contains(&format!("Sibling {others}: same household")));
        assert!(!page.contains(&format!("Sibling {}", others + 1)));
        // Surrogates are whole numbers of their own: none of the household's stands anywhere as one.
        let name = format!(">{}<", named.child);
        assert!(!page.contains(&name), "the page names the child");
    }
}

#[test]
fn a_child_that_is_unknown_is_told_as_one_that_was_not_tested() {
    let (history, experiment, results) = made();
    let tested: Vec<u32> = results.plan.folds.iter().flat_map(|f| f.test.clone()).collect();
    let row = (0..results.cohort.rows.len() as u32).find(|i| !tested.contains(i)).unwrap();
    let row = &results.cohort.rows[row as usize];
    let known = Named { child: history.children.id[row.child as usize], referral: row.referral };
    let unknown = Named { child: -7_654_321, ..known };
    let said = [known, unknown].map(|named| {
        let found =
            one(experiment, history, (&Context::default(), Test::Ordinary), named, &Silent).unwrap_err();
        assert!(matches!(found, OneError::NotTested) && !format!("{found:?} {named:?}").contains("7654321"));
        found.to_string()
    });
    assert_eq!(said[0], said[1]);
}

#[test]
fn every_fault_of_a_permission_is_told() {
    let fault = |section: &str| {
        let text = format!("{}\n{section}", text());
        Experiment::read("experiment.toml", &text).unwrap_err().to_string()
    };
    let got = fault("[permission]\nreference = \"x\"\ndate = 2026-05-01\nexpiry = 2026-04-01\nchild = 12\n");
    for part in ["`permission.reference` is too short", "does not lie after `permission.date`", "child"] {
        assert!(got.contains(part), "{part}: {got}");
    }
    let got = fault("[permission]\npurpose = \"why\"\n");
    for part in
        ["permission.reference", "permission.date", "permission.expiry", "`permission.purpose` is too short"]
    {
        assert!(got.contains(part), "{part}: {got}");
    }
    let good = "[permission]\nreference = \"EX-2026-\\\"1\\\"\"\ndate = 2026-01-01\nexpiry = 2026-06-30\npurpose = \"a family's request\"\n";
    let read = Experiment::read("experiment.toml", &format!("{}\n{good}", text())).unwrap();
    let again = Experiment::read("experiment.toml", &read.meant()).unwrap();
    assert_eq!(again.permission, read.permission);
    let permission = read.permission.unwrap();
    let day = |text| rerefer::num::Day::parse(text).unwrap();
    let holds = ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"].map(|d| permission.holds_on(day(d)));
    assert_eq!(holds, [false, true, true, false]);
}

/// The story of the committed example, which a person can follow by eye.
#[test]
fn spells_end_once_and_in_their_order() {
    let story: &Story = case(&made().2.ingredients).story.as_ref().unwrap();
    let mut ends: Vec<usize> = story.spans.iter().filter_map(|s| s.end).collect();
    let all = ends.len();
    ends.sort_unstable();
    ends.dedup();
    assert_eq!(ends.len(), all, "no event ends two spells");
    for span in &story.spans {
        assert!(span.end.is_none_or(|end| story.events[end].date >= story.events[span.start].date));
    }
}
