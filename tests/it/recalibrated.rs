//! An experiment that asks for recalibration shows its models before and after.

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The gate's experiment with 20 replicates and a section more.
fn experiment(folder: &TempDir, section: &str) -> std::path::PathBuf {
    let data = std::env::current_dir().unwrap().join("data-synthetic");
    let text = include_str!("../../experiments/gate/experiment.toml")
        .replace("../../data-synthetic", &data.display().to_string())
        .replace("replicates = 500", "replicates = 20")
        .replace("[evaluate]", &format!("{section}\n[evaluate]"));
    let path = folder.path().join("experiment.toml");
    #[expect(clippy::disallowed_methods, reason = "a file of a test")]
    std::fs::write(&path, text).unwrap();
    path
}

fn run(folder: &TempDir, section: &str) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("rerefer").unwrap();
    command.arg("run").arg(experiment(folder, section)).args(["--quiet", "--out"]).arg(folder.path());
    command.assert()
}

#[test]
fn both_models_are_measured_and_stand_side_by_side() {
    let folder = TempDir::new().unwrap();
    let done = run(&folder, "[recalibrate]\nmethod = \"intercept\"\nlearners = [\"logistic\"]\n").success();
    let page = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    let page = std::path::Path::new(page.trim());
    let json = std::fs::read_to_string(page.with_file_name("evaluation.json")).unwrap();
    let parsed: Value = serde_json::from_str(&json).unwrap();
    let overall = |model: &str, measure: &str| {
        let fits = |r: &&Value| r["model"] == model && r["measure"] == measure && r["group"] == "overall";
        parsed["rows"].as_array().unwrap().iter().find(fits).unwrap()["estimate"].as_f64().unwrap()
    };
    // Adjusting changes how high the chances are and not who comes first.
    let both = ["logistic", "logistic-recalibrated"];
    let [before, after] = both.map(|model| overall(model, "auroc"));
    assert!((before - after).abs() < 1e-9, "{before} {after}");
    for measure in ["calibration-in-the-large", "mean-predicted", "observed-over-expected"] {
        let [before, after] = both.map(|model| overall(model, measure));
        assert!((before - after).abs() > 1e-3, "{measure}: {before} {after}");
    }
    let html = std::fs::read_to_string(page).unwrap();
    for words in [
        "before and after its chances were adjusted",
        "Logistic regression, chances adjusted",
        "Set aside for adjusting chances",
        "the second window is not used",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("no chances were adjusted"));
}

#[test]
fn faults_of_the_section_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    let failed =
        run(&folder, "[recalibrate]\nmethod = \"isotnic\"\nlearners = [\"prevalence\"]\n").failure().code(4);
    let said = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    for part in ["isotnic", "did you mean `isotonic`", "prevalence"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn only_a_split_with_a_window_for_it_can_be_recalibrated() {
    let folder = TempDir::new().unwrap();
    let path = experiment(&folder, "[recalibrate]\nmethod = \"platt\"\nlearners = [\"logistic\"]\n");
    let text = std::fs::read_to_string(&path).unwrap();
    let cut =
        |key: &str, text: &str| text.lines().filter(|l| !l.starts_with(key)).collect::<Vec<_>>().join("\n");
    let text = cut("train_until", &cut("tune_until", &cut("test_from", &text)))
        .replace("method = \"windows\"", "method = \"rolling-origin\"\ncut_offs = [2020-04-01]");
    #[expect(clippy::disallowed_methods, reason = "a file of a test")]
    std::fs::write(&path, text).unwrap();
    let mut command = Command::cargo_bin("rerefer").unwrap();
    let failed =
        command.arg("run").arg(path).args(["--quiet", "--out"]).arg(folder.path()).assert().failure();
    let said = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    assert!(said.contains("`recalibrate` needs `split.method = \"windows\"`"), "{said}");
}
