//! Dealing the groups' labels anew among households that are alike in make-up.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Rows by household, and which households may exchange the labels of their rows.
///
/// Households with as many rows of each kind exchange their patterns of labels; within a household the labels of rows of
/// one kind are mixed. So every group keeps exactly its number of rows of each kind, and labels common to a household stay
/// common to one.
#[derive(Clone, Debug)]
pub struct HouseholdDeal {
    /// For each place in household order the number of the row that stands there; rising kinds.
    pub row_at: Vec<u32>,
    /// All rows as they are, household by household, and where each household ends.
    pub as_they_are: (Vec<DealtRow>, Vec<u32>),
    /// First places of the households, make-up by make-up.
    first: Vec<u32>,
    strata: Vec<Stratum>,
}

/// A row with the label that it was dealt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealtRow {
    /// Its place in household order.
    pub place: u32,
    /// The label.
    pub label: u16,
    /// What kind of row it is.
    pub kind: u16,
}

/// A group of which a deal can give another label to less than this share of its rows is not tested by dealing: most of what
/// is compared would be fixed.
pub(crate) const LEAST_DEALT: f64 = 0.5;
/// Why it is not.
pub(crate) const FIXED: &str =
    "a small group\u{2019}s households are unlike those of the other groups, so chance cannot be told";

/// Room for the work of a deal.
#[derive(Clone, Debug, Default)]
pub struct DealRoom {
    order: Vec<u32>,
    swaps: Vec<[usize; 2]>,
    pattern: Vec<u16>,
}

/// The number of a household's rows, and their kinds.
type MakeUp = (usize, Reverse<Vec<u16>>);

/// Households of one make-up.
#[derive(Clone, Debug, Default)]
struct Stratum {
    /// The kinds of each household's rows, rising.
    kinds: Vec<u16>,
    /// Whether a household among them has rows of two groups.
    mixed: bool,
    /// Where its households stand in `first`.
    households: std::ops::Range<usize>,
    /// Labels of the households of which a label is dealt, one after another.
    patterns: Vec<u16>,
}

impl HouseholdDeal {
    /// Lists rows given as (household, kind, label); all labels will be dealt. O(n log n).
    #[must_use]
    pub fn new(rows: &[(usize, u16, u16)]) -> Self {
        let mut row_at: Vec<u32> = (0..rows.len() as u32).collect();
        // The label orders rows within a kind, so that the order of the input does not decide a pattern.
        row_at.sort_by_key(|r| rows[*r as usize]);
        let (mut listed, mut ends) = (Vec::with_capacity(rows.len()), Vec::new());
        // Small households first.
        let mut strata: BTreeMap<MakeUp, (Stratum, Vec<u32>)> = BTreeMap::new();
        for household in row_at.chunk_by(|a, b| rows[*a as usize].0 == rows[*b as usize].0) {
            let at = listed.len();
            for row in household {
                let (_, kind, label) = rows[*row as usize];
                listed.push(DealtRow { place: listed.len() as u32, label, kind });
            }
            ends.push(listed.len() as u32);
            let kinds: Vec<u16> = listed[at..].iter().map(|r| r.kind).collect();
            let (stratum, first) = strata.entry((kinds.len(), Reverse(kinds))).or_default();
            first.push(at as u32);
            let labels = || listed[at..].iter().map(|r| r.label);
            stratum.mixed |= labels().any(|l| l != listed[at].label);
            stratum.patterns.extend(labels());
        }
        let mut first = Vec::with_capacity(ends.len());
        let place = |((_, Reverse(kinds)), (stratum, mut of)): (MakeUp, (Stratum, Vec<u32>))| {
            let start = first.len();
            first.append(&mut of);
            Stratum { kinds, households: start..first.len(), ..stratum }
        };
        let strata = strata.into_iter().map(place).collect();
        Self { row_at, as_they_are: (listed, ends), first, strata }
    }

    /// Of each label from 0 to `labels` - 1 the share of its rows that a deal can give another label: rows of their kind have
    /// two labels in households of their make-up. A row counts for as much as `weight` says of its kind.
    pub(crate) fn share_dealt(&self, labels: usize, weight: impl Fn(u16) -> f64) -> Vec<f64> {
        let mut of = vec![[0.0; 2]; labels];
        for stratum in &self.strata {
            let width = stratum.kinds.len();
            let mut start = 0;
            for kind in stratum.kinds.chunk_by(|a, b| a == b) {
                let places = start..start + kind.len();
                start = places.end;
                let found =
                    || stratum.patterns.chunks_exact(width).flat_map(|pattern| &pattern[places.clone()]);
                let mixed = found().any(|label| *label != stratum.patterns[places.start]);
                for label in found() {
                    let [dealt, all] = &mut of[usize::from(*label)];
                    *all += weight(kind[0]);
                    *dealt += if mixed { weight(kind[0]) } else { 0.0 };
                }
            }
        }
        of.into_iter().map(|[dealt, all]| dealt / all).collect()
    }

    /// From here on only households that have a label `dealt` give theirs away. O(n).
    pub fn only(&mut self, dealt: impl Fn(u16) -> bool) {
        for stratum in &mut self.strata {
            let patterns = stratum.patterns.chunks_exact(stratum.kinds.len());
            let kept = patterns.filter(|labels| labels.iter().any(|label| dealt(*label)));
            stratum.patterns = kept.flatten().copied().collect();
        }
    }

    /// Deals once: `take` gets the rows of one household after another, each with its dealt label; every deal has the
    /// same chance.
    ///
    /// Households that were dealt only labels not to be dealt are passed over; in one that was dealt both, `take` gets
    /// both. `uniform` returns numbers in [0, 1). O(rows of households that have a label to be dealt).
    pub fn deal(
        &self,
        room: &mut DealRoom,
        uniform: &mut impl FnMut() -> f64,
        mut take: impl FnMut(&mut dyn Iterator<Item = DealtRow>),
    ) {
        if room.order.len() != self.first.len() {
            room.order.clone_from(&self.first);
        }
        for stratum in self.strata.iter().filter(|s| !s.patterns.is_empty()) {
            let order = &mut room.order[stratum.households.clone()];
            let kinds = &stratum.kinds;
            for (at, labels) in stratum.patterns.chunks_exact(kinds.len()).enumerate() {
                let other = (at + below(order.len() - at, uniform)).min(order.len() - 1);
                order.swap(at, other);
                room.swaps.push([at, other]);
                room.pattern.clear();
                room.pattern.extend_from_slice(labels);
                if stratum.mixed {
                    let mut left = room.pattern.as_mut_slice();
                    for kind in kinds.chunk_by(|a, b| a == b) {
                        let (of_kind, others) = left.split_at_mut(kind.len());
                        shuffle(of_kind, uniform);
                        left = others;
                    }
                }
                let row = |(i, label): (usize, &u16)| DealtRow {
                    place: order[at] + i as u32,
                    label: *label,
                    kind: kinds[i],
                };
                take(&mut room.pattern.iter().enumerate().map(row));
            }
            // Every deal begins from the same order, whatever the thread has dealt before.
            while let Some([a, b]) = room.swaps.pop() {
                order.swap(a, b);
            }
        }
    }
}

/// A whole number from 0 to `n - 1`.
fn below(n: usize, uniform: &mut impl FnMut() -> f64) -> usize {
    ((uniform() * n as f64) as usize).min(n.saturating_sub(1))
}

/// Fisher and Yates's shuffle.
fn shuffle<T>(items: &mut [T], uniform: &mut impl FnMut() -> f64) {
    for at in (1..items.len()).rev() {
        items.swap(at, below(at + 1, uniform));
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_uniform::Uniform;
    use super::*;

    /// The label at each place after a deal, 9 where none was dealt.
    fn labels(deal: &HouseholdDeal, room: &mut DealRoom, source: &mut Uniform) -> Vec<u16> {
        let mut labels = vec![9; deal.row_at.len()];
        deal.deal(room, &mut || source.next(), |rows| {
            for row in rows {
                assert_eq!(row.kind, deal.as_they_are.0[row.place as usize].kind);
                labels[row.place as usize] = row.label;
            }
        });
        labels
    }

    /// Two pairs of an event and a non-event, groups 0 and 1; two single events, groups 0 and 1; one lone household.
    const ROWS: [(usize, u16, u16); 7] =
        [(5, 0, 0), (5, 1, 0), (9, 1, 1), (9, 0, 1), (1, 0, 0), (2, 0, 1), (3, 1, 1)];

    fn seen(dealt: &[bool]) -> BTreeMap<Vec<u16>, usize> {
        let mut deal = HouseholdDeal::new(&ROWS);
        deal.only(|label| dealt[usize::from(label)]);
        let (mut source, mut room, mut seen) = (Uniform::new(1), DealRoom::default(), BTreeMap::new());
        for _ in 0..4000 {
            *seen.entry(labels(&deal, &mut room, &mut source)).or_insert(0) += 1;
        }
        assert!(seen.values().all(|n| (850..1150).contains(n)), "{seen:?}");
        seen
    }

    #[test]
    fn labels_common_to_a_household_stay_common_and_counts_of_each_kind_are_kept() {
        let deal = HouseholdDeal::new(&ROWS);
        assert_eq!(deal.row_at, [4, 5, 6, 0, 1, 3, 2]);
        assert_eq!(deal.as_they_are.1, [1, 2, 3, 5, 7]);
        let was: Vec<u16> = deal.as_they_are.0.iter().map(|r| r.label).collect();
        assert_eq!(was, [0, 1, 1, 0, 0, 1, 1]);
        let want =
            [[0, 1, 1, 0, 0, 1, 1], [0, 1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1, 1], [1, 0, 1, 1, 1, 0, 0]];
        assert_eq!(seen(&[true, true]).into_keys().collect::<Vec<_>>(), want);
    }

    /// As above, but the labels of group 1 are left lying.
    #[test]
    fn labels_not_to_be_dealt_are_not_and_the_others_fall_anywhere() {
        let want =
            [[0, 9, 9, 0, 0, 9, 9], [0, 9, 9, 9, 9, 0, 0], [9, 0, 9, 0, 0, 9, 9], [9, 0, 9, 9, 9, 0, 0]];
        assert_eq!(seen(&[true, false]).into_keys().collect::<Vec<_>>(), want);
    }

    #[test]
    fn labels_that_differ_within_a_household_are_mixed_within_a_kind() {
        let rows = [(0, 0, 0), (0, 0, 1), (0, 3, 2), (0, 3, 2), (1, 0, 3)];
        let deal = HouseholdDeal::new(&rows);
        let (mut source, mut room, mut first) = (Uniform::new(2), DealRoom::default(), 0);
        for _ in 0..1000 {
            let dealt = labels(&deal, &mut room, &mut source);
            assert_eq!(dealt[2..], [2, 2, 3]);
            first += usize::from(dealt[0] == 0);
        }
        assert!((430..570).contains(&first), "{first}");
    }

    /// A deal does not depend on the deals before it: threads take them in any order.
    #[test]
    fn a_deal_is_the_same_whatever_was_dealt_before() {
        let rows: Vec<(usize, u16, u16)> =
            (0..50).map(|i| (i, u16::from(i % 3 == 0), (i % 2) as u16)).collect();
        let mut deal = HouseholdDeal::new(&rows);
        deal.only(|label| label == 0);
        let fresh = labels(&deal, &mut DealRoom::default(), &mut Uniform::new(3));
        let mut room = DealRoom::default();
        labels(&deal, &mut room, &mut Uniform::new(4));
        assert_eq!(labels(&deal, &mut room, &mut Uniform::new(3)), fresh);
    }
}
