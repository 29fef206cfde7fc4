//! A binary indexed tree: sums over ranks below, and weights added at a rank, each in O(log n).

/// Weights by rank.
#[derive(Clone, Debug)]
pub(super) struct Fenwick {
    node: Vec<f64>,
    single: Vec<f64>,
    total: f64,
}

impl Fenwick {
    pub(super) fn new(ranks: usize) -> Self {
        Self { node: vec![0.0; ranks + 1], single: vec![0.0; ranks], total: 0.0 }
    }

    pub(super) fn add(&mut self, rank: u32, weight: f64) {
        self.single[rank as usize] += weight;
        self.total += weight;
        let mut i = rank as usize + 1;
        while i < self.node.len() {
            self.node[i] += weight;
            i += i & i.wrapping_neg();
        }
    }

    /// Weight of ranks below, at, and of all.
    pub(super) fn split(&self, rank: u32) -> (f64, f64, f64) {
        let (mut i, mut below) = (rank as usize, 0.0);
        while i > 0 {
            below += self.node[i];
            i &= i - 1;
        }
        (below, self.single[rank as usize], self.total)
    }
}

/// Ranks of equal values are equal, from 0 upwards; and how many distinct ones there are.
pub(super) fn dense_ranks(value: &[f64]) -> (Vec<u32>, usize) {
    let mut order: Vec<u32> = (0..value.len() as u32).collect();
    order.sort_unstable_by(|a, b| value[*a as usize].total_cmp(&value[*b as usize]));
    let (mut rank, mut next, mut last) = (vec![0; value.len()], 0, None);
    for row in order {
        let v = value[row as usize];
        if last.is_some_and(|l| l < v) {
            next += 1;
        }
        last = Some(v);
        rank[row as usize] = next;
    }
    (rank, next as usize + 1)
}
