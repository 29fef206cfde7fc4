//! One model: its point estimates and its replicates.

use rand::RngExt;
use rayon::prelude::*;

use super::bins::{Bins, Tenth};
use super::curve::{Curves, Grid};
use super::measures::Formula;
use super::points::Points;
use super::recalibrate::{self, Fit};
use super::reliability::{MOST_POINTS, Reliability, Tests};
use super::resample::cell::{Cell, cells};
use super::resample::cuts::{Cuts, flag_by_cuts, flag_from, flag_shares};
use super::resample::draw::{Draw, Ticker};
use super::resample::harmonic::Harmonic;
use super::resample::order::Order;
use super::resample::pass::{LANES, Lane, Pass, pass};
use super::resample::score_bins::ScoreBins;
use super::table::{Plan, Slot};
use super::tally::{Tally, Value, both_kinds, sums};
use super::theory::Intervals;
use super::{Input, Settings};
use crate::num::seed;

/// Everything measured of one model.
#[derive(Debug)]
pub(super) struct Measured {
    /// Place of the model in the input.
    pub(super) model: usize,
    /// What was measured, in order.
    pub(super) slots: Vec<Slot>,
    /// Tally of each cell on the sample.
    pub(super) tallies: Vec<Tally>,
    /// Counts of each group of predicted risk.
    pub(super) bins: Vec<Tenth>,
    /// Estimate of each slot.
    pub(super) estimates: Vec<Value>,
    /// Value of each slot in each replicate, not a number where it is undefined: read by [`Measured::column`].
    replicates: Vec<Vec<f64>>,
}

impl Measured {
    /// The replicates of one slot.
    pub(super) fn column(&self, slot: usize) -> impl Iterator<Item = Option<f64>> {
        self.replicates.iter().map(move |values| Some(values[slot]).filter(|v| !v.is_nan()))
    }

    /// The slot of a measure taken over all rows.
    pub(super) fn overall(&self, id: &str) -> Option<usize> {
        self.slots.iter().position(|s| s.measure.id == id && s.cell == 0)
    }
}

/// A model ready to be tallied under any weights.
struct Bench<'a> {
    plan: &'a Plan,
    cells: Vec<Cell>,
    scores: ScoreBins,
    tenths: Bins,
    grid: Grid,
    sums: Harmonic,
    /// What a replicate of each cell starts from.
    starts: Vec<Start>,
}

/// What is fitted to the points of a cell.
#[derive(Clone, Debug)]
struct Fitted {
    line: Fit,
    curves: Curves,
    reliability: Reliability,
}

/// What was fitted to a cell on the sample: from the points that replicates have, and what the fit to all rows adds to
/// that.
#[derive(Clone, Debug)]
struct Start {
    line: Fit,
    in_the_large: Value,
    slope: Value,
    curves: Curves,
    reliability: Reliability,
}

impl Start {
    fn new(rows: &Fitted, points: &Fitted) -> Self {
        Self {
            line: points.line,
            in_the_large: less(rows.line.in_the_large, points.line.in_the_large),
            slope: less(rows.line.slope(), points.line.slope()),
            curves: rows.curves.less(&points.curves),
            reliability: rows.reliability.less(&points.reliability),
        }
    }
}

/// Room that is used again.
#[derive(Default)]
struct Room {
    draw: Draw,
    passes: Vec<Pass>,
    points: Points,
}

/// Measures one model on the sample and in every replicate.
pub(super) fn measure(
    input: &Input,
    settings: &Settings,
    plan: &Plan,
    model: usize,
    ticker: &Ticker<'_>,
) -> Measured {
    let p = &input.scores[model].p;
    let tenths = Bins::new(&input.y, p);
    let scores = ScoreBins::new(p, &[plan.places.thresholds.clone(), tenths.from.clone()].concat());
    let order = Order::new(&input.y, p, &input.fold, &scores);
    let household = order.sort(&input.household);
    let ones = vec![1; input.y.len()];
    let groupings: Vec<(usize, &[u16])> =
        input.groupings.iter().map(|g| (g.levels.len(), g.level_of.as_slice())).collect();
    let cells = cells(&order, &ones, &groupings);
    let grid = Grid::new(&Points::of_rows(&cells[0], &order, &ones));
    let mut bench = Bench {
        plan,
        cells,
        grid,
        scores,
        tenths,
        // Households differ in size, so that a replicate can have somewhat more rows than the sample.
        sums: Harmonic::new(input.y.len() + input.y.len() / 4 + 100),
        starts: Vec::new(),
    };
    let (tallies, bins) = bench.sample(&order, &ones, settings.seed);
    let slots = plan.slots(input, &bench.tenths.mean, &bench.grid.at);
    let estimates = slots.iter().map(|s| value(s, &tallies, &bins)).collect();
    let batches: Vec<Vec<Vec<f64>>> = (0..settings.replicates.div_ceil(LANES))
        .into_par_iter()
        .map_init(Room::default, |room, batch| {
            let first = batch * LANES;
            let numbers = first..settings.replicates.min(first + LANES);
            room.draw.replicates(settings.seed, numbers.clone(), &household);
            let replicates = bench.replicates(room, numbers.len());
            ticker.tick(numbers.len());
            let values = |(tallies, bins): &(Vec<Tally>, Vec<Tenth>)| {
                slots.iter().map(|s| value(s, tallies, bins).unwrap_or(f64::NAN)).collect()
            };
            replicates.iter().map(values).collect()
        })
        .collect();
    Measured { model, slots, tallies, bins, estimates, replicates: batches.concat() }
}

/// The value of a slot.
fn value(slot: &Slot, tallies: &[Tally], bins: &[Tenth]) -> Value {
    let tally = &tallies[slot.cell];
    match slot.measure.formula {
        Formula::Whole(f) => f(tally),
        Formula::Flagged(f) => f(tally, tally.flagged[slot.place]),
        Formula::Utility(f) => f(tally, tally.flagged[slot.place], slot.threshold),
        Formula::Group(f) => f(bins[slot.place].0, bins[slot.place].1),
        Formula::Curve(f) => f(tally, slot.place),
        Formula::DifferenceOf(_) => Err("a difference is taken between two models"),
    }
}

/// The tallies of all cells and the counts of all groups of predicted risk.
type Counted = (Vec<Tally>, Vec<Tenth>);

impl Bench<'_> {
    /// Tallies every cell on the sample, and fits the recalibration models from all rows where there are enough.
    fn sample(&mut self, order: &Order, ones: &[u16], seed: u64) -> Counted {
        let mut room = Room::default();
        room.draw.weights = vec![[1; LANES]; ones.len()];
        let mut starts = Vec::with_capacity(self.cells.len());
        let out = self.each(&mut room, 1, |(cell, pass), points, _, tally| {
            let overall = starts.is_empty();
            let (rows, coarse) = match both_kinds(tally.n, tally.events) {
                Err(reason) => (self.none(reason), self.none(reason)),
                Ok(()) => {
                    points.of_bins(cell, pass, 0);
                    let all = Points::of_rows(cell, order, ones);
                    let list = all.list();
                    tally.intervals = Intervals::of(cell, order, &list);
                    if overall {
                        tally.tests = Tests::of(&list);
                        let few = if list.len() <= MOST_POINTS { list } else { points.list() };
                        let intervals = std::mem::take(&mut tally.intervals);
                        let mut stream = seed::stream(seed, "consistency");
                        let mut uniform = || stream.random_range(0.0..1.0);
                        tally.intervals = intervals.with_band(&few, &self.grid.at, &mut uniform);
                    }
                    (self.fit(&all, None, overall), self.fit(points, None, overall))
                }
            };
            starts.push(Start::new(&rows, &coarse));
            (tally.in_the_large, tally.slope) = (rows.line.in_the_large, rows.line.slope());
            (tally.curves, tally.reliability) = (rows.curves, rows.reliability);
        });
        self.starts = starts;
        out.into_iter().next().unwrap_or_default()
    }

    fn none(&self, reason: &'static str) -> Fitted {
        Fitted {
            line: Fit::none(reason),
            curves: Curves::none(&self.grid, reason),
            reliability: Reliability::none(&self.grid.at, reason),
        }
    }

    /// Fits everything to points: the spline and what isotonic regression says only `overall`.
    fn fit(&self, points: &Points, start: Option<&Fit>, overall: bool) -> Fitted {
        let list = points.list();
        Fitted {
            line: start.map_or_else(|| recalibrate::fit(points), |start| recalibrate::refit(points, start)),
            curves: self.grid.read(&list, overall),
            reliability: if overall {
                Reliability::of(&list, &self.grid.at)
            } else {
                Reliability::none(&self.grid.at, "measured over all rows only")
            },
        }
    }

    /// Tallies every cell in each of the replicates drawn.
    fn replicates(&self, room: &mut Room, count: usize) -> Vec<Counted> {
        let mut starts = self.starts.iter().enumerate().flat_map(|start| std::iter::repeat_n(start, count));
        self.each(room, count, |(cell, pass), points, lane, tally| {
            let Some((number, start)) = starts.next() else { return };
            // A group without a fit on the sample has none here either.
            if start.line.in_the_large.is_err() && start.curves.errors.is_err() {
                return;
            }
            points.of_bins(cell, pass, lane);
            let fit = self.fit(points, Some(&start.line), number == 0);
            tally.in_the_large = fit.line.in_the_large.and_then(|v| Ok(v + start.in_the_large?));
            tally.slope = fit.line.slope().and_then(|v| Ok(v + start.slope?));
            tally.curves = fit.curves.plus(&start.curves);
            tally.reliability = fit.reliability.plus(&start.reliability);
        })
    }

    /// Tallies, for each lane with a replicate, all rows (the first cell), then each group with the cuts of all rows.
    /// `fit` is called cell by cell, lane by lane.
    fn each(
        &self,
        room: &mut Room,
        lanes: usize,
        mut fit: impl FnMut((&Cell, &Pass), &mut Points, usize, &mut Tally),
    ) -> Vec<Counted> {
        let places = &self.plan.places;
        let weights = &room.draw.weights;
        pass(&self.cells, weights, &self.sums, &mut room.passes);
        let mut cuts: Vec<Vec<Cuts>> = Vec::with_capacity(lanes);
        let mut out: Vec<Counted> = vec![(Vec::with_capacity(self.cells.len()), Vec::new()); lanes];
        for (cell, pass) in self.cells.iter().zip(&room.passes) {
            for (number, (tallies, tenths)) in out.iter_mut().enumerate() {
                let lane = Lane { weights, lane: number };
                let mut tally = sums(cell, pass, number, &self.grid);
                fit((cell, pass), &mut room.points, number, &mut tally);
                if tallies.is_empty() {
                    let (flagged, of_shares) = flag_shares(cell, pass, lane, &places.shares);
                    tally.flagged = flagged;
                    cuts.push(of_shares);
                    *tenths = self.tenths.count(cell, pass, number, &self.scores);
                } else {
                    let cuts = places.declared.iter().map(|place| &cuts[number][*place]);
                    let by_cuts = cuts.map(|cuts| flag_by_cuts(cell, pass, lane, &self.cells[0], cuts));
                    tally.flagged = by_cuts.collect();
                }
                let from = places.thresholds.iter();
                let from = from.map(|t| flag_from(cell, pass, number, self.scores.of(*t)));
                tally.flagged.extend(from);
                tallies.push(tally);
            }
        }
        out
    }
}

/// The difference of two values.
fn less(a: Value, b: Value) -> Value {
    Ok(a? - b?)
}
