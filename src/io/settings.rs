//! Settings files (TOML) read with every problem reported at once: file, line, column, what was found, what is
//! allowed, and for a mistyped key the nearest known one.
//!
//! A reader asks a [`Section`] for the keys it knows; what was asked for is what is known, so there is no second list
//! to keep. Values of settings files are the researcher's own words, not rows of data, so messages may quote them.

use std::cell::RefCell;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::num::Day;

/// One thing wrong in a settings file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, as a fragment after the place.
    pub message: String,
}

/// All that is wrong in a settings file, in order of place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SettingsError {
    /// The file as named to the reader.
    pub file: String,
    /// At least one.
    pub faults: Vec<Fault>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.faults.iter().enumerate() {
            let end = if i + 1 < self.faults.len() { "\n" } else { "" };
            write!(f, "{}:{}:{}: {}{end}", self.file, fault.line, fault.column, fault.message)?;
        }
        Ok(())
    }
}

/// Reads a settings file: parses it, hands the top section to `read`, then reports every fault of both.
///
/// # Errors
/// Returns all faults, if there is any.
pub fn read<T>(
    file: &str,
    text: &str,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T, SettingsError> {
    let faults = RefCell::new(Vec::new());
    let place = |span: Option<Range<usize>>| span.map_or((1, 1), |s| line_and_column(text, s.start));
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let faults = errors.iter().map(|e| {
            let (line, column) = place(e.span());
            Fault { line, column, message: e.message().to_owned() }
        });
        return Err(SettingsError { file: file.to_owned(), faults: faults.collect() });
    }
    let value = {
        let section = Section {
            text,
            path: String::new(),
            span: root.span(),
            entries: root.get_ref(),
            known: RefCell::default(),
            faults: &faults,
        };
        read(&section)
    };
    let mut faults = faults.into_inner();
    faults.sort();
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(SettingsError { file: file.to_owned(), faults }),
    }
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// One table of a settings file. When dropped, it reports the keys that nobody asked for.
#[derive(Debug)]
pub struct Section<'a> {
    text: &'a str,
    path: String,
    span: Range<usize>,
    entries: &'a DeTable<'a>,
    known: RefCell<Vec<String>>,
    faults: &'a RefCell<Vec<Fault>>,
}

impl<'a> Section<'a> {
    /// Reports a fault at `key`, or at the section if the key is absent.
    pub fn fault(&self, key: &str, message: impl Into<String>) {
        let span = self.entries.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v.span());
        self.report(span.unwrap_or_else(|| self.span.clone()).start, message.into());
    }

    fn report(&self, at: usize, message: String) {
        let (line, column) = line_and_column(self.text, at);
        self.faults.borrow_mut().push(Fault { line, column, message });
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Whether the key is there; it counts as asked for.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.borrow_mut().push(key.to_owned());
        self.entries.get(key)
    }

    fn typed<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let out = read(value.get_ref());
        if out.is_none() {
            self.fault(
                key,
                format!("`{}` must be {wanted}, found {}", self.name(key), describe(value.get_ref())),
            );
        }
        out
    }

    /// Passes `value` on, and reports `key` as missing if it is absent from the file.
    pub fn required<T>(&self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.entries.get(key).is_none() {
            self.fault(key, format!("`{}` is missing", self.name(key)));
        }
        value
    }

    /// A text, or `None` if absent or wrong (then reported).
    pub fn text(&self, key: &str) -> Option<String> {
        self.typed(key, "a text in quotes", |v| v.as_str().map(str::to_owned))
    }

    /// A whole number in `range`.
    pub fn integer(&self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let wanted = if *range.end() == i64::MAX {
            format!("a whole number of at least {}", range.start())
        } else {
            format!("a whole number from {} to {}", range.start(), range.end())
        };
        self.typed(key, &wanted, |v| integer(v).filter(|n| range.contains(n)))
    }

    /// A number in `range`; whole numbers are taken too.
    pub fn number(&self, key: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let wanted = format!("a number from {} to {}", range.start(), range.end());
        self.typed(key, &wanted, |v| number(v).filter(|n| range.contains(n)))
    }

    /// True or false.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.typed(key, "true or false", DeValue::as_bool)
    }

    /// A day, as a TOML date or a text `YYYY-MM-DD`.
    pub fn day(&self, key: &str) -> Option<Day> {
        self.typed(key, "a date such as 2020-04-01", day)
    }

    /// One of the named choices.
    pub fn choice<T: Clone>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| value.clone());
        if found.is_none() {
            self.unknown_choice(key, &text, choices.iter().map(|(name, _)| *name));
        }
        found
    }

    /// A list of the named choices, each at most once; `None` if absent.
    pub fn choices<T: Clone>(&self, key: &str, choices: &[(&str, T)]) -> Option<Vec<T>> {
        let texts = self.texts(key)?;
        let mut out = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            if texts[..i].contains(text) {
                self.fault(key, format!("`{}` names `{text}` twice", self.name(key)));
            }
            match choices.iter().find(|(name, _)| name == text) {
                Some((_, value)) => out.push(value.clone()),
                None => self.unknown_choice(key, text, choices.iter().map(|(name, _)| *name)),
            }
        }
        Some(out)
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.list(key, "a text in quotes", |v| v.as_str().map(str::to_owned))
    }

    /// A list of whole numbers, each in `range`.
    pub fn integers(&self, key: &str, range: &RangeInclusive<i64>) -> Option<Vec<i64>> {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        self.list(key, &wanted, |v| integer(v).filter(|n| range.contains(n)))
    }

    /// A list of numbers, each in `range`; whole numbers are taken too.
    pub fn numbers(&self, key: &str, range: &RangeInclusive<f64>) -> Option<Vec<f64>> {
        let wanted = format!("a number from {} to {}", range.start(), range.end());
        self.list(key, &wanted, |v| number(v).filter(|n| range.contains(n)))
    }

    /// A list of days.
    pub fn days(&self, key: &str) -> Option<Vec<Day>> {
        self.list(key, "a date such as 2020-04-01", day)
    }

    /// A list; each item that is not `wanted` is reported at its place.
    fn list<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl Fn(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.typed(key, "a list", DeValue::as_array)?;
        let mut out = Some(Vec::new());
        for item in items {
            match (read(item.get_ref()), &mut out) {
                (Some(value), Some(out)) => out.push(value),
                (Some(_), None) => {}
                (None, _) => {
                    let found = describe(item.get_ref());
                    let message =
                        format!("each item of `{}` must be {wanted}, found {found}", self.name(key));
                    self.report(item.span().start, message);
                    out = None;
                }
            }
        }
        out
    }

    /// A table under `key`.
    pub fn section(&self, key: &str) -> Option<Self> {
        let span = self.value(key)?.span();
        let entries = self.typed(key, "a table", DeValue::as_table)?;
        let (text, faults) = (self.text, self.faults);
        Some(Self { text, path: self.name(key), span, entries, known: RefCell::default(), faults })
    }

    /// The tables of a list of tables, each headed `[[key]]`; those that are no tables are reported and left out.
    pub fn sections(&self, key: &str) -> Option<Vec<Self>> {
        let items = self.typed(
            key,
            "a list of tables, each headed by its name in double brackets",
            DeValue::as_array,
        )?;
        let section = |item: &'a Spanned<DeValue<'a>>| {
            let Some(entries) = item.get_ref().as_table() else {
                let found = describe(item.get_ref());
                self.report(
                    item.span().start,
                    format!("each item of `{}` must be a table, found {found}", self.name(key)),
                );
                return None;
            };
            let (text, faults, known) = (self.text, self.faults, RefCell::default());
            Some(Self { text, path: self.name(key), span: item.span(), entries, known, faults })
        };
        Some(items.iter().filter_map(section).collect())
    }

    /// Every key present, in order of the file.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> =
            self.entries.iter().map(|(k, _)| (k.span().start, k.get_ref().to_string())).collect();
        keys.sort();
        keys.into_iter().map(|(_, k)| k).collect()
    }

    fn unknown_choice<'c>(&self, key: &str, found: &str, choices: impl Iterator<Item = &'c str>) {
        let choices: Vec<_> = choices.collect();
        let hint = nearest(found, choices.iter().copied())
            .map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        let allowed = choices.join("`, `");
        self.fault(
            key,
            format!("`{}` has no choice `{found}`: allowed are `{allowed}`{hint}", self.name(key)),
        );
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        let known = self.known.borrow();
        for (key, _) in self.entries.iter().filter(|(k, _)| !known.iter().any(|n| n == k.get_ref())) {
            let hint = nearest(key.get_ref(), known.iter().map(String::as_str));
            let hint = hint.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            self.report(key.span().start, format!("unknown key `{}`{hint}", self.name(key.get_ref())));
        }
    }
}

/// The choice nearest to `found` in spelling, if any is near enough to be meant.
pub fn nearest<'c>(found: &str, choices: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let scored = choices.map(|c| (strsim::damerau_levenshtein(found, c), c));
    scored.filter(|(d, c)| *d <= (c.len().max(found.len()) / 3).max(1)).min().map(|(_, c)| c)
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let n = value.as_integer()?;
    i64::from_str_radix(n.as_str(), n.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    value.as_float().map_or_else(|| value.as_integer()?.as_str().parse().ok(), |f| f.as_str().parse().ok())
}

fn day(value: &DeValue<'_>) -> Option<Day> {
    value.as_str().map_or_else(|| Day::parse(&value.as_datetime()?.to_string()), Day::parse)
}

fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(s) => format!("the text \"{s}\""),
        DeValue::Integer(n) => n.as_str().to_owned(),
        DeValue::Float(n) => n.as_str().to_owned(),
        DeValue::Boolean(b) => b.to_string(),
        DeValue::Datetime(d) => format!("the date {d}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn faults(text: &str) -> String {
        read("x.toml", text, |root| {
            let seed = root.required("seed", root.integer("seed", 0..=9));
            let cohort = root.section("cohort");
            let days = cohort.as_ref().and_then(|c| c.integer("horizon_days", 1..=730));
            let point =
                cohort.as_ref().and_then(|c| c.choice("point", &[("at-referral", 1), ("at-closure", 2)]));
            Some((seed?, days, point))
        })
        .map_or_else(|e| e.to_string(), |v| format!("{v:?}"))
    }

    #[test]
    fn reports_every_fault_with_its_place_and_the_nearest_key() {
        let text = "sed = 3\n[cohort]\n  horizon_day = 10\n  point = \"at-referal\"\n";
        assert_eq!(
            faults(text),
            "x.toml:1:1: `seed` is missing\n\
             x.toml:1:1: unknown key `sed`; did you mean `seed`?\n\
             x.toml:3:3: unknown key `cohort.horizon_day`; did you mean `horizon_days`?\n\
             x.toml:4:11: `cohort.point` has no choice `at-referal`: allowed are `at-referral`, `at-closure`; did you mean `at-referral`?"
        );
        assert_eq!(
            faults("seed = 12\ncohort = 1"),
            "x.toml:1:8: `seed` must be a whole number from 0 to 9, found 12\nx.toml:2:10: `cohort` must be a table, found 1"
        );
    }

    #[test]
    fn each_table_of_a_list_is_read_and_its_faults_have_their_place() {
        let read_all = |text: &str| {
            let read = read("x.toml", text, |root| {
                let tables = root.sections("rule")?;
                Some(tables.iter().map(|t| t.required("at", t.integer("at", 0..=9))).collect::<Vec<_>>())
            });
            read.map_or_else(|e| e.to_string(), |v| format!("{v:?}"))
        };
        assert_eq!(read_all("[[rule]]\nat = 1\n[[rule]]\nat = 2\n"), "[Some(1), Some(2)]");
        assert_eq!(read_all("rule = [{at = 3}]"), "[Some(3)]");
        assert_eq!(
            read_all("[[rule]]\nat = 1\n\n[[rule]]\nta = 2\n"),
            "x.toml:4:1: `rule.at` is missing\nx.toml:5:1: unknown key `rule.ta`; did you mean `at`?"
        );
        assert_eq!(read_all("rule = [1]"), "x.toml:1:9: each item of `rule` must be a table, found 1");
        assert!(read_all("rule = 1").contains("must be a list of tables"));
    }

    #[test]
    fn syntax_faults_carry_their_place() {
        assert!(faults("seed = = 3").starts_with("x.toml:1:"), "{}", faults("seed = = 3"));
        assert_eq!(faults("seed = 3\n[cohort]\npoint = 'at-closure'"), "(3, None, Some(2))");
    }
}
