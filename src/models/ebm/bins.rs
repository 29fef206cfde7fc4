//! Features in bins. Bins 0 to k - 1 hold values in rising order, bin k the missing ones; a value belongs to the first bin
//! whose upper cut it does not exceed.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

/// Weight of rows in a bin, at least, unless the feature has but one value.
const LEAST: f64 = 5.0;
/// Share of rows in the commonest bin from which only the other rows are listed.
const LISTED: f64 = 0.25;
/// Bins of values at most, so that with the missing one a bin fits a byte.
pub(super) const MOST_BINS: usize = 255;

/// Sum of gradients and sum of Hessians.
pub(super) type Sums = [f64; 2];

/// One feature of all training rows.
#[derive(Debug)]
pub(super) struct Column {
    /// Upper ends of all bins of values but the last, rising.
    pub(super) cuts: Vec<f64>,
    /// Weight of the rows in each bin; the last is the missing one.
    pub(super) weights: Vec<f64>,
    rows: usize,
    store: Store,
}

/// The bins of the rows, in the layout that is read fastest.
#[derive(Debug)]
enum Store {
    /// The bin of each row.
    Each(Vec<u8>),
    /// The rows of each bin, one bin after the other, those of the bin `common` left out; `ends` as in a sparse matrix.
    Listed { common: usize, ends: Vec<u32>, rows: Vec<u32> },
}

/// The value as binned: minus zero is zero, and infinities are finite, for the sake of JSON.
fn tidy(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX) + 0.0
}

/// The bin of a value.
pub(super) fn bin(cuts: &[f64], value: f64) -> usize {
    if value.is_nan() {
        return cuts.len() + 1;
    }
    let value = tidy(value);
    cuts.partition_point(|cut| *cut < value)
}

/// Bins all columns of `x` (rows × features; NaN is missing), with `most` bins of values at most.
pub(super) fn columns(x: ArrayView2<'_, f64>, weights: &[f32], most: usize) -> Vec<Column> {
    (0..x.ncols()).into_par_iter().map(|j| Column::new(x.column(j), weights, most)).collect()
}

/// Cuts by quantiles of the distinct values: a bin is closed once it has its share of the weight that is left.
fn quantile_cuts(distinct: &[(f64, f64)], most: usize) -> Vec<f64> {
    let mut left: f64 = distinct.iter().map(|(_, w)| w).sum();
    let fits = distinct.len() <= most;
    let (mut cuts, mut held) = (Vec::new(), 0.0);
    for pair in distinct.windows(2) {
        let ((value, weight), (next, _)) = (pair[0], pair[1]);
        held += weight;
        let bins_left = most.saturating_sub(cuts.len()).max(1);
        let target = if fits { LEAST } else { (left / bins_left as f64).max(LEAST) };
        if held >= target && left - held >= LEAST && cuts.len() + 1 < most {
            let middle = f64::midpoint(value, next);
            cuts.push(if middle < next { middle } else { value });
            left -= held;
            held = 0.0;
        }
    }
    cuts
}

impl Column {
    fn new(x: ArrayView1<'_, f64>, weights: &[f32], most: usize) -> Self {
        let mut known: Vec<(f64, f32)> = x
            .iter()
            .zip(weights)
            .filter(|(v, w)| !v.is_nan() && **w > 0.0)
            .map(|(v, w)| (tidy(*v), *w))
            .collect();
        known.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut distinct: Vec<(f64, f64)> = Vec::new();
        for (value, weight) in known {
            match distinct.last_mut() {
                Some(last) if last.0 >= value => last.1 += f64::from(weight),
                _ => distinct.push((value, f64::from(weight))),
            }
        }
        let cuts = quantile_cuts(&distinct, most.clamp(2, MOST_BINS));
        let bins: Vec<u8> = x.iter().map(|v| bin(&cuts, *v) as u8).collect();
        let (mut counts, mut held) = (vec![0u32; cuts.len() + 2], vec![0.0; cuts.len() + 2]);
        for (b, w) in bins.iter().zip(weights) {
            counts[usize::from(*b)] += 1;
            held[usize::from(*b)] += f64::from(*w);
        }
        Self { cuts, weights: held, rows: bins.len(), store: Store::new(bins, &counts) }
    }

    /// Bins, that of missing values included.
    pub(super) fn width(&self) -> usize {
        self.weights.len()
    }

    /// Whether all rows are alike, so that there is nothing to learn.
    pub(super) fn is_constant(&self) -> bool {
        self.weights.iter().filter(|w| **w > 0.0).count() < 2
    }

    /// The bin of each row.
    pub(super) fn each(&self) -> Vec<u8> {
        match &self.store {
            Store::Each(bins) => bins.clone(),
            Store::Listed { common, .. } => {
                let mut bins = vec![*common as u8; self.rows];
                for b in (0..self.width()).filter(|b| b != common) {
                    for row in self.listed(b) {
                        bins[*row as usize] = b as u8;
                    }
                }
                bins
            }
        }
    }

    fn listed(&self, b: usize) -> &[u32] {
        match &self.store {
            Store::Each(_) => &[],
            Store::Listed { ends, rows, .. } => &rows[ends[b] as usize..ends[b + 1] as usize],
        }
    }

    /// Sums over the rows of each bin, into `sums`; `total` is the sum over all rows.
    pub(super) fn sums(&self, derivatives: &[[f32; 2]], total: Sums, sums: &mut Vec<Sums>) {
        sums.clear();
        sums.resize(self.width(), [0.0; 2]);
        match &self.store {
            Store::Each(bins) => sum_each(bins, derivatives, sums),
            Store::Listed { common, .. } => {
                let mut rest = total;
                for b in (0..self.width()).filter(|b| b != common) {
                    sums[b] = sum_listed(self.listed(b), derivatives);
                    rest = [rest[0] - sums[b][0], rest[1] - sums[b][1]];
                }
                // Rounding must not leave a bin of no rows with a Hessian below 0.
                sums[*common] = [rest[0], rest[1].max(0.0)];
            }
        }
    }

    /// Adds to each row's score the change of its bin, but for what is returned, which is to be added to all.
    pub(super) fn add(&self, changes: &[f32], scores: &mut [f32]) -> f32 {
        match &self.store {
            Store::Each(bins) => {
                for (score, b) in scores.iter_mut().zip(bins) {
                    *score += changes[usize::from(*b)];
                }
                0.0
            }
            Store::Listed { common, .. } => {
                let shift = changes[*common];
                for (b, change) in changes.iter().enumerate() {
                    let change = change - shift;
                    if change.abs() > 0.0 {
                        for row in self.listed(b) {
                            scores[*row as usize] += change;
                        }
                    }
                }
                shift
            }
        }
    }
}

impl Store {
    fn new(bins: Vec<u8>, counts: &[u32]) -> Self {
        let common = (0..counts.len()).max_by_key(|b| counts[*b]).unwrap_or(0);
        if f64::from(counts[common]) < LISTED * bins.len() as f64 {
            return Self::Each(bins);
        }
        let mut ends = vec![0u32; counts.len() + 1];
        for b in 0..counts.len() {
            ends[b + 1] = ends[b] + if b == common { 0 } else { counts[b] };
        }
        let mut next = ends.clone();
        let mut rows = vec![0u32; bins.len() - counts[common] as usize];
        for (row, b) in bins.iter().enumerate() {
            let b = usize::from(*b);
            if b != common {
                rows[next[b] as usize] = row as u32;
                next[b] += 1;
            }
        }
        Self::Listed { common, ends, rows }
    }
}

/// Two tables by turns, so that rows of one bin in a row do not wait for each other.
fn sum_each(bins: &[u8], derivatives: &[[f32; 2]], sums: &mut [Sums]) {
    let mut odd = vec![[0.0; 2]; sums.len()];
    let add = |table: &mut [Sums], b: u8, d: [f32; 2]| {
        let sum = &mut table[usize::from(b)];
        *sum = [sum[0] + f64::from(d[0]), sum[1] + f64::from(d[1])];
    };
    for (b, d) in bins.chunks(2).zip(derivatives.chunks(2)) {
        add(sums, b[0], d[0]);
        if let (Some(b), Some(d)) = (b.get(1), d.get(1)) {
            add(&mut odd, *b, *d);
        }
    }
    for (sum, odd) in sums.iter_mut().zip(odd) {
        *sum = [sum[0] + odd[0], sum[1] + odd[1]];
    }
}

/// Four sums by turns, for the same reason.
fn sum_listed(rows: &[u32], derivatives: &[[f32; 2]]) -> Sums {
    let mut parts = [[0.0f64; 2]; 4];
    let quads = rows.chunks_exact(4);
    let rest = quads.remainder();
    for quad in quads {
        for (part, row) in parts.iter_mut().zip(quad) {
            let d = derivatives[*row as usize];
            *part = [part[0] + f64::from(d[0]), part[1] + f64::from(d[1])];
        }
    }
    for (part, row) in parts.iter_mut().zip(rest) {
        let d = derivatives[*row as usize];
        *part = [part[0] + f64::from(d[0]), part[1] + f64::from(d[1])];
    }
    parts.iter().fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2};

    #[test]
    fn few_values_get_a_bin_each_and_many_share_bins_of_like_weight() {
        let few: Vec<(f64, f64)> = [1.0, 2.0, 4.0].map(|v| (v, 10.0)).to_vec();
        assert_eq!(quantile_cuts(&few, 10), [1.5, 3.0]);
        let many: Vec<(f64, f64)> = (0..100).map(|v| (f64::from(v), 1.0)).collect();
        assert_eq!(quantile_cuts(&many, 4), [24.5, 49.5, 74.5]);
        // A common value has a bin of its own, and the others share what is left.
        let common: Vec<(f64, f64)> =
            (0..100).map(|v| (f64::from(v), if v == 0 { 900.0 } else { 1.0 })).collect();
        assert_eq!(quantile_cuts(&common, 4), [0.5, 33.5, 66.5]);
    }

    #[test]
    fn rare_values_join_their_neighbours() {
        let rare = [(1.0, 2.0), (2.0, 2.0), (3.0, 2.0), (4.0, 50.0), (5.0, 1.0)];
        assert_eq!(quantile_cuts(&rare, 10), [3.5]);
    }

    #[test]
    fn both_layouts_give_the_sums_and_scores_of_plain_loops() {
        for common in [0, 400] {
            let rows = 1003;
            let value = |row: usize| if row < common { 7.0 } else { ((row * 37) % 11) as f64 };
            let mut x = Array1::from_shape_fn(rows, value);
            x[999] = f64::NAN;
            let column = Column::new(x.view(), &vec![1.0; rows], 50);
            assert_eq!(matches!(column.store, Store::Listed { .. }), common > 0);
            let derivatives: Vec<[f32; 2]> =
                (0..rows).map(|r| [(r % 13) as f32 - 6.0, (r % 5) as f32]).collect();
            let (mut plain, mut total) = (vec![[0.0; 2]; column.width()], [0.0; 2]);
            for (v, d) in x.iter().zip(&derivatives) {
                let b = bin(&column.cuts, *v);
                for side in 0..2 {
                    plain[b][side] += f64::from(d[side]);
                    total[side] += f64::from(d[side]);
                }
            }
            let mut sums = Vec::new();
            column.sums(&derivatives, total, &mut sums);
            assert_eq!(sums, plain);
            let changes: Vec<f32> = (0..column.width()).map(|b| (b * b) as f32).collect();
            let mut scores = vec![1.0; rows];
            let shift = column.add(&changes, &mut scores);
            for (row, b) in column.each().into_iter().enumerate() {
                assert_eq!(usize::from(b), bin(&column.cuts, x[row]));
                assert_eq!((scores[row] + shift).to_bits(), (1.0 + changes[usize::from(b)]).to_bits());
            }
        }
    }

    #[test]
    fn minus_zero_is_zero_and_infinities_are_ends() {
        let values = [-0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY].repeat(5);
        let column = &columns(Array2::from_shape_vec((20, 1), values).unwrap().view(), &[1.0; 20], 9)[0];
        assert_eq!(column.weights, [5.0, 10.0, 5.0, 0.0]);
        assert!(column.cuts.iter().all(|c| c.is_finite()));
    }
}
