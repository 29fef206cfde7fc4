//! The distinct exits of rows, in order, and which of them each row has: sorted once, used with many weights.

use super::observed::Observed;

/// Rows by their distinct exits.
#[derive(Clone, Debug)]
pub struct Slots {
    /// Distinct exits, ascending.
    pub time: Vec<f64>,
    /// For each row, the index of its exit in `time`.
    pub slot: Vec<u32>,
    /// Rows by exit, ascending; rows of one exit in the order given.
    pub order: Vec<u32>,
}

impl Slots {
    /// Sorts the rows: O(n log n).
    #[must_use]
    pub fn new(observed: &Observed) -> Self {
        let exit = observed.exit();
        let mut order: Vec<u32> = (0..exit.len() as u32).collect();
        order.sort_by(|a, b| exit[*a as usize].total_cmp(&exit[*b as usize]));
        let (mut time, mut slot) = (Vec::new(), vec![0; exit.len()]);
        for row in &order {
            let t = exit[*row as usize];
            if time.last().is_none_or(|last| *last < t) {
                time.push(t);
            }
            slot[*row as usize] = time.len() as u32 - 1;
        }
        Self { time, slot, order }
    }
}
