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
    /// Sum over rows with the outcome of the precision at their place, within folds, expected over all orders of tied
    /// rows ([`precision_of_tied`]).
    pub precision: f64,
    /// The same sum for scores that say nothing: all rows of each fold tied.
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
            t.precision += precision_of_tied(n, events, with + without, with);
            n += with + without;
            events += with;
            let (with, without) = (f64::from(m.events), f64::from(m.all - m.events));
            t.predicted += (with + without) * p;
            t.squared_error += with * (1.0 - p) * (1.0 - p) + without * p * p;
        }
        t.n += n;
        t.events += events;
        t.pairs += events * (n - events);
        t.precision_by_chance += precision_of_tied(0, 0, n, events);
    }
    t
}

/// The sum, over the `with` rows with the outcome among `all` tied rows, of the precision at their place, expected over
/// all orders of the tied rows, when `above` rows (`above_with` of them with the outcome) have higher scores.
///
/// At place *a* of the tied rows stands one with the outcome with probability `with / all`; then, of the `a - 1` tied
/// rows before it, `(a - 1) (with - 1) / (all - 1)` are expected to have the outcome (McSherry and Najork 2008, ECIR,
/// *Computing information retrieval performance measures efficiently in the presence of tied scores*). Counting all tied
/// rows as flagged at once, as scikit-learn does, understates scores with many ties: among few rows that would make a
/// simple count look worse than noise with a decimal point.
pub(crate) fn precision_of_tied(above: u64, above_with: u64, all: u64, with: u64) -> f64 {
    if with == 0 {
        return 0.0;
    }
    let (n, first, m, k) = (above as f64, (above_with + 1) as f64, all as f64, with as f64);
    let c = if all > 1 { (k - 1.0) / (m - 1.0) } else { 0.0 };
    // Σ (first + c (a - 1)) / (n + a) for a = 1 … m.
    k / m * (c * m + (first - c * (n + 1.0)) * harmonic_between(above, above + all))
}

/// 1/(from + 1) + … + 1/to.
fn harmonic_between(from: u64, to: u64) -> f64 {
    // Up to here term by term; from here on by the asymptotic series about x + 1/2, whose error is below 1e-13.
    const DIRECT: u64 = 24;
    let direct = |to: u64| (from + 1..=to).map(|i| 1.0 / i as f64).sum::<f64>();
    if to - from <= 3 || to <= DIRECT {
        return direct(to);
    }
    let start = from.max(DIRECT);
    let head = if start > from { direct(start) } else { 0.0 };
    let (x, y) = (start as f64 + 0.5, to as f64 + 0.5);
    let series = |x: f64| {
        let q = 1.0 / (x * x);
        q * (1.0 / 24.0 - q * (7.0 / 960.0 - q * (31.0 / 8064.0 - q * (127.0 / 30720.0))))
    };
    head + (y / x).ln() + (series(y) - series(x))
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

#[cfg(test)]
mod tests {
    use super::{harmonic_between, precision_of_tied};

    #[test]
    fn harmonic_sums_agree_with_their_terms() {
        for (from, to) in
            [(0, 1), (0, 30), (3, 400), (24, 28), (500, 501), (500, 9_000), (1_000_000, 1_000_700)]
        {
            let terms: f64 = (from + 1..=to).rev().map(|i| 1.0 / i as f64).sum();
            let error = harmonic_between(from, to) - terms;
            assert!(error.abs() < 1e-13, "{from} to {to}: {error}");
        }
    }

    /// Every order of the tied rows, one by one.
    #[test]
    fn ties_are_the_mean_over_all_orders() {
        for (above, above_with) in [(0, 0), (3, 1), (4, 4)] {
            for all in 1..=7_u64 {
                let mut sums = vec![(0.0, 0_u32); all as usize + 1];
                // Each subset of places is one order of outcomes; orders of equal rows are the same.
                for order in 0_u64..1 << all {
                    let (mut with, mut sum) = (0, 0.0);
                    for place in (0..all).filter(|place| order >> place & 1 == 1) {
                        with += 1;
                        sum += (above_with + with) as f64 / (above + place + 1) as f64;
                    }
                    let (total, orders) = &mut sums[with as usize];
                    *total += sum;
                    *orders += 1;
                }
                for (with, (total, orders)) in sums.into_iter().enumerate() {
                    let got = precision_of_tied(above, above_with, all, with as u64);
                    assert!((got - total / f64::from(orders)).abs() < 1e-12, "{above} {all} {with}: {got}");
                }
            }
        }
    }
}
