//! What is published: read from the tables of the Department for Education.

use crate::num::MONTHS;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One published number to be met.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it is about, such as `source`.
    pub family: String,
    /// Which one, such as `Police`.
    pub item: String,
    /// The published value, in percent unless the family says otherwise.
    pub published: f64,
    /// How far the simulated value may be off, in the same unit; none where it is shown only.
    pub tolerance: Option<f64>,
    /// Where it is published.
    pub from: &'static str,
}

/// What stands in the way of reading a table.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A row or column that should be there is not.
    #[error("{path}: no {what}")]
    Missing {
        /// The file.
        path: PathBuf,
        /// What is not there.
        what: String,
    },
}

type Row = BTreeMap<String, String>;

struct Table {
    path: PathBuf,
    rows: Vec<Row>,
}

impl Table {
    /// The table whose file name begins with `name`.
    fn read(folder: &Path, name: &str) -> Result<Self, TargetError> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let found = entries.map(|e| e.path()).find(|path| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&format!("{name}_")))
        });
        let path = found.ok_or_else(|| TargetError::Missing {
            path: folder.to_owned(),
            what: format!("table beginning with `{name}_`"),
        })?;
        let fault = |source| TargetError::Read { path: path.clone(), source };
        let mut reader = csv::Reader::from_path(&path).map_err(fault)?;
        let names: Vec<String> = reader
            .headers()
            .map_err(fault)?
            .iter()
            .map(|h| h.trim_start_matches('\u{feff}').to_owned())
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(fault)?;
            rows.push(names.iter().cloned().zip(record.iter().map(str::to_owned)).collect());
        }
        Ok(Self { path, rows })
    }

    fn of(&self, year: &str, level: &str) -> impl Iterator<Item = &Row> {
        let is = move |row: &&Row, column: &str, value: &str| row.get(column).is_some_and(|v| v == value);
        let (year, level) = (year.to_owned(), level.to_owned());
        self.rows
            .iter()
            .filter(move |row| is(row, "time_period", &year) && is(row, "geographic_level", &level))
    }

    fn national(&self, year: &str) -> Result<&Row, TargetError> {
        let missing =
            || TargetError::Missing { path: self.path.clone(), what: format!("national row of {year}") };
        self.of(year, "National").next().ok_or_else(missing)
    }

    fn number(&self, row: &Row, column: &str) -> Result<f64, TargetError> {
        let missing =
            || TargetError::Missing { path: self.path.clone(), what: format!("number in column {column}") };
        row.get(column).and_then(|text| text.parse().ok()).ok_or_else(missing)
    }
}

/// England's published authorities: referrals in the year, and shares with no further action, assessed as not in need
/// and re-referred, in [0, 1]; a suppressed share of no further action (1 to 5 referrals) counts as 3 referrals.
pub(super) fn authorities(folder: &Path) -> Result<Vec<[f64; 4]>, TargetError> {
    let table = Table::read(folder, "c1")?;
    let mut out = Vec::new();
    for row in table.of("2025", "Local authority") {
        let referrals = table.number(row, "referral_count")?;
        let share = |column: &str| table.number(row, column).map(|p| p / 100.0);
        let nfa = share("no_further_action_percent").unwrap_or(3.0 / referrals);
        out.push([referrals, nfa, share("not_in_need_percent")?, share("rereferral_percent")?]);
    }
    out.sort_by(|a, b| b[0].total_cmp(&a[0]));
    Ok(out)
}

struct Collect {
    targets: Vec<Target>,
}

impl Collect {
    fn add(&mut self, family: &str, item: &str, published: f64, tolerance: Option<f64>, from: &'static str) {
        let (family, item) = (family.to_owned(), item.to_owned());
        self.targets.push(Target { family, item, published, tolerance, from });
    }

    /// Shares of the columns of a row, in percent of their sum.
    fn shares(
        &mut self,
        (family, from): (&str, &'static str),
        (table, row): (&Table, &Row),
        columns: &[&str],
    ) -> Result<(), TargetError> {
        let counts: Vec<f64> = columns.iter().map(|c| table.number(row, c)).collect::<Result<_, _>>()?;
        let total: f64 = counts.iter().sum();
        for (column, count) in columns.iter().zip(counts) {
            self.add(family, column, 100.0 * count / total, None, from);
        }
        Ok(())
    }
}

/// Columns of table C5.
pub(super) const SOURCES: [&str; 11] = [
    "Individual",
    "Schools",
    "Education_Services",
    "Health_Services",
    "Housing",
    "LA_Services",
    "Police",
    "Other_legal_agency",
    "Other",
    "Anonymous",
    "Unknown",
];
/// Columns of table B3.
pub(super) const NEEDS: [&str; 10] = [
    "N1_Abuse_or_neglect",
    "N2_Childs_disability_or_illness",
    "N3_Parents_disability_or_illness",
    "N4_Family_in_acute_stress",
    "N5_Family_dysfunction",
    "N6_Socially_unacceptable_behaviour",
    "N7_Low_income",
    "N8_Absent_parenting",
    "N9_Cases_other_than_CIN",
    "N0_Not_stated",
];
/// Columns of table C3 and the codes that they count.
pub(super) const FACTORS: [(&str, &str); 37] = [
    ("Alcohol_Misuse_child", "1A"),
    ("Alcohol_Misuse_parent", "1B"),
    ("Alcohol_Misuse_person", "1C"),
    ("Drug_Misuse_child", "2A"),
    ("Drug_Misuse_parent", "2B"),
    ("Drug_Misuse_person", "2C"),
    ("Domestic_Abuse_child", "3A"),
    ("Domestic_Abuse_parent", "3B"),
    ("Domestic_Abuse_person", "3C"),
    ("Mental_Health_child", "4A"),
    ("Mental_Health_parent", "4B"),
    ("Mental_Health_person", "4C"),
    ("Learning_Disability_child", "5A"),
    ("Learning_Disability_parent", "5B"),
    ("Learning_Disability_person", "5C"),
    ("Physical_Disability_child", "6A"),
    ("Physical_Disability_parent", "6B"),
    ("Physical_Disability_person", "6C"),
    ("Young_Carer", "7A"),
    ("Privately_fostered", "8F"),
    ("Unaccompanied_asylum_seeker", "9A"),
    ("Going_missing", "10A"),
    ("Child_sexual_exploitation", "11A"),
    ("Trafficking", "12A"),
    ("Gangs", "13A"),
    ("Socially_unacceptable_behaviour", "14A"),
    ("Self_harm", "15A"),
    ("Neglect", "16A"),
    ("Emotional_Abuse", "17A"),
    ("Physical_Abuse_child_on_child", "18B"),
    ("Physical_Abuse_adult_on_child", "18C"),
    ("Sexual_Abuse_child_on_child", "19B"),
    ("Sexual_Abuse_adult_on_child", "19C"),
    ("Female_Genital_Mutilation", "22A"),
    ("Faith_linked_abuse", "23A"),
    ("Child_criminal_exploitation", "24A"),
    ("Other", "20"),
];
/// Rows of table A7 and the codes that they count.
pub(super) const ETHNICITIES: [(&str, &[&str]); 17] = [
    ("White British", &["WBRI"]),
    ("White Irish", &["WIRI"]),
    ("Gypsy or Irish Traveller", &["WIRT", "WROM"]),
    ("Any other White background", &["WOTH"]),
    ("White and Black Caribbean", &["MWBC"]),
    ("White and Black African", &["MWBA"]),
    ("White and Asian", &["MWAS"]),
    ("Any other mixed background", &["MOTH"]),
    ("Indian", &["AIND"]),
    ("Pakistani", &["APKN"]),
    ("Bangladeshi", &["ABAN"]),
    ("Chinese", &["CHNE"]),
    ("Any other Asian background", &["AOTH"]),
    ("Black African", &["BAFR"]),
    ("Black Caribbean", &["BCRB"]),
    ("Any other Black background", &["BOTH"]),
    ("Any other ethnic group", &["OOTH"]),
];
/// Bands of age in table A7.
pub(super) const AGES: [&str; 6] =
    ["Unborn", "Under 1 year", "1 to 4 years", "5 to 9 years", "10 to 15 years", "16 years and over"];
/// Bands of the length of plans that ended (table D7).
pub(super) const PLAN_BANDS: [(&str, i32, f64); 5] = [
    ("3 months or less", 91, 9_920.0),
    ("3 to 6 months", 182, 6_880.0),
    ("6 months to 1 year", 365, 27_110.0),
    ("1 to 2 years", 730, 15_680.0),
    ("2 years or more", i32::MAX, 2_710.0),
];

/// Every target, from the published tables in `folder` and, where no table is there, from the literature.
pub(super) fn read(folder: &Path) -> Result<Vec<Target>, TargetError> {
    let mut out = Collect { targets: Vec::new() };
    flow(folder, &mut out)?;
    stock(folder, &mut out)?;
    protection(folder, &mut out)?;
    months(folder, &mut out)?;
    let c5 = Table::read(folder, "c5")?;
    out.shares(("source", "DfE C5 2024"), (&c5, c5.national("2024")?), &SOURCES)?;
    let b3 = Table::read(folder, "b3")?;
    out.shares(("need", "DfE B3 2024"), (&b3, b3.national("2024")?), &NEEDS)?;
    let c3 = Table::read(folder, "c3")?;
    let row = c3.national("2025")?;
    let all = c3.number(row, "Episodes_with_assessment_factor")?;
    let mut sum = 0.0;
    for (column, _) in FACTORS {
        let share = 100.0 * c3.number(row, column)? / all;
        sum += share;
        out.add("factor", column, share, Some(1.0), "DfE C3 2025");
    }
    out.add("flow", "factors per assessment", sum / 100.0, Some(0.05), "DfE C3 2025");
    Ok(out.targets)
}

fn flow(folder: &Path, out: &mut Collect) -> Result<(), TargetError> {
    const C1: &str = "DfE C1 2025";
    let c1 = Table::read(folder, "c1")?;
    let row = c1.national("2025")?;
    let referrals = c1.number(row, "referral_count")?;
    let children = c1.number(row, "referral_child_count")?;
    let per_child = referrals / children;
    out.add("flow", "referrals a year, thousands", referrals / 1_000.0, Some(10.0), C1);
    out.add("flow", "referrals per referred child and year", per_child, Some(0.03), C1);
    out.add(
        "flow",
        "re-referred within 12 months of referral",
        c1.number(row, "rereferral_percent")?,
        Some(0.5),
        C1,
    );
    out.add("flow", "no further action", c1.number(row, "no_further_action_percent")?, Some(0.5), C1);
    out.add("flow", "assessed not in need", c1.number(row, "not_in_need_percent")?, Some(0.5), C1);
    let closure = "Goldacre and others 2025";
    out.add("flow", "re-referred within 12 months of closure", 32.0, Some(1.0), closure);
    out.add("flow", "re-referred within 72 months of closure", 58.0, Some(1.0), closure);
    out.add("flow", "families with half of the re-referrals", 8.5, None, "Forrester 2007");
    let cla = Table::read(folder, "national_cla")?;
    for (column, item) in [
        ("Children starting to be looked after each year", "starts to be looked after per 100 referrals"),
        ("Children looked after on 31 March each year", "looked after on 31 March per 100 referrals"),
    ] {
        let of = |row: &&Row| row.get("population_type").is_some_and(|v| v == column);
        if let Some(row) = cla.of("2025", "National").find(of) {
            let share = 100.0 * cla.number(row, "children_count")? / referrals;
            out.add("flow", item, share, Some(0.5), "DfE CLA 2025");
        }
    }
    let b1 = Table::read(folder, "b1")?;
    let open = 100.0 * b1.number(b1.national("2025")?, "At31_episodes")? / referrals;
    out.add("flow", "children in need on 31 March per 100 referrals", open, Some(1.5), "DfE B1 2025");
    let authorities = authorities(folder)?;
    for (column, item) in [(3, "re-referred"), (1, "no further action")] {
        let mut shares: Vec<f64> = authorities.iter().map(|a| 100.0 * a[column]).collect();
        shares.sort_by(f64::total_cmp);
        for (name, q) in [("p10", 0.1), ("median", 0.5), ("p90", 0.9)] {
            let tolerance = if name == "median" { None } else { Some(2.0) };
            let value = crate::num::quantile(&shares, q).unwrap_or(0.0);
            out.add("authorities", &format!("{item}, {name}"), value, tolerance, C1);
        }
    }
    Ok(())
}

fn stock(folder: &Path, out: &mut Collect) -> Result<(), TargetError> {
    const A7: &str = "DfE A7 2024";
    let a7 = Table::read(folder, "a7")?;
    let number = |name: &str| {
        let row =
            a7.of("2024", "National").find(|row| row.get("characteristic_type").is_some_and(|v| v == name));
        let missing = || TargetError::Missing { path: a7.path.clone(), what: format!("row {name} of 2024") };
        row.ok_or_else(missing).and_then(|row| a7.number(row, "number"))
    };
    let (male, female) = (number("Male")?, number("Female")?);
    out.add("stock", "boys", 100.0 * male / (male + female), Some(2.0), A7);
    let ages: Vec<f64> = AGES.iter().map(|age| number(age)).collect::<Result<_, _>>()?;
    for (age, count) in AGES.iter().zip(&ages) {
        out.add("age", age, 100.0 * count / ages.iter().sum::<f64>(), Some(2.0), A7);
    }
    let known = number("Known ethnicity")?;
    for (name, _) in ETHNICITIES {
        out.add("ethnicity", name, 100.0 * number(name)? / known, Some(2.0), A7);
    }
    out.add("stock", "disability recorded", 12.3, Some(1.0), "DfE 2022, table B2");
    Ok(())
}

fn protection(folder: &Path, out: &mut Collect) -> Result<(), TargetError> {
    let c1 = Table::read(folder, "c1")?;
    let d3 = Table::read(folder, "national_d3")?;
    let referrals = c1.number(c1.national("2025")?, "referral_count")?;
    let starts = d3.number(d3.national("2025")?, "CPP_start")?;
    out.add(
        "flow",
        "protection plans per 100 referrals",
        100.0 * starts / referrals,
        Some(0.5),
        "DfE D3 2025",
    );
    for year in 2014..=2025 {
        let year = year.to_string();
        let share = d3.number(d3.national(&year)?, "CPP_subsequent_percent")?;
        out.add("repeat plans", &year, share, Some(1.5), "DfE D3");
    }
    let ended: f64 = PLAN_BANDS.iter().map(|band| band.2).sum();
    for (name, _, count) in PLAN_BANDS {
        out.add("plan length", name, 100.0 * count / ended, Some(2.0), "DfE D7 2025");
    }
    Ok(())
}

fn months(folder: &Path, out: &mut Collect) -> Result<(), TargetError> {
    let c6 = Table::read(folder, "c6")?;
    let mut sums = [0.0; 12];
    for year in (2014..=2024).filter(|year| *year != 2021) {
        let row = c6.national(&year.to_string())?;
        for (sum, month) in sums.iter_mut().zip(MONTHS) {
            *sum += c6.number(row, month)?;
        }
    }
    let total: f64 = sums.iter().sum();
    for (month, sum) in MONTHS.iter().zip(sums) {
        out.add("month", month, 100.0 * sum / total, Some(0.5), "DfE C6 2014-2024 but 2021");
    }
    // The break, as a percentage of the same month in the mean of the other years.
    let row = c6.national("2021")?;
    for (month, sum) in MONTHS.iter().zip(sums) {
        let level = 100.0 * c6.number(row, month)? / (sum / 10.0);
        out.add("break of 2020", month, level, Some(5.0), "DfE C6 2021");
    }
    Ok(())
}
