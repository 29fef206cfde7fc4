//! Dealing the groups' labels anew among households that are alike in make-up.

use std::collections::BTreeMap;

/// Rows by household, and which households may exchange the labels of their rows.
///
/// Households with as many rows of each kind (with and without the outcome) exchange their patterns of labels; within
/// a household the labels of rows of one kind are mixed. So every group keeps exactly its number of events and of
/// non-events, and labels common to a household stay common to one.
#[derive(Clone, Debug)]
pub struct HouseholdDeal {
    /// For each place in household order the number of the row that stands there; events stand first.
    pub row_at: Vec<u32>,
    /// Where each household starts, and at last the number of rows.
    pub starts: Vec<u32>,
    /// The label at each place before dealing.
    pub labels: Vec<u16>,
    strata: Vec<Stratum>,
}

/// Households of one make-up.
#[derive(Clone, Debug)]
struct Stratum {
    events: usize,
    rows: usize,
    /// Whether a household among them has rows of two groups.
    mixed: bool,
    /// First places of the households.
    first: Vec<u32>,
}

impl HouseholdDeal {
    /// Lists rows given as (household, event, label). O(n log n).
    #[must_use]
    pub fn new(rows: &[(usize, bool, u16)]) -> Self {
        let mut row_at: Vec<u32> = (0..rows.len() as u32).collect();
        // The label orders rows within a kind, so that the order of the input does not decide a pattern.
        row_at.sort_by_key(|r| {
            let (household, event, label) = rows[*r as usize];
            (household, !event, label)
        });
        let labels: Vec<u16> = row_at.iter().map(|r| rows[*r as usize].2).collect();
        let mut starts = Vec::new();
        let mut strata: BTreeMap<(usize, usize), Stratum> = BTreeMap::new();
        let mut at = 0;
        for household in row_at.chunk_by(|a, b| rows[*a as usize].0 == rows[*b as usize].0) {
            let events = household.iter().filter(|r| rows[**r as usize].1).count();
            let rows = household.len();
            starts.push(at as u32);
            let new = Stratum { events, rows, mixed: false, first: Vec::new() };
            let stratum = strata.entry((rows, events)).or_insert(new);
            stratum.first.push(at as u32);
            stratum.mixed |= labels[at..at + rows].iter().any(|l| *l != labels[at]);
            at += rows;
        }
        starts.push(at as u32);
        Self { row_at, starts, labels, strata: strata.into_values().collect() }
    }

    /// Deals all labels once into `dealt`, one a place; every deal has the same chance.
    ///
    /// `order` is room for work. `uniform` returns numbers in [0, 1). O(n).
    pub fn deal(&self, dealt: &mut Vec<u16>, order: &mut Vec<u32>, uniform: &mut impl FnMut() -> f64) {
        dealt.clear();
        dealt.extend_from_slice(&self.labels);
        for stratum in &self.strata {
            order.clear();
            order.extend_from_slice(&stratum.first);
            shuffle(order, uniform);
            for (to, from) in stratum.first.iter().zip(order.iter()) {
                let (to, from) = (*to as usize, *from as usize);
                let place = &mut dealt[to..to + stratum.rows];
                place.copy_from_slice(&self.labels[from..from + stratum.rows]);
                if stratum.mixed {
                    let (events, others) = place.split_at_mut(stratum.events);
                    shuffle(events, uniform);
                    shuffle(others, uniform);
                }
            }
        }
    }
}

/// Fisher and Yates's shuffle.
fn shuffle<T>(items: &mut [T], uniform: &mut impl FnMut() -> f64) {
    for at in (1..items.len()).rev() {
        let other = (uniform() * (at + 1) as f64) as usize;
        items.swap(at, other.min(at));
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_uniform::Uniform;
    use super::*;

    #[test]
    fn labels_common_to_a_household_stay_common_and_counts_of_each_kind_are_kept() {
        // Two pairs of an event and a non-event, groups 0 and 1; two single events, groups 0 and 1; one lone household.
        let rows = [
            (5, true, 0),
            (5, false, 0),
            (9, false, 1),
            (9, true, 1),
            (1, true, 0),
            (2, true, 1),
            (3, false, 1),
        ];
        let deal = HouseholdDeal::new(&rows);
        assert_eq!(deal.row_at, [4, 5, 6, 0, 1, 3, 2]);
        assert_eq!(
            (deal.starts.as_slice(), deal.labels.as_slice()),
            ([0, 1, 2, 3, 5, 7].as_slice(), [0, 1, 1, 0, 0, 1, 1].as_slice())
        );
        let mut source = Uniform::new(1);
        let (mut dealt, mut order, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
        for _ in 0..4000 {
            deal.deal(&mut dealt, &mut order, &mut || source.next());
            *seen.entry(dealt.clone()).or_insert(0) += 1;
        }
        let want =
            [[0, 1, 1, 0, 0, 1, 1], [0, 1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1, 1], [1, 0, 1, 1, 1, 0, 0]];
        assert_eq!(seen.keys().cloned().collect::<Vec<_>>(), want);
        assert!(seen.values().all(|n| (850..1150).contains(n)), "{seen:?}");
    }

    #[test]
    fn labels_that_differ_within_a_household_are_mixed_within_a_kind() {
        let rows = [(0, true, 0), (0, true, 1), (0, false, 2), (0, false, 2), (1, true, 3)];
        let deal = HouseholdDeal::new(&rows);
        let mut source = Uniform::new(2);
        let (mut dealt, mut order, mut first) = (Vec::new(), Vec::new(), 0);
        for _ in 0..1000 {
            deal.deal(&mut dealt, &mut order, &mut || source.next());
            assert_eq!(dealt[2..], [2, 2, 3]);
            first += usize::from(dealt[0] == 0);
        }
        assert!((430..570).contains(&first), "{first}");
    }
}
