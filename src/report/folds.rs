//! Results of each test by itself, as a report may show them.

use super::stability::Shown;
use crate::privacy::disclosure::{Count, Number, Passed};

/// Candidate and reference test by test, every model over tests, and other deals.
#[derive(Clone, Debug, PartialEq)]
pub struct ByFold {
    /// The tests, in order.
    pub folds: Vec<FoldLine>,
    /// Every model.
    pub models: Vec<Spread>,
    /// Other deals of households into groups; `None` where the experiment asks for none.
    pub deals: Option<Shown<Deals>>,
}

/// One test.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldLine {
    /// Its name.
    pub name: String,
    /// Referrals tested, rounded to ten.
    pub n: Count,
    /// AUROC with its interval, average precision, Brier score and O/E: of the candidate, then of the reference.
    pub models: Vec<[Number; 4]>,
}

/// One model over all tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Model id.
    pub model: String,
    /// AUROC, then average precision.
    pub measures: [Shown<Over>; 2],
}

/// A measure over all tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    /// As the evaluation has it, ranks compared within tests only.
    pub pooled: Number,
    /// Mean of the tests.
    pub mean: Passed<f64>,
    /// Standard deviation between them.
    pub deviation: Passed<f64>,
    /// Lowest and highest.
    pub ends: (Passed<f64>, Passed<f64>),
}

/// Candidate and reference over all deals, that of the evaluation among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Deals {
    /// Deals that could be measured.
    pub deals: u64,
    /// Deals that could not.
    pub failed: u64,
    /// AUROC, then average precision: candidate, reference, and the first less the second.
    pub measures: [[Over; 3]; 2],
    /// Deals in which the candidate had the higher average precision.
    pub ahead: u64,
}
