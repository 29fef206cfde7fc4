//! Every error of the library as kind, message, hint and exit code.

use crate::evaluate::EvaluateError;
use crate::experiment::folder::FolderError;
use crate::experiment::run::RunError;
use crate::ingest::IngestError;
use crate::io::settings::SettingsError;

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
        Self::new(Kind::Data, error.to_string(), "`rerefer check PATH` lists every problem of a data folder")
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        let too_few = "a longer period, more authorities or a longer horizon would be needed; no smaller study can answer the question honestly";
        match error {
            RunError::TooFew { .. }
            | RunError::Split(
                crate::split::SplitError::TooFewHouseholds { .. } | crate::split::SplitError::NothingToTest,
            ) => Self::new(Kind::TooFew, message, too_few),
            RunError::Predict(p) if matches!(p.source, crate::models::FitError::OneClass) => {
                Self::new(Kind::TooFew, message, too_few)
            }
            RunError::Evaluate(EvaluateError::TooFew { .. }) => Self::new(Kind::TooFew, message, too_few),
            RunError::Split(_) | RunError::Predict(_) | RunError::Evaluate(_) => {
                Self { kind: Kind::Internal, message, hint: None }
            }
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::new(
            Kind::Usage,
            error.to_string(),
            "check that the folder given by --out can be written and the disk is not full",
        )
    }
}
