//! The rows of `children`, judged.

use std::collections::{HashMap, HashSet};

use super::super::problem::{Findings, Severity};
use super::super::words;
use super::table::{NO_DAY, NO_NUMBER, Raw, Words};
use crate::history::{Children, NO_CODE};
use crate::num::Day;
use crate::schema::codes::{CodeList, DISABILITY, ETHNICITY, LEFT, SEX};

/// The children that can be used, and what `events` must know of the others.
pub(super) struct Known {
    /// Sorted by id.
    pub(super) children: Children,
    /// Sorted names.
    pub(super) authorities: Vec<String>,
    /// Whether any household is recorded.
    pub(super) households: bool,
    /// Ids of children whose rows were left out.
    pub(super) left_out: HashSet<i64>,
}

impl Known {
    /// The place of the child with this id; if there is none, what was found and what is allowed.
    pub(super) fn place_of(&self, id: i64) -> Result<u32, (&'static str, &'static str)> {
        let place = self.children.id.binary_search(&id).ok().and_then(|place| u32::try_from(place).ok());
        place.ok_or_else(|| {
            if self.left_out.contains(&id) {
                let allowed = "rows of children whose own row could be used; correct that row first";
                ("a child whose row in children was left out", allowed)
            } else {
                ("a child that is not in children", "a child that is in children")
            }
        })
    }
}

/// The columns of a table of children, by name; an absent optional column is empty.
struct Columns<'a> {
    raw: &'a Raw,
    id: &'a [i64],
    birth_month: &'a [Day],
    household: &'a [i64],
    observed_from: &'a [Day],
    observed_to: &'a [Day],
    left_on: &'a [Day],
    sex: Codes<'a>,
    ethnicity: Codes<'a>,
    left_reason: Codes<'a>,
    disabilities: Option<&'a Words>,
    authority: Option<&'a Words>,
    /// A day on which the records have ended for certain, where there are children enough to tell.
    records_end: Option<Day>,
}

/// Children of whom some must have an event within [`LONGEST_SILENCE`].
const MANY: usize = 100;
/// Days after the last event of all, within which observation must end.
const LONGEST_SILENCE: i32 = 366;

/// A column of codes of one list.
struct Codes<'a> {
    words: Option<&'a Words>,
    name: &'static str,
    list: &'static CodeList,
    places: Vec<Option<u8>>,
}

impl<'a> Codes<'a> {
    fn new(raw: &'a Raw, name: &'static str, list: &'static CodeList) -> Self {
        let words = raw.words(name);
        let places = words.map_or_else(Vec::new, |w| w.distinct.iter().map(|w| list.find(w)).collect());
        Self { words, name, list, places }
    }

    /// The place of a row's code, [`NO_CODE`] if empty; what is wrong if it is not in the list.
    fn get(&self, row: usize) -> Result<u8, &'static str> {
        let Some(words) = self.words else { return Ok(NO_CODE) };
        match self.places.get(words.of[row] as usize) {
            None => Ok(NO_CODE),
            Some(Some(place)) => Ok(*place),
            Some(None) => Err(words::not_a_code(words.get(row).unwrap_or_default(), self.list)),
        }
    }
}

fn day(values: &[Day], row: usize) -> Option<Day> {
    values.get(row).copied().filter(|d| *d > Day(NO_DAY.0 + 1))
}

/// Judges every row; those without an error become the children.
pub(super) fn check(raw: &Raw, last_event: Option<Day>, findings: &mut Findings) -> Known {
    let columns = Columns {
        raw,
        id: raw.numbers("child").unwrap_or_default(),
        birth_month: raw.days("birth_month").unwrap_or_default(),
        household: raw.numbers("household").unwrap_or_default(),
        observed_from: raw.days("observed_from").unwrap_or_default(),
        observed_to: raw.days("observed_to").unwrap_or_default(),
        left_on: raw.days("left_on").unwrap_or_default(),
        sex: Codes::new(raw, "sex", &SEX),
        ethnicity: Codes::new(raw, "ethnicity", &ETHNICITY),
        left_reason: Codes::new(raw, "left_reason", &LEFT),
        disabilities: raw.words("disabilities"),
        authority: raw.words("authority"),
        records_end: last_event.filter(|_| raw.rows >= MANY).map(|day| day.plus(LONGEST_SILENCE)),
    };
    let mut spoilt = raw.spoilt_rows(findings);
    for (row, spoilt) in spoilt.iter_mut().enumerate() {
        *spoilt |= columns.wrong(row, findings);
    }
    columns.duplicates(&mut spoilt, findings);
    let left_out = (0..raw.rows).filter(|r| spoilt[*r]).map(|r| columns.id[r]).collect();
    let mut good: Vec<usize> = (0..raw.rows).filter(|r| !spoilt[*r]).collect();
    good.sort_by_key(|r| columns.id[*r]);
    columns.build(&good, left_out)
}

impl Columns<'_> {
    /// Reports what is wrong within a row; returns whether it must be left out.
    fn wrong(&self, row: usize, findings: &mut Findings) -> bool {
        let mut wrong = false;
        let mut error = |column: &'static str, found: &str, allowed: &str| {
            findings.add(Severity::Error, self.raw.at(row, column), found, allowed, None);
            wrong = true;
        };
        for codes in [&self.sex, &self.ethnicity, &self.left_reason] {
            if let Err(found) = codes.get(row) {
                error(codes.name, found, &format!("one of {}, or nothing", codes.list.allowed()));
            }
        }
        if let Err((found, allowed)) = self.disabilities(row) {
            error("disabilities", found, &allowed);
        }
        let birth = day(self.birth_month, row);
        if birth.is_some_and(|b| b != b.first_of_month()) {
            error(
                "birth_month",
                "a day within a month",
                "the first day of the month, so that no birthday is held",
            );
        }
        let (from, to) = (day(self.observed_from, row), day(self.observed_to, row));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            error("observed_to", "a day before observed_from", "a day on or after observed_from");
        }
        if to.zip(self.records_end).is_some_and(|(to, end)| to > end) {
            error(
                "observed_to",
                "a day more than a year after the last event of all children",
                "the last day on which an event would have been recorded: what is not yet recorded is not \"no\"",
            );
        }
        let left = day(self.left_on, row);
        let reason = self.left_reason.words.is_some_and(|w| w.get(row).is_some());
        if left.is_some() && !reason {
            error(
                "left_reason",
                "nothing, though left_on is given",
                "a reason exactly where left_on is given",
            );
        }
        if left.is_none() && reason && self.left_on.get(row).is_none_or(|d| *d == NO_DAY) {
            error(
                "left_on",
                "nothing, though left_reason is given",
                "a day exactly where left_reason is given",
            );
        }
        if left.zip(birth).is_some_and(|(left, birth)| left < birth.plus(-280)) {
            error("left_on", "a day more than 40 weeks before birth_month", "a later day");
        }
        wrong
    }

    /// The set of a row's disabilities.
    fn disabilities(&self, row: usize) -> Result<u16, (&'static str, String)> {
        let text = self.disabilities.and_then(|w| w.get(row)).unwrap_or_default();
        let mut set = 0_u16;
        for code in text.split_whitespace() {
            let Some(place) = DISABILITY.find(code) else {
                let allowed = words::allowed(crate::schema::tables::Type::Codes(&DISABILITY), false);
                return Err((words::not_a_code(code, &DISABILITY), allowed));
            };
            set |= 1 << place;
        }
        let none = DISABILITY.find("NONE").map_or(0, |place| 1_u16 << place);
        if set & none != 0 && set != none {
            return Err((
                "NONE together with other codes",
                "NONE alone, or the other codes without it".to_owned(),
            ));
        }
        Ok(set)
    }

    /// Reports children that have more than one row; none of these rows is used, for which is right is not known.
    fn duplicates(&self, spoilt: &mut [bool], findings: &mut Findings) {
        let mut rows: Vec<usize> = (0..self.raw.rows).filter(|r| self.id[*r] > NO_NUMBER + 1).collect();
        rows.sort_by_key(|r| (self.id[*r], *r));
        for same in rows.chunk_by(|a, b| self.id[*a] == self.id[*b]).filter(|rows| rows.len() > 1) {
            for row in same {
                spoilt[*row] = true;
                let allowed = "each child once; none of the rows of such a child is used";
                let at = self.raw.at(*row, "child");
                findings.add(Severity::Error, at, "a child that has more than one row", allowed, None);
            }
        }
    }

    fn build(&self, good: &[usize], left_out: HashSet<i64>) -> Known {
        let name = |row: &usize| self.authority.and_then(|w| w.get(*row)).unwrap_or_default();
        let mut authorities: Vec<String> = self.authority.map_or_else(Vec::new, |w| w.distinct.clone());
        authorities.sort();
        let used: HashSet<&str> = good.iter().map(name).collect();
        authorities.retain(|a| used.contains(a.as_str()));
        let authority_place: HashMap<&str, u16> =
            (0..).zip(&authorities).map(|(i, a)| (a.as_str(), i)).collect();
        let mut households: HashMap<i64, u32> = HashMap::new();
        let mut next = 0_u32;
        let mut children = Children::default();
        for row in good.iter().copied() {
            let given = self.household.get(row).copied().filter(|h| *h > NO_NUMBER + 1);
            let fresh = next;
            let household = given.map_or(fresh, |h| *households.entry(h).or_insert(fresh));
            next += u32::from(household == fresh);
            children.id.push(self.id[row]);
            children.birth_month.push(day(self.birth_month, row));
            children.sex.push(self.sex.get(row).unwrap_or(NO_CODE));
            children.ethnicity.push(self.ethnicity.get(row).unwrap_or(NO_CODE));
            children.disabilities.push(self.disabilities(row).unwrap_or_default());
            children.household.push(household);
            children.authority.push(authority_place.get(name(&row)).copied().unwrap_or_default());
            children.observed_from.push(self.observed_from[row]);
            children.observed_to.push(self.observed_to[row]);
            children.left_on.push(day(self.left_on, row));
            children.left_reason.push(self.left_reason.get(row).unwrap_or(NO_CODE));
        }
        Known { children, authorities, households: !households.is_empty(), left_out }
    }
}
