//! The sums and counts that every measure is computed from.

use super::FEWEST;
use super::capacity;
use super::cell::{Cell, Load, whole};
use super::recalibrate;

/// A number, or in plain words why there is none.
pub type Value = Result<f64, &'static str>;

/// Weighted numbers of rows among those flagged at one capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flagged {
    /// With the outcome (true positives); a part of a row where ties share the places left.
    pub with: f64,
    /// Without the outcome (false positives).
    pub without: f64,
}

/// Sums over the rows of one cell in one replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Rows.
    pub n: u64,
    /// Rows with the outcome.
    pub events: u64,
    /// Sum of predicted risks.
    pub predicted: f64,
    /// Sum of squared differences between predicted risk and outcome (0 or 1).
    pub squared_error: f64,
    /// Sum of minus the natural logarithm of the probability given to what happened, over rows where it is not zero.
    pub log_loss: f64,
    /// Rows whose outcome was given probability exactly zero.
    pub impossible: u64,
    /// Rows predicted at exactly 0 or 1.
    pub certain: u64,
    /// Pairs of a row with and a row without the outcome, within folds.
    pub pairs: u64,
    /// Twice the pairs in which the row with the outcome has the higher score, plus once the tied ones.
    pub concordant_twice: u64,
    /// Sum over rows with the outcome of the precision at their score, within folds.
    pub precision: f64,
    /// The same sum for scores that say nothing: the share with the outcome of each fold, for each row with the outcome.
    pub precision_by_chance: f64,
    /// Intercept of the recalibration model whose slope is held at 1.
    pub in_the_large: Value,
    /// Slope of the recalibration model.
    pub slope: Value,
    /// Flagged rows at each capacity asked for.
    pub flagged: Vec<Flagged>,
}

const NOT_FITTED: &str = "not fitted";

/// Why fewer than [`FEWEST`] rows of a kind are not enough.
pub(super) fn both_kinds(n: u64, events: u64) -> Result<(), &'static str> {
    if events < FEWEST {
        return Err("fewer than 10 referrals with the outcome");
    }
    if n - events < FEWEST {
        return Err("fewer than 10 referrals without the outcome");
    }
    Ok(())
}

/// Adds up everything but the recalibration and the flagged rows.
pub(super) fn sums(cell: &Cell, load: &Load) -> Tally {
    let mut t = Tally {
        n: 0,
        events: 0,
        predicted: 0.0,
        squared_error: 0.0,
        log_loss: 0.0,
        impossible: 0,
        certain: 0,
        pairs: 0,
        concordant_twice: 0,
        precision: 0.0,
        precision_by_chance: 0.0,
        in_the_large: Err(NOT_FITTED),
        slope: Err(NOT_FITTED),
        flagged: Vec::new(),
    };
    for span in &load.folds {
        let (mut n, mut events) = (0_u64, 0_u64);
        for m in &load.mass[span.at.clone()] {
            let p = cell.p(m);
            let (with, without) = (u64::from(m.events), u64::from(m.all - m.events));
            // Falling scores: rows with the outcome that came before rank above these.
            t.concordant_twice += without * (2 * events + with);
            n += with + without;
            events += with;
            let (with, without) = (f64::from(m.events), f64::from(m.all - m.events));
            t.precision += with * (events as f64 / n as f64);
            t.predicted += (with + without) * p;
            t.squared_error += with * (1.0 - p) * (1.0 - p) + without * p * p;
        }
        t.n += n;
        t.events += events;
        t.pairs += events * (n - events);
        t.precision_by_chance += events as f64 * (events as f64 / n as f64);
    }
    t
}

/// Adds up the logarithmic loss and the rows predicted at exactly 0 or 1.
pub(super) fn log_loss(cell: &Cell, load: &Load, tally: &mut Tally) {
    for m in &load.mass {
        let p = cell.p(m);
        let (with, without) = (m.events, m.all - m.events);
        if with > 0 {
            if p > 0.0 {
                tally.log_loss -= f64::from(with) * p.ln();
            } else {
                tally.impossible += u64::from(with);
            }
        }
        if without > 0 {
            if p < 1.0 {
                tally.log_loss -= f64::from(without) * (-p).ln_1p();
            } else {
                tally.impossible += u64::from(without);
            }
        }
        if p <= 0.0 || p >= 1.0 {
            tally.certain += u64::from(m.all);
        }
    }
}

/// Rows to measure outside a run: for tests, examples and checks against other programs.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Whether the outcome came.
    pub y: &'a [bool],
    /// Predicted risk of each row, in [0, 1].
    pub p: &'a [f64],
    /// Fold of each row.
    pub fold: &'a [u16],
    /// How many times each row counts.
    pub weight: &'a [u16],
    /// Capacities, rising, each in (0, 1].
    pub capacities: &'a [f64],
}

/// Tallies a sample, with the recalibration model fitted in full. All slices of rows must have one length.
#[must_use]
pub fn tally(sample: &Sample<'_>) -> Tally {
    let (cell, load) = whole(sample.y, sample.p, sample.fold, sample.weight);
    let mut tally = sums(&cell, &load);
    log_loss(&cell, &load, &mut tally);
    let anchor = recalibrate::fit(&cell, &load);
    tally.in_the_large = anchor.in_the_large();
    tally.slope = anchor.slope();
    tally.flagged = capacity::flag_shares(&cell, &load, sample.capacities).0;
    tally
}
