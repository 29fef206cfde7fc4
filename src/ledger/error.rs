//! Why the ledger could not be read or added to.

use super::fault::Fault;
use std::path::PathBuf;

/// Why the ledger could not be read or added to. The ledger is then as it was, except after
/// [`LedgerError::Unsure`].
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system refused.
    #[error("the ledger {} could not be read or written: {source}", path.display())]
    Io {
        /// The ledger.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Writing failed, and what had been written could not be taken back.
    #[error(
        "an entry could not be written safely to the ledger {} and could not be taken back: {source}; look at its last line \
         before trying again",
        path.display()
    )]
    Unsure {
        /// The ledger.
        path: PathBuf,
        /// Why writing failed.
        source: std::io::Error,
    },
    /// The chain is broken.
    #[error("the ledger {} is broken, and is neither used nor added to: {first}{}", path.display(), more(*others))]
    Broken {
        /// The ledger.
        path: PathBuf,
        /// The first fault.
        first: Box<Fault>,
        /// How many there are besides.
        others: usize,
    },
    /// The entry says what no entry may say.
    #[error("nothing was added to the ledger: {0}")]
    Malformed(&'static str),
    /// The rules forbid the entry now.
    #[error("nothing was added to the ledger: {0}")]
    Refused(String),
}

fn more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (and 1 fault more)".to_owned(),
        n => format!(" (and {n} faults more)"),
    }
}
