//! What an experiment declares of its evaluation reaches the numbers.

use crate::support::unexplained;
use assert_cmd::Command;
use tempfile::TempDir;

/// The first look with 20 replicates and one model fewer, with something put into `[evaluate]`.
fn experiment(folder: &TempDir, more: &str) -> std::path::PathBuf {
    let data = std::env::current_dir().unwrap().join("data-synthetic");
    let text = unexplained(include_str!("../../experiments/first-look/experiment.toml"))
        .replace("../../data-synthetic", &data.display().to_string())
        .replace("replicates = 500", "replicates = 20")
        .replace("capacities = [0.2, 0.3, 0.5]\n", "")
        .replace("\"logistic\", \"tree\"]", "\"logistic\"]")
        .replace("[disclosure]", &format!("{more}\n[disclosure]"));
    let path = folder.path().join("experiment.toml");
    #[expect(clippy::disallowed_methods, reason = "a file of a test")]
    std::fs::write(&path, text).unwrap();
    path
}

fn run(folder: &TempDir, more: &str) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("rerefer").unwrap();
    command.arg("run").arg(experiment(folder, more)).args(["--quiet", "--out"]).arg(folder.path());
    command.assert()
}

#[test]
fn capacities_thresholds_and_reference_levels_are_measured() {
    let folder = TempDir::new().unwrap();
    let more =
        "capacities = [0.07, 0.4]\nthresholds = [0.22]\n[evaluate.reference_levels]\nsex = \"female\"\n";
    let done = run(&folder, more).success();
    let report = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let json = std::path::Path::new(report.trim()).with_file_name("evaluation.json");
    let parsed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let has = |list: &str, key: &str, value: &str| {
        parsed[list].as_array().unwrap().iter().any(|row| row["group"] == "sex" && row[key] == value)
    };
    for at in ["top 7%", "top 10%", "risk from 22%"] {
        assert!(has("rows", "at", at), "{at}");
    }
    assert!(has("contrasts", "against", "female") && !has("contrasts", "against", "male"));
    // By group, other places leave where many lie between them and the declared capacity.
    let numbers = parsed["rows"].as_array().unwrap().iter().filter(|r| r["estimate"].is_f64());
    let by_group = numbers.filter(|r| r["group"] != "overall" && r["model"] == "logistic");
    let mut at: Vec<&str> =
        by_group.filter(|r| r["measure"] == "selection-rate").filter_map(|r| r["at"].as_str()).collect();
    at.sort_unstable();
    at.dedup();
    assert_eq!(at, ["top 10%", "top 40%"], "7% lies too near to 10%");
}

#[test]
fn a_mistyped_reference_level_is_told_before_anything_is_fitted() {
    let folder = TempDir::new().unwrap();
    let failed = run(&folder, "[evaluate.reference_levels]\nsex = \"femal\"\n").failure().code(4);
    let said = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    for part in ["`sex` has no level `femal`", "female", "male", "nothing was fitted"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
