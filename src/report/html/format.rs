//! Numbers as text: thousands, percentages, natural frequencies and intervals.

use maud::{Markup, html};

use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::{Count, Number, PerHundred};

/// A withheld number.
pub(crate) fn hidden() -> Markup {
    html! { span class="hidden" { "hidden" } }
}

/// A whole number with commas.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count, or the word for a hidden one.
pub(crate) fn count(count: Count) -> Markup {
    count.get().map_or_else(hidden, |n| html! { @if n == 0 { "none" } @else { (thousands(n)) } })
}

/// A number with a true minus sign and no "-0".
pub(crate) fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) {
        return text.replace('-', "");
    }
    text.replace('-', "\u{2212}")
}

/// An estimate in the form of its measure.
pub(crate) fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{}%", decimals(value * 100.0, 1)),
        Unit::Score => decimals(value, 3),
        Unit::Ratio | Unit::LogOdds => decimals(value, 2),
    }
}

/// A difference with its sign, a true minus, and none for 0.
pub(crate) fn signed(value: f64, places: usize) -> String {
    let text = decimals(value, places);
    let zero = text.bytes().all(|b| matches!(b, b'.' | b'0'));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// A recorded value: whole, or with one decimal.
pub(crate) fn whole_value(value: f64) -> String {
    if value.fract().abs() < 1e-9 && value >= 0.0 { thousands(value as u64) } else { decimals(value, 1) }
}

/// A recorded value of a fact: a fact that is a yes or no has no number.
pub(crate) fn recorded(words: &str, value: Option<f64>) -> String {
    match value {
        None => "not recorded, or never".to_owned(),
        Some(value) if words.starts_with("whether ") => if value > 0.5 { "yes" } else { "no" }.to_owned(),
        Some(value) => whole_value(value),
    }
}

/// "0.021 to 0.074".
pub(crate) fn interval(interval: (f64, f64), unit: Unit) -> String {
    format!("{} to {}", value(interval.0, unit), value(interval.1, unit))
}

/// A table cell: the estimate, and its interval under it.
pub(crate) fn cell(number: &Number, unit: Unit) -> Markup {
    match (number.estimate(), number) {
        (Some(estimate), _) => html! {
            (value(estimate, unit))
            @if let Some(ends) = number.interval() { " " span class="interval" { "(" (interval(ends, unit)) ")" } }
        },
        (None, Number::Undefined(_)) => html! { span class="hidden" { "not defined" } },
        (None, _) => hidden(),
    }
}

/// A table cell with a natural frequency: "38", and "35 to 41" under it.
pub(crate) fn per_hundred(share: &PerHundred) -> Markup {
    match (share.yes(), share) {
        (Some(yes), _) => html! {
            (whole(yes))
            @if let Some((low, high)) = share.range() { " " span class="interval" { "(" (low) " to " (high) ")" } }
        },
        (None, PerHundred::Undefined(_)) => html! { "\u{2013}" },
        (None, _) => hidden(),
    }
}

/// So many in a hundred.
pub(crate) fn whole(n: u64) -> String {
    match n {
        0 => "fewer than 1".to_owned(),
        100 => "more than 99".to_owned(),
        n => n.to_string(),
    }
}

/// "about 38", for sentences.
pub(crate) fn about(n: u64) -> String {
    match n {
        0 | 100 => whole(n),
        n => format!("about {n}"),
    }
}

/// A share or ratio of a hundred, for sentences: "about 38".
pub(crate) fn of_hundred(share: f64) -> String {
    format!("about {:.0}", (share * 100.0).round() + 0.0)
}

/// A net benefit as children of a thousand: "13", or with a true minus sign.
pub(crate) fn of_thousand(share: f64) -> String {
    decimals(share * 1000.0, 0)
}

/// How many families looked at in vain a threshold of predicted chance, in (0, 1), sets against one child found.
pub(crate) fn families(threshold: f64) -> String {
    let text = format!("{:.1}", (1.0 - threshold) / threshold);
    text.trim_end_matches(".0").to_owned()
}

/// " (between 35 and 41)", or nothing.
pub(crate) fn between(share: &PerHundred) -> String {
    share.range().map_or_else(String::new, |(low, high)| format!(" (between {low} and {high})"))
}

/// A declared share such as 0.1 as "10%".
pub(crate) fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::{
        decimals, families, of_hundred, of_thousand, percent, recorded, signed, thousands, whole_value,
    };

    #[test]
    fn shares_become_children_and_families() {
        assert_eq!((of_hundred(0.385), of_hundred(1.204)), ("about 39".to_owned(), "about 120".to_owned()));
        assert_eq!((of_thousand(-0.0142), of_thousand(0.0131)), ("\u{2212}14".to_owned(), "13".to_owned()));
        // At 10%, nine of ten flagged at the threshold do not come back: nine for one.
        assert_eq!([0.1, 0.2, 0.3, 0.5].map(families), ["9", "4", "2.3", "1"]);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(999), "999");
        assert_eq!(decimals(-0.0001, 2), "0.00");
        assert_eq!(
            [0.314, -0.2, -0.001, 0.001].map(|v| signed(v, 2)),
            ["+0.31", "\u{2212}0.20", "0.00", "0.00"]
        );
        assert_eq!(
            [Some(1.0), Some(0.0), None].map(|v| recorded("whether so", v)),
            ["yes", "no", "not recorded, or never"]
        );
        assert_eq!([1234.0, 2.5, 0.0].map(whole_value), ["1,234", "2.5", "0"]);
        assert_eq!(decimals(-0.25, 2), "\u{2212}0.25");
        assert_eq!((percent(0.1), percent(0.125)), ("10%".to_owned(), "12.5%".to_owned()));
    }
}
