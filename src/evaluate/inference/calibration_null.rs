//! A test that calibration is the same in all groups: observed over expected, in the large, or the slope.
//!
//! # Measures
//! Whether groups differ in how far predicted risks are off by more than chance, when rows come in households.
//!
//! # Formula
//! Score statistic: `Q = sum over groups of (t_g - t)^2 / V_g`: `t_g = S_g / B_g`, t their mean weighed by `1 / V_g`,
//! `S_g` the sum over the group's rows of `(y - m) z`.
//! Observed over expected: m = r p with r the ratio over all groups, z = 1, B = sum of m.
//! In the large: logit m = a + logit p, z = 1, B = sum of m (1 - m).
//! Slope: logit m = intercept of the group + b logit p with one b, z = logit p less its mean weighed by m (1 - m), B =
//! sum of m (1 - m) z^2.
//! `V_g` is the sum over households of squared sums of `(y - m) z` (for the slope, m of lines fitted without the
//! household), drawn toward that of the model (`m (1 - m) z^2`, widened by households as in all groups), over B^2. Null: outcomes are drawn by the line of one slope for all groups
//! and an intercept for each at which the measure is the same in all, siblings alike as they are; Q is taken of each
//! draw. Of groups with at least [`LARGE`] rows of each kind no outcomes are drawn: their `S_g` are drawn as normal, with
//! the variances and covariances that households give, also with the other groups.
//!
//! # Inputs
//! Rows with household, group, outcome and predicted risk. Name the groups left out: those with fewer than 10 rows of
//! either kind.
//!
//! # Undefined when
//! Fewer than two groups are tested; all rows have one outcome; for two of the measures a risk is exactly 0 or 1; for
//! the slope no finite one exists or the risks of each group are all the same.
//!
//! # Reference
//! Cox 1958, Biometrika 45:562 (the line); Lunn and Davies 1998, Biometrika 85:487 (draws of alike siblings: each
//! copies a value hidden in the household with some chance; here the value is uniform and an outcome is whether it is
//! below the row's chance, so that chances may differ between siblings).

use super::calibration_lines::LinePoint;
use super::calibration_terms::{WithoutHousehold, level_terms, log_odds, slope_terms};
use super::large_groups::{CrossProducts, HouseholdSizes, LARGE, LargeGroups};
use super::sibling_copies::copy_chances;
use super::weighted_spread::{GroupEstimate, GroupRow, drawn_toward, tested_rows, weighted_spread};

/// What is compared between groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalibrationMeasure {
    /// Rows with the outcome over the sum of predicted risks, compared as a ratio.
    ObservedOverExpected,
    /// The intercept with the slope held at 1.
    InTheLarge,
    /// The slope.
    Slope,
}

/// The rows and their null model, ready for repeated draws.
#[derive(Clone, Debug)]
pub struct CalibrationNull {
    /// Rows of the groups that are not large, by household and group.
    rows: Vec<NullRow>,
    /// Ends of the rows of one household.
    households: Vec<usize>,
    groups: Vec<NullGroup>,
    /// Sums at the start of a draw: zero, but for large groups as they are.
    fixed: Vec<[f64; 3]>,
    large: LargeGroups,
    /// The chance that a group's hidden value is that of the household.
    link: f64,
    observed: f64,
}

/// A row's chance of the outcome under the null, and what it adds to the statistic with and without it.
#[derive(Clone, Copy, Debug)]
struct NullRow {
    group: usize,
    chance: f64,
    with: f64,
    without: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct NullGroup {
    /// Rows of the rarer kind.
    rarer: f64,
    /// B of the module's formula.
    bread: f64,
    /// Variance of S by the model for independent rows.
    model: f64,
    /// The chance that a row copies its household's hidden value.
    copies: f64,
    sizes: HouseholdSizes,
}

/// Room for the work of one draw.
#[derive(Clone, Debug, Default)]
pub struct CalibrationRoom {
    /// S, the sum of squares over households, and the household at hand, by group.
    sums: Vec<[f64; 3]>,
    normals: Vec<f64>,
}

/// As many rows of the rarer kind as the model's variance weighs against a group's own.
const PRIOR_ROWS: f64 = 20.0;

impl CalibrationNull {
    /// Fits the null to the rows of the groups with `included[group]`, and takes Q of them. O(n log n).
    ///
    /// # Errors
    /// As the module says; also with a group code not covered by `included` or a risk outside [0, 1].
    pub fn new(
        measure: CalibrationMeasure,
        rows: &[GroupRow],
        included: &[bool],
    ) -> Result<Self, &'static str> {
        let (mut rows, groups) = tested_rows(rows, included)?;
        if rows.iter().any(|r| !(0.0..=1.0).contains(&r.risk)) {
            return Err("a predicted risk is not between 0 and 1");
        }
        let certain = rows.iter().any(|r| r.risk <= 0.0 || r.risk >= 1.0);
        if certain && measure != CalibrationMeasure::ObservedOverExpected {
            return Err("a predicted risk of exactly 0 or 1 has no log-odds");
        }
        let events = rows.iter().filter(|r| r.event).count();
        if events == 0 || events == rows.len() {
            return Err("all referrals have the same outcome");
        }
        rows.sort_by_key(|r| (r.household, r.group));
        let points: Vec<LinePoint> = rows
            .iter()
            .map(|r| LinePoint { group: r.group, log_odds: log_odds(r.risk), event: r.event })
            .collect();
        let (means, chances, z) = match measure {
            CalibrationMeasure::Slope => slope_terms(&points, groups)?,
            _ => level_terms(measure, &rows, &points, groups)?,
        };
        let mut of = groups_of(measure, &rows, (&means, &chances, &z), groups);
        if of.iter().any(|g| g.bread <= 0.0) {
            return Err("a group's predicted risks leave nothing to compare");
        }
        let mut households: Vec<usize> =
            (1..rows.len()).filter(|i| rows[*i].household != rows[*i - 1].household).collect();
        households.push(rows.len());
        let (copies, link) = copy_chances(&rows, &chances, &households, groups);
        for (group, copies) in of.iter_mut().zip(copies) {
            group.copies = copies;
        }
        let term = |i: usize, y: f64| (y - means[i]) * z[i];
        let null_row = |(i, row): (usize, &GroupRow)| NullRow {
            group: row.group,
            chance: chances[i],
            with: term(i, 1.0),
            without: term(i, 0.0),
        };
        let null = rows.iter().enumerate().map(null_row).collect();
        let events: Vec<bool> = rows.iter().map(|r| r.event).collect();
        let (fixed, large) = (vec![[0.0; 3]; groups], LargeGroups::default());
        let mut out = Self { rows: null, households, groups: of, fixed, large, link, observed: 0.0 };
        let without = WithoutHousehold::new(&rows, &means, &z, groups);
        let without = (measure == CalibrationMeasure::Slope).then_some(without);
        let (sums, cross) = out.of_outcomes(&events, without.as_ref());
        out.observed = out.spread(&sums);
        out.set_large_apart(&sums, &cross);
        Ok(out)
    }

    /// Keeps the rows of the other groups only; large ones are drawn whole.
    fn set_large_apart(&mut self, sums: &[[f64; 3]], cross: &CrossProducts) {
        let is_large = |(g, s): (&NullGroup, &[f64; 3])| {
            g.sizes.enough_for_normal() && g.rarer / (s[1] / g.model).max(1.0) >= LARGE
        };
        let is_large: Vec<bool> = self.groups.iter().zip(sums).map(is_large).collect();
        for (fixed, sums) in
            self.fixed.iter_mut().zip(sums).zip(&is_large).filter(|(_, l)| **l).map(|(f, _)| f)
        {
            *fixed = [0.0, sums[1], 0.0];
        }
        self.large = LargeGroups::new(&is_large, |a, b| if a == b { sums[a][1] } else { cross.of(a, b) });
        let (mut kept, mut ends, mut start) = (Vec::new(), Vec::new(), 0);
        for end in &self.households {
            kept.extend(self.rows[start..*end].iter().filter(|r| !is_large[r.group]));
            if kept.len() > ends.last().copied().unwrap_or(0) {
                ends.push(kept.len());
            }
            start = *end;
        }
        (self.rows, self.households) = (kept, ends);
    }

    /// Q of the groups as they are.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }

    /// Q of one draw of all outcomes. `uniform` returns numbers in [0, 1). O(rows of groups that are not large).
    pub fn draw(&self, room: &mut CalibrationRoom, uniform: &mut impl FnMut() -> f64) -> f64 {
        room.sums.clone_from(&self.fixed);
        let mut start = 0;
        for end in &self.households {
            let rows = &self.rows[start..*end];
            start = *end;
            if let [row] = rows {
                let term = if uniform() < row.chance { row.with } else { row.without };
                let sums = &mut room.sums[row.group];
                sums[0] += term;
                sums[1] += term * term;
                continue;
            }
            let (of_household, mut hidden, mut group) = (uniform(), 0.0, None);
            for row in rows {
                if group != Some(row.group) {
                    // One number decides whether the group has the household's value and, if not, which.
                    let own = uniform();
                    hidden =
                        if own < self.link { of_household } else { (own - self.link) / (1.0 - self.link) };
                    group = Some(row.group);
                }
                let (copies, drawn) = (self.groups[row.group].copies, uniform());
                // One number decides whether the row copies and, if not, what it draws.
                let value = if drawn < copies { hidden } else { (drawn - copies) / (1.0 - copies) };
                room.sums[row.group][2] += if value < row.chance { row.with } else { row.without };
            }
            close(&mut room.sums, rows);
        }
        let drawn: Vec<f64> = room.sums.iter().map(|s| s[0]).collect();
        let sums = &mut room.sums;
        self.large.draw(
            |group| drawn[group],
            &mut room.normals,
            uniform,
            |group, value| sums[group][0] = value,
        );
        self.spread(&room.sums)
    }

    /// Sums of the outcomes as they are, and products of what households add to two groups. In the variance of the slope
    /// a household's residuals are those about lines fitted without it.
    fn of_outcomes(
        &self,
        events: &[bool],
        without: Option<&WithoutHousehold<'_>>,
    ) -> (Vec<[f64; 3]>, CrossProducts) {
        let mut sums = vec![[0.0; 3]; self.groups.len()];
        let mut totals = vec![0.0; self.groups.len()];
        let mut cross = CrossProducts::new(self.groups.len());
        let (mut start, mut parts) = (0, Vec::new());
        for end in &self.households {
            parts.clear();
            let mut first = start;
            for rows in self.rows[start..*end].chunk_by(|a, b| a.group == b.group) {
                let (group, own) = (rows[0].group, first..first + rows.len());
                first = own.end;
                let terms = rows.iter().zip(&events[own.clone()]);
                let plain: f64 = terms.map(|(row, event)| if *event { row.with } else { row.without }).sum();
                totals[group] += plain;
                sums[group][2] = plain + without.map_or(0.0, |w| w.more(own, group, events));
                parts.push((group, sums[group][2]));
            }
            cross.add(&parts);
            close(&mut sums, &self.rows[start..*end]);
            start = *end;
        }
        for (sums, total) in sums.iter_mut().zip(totals) {
            sums[0] = total;
        }
        (sums, cross)
    }

    fn spread(&self, sums: &[[f64; 3]]) -> f64 {
        let effect = self.household_effect(sums);
        weighted_spread(sums.iter().zip(&self.groups).enumerate().map(|(number, (s, g))| GroupEstimate {
            value: s[0] / g.bread,
            variance: self.variance(effect, s, number) / (g.bread * g.bread),
        }))
    }

    /// How much households widen the sums of all groups; each weighs as its rarer rows do, whatever the size of its
    /// terms.
    fn household_effect(&self, sums: &[[f64; 3]]) -> f64 {
        let (clustered, model) = sums.iter().zip(&self.groups).fold((0.0, 0.0), |t, (s, g)| {
            let weight = g.rarer / g.model.max(f64::MIN_POSITIVE);
            (t.0 + weight * s[1], t.1 + weight * g.model)
        });
        clustered / model
    }

    /// The variance of a group's S.
    fn variance(&self, effect: f64, sums: &[f64; 3], group: usize) -> f64 {
        let group = &self.groups[group];
        drawn_toward(sums[1], effect * group.model, group.rarer, PRIOR_ROWS)
    }
}

/// What each group divides by, of its rows and their terms.
fn groups_of(
    measure: CalibrationMeasure,
    rows: &[GroupRow],
    (means, chances, z): (&[f64], &[f64], &[f64]),
    groups: usize,
) -> Vec<NullGroup> {
    let mut of = vec![NullGroup::default(); groups];
    let mut counts = vec![[0.0_f64; 2]; groups];
    for (i, row) in rows.iter().enumerate() {
        of[row.group].bread += match measure {
            CalibrationMeasure::ObservedOverExpected => means[i],
            CalibrationMeasure::InTheLarge | CalibrationMeasure::Slope => {
                means[i] * (1.0 - means[i]) * z[i] * z[i]
            }
        };
        of[row.group].model += chances[i] * (1.0 - chances[i]) * z[i] * z[i];
        counts[row.group][usize::from(row.event)] += 1.0;
    }
    let sizes = HouseholdSizes::of_rows(rows, groups);
    for ((group, [others, events]), sizes) in of.iter_mut().zip(counts).zip(sizes) {
        group.rarer = events.min(others);
        group.sizes = sizes;
    }
    of
}

/// Takes the sums of the household at hand into those of its groups.
fn close(sums: &mut [[f64; 3]], rows: &[NullRow]) {
    for row in rows {
        let [total, squares, household] = &mut sums[row.group];
        *total += *household;
        *squares += *household * *household;
        *household = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::null_summary::at_least;
    use super::super::test_uniform::Uniform;
    use super::*;
    use CalibrationMeasure::{InTheLarge, ObservedOverExpected, Slope};

    /// 8 of 10 and 2 of 10 came, all at a risk of one half, `copies` alike rows a household.
    fn halves(copies: usize) -> Vec<GroupRow> {
        let row = |at: usize| {
            let event = (at < 8) || (10..12).contains(&at);
            GroupRow { household: at, group: at / 10, fold: 0, event, risk: 0.5 }
        };
        (0..20).flat_map(|at| std::iter::repeat_n(row(at), copies)).collect()
    }

    /// Observed over expected: 3 too many and 3 too few of 5, t = 0.6 and -0.6, variance 10/4 over 25: 2 * 0.36 / 0.1.
    /// In the large: t = 3 / 2.5, variance 2.5 over 2.5 squared. As many as 6 apart of 20 fair coins: 0.0118.
    #[test]
    fn levels_by_hand_and_copies_in_a_household_change_nothing() {
        for measure in [ObservedOverExpected, InTheLarge] {
            for copies in [1, 2] {
                let test = CalibrationNull::new(measure, &halves(copies), &[true, true]).unwrap();
                assert!((test.observed() - 7.2).abs() < 1e-9, "{measure:?} {}", test.observed());
                let (mut source, mut room) = (Uniform::new(7), CalibrationRoom::default());
                let mut draw = || test.draw(&mut room, &mut || source.next());
                let hits = (0..20_000).filter(|_| at_least(draw(), test.observed())).count();
                assert!((hits as f64 / 20_000.0 - 0.0118).abs() < 0.003, "{measure:?} {copies} {hits}");
            }
        }
    }

    /// Risks 1/5 and 4/5; 1 of 3 and 2 of 3 came in group 0, half and 4 of 5 in group 1: slope one half in both. With
    /// 1 of 10 and 4 of 5 in group 1 it is 1.29, apart by 0.79 with a standard error of about 0.34.
    fn lines(low: usize) -> Vec<GroupRow> {
        let mut rows = Vec::new();
        for (group, risk, came, of) in
            [(0, 0.2, 10, 30), (0, 0.8, 20, 30), (1, 0.2, low, 30), (1, 0.8, 24, 30)]
        {
            for at in 0..of {
                rows.push(GroupRow { household: rows.len(), group, fold: 0, event: at < came, risk });
            }
        }
        rows
    }

    #[test]
    fn one_slope_with_two_intercepts_is_no_difference_in_slope_but_one_in_level() {
        let q = |measure, low| CalibrationNull::new(measure, &lines(low), &[true, true]).unwrap().observed();
        assert!(q(Slope, 15) < 1e-12 && q(InTheLarge, 15) > 2.0, "{}", q(InTheLarge, 15));
        assert!(q(Slope, 3) > 4.0 && q(Slope, 3) < 12.0, "{}", q(Slope, 3));
    }

    #[test]
    fn draws_under_equal_slopes_reach_the_chi_square_table() {
        let test = CalibrationNull::new(Slope, &lines(15), &[true, true]).unwrap();
        let (mut source, mut room) = (Uniform::new(8), CalibrationRoom::default());
        let over = (0..4000).filter(|_| test.draw(&mut room, &mut || source.next()) > 3.84).count();
        assert!((120..280).contains(&over), "{over}");
    }

    /// 900 rows of each of three groups at risks of 1/5 and 4/5 that come as often; where `together`, a household has one
    /// row of each group.
    fn many(together: bool) -> Vec<GroupRow> {
        let row = |at: usize, group: usize| {
            let risk = if at.is_multiple_of(2) { 0.2 } else { 0.8 };
            let household = if together { at } else { 3 * at + group };
            GroupRow { household, group, fold: 0, event: (at / 2 % 5 < 1) != (risk > 0.5), risk }
        };
        (0..900).flat_map(|at| (0..3).map(move |group| row(at, group))).collect()
    }

    /// Chi-square with 2 degrees of freedom is above 5.99 in 5 of 100. Groups of the same alike siblings cannot differ.
    #[test]
    fn large_groups_are_drawn_whole_and_together_where_households_span_them() {
        for measure in [ObservedOverExpected, InTheLarge, Slope] {
            let share = |rows: &[GroupRow], limit: f64| {
                let test = CalibrationNull::new(measure, rows, &[true; 3]).unwrap();
                let (mut source, mut room) = (Uniform::new(9), CalibrationRoom::default());
                let mut draw = || test.draw(&mut room, &mut || source.next());
                (0..4000).filter(|_| draw() > limit).count() as f64 / 4000.0
            };
            let mut small = many(false);
            small.retain(|row| row.group < 2 || row.household < 300);
            for rows in [many(false), small] {
                let share = share(&rows, 5.991);
                assert!((share - 0.05).abs() < 0.015, "{measure:?} {share}");
            }
            assert!(share(&many(true), 1e-3) < 1e-9, "{measure:?}");
        }
    }

    /// Two rows of each group a household, alike within a group and not across: then groups differ by chance as two groups of
    /// strangers do. With one likeness for both, draws would hardly differ.
    #[test]
    fn siblings_of_different_groups_are_drawn_as_alike_as_they_are() {
        let row = |household: usize, group: usize| {
            let event = if group == 0 { household.is_multiple_of(2) } else { household % 4 < 2 };
            GroupRow { household, group, fold: 0, event, risk: 0.5 }
        };
        let rows: Vec<GroupRow> =
            (0..80).flat_map(|household| [0, 0, 1, 1].map(|group| row(household, group))).collect();
        let test = CalibrationNull::new(InTheLarge, &rows, &[true, true]).unwrap();
        let (mut source, mut room) = (Uniform::new(10), CalibrationRoom::default());
        let over = (0..4000).filter(|_| test.draw(&mut room, &mut || source.next()) > 3.84).count();
        assert!((120..320).contains(&over), "{over}");
    }

    #[test]
    fn undefined_cases() {
        let new = |measure, rows: &[GroupRow]| CalibrationNull::new(measure, rows, &[true, true]).map(|_| ());
        assert_eq!(new(Slope, &halves(1)), Err("all predicted risks within each group are the same"));
        let mut certain = lines(15);
        certain[0].risk = 1.0;
        assert!(new(Slope, &certain).is_err() && new(InTheLarge, &certain).is_err());
        assert!(new(ObservedOverExpected, &certain).is_ok());
        let never: Vec<GroupRow> = lines(15).iter().map(|r| GroupRow { event: false, ..*r }).collect();
        assert!(new(ObservedOverExpected, &never).is_err());
        let zero: Vec<GroupRow> = lines(15).iter().map(|r| GroupRow { risk: 0.0, ..*r }).collect();
        assert!(new(ObservedOverExpected, &zero).is_err());
    }
}
