//! The groupings of the by-group tables.

use crate::cohort::IndexRow;
use crate::evaluate::Grouping;
use crate::history::{History, NO_CODE};
use crate::schema::codes::{self, CodeList, ETHNICITY, SEX};

/// Every grouping an experiment can ask for.
pub const NAMES: [&str; 5] = ["sex", "ethnic-group", "age-band", "disability", "authority"];

const NOT_RECORDED: &str = "not recorded";

/// The grouping called `name` (one of [`NAMES`]) of the rows.
#[must_use]
pub fn grouping(name: &str, history: &History, rows: &[IndexRow]) -> Grouping {
    let children = &history.children;
    let level = |row: &IndexRow| -> String {
        let child = row.child as usize;
        match name {
            "sex" => group(&SEX, children.sex[child]),
            "ethnic-group" => group(&ETHNICITY, children.ethnicity[child]),
            "age-band" => age_band(history, row).to_owned(),
            "disability" => match children.disabilities[child] {
                0 => NOT_RECORDED,
                // NONE is the first code of the list.
                1 => "none recorded",
                _ => "any recorded",
            }
            .to_owned(),
            _ => history.authorities[usize::from(children.authority[child])].clone(),
        }
    };
    let of_row: Vec<String> = rows.iter().map(level).collect();
    let mut levels = fixed_levels(name);
    let mut found: Vec<String> = of_row.iter().filter(|l| !levels.contains(l)).cloned().collect();
    found.sort();
    found.dedup();
    levels.extend(found);
    let place = |l: &String| {
        levels.iter().position(|k| k == l).and_then(|i| u16::try_from(i).ok()).unwrap_or(u16::MAX)
    };
    let level_of = of_row.iter().map(place).collect();
    Grouping { name: name.to_owned(), levels, level_of }
}

/// Levels that are shown even if no row has them: a group must not vanish.
fn fixed_levels(name: &str) -> Vec<String> {
    let levels: Vec<&str> = match name {
        "sex" => SEX.groups(),
        "ethnic-group" => ETHNICITY.groups(),
        "age-band" => codes::AGE_BANDS.iter().map(|(_, words)| *words).collect(),
        "disability" => vec!["none recorded", "any recorded"],
        _ => Vec::new(),
    };
    levels.into_iter().map(|l| l.replace('-', " ")).collect()
}

fn age_band(history: &History, row: &IndexRow) -> &'static str {
    let birth = history.children.birth_month[row.child as usize];
    birth.map_or(NOT_RECORDED, |birth| codes::age_band(birth, row.predict_on))
}

fn group(list: &CodeList, code: u8) -> String {
    let code = if code == NO_CODE { None } else { list.get(code) };
    code.map_or(NOT_RECORDED, |c| c.group).replace('-', " ")
}
