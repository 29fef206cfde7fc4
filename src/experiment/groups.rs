//! The groupings of the by-group tables.

use crate::cohort::IndexRow;
use crate::evaluate::Grouping;
use crate::history::{History, NO_CODE};
use crate::schema::codes::{self, CodeList, ETHNICITY, SEX};

/// Every grouping an experiment can ask for: by one characteristic, then by two together. Authorities stand alone: few have
/// enough referrals of every kind to be divided further.
pub const NAMES: [&str; 11] = [
    "sex",
    "ethnic-group",
    "age-band",
    "disability",
    "authority",
    "sex-by-ethnic-group",
    "sex-by-age-band",
    "sex-by-disability",
    "ethnic-group-by-age-band",
    "ethnic-group-by-disability",
    "age-band-by-disability",
];

/// The groupings of an experiment that asks for none: by each characteristic alone.
pub const USUAL: [&str; 5] = ["sex", "ethnic-group", "age-band", "disability", "authority"];

const NOT_RECORDED: &str = "not recorded";

/// The grouping called `name` (one of [`NAMES`]) of the rows.
#[must_use]
pub fn grouping(name: &str, history: &History, rows: &[IndexRow]) -> Grouping {
    match name.split_once("-by-") {
        Some((a, b)) => crossed(name, &grouping(a, history, rows), &grouping(b, history, rows)),
        None => by_one(name, history, rows),
    }
}

/// Every level of one grouping with every level of another, whether or not a row has both: a group must not vanish.
fn crossed(name: &str, a: &Grouping, b: &Grouping) -> Grouping {
    let wide = u16::try_from(b.levels.len()).unwrap_or(u16::MAX);
    Grouping {
        name: name.to_owned(),
        levels: a.levels.iter().flat_map(|x| b.levels.iter().map(move |y| format!("{x}, {y}"))).collect(),
        level_of: a.level_of.iter().zip(&b.level_of).map(|(x, y)| x * wide + y).collect(),
    }
}

fn by_one(name: &str, history: &History, rows: &[IndexRow]) -> Grouping {
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

#[cfg(test)]
mod tests {
    use super::{NAMES, USUAL, crossed};
    use crate::evaluate::Grouping;

    #[test]
    fn two_characteristics_together_make_a_level_of_every_pair() {
        let grouping = |name: &str, levels: &[&str], level_of: &[u16]| Grouping {
            name: name.to_owned(),
            levels: levels.iter().map(|l| (*l).to_owned()).collect(),
            level_of: level_of.to_vec(),
        };
        let sex = grouping("sex", &["male", "female"], &[0, 1, 1]);
        let age = grouping("age-band", &["young", "middle", "old"], &[2, 0, 2]);
        let both = crossed("sex-by-age-band", &sex, &age);
        assert_eq!(both.levels.len(), 6);
        let of_row: Vec<&str> = both.level_of.iter().map(|l| both.levels[usize::from(*l)].as_str()).collect();
        assert_eq!(of_row, ["male, old", "female, young", "female, old"]);
    }

    #[test]
    fn every_pair_is_of_two_that_can_be_asked_for() {
        for (a, b) in NAMES.iter().filter_map(|name| name.split_once("-by-")) {
            assert!(USUAL.contains(&a) && USUAL.contains(&b) && a != b);
        }
    }
}
