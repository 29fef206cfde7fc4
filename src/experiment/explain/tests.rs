//! What models go by, on rows made by hand: the first feature carries the outcome, the second half as much of it, the third is
//! noise, the fourth never varies.

use super::{Settings, measure};
use crate::evaluate::{Input, Scores};
use crate::experiment::ingredients::Made;
use crate::experiment::predict::predict;
use crate::experiment::run::{Context, Test};
use crate::experiment::test_world::{Silent, World};
use crate::explain::found::{Explanation, How, Recorded};
use crate::features::source_group::SourceGroup;
use crate::history::History;
use crate::num::logit;

const GROUPS: [SourceGroup; 4] =
    [SourceGroup::Police, SourceGroup::Health, SourceGroup::Education, SourceGroup::Care];

fn explained(model: &'static str, settings: Settings, simulated: bool) -> Explanation {
    let mut world = World::new();
    for (feature, group) in world.matrix.features.iter_mut().zip(GROUPS) {
        feature.group = group;
    }
    world.experiment.learners = vec![model];
    world.experiment.recalibrate = None;
    world.experiment.replicates = 200;
    assert!(world.experiment.models.set("logistic", "l2", 1.0));
    world.experiment.explain = Some(Settings { models: vec![model], ..settings });
    let (scores, _): (Vec<Scores>, _) = predict(&world.ground(), &world.plan, &|_| {}).unwrap();
    let tested: Vec<u32> = world.plan.folds.iter().flat_map(|f| f.test.clone()).collect();
    let fold = |f: usize| world.plan.folds[f].test.iter().map(move |_| f as u16);
    let input = Input {
        split: "by hand".to_owned(),
        y: tested.iter().map(|&i| world.cohort.rows[i as usize].label).collect(),
        household: tested.iter().map(|&i| world.household[i as usize]).collect(),
        fold: fold(0).chain(fold(1)).collect(),
        groupings: Vec::new(),
        scores,
    };
    let (history, context) = (History::default(), Context { simulated, ..Context::default() });
    let made = Made {
        ground: world.ground(),
        history: &history,
        context: &context,
        test: Test::Ordinary,
        plan: &world.plan,
        input: &input,
    };
    let mut found = measure(&made, &Silent);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[test]
fn parts_of_the_records_are_worth_what_they_carry() {
    let found = explained("logistic", Settings::default(), true);
    assert_eq!((found.folds, found.rows, found.sources.len()), (2, 600, 4));
    let by = |id: &str| found.sources.iter().find(|s| s.id == id).unwrap();
    let mixed = |id: &str| by(id).mixed.clone().unwrap();
    assert!(mixed("police").estimate > mixed("health").estimate + 0.05);
    assert!(mixed("health").low > 0.02 && mixed("education").estimate.abs() < 0.02);
    assert!(mixed("care").estimate.abs() < 1e-12, "it has no column");
    let adds = |id: &str| by(id).adds.clone().unwrap();
    for measure in 0..2 {
        assert!(adds("police")[measure].low > 0.1 && adds("health")[measure].low > 0.0);
        let noise = adds("education")[measure];
        // Noise that is learned from does some harm.
        assert!(noise.low < 0.0 && noise.estimate.abs() < 0.03, "{noise:?}");
        assert!(adds("care")[measure].estimate.abs() < 1e-12);
    }
    let not = explained("logistic", Settings { without_sources: false, ..Settings::default() }, true);
    assert!(not.sources.iter().all(|s| s.adds.is_err()));
}

#[test]
fn the_facts_that_matter_come_first_and_say_which_way_they_push() {
    for (model, how) in [("logistic", How::Sum), ("ebm", How::Sum), ("boosting", How::Trees)] {
        let settings = Settings { without_sources: false, ..Settings::default() };
        let found = explained(model, settings, true);
        assert_eq!(found.pushes, Ok(how));
        let facts = found.facts.unwrap();
        assert_eq!(
            facts.leading[..2].iter().map(|l| l.name.0.as_str()).collect::<Vec<_>>(),
            ["f0", "f1"],
            "{model}"
        );
        assert!(facts.leading[0].range == (1.0, 1.0) && facts.leading[1].range == (2.0, 2.0));
        let pushes: Vec<_> = facts.pushes.iter().map(|p| p.unwrap()).collect();
        assert!(pushes[0].size > pushes[1].size && pushes[1].size > 0.05, "{model} {pushes:?}");
        assert!(pushes[..2].iter().all(|p| p.direction.unwrap() > 0.8), "{model} {pushes:?}");
        assert!(facts.concordance.unwrap() > 0.7);
        assert!(facts.households[0] > 200 && facts.models == 2, "nearly every row has a value of its own");
    }
    let stacked = explained("naive-bayes", Settings { without_sources: false, ..Settings::default() }, true);
    assert!(stacked.pushes.is_err() && stacked.facts.unwrap().pushes.iter().all(Option::is_none));
}

#[test]
fn curves_rise_with_what_carries_the_outcome() {
    let settings = Settings { without_sources: false, curves: 2, ..Settings::default() };
    let found = explained("ebm", settings, true);
    assert_eq!(found.curves.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["f0", "f1"]);
    let curve = &found.curves[0];
    // Values from 0 to 4, drawn at nine of their quantiles.
    let at: Vec<f64> = curve.points.iter().map(|p| p.at.unwrap()).collect();
    assert!(at.len() == 9 && at[0] < 0.5 && at[8] > 3.5 && at.is_sorted(), "{at:?}");
    for pair in curve.points.windows(2) {
        assert!(
            pair[1].chance > pair[0].chance - 0.02 && pair[1].local.unwrap() > pair[0].local.unwrap() - 0.02,
            "{pair:?}"
        );
    }
    assert!(curve.points[8].chance > curve.points[0].chance + 0.4);
    for point in &curve.points {
        assert!(point.folds.0 <= point.chance && point.chance <= point.folds.1);
        assert!((point.local.unwrap() - point.chance).abs() < 0.1, "features are independent: {point:?}");
        let (shape, low, high) = point.shape.unwrap();
        assert!(low <= shape && shape <= high && point.households >= 10);
    }
    let rows: u64 = curve.points.iter().map(|p| p.rows).sum();
    assert!((500..=600).contains(&rows), "some lie too far out");
    assert!(curve.missing.is_none());
}

#[test]
fn a_case_adds_up_and_is_never_a_real_one() {
    for model in ["logistic", "boosting", "forest"] {
        let settings = Settings { without_sources: false, curves: 0, case: true, ..Settings::default() };
        let case = explained(model, settings.clone(), true).case.unwrap().unwrap();
        let sum: f64 = case.parts.iter().map(|p| p.push).sum::<f64>() + case.others;
        let scale = |p: f64| if case.log_odds { logit(p) } else { p };
        assert!((scale(case.to) - scale(case.from) - sum).abs() < 1e-4, "{model} {case:?}");
        assert_eq!((case.log_odds, case.parts[0].id.as_str()), (model != "forest", "f0"));
        assert!(
            case.to > case.from && matches!(case.parts[0].recorded, Recorded::Value(Some(v)) if v > 2.0),
            "it is one that is flagged"
        );
        assert!(explained(model, settings, false).case.unwrap().is_err());
    }
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings = Settings { case: true, rows: 300, permutations: 2, ..Settings::default() };
        pool.install(|| explained("boosting", settings, true))
    };
    let found = with(1);
    assert_eq!(found.rows, 300);
    assert_eq!(found, with(3));
}
