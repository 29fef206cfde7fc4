//! The gate: what a model must show in the test, written down before the test is opened.
//!
//! In: `[[gate.criteria]]` of the experiment file, read by `read` into a [`Gate`], and the rows of an evaluation. Out: a
//! [`Judgement`]: PASS, FAIL or CANNOT SAY, criterion by criterion and for the whole. [`Standing`] says what the promise
//! is worth: whether the test was locked, and which look at it this is.

mod criterion;
mod judge;
mod read;
mod standing;
mod time;

pub use crate::ledger::Verdict;
pub use criterion::{Bound, Criterion, Gate};
pub use judge::{Judged, Judgement, Part, Why, judge, worst};
pub(super) use read::{Known, read};
pub use standing::{Look, Promise, Standing};

/// What the level of all referrals is called, as [`crate::evaluate`] does.
pub const OVERALL: &str = "overall";
