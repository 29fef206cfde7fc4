//! The Hosmer-Lemeshow goodness-of-fit test.
//!
//! Historic: reported for comparison with old papers only. The answer depends on how the groups are made,
//! gives no direction or size of miscalibration, and with enough rows rejects any model (Kramer and Zimmerman
//! 2007, Critical Care Medicine 35:2052).

use super::{Point, point};
use crate::evaluate::inference::chi_square;

/// Whether the model was fitted to the very rows it is tested on; decides the degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestedOn {
    /// The rows the model was fitted to: groups - 2 degrees of freedom.
    FittedRows,
    /// Other rows (external validation): as many degrees of freedom as groups.
    OtherRows,
}

/// The result of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HosmerLemeshow {
    /// The chi-square statistic, at least 0.
    pub statistic: f64,
    /// The number of non-empty groups; ties can make it smaller than asked for.
    pub groups: u32,
    /// The degrees of freedom.
    pub degrees_of_freedom: f64,
    /// The upper tail of the chi-square distribution.
    pub p_value: f64,
}

/// One group of risk.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    rows: f64,
    events: f64,
    expected_events: f64,
    expected_non_events: f64,
}

/// Tests the agreement of observed and expected events in groups of equal numbers of rows.
///
/// Formula: sum over groups of (O - E)^2 / E + (O' - E')^2 / E' for events and non-events. Group borders are
/// the quantiles of the risk (R `cut(p, quantile(p, 0:g/g), include.lowest = TRUE)`, type 7), rows tied on a
/// border all going to the lower group. Hosmer and Lemeshow 1980 (Communications in Statistics A9:1043).
///
/// Inputs: points of whole numbers of rows; `groups` is 10 by custom. Undefined where a group expects no
/// events or no non-events and yet has one, or where no degree of freedom is left. Cost: O(points).
pub fn test(points: &[Point], groups: u32, tested_on: TestedOn) -> Result<HosmerLemeshow, &'static str> {
    let formed = form(points, groups)?;
    let mut statistic = 0.0;
    for group in &formed {
        statistic += part(group.events, group.expected_events)?;
        statistic += part(group.rows - group.events, group.expected_non_events)?;
    }
    let count = u32::try_from(formed.len()).unwrap_or(u32::MAX);
    let used = match tested_on {
        TestedOn::FittedRows => 2,
        TestedOn::OtherRows => 0,
    };
    let degrees_of_freedom = f64::from(count) - f64::from(used);
    if degrees_of_freedom < 1.0 {
        return Err("too few groups of different predicted risk");
    }
    let p_value = chi_square::upper_tail(statistic, degrees_of_freedom)?;
    Ok(HosmerLemeshow { statistic, groups: count, degrees_of_freedom, p_value })
}

/// The non-empty groups between quantiles of the risk.
///
/// The k-th border lies from the risk of row floor((n - 1) k / g) up to, but not at, the next distinct risk,
/// so group membership needs no interpolated quantile and no comparison of rounded numbers.
fn form(points: &[Point], groups: u32) -> Result<Vec<Group>, &'static str> {
    let total = point::whole_totals(points)?;
    if groups == 0 {
        return Err("no groups");
    }
    let mut formed = Vec::new();
    let mut rest = points.iter().filter(|point| point.rows > 0.0).peekable();
    let mut rows_before = 0.0;
    for number in 1..=groups {
        let last_row = ((total.rows - 1.0) * f64::from(number) / f64::from(groups)).floor();
        let mut group = Group::default();
        while let Some(point) = rest.next_if(|_| rows_before <= last_row) {
            rows_before += point.rows;
            group.rows += point.rows;
            group.events += point.events;
            group.expected_events += point.rows * point.p;
            group.expected_non_events += point.rows * (1.0 - point.p);
        }
        if group.rows > 0.0 {
            formed.push(group);
        }
    }
    Ok(formed)
}

/// (observed - expected)^2 / expected, 0 where both are 0.
fn part(observed: f64, expected: f64) -> super::Value {
    if expected > 0.0 {
        let difference = observed - expected;
        Ok(difference * difference / expected)
    } else if observed > 0.0 {
        Err("a group has events or non-events where none is expected")
    } else {
        Ok(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: &[(f64, f64, f64)]) -> Vec<Point> {
        rows.iter().map(|&(p, rows, events)| Point { p, rows, events }).collect()
    }

    #[test]
    fn three_groups_by_hand() {
        // Expected 1, 5, 9 of 10; observed 2, 4, 9.
        let found =
            test(&points(&[(0.1, 10.0, 2.0), (0.5, 10.0, 4.0), (0.9, 10.0, 9.0)]), 3, TestedOn::FittedRows);
        let found = found.unwrap();
        assert!((found.statistic - (1.0 + 1.0 / 9.0 + 0.2 + 0.2)).abs() < 1e-12);
        assert_eq!(found.groups, 3);
        assert!((found.degrees_of_freedom - 1.0).abs() < 1e-15);
        // scipy 1.17.1: chi2.sf(1 + 1/9 + 0.4, 1).
        assert!((found.p_value - 0.218_969_618_938_275_4).abs() < 1e-12);
    }

    #[test]
    fn rows_tied_on_a_border_stay_together() {
        // Borders at rows floor(9 k / 2): the fifth row is one of five tied at 0.5, all in the first group.
        let formed = form(&points(&[(0.1, 2.0, 0.0), (0.5, 5.0, 1.0), (0.9, 3.0, 3.0)]), 2).unwrap();
        let rows: Vec<f64> = formed.iter().map(|group| group.rows).collect();
        assert_eq!(rows, [7.0, 3.0]);
    }

    #[test]
    fn groups_follow_the_quantiles_of_r() {
        // By hand: the quartiles of 1 to 11 are 3.5, 6 and 8.5, so right-closed groups have 3, 3, 2 and 3
        // rows.
        let eleven: Vec<(f64, f64, f64)> = (1..=11).map(|i| (f64::from(i) / 20.0, 1.0, 0.0)).collect();
        let formed = form(&points(&eleven), 4).unwrap();
        let rows: Vec<f64> = formed.iter().map(|group| group.rows).collect();
        assert_eq!(rows, [3.0, 3.0, 2.0, 3.0]);
    }

    #[test]
    fn the_degrees_of_freedom_need_enough_groups() {
        let one = points(&[(0.5, 10.0, 4.0)]);
        assert!(test(&one, 10, TestedOn::FittedRows).is_err());
        assert_eq!(test(&one, 10, TestedOn::OtherRows).unwrap().groups, 1);
        assert_eq!(test(&one, 0, TestedOn::OtherRows), Err("no groups"));
    }

    #[test]
    fn certain_risks_count_only_where_they_are_wrong() {
        let right = points(&[(0.0, 5.0, 0.0), (0.5, 4.0, 2.0), (1.0, 5.0, 5.0)]);
        let found = test(&right, 3, TestedOn::OtherRows).unwrap();
        assert!(found.statistic.abs() < 1e-15);
        let wrong = points(&[(0.0, 5.0, 1.0), (0.5, 4.0, 2.0), (1.0, 5.0, 5.0)]);
        assert!(test(&wrong, 3, TestedOn::OtherRows).is_err());
    }
}
