//! Problems: what is wrong with a row, where, and what is allowed; and their grouping for reading.

use std::collections::BTreeMap;
use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was left out of the history.
    Error,
    /// Everything was kept, but should be looked at.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One problem with one row (or with a whole file, then without a row).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Severity.
    pub severity: Severity,
    /// File name.
    pub file: String,
    /// Table name, such as `children`, or XML element.
    pub place: String,
    /// Row of a table, or running number of the `<Child>` in its file, from 1. In CSV the header is row 1.
    pub row: Option<u64>,
    /// Column, or XML element.
    pub column: String,
    /// What was found, in words; never the value.
    pub found: String,
    /// What is allowed, and what became of the row.
    pub allowed: String,
    /// Number of the `DfE` validation rule, where one applies.
    pub rule: Option<&'static str>,
}

/// Something that an error kept out of the history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Quarantined {
    /// File name.
    pub file: String,
    /// Table name or XML element.
    pub place: String,
    /// Row or running number of the `<Child>`; `None`: the whole file.
    pub row: Option<u64>,
    /// Column or XML element that was wrong.
    pub column: String,
}

/// Problems that differ only in their row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ProblemGroup {
    /// Severity.
    pub severity: Severity,
    /// File name.
    pub file: String,
    /// Table name or XML element.
    pub place: String,
    /// Column or XML element.
    pub column: String,
    /// What was found, in words.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// Number of the `DfE` validation rule, where one applies.
    pub rule: Option<&'static str>,
    /// How often.
    pub count: u64,
    /// The first rows, up to [`FIRST_ROWS`].
    pub first_rows: Vec<u64>,
}

/// The most rows that a [`ProblemGroup`] names.
pub const FIRST_ROWS: usize = 5;

impl fmt::Display for ProblemGroup {
    /// One line: where, how often, found, allowed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.severity, self.file, self.place)?;
        if !self.column.is_empty() && self.column != self.place {
            write!(f, ", {}", self.column)?;
        }
        if !self.first_rows.is_empty() {
            let rows: Vec<String> = self.first_rows.iter().map(u64::to_string).collect();
            let more = if rows.len() == FIRST_ROWS && self.count > FIRST_ROWS as u64 { ", ..." } else { "" };
            let times = if self.count == 1 { "once" } else { &format!("{} times", self.count) };
            // In XML a row is a child, counted from the start of the file.
            let row = if self.file.to_ascii_lowercase().ends_with(".xml") { "child" } else { "row" };
            write!(f, ", {times} ({row} {}{more})", rows.join(", "))?;
        }
        write!(f, ": found {}; allowed: {}", self.found, self.allowed)?;
        self.rule.map_or(Ok(()), |rule| write!(f, " [DfE rule {rule}]"))
    }
}

/// Groups problems that differ only in their row: errors first, then by file, place and column.
#[must_use]
pub fn grouped(problems: &[Problem]) -> Vec<ProblemGroup> {
    let mut groups: BTreeMap<_, (u64, Vec<u64>)> = BTreeMap::new();
    for p in problems {
        let key = (p.severity, &p.file, &p.place, &p.column, &p.found, &p.allowed, p.rule);
        let (count, rows) = groups.entry(key).or_default();
        *count += 1;
        if let Some(row) = p.row.filter(|row| rows.len() < FIRST_ROWS && !rows.contains(row)) {
            rows.push(row);
        }
    }
    let group =
        |(key, (count, first_rows)): ((Severity, &String, &String, &String, &String, &String, _), _)| {
            let (severity, file, place, column, found, allowed, rule) = key;
            let [file, place, column, found, allowed] =
                [file, place, column, found, allowed].map(Clone::clone);
            ProblemGroup { severity, file, place, column, found, allowed, rule, count, first_rows }
        };
    groups.into_iter().map(group).collect()
}

/// What a reader collects while it reads.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The problems.
    pub(super) problems: Vec<Problem>,
    /// What they kept out.
    pub(super) quarantined: Vec<Quarantined>,
}

/// Where a problem stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    /// File name.
    pub(super) file: &'a str,
    /// Table or element.
    pub(super) place: &'a str,
    /// Row.
    pub(super) row: Option<u64>,
    /// Column or element.
    pub(super) column: &'a str,
}

impl Findings {
    /// Adds a problem. An error is also entered as kept out, so that the one cannot be without the other.
    pub(super) fn add(
        &mut self,
        severity: Severity,
        at: At<'_>,
        found: &str,
        allowed: &str,
        rule: Option<&'static str>,
    ) {
        let [file, place, column] = [at.file, at.place, at.column].map(str::to_owned);
        if severity == Severity::Error {
            let [file, place, column] = [&file, &place, &column].map(Clone::clone);
            self.quarantined.push(Quarantined { file, place, row: at.row, column });
        }
        let (found, allowed) = (found.to_owned(), allowed.to_owned());
        self.problems.push(Problem { severity, file, place, row: at.row, column, found, allowed, rule });
    }
}
