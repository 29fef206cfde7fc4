//! Two reports on nested cohorts: whoever subtracts one from the other finds no small count, if the second was written beside the
//! first.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rerefer::evaluate::Answer;
use rerefer::privacy::disclosure::{Profile, disclose, disclose_beside};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::{Removed, Report, html};

use crate::report::builder::{World, ingredients};

/// A cohort, and the same with some referrals more.
fn nested(root: u64) -> (Ingredients, Ingredients) {
    let pick = |from: u64, to: u64, salt: u64| from + (root / salt) % (to - from + 1);
    let groupings =
        vec![("sex", vec!["male", "female", "unknown"]), ("age-band", vec!["0", "1", "2", "3", "4"])];
    let skew = [0.1, 0.25, 0.4, 0.6][pick(0, 3, 3) as usize];
    let large = World::new(
        root,
        pick(150, 900, 1) as usize,
        groupings,
        skew,
        [-1.5, 0.0, 0.8][pick(0, 2, 17) as usize],
    );
    let mut small = large.clone();
    let more = if root.is_multiple_of(7) { 0 } else { pick(1, 90, 29) as usize };
    small.referrals.truncate(large.referrals.len() - more);
    let (mut a, mut b) = (ingredients(&small, Answer::CannotSay), ingredients(&large, Answer::CannotSay));
    (a.run_id, b.run_id) = ("first".to_owned(), "second".to_owned());
    (a, b)
}

/// Small differences that follow from two reports: of a level, of everyone, or of all levels of a grouping that are hidden in
/// either, with and without the outcome.
fn found(a: &Report, b: &Report) -> Vec<String> {
    let shown = |report: &Report| {
        let mut levels: BTreeMap<(String, String), (Option<u64>, Option<u64>)> = BTreeMap::new();
        for line in report.lines.iter().filter(|l| l.measure != "calibration-bin") {
            levels.insert((line.group.clone(), line.level.clone()), (line.n.get(), line.events.get()));
        }
        levels
    };
    let (a, b) = (shown(a), shown(b));
    type Of = fn(&(Option<u64>, Option<u64>)) -> Option<u64>;
    let columns: [(&str, Of); 3] = [
        ("referrals", |l| l.0),
        ("with the outcome", |l| l.1),
        ("without it", |l| l.0.zip(l.1).map(|(n, events)| n - events)),
    ];
    let mut out = Vec::new();
    for (name, of) in columns {
        let difference = |key: &(String, String)| Some(of(a.get(key)?)?.abs_diff(of(b.get(key)?)?));
        let everyone = difference(&("overall".to_owned(), "all".to_owned()));
        let mut groups: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
        for key in b.keys() {
            let rest = groups.entry(&key.0).or_default();
            match difference(key) {
                Some(d) => {
                    rest.0 += d;
                    if (1..10).contains(&d) {
                        out.push(format!("{name}: {key:?} differs by {d}"));
                    }
                }
                None => rest.1 += 1,
            }
        }
        for (group, (known, hidden)) in groups.iter().filter(|(group, _)| **group != "overall") {
            let rest = everyone.map_or(0, |all| all - known);
            if *hidden > 0 && (1..10).contains(&rest) {
                out.push(format!("{name}: {hidden} hidden levels of {group} differ by {rest} together"));
            }
        }
    }
    let cohort = |r: &BTreeMap<_, _>| r.len();
    assert_eq!(cohort(&a), cohort(&b));
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn subtracting_reports_of_nested_cohorts_finds_no_small_count(root in any::<u64>()) {
        let (small, large) = nested(root);
        let first = disclose(&small, Profile::default());
        let second = disclose_beside(&large, Profile::default(), std::slice::from_ref(&small));
        let found = found(&first, &second);
        prop_assert!(found.is_empty(), "{found:?}");
        let tested = |r: &Report| [r.tested.rows, r.tested.children, r.tested.events, r.cohort.rows].map(|c| c.get());
        for (a, b) in tested(&first).iter().zip(tested(&second)) {
            if let (Some(a), Some(b)) = (*a, b) {
                prop_assert!(a == b || a.abs_diff(b) >= 10);
            }
        }
        let removed = |r: &Report| -> Vec<u64> {
            let of = |s: &rerefer::report::AttritionStep| match s.removed {
                Removed::Shown(n) => Some(n.get()),
                _ => None,
            };
            r.attrition.iter().filter_map(of).collect()
        };
        let near = |a: &u64, b: &u64| (1..10).contains(&a.abs_diff(*b));
        prop_assert!(!removed(&first).iter().any(|a| removed(&second).iter().any(|b| near(a, b))));
        let bins = second.lines.iter().filter(|l| l.measure == "calibration-bin");
        prop_assert!(small.tested.rows == large.tested.rows || bins.clone().all(|l| l.n.get().is_none() && l.at.is_empty()));
        // The other way round: the large one has left, the small one comes after it.
        let after = disclose_beside(&small, Profile::default(), std::slice::from_ref(&large));
        let found = self::found(&disclose(&large, Profile::default()), &after);
        prop_assert!(found.is_empty(), "{found:?}");
    }
}

/// The attack works: reports that know nothing of each other give small counts away, and those of the same referrals hide no more.
#[test]
fn reports_that_know_nothing_of_each_other_give_counts_away() {
    let (mut broken, mut same, mut kept) = (0, 0, 0);
    for root in (0..60_u64).map(|root| root * 7919) {
        let (small, large) = nested(root);
        let (first, alone) = (disclose(&small, Profile::default()), disclose(&large, Profile::default()));
        let beside = disclose_beside(&large, Profile::default(), std::slice::from_ref(&small));
        broken += usize::from(!found(&first, &alone).is_empty());
        if small.tested.rows == large.tested.rows {
            assert_eq!(beside.lines, alone.lines);
            same += 1;
        } else if beside.lines.iter().any(|l| l.number.estimate().is_some()) {
            kept += 1;
        }
        assert!(html(&beside).contains("stands beside that of run first"));
    }
    assert!(broken >= 30 && same >= 5 && kept >= 5, "{broken} {same} {kept}");
}

/// Referrals that a report says are left after each step and were left out by it, as far as they are shown or follow.
fn chain(report: &Report) -> Vec<[Option<u64>; 2]> {
    let mut left: Vec<Option<u64>> = report.attrition.iter().map(|step| step.rows.get()).collect();
    let of = |step: &rerefer::report::AttritionStep| match step.removed {
        Removed::Shown(n) => Some(n.get()),
        Removed::Nobody => Some(0),
        Removed::First | Removed::Fewer | Removed::Suppressed => None,
    };
    let mut removed: Vec<Option<u64>> = report.attrition.iter().map(of).collect();
    // The last step leads to the referrals tested, which stand elsewhere too.
    if let Some(last) = left.last_mut() {
        *last = last.or(report.tested.rows.get());
    }
    for _ in 0..left.len() {
        for i in 1..left.len() {
            left[i] = left[i].or_else(|| left[i - 1]?.checked_sub(removed[i]?));
            left[i - 1] = left[i - 1].or_else(|| Some(left[i]? + removed[i]?));
            removed[i] = removed[i].or_else(|| left[i - 1]?.checked_sub(left[i]?));
        }
    }
    left.into_iter().zip(removed).map(|(left, removed)| [left, removed]).collect()
}

/// A few referrals more that were left out are not found from the steps, whether or not more were tested.
#[test]
fn the_steps_of_two_reports_tell_of_no_few_who_were_left_out() {
    let (mut alone, mut same) = (0, 0);
    for root in (0..60_u64).map(|root| root * 7919) {
        let (small, mut large) = nested(root);
        same += usize::from(small.tested.rows == large.tested.rows);
        let more = 1 + root % 9;
        for step in &mut large.attrition[..4] {
            step.rows += more;
        }
        large.attrition[4].removed += more;
        let first = chain(&disclose(&small, Profile::default()));
        let few = |second: &Report| {
            let pairs = first.iter().zip(chain(second)).flat_map(|(a, b)| [(a[0], b[0]), (a[1], b[1])]);
            pairs.filter_map(|(a, b)| Some(a?.abs_diff(b?))).any(|d| (1..10).contains(&d))
        };
        alone += usize::from(few(&disclose(&large, Profile::default())));
        let beside = disclose_beside(&large, Profile::default(), std::slice::from_ref(&small));
        assert!(!few(&beside), "{root}: {:?}", chain(&beside));
    }
    assert!(
        alone > 30 && same > 3,
        "{alone} {same}: the attack works on reports that know nothing of each other"
    );
}
