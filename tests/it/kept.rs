//! Models that a run keeps, tested on other data; settings chosen on the way; every learner in one experiment.

use crate::cli::{bytes, code, rerefer, stderr, stdout};
use crate::support::unexplained;
use rerefer::experiment::Experiment;
use rerefer::io::atomic;
use rerefer::models::registry::REGISTRY;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const EVERY: &str = include_str!("../../experiments/learners/experiment.toml");

/// A small experiment in `folder` that keeps a tuned candidate.
fn experiment(folder: &Path) -> PathBuf {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data-synthetic");
    let mut text = unexplained(EVERY)
        .replace("../../data-synthetic", data)
        .replace("replicates = 500", "replicates = 20");
    let cut = |text: &str, from: &str, to: &str, with: &str| {
        let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap());
        format!("{}{with}{}", &text[..start], &text[end..])
    };
    text = cut(&text, "learners = [", "# Candidate", "learners = [\"earlier-referrals\", \"boosting\"]\n");
    text = cut(&text, "[tuning.logistic]", "[evaluate]", "[tuning.boosting]\nrounds = [5, 40]\n\n");
    text = text.replace("candidate = \"elastic-net\"", "candidate = \"boosting\"");
    let path = folder.join("experiment.toml");
    atomic::write(&path, text.as_bytes()).unwrap();
    path
}

fn run_folder(output: &std::process::Output) -> PathBuf {
    assert_eq!(code(output), 0, "{}", stderr(output));
    PathBuf::from(stdout(output).trim()).parent().unwrap().to_owned()
}

#[test]
fn kept_models_are_tested_on_other_data_and_on_no_other_terms() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("runs");
    let out = out.to_str().unwrap();
    let path = experiment(folder.path());
    let one = run_folder(&rerefer(&["run", path.to_str().unwrap(), "--out", out, "--threads", "1"]));
    let files = bytes(&one);
    let again =
        run_folder(&rerefer(&["run", path.to_str().unwrap(), "--out", out, "--again", "--threads", "4"]));
    assert!(bytes(&again) == files, "the same bytes on any number of threads");
    for name in ["model.json", "model.bin", "earlier-referrals.csv", "boosting.xgboost.json"] {
        assert!(files.contains_key(&format!("private/model/{name}")), "{name}");
    }
    let report = String::from_utf8(files["report.html"].clone()).unwrap();
    assert!(report.contains("referrals that were tested had no say"));
    let tuning = String::from_utf8(files["private/tuning.csv"].clone()).unwrap();
    let lines: Vec<&str> = tuning.lines().collect();
    // Two candidates in six folds, one of them chosen in each.
    assert_eq!((lines.len(), lines.iter().filter(|l| l.ends_with(",yes")).count()), (1 + 12, 6));
    assert!(
        lines[1].starts_with("boosting,\"from 2021-04-01, household group 1 of 3\",rounds=5,"),
        "{}",
        lines[1]
    );

    let model = one.join("private/model");
    let model = model.to_str().unwrap();
    let own = rerefer(&["evaluate", model, "data-synthetic", "--out", out]);
    assert_eq!(code(&own), 2, "{}", stderr(&own));
    assert!(stderr(&own).contains("these are data that the models learned from"), "{}", stderr(&own));

    let other = folder.path().join("other");
    let other = other.to_str().unwrap();
    let synth = ["synth", "--preset", "tiny", "--seed", "9", "--children", "2500", "--out", other];
    assert_eq!(code(&rerefer(&synth)), 0);
    let tested = run_folder(&rerefer(&["evaluate", model, other, "--out", out]));
    let report = fs::read_to_string(tested.join("report.html")).unwrap();
    for words in ["tested on other data", "The models were taught before, by other data"] {
        assert!(report.contains(words), "{words}");
    }
    assert!(!report.contains("no family was on both sides") && !tested.join("private/model").exists());

    let json = Path::new(model).join("model.json");
    let text = fs::read_to_string(&json).unwrap();
    atomic::write(&json, text.replacen("\"intercept\": -", "\"intercept\": -1", 1).as_bytes()).unwrap();
    let changed = rerefer(&["evaluate", model, other, "--out", out]);
    assert!(
        code(&changed) == 2 && stderr(&changed).contains("model.json was changed"),
        "{}",
        stderr(&changed)
    );
    atomic::write(&json, text.as_bytes()).unwrap();
    atomic::write(&Path::new(model).join("model.bin"), b"other bytes").unwrap();
    let changed = rerefer(&["evaluate", model, other, "--out", out]);
    assert!(code(&changed) == 2 && stderr(&changed).contains("was changed"), "{}", stderr(&changed));
    let none = rerefer(&["evaluate", other, other, "--out", out]);
    assert!(code(&none) == 2 && stderr(&none).contains("model.json"), "{}", stderr(&none));
}

#[test]
fn the_experiment_of_every_learner_names_every_learner_and_reads_back() {
    let experiment = Experiment::read("experiment.toml", EVERY).unwrap();
    let all: Vec<&str> = REGISTRY.iter().map(|e| e.id).collect();
    assert_eq!(experiment.learners, all);
    let meant = experiment.meant();
    assert_eq!(Experiment::read("meant", &meant).unwrap().meant(), meant);
}

#[test]
fn faults_of_tuning_and_keeping_are_told_where_they_are() {
    let broken = EVERY
        .replace("search = \"grid\"", "search = \"random\"")
        .replace("l2 = [10.0, 100.0, 1000.0, 10000.0]", "l2 = [10.0]\nl3 = [1.0, 2.0]")
        .replace("lambda = [0.003, 0.01, 0.03]", "lambda = [0.003, -1.0]")
        .replace("max_depth = [2, 4]", "max_depth = [4, 4]")
        .replace("candidate = \"elastic-net\"", "candidate = \"nobody\"");
    let Err(faults) = Experiment::read("experiment.toml", &broken) else { panic!("it must be refused") };
    insta::assert_snapshot!(faults.to_string());
}
