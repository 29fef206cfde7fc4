//! Who stands out: from files to the page, and never a small number of children.

use std::path::Path;

use crate::cin::cin_writer::write_census;
use crate::cin::{histories, read};
use crate::recovery::Silent;
use crate::report::builder::{World, ingredients};
use rerefer::evaluate::Answer;
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, run};
use rerefer::history::Dropped;
use rerefer::privacy::anonymity::{Found, Groups, Knowledge, Known, Structure};
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::{html, json};
use tempfile::TempDir;

fn groups(groups: u64, sizes: &[(u64, u64)], one_outcome: Option<u64>) -> Groups {
    Groups { groups, sizes: sizes.to_vec(), one_outcome }
}

/// 823 children, of whom `alone` are alone by sex, ethnicity, authority and month of birth.
fn found(alone: u64) -> Found {
    let known = |what, sizes: &[(u64, u64)]| Known { what, groups: groups(9, sizes, None) };
    let tree = Structure {
        model: "tree".to_owned(),
        kept: false,
        rows: 612,
        children: 583,
        parameters: Ok(22),
        asked: Some(2),
        leaves: Some(Ok(groups(8, &[(2, 2), (41, 581)], Some(2)))),
        chances: groups(8, &[(2, 2), (41, 581)], Some(2)),
    };
    let sum = Structure {
        model: "logistic".to_owned(),
        parameters: Ok(606),
        asked: None,
        leaves: None,
        chances: groups(611, &[(1, 583)], Some(1)),
        ..tree.clone()
    };
    let dropped = |name: &str, looks: Option<&str>, times| Dropped {
        place: "ChildIdentifiers".to_owned(),
        name: name.to_owned(),
        looks_like: looks.map(str::to_owned),
        times,
    };
    Found {
        format: "cin-census".to_owned(),
        dropped: vec![
            dropped("Nickname", Some("a person's name"), Some(7)),
            dropped("UPN", Some("a unique pupil number"), Some(804)),
        ],
        known: vec![
            known(Knowledge::Basics, &[(27, 823)]),
            known(Knowledge::BirthMonth, &[(1, alone), (6, 206), (30, 617 - alone)]),
            known(Knowledge::ReferralMonth, &[(1, 512), (2, 308), (11, 3)]),
            known(Knowledge::Table, &[(1, 820), (3, 3)]),
        ],
        models: Ok(vec![tree, sum]),
    }
}

fn page(alone: u64) -> (String, String) {
    shown(found(alone))
}

/// The section and the part of the file.
fn shown(found: Found) -> (String, String) {
    let world = World::new(11, 900, vec![("sex", vec!["male", "female", "unknown"])], 0.3, -1.2);
    let mut exact = ingredients(&world, Answer::CannotSay);
    exact.privacy = Some(found);
    let report = disclose(&exact, Profile::default());
    let page = html(&report);
    let start = page.find("<section id=\"privacy\"").unwrap();
    let end = start + page[start..].find("</section>").unwrap();
    let json = json(&report);
    (page[start..end].to_owned(), json[json.find("\"privacy\":").unwrap()..].to_owned())
}

/// 210 of 820 are 26 of a hundred; 510 of 820 are 62.
#[test]
fn the_section_says_what_was_found() {
    let page = page(214).0;
    let said = [
        "Of 100 children, about 26 are the only one in these records with their sex, ethnicity, authority and month of birth.",
        "Of 100 children, about 62 are the only one if disabilities and the month of one referral are known as well.",
        "<code>UPN</code></td><td>a unique pupil number</td><td>about 800</td>",
        "<code>Nickname</code></td><td>a person's name</td><td>fewer than 10</td>",
        "<b>does not pass: </b>a small group at an answer; a small group with one outcome",
        "<b>does not pass: </b>too few referrals left over",
        "they are still personal data",
        "no model leaves",
    ];
    let missing: Vec<&str> = said.into_iter().filter(|words| !page.contains(words)).collect();
    assert!(missing.is_empty(), "{missing:#?}\n{page}");
}

/// Three children who are alone look on the page and in the file as seven do, or none.
#[test]
fn a_few_children_who_are_alone_cannot_be_told_from_others_or_none() {
    let (three, seven) = (page(3), page(7));
    assert_eq!(three, seven);
    let mut none = found(0);
    none.known[1].groups.sizes.remove(0);
    assert_eq!((none.known[1].groups.alone(), shown(none)), (0, three.clone()));
    assert_ne!(three.0, page(214).0);
}

#[test]
fn what_a_census_holds_and_is_not_read_is_told_by_its_name() {
    let folder = TempDir::new().unwrap();
    write_census(&histories::random(3, 80), folder.path());
    let first = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&first).unwrap();
    let named = text.replacen("</LAchildID>", "</LAchildID><Surname>Zzyzx</Surname>", 1);
    rerefer::io::atomic::write(&first, named.as_bytes()).unwrap();
    let dropped = read(folder.path()).history.source.dropped;
    let of = |name: &str| dropped.iter().find(|d| d.name == name).unwrap();
    assert_eq!(of("Surname").times, Some(1));
    assert_eq!(of("Surname").looks_like.as_deref(), Some("a person's name"));
    assert!(of("UPN").times > Some(80) && of("UPN").place == "ChildIdentifiers", "{dropped:?}");
    assert!(!format!("{dropped:?}").contains("Zzyzx"));
}

#[test]
fn a_run_measures_children_and_models() {
    let text = include_str!("../../experiments/first-look/experiment.toml")
        .replace("replicates = 500", "replicates = 20")
        .replace("\"logistic\", \"tree\"]", "\"tree\"]")
        .replace("candidate = \"logistic\"", "candidate = \"tree\"");
    let text = &text[..text.find("[explain]").unwrap()];
    let experiment = Experiment::read("experiment.toml", text).unwrap_or_else(|e| panic!("{e}"));
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-synthetic");
    let history = rerefer::ingest::read(&data, &|_, _, _| {}).unwrap().history;
    let made = run(&experiment, &history, &Context::default(), &Silent).unwrap().ingredients;
    let found = made.privacy.unwrap();
    let alone: Vec<u64> = found.known.iter().map(|k| k.groups.alone()).collect();
    assert_eq!(found.known.len(), 6);
    assert!(found.known.iter().all(|k| k.groups.children() == made.cohort.children));
    // Who knows more finds no fewer; the table stands by itself.
    assert!(alone[..5].windows(2).all(|pair| pair[0] <= pair[1]) && alone[0] < alone[4], "{alone:?}");
    let models = found.models.unwrap();
    let ids: Vec<&str> = models.iter().map(|m| m.model.as_str()).collect();
    assert_eq!(ids, ["prevalence", "earlier-referrals", "tree"]);
    let least = made.folds.iter().map(|fold| fold.train).min();
    assert!(models.iter().all(|m| Some(m.rows) == least && m.children <= m.rows));
    let leaves = models[2].leaves.as_ref().unwrap().as_ref().unwrap();
    assert!(leaves.smallest() >= Some(50) && models[2].asked == Some(50), "{leaves:?}");
}
