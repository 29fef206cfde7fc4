//! The calendar of a simulation: which month a day is in, and how busy that month is.
//!
//! All referrals, first ones and returns, rise and fall together: by the month (table C6), by the break of 2020, and by
//! the drift that a researcher may set.

use super::fitted::Fitted;
use super::scenario::Drift;
use super::world::YEAR;
use crate::num::Day;

/// The census year of the break: April 2020 to March 2021.
const BREAK: i32 = 2021;

/// Consecutive calendar months, each with a factor on every hazard.
#[derive(Debug)]
pub(super) struct Calendar {
    first: Day,
    /// The month of each day from `first` on.
    month_of: Vec<u16>,
    /// The first day of each month, and of the month after the last.
    starts: Vec<Day>,
    /// Factor on returns in each month.
    level: Vec<f64>,
    /// Factor on first referrals in each month.
    onset: Vec<f64>,
    recorded: Day,
    drift: f64,
}

impl Calendar {
    /// The months that hold `first..=last`. Drift counts from `recorded`.
    pub(super) fn new(first: Day, last: Day, recorded: Day, fitted: &Fitted, drift: &Drift) -> Self {
        let first = first.first_of_month();
        let mean = fitted.months.iter().sum::<f64>() / 12.0;
        let mut calendar = Self {
            first,
            month_of: Vec::new(),
            starts: vec![first],
            level: Vec::new(),
            onset: Vec::new(),
            recorded,
            drift: drift.level_per_year,
        };
        let mut day = first;
        while day <= last {
            let month = usize::try_from(day.month() - 1).unwrap_or(0);
            // April is the first month of the census year.
            let in_break =
                if day.census_year() == BREAK { fitted.break_months[(month + 9) % 12] } else { 1.0 };
            let season = fitted.months[month] / mean * in_break;
            calendar.level.push(season * calendar.drift(day).exp());
            calendar.onset.push(season);
            let next = day.plus(31).first_of_month();
            let place = u16::try_from(calendar.level.len() - 1).unwrap_or(u16::MAX);
            calendar
                .month_of
                .extend(std::iter::repeat_n(place, usize::try_from(next.0 - day.0).unwrap_or(0)));
            calendar.starts.push(next);
            day = next;
        }
        calendar
    }

    /// The place of the month of a day; days beyond either end belong to the nearest month.
    pub(super) fn month(&self, day: Day) -> usize {
        let place = usize::try_from(day.0 - self.first.0).unwrap_or(0).min(self.month_of.len() - 1);
        usize::from(self.month_of[place])
    }

    /// The last day of a month by its place.
    pub(super) fn last_day(&self, month: usize) -> Day {
        self.starts[(month + 1).min(self.starts.len() - 1)].plus(-1)
    }

    /// The factor on the hazard of a return in a month by its place.
    pub(super) fn level(&self, month: usize) -> f64 {
        self.level[month]
    }

    /// The log of the drift's factor on a day.
    pub(super) fn drift(&self, day: Day) -> f64 {
        self.drift * (f64::from(day.0 - self.recorded.0) / YEAR).max(0.0)
    }

    /// The factor on first referrals on a day.
    pub(super) fn onset(&self, day: Day) -> f64 {
        self.onset[self.month(day)]
    }
}

#[cfg(test)]
mod tests {
    use super::Calendar;
    use crate::num::Day;
    use crate::synth::fitted::Fitted;
    use crate::synth::scenario::Drift;

    #[test]
    fn months_begin_and_end_where_they_should_and_the_break_is_one_year() {
        let day = |y, m, d| Day::from_ymd(y, m, d).unwrap();
        let (first, last) = (day(2019, 12, 15), day(2022, 3, 31));
        let calendar = Calendar::new(first, last, first, Fitted::committed(), &Drift::default());
        let february = calendar.month(day(2020, 2, 29));
        assert_eq!(calendar.last_day(february), day(2020, 2, 29));
        assert_eq!(calendar.month(day(2020, 3, 1)), february + 1);
        let level = |y, m| calendar.level(calendar.month(day(y, m, 3)));
        // Lower in the spring of 2020 than in the spring after; the same month of ordinary years is the same.
        assert!(level(2020, 4) < 0.9 * level(2021, 4));
        assert!((level(2020, 2) - level(2022, 2)).abs() < 1e-12);
    }
}
