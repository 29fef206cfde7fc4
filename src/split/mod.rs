//! Who trains and who is tested.
//!
//! In: the cohort's rows and a [`Design`]. Out: a [`Plan`] of folds whose invariants are checked when it is made: no
//! household on both sides of a fold, every row tested at most once, and for splits in time every training label
//! complete before the cut-off and every test prediction made on or after it.

use crate::cohort::IndexRow;
use crate::num::{Day, seed};
use rand::seq::SliceRandom;

/// How to divide the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Design {
    /// Households dealt into `folds` groups; each group is tested by a model trained on the others.
    GroupedKFold {
        /// Number of groups, at least 2.
        folds: u16,
    },
    /// For each cut-off and each group of households: train on the other groups' rows whose labels were complete by
    /// the cut-off, test the group's rows from the cut-off to the next. No household is dropped for having a past.
    RollingOrigin {
        /// Number of household groups, at least 2.
        folds: u16,
        /// Cut-offs, ascending.
        cut_offs: Vec<Day>,
    },
}

/// One fold: places in the cohort's rows, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Name in words.
    pub name: String,
    /// The cut-off, for splits in time.
    pub cut_off: Option<Day>,
    /// Rows to learn from.
    pub train: Vec<u32>,
    /// Rows to predict.
    pub test: Vec<u32>,
}

/// Folds that keep the invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The folds, by cut-off, then by household group.
    pub folds: Vec<Fold>,
}

/// A plan that cannot be made, or would not be honest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// There are fewer households than groups.
    #[error("there are {households} households to deal into {folds} groups")]
    TooFewHouseholds {
        /// Households.
        households: usize,
        /// Groups.
        folds: u16,
    },
    /// No cut-off has anything to train on and test.
    #[error(
        "no cut-off leaves both referrals to learn from (their follow-up complete before it) and referrals to test after it"
    )]
    NothingToTest,
    /// A cut-off of several has nothing to train on or nothing to test.
    #[error("the cut-off {0} leaves no referrals to learn from before it, or none to test after it")]
    IdleCutOff(Day),
    /// An invariant does not hold: a fault of ours.
    #[error("internal fault: the split breaks its own rule: {0}")]
    Broken(&'static str),
}

/// Makes the plan. `household` gives each row's household.
///
/// # Errors
/// Returns an error if the rows are too few for the design.
pub fn plan(
    rows: &[IndexRow],
    household: &[u32],
    design: &Design,
    root_seed: u64,
) -> Result<Plan, SplitError> {
    let (Design::GroupedKFold { folds } | Design::RollingOrigin { folds, .. }) = design;
    let group = deal(household, *folds, root_seed)?;
    let mut plan = Plan { folds: Vec::new() };
    match design {
        Design::GroupedKFold { .. } => {
            for fold in 0..*folds {
                let name = format!("household group {} of {folds}", fold + 1);
                plan.folds.push(make(rows.len(), name, None, |i| group[i] != fold, |i| group[i] == fold));
            }
        }
        Design::RollingOrigin { cut_offs, .. } => {
            for (c, &cut_off) in cut_offs.iter().enumerate() {
                let until = cut_offs.get(c + 1).copied().unwrap_or(Day(i32::MAX));
                for fold in 0..*folds {
                    let name = format!("from {cut_off}, household group {} of {folds}", fold + 1);
                    let train = |i: usize| group[i] != fold && rows[i].labelled_on < cut_off;
                    let due = |i: usize| rows[i].predict_on >= cut_off && rows[i].predict_on < until;
                    plan.folds
                        .push(make(rows.len(), name, Some(cut_off), train, |i| group[i] == fold && due(i)));
                }
            }
        }
    }
    plan.folds.retain(|f| !f.train.is_empty() && !f.test.is_empty());
    if plan.folds.is_empty() {
        return Err(SplitError::NothingToTest);
    }
    if let Design::RollingOrigin { cut_offs, .. } = design {
        let used = |cut_off: &&Day| plan.folds.iter().any(|f| f.cut_off == Some(**cut_off));
        if let Some(idle) = cut_offs.iter().find(|c| !used(c)) {
            return Err(SplitError::IdleCutOff(*idle));
        }
    }
    check(&plan, rows, household)?;
    Ok(plan)
}

fn make(
    n: usize,
    name: String,
    cut_off: Option<Day>,
    train: impl Fn(usize) -> bool,
    test: impl Fn(usize) -> bool,
) -> Fold {
    let places = |keep: &dyn Fn(usize) -> bool| {
        (0..n).filter(|&i| keep(i)).filter_map(|i| u32::try_from(i).ok()).collect()
    };
    Fold { name, cut_off, train: places(&train), test: places(&test) }
}

/// Deals households into groups of as equal a number as can be, in a random order that the seed fixes.
fn deal(household: &[u32], folds: u16, root_seed: u64) -> Result<Vec<u16>, SplitError> {
    let mut homes: Vec<u32> = household.to_vec();
    homes.sort_unstable();
    homes.dedup();
    if homes.len() < usize::from(folds) {
        return Err(SplitError::TooFewHouseholds { households: homes.len(), folds });
    }
    homes.shuffle(&mut seed::stream(root_seed, "split/households"));
    let mut dealt: Vec<(u32, u16)> = homes.into_iter().zip((0..folds).cycle()).collect();
    dealt.sort_unstable();
    let group =
        |h: &u32| dealt.binary_search_by_key(h, |(home, _)| *home).map(|at| dealt[at].1).unwrap_or_default();
    Ok(household.iter().map(group).collect())
}

/// Checks every invariant.
///
/// # Errors
/// Returns the first that does not hold.
pub fn check(plan: &Plan, rows: &[IndexRow], household: &[u32]) -> Result<(), SplitError> {
    let mut tested = vec![false; rows.len()];
    for fold in &plan.folds {
        let mut trained: Vec<u32> = fold.train.iter().map(|&i| household[i as usize]).collect();
        trained.sort_unstable();
        for &i in &fold.test {
            if std::mem::replace(&mut tested[i as usize], true) {
                return Err(SplitError::Broken("a row is tested twice"));
            }
            if trained.binary_search(&household[i as usize]).is_ok() {
                return Err(SplitError::Broken("a household is trained on and tested in one fold"));
            }
            if fold.cut_off.is_some_and(|c| rows[i as usize].predict_on < c) {
                return Err(SplitError::Broken("a test prediction is made before the cut-off"));
            }
        }
        if fold.train.iter().any(|&i| fold.cut_off.is_some_and(|c| rows[i as usize].labelled_on >= c)) {
            return Err(SplitError::Broken("a training label is complete only after the cut-off"));
        }
    }
    Ok(())
}
