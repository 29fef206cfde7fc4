//! Recalibration of each group by itself.
//!
//! # Measures
//! Predicted risks after intercept and slope of each group were set right, as they would be on families who took no part
//! in that.
//!
//! # Formula
//! Households are dealt at random into two halves. For each group, the line of [`Logistic`] is learned on one half's
//! rows of the group and applied to the other's, and the other way round, so that nobody's risk is moved by the answers
//! of their own household.
//!
//! # Inputs
//! Predicted risk in [0, 1], outcome, group and household of each tested row.
//!
//! # Undefined when
//! A group keeps its risks where one half has fewer than [`FEWEST`] rows with or without the outcome, or its line
//! cannot be fitted.
//!
//! # Reference
//! The line: see [`Logistic`]. Cross-fitting by halves is how a fit is tested on rows that it has not seen.

use rand::RngExt;

use crate::evaluate::FEWEST;
use crate::evaluate::recalibration::logistic::Logistic;
use crate::num::seed;

/// Tested rows.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Predicted risk.
    pub p: &'a [f64],
    /// Whether the outcome came.
    pub y: &'a [bool],
    /// Group, from 0.
    pub group: &'a [u16],
    /// Household, from 0.
    pub household: &'a [u32],
}

/// The moved risks, row by row.
#[must_use]
pub fn group_recalibration(rows: Rows<'_>, root: u64) -> Vec<f64> {
    let households = rows.household.iter().max().map_or(0, |last| *last as usize + 1);
    let mut stream = seed::stream(root, "what-if/halves");
    let half: Vec<usize> = (0..households).map(|_| stream.random_range(0..2_usize)).collect();
    let groups = rows.group.iter().max().map_or(0, |last| usize::from(*last) + 1);
    let mut members = vec![[const { Vec::<usize>::new() }; 2]; groups];
    for (row, (group, household)) in rows.group.iter().zip(rows.household).enumerate() {
        members[usize::from(*group)][half[*household as usize]].push(row);
    }
    let mut out = rows.p.to_vec();
    for halves in &members {
        let [Ok(first), Ok(second)] = [0, 1].map(|h| learn(rows, &halves[h])) else { continue };
        for (line, others) in [(first, &halves[1]), (second, &halves[0])] {
            for row in others {
                out[*row] = line.apply(rows.p[*row]);
            }
        }
    }
    out
}

fn learn(rows: Rows<'_>, members: &[usize]) -> Result<Logistic, &'static str> {
    let p: Vec<f64> = members.iter().map(|row| rows.p[*row]).collect();
    let y: Vec<bool> = members.iter().map(|row| rows.y[*row]).collect();
    let with = y.iter().filter(|y| **y).count() as u64;
    if with < FEWEST || y.len() as u64 - with < FEWEST {
        return Err("too few rows with or without the outcome");
    }
    Logistic::learn(&p, &y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 households of one row; group 1 comes back twice as often as its risks say.
    fn world() -> (Vec<f64>, Vec<bool>, Vec<u16>, Vec<u32>) {
        let rows = (0..400_u32).map(|i| {
            let (group, step) = (u16::from(i % 2 == 1), i / 2 % 20);
            let risk = 0.1 + 0.2 * f64::from(step % 2);
            let every = if step % 2 == 0 { 10 } else { 3 };
            let came = (i / 40) % every < if group == 1 { 2 } else { 1 };
            (risk, came, group, i)
        });
        let (mut p, mut y, mut group, mut household) = (vec![], vec![], vec![], vec![]);
        for (risk, came, g, i) in rows {
            p.push(risk);
            y.push(came);
            group.push(g);
            household.push(i);
        }
        (p, y, group, household)
    }

    #[test]
    fn a_group_with_wrong_risks_is_set_right_and_small_groups_are_left_alone() {
        let (p, y, mut group, household) = world();
        group[0] = 2;
        let out = group_recalibration(Rows { p: &p, y: &y, group: &group, household: &household }, 5);
        let ratio = |p: &[f64], of: u16| {
            let mine = (0..p.len()).filter(|i| group[*i] == of);
            mine.clone().filter(|i| y[*i]).count() as f64 / mine.map(|i| p[i]).sum::<f64>()
        };
        assert!(
            ratio(&p, 1) > 1.6 && (ratio(&out, 1) - 1.0).abs() < 0.1,
            "{} {}",
            ratio(&p, 1),
            ratio(&out, 1)
        );
        assert!((out[0] - p[0]).abs() < 1e-15);
    }

    #[test]
    fn nobody_is_moved_by_the_answers_of_their_own_household() {
        let (p, mut y, group, _) = world();
        // Households of four rows.
        let household: Vec<u32> = (0..100).flat_map(|h| [h; 4]).collect();
        let before = group_recalibration(Rows { p: &p, y: &y, group: &group, household: &household }, 5);
        y[40..44].iter_mut().for_each(|y| *y = !*y);
        let after = group_recalibration(Rows { p: &p, y: &y, group: &group, household: &household }, 5);
        assert_eq!(before[40..44], after[40..44]);
        assert_ne!(before, after);
    }
}
