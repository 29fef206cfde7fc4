//! Made-up identifiers, by which redaction is tested. None can be anyone's: names and places are invented, telephone
//! numbers are from Ofcom's ranges for drama, NHS numbers from the test range that begins with 999, National Insurance
//! numbers have the prefix QQ that is never issued, UPNs the authority number 000, post codes the area ZZ.

use super::super::draw;
use super::Form;
use super::phrases::Names;
use super::spelling;
use crate::num::Day;
use rand_chacha::ChaCha8Rng;

/// An identifier: its kind, how it is written, and its text. Misspelt names are written as all words are.
pub(super) fn make(
    kind: &str,
    names: &'static Names,
    typos: f64,
    rng: &mut ChaCha8Rng,
) -> (&'static str, Form, String) {
    let pick = |list: &'static [String], rng: &mut ChaCha8Rng| -> &'static str {
        list.get(draw::place(rng, list.len().max(1))).map_or("", String::as_str)
    };
    let digits = |n: u32, rng: &mut ChaCha8Rng| {
        let most = 10_i32.pow(n) - 1;
        format!("{:0width$}", draw::between(rng, 0, most), width = n as usize)
    };
    let (kind, text) = match kind {
        "born" => ("date-of-birth", birth(rng)),
        "phone" => ("telephone", {
            let last = digits(3, rng);
            if draw::chance(rng, 0.6) { format!("07700 900{last}") } else { format!("020 7946 0{last}") }
        }),
        "email" => ("email", {
            let (first, last) = (pick(&names.first, rng), pick(&names.last, rng));
            format!("{first}.{last}@example.org").to_lowercase()
        }),
        "address" => ("address", {
            let (street, town) = (pick(&names.streets, rng), pick(&names.towns, rng));
            let number = draw::between(rng, 1, 180);
            format!("{number} {street}, {town} ZZ{} {}XY", draw::between(rng, 1, 99), digits(1, rng))
        }),
        "nhs" => ("nhs-number", nhs(rng)),
        "upn" => ("upn", format!("A000{}", digits(9, rng))),
        "ni" => ("ni-number", {
            let [a, b, c] = [(); 3].map(|()| digits(2, rng));
            format!("QQ {a} {b} {c} {}", ["A", "B", "C", "D"][draw::place(rng, 4)])
        }),
        _ => ("name", {
            let (first, last) = (pick(&names.first, rng), pick(&names.last, rng));
            let full = match draw::place(rng, 4) {
                0 => first.to_owned(),
                1 => format!("{} {last}", ["Mr", "Mrs", "Ms", "Dr"][draw::place(rng, 4)]),
                _ => format!("{first} {last}"),
            };
            let mut out = String::new();
            spelling::write(&full, typos, rng, &mut out);
            out
        }),
    };
    let form = match draw::unit(rng) {
        u if u < 0.08 && kind == "name" => Form::LowerCase,
        u if (0.08..0.13).contains(&u) && text.contains(' ') => Form::Split,
        _ => Form::Plain,
    };
    let text = match form {
        Form::Plain => text,
        Form::LowerCase => text.to_lowercase(),
        Form::Split => text.replacen(' ', "\n", 1),
    };
    (kind, form, text)
}

/// A date of birth as people write it.
fn birth(rng: &mut ChaCha8Rng) -> String {
    let day = Day::from_ymd(2005, 1, 1).unwrap_or(Day(0)).plus(draw::between(rng, 0, 6_900));
    let of_month = day.0 - day.first_of_month().0 + 1;
    match draw::place(rng, 4) {
        0 => format!("{of_month:02}/{:02}/{}", day.month(), day.year()),
        1 => format!("{of_month}.{}.{:02}", day.month(), day.year() % 100),
        2 => format!("{of_month} {} {}", MONTHS[usize::try_from(day.month() - 1).unwrap_or(0)], day.year()),
        _ => day.to_string(),
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];

/// An NHS number of the test range, with its check digit.
fn nhs(rng: &mut ChaCha8Rng) -> String {
    loop {
        let rest = format!("{:06}", draw::between(rng, 0, 999_999));
        let nine = format!("999{rest}");
        let sum: u32 = nine.bytes().zip((2..=10).rev()).map(|(b, w)| u32::from(b - b'0') * w).sum();
        // A check digit of 10 is not used.
        if let Some(check) = [11 - sum % 11].into_iter().map(|c| c % 11).find(|c| *c < 10) {
            return format!("999 {} {}{check}", &nine[3..6], &nine[6..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::phrases::Phrases;
    use super::make;
    use crate::num::seed;

    #[test]
    fn no_identifier_can_be_anyones() {
        let mut rng = seed::stream(1, "planted");
        for kind in ["name", "born", "phone", "email", "address", "nhs", "upn", "ni"] {
            for _ in 0..200 {
                let (kind, _, text) = make(kind, &Phrases::get().names, 0.0, &mut rng);
                let flat: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                assert!(match kind {
                    "telephone" => flat.starts_with("07700900") || flat.starts_with("02079460"),
                    "email" => flat.ends_with("@example.org"),
                    "address" => flat.contains("ZZ"),
                    "nhs-number" => flat.starts_with("999") && flat.len() == 10,
                    "upn" => flat.starts_with("A000") && flat.len() == 13,
                    "ni-number" => flat.starts_with("QQ") && flat.len() == 9,
                    _ => flat.len() > 3,
                });
            }
        }
    }
}
