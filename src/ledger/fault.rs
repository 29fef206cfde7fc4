//! What can be wrong with a ledger, in plain words.

use std::fmt;

/// One thing that is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, from 1, where it shows; none if it shows on no line.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The line is not JSON.
    NotJson,
    /// The member `kind` says what this version does not know.
    UnknownKind(String),
    /// The line is JSON, but no entry, for this reason.
    NotAnEntry(&'static str),
    /// The line's hash does not fit what the line says, or it is not as the program writes it.
    Edited,
    /// The entries of these numbers ought to stand before this line.
    Removed {
        /// The first that is missing.
        from: u64,
        /// The last that is missing.
        to: u64,
    },
    /// The entry that it follows stands on this other line; 0 stands for the top of the file.
    OutOfOrder(usize),
    /// The same line stands already on this line.
    Duplicated(usize),
    /// The number does not follow from the one before, though the hash does.
    Misnumbered,
    /// It follows from an entry that is not in the file, though its number fits: the line before was replaced by
    /// another with a hash of its own.
    Unchained,
    /// The rules forbade this entry where it stands, for this reason.
    AgainstRules(String),
    /// The last line has no line end.
    Torn {
        /// Whether only the line end is missing: the rest is an entry with the right hash.
        whole: bool,
        /// The byte of the file at which the unfinished line begins, from 0.
        from: usize,
        /// Its bytes.
        length: usize,
    },
    /// A run recorded a hash that no line has.
    MissingHead {
        /// The run.
        run: String,
        /// The hash it recorded.
        hash: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} ")?;
        }
        let line = self.line.unwrap_or_default();
        match &self.kind {
            FaultKind::NotJson => {
                write!(f, "is not JSON: it was edited, or something else was written there")
            }
            FaultKind::UnknownKind(kind) => {
                write!(
                    f,
                    "is of the unknown kind {kind:?}: it was edited, or a later version of rerefer wrote it"
                )
            }
            FaultKind::NotAnEntry(why) => write!(f, "is no entry of a ledger: {why}"),
            FaultKind::Edited => write!(f, "was edited: its hash does not fit what it says"),
            FaultKind::Removed { from, to } if from == to => {
                write!(f, "does not follow from the line before it: entry {from} was removed")
            }
            FaultKind::Removed { from, to } => {
                write!(f, "does not follow from the line before it: entries {from} to {to} were removed")
            }
            FaultKind::OutOfOrder(0) => write!(f, "is out of order: it was the first line of the ledger"),
            FaultKind::OutOfOrder(after) => {
                write!(f, "is out of order: the entry it was written after stands on line {after}")
            }
            FaultKind::Duplicated(first) => write!(f, "is a second copy of line {first}"),
            FaultKind::Misnumbered => write!(f, "has a number that does not follow from the line before it"),
            FaultKind::Unchained => {
                write!(
                    f,
                    "does not follow from the line before it, which was replaced together with its hash"
                )
            }
            FaultKind::AgainstRules(why) => write!(f, "ought not to be there: {why}"),
            FaultKind::Torn { whole: true, .. } => write!(
                f,
                "is whole but has no line end. To mend it: keep a copy of the file as it is; then add one line end \
                 (the byte 0A) after the last byte, and nothing else"
            ),
            FaultKind::Torn { whole: false, from, length } => write!(
                f,
                "is unfinished: writing it was cut short, or its end was cut off. To mend it: keep a copy of the file \
                 as it is, for whoever reviews the ledger; then remove the last {length} bytes, so that the file ends \
                 after byte {from} with the line end of line {}; then add a note that says so and why",
                line.saturating_sub(1)
            ),
            FaultKind::MissingHead { run, hash } => write!(
                f,
                "the entry {hash}, which run {run} recorded, is not in the ledger: the last lines were removed, or \
                 lines were written anew"
            ),
        }
    }
}
