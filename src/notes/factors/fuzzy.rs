//! Finds the lexicon word that a misspelt word was meant to be.
//!
//! An index of deletions (Garbe's symmetric-delete method, `SymSpell`, 2012): every lexicon word is filed under
//! itself and under each form with one letter left out; a misspelt word is looked up the same way. That finds a
//! letter missing, doubled, changed or swapped with its neighbour. Hashes of the shortened forms come from the
//! hashes of their two halves, so that a look-up takes time in proportion to the length of the word.

use std::collections::HashMap;

/// The shortest lexicon word, in letters, that is looked for in other spellings.
const SHORTEST: usize = 5;
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
/// Size of the filter in bits, a power of two.
const FILTER_BITS: u64 = 1 << 21;

/// The index.
#[derive(Debug, Default)]
pub(super) struct Fuzzy {
    words: Vec<Vec<u8>>,
    by_hash: HashMap<u64, Vec<u32>>,
    /// One bit for each hash that may be in `by_hash`: most look-ups end here.
    filter: Vec<u64>,
}

fn value(byte: u8) -> u64 {
    (u64::from(byte) + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// Calls `then` with the hash of the word and of each form with one letter left out.
fn hashes(word: &[u8], mut then: impl FnMut(u64)) {
    let (mut suffix, mut scale) = ([0_u64; 48], [1_u64; 48]);
    let n = word.len().min(40);
    for (i, &byte) in word.iter().enumerate().take(n).rev() {
        let after = suffix.get(i + 1).copied().unwrap_or(0);
        if let Some(slot) = suffix.get_mut(i) {
            *slot = value(byte).wrapping_add(after.wrapping_mul(BASE));
        }
    }
    for i in 1..=n {
        let before = scale.get(i - 1).copied().unwrap_or(1);
        if let Some(slot) = scale.get_mut(i) {
            *slot = before.wrapping_mul(BASE);
        }
    }
    then(suffix.first().copied().unwrap_or(0));
    let mut prefix = 0_u64;
    for (i, (&byte, &scale)) in word.iter().zip(&scale).enumerate().take(n) {
        let rest = suffix.get(i + 1).copied().unwrap_or(0);
        then(prefix.wrapping_add(rest.wrapping_mul(scale)));
        prefix = prefix.wrapping_add(value(byte).wrapping_mul(scale));
    }
}

fn bit(hash: u64) -> (usize, u64) {
    let at = (hash ^ (hash >> 32)) & (FILTER_BITS - 1);
    (usize::try_from(at / 64).unwrap_or(0), 1 << (at % 64))
}

impl Fuzzy {
    /// An index of these words; those under five letters are left out.
    pub(super) fn new(mut words: Vec<Vec<u8>>) -> Self {
        words.retain(|w| w.len() >= SHORTEST && w.len() <= 40);
        words.sort();
        words.dedup();
        let mut by_hash = HashMap::<u64, Vec<u32>>::new();
        let mut filter = vec![0_u64; usize::try_from(FILTER_BITS / 64).unwrap_or(1)];
        for (id, word) in (0_u32..).zip(&words) {
            hashes(word, |hash| {
                let (slot, mask) = bit(hash);
                if let Some(slot) = filter.get_mut(slot) {
                    *slot |= mask;
                }
                let list = by_hash.entry(hash).or_default();
                if list.last() != Some(&id) {
                    list.push(id);
                }
            });
        }
        Self { words, by_hash, filter }
    }

    /// Every lexicon word that `word` may be a misspelling of, in alphabetical order.
    pub(super) fn meant(&self, word: &[u8]) -> Vec<&[u8]> {
        let mut ids = Vec::new();
        if word.len() + 1 < SHORTEST || word.iter().any(|b| !b.is_ascii_lowercase()) {
            return Vec::new();
        }
        hashes(word, |hash| {
            let (slot, mask) = bit(hash);
            if self.filter.get(slot).is_some_and(|s| s & mask != 0)
                && let Some(found) = self.by_hash.get(&hash)
            {
                ids.extend_from_slice(found);
            }
        });
        ids.sort_unstable();
        ids.dedup();
        let words = ids.iter().filter_map(|&id| self.words.get(usize::try_from(id).ok()?));
        words.filter(|w| one_slip(w, word)).map(Vec::as_slice).collect()
    }
}

/// Whether one letter is missing, added, changed, or swapped with its neighbour.
pub(super) fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let same = long.iter().zip(short).take_while(|(x, y)| x == y).count();
    let (long, short) = (long.get(same..).unwrap_or_default(), short.get(same..).unwrap_or_default());
    match long.len() - short.len() {
        1 => long.get(1..) == Some(short),
        0 => match (long, short) {
            ([], []) => true,
            // The first letter is seldom wrong: `yelling` is no `Pelling`.
            ([_, rest @ ..], [_, other @ ..]) if rest == other => same > 0,
            ([p, q, rest @ ..], [r, s, other @ ..]) => p == s && q == r && rest == other,
            _ => false,
        },
        _ => false,
    }
}
