//! Cards and records: complete, filled from the run for the most part, and never more than the report shows.

use std::path::Path;

use crate::recovery::Silent;
use crate::report::builder::{World, ingredients};
use crate::report::inputs::service;
use crate::report::{walk, words};
use rerefer::evaluate::Answer as Found;
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, run};
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::cards::families::{Part, easy, sheet};
use rerefer::report::cards::{
    Answer, Board, KEYS, Kind, Record, Tally, atrs_json, filled, html, left, records,
};
use rerefer::report::rates::LevelCounts;
use rerefer::report::{Report, Sheets};

const ANSWERS: [Found; 3] = [Found::Better, Found::NoBetter, Found::CannotSay];

fn report_of(world: &World, answer: Found) -> Report {
    disclose(&ingredients(world, answer), Profile::default())
}

/// A world so small that most numbers are hidden.
fn small() -> World {
    let groupings = vec![
        ("sex", vec!["male", "female", "unknown"]),
        ("disability", vec!["none recorded", "any recorded"]),
    ];
    World::new(3, 60, groupings, 0.2, -1.5)
}

/// The first look on the committed data, with fewer repeats.
fn first_look() -> Report {
    let text = include_str!("../../experiments/first-look/experiment.toml")
        .replace("replicates = 500", "replicates = 20");
    let experiment = Experiment::read("experiment.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-synthetic");
    let history = rerefer::ingest::read(&data, &|_, _, _| {}).unwrap().history;
    let reproduce = vec![
        ("Seed".to_owned(), "20261122".to_owned()),
        ("Data: events.parquet (SHA-256)".to_owned(), "646e".to_owned()),
    ];
    let context = Context {
        simulated: true,
        run_id: "aec6269ef224".to_owned(),
        version: "0.1.0".to_owned(),
        reproduce,
        ..Context::default()
    };
    disclose(&run(&experiment, &history, &context, &Silent).unwrap().ingredients, Profile::default())
}

fn named<'r>(records: &'r [Record], id: &str) -> &'r Record {
    records.iter().find(|r| r.id == id).unwrap_or_else(|| panic!("no record {id}"))
}

/// Asserts that the run fills at least half of each record; the shares in words.
fn half_filled(report: &Report) -> String {
    let mut out = String::new();
    for record in records(report, &Board::default()) {
        let (run, all) = filled(&record);
        out += &format!("{}: {run} of {all}, {:?}\n", record.id, Tally::of(&record));
        assert!(run * 2 >= all, "{out}");
    }
    out
}

#[test]
fn at_least_half_of_each_record_is_filled_from_the_first_look() {
    let report = first_look();
    println!("{}", half_filled(&report));
    let board = Board::default();
    for part in [sheet(&report, &board), easy(&report, &board)] {
        let text = text_of(&part);
        println!("{text}\n{} words, grade {:.1}\n", text.split_whitespace().count(), grade(&part));
        assert!(grade(&part) <= 7.0);
    }
    println!("{}", words(&html(&report, &board, &Sheets::new())));
}

#[test]
fn at_least_half_of_each_record_is_filled_from_a_service_of_usual_size() {
    let world = service();
    for answer in ANSWERS {
        let mut made = ingredients(&world, answer);
        made.rates.censored = vec![LevelCounts {
            group: "sex".to_owned(),
            levels: vec![("male".to_owned(), 317), ("female".to_owned(), 280), ("unknown".to_owned(), 20)],
        }];
        half_filled(&disclose(&made, Profile::default()));
    }
}

/// What counts as filled from the run changes with the run, or is the same only because the run says the same.
#[test]
fn an_item_filled_from_the_run_has_a_value_of_it() {
    let world = service();
    let made = ingredients(&world, Found::Better);
    let mut second = World::new(11, 3000, world.groupings.clone(), 0.5, -1.0);
    second.capacity = 0.2;
    let mut other = ingredients(&second, Found::NoBetter);
    other.run_id = "000000000000".to_owned();
    other.version = "9.9.9".to_owned();
    other.title = "Second look".to_owned();
    other.question = "Is it so?".to_owned();
    other.simulated = false;
    other.horizon_days = 90;
    other.point_words = "when the case closes".to_owned();
    other.told = vec!["the source of the referral".to_owned()];
    other.not_told = vec!["age".to_owned()];
    other.as_last_recorded = vec![];
    other.split_words = "Otherwise.".to_owned();
    other.features = 12;
    other.remarks = vec![];
    other.replicates = 77;
    other.backward.pop();
    other.threshold = 12;
    for card in &mut other.models {
        card.title = format!("{} (second)", card.title);
    }
    let both = [made, other].map(|m| records(&disclose(&m, Profile::default()), &Board::default()));
    // Both worlds have the same groupings, and may hide the same levels.
    let same = ["3.1", "together", "too-few", "D1.3", "E1.3", "4"];
    let mut alike = Vec::new();
    for (a, b) in both[0].iter().zip(&both[1]) {
        for (x, y) in a.items.iter().zip(&b.items).filter(|(x, _)| matches!(x.answer, Answer::Run(_))) {
            if x.answer == y.answer && !same.contains(&x.id) {
                alike.push(format!("{} {}: {:?}", a.id, x.id, x.answer));
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}

#[test]
fn every_protected_characteristic_is_there() {
    let all = records(&report_of(&service(), Found::CannotSay), &Board::default());
    let ids: Vec<&str> = named(&all, "equality").items.iter().map(|i| i.id).collect();
    for id in [
        "age",
        "disability",
        "gender-reassignment",
        "marriage-and-civil-partnership",
        "pregnancy-and-maternity",
        "race",
        "religion-or-belief",
        "sex",
        "sexual-orientation",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn every_item_of_the_standards_is_there() {
    let all = records(&report_of(&service(), Found::CannotSay), &Board::default());
    let tripod: Vec<&str> = named(&all, "tripod-ai").items.iter().map(|i| i.id).collect();
    let number = |id: &str| id.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse::<u32>().unwrap();
    let mut numbers: Vec<u32> = tripod.iter().map(|id| number(id)).collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=27).collect::<Vec<u32>>());
    assert_eq!(tripod.len(), 52);
    // What was not held against a source says so.
    for (id, verified) in
        [("tripod-ai", true), ("probast-ai", false), ("model-card", false), ("datasheet", false)]
    {
        assert!(named(&all, id).items.iter().all(|i| i.verified == verified), "{id}");
    }
    let probast: Vec<&str> = named(&all, "probast-ai").items.iter().map(|i| i.id).collect();
    let count = |part: char| probast.iter().filter(|id| id.starts_with(part)).count();
    assert_eq!((count('D'), count('E'), count('A')), (16, 18, 3));
    let explanations = named(&all, "explanations");
    for kind in ["rationale", "responsibility", "data", "fairness", "safety", "impact"] {
        assert!(explanations.items.iter().any(|i| i.id.starts_with(kind)), "{kind}");
    }
}

#[test]
fn every_field_of_the_transparency_standard_is_there() {
    let report = report_of(&service(), Found::CannotSay);
    let text = atrs_json(&report, &Board::default());
    assert_eq!(text, atrs_json(&report, &Board::default()));
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ids: Vec<&str> =
        parsed["fields"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect();
    let wanted = "metadata: id standard_version date_completion date_update date_archive organisation organisation_type \
        function capability task phase region date_published atrs_version other_tags\n\
        tier1: name description website_url contact_email\n\
        tier2.1: organisation team senior_responsible_owner external_supplier_involvement companies_house_number \
        supplier_role procurement_procedure_type data_access_terms\n\
        tier2.2: detailed_description scope benefit previous_process alternatives_considered\n\
        tier2.3: process_integration provided_information frequency_and_scale_of_usage human_decisions_and_review \
        required_training appeals_and_review\n\
        tier2.4: system_architecture phase maintenance models\n\
        tier2.4.model: name version task input output architecture performance datasets dataset_purposes\n\
        tier2.4.data: source_data_name data_modality data_description data_quantities sensitive_attributes \
        data_completeness_and_representativeness source_data_url data_collection data_cleaning data_sharing_agreements \
        data_access_and_storage\n\
        tier2.5: impact_assessment risks";
    let mut all = 0;
    for line in wanted.lines() {
        let (part, fields) = line.trim().split_once(": ").unwrap();
        for field in fields.split_whitespace() {
            all += 1;
            assert!(ids.contains(&format!("{part}.{field}").as_str()), "{part}.{field}");
        }
    }
    assert_eq!(ids.len(), all);
    assert!(parsed["fields"].as_array().unwrap().iter().all(|f| !f["answer"].as_array().unwrap().is_empty()));
}

/// Ids of items tell them apart within their record.
#[test]
fn no_id_stands_twice() {
    for record in records(&report_of(&service(), Found::CannotSay), &Board::default()) {
        let mut ids: Vec<&str> = record.items.iter().map(|i| i.id).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{}", record.id);
    }
}

fn answered() -> Board {
    let mut text = String::new();
    let mut section = "";
    for key in KEYS {
        if key.section() != section {
            section = key.section();
            text += &format!("[{section}]\n");
        }
        let value = if key.kind == Kind::Date {
            "2026-03-01"
        } else {
            "\"You can ask the team <b>at</b> the town hall.\""
        };
        text += &format!("{} = {value}\n", key.name());
    }
    Board::read("board.toml", &text).unwrap()
}

#[test]
fn what_is_left_is_counted_and_said_and_answers_fill_it() {
    let report = report_of(&service(), Found::CannotSay);
    let empty = records(&report, &Board::default());
    let open = left(&empty);
    assert!(open > 60, "{open}");
    let page = html(&report, &Board::default(), &Sheets::new());
    let sheets = 4;
    assert_eq!(page.matches("To be completed by the owner.").count(), open + sheets);
    assert!(words(&page).contains(&format!("{open} are to be completed by the owner")));
    assert!(empty.iter().flat_map(|r| &r.items).all(|i| match i.answer {
        Answer::ToComplete(ask) => KEYS.iter().any(|k| ask.ends_with(&format!("Key: {}.", k.path))),
        _ => true,
    }));
    let full = records(&report, &answered());
    assert_eq!(left(&full), 0);
    let page = html(&report, &answered(), &Sheets::new());
    assert!(!page.contains("To be completed by the owner.") && page.contains("&lt;b&gt;at&lt;/b&gt;"));
}

/// The elements that writers of other formats read.
#[test]
fn the_page_uses_only_the_elements_that_it_may() {
    let allowed = "html head meta title style body header main section footer nav h1 h2 h3 p ul ol li dl dt dd table caption \
                   thead tbody tr th td div b strong code span small br a";
    let allowed: Vec<&str> = allowed.split_whitespace().collect();
    let page = html(&report_of(&service(), Found::Better), &Board::default(), &Sheets::new());
    let mut ids = Vec::new();
    let mut links = Vec::new();
    walk(
        &page,
        |name, attributes| {
            assert!(allowed.contains(&name), "{name}");
            for (key, value) in attributes {
                match key.as_str() {
                    "id" => ids.push(value.clone()),
                    "href" => links.push(value.trim_start_matches('#').to_owned()),
                    _ => {}
                }
            }
        },
        |_| {},
    );
    assert!(links.iter().all(|link| ids.contains(link)), "{links:?}");
    let text = words(&page);
    assert!(
        text.contains("Research use only. Not for decisions about any child.")
            && text.contains("SIMULATED DATA.")
    );
    assert_eq!(page, html(&report_of(&service(), Found::Better), &Board::default(), &Sheets::new()));
}

fn everything(report: &Report) -> String {
    let board = Board::default();
    format!("{}\n{}", words(&html(report, &board, &Sheets::new())), atrs_json(report, &board))
}

#[test]
fn no_word_names_a_child_by_a_score() {
    for world in [service(), small()] {
        for answer in ANSWERS {
            let text = everything(&report_of(&world, answer)).to_lowercase();
            for word in ["high risk", "high-risk", "low risk", "low-risk", "risk score", "flag this child"] {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}

#[test]
fn a_hidden_number_is_never_a_zero() {
    let report = report_of(&small(), Found::CannotSay);
    assert!(report.at_capacity.iter().any(|t| t.flagged_came_back.yes().is_none()));
    let text = everything(&report);
    assert!(text.contains("is hidden: it rests on too few children"));
    for zero in ["about 0 ", " 0 referrals", " 0 children", " 0 of them", "(0 ", "hidden 0"] {
        assert!(!text.contains(zero), "{zero}");
    }
    let family = text_of(&sheet(&report, &Board::default()));
    assert!(family.contains("We cannot show this number."), "{family}");
    assert!(text_of(&easy(&report, &Board::default())).contains("We cannot show how often."));
}

fn text_of(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect::<Vec<_>>().join("\n")
}

/// Syllables of a word by its groups of vowels, at least one; an `e` at the end is silent, except after `l`.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_ascii_alphabetic()).collect();
    let vowel = |c: char| "aeiouy".contains(c);
    let groups =
        (0..letters.len()).filter(|&i| vowel(letters[i]) && (i == 0 || !vowel(letters[i - 1]))).count();
    let silent = letters.len() > 2
        && letters.ends_with(&['e'])
        && !letters.ends_with(&['l', 'e'])
        && !vowel(letters[letters.len() - 2]);
    groups.saturating_sub(usize::from(silent)).max(1)
}

/// Grade level by Flesch and Kincaid of the paragraphs; headings and what is left to the owner are no sentences of the sheet.
fn grade(parts: &[Part]) -> f64 {
    let (mut sentences, mut all, mut sounds) = (0.0, 0.0, 0.0);
    for part in parts.iter().filter(|p| matches!(p, Part::Words(_))) {
        sentences +=
            part.text().split_terminator(['.', ':', '?', '!']).filter(|s| !s.trim().is_empty()).count()
                as f64;
        for word in part.text().split_whitespace() {
            all += 1.0;
            sounds += syllables(word) as f64;
        }
    }
    0.39 * all / sentences + 11.8 * sounds / all - 15.59
}

#[test]
fn syllables_are_counted_as_a_reader_would() {
    let counted = ["child", "referral", "came", "little", "computer", "the", "records"].map(syllables);
    assert_eq!(counted, [1, 3, 1, 2, 3, 1, 2]);
}

#[test]
fn the_sheets_for_families_are_short_and_easy() {
    for world in [service(), small()] {
        for answer in ANSWERS {
            let report = report_of(&world, answer);
            for board in [Board::default(), answered()] {
                let (long, short) = (sheet(&report, &board), easy(&report, &board));
                let count = |parts: &[Part]| text_of(parts).split_whitespace().count();
                assert!(count(&long) <= 450 && count(&short) <= 200, "{} {}", count(&long), count(&short));
                assert!(grade(&long) <= 7.0 && grade(&short) <= 4.0, "{} {}", grade(&long), grade(&short));
                // One idea each.
                let own = short.iter().filter(|p| matches!(p, Part::Words(_)));
                assert!(own.clone().all(|p| p.text().split_whitespace().count() <= 12));
            }
        }
    }
}
