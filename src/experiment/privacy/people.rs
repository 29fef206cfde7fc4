//! What somebody might know of a child who is in the records, and how many children share it.

use crate::cohort::IndexRow;
use crate::features::Matrix;
use crate::history::History;
use crate::privacy::anonymity::{Counter, Groups, Key, Knowledge, Known, digest, number};
use rayon::prelude::*;

/// Words of a referral that each kind of growing knowledge covers.
const COVERED: [usize; Knowledge::GROWING.len()] = [3, 4, 5, 6, 7];

/// Counts children by what they share: of the referrals asked about, with a row of `matrix` each.
pub(super) fn known(history: &History, rows: &[IndexRow], matrix: &Matrix) -> Vec<Known> {
    let children: Vec<u32> = rows.iter().map(|row| row.child).collect();
    let came: Vec<bool> = rows.iter().map(|row| row.label).collect();
    let groups = |keys: &[Key]| -> Groups {
        let (group, many) = number(keys);
        let mut counter = Counter::new(&children, &came);
        counter.add(&group, many);
        counter.groups()
    };
    let facts: Vec<[u32; 7]> = rows.iter().map(|row| facts(history, row)).collect();
    let growing = Knowledge::GROWING.iter().zip(COVERED).map(|(what, covered)| {
        let keys: Vec<Key> = facts.iter().map(|f| digest(f[..covered].iter().copied())).collect();
        Known { what: *what, groups: groups(&keys) }
    });
    let mut all: Vec<Known> = growing.collect();
    if matrix.rows() == rows.len() {
        let row = |i: usize| digest(matrix.row(i).iter().map(|value| same(*value)));
        let keys: Vec<Key> = (0..rows.len()).into_par_iter().map(row).collect();
        all.push(Known { what: Knowledge::Table, groups: groups(&keys) });
    }
    all
}

/// What somebody might know, the likeliest first: sex, ethnicity, authority; year of birth; month of birth; disabilities; month of the
/// referral. What is not recorded has a number of its own.
fn facts(history: &History, row: &IndexRow) -> [u32; 7] {
    let (of, child) = (&history.children, row.child as usize);
    let birth = of.birth_month[child];
    [
        u32::from(of.sex[child]),
        u32::from(of.ethnicity[child]),
        u32::from(of.authority[child]),
        birth.map_or(u32::MAX, |day| day.year().unsigned_abs()),
        birth.map_or(u32::MAX, |day| day.month()),
        u32::from(of.disabilities[child]),
        row.referral.year().unsigned_abs() * 12 + row.referral.month(),
    ]
}

/// The bits of a value, the same for all that is missing and for both noughts.
fn same(value: f32) -> u32 {
    if value.is_nan() { f32::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn what_is_missing_is_one_value_and_nought_is_another() {
        assert_eq!(same(-0.0), same(0.0));
        assert_eq!(same(-f32::NAN), same(f32::from_bits(0x7fc0_0001)));
        assert_ne!(same(f32::NAN), same(0.0));
    }
}
