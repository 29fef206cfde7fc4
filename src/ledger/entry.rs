//! An entry of the ledger, and the exact bytes that its hash stands for.

use crate::io::digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the first entry has in place of the hash of the entry before it.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The verdict of a gate on a locked final holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The gate was passed.
    #[serde(rename = "PASS")]
    Pass,
    /// The gate was not passed.
    #[serde(rename = "FAIL")]
    Fail,
    /// The data cannot say.
    #[serde(rename = "CANNOT SAY")]
    CannotSay,
}

impl Verdict {
    /// The verdict as the ledger and the report write it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::CannotSay => "CANNOT SAY",
        }
    }
}

/// What happened. Digests are SHA-256 in 64 lower-case hexadecimal digits; a run is named by 1 to 64 of the characters
/// `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event {
    /// An experiment and its gate were fixed for these data.
    Registered {
        /// Digest of the experiment as meant.
        experiment: String,
        /// Digest of the gate.
        gate: String,
        /// Digests of the data files, at least one. In the ledger they are in ascending order and differ.
        data: Vec<String>,
        /// Why it was registered; required once any of these data have been opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The holdout was opened. Written before the holdout is read, so that a run killed while reading has left its mark.
    Opened {
        /// The `seq` of the registration that it was opened under.
        registration: u64,
        /// The run that opened it.
        run: String,
    },
    /// The gate was judged.
    Verdict {
        /// The run, opened before.
        run: String,
        /// What the gate said.
        verdict: Verdict,
    },
    /// One real child's explanation was asked for, under a permission. Written before anything is looked up; which child it was is
    /// not said.
    Case {
        /// The run whose models are asked.
        run: String,
        /// Reference of the permission; not blank.
        permission: String,
    },
    /// A remark. It changes nothing.
    Note {
        /// The remark; not blank.
        text: String,
    },
}

/// An event that has no place in the chain yet.
pub type Draft = Event;

impl Event {
    /// The kinds, as the member `kind` names them.
    pub const KINDS: [&str; 5] = ["registered", "opened", "verdict", "case", "note"];

    /// Its kind, as the member `kind` names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "registered",
            Self::Opened { .. } => "opened",
            Self::Verdict { .. } => "verdict",
            Self::Case { .. } => "case",
            Self::Note { .. } => "note",
        }
    }

    /// The same event with data digests in ascending order, each once: files have no order of their own.
    pub(super) fn in_order(mut self) -> Self {
        if let Self::Registered { data, .. } = &mut self {
            data.sort_unstable();
            data.dedup();
        }
        self
    }

    /// The members after `kind`, in their fixed order.
    fn members(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Registered { experiment, gate, data, reason } => {
                let mut members = vec![
                    ("experiment", Value::from(experiment.as_str())),
                    ("gate", Value::from(gate.as_str())),
                    ("data", Value::from(data.as_slice())),
                ];
                members.extend(reason.as_deref().map(|reason| ("reason", Value::from(reason))));
                members
            }
            Self::Opened { registration, run } => {
                vec![("registration", Value::from(*registration)), ("run", Value::from(run.as_str()))]
            }
            Self::Verdict { run, verdict } => {
                vec![("run", Value::from(run.as_str())), ("verdict", Value::from(verdict.words()))]
            }
            Self::Case { run, permission } => {
                vec![("run", Value::from(run.as_str())), ("permission", Value::from(permission.as_str()))]
            }
            Self::Note { text } => vec![("text", Value::from(text.as_str()))],
        }
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// When it was written, by the clock of whoever wrote it: UTC, `YYYY-MM-DDTHH:MM:SSZ`. The order of entries is that
    /// of `seq`; clocks can be wrong.
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Hash of the entry before it, [`GENESIS`] for the first.
    pub before: String,
    /// SHA-256 of [`Entry::canonical`], in lower-case hexadecimal.
    pub hash: String,
}

impl Entry {
    /// Gives an event its place after the entry whose hash is `before`.
    pub(super) fn seal(seq: u64, at: &str, event: Event, before: &str) -> Self {
        let mut entry =
            Self { seq, at: at.to_owned(), event, before: before.to_owned(), hash: String::new() };
        entry.hash = entry.digest();
        entry
    }

    /// The bytes that are hashed: the line without its member `hash` and without its line end.
    ///
    /// A JSON object without blanks; members in the order `seq`, `at`, `kind`, those of the kind as [`Event`] lists
    /// them, `before`. Texts are UTF-8; only `"`, `\` and U+0000 to U+001F are escaped, as `\"`, `\\`, `\b`, `\f`, `\n`,
    /// `\r`, `\t` and otherwise `\u00xx` with lower-case digits. A registration without a reason has no member `reason`.
    #[must_use]
    pub fn canonical(&self) -> String {
        format!("{{{}}}", self.body())
    }

    /// The line as the file has it, without its line end: the canonical bytes with `,"hash":"…"` before the last brace.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{{{},\"hash\":{}}}", self.body(), Value::from(self.hash.as_str()))
    }

    /// The hash that the entry ought to have.
    pub(super) fn digest(&self) -> String {
        digest::hex(self.canonical().as_bytes())
    }

    fn body(&self) -> String {
        let mut members = vec![
            ("seq", Value::from(self.seq)),
            ("at", Value::from(self.at.as_str())),
            ("kind", Value::from(self.event.kind())),
        ];
        members.extend(self.event.members());
        members.push(("before", Value::from(self.before.as_str())));
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        members.join(",")
    }
}
