//! What models go by, proxies, other deals, class weights and directions: from the experiment file to the page.

use crate::bias;
use crate::recovery::Silent;
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, Results, run};
use rerefer::history::History;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::{html, json};

const FIRST_LOOK: &str = include_str!("../../experiments/first-look/experiment.toml");

/// The experiment with some lines replaced, each of which must be there.
fn text(changes: &[(&str, &str)]) -> String {
    let few = [("replicates = 500", "replicates = 20"), ("folds = 5", "folds = 2")];
    few.iter().chain(changes).fold(FIRST_LOOK.to_owned(), |text, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text.replace(old, new)
    })
}

fn read(changes: &[(&str, &str)]) -> Experiment {
    Experiment::read("experiment.toml", &text(changes)).unwrap_or_else(|e| panic!("{e}"))
}

fn world(households: u32) -> History {
    bias::simulated(households, "").history
}

fn ran(history: &History, changes: &[(&str, &str)], simulated: bool) -> Results {
    let context = Context { simulated, ..Context::default() };
    run(&read(changes), history, &context, &Silent).unwrap()
}

const PROXIES: (&str, &str) = (
    "leave_out = [\"sex\", \"ethnicity\", \"disability\"]",
    "leave_out = [\"sex\", \"ethnicity\", \"age\"]\ntest_proxies = [\"sex\", \"age\"]",
);

#[test]
fn a_run_says_what_it_goes_by_and_whether_it_tells_what_it_was_not_told() {
    let history = world(2_500);
    let results = ran(&history, &[PROXIES, ("folds = 2", "folds = 2\nrepeats = 3")], true);
    let found = &results.ingredients;
    assert_eq!(found.explanations.len(), 1);
    let explained = &found.explanations[0];
    assert!(
        explained.model == "logistic" && explained.sources.iter().all(|s| s.adds.is_ok() && s.id != "other")
    );
    let features: u64 = explained.sources.iter().map(|s| s.features).sum();
    assert_eq!(features, found.features, "every feature is of one part of the records");
    assert!(explained.case.as_ref().unwrap().is_ok() && explained.curves.len() == 4);
    // A child without a record of its own is likely unborn.
    let age = found.proxies.tested.iter().find(|p| p.characteristic == "age-band").unwrap();
    let told = age.levels.iter().filter(|l| l.auroc.as_ref().is_ok_and(|a| a.low > 0.7)).count();
    assert!(told >= 1, "{:?}", age.levels);
    assert_eq!(found.proxies.untested, ["ethnic-group"]);
    // Two deals beyond the first, in each of which every referral is tested once.
    assert_eq!(found.deals.len(), 2);
    let aurocs: Vec<f64> =
        found.deals.iter().map(|d| d.clone().unwrap().candidate[0].clone().unwrap()).collect();
    assert!((aurocs[0] - aurocs[1]).abs() > 1e-6, "each deal is another one");
    let own = found.by_fold.iter().find(|m| m.model == "logistic").unwrap().pooled[0].clone().unwrap();
    assert!(aurocs.iter().all(|a| (a - own).abs() < 0.05 && (a - own).abs() > 1e-6), "{own} {aurocs:?}");
    let row = found
        .evaluation
        .rows
        .iter()
        .find(|r| r.model == "logistic" && r.measure == "auroc" && r.group == "overall");
    assert!((row.unwrap().estimate.unwrap() - own).abs() < 1e-12);
    let report = disclose(found, Profile::default());
    let (page, rows) = (html(&report), json(&report));
    for words in [
        "What does each part of the records add?",
        "Can they tell what they were not told?",
        "Had families been dealt into other groups",
        "This case is simulated",
        "Not tested: whether the facts tell the following, which the models were not told: ethnic",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let read: serde_json::Value = serde_json::from_str(&rows).unwrap();
    assert_eq!(read["explanations"][0]["sources"].as_array().unwrap().len(), explained.sources.len());
    assert_eq!(read["by_fold"]["deals"]["deals"], 3);
}

#[test]
fn no_case_is_shown_where_data_are_not_said_to_be_simulated() {
    let results = ran(&world(2_500), &[("folds = 2", "folds = 2")], false);
    assert!(results.ingredients.explanations[0].case.as_ref().unwrap().is_err());
    let page = html(&disclose(&results.ingredients, Profile::default()));
    assert!(!page.contains("This case is simulated") && page.contains("a single case is shown only where"));
}

#[test]
fn every_fault_of_what_is_asked_is_told() {
    let fault = |changes: &[(&str, &str)]| {
        Experiment::read("experiment.toml", &text(changes)).unwrap_err().to_string()
    };
    let learners = ("tree\"]", "tree\"]\nclass_weights = [\"logistic\", \"tree\"]");
    let got = fault(&[learners]);
    assert!(got.contains("`recalibrate.learners` must name it") && got.contains("class_weights"), "{got}");
    let windows = (
        "method = \"rolling-origin\"\nfolds = 2\ncut_offs = [2020-04-01, 2021-04-01, 2022-04-01]",
        "method = \"windows\"\nfolds = 2\ntrain_until = 2019-04-01\ntune_until = 2020-04-01\ntest_from = 2021-04-01",
    );
    let adjusted =
        ("[evaluate]", "[recalibrate]\nmethod = \"isotonic\"\nlearners = [\"logistic\"]\n\n[evaluate]");
    let weighed = ("tree\"]", "tree\"]\nclass_weights = [\"logistic\"]");
    let got = fault(&[weighed, windows, adjusted]);
    assert!(got.contains("judge `logistic-recalibrated`"), "{got}");
    let judged = ("candidate = \"logistic\"", "candidate = \"logistic-recalibrated\"");
    let tuned = (
        "[evaluate]\n# A",
        "[tuning]\nsearch = \"grid\"\n[tuning.logistic]\nl2 = [1.0, 2.0]\n\n[evaluate]\n# A",
    );
    let got = fault(&[weighed, windows, adjusted, judged, tuned]);
    assert!(got.contains("`tuning.logistic` would choose settings by chances"), "{got}");
    let not_left_out = (
        "leave_out = [\"sex\", \"ethnicity\", \"disability\"]",
        "leave_out = [\"sex\"]\ntest_proxies = [\"ethnicity\"]",
    );
    let got = fault(&[not_left_out]);
    assert!(got.contains("`features.leave_out` does not leave it out"), "{got}");
    let got = fault(&[(
        "method = \"rolling-origin\"\nfolds = 2\ncut_offs = [2020-04-01, 2021-04-01, 2022-04-01]",
        "method = \"leave-one-authority-out\"\nrepeats = 2",
    )]);
    assert!(got.contains("split"), "{got}");
    let leave = "leave_out = [\"sex\", \"ethnicity\", \"disability\"]";
    let wrong =
        format!("{leave}\nrising = [\"referral_n365\", \"refferal_n*\"]\nfalling = [\"referral_n365\"]");
    let got = fault(&[(leave, &wrong)]);
    assert!(got.contains("heeded by `boosting` only"), "{got}");
    let boosting = ("\"tree\"]", "\"boosting\"]");
    let error = run(&read(&[(leave, &wrong), boosting]), &world(2_500), &Context::default(), &Silent)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`rising` names `refferal_n*`, which fits no feature")
            && error.contains("both name `referral_n365`"),
        "{error}"
    );
}

/// Chances learned with class weights are far too high, and right again once they are adjusted.
#[test]
fn class_weights_put_chances_wrong_and_adjusting_puts_them_right() {
    let windows = (
        "method = \"rolling-origin\"\nfolds = 2\ncut_offs = [2020-04-01, 2021-04-01, 2022-04-01]",
        "method = \"windows\"\nfolds = 2\ntrain_until = 2019-04-01\ntune_until = 2019-05-01\ntest_from = 2021-04-01",
    );
    let adjusted =
        ("[evaluate]", "[recalibrate]\nmethod = \"intercept\"\nlearners = [\"logistic\"]\n\n[evaluate]");
    let changes = [
        ("tree\"]", "tree\"]\nclass_weights = [\"logistic\"]"),
        windows,
        adjusted,
        ("candidate = \"logistic\"", "candidate = \"logistic-recalibrated\""),
        ("case = true", "without_sources = false\ncurves = 0\npermutations = 1"),
    ];
    let results = ran(&world(2_500), &changes, true);
    let mean = |model: &str| {
        let p = &results.input.scores.iter().find(|s| s.model == model).unwrap().p;
        p.iter().sum::<f64>() / p.len() as f64
    };
    let share = results.input.y.iter().filter(|y| **y).count() as f64 / results.input.y.len() as f64;
    assert!(mean("logistic") > share + 0.12, "{} {share}", mean("logistic"));
    assert!(
        (mean("logistic-recalibrated") - share).abs() < 0.05,
        "{} {share}",
        mean("logistic-recalibrated")
    );
    let card = results.ingredients.models.iter().find(|m| m.id == "logistic").unwrap();
    assert!(card.words.contains("chances are wrong until they are adjusted"));
    assert_eq!(
        results.ingredients.explanations[0].model, "logistic",
        "the model behind the adjusted chances"
    );
}
