//! Groups against counts by hand and against the definition.

use super::{Counter, Groups, digest, number};
use proptest::prelude::*;

fn counted(shown: &[Vec<u32>], children: &[u32], came: &[bool]) -> Groups {
    let keys: Vec<super::Key> = shown.iter().map(|words| digest(words.iter().copied())).collect();
    let (group, many) = number(&keys);
    let mut counter = Counter::new(children, came);
    counter.add(&group, many);
    counter.groups()
}

/// Six referrals of five children:
///
/// | child | sex | birth year | came back |
/// |---|---|---|---|
/// | 1 | F | 2010 | yes |
/// | 1 | F | 2010 | no |
/// | 2 | F | 2010 | no |
/// | 3 | M | 2011 | no |
/// | 4 | M | 2011 | no |
/// | 5 | M | not recorded | no |
///
/// By sex: two girls and three boys, so k = 2 and nobody is alone; the boys all had one outcome. With the year of birth: groups of 2, 2 and 1:
/// k = 1, and one child of five is alone, because what is not recorded is a value of its own.
#[test]
fn a_small_table_by_hand() {
    let children = [1, 1, 2, 3, 4, 5];
    let came = [true, false, false, false, false, false];
    let sex: Vec<Vec<u32>> = [0, 0, 0, 1, 1, 1].iter().map(|s| vec![*s]).collect();
    let by_sex = counted(&sex, &children, &came);
    assert_eq!(by_sex, Groups { groups: 2, sizes: vec![(2, 2), (3, 3)], one_outcome: Some(3) });
    assert_eq!((by_sex.smallest(), by_sex.alone(), by_sex.under(3), by_sex.children()), (Some(2), 0, 2, 5));
    let year = [2010, 2010, 2010, 2011, 2011, u32::MAX];
    let both: Vec<Vec<u32>> = sex.iter().zip(year).map(|(s, y)| vec![s[0], y]).collect();
    let by_both = counted(&both, &children, &came);
    assert_eq!(by_both, Groups { groups: 3, sizes: vec![(1, 1), (2, 4)], one_outcome: Some(1) });
    assert_eq!(by_both.alone(), 1);
}

/// A child who shares what is shown at one referral with nobody stands out, whatever the others.
#[test]
fn the_most_telling_referral_of_a_child_counts() {
    let shown = [vec![1], vec![2], vec![1], vec![1]];
    let found = counted(&shown, &[7, 7, 8, 9], &[true, false, true, false]);
    assert_eq!(found, Groups { groups: 2, sizes: vec![(1, 1), (3, 2)], one_outcome: Some(1) });
}

#[test]
fn order_and_place_of_words_matter_to_a_digest() {
    let all = [vec![1, 2], vec![2, 1], vec![1], vec![1, 0], vec![], vec![0], vec![0, 0]];
    let mut keys: Vec<super::Key> = all.iter().map(|words| digest(words.iter().copied())).collect();
    assert_eq!(digest([1, 2].into_iter()), keys[0]);
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all.len());
}

#[test]
fn no_records_have_no_smallest_group() {
    let none = counted(&[], &[], &[]);
    assert_eq!((none.smallest(), none.children(), none.groups), (None, 0, 0));
}

proptest! {
    /// k of a child: over its records, the fewest children who have a record that shows the same.
    #[test]
    fn as_the_definition_has_it(rows in prop::collection::vec((0..6_u32, 0..4_u32, 0..3_u32, any::<bool>()), 1..60)) {
        let shown: Vec<Vec<u32>> = rows.iter().map(|r| vec![r.1, r.2]).collect();
        let (children, came): (Vec<u32>, Vec<bool>) = rows.iter().map(|r| (r.0, r.3)).unzip();
        let alike = |i: usize| (0..rows.len()).filter(|j| shown[*j] == shown[i]).collect::<Vec<usize>>();
        let people = |i: usize| {
            let mut of: Vec<u32> = alike(i).into_iter().map(|j| children[j]).collect();
            of.sort_unstable();
            of.dedup();
            of.len() as u64
        };
        let mut sizes = std::collections::BTreeMap::new();
        for child in 0..6 {
            let own = (0..rows.len()).filter(|i| children[*i] == child).map(people).min();
            own.into_iter().for_each(|size| *sizes.entry(size).or_insert(0) += 1);
        }
        let one = (0..rows.len()).filter(|i| alike(*i).iter().all(|j| came[*j] == came[*i])).map(people).min();
        let found = counted(&rows.iter().map(|r| vec![r.1, r.2]).collect::<Vec<_>>(), &children, &came);
        prop_assert_eq!(found.sizes, sizes.into_iter().collect::<Vec<(u64, u64)>>());
        prop_assert_eq!(found.one_outcome, one);
    }
}
