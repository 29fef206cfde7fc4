//! A child, judged: what the records say of it, with values in place of texts.

use super::episode::{Episode, Year};
use super::header::Header;
use super::judge::{Found, Judge, Spot};
use super::record::{self, Cell};
use super::rules;
use crate::history::NO_CODE;
use crate::num::Day;
use crate::schema::codes::{DISABILITY, ETHNICITY, SEX};

/// A judged child of one file.
pub(super) struct Child {
    /// The authority's own number; only [`super::stack`] sees it.
    pub(super) id: String,
    /// Running number in the file.
    pub(super) row: u64,
    pub(super) facts: Facts,
    pub(super) episodes: Vec<Episode>,
}

/// What is recorded of a child, without dates of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// First day of the month of birth or expected birth.
    pub(super) birth_month: Option<Day>,
    pub(super) sex: u8,
    pub(super) ethnicity: u8,
    pub(super) disabilities: u16,
    pub(super) death: Option<Day>,
}

/// Judges a record; `None` if it cannot be used at all.
pub(super) fn judge(
    record: &record::Child,
    row: u64,
    header: &Header,
    judge: &mut Judge<'_>,
) -> Option<Child> {
    let id = identifier(&record.id, judge);
    let birth = birth(record, header, judge);
    let death = death(record, birth, header, judge);
    let unborn = birth.is_some_and(|b| b > header.reference);
    let facts = Facts {
        birth_month: birth.map(Day::first_of_month),
        sex: sex(record, unborn, judge),
        ethnicity: ethnicity(record, judge),
        disabilities: disabilities(record, judge),
        death,
    };
    let year = Year { start: header.year_start(), reference: header.reference, birth, death };
    if record.details.is_empty() {
        judge.broke(&rules::R8590);
    }
    let episodes: Vec<Episode> = record.details.iter().filter_map(|d| year.episode(d, judge)).collect();
    together(&episodes, judge);
    Some(Child { id: id?, row, facts, episodes })
}

fn identifier(cell: &Cell, judge: &mut Judge<'_>) -> Option<String> {
    let spot = Spot("ChildIdentifiers", "LAchildID", Some("8500"));
    let Some(id) = judge.text(cell, spot) else {
        judge.broke(&rules::R8500);
        return None;
    };
    if id.chars().count() > 20 {
        judge.broke(&rules::R1570);
    }
    if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
        judge.broke(&rules::R1580);
    }
    Some(id.to_owned())
}

fn birth(record: &record::Child, header: &Header, judge: &mut Judge<'_>) -> Option<Day> {
    let born = judge.day(&record.birth, Spot("ChildIdentifiers", "PersonBirthDate", Some("8520")));
    let expected =
        judge.day(&record.expected, Spot("ChildIdentifiers", "ExpectedPersonBirthDate", Some("8530Q")));
    match (born, expected) {
        (Found::Value(_), Found::Value(_)) => judge.broke(&rules::R8525_BOTH),
        (Found::Nothing, Found::Nothing) => judge.broke(&rules::R8525_NEITHER),
        _ => {}
    }
    let born = born.value().filter(|born| {
        let later = *born > header.reference;
        if later {
            judge.broke(&rules::R8520);
        }
        !later
    });
    if born.is_some_and(|born| born.plus_years(26) <= header.reference) {
        judge.broke(&rules::R8775);
    }
    born.or(expected.value())
}

fn death(record: &record::Child, birth: Option<Day>, header: &Header, judge: &mut Judge<'_>) -> Option<Day> {
    let spot = Spot("ChildIdentifiers", "PersonDeathDate", Some("8545Q"));
    let death = judge.day(&record.death, spot).value()?;
    if birth.is_some_and(|birth| death < birth) {
        judge.broke(&rules::R8535);
        return None;
    }
    if death > header.reference {
        judge.broke(&rules::DEATH_AFTER);
        return None;
    }
    if death < header.year_start() {
        judge.broke(&rules::R8545);
    }
    Some(death)
}

/// `Sex` (2025 on) or `GenderCurrent` (to 2024), each also with the codes of the other.
fn sex(record: &record::Child, unborn: bool, judge: &mut Judge<'_>) -> u8 {
    let (cell, name) =
        if record.sex == Cell::Nothing { (&record.gender, "GenderCurrent") } else { (&record.sex, "Sex") };
    let current = match cell {
        Cell::Text(text) => match text.as_str() {
            "1" => Some("M"),
            "2" => Some("F"),
            "0" | "9" => Some("U"),
            _ => None,
        },
        Cell::Nothing | Cell::Contradiction => None,
    };
    let place = match current.and_then(|code| SEX.find(code)) {
        Some(place) => {
            if name == "Sex" {
                judge.broke(&rules::R4180_DIGIT);
            }
            place
        }
        None => match judge.code(cell, &SEX, Spot("ChildIdentifiers", name, Some("4180"))) {
            Found::Value(place) => {
                if name == "GenderCurrent" {
                    judge.broke(&rules::GENDER_LETTER);
                }
                place
            }
            Found::Nothing => {
                judge.broke(&rules::R4180_MISSING);
                NO_CODE
            }
            Found::Wrong => NO_CODE,
        },
    };
    if unborn && SEX.get(place).is_some_and(|sex| sex.code != "U") {
        judge.broke(&rules::R8750);
    }
    place
}

fn ethnicity(record: &record::Child, judge: &mut Judge<'_>) -> u8 {
    let found =
        judge.code(&record.ethnicity, &ETHNICITY, Spot("ChildCharacteristics", "Ethnicity", Some("4220")));
    if found == Found::Nothing {
        judge.broke(&rules::R4220_MISSING);
    }
    found.or_no_code()
}

fn disabilities(record: &record::Child, judge: &mut Judge<'_>) -> u16 {
    let mut set = 0_u16;
    for cell in &record.disabilities {
        let spot = Spot("Disabilities", "Disability", Some("8540"));
        if let Found::Value(place) = judge.code(cell, &DISABILITY, spot) {
            if set >> place & 1 == 1 {
                judge.broke(&rules::R8794);
            }
            set |= 1 << place;
        }
    }
    let none = DISABILITY.find("NONE").map_or(0, |place| 1_u16 << place);
    if set & none != 0 && set != none {
        judge.broke(&rules::R8790);
        return 0;
    }
    set
}

/// What the episodes of one child say together. Referrals with no further action open no episode in this sense.
fn together(episodes: &[Episode], judge: &mut Judge<'_>) {
    let mut spells: Vec<(Day, Option<Day>)> =
        episodes.iter().filter(|e| !e.nfa).map(|e| (e.referral, e.closure.map(|(day, _)| day))).collect();
    spells.sort_by_key(|(start, end)| (*start, end.is_none(), *end));
    if spells.iter().filter(|(_, end)| end.is_none()).count() > 1 {
        judge.broke(&rules::R8815);
    }
    for pair in spells.windows(2) {
        match pair[0].1 {
            None => judge.broke(&rules::R8816),
            Some(end) if end > pair[1].0 => judge.broke(&rules::R8820),
            Some(_) => {}
        }
    }
}
