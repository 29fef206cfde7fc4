//! Who trains and who is tested.
//!
//! In: the cohort's rows and a [`Design`]. Out: a [`Plan`] of folds whose invariants [`check()`] finds kept when it is made:
//! no household on both sides of a fold, every row tested at most once, and for splits in time every label that a model
//! learns from complete before the cut-off and every test prediction made on or after it.

mod check;
mod design;

pub use check::check;
pub use design::{Design, Windows};

use crate::cohort::IndexRow;
use crate::num::{Day, seed};
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

/// One fold: places in the cohort's rows, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Name in words.
    pub name: String,
    /// The first day of the test, for splits in time.
    pub cut_off: Option<Day>,
    /// Rows to learn from.
    pub train: Vec<u32>,
    /// Later rows to choose settings by, empty where the design has no such window.
    pub tune: Vec<u32>,
    /// Still later rows to adjust predicted chances by, empty where the design has no such window.
    pub calibrate: Vec<u32>,
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
    /// There is no second authority to learn from.
    #[error("all referrals are of one authority, so that none can be left out")]
    OneAuthority,
    /// No cut-off has anything to train on and test.
    #[error(
        "no first day of a test leaves both referrals to learn from (their follow-up complete before it) and referrals to test after it"
    )]
    NothingToTest,
    /// A cut-off of several has nothing to train on or nothing to test.
    #[error("the cut-off {0} leaves no referrals to learn from before it, or none to test after it")]
    IdleCutOff(Day),
    /// A window before the test has no rows.
    #[error(
        "the window for {use_of}, from {from} until {until}, has no referrals whose follow-up was over by {test_from}"
    )]
    IdleWindow {
        /// What it is for.
        use_of: &'static str,
        /// Its first day.
        from: Day,
        /// The first day after it.
        until: Day,
        /// The first day of the test.
        test_from: Day,
    },
    /// An invariant does not hold: a fault of ours.
    #[error("internal fault: the split breaks its own rule: {0}")]
    Broken(&'static str),
}

/// Makes the plan. `household` and `authority` give those of each row.
///
/// # Errors
/// Returns an error if the rows are too few for the design.
pub fn plan(
    rows: &[IndexRow],
    (household, authority): (&[u32], &[u16]),
    design: &Design,
    root_seed: u64,
) -> Result<Plan, SplitError> {
    if *design == Design::LeaveOneAuthorityOut {
        return authorities(rows, household, authority);
    }
    let folds = design.folds();
    let group = deal(household, folds, root_seed)?;
    let mut plan = Plan { folds: Vec::new() };
    match design {
        Design::GroupedKFold { .. } => {
            for fold in 0..folds {
                let name = format!("household group {} of {folds}", fold + 1);
                let train = select(rows, |i, _| group[i] != fold);
                let test = select(rows, |i, _| group[i] == fold);
                plan.folds.push(Fold { train, test, ..Fold::empty(name, None) });
            }
        }
        Design::RollingOrigin { cut_offs, .. } => {
            for (c, &cut_off) in cut_offs.iter().enumerate() {
                let until = cut_offs.get(c + 1).copied().unwrap_or(Day(i32::MAX));
                for fold in 0..folds {
                    let train = select(rows, |i, r| group[i] != fold && r.labelled_on < cut_off);
                    let due = |r: &IndexRow| (cut_off..until).contains(&r.predict_on);
                    let test = select(rows, |i, r| group[i] == fold && due(r));
                    plan.folds.push(Fold {
                        train,
                        test,
                        ..Fold::empty(fold_name(cut_off, fold, folds), Some(cut_off))
                    });
                }
            }
        }
        // Done above: no households are dealt.
        Design::LeaveOneAuthorityOut => {}
        Design::Windows { windows, .. } => {
            for fold in 0..folds {
                plan.folds.push(windows.fold(rows, &group, fold, fold_name(windows.test_from, fold, folds)));
            }
        }
    }
    plan.folds.retain(|f| !f.train.is_empty() && !f.test.is_empty());
    idle(&plan, design)?;
    check(&plan, rows, household)?;
    Ok(plan)
}

/// One fold an authority. Their names are not said: that of a small one would tell how few referrals it has.
fn authorities(rows: &[IndexRow], household: &[u32], authority: &[u16]) -> Result<Plan, SplitError> {
    let all: BTreeSet<u16> = authority.iter().copied().collect();
    if all.len() < 2 {
        return Err(SplitError::OneAuthority);
    }
    let fold = |(number, left_out): (usize, &u16)| {
        let test = select(rows, |i, _| authority[i] == *left_out);
        let known: BTreeSet<u32> = test.iter().map(|i| household[*i as usize]).collect();
        let train = select(rows, |i, _| authority[i] != *left_out && !known.contains(&household[i]));
        Fold { train, test, ..Fold::empty(format!("authority {} of {}", number + 1, all.len()), None) }
    };
    let mut plan = Plan { folds: all.iter().enumerate().map(fold).collect() };
    plan.folds.retain(|f| !f.train.is_empty());
    if plan.folds.is_empty() {
        return Err(SplitError::NothingToTest);
    }
    check(&plan, rows, household)?;
    Ok(plan)
}

/// The name of a fold of a split in time.
fn fold_name(cut_off: Day, fold: u16, folds: u16) -> String {
    format!("from {cut_off}, household group {} of {folds}", fold + 1)
}

/// Whether a part of the design has nothing to do.
fn idle(plan: &Plan, design: &Design) -> Result<(), SplitError> {
    if plan.folds.is_empty() {
        return Err(SplitError::NothingToTest);
    }
    match design {
        Design::GroupedKFold { .. } | Design::LeaveOneAuthorityOut => Ok(()),
        Design::RollingOrigin { cut_offs, .. } => {
            let used = |cut_off: &&Day| plan.folds.iter().any(|f| f.cut_off == Some(**cut_off));
            cut_offs.iter().find(|c| !used(c)).map_or(Ok(()), |idle| Err(SplitError::IdleCutOff(*idle)))
        }
        Design::Windows { windows, .. } => windows.idle(&plan.folds),
    }
}

impl Fold {
    /// A fold that has no rows yet.
    fn empty(name: String, cut_off: Option<Day>) -> Self {
        let none = Vec::new;
        Self { name, cut_off, train: none(), tune: none(), calibrate: none(), test: none() }
    }
}

/// The places of the rows to keep.
fn select(rows: &[IndexRow], keep: impl Fn(usize, &IndexRow) -> bool) -> Vec<u32> {
    (0_u32..).zip(rows.iter().enumerate()).filter(|(_, (i, row))| keep(*i, row)).map(|(at, _)| at).collect()
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
