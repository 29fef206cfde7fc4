//! How often, by hand.

use super::*;
use crate::cohort::Leaving;

fn spell(left: Option<i32>, observed_to: i32) -> Spell {
    Spell {
        came: vec![],
        left: left.map(|day| (Day(1_000 + day), Leaving::Grown)),
        start: Day(1_000),
        start_known_on: Day(1_000),
        enters: None,
        observed_to: Day(1_000 + observed_to),
    }
}

fn child(household: u32, spell: &Spell, referrals: &[i32]) -> Child {
    child_of(spell, household, referrals.iter().map(|day| Day(1_000 + day)))
}

/// Four children: referred again never, once (day 30), twice (days 20 and 40, and once before the start and once after the
/// records), and one who leaves on day 25. By day 50: M = 1/4 (day 20) + 1/4 (day 30, before which a quarter has left, 3/4 of
/// 1/3) + 1/4 (day 40): three events of four children, and nobody's records end before.
fn four() -> Vec<Child> {
    vec![
        child(1, &spell(None, 60), &[0]),
        child(2, &spell(None, 60), &[0, 30]),
        child(3, &spell(None, 60), &[-100, 0, 20, 40, 70]),
        child(4, &spell(Some(25), 60), &[0, 26]),
    ]
}

fn horizon(days: i32) -> Horizon {
    Horizon { months: 1, days, followed: 0, too_few: false }
}

#[test]
fn each_later_referral_counts_until_a_child_leaves() {
    let children = four();
    let came: Vec<&[i32]> = children.iter().map(|c| c.came.as_slice()).collect();
    assert_eq!(came, [&[] as &[i32], &[30], &[20, 40], &[]]);
    let found = often(&children, &[horizon(19), horizon(20), horizon(50), horizon(61)]);
    let at = |place: usize| found[place].as_ref().unwrap();
    assert!(at(0).mean.abs() < 1e-15 && at(0).interval.is_none());
    assert!((at(1).mean - 0.25).abs() < 1e-15);
    assert!((at(2).mean - 0.75).abs() < 1e-14, "{:?}", at(2));
    assert_eq!((at(2).events, at(2).with, at(2).at_risk), (3, 2, 3));
    assert!(found[3].is_err(), "nobody is followed for so long");
    // The counts are 0, 1, 2 and 0: squares about the mean 9/16 + 1/16 + 25/16 + 9/16, over 16.
    let error = (44.0_f64 / 16.0 / 16.0).sqrt();
    let (low, high) = at(2).interval.unwrap();
    let half = 1.959_963_984_540_054 * error / 0.75;
    assert!((low - 0.75 * (-half).exp()).abs() < 1e-9 && (high - 0.75 * half.exp()).abs() < 1e-9);
}

/// A child of the household of another makes the interval wider than one of its own where both come back often.
#[test]
fn children_of_a_household_are_not_independent() {
    let width = |household: u32| {
        let mut children = four();
        children.push(child(household, &spell(None, 60), &[10, 20, 30]));
        let (low, high) = often(&children, &[horizon(50)])[0].as_ref().unwrap().interval.unwrap();
        high - low
    };
    assert!(width(3) > width(9) && width(1) < width(9), "{} {} {}", width(3), width(9), width(1));
}

/// Half of those followed leave before anything comes: what comes to the others afterwards is not what would come to all.
#[test]
fn those_who_left_cannot_come_back() {
    let children = [
        child(1, &spell(Some(5), 60), &[]),
        child(2, &spell(Some(5), 60), &[]),
        child(3, &spell(None, 60), &[10]),
        child(4, &spell(None, 60), &[10]),
    ];
    assert!((often(&children, &[horizon(50)])[0].as_ref().unwrap().mean - 0.5).abs() < 1e-15);
}

#[test]
fn a_child_that_leaves_on_the_day_of_a_referral_was_referred() {
    let same = child(4, &spell(Some(25), 60), &[25]);
    assert_eq!((same.came.as_slice(), same.end, same.left), (&[25][..], 25, true));
    let (times, _) = rows(std::slice::from_ref(&same));
    assert_eq!((times.cause.as_slice(), times.exit[1] > 25.0), (&[CAME, LEFT][..], true));
    // Records that end with a referral leave nothing to follow.
    let (times, _) = rows(&[Child { left: false, ..same }]);
    assert_eq!(times.cause, [CAME]);
}

/// Followed from day 31 on: what came before is not known to be all.
#[test]
fn late_entry_counts_from_then() {
    let late = child(1, &Spell { enters: Some(Day(1_031)), ..spell(None, 60) }, &[20, 31, 40]);
    assert_eq!((late.entry, late.came.as_slice()), (Some(30), &[31, 40][..]));
    assert!((rows(&[late]).0.entry[0] - 30.0).abs() < 1e-15);
}
