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
mod tests;
