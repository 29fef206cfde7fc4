//! Plans keep their invariants, and a broken plan is refused.

use proptest::prelude::*;
use rand::RngExt;
use rerefer::cohort::IndexRow;
use rerefer::num::{Day, seed};
use rerefer::split::{self, Design, Plan, SplitError, Windows};

fn rows(n: usize, homes: u32, root: u64) -> (Vec<IndexRow>, Vec<u32>) {
    let mut rng = seed::stream(root, "split");
    let household: Vec<u32> = (0..n).map(|_| rng.random_range(0..homes)).collect();
    let row = |i: usize| {
        let day = Day(17_000 + rng.random_range(0..2000));
        IndexRow {
            child: household[i],
            referral_event: i,
            episode: 0,
            referral: day,
            predict_on: day,
            complete_on: day.plus(365),
            // One outcome in ten is recorded late.
            labelled_on: day.plus(if i.is_multiple_of(10) { 500 } else { 365 }),
            label: false,
            outcome_on: None,
            competing_on: None,
            open_throughout: false,
        }
    };
    let rows = (0..n).map(row).collect();
    (rows, household)
}

fn rolling(folds: u16) -> Design {
    Design::RollingOrigin { folds, cut_offs: vec![Day(17_800), Day(18_200), Day(18_600)] }
}

fn windows(folds: u16) -> Design {
    let windows = Windows { train_until: Day(17_600), tune_until: Day(17_900), test_from: Day(18_500) };
    Design::Windows { folds, windows }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_keep_their_invariants(root in any::<u64>(), folds in 2..6_u16, rolls in any::<bool>()) {
        let (rows, household) = rows(400, 60, root);
        let design = if rolls { rolling(folds) } else { Design::GroupedKFold { folds } };
        let plan = split::plan(&rows, (&household, &vec![0; rows.len()]), &design, root).unwrap();
        prop_assert_eq!(split::check(&plan, &rows, &household), Ok(()));
        let tested: usize = plan.folds.iter().map(|f| f.test.len()).sum();
        // Nobody is dropped for having a past: every row from the first cut-off on is tested once.
        let due = rows.iter().filter(|r| !rolls || r.predict_on >= Day(17_800)).count();
        prop_assert_eq!(tested, due);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_follow_each_other_and_end_a_horizon_before_the_test(root in any::<u64>(), folds in 2..6_u16) {
        let (rows, household) = rows(600, 60, root);
        let plan = split::plan(&rows, (&household, &vec![0; rows.len()]), &windows(folds), root).unwrap();
        prop_assert_eq!(split::check(&plan, &rows, &household), Ok(()));
        let tested: usize = plan.folds.iter().map(|f| f.test.len()).sum();
        prop_assert_eq!(tested, rows.iter().filter(|r| r.predict_on >= Day(18_500)).count());
        for fold in &plan.folds {
            let days = |places: &[u32]| -> Vec<i32> { places.iter().map(|&i| rows[i as usize].predict_on.0).collect() };
            prop_assert!(days(&fold.train).iter().all(|d| *d < 17_600 - 365));
            prop_assert!(days(&fold.tune).iter().all(|d| (17_600..17_900).contains(d)));
            prop_assert!(days(&fold.calibrate).iter().all(|d| (17_900..18_500 - 365).contains(d)));
            prop_assert!(!fold.tune.is_empty() && !fold.calibrate.is_empty());
        }
    }
}

#[test]
fn broken_windows_are_refused() {
    let (rows, household) = rows(600, 60, 5);
    let honest = split::plan(&rows, (&household, &vec![0; rows.len()]), &windows(3), 1).unwrap();
    let broken = |change: &dyn Fn(&mut split::Fold)| {
        let mut plan = honest.clone();
        change(&mut plan.folds[0]);
        split::check(&plan, &rows, &household).unwrap_err()
    };
    let (tested, tuned) = (honest.folds[0].test[0], honest.folds[0].tune[0]);
    let home = SplitError::Broken("a household is trained on and tested in one fold");
    assert_eq!(broken(&|f| f.tune.push(tested)), home);
    assert_eq!(broken(&|f| f.calibrate.push(tested)), home);
    let late = SplitError::Broken("a training label is complete only after the cut-off");
    assert_eq!(broken(&|f| f.cut_off = Some(Day(18_000))), late);
    let order = "a training label is complete only after tuning or calibration began";
    assert_eq!(broken(&|f| f.train.push(tuned)), SplitError::Broken(order));
    let order = "a tuning prediction is made after calibration began";
    assert_eq!(broken(&|f| std::mem::swap(&mut f.tune, &mut f.calibrate)), SplitError::Broken(order));
    let short = Windows { train_until: Day(17_600), tune_until: Day(18_200), test_from: Day(18_500) };
    let idle = split::plan(
        &rows,
        (&household, &vec![0; rows.len()]),
        &Design::Windows { folds: 3, windows: short },
        1,
    )
    .unwrap_err();
    assert!(idle.to_string().contains("the window for calibration"), "{idle}");
}

#[test]
fn the_final_test_moves_every_window_on() {
    let day = |text| Day::parse(text).unwrap();
    let windows = Windows {
        train_until: day("2018-10-01"),
        tune_until: day("2019-01-01"),
        test_from: day("2020-04-01"),
    };
    let moved = Design::Windows { folds: 4, windows }.final_test(day("2022-04-01"));
    let expected = Windows {
        train_until: day("2020-10-01"),
        tune_until: day("2021-01-01"),
        test_from: day("2022-04-01"),
    };
    assert_eq!(moved, Design::Windows { folds: 4, windows: expected });
    let rolled = rolling(3).final_test(Day(19_000));
    assert_eq!(rolled, Design::RollingOrigin { folds: 3, cut_offs: vec![Day(19_000)] });
}

#[test]
fn a_dishonest_plan_is_refused() {
    let (rows, household) = rows(300, 40, 5);
    let honest = split::plan(&rows, (&household, &vec![0; rows.len()]), &rolling(3), 1).unwrap();
    let broken = |change: &dyn Fn(&mut Plan)| {
        let mut plan = honest.clone();
        change(&mut plan);
        split::check(&plan, &rows, &household).unwrap_err()
    };
    let twice = broken(&|p| p.folds[1].test.push(honest.folds[0].test[0]));
    assert_eq!(twice, SplitError::Broken("a row is tested twice"));
    let both = broken(&|p| p.folds[0].train.push(honest.folds[0].test[0]));
    assert_eq!(both, SplitError::Broken("a household is trained on and tested in one fold"));
    let late = broken(&|p| p.folds[0].cut_off = Some(Day(17_000)));
    assert_eq!(late, SplitError::Broken("a training label is complete only after the cut-off"));
    let early = broken(&|p| p.folds[0].cut_off = Some(Day(30_000)));
    assert_eq!(early, SplitError::Broken("a test prediction is made before the cut-off"));
}

#[test]
fn too_few_households_or_nothing_to_test_is_said() {
    let (few, household) = rows(5, 3, 1);
    let error = split::plan(&few, (&household, &vec![0; few.len()]), &Design::GroupedKFold { folds: 4 }, 1)
        .unwrap_err();
    assert!(matches!(error, SplitError::TooFewHouseholds { folds: 4, .. }));
    let design = Design::RollingOrigin { folds: 2, cut_offs: vec![Day(30_000)] };
    let (many, household) = rows(100, 30, 1);
    assert_eq!(
        split::plan(&many, (&household, &vec![0; many.len()]), &design, 1),
        Err(SplitError::NothingToTest)
    );
}

/// Authorities 0, 1 and 2; household 1 has rows in the first two.
#[test]
fn each_authority_is_left_out_with_the_households_known_there() {
    let (rows, _) = rows(7, 3, 1);
    let (household, authority) = ([0, 1, 1, 2, 3, 4, 4], [0, 0, 1, 1, 2, 2, 2]);
    let of = (&household[..], &authority[..]);
    let plan = split::plan(&rows, of, &Design::LeaveOneAuthorityOut, 1).unwrap();
    let folds: Vec<(Vec<u32>, Vec<u32>)> =
        plan.folds.iter().map(|f| (f.train.clone(), f.test.clone())).collect();
    let by_hand =
        [(vec![3, 4, 5, 6], vec![0, 1]), (vec![0, 4, 5, 6], vec![2, 3]), (vec![0, 1, 2, 3], vec![4, 5, 6])];
    assert_eq!(folds, by_hand);
    let one = split::plan(&rows, (&household, &[5; 7]), &Design::LeaveOneAuthorityOut, 1);
    assert_eq!(one, Err(SplitError::OneAuthority));
}
