//! What the folder says of itself: `read-first.txt`, and the sentences that stand beside each output.

use super::{NOTICE, Pieces, Report, SIMULATED};
use crate::report::pieces::wrapped;

/// Letters in a line.
const LINE: usize = 100;

/// Who did not check.
pub(super) const NO_CHECK: &str = "ACRO made no check";

/// What was done to each output, in a sentence.
pub(super) fn done(threshold: u64) -> String {
    format!(
        "rerefer hid counts under {threshold} (none counts as small), counts of all but so few, further counts from which one of these would \
         follow, and estimates that rest on a hidden count."
    )
}

/// How counts are rounded.
pub(super) fn rounding(report: &Report) -> String {
    let others = match report.profile.nearest {
        1 => "Other counts are as they are.".to_owned(),
        nearest => format!("Other counts are to the nearest {nearest}."),
    };
    format!(
        "Children of groups, sizes of tests and of what was learned from, census years and times to events are to the nearest 10. {others}"
    )
}

/// The page that an output checker reads first.
pub(super) fn read_first(report: &Report, pieces: &Pieces) -> String {
    let (threshold, rounding) = (report.threshold, rounding(report));
    let beside = if report.beside.is_empty() {
        "This one stands beside no other. Release one of such a pair, or export the second with --beside."
            .to_owned()
    } else {
        format!(
            "This one was made beside run {}: exact counts that differ by few are hidden.",
            report.beside.join(", ")
        )
    };
    let simulated = if report.simulated { format!("{SIMULATED}\n") } else { String::new() };
    let figures = if cfg!(feature = "pdf") {
        format!(
            "- {} figures (PNG), as in report.html. Every figure has its numbers in a table.",
            pieces.pictures.len()
        )
    } else {
        "- No figures: this rerefer was built without them.".to_owned()
    };
    let mut out = format!(
        "READ FIRST: {title}

{NOTICE}
{simulated}
rerefer {version}, run {run}.
{question}

What is here
- {tables} tables (CSV), as in report.html and tables.xlsx.
{figures}
- results.json, config.json and checksums/, laid out as ACRO 1.0.2 writes them.
There are no records of children, no predictions for any child and no fitted models. Exact numbers stay in the run's private folder.

What was done
The run was made into a report by the disclosure control of rerefer. Every number here is in that report.
- Counts under {threshold} are hidden, zero among them, and so are counts that leave fewer than {threshold} of their whole.
- Estimates that rest on a hidden count are hidden.
- Further counts are hidden until none of these follows from the others and the total, in a table or between tables.
- Points of curves are joined until each adds at least {threshold} referrals with and {threshold} without the outcome.
- Counts that come from fewer than {threshold} households, or of which two households hold nine tenths, count as small.
- Estimates have three decimals at most. Dates are months. {rounding}
- \u{201c}hidden\u{201d} stands where a number was taken out. It never means 0. A step of the table of who was left out that removed nobody says \u{201c}none\u{201d}.

What was not done
- ACRO made no check. Every output therefore has the status \u{201c}review\u{201d}.
- Degrees of freedom were not tested by ACRO. Those of models are in a table of section \u{201c}What could give a child away?\u{201d}.

What to look for
- Two releases from the same or nearly the same data, such as with another cut-off, horizon or share flagged: children could be found by taking one from the other. {beside}
- Names of groups and of authorities are as in the data. Decide whether they may be named.

The outputs
",
        title = report.title,
        version = report.version,
        run = report.run_id,
        question = report.question,
        tables = pieces.tables.len(),
    );
    let tables =
        pieces.tables.iter().map(|t| format!("- {}.csv: {}: {}\n", t.name, t.grid.section, t.grid.caption));
    out.extend(tables);
    if cfg!(feature = "pdf") {
        let figures =
            pieces.pictures.iter().map(|p| format!("- {}.png: {}: {}\n", p.name, p.section, p.caption()));
        out.extend(figures);
    }
    out.lines().map(broken).collect()
}

/// A line in lines of a page, those after the first of a point under its words.
fn broken(line: &str) -> String {
    let (mark, indent) = if line.starts_with("- ") { ("- ", "  ") } else { ("", "") };
    let lines = wrapped(line.trim_start_matches("- "), LINE - mark.len());
    let lines = lines.iter().enumerate().map(|(n, l)| format!("{}{l}\n", if n == 0 { mark } else { indent }));
    let text: String = lines.collect();
    if text.is_empty() { "\n".to_owned() } else { text }
}
