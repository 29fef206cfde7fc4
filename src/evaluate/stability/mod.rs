//! Would another year, another council or another draw of households give the same answer?
//!
//! In: out-of-fold risks, those of models fitted again on other training rows, outcomes, households and dates. Out: exact
//! numbers that reach a report only through [`crate::privacy::disclosure`]. One measure, one file:
//!
//! * [`instability`](mod@instability): how far each risk, and who is flagged, moves from refit to refit;
//! * [`rank_stability`](mod@rank_stability): whether refits agree on which features matter;
//! * [`by_fold`](mod@by_fold): each fold by itself, and other deals of households into groups;
//! * [`learning_curve`](mod@learning_curve): what more training households bring;
//! * [`over_time`]: periods of the year, and whether the level changes ([`changes`]);
//! * [`performance`](mod@performance) of any part of the rows, on the scales on which parts are compared, with the
//!   household-robust area of [`area`](mod@area), and [`pooled`](mod@pooled) over parts.
//!
//! To add a measure, add a file here, a field to [`Stability`], and its rule to `privacy/disclosure/stability.rs`.

pub mod area;
pub mod by_fold;
pub mod changes;
pub mod flags;
pub mod instability;
pub mod learning_curve;
pub mod over_time;
pub mod performance;
pub mod pooled;
pub mod rank_stability;

pub use area::area;
pub use by_fold::{Deal, FoldResult, ModelFolds, by_fold, ranked};
pub use changes::{Change, Changes};
pub use flags::flagged;
pub use instability::{Instability, Spread, instability};
pub use learning_curve::{LearningCurve, Trained, gains, learning_curve};
pub use over_time::{OverTime, Period};
pub use performance::{Performance, performance};
pub use pooled::{Pooled, pooled};
pub use rank_stability::{Leading, RankStability, rank_stability};

/// What was measured, or in plain words why it was not.
pub type Reading<T> = Result<T, String>;

/// An estimate with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ranged {
    /// The estimate.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Tested rows as stability looks at them; all slices have one length.
#[derive(Clone, Copy, Debug)]
pub struct Tested<'a> {
    /// Whether the outcome came.
    pub y: &'a [bool],
    /// Fold of each row: ranks are compared only within one.
    pub fold: &'a [u16],
    /// Dense number of each row's household, from 0.
    pub household: &'a [u32],
}

/// One authority.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Authority {
    /// Its name, as the data give it.
    pub name: String,
    /// The candidate's performance on its rows.
    pub performance: Performance,
}

/// A model fitted again and again.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Refitted {
    /// Model id.
    pub model: String,
    /// Bootstrap refits that could not be fitted in some fold, and are left out.
    pub failed: u64,
    /// How far risks move.
    pub instability: Reading<Instability>,
    /// What more households to learn from bring.
    pub curve: Reading<LearningCurve>,
}

/// What only refits can tell.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Refits {
    /// Bootstrap refits asked for.
    pub asked: u64,
    /// The candidate, then the reference.
    pub models: Vec<Refitted>,
    /// Whether refits of the candidate agree on which features matter.
    pub features: Reading<RankStability>,
}

/// Everything about stability, exact.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stability {
    /// What refits tell; `None` where the experiment asks for none.
    pub refits: Option<Refits>,
    /// The candidate over calendar time.
    pub over_time: Reading<OverTime>,
    /// The candidate by authority.
    pub authorities: Reading<Vec<Authority>>,
}

impl Default for Stability {
    fn default() -> Self {
        let not = || "the run was made without it".to_owned();
        Self { refits: None, over_time: Err(not()), authorities: Err(not()) }
    }
}
