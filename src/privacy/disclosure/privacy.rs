//! Who stands out, through the rules: how many children are alone, or nearly, leaves in whole children of a hundred, from counts
//! rounded to ten, and only where at least the threshold are and as many are not; else it is said that they are few, or all but
//! few. A size of a group under the threshold is said to be under it.
//!
//! That nobody stands out and that few do is the same word here; where even the smallest group is large, that is said.

use super::facts::tens;
use super::passed::{Count, Number, Passed};
use crate::history::Dropped;
use crate::privacy::anonymity::{Found, Groups, Known, Structure};
use crate::report::ingredients::Ingredients;
use crate::report::privacy::{
    DroppedLine, KnownLine, ModelLine, Outcome, Privacy, Reason, Share, Smallest, Times,
};

/// Residual degrees of freedom that a model must have: `safe_dof_threshold` of ACRO 1.0.
const SAFE_FREEDOM: i64 = 10;
/// A number of different chances up to which it is told exactly.
const EXACT: u64 = 100;

/// Discloses what was found; `None` where nothing was measured.
pub(super) fn disclose(ingredients: &Ingredients, threshold: u64) -> Option<Privacy> {
    ingredients.privacy.as_ref().map(|found| shown(found, threshold))
}

fn shown(of: &Found, threshold: u64) -> Privacy {
    let models = of.models.as_ref().map(|all| all.iter().map(|one| model(one, threshold)).collect());
    Privacy {
        format: of.format.clone(),
        dropped: of.dropped.iter().map(|one| dropped(one, threshold)).collect(),
        known: of.known.iter().map(|one| known(one, threshold)).collect(),
        models: models.map_err(Clone::clone),
    }
}

fn dropped(of: &Dropped, threshold: u64) -> DroppedLine {
    let times = |n: u64| if n < threshold { Times::Few } else { Times::About(Passed::new(tens(n))) };
    DroppedLine {
        place: of.place.clone(),
        name: of.name.clone(),
        looks_like: of.looks_like.clone(),
        times: of.times.map(times),
    }
}

/// `count` of `all` children.
fn share(count: u64, all: u64, threshold: u64) -> Share {
    if all < threshold {
        Share::Hidden
    } else if count < threshold {
        Share::Few
    } else if all - count < threshold {
        Share::Most
    } else {
        Share::About(Number::new(tens(count) as f64 / tens(all) as f64, None).per_hundred(false))
    }
}

/// The smallest group: of one, where it is told anyway how many are alone.
fn smallest(of: &Groups, alone: &Share, threshold: u64) -> Smallest {
    match (of.smallest(), alone) {
        (None, _) | (_, Share::Hidden) => Smallest::Hidden,
        (_, Share::About(_) | Share::Most) => Smallest::One,
        (Some(k), Share::Few) if k < threshold => Smallest::Few,
        (Some(k), Share::Few) => Smallest::AtLeast(Passed::new((k / 10 * 10).max(threshold))),
    }
}

fn known(of: &Known, threshold: u64) -> KnownLine {
    let all = of.groups.children();
    let alone = share(of.groups.alone(), all, threshold);
    KnownLine {
        what: of.what,
        smallest: smallest(&of.groups, &alone, threshold),
        few: share(of.groups.under(threshold), all, threshold),
        alone,
    }
}

fn model(of: &Structure, threshold: u64) -> ModelLine {
    let all = of.chances.children();
    let alone = share(of.chances.alone(), all, threshold);
    let leaf = of.leaves.as_ref().map(|leaves| {
        let of_leaves = |groups: &Groups| {
            smallest(groups, &share(groups.alone(), groups.children(), threshold), threshold)
        };
        leaves.as_ref().map(of_leaves).map_err(Clone::clone)
    });
    let rows = Count::new(tens(of.rows), of.rows >= threshold);
    let spare = |rows: u64, parameters: u64| rows as i64 - i64::try_from(parameters).unwrap_or(i64::MAX);
    let freedom = rows.get().zip(of.parameters.as_ref().ok()).map(|(rows, p)| Passed::new(spare(rows, *p)));
    let chances = of.chances.groups;
    ModelLine {
        model: of.model.clone(),
        kept: of.kept,
        rows,
        children: Count::new(tens(of.children), of.children >= threshold),
        parameters: of.parameters.clone(),
        freedom,
        asked: of.asked,
        leaf,
        chances: Passed::new(if chances <= EXACT { chances } else { tens(chances) }),
        smallest: smallest(&of.chances, &alone, threshold),
        few: share(of.chances.under(threshold), all, threshold),
        alone,
        itself: itself(of, spare, threshold),
        list: outcome(of_list(&of.chances, threshold), None),
    }
}

/// Whether the model by itself holds on to few children.
fn itself(of: &Structure, spare: impl Fn(u64, u64) -> i64, threshold: u64) -> Outcome {
    let mut reasons = Vec::new();
    let mut unknown = None;
    match &of.parameters {
        Ok(parameters) if spare(of.rows, *parameters) < SAFE_FREEDOM => reasons.push(Reason::Freedom),
        Ok(_) => {}
        Err(why) => unknown = Some(why.clone()),
    }
    match &of.leaves {
        Some(Ok(leaves)) => reasons.extend(held_by(leaves, Reason::Leaf, threshold)),
        Some(Err(why)) => unknown = Some(why.clone()),
        None => {}
    }
    outcome(reasons, unknown)
}

/// What is wrong with groups of few children.
fn held_by(groups: &Groups, small: Reason, threshold: u64) -> Vec<Reason> {
    let under = |size: Option<u64>| size.is_some_and(|size| size < threshold);
    let small = under(groups.smallest()).then_some(small);
    small.into_iter().chain(under(groups.one_outcome).then_some(Reason::OneOutcome)).collect()
}

/// What is wrong with a list of chances: one reason, since where few chances can be told from each other, that all who share one had
/// the same outcome would say who they are.
fn of_list(groups: &Groups, threshold: u64) -> Vec<Reason> {
    let found = held_by(groups, Reason::Chance, threshold);
    if found.is_empty() { found } else { vec![Reason::Chance] }
}

fn outcome(reasons: Vec<Reason>, unknown: Option<String>) -> Outcome {
    match (reasons.is_empty(), unknown) {
        (false, _) => Outcome::Fails(reasons),
        (true, Some(why)) => Outcome::NotChecked(why),
        (true, None) => Outcome::Passes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::anonymity::Knowledge;

    fn groups(sizes: &[(u64, u64)], one_outcome: Option<u64>) -> Groups {
        Groups { groups: 5, sizes: sizes.to_vec(), one_outcome }
    }

    fn line(sizes: &[(u64, u64)]) -> KnownLine {
        known(&Known { what: Knowledge::Basics, groups: groups(sizes, None) }, 10)
    }

    /// 3 of 200 children must not be shown as 3, nor as the share 1.5 in a hundred, and no more must none.
    #[test]
    fn few_children_who_are_alone_are_not_told_from_none() {
        let (three, none) = (line(&[(1, 3), (50, 197)]), line(&[(4, 4), (50, 196)]));
        assert_eq!((&three.alone, &three.smallest), (&Share::Few, &Smallest::Few));
        assert_eq!((&none.alone, &none.smallest, &none.few), (&three.alone, &three.smallest, &three.few));
        let shown = format!("{three:?}");
        assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{shown}");
    }

    #[test]
    fn shares_are_of_counts_rounded_to_ten_and_all_but_few_is_said_as_such() {
        let some = line(&[(1, 74), (3, 40), (20, 86)]);
        let about = |share: &Share| if let Share::About(share) = share { share.yes() } else { None };
        // 70 and 110 of 200.
        assert_eq!(
            (about(&some.alone), about(&some.few), &some.smallest),
            (Some(35), Some(55), &Smallest::One)
        );
        assert_eq!(line(&[(1, 191), (9, 9)]).alone, Share::Most);
        assert_eq!(line(&[(1, 9)]).alone, Share::Hidden);
        let large = line(&[(27, 200)]);
        assert!(matches!(large.smallest, Smallest::AtLeast(k) if k.get() == 20) && large.few == Share::Few);
    }

    fn structure(parameters: u64, leaves: Option<Groups>) -> Structure {
        Structure {
            model: "tree".to_owned(),
            kept: false,
            rows: 300,
            children: 250,
            parameters: Ok(parameters),
            asked: Some(2),
            leaves: leaves.map(Ok),
            chances: groups(&[(50, 250)], None),
        }
    }

    #[test]
    fn a_model_with_a_leaf_of_two_children_or_nearly_a_number_a_child_does_not_pass() {
        let of = |structure: &Structure| model(structure, 10).itself;
        assert_eq!(of(&structure(20, Some(groups(&[(30, 250)], Some(30))))), Outcome::Passes);
        let small = groups(&[(2, 2), (30, 248)], Some(2));
        assert_eq!(of(&structure(20, Some(small))), Outcome::Fails(vec![Reason::Leaf, Reason::OneOutcome]));
        assert_eq!(of(&structure(290, None)), Outcome::Passes);
        assert_eq!(of(&structure(291, None)), Outcome::Fails(vec![Reason::Freedom]));
        let unknown = Structure { parameters: Err("why".to_owned()), ..structure(1, None) };
        assert_eq!(of(&unknown), Outcome::NotChecked("why".to_owned()));
        let told = model(&structure(291, None), 10);
        assert_eq!((told.freedom.map(Passed::get), told.list), (Some(9), Outcome::Passes));
    }

    #[test]
    fn what_was_dropped_is_counted_to_the_nearest_ten() {
        let of = |times| Dropped {
            place: "ChildIdentifiers".to_owned(),
            name: "UPN".to_owned(),
            looks_like: None,
            times,
        };
        assert_eq!(dropped(&of(Some(9)), 10).times, Some(Times::Few));
        assert_eq!(dropped(&of(Some(1234)), 10).times, Some(Times::About(Passed::new(1230))));
        assert_eq!(dropped(&of(None), 10).times, None);
    }
}
