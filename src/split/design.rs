//! The ways to divide rows, and the one with four windows.

use super::{Fold, SplitError, select};
use crate::cohort::IndexRow;
use crate::num::Day;

/// How to divide the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Design {
    /// Households dealt into `folds` groups; each group is tested by a model trained on the others.
    GroupedKFold {
        /// Number of groups, at least 2.
        folds: u16,
    },
    /// For each authority: train on the rows of the others, test its own. Households with a row in it are not trained on.
    LeaveOneAuthorityOut,
    /// For each cut-off and each group of households: train on the other groups' rows whose labels were complete by
    /// the cut-off, test the group's rows from the cut-off to the next. No household is dropped for having a past.
    RollingOrigin {
        /// Number of household groups, at least 2.
        folds: u16,
        /// Cut-offs, ascending.
        cut_offs: Vec<Day>,
    },
    /// Train, tune, calibrate and test, in that order in time. For each group of households the first three hold the
    /// other groups' rows, the test the group's.
    Windows {
        /// Number of household groups, at least 2.
        folds: u16,
        /// Where one window ends and the next begins.
        windows: Windows,
    },
}

impl Design {
    /// Number of household groups; 0 where households are not dealt.
    #[must_use]
    pub fn folds(&self) -> u16 {
        match self {
            Self::GroupedKFold { folds }
            | Self::RollingOrigin { folds, .. }
            | Self::Windows { folds, .. } => *folds,
            Self::LeaveOneAuthorityOut => 0,
        }
    }

    /// Its name in experiment files and in results.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::GroupedKFold { .. } => "grouped-k-fold",
            Self::LeaveOneAuthorityOut => "leave-one-authority-out",
            Self::RollingOrigin { .. } => "rolling-origin",
            Self::Windows { .. } => "windows",
        }
    }

    /// The last day on which a test of this design begins; none where it is not in time.
    #[must_use]
    pub fn last_test(&self) -> Option<Day> {
        match self {
            Self::GroupedKFold { .. } | Self::LeaveOneAuthorityOut => None,
            Self::RollingOrigin { cut_offs, .. } => cut_offs.last().copied(),
            Self::Windows { windows, .. } => Some(windows.test_from),
        }
    }

    /// The same design for the final test of the rows from `from` on: one cut-off, or all windows moved on.
    #[must_use]
    pub fn final_test(&self, from: Day) -> Self {
        let folds = self.folds();
        match self {
            Self::GroupedKFold { .. } | Self::RollingOrigin { .. } | Self::LeaveOneAuthorityOut => {
                Self::RollingOrigin { folds, cut_offs: vec![from] }
            }
            Self::Windows { windows, .. } => Self::Windows { folds, windows: windows.moved_to(from) },
        }
    }
}

/// Four windows. Labels to learn from are complete before `train_until`; rows to tune by are predicted from then until
/// `tune_until`, rows to calibrate by from then until `test_from`, and the labels of both are complete before `test_from`:
/// so one whole horizon lies between them and the test. No gap is kept between the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The first day of the tuning window.
    pub train_until: Day,
    /// The first day of the calibration window.
    pub tune_until: Day,
    /// The first day of the test.
    pub test_from: Day,
}

impl Windows {
    /// The fold that tests household group `fold`.
    pub(super) fn fold(&self, rows: &[IndexRow], group: &[u16], fold: u16, name: String) -> Fold {
        let Self { train_until, tune_until, test_from } = *self;
        let within = |r: &IndexRow, from: Day, until: Day| {
            (from..until).contains(&r.predict_on) && r.labelled_on < test_from
        };
        Fold {
            train: select(rows, |i, r| group[i] != fold && r.labelled_on < train_until),
            tune: select(rows, |i, r| group[i] != fold && within(r, train_until, tune_until)),
            calibrate: select(rows, |i, r| group[i] != fold && within(r, tune_until, test_from)),
            test: select(rows, |i, r| group[i] == fold && r.predict_on >= test_from),
            ..Fold::empty(name, Some(test_from))
        }
    }

    /// Whether the window for tuning or for calibrating has no rows in a fold.
    pub(super) fn idle(&self, folds: &[Fold]) -> Result<(), SplitError> {
        let Self { train_until, tune_until, test_from } = *self;
        let idle = |use_of, from, until| Err(SplitError::IdleWindow { use_of, from, until, test_from });
        if folds.iter().any(|f| f.tune.is_empty()) {
            return idle("tuning", train_until, tune_until);
        }
        if folds.iter().any(|f| f.calibrate.is_empty()) {
            return idle("calibration", tune_until, test_from);
        }
        Ok(())
    }

    /// The windows moved on so that the test begins on `from`: by whole months where both days are the same of their
    /// months, otherwise by days.
    fn moved_to(self, from: Day) -> Self {
        let moved = |day: Day| day.moved(self.test_from, from);
        Self { train_until: moved(self.train_until), tune_until: moved(self.tune_until), test_from: from }
    }
}
