//! The one place where the clock is read: for the times of the ledger, and for whether a permission still holds.

use crate::num::Day;
use chrono::DateTime;
use std::time::SystemTime;

/// Now, in UTC, as the ledger writes it: `2026-03-01T09:30:00Z`. A clock that stands before 1970 reads as 1970.
pub(super) fn now() -> String {
    #[expect(clippy::disallowed_methods, reason = "the ledger says when a test was opened")]
    let now = SystemTime::now();
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    written(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Today, in UTC.
pub(super) fn today() -> Day {
    now().get(..10).and_then(Day::parse).unwrap_or(Day(0))
}

fn written(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_is_written_as_the_ledger_wants_it() {
        assert_eq!(super::written(1_772_357_400), "2026-03-01T09:30:00Z");
        assert_eq!(super::today().to_string(), super::now()[..10]);
        assert!(*super::now() > *"2025-01-01T00:00:00Z");
    }
}
