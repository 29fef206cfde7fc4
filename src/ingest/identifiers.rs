//! Columns that look like direct identifiers: refused at the door, by name and by a sample of their content.
//!
//! A column that the schema does not know is never read into the history; this says whether it should not be in the
//! file at all.

/// Which direct identifier a column called `name` looks like.
pub(crate) fn by_name(name: &str) -> Option<&'static str> {
    let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|w| plain.contains(w));
    if plain == "birthmonth" {
        None
    } else if holds(&["upn", "uniquepupil"]) {
        Some("a unique pupil number")
    } else if holds(&["nhs"]) {
        Some("an NHS number")
    } else if holds(&["postcode", "postalcode", "address", "uprn"]) {
        Some("an address")
    } else if holds(&["dateofbirth", "birthdate", "birthday"]) || plain.ends_with("dob") {
        Some("a date of birth")
    } else if holds(&["surname", "forename", "lastname", "firstname", "worker"]) || plain.ends_with("name") {
        Some("a person's name")
    } else if holds(&["email", "phone", "mobile"]) {
        Some("contact details")
    } else if holds(&["nationalinsurance", "nino"]) {
        Some("a National Insurance number")
    } else if holds(&["lachildid", "childuniqueid", "legacyid", "personid"]) {
        Some("an authority's own number for a child")
    } else {
        None
    }
}

/// How many cells of a column are looked at.
pub(super) const SAMPLE: usize = 1000;

/// Which direct identifier at least a tenth of the non-empty `cells` (half, for NHS numbers) look like.
///
/// One in eleven random ten-digit numbers passes the NHS check digit, hence the higher share.
pub(super) fn by_content<'a>(cells: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let (mut all, mut upn, mut postcode, mut nhs) = (0_usize, 0, 0, 0);
    for cell in cells.map(str::trim).filter(|c| !c.is_empty()).take(SAMPLE) {
        all += 1;
        upn += usize::from(is_upn(cell));
        postcode += usize::from(is_postcode(cell));
        nhs += usize::from(is_nhs(cell));
    }
    if all == 0 {
        None
    } else if upn * 10 >= all {
        Some("a unique pupil number")
    } else if postcode * 10 >= all {
        Some("an address")
    } else if nhs * 2 >= all {
        Some("an NHS number")
    } else {
        None
    }
}

/// A letter, eleven digits, and a digit or letter.
fn is_upn(cell: &str) -> bool {
    let b = cell.as_bytes();
    b.len() == 13
        && b[0].is_ascii_alphabetic()
        && b[1..12].iter().all(u8::is_ascii_digit)
        && b[12].is_ascii_alphanumeric()
}

/// One or two letters, a digit, perhaps a digit or letter, then a digit and two letters.
fn is_postcode(cell: &str) -> bool {
    let b: Vec<u8> = cell.bytes().filter(|b| *b != b' ').collect();
    let Some((outward, inward)) = b.len().checked_sub(3).map(|at| b.split_at(at)) else { return false };
    let letters = outward.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = &outward[letters.min(outward.len())..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(u8::is_ascii_alphanumeric)
        && inward[0].is_ascii_digit()
        && inward[1..].iter().all(u8::is_ascii_alphabetic)
}

/// Ten digits of which the last is the NHS check digit (modulo 11).
pub(crate) fn is_nhs(cell: &str) -> bool {
    let digits: Option<Vec<u32>> = cell.chars().filter(|c| *c != ' ').map(|c| c.to_digit(10)).collect();
    let Some(d) = digits.filter(|d| d.len() == 10) else { return false };
    let sum: u32 = d[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 11 == d[9]
}

#[cfg(test)]
mod tests {
    use super::{by_content, by_name};

    #[test]
    fn names_of_identifiers_are_known() {
        for name in
            ["UPN", "former_upn", "NHS Number", "Post-Code", "DoB", "PersonBirthDate", "Surname", "forename"]
        {
            assert!(by_name(name).is_some(), "{name}");
        }
        for name in ["birth_month", "child", "ward", "deprivation", "note"] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }

    #[test]
    fn content_of_identifiers_is_known() {
        let looks = |cells: &[&str]| by_content(cells.iter().copied());
        assert_eq!(looks(&["A123456789123", "", "x"]), Some("a unique pupil number"));
        assert_eq!(looks(&["SW1A 1AA", "M11AE"]), Some("an address"));
        assert_eq!(looks(&["943 476 5919", "9434765919"]), Some("an NHS number"));
        assert_eq!(looks(&["9434765918", "1234567890"]), None);
        assert_eq!(looks(&["", "1A", "2020-01-01", "201"]), None);
    }
}
