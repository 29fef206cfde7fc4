//! Settings are chosen by rows to learn from alone, in every kind of search.

use super::{Search, Tuned, Tuning, fits, tune};
use crate::experiment::test_world::World;
use crate::models::registry::REGISTRY;
use std::sync::atomic::{AtomicU64, Ordering};

const PENALTIES: [f64; 5] = [3000.0, 300.0, 3.0, 1e5, 1e6];

fn tuning(search: Search) -> Tuning {
    Tuning {
        search,
        values: vec![("logistic", "l2", PENALTIES.to_vec()), ("tree", "min_leaf", vec![10.0, 150.0])],
    }
}

fn tuned(world: &World, search: Search) -> Tuned {
    tune(&world.ground(), &tuning(search), &world.plan.folds, &|_| {})
}

/// The first half of a fold's rows to learn from, and the second to choose settings by.
fn with_window(mut world: World) -> World {
    for fold in &mut world.plan.folds {
        fold.tune = fold.train.split_off(fold.train.len() / 2);
    }
    world
}

#[test]
fn the_best_on_rows_left_out_is_chosen() {
    for world in [World::new(), with_window(World::new())] {
        for search in [Search::Grid, Search::Halving, Search::Random(5)] {
            let found = tuned(&world, search);
            assert_eq!(found.choices.len(), 4, "two learners in two folds");
            for choice in found.choices.iter().filter(|c| c.learner == "logistic") {
                let best = &choice.candidates[choice.chosen];
                // Of 450 rows that tell a lot, any penalty is worse than next to none.
                assert_eq!(best.values.iter().map(|v| v.1 as i64).collect::<Vec<_>>(), [3], "{search:?}");
                assert!(best.share > 0.99 && best.loss > 0.2 && best.loss < 0.6, "{}", best.loss);
                let settings = found.settings(&world.experiment.models, "logistic", &choice.fold);
                let logistic = REGISTRY.iter().find(|e| e.id == "logistic").unwrap();
                assert!((settings.of(logistic).number("l2") - 3.0).abs() < 1e-12);
            }
        }
    }
}

/// Whatever came of the rows that are tested or adjusted by, the same settings are chosen, for the same reasons.
#[test]
fn what_came_of_tested_rows_has_no_say() {
    for mut world in [World::new(), with_window(World::new())] {
        for fold in &mut world.plan.folds {
            fold.calibrate = fold.train.split_off(fold.train.len() - 60);
        }
        for fold in 0..2 {
            let only = |world: &World| {
                let folds = &world.plan.folds[fold..=fold];
                tune(&world.ground(), &tuning(Search::Grid), folds, &|_| {})
            };
            let before = only(&world);
            let unseen = [&world.plan.folds[fold].test[..], &world.plan.folds[fold].calibrate].concat();
            for i in &unseen {
                let label = &mut world.cohort.rows[*i as usize].label;
                *label = !*label;
            }
            assert_eq!(only(&world), before);
            // Had it been seen, it would show: of the rows to learn from it does.
            let seen = world.plan.folds[fold].train[0] as usize;
            world.cohort.rows[seen].label = !world.cohort.rows[seen].label;
            assert_ne!(only(&world), before);
        }
    }
}

#[test]
fn nobody_is_judged_by_a_household_that_taught() {
    let world = World::new();
    let fold = &world.plan.folds[0];
    // By hand: 150 households in three parts, each row judged once.
    let judged = AtomicU64::new(0);
    let found = tune(&world.ground(), &tuning(Search::Halving), &world.plan.folds[..1], &|n| {
        judged.fetch_add(n, Ordering::Relaxed);
    });
    assert_eq!(judged.into_inner(), fits(&tuning(Search::Halving)));
    // Five candidates, then two; two, and no second round.
    assert_eq!(fits(&tuning(Search::Halving)), 5 + 2 + 2);
    assert_eq!(found.choices[0].fold, fold.name);
    let trials = super::search::trials(&world.ground(), fold, 1.0);
    let home = |rows: &[u32]| rows.iter().map(|i| world.household[*i as usize]).collect::<Vec<u32>>();
    let mut all: Vec<u32> = Vec::new();
    for (learn, judge) in &trials {
        let taught = home(learn);
        assert!(home(judge).iter().all(|h| !taught.contains(h)));
        all.extend(judge);
    }
    all.sort_unstable();
    assert_eq!(all, fold.train);
}

#[test]
fn a_random_search_tries_as_many_as_it_says_and_repeats() {
    let world = World::new();
    let first = tuned(&world, Search::Random(3));
    assert_eq!(first.choices[0].candidates.len(), 3);
    assert_eq!(first, tuned(&world, Search::Random(3)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(first, pool.install(|| tuned(&world, Search::Random(3))));
}
