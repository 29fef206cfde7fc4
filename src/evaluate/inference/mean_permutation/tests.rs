//! Cases by hand, and the share of deals against all arrangements listed.

use super::super::null_summary::at_least;
use super::super::test_uniform::Uniform;
use super::*;

fn row(household: usize, group: usize, value: f64) -> ValueRow {
    ValueRow { household, group, value }
}

fn observed(rows: &[ValueRow]) -> f64 {
    MeanPermutation::new(Scale::Plain, rows, &[true, true]).unwrap().observed()
}

/// Means 2 and 5, of all 3.2; squared distances 2 and 2 from their own, 14.8 of five rows from that of all, so 2.96 is
/// common; variances (3 * 2/9 + 2.96/3) / 4 and (2 * 2/4 + 2.96/2) / 3, together 1.24; Q = 9 / 1.24.
#[test]
fn worked_by_hand() {
    let values = [(0, 1.0), (0, 2.0), (0, 3.0), (1, 4.0), (1, 6.0)];
    let rows: Vec<ValueRow> =
        values.iter().enumerate().map(|(h, (group, value))| row(h, *group, *value)).collect();
    assert!((observed(&rows) - 9.0 / 1.24).abs() < 1e-12);
    // Every row twice in its household: errors are as before, but the common one weighs 1 in 7 and 1 in 5.
    let twice: Vec<ValueRow> = rows.iter().chain(&rows).copied().collect();
    let variances = (6.0 * 2.0 / 9.0 + 2.96 / 3.0) / 7.0 + (4.0 * 0.5 + 2.96 / 2.0) / 5.0;
    assert!((observed(&twice) - 9.0 / variances).abs() < 1e-12);
    // Households with one row above and one below, or both at, their group's mean add nothing to the error. Of all rows
    // 136 / 49 is common, halved because households leave 2 of 4.
    let mut pairs = [row(0, 0, 1.0), row(1, 0, 2.0), row(0, 0, 3.0), row(2, 1, 4.0), row(3, 1, 6.0)].to_vec();
    pairs.extend([row(4, 1, 5.0), row(4, 1, 5.0)]);
    let common = 68.0 / 49.0;
    let variances = common / 3.0 / 4.0 + (4.0 * 2.0 / 16.0 + common / 4.0) / 5.0;
    assert!((observed(&pairs) - 9.0 / variances).abs() < 1e-12);
}

/// Three households of two rows, of groups (0, 0), (1, 1) and (0, 1), and three single ones of groups 0, 0, 1.
fn small(patterns: [[usize; 2]; 3], single_of_1: usize) -> Vec<ValueRow> {
    let mut rows = Vec::new();
    for (at, pattern) in patterns.into_iter().enumerate() {
        rows.push(row(at, pattern[0], [0.9, 0.35, 0.6][at]));
        rows.push(row(at, pattern[1], [0.5, 0.3, 0.7][at]));
    }
    rows.extend((0..3).map(|at| row(3 + at, usize::from(at == single_of_1), [0.8, 0.4, 0.65][at])));
    rows
}

#[test]
fn the_share_of_deals_is_that_of_all_arrangements_listed() {
    let truth = small([[0, 0], [1, 1], [0, 1]], 1);
    let (mut reached, mut all) = (0, 0);
    // The two rows of one group stay together: the first two households change places, the third is turned.
    for order in [[0, 1, 2], [1, 0, 2]] {
        for turned in [[0, 1], [1, 0]] {
            for single in 0..3 {
                let patterns = order.map(|at| [[0, 0], [1, 1], turned][at]);
                reached += usize::from(at_least(observed(&small(patterns, single)), observed(&truth)));
                all += 1;
            }
        }
    }
    let exact = f64::from(reached as u32) / f64::from(all);
    let test = MeanPermutation::new(Scale::Plain, &truth, &[true, true]).unwrap();
    let (mut source, mut room) = (Uniform::new(5), MeanRoom::default());
    let draws = 20_000;
    let hits =
        (0..draws).filter(|_| at_least(test.draw(&mut room, &mut || source.next()), test.observed())).count();
    let share = hits as f64 / f64::from(draws);
    assert!(exact > 0.05 && exact < 0.95 && (share - exact).abs() < 0.01, "{share} {exact}");
}

/// `rows` of each of `groups` groups, with the same spread of numbers; where `together`, a household has a row of each.
fn alike(rows: usize, groups: usize, together: bool) -> Vec<ValueRow> {
    let of = |at: usize, group: usize| {
        let place = if together { at } else { at * groups + group };
        row(place, group, (place * 7919 % 1009) as f64 / 1009.0)
    };
    (0..rows).flat_map(|at| (0..groups).map(move |group| of(at, group))).collect()
}

fn share_above(rows: &[ValueRow], limit: f64) -> f64 {
    let test = MeanPermutation::new(Scale::Plain, rows, &[true; 3]).unwrap();
    let (mut source, mut room) = (Uniform::new(9), MeanRoom::default());
    let mut draw = || test.draw(&mut room, &mut || source.next());
    (0..4000).filter(|_| draw() > limit).count() as f64 / 4000.0
}

/// Chi-square with 2 degrees of freedom is above 5.99 in 5 of 100.
#[test]
fn large_groups_alone_and_beside_a_small_one_reach_the_chi_square_table() {
    let large = alike(900, 3, false);
    let mut small = large.clone();
    small.retain(|row| row.group < 2 || row.household < 250);
    for rows in [large, small] {
        let share = share_above(&rows, 5.991);
        assert!((share - 0.05).abs() < 0.015, "{share}");
    }
}

/// Siblings as alike as copies, one in each group: the groups cannot differ.
#[test]
fn large_groups_of_the_same_households_are_drawn_together() {
    assert!(share_above(&alike(900, 3, true), 1e-6) < 1e-9);
}

/// Of 2,000 rows 4 in 100 are flagged: 80 rows decide, too few to be drawn as normal; with 20 in 100, 400 do.
#[test]
fn a_group_with_few_flags_is_not_large() {
    for (every, large) in [(25, false), (5, true)] {
        let rows: Vec<ValueRow> =
            (0..4000).map(|i| row(i, i % 2, f64::from(u8::from(i / 2 % every == 0)))).collect();
        let test = MeanPermutation::new(Scale::Plain, &rows, &[true, true]).unwrap();
        assert_eq!(!test.large.is_empty(), large);
    }
}

/// As log-odds: of the first case above, tenths. Means 0.2 and 0.5, of all 0.32, and one row of it: 0.23 and 0.44; the
/// variances are hundredths of those there, divided by the squared slopes 0.1771 and 0.2464.
#[test]
fn log_odds_by_hand() {
    let values = [(0, 0.1), (0, 0.2), (0, 0.3), (1, 0.4), (1, 0.6)];
    let rows: Vec<ValueRow> =
        values.iter().enumerate().map(|(h, (group, value))| row(h, *group, *value)).collect();
    let got = MeanPermutation::new(Scale::LogOdds, &rows, &[true, true]).unwrap().observed();
    let apart = (0.44_f64 / 0.56).ln() - (0.23_f64 / 0.77).ln();
    let first = (3.0 * 2.0 / 9.0 + 2.96 / 3.0) / 4.0 / 100.0 / (0.1771 * 0.1771);
    let second = (1.0 + 2.96 / 2.0) / 3.0 / 100.0 / (0.2464 * 0.2464);
    assert!((got - apart * apart / (first + second)).abs() < 1e-9, "{got}");
    assert!(MeanPermutation::new(Scale::LogOdds, &[row(0, 0, 0.5), row(1, 1, 1.5)], &[true; 2]).is_err());
    // Nobody at risk in one group: its log-odds are finite.
    let none = [row(0, 0, 0.0), row(1, 0, 0.0), row(2, 1, 0.3), row(3, 1, 0.5)];
    assert!(MeanPermutation::new(Scale::LogOdds, &none, &[true; 2]).unwrap().observed().is_finite());
}

/// A child with two rows and its sibling with one, of two groups, in every household: only the blocks of two can change
/// places with each other, and the child's rows never part.
#[test]
fn rows_of_one_child_stay_together() {
    let of = |h: usize| {
        let child = if h.is_multiple_of(2) { 1.0 } else { -1.0 };
        [row(h, h % 2, child), row(h, h % 2, child), row(h, 1 - h % 2, 0.1 * child)]
    };
    let rows: Vec<ValueRow> = (0..10).flat_map(of).collect();
    let test = MeanPermutation::new(Scale::Plain, &rows, &[true, true]).unwrap();
    let (mut source, mut room) = (Uniform::new(8), MeanRoom::default());
    for _ in 0..200 {
        test.draw(&mut room, &mut || source.next());
        // Each group keeps five blocks of two rows, whose numbers are whole and even in sum.
        for sums in &room.sums {
            let whole = (sums.all.sum * 10.0).round() as i64;
            assert!((sums.all.rows - 15.0).abs() < 1e-12 && (sums.rows_rows - 25.0).abs() < 1e-12);
            assert!(whole % 2 != 0, "{whole}");
        }
    }
}

#[test]
fn groups_with_few_rows_are_left_out() {
    let rows: Vec<ValueRow> =
        (0..60).map(|i| row(i, (i >= 20).into(), 0.5)).chain([row(99, 2, 0.5)]).collect();
    assert_eq!(with_enough_rows(&rows, &[true, true, true]), [true, true, false]);
    assert_eq!(with_enough_rows(&rows[1..], &[true, false, true]), [false, false, false]);
}

#[test]
fn groups_in_which_nobody_and_everybody_is_flagged_differ() {
    let rows: Vec<ValueRow> = (0..20).map(|i| row(i, i % 2, (i % 2) as f64)).collect();
    let test = MeanPermutation::new(Scale::Plain, &rows, &[true, true]).unwrap();
    let (mut source, mut room) = (Uniform::new(3), MeanRoom::default());
    assert!((0..500).all(|_| test.draw(&mut room, &mut || source.next()) < test.observed()));
}

/// Groups of 30 and 4,000 in which nobody is flagged in the small one, whatever the sums round to: it is dealt, and a
/// fair model is not accused for it.
#[test]
fn a_group_without_spread_is_not_large() {
    for (flags, value) in [(3, 0.7), (20, 0.3), (11, 1.0 / 3.0)] {
        let flagged = |i: usize| i >= 30 && i % 97 < flags;
        let rows: Vec<ValueRow> = (0..4030)
            .map(|i| row(i, (i >= 30).into(), if flagged(i) { value } else { 0.1 * value }))
            .collect();
        let test = MeanPermutation::new(Scale::Plain, &rows, &[true, true]).unwrap();
        let small = |group: &Sums| group.all.rows <= 0.0;
        assert!(small(&test.fixed[0]), "flags {flags}");
    }
}

/// 4,000 rows of one household or of two, beside 4,000 in households of their own: nothing says how the first would vary.
#[test]
fn rows_of_few_households_make_no_large_group() {
    for households in [1, 2, 5] {
        let of = |i: usize| if i < 4000 { i % households } else { i };
        let rows: Vec<ValueRow> =
            (0..8000).map(|i| row(of(i), (i >= 4000).into(), (i * 7919 % 1009) as f64)).collect();
        let test = MeanPermutation::new(Scale::Plain, &rows, &[true, true]);
        assert_eq!(test.map(|_| ()), Err(FIXED), "{households}");
    }
}

#[test]
fn undefined_cases() {
    let new = |rows: &[ValueRow]| MeanPermutation::new(Scale::Plain, rows, &[true, true]).map(|_| ());
    assert!(new(&[row(0, 0, 1.0), row(1, 0, 2.0)]).is_err());
    assert!(new(&[row(0, 0, 0.1), row(1, 1, 0.1)]).is_err());
    assert!(new(&[row(0, 0, f64::NAN), row(1, 1, 0.1)]).is_err());
    assert!(new(&[row(0, 0, 1.0), row(1, 2, 0.1)]).is_err());
}
