//! What the readers leave at the door: what no reader takes in, by format, and what of it stood in the files of a run.
//!
//! In: names of columns and elements that a reader did not take in. Out: [`Dropped`], each name once. Names only, and even these
//! are cut to letters and digits: a value never gets here.

use super::cin::Passed;
use super::identifiers;
use crate::history::Dropped;
use std::collections::BTreeMap;

/// What is done with one kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The things, such as `Names, addresses, contact details`.
    pub what: &'static str,
    /// What becomes of them, in a sentence.
    pub done: &'static str,
}

/// The rules of the census reader.
const CENSUS: &[Rule] = &[
    Rule { what: "Unique pupil numbers, present and former", done: "Passed over unread." },
    Rule {
        what: "Names, addresses, contact details",
        done: "Not part of this census; if they are in a file all the same, passed over unread and reported.",
    },
    Rule { what: "Free text", done: "Passed over unread: only dates, codes, yes and no are taken." },
    Rule {
        what: "The authority\u{2019}s own number for the child",
        done: "Replaced by a running number; held only while files are read, to know the child again in the next year.",
    },
    Rule { what: "Date of birth, or expected date of birth", done: "Cut to the month." },
    Rule {
        what: "Date of death",
        done: "Kept to the day as the day on which the child left; never told to a model.",
    },
    Rule {
        what: "Days of referrals and of everything that follows",
        done: "Kept to the day while the run works, because \u{201c}within so many days\u{201d} is counted in days; months in reports.",
    },
    Rule { what: "Sex, ethnicity, disabilities", done: "Kept as coded in the census." },
    Rule { what: "Any other element", done: "Passed over unread and reported by its name." },
];

/// The rules of the reader of canonical tables.
const NATIVE: &[Rule] = &[
    Rule {
        what: "Unique pupil numbers, NHS and National Insurance numbers, names, addresses, contact details",
        done: "A column that looks like one, by its name or its content, stops the run; with the option --lenient it is left unread and reported.",
    },
    Rule {
        what: "Numbers of children that look like NHS numbers",
        done: "The file is refused: children must be known by made-up numbers.",
    },
    Rule {
        what: "Date of birth",
        done: "A column of that name stops the run; the month of birth is taken, and a row with another day than the first is refused.",
    },
    Rule { what: "Day on which the child left", done: "Kept to the day; never told to a model." },
    Rule {
        what: "Days of referrals and of everything that follows",
        done: "Kept to the day while the run works, because \u{201c}within so many days\u{201d} is counted in days; months in reports.",
    },
    Rule { what: "Sex, ethnicity, disabilities", done: "Kept as coded in the data dictionary." },
    Rule {
        what: "Free text",
        done: "Only in a table of notes that its maker has redacted; no fact is made from it and none of it is shown.",
    },
    Rule { what: "Any other column", done: "Left unread and reported by its name." },
];

/// What is done at the door with the format of a source.
#[must_use]
pub fn rules(format: &str) -> &'static [Rule] {
    if format == "cin-census" { CENSUS } else { NATIVE }
}

/// The census element that says why there is no pupil number: a code, and no number itself.
const NO_NUMBER: &str = "UPNunknown";

/// What a reader did not take in.
#[derive(Debug, Default)]
pub(super) struct Door {
    elements: BTreeMap<(String, String, Option<&'static str>), Option<u64>>,
}

impl Door {
    /// A column of a table that the schema does not know.
    pub(super) fn column(&mut self, table: &str, name: &str, looks_like: Option<&'static str>) {
        let (name, by_name) = shown(name);
        let _before = self.elements.insert((table.to_owned(), name, looks_like.or(by_name)), None);
    }

    /// What was passed over in a census file.
    pub(super) fn of_census<'p>(&mut self, passed: impl Iterator<Item = Passed<'p>>) {
        for Passed { place, name, times } in passed {
            let (name, by_name) = shown(name);
            let looks_like = identifiers::by_name(&name).filter(|_| name != NO_NUMBER).or(by_name);
            let count = self.elements.entry((place.to_owned(), name, looks_like)).or_insert(Some(0));
            *count = count.map(|before| before + times);
        }
    }

    /// Each name once, by place and name.
    pub(super) fn dropped(self) -> Vec<Dropped> {
        let of =
            |((place, name, looks_like), times): ((String, String, Option<&'static str>), Option<u64>)| {
                Dropped { place, name, looks_like: looks_like.map(str::to_owned), times }
            };
        self.elements.into_iter().map(of).collect()
    }
}

/// A name as it may be shown, and what identifier it is itself: where rows are not what they should be, a name can be a value.
fn shown(name: &str) -> (String, Option<&'static str>) {
    match identifiers::by_content(std::iter::once(name)) {
        Some(identifier) => ("(not shown)".to_owned(), Some(identifier)),
        None => (
            name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(40).collect(),
            None,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cin::Passed;
    use super::Door;

    #[test]
    fn names_are_kept_and_values_are_not() {
        let mut door = Door::default();
        door.column("children", "nhs_number", Some("an NHS number"));
        door.column("children", "A123456789012", None);
        door.column("events", "team <b>", None);
        let upn = |times| Passed { place: "ChildIdentifiers", name: "UPN", times };
        let why = Passed { name: "UPNunknown", ..upn(2) };
        door.of_census([upn(3), why, upn(4)].into_iter());
        let found = door.dropped();
        let short: Vec<(&str, Option<&str>, Option<u64>)> =
            found.iter().map(|d| (d.name.as_str(), d.looks_like.as_deref(), d.times)).collect();
        assert_eq!(
            short,
            [
                ("UPN", Some("a unique pupil number"), Some(7)),
                ("UPNunknown", None, Some(2)),
                ("(not shown)", Some("a unique pupil number"), None),
                ("nhs_number", Some("an NHS number"), None),
                ("teamb", None, None),
            ]
        );
    }
}
