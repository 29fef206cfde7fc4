//! What the page's script is given: only numbers that stand in `evaluation.json`, rounded, and no other program.

use crate::cli::{code, first_look, rerefer, stderr};
use base64::prelude::{BASE64_STANDARD, Engine};
use rerefer::report::explore::Way;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use tempfile::TempDir;

/// The text between the last `<script` that has `open` and its end.
fn block<'a>(page: &'a str, open: &str) -> &'a str {
    let from = page.find(open).unwrap() + open.len();
    &page[from..from + page[from..].find("</script>").unwrap()]
}

fn the_policy_allows_this_script_and_no_other(page: &str) {
    let digest = BASE64_STANDARD.encode(Sha256::digest(block(page, "<script>")));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src ";
    assert!(page.contains(&format!("content=\"{policy}'sha256-{digest}'\"")));
    for foreign in [
        "http",
        "fetch(",
        "XMLHttpRequest",
        "eval(",
        "innerHTML",
        "document.write",
        "import(",
        "Storage",
        "cookie",
    ] {
        assert!(!block(page, "<script>").contains(foreign), "{foreign}");
    }
}

/// Every cell of the explorer is the row of `evaluation.json` of the same model, group, level and place, in whole ones of a
/// hundred; where that is withheld the cell says so.
#[test]
fn the_explorer_shows_what_the_numbers_say() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    the_policy_allows_this_script_and_no_other(&page);
    let data: Value = serde_json::from_str(block(&page, "id=\"explore-data\">")).unwrap();
    let numbers: Value = serde_json::from_slice(&fs::read(run.join("evaluation.json")).unwrap()).unwrap();
    let rows = numbers["rows"].as_array().unwrap();
    let (mut cells, mut withheld, mut by_group) = (0, 0, 0);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for (model, id) in data["models"].as_array().unwrap().iter().zip(["logistic", "earlier-referrals"]) {
        for way in model["ways"].as_array().unwrap() {
            let way_is = if text(&way["title"]).starts_with("The share") { Way::Share } else { Way::Chance };
            for grouping in way["groupings"].as_array().unwrap() {
                let title = text(&grouping["title"]);
                let stops = grouping["stops"].as_array().unwrap();
                assert!(!stops.is_empty());
                for stop in stops {
                    let label = text(&stop["label"]);
                    let percent = label.split(' ').find(|word| word.ends_with('%')).unwrap();
                    let at = match way_is {
                        Way::Share => format!("top {percent}"),
                        Way::Chance => format!("risk from {percent}"),
                    };
                    for row in stop["rows"].as_array().unwrap() {
                        let head = text(&row["head"]).to_lowercase();
                        let measures = ["selection-rate", "ppv", "missed-share", "false-positive-rate"];
                        for (cell, measure) in row["cells"].as_array().unwrap()[1..].iter().zip(measures) {
                            let fits = |r: &&Value| {
                                let group = text(&r["group"]);
                                let own = match title.as_str() {
                                    "Everyone" => group == "overall",
                                    "Age at prediction" => group == "age-band",
                                    title => group.replace('-', " ") == title.to_lowercase(),
                                };
                                own && r["model"] == id
                                    && r["measure"] == measure
                                    && r["at"] == at.as_str()
                                    && (title == "Everyone" || text(&r["level"]).to_lowercase() == head)
                            };
                            let found = rows.iter().find(fits).unwrap();
                            match found["estimate"].as_f64() {
                                Some(estimate) => {
                                    let whole = (100.0 * estimate).round() as u64;
                                    assert_eq!(cell["bar"], whole, "{title} {head} {measure} {at}");
                                    let text = match whole {
                                        0 => "fewer than 1".to_owned(),
                                        100 => "more than 99".to_owned(),
                                        whole => whole.to_string(),
                                    };
                                    assert_eq!(cell["text"], text, "{title} {head} {measure} {at}");
                                    ends_are_those_of(cell, found);
                                    cells += 1;
                                    by_group += u32::from(title != "Everyone");
                                }
                                None => {
                                    assert!(cell.get("bar").is_none(), "{title} {head} {measure} {at}");
                                    assert!(["hidden", "\u{2013}"].contains(&text(&cell["text"]).as_str()));
                                    withheld += 1;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(cells > 100 && withheld > 20 && by_group > 30, "{cells} {withheld} {by_group}");
}

/// The interval of a cell, in whole ones of a hundred; one without width is not shown.
fn ends_are_those_of(cell: &Value, row: &Value) {
    let Some(range) = cell["range"].as_str() else {
        let width = row["high"].as_f64().zip(row["low"].as_f64()).map(|(high, low)| high - low);
        assert!(width.is_none_or(|width| width < 0.01), "{row}");
        return;
    };
    let shown = range.split(" to ").map(|end| end.parse::<f64>().unwrap() / 100.0);
    for (shown, end) in shown.zip(["low", "high"]) {
        assert!((shown - row[end].as_f64().unwrap()).abs() <= 0.0051, "{range}: {row}");
    }
}

#[test]
fn profiles_can_be_asked_for_and_not_undercut() {
    let out = TempDir::new().unwrap();
    let text = fs::read_to_string("experiments/first-look/experiment.toml").unwrap();
    let data = std::path::absolute("data-synthetic").unwrap();
    let write = |disclosure: &str| {
        let text = text.replace("../../data-synthetic", data.to_str().unwrap());
        let text = text.replace("[disclosure]\nthreshold = 10", &format!("[disclosure]\n{disclosure}"));
        let path = out.path().join("experiment.toml");
        rerefer::io::atomic::write(&path, text.as_bytes()).unwrap();
        path
    };
    let faults = [
        ("profile = \"opensafely\"\nthreshold = 7", "8 to 1000"),
        ("profile = \"tre10\"\nthreshold = 6", "10 to 1000"),
        ("profile = \"off\"", "tre10"),
    ];
    for (disclosure, words) in faults {
        let path = write(disclosure);
        let output = rerefer(&["run", path.to_str().unwrap(), "--out", out.path().to_str().unwrap()]);
        assert_eq!(code(&output), 4, "{disclosure}");
        assert!(stderr(&output).contains(words), "{disclosure}: {}", stderr(&output));
    }
    let path = write("profile = \"opensafely\"");
    let output = rerefer(&["run", path.to_str().unwrap(), "--out", out.path().to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report = crate::cli::stdout(&output);
    let run = std::path::Path::new(report.trim()).parent().unwrap();
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains("The rules are those of OpenSAFELY"));
    let numbers: Value = serde_json::from_slice(&fs::read(run.join("evaluation.json")).unwrap()).unwrap();
    for row in numbers["rows"].as_array().unwrap() {
        for count in ["n", "events"] {
            assert!(row[count].as_u64().is_none_or(|n| n % 5 == 0), "{row}");
        }
    }
    let log = fs::read_to_string(run.join("private/hidden.csv")).unwrap();
    assert!(
        log.lines().count() > 20
            && log.starts_with("model,split,measure,group,level,at,n,events,smallest,households,rule")
    );
}
