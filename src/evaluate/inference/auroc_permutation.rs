//! A test that scores rank as well (AUROC) in all groups.
//!
//! # Measures
//! Whether the AUROCs of several groups differ by more than chance, when rows come in households.
//!
//! # Formula
//! `Q = sum over groups of (L_g - L)^2 / V_g`, L_g the log-odds of the AUROC by pairs within folds summed over folds
//! (half a pair won and half lost being added), L their mean weighed by 1/V_g, V_g the sum over households of the
//! squared influence on L_g (with one fold Obuchowski's variance by the delta method, without its small factors
//! I/(I-1)), drawn a little toward the variance that all groups have in common. Null: labels of groups dealt anew among
//! households with as many rows with and without the outcome ([`HouseholdDeal`]), Q taken of each deal. The test is exact
//! where, given the outcomes, groups have the same scores; it holds nearly where they only have the same AUROC.
//!
//! # Inputs
//! Rows with household, group, fold, outcome and score. Name the groups left out: those with fewer than 10 rows of
//! either kind.
//!
//! # Undefined when
//! Fewer than two groups are tested, or a group has no fold with both kinds.
//!
//! # Reference
//! Chung and Romano 2013, Annals of Statistics 41:484 (a studentised statistic makes a permutation test hold where
//! groups differ in more than the measure); Pauly, Asendorf and Konietschke 2016, Biometrical Journal 58:1319 (for the
//! AUROC); Obuchowski 1997, Biometrics 53:567 (households).

use super::household_deal::HouseholdDeal;
use super::weighted_spread::{GroupEstimate, GroupRow, drawn_toward, tested_rows, weighted_spread};

/// As many rows of the rarer kind as the variance common to all groups weighs against a group's own. With 20 a fair
/// model was accused 7 times in 100 where scores of events spread wider in small groups, with 1 five and a half.
const PRIOR_ROWS: f64 = 1.0;

/// The rows, ready for repeated deals.
#[derive(Clone, Debug)]
pub struct AurocPermutation {
    deal: HouseholdDeal,
    groups: usize,
    folds: usize,
    /// Rows by fold and rising score: place in household order, times four; plus two for an event; plus one where the
    /// score is above the one before or the fold another.
    sorted: Vec<u32>,
    /// End of each fold in `sorted`.
    ends: Vec<usize>,
    /// Fold of each place in household order, and whether it is an event.
    fold_at: Vec<u16>,
    event_at: Vec<bool>,
    /// Events and non-events of each group.
    kinds: Vec<[f64; 2]>,
    observed: f64,
}

/// Room for the work of one deal.
#[derive(Clone, Debug, Default)]
pub struct AurocRoom {
    labels: Vec<u16>,
    order: Vec<u32>,
    /// Of each place: for an event the non-events of its group and fold below it, for a non-event minus the events
    /// below it; ties half.
    beaten: Vec<f32>,
    /// Events and non-events by fold and group.
    kinds: Vec<[f32; 2]>,
    sums: Vec<Sums>,
}

/// One group's sums in one deal.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Events and non-events passed so far in a fold, and those of the run of tied rows at hand.
    passed: [f32; 2],
    tied: [f32; 2],
    concordant: f64,
    pairs: f64,
    /// The household at hand.
    household: f64,
    clustered: f64,
    /// Sums of squares over events and over non-events.
    squares: [f64; 2],
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
        let listed: Vec<(usize, bool, u16)> =
            rows.iter().map(|r| (r.household, r.event, r.group as u16)).collect();
        let deal = HouseholdDeal::new(&listed);
        let at = |place: usize| &rows[deal.row_at[place] as usize];
        let mut places: Vec<u32> = (0..rows.len() as u32).collect();
        let key = |place: &u32| {
            let row = at(*place as usize);
            (row.fold, row.risk)
        };
        places.sort_by(|a, b| {
            let ((fold, risk), (other, against)) = (key(a), key(b));
            fold.cmp(&other).then(risk.total_cmp(&against))
        });
        let (mut sorted, mut ends, mut before) = (Vec::with_capacity(places.len()), Vec::new(), None);
        for place in &places {
            let (fold, risk) = key(place);
            let opens = before.is_none_or(|(f, r)| f != fold || r < risk);
            if before.is_some_and(|(f, _)| f != fold) {
                ends.push(sorted.len());
            }
            sorted.push(place << 2 | u32::from(at(*place as usize).event) << 1 | u32::from(opens));
            before = Some((fold, risk));
        }
        ends.push(sorted.len());
        let mut kinds = vec![[0.0; 2]; groups];
        for row in &rows {
            kinds[row.group][usize::from(!row.event)] += 1.0;
        }
        let fold_at = (0..rows.len()).map(|p| at(p).fold as u16).collect();
        let event_at = (0..rows.len()).map(|p| at(p).event).collect();
        let mut out = Self { groups, folds, sorted, ends, fold_at, event_at, kinds, observed: 0.0, deal };
        let mut room = AurocRoom { labels: out.deal.labels.clone(), ..AurocRoom::default() };
        out.observed = out.statistic(&mut room);
        if room.sums.iter().any(|s| s.pairs <= 0.0) {
            return Err("a group has no fold with both kinds of referral");
        }
        Ok(out)
    }

    /// Q of the groups as they are.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Q of one deal, the groups being equal in all but chance. `uniform` returns numbers in [0, 1). O(n).
    pub fn draw(&self, room: &mut AurocRoom, uniform: &mut impl FnMut() -> f64) -> f64 {
        self.deal.deal(&mut room.labels, &mut room.order, uniform);
        self.statistic(room)
    }

    fn statistic(&self, room: &mut AurocRoom) -> f64 {
        room.sums.clear();
        room.sums.resize(self.groups, Sums::default());
        room.kinds.clear();
        room.beaten.resize(self.sorted.len(), 0.0);
        let mut start = 0;
        for end in &self.ends {
            self.fold(&self.sorted[start..*end], room);
            start = *end;
        }
        self.households(room);
        self.spread(&room.sums)
    }

    /// Counts pairs within one fold.
    fn fold(&self, rows: &[u32], room: &mut AurocRoom) {
        let mut run = 0;
        while run < rows.len() {
            let length = 1 + rows[run + 1..].iter().take_while(|r| **r & 1 == 0).count();
            let tied = &rows[run..run + length];
            run += length;
            if let [row] = tied {
                let place = (row >> 2) as usize;
                let sums = &mut room.sums[usize::from(room.labels[place])];
                let event = row & 2 != 0;
                room.beaten[place] = if event { sums.passed[1] } else { -sums.passed[0] };
                sums.passed[usize::from(!event)] += 1.0;
                continue;
            }
            for row in tied {
                let sums = &mut room.sums[usize::from(room.labels[(row >> 2) as usize])];
                sums.tied[usize::from(row & 2 == 0)] += 1.0;
            }
            for row in tied {
                let place = (row >> 2) as usize;
                let sums = &room.sums[usize::from(room.labels[place])];
                let below = |kind: usize| sums.passed[kind] + 0.5 * sums.tied[kind];
                room.beaten[place] = if row & 2 != 0 { below(1) } else { -below(0) };
            }
            for sums in &mut room.sums {
                for kind in 0..2 {
                    sums.passed[kind] += sums.tied[kind];
                }
                sums.tied = [0.0; 2];
            }
        }
        for sums in &mut room.sums {
            sums.pairs += f64::from(sums.passed[0]) * f64::from(sums.passed[1]);
            room.kinds.push(sums.passed);
            sums.passed = [0.0; 2];
        }
    }

    /// Adds up influences by household and group.
    fn households(&self, room: &mut AurocRoom) {
        for (place, beaten) in room.beaten.iter().enumerate() {
            if self.event_at[place] {
                room.sums[usize::from(room.labels[place])].concordant += f64::from(*beaten);
            }
        }
        // What a row of a kind, fold and group is expected to beat.
        let fold_of = self.present_folds();
        let area: Vec<f64> = room.sums.iter().map(|s| s.concordant / s.pairs.max(1.0)).collect();
        let expected: Vec<[f64; 2]> = room
            .kinds
            .iter()
            .enumerate()
            .map(|(at, kinds)| {
                let area = area[at % self.groups];
                [area * f64::from(kinds[1]), (area - 1.0) * f64::from(kinds[0])]
            })
            .collect();
        for bounds in self.deal.starts.windows(2) {
            let places = bounds[0] as usize..bounds[1] as usize;
            for place in places.clone() {
                let (group, kind) = (usize::from(room.labels[place]), usize::from(!self.event_at[place]));
                let fold = fold_of[usize::from(self.fold_at[place])];
                let influence = f64::from(room.beaten[place]) - expected[fold * self.groups + group][kind];
                let sums = &mut room.sums[group];
                sums.household += influence;
                sums.squares[kind] += influence * influence;
            }
            for place in places {
                let sums = &mut room.sums[usize::from(room.labels[place])];
                sums.clustered += sums.household * sums.household;
                sums.household = 0.0;
            }
        }
    }

    /// Place of each fold's code among the folds that have rows.
    fn present_folds(&self) -> Vec<usize> {
        let mut place = vec![0; self.folds];
        let mut start = 0;
        for (number, end) in self.ends.iter().enumerate() {
            let first = (self.sorted[start] >> 2) as usize;
            place[usize::from(self.fold_at[first])] = number;
            start = *end;
        }
        place
    }

    fn spread(&self, sums: &[Sums]) -> f64 {
        let usable = || sums.iter().zip(&self.kinds).filter(|(s, _)| s.pairs > 0.0);
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
        let estimates = usable().map(|(s, kinds)| {
            let ordinary: f64 = (0..2).map(|kind| common[kind] / rows[kind] / kinds[kind]).sum();
            let own = s.clustered / (s.pairs * s.pairs);
            let variance = drawn_toward(own, effect * ordinary, kinds[0].min(kinds[1]), PRIOR_ROWS);
            // Half a pair won and half lost keep an area of 1 finite on the log-odds scale.
            let area = (s.concordant + 0.5) / (s.pairs + 1.0);
            let slope = area * (1.0 - area);
            GroupEstimate { value: (area / (1.0 - area)).ln(), variance: variance / (slope * slope) }
        });
        weighted_spread(estimates)
    }
}

#[cfg(test)]
mod tests {
    use super::super::null_summary::at_least;
    use super::super::test_uniform::Uniform;
    use super::*;

    const EVENT: [bool; 6] = [true, true, false, true, false, false];
    const SCORES: [f64; 6] = [0.9, 0.6, 0.6, 0.5, 0.3, 0.1];

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

    #[test]
    fn undefined_cases() {
        let rows: Vec<GroupRow> = (0..6).map(|i| row(i, 0, EVENT[i], SCORES[i])).collect();
        assert!(AurocPermutation::new(&rows, &[true]).is_err());
        let apart = |i: usize, r: &GroupRow| GroupRow { group: i / 3, fold: usize::from(r.event), ..*r };
        let apart: Vec<GroupRow> = rows.iter().enumerate().map(|(i, r)| apart(i, r)).collect();
        assert!(AurocPermutation::new(&apart, &[true, true]).is_err());
    }
}
