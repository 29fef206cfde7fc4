//! Draws of households, parts of them, and importance, on rows made by hand.

use super::{Bench, Settings, curve, importance, refit};
use crate::evaluate::stability::{Tested, learning_curve};
use crate::experiment::Experiment;
use crate::experiment::test_world::{Silent, World};
use crate::models::registry::REGISTRY;

impl World {
    fn bench(&self) -> Bench<'_> {
        Bench { ground: self.ground(), plan: &self.plan, progress: &Silent }
    }
}

fn chosen() -> super::Chosen {
    super::Chosen { id: "logistic".to_owned(), entry: logistic() }
}

fn logistic() -> &'static crate::models::registry::Entry {
    REGISTRY.iter().find(|e| e.id == "logistic").unwrap()
}

#[test]
fn households_are_drawn_whole_with_replacement_and_tested_rows_stay() {
    let world = World::new();
    let bench = world.bench();
    for (f, fold) in world.plan.folds.iter().enumerate() {
        let drawn = bench.redrawn(3, f);
        assert_eq!(drawn.test, fold.test);
        assert!(drawn.train.is_sorted() && drawn.train != fold.train);
        // Every row of a household stands there equally often.
        let times = |row: &u32| drawn.train.iter().filter(|r| *r == row).count();
        let mut homes = 0;
        for home in bench.homes(fold) {
            assert!(home.iter().all(|row| times(row) == times(&home[0])), "{home:?}");
            homes += times(&home[0]);
        }
        assert_eq!(homes, 150, "as many households as there are to learn from");
        // Of a bootstrap draw about 63 in 100 are there at all.
        let kinds = bench.homes(&drawn).len();
        assert!((80..110).contains(&kinds), "{kinds}");
    }
    assert_eq!(bench.redrawn(3, 0), bench.redrawn(3, 0));
    assert_ne!(bench.redrawn(3, 0).train, bench.redrawn(4, 0).train);
}

#[test]
fn larger_parts_hold_the_smaller_ones_and_all_is_the_model_itself() {
    let world = World::new();
    let bench = world.bench();
    let parts: Vec<Vec<u32>> = [0.1, 0.2, 0.4, 0.6, 0.8].map(|share| bench.part(share, 0, 1).train).to_vec();
    for (small, large) in parts.iter().zip(&parts[1..]) {
        assert!(small.len() < large.len() && small.iter().all(|row| large.contains(row)));
    }
    let homes: Vec<usize> = [0.1, 0.6].iter().map(|s| bench.homes(&bench.part(*s, 0, 1)).len()).collect();
    assert_eq!(homes, [15, 90]);
    assert_ne!(bench.part(0.4, 0, 1).train, bench.part(0.4, 1, 1).train, "each draw is another one");
    let settings = Settings { curve_draws: 2, ..Settings::default() };
    let original = vec![0.5; world.household.len()];
    let trained = curve::trained(&bench, &chosen(), &settings, &original);
    assert_eq!(trained.iter().map(|t| t.draws.len()).collect::<Vec<_>>(), [2, 2, 2, 2, 2, 1]);
    assert!(trained[5].draws[0] == original && (trained[5].rows - 300.0).abs() < 3.0);
}

#[test]
fn a_signal_is_learned_better_from_more_households() {
    let mut world = World::new();
    assert!(world.experiment.models.set("logistic", "l2", 0.1));
    let bench = world.bench();
    let settings = Settings { curve_draws: 5, ..Settings::default() };
    let whole = world.plan.folds.iter().map(|fold| bench.predict(&chosen(), fold).unwrap());
    let trained = curve::trained(&bench, &chosen(), &settings, &whole.collect::<Vec<_>>().concat());
    // Tested rows stand fold after fold.
    let tested: Vec<usize> = world.plan.folds.iter().flat_map(|f| &f.test).map(|&i| i as usize).collect();
    let y: Vec<bool> = tested.iter().map(|&i| world.cohort.rows[i].label).collect();
    let household: Vec<u32> = tested.iter().map(|&i| world.household[i]).collect();
    let fold: Vec<u16> = household.iter().map(|home| (home % 2) as u16).collect();
    let tested = Tested { y: &y, fold: &fold, household: &household };
    let got = learning_curve(&trained, &tested, 100, 1).unwrap();
    let of = |i: usize| {
        let point = &got.points[i];
        (point.auroc.clone().unwrap().estimate, point.log_loss.clone().unwrap().estimate)
    };
    assert!(of(0).0 < of(2).0 && of(2).0 < of(5).0, "{:?}", [0, 2, 5].map(of));
    assert!(of(0).1 > of(2).1 && of(2).1 > of(5).1, "{:?}", [0, 2, 5].map(of));
}

#[test]
fn refits_differ_and_each_predicts_every_tested_row() {
    let world = World::new();
    let (scores, failed) = refit::scores(&world.bench(), &chosen(), 10);
    assert_eq!((scores.len(), failed), (10, 0));
    assert!(scores.iter().all(|refit| refit.len() == world.household.len()));
    assert!(scores[0] != scores[1]);
}

#[test]
fn a_refit_that_cannot_be_fitted_is_counted_and_left_out() {
    let mut world = World::new();
    // One household alone has the outcome: a draw without it has nothing to learn.
    world.cohort.rows.iter_mut().for_each(|row| row.label = row.child < 2);
    let (scores, failed) = refit::scores(&world.bench(), &chosen(), 40);
    assert!(failed > 5 && scores.len() as u64 == 40 - failed, "{failed}");
}

/// Chances that cannot be adjusted say nothing against the fit: only the adjusted model is left out.
#[test]
fn adjusting_that_fails_leaves_the_model_as_it_was() {
    let mut world = World::new();
    let text = include_str!("../../../experiments/gate/experiment.toml");
    let section = "[recalibrate]\nmethod = \"logistic\"\nlearners = [\"logistic\"]\n\n[evaluate]";
    let asked = Experiment::read("experiment.toml", &text.replacen("[evaluate]", section, 1)).unwrap();
    world.experiment.recalibrate = asked.recalibrate;
    // In the window those come back who were least expected to.
    let expected = |row: usize| world.matrix.values[4 * row] > 2.0;
    let odd = |row: &usize| world.cohort.rows[*row].label != expected(*row);
    let calibrate: Vec<u32> = (0..world.household.len()).filter(odd).map(|row| row as u32).collect();
    world.plan.folds.iter_mut().for_each(|fold| fold.calibrate.clone_from(&calibrate));
    let adjusted = super::Chosen { id: "logistic-recalibrated".to_owned(), ..chosen() };
    assert_eq!(refit::scores(&world.bench(), &chosen(), 5).1, 0);
    assert_eq!(refit::scores(&world.bench(), &adjusted, 5).1, 5);
}

#[test]
fn what_carries_the_outcome_matters_most_and_what_never_varies_not_at_all() {
    let mut world = World::new();
    assert!(world.experiment.models.set("logistic", "l2", 1.0));
    let settings = Settings { importance_refits: 4, ..Settings::default() };
    let found = importance::importance(&world.bench(), logistic(), &settings);
    assert_eq!(found.len(), 4);
    for refit in &found {
        assert!(refit[0] > 2.0 * refit[1] && refit[1] > 0.005 && refit[2] < 0.02, "{refit:?}");
        assert!(refit[3].abs() < 1e-15);
    }
    // On fewer rows another number, though of the same size.
    let fewer = Settings { importance_rows: 100, ..settings };
    let few = importance::importance(&world.bench(), logistic(), &fewer);
    assert!((few[0][0] - found[0][0]).abs() > 1e-9 && few[0][0] > few[0][2]);
}
