//! Models of a world made by hand.

use super::structure;
use crate::experiment::test_world::World;
use crate::models::registry::{Entry, REGISTRY};
use crate::models::settings::Settings;
use crate::privacy::anonymity::Structure;

fn look(world: &World, id: &str, set: &[(&str, f64)]) -> Structure {
    let entry: &Entry = REGISTRY.iter().find(|e| e.id == id).unwrap();
    let mut settings: Settings = world.experiment.models.clone();
    set.iter().for_each(|(key, value)| assert!(settings.set(id, key, *value), "{key}"));
    let rows = &world.plan.folds[0].train;
    let fitted = world.ground().fit(entry, &settings, rows, None).unwrap();
    structure::of(&world.ground(), (entry, &settings), &fitted, rows)
}

#[test]
fn a_tree_with_a_leaf_of_two_children_is_found() {
    let world = World::new();
    let tree = look(&world, "tree", &[("min_leaf", 2.0), ("max_depth", 12.0)]);
    let leaves = tree.leaves.clone().unwrap().unwrap();
    assert_eq!((leaves.smallest(), tree.asked), (Some(2), Some(2)));
    assert!(leaves.one_outcome.is_some_and(|children| children < 10));
    // A tree of as many leaves has one question less; each is a column and a value.
    assert_eq!(tree.parameters, Ok(3 * leaves.groups - 2));
    assert_eq!((tree.children, tree.rows), (150, world.plan.folds[0].train.len() as u64));
    let large = look(&world, "tree", &[("min_leaf", 30.0), ("max_depth", 12.0)]);
    assert!(large.leaves.unwrap().unwrap().smallest() >= Some(30));
}

/// Leaves of rows that learned must have as many children as the settings ask.
#[test]
fn leaves_of_many_trees_are_as_large_as_was_asked() {
    let world = World::new();
    let boosting = look(&world, "boosting", &[("min_leaf", 20.0), ("patience", 0.0), ("rounds", 30.0)]);
    let leaves = boosting.leaves.unwrap().unwrap();
    assert!(leaves.smallest() >= Some(20) && leaves.groups > 30, "{leaves:?}");
    assert_eq!(boosting.parameters, Ok(3 * leaves.groups - 2 * 30 + 30));
    let forest = look(&world, "forest", &[("min_leaf", 15.0), ("trees", 20.0)]);
    let leaves = forest.leaves.unwrap().unwrap();
    assert!(leaves.smallest() >= Some(15), "{leaves:?}");
    assert_eq!(forest.parameters, Ok(3 * leaves.groups - 2 * 20));
}

#[test]
fn chances_of_a_sum_of_facts_tell_children_apart_and_one_chance_does_not() {
    let world = World::new();
    let same = look(&world, "prevalence", &[]);
    assert_eq!((same.chances.groups, same.chances.smallest()), (1, Some(150)));
    assert!(same.leaves.is_none() && same.parameters == Ok(1));
    let sum = look(&world, "logistic", &[]);
    // Three facts vary, and the intercept.
    assert_eq!(sum.parameters, Ok(4));
    assert_eq!((sum.chances.smallest(), sum.chances.alone()), (Some(1), 150));
    assert!(look(&world, "stacked", &[]).parameters.is_err());
}
