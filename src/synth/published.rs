//! What is published in words only, or not at all, and so is not fitted.

/// At which ages a factor is mostly found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ages {
    /// Any age.
    All,
    /// Mostly from 10 years: factors about what the child does or suffers outside the home.
    Older,
}

/// Factors found mostly from 10 years on. Ours.
const OLDER: [&str; 12] = ["1A", "2A", "4A", "7A", "9A", "10A", "11A", "12A", "13A", "14A", "15A", "24A"];

/// At which ages a factor is mostly found.
pub(super) fn ages(code: &str) -> Ages {
    if OLDER.contains(&code) { Ages::Older } else { Ages::All }
}
