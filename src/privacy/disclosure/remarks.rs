//! Small counts inside sentences, such as "3 rows were left out".

use crate::num::MONTHS;

/// Replaces every whole number under the threshold that stands alone in `text` by "fewer than" the threshold.
///
/// A number is left alone if it is part of a longer one (a decimal, a date, a code) or the day of a month.
pub(super) fn without_small_counts(text: &str, threshold: u64) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let out = words.iter().enumerate().map(|(i, word)| {
        let inner = word.trim_matches(|c: char| "()[],;:.!?\u{201c}\u{201d}\"'".contains(c));
        let small = !inner.is_empty()
            && inner.chars().all(|c| c.is_ascii_digit())
            && inner.parse::<u64>().is_ok_and(|n| n < threshold);
        let date = words.get(i + 1).is_some_and(|next| MONTHS.iter().any(|m| next.starts_with(m)));
        if !small || date {
            return (*word).to_owned();
        }
        let fewer = if i == 0 { "Fewer" } else { "fewer" };
        word.replacen(inner, &format!("{fewer} than {threshold}"), 1)
    });
    out.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_small_counts;

    #[test]
    fn small_counts_go_and_dates_stay() {
        let text = "Left out: 7 rows (3 children), 45 dates before 1 April 2019, code 2A, 0.5 of them.";
        assert_eq!(
            without_small_counts(text, 10),
            "Left out: fewer than 10 rows (fewer than 10 children), 45 dates before 1 April 2019, code 2A, 0.5 of them."
        );
        assert_eq!(without_small_counts("3 rows were left out", 10), "Fewer than 10 rows were left out");
    }
}
