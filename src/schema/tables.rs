//! The canonical tables and their columns.

/// What a cell may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A whole number standing for a child, household or episode; made up, never an authority's own identifier.
    Surrogate,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// The first day of a month, `YYYY-MM-01`.
    Month,
    /// One code of a list.
    Code(&'static super::codes::CodeList),
    /// Codes of a list, separated by spaces, sorted.
    Codes(&'static super::codes::CodeList),
    /// The name of an event kind.
    Kind,
    /// A code of the list that the event's kind names, or empty where it names none.
    KindCode,
    /// A short name, such as an authority's three-digit code.
    Name,
    /// Free text, already redacted.
    Text,
}

/// One column of a canonical table.
#[derive(Debug)]
pub struct Column {
    /// Column name.
    pub name: &'static str,
    /// What a cell may hold.
    pub ty: Type,
    /// Whether every row must have a value. A column of which this is false may also be left out.
    pub required: bool,
    /// Meaning and constraint in words.
    pub meaning: &'static str,
    /// When the value is known: undated columns are "as last recorded".
    pub known: &'static str,
    /// The CIN census element it comes from, if any.
    pub cin: Option<&'static str>,
}

/// One canonical table.
#[derive(Debug)]
pub struct Table {
    /// Table name; the file is `NAME.parquet` or `NAME.csv`.
    pub name: &'static str,
    /// Whether a data folder must hold it.
    pub required: bool,
    /// What one row is.
    pub row: &'static str,
    /// The columns.
    pub columns: &'static [Column],
}

macro_rules! columns {
    ($($name:literal $ty:expr, $required:literal, $meaning:literal, $known:literal, $cin:expr;)*) => {
        &[$(Column { name: $name, ty: $ty, required: $required, meaning: $meaning, known: $known, cin: $cin }),*]
    };
}

use super::codes::{DISABILITY, ETHNICITY, LEFT, SEX};

/// `children`, one row a child.
pub static CHILDREN: Table = Table {
    name: "children",
    required: true,
    row: "one child, each once",
    columns: columns! {
        "child" Type::Surrogate, true, "stands for the child", "always", Some("LAchildID, replaced by a running number");
        "birth_month" Type::Month, false, "month of birth, or expected month for an unborn child", "as last recorded", Some("PersonBirthDate or ExpectedPersonBirthDate, cut to the month");
        "sex" Type::Code(&SEX), false, "sex", "as last recorded", Some("Sex, or GenderCurrent to 2024");
        "ethnicity" Type::Code(&ETHNICITY), false, "ethnicity", "as last recorded", Some("Ethnicity");
        "disabilities" Type::Codes(&DISABILITY), false, "disabilities; NONE stands alone", "as last recorded", Some("Disability");
        "household" Type::Surrogate, false, "children who live together share it; left out, each child stands alone", "as last recorded", None;
        "authority" Type::Name, true, "the authority whose records these are", "always", Some("LEA");
        "observed_from" Type::Date, true, "first day on which an event of this child would have been recorded", "always", Some("1 April before the first census file");
        "observed_to" Type::Date, true, "last day on which an event would have been recorded had it happened; not shortened for a child who left", "never a feature", Some("reference date of the last census file before any gap");
        "left_on" Type::Date, false, "day on which the child could no longer be referred here", "never a feature", Some("PersonDeathDate, or closure with RC1, RC2, RC5 or RC6 as the last event");
        "left_reason" Type::Code(&LEFT), false, "why; present exactly when left_on is", "never a feature", Some("from the same");
    },
};

/// `events`, one row an event.
pub static EVENTS: Table = Table {
    name: "events",
    required: true,
    row: "one event of one child, one code a row",
    columns: columns! {
        "child" Type::Surrogate, true, "the child, present in children", "always", Some("LAchildID, replaced by a running number");
        "date" Type::Date, true, "day on which it happened; not before 40 weeks before birth_month", "on known_on", Some("the element's own date");
        "known_on" Type::Date, true, "day on which it entered the record; not before date", "on that day", Some("date, or the end of the assessment or closure that reveals it");
        "kind" Type::Kind, true, "what happened", "on known_on", Some("which element it is");
        "code" Type::KindCode, false, "the code that the kind calls for", "on known_on", Some("the element's code");
        "episode" Type::Surrogate, false, "the episode, the spell that one referral opens; required for kinds that belong to one", "on known_on", Some("running number of the CINdetails");
    },
};

/// `notes`, one row a redacted note (optional).
pub static NOTES: Table = Table {
    name: "notes",
    required: false,
    row: "one note, already redacted",
    columns: columns! {
        "child" Type::Surrogate, true, "the child, present in children", "always", None;
        "date" Type::Date, true, "day the note is about", "on known_on", None;
        "known_on" Type::Date, true, "day it was written; not before date", "on that day", None;
        "kind" Type::Name, true, "kind of note, a short name", "on known_on", None;
        "text" Type::Text, true, "the redacted text", "on known_on", None;
    },
};

/// Every table that a data folder may hold.
pub static TABLES: &[&Table] = &[&CHILDREN, &EVENTS, &NOTES];
