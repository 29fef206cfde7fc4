//! What an entry may say, looked at alone.

use super::entry::Event;

/// What is wrong with an event or its time, if anything.
pub(super) fn problem(at: &str, event: &Event) -> Option<&'static str> {
    if !is_time(at) {
        return Some("the time is not UTC in the form 2026-03-01T09:30:00Z");
    }
    match event {
        Event::Registered { experiment, gate, data, reason } => {
            if !is_digest(experiment) || !is_digest(gate) || !data.iter().all(|d| is_digest(d)) {
                return Some("a digest is not 64 lower-case hexadecimal digits");
            }
            if data.is_empty() {
                return Some("a registration names no data");
            }
            if !data.is_sorted_by(|a, b| a < b) {
                return Some("the data digests are not in ascending order, each once");
            }
            reason.as_deref().and_then(blank)
        }
        Event::Opened { run, .. } | Event::Verdict { run, .. } => (!is_run(run)).then_some(NO_RUN),
        Event::Case { run, .. } if !is_run(run) => Some(NO_RUN),
        Event::Case { permission: text, .. } | Event::Note { text } => blank(text),
    }
}

const NO_RUN: &str = "a run is not named by 1 to 64 letters, digits, dashes or underscores";

fn blank(text: &str) -> Option<&'static str> {
    text.trim().is_empty().then_some("a reason, permission or note has no words")
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_run(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text is a time in the one form that the ledger has, so that texts compare as times do.
fn is_time(text: &str) -> bool {
    let shape =
        |(byte, wanted): (u8, u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    let form = b"0000-00-00T00:00:00Z";
    if text.len() != form.len() || !text.bytes().zip(*form).all(shape) {
        return false;
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    let below = |n: Option<u32>, limit: u32| n.is_some_and(|n| n < limit);
    (1..=days).contains(&day)
        && below(number(11, 13), 24)
        && below(number(14, 16), 60)
        && below(number(17, 19), 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_one_form() {
        for good in ["2026-03-01T09:30:00Z", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z"] {
            assert!(is_time(good), "{good}");
        }
        let bad = [
            "",
            "2026-03-01",
            "2026-03-01T09:30:00",
            "2026-03-01 09:30:00Z",
            "2026-03-01T09:30:00z",
            "2026-03-01T09:30:00.0Z",
            "2026-03-01T09:30:00+00",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "+026-01-01T00:00:00Z",
            "２026-01-01T00:00:0Z",
        ];
        for bad in bad {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn each_field_is_looked_at() {
        let at = "2026-03-01T09:30:00Z";
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        let registered = |experiment: &str, gate: &str, data: &[&str], reason: Option<&str>| {
            let data = data.iter().map(|d| (*d).to_owned()).collect();
            let reason = reason.map(str::to_owned);
            let event = Event::Registered { experiment: experiment.into(), gate: gate.into(), data, reason };
            problem(at, &event)
        };
        assert_eq!(registered(&a, &b, &[&a, &b], Some("why")), None);
        assert!(registered("a", &b, &[&a], None).is_some_and(|p| p.contains("digest")));
        assert!(registered(&a, &b.to_uppercase(), &[&a], None).is_some_and(|p| p.contains("digest")));
        assert!(registered(&a, &b, &["g"], None).is_some_and(|p| p.contains("digest")));
        assert!(registered(&a, &b, &[], None).is_some_and(|p| p.contains("no data")));
        assert!(registered(&a, &b, &[&b, &a], None).is_some_and(|p| p.contains("ascending")));
        assert!(registered(&a, &b, &[&a, &a], None).is_some_and(|p| p.contains("each once")));
        assert!(registered(&a, &b, &[&a], Some(" \n")).is_some_and(|p| p.contains("no words")));
        let opened = |run: &str| problem(at, &Event::Opened { registration: 1, run: run.into() });
        assert_eq!(opened("0123456789ab"), None);
        assert!(opened("").is_some() && opened("a b").is_some() && opened(&"a".repeat(65)).is_some());
        let case = |run: &str, permission: &str| {
            problem(at, &Event::Case { run: run.into(), permission: permission.into() })
        };
        assert_eq!(case("0123456789ab", "EX-2026-1"), None);
        assert!(case("a b", "EX-2026-1").is_some_and(|p| p.contains("run")));
        assert!(case("0123456789ab", " ").is_some_and(|p| p.contains("no words")));
        assert!(problem(at, &Event::Note { text: "\t".into() }).is_some());
        assert!(problem("today", &Event::Note { text: "x".into() }).is_some_and(|p| p.contains("time")));
    }
}
