//! Which year and which authority a CIN census file is of.

use super::super::FileError;
use super::super::locate::NamedFile;
use super::super::problem::Findings;
use super::judge::Judge;
use super::rules;
use super::xml::{Visit, Xml};
use crate::num::Day;

/// What the header of a file says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Header {
    /// Reference date, 31 March.
    pub(super) reference: Day,
    /// Three-digit code of the authority.
    pub(super) authority: String,
}

impl Header {
    /// The first day of the census year.
    pub(super) fn year_start(&self) -> Day {
        first_of_april(self.reference.census_year() - 1)
    }
}

/// 1 April of a year.
pub(super) fn first_of_april(year: i32) -> Day {
    Day::from_ymd(year, 4, 1).unwrap_or(Day(0))
}

/// Reads the header of a file, wherever it stands in it.
pub(super) fn read(file: &NamedFile, findings: &mut Findings) -> Result<Header, FileError> {
    let [mut collection, mut year, mut reference, mut authority] = [const { String::new() }; 4];
    let mut xml = Xml::open(file)?;
    let _end = xml.each("Message", &mut |xml, name| match name {
        "Header" => {
            let _end = xml.each("Header", &mut |xml, name| match name {
                "CollectionDetails" => xml.each("CollectionDetails", &mut |xml, name| {
                    let field = match name {
                        "Collection" => &mut collection,
                        "Year" => &mut year,
                        "ReferenceDate" => &mut reference,
                        _ => return Ok(Visit::NotHere),
                    };
                    *field = xml.text(name)?;
                    Ok(Visit::Read)
                }),
                "Source" => xml.each("Source", &mut |xml, name| {
                    if name != "LEA" {
                        return Ok(Visit::NotHere);
                    }
                    authority = xml.text(name)?;
                    Ok(Visit::Read)
                }),
                _ => Ok(Visit::NotHere),
            })?;
            Ok(Visit::Stop)
        }
        _ => {
            xml.pass_over(name)?;
            Ok(Visit::Read)
        }
    })?;
    // What stands between the other elements is met again when they are read.
    xml.oddities.retain(|o| o.place != "Message");
    let mut odd = Judge::new(&file.name, None, findings);
    xml.oddities.iter().for_each(|o| odd.oddity(o));
    judge(file, [&collection, &year, &reference, &authority], findings)
}

fn judge(file: &NamedFile, fields: [&str; 4], findings: &mut Findings) -> Result<Header, FileError> {
    let [collection, year, reference, authority] = fields;
    let fault = |what: &str| FileError::Census { file: file.name.clone(), what: what.to_owned() };
    if !collection.is_empty() && !collection.eq_ignore_ascii_case("CIN") {
        return Err(fault("this is another collection: Header, Collection must be CIN"));
    }
    if authority.len() != 3 || !authority.bytes().all(|b| b.is_ascii_digit()) {
        return Err(fault("Header, LEA must be the authority's code of three digits"));
    }
    let other = !year.is_empty();
    let year: Option<i32> = year.parse().ok();
    let last_of_march = |year: i32| first_of_april(year).plus(-1);
    let given = Day::parse(reference);
    let mut judge = Judge::new(&file.name, None, findings);
    if !reference.is_empty() && given.is_none() {
        return Err(fault("Header, ReferenceDate must be a date written YYYY-MM-DD"));
    }
    let Some(date) = given.or(year.map(last_of_march)) else {
        return Err(fault("Header, ReferenceDate is missing, so that the census year is not known"));
    };
    if given.is_none() {
        judge.broke(&rules::NO_REFERENCE);
    } else if other && year != Some(date.year()) {
        judge.broke(&rules::HEADER_YEAR);
    }
    if date != last_of_march(date.year()) {
        judge.broke(&rules::R100);
    }
    Ok(Header { reference: date, authority: authority.to_owned() })
}
