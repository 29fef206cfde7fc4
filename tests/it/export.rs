//! Tables and figures as files, and the folder for an output checker: every number that the report shows and no other, hidden ones said
//! to be hidden, nothing private, the same bytes each time. `tests/acro/check.py` opens the same folder in ACRO and in the SACRO Viewer.

use crate::cli::{bytes, code, first_look, rerefer, stderr, stdout};
use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use tempfile::TempDir;

type Files = BTreeMap<String, Vec<u8>>;

fn export(run: &Path, out: &Path, more: &[&str]) -> std::process::Output {
    let before = ["export", run.to_str().unwrap(), "--to", "acro", "--out", out.to_str().unwrap()];
    rerefer(&[&before[..], more].concat())
}

fn report(run: &Path, out: &Path, forms: &str) {
    let output =
        rerefer(&["report", run.to_str().unwrap(), "--out", out.to_str().unwrap(), "--format", forms]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A CSV file with its mark: heads, then rows.
fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let bare = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bare);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// One run serves all that is asked of an export.
#[test]
fn an_export_is_whole_honest_and_the_same_each_time() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let place = |name: &str| {
        let place = out.path().join(name);
        fs::create_dir(&place).unwrap();
        place
    };
    the_folder_is_whole_and_says_what_was_and_what_was_not_checked(&run, &place("whole"));
    tables_hold_what_the_workbook_holds_and_hidden_is_never_empty_or_0(&run, &place("tables"));
    the_same_run_gives_the_same_bytes_and_an_export_can_be_made_again(&run, &place("same"));
    nothing_is_written_over_but_an_export_as_it_was(&run, &place("kept"));
}

/// One run serves all that is asked of tables and figures as files.
#[test]
fn files_of_a_report_are_its_own_and_say_what_they_are() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let place = |name: &str| out.path().join(name);
    a_report_leaves_no_table_of_an_earlier_one(&run, &place("left"));
    drawings_bear_their_caption_and_notices(&run, &place("drawn"));
    #[cfg(feature = "pdf")]
    pictures_show_their_notices_and_hold_nothing_else(&run, &place("pictures"));
}

/// Every file is an output once, its checksum is right, each output is for review, and nothing is there beside.
fn the_folder_is_whole_and_says_what_was_and_what_was_not_checked(run: &Path, at: &Path) {
    let folder = at.join("outputs");
    let output = export(run, &folder, &["--json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let files = bytes(&folder);
    assert_eq!(said["files"].as_array().unwrap().len(), files.len());
    assert!(files["results.json"].is_ascii() && files["config.json"].is_ascii(), "read in any encoding");
    let results: Value = serde_json::from_slice(&files["results.json"]).unwrap();
    assert_eq!((&results["version"], &results["tool"]["name"]), (&"1.0.2".into(), &"rerefer".into()));
    let mut named = BTreeSet::from(["results.json".to_owned(), "config.json".to_owned()]);
    for (uid, one) in results["results"].as_object().unwrap() {
        assert!(one["uid"] == uid.as_str() && uid.len() <= 31, "{uid}: ACRO makes it the name of a sheet");
        assert_eq!((&one["status"], &one["timestamp"]), (&"review".into(), &"".into()), "{uid}");
        assert!(one["summary"].as_str().unwrap().ends_with("ACRO made no check"), "{uid}");
        let comments = one["comments"].to_string();
        assert!(
            comments.contains("Not for decisions about any child") && comments.contains("SIMULATED DATA")
        );
        assert!(!comments.contains('<') && one["outcome"] == serde_json::json!({}), "{uid}");
        let [file] = one["files"].as_array().unwrap().as_slice() else { panic!("{uid} has one file") };
        let name = file["name"].as_str().unwrap().to_owned();
        let kind = if name.ends_with(".csv") { "table" } else { "custom" };
        assert_eq!((&one["type"], file["sdc"].is_object()), (&kind.into(), true), "{name}");
        assert!(comments.contains("counts under 10") || uid == "read-first", "{uid}");
        assert!(named.insert(name.clone()), "{name} is listed twice");
    }
    let sums: BTreeSet<String> = named.iter().map(|name| format!("checksums/{name}.txt")).collect();
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), named.union(&sums).cloned().collect());
    for name in &named {
        let sum = rerefer::io::digest::hex(&files[name]);
        assert_eq!(text(&files[&format!("checksums/{name}.txt")]), sum, "{name}");
    }
    let config: Value = serde_json::from_slice(&files["config.json"]).unwrap();
    assert_eq!((&config["safe_threshold"], &config["safe_nk_k"]), (&10.into(), &0.9.into()));
    assert!(config["blocked_extensions"].as_array().unwrap().contains(&".svg".into()));
    assert!(!named.iter().any(|name| name.ends_with(".svg") || name.contains("private")));
    let read_first = text(&files["read-first.txt"]);
    assert!(read_first.contains("SIMULATED DATA") && read_first.contains("Counts under 10 are hidden"));
    assert!(named.iter().all(|n| read_first.contains(n.as_str()) || n == "read-first.txt"), "{read_first}");
    nothing_private(run, &files);
}

/// Exact numbers of the run that the report hides are in no file.
fn nothing_private(run: &Path, files: &Files) {
    let exact = fs::read_to_string(run.join("private/attrition.csv")).unwrap();
    assert!(!exact.is_empty());
    let heads = exact.lines().next().unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| !name.ends_with(".png")) {
        let text = text(bytes);
        assert!(!text.contains(heads) && !text.contains("ingredients"), "{name}");
        assert!(!text.contains(run.to_str().unwrap()), "{name} says where the run is");
    }
}

/// The tables of the folder, those of the report and the sheets of the workbook are the same: numbers as numbers, the word where one is hidden.
fn tables_hold_what_the_workbook_holds_and_hidden_is_never_empty_or_0(run: &Path, at: &Path) {
    let (folder, board) = (at.join("outputs"), at.join("board"));
    assert_eq!(code(&export(run, &folder, &[])), 0);
    report(run, &board, "csv,xlsx");
    let (outputs, files) = (bytes(&folder), bytes(&board));
    let results: Value = serde_json::from_slice(&outputs["results.json"]).unwrap();
    let index = table(&files["tables/index.csv"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(files["tables.xlsx"].clone())).unwrap();
    assert_eq!(index.len(), book.sheet_names().len(), "a line a table, and the heads");
    assert_eq!(index[0][..4], ["file", "table", "section", "caption"]);
    assert_eq!(files.len(), 1 + index.len(), "the tables, the index and the workbook");
    let mut hidden = 0;
    for line in &index[1..] {
        let name = &line[0];
        let place = name.strip_suffix(".csv").unwrap();
        assert!(place.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
        assert!(line[7].contains("Not for decisions about any child") && line[7].contains("SIMULATED DATA"));
        assert_eq!(files[&format!("tables/{name}")], outputs[name], "{name}");
        let rows = table(&outputs[name]);
        let sheet = book.worksheet_range(&format!("Table {}", line[1])).unwrap();
        assert_eq!(sheet.get_value((0, 0)).unwrap().to_string(), line[3], "{name}");
        let size = (line[4].parse::<usize>().unwrap() + 1, line[5].parse::<usize>().unwrap());
        assert_eq!((rows.len(), rows[0].len()), size, "{name}");
        let mut marked = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let place = (u32::try_from(at + 3).unwrap(), u32::try_from(column).unwrap());
                match sheet.get_value(place) {
                    Some(Data::Float(value)) => {
                        assert!((cell.parse::<f64>().unwrap() - value).abs() < 1e-9, "{name}: {cell}");
                    }
                    Some(Data::String(words)) => assert_eq!(cell, words, "{name}"),
                    _ => assert_eq!(cell, "", "{name}"),
                }
                if cell == "hidden" {
                    marked.push(serde_json::json!([at - 1, column - 1]));
                }
            }
        }
        hidden += marked.len();
        assert_eq!(results["results"][place]["files"][0]["sdc"]["cells"]["hidden"], Value::Array(marked));
    }
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    let cells = page.split("<td>").skip(1);
    let withheld = cells.filter(|cell| cell.starts_with("<span class=\"hidden\">hidden</span></td>")).count();
    assert!(withheld > 0 && hidden >= withheld, "{withheld} on the page, {hidden} in the tables");
}

fn the_same_run_gives_the_same_bytes_and_an_export_can_be_made_again(run: &Path, at: &Path) {
    let (one, two) = (at.join("one"), at.join("two"));
    assert_eq!(code(&export(run, &one, &["--threads", "1"])), 0);
    assert_eq!(code(&export(run, &two, &["--threads", "2"])), 0);
    let before = bytes(&one);
    assert!(before == bytes(&two), "two exports differ");
    assert_eq!(code(&export(run, &one, &[])), 0, "an export as it was written is replaced");
    assert!(before == bytes(&one));
}

#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn nothing_is_written_over_but_an_export_as_it_was(run: &Path, at: &Path) {
    let refused = |folder: &Path, why: &str| {
        let before = folder.is_dir().then(|| bytes(folder));
        let output = export(run, folder, &[]);
        assert_eq!(code(&output), 2, "{}", folder.display());
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
        assert!(before == folder.is_dir().then(|| bytes(folder)), "{}", folder.display());
    };
    let foreign = at.join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("thesis.txt"), "mine").unwrap();
    refused(&foreign, "is not an earlier export");
    refused(run, "is in a run's folder");
    refused(&run.join("outputs"), "is in a run's folder");
    refused(&foreign.join("thesis.txt"), "is not a folder");

    let folder = at.join("outputs");
    assert_eq!(code(&export(run, &folder, &[])), 0);
    let results = fs::read_to_string(folder.join("results.json")).unwrap();
    fs::write(
        folder.join("results.json"),
        results.replacen("\"exception\": \"\"", "\"exception\": \"x\"", 1),
    )
    .unwrap();
    refused(&folder, "something was added, or in which something was changed");
    fs::write(folder.join("results.json"), results).unwrap();
    fs::write(folder.join("note.txt"), "of a checker").unwrap();
    refused(&folder, "something was added, or in which something was changed");
    fs::remove_file(folder.join("note.txt")).unwrap();
    assert_eq!(code(&export(run, &folder, &[])), 0, "as it was");

    let no_run = export(&foreign, &at.join("new"), &[]);
    assert!(code(&no_run) == 2 && !at.join("new").exists(), "{}", stderr(&no_run));
    let wrong = rerefer(&["export", run.to_str().unwrap(), "--to", "stata", "--out", "x"]);
    assert!(code(&wrong) == 2 && stderr(&wrong).contains("possible values: acro"), "{}", stderr(&wrong));
}

/// A table or figure of an earlier report does not stay beside the new ones, and nothing else goes.
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn a_report_leaves_no_table_of_an_earlier_one(run: &Path, at: &Path) {
    let board = at.join("board");
    report(run, &board, "csv,svg");
    let whole = bytes(&board);
    for name in [
        "tables/table-999-groups.csv",
        "tables/table-1-mine.csv",
        "tables/mine.csv",
        "figures/figure-999-cost.svg",
    ] {
        fs::write(board.join(name), "old").unwrap();
    }
    report(run, &board, "csv,svg");
    let mut found = bytes(&board);
    assert!(found.remove("tables/mine.csv").is_some() && found.remove("tables/table-1-mine.csv").is_some());
    assert_eq!(found.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
}

/// Every drawing by itself is well formed, has its words, and says what it must not be used for.
fn drawings_bear_their_caption_and_notices(run: &Path, at: &Path) {
    let board = at.join("board");
    report(run, &board, "svg");
    let files = bytes(&board);
    let index = table(&files["figures/index.csv"]);
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    assert_eq!((index.len(), files.len()), (1 + page.matches("<figure ").count(), index.len()));
    for line in &index[1..] {
        let svg = text(&files[&format!("figures/{}.svg", line[0])]);
        let mut reader = quick_xml::Reader::from_str(&svg);
        let mut shown = String::new();
        let mut at = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Start(start) => at.push(start.name().as_ref().to_owned()),
                quick_xml::events::Event::End(_) => drop(at.pop()),
                quick_xml::events::Event::Text(words) if at.last().is_some_and(|name| name == "text") => {
                    shown.push_str(&words);
                    shown.push(' ');
                }
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert!(at.is_empty(), "{}", line[0]);
        for words in [
            "SIMULATED DATA.",
            "Research use only. Not for decisions about any child.",
            &format!("Figure {}. ", line[1]),
        ] {
            assert!(shown.contains(words), "{}: {words} is not in {shown}", line[0]);
        }
        assert!(!line[4].is_empty() && svg.contains("<desc id=\"sheet-words\">"), "{}", line[0]);
        assert!(!svg.contains("var(--") && !svg.contains("href") && !svg.contains("url("), "{}", line[0]);
    }
}

/// A picture is drawn on white at twice the size, with the notices in it, and carries nothing beside the picture.
#[cfg(feature = "pdf")]
fn pictures_show_their_notices_and_hold_nothing_else(run: &Path, at: &Path) {
    use resvg::tiny_skia::Pixmap;
    let (board, again) = (at.join("board"), at.join("again"));
    report(run, &board, "png,svg");
    report(run, &again, "png");
    let (files, pictures) = (bytes(&board), bytes(&again));
    for (name, png) in pictures.iter().filter(|(name, _)| name.ends_with(".png")) {
        assert!(files[name] == *png, "{name}");
        assert_eq!(chunks(png), BTreeSet::from(["IDAT", "IEND", "IHDR"].map(str::to_owned)), "{name}");
        let svg = text(&files[&name.replace(".png", ".svg")]);
        let of = |tag: &str, name: &str| -> f64 {
            let rest = svg.split_once(tag).unwrap().1;
            rest.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
        };
        let picture = Pixmap::decode_png(png).unwrap();
        let size = (f64::from(picture.width()), f64::from(picture.height()));
        let expected = (2.0 * of("<svg", "width"), 2.0 * of("<svg", "height"));
        assert!((size.0 - expected.0).abs() < 2.5 && (size.1 - expected.1).abs() < 2.5, "{name}: {size:?}");
        assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 255), "{name} is not on white");
        let dark = |tag: &str| {
            let (left, line) = (2.0 * of(tag, "x"), 2.0 * of(tag, "y"));
            let across = (left as u32)..(left as u32 + 400);
            let down = (line as u32 - 16)..(line as u32);
            let all = down.flat_map(|y| across.clone().map(move |x| (x, y)));
            all.filter(|(x, y)| picture.pixel(*x, *y).is_some_and(|p| p.red() < 128)).count()
        };
        for tag in ["<text class=\"notice\"", "<text class=\"caption data\"", "<text class=\"caption\""] {
            assert!(dark(tag) > 300, "{name}: {tag} is not to be seen: {}", dark(tag));
        }
    }
    assert!(pictures.len() > 10, "{}", pictures.len());
}

/// The kinds of chunks of a PNG file.
#[cfg(feature = "pdf")]
fn chunks(png: &[u8]) -> BTreeSet<String> {
    let (mut at, mut out) = (8, BTreeSet::new());
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        out.insert(text(&png[at + 4..at + 8]));
        at += length + 12;
    }
    out
}
