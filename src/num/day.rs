//! Calendar days.

use chrono::{Datelike, Months, NaiveDate};
use std::fmt;

/// A calendar day, as whole days since 1970-01-01 (the `Date` type of Parquet and polars).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[repr(transparent)]
pub struct Day(pub i32);

impl Day {
    /// The day of a year, month (1 to 12) and day of month, or `None` if there is no such day.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from)
    }

    /// Reads `YYYY-MM-DD`, and nothing else: a date that could be read in two ways is refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            bytes[range]
                .iter()
                .try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
        };
        Self::from_ymd(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)
    }

    /// The day this many days later (earlier when negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The same day of the month this many years later; 29 February becomes 28 February.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        self.date().checked_add_months(Months::new(years * 12)).map_or(self, Self::from)
    }

    /// This day moved as far as from `a` to `b`, which is not earlier: by whole months where both are the same day of
    /// their months (a day that a month does not have becomes its last), otherwise by days.
    #[must_use]
    pub fn moved(self, a: Self, b: Self) -> Self {
        let months = |day: Self| i64::from(day.year()) * 12 + i64::from(day.month());
        let whole = (a.date().day() == b.date().day()).then(|| u32::try_from(months(b) - months(a)).ok());
        match whole.flatten().and_then(|n| self.date().checked_add_months(Months::new(n))) {
            Some(date) => date.into(),
            None => self.plus(b.0 - a.0),
        }
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        self.date().with_day(1).map_or(self, Self::from)
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// Such as `3 April 2021`.
    #[must_use]
    pub fn in_words(self) -> String {
        format!("{} {}", self.date().day(), self.month_in_words())
    }

    /// Such as `April 2021`.
    #[must_use]
    pub fn month_in_words(self) -> String {
        format!("{} {}", MONTHS[self.date().month0() as usize], self.year())
    }

    /// The year in which the DfE census year holding this day ends: April 2023 to March 2024 is 2024.
    #[must_use]
    pub fn census_year(self) -> i32 {
        let date = self.date();
        date.year() + i32::from(date.month() >= 4)
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or_default()
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date().format("%Y-%m-%d"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a date written YYYY-MM-DD")
    }
}

/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn reads_only_unambiguous_dates() {
        assert_eq!(Day::parse("1970-01-02"), Some(Day(1)));
        for wrong in ["02/01/1970", "1970-1-2", "1970-02-30", "1970-01-02T00", "", "１９７０-01-02"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        assert_eq!(
            Day::parse("2024-02-29").map(|d| d.plus_years(1).to_string()).as_deref(),
            Some("2025-02-28")
        );
    }

    #[test]
    fn a_day_moves_as_far_as_others_do() {
        let day = |text| Day::parse(text).unwrap();
        let moved = |d, a, b| day(d).moved(day(a), day(b)).to_string();
        assert_eq!(moved("2019-04-01", "2020-04-01", "2022-04-01"), "2021-04-01", "over a leap day");
        assert_eq!(moved("2019-12-31", "2020-04-01", "2020-06-01"), "2020-02-29");
        assert_eq!(moved("2019-04-01", "2020-04-01", "2020-04-15"), "2019-04-15");
        assert_eq!(moved("2019-04-01", "2020-04-01", "2020-04-01"), "2019-04-01");
    }

    #[test]
    fn census_years_run_from_april() {
        assert_eq!(Day::parse("2023-04-01").map(Day::census_year), Some(2024));
        assert_eq!(Day::parse("2024-03-31").map(Day::census_year), Some(2024));
    }
}
