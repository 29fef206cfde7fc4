//! The ledger: what was registered before a locked test window was opened, when it was opened, and what the gate said.
//!
//! A file of JSON lines, [`FILE_NAME`] in the runs folder, that is only ever added to. Every [`Entry`] carries the hash
//! of the one before it and a SHA-256 of its own bytes ([`Entry::canonical`]), so that no line can be changed, removed,
//! moved or copied without a trace, unless all lines after it are written anew. Against that, and against removal of the
//! last lines, stand the heads: the hash of its last entry, which each run records in its manifest and prints in its
//! report. [`verify`] takes them.
//!
//! To check a ledger without this program, in Python:
//!
//! ```python
//! import hashlib
//! before = "0" * 64
//! for number, line in enumerate(open("ledger.jsonl", "rb").read().splitlines(), 1):
//!     body, hash = line[:-75], line[-66:-2].decode()   # ,"hash":"<64 digits>"}
//!     assert line[-75:-66] == b',"hash":"' and line[-2:] == b'"}'
//!     assert body.startswith(b'{"seq":%d,' % number) and body.endswith(b'"before":"%s"' % before.encode())
//!     assert hashlib.sha256(body + b"}").hexdigest() == hash
//!     before = hash
//! ```
//!
//! # What it cannot show
//!
//! The hashes have no key. Whoever may write to the runs folder can write the whole ledger anew, and every manifest with
//! it; only a head that is printed, published or otherwise out of reach shows that. Nor can it show a look that this
//! program did not make: data read by other means, or under a changed byte, which gives them another digest. Times are
//! those of the writer's clock.

mod chain;
mod entry;
mod error;
mod fault;
mod form;
mod line;
mod query;
mod rules;
mod show;
mod store;
mod summary;
#[cfg(test)]
mod tests;

pub use entry::{Draft, Entry, Event, GENESIS, Verdict};
pub use error::LedgerError;
pub use fault::{Fault, FaultKind};
pub use query::{Opening, Registration, openings, registration_of, registrations, unjudged};
pub use rules::{Decision, Request, may_open};
pub use show::show;
pub use store::{FILE_NAME, append, read, verify};
pub use summary::summary;
