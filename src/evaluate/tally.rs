//! The sums and counts that every measure is computed from.

use super::FEWEST;
use super::curve::{Curves, Grid};
use super::partial;
use super::points::Points;
use super::recalibrate;
use super::reliability::{Reliability, Tests};
use super::resample::cell::{Cell, cells};
use super::resample::cuts::{flag_from, flag_shares};
use super::resample::harmonic::Harmonic;
use super::resample::order::Order;
use super::resample::pass::{Count, LANES, Lane, Pass, Weight, pass};
use super::resample::score_bins::ScoreBins;
use super::theory::Intervals;

/// A number, or in plain words why there is none.
pub type Value = Result<f64, &'static str>;

/// Weighted numbers of rows among those flagged at one capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flagged {
    /// With the outcome (true positives); a part of a row where ties share the places left.
    pub with: f64,
    /// Without the outcome (false positives).
    pub without: f64,
    /// The fewest with the outcome that any order of tied rows gives.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Flagged {
    /// All of these rows.
    pub(super) fn of(count: Count) -> Self {
        let with = f64::from(count.events);
        Self { with, without: f64::from(count.rows - count.events), least: with, most: with }
    }

    /// Adds others.
    pub(super) fn add(&mut self, more: Self) {
        self.with += more.with;
        self.without += more.without;
        self.least += more.least;
        self.most += more.most;
    }

    /// Adds a part of tied rows.
    pub(super) fn add_part(&mut self, count: Count, part: f64) {
        let (with, without) = (f64::from(count.events), f64::from(count.rows - count.events));
        let places = part * f64::from(count.rows);
        self.with += part * with;
        self.without += part * without;
        self.least += (places - without).max(0.0);
        self.most += places.min(with);
    }

    /// Rows with and without the outcome that are not flagged.
    pub(super) fn rest(self, tally: &Tally) -> (f64, f64) {
        // Parts of rows add up with rounding.
        let left = |all: u64, flagged: f64| (all as f64 - flagged).max(0.0);
        (left(tally.events, self.with), left(tally.n - tally.events, self.without))
    }
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
    /// Sum of predicted risks of rows with the outcome.
    pub predicted_events: f64,
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
    /// Mean sensitivity where few are flagged in vain (`partial`).
    pub partial: Value,
    /// Sum over rows with the outcome of the precision at their place, within folds, expected over all orders of tied
    /// rows (`resample::harmonic::precision_of_tied`).
    pub precision: f64,
    /// The same sum for scores that say nothing: all rows of each fold tied.
    pub precision_by_chance: f64,
    /// Sum over ten bins of equal width of the absolute gap between predicted risks and rows with the outcome.
    pub gap_by_width: f64,
    /// Intercept of the recalibration model whose slope is held at 1.
    pub in_the_large: Value,
    /// Slope of the recalibration model.
    pub slope: Value,
    /// Smooth calibration curves.
    pub curves: Curves,
    /// CORP and bins of equal numbers.
    pub reliability: Reliability,
    /// Tests of calibration; on the sample only.
    pub tests: Tests,
    /// Intervals by theory; on the sample only.
    pub intervals: Intervals,
    /// Flagged rows at each capacity asked for, then from each threshold on.
    pub flagged: Vec<Flagged>,
}

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

const NOT_FITTED: &str = "not fitted";

/// Tallies a pass: everything but the recalibration and the flagged rows. Sums over predicted risks are taken from the
/// bins' means: exact under the weights that the means were taken under.
pub(super) fn sums(cell: &Cell, pass: &Pass, lane: usize, grid: &Grid) -> Tally {
    let ranks = &pass.ranks[lane];
    let mut t = Tally {
        n: ranks.rows,
        events: ranks.events,
        predicted: 0.0,
        predicted_events: 0.0,
        squared_error: 0.0,
        log_loss: 0.0,
        impossible: 0,
        certain: 0,
        pairs: ranks.pairs,
        concordant_twice: ranks.concordant_twice,
        partial: Err(NOT_FITTED),
        precision: ranks.precision,
        precision_by_chance: ranks.precision_by_chance,
        gap_by_width: 0.0,
        in_the_large: Err(NOT_FITTED),
        slope: Err(NOT_FITTED),
        curves: Curves::none(grid, NOT_FITTED),
        reliability: Reliability::none(&grid.at, NOT_FITTED),
        tests: Tests::none(NOT_FITTED),
        intervals: Intervals::default(),
        flagged: Vec::new(),
    };
    let mut gaps = [0.0; 10];
    for (bin, count) in cell.bins.iter().zip(pass.bins(lane)) {
        let of = [f64::from(count.rows - count.events), f64::from(count.events)];
        t.predicted += of[0] * bin.p_of[0] + of[1] * bin.p_of[1];
        t.predicted_events += of[1] * bin.p_of[1];
        for ((rows, square), loss) in of.iter().zip(bin.square).zip(bin.loss) {
            t.squared_error += rows * square;
            if loss.is_finite() {
                t.log_loss += rows * loss;
            } else {
                t.impossible += *rows as u64;
            }
        }
        if bin.certain {
            t.certain += u64::from(count.rows);
        }
        gaps[usize::from(bin.tenth)] += of[0] * bin.p_of[0] - of[1] * (1.0 - bin.p_of[1]);
    }
    t.gap_by_width = gaps.iter().map(|gap| gap.abs()).sum();
    t
}

impl Tally {
    /// The sums and counts of all rows but those of a group; what is not made of sums is undefined. `flagged` are the
    /// flagged rows of everyone at the places of the group.
    pub(super) fn without(&self, group: &Self, flagged: impl Iterator<Item = Flagged>) -> Self {
        const NO_SUM: &str = "not made of sums";
        let less = |all: Flagged, part: &Flagged| Flagged {
            // Parts of rows add up with rounding.
            with: (all.with - part.with).max(0.0),
            without: (all.without - part.without).max(0.0),
            ..Flagged::default()
        };
        Self {
            n: self.n - group.n,
            events: self.events - group.events,
            predicted: self.predicted - group.predicted,
            predicted_events: self.predicted_events - group.predicted_events,
            squared_error: self.squared_error - group.squared_error,
            log_loss: 0.0,
            impossible: 0,
            certain: 0,
            pairs: 0,
            concordant_twice: 0,
            partial: Err(NO_SUM),
            precision: 0.0,
            precision_by_chance: 0.0,
            gap_by_width: 0.0,
            in_the_large: Err(NO_SUM),
            slope: Err(NO_SUM),
            curves: Curves::empty(NO_SUM),
            reliability: Reliability::none(&[], NO_SUM),
            tests: Tests::none(NO_SUM),
            intervals: Intervals::default(),
            flagged: flagged.zip(&group.flagged).map(|(all, part)| less(all, part)).collect(),
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
    /// Thresholds of predicted risk, each in (0, 1).
    pub thresholds: &'a [f64],
}

/// Tallies a sample, with the recalibration model fitted in full. All slices of rows must have one length.
#[must_use]
pub fn tally(sample: &Sample<'_>) -> Tally {
    let bins = ScoreBins::new(sample.p, sample.thresholds);
    let order = Order::new(sample.y, sample.p, sample.fold, &bins);
    let weight = order.sort(sample.weight);
    let cells = cells(&order, &weight, &[]);
    let (cell, mut passed) = (&cells[0], Vec::new());
    let weights: Vec<Weight> = weight.iter().map(|w| [*w; LANES]).collect();
    pass(&cells, &weights, &Harmonic::new(0), &mut passed);
    let passed = &passed[0];
    let lane = Lane { weights: &weights, lane: 0 };
    let points = Points::of_rows(cell, &order, &weight);
    let grid = Grid::new(&points);
    let mut tally = sums(cell, passed, 0, &grid);
    tally.curves = grid.read(&points.list(), true);
    tally.reliability = Reliability::of(&points.list(), &grid.at);
    tally.partial = partial::of_rows(&order, &weight);
    tally.tests = Tests::of(&points.list());
    tally.intervals = Intervals::of(cell, &order, &points.list());
    let line = recalibrate::fit(&points);
    (tally.in_the_large, tally.slope) = (line.in_the_large, line.slope());
    tally.flagged = flag_shares(cell, passed, lane, sample.capacities).0;
    tally.flagged.extend(sample.thresholds.iter().map(|t| flag_from(cell, passed, 0, bins.of(*t))));
    tally
}
