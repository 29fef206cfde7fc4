//! The outcome on record is not the outcome in truth: how much of a group's numbers could be a fault of the records.
//!
//! In: the two-by-two [`Table`] of one group at one capacity, as recorded. Out: between what values a rate could lie if
//! comebacks were never recorded ([`under_recording`]) or recorded too often ([`over_recording`]), and how far the
//! recording of a group would have to be off before a gap to another group is nothing but recording
//! ([`tipping_point`]). Who is flagged is taken as given: what a model learned from biased records is not undone.
//! To look at another fault of the records, add a file.

pub mod over_recording;
pub mod tipping_point;
pub mod under_recording;

/// A rate, or why there is none, in plain words.
type Value = Result<f64, &'static str>;

/// Slack for counts that were worked back from a rate.
const SLACK: f64 = 1e-9;

/// Referrals of one group by flag and recorded outcome: counts, or any multiple of them; none is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// Flagged, outcome on record.
    pub flagged_with: f64,
    /// Flagged, no outcome on record.
    pub flagged_without: f64,
    /// Not flagged, outcome on record.
    pub unflagged_with: f64,
    /// Not flagged, no outcome on record.
    pub unflagged_without: f64,
}

/// What is asked of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Positive predictive value: of the flagged, those with the outcome.
    Ppv,
    /// False positive rate: of those without the outcome, the flagged.
    FalsePositive,
    /// False negative rate: of those with the outcome, those not flagged.
    Missed,
}

/// Between what values a rate could lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lowest, over everything the assumption allows.
    pub low: f64,
    /// If the fault strikes the same share of the flagged and of the others; an error where that cannot be.
    pub alike: Value,
    /// The highest.
    pub high: f64,
}

impl Rate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ppv, Self::FalsePositive, Self::Missed];

    /// The rate of a table, in [0, 1].
    ///
    /// # Errors
    /// Says why in words where nobody is left to divide by.
    pub fn of(self, table: &Table) -> Value {
        let (part, whole, none) = match self {
            Self::Ppv => (table.flagged_with, table.flagged(), "nobody would be flagged"),
            Self::FalsePositive => (table.flagged_without, table.without(), "everyone would have come back"),
            Self::Missed => (table.unflagged_with, table.with(), "nobody would have come back"),
        };
        if whole > SLACK { Ok(part / whole) } else { Err(none) }
    }

    /// Id of the measure of this rate in [`crate::evaluate::measures`].
    #[must_use]
    pub fn measure(self) -> &'static str {
        match self {
            Self::Ppv => "ppv",
            Self::FalsePositive => "false-positive-rate",
            Self::Missed => "missed-share",
        }
    }
}

impl Table {
    /// The table of `n` referrals, `events` of them with the outcome, from the missed share and the PPV; `None` where
    /// these do not make one.
    #[must_use]
    pub fn of_rates(n: f64, events: f64, missed: f64, ppv: f64) -> Option<Self> {
        let flagged_with = events * (1.0 - missed);
        let flagged = flagged_with / ppv;
        let table = Self {
            flagged_with,
            flagged_without: flagged - flagged_with,
            unflagged_with: events * missed,
            unflagged_without: n - events - (flagged - flagged_with),
        };
        let cells =
            [table.flagged_with, table.flagged_without, table.unflagged_with, table.unflagged_without];
        cells.iter().all(|c| c.is_finite() && *c >= 0.0).then_some(table)
    }

    fn with(&self) -> f64 {
        self.flagged_with + self.unflagged_with
    }

    fn without(&self) -> f64 {
        self.flagged_without + self.unflagged_without
    }

    fn flagged(&self) -> f64 {
        self.flagged_with + self.flagged_without
    }

    fn unflagged(&self) -> f64 {
        self.unflagged_with + self.unflagged_without
    }

    /// The table if so many more of the flagged and of the others had the outcome (fewer, if negative).
    fn with_more(&self, flagged: f64, unflagged: f64) -> Self {
        Self {
            flagged_with: self.flagged_with + flagged,
            flagged_without: self.flagged_without - flagged,
            unflagged_with: self.unflagged_with + unflagged,
            unflagged_without: self.unflagged_without - unflagged,
        }
    }

    /// The table if for each recorded outcome there were `factor` true ones, among the flagged as among the others.
    ///
    /// # Errors
    /// Says in words where so many do not fit.
    fn scaled(&self, factor: f64) -> Result<Self, &'static str> {
        let slack = SLACK * (self.flagged() + self.unflagged());
        if self.flagged_with * factor > self.flagged() + slack {
            return Err("more children would have come back than were flagged");
        }
        if self.unflagged_with * factor > self.unflagged() + slack {
            return Err("more children would have come back than were not flagged");
        }
        Ok(self.with_more(self.flagged_with * (factor - 1.0), self.unflagged_with * (factor - 1.0)))
    }

    /// The bounds of a rate over tables in which up to `flagged` of the flagged, or up to `unflagged` of the others, have
    /// another outcome.
    ///
    /// Each rate is a ratio of linear functions of both numbers, rising or falling in each, so that its extremes lie
    /// where one of them is as large as it can be and the other is 0, or where both are.
    fn corners(
        &self,
        rate: Rate,
        flagged: f64,
        unflagged: f64,
        alike: Value,
    ) -> Result<Bounds, &'static str> {
        let corners = [(0.0, 0.0), (flagged, 0.0), (0.0, unflagged)];
        let mut bounds = Bounds { low: f64::INFINITY, alike, high: f64::NEG_INFINITY };
        for (flagged, unflagged) in corners {
            let value = rate.of(&self.with_more(flagged, unflagged))?;
            bounds.low = bounds.low.min(value);
            bounds.high = bounds.high.max(value);
        }
        Ok(bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, Table};

    #[test]
    fn a_table_comes_back_from_its_rates() {
        let table = Table {
            flagged_with: 30.0,
            flagged_without: 50.0,
            unflagged_with: 70.0,
            unflagged_without: 250.0,
        };
        let back = Table::of_rates(400.0, 100.0, 0.7, 0.375).unwrap();
        for (a, b) in [
            (back.flagged_with, table.flagged_with),
            (back.flagged_without, table.flagged_without),
            (back.unflagged_with, table.unflagged_with),
            (back.unflagged_without, table.unflagged_without),
        ] {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
        assert!((Rate::FalsePositive.of(&back).unwrap() - 50.0 / 300.0).abs() < 1e-12);
        // 60 right flags of which 1 in 10 is right would be 600 flags of 400 referrals.
        assert!(Table::of_rates(400.0, 100.0, 0.4, 0.1).is_none());
        assert!(Table::of_rates(400.0, 100.0, 0.4, 0.0).is_none());
    }
}
