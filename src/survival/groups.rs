//! Rows in groups.

use super::sorted::{Counts, Sorted, check_weight, weight_of};

/// The codes of groups that have rows of weight, rising.
///
/// # Errors
/// With groups or weights that are not one a row, or fewer than two groups.
pub(super) fn codes(rows: usize, weight: Option<&[f64]>, group: &[u16]) -> Result<Vec<u16>, &'static str> {
    check_weight(weight, rows)?;
    if group.len() != rows {
        return Err("the groups are not one a row");
    }
    let mut seen = vec![false; usize::from(u16::MAX) + 1];
    for (row, code) in group.iter().enumerate() {
        seen[usize::from(*code)] |= weight_of(weight, row) > 0.0;
    }
    let codes: Vec<u16> = (0..=u16::MAX).filter(|code| seen[usize::from(*code)]).collect();
    if codes.len() < 2 { Err("fewer than two groups can be compared") } else { Ok(codes) }
}

/// Each row's weight in one group: 0 in the others.
pub(super) fn weight_in(weight: Option<&[f64]>, group: &[u16], code: u16) -> Vec<f64> {
    let of = |(row, own): (usize, &u16)| if *own == code { weight_of(weight, row) } else { 0.0 };
    group.iter().enumerate().map(of).collect()
}

/// Counts in each group.
///
/// # Errors
/// As [`codes`].
pub(super) fn counts(
    sorted: &Sorted<'_>,
    weight: Option<&[f64]>,
    group: &[u16],
) -> Result<(Vec<u16>, Vec<Counts>), &'static str> {
    let codes = codes(sorted.len(), weight, group)?;
    // One group's weights at a time: there may be many groups of many rows.
    let of = |code: &u16| sorted.counts(Some(&weight_in(weight, group, *code)));
    let counts = codes.iter().map(of).collect::<Result<_, _>>()?;
    Ok((codes, counts))
}
