//! A test that a mean over rows is the same in all groups.
//!
//! # Measures
//! Whether the means of a number that every row has (predicted risk, squared error, what a flag gains or costs) differ
//! between groups by more than chance, when rows come in households.
//!
//! # Formula
//! `Q = sum over groups of (t_g - t)^2 / V_g`: `t_g` a group's mean, for numbers in [0, 1] its log-odds (one row with the mean
//! of all being added), t their mean weighed by `1 / V_g`, `V_g` by the delta method from the sum over households of the
//! squared sum of distances from the group's mean, drawn a little toward the variance that all groups have in common.
//! Null: labels dealt anew ([`HouseholdDeal`]) to blocks, a block being a household's rows of one group, among households
//! with as many blocks of as many rows; Q taken of each deal. The test is exact where groups have the same numbers; it holds
//! nearly where they only have the same mean. Small groups are so compared given the make-up of their households: a gap that
//! goes with the size of households alone does not count for them. Labels of large groups are not dealt: their means are drawn as normal, with the
//! variances and covariances that households give, also with the dealt groups. A group is large with
//! [`LARGE`](super::large_groups::LARGE) rows, divided by how much households widen its error and by the kurtosis of its
//! numbers (for a share near 0 or 1, with about as many rows of the rarer kind).
//!
//! # Inputs
//! Rows with household, group and number; leave out rows that the mean is not taken of, and name the groups left out.
//!
//! # Undefined when
//! Fewer than two groups are tested, all numbers are the same, or of a group that is not large more than half of the rows are
//! in households that have no like among the other groups'.
//!
//! # Reference
//! Janssen 1997, Statistics and Probability Letters 36:9 (dealing labels keeps its size where variances differ, if the
//! statistic is studentised); Chung and Romano 2013, Annals of Statistics 41:484 (several groups).

use super::household_deal::{DealRoom, FIXED, HouseholdDeal, LEAST_DEALT};
use super::large_groups::{CrossProducts, LargeGroups, standard_normal};
pub use super::mean_blocks::ValueRow;
use super::mean_blocks::{Block, Sums, blocks, large};
use super::weighted_spread::{GroupEstimate, drawn_toward, tested_codes, weighted_spread};

/// As many rows as the mean and variance common to all groups weigh against a group's own: a group in which no row differs
/// still has an error, and the log-odds of a mean of 0 are finite.
const PRIOR_ROWS: f64 = 1.0;

/// Rows that a mean needs: with 10 to 20, as skewed as risks are, a fair model was accused 7 times in 100.
pub const LEAST_ROWS: usize = 20;

/// Which of the groups in `included` also have [`LEAST_ROWS`] of these rows.
#[must_use]
pub fn with_enough_rows(rows: &[ValueRow], included: &[bool]) -> Vec<bool> {
    let of = |group: usize| rows.iter().filter(|row| row.group == group).count();
    included.iter().enumerate().map(|(group, included)| *included && of(group) >= LEAST_ROWS).collect()
}

/// The scale on which means are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As they are.
    Plain,
    /// As log-odds, for numbers in [0, 1] with some above 0 and some below 1: there the error of a mean near 0 or 1 hangs
    /// less on how high the mean happens to be.
    LogOdds,
}

/// The rows, ready for repeated deals.
#[derive(Clone, Debug)]
pub struct MeanPermutation {
    scale: Scale,
    deal: HouseholdDeal,
    /// A household's rows of one group, in the order of the deal.
    blocks: Vec<Block>,
    /// The mean of all rows.
    mean: f64,
    /// Sums at the start of a draw: zero, but for large groups as they are.
    fixed: Vec<Sums>,
    large: LargeGroups,
    /// Standard error of the mean of all groups, on the scale.
    error: f64,
    observed: f64,
}

/// Room for the work of one deal.
#[derive(Clone, Debug, Default)]
pub struct MeanRoom {
    deal: DealRoom,
    sums: Vec<Sums>,
    parts: Vec<(u16, Block)>,
    estimates: Vec<GroupEstimate>,
    normals: Vec<f64>,
}

impl MeanPermutation {
    /// Lists the rows of the groups with `included[group]`, and takes Q of them. O(n log n).
    ///
    /// # Errors
    /// As the module says; also with a group code not covered by `included`, a number that is not finite or not on the
    /// scale, or more than a thousand million rows or 65,535 groups.
    pub fn new(scale: Scale, rows: &[ValueRow], included: &[bool]) -> Result<Self, &'static str> {
        let within = |value: f64| match scale {
            Scale::Plain => value.is_finite(),
            Scale::LogOdds => (0.0..=1.0).contains(&value),
        };
        if rows.iter().any(|row| !within(row.value)) {
            return Err("a number is not finite, or not between 0 and 1");
        }
        let (code, groups) = tested_codes(rows.iter().map(|row| row.group), included)?;
        let rows: Vec<ValueRow> =
            rows.iter().filter_map(|row| Some(ValueRow { group: code[row.group]?, ..*row })).collect();
        if rows.len() >= 1 << 30 || groups > usize::from(u16::MAX) {
            return Err("too many rows or groups");
        }
        let first = rows.first().map_or(0.0, |r| r.value);
        if rows.iter().all(|r| (r.value - first).abs() <= f64::EPSILON * first.abs()) {
            return Err("the number is the same for all referrals");
        }
        let mean = rows.iter().map(|r| r.value).sum::<f64>() / rows.len() as f64;
        let (deal, blocks) = blocks(&rows, mean);
        let mut sums = vec![Sums::default(); groups];
        for row in &deal.as_they_are.0 {
            sums[usize::from(row.label)].add(blocks[row.place as usize]);
        }
        let is_large = large(&rows, mean, &sums);
        let dealt = deal.share_dealt(groups, f64::from);
        if dealt.iter().zip(&is_large).any(|(share, large)| !large && *share < LEAST_DEALT) {
            return Err(FIXED);
        }
        let mut made = Self {
            scale,
            deal,
            blocks,
            mean,
            fixed: vec![],
            large: LargeGroups::default(),
            error: 0.0,
            observed: 0.0,
        };
        let mut estimates = Vec::new();
        made.spread_out(&sums, &mut estimates);
        made.observed = weighted_spread(estimates.iter().copied());
        if is_large.contains(&true) {
            let precision: f64 = estimates.iter().map(|e| 1.0 / e.variance).filter(|p| p.is_finite()).sum();
            made.error = precision.powf(-0.5);
            made.large = made.large_groups(&sums, &is_large);
        }
        let start = |(sums, large): (&Sums, &bool)| if *large { *sums } else { Sums::default() };
        made.fixed = sums.iter().zip(&is_large).map(start).collect();
        made.deal.only(|label| !is_large[usize::from(label)]);
        Ok(made)
    }

    /// How the means of large groups vary together and with the others.
    fn large_groups(&self, sums: &[Sums], is_large: &[bool]) -> LargeGroups {
        let mut cross = CrossProducts::new(sums.len());
        let (rows, ends) = &self.deal.as_they_are;
        let (mut start, mut parts) = (0, Vec::new());
        for end in ends {
            parts.clear();
            parts.extend(rows[start..*end as usize].iter().map(|row| {
                let (group, block) = (usize::from(row.label), self.blocks[row.place as usize]);
                (group, block.sum - block.rows * sums[group].mean())
            }));
            cross.add(&parts);
            start = *end as usize;
        }
        LargeGroups::new(is_large, |a, b| {
            let products = if a == b { sums[a].clustered() } else { cross.of(a, b) };
            let width = |g: usize| sums[g].all.rows * self.on_scale(&sums[g]).1;
            products / (width(a) * width(b))
        })
    }

    /// Q of the groups as they are.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Q of one deal, the groups being equal in all but chance. `uniform` returns numbers in [0, 1). O(households with a
    /// row of a group that is not large).
    pub fn draw(&self, room: &mut MeanRoom, uniform: &mut impl FnMut() -> f64) -> f64 {
        room.sums.clone_from(&self.fixed);
        let (sums, parts) = (&mut room.sums, &mut room.parts);
        self.deal.deal(&mut room.deal, uniform, |household| {
            parts.clear();
            for row in household.filter(|row| self.fixed[usize::from(row.label)].all.rows <= 0.0) {
                let block = self.blocks[row.place as usize];
                match parts.iter_mut().find(|(label, _)| *label == row.label) {
                    Some((_, part)) => part.add(block),
                    None => parts.push((row.label, block)),
                }
            }
            for (label, part) in parts.iter() {
                sums[usize::from(*label)].add(*part);
            }
        });
        self.spread_out(&room.sums, &mut room.estimates);
        // Groups dealt from the rows of all vary about the mean of these rows, and large groups about the true one: apart
        // they would be too close together.
        let centre = self.value(self.mean);
        let truth = centre + self.error * standard_normal(uniform);
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

    fn value(&self, mean: f64) -> f64 {
        match self.scale {
            Scale::Plain => mean,
            Scale::LogOdds => (mean / (1.0 - mean)).ln(),
        }
    }

    /// The mean of a group on the scale, and how much the mean rises for a unit of it.
    fn on_scale(&self, sums: &Sums) -> (f64, f64) {
        match self.scale {
            Scale::Plain => (self.mean + sums.mean(), 1.0),
            Scale::LogOdds => {
                let mean = self.mean + sums.all.sum / (sums.all.rows + PRIOR_ROWS);
                (self.value(mean), mean * (1.0 - mean))
            }
        }
    }

    /// Means and their variances, one a group; a group without rows has variance 0. Common to all is the spread about the
    /// mean of all, times how much households widen an error: so two groups of constant numbers have an error too.
    fn spread_out(&self, sums: &[Sums], estimates: &mut Vec<GroupEstimate>) {
        let (mut rows, mut squares) = (0.0, 0.0);
        let (mut single, mut clustered) = (0.0, 0.0);
        for s in sums.iter().filter(|s| s.all.rows > 0.0) {
            rows += s.all.rows;
            squares += s.all.squares;
            single += s.single();
            clustered += s.clustered();
        }
        let effect = if single > 0.0 { clustered / single } else { 1.0 };
        let common = effect * squares / rows;
        estimates.clear();
        estimates.extend(sums.iter().map(|s| {
            let n = s.all.rows;
            if n <= 0.0 {
                return GroupEstimate::default();
            }
            let variance = drawn_toward(s.clustered() / (n * n), common / n, n, PRIOR_ROWS);
            let (value, slope) = self.on_scale(s);
            GroupEstimate { value, variance: variance / (slope * slope) }
        }));
    }
}

#[cfg(test)]
mod tests {
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
        let mut pairs =
            [row(0, 0, 1.0), row(1, 0, 2.0), row(0, 0, 3.0), row(2, 1, 4.0), row(3, 1, 6.0)].to_vec();
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
        let hits = (0..draws)
            .filter(|_| at_least(test.draw(&mut room, &mut || source.next()), test.observed()))
            .count();
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
}
