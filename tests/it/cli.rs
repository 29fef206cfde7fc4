//! The program as a person uses it: results, messages, exit codes.

use crate::support::shared;
use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const FIRST_LOOK: &str = "experiments/first-look/experiment.toml";

pub(crate) fn rerefer(arguments: &[&str]) -> Output {
    Command::cargo_bin("rerefer").unwrap().args(arguments).env_clear().output().unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs the first look into `out` and returns the run's folder.
pub(crate) fn first_look(out: &Path, more: &[&str]) -> PathBuf {
    let mut arguments = vec!["run", FIRST_LOOK, "--out", out.to_str().unwrap()];
    arguments.extend(more);
    let output = rerefer(&arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let report = PathBuf::from(stdout(&output).trim());
    assert!(report.is_file(), "the last line must be the report's path: {}", report.display());
    report.parent().unwrap().to_owned()
}

/// Every file of a folder but the timings, with its bytes.
pub(crate) fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "timings.json" {
                files.insert(
                    path.strip_prefix(folder).unwrap().display().to_string(),
                    fs::read(&path).unwrap(),
                );
            }
        }
    }
    files
}

#[test]
fn the_first_look_ends_with_a_report_and_repeats_byte_for_byte() {
    let out = TempDir::new().unwrap();
    let one = first_look(out.path(), &["--threads", "1"]);
    let files = bytes(&one);
    for name in [
        "manifest.json",
        "experiment.toml",
        "dictionary.csv",
        "evaluation.json",
        "report.html",
        "private/predictions.csv",
        "private/attrition.csv",
    ] {
        assert!(files.contains_key(name), "{name} is missing");
    }
    assert!(one.join("timings.json").is_file());
    let manifest = String::from_utf8(files["manifest.json"].clone()).unwrap();
    assert!(manifest.contains("report.html") && !manifest.contains("private"), "{manifest}");
    private_is_closed(&one);

    let again = rerefer(&["run", FIRST_LOOK, "--out", out.path().to_str().unwrap()]);
    assert_eq!(code(&again), 0);
    assert!(stderr(&again).contains("This very run has been done already"), "{}", stderr(&again));

    first_look(out.path(), &["--threads", "2", "--again"]);
    assert_eq!(files.keys().collect::<Vec<_>>(), bytes(&one).keys().collect::<Vec<_>>());
    for (name, new) in bytes(&one) {
        assert!(files[&name] == new, "{name} differs between 1 and 2 threads");
    }
    let names: Vec<_> = fs::read_dir(out.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1, "nothing else is left behind: {names:?}");
}

/// The report can be read by whom the umask lets, the private folder by nobody else.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn private_is_closed(run: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (file, folder) = (run.with_file_name("plain"), run.with_file_name("folder"));
    fs::write(&file, "").unwrap();
    fs::create_dir(&folder).unwrap();
    assert_eq!((mode(&run.join("report.html")), mode(run)), (mode(&file), mode(&folder)));
    assert_eq!(mode(&run.join("private")), 0o700);
    fs::remove_file(file).unwrap();
    fs::remove_dir(folder).unwrap();
}

#[cfg(not(unix))]
fn private_is_closed(_: &Path) {}

#[test]
fn the_experiment_as_meant_names_the_same_run() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let meant = run.join("experiment.toml");
    let output = rerefer(&[
        "run",
        meant.to_str().unwrap(),
        "--data",
        "data-synthetic",
        "--out",
        out.path().to_str().unwrap(),
    ]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output).trim(), run.join("report.html").display().to_string());
}

#[test]
fn a_report_can_be_written_again() {
    let out = TempDir::new().unwrap();
    let run = first_look(out.path(), &[]);
    let again = out.path().join("again");
    let output = rerefer(&["report", run.to_str().unwrap(), "--out", again.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for name in ["report.html", "evaluation.json"] {
        assert_eq!(fs::read(run.join(name)).unwrap(), fs::read(again.join(name)).unwrap(), "{name}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn a_mistyped_experiment_says_where_and_what_was_meant() {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(FIRST_LOOK).unwrap();
    let text = text.replace("horizon_days", "horizon_day").replace("\"at-referral\"", "\"at-referal\"");
    let path = folder.path().join("experiment.toml");
    fs::write(&path, text).unwrap();
    let output = rerefer(&["run", path.to_str().unwrap()]);
    assert_eq!(code(&output), 4);
    let message = stderr(&output).replace(path.to_str().unwrap(), "experiment.toml");
    assert_eq!(
        message,
        "configuration error: experiment.toml:7:1: `cohort.horizon_days` is missing\n\
         experiment.toml:9:9: `cohort.point` has no choice `at-referal`: allowed are `at-referral`, \
         `at-assessment-end`, `at-closure`; did you mean `at-referral`?\n\
         experiment.toml:11:1: unknown key `cohort.horizon_day`; did you mean `horizon_days`?\n\
         hint: nothing was run; mend the places above\n"
    );
}

#[test]
fn the_census_samples_are_too_few_and_it_says_so() {
    let Some(samples) = shared("samples/cin_xml") else { return };
    let out = TempDir::new().unwrap();
    let arguments =
        ["run", FIRST_LOOK, "--data", samples.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    let strict = rerefer(&arguments);
    assert_eq!(code(&strict), 5, "{}", stderr(&strict));
    assert!(stderr(&strict).contains("too few"), "{}", stderr(&strict));
    assert!(stderr(&strict).contains("the data also have"), "{}", stderr(&strict));
    let lenient = rerefer(&[&arguments[..], &["--lenient"]].concat());
    assert_eq!(code(&lenient), 5, "{}", stderr(&lenient));
    assert!(!stderr(&lenient).contains("the data also have"), "{}", stderr(&lenient));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "a run that failed leaves nothing");
}

#[test]
fn misuse_is_exit_code_2() {
    assert_eq!(code(&rerefer(&["rum"])), 2);
    assert_eq!(code(&rerefer(&["run"])), 2);
    let missing = rerefer(&["run", "no-such-file.toml"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("no-such-file.toml"));
    assert_eq!(code(&rerefer(&["--help"])), 0);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn check_has_an_exit_code_for_clean_warned_and_broken_data() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let check = |path: &Path| rerefer(&["check", path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let clean = check(Path::new("data-synthetic"));
    assert_eq!(code(&clean), 0, "{}{}", stdout(&clean), stderr(&clean));
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let children = "child,authority,observed_from,observed_to\n1,A,2016-04-01,2020-03-31\n";
    let events = "child,date,known_on,kind,code,episode\n1,2017-01-01,2017-01-01,referral,6,1\n";
    fs::write(data.join("children.csv"), children).unwrap();
    fs::write(data.join("events.csv"), format!("{events}1,2020-05-01,2020-05-01,contact,,\n")).unwrap();
    let warned = check(&data);
    assert_eq!(code(&warned), 1, "{}", stdout(&warned));
    fs::write(data.join("events.csv"), format!("{events}1,01/02/2017,2017-02-01,contact,,\n")).unwrap();
    let broken = check(&data);
    assert_eq!(code(&broken), 3, "{}", stdout(&broken));
    assert_eq!(fs::read_to_string(out.join("quarantine.csv")).unwrap().lines().count(), 2);
    let json = rerefer(&["check", data.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["errors"], 1);
}

#[test]
fn every_command_has_help_with_an_example() {
    let help = stdout(&rerefer(&["--help"]));
    for command in ["plan", "run", "ledger", "check", "ingest", "synth", "report", "export"] {
        assert!(help.contains(&format!("  {command} ")), "{command} is not in the list of commands");
        let own = stdout(&rerefer(&[command, "--help"]));
        assert!(own.contains(&format!(":\n  rerefer {command} ")), "{command} has no example:\n{own}");
    }
    for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "70 "] {
        assert!(help.contains(&format!("\n  {code}")), "exit code {code} is not in the help");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn data_are_not_written_over_and_the_mark_of_simulation_is_not_lent() {
    let folder = TempDir::new().unwrap();
    let (made, read) = (folder.path().join("made"), folder.path().join("read"));
    let text = fs::read_to_string("data-synthetic/scenario.toml").unwrap().replace("1900", "300");
    let scenario = folder.path().join("scenario.toml");
    fs::write(&scenario, text).unwrap();
    let synth = |more: &[&str]| {
        let base = ["synth", scenario.to_str().unwrap(), "--out", made.to_str().unwrap()];
        code(&rerefer(&[&base[..], more].concat()))
    };
    assert_eq!((synth(&[]), synth(&[]), synth(&["--replace"])), (0, 2, 0));
    let ingest = |from: &Path, to: &Path, more: &[&str]| {
        let base = ["ingest", from.to_str().unwrap(), "--out", to.to_str().unwrap()];
        code(&rerefer(&[&base[..], more].concat()))
    };
    assert_eq!(ingest(&made, &made, &["--replace"]), 2, "the source is never written over");
    assert_eq!((ingest(&made, &read, &[]), ingest(&made, &read, &[])), (0, 2));
    let is_simulated = |data: &Path| {
        let ingested = rerefer::ingest::read(data, &|_, _, _| {}).unwrap();
        rerefer::synth::is_marked(data, &ingested.files)
    };
    assert!(is_simulated(&made) && is_simulated(&read));
    // Parquet written beside CSV could not be read again.
    let csv = folder.path().join("csv");
    fs::create_dir(&csv).unwrap();
    fs::write(csv.join("children.csv"), "child\n").unwrap();
    assert_eq!(ingest(&made, &csv, &["--replace"]), 2);
    // Another table under the same mark.
    fs::copy(read.join("children.parquet"), read.join("old")).unwrap();
    fs::remove_file(read.join("children.parquet")).unwrap();
    fs::write(
        read.join("children.csv"),
        "child,authority,observed_from,observed_to\n1,A,2016-04-01,2020-03-31\n",
    )
    .unwrap();
    assert!(!is_simulated(&read));
}

#[test]
fn misuse_with_json_is_json_and_limits_are_kept() {
    let error = rerefer(&["run", "--json", "--threads", "5000", FIRST_LOOK]);
    assert_eq!(code(&error), 2);
    let json: serde_json::Value = serde_json::from_str(&stderr(&error)).unwrap();
    assert_eq!(json["error"], "usage error");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes its own input")]
fn an_experiment_that_asks_for_too_much_is_told_so() {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(FIRST_LOOK).unwrap();
    let path = folder.path().join("experiment.toml");
    for (from, to, says) in [
        ("threshold = 10", "threshold = 3", "from 10 to 1000, found 3"),
        ("[2020-04-01, ", "[\"01/04/2020\", ", ":22:13: each item of `split.cut_offs` must be a date"),
        (
            "leave_out = [\"sex\", \"ethnicity\", \"disability\"]",
            "leave_out = [\"sex\", \"ethnicity\", \"disability\", \"history\", \"household\", \"episode\", \"age\"]",
            "no feature is left",
        ),
        ("[2020-04-01, ", "[1990-04-01, ", "the cut-off 1990-04-01 leaves no referrals to learn from"),
    ] {
        assert!(text.contains(from));
        fs::write(&path, text.replace(from, to)).unwrap();
        let out = folder.path().join("runs");
        let output = rerefer(&[
            "run",
            path.to_str().unwrap(),
            "--data",
            "data-synthetic",
            "--out",
            out.to_str().unwrap(),
        ]);
        assert_eq!(code(&output), 4, "{from}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
    }
}

#[test]
fn learners_are_listed_with_their_settings() {
    let text = stdout(&rerefer(&["learners"]));
    let json: serde_json::Value = serde_json::from_str(&stdout(&rerefer(&["learners", "--json"]))).unwrap();
    let listed = json["learners"].as_array().unwrap();
    assert_eq!(listed.len(), rerefer::models::registry::REGISTRY.len());
    for (entry, own) in rerefer::models::registry::REGISTRY.iter().zip(listed) {
        assert_eq!(own["id"], entry.id);
        assert!(text.lines().any(|line| line.starts_with(entry.id)), "{}", entry.id);
        for setting in entry.settings {
            assert!(text.contains(&format!("{} = {}", setting.key, setting.default)), "{}", setting.key);
        }
    }
}
