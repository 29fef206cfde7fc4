//! A final test as a person goes through it: registered, opened, judged, looked at again.
#![expect(clippy::disallowed_methods, reason = "a test makes its own input, and tampers with it")]

use crate::cli::{bytes, code, rerefer, stderr, stdout};
use rerefer::ledger::{self, Event};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The gate of the example in a folder of its own, with few replicates.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: TempDir::new().unwrap() };
        desk.write(&[("replicates = 500", "replicates = 20")]);
        desk
    }

    fn write(&self, changes: &[(&str, &str)]) {
        let mut text = fs::read_to_string("experiments/gate/experiment.toml").unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        fs::write(self.folder.path().join("experiment.toml"), text).unwrap();
    }

    fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    fn ledger(&self) -> PathBuf {
        self.runs().join(ledger::FILE_NAME)
    }

    /// Runs a command on the experiment; its exit code and what it said.
    fn on_experiment(&self, command: &str, more: &[&str]) -> (i32, String) {
        let path = self.folder.path().join("experiment.toml");
        let arguments = [command, path.to_str().unwrap(), "--data", "data-synthetic"];
        self.said(&[&arguments, more].concat())
    }

    fn on_ledger(&self, more: &[&str]) -> (i32, String) {
        self.said(&[&["ledger"], more].concat())
    }

    fn said(&self, arguments: &[&str]) -> (i32, String) {
        let runs = self.runs();
        let output = rerefer(&[arguments, &["--out", runs.to_str().unwrap()]].concat());
        (code(&output), stdout(&output) + &stderr(&output))
    }

    fn kinds(&self) -> Vec<String> {
        ledger::read(&self.ledger()).unwrap().iter().map(|e| e.event.kind().to_owned()).collect()
    }
}

fn report(said: &str) -> (PathBuf, String) {
    let path = PathBuf::from(said.lines().find(|l| l.ends_with("report.html")).unwrap());
    let page = fs::read_to_string(&path).unwrap();
    (path.parent().unwrap().to_owned(), page)
}

#[test]
fn a_gate_is_registered_opened_judged_and_not_moved_unseen() {
    let desk = Desk::new();
    let (refused, said) = desk.on_experiment("run", &["--final"]);
    assert_eq!(refused, 4, "{said}");
    assert!(said.contains("has not been registered") && said.contains("hint: `rerefer plan"), "{said}");

    let (done, plan) = desk.on_experiment("plan", &[]);
    assert!(done == 0 && plan.contains("Registered as entry 1"), "{plan}");
    for part in ["to be tested: from 1 April 2022 on", "4. ", "about "] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    let (done, again) = desk.on_experiment("plan", &[]);
    assert!(done == 0 && again.contains("Nothing has changed"), "{again}");
    assert_eq!(desk.kinds(), ["registered"]);

    // An ordinary run opens nothing.
    let (done, said) = desk.on_experiment("run", &[]);
    assert!(done == 0 && report(&said).1.contains("a rehearsal on earlier referrals"), "{said}");
    assert_eq!(desk.kinds(), ["registered"]);

    let (done, said) = desk.on_experiment("run", &["--final"]);
    assert!(done == 0 && said.contains("The gate: CANNOT SAY"), "{said}");
    assert_eq!(desk.kinds(), ["registered", "opened", "verdict"]);
    let (folder, page) = report(&said);
    assert!(page.contains("It had never been opened through this ledger before."));
    assert!(page.contains("This is the final test"));
    let head = ledger::read(&desk.ledger()).unwrap().last().unwrap().hash.clone();
    assert!(
        fs::read_to_string(folder.join("manifest.json")).unwrap().contains(&head) && page.contains(&head)
    );
    let (done, said) = desk.on_experiment("run", &["--final"]);
    assert!(done == 0 && said.contains("done already"), "asking again for the report is no look: {said}");
    assert_eq!(desk.kinds().len(), 3);

    // The gate is moved after the opening.
    desk.write(&[("replicates = 500", "replicates = 20"), ("at_least = 0.4", "at_least = 0.2")]);
    let (refused, said) = desk.on_experiment("run", &["--final"]);
    assert_eq!(refused, 4, "{said}");
    let (refused, said) = desk.on_experiment("plan", &[]);
    assert!(refused == 4 && said.contains("must give a reason") && said.contains("--reason"), "{said}");
    let (done, said) = desk.on_experiment("plan", &["--reason", "four in ten was too much to ask"]);
    assert!(done == 0 && said.contains("Registered as entry 4"), "{said}");
    let (done, said) = desk.on_experiment("run", &["--final"]);
    assert_eq!(done, 0, "{said}");
    let page = report(&said).1;
    assert!(page.contains("This is the 2nd time the final test was opened; the first was on "));
    assert!(page.contains("four in ten was too much to ask"));
    let (done, said) = desk.on_ledger(&[]);
    assert!(done == 0 && said.contains("LOOK 2") && said.contains("was opened 2 times"), "{said}");
}

#[test]
fn a_ledger_that_was_tampered_with_is_told() {
    let desk = Desk::new();
    desk.on_experiment("plan", &[]);
    let (done, said) = desk.on_experiment("run", &["--final"]);
    assert_eq!(done, 0, "{said}");
    let head = ledger::read(&desk.ledger()).unwrap().last().unwrap().hash.clone();
    let (done, said) = desk.on_ledger(&["--verify", "--expect", &head]);
    assert!(done == 0 && said.contains("The chain is whole") && said.contains("cannot show"), "{said}");
    let (wrong, said) = desk.on_ledger(&["--verify", "--expect", &"0".repeat(64)]);
    assert!(wrong == 3 && said.contains("named by --expect"), "{said}");

    let whole = fs::read_to_string(desk.ledger()).unwrap();
    // One byte, in the verdict.
    fs::write(desk.ledger(), whole.replace("CANNOT SAY", "CANNOT SAX")).unwrap();
    let (wrong, said) = desk.on_ledger(&["--verify"]);
    assert!(wrong == 3 && said.contains("line 3"), "{said}");
    assert_eq!(desk.on_ledger(&[]).0, 3, "a broken ledger is not shown as if it were whole");
    let (refused, said) = desk.on_experiment("run", &["--final", "--again"]);
    assert!(refused == 3 && said.contains("rerefer ledger --verify"), "{said}");

    // The last line is gone: only the run's manifest knows.
    let lines: Vec<&str> = whole.lines().collect();
    fs::write(desk.ledger(), format!("{}\n{}\n", lines[0], lines[1])).unwrap();
    let (wrong, said) = desk.on_ledger(&["--verify"]);
    assert!(wrong == 3 && said.contains(&head), "{said}");
}

#[test]
fn a_look_again_is_the_second_and_the_numbers_are_the_same() {
    let desk = Desk::new();
    desk.on_experiment("plan", &[]);
    let looked = report(&desk.on_experiment("run", &["--final"]).1).0;
    let first = bytes(&looked);
    let (folder, page) = report(&desk.on_experiment("run", &["--final", "--again"]).1);
    assert!(page.contains("This is the 2nd time the final test was opened"));
    let second = bytes(&folder);
    assert!(bytes(&looked) == first && folder.to_str().unwrap().ends_with("-2"), "the first report stays");
    assert_eq!(first["private/predictions.csv"], second["private/predictions.csv"]);
    assert_eq!(desk.kinds(), ["registered", "opened", "verdict", "opened", "verdict"]);
    assert_eq!(desk.on_ledger(&["--verify"]).0, 0);
    // Only referrals from the first day of the final test on were tested.
    let rows = String::from_utf8(second["private/predictions.csv"].clone()).unwrap();
    let days: Vec<&str> = rows.lines().skip(1).map(|l| l.split(',').nth(2).unwrap()).collect();
    assert!(days.len() > 300 && days.iter().all(|day| *day >= "2022-04-01"));
}

#[test]
fn too_few_to_evaluate_is_a_look_and_cannot_say() {
    let desk = Desk::new();
    desk.write(&[("replicates = 500", "replicates = 20"), ("from = 2022-04-01", "from = 2023-03-20")]);
    desk.on_experiment("plan", &[]);
    let (few, said) = desk.on_experiment("run", &["--final"]);
    assert!(few == 5 && said.contains("the ledger says CANNOT SAY"), "{said}");
    assert_eq!(desk.kinds(), ["registered", "opened", "verdict"]);
}

#[test]
fn what_has_no_gate_or_no_holdout_has_no_final_test() {
    let desk = Desk::new();
    let text = fs::read_to_string("experiments/first-look/experiment.toml").unwrap();
    let path = desk.folder.path().join("experiment.toml");
    fs::write(&path, text.replace("replicates = 500", "replicates = 20")).unwrap();
    let (refused, said) = desk.on_experiment("run", &["--final"]);
    assert!(refused == 4 && said.contains("there is no final test"), "{said}");
    let (done, said) = desk.on_experiment("plan", &[]);
    assert!(done == 0 && said.contains("nothing is registered"), "{said}");
    assert!(!Path::exists(&desk.ledger()));

    // Once a final test is registered, a run that keeps none is noted.
    desk.write(&[("replicates = 500", "replicates = 20")]);
    desk.on_experiment("plan", &[]);
    fs::write(&path, text.replace("replicates = 500", "replicates = 20")).unwrap();
    let (done, said) = desk.on_experiment("run", &[]);
    assert!(done == 0 && said.contains("That is noted in the ledger"), "{said}");
    let entries = ledger::read(&desk.ledger()).unwrap();
    assert!(
        matches!(&entries[1].event, Event::Note { text } if text.contains("without keeping a final test"))
    );
}
