//! The forms of a report say the same: every word of the page in the plain text, in its order; every number of it on paper and in the
//! workbook. Paper is tagged, and nothing needs a clock.

use crate::cli::{code, first_look, rerefer, stderr};
use calamine::{Data, Reader, Xlsx};
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A first look in every form, and its folder, which is removed with the first.
pub(crate) fn forms() -> (TempDir, PathBuf) {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let folder = out.path().join("board");
    let format = if cfg!(feature = "pdf") { "html,md,xlsx,json,pdf" } else { "html,md,xlsx,json" };
    let to = folder.to_str().unwrap();
    let output = rerefer(&["report", run.to_str().unwrap(), "--out", to, "--format", format]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for name in ["report.html", "tables.xlsx", "evaluation.json"] {
        assert_eq!(fs::read(run.join(name)).unwrap(), fs::read(folder.join(name)).unwrap(), "{name}");
    }
    (out, folder)
}

/// The page without what is not text: styles, drawings, the list of contents, and what only opens and closes.
fn text(page: &str) -> String {
    let mut rest = &page[page.find("<main").unwrap()..];
    let head = &page[page.find("<header>").unwrap()..page.find("<main").unwrap()];
    let mut out = String::new();
    let mut keep = |part: &str| {
        let mut inside = false;
        for c in part.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    out.push(' ');
                }
                c if !inside => out.push(c),
                _ => {}
            }
        }
    };
    keep(head);
    while let Some((at, end)) = ["<svg", "<nav", "<summary", "<script"]
        .iter()
        .filter_map(|tag| Some((rest.find(tag)?, format!("</{}>", &tag[1..]))))
        .min()
    {
        keep(&rest[..at]);
        let length =
            if end == "</svg>" { whole_drawing(&rest[at..]) } else { rest[at..].find(&end).unwrap() };
        rest = &rest[at + length + end.len()..];
    }
    keep(rest);
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Where a drawing ends: drawings lie within drawings.
fn whole_drawing(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        let (open, close) = (text[at..].find("<svg"), text[at..].find("</svg>").unwrap());
        match open {
            Some(open) if open < close => {
                depth += 1;
                at += open + 4;
            }
            _ => {
                depth -= 1;
                if depth == 0 {
                    return at + close;
                }
                at += close + 6;
            }
        }
    }
}

/// Words and numbers, without what sets them apart.
fn words(text: &str) -> Vec<String> {
    let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | ',' | '%' | '\u{2212}' | '+'));
    let trimmed = |word: &str| word.trim_matches(['.', ',']).to_owned();
    text.split(apart).map(trimmed).filter(|word| !word.is_empty()).collect()
}

fn numbers(words: &[String]) -> BTreeMap<&str, usize> {
    let mut out = BTreeMap::new();
    for word in words.iter().filter(|word| word.chars().any(|c| c.is_ascii_digit())) {
        *out.entry(word.as_str()).or_default() += 1;
    }
    out
}

pub(crate) fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn plain_text_has_the_words_of_the_page_in_their_order() {
    let (_out, folder) = forms();
    let page = words(&text(&read(&folder, "report.html")));
    let plain = read(&folder, "report.md").replace('\\', "");
    let plain = words(&plain);
    let differ = page.iter().zip(&plain).position(|(a, b)| a != b);
    let near = differ.map(|at| (&page[at.saturating_sub(5)..at + 5], &plain[at.saturating_sub(5)..at + 5]));
    assert!(differ.is_none() && page.len() == plain.len(), "{near:?} {} {}", page.len(), plain.len());
    assert!(page.len() > 8_000, "{}", page.len());
}

#[test]
fn the_workbook_holds_every_table_with_numbers_as_numbers() {
    let (_out, folder) = forms();
    let page = read(&folder, "report.html");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(folder.join("tables.xlsx")).unwrap())).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 1 + page.matches("<table").count());
    let cover = book.worksheet_range("Read first").unwrap();
    let said: String = cover.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(said.contains("Not for decisions about any child") && said.contains("SIMULATED DATA"), "{said}");
    // Of every table: its caption, and as many numbers as its cells begin with or hold in intervals.
    for (table, name) in page.split("<table").skip(1).zip(&names[1..]) {
        let table = &table[..table.find("</table>").unwrap()];
        let sheet = book.worksheet_range(name).unwrap();
        let caption = table.split_once("<caption>").unwrap().1.split_once("</caption>").unwrap().0;
        let caption = text(&format!("<header></header><main>{caption}"));
        assert_eq!(words(&sheet.get_value((0, 0)).unwrap().to_string()), words(&caption), "{name}");
        let is_number = |text: &str| {
            let bare = text.trim().replace([',', '%', '+'], "").replace('\u{2212}', "-");
            bare.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && bare.parse::<f64>().is_ok()
        };
        let cells = table.split("<td>").skip(1).map(|cell| &cell[..cell.find("</td>").unwrap()]);
        let numbers = cells.map(|cell| {
            let (own, beside) = cell.split_once('<').unwrap_or((cell, ""));
            let beside = beside.split_once(">(").map_or("", |(_, rest)| rest.split('<').next().unwrap());
            match own.split_once(" to ") {
                Some((low, high)) if is_number(low) && is_number(high) => 2,
                _ if is_number(own) && beside.contains(" to ") => 3,
                _ => usize::from(is_number(own)),
            }
        });
        let found =
            sheet.used_cells().filter(|(row, _, cell)| *row > 3 && matches!(cell, Data::Float(_))).count();
        assert_eq!(found, numbers.sum::<usize>(), "{name}: {caption}");
    }
}

/// On paper: marked as PDF/UA, in English, with a title; headings, tables with heads, and pictures with words; each number as often as
/// on the page.
#[cfg(feature = "pdf")]
#[test]
fn paper_is_tagged_and_has_every_number_of_the_page() {
    let (_out, folder) = forms();
    let file = folder.join("report.pdf");
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7") && bytes.len() < 5_000_000, "{}", bytes.len());
    let poppler = |tool: &str, before: &[&str], after: &[&str]| {
        let output = Command::new(tool).args(before).arg(&file).args(after).output().ok()?;
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let Some(info) = poppler("pdfinfo", &[], &[]) else {
        println!("skipped: pdfinfo and pdftotext (poppler-utils) are not here");
        return;
    };
    for line in ["Tagged:          yes", "Page size:       595.276 x 841.89 pts (A4)"] {
        assert!(info.contains(line), "{line} is not in {info}");
    }
    assert!(!info.contains("CreationDate"), "{info}");
    let says = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(says(b"<pdfuaid:part>1</pdfuaid:part>") && says(b"/Lang(en-GB)"));
    let page = read(&folder, "report.html");
    let tree = poppler("pdfinfo", &["-struct"], &[]).unwrap();
    let count = |tag: &str| {
        tree.lines()
            .filter(|line| line.split_whitespace().next().map(|t| t.trim_end_matches(':')) == Some(tag))
            .count()
    };
    assert_eq!(count("Table"), page.matches("<table").count());
    assert_eq!(count("Figure"), page.matches("<figure").count());
    assert_eq!(count("TH"), page.matches("<th ").count());
    assert_eq!(count("TD"), page.matches("<td>").count());
    let paper = words(&poppler("pdftotext", &["-raw"], &["-"]).unwrap());
    let (paper, page) = (numbers(&paper), words(&text(&page)));
    for (number, times) in numbers(&page) {
        let found = paper.get(number).copied().unwrap_or(0);
        assert!(found >= times, "{number}: {times} times on the page, {found} times on paper");
    }
}

/// The checklist says on which sheet the report tells of an item, and there it stands.
#[cfg(feature = "pdf")]
#[test]
fn the_checklist_names_the_sheet_of_each_section() {
    let (out, folder) = forms();
    let run = fs::read_dir(out.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.join("private").exists())
        .unwrap();
    let to = folder.to_str().unwrap();
    let output = rerefer(&["report", run.to_str().unwrap(), "--out", to, "--format", "records,pdf"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let records = read(&folder, "records.html");
    let mut checked = 0;
    for (at, _) in records.match_indices("\u{201d}, page ") {
        let heading = records[..at].rsplit('\u{201c}').next().unwrap();
        let sheet: String =
            records[at + "\u{201d}, page ".len()..].chars().take_while(char::is_ascii_digit).collect();
        let paper = folder.join("report.pdf");
        let text = Command::new("pdftotext")
            .args(["-raw", "-f", &sheet, "-l", &sheet])
            .arg(&paper)
            .arg("-")
            .output();
        let Ok(text) = text else {
            println!("skipped: pdftotext (poppler-utils) is not here");
            return;
        };
        let text = words(&String::from_utf8(text.stdout).unwrap()).join(" ");
        let heading = words(heading).join(" ");
        assert!(text.contains(&heading), "sheet {sheet} has no {heading}");
        checked += 1;
    }
    assert!(checked >= 40, "{checked}");
}

/// The owner's answers beside an experiment are checked before the work, and go into the run's records.
#[test]
fn answers_beside_an_experiment_are_used() {
    let out = TempDir::new().unwrap();
    let experiment = fs::read_to_string("experiments/first-look/experiment.toml").unwrap();
    let data = std::path::absolute("data-synthetic").unwrap();
    let experiment = experiment.replace("../../data-synthetic", data.to_str().unwrap());
    let at = |name: &str| out.path().join(name);
    rerefer::io::atomic::write(&at("experiment.toml"), experiment.as_bytes()).unwrap();
    rerefer::io::atomic::write(&at("board.toml"), b"[use]\nwhy = \"short\"\n[lwa]\n").unwrap();
    let (path, runs) = (at("experiment.toml").display().to_string(), at("runs").display().to_string());
    let output = rerefer(&["run", &path, "--out", &runs]);
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("use.why") && stderr(&output).contains("lwa") && !at("runs").exists());
    let answer = "A question of a made-up council about its own records.";
    let board = format!("[use]\nwhy = \"{answer}\"\n");
    rerefer::io::atomic::write(&at("board.toml"), board.as_bytes()).unwrap();
    let output = rerefer(&["run", &path, "--out", &runs]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let run = PathBuf::from(crate::cli::stdout(&output).trim()).parent().unwrap().to_owned();
    let records = read(&run, "records.html");
    assert!(records.contains(answer) && run.join("atrs.json").exists());
    let again = at("again").display().to_string();
    let output = rerefer(&["report", run.to_str().unwrap(), "--out", &again, "--format", "records"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(read(&at("again"), "records.html"), records);
}

/// The owner's answers are checked, all at once, and go into the records; without them the records say what is left.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn what_the_owner_says_goes_into_the_records() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let (board, folder) = (out.path().join("board.toml"), out.path().join("board"));
    let report = |more: &[&str]| {
        let before = ["report", run.to_str().unwrap(), "--out", folder.to_str().unwrap()];
        rerefer(&[&before[..], more].concat())
    };
    fs::write(&board, "[owner]\norganisaton = \"Ashcombe\"\n\n[use]\nwhy = \"as before\"\n").unwrap();
    let asked = ["--format", "records,atrs", "--board", board.to_str().unwrap()];
    let refused = report(&asked);
    assert_eq!(code(&refused), 4);
    let said = stderr(&refused);
    assert!(
        said.contains("organisation") && said.contains("use.why") && !said.contains("as before"),
        "{said}"
    );
    assert!(!folder.exists(), "nothing is written");

    fs::write(&board, "[owner]\norganisation = \"Ashcombe Council (made up)\"\n").unwrap();
    assert_eq!(code(&report(&asked)), 0);
    for name in ["records.html", "atrs.json"] {
        assert!(read(&folder, name).contains("Ashcombe Council (made up)"), "{name}");
    }
    let of_owner = read(&folder, "records.html");
    assert_eq!(code(&report(&[])), 0);
    for name in ["report.html", "tables.xlsx", "evaluation.json", "records.html", "atrs.json"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    assert!(
        read(&folder, "records.html") != of_owner
            && !read(&folder, "records.html").contains("Ashcombe Council")
    );
    let wrong = report(&["--format", "pfd"]);
    assert!(code(&wrong) == 2 && stderr(&wrong).contains("possible values: html"), "{}", stderr(&wrong));
}
