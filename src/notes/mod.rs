//! Case notes: what identifies a person is taken out before anything is stored.
//!
//! | module | what it does |
//! |---|---|
//! | [`redact`](mod@redact) | finds names, numbers, addresses and dates in a text |
//! | [`read`](mod@read) | raw notes from CSV, Parquet or a folder of texts, in batches |
//! | [`clean`] | raw notes in, redacted notes and a report out |
//! | [`factors`] | finds what an assessment records (being made) |
//! | [`scan`] | looks for identifiers in any file or folder |

pub mod clean;
pub mod factors;
pub mod read;
pub mod redact;
pub mod scan;
mod write;
