//! Every error of the library as kind, message, hint and exit code.

use crate::evaluate::EvaluateError;
use crate::experiment::folder::FolderError;
use crate::experiment::run::RunError;
use crate::ingest::IngestError;
use crate::io::settings::SettingsError;
use crate::ledger::LedgerError;
use crate::split::SplitError;

/// What kind of failure it is; the number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Usage = 2,
    Data = 3,
    Configuration = 4,
    TooFew = 5,
    Internal = 70,
}

impl Kind {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Usage => "usage error",
            Self::Data => "data error",
            Self::Configuration => "configuration error",
            Self::TooFew => "too few to evaluate",
            Self::Internal => "internal error",
        }
    }
}

/// A failure as the person at the keyboard sees it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Failure {
    pub(super) fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: Some(hint.into()) }
    }

    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        Self { kind: Kind::Internal, message: error.to_string(), hint: None }
    }

    /// A place that cannot be written to.
    pub(super) fn unwritable(message: String) -> Self {
        let hint = "check that the folder given by --out can be written and the disk is not full";
        Self::new(Kind::Usage, message, hint)
    }

    /// A form of a report that cannot be made of its page: a fault of the program.
    pub(super) fn form(kept: &str, why: &str) -> Self {
        let message = format!("a form of the report cannot be made: {why}; {kept}");
        Self::new(Kind::Internal, message, "please report this, with the experiment file")
    }

    /// A file named on the command line that cannot be read.
    pub(super) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("cannot read {}: {error}", path.display());
        Self::new(Kind::Usage, message, "check the path; paths are relative to the current folder")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::new(Kind::Configuration, error.to_string(), "nothing was run; mend the places above")
    }
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        let message = error.to_string();
        match error {
            IngestError::NotFound(_) => {
                Self::new(Kind::Usage, message, "check the path; paths are relative to the current folder")
            }
            IngestError::Write { .. } => Self::unwritable(message),
            _ => Self::new(Kind::Data, message, "nothing was read; mend the files named above"),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        let too_few = "look at the dates, the horizon and the outcome of the experiment; if they are as meant, a longer period or more authorities would be needed";
        match error {
            RunError::TooFew { .. }
            | RunError::Split(SplitError::TooFewHouseholds { .. } | SplitError::NothingToTest) => {
                Self::new(Kind::TooFew, message, too_few)
            }
            RunError::Predict(p) if matches!(p.source, crate::models::FitError::OneClass) => {
                Self::new(Kind::TooFew, message, too_few)
            }
            RunError::Evaluate(EvaluateError::TooFew { .. }) => Self::new(Kind::TooFew, message, too_few),
            RunError::Split(SplitError::OneAuthority) => Self::new(
                Kind::Configuration,
                message,
                "choose another `split.method`, or give data of several authorities",
            ),
            RunError::Split(SplitError::IdleCutOff(_)) => Self::new(
                Kind::Configuration,
                message,
                "leave that date out of `split.cut_offs`, or choose one within the records, and more than a horizon before \
                 any `holdout.from`",
            ),
            RunError::Split(SplitError::IdleWindow { .. }) => Self::new(
                Kind::Configuration,
                message,
                "make the window longer: it must reach back more than one horizon before the test",
            ),
            RunError::Predict(p)
                if matches!(
                    p.source,
                    crate::models::FitError::NotConverged(_) | crate::models::FitError::Singular
                ) =>
            {
                Self::new(
                    Kind::Configuration,
                    message,
                    "a larger penalty, such as `models.logistic.l2`, would help",
                )
            }
            RunError::References(_) | RunError::Directions(_) => Self::new(
                Kind::Configuration,
                message,
                "nothing was fitted; name one of these levels, or leave the grouping out to use its largest",
            ),
            RunError::Artefact(_) => Self::new(
                Kind::Data,
                message,
                "data in the same form, with the same tables and factors, are needed",
            ),
            RunError::Split(_) | RunError::Predict(_) | RunError::Evaluate(_) => {
                Self { kind: Kind::Internal, message, hint: None }
            }
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = error.to_string();
        match error {
            LedgerError::Io { .. } => Self::unwritable(message),
            LedgerError::Unsure { .. } => Self { kind: Kind::Data, message, hint: None },
            LedgerError::Broken { .. } => Self::new(
                Kind::Data,
                message,
                "`rerefer ledger --verify` lists every fault; the final test stays closed",
            ),
            LedgerError::Malformed(_) => {
                Self::new(Kind::Usage, message, "give a --reason of at least one word")
            }
            LedgerError::Refused(_) => Self::new(
                Kind::Configuration,
                message,
                "`rerefer plan EXPERIMENT --reason \"why\"` registers anew; ledger and report show it",
            ),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::unwritable(error.to_string())
    }
}
