//! Calibration by groups of predicted risk at a time.
//!
//! # Measures
//! Mean prediction and Aalen-Johansen incidence in groups of about equal weight.
//!
//! # Formula
//! Rows from the lowest prediction on; rows of one prediction stay together and go to group `floor(G m / W)`, `m` the weight
//! before them plus half their own. Variance of the incidence and of its difference from the mean prediction from influences
//! summed by household; the interval is symmetric on the complementary log-log scale.
//!
//! # Inputs
//! [`Prepared`] rows, weights, `t`, the number of groups.
//!
//! # Undefined when
//! There are no rows; a group: as the incidence (not followed to `t`). An interval: nobody or everybody had the event.
//!
//! # Reference
//! Austin, Putter, Giardiello and van Klaveren 2022, Diagnostic and Prognostic Research.

use super::super::cumulative_incidence::{cumulative_incidence, with_influence};
use super::super::prepared::Prepared;
use crate::evaluate::Value;
use crate::evaluate::inference::normal::two_sided_critical;

/// How the measure is counted.
pub const CONVENTION: &str =
    "groups of about equal weight, equal predictions together; Aalen-Johansen incidence within the group";

/// One group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Weight of its rows.
    pub weight: f64,
    /// Mean prediction.
    pub predicted: f64,
    /// Incidence by the time.
    pub observed: Value,
    /// Lower and upper end for the incidence.
    pub interval: Result<(f64, f64), &'static str>,
}

/// The group of each row, empty groups left out, and how many there are. O(n).
///
/// # Errors
/// With no rows or no groups.
pub fn groups(
    prepared: &Prepared,
    weights: &[f64],
    groups: usize,
) -> Result<(Vec<usize>, usize), &'static str> {
    let total = prepared.total(weights)?;
    if groups == 0 {
        return Err("there are no groups");
    }
    let mut of_row = vec![0; prepared.exit.len()];
    let (mut before, mut last, mut found, mut from) = (0.0, usize::MAX, 0, 0);
    let order = &prepared.by_prediction;
    while let Some(&first) = order.get(from) {
        let value = prepared.p[first as usize];
        let tied = order[from..].iter().take_while(|row| prepared.p[**row as usize] <= value).count();
        let rows = &order[from..from + tied];
        let own: f64 = rows.iter().map(|row| weights[*row as usize]).sum();
        if own > 0.0 {
            let group = (groups as f64 * (before + own / 2.0) / total) as usize;
            if group != last {
                found += 1;
                last = group;
            }
        }
        for &row in rows {
            of_row[row as usize] = usize::max(found, 1) - 1;
        }
        before += own;
        from += tied;
    }
    Ok((of_row, found))
}

/// Mean prediction and incidence of each of the groups, for replicates. O(n).
///
/// # Errors
/// With no rows or no groups.
pub fn points(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    count: usize,
) -> Result<Vec<(f64, Value)>, &'static str> {
    let (of_row, found) = groups(prepared, weights, count)?;
    let lists = prepared.split(|row| of_row[row], found);
    lists
        .iter()
        .map(|rows| {
            Ok((prepared.mean_prediction(rows, weights)?, cumulative_incidence(prepared, rows, weights, t)))
        })
        .collect()
}

/// The curve with intervals. O(n G).
///
/// # Errors
/// With no rows or no groups.
pub fn curve(
    prepared: &Prepared,
    weights: &[f64],
    t: f64,
    count: usize,
    confidence: f64,
) -> Result<Vec<Group>, &'static str> {
    let z = two_sided_critical(confidence)?;
    let (of_row, found) = groups(prepared, weights, count)?;
    let group = |rows: &Vec<u32>| {
        let weight = rows.iter().map(|row| weights[*row as usize]).sum();
        let predicted = prepared.mean_prediction(rows, weights)?;
        let with = with_influence(prepared, rows, weights, t);
        let interval = with.as_ref().map_err(|reason| *reason).and_then(|(f, influence)| {
            let error = prepared.variance(influence, weights).sqrt();
            if *f <= 0.0 || *f >= 1.0 || error <= 0.0 {
                return Err("nobody or everybody had the event");
            }
            let log = -(1.0 - f).ln();
            let half = z * error / ((1.0 - f) * log);
            let end = |shift: f64| 1.0 - (-log * shift.exp()).exp();
            Ok((end(-half), end(half)))
        });
        Ok(Group { weight, predicted, observed: with.map(|(f, _)| f), interval })
    };
    prepared.split(|row| of_row[row], found).iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::prepared::{Prepared, testing::simulate};
    use super::{curve, points};

    #[test]
    fn ties_stay_together_and_groups_are_plain_shares() {
        let p = [0.1, 0.2, 0.2, 0.2, 0.8, 0.9];
        let rows = Prepared::new(&[1.0; 6], &[0, 1, 0, 0, 1, 2], &p, &[0, 1, 2, 3, 4, 5]).unwrap();
        let found = curve(&rows, &[1.0; 6], 1.0, 2, 0.95).unwrap();
        assert_eq!(found.len(), 2);
        assert!((found[0].weight - 4.0).abs() < 1e-14 && (found[0].predicted - 0.175).abs() < 1e-14);
        assert!(
            (found[0].observed.unwrap() - 0.25).abs() < 1e-14
                && (found[1].observed.unwrap() - 0.5).abs() < 1e-14
        );
        let (lower, upper) = found[0].interval.unwrap();
        assert!(lower > 0.0 && lower < 0.25 && upper > 0.25 && upper < 1.0);
    }

    #[test]
    fn right_predictions_lie_near_the_diagonal() {
        let (exit, cause, p, household) = simulate(8000, 2, 0.0);
        let rows = Prepared::new(&exit, &cause, &p, &household).unwrap();
        for (predicted, observed) in points(&rows, &vec![1.0; 8000], 1.0, 5).unwrap() {
            assert!((predicted - observed.unwrap()).abs() < 0.05);
        }
    }

    #[test]
    fn tied_rows_go_where_their_middle_lies() {
        // The four of .2 begin at weight 1 of 6, but their middle is 3: the upper half.
        let p = [0.1, 0.2, 0.2, 0.2, 0.2, 0.9];
        let rows = Prepared::new(&[1.0; 6], &[1; 6], &p, &[0; 6]).unwrap();
        assert_eq!(super::groups(&rows, &[1.0; 6], 2).unwrap(), (vec![0, 1, 1, 1, 1, 1], 2));
    }
}
