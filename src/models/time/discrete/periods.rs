//! The periods that time is cut into, and those in which each row is at risk.
//!
//! Bounds `b_0 < b_1 < ... < b_J` make J periods; period j is `(b_j, b_{j+1}]`, as a row is at risk at `t` if
//! `entry < t <= exit`. What happens at exactly `b_0` to a row observed from before counts in the first period. A row is at
//! risk in a period if it is under observation from the period's beginning: `entry <= b_j`. Undefined with fewer than two
//! bounds, or bounds that do not increase.
//!
//! A row censored inside a period has been seen in a part of it only ([`PartPeriod`]).
//! Reference: Tutz and Schmid (2016), section 3.1; for the part-period rules Singer and Willett (2003), *Applied Longitudinal
//! Data Analysis*, section 10.1. `PartPeriod::Keep` is the rule that R's
//! `discSurv::dataLong` documents (not run here).

use crate::survival::{CENSORED, Times};
use serde::{Deserialize, Serialize};

/// What is wrong with the bounds of periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodsError {
    /// Fewer than two bounds make no period.
    #[error("periods need at least two bounds")]
    TooFew,
    /// More periods than are counted.
    #[error("at most 65,535 periods are possible")]
    TooMany,
    /// A bound that is no number or not above the one before.
    #[error("the bounds of periods must be finite and increase")]
    Order,
}

/// Periods of time, of any lengths, that follow on each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Periods {
    bounds: Vec<f64>,
}

impl Periods {
    /// Periods between `bounds`, in the unit of the times.
    ///
    /// # Errors
    /// With fewer than two bounds, more than 65,536, or bounds that are not finite and increasing.
    pub fn new(bounds: Vec<f64>) -> Result<Self, PeriodsError> {
        if bounds.len() < 2 {
            return Err(PeriodsError::TooFew);
        }
        if bounds.len() > usize::from(u16::MAX) + 1 {
            return Err(PeriodsError::TooMany);
        }
        let ordered = bounds.iter().all(|b| b.is_finite())
            && bounds.iter().zip(bounds.iter().skip(1)).all(|(a, b)| a < b);
        if ordered { Ok(Self { bounds }) } else { Err(PeriodsError::Order) }
    }

    /// How many periods there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The bounds, one more than there are periods.
    #[must_use]
    pub fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// The period that holds `time`; none before the first bound or after the last.
    #[must_use]
    pub fn holding(&self, time: f64) -> Option<usize> {
        let below = self.bounds.partition_point(|b| *b < time);
        if below == 0 {
            return self.bounds.first().is_some_and(|b| *b <= time).then_some(0);
        }
        (below <= self.count()).then(|| below - 1)
    }
}

/// What becomes of the period in which a row is censored before the period ends.
///
/// Every rule leans one way when censoring inside periods is common and hazards inside them are high: the error is about
/// half the share censored inside the period, times the hazard. With all censoring at ends of periods all are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartPeriod {
    /// The period is left out. Those who had the event early in the period stay in while those censored early go, so hazards
    /// come out a little too high.
    #[default]
    Drop,
    /// The period counts as one without an event, though its rest is unknown: hazards come out a little too low.
    Keep,
    /// The period counts if at least half of it was seen: near the actuarial estimate, which counts each by half.
    Half,
}

/// The periods in which one row is at risk: `first..end`. It has none where both are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first period at risk.
    pub first: u16,
    /// One after the last.
    pub end: u16,
    /// The cause that came in the last period; [`CENSORED`] where none did.
    pub cause: u8,
}

/// The periods at risk of all rows, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// One a row.
    pub rows: Vec<Span>,
    /// Rows at risk at the beginning of no period.
    pub without: usize,
    /// Events that are not in any period: before the first bound, after the last, or in the period in which the row came
    /// under observation.
    pub events_lost: usize,
}

impl Spans {
    /// The periods at risk of each row of `times`.
    #[must_use]
    pub fn new(times: &Times, periods: &Periods, part: PartPeriod) -> Self {
        let mut spans = Self { rows: Vec::with_capacity(times.len()), ..Self::default() };
        for ((entry, exit), cause) in times.entry.iter().zip(&times.exit).zip(&times.cause) {
            let span = span(*entry, *exit, *cause, periods, part);
            spans.without += usize::from(span.first == span.end);
            spans.events_lost += usize::from(*cause != CENSORED && span.cause == CENSORED);
            spans.rows.push(span);
        }
        spans
    }

    /// How many person-periods there are.
    #[must_use]
    pub fn person_periods(&self) -> usize {
        self.rows.iter().map(|s| usize::from(s.end - s.first)).sum()
    }
}

fn span(entry: f64, exit: f64, cause: u8, periods: &Periods, part: PartPeriod) -> Span {
    let (bounds, count) = (periods.bounds(), periods.count());
    let first = bounds.partition_point(|b| *b < entry).min(count);
    let (end, cause) = match periods.holding(exit) {
        Some(last) => {
            let (from, to) = (bounds[last], bounds[last + 1]);
            let seen = match part {
                PartPeriod::Drop => exit >= to,
                PartPeriod::Keep => true,
                PartPeriod::Half => exit - from >= 0.5 * (to - from),
            };
            (last + usize::from(cause != CENSORED || seen), cause)
        }
        // Seen to the end of the last period, or not even to the beginning of the first.
        None if exit > bounds[count] => (count, CENSORED),
        None => (0, CENSORED),
    };
    let whole = |period: usize| u16::try_from(period).unwrap_or(u16::MAX);
    if end > first {
        Span { first: whole(first), end: whole(end), cause }
    } else {
        Span { first: whole(first), end: whole(first), cause: CENSORED }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_checked() {
        assert_eq!(Periods::new(vec![0.0]), Err(PeriodsError::TooFew));
        assert_eq!(Periods::new(vec![0.0, 0.0]), Err(PeriodsError::Order));
        assert_eq!(Periods::new(vec![0.0, f64::NAN]), Err(PeriodsError::Order));
        assert_eq!(Periods::new(vec![0.0, f64::INFINITY]), Err(PeriodsError::Order));
    }

    #[test]
    fn spans_by_hand() {
        // Periods (0, 10], (10, 30], (30, 60].
        let periods = Periods::new(vec![0.0, 10.0, 30.0, 60.0]).unwrap();
        let of = |entry: f64, exit: f64, cause, part| {
            let s = span(entry, exit, cause, &periods, part);
            (s.first, s.end, s.cause)
        };
        let start = f64::NEG_INFINITY;
        use PartPeriod::{Drop, Half, Keep};
        assert_eq!(of(start, 0.0, 1, Drop), (0, 1, 1), "an event at the very start");
        assert_eq!(of(start, 10.0, 2, Drop), (0, 1, 2), "the end belongs to the period");
        assert_eq!(of(start, 10.5, 1, Drop), (0, 2, 1));
        assert_eq!(of(start, 10.0, 0, Drop), (0, 1, 0), "censored at the end: the whole period was seen");
        assert_eq!(of(start, 29.0, 0, Drop), (0, 1, 0));
        assert_eq!(of(start, 29.0, 0, Keep), (0, 2, 0));
        assert_eq!(of(start, 20.0, 0, Half), (0, 2, 0));
        assert_eq!(of(start, 19.0, 0, Half), (0, 1, 0));
        assert_eq!(of(start, 99.0, 1, Drop), (0, 3, 0), "an event after the last bound is not seen");
        assert_eq!(of(10.0, 40.0, 1, Drop), (1, 3, 1), "enters as the second period begins");
        assert_eq!(of(5.0, 40.0, 1, Drop), (1, 3, 1), "enters inside the first");
        assert_eq!(of(5.0, 8.0, 1, Drop), (1, 1, 0), "enters and leaves inside one period");
        assert_eq!(of(start, -1.0, 1, Drop), (0, 0, 0), "left before the first bound");
        assert_eq!(of(70.0, 80.0, 1, Drop), (3, 3, 0));
        let times = Times::with_entry(vec![5.0, start, start], vec![8.0, 99.0, 30.0], vec![1, 2, 1]).unwrap();
        let spans = Spans::new(&times, &periods, Drop);
        assert_eq!((spans.without, spans.events_lost, spans.person_periods()), (1, 2, 5));
    }
}
