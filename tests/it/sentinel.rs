//! What is planted in the data leaves in nothing: identifiers, dates of events, free text and the name of a small authority are in
//! no byte of any file outside the private folder, nor in anything that is printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use calamine::{Reader, Xlsx};
use rerefer::ingest::{self, write_native};
use rerefer::io::atomic;
use rerefer::num::Day;
use tempfile::TempDir;

use crate::cli::{bytes, code, rerefer, stderr, stdout};

/// What stands before the number of every child, and of every household.
const CHILD: i64 = 880_111_000_000;
const HOUSEHOLD: u32 = 3_990_000_000;
/// A name and a note that nobody may see.
const AUTHORITY: &str = "Zz-Quillmere-Sentinel";
const NOTE: &str = "Q7SENTINEL seen at home with her aunt";

/// The committed data, with something planted everywhere, and not marked as simulated. Gives the days of all events.
fn plant(folder: &Path) -> BTreeSet<Day> {
    let mut history = ingest::read(Path::new("data-synthetic"), &|_, _, _| {}).unwrap().history;
    let children = &mut history.children;
    children.id.iter_mut().for_each(|id| *id += CHILD);
    children.household.iter_mut().for_each(|household| *household += HOUSEHOLD);
    let small = u16::try_from(history.authorities.len()).unwrap();
    history.authorities.push(AUTHORITY.to_owned());
    // Of children who have been referred.
    for child in history.events.child.iter().step_by(history.events.len() / 4).take(4) {
        history.children.authority[*child as usize] = small;
    }
    let days = history.events.date.iter().chain(&history.events.known_on).copied().collect();
    let (child, day) = (history.events.child[0], history.events.date[0]);
    history.notes.child.push(child);
    history.notes.date.push(day);
    history.notes.known_on.push(day);
    history.notes.kind.push("visit".to_owned());
    history.notes.text.push(NOTE.to_owned());
    write_native(&history, folder).unwrap();
    days
}

/// What is read in a file: its bytes, and the text within a workbook or a PDF.
fn texts(name: &str, bytes: &[u8], scratch: &Path) -> Vec<String> {
    let mut out = vec![String::from_utf8_lossy(bytes).into_owned()];
    if name.ends_with(".xlsx") {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        for sheet in book.sheet_names() {
            let cells = book.worksheet_range(&sheet).unwrap();
            out.push(format!("{sheet} {:?}", cells.rows().collect::<Vec<_>>()));
        }
        assert!(out.len() > 5, "a workbook of few sheets");
    }
    if name.ends_with(".pdf") {
        let path = scratch.join("one.pdf");
        atomic::write(&path, bytes).unwrap();
        match Command::new("pdftotext").arg(&path).arg("-").output() {
            Ok(output) => out.push(String::from_utf8(output.stdout).unwrap()),
            Err(_) => eprintln!("skipped: pdftotext (poppler-utils) is not here"),
        }
    }
    out
}

/// Days written as 2021-03-09, 09/03/2021 or 9 March 2021 in a text.
fn days_in(text: &str, days: &BTreeMap<String, Day>) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| b.is_ascii_digit()) {
        if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
            continue;
        }
        // The longest is "30 September 2021".
        let piece = String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 17)]);
        let written = (8..=17).filter_map(|length| piece.get(..length));
        found.extend(written.filter(|w| days.contains_key(*w)).map(str::to_owned));
    }
    found
}

#[test]
fn nothing_that_is_planted_leaves() {
    let out = TempDir::new().unwrap();
    let data = out.path().join("data");
    let mut days = plant(&data);
    let experiment = fs::read_to_string("experiments/first-look/experiment.toml").unwrap();
    // What the experiment says itself may be said again, and so may the first and the last day of a census year.
    let turn = |day: &str| day.ends_with("-03-31") || day.ends_with("-04-01");
    days.retain(|day| !experiment.contains(&day.to_string()) && !turn(&day.to_string()));
    assert!(days.len() > 1000);
    let written = |day: &Day| {
        let text = day.to_string();
        let (year, month, date) = (&text[..4], &text[5..7], &text[8..]);
        [text.clone(), format!("{date}/{month}/{year}"), day.in_words()].map(|text| (text, *day))
    };
    let days: BTreeMap<String, Day> = days.iter().flat_map(written).collect();

    let to = |name: &str| out.path().join(name).display().to_string();
    let run = rerefer(&[
        "run",
        "experiments/first-look/experiment.toml",
        "--data",
        &to("data"),
        "--out",
        &to("runs"),
    ]);
    assert_eq!(code(&run), 0, "{}", stderr(&run));
    let folder = Path::new(stdout(&run).trim()).parent().unwrap().to_owned();
    let report = rerefer(&["report", folder.to_str().unwrap(), "--out", &to("board")]);
    assert_eq!(code(&report), 0, "{}", stderr(&report));
    let text = rerefer(&["report", folder.to_str().unwrap(), "--out", &to("text"), "--format", "md"]);
    assert_eq!(code(&text), 0, "{}", stderr(&text));

    let mut all: Vec<(String, String)> = Vec::new();
    let mut private = String::new();
    for place in [folder, out.path().join("board"), out.path().join("text")] {
        for (name, bytes) in bytes(&place) {
            if name.starts_with("private") {
                private.push_str(&String::from_utf8_lossy(&bytes));
            } else {
                all.extend(texts(&name, &bytes, out.path()).into_iter().map(|text| (name.clone(), text)));
            }
        }
    }
    for (name, output) in [("run", &run), ("report", &report), ("text", &text)] {
        all.push((format!("what {name} printed"), format!("{}{}", stdout(output), stderr(output))));
    }
    assert!(all.len() > 25, "{}", all.len());
    let surrogate = (CHILD / 1_000_000).to_string();
    let household = (HOUSEHOLD / 10_000_000).to_string();
    // They are there to be found: without this the test could not fail.
    assert!(private.contains(&surrogate) && private.contains(AUTHORITY));
    assert!(!days_in(&private, &days).is_empty());
    for (name, text) in &all {
        let long = |start: &str, length: usize| {
            text.match_indices(start).any(|(at, _)| {
                let number = text[at..].chars().take_while(char::is_ascii_digit).count();
                number >= length && (at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric())
            })
        };
        assert!(!long(&surrogate, 12), "{name} holds the number of a child");
        assert!(!long(&household, 10), "{name} holds the number of a household");
        for planted in [AUTHORITY, "Quillmere", "Q7SENTINEL", "with her aunt"] {
            assert!(!text.contains(planted), "{name} holds {planted}");
        }
        let found = days_in(text, &days);
        assert!(found.is_empty(), "{name} holds days of events: {found:?}");
    }
}

/// Nor in a message about a row that is wrong in every column.
#[test]
fn messages_hold_no_value_of_a_row() {
    let out = TempDir::new().unwrap();
    let children = format!(
        "child,birth_month,sex,ethnicity,disabilities,household,authority,observed_from,observed_to,left_on,left_reason\n\
         {NOTE},{NOTE},{NOTE},{NOTE},{NOTE},{NOTE},{AUTHORITY},{NOTE},{NOTE},{NOTE},{NOTE}\n"
    );
    let events = format!(
        "child,date,known_on,kind,code,episode,ward\n{NOTE},{NOTE},{NOTE},{NOTE},{NOTE},{NOTE},{NOTE}\n{CHILD},2019-13-45,,referral,zzz,x,\n"
    );
    atomic::write(&out.path().join("data/children.csv"), children.as_bytes()).unwrap();
    atomic::write(&out.path().join("data/events.csv"), events.as_bytes()).unwrap();
    let data = out.path().join("data").display().to_string();
    let runs = out.path().join("runs").display().to_string();
    let commands: [&[&str]; 4] = [
        &["check", &data],
        &["ingest", &data, "--out", &runs],
        &["run", "experiments/first-look/experiment.toml", "--data", &data, "--out", &runs],
        &["run", "experiments/first-look/experiment.toml", "--data", &data, "--out", &runs, "--lenient"],
    ];
    for command in commands {
        let output = rerefer(command);
        assert_ne!(code(&output), 0);
        let text = format!("{}{}", stdout(&output), stderr(&output));
        assert!(text.len() > 40, "{command:?} says why");
        for planted in ["Q7SENTINEL", "aunt", "Quillmere", "880111", "2019-13-45", "zzz"] {
            assert!(!text.contains(planted), "{command:?}: {text}");
        }
    }
}
