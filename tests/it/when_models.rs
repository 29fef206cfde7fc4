//! Models of when in a run: their settings and gate, the page, and the known truth.

use rerefer::cohort::build_timed;
use rerefer::evaluate::survival::score::measures::TIME_MEASURES;
use rerefer::experiment::Experiment;
use rerefer::experiment::gate::Verdict;
use rerefer::experiment::run::{Context, Progress, run};
use rerefer::num::Day;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::{html, json};
use rerefer::survival::found::When;
use rerefer::synth::{Fitted, Preset, Scenario, simulate_closings};
use std::collections::BTreeMap;

struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
}

const COMMITTED: &str = include_str!("../../experiments/when/experiment.toml");

fn faults(of: &str) -> String {
    let (head, _) = COMMITTED.split_once("[when]").unwrap();
    Experiment::read("experiment.toml", &format!("{head}{of}")).unwrap_err().to_string()
}

#[test]
fn the_committed_experiment_as_meant_reads_back_equal() {
    let gate = "\n[[gate.criteria]]\nmeasure = \"time-ipa\"\nat = \"12 months\"\nat_least = 0.05\n
[[gate.criteria]]\nmeasure = \"time-observed-over-expected\"\nat = \"3 months\"\ngroups = [\"overall\", \"sex\"]\nbetween = [0.8, 1.25]\n
[[gate.criteria]]\nmeasure = \"time-ipa-difference\"\nat = \"24 months\"\nat_least = 0.0\n
[[gate.criteria]]\nmeasure = \"time-concordance\"\nmodel = \"discrete\"\nat_least = 0.6\n";
    let written = Experiment::read("experiment.toml", &format!("{COMMITTED}{gate}")).unwrap();
    let again = Experiment::read("experiment.toml", &written.meant()).unwrap();
    assert_eq!((&written.when, &written.gate), (&again.when, &again.gate));
    assert_eq!(written.meant(), again.meant());
    assert!(
        written.meant().contains("[models.boosting]"),
        "settings of learners that others are made of are meant"
    );
    let criteria = written.gate.unwrap().criteria;
    let models: Vec<&str> = criteria.iter().map(|c| c.model.as_str()).collect();
    assert_eq!(models, ["cox", "cox", "cox", "discrete"]);
    assert!(criteria[0].sentence().contains("Cox"), "{}", criteria[0].sentence());
}

#[test]
fn every_fault_of_models_of_when_is_told_at_once() {
    insta::assert_snapshot!(faults(
        "[when]\nhorizons_months = [3, 12]\nlearners = [\"incidence\", \"kox\"]\ncandidate = \"cox\"\nreference = \"incidence\"\n\
         main_months = 6\nlandmarks_months = [3, 3]\nwindow_months = 0\n"
    ));
    insta::assert_snapshot!(faults("[when]\nmain_months = 12\ncandidate = \"cox\"\n"));
    let gate = "[when]\nhorizons_months = [3, 12]\nlearners = [\"incidence\", \"cox\"]\ncandidate = \"cox\"\nreference = \"incidence\"\n
[[gate.criteria]]\nmeasure = \"time-ipa\"\nat = \"6 months\"\nat_least = 0.05\n
[[gate.criteria]]\nmeasure = \"time-ipa\"\ngroups = [\"sex\"]\nat_least = 0.05\n
[[gate.criteria]]\nmeasure = \"time-ppv\"\nmodel = \"incidence\"\ngroups = [\"sex\"]\nat = \"12 months\"\nat_least = 0.05\n
[[gate.criteria]]\nmeasure = \"time-d-calibration-p\"\nat = \"12 months\"\nat_least = 0.05\n
[[gate.criteria]]\nmeasure = \"time-net-benefit\"\nat = \"12 months\"\nat_least = 0.0\n
[[gate.criteria]]\nmeasure = \"time-auroc-difference\"\nmodel = \"cox\"\nat = \"12 months\"\nat_least = 0.0\n";
    insta::assert_snapshot!(faults(gate));
    let alone = "[when]\n\n[[gate.criteria]]\nmeasure = \"time-ipa\"\nat = \"12 months\"\nat_least = 0.05\n";
    assert!(faults(alone).contains("`when.learners` names no learner to measure"));
}

#[test]
fn every_measure_of_when_is_on_the_page_of_the_experiment_file() {
    let page = include_str!("../../docs/experiment.md");
    for measure in TIME_MEASURES {
        assert!(page.contains(&format!("`{}`", measure.id)), "{}", measure.id);
    }
}

/// The yes-or-no part of the committed experiment, without what takes time.
fn quick(when: &str) -> Experiment {
    let (head, _) = COMMITTED.split_once("[when]").unwrap();
    let (head, disclosure) = head.split_once("[disclosure]").unwrap();
    let head = head
        .replace(
            "learners = [\"prevalence\", \"earlier-referrals\", \"logistic\"]",
            "learners = [\"prevalence\", \"earlier-referrals\"]",
        )
        .replace("candidate = \"logistic\"", "candidate = \"earlier-referrals\"")
        .replace("reference = \"earlier-referrals\"", "reference = \"prevalence\"")
        .replace("leave_out = [\"sex\",", "leave_out = [\"household\", \"episode\", \"sex\",")
        .replace("windows_days = [90, 180, 365, 730]", "windows_days = [365]")
        .replace("\"ethnic-group\", \"age-band\", \"disability\", \"authority\"", "\"age-band\"")
        .replace("replicates = 500", "replicates = 40");
    let (head, tail) = head.split_once("[split]").unwrap();
    let (_, tail) = tail.split_once("[models]").unwrap();
    let split = "[split]\nmethod = \"grouped-k-fold\"\nfolds = 2\n\n[models]";
    let text = format!("{head}{split}{tail}[disclosure]{disclosure}{when}");
    Experiment::read("experiment.toml", &text).unwrap()
}

fn england(households: u32, seed: u64) -> Scenario {
    Scenario::of_preset(Preset::England, seed, 12, 18, Fitted::committed()).with_households(households)
}

fn estimate(when: &When, model: &str, measure: &str, at: &str) -> f64 {
    let rows = &when.models.as_ref().unwrap().as_ref().unwrap().rows;
    let fits = |r: &&rerefer::evaluate::Row| {
        r.model == model && r.measure == measure && r.at == at && r.group == "overall"
    };
    rows.iter()
        .find(fits)
        .and_then(|r| r.estimate)
        .unwrap_or_else(|| panic!("no {measure} of {model} at {at}"))
}

/// What models of when predict of referrals that they have not learned from is the truth within a point, 12 and 72 months after
/// the closing, of all and of the fifths that they put lowest and highest within three points; and better than counting.
#[test]
fn predictions_are_the_truth_within_a_point() {
    const HORIZONS: [u16; 2] = [365, 2_192];
    let closings = simulate_closings(&england(30_000, 12), &HORIZONS, &|_, _| {});
    let experiment = quick(
        "[when]\nhorizons_months = [12, 72]\nlearners = [\"incidence\", \"three-facts-cox\", \"cox\", \"discrete\"]\ncandidate = \"cox\"\n\
         reference = \"incidence\"\n",
    );
    let results = run(&experiment, &closings.history, &Context::default(), &Silent).unwrap();
    let when = results.ingredients.when.as_ref().unwrap().as_ref().unwrap();
    let definition = experiment.when.as_ref().unwrap().definition(&experiment.cohort);
    let cohort = build_timed(&closings.history, &definition);
    let truth: BTreeMap<(i64, Day), [f64; 2]> = closings
        .rows
        .iter()
        .map(|row| ((row.child, row.closed), [row.within[0].p_return, row.within[1].p_return]))
        .collect();
    let ids = &closings.history.children.id;
    let own: Vec<[f64; 2]> =
        cohort.rows.iter().map(|row| truth[&(ids[row.child as usize], row.predict_on)]).collect();
    let models = when.models.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(models.tested, own.len() as u64);
    assert!(own.len() > 25_000, "{}", own.len());
    for (place, at) in ["12 months", "72 months"].iter().enumerate() {
        let expected = own.iter().map(|p| p[place]).sum::<f64>() / own.len() as f64;
        for model in ["incidence", "three-facts-cox", "cox", "discrete"] {
            let predicted = estimate(when, model, "time-mean-predicted", at);
            println!("{at}, {model}: true {expected:.4}, predicted {predicted:.4}");
            assert!((predicted - expected).abs() < 0.01, "{at}, {model}: {predicted} is not {expected}");
        }
        let over = when.overstated[place].as_ref().unwrap();
        println!("{at}: 1 - KM {over:.4}");
        assert!(over - expected > 0.01, "{at}: 1 - KM would pass, {over}");
        let better = |model: &str| estimate(when, model, "time-ipa", at);
        assert!(better("cox") > better("three-facts-cox") && better("three-facts-cox") > 0.02);
    }
}

/// Page and JSON say what was found; a gate is judged by it; nothing adds up to more than it can.
#[test]
fn the_page_says_what_the_models_did() {
    let closings = simulate_closings(&england(4_000, 4), &[365], &|_, _| {});
    let experiment = quick(
        "[when]\nhorizons_months = [3, 12, 24]\nlearners = [\"incidence\", \"three-facts-cox\", \"fine-gray\"]\n\
         candidate = \"three-facts-cox\"\nreference = \"incidence\"\nlandmarks_months = [0, 6]\n
[[gate.criteria]]\nmeasure = \"time-ipa-difference\"\nat = \"12 months\"\nat_least = 0.001\n
[[gate.criteria]]\nmeasure = \"time-observed-over-expected\"\nat = \"12 months\"\nat_least = 1.5\n",
    );
    let results = run(&experiment, &closings.history, &Context::default(), &Silent).unwrap();
    let when = results.ingredients.when.as_ref().unwrap().as_ref().unwrap();
    let report = disclose(&results.ingredients, Profile::tre10());
    let verdicts: Vec<Verdict> = report.gate.as_ref().unwrap().criteria.iter().map(|c| c.verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail]);
    let (page, json) = (html(&report), json(&report));
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = parsed["when"]["models"]["rows"].as_array().unwrap();
    let found = &when.models.as_ref().unwrap().as_ref().unwrap().rows;
    assert_eq!(rows.len(), found.len());
    let mut shown = 0;
    for (row, exact) in rows.iter().zip(found) {
        assert_eq!(
            (row["measure"].as_str(), row["at"].as_str()),
            (Some(exact.measure), Some(exact.at.as_str()))
        );
        if let (Some(told), Some(exact)) = (row["estimate"].as_f64(), exact.estimate) {
            assert!((told - exact).abs() <= 0.005 + 1e-9, "{row}");
            shown += 1;
        }
    }
    assert!(shown > 60, "{shown}");
    let words = [
        "\u{201c}Three facts\u{201d} tells better than \u{201c}The same for everybody\u{201d} who comes back within 3 months, 12 months, \
         24 months.",
        "Which model for when",
        "Within 12 months: are the differences between groups more than chance?",
        "Does predicting again later help?",
        "Do facts weigh the same at all times?",
        "Squared error of those followed long enough",
    ];
    for words in &words[..5] {
        assert!(page.contains(words), "{words}");
    }
    // The chances of a model that looks at one thing at a time can add up to more than is possible, and the page says whether.
    let excess = &when.models.as_ref().unwrap().as_ref().unwrap().excess;
    assert_eq!(excess.len(), 1);
    assert!(
        page.contains("add up to more than 100 in 100") || page.contains("added up to more than 100 in 100")
    );
    // The share flagged, in whole children, as the line says it.
    let ppv = (estimate(when, "three-facts-cox", "time-ppv", "12 months") * 100.0).round();
    let words = format!("Within 12 months, of 100 flagged about {ppv} came back and {} did not", 100.0 - ppv);
    assert!(page.contains(&words), "{words}");
}
