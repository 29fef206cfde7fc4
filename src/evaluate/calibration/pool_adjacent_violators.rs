//! Isotonic regression of a binary outcome by pooling adjacent violators.
//!
//! Ayer, Brunk, Ewing, Reid and Silverman 1955 (Annals of Mathematical Statistics 26:641).

use super::Point;

/// Neighbouring points pooled to one event rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Index of the first point of the block.
    pub first: usize,
    /// Index of the last point of the block.
    pub last: usize,
    /// Rows in the block, above 0.
    pub rows: f64,
    /// Rows with the outcome.
    pub events: f64,
}

impl Block {
    /// The isotonic fit on the block: its event rate, in [0, 1].
    pub fn rate(&self) -> f64 {
        self.events / self.rows
    }
}

/// The isotonic (rising) least-squares fit, which is also the maximum likelihood fit, as blocks of strictly
/// rising event rate.
///
/// Input: points sorted by rising distinct predicted risk. Points without rows belong to no block; without
/// rows at all the answer is empty. Cost: O(points).
pub fn pool(points: &[Point]) -> Vec<Block> {
    let mut blocks = Vec::new();
    pool_into(points.iter().map(|point| (point.rows, point.events)), &mut blocks);
    blocks
}

/// As [`pool`], from pairs of rows and events in order of rising risk, into a list that is emptied first:
/// for resampling without new memory.
pub fn pool_into(counts: impl Iterator<Item = (f64, f64)>, blocks: &mut Vec<Block>) {
    blocks.clear();
    for (index, (rows, events)) in counts.enumerate() {
        if rows <= 0.0 {
            continue;
        }
        let mut block = Block { first: index, last: index, rows, events };
        // Cross products rather than rates: exact for whole counts, so equal rates are always pooled.
        while let Some(before) =
            blocks.pop_if(|before| before.events * block.rows >= block.events * before.rows)
        {
            block.first = before.first;
            block.rows += before.rows;
            block.events += before.events;
        }
        blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(counts: &[(f64, f64)]) -> Vec<(usize, usize, f64)> {
        let mut blocks = Vec::new();
        pool_into(counts.iter().copied(), &mut blocks);
        blocks.iter().map(|block| (block.first, block.last, block.rate())).collect()
    }

    #[test]
    fn violators_are_pooled_back_as_far_as_needed() {
        // 0, 1, 0, 0 pools to 0, 1/3, 1/3, 1/3; worked by hand.
        let fit = rates(&[(1.0, 0.0), (1.0, 1.0), (1.0, 0.0), (1.0, 0.0)]);
        assert_eq!(fit, [(0, 0, 0.0), (1, 3, 1.0 / 3.0)]);
    }

    #[test]
    fn equal_rates_make_one_block() {
        assert_eq!(rates(&[(3.0, 1.0), (6.0, 2.0), (9.0, 3.0)]), [(0, 2, 1.0 / 3.0)]);
    }

    #[test]
    fn points_without_rows_are_passed_over() {
        assert_eq!(rates(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0), (1.0, 1.0)]), [(1, 1, 0.0), (3, 3, 1.0)]);
        assert!(rates(&[(0.0, 0.0)]).is_empty());
    }

    #[test]
    fn the_fit_keeps_the_number_of_events() {
        let counts: Vec<(f64, f64)> =
            (0..200_u32).map(|i| (3.0, f64::from((i * 7919 % 97) % 4).min(3.0))).collect();
        let mut blocks = Vec::new();
        pool_into(counts.iter().copied(), &mut blocks);
        let fitted: f64 = blocks.iter().map(|block| block.rate() * block.rows).sum();
        let observed: f64 = counts.iter().map(|count| count.1).sum();
        assert!((fitted - observed).abs() < 1e-9);
        assert!(blocks.windows(2).all(|pair| pair[0].rate() < pair[1].rate()));
    }
}
