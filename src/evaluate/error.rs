//! What can stop an evaluation.

use super::FEWEST;

/// Why nothing could be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// Too few rows of one or both kinds were tested. Carries no counts, because counts this small are not shown.
    #[error("{}", too_few(*.events, *.non_events))]
    TooFew {
        /// Whether fewer than [`FEWEST`] tested rows had the outcome.
        events: bool,
        /// Whether fewer than [`FEWEST`] tested rows did not have the outcome.
        non_events: bool,
    },
    /// The input contradicts itself; all faults.
    #[error("predictions cannot be evaluated: {}", .0.join("; "))]
    Input(Vec<String>),
}

fn too_few(events: bool, non_events: bool) -> String {
    let which = match (events, non_events) {
        (true, true) => "followed by the outcome, and fewer than that many were not",
        (false, true) => "not followed by the outcome",
        _ => "followed by the outcome",
    };
    format!(
        "too few to evaluate: of the referrals that were tested, fewer than {FEWEST} were {which}; at least {FEWEST} \
         with and {FEWEST} without the outcome are needed"
    )
}
