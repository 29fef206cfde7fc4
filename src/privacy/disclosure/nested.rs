//! Levels that lie within a level of another grouping.

use super::levels::SLACK;
use crate::evaluate::Row;
use crate::report::ingredients::Nested;

/// The rows of the levels that hold the level of `row`, of the same measure, model and place.
pub(super) fn outers<'r>(row: &Row, nested: &[Nested], rows: &'r [Row]) -> Vec<&'r Row> {
    let is = |row: &Row, name: &(String, String)| row.group == name.0 && row.level == name.1;
    let pairs = nested.iter().filter(|pair| is(row, &pair.inner));
    let same = |other: &&Row, name: &(String, String)| {
        is(other, name)
            && other.split == row.split
            && other.model == row.model
            && other.measure == row.measure
            && other.at == row.at
    };
    pairs.filter_map(|pair| rows.iter().find(|other| same(other, &pair.outer))).collect()
}

/// Whether what is left of the outer cells without the inner ones holds somebody, and too few in some cell.
pub(super) fn leaves_few(outer: &[f64], inner: &[f64], threshold: f64) -> bool {
    let left: Vec<f64> = outer.iter().zip(inner).map(|(outer, inner)| outer - inner).collect();
    left.iter().sum::<f64>() > SLACK && left.iter().any(|cell| *cell < threshold - SLACK)
}

#[cfg(test)]
mod tests {
    use super::leaves_few;

    #[test]
    fn what_is_left_is_small_or_nobody() {
        assert!(leaves_few(&[34.0], &[30.0], 10.0));
        assert!(!leaves_few(&[30.0], &[30.0], 10.0), "nobody is left");
        assert!(leaves_few(&[40.0, 60.0], &[35.0, 20.0], 10.0), "five with the outcome are left");
        assert!(!leaves_few(&[40.0, 60.0], &[30.0, 20.0], 10.0));
    }
}
