//! Simulated census returns: valid against the schema of their year, quiet under the `DfE` rules, and read back as the
//! history that they were written from.

use crate::cin::{cin_writer::restrict_to_cin, cin_writer::unlabelled, lines, read};
use crate::support::shared;
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use rerefer::history::{Event, Events, History};
use rerefer::num::Day;
use rerefer::schema::Kind;
use rerefer::schema::codes::NEED;
use rerefer::synth::{Format, Scenario, Target, simulate, write_as_made};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Three authorities over the census years 2017 to 2026, in which every layout has its year.
const SCENARIO: &str = "seed = 11\nhouseholds = 5000\nburn_in_years = 0\nstart = 2016-04-01\nend = 2026-03-31\n\
    [authorities.a]\nshare = 5\n[authorities.b]\nshare = 2\n[authorities.c]\nshare = 1\nnfa = 0.3\n";

fn written(folder: &Path) -> (History, Vec<PathBuf>) {
    let scenario = Scenario::read("scenario.toml", SCENARIO).unwrap();
    let target = Target { folder, scenario: SCENARIO, formats: &[Format::CinXml], horizons: &[] };
    write_as_made(&scenario, &target, &|_, _| {}).unwrap();
    let entries = std::fs::read_dir(folder.join("cin-census")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "xml"));
    files.sort();
    (simulate(&scenario, &|_, _| {}).history, files)
}

fn year_of(file: &Path) -> i32 {
    file.file_stem().unwrap().to_str().unwrap()[4..].parse().unwrap()
}

#[test]
fn returns_are_valid_against_the_schema_of_their_year() {
    let Some(schemas) = shared("samples/cin_xml") else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, files) = written(folder.path());
    assert_eq!(files.len(), 30);
    let mut checked = BTreeSet::new();
    for file in files {
        // There is none of 2018 to 2020, when the layout was that of 2017.
        let of = if year_of(&file) < 2021 { 2017 } else { year_of(&file) };
        let schema = schemas.join(format!("CIN_schema_{of}.xsd"));
        let run =
            Command::new("xmllint").args(["--noout", "--schema"]).args([&schema, &file]).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        checked.insert(of);
    }
    assert_eq!(checked.len(), 7);
}

/// What the returns of past years could not hold: the day of a decision on no further action beyond the year of the
/// referral, and child in need plans that ended before the census of 2022 asked for them.
fn as_asked_for(history: &History) -> History {
    let plans_asked_from = Day::from_ymd(2021, 4, 1).unwrap();
    let (mut opened, mut late, mut old) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    for event in history.events.iter() {
        let year = event.date.census_year();
        match event.kind {
            Kind::Referral => drop(opened.insert(event.episode, year)),
            Kind::ReferralNfa if opened[&event.episode] != year => drop(late.insert(event.episode)),
            Kind::CinPlanEnd if event.date < plans_asked_from => drop(old.insert(event.episode)),
            _ => {}
        }
    }
    assert!(!late.is_empty() && !old.is_empty());
    without(history, |event| match event.kind {
        Kind::Closure | Kind::Need => late.contains(&event.episode),
        Kind::CinPlanStart | Kind::CinPlanEnd => old.contains(&event.episode),
        _ => false,
    })
}

fn without(history: &History, gone: impl Fn(&Event) -> bool) -> History {
    let mut events = Events::default();
    history.events.iter().filter(|event| !gone(event)).for_each(|event| events.push(event));
    History::new(history.children.clone(), events, history.authorities.clone(), history.source.clone())
}

/// A return must state a need: where none is known yet, it is "not stated".
fn not_stated(event: &Event) -> bool {
    event.kind == Kind::Need && NEED.find("N0") == Some(event.code)
}

#[test]
fn returns_are_read_back_without_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let (history, _) = written(folder.path());
    let back = read(&folder.path().join("cin-census"));
    assert_eq!(lines(&back), "", "clean data raise nothing");
    let mut expected = restrict_to_cin(&as_asked_for(&history));
    expected.authorities = ["001", "002", "003"].map(str::to_owned).to_vec();
    let (found, expected) = (without(&back.history, not_stated), without(&expected, not_stated));
    let (found, expected) = (unlabelled(&found), unlabelled(&expected));
    assert!(found.len() > 3_000);
    let new: Vec<_> = found.iter().filter(|child| !expected.contains(child)).take(1).collect();
    let lost: Vec<_> = expected.iter().filter(|child| !found.contains(child)).take(1).collect();
    assert!(new.is_empty() && lost.is_empty(), "new: {new:?}\nlost: {lost:?}");
    assert_eq!(found.len(), expected.len());
    assert!(back.history.events.len() < history.events.len(), "the census holds no contacts and no care");
}

/// An element with all below it.
#[derive(Default)]
struct Node {
    name: String,
    text: String,
    below: Vec<Self>,
}

impl Node {
    fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.below.iter().filter(move |node| node.name == name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.below.iter().find(|node| node.name == name).map(|node| node.text.as_str())
    }

    fn day(&self, name: &str) -> Option<Day> {
        self.text(name).map(|text| Day::parse(text).unwrap())
    }
}

fn children(file: &Path) -> Vec<Node> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut reader = Reader::from_str(&text);
    let mut stack = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                stack.push(Node { name, ..Node::default() });
            }
            Xml::Text(text) => stack.last_mut().unwrap().text.push_str(&text),
            Xml::End(_) => {
                let node = stack.pop().unwrap();
                stack.last_mut().unwrap().below.push(node);
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    let message = stack.pop().unwrap().below.pop().unwrap();
    message.below.into_iter().find(|node| node.name == "Children").unwrap().below
}

/// Monday to Friday between two days, the first not counted; bank holidays are counted, so rules that forgive more
/// than so many working days are checked a little too strictly.
fn working_days(from: Day, to: Day) -> usize {
    (from.0 + 1..=to.0).filter(|day| !matches!(day.rem_euclid(7), 2 | 3)).count()
}

/// Spans of a block in a child, an open end taken as the day after the reference date.
fn spans(episodes: &[&Node], block: &str, from: &str, to: &str, open: Day) -> Vec<(Day, Day)> {
    let all = episodes.iter().flat_map(|e| e.all(block));
    let mut out: Vec<_> = all.map(|b| (b.day(from).unwrap(), b.day(to).unwrap_or(open))).collect();
    out.sort();
    out
}

fn overlap(spans: &[(Day, Day)]) -> bool {
    spans.windows(2).any(|pair| pair[1].0 < pair[0].1)
}

/// The rules of the department, checked on one child's record of one year by other code than the reader's. Rules that
/// look at more than one child (1520, 2883, 2886Q to 2888Q) or at what these returns do not hold (reviews, targets,
/// UPNs) are left out.
struct Rules {
    year: i32,
    first: Day,
    last: Day,
    birth: Day,
    death: Option<Day>,
    broken: Vec<&'static str>,
}

impl Rules {
    fn holds(&self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }

    fn rule(&mut self, name: &'static str, broken: bool) {
        if broken {
            self.broken.push(name);
        }
    }

    fn person(&mut self, child: &Node, person: &Node) {
        let date = |m, d| Day::from_ymd(self.year, m, d).unwrap();
        let (birth, expected) = (person.day("PersonBirthDate"), person.day("ExpectedPersonBirthDate"));
        let expectable = date(3, 1)..=date(12, 31);
        let sex = person.text("Sex").or(person.text("GenderCurrent")).unwrap();
        let (last, death, born) = (self.last, self.death, self.birth);
        self.rule("8525Q", birth.is_some() == expected.is_some());
        self.rule("8520", birth.is_some_and(|day| day > last));
        self.rule("8530Q", expected.is_some_and(|day| !expectable.contains(&day)));
        self.rule("8535Q", death.is_some_and(|day| day < born));
        self.rule("8545Q", death.is_some_and(|day| !self.holds(day)));
        self.rule("8750", expected.is_some() && !["U", "0"].contains(&sex));
        self.rule("8770Q", person.text("UPNunknown") == Some("UN1") && born.plus_years(5) <= last);
        self.rule("8775Q", born.plus_years(26) <= last);
        self.rule("1570", person.text("LAchildID").unwrap().len() > 20);
        let lists = child.all("ChildCharacteristics").flat_map(|c| c.all("Disabilities"));
        let codes: Vec<&str> = lists.flat_map(|d| d.all("Disability")).map(|d| d.text.as_str()).collect();
        self.rule("8540", codes.is_empty() && expected.is_none());
        self.rule("8790", codes.contains(&"NONE") && codes.len() > 1);
        self.rule("8794", codes.iter().collect::<BTreeSet<_>>().len() < codes.len());
    }

    fn plans(&mut self, episodes: &[&Node]) {
        let open = self.last.plus(1);
        let plans = spans(episodes, "CINPlanDates", "CINPlanStartDate", "CINPlanEndDate", open);
        let protections = spans(episodes, "ChildProtectionPlans", "CPPstartDate", "CPPendDate", open);
        self.rule("4014", overlap(&plans));
        self.rule("8940", overlap(&protections));
        self.rule("4004", plans.iter().filter(|p| p.1 == open).count() > 1);
        self.rule("8935", protections.iter().filter(|p| p.1 == open).count() > 1);
        let meets = |a: &(Day, Day), b: &(Day, Day)| a.0 < b.1 && b.0 < a.1;
        self.rule("4001, 4016, 4017", plans.iter().any(|a| protections.iter().any(|b| meets(a, b))));
        let after = |p: &(Day, Day), death: Day| p.0 > death || (p.1 != open && p.1 > death);
        self.rule("8915, 8920", protections.iter().any(|p| self.death.is_some_and(|d| after(p, d))));
    }

    fn cases(&mut self, episodes: &[&Node]) {
        let mut cases: Vec<(Day, Option<Day>)> = episodes
            .iter()
            .filter(|e| e.text("ReferralNFA") != Some("1"))
            .map(|e| (e.day("CINreferralDate").unwrap(), e.day("CINclosureDate")))
            .collect();
        cases.sort();
        let open: Vec<usize> =
            cases.iter().enumerate().filter(|(_, e)| e.1.is_none()).map(|(i, _)| i).collect();
        self.rule("8590", episodes.is_empty());
        self.rule("8815", open.len() > 1);
        self.rule("8816", open.iter().any(|i| i + 1 < cases.len()));
        let last = self.last.plus(1);
        self.rule("8820", overlap(&cases.iter().map(|c| (c.0, c.1.unwrap_or(last))).collect::<Vec<_>>()));
    }

    fn episode(&mut self, episode: &Node) {
        let referral = episode.day("CINreferralDate").unwrap();
        let (closure, reason) = (episode.day("CINclosureDate"), episode.text("ReasonForClosure"));
        let nfa = episode.text("ReferralNFA") == Some("1");
        let [assessed, asked, planned, protected] =
            ["Assessments", "Section47", "CINPlanDates", "ChildProtectionPlans"]
                .map(|name| episode.all(name).next().is_some());
        let (last, death) = (self.last, self.death);
        self.rule("8600", referral > last);
        self.rule("8606", self.birth.0 - referral.0 > 280);
        self.rule("8555Q", death.is_some_and(|day| referral > day));
        self.rule("8569Q", nfa && referral < self.first.plus(-1));
        self.rule("8610", !nfa && episode.text("PrimaryNeedCode").is_none());
        self.rule("8620", closure.is_some_and(|day| !self.holds(day)));
        self.rule("8630", closure.is_some_and(|day| day < referral));
        self.rule("8805, 8810", closure.is_some() != reason.is_some());
        self.rule("8585Q", reason == Some("RC2") && death.is_none());
        let after_assessment = matches!(reason, Some("RC8" | "RC9"));
        self.rule("8825Q", after_assessment && !assessed);
        self.rule("2990", after_assessment && (asked || planned || protected));
        self.rule("8831", nfa && (assessed || asked));
        self.rule("8832", nfa && protected);
        self.rule("4000", nfa && planned);
        self.rule("2991Q", asked && !assessed);
        for assessment in episode.all("Assessments") {
            self.assessment(assessment, (referral, closure), after_assessment);
        }
        let unfinished = |a: &&Node| a.day("AssessmentAuthorisationDate").is_none();
        self.rule("8896", episode.all("Assessments").filter(unfinished).count() > 1);
        for enquiry in episode.all("Section47") {
            self.enquiry(enquiry, (referral, closure));
        }
        self.rule("8839, 8890", episode.all("Section47").count() > 1);
        for plan in episode.all("CINPlanDates") {
            self.plan(plan, (referral, closure));
        }
        let held = episode.all("Section47").filter_map(|e| e.day("DateOfInitialCPC")).collect();
        for plan in episode.all("ChildProtectionPlans") {
            self.protection(plan, (referral, closure), &held);
        }
    }

    fn assessment(&mut self, assessment: &Node, (referral, closure): Case, after_assessment: bool) {
        let start = assessment.day("AssessmentActualStartDate").unwrap();
        let end = assessment.day("AssessmentAuthorisationDate");
        let lists = assessment.all("FactorsIdentifiedAtAssessment");
        let factors: Vec<&str> =
            lists.flat_map(|f| f.all("AssessmentFactors")).map(|f| f.text.as_str()).collect();
        self.rule("1103", start < referral);
        self.rule("8608", end.is_some_and(|day| day < start));
        self.rule("8614, 8897Q", end.is_some() == factors.is_empty());
        self.rule("8696", end.is_some_and(|day| !self.holds(day)));
        self.rule("8736", end.is_none() && !self.holds(start));
        self.rule("8670Q", end.is_none() && working_days(start, self.last) > 45);
        self.rule("8867", closure.is_some() && end.is_none());
        self.rule("8869", factors.contains(&"21") && factors.len() > 1);
        self.rule("8898", factors.iter().collect::<BTreeSet<_>>().len() < factors.len());
        self.rule("8945Q, 8950Q", self.year > 2021 && factors.iter().any(|f| ["18A", "19A"].contains(f)));
        self.rule("8873Q", factors.contains(&"21") && closure.is_some() && !after_assessment);
        self.rule("8565", closure.is_some_and(|c| start > c || end.is_some_and(|e| e > c)));
    }

    fn enquiry(&mut self, enquiry: &Node, (referral, closure): Case) {
        let start = enquiry.day("S47ActualStartDate").unwrap();
        let held = enquiry.day("DateOfInitialCPC");
        let waits = held.is_none() && enquiry.text("ICPCnotRequired") != Some("1");
        self.rule("2889", start < referral);
        self.rule("8615", held.is_some_and(|day| day < start));
        self.rule("8715", held.is_some_and(|day| !self.holds(day)));
        self.rule("8740", waits && !self.holds(start));
        self.rule("8675Q", waits && working_days(start, self.last) > 15);
        self.rule("8868", closure.is_some() && waits);
        self.rule("8875", held.is_some_and(|day| matches!(day.0.rem_euclid(7), 2 | 3)));
        self.rule("8565", closure.is_some_and(|c| start > c || held.is_some_and(|h| h > c)));
    }

    fn plan(&mut self, plan: &Node, (referral, closure): Case) {
        let (start, end) = (plan.day("CINPlanStartDate").unwrap(), plan.day("CINPlanEndDate"));
        self.rule("4010", start > self.last);
        self.rule("4011, 4012Q", end.is_some_and(|day| day <= start));
        self.rule("4013", end.is_some_and(|day| !self.holds(day)));
        self.rule("4015", start < referral);
        self.rule("8565", closure.is_some_and(|c| start > c || end.is_none_or(|e| e > c)));
    }

    fn protection(&mut self, plan: &Node, (referral, closure): Case, conferences: &BTreeSet<Day>) {
        let (start, end) = (plan.day("CPPstartDate").unwrap(), plan.day("CPPendDate"));
        self.rule("1105", start < referral);
        self.rule("8840, 8925", end.is_some_and(|day| day <= start));
        self.rule("8930", end.is_some_and(|day| !self.holds(day)));
        self.rule("8720", start > self.last);
        self.rule("8730", plan.text("NumberOfPreviousCPP").is_none());
        self.rule("2885", self.holds(start) && !conferences.contains(&start));
        self.rule("8565", closure.is_some_and(|c| end.is_none_or(|e| e > c)));
    }
}

/// Days of an episode's referral and closure.
type Case = (Day, Option<Day>);

fn broken(child: &Node, year: i32) -> Vec<&'static str> {
    let person = child.all("ChildIdentifiers").next().unwrap();
    let birth = person.day("PersonBirthDate").or(person.day("ExpectedPersonBirthDate")).unwrap();
    let date = |y, m, d| Day::from_ymd(y, m, d).unwrap();
    let (first, last, death) = (date(year - 1, 4, 1), date(year, 3, 31), person.day("PersonDeathDate"));
    let mut rules = Rules { year, first, last, birth, death, broken: Vec::new() };
    let episodes: Vec<&Node> = child.all("CINdetails").collect();
    rules.person(child, person);
    rules.plans(&episodes);
    rules.cases(&episodes);
    for episode in episodes {
        rules.episode(episode);
    }
    rules.broken
}

#[test]
fn returns_break_no_rule_of_the_department() {
    let folder = tempfile::tempdir().unwrap();
    let (_, files) = written(folder.path());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut all, mut blocks) = (0, BTreeMap::<&str, usize>::new());
    for file in files {
        for child in children(&file) {
            all += 1;
            for rule in broken(&child, year_of(&file)) {
                *counts.entry(rule).or_default() += 1;
            }
            for name in ["Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans"] {
                let found: usize = child.all("CINdetails").map(|e| e.all(name).count()).sum();
                *blocks.entry(name).or_default() += found;
            }
        }
    }
    assert!(counts.is_empty(), "{counts:?}");
    assert!(all > 5_000 && blocks.values().all(|n| *n > 300), "{all} {blocks:?}");
}
