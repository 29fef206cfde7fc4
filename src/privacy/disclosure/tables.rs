//! Two-by-two tables (flagged or not, came back or not) behind the measures at a capacity, and the curve they draw.

use super::levels::SLACK;
use super::rows::behind;
use crate::evaluate::{Row, Status};

/// The measures that together give away the whole two-by-two table.
const AT_CAPACITY: [&str; 14] = [
    "ppv",
    "ppv-worst",
    "ppv-best",
    "lift",
    "false-discovery-rate",
    "npv",
    "false-omission-rate",
    "sensitivity",
    "missed-share",
    "false-positive-rate",
    "selection-rate",
    "net-benefit",
    "standardised-net-benefit",
    "interventions-avoided",
];

/// Measures that depend on the order of tied rows.
const BY_ORDER_OF_TIES: [&str; 2] = ["ppv-worst", "ppv-best"];

/// Whether a row is one of the measures of a two-by-two table.
pub(super) fn is_at_capacity(row: &Row) -> bool {
    !row.at.is_empty() && AT_CAPACITY.contains(&row.measure)
}

/// One two-by-two table, as far as the rows give it away.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Flagged and came back, flagged and did not, came back unflagged, neither; `None` if they cannot be worked out.
    pub(super) cells: Option<[f64; 4]>,
    /// Whether a cell, or a count that any of the measures rests on, is under the threshold.
    pub(super) small: bool,
}

impl Table {
    /// Works back the table from all rows of one model, group, level and capacity.
    pub(super) fn of(rows: &[&Row], threshold: u64) -> Self {
        // The order of ties moves no cell: where it tells of few, only what it moves is hidden.
        let rows: Vec<&Row> =
            rows.iter().copied().filter(|row| !BY_ORDER_OF_TIES.contains(&row.measure)).collect();
        let cells = cells(&rows);
        let limit = threshold as f64 - SLACK;
        let small = rows.iter().any(|row| row.status != Status::Ok)
            || rows.iter().flat_map(|row| behind(row)).any(|count| count < threshold)
            || cells.is_none_or(|cells| cells.iter().any(|&c| c < limit));
        Self { cells, small }
    }
}

fn cells(rows: &[&Row]) -> Option<[f64; 4]> {
    let first = rows.first()?;
    let (n, events) = (first.n as f64, first.events as f64);
    let find = |id: &str| rows.iter().find(|row| row.measure == id).and_then(|row| row.estimate);
    let by_outcome = || {
        let sensitivity = find("sensitivity").or_else(|| find("missed-share").map(|m| 1.0 - m))?;
        Some((sensitivity * events, find("false-positive-rate")? * (n - events)))
    };
    let by_flag = || {
        let flagged = find("selection-rate")? * n;
        let ppv = find("ppv")?;
        Some((ppv * flagged, (1.0 - ppv) * flagged))
    };
    let (tp, fp) = by_outcome().or_else(by_flag)?;
    Some([tp, fp, events - tp, n - events - fp])
}

/// How a capacity is called, such as `top 10%`.
pub(super) fn words(capacity: f64) -> String {
    format!("top {}%", (capacity * 1e8).round() / 1e6)
}

/// The share in `top 10%`, in (0, 1].
pub(super) fn share(at: &str) -> Option<f64> {
    let percent: f64 = at.strip_prefix("top ")?.strip_suffix('%')?.trim().parse().ok()?;
    percent.is_finite().then_some(percent / 100.0)
}

/// Whether `at` is the declared capacity.
pub(super) fn is_declared(at: &str, capacity: f64) -> bool {
    share(at).is_some_and(|s| (s - capacity).abs() < 1e-9)
}

impl Table {
    /// Rows flagged.
    pub(super) fn flagged(&self) -> f64 {
        self.cells.map_or(f64::INFINITY, |cells| cells[0] + cells[1])
    }
}

/// Chooses the points of one model's curve that may be shown, given its tables by rising numbers of flagged rows.
///
/// Between any two shown points at least the threshold of rows with the outcome and of rows without it are added;
/// otherwise their difference would be a small count. The declared capacity comes first, because it is the point the
/// report speaks of; the others are taken outwards from it.
pub(super) fn thin(tables: &[Table], declared: Option<usize>, threshold: f64) -> Vec<bool> {
    let mut shown = vec![false; tables.len()];
    let far = |a: usize, b: usize| match (tables[a].cells, tables[b].cells) {
        (Some(a), Some(b)) => (0..2).all(|i| b[i] - a[i] >= threshold - SLACK),
        _ => false,
    };
    let start = declared.filter(|&i| i < tables.len() && !tables[i].small);
    let mut last = start;
    for i in start.map_or(0, |i| i + 1)..tables.len() {
        if !tables[i].small && last.is_none_or(|l| far(l, i)) {
            shown[i] = true;
            last = Some(i);
        }
    }
    if let Some(start) = start {
        shown[start] = true;
        let mut last = start;
        for i in (0..start).rev() {
            if !tables[i].small && far(i, last) {
                shown[i] = true;
                last = i;
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Table, share, thin};

    fn table(tp: f64, fp: f64) -> Table {
        let cells = [tp, fp, 100.0 - tp, 300.0 - fp];
        Table { cells: Some(cells), small: cells.iter().any(|&c| c < 10.0) }
    }

    #[test]
    fn the_declared_point_stays_and_its_near_neighbours_go() {
        let tables =
            [table(5.0, 5.0), table(15.0, 40.0), table(22.0, 60.0), table(31.0, 80.0), table(60.0, 200.0)];
        assert_eq!(thin(&tables, Some(2), 10.0), [false, false, true, false, true]);
        assert_eq!(thin(&tables, None, 10.0), [false, true, false, true, true]);
    }

    #[test]
    fn a_capacity_is_read_from_its_label() {
        assert_eq!(share("top 12.5%"), Some(0.125));
        assert_eq!(share("0.1234"), None);
    }
}
