//! The invariants of a plan.

use super::{Fold, Plan, SplitError};
use crate::cohort::IndexRow;

/// Checks every invariant.
///
/// # Errors
/// Returns the first that does not hold.
pub fn check(plan: &Plan, rows: &[IndexRow], household: &[u32]) -> Result<(), SplitError> {
    let mut tested = vec![false; rows.len()];
    for fold in &plan.folds {
        let learned = || [&fold.train, &fold.tune, &fold.calibrate].into_iter().flatten();
        let mut homes: Vec<u32> = learned().map(|&i| household[i as usize]).collect();
        homes.sort_unstable();
        for &i in &fold.test {
            if std::mem::replace(&mut tested[i as usize], true) {
                return Err(SplitError::Broken("a row is tested twice"));
            }
            if homes.binary_search(&household[i as usize]).is_ok() {
                return Err(SplitError::Broken("a household is trained on and tested in one fold"));
            }
            if fold.cut_off.is_some_and(|c| rows[i as usize].predict_on < c) {
                return Err(SplitError::Broken("a test prediction is made before the cut-off"));
            }
        }
        if learned().any(|&i| fold.cut_off.is_some_and(|c| rows[i as usize].labelled_on >= c)) {
            return Err(SplitError::Broken("a training label is complete only after the cut-off"));
        }
        in_order(fold, rows)?;
    }
    Ok(())
}

/// Training labels are complete before the first prediction of the windows that follow, and those follow each other.
fn in_order(fold: &Fold, rows: &[IndexRow]) -> Result<(), SplitError> {
    let first = |places: &[u32]| places.iter().map(|&i| rows[i as usize].predict_on).min();
    let last = |places: &[u32]| places.iter().map(|&i| rows[i as usize].predict_on).max();
    let trained = fold.train.iter().map(|&i| rows[i as usize].labelled_on).max();
    let before = |a: Option<_>, b: Option<_>| a.zip(b).is_none_or(|(a, b)| a < b);
    if !before(trained, first(&fold.tune)) || !before(trained, first(&fold.calibrate)) {
        return Err(SplitError::Broken(
            "a training label is complete only after tuning or calibration began",
        ));
    }
    if !before(last(&fold.tune), first(&fold.calibrate)) {
        return Err(SplitError::Broken("a tuning prediction is made after calibration began"));
    }
    Ok(())
}
