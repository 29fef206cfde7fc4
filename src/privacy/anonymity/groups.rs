//! Children in groups of records that show the same.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a record shows, as a digest of 128 bits: of a million different records, two are taken for the same with a chance of
/// about 1 in 10^26.
pub type Key = [u64; 2];

/// A digest of what a record shows, the same everywhere and always. Not for secrets: there is no key.
#[must_use]
pub fn digest(words: impl Iterator<Item = u32>) -> Key {
    let mut lanes = [0x243F_6A88_85A3_08D3_u64, 0x1319_8A2E_0370_7344];
    for word in words {
        for (lane, factor) in lanes.iter_mut().zip([0x9E37_79B9_7F4A_7C15_u64, 0xD6E8_FEB8_6659_FD93]) {
            let mixed = (*lane ^ u64::from(word)).wrapping_mul(factor);
            *lane = mixed ^ (mixed >> 32);
        }
    }
    lanes.map(|lane| {
        // The last step of `SplitMix64` (Steele, Lea and Flood 2014, OOPSLA).
        let lane = (lane ^ (lane >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let lane = (lane ^ (lane >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        lane ^ (lane >> 31)
    })
}

/// The group of each record, numbered from 0 by rising key, and the number of groups.
#[must_use]
pub fn number<K: Ord + Copy + Sync + Send>(keys: &[K]) -> (Vec<u32>, usize) {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.par_sort_unstable_by_key(|&i| (keys[i as usize], i));
    let mut groups = vec![0; keys.len()];
    let mut next = 0_u32;
    for of_group in order.chunk_by(|a, b| keys[*a as usize] == keys[*b as usize]) {
        of_group.iter().for_each(|&i| groups[i as usize] = next);
        next += 1;
    }
    (groups, next as usize)
}

/// Children by the size of the smallest group that they are in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Groups that hold a record.
    pub groups: u64,
    /// Children in the smallest group that each is in, rising, and how many children that is true of.
    pub sizes: Vec<(u64, u64)>,
    /// Children in the smallest group all of whose records have one outcome; `None` where there is no such group.
    pub one_outcome: Option<u64>,
}

impl Groups {
    /// All children.
    #[must_use]
    pub fn children(&self) -> u64 {
        self.sizes.iter().map(|(_, children)| children).sum()
    }

    /// Children in a group of fewer than `threshold`.
    #[must_use]
    pub fn under(&self, threshold: u64) -> u64 {
        self.sizes.iter().filter(|(size, _)| *size < threshold).map(|(_, children)| children).sum()
    }

    /// Children who are alone in their group.
    #[must_use]
    pub fn alone(&self) -> u64 {
        self.under(2)
    }

    /// Children in the smallest group (k), or `None` without records.
    #[must_use]
    pub fn smallest(&self) -> Option<u64> {
        self.sizes.first().map(|(size, _)| *size)
    }
}

/// Counts groups of the same records, once or in several ways.
#[derive(Debug)]
pub struct Counter<'a> {
    came: &'a [bool],
    /// Number of each record's child, from 0.
    child: Vec<u32>,
    /// The records, child after child.
    order: Vec<u32>,
    /// Of each child, the smallest group so far.
    smallest: Vec<u32>,
    groups: u64,
    one_outcome: Option<u64>,
}

impl<'a> Counter<'a> {
    /// Of records of children, of which codes have no meaning but that equal ones are the same, each with its outcome.
    #[must_use]
    pub fn new(children: &[u32], came: &'a [bool]) -> Self {
        let (child, many) = number(children);
        let mut order: Vec<u32> = (0..child.len() as u32).collect();
        order.sort_by_key(|&i| child[i as usize]);
        Self { came, child, order, smallest: vec![u32::MAX; many], groups: 0, one_outcome: None }
    }

    /// Counts groups: `group` has that of each record, from 0 to `many` - 1. Called again with others, a child is as small a
    /// group as in any of them.
    pub fn add(&mut self, group: &[u32], many: usize) {
        let mut last = vec![u32::MAX; many];
        let (mut size, mut rows, mut events) = (vec![0_u32; many], vec![0_u32; many], vec![0_u32; many]);
        for &i in &self.order {
            let (of, child) = (group[i as usize] as usize, self.child[i as usize]);
            if last[of] != child {
                (last[of], size[of]) = (child, size[of] + 1);
            }
            rows[of] += 1;
            events[of] += u32::from(self.came[i as usize]);
        }
        for (of, child) in group.iter().zip(&self.child) {
            let smallest = &mut self.smallest[*child as usize];
            *smallest = (*smallest).min(size[*of as usize]);
        }
        self.groups += size.iter().filter(|size| **size > 0).count() as u64;
        let one = (0..many).filter(|&of| rows[of] > 0 && (events[of] == 0 || events[of] == rows[of]));
        let one = one.map(|of| u64::from(size[of])).min();
        self.one_outcome = self.one_outcome.into_iter().chain(one).min();
    }

    /// What was counted.
    #[must_use]
    pub fn groups(&self) -> Groups {
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for size in self.smallest.iter().filter(|size| **size < u32::MAX) {
            *sizes.entry(u64::from(*size)).or_default() += 1;
        }
        Groups { groups: self.groups, sizes: sizes.into_iter().collect(), one_outcome: self.one_outcome }
    }
}
