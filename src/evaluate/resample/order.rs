//! The order of all rows for one model.

use super::score_bins::ScoreBins;

/// Rows by fold, and within a fold from the highest score to the lowest. Values stand at places of that order.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// Row at each place.
    pub(crate) row: Vec<u32>,
    /// Fold at each place.
    pub(crate) fold: Vec<u16>,
    /// Score at each place.
    pub(crate) p: Vec<f64>,
    /// Bin of the score at each place.
    pub(crate) bin: Vec<u16>,
    /// Whether the outcome came, at each place.
    pub(crate) y: Vec<bool>,
}

impl Order {
    /// Sorts rows; rows with one fold and score keep their order.
    pub(crate) fn new(y: &[bool], p: &[f64], fold: &[u16], bins: &ScoreBins) -> Self {
        // Fits: the number of rows is checked to be under 31 bits.
        let mut row: Vec<u32> = (0..p.len() as u32).collect();
        row.sort_unstable_by(|&a, &b| {
            let (i, j) = (a as usize, b as usize);
            fold[i].cmp(&fold[j]).then_with(|| p[j].total_cmp(&p[i])).then(a.cmp(&b))
        });
        let at = |i: &u32| *i as usize;
        Self {
            fold: row.iter().map(|i| fold[at(i)]).collect(),
            p: row.iter().map(|i| p[at(i)]).collect(),
            bin: row.iter().map(|i| bins.of(p[at(i)])).collect(),
            y: row.iter().map(|i| y[at(i)]).collect(),
            row,
        }
    }

    /// Values of rows, at their places.
    pub(crate) fn sort<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.row.iter().map(|row| values[*row as usize]).collect()
    }
}
