//! How alike outcomes of siblings are whose chances differ, as the chance of copying a value hidden in the household.

use super::weighted_spread::GroupRow;

/// As many pairs of siblings as the likeness in all groups weighs against a group's own: as for rates.
const PRIOR_PAIRS: f64 = 20.0;

/// Of each row no more siblings than this are looked at, lest rows without households, all under one code, cost a year.
const MOST_SIBLINGS: usize = 64;

/// Sums over pairs of siblings: products of residuals, what they are if outcomes go together fully, number of pairs.
#[derive(Clone, Copy, Debug, Default)]
struct Pairs {
    products: f64,
    full: f64,
    pairs: f64,
}

impl Pairs {
    fn add(&mut self, (r, p): (f64, f64), (s, q): (f64, f64)) {
        self.products += r * s;
        self.full += p.min(q) - p * q;
        self.pairs += 1.0;
    }

    fn likeness(&self, prior: f64, of: f64) -> f64 {
        let full = self.full + prior;
        if full > 0.0 { ((self.products + prior * of) / full).clamp(0.0, 1.0) } else { of }
    }
}

/// For each group the chance that a row copies its household's hidden uniform value, below its chance meaning the
/// outcome: the root of how alike outcomes of siblings are beyond their chances, from 0 to 1.
///
/// With it the chance that a group has the household's hidden value and not one of its own, for rows of different groups may
/// be less alike: a child's own referrals are all of one sex. A group's own likeness is drawn toward that of all groups by
/// twenty pairs, and so is that across groups. `households` are the ends of households in `rows`. O(n times siblings).
pub(crate) fn copy_chances(
    rows: &[GroupRow],
    chances: &[f64],
    households: &[usize],
    groups: usize,
) -> (Vec<f64>, f64) {
    let (mut all, mut own) = (Pairs::default(), vec![Pairs::default(); groups]);
    let (mut across, mut joined) = (Pairs::default(), vec![0.0; groups * groups]);
    let of = |i: usize| (f64::from(u8::from(rows[i].event)) - chances[i], chances[i]);
    let mut start = 0;
    for end in households {
        for i in start..*end {
            for j in (i + 1..*end).take(MOST_SIBLINGS) {
                all.add(of(i), of(j));
                if rows[i].group == rows[j].group {
                    own[rows[i].group].add(of(i), of(j));
                } else {
                    across.add(of(i), of(j));
                    joined[rows[i].group * groups + rows[j].group] += 1.0;
                }
            }
        }
        start = *end;
    }
    let likeness = all.likeness(0.0, 0.0);
    let prior = if all.pairs > 0.0 { PRIOR_PAIRS * all.full / all.pairs } else { 0.0 };
    let copies: Vec<f64> = own.iter().map(|own| own.likeness(prior, likeness).sqrt()).collect();
    // What the copies alone would make of the likeness across groups, on average over its pairs.
    let pairs = joined.iter().enumerate();
    let made: f64 = pairs.map(|(at, n)| n * copies[at / groups] * copies[at % groups]).sum::<f64>();
    let wanted = across.likeness(prior, likeness) * across.pairs;
    (copies, if made > 0.0 { (wanted / made).min(1.0).sqrt() } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs at a chance of one half. Group 0: 5 alike and 3 not (likeness 1/4). Group 1: 8 of which 5 alike too, or all
    /// alike: then of all 16 pairs 13 are alike (5/8), and the groups' own with twenty more of that (8/4 + 20 * 5/8) / 28
    /// and (8 + 20 * 5/8) / 28.
    #[test]
    fn worked_by_hand() {
        let found = |unlike_in_1: usize| {
            let mut rows = Vec::new();
            for (group, unlike) in [(0, 3), (1, unlike_in_1)] {
                for pair in 0..8 {
                    let event = pair % 2 == 0;
                    let row = GroupRow { household: 10 * group + pair, group, fold: 0, event, risk: 0.5 };
                    rows.extend([row, GroupRow { event: event != (pair < unlike), ..row }]);
                }
            }
            let ends: Vec<usize> = (1..=16).map(|h| 2 * h).collect();
            copy_chances(&rows, &[0.5; 32], &ends, 2).0
        };
        let near = |got: &[f64], want: [f64; 2]| got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12);
        assert!(near(&found(3), [0.5, 0.5]), "{:?}", found(3));
        let want = [(14.5_f64 / 28.0).sqrt(), (20.5_f64 / 28.0).sqrt()];
        assert!(near(&found(0), want), "{:?}", found(0));
    }

    /// Pairs of one group are all alike, the two of a household in different groups are not: the copies are (nearly) certain
    /// within groups, and the groups hardly share a value.
    #[test]
    fn likeness_across_groups_is_its_own() {
        let mut rows = Vec::new();
        for household in 0..400 {
            for group in 0..2 {
                let event = if group == 0 { household % 2 == 0 } else { household % 4 < 2 };
                let row = GroupRow { household, group, fold: 0, event, risk: 0.5 };
                rows.extend([row, row]);
            }
        }
        let ends: Vec<usize> = (1..=400).map(|h| 4 * h).collect();
        let (copies, link) = copy_chances(&rows, &[0.5; 1600], &ends, 2);
        // Of 800 pairs within 800 are alike, of 1,600 across half: in all a third, of which twenty pairs weigh.
        let within = (420.0 - 20.0 * 2.0 / 3.0) / 420.0;
        assert!(copies.iter().all(|c| (c * c - within).abs() < 1e-9), "{copies:?}");
        let across = 20.0 / 3.0 / 1620.0;
        assert!((link * link - across / within).abs() < 1e-9, "{link}");
    }

    #[test]
    fn rows_without_siblings_copy_nothing() {
        let row = GroupRow { household: 0, group: 0, fold: 0, event: true, risk: 0.5 };
        assert_eq!(
            copy_chances(&[row, GroupRow { household: 1, ..row }], &[0.5; 2], &[1, 2], 1),
            (vec![0.0], 1.0)
        );
    }
}
