//! CIN census XML: what is written out as census files comes back, and the traps of real files.

#[path = "cin_writer.rs"]
pub(crate) mod cin_writer;
#[path = "histories.rs"]
pub(crate) mod histories;

use std::fmt::Write as _;
use std::path::Path;

use cin_writer::{restrict_to_cin, unlabelled, write_census};
use histories::day;
use rerefer::history::{History, NO_CODE};
use rerefer::ingest::{self, Format, Ingested, Severity, grouped, write_native};
use rerefer::schema::Kind;
use tempfile::TempDir;

pub(crate) fn read(path: &Path) -> Ingested {
    ingest::read(path, &|done, total, _| assert!(done <= total)).unwrap_or_else(|e| panic!("{e}"))
}

/// Every problem, one line a group.
pub(crate) fn lines(read: &Ingested) -> String {
    let mut text = String::new();
    for group in grouped(&read.problems) {
        writeln!(text, "{group}").unwrap();
    }
    text
}

#[test]
fn random_histories_come_back_as_far_as_the_census_can_carry_them() {
    for root in 0..12 {
        let history = histories::random(root, 60);
        let folder = TempDir::new().unwrap();
        write_census(&history, folder.path());
        let read = read(folder.path());
        let errors: Vec<_> = read.problems.iter().filter(|p| p.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "seed {root}: {errors:#?}");
        let (found, expected) = (unlabelled(&read.history), unlabelled(&restrict_to_cin(&history)));
        assert!(!expected.is_empty());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "seed {root}");
        }
        assert_eq!(found.len(), expected.len());
        assert_eq!(read.history.source.census_years, [2019, 2020, 2021, 2022, 2023]);
        assert_eq!(read.format, Format::CinCensus);
        assert_eq!(read.files.len(), 10);
    }
}

#[test]
fn a_census_read_and_written_as_tables_reads_back_the_same() {
    let folder = TempDir::new().unwrap();
    let (census, native) = (folder.path().join("census"), folder.path().join("native"));
    write_census(&histories::random(3, 80), &census);
    let first = read(&census);
    write_native(&first.history, &native).unwrap();
    let second = read(&native);
    assert_eq!(first.history.children, second.history.children);
    assert_eq!(first.history.events, second.history.events);
    assert_eq!(first.history.authorities, second.history.authorities);
    assert!(second.problems.iter().all(|p| p.severity == Severity::Warning), "{}", lines(&second));
}

/// A child of a file, around its `CINdetails`.
fn child(id: &str, details: &str) -> String {
    format!(
        "<Child><ChildIdentifiers><LAchildID>{id}</LAchildID><PersonBirthDate>2015-05-20</PersonBirthDate>\
         <Sex>F</Sex></ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>\
         {details}</Child>"
    )
}

/// An episode with further action.
fn details(referral: &str, rest: &str) -> String {
    format!(
        "<CINdetails><CINreferralDate>{referral}</CINreferralDate><ReferralSource>1A</ReferralSource>\
         <PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>0</ReferralNFA>{rest}</CINdetails>"
    )
}

fn closure(day: &str, reason: &str) -> String {
    format!("<CINclosureDate>{day}</CINclosureDate><ReasonForClosure>{reason}</ReasonForClosure>")
}

fn file(year: i32, children: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Message><Header><CollectionDetails><Collection>CIN</Collection>\
         <Year>{year}</Year><ReferenceDate>{year}-03-31</ReferenceDate></CollectionDetails><Source><LEA>201</LEA>\
         </Source></Header><Children>{children}</Children></Message>"
    )
}

fn read_texts(files: &[(&str, String)]) -> Ingested {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        rerefer::io::atomic::write(&folder.path().join(name), text.as_bytes()).unwrap();
    }
    read(folder.path())
}

/// The events of a child in words.
fn events(history: &History, child: usize) -> Vec<String> {
    let events = history.events_of(child).map(|i| history.events.get(i));
    let words = |e: rerefer::history::Event| {
        let spec = e.kind.spec();
        let code = spec.codes.and_then(|list| list.get(e.code)).map_or("", |c| c.code);
        let known = if e.known_on == e.date { String::new() } else { format!(" known {}", e.known_on) };
        format!("{} {} {code} #{}{known}", e.date, spec.name, e.episode)
    };
    events.map(words).collect()
}

#[test]
fn one_episode_in_two_years_is_one_and_the_later_file_decides() {
    let assessment = |end: &str| {
        format!(
            "<Assessments><AssessmentActualStartDate>2022-03-20</AssessmentActualStartDate>{end}</Assessments>"
        )
    };
    let end = "<AssessmentAuthorisationDate>2022-05-01</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment>\
               <AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment>";
    let plan = |end: &str| {
        format!("<CINPlanDates><CINPlanStartDate>2022-03-25</CINPlanStartDate>{end}</CINPlanDates>")
    };
    let second = details(
        "2022-03-10",
        &[assessment(end), plan("<CINPlanEndDate>2022-09-01</CINPlanEndDate>"), closure("2022-10-02", "RC7")]
            .concat(),
    )
    .replace("N1", "N4");
    let read = read_texts(&[
        // Names against the order of years: the reference date decides.
        ("b.xml", file(2022, &child("one", &details("2022-03-10", &[assessment(""), plan("")].concat())))),
        ("a.xml", file(2023, &[child("two", &details("2022-07-01", "")), child("one", &second)].concat())),
    ]);
    assert_eq!(lines(&read), "");
    assert_eq!(
        events(&read.history, 0),
        [
            "2022-03-10 referral 1A #1",
            "2022-03-10 need N4 #1 known 2022-05-01",
            "2022-03-20 assessment_start  #1",
            "2022-03-25 cin_plan_start  #1",
            "2022-05-01 assessment_end  #1",
            "2022-05-01 factor 3B #1",
            "2022-09-01 cin_plan_end  #1",
            "2022-10-02 closure RC7 #1",
        ]
    );
    assert_eq!(
        events(&read.history, 1),
        ["2022-07-01 referral 1A #2", "2022-07-01 need N1 #2 known 2023-03-31"]
    );
    assert_eq!(read.history.children.observed_from, [day("2021-04-01"); 2]);
    assert_eq!(read.history.children.observed_to, [day("2023-03-31"); 2]);
    assert_eq!(read.history.children.birth_month, [Some(day("2015-05-01")); 2]);
}

#[test]
fn two_referrals_on_one_day_stay_two_over_the_years() {
    let police = details("2022-03-10", "").replace("1A", "6");
    let first =
        [details("2022-03-10", &closure("2022-03-20", "RC8")), details("2022-03-10", ""), police.clone()]
            .concat();
    let read = read_texts(&[
        ("2022.xml", file(2022, &child("one", &first))),
        (
            "2023.xml",
            file(
                2023,
                &child("one", &[police, details("2022-03-10", &closure("2022-06-01", "RC7"))].concat()),
            ),
        ),
    ]);
    let referrals =
        events(&read.history, 0).into_iter().filter(|e| e.contains("referral ")).collect::<Vec<_>>();
    assert_eq!(referrals.len(), 3, "{referrals:?}");
    let closures = events(&read.history, 0).into_iter().filter(|e| e.contains("closure")).collect::<Vec<_>>();
    assert_eq!(closures, ["2022-03-20 closure RC8 #1", "2022-06-01 closure RC7 #2"]);
}

#[test]
fn a_missing_year_ends_observation_and_is_said() {
    let one = |year| (format!("{year}.xml"), file(year, &child("one", &details("2019-05-01", ""))));
    let files = [one(2020), one(2021), one(2023)];
    let read = read_texts(&files.each_ref().map(|(name, text)| (name.as_str(), text.clone())));
    assert_eq!(read.history.children.observed_to, [day("2021-03-31")]);
    assert_eq!(read.history.source.census_years, [2020, 2021, 2023]);
    assert!(read.history.source.remarks[1].contains("census of the year ending March 2022 is missing"));
    assert!(read.history.source.remarks[0].contains("no household is recorded"));
}

#[test]
fn the_child_left_only_by_its_last_event() {
    let again = [details("2022-05-01", &closure("2022-06-01", "RC5")), details("2022-09-01", "")].concat();
    let gone = details("2022-05-01", &closure("2022-06-01", "RC5"));
    let read = read_texts(&[("a.xml", file(2023, &[child("one", &again), child("two", &gone)].concat()))]);
    assert_eq!(read.history.children.left_on, [None, Some(day("2022-06-01"))]);
    assert_eq!(read.history.children.left_reason[0], NO_CODE);
}

/// Two children alike until their case is closed because they move away; one of them comes back. Whether a closure was the
/// last is known only later, so at the closure both must be asked about or neither.
#[test]
fn coming_back_does_not_decide_who_is_asked_about() {
    use rerefer::cohort::{self, Clock, Definition, Index, Point};
    let moved = details("2020-05-01", &closure("2020-06-01", "RC5"));
    let back = [moved.clone(), details("2020-09-01", &closure("2020-10-01", "RC8"))].concat();
    let years: Vec<_> = (2021..=2023)
        .map(|year| {
            let children = if year == 2021 {
                [child("one", &moved), child("two", &back)].concat()
            } else {
                child("x", "")
            };
            (format!("{year}.xml"), file(year, &children))
        })
        .collect();
    let files: Vec<_> = years.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let history = read_texts(&files).history;
    let asked = |point, clock| {
        let definition = Definition {
            index: Index::EveryReferral,
            point,
            outcome: Kind::Referral,
            horizon_days: 365,
            clock,
        };
        let rows = cohort::build(&history, &definition).rows;
        [0, 1]
            .map(|child| rows.iter().filter(|r| r.child == child && r.referral == day("2020-05-01")).count())
    };
    assert_eq!(asked(Point::AtReferral, Clock::FromReferral), [1, 1]);
    assert_eq!(asked(Point::AtClosure, Clock::FromClosure), [0, 0]);
}

#[test]
fn unusable_facts_are_left_out_one_by_one() {
    let rest = [
        &closure("2022-04-01", "RC7"),
        "<Assessments><AssessmentActualStartDate>2022-04-30</AssessmentActualStartDate></Assessments>",
        "<Assessments><AssessmentActualStartDate>2022-05-09</AssessmentActualStartDate>\
         <AssessmentAuthorisationDate>2022-05-08</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment>\
         <AssessmentFactors>1A</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>",
        "<Assessments><AssessmentActualStartDate>2022-05-10</AssessmentActualStartDate>\
         <AssessmentAuthorisationDate>2022-06-01</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment>\
         <AssessmentFactors>21</AssessmentFactors><AssessmentFactors>RB</AssessmentFactors>\
         <AssessmentFactors>1C</AssessmentFactors><AssessmentFactors>1C</AssessmentFactors>\
         </FactorsIdentifiedAtAssessment></Assessments>",
        "<Section47><S47ActualStartDate>2022-04-01</S47ActualStartDate><DateOfInitialCPC>2022-05-20</DateOfInitialCPC>\
         </Section47>",
        "<ChildProtectionPlans><CPPstartDate>2022-05-20</CPPstartDate><CPPendDate>2023-04-01</CPPendDate>\
         <InitialCategoryOfAbuse>XYZ</InitialCategoryOfAbuse></ChildProtectionPlans>",
        "<CINPlanDates><CINPlanStartDate>NULL</CINPlanStartDate></CINPlanDates>",
        "<CINPlanDates><CINPlanStartDate>2022-06-01</CINPlanStartDate><CINPlanEndDate>1900-01-01</CINPlanEndDate>\
         </CINPlanDates>",
    ];
    let read = read_texts(&[("a.xml", file(2023, &child("one", &details("2022-05-01", &rest.concat()))))]);
    insta::assert_snapshot!(lines(&read));
    assert_eq!(
        events(&read.history, 0),
        [
            "2022-05-01 referral 1A #1",
            "2022-05-01 need N1 #1 known 2022-06-01",
            "2022-05-09 assessment_start  #1",
            "2022-05-10 assessment_start  #1",
            "2022-05-20 icpc  #1",
            "2022-05-20 cp_start  #1",
            "2022-06-01 assessment_end  #1",
            "2022-06-01 factor 1C #1",
            "2022-06-01 factor 21 #1",
            "2022-06-01 cin_plan_start  #1",
        ]
    );
    assert_eq!(read.quarantined.len(), 9, "{:#?}", read.quarantined);
}

#[test]
fn children_that_cannot_be_told_apart_or_named_are_left_out() {
    let one = child("one", &details("2022-05-01", ""));
    let nameless = child("", &details("2022-05-01", ""));
    let early = child("two", &details("2014-08-01", ""));
    let read = read_texts(&[("a.xml", file(2023, &[one.clone(), nameless, early, one].concat()))]);
    insta::assert_snapshot!(lines(&read));
    assert_eq!(read.history.children.len(), 1);
    assert!(read.history.events.is_empty());
}

#[test]
fn identifiers_are_held_nowhere() {
    const SENTINEL: &str = "Q7SENTINEL";
    let planted = format!(
        "<Child><ChildIdentifiers><LAchildID>{SENTINEL}</LAchildID><UPN>{SENTINEL}</UPN><FormerUPN>{SENTINEL}</FormerUPN>\
         <Surname>{SENTINEL}</Surname>{SENTINEL}<PersonBirthDate>{SENTINEL}</PersonBirthDate><Sex>{SENTINEL}</Sex>\
         </ChildIdentifiers><ChildCharacteristics><Ethnicity>{SENTINEL}<x>{SENTINEL}</x></Ethnicity></ChildCharacteristics>\
         <Worker name=\"{SENTINEL}\"><a>{SENTINEL}</a></Worker>{}{}</Child>",
        details("2022-05-01", &closure(SENTINEL, SENTINEL)),
        details(SENTINEL, "")
    );
    let read = read_texts(&[("a.xml", file(2023, &planted))]);
    let folder = TempDir::new().unwrap();
    write_native(&read.history, folder.path()).unwrap();
    let shown = format!("{read:?}{}", lines(&read));
    assert!(!shown.contains(SENTINEL), "{shown}");
    assert_eq!(read.history.children.id, [1]);
    assert!(read.problems.iter().any(|p| p.found.contains("a person's name")));
    for name in ["children.parquet", "events.parquet"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        assert!(!bytes.windows(SENTINEL.len()).any(|w| w == SENTINEL.as_bytes()));
    }
    // Nor in an error, where the file is broken just there.
    let broken = file(2023, &planted).replace("</Worker>", &format!("</{SENTINEL}>"));
    rerefer::io::atomic::write(&folder.path().join("x/a.xml"), broken.as_bytes()).unwrap();
    let error = ingest::read(&folder.path().join("x"), &|_, _, _| {}).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(SENTINEL), "{error:?}");
}

#[test]
fn every_encoding_gives_the_same() {
    let text = file(2023, &child("José", &details("2022-05-01", &closure("2022-06-01", "RC7"))));
    let expected = read_texts(&[("a.xml", text.clone())]).history;
    let folder = TempDir::new().unwrap();
    let declared = |name: &str| text.replace("encoding=\"UTF-8\"", &format!("encoding=\"{name}\""));
    let latin =
        declared("windows-1252").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>();
    let little =
        std::iter::once(0xFEFF).chain(declared("UTF-16").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big = declared("UTF-16").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat();
    for bytes in [latin, little, big, marked] {
        let path = folder.path().join("a.xml");
        rerefer::io::atomic::write(&path, &bytes).unwrap();
        assert_eq!(read(&path).history, expected);
    }
}

#[test]
fn the_published_samples_go_through() {
    let Some(folder) = crate::support::shared("samples/cin_xml") else { return };
    let stacked = read(&folder);
    insta::assert_snapshot!("samples_stacked", lines(&stacked));
    for name in ["BAR_cin_2022", "CIN2rows", "CIN_Census_2024"] {
        let read = read(&folder.join(format!("{name}.xml")));
        let events: Vec<String> =
            (0..read.history.children.len()).flat_map(|c| events(&read.history, c)).collect();
        insta::assert_snapshot!(format!("sample_{name}"), format!("{}\n{}", lines(&read), events.join("\n")));
    }
}

#[test]
fn referrals_with_no_further_action_are_marked() {
    let nfa = |day: &str, rest: &str| details(day, rest).replace(">0<", ">true<");
    let both = [nfa("2022-05-01", ""), nfa("2022-08-01", &closure("2022-08-03", "RC8"))].concat();
    let read = read_texts(&[("a.xml", file(2023, &child("one", &both)))]);
    let marks: Vec<_> =
        read.history.events.iter().filter(|e| e.kind == Kind::ReferralNfa).map(|e| e.date).collect();
    assert_eq!(marks, [day("2022-05-01"), day("2022-08-03")]);
}

#[test]
fn a_simulated_authority_written_as_census_files_is_read_back_and_run() {
    let history = crate::recovery::simulated(1_800, 5).history;
    let folder = TempDir::new().unwrap();
    write_census(&history, folder.path());
    let read = read(folder.path());
    assert!(read.problems.iter().all(|p| p.severity == Severity::Warning), "{}", lines(&read));
    assert_eq!(unlabelled(&read.history), unlabelled(&restrict_to_cin(&history)));
    let text = include_str!("../../experiments/first-look/experiment.toml");
    let experiment = rerefer::experiment::Experiment::read("experiment.toml", text).unwrap();
    let results = rerefer::experiment::run::run(
        &experiment,
        &read.history,
        &Default::default(),
        &crate::recovery::Silent,
    );
    let results = results.unwrap();
    assert!(
        results.ingredients.remarks.iter().any(|r| r.contains("no household is recorded")),
        "{:?}",
        results.ingredients.remarks
    );
    let profile = rerefer::privacy::disclosure::Profile::default();
    let page = rerefer::report::html(&rerefer::privacy::disclosure::disclose(&results.ingredients, profile));
    assert!(page.contains("no household is recorded"));
}
