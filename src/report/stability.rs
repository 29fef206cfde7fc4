//! Stability as a report may show it: would another year, another council or another draw give the same answer?

use crate::privacy::disclosure::{Count, Number, Passed, PerHundred};

/// What may be shown, or in plain words why there is nothing.
pub type Shown<T> = Result<T, String>;

/// Everything about stability.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// What refits tell; `None` where the experiment asks for none.
    pub refits: Option<Refits>,
    /// The candidate over calendar time.
    pub over_time: Shown<OverTime>,
    /// The candidate by authority.
    pub by_authority: Shown<ByAuthority>,
}

/// What only refits can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Refits {
    /// Bootstrap refits asked for.
    pub asked: u64,
    /// The candidate, then the reference.
    pub models: Vec<Refitted>,
    /// Whether refits of the candidate agree on which features matter.
    pub features: Shown<Features>,
}

/// A model fitted again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Refitted {
    /// Model id.
    pub model: String,
    /// Refits left out, because they could not be fitted.
    pub failed: u64,
    /// How far risks move.
    pub movement: Shown<Movement>,
    /// What more households to learn from bring.
    pub curve: Shown<Curve>,
}

/// How far risks move from refit to refit.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// Refits.
    pub refits: u64,
    /// From the 2.5th to the 97.5th percentile of a case's risks: mean, median, 90th percentile over cases.
    pub width: [Number; 3],
    /// Mean absolute prediction error of a case: mean, median, 90th percentile over cases.
    pub error: [Number; 3],
    /// Share of those flagged that a refit flags too.
    pub kept: Number,
    /// Of a hundred flagged: would not be flagged by a refit.
    pub dropped: PerHundred,
    /// Share of those flagged that fewer than 80% of refits flag.
    pub below_80: Number,
    /// Share of those flagged that fewer than 95% of refits flag.
    pub below_95: Number,
}

/// Whether more households to learn from still help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helps {
    /// They did: the whole interval of the gain is above 0.
    Yes,
    /// Hardly: the whole interval is under 0.01.
    Hardly,
    /// Neither is shown.
    CannotSay,
}

/// A learning curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Draws of households that each point is the mean of.
    pub draws: u64,
    /// The points, by rising share.
    pub points: Vec<CurvePoint>,
    /// Gain in AUROC from two fifths of the households to all of them.
    pub gain: Number,
    /// What the gain says.
    pub helps: Helps,
}

/// One point of a learning curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// Share of the training households.
    pub share: f64,
    /// Mean number of training referrals, rounded to ten.
    pub rows: Count,
    /// AUROC.
    pub auroc: Number,
    /// Average precision.
    pub average_precision: Number,
    /// Log loss.
    pub log_loss: Number,
}

/// Whether refits agree on which features matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Refits.
    pub refits: u64,
    /// Features.
    pub features: u64,
    /// Mean correlation of ranks between two refits.
    pub spearman: Number,
    /// Mean share of the first ten that two refits have in common.
    pub overlap: Number,
    /// The first ten by mean importance.
    pub leading: Vec<LeadingFeature>,
}

/// One of the features that matter most.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadingFeature {
    /// Id.
    pub id: String,
    /// Meaning in words.
    pub words: String,
    /// Mean increase in log loss when it is shuffled.
    pub importance: Passed<f64>,
    /// Mean rank.
    pub rank: Passed<f64>,
    /// Best and worst rank.
    pub range: (Passed<f64>, Passed<f64>),
}

/// The candidate over calendar time.
#[derive(Clone, Debug, PartialEq)]
pub struct OverTime {
    /// Months of a period that was not joined with another.
    pub months: u32,
    /// Whether some were joined.
    pub joined: bool,
    /// The periods in order.
    pub periods: Vec<PeriodLine>,
    /// Changes of the AUROC.
    pub auroc_changes: Shown<Vec<ChangeLine>>,
    /// Changes of O/E.
    pub ratio_changes: Shown<Vec<ChangeLine>>,
    /// The AUROC over periods.
    pub auroc: Shown<Pool>,
    /// O/E over periods.
    pub ratio: Shown<Pool>,
}

/// One period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodLine {
    /// Such as `April to June 2020`.
    pub words: String,
    /// Referrals tested, rounded to ten.
    pub n: Count,
    /// AUROC.
    pub auroc: Number,
    /// Observed over expected.
    pub ratio: Number,
}

/// One change of level.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeLine {
    /// Place, from 0, of the first period of the new level.
    pub period: usize,
    /// Level before, on the scale of the measure.
    pub before: Passed<f64>,
    /// Level after.
    pub after: Passed<f64>,
    /// P value.
    pub p: Passed<f64>,
}

/// The mean over periods or authorities.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Periods or authorities.
    pub parts: u64,
    /// The mean with its 95% interval.
    pub mean: Number,
    /// Where another one is expected, 95%.
    pub expected: (Passed<f64>, Passed<f64>),
    /// Share of the spread that is not chance.
    pub beyond_chance: Passed<f64>,
    /// How often chance alone would spread equal ones so far.
    pub p: Passed<f64>,
}

/// The candidate by authority.
#[derive(Clone, Debug, PartialEq)]
pub struct ByAuthority {
    /// Authorities that may be shown.
    pub authorities: Vec<AuthorityLine>,
    /// Whether others are left out, because they are too small or could give a small number away.
    pub some_left_out: bool,
    /// The AUROC over authorities shown.
    pub auroc: Shown<Pool>,
    /// O/E over authorities shown.
    pub ratio: Shown<Pool>,
}

/// One authority.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorityLine {
    /// Its name.
    pub name: String,
    /// Referrals tested.
    pub n: Count,
    /// AUROC.
    pub auroc: Number,
    /// Observed over expected.
    pub ratio: Number,
}
