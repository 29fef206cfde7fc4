//! How many households the counts behind a measure come from, for disclosure control: ten referrals of two families are not
//! ten families.
//!
//! In: the rows, and which of them are flagged. Out: for each count, the number of households that its rows come from, or 0
//! where two of them hold nine tenths of it (the dominance rule of trusted research environments: the NK rule with n = 2 and
//! k = 0.9, as in acro's `safe_nk_n` and `safe_nk_k`).

use super::Input;
use super::model::Measured;
use super::table::Plan;

/// Of a count, the share that two households may not hold together.
const DOMINANT: f64 = 0.9;

/// Households behind the counts of every cell (all rows, then the levels of the groupings in order).
#[derive(Debug)]
pub(super) struct Households {
    /// Of all rows, of those with the outcome, and of those without it, by cell.
    rows: Vec<[u64; 3]>,
    /// By place of the groups: flagged with the outcome, flagged without it, and both not flagged, by cell.
    places: Vec<(String, Vec<[u64; 4]>)>,
}

impl Households {
    /// Counts the households of one model's tables; `order` is that of [`order`].
    pub(super) fn of(input: &Input, order: &[u32], plan: &Plan, result: &Measured) -> Self {
        let outcome = |row: usize| usize::from(!input.y[row]);
        let rows = count(input, order, |row| {
            let mut parts = [1.0, 0.0, 0.0];
            parts[1 + outcome(row)] = 1.0;
            parts
        });
        let places = result.flags.iter().enumerate().map(|(place, flags)| {
            let cells = count(input, order, |row| {
                let mut parts = [0.0; 4];
                parts[outcome(row)] = f64::from(flags[row]);
                parts[2 + outcome(row)] = 1.0 - f64::from(flags[row]);
                parts
            });
            (plan.places.words(false, place), cells)
        });
        Self { rows, places: places.collect() }
    }

    /// The households behind a cell: of all rows, with and without the outcome, and of the table at a place, where it is
    /// one of those of the groups.
    pub(crate) fn behind(&self, cell: usize, at: &str) -> Vec<u64> {
        let table = self.places.iter().find(|(place, _)| place == at);
        self.rows[cell].iter().chain(table.into_iter().flat_map(|(_, cells)| &cells[cell])).copied().collect()
    }
}

/// The rows, household after household.
pub(super) fn order(input: &Input) -> Vec<u32> {
    together(&input.household)
}

/// For each cell, what [`Count::safe`] says of its parts; `parts` says how much of a row belongs to each.
fn count<const N: usize>(input: &Input, order: &[u32], parts: impl Fn(usize) -> [f64; N]) -> Vec<[u64; N]> {
    let firsts: Vec<usize> = input
        .groupings
        .iter()
        .scan(1, |next, grouping| {
            let first = *next;
            *next += grouping.levels.len();
            Some(first)
        })
        .collect();
    let cells = 1 + input.groupings.iter().map(|g| g.levels.len()).sum::<usize>();
    let mut counts = vec![[Count::default(); N]; cells];
    for row in order.iter().map(|row| *row as usize) {
        let (household, parts) = (input.household[row], parts(row));
        let of_row =
            input.groupings.iter().zip(&firsts).map(|(g, first)| first + usize::from(g.level_of[row]));
        for cell in std::iter::once(0).chain(of_row) {
            for (count, part) in counts[cell].iter_mut().zip(parts) {
                count.add(household, part);
            }
        }
    }
    counts.into_iter().map(|counts| counts.map(Count::safe)).collect()
}

/// Of each part of some rows, the households that it comes from, or 0 where two of them hold nine tenths of it. `household` is that of
/// each row, `order` the rows household after household, and `part` says how much of a row belongs to each part.
pub(crate) fn behind<const N: usize>(
    household: &[u32],
    order: &[u32],
    part: impl Fn(usize) -> [f64; N],
) -> [u64; N] {
    let mut counts = [Count::default(); N];
    for row in order.iter().map(|row| *row as usize) {
        for (count, part) in counts.iter_mut().zip(part(row)) {
            count.add(household[row], part);
        }
    }
    counts.map(Count::safe)
}

/// Rows in the order of their households.
pub(crate) fn together(household: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..).take(household.len()).collect();
    order.sort_by_key(|row| household[*row as usize]);
    order
}

/// A count whose rows come household after household.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    household: u32,
    /// What the household has so far.
    own: f64,
    households: u64,
    total: f64,
    /// The two largest of the households before.
    largest: [f64; 2],
}

impl Count {
    fn add(&mut self, household: u32, part: f64) {
        if part <= 0.0 {
            return;
        }
        if self.own > 0.0 && self.household != household {
            self.close();
        }
        self.household = household;
        self.own += part;
    }

    fn close(&mut self) {
        self.households += 1;
        self.total += self.own;
        let [first, second] = self.largest;
        self.largest = if self.own > first { [self.own, first] } else { [first, second.max(self.own)] };
        self.own = 0.0;
    }

    /// The households, or 0 where two of them hold too much.
    fn safe(mut self) -> u64 {
        if self.own > 0.0 {
            self.close();
        }
        let dominant = self.largest.iter().sum::<f64>() >= DOMINANT * self.total;
        if dominant { 0 } else { self.households }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    fn safe(parts: &[(u32, f64)]) -> u64 {
        let mut count = Count::default();
        parts.iter().for_each(|(household, part)| count.add(*household, *part));
        count.safe()
    }

    #[test]
    fn a_household_counts_once_however_many_referrals_it_has() {
        let rows: Vec<(u32, f64)> = (0..12).flat_map(|h| [(h, 1.0), (h, 1.0), (h, 0.5)]).collect();
        assert_eq!(safe(&rows), 12);
        assert_eq!(safe(&[(0, 1.0), (1, 0.0), (2, 1.0), (3, 1.0)]), 3, "a part of nothing is no household");
    }

    #[test]
    fn two_households_that_hold_nine_tenths_count_for_nothing() {
        // 46 and 44 of 100, and 10 others of one each.
        let mut rows: Vec<(u32, f64)> = [vec![(0, 1.0); 46], vec![(1, 1.0); 44]].concat();
        rows.extend((2..12).map(|h| (h, 1.0)));
        assert_eq!(safe(&rows), 0);
        // 45 and 44 of 99: just under nine tenths.
        rows.remove(0);
        rows.remove(0);
        assert_eq!(safe(&rows), 12, "88 of 98 are under nine tenths");
        assert_eq!(safe(&[]), 0);
    }
}
