//! Numbers as parts of sentences. A hidden number is said to be hidden, and is never 0.

use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::{Count, Number, PerHundred};
use crate::report::html::format::{about, between, interval, thousands, value};
use crate::report::{CapacityTable, Report, words};

/// "1,661 referrals", or that their number is hidden.
pub(super) fn many(count: Count, what: &str) -> String {
    match count.get() {
        Some(0) => format!("no {what}"),
        Some(n) => format!("{} {what}", thousands(n)),
        None => format!("a hidden number of {what}"),
    }
}

/// "Of 100 children flagged, about 38 (between 31 and 44) came back." `yes` is what the others did not.
pub(super) fn hundred(share: &PerHundred, of: &str, yes: &str) -> String {
    match (share.yes(), share) {
        (Some(n), _) => format!("Of 100 {of}, {}{} {yes}.", about(n), between(share)),
        (None, PerHundred::Undefined(reason)) => {
            format!("Of 100 {of}, how many {yes} is not defined: {reason}.")
        }
        (None, _) => format!("Of 100 {of}, how many {yes} is hidden: it rests on too few children."),
    }
}

/// "about 38" of a hundred, or the word for none that is shown.
pub(super) fn brief(share: &PerHundred) -> String {
    match (share.yes(), share) {
        (Some(n), _) => format!("{}{}", about(n), between(share)),
        (None, PerHundred::Undefined(_)) => "not defined".to_owned(),
        (None, _) => "hidden".to_owned(),
    }
}

/// "0.031 (95% interval 0.002 to 0.063)", "hidden" or "not defined (why)".
pub(super) fn number(number: &Number, unit: Unit) -> String {
    match (number.estimate(), number) {
        (Some(estimate), _) => {
            let ends = number
                .interval()
                .map_or_else(String::new, |ends| format!(" (95% interval {})", interval(ends, unit)));
            format!("{}{ends}", value(estimate, unit))
        }
        (None, Number::Undefined(reason)) => format!("not defined ({reason})"),
        (None, _) => "hidden".to_owned(),
    }
}

/// "AUROC 0.641 (95% interval …)" of a model over all referrals; nothing where it was not measured.
pub(super) fn measure(report: &Report, model: &str, id: &'static str) -> Option<String> {
    let line = report.overall(model, id)?;
    Some(format!("{} {}", words::title(id), number(&line.number, words::unit(id))))
}

/// "a, b and c".
pub(super) fn listed<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [others @ .., last] => {
            let others: Vec<&str> = others.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", others.join(", "), last.as_ref())
        }
    }
}

/// The candidate's table at the declared capacity.
pub(super) fn candidate(report: &Report) -> Option<&CapacityTable> {
    report.at_capacity.iter().find(|t| t.model == report.finding.candidate)
}

/// The reference's table at the declared capacity.
pub(super) fn reference(report: &Report) -> Option<&CapacityTable> {
    report.at_capacity.iter().find(|t| t.model == report.finding.reference)
}
