//! The case view: what it holds, that it is there for simulated data only, and that a real child's needs a permission.
#![expect(clippy::disallowed_methods, reason = "a test makes its own input, and tampers with it")]

use crate::bias;
use crate::cli::{code, rerefer, stderr, stdout};
use crate::recovery::Silent;
use crate::report::walk;
use rerefer::experiment::Experiment;
use rerefer::experiment::explain::one::{Named, OneError, one, test_of};
use rerefer::experiment::run::{Context, Results, Test, run};
use rerefer::explain::found::Case;
use rerefer::explain::story::{Known, Said, Story};
use rerefer::history::History;
use rerefer::ledger::{self, Event};
use rerefer::privacy::disclosure::{Profile, disclose, one_case};
use rerefer::report::cards::Board;
use rerefer::report::forms::{Form, files};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::one_case_page;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

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

/// The committed data without the mark that they are simulated, and an experiment with a permission.
struct Desk {
    folder: TempDir,
    run: PathBuf,
}

impl Desk {
    fn new(permission: &str, marked: bool) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        for name in ["children.parquet", "events.parquet", "simulated.json"] {
            if marked || name != "simulated.json" {
                fs::copy(Path::new("data-synthetic").join(name), data.join(name)).unwrap();
            }
        }
        let path = folder.path().join("experiment.toml");
        fs::write(&path, format!("{}\n{permission}", text())).unwrap();
        let out = folder.path().join("runs");
        let said = rerefer(&[
            "run",
            path.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
            "--quiet",
        ]);
        assert_eq!(code(&said), 0, "{}", stderr(&said));
        let run = PathBuf::from(stdout(&said).trim()).parent().unwrap().to_owned();
        Self { folder, run }
    }

    /// A child and a day that were tested.
    fn someone(&self) -> (String, String) {
        let text = fs::read_to_string(self.run.join("private/predictions.csv")).unwrap();
        let mut cells = text.lines().nth(1).unwrap().split(',').map(str::to_owned);
        (cells.next().unwrap(), cells.next().unwrap())
    }

    fn ask(&self, child: &str, date: &str, out: &Path) -> (i32, String) {
        let data = self.folder.path().join("data");
        let [run, data, out] = [&self.run, &data, out].map(|p: &Path| p.to_str().unwrap());
        let said = rerefer(&["case", run, "--data", data, "--child", child, "--date", date, "--out", out]);
        (code(&said), stdout(&said) + &stderr(&said))
    }

    fn ledger(&self) -> Vec<Event> {
        let path = self.folder.path().join("runs").join(ledger::FILE_NAME);
        if !path.exists() {
            return Vec::new();
        }
        ledger::read(&path).unwrap().into_iter().map(|entry| entry.event).collect()
    }
}

fn permission(expiry: &str) -> String {
    format!(
        "[permission]\nreference = \"EX-2026-017\"\ndate = 2024-01-01\nexpiry = {expiry}\npurpose = \"a request by the family\"\n"
    )
}

#[test]
fn a_real_child_is_explained_with_a_permission_only_and_on_record() {
    let desk = Desk::new(&permission("2999-12-31"), false);
    let (child, date) = desk.someone();
    let out = desk.run.join("private/case/case.html");
    let (exit, said) = desk.ask(&child, &date, &out);
    assert_eq!(exit, 0, "{said}");
    let page = fs::read_to_string(&out).unwrap();
    for words in [
        "EX-2026-017",
        "1 January 2024",
        "31 December 2999",
        "a request by the family",
        "The base rate.",
        "(between ",
        "article 16",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for words in
        NEVER.into_iter().chain(["SIMULATED", "made-up", "figure-timeline", "figure-household", "Sibling"])
    {
        assert!(!page.contains(words), "{words}");
    }
    let day = rerefer::num::Day::parse(&date).unwrap();
    assert!(!page.contains(&date) && !page.contains(&day.in_words()), "a day of a real child");
    let entry = Event::Case {
        run: desk.run.file_name().unwrap().to_str().unwrap().to_owned(),
        permission: "EX-2026-017".to_owned(),
    };
    assert_eq!(desk.ledger(), [entry]);
    // Nobody learns who is on record, and asking is on record too.
    let said = [("-12345678", date.as_str()), (child.as_str(), "1999-01-01"), ("no-number", "no-day")].map(
        |(child, date)| {
            let (exit, said) = desk.ask(child, date, &desk.run.join("private/case/other.html"));
            assert_eq!(exit, 2, "{said}");
            assert!(
                !said.contains("12345678") && !said.contains("1999") && !said.contains("no-number"),
                "{said}"
            );
            said
        },
    );
    assert!(said[0] == said[1] && said[1] == said[2], "{said:?}");
    assert_eq!(desk.ledger().len(), 4);
    // Nor is it written where others may look.
    for name in ["case.html", "private/case.html", "private/case/../../case.html"] {
        let (exit, said) = desk.ask(&child, &date, &desk.run.join(name));
        assert!(exit == 2 && said.contains("may be shown to others"), "{name}: {said}");
    }
    assert!(!desk.run.join("case.html").exists() && desk.ledger().len() == 4);
    // A permission that was written in afterwards is none of the run's.
    let path = desk.run.join("experiment.toml");
    let text = fs::read_to_string(&path).unwrap().replace("EX-2026-017", "EX-2026-018");
    fs::write(&path, text).unwrap();
    let (exit, said) = desk.ask(&child, &date, &out);
    assert!(exit == 2 && said.contains("is no run of this experiment"), "{said}");
}

#[test]
fn without_a_permission_that_holds_nothing_is_looked_up() {
    for (section, words) in [
        (permission("2024-06-30"), "holds from 2024-01-01 to 2024-06-30"),
        (String::new(), "has no `[permission]`"),
    ] {
        let desk = Desk::new(&section, false);
        let (child, date) = desk.someone();
        let out = desk.folder.path().join("case.html");
        let (exit, said) = desk.ask(&child, &date, &out);
        assert!(exit == 4 && said.contains(words), "{exit}: {said}");
        assert!(!out.exists() && desk.ledger().is_empty());
        // Nor does the report have a case.
        let board = desk.folder.path().join("board");
        let said = rerefer(&[
            "report",
            desk.run.to_str().unwrap(),
            "--out",
            board.to_str().unwrap(),
            "--format",
            "html,case",
        ]);
        assert!(code(&said) == 0 && stderr(&said).contains("There is no case view"), "{}", stderr(&said));
        assert!(board.join("report.html").exists() && !board.join("case.html").exists());
    }
}

#[test]
fn a_simulated_child_may_be_asked_for_and_leaves_no_entry() {
    let desk = Desk::new("", true);
    let (child, date) = desk.someone();
    let out = desk.folder.path().join("case.html");
    let (exit, said) = desk.ask(&child, &date, &out);
    assert_eq!(exit, 0, "{said}");
    let page = fs::read_to_string(&out).unwrap();
    assert!(
        page.contains("SIMULATED DATA")
            && page.contains("figure-timeline")
            && page.contains("was asked for by name")
    );
    assert!(desk.ledger().is_empty());
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
