//! `[permission]` of an experiment file: under which one real child's explanation may be written for that child's file.

use crate::io::settings::Section;
use crate::num::Day;

/// Characters under which a reference is none.
const LEAST: usize = 6;

/// A permission: for example a family's request for an explanation, or an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Reference of the decision that gave it, at least six characters.
    pub reference: String,
    /// Day it was given.
    pub date: Day,
    /// Last day on which it holds; after `date`.
    pub expiry: Day,
    /// What it was given for.
    pub purpose: Option<String>,
}

impl Permission {
    /// Reads the section: `None` if it has faults, all of which are noted.
    pub(super) fn read(s: &Section<'_>) -> Option<Self> {
        let text = |key: &str, given: Option<String>| {
            let given = given?.trim().to_owned();
            if given.chars().count() < LEAST {
                s.fault(
                    key,
                    format!("`permission.{key}` is too short: at least {LEAST} characters are allowed"),
                );
            }
            Some(given)
        };
        let reference = text("reference", s.required("reference", s.text("reference")));
        let date = s.required("date", s.day("date"));
        let expiry = s.required("expiry", s.day("expiry"));
        let purpose = text("purpose", s.text("purpose"));
        if let (Some(date), Some(expiry)) = (date, expiry)
            && expiry <= date
        {
            s.fault(
                "expiry",
                format!(
                    "`permission.expiry` is {expiry}, which does not lie after `permission.date`, {date}"
                ),
            );
        }
        Some(Self { reference: reference?, date: date?, expiry: expiry?, purpose })
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        (self.date..=self.expiry).contains(&day)
    }

    /// The section as meant.
    #[must_use]
    pub fn meant(&self) -> String {
        let purpose = self
            .purpose
            .as_deref()
            .map_or_else(String::new, |p| format!("purpose = {}\n", toml::Value::from(p)));
        format!(
            "[permission]\nreference = {}\ndate = \"{}\"\nexpiry = \"{}\"\n{purpose}",
            toml::Value::from(self.reference.as_str()),
            self.date,
            self.expiry
        )
    }
}
