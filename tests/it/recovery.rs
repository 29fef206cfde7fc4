//! On data whose true risks are known, the path must find what is there and nothing that is not.

use rand::seq::SliceRandom;
use rerefer::cohort;
use rerefer::evaluate::{Sample, tally};
use rerefer::experiment::fit::Ground;
use rerefer::experiment::run::{Context, Progress, Results, run};
use rerefer::experiment::tuning::Tuned;
use rerefer::experiment::{Experiment, predict};
use rerefer::features;
use rerefer::history::History;
use rerefer::num::{Day, seed};
use rerefer::split;
use rerefer::synth::{Scenario, Simulated, simulate};
use std::collections::BTreeMap;

pub(crate) struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: u64) {}
    fn step(&self, _: u64) {}
}

/// The committed scenario with another number of households and another seed.
pub(crate) fn simulated(households: u32, root: u64) -> Simulated {
    let text = include_str!("../../data-synthetic/scenario.toml");
    let lines = text.lines().map(|line| match line.split(" =").next() {
        Some("preset") => format!("{line}\nhouseholds = {households}\n"),
        Some("seed") => format!("seed = {root}\n"),
        _ => format!("{line}\n"),
    });
    simulate(&Scenario::read("scenario.toml", &lines.collect::<String>()).unwrap(), &|_, _| {})
}

fn experiment() -> Experiment {
    Experiment::read("experiment.toml", include_str!("../../experiments/recovery/experiment.toml")).unwrap()
}

fn estimate(results: &Results, model: &str, measure: &str) -> f64 {
    let row = |r: &&rerefer::evaluate::Row| {
        r.model == model && r.measure == measure && r.group == "overall" && r.at.is_empty()
    };
    results.ingredients.evaluation.rows.iter().find(row).unwrap().estimate.unwrap()
}

/// AUROC of the model, AUROC of `p_observable` on the same rows and folds, and the model's calibration slope.
fn recover(households: u32, root: u64) -> (f64, f64, f64) {
    let simulated = simulated(households, root);
    let results = run(&experiment(), &simulated.history, &Context::default(), &Silent).unwrap();
    let truth: BTreeMap<(i64, Day), f64> =
        simulated.truth.iter().map(|t| ((t.child, t.referral), t.p_observable)).collect();
    let tested = results.plan.folds.iter().flat_map(|f| &f.test).map(|&i| &results.cohort.rows[i as usize]);
    let p: Vec<f64> = tested.map(|r| truth[&(results.children[r.child as usize], r.referral)]).collect();
    let input = &results.input;
    let weight = vec![1; p.len()];
    let (y, fold) = (&input.y, &input.fold);
    let best = tally(&Sample { y, p: &p, fold, weight: &weight, capacities: &[0.1], thresholds: &[] });
    let best = best.concordant_twice as f64 / 2.0 / best.pairs as f64;
    eprintln!("{} referrals tested", p.len());
    (estimate(&results, "logistic", "auroc"), best, estimate(&results, "logistic", "calibration-slope"))
}

#[test]
fn the_model_comes_near_the_known_risk() {
    let (model, best, slope) = recover(36_000, 1);
    eprintln!("AUROC {model:.4}, best reachable {best:.4}, slope {slope:.3}");
    assert!(model < best + 0.005, "a model cannot beat the truth: {model} and {best}");
    assert!(best - model < 0.035, "{model} is far from the best reachable {best}");
    assert!((0.85..1.1).contains(&slope), "{slope}");
}

/// The study behind `experiments/recovery/plan.md`: two minutes, so it is run by name.
#[test]
#[ignore = "a study of two minutes: cargo test --release --test it recovery_at_200_000 -- --ignored --nocapture"]
fn recovery_at_200_000_referrals() {
    let (model, best, slope) = recover(230_000, 7);
    eprintln!("AUROC {model:.4}, best reachable {best:.4}, slope {slope:.3}");
    assert!(best - model < 0.02 && model < best + 0.005, "{model}, {best}");
    assert!((0.95..1.05).contains(&slope), "{slope}");
}

#[test]
fn permuted_labels_leave_nothing_to_find() {
    let simulated = simulated(1_200, 3);
    let mut experiment = experiment();
    experiment.learners = vec!["logistic"];
    experiment.split = split::Design::GroupedKFold { folds: 3 };
    let areas: Vec<f64> = (0..20).map(|root| permuted_area(&experiment, &simulated.history, root)).collect();
    let mean = areas.iter().sum::<f64>() / 20.0;
    assert!((0.49..=0.51).contains(&mean), "mean AUROC with permuted labels: {mean}; {areas:?}");
}

/// Within-fold AUROC of the logistic regression when labels are dealt at random over all rows.
fn permuted_area(experiment: &Experiment, history: &History, root: u64) -> f64 {
    let mut cohort = cohort::build(history, &experiment.cohort);
    let mut labels: Vec<bool> = cohort.rows.iter().map(|r| r.label).collect();
    labels.shuffle(&mut seed::stream(root, "permute"));
    cohort.rows.iter_mut().zip(labels).for_each(|(row, label)| row.label = label);
    let settings =
        features::Settings { windows: experiment.windows.clone(), leave_out: Vec::new(), authority: false };
    let matrix = features::build(history, &cohort.rows, experiment.cohort.point, &settings, &|_| {});
    let household: Vec<u32> =
        cohort.rows.iter().map(|r| history.children.household[r.child as usize]).collect();
    let plan =
        split::plan(&cohort.rows, (&household, &vec![0; household.len()]), &experiment.split, root).unwrap();
    let tuned = Tuned::default();
    let ground =
        Ground { experiment, cohort: &cohort, matrix: &matrix, household: &household, tuned: &tuned };
    let (scores, _) = predict::predict(&ground, &plan, &|_| {}).unwrap();
    let tested: Vec<(u16, u32)> =
        (0_u16..).zip(&plan.folds).flat_map(|(f, fold)| fold.test.iter().map(move |&i| (f, i))).collect();
    let y: Vec<bool> = tested.iter().map(|(_, i)| cohort.rows[*i as usize].label).collect();
    let fold: Vec<u16> = tested.iter().map(|(f, _)| *f).collect();
    let weight = vec![1; y.len()];
    let p = &scores[0].p;
    let t = tally(&Sample { y: &y, p, fold: &fold, weight: &weight, capacities: &[0.1], thresholds: &[] });
    t.concordant_twice as f64 / 2.0 / t.pairs as f64
}
