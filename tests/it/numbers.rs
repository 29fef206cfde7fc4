//! Every interval on paper is one of `evaluation.json`: the text of the PDF and the numbers for programs are of one report.

use crate::forms::{forms, read};
use serde_json::Value;
use std::process::Command;

/// An estimate and the ends of its interval.
type Triple = (f64, f64, f64);

/// The triples of a JSON tree: a number beside a pair, or beside ends of its own.
fn triples(value: &Value, out: &mut Vec<Triple>) {
    match value {
        Value::Object(fields) => {
            let number = |key: &str| fields.get(key).and_then(Value::as_f64);
            let pair = |v: &Value| match v.as_array().map(Vec::as_slice) {
                Some([low, high]) => low.as_f64().zip(high.as_f64()),
                _ => None,
            };
            let mut pairs: Vec<(f64, f64)> = fields.values().filter_map(pair).collect();
            pairs.extend(number("low").zip(number("high")));
            pairs.extend(number("lowest").zip(number("highest")));
            let numbers = fields.values().filter_map(Value::as_f64);
            out.extend(numbers.flat_map(|v| pairs.iter().map(move |(low, high)| (v, *low, *high))));
            fields.values().for_each(|v| triples(v, out));
        }
        Value::Array(values) => values.iter().for_each(|v| triples(v, out)),
        _ => {}
    }
}

/// A number as printed, its last digit's unit, and whether it is a percentage.
fn number(word: &str) -> Option<(f64, f64, bool)> {
    let percent = word.ends_with('%');
    let text = word.trim_end_matches('%').replace('\u{2212}', "-").replace([',', '+'], "");
    let places = text.split_once('.').map_or(0, |(_, after)| after.len());
    let unit = 10_f64.powi(-i32::try_from(places).ok()?);
    Some((text.parse().ok()?, unit, percent))
}

/// What stands on paper as "0.58 (0.55 to 0.61)": the three numbers, the unit of the last digit, and whether they are percentages.
fn printed(text: &str) -> Vec<(Triple, f64, bool)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let read = |four: &[&str]| {
        let low = four[1].strip_prefix('(')?;
        let high = &four[3][..four[3].find(')')?];
        let (value, unit, percent) = number(four[0])?;
        (four[2] == "to").then_some(())?;
        Some(((value, number(low)?.0, number(high)?.0), unit, percent))
    };
    words.windows(4).filter_map(read).collect()
}

/// Whether a printed triple is one of `all`, rounded. Whole numbers are of a hundred or of a thousand, and their ends may have been
/// rounded outwards.
fn is_among(all: &[Triple], ((value, low, high), unit, percent): (Triple, f64, bool)) -> bool {
    let whole = unit > 0.5;
    let ends = if whole { 1.0 } else { 0.5 } * unit + 1e-6;
    let scales: &[f64] = if percent { &[100.0] } else { &[1.0, 100.0, 1000.0] };
    scales.iter().any(|scale| {
        all.iter().any(|(v, l, h)| {
            (v * scale - value).abs() <= 0.5 * unit + 1e-6
                && (l * scale - low).abs() <= ends
                && (h * scale - high).abs() <= ends
        })
    })
}

#[cfg(feature = "pdf")]
#[test]
fn every_interval_on_paper_is_one_of_the_numbers_for_programs() {
    let (_out, folder) = forms();
    let Ok(output) = Command::new("pdftotext").arg("-raw").arg(folder.join("report.pdf")).arg("-").output()
    else {
        eprintln!("skipped: pdftotext (poppler-utils) is not here");
        return;
    };
    let mut all = Vec::new();
    triples(&serde_json::from_str(&read(&folder, "evaluation.json")).unwrap(), &mut all);
    let shown = printed(&String::from_utf8(output.stdout).unwrap());
    assert!(shown.len() > 300, "{}", shown.len());
    let strange: Vec<_> = shown.iter().filter(|shown| !is_among(&all, **shown)).collect();
    assert!(strange.is_empty(), "of {}, not in evaluation.json: {strange:?}", shown.len());
    // A number that is a little off would have been noticed.
    let off = shown
        .iter()
        .filter(|((v, l, h), unit, percent)| is_among(&all, ((v + 3.0 * unit, *l, *h), *unit, *percent)));
    let off = off.count();
    assert!(off * 5 < shown.len(), "{off} of {}", shown.len());
}
