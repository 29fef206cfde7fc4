//! A test that scores rank as well (AUROC) in all groups.
//!
//! # Measures
//! Whether the AUROCs of several groups differ by more than chance, when rows come in households.
//!
//! # Formula
//! `Q = sum over groups of (L_g - L)^2 / V_g`: `L_g` the log-odds of a group's AUROC by pairs within folds summed over
//! folds (half a pair won and half lost being added), L their mean weighed by `1 / V_g`, `V_g` the sum over households
//! of the squared influence on `L_g` (with one fold Obuchowski's variance by the delta method, without its small
//! factors I/(I-1)), drawn a little toward the variance that all groups have in common. Null: labels of groups dealt
//! anew among households with as many rows with and without the outcome ([`HouseholdDeal`]), Q taken of each deal. The
//! test is exact where, given the outcomes, groups have the same scores; it holds nearly where they only have the same
//! AUROC. Labels of groups with at least [`LARGE`] rows of each kind are not dealt: their log-odds are drawn as normal
//! about a value near the AUROC of all rows, with the variances and covariances that households give, also with the
//! dealt groups.
//!
//! # Inputs
//! Rows with household, group, fold, outcome and score. Name the groups left out: those with fewer than 10 rows of
//! either kind.
//!
//! # Undefined when
//! Fewer than two groups are tested, a group has no fold with both kinds, or of a group that is not large more than half of the
//! rows are in households that have no like among the other groups'.
//!
//! # Reference
//! Chung and Romano 2013, Annals of Statistics 41:484 (a studentised statistic makes a permutation test hold where
//! groups differ in more than the measure); Pauly, Asendorf and Konietschke 2016, Biometrical Journal 58:1319 (for the
//! AUROC); Obuchowski 1997, Biometrics 53:567 (households).

use super::auroc_sums::{AurocSums, PassRoom, Ranks, kind};
use super::household_deal::{DealRoom, DealtRow, FIXED, HouseholdDeal, LEAST_DEALT};
use super::large_groups::{HouseholdSizes, LARGE, LargeGroups, standard_normal};
use super::weighted_spread::{GroupEstimate, GroupRow, drawn_toward, tested_rows, weighted_spread};

/// As many rows of the rarer kind as the variance common to all groups weighs against a group's own. With 20 a fair
/// model was accused 7 times in 100 where scores of events spread wider in small groups, with 1 five and a half.
const PRIOR_ROWS: f64 = 1.0;

/// The rows, ready for repeated deals.
#[derive(Clone, Debug)]
pub struct AurocPermutation {
    deal: HouseholdDeal,
    ranks: Ranks,
    /// Events and non-events of each group.
    kinds: Vec<[f64; 2]>,
    /// Sums at the start of a draw: zero, but for large groups as they are.
    fixed: Vec<AurocSums>,
    large: LargeGroups,
    /// Log-odds of the AUROC of all rows, and its standard error.
    centre: [f64; 2],
    observed: f64,
}

/// Room for the work of one deal.
#[derive(Clone, Debug, Default)]
pub struct AurocRoom {
    deal: DealRoom,
    rows: Vec<DealtRow>,
    ends: Vec<u32>,
    pass: PassRoom,
    sums: Vec<AurocSums>,
    estimates: Vec<GroupEstimate>,
    normals: Vec<f64>,
}

impl AurocPermutation {
    /// Sorts the rows of the groups with `included[group]`, and takes Q of them. O(n log n).
    ///
    /// # Errors
    /// As the module says; also with a group code not covered by `included`, a score that is not finite, or more than
    /// a thousand million rows or 65,535 folds or groups.
    pub fn new(rows: &[GroupRow], included: &[bool]) -> Result<Self, &'static str> {
        let (rows, groups) = tested_rows(rows, included)?;
        let folds = rows.iter().map(|r| r.fold + 1).max().unwrap_or(0);
        if rows.len() >= 1 << 30 || folds > usize::from(u16::MAX) || groups > usize::from(u16::MAX) {
            return Err("too many rows, folds or groups");
        }
        let mut kinds = vec![[0.0_f64; 2]; groups];
        for row in &rows {
            kinds[row.group][usize::from(!row.event)] += 1.0;
        }
        let listed: Vec<(usize, u16, u16)> =
            rows.iter().map(|r| (r.household, kind(r.event), r.group as u16)).collect();
        let mut deal = HouseholdDeal::new(&listed);
        let scores: Vec<(usize, f64)> =
            (deal.row_at.iter().map(|r| &rows[*r as usize])).map(|row| (row.fold, row.risk)).collect();
        let ranks = Ranks::new(&scores);
        let mut sums = vec![AurocSums::default(); groups];
        let (as_they_are, ends) = &deal.as_they_are;
        let cross = ranks.pass(as_they_are, ends, &mut PassRoom::default(), &mut sums);
        if sums.iter().any(|s| s.pairs <= 0.0) {
            return Err("a group has no fold with both kinds of referral");
        }
        let sizes = HouseholdSizes::of_rows(&rows, groups);
        let is_large: Vec<bool> = (sums.iter().zip(&kinds).zip(sizes))
            .map(|((s, kinds), sizes)| sizes.enough_for_normal() && is_large(s, kinds))
            .collect();
        let dealt = deal.share_dealt(groups, |_| 1.0);
        if dealt.iter().zip(&is_large).any(|(share, large)| !large && *share < LEAST_DEALT) {
            return Err(FIXED);
        }
        deal.only(|label| !is_large[usize::from(label)]);
        let mut estimates = Vec::new();
        spread_out(&sums, &kinds, &mut estimates);
        let scale = |g: usize| sums[g].pairs * log_odds_slope(&sums[g]);
        let large = LargeGroups::new(&is_large, |a, b| {
            let products = if a == b { sums[a].clustered } else { cross.of(a, b) };
            products / (scale(a) * scale(b))
        });
        let precision: f64 = estimates.iter().map(|e| 1.0 / e.variance).filter(|p| p.is_finite()).sum();
        let centre = if large.is_empty() { [0.0; 2] } else { [centre(&ranks, &deal), precision.powf(-0.5)] };
        let start = |(s, large): (&AurocSums, &bool)| if *large { *s } else { AurocSums::default() };
        let fixed = sums.iter().zip(&is_large).map(start).collect();
        let observed = weighted_spread(estimates.iter().copied());
        Ok(Self { deal, ranks, kinds, fixed, large, centre, observed })
    }

    /// Q of the groups as they are.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Q of one deal, the groups being equal in all but chance. `uniform` returns numbers in [0, 1). O(rows of households
    /// with a row of a group that is not large, and a 64th of all rows).
    pub fn draw(&self, room: &mut AurocRoom, uniform: &mut impl FnMut() -> f64) -> f64 {
        room.sums.clone_from(&self.fixed);
        room.rows.clear();
        room.ends.clear();
        let (rows, ends) = (&mut room.rows, &mut room.ends);
        self.deal.deal(&mut room.deal, uniform, |household| {
            rows.extend(household.filter(|row| self.fixed[usize::from(row.label)].pairs <= 0.0));
            ends.push(rows.len() as u32);
        });
        if !room.rows.is_empty() {
            self.ranks.pass(&room.rows, &room.ends, &mut room.pass, &mut room.sums);
        }
        spread_out(&room.sums, &self.kinds, &mut room.estimates);
        // Groups dealt from the rows of all vary about the AUROC of these rows, and large groups about the true one: apart
        // they would be too close together.
        let [centre, error] = self.centre;
        let truth = centre + error * standard_normal(uniform);
        let dealt: Vec<f64> = room.estimates.iter().map(|e| e.value - centre).collect();
        let estimates = &mut room.estimates;
        self.large.draw(
            |group| dealt[group],
            &mut room.normals,
            uniform,
            |group, value| estimates[group].value = truth + value,
        );
        weighted_spread(room.estimates.iter().copied())
    }
}

/// The log-odds of the AUROC of all rows as one group.
fn centre(ranks: &Ranks, deal: &HouseholdDeal) -> f64 {
    let (rows, ends) = &deal.as_they_are;
    let one: Vec<DealtRow> = rows.iter().map(|r| DealtRow { label: 0, ..*r }).collect();
    let mut sums = [AurocSums::default()];
    ranks.pass(&one, ends, &mut PassRoom::default(), &mut sums);
    let area = area(&sums[0]);
    (area / (1.0 - area)).ln()
}

/// Whether a group has [`LARGE`] rows of each kind, divided by how much households widen its error.
fn is_large(sums: &AurocSums, [events, others]: &[f64; 2]) -> bool {
    let single = sums.squares[0] + sums.squares[1];
    let effect = if single > 0.0 { (sums.clustered / single).max(1.0) } else { 1.0 };
    events.min(*others) / effect >= LARGE
}

/// The AUROC; half a pair won and half lost keep an area of 1 finite on the log-odds scale.
fn area(sums: &AurocSums) -> f64 {
    (sums.concordant + 0.5) / (sums.pairs + 1.0)
}

/// How much the AUROC rises for a unit of its log-odds.
fn log_odds_slope(sums: &AurocSums) -> f64 {
    area(sums) * (1.0 - area(sums))
}

/// Log-odds of the AUROCs and their variances, one a group; a group without pairs has variance 0.
fn spread_out(sums: &[AurocSums], kinds: &[[f64; 2]], estimates: &mut Vec<GroupEstimate>) {
    let usable = || sums.iter().zip(kinds).filter(|(s, _)| s.pairs > 0.0);
    // Variance of one row's part in an AUROC, by kind, over all groups; and how much households widen it.
    let (mut common, mut rows) = ([0.0; 2], [0.0; 2]);
    let (mut clustered, mut single) = (0.0, 0.0);
    for (s, kinds) in usable() {
        for kind in 0..2 {
            let others = s.pairs / kinds[kind];
            common[kind] += s.squares[kind] / (others * others);
            rows[kind] += kinds[kind];
        }
        let weight = kinds[0].min(kinds[1]) / (s.pairs * s.pairs);
        clustered += weight * s.clustered;
        single += weight * (s.squares[0] + s.squares[1]);
    }
    let effect = if single > 0.0 { clustered / single } else { 1.0 };
    estimates.clear();
    estimates.extend(sums.iter().zip(kinds).map(|(s, kinds)| {
        if s.pairs <= 0.0 {
            return GroupEstimate::default();
        }
        let ordinary: f64 = (0..2).map(|kind| common[kind] / rows[kind] / kinds[kind]).sum();
        let own = s.clustered / (s.pairs * s.pairs);
        let variance = drawn_toward(own, effect * ordinary, kinds[0].min(kinds[1]), PRIOR_ROWS);
        let (area, slope) = (area(s), log_odds_slope(s));
        GroupEstimate { value: (area / (1.0 - area)).ln(), variance: variance / (slope * slope) }
    }));
}

#[cfg(test)]
mod tests {
    use super::super::null_summary::at_least;
    use super::super::test_uniform::Uniform;
    use super::*;

    const EVENT: [bool; 6] = [true, true, false, true, false, false];
    const SCORES: [f64; 6] = [0.9, 0.6, 0.6, 0.5, 0.3, 0.1];

    /// Groups in pairs and alone: no household of one has a like in the other.
    #[test]
    fn groups_without_like_households_are_not_tested_unless_large() {
        let of = |households: usize| -> Vec<GroupRow> {
            let score = |i: usize| (i * 7919 % 1009) as f64;
            let pair = |h: usize| [row(h, 0, true, score(2 * h)), row(h, 0, false, score(2 * h + 1))];
            let alone = |h: usize| row(households + h, 1, h.is_multiple_of(2), score(3 * h + 7));
            (0..households).flat_map(pair).chain((0..households).map(alone)).collect()
        };
        let test = |households: usize| AurocPermutation::new(&of(households), &[true, true]).map(|_| ());
        assert_eq!(test(50), Err(FIXED));
        assert_eq!(test(900), Ok(()));
    }

    fn row(household: usize, group: usize, event: bool, risk: f64) -> GroupRow {
        GroupRow { household, group, fold: 0, event, risk }
    }

    /// Group 0 has AUROC 5/6 with squared influences 1/18 + 1/6 over 9, group 1 is its mirror: areas with the half
    /// pairs 8/10 and 2/10, variances 2/81 over 0.16 squared.
    #[test]
    fn a_group_and_its_mirror_by_hand() {
        let mut rows = Vec::new();
        for at in 0..6 {
            rows.push(row(at, 0, EVENT[at], SCORES[at]));
            rows.push(row(10 + at, 1, EVENT[at], -SCORES[at]));
        }
        let got = AurocPermutation::new(&rows, &[true, true]).unwrap().observed();
        let want = 2.0 * 4.0_f64.ln().powi(2) * 0.16 * 0.16 * 81.0 / 2.0;
        assert!((got - want).abs() < 1e-9, "{got} {want}");
    }

    /// With every row twice in its household the variances are the same (36 pairs, of which 30 are won).
    #[test]
    fn copies_in_a_household_carry_no_information() {
        let mut rows = Vec::new();
        for at in 0..12 {
            let (household, of) = (at % 6, at % 6);
            rows.push(row(household, 0, EVENT[of], SCORES[of]));
            rows.push(row(10 + household, 1, EVENT[of], -SCORES[of]));
        }
        let got = AurocPermutation::new(&rows, &[true, true]).unwrap().observed();
        let slope = 30.5 * 6.5 / (37.0 * 37.0);
        let want = 2.0 * (30.5_f64 / 6.5).ln().powi(2) * slope * slope * 81.0 / 2.0;
        assert!((got - want).abs() < 1e-9, "{got} {want}");
    }

    /// Three households of an event and a non-event, of groups (0, 0), (1, 1) and (0, 1); three single events of groups 0,
    /// 0, 1; three single non-events of groups 0, 1, 1.
    fn small(patterns: [usize; 3], event_of_1: usize, non_event_of_0: usize) -> Vec<GroupRow> {
        const PAIRS: [(usize, usize); 3] = [(0, 0), (1, 1), (0, 1)];
        let mut rows = Vec::new();
        for (at, pattern) in patterns.into_iter().enumerate() {
            rows.push(row(at, PAIRS[pattern].0, true, [0.9, 0.35, 0.6][at]));
            rows.push(row(at, PAIRS[pattern].1, false, [0.5, 0.3, 0.7][at]));
        }
        for at in 0..3 {
            rows.push(row(3 + at, usize::from(at == event_of_1), true, [0.8, 0.4, 0.65][at]));
            rows.push(row(6 + at, usize::from(at != non_event_of_0), false, [0.2, 0.45, 0.6][at]));
        }
        rows
    }

    #[test]
    fn the_share_of_deals_is_that_of_all_arrangements_listed() {
        let q = |rows: &[GroupRow]| AurocPermutation::new(rows, &[true, true]).unwrap().observed();
        let observed = q(&small([0, 1, 2], 1, 0));
        let (mut reached, mut all) = (0, 0);
        for patterns in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            for at in 0..9 {
                reached += usize::from(at_least(q(&small(patterns, at / 3, at % 3)), observed));
                all += 1;
            }
        }
        let exact = f64::from(reached as u32) / f64::from(all);
        let test = AurocPermutation::new(&small([0, 1, 2], 1, 0), &[true, true]).unwrap();
        let (mut source, mut room) = (Uniform::new(5), AurocRoom::default());
        let draws = 20_000;
        let hits = (0..draws)
            .filter(|_| at_least(test.draw(&mut room, &mut || source.next()), test.observed()))
            .count();
        let share = hits as f64 / f64::from(draws);
        assert!(exact > 0.05 && exact < 0.95 && (share - exact).abs() < 0.01, "{share} {exact}");
    }

    /// Scores of one fold moved beyond those of the other change nothing; without folds they would.
    #[test]
    fn ranks_are_not_compared_between_folds() {
        let made = |shift: f64, fold: usize| -> Vec<GroupRow> {
            (0..80)
                .map(|i| {
                    let second = i % 4 > 1;
                    let risk = f64::from(i * 37 % 101) / 101.0 + if second { shift } else { 0.0 };
                    let event = (i * 13 + i / 7) % 3 == 0;
                    let at = GroupRow {
                        fold: if second { fold } else { 0 },
                        ..row(i as usize / 3, 0, event, risk)
                    };
                    GroupRow { group: i as usize / 3 % 2, ..at }
                })
                .collect()
        };
        let both = |shift, fold| {
            let test = AurocPermutation::new(&made(shift, fold), &[true, true]).unwrap();
            let mut source = Uniform::new(6);
            [test.observed(), test.draw(&mut AurocRoom::default(), &mut || source.next())]
        };
        let (here, there) = (both(0.0, 3), both(5.0, 3));
        assert!((0..2).all(|i| (here[i] - there[i]).abs() < 1e-12) && here[0] > 0.0);
        assert!((both(5.0, 0)[0] - here[0]).abs() > 1e-6);
    }

    /// `rows` of each of `groups` groups, with AUROC 0.64 in all; where `together`, a household has one row of each group.
    fn alike(rows: usize, groups: usize, together: bool) -> Vec<GroupRow> {
        let of = |at: usize, group: usize| {
            let place = if together { at } else { at * groups + group };
            let event = (place / 3).is_multiple_of(3);
            let risk = (place * 7919 % 1009) as f64 / 1009.0 + if event { 0.2 } else { 0.0 };
            GroupRow { household: place, group, fold: 0, event, risk }
        };
        (0..rows).flat_map(|at| (0..groups).map(move |group| of(at, group))).collect()
    }

    fn share_above(rows: &[GroupRow], limit: f64) -> f64 {
        let test = AurocPermutation::new(rows, &[true; 3]).unwrap();
        let (mut source, mut room) = (Uniform::new(9), AurocRoom::default());
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

    #[test]
    fn undefined_cases() {
        let rows: Vec<GroupRow> = (0..6).map(|i| row(i, 0, EVENT[i], SCORES[i])).collect();
        assert!(AurocPermutation::new(&rows, &[true]).is_err());
        let apart = |i: usize, r: &GroupRow| GroupRow { group: i / 3, fold: usize::from(r.event), ..*r };
        let apart: Vec<GroupRow> = rows.iter().enumerate().map(|(i, r)| apart(i, r)).collect();
        assert!(AurocPermutation::new(&apart, &[true, true]).is_err());
    }
}
