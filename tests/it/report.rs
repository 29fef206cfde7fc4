//! The report as a reader meets it: well formed, self-contained, complete, and the same every time.

pub(crate) mod builder;
mod figures;
pub(crate) mod inputs;
mod leads;

use std::collections::BTreeSet;

use builder::{World, ingredients};
use inputs::service;
use quick_xml::Reader;
use quick_xml::events::Event;
use rerefer::evaluate::Answer;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::{html, json};

fn page(answer: Answer) -> String {
    html(&disclose(&ingredients(&service(), answer), Profile::default()))
}

/// The page without its two scripts: the data and the program of the explorer, which stand last.
pub(crate) fn without_scripts(page: &str) -> String {
    let Some(at) = page.find("<script") else { return page.to_owned() };
    let end = page.rfind("</script>").unwrap();
    assert_eq!(page[at..].matches("<script").count(), 2);
    format!("{}{}", &page[..at], &page[end + "</script>".len()..])
}

/// The page as XML: HTML elements without an end tag get one.
fn as_xml(page: &str) -> String {
    let mut out = String::new();
    for part in page.split_inclusive('>') {
        let void = ["<meta ", "<br", "<hr", "<col "].iter().any(|v| part.trim_start().starts_with(v));
        if void { out.push_str(&part.replace('>', "/>")) } else { out.push_str(part) }
    }
    out
}

/// Every start tag with its attributes, and all text, in order.
pub(crate) fn walk(
    page: &str,
    mut element: impl FnMut(&str, &[(String, String)]),
    mut text: impl FnMut(&str),
) {
    let xml = as_xml(&without_scripts(page));
    let mut reader = Reader::from_str(&xml);
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                element(&name, &attributes(&tag));
                open.push(name);
            }
            Event::Empty(tag) => {
                element(tag.name().as_ref(), &attributes(&tag));
            }
            Event::End(tag) => {
                let name = tag.name().as_ref().to_owned();
                assert_eq!(open.pop(), Some(name));
            }
            Event::Text(t) => text(&t),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>) -> Vec<(String, String)> {
    tag.attributes()
        .map(|a| {
            let a = a.unwrap();
            (a.key.as_ref().to_owned(), a.value.to_string())
        })
        .collect()
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[test]
fn the_page_is_well_formed_and_its_parts_are_named() {
    let page = page(Answer::Better);
    let mut ids = BTreeSet::new();
    let mut wanted = Vec::new();
    let mut levels = Vec::new();
    walk(
        &page,
        |name, attributes| {
            if let Some(id) = value(attributes, "id") {
                assert!(ids.insert(id.to_owned()), "id twice: {id}");
            }
            for reference in value(attributes, "aria-labelledby").iter().flat_map(|v| v.split(' ')) {
                wanted.push(reference.to_owned());
            }
            if let Some(target) = value(attributes, "href") {
                wanted.push(target.strip_prefix('#').expect("a link inside the page").to_owned());
            }
            if name == "th" {
                assert!(matches!(value(attributes, "scope"), Some("col" | "row")));
            }
            if let Some(level) = name.strip_prefix('h').and_then(|l| l.parse::<u8>().ok()) {
                levels.push(level);
            }
        },
        |_| {},
    );
    for id in wanted {
        assert!(ids.contains(&id), "nothing is called {id}");
    }
    assert_eq!(levels.iter().filter(|&&l| l == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "a heading level is left out: {levels:?}");
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en-GB\">"));
}

#[test]
fn every_figure_has_a_title_a_description_words_and_a_table() {
    let page = page(Answer::Better);
    let figures: Vec<&str> = page.split("<figure ").skip(1).collect();
    // A hundred children, five groupings twice, calibration of two models, ROC, precision–recall, attrition.
    assert_eq!(figures.len(), 16);
    for (i, figure) in figures.iter().enumerate() {
        let figure = figure.split("</figure>").next().unwrap();
        let number = format!("Figure {}. ", i + 1);
        assert!(figure.contains(&number), "{number}");
        for part in
            ["<figcaption>", "role=\"img\"", "<title id=", "<desc id=", "In words:", "<table", "<caption>"]
        {
            assert!(figure.contains(part), "figure {} lacks {part}", i + 1);
        }
    }
}

#[test]
fn the_page_stands_alone() {
    let page = without_scripts(&page(Answer::CannotSay));
    for foreign in [
        "http:",
        "https:",
        "//",
        "<script",
        "<link",
        "<img",
        "<iframe",
        "url(",
        "@import",
        "javascript:",
        " on",
    ] {
        let found = page.match_indices(foreign).find(|(at, _)| {
            // " on" may start a word of the text, but not an event handler.
            foreign != " on"
                || page[*at..]
                    .split_once('=')
                    .is_some_and(|(name, _)| name.trim_start().chars().all(char::is_alphanumeric))
        });
        assert!(found.is_none(), "{foreign} in the page");
    }
}

#[test]
fn the_page_says_what_it_is_and_never_labels_a_child() {
    for answer in [Answer::Better, Answer::NoBetter, Answer::CannotSay] {
        let page = page(answer);
        assert!(page.contains("Research use only. Not for decisions about any child."));
        assert!(page.contains("SIMULATED DATA"));
        for phrase in ["high risk", "high-risk", "at risk", "should be flagged", "we recommend", "riskiest"] {
            assert!(!page.to_lowercase().contains(phrase), "{phrase}");
        }
        let expected = match answer {
            Answer::Better => "Yes: better than the simple baseline",
            Answer::NoBetter => "No better than the simple baseline",
            Answer::CannotSay => "We cannot say",
        };
        assert!(page.contains(&format!("<p class=\"short\">{expected}</p>")));
    }
    let mut real = ingredients(&service(), Answer::Better);
    real.simulated = false;
    let page = html(&disclose(&real, Profile::default()));
    assert!(!words(&page).to_lowercase().contains("simulated"), "real data are not called simulated");
}

#[test]
fn text_from_outside_is_escaped() {
    let mut hostile = ingredients(&service(), Answer::Better);
    hostile.title = "<script>alert(1)</script> & \"co\"".to_owned();
    hostile.models[2].title = "<b>bold</b>".to_owned();
    let page = html(&disclose(&hostile, Profile::default()));
    assert!(!without_scripts(&page).contains("<script"));
    assert!(!page.contains("<b>bold") && !page.contains("alert(1)</script"));
    walk(&page, |_, _| {}, |_| {});
}

#[test]
fn small_counts_in_sentences_and_exact_days_do_not_leave() {
    let page = page(Answer::Better);
    assert!(
        page.contains(
            "Fewer than 10 rows with an unknown code were left out, all dated before 1 April 2019."
        )
    );
    for day in ["2021-04-03", "2023-03-28", "2018-04-02"] {
        assert!(!page.contains(day), "{day} is the date of one referral");
    }
    assert!(page.contains("April 2021 to March 2023"));
}

#[test]
fn the_same_ingredients_give_the_same_bytes() {
    assert_eq!(page(Answer::Better), page(Answer::Better));
}

#[test]
fn a_report_of_almost_nothing_still_reads() {
    let world = World::new(3, 12, vec![("sex", vec!["male", "female"])], 0.5, -1.0);
    let mut little = ingredients(&world, Answer::CannotSay);
    little.attrition.clear();
    little.folds.clear();
    little.backward.clear();
    let report = disclose(&little, Profile::default());
    let page = html(&report);
    walk(&page, |_, _| {}, |_| {});
    assert!(page.contains("The numbers are too small to show it in children."));
    assert!(!json(&report).contains("\"status\":\"ok\""));
}

/// The words of a page, a line a block.
pub(crate) fn words(page: &str) -> String {
    let body = &page[page.find("<body>").unwrap()..];
    let mut out = String::new();
    for part in body.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        let name = tag.split([' ', '/']).find(|s| !s.is_empty()).unwrap_or("");
        let inline = ["b", "strong", "span", "code", "a", "i", "em"].contains(&name);
        if !inline && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(text);
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn the_words_of_a_small_page() {
    let world = World::new(11, 900, vec![("sex", vec!["male", "female", "unknown"])], 0.3, -1.2);
    let page = html(&disclose(&ingredients(&world, Answer::CannotSay), Profile::default()));
    insta::assert_snapshot!(words(&page));
}

#[test]
fn json_has_the_keys_in_order_and_says_what_is_hidden() {
    let world = World::new(11, 900, vec![("sex", vec!["male", "female", "unknown"])], 0.3, -1.2);
    let mut exact = ingredients(&world, Answer::Better);
    let slope = |r: &&mut rerefer::evaluate::Row| r.measure == "calibration-slope" && r.model == "logistic";
    let slope = exact.evaluation.rows.iter_mut().find(slope).unwrap();
    (slope.status, slope.estimate, slope.low, slope.high) =
        (rerefer::evaluate::Status::Undefined, None, None, None);
    slope.reason = Some("all predicted risks are the same".to_owned());
    let text = json(&disclose(&exact, Profile::default()));
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(parsed["version"], 3);
    let rows = parsed["rows"].as_array().unwrap();
    // Every row but the bins of the model that says nothing keeps its place; the verdict's difference comes last.
    let kept = |row: &&rerefer::evaluate::Row| row.model != "prevalence" || row.measure != "calibration-bin";
    let kept: Vec<_> = exact.evaluation.rows.iter().filter(kept).collect();
    assert_eq!(rows.len(), kept.len() + 1);
    for (row, exact) in rows.iter().zip(kept) {
        assert_eq!((&row["measure"], &row["level"]), (&exact.measure.into(), &exact.level.clone().into()));
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "model",
                "split",
                "measure",
                "group",
                "level",
                "at",
                "estimate",
                "low",
                "high",
                "theory",
                "shrunk",
                "n",
                "events",
                "status",
                "reason",
                "convention"
            ]
        );
        match row["status"].as_str().unwrap() {
            "ok" => assert!(row["estimate"].is_f64() && row["n"].is_u64() && row["events"].is_u64()),
            "undefined" => {
                assert!(row["estimate"].is_null() && row["reason"].is_string() && row["n"].is_u64());
            }
            "suppressed" => {
                assert!(row["estimate"].is_null() && row["low"].is_null() && row["reason"].is_null());
            }
            other => panic!("unknown status {other}"),
        }
    }
    let of = |status: &str| rows.iter().find(|r| r["status"] == status).map(ToString::to_string).unwrap();
    insta::assert_snapshot!([of("ok"), of("undefined"), of("suppressed")].join("\n"));
}
