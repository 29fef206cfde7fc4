//! What a promise is worth: whether the test was locked, and which look at it this is.

use super::Judgement;
use crate::num::Day;
use serde::{Deserialize, Serialize};

/// A gate judged, and what the judgement is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// What came of it.
    pub judgement: Judgement,
    /// What that is worth.
    pub standing: Standing,
}

/// What stands behind a judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// No referrals were kept for a final test: whoever wrote the gate could have seen the results.
    NotLocked,
    /// An ordinary run, which leaves out the referrals that are kept for the final test.
    Rehearsal {
        /// The first day of the final test.
        from: Day,
    },
    /// The final test, opened through the ledger.
    Final(Look),
}

/// One look at the final test, as the ledger has it. Times are UTC, `YYYY-MM-DDTHH:MM:SSZ`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The first day of the final test.
    pub from: Day,
    /// When experiment, gate and data were registered.
    pub registered_at: String,
    /// Why they were registered, where the final test had been opened before.
    pub reason: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// Which look at these data it is, from 1.
    pub number: usize,
    /// When they were first opened.
    pub first_at: String,
}
