//! Where the judging of one record stands, and the checks of single values.

use super::super::identifiers;
use super::super::problem::{At, Findings, Severity};
use super::super::words;
use super::record::Cell;
use super::rules::Rule;
use super::xml::Oddity;
use crate::history::NO_CODE;
use crate::num::Day;
use crate::schema::codes::CodeList;

/// 1900-01-01, which some systems write for a missing date.
const NEVER: Day = Day(-25_567);

/// Where a value stands: element around it, its element, and the `DfE` rule on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot(pub(super) &'static str, pub(super) &'static str, pub(super) Option<&'static str>);

/// Collects what is wrong with one record.
pub(super) struct Judge<'a> {
    file: &'a str,
    child: Option<u64>,
    findings: &'a mut Findings,
}

impl<'a> Judge<'a> {
    /// For the child of this running number in the file, or for the whole file.
    pub(super) fn new(file: &'a str, child: Option<u64>, findings: &'a mut Findings) -> Self {
        Self { file, child, findings }
    }

    fn add(&mut self, severity: Severity, spot: Spot, found: &str, allowed: &str) {
        let Spot(place, column, rule) = spot;
        let at = At { file: self.file, place, row: self.child, column };
        self.findings.add(severity, at, found, allowed, rule);
    }

    /// Reports a broken rule.
    pub(super) fn broke(&mut self, rule: &Rule) {
        self.add(rule.severity, Spot(rule.place, rule.column, rule.number), rule.found, rule.allowed);
    }

    /// Reports something that was passed over.
    pub(super) fn oddity(&mut self, oddity: &Oddity) {
        let at = At {
            file: self.file,
            place: oddity.place,
            row: (oddity.child > 0).then_some(oddity.child),
            column: oddity.element.as_deref().unwrap_or_default(),
        };
        let (found, allowed) = match oddity.element.as_deref().map(identifiers::by_name) {
            None => ("text between elements".to_owned(), "elements only; the text was passed over"),
            Some(None) => (
                "an element that is not expected here".to_owned(),
                "the census elements; it was passed over unread",
            ),
            Some(Some(looks_like)) => {
                let found = format!("an element that looks like {looks_like}");
                (found, "no direct identifiers; it was passed over unread")
            }
        };
        self.findings.add(Severity::Warning, at, &found, allowed, None);
    }

    /// The text of a cell, or `None` with what is odd about it reported.
    pub(super) fn text<'c>(&mut self, cell: &'c Cell, spot: Spot) -> Option<&'c str> {
        match cell {
            Cell::Nothing => None,
            Cell::Text(text) if words::missing_word(text) == Some("the word NULL") => {
                self.add(
                    Severity::Warning,
                    spot,
                    "the word NULL",
                    "no element where nothing is recorded; taken as missing",
                );
                None
            }
            Cell::Text(text) => Some(text),
            Cell::Contradiction => {
                let allowed = "the element once; the value was left out";
                self.add(Severity::Error, spot, "the element more than once, with different values", allowed);
                None
            }
        }
    }

    /// The day in a cell. [`Found::Wrong`]: something is there, but was left out and reported.
    pub(super) fn day(&mut self, cell: &Cell, spot: Spot) -> Found<Day> {
        let Some(text) = self.text(cell, spot) else {
            return if matches!(cell, Cell::Contradiction) { Found::Wrong } else { Found::Nothing };
        };
        match Day::parse(text) {
            Some(NEVER) => {
                let allowed = "no element where nothing is recorded; taken as missing";
                self.add(
                    Severity::Warning,
                    spot,
                    "1900-01-01, which some systems write for a missing date",
                    allowed,
                );
                Found::Nothing
            }
            Some(day) => Found::Value(day),
            None => {
                let allowed = "a date written YYYY-MM-DD; the value was left out";
                self.add(Severity::Error, spot, words::not_a_day(text), allowed);
                Found::Wrong
            }
        }
    }

    /// The place of the code in a cell.
    pub(super) fn code(&mut self, cell: &Cell, list: &CodeList, spot: Spot) -> Found<u8> {
        let Some(text) = self.text(cell, spot) else {
            return if matches!(cell, Cell::Contradiction) { Found::Wrong } else { Found::Nothing };
        };
        if let Some(place) = list.find(text) {
            return Found::Value(place);
        }
        let allowed = format!("one of {}; the value was left out", list.allowed());
        self.add(Severity::Error, spot, words::not_a_code(text, list), &allowed);
        Found::Wrong
    }

    /// Reports a code that was not yet in the schema of the file's census year.
    pub(super) fn too_new(&mut self, place: u8, list: &CodeList, year: i32, spot: Spot) {
        if let Some(found) = words::too_new(list, place, year) {
            self.add(Severity::Warning, spot, found, "a code of the file's census year; it was kept");
        }
    }

    /// The true or false in a cell; `Err`: something else.
    pub(super) fn yes_no(&mut self, cell: &Cell, spot: Spot) -> Result<Option<bool>, ()> {
        match self.text(cell, spot).map(str::to_lowercase).as_deref() {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(()),
        }
    }
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// Nothing is recorded.
    Nothing,
    /// Something that was reported and left out.
    Wrong,
    /// A value.
    Value(T),
}

impl<T> Found<T> {
    /// The value, if there is one.
    pub(super) fn value(self) -> Option<T> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

impl Found<u8> {
    /// The place of the code, or [`NO_CODE`].
    pub(super) fn or_no_code(self) -> u8 {
        self.value().unwrap_or(NO_CODE)
    }
}

#[cfg(test)]
mod tests {
    use crate::num::Day;

    #[test]
    fn the_day_for_missing_is_1900() {
        assert_eq!(Day::from_ymd(1900, 1, 1), Some(super::NEVER));
    }
}
