//! What was found and what is allowed, in words: a value from a row is described, never quoted.

use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::{Code, CodeList};
use crate::schema::tables::Type;

/// What a cell of type `ty` may hold, in words.
pub(super) fn allowed(ty: Type, required: bool) -> String {
    let words = match ty {
        Type::Surrogate => "a whole number".to_owned(),
        Type::Date => "a date written YYYY-MM-DD".to_owned(),
        Type::Month => "the first day of a month, written YYYY-MM-01".to_owned(),
        Type::Code(list) => format!("one of {}", list.allowed()),
        Type::Codes(list) => format!("codes separated by spaces, each one of {}", list.allowed()),
        Type::Kind => format!("one of {}", Kind::allowed()),
        Type::KindCode => "a code of the kind's list".to_owned(),
        Type::Name => format!("a name of up to {LONGEST_NAME} letters, digits and - ' & . , ( ) /"),
        Type::Text => "text".to_owned(),
    };
    if required { words } else { format!("{words}, or nothing") }
}

/// The years that a date can be of: others stand for "unknown" or "for ever" in some systems.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// Whether a day is of a year that a record can hold.
pub(super) fn is_of_our_time(day: Day) -> bool {
    YEARS.contains(&day.year())
}

/// The day that a text stands for, if it is one that a record can hold.
pub(super) fn day(text: &str) -> Option<Day> {
    Day::parse(text).filter(|day| is_of_our_time(*day))
}

/// What is wrong with a day of another time.
pub(super) const OTHER_TIME: &str = "a year before 1900 or after 2099";

/// What is wrong with a text that is no date.
pub(super) fn not_a_day(text: &str) -> &'static str {
    let text = text.trim();
    let digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).collect();
    let year_last = |sep: char| {
        let parts: Vec<&str> = text.split(sep).collect();
        parts.len() == 3 && parts.iter().all(|p| digits(p)) && parts[0].len() <= 2
    };
    if let Some(word) = missing_word(text) {
        word
    } else if Day::parse(text).is_some_and(|day| !is_of_our_time(day)) {
        OTHER_TIME
    } else if year_last('/') || year_last('-') || year_last('.') {
        "a date written day/month/year"
    } else if text.len() == 10 && parts.len() == 3 && parts.iter().all(|p| digits(p)) {
        if text.contains('-') {
            "a day that is not in the calendar"
        } else {
            "a date with other separators than -"
        }
    } else if text.get(..10).is_some_and(|start| Day::parse(start).is_some()) {
        "a date followed by a time of day"
    } else if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        "eight digits"
    } else if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        "a number (a date as a spreadsheet counts days?)"
    } else {
        "text that is no date"
    }
}

/// What is wrong with a text that is no whole number.
pub(super) fn not_a_number(text: &str) -> &'static str {
    let text = text.trim();
    missing_word(text).unwrap_or_else(|| {
        if text.parse::<f64>().is_ok() {
            "a number with a decimal point or out of range"
        } else {
            "text that is no whole number"
        }
    })
}

/// The most characters of a name.
const LONGEST_NAME: usize = 40;

/// What is wrong with a text that is no short name, such as an authority's: names are printed in reports.
pub(super) fn not_a_name(text: &str) -> Option<&'static str> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    if text.chars().count() > LONGEST_NAME {
        Some("a long text")
    } else if !text.chars().all(|c| c.is_alphanumeric() || " -'&.,()/\u{2019}".contains(c)) {
        Some("a text with signs that no name has")
    } else if digits > 4 {
        Some("a long number")
    } else {
        None
    }
}

/// What is wrong with a text that is no code of `list`.
pub(super) fn not_a_code(text: &str, list: &CodeList) -> &'static str {
    let text = text.trim();
    missing_word(text).unwrap_or_else(|| {
        if list.find(&text.to_uppercase()).is_some() || list.find(&text.to_lowercase()).is_some() {
            "a code in the wrong letter case"
        } else {
            "a code that is not in the list"
        }
    })
}

/// A word that some systems write where nothing is recorded.
pub(super) fn missing_word(text: &str) -> Option<&'static str> {
    if text.eq_ignore_ascii_case("null") {
        Some("the word NULL")
    } else if ["na", "n/a", "nan", "none", "#n/a"].iter().any(|w| text.eq_ignore_ascii_case(w)) {
        Some("a word for a missing value")
    } else {
        None
    }
}

/// Why a code cannot be of census year `year`, or `None` if it can.
pub(super) fn wrong_year(list: &CodeList, place: u8, year: i32) -> Option<&'static str> {
    retired(list, place, year).or_else(|| too_new(list, place, year))
}

/// What is wrong with a code that was retired before census year `year`.
pub(super) fn retired(list: &CodeList, place: u8, year: i32) -> Option<&'static str> {
    list.get(place).filter(|code| year > code.to_year).map(|_| "a code that was retired before that year")
}

/// What is wrong with a code that came in after census year `year`; 2017 is the first year whose schema is known, so a
/// code from then may be older.
pub(super) fn too_new(list: &CodeList, place: u8, year: i32) -> Option<&'static str> {
    let late = |code: &&Code| code.from_year > 2017 && year < code.from_year;
    list.get(place).filter(late).map(|_| "a code that came in only after that year")
}

#[cfg(test)]
mod tests {
    use super::{not_a_code, not_a_day, not_a_number, wrong_year};
    use crate::schema::codes::{FACTOR, SEX};

    #[test]
    fn dates_are_described_by_their_form() {
        for (text, words) in [
            ("02/01/2020", "a date written day/month/year"),
            ("2-1-20", "a date written day/month/year"),
            ("2020-02-30", "a day that is not in the calendar"),
            ("2020/02/03", "a date with other separators than -"),
            ("2020-02-03T00:00:00", "a date followed by a time of day"),
            ("20200203", "eight digits"),
            ("43864", "a number (a date as a spreadsheet counts days?)"),
            ("null", "the word NULL"),
            ("Smith", "text that is no date"),
            ("\u{1f600}", "text that is no date"),
        ] {
            assert_eq!(not_a_day(text), words, "{text}");
        }
    }

    #[test]
    fn numbers_and_codes_are_described() {
        assert_eq!(not_a_number("1.0"), "a number with a decimal point or out of range");
        assert_eq!(not_a_number("A1"), "text that is no whole number");
        assert_eq!(not_a_code("m", &SEX), "a code in the wrong letter case");
        assert_eq!(not_a_code("X", &SEX), "a code that is not in the list");
    }

    #[test]
    fn codes_have_their_years() {
        let place = |code| FACTOR.find(code).unwrap();
        assert!(wrong_year(&FACTOR, place("24A"), 2021).is_some());
        assert!(wrong_year(&FACTOR, place("24A"), 2022).is_none());
        assert!(wrong_year(&FACTOR, place("18A"), 2021).is_some());
        assert!(wrong_year(&FACTOR, place("1A"), 2009).is_none());
    }
}
