//! `rerefer case` as a person uses it: with a permission, without one, and for a made-up child.
#![expect(clippy::disallowed_methods, reason = "a test makes its own input, and tampers with it")]

use super::{NEVER, text};
use crate::cli::{code, rerefer, stderr, stdout};
use rerefer::ledger::{self, Event};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

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
