//! Profiles: whose rules a report keeps.
//!
//! | profile | smallest count shown | counts | shares | after |
//! |---|---|---|---|---|
//! | `tre10` | 10 | exact | three decimals | UK trusted research environments (UK LLC: counts under 10, zero included) |
//! | `dfe` | 6 | exact | three decimals, that is percentages with one | `DfE`'s children in need statistics: 1 to 5 are suppressed |
//! | `opensafely` | 8 | to the nearest 5 | two decimals, rates from rounded counts | `OpenSAFELY`: counts up to 7 are redacted, then rounded |
//!
//! In all of them secondary suppression holds, and zero counts as small, also where the publisher would show a true zero: that
//! none of a group came back says something of each of them. Percentages are made from unrounded numbers. Where counts are rounded
//! that would give them away again, so there rates of the outcome are made from the rounded counts, as `OpenSAFELY` does it, other
//! estimates have two decimals, and measures of the counts alone, intervals by formula and drawn estimates are not shown.
//! Sections whose counts are to the nearest ten keep three decimals.

use super::facts::share;
use super::passed::{Count, Number};
use super::rows::{BIN, PREVALENCE};
use crate::report::{ContrastLine, Facts, Line, Removed};

/// Measures that are worked out from the number of rows and of outcomes alone.
const OF_COUNTS: [&str; 2] = ["uncertainty", "net-benefit-of-all"];
/// The share who came back, of a level and of a group of chances.
const RATES: [&str; 2] = ["outcome-rate", BIN];

/// How strict disclosure control is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in an experiment.
    pub name: &'static str,
    /// Smallest count that may be shown.
    pub threshold: u64,
    /// Counts are shown to the nearest of this; 1 shows them exactly.
    pub nearest: u64,
    /// Decimals of shares, 2 or 3.
    pub decimals: i32,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self { name: "tre10", threshold: 10, nearest: 1, decimals: 3 },
        Self { name: "dfe", threshold: 6, nearest: 1, decimals: 3 },
        Self { name: "opensafely", threshold: 8, nearest: 5, decimals: 2 },
    ];

    /// The rule of UK trusted research environments: counts under 10, zero included, are hidden.
    #[must_use]
    pub fn tre10() -> Self {
        Self::ALL[0]
    }

    /// Lines as this profile shows them.
    pub(super) fn coarsen(self, lines: &mut [Line]) {
        if self.nearest == 1 {
            return;
        }
        for line in lines {
            line.n = self.count(line.n);
            line.events = self.count(line.events);
            // Both follow from counts and the estimate.
            line.theory = None;
            line.shrunk = None;
            let shown = line.number.estimate().is_some();
            line.number = match line.measure {
                measure if shown && (OF_COUNTS.contains(&measure) || line.model == PREVALENCE) => {
                    Number::Suppressed
                }
                measure if shown && RATES.contains(&measure) => self.rate(line),
                _ => self.estimate(&line.number),
            };
        }
    }

    /// The share who came back from rounded counts, with its interval.
    fn rate(self, line: &Line) -> Number {
        match line.events.get().zip(line.n.get()) {
            Some((events, n)) if n > 0 => {
                self.estimate(&Number::new(events as f64 / n as f64, line.number.interval()))
            }
            _ => Number::Suppressed,
        }
    }

    /// Groups compared, as this profile shows them.
    pub(super) fn contrasts(self, contrasts: &mut [ContrastLine]) {
        for contrast in contrasts.iter_mut().filter(|_| self.nearest > 1) {
            contrast.difference = self.estimate(&contrast.difference);
            contrast.ratio = self.estimate(&contrast.ratio);
            contrast.newcombe = None;
            contrast.log_ratio = None;
        }
    }

    /// An estimate as this profile shows it.
    fn estimate(self, number: &Number) -> Number {
        number.to_decimals(self.decimals)
    }

    /// The numbers of a cohort as this profile shows them.
    pub(super) fn facts(self, facts: &mut Facts) {
        for count in [&mut facts.rows, &mut facts.children, &mut facts.events, &mut facts.competing] {
            *count = self.count(*count);
        }
        for count in [&mut facts.households, &mut facts.open] {
            *count = count.map(|count| self.count(count));
        }
        if self.nearest > 1 {
            facts.came_back = share(facts.events, facts.rows).per_hundred(false);
        }
    }

    /// A count as this profile shows it.
    pub(super) fn count(self, count: Count) -> Count {
        count.to_nearest(self.nearest)
    }

    /// What a step removed as this profile shows it.
    pub(super) fn removed(self, removed: Removed) -> Removed {
        match removed {
            Removed::Shown(n) => Removed::Shown(n.to_nearest(self.nearest)),
            other => other,
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::tre10()
    }
}

impl serde::Serialize for Profile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl<'de> serde::Deserialize<'de> for Profile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = Self::ALL.into_iter().find(|profile| profile.name == name);
        found.ok_or_else(|| serde::de::Error::custom("there is no such profile of disclosure control"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::passed::{Count, Number};
    use super::Profile;

    #[test]
    fn rounded_profiles_show_neither_exact_counts_nor_tenths_of_a_percent() {
        let [exact, _, rounded] = Profile::ALL;
        let count = |n| Count::new(n, true);
        assert_eq!(
            (exact.count(count(1234)).get(), rounded.count(count(1234)).get()),
            (Some(1234), Some(1235))
        );
        assert_eq!([8, 12, 13].map(|n| rounded.count(count(n)).get()), [Some(10), Some(10), Some(15)]);
        assert_eq!(rounded.count(Count::Suppressed), Count::Suppressed);
        let share = Number::new(0.3876, Some((0.3111, 0.4444)));
        assert_eq!(
            (exact.estimate(&share).estimate(), rounded.estimate(&share).estimate()),
            (Some(0.388), Some(0.39))
        );
        assert_eq!(rounded.estimate(&share).interval(), Some((0.31, 0.44)));
    }
}
