//! A model ready to be tallied under any weights.

use rand::RngExt;

use super::Input;
use super::bins::{Bins, Tenth};
use super::curve::{Curves, Grid};
use super::fairness::pairs::PairTally;
use super::partial;
use super::points::Points;
use super::recalibrate::{self, Fit};
use super::reliability::{MOST_POINTS, Reliability, Tests};
use super::resample::cell::{Cell, cells};
use super::resample::cuts::{Cuts, flag_by_cuts, flag_from, flag_shares};
use super::resample::draw::Draw;
use super::resample::harmonic::Harmonic;
use super::resample::order::Order;
use super::resample::pass::{LANES, Lane, Pass, pass};
use super::resample::score_bins::ScoreBins;
use super::table::Plan;
use super::tally::{Tally, Value, both_kinds, sums};
use super::theory::Intervals;
use crate::num::seed;

/// Rows sorted and cut into cells, once for every replicate.
pub(super) struct Bench<'a> {
    pub(super) plan: &'a Plan,
    cells: Vec<Cell>,
    scores: ScoreBins,
    pub(super) tenths: Bins,
    pub(super) grid: Grid,
    sums: Harmonic,
    /// What a replicate of each cell starts from.
    starts: Vec<Start>,
    /// What exact pairs of groups add to those from bins.
    pairs: Vec<PairTally>,
}

/// What one set of weights gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    /// Tally of each cell.
    pub(super) tallies: Vec<Tally>,
    /// Tally of everyone else, for each cell after the first.
    pub(super) rests: Vec<Tally>,
    /// Counts of each group of predicted risk.
    pub(super) tenths: Vec<Tenth>,
    /// Each group with its reference group.
    pub(super) pairs: Vec<PairTally>,
    /// Cuts of all rows at each share.
    pub(super) cuts: Vec<Cuts>,
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
    partial: Value,
    line: Fit,
    in_the_large: Value,
    slope: Value,
    curves: Curves,
    reliability: Reliability,
}

impl Start {
    fn new(rows: &Fitted, points: &Fitted) -> Self {
        Self {
            partial: Err(OVERALL_ONLY),
            line: points.line,
            in_the_large: less(rows.line.in_the_large, points.line.in_the_large),
            slope: less(rows.line.slope(), points.line.slope()),
            curves: rows.curves.less(&points.curves),
            reliability: rows.reliability.less(&points.reliability),
        }
    }
}

const OVERALL_ONLY: &str = "measured over all rows only";

/// Room that is used again.
#[derive(Default)]
pub(super) struct Room {
    pub(super) draw: Draw,
    passes: Vec<Pass>,
    points: Points,
}

impl<'a> Bench<'a> {
    /// Sorts a model's rows.
    pub(super) fn new(input: &Input, plan: &'a Plan, p: &[f64]) -> (Self, Order) {
        let tenths = Bins::new(&input.y, p);
        let scores = ScoreBins::new(p, &[plan.places.risks.clone(), tenths.from.clone()].concat());
        let order = Order::new(&input.y, p, &input.fold, &scores);
        let ones = vec![1; p.len()];
        let groupings: Vec<(usize, &[u16])> =
            input.groupings.iter().map(|g| (g.levels.len(), g.level_of.as_slice())).collect();
        let cells = cells(&order, &ones, &groupings);
        let grid = Grid::new(&Points::of_rows(&cells[0], &order, &ones));
        // Households differ in size, so that a replicate can have somewhat more rows than the sample.
        let sums = Harmonic::new(p.len() + p.len() / 4 + 100);
        let (starts, pairs) = (Vec::new(), Vec::new());
        (Self { plan, cells, scores, tenths, grid, sums, starts, pairs }, order)
    }

    /// Tallies every cell on the sample, and fits the recalibration models from all rows where there are enough.
    pub(super) fn sample(&mut self, order: &Order, seed: u64) -> Counted {
        let mut room = Room::default();
        let ones = &vec![1; order.row.len()];
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
            let mut start = Start::new(&rows, &coarse);
            if overall {
                tally.partial = partial::of_rows(order, ones);
                start.partial = less(tally.partial, partial::of_bins(cell, pass, 0));
            }
            starts.push(start);
            (tally.in_the_large, tally.slope) = (rows.line.in_the_large, rows.line.slope());
            (tally.curves, tally.reliability) = (rows.curves, rows.reliability);
        });
        self.starts = starts;
        let mut sample = out.into_iter().next().unwrap_or_default();
        let exact = |(own, other): &(usize, usize)| {
            PairTally::of_rows([&self.cells[*own], &self.cells[*other]], order)
        };
        let exact: Vec<PairTally> = self.plan.pairs.iter().map(exact).collect();
        self.pairs = exact.iter().zip(&sample.pairs).map(|(exact, bins)| exact.less(bins)).collect();
        sample.pairs = exact;
        sample
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
                Reliability::none(&self.grid.at, OVERALL_ONLY)
            },
        }
    }

    /// Tallies every cell in each of the replicates drawn.
    pub(super) fn replicates(&self, room: &mut Room, count: usize) -> Vec<Counted> {
        let mut starts = self.starts.iter().enumerate().flat_map(|start| std::iter::repeat_n(start, count));
        let mut out = self.each(room, count, |(cell, pass), points, lane, tally| {
            let Some((number, start)) = starts.next() else { return };
            // A group without a fit on the sample has none here either.
            if start.line.in_the_large.is_err() && start.curves.errors.is_err() {
                return;
            }
            points.of_bins(cell, pass, lane);
            let fit = self.fit(points, Some(&start.line), number == 0);
            tally.in_the_large = fit.line.in_the_large.and_then(|v| Ok(v + start.in_the_large?));
            tally.slope = fit.line.slope().and_then(|v| Ok(v + start.slope?));
            tally.partial = start
                .partial
                .and_then(|more| Ok((partial::of_bins(cell, pass, lane)? + more).clamp(0.0, 1.0)));
            tally.curves = fit.curves.plus(&start.curves);
            tally.reliability = fit.reliability.plus(&start.reliability);
        });
        for counted in &mut out {
            for (pair, more) in counted.pairs.iter_mut().zip(&self.pairs) {
                *pair = pair.plus(more);
            }
        }
        out
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
        let mut out: Vec<Counted> = vec![Counted::default(); lanes];
        for (cell, pass) in self.cells.iter().zip(&room.passes) {
            for (number, of) in out.iter_mut().enumerate() {
                let lane = Lane { weights, lane: number };
                let mut tally = sums(cell, pass, number, &self.grid);
                fit((cell, pass), &mut room.points, number, &mut tally);
                if of.tallies.is_empty() {
                    (tally.flagged, of.cuts) = flag_shares(cell, pass, lane, &places.shares);
                    of.tenths = self.tenths.count(cell, pass, number, &self.scores);
                } else {
                    let cuts = places.declared.iter().map(|place| &of.cuts[*place]);
                    let by_cuts = cuts.map(|cuts| flag_by_cuts(cell, pass, lane, &self.cells[0], cuts));
                    tally.flagged = by_cuts.collect();
                }
                let from = |risk: f64| flag_from(cell, pass, number, self.scores.of(risk));
                if of.tallies.is_empty() {
                    tally.flagged.extend(places.risks.iter().map(|risk| from(*risk)));
                } else {
                    tally.flagged.extend(places.risks_of_groups().map(from));
                }
                if let Some(all) = of.tallies.first() {
                    of.rests.push(all.without(&tally, places.of_groups(&all.flagged)));
                }
                of.tallies.push(tally);
            }
        }
        for (number, of) in out.iter_mut().enumerate() {
            let pair = |(own, other): &(usize, usize)| {
                let passes = [&room.passes[*own], &room.passes[*other]];
                PairTally::of_bins([&self.cells[*own], &self.cells[*other]], passes, number)
            };
            of.pairs = self.plan.pairs.iter().map(pair).collect();
        }
        out
    }

    /// Which part of each place of the order is flagged by cuts of all rows.
    pub(super) fn parts(&self, cuts: &Cuts, places: usize) -> Vec<f64> {
        let mut parts = vec![0.0; places];
        for (span, cut) in self.cells[0].folds.iter().zip(cuts) {
            let first = span.segments.start.checked_sub(1);
            let first = first.map_or(0, |before| self.cells[0].segments[before].rows as usize);
            cut.mark(first, &mut parts);
        }
        parts
    }
}

/// The difference of two values.
fn less(a: Value, b: Value) -> Value {
    Ok(a? - b?)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::evaluate::{Sample, Scores, Settings, tally};
    use crate::num::{logit, sigmoid};

    /// 6,000 rows in households of two and in two folds, whose risks are spread too widely.
    fn input() -> Input {
        let mut stream = seed::stream(7, "points");
        let n = 6_000;
        let p: Vec<f64> = (0..n).map(|_| sigmoid(stream.random_range(-3.5..1.5))).collect();
        let y: Vec<bool> =
            p.iter().map(|p| stream.random_range(0.0..1.0) < sigmoid(0.7 * logit(*p) - 0.3)).collect();
        Input {
            split: "test".to_owned(),
            y,
            household: (0..n).map(|i| i / 2).collect(),
            fold: (0..n).map(|i| u16::from(i % 2 == 1)).collect(),
            groupings: vec![],
            scores: vec![Scores { model: "m".to_owned(), p }],
        }
    }

    fn settings() -> Settings {
        Settings {
            capacities: vec![0.1],
            thresholds: vec![],
            replicates: 0,
            seed: 1,
            references: vec![],
            candidate: String::new(),
            reference: String::new(),
            smallest_gain: 0.0,
        }
    }

    fn read(t: &Tally) -> [f64; 8] {
        let rows = t.n as f64;
        [
            t.in_the_large.unwrap(),
            t.slope.unwrap(),
            t.predicted / rows,
            t.squared_error / rows,
            t.log_loss / rows,
            t.curves.errors.unwrap().ici,
            t.reliability.corp.unwrap().score,
            t.partial.unwrap(),
        ]
    }

    /// What is read from points in a replicate, against the same from all rows under the same weights: the difference must
    /// be small beside what chance moves it by.
    #[test]
    fn replicates_from_points_are_near_those_from_rows() {
        let (input, settings) = (input(), settings());
        let plan = Plan::new(&input, &settings);
        let p = &input.scores[0].p;
        let (mut bench, order) = Bench::new(&input, &plan, p);
        bench.sample(&order, 1);
        let household = order.sort(&input.household);
        let mut pairs = Vec::new();
        for batch in 0..5 {
            let mut room = Room::default();
            room.draw.replicates(1, batch * LANES..(batch + 1) * LANES, &household);
            let weights = room.draw.weights.clone();
            for (lane, counted) in bench.replicates(&mut room, LANES).iter().enumerate() {
                let mut weight = vec![0; p.len()];
                for (place, row) in order.row.iter().enumerate() {
                    weight[*row as usize] = weights[place][lane];
                }
                let exact = tally(&Sample {
                    y: &input.y,
                    p,
                    fold: &input.fold,
                    weight: &weight,
                    capacities: &[0.1],
                    thresholds: &[],
                });
                let near = &counted.tallies[0];
                assert_eq!((near.n, near.events), (exact.n, exact.events));
                assert_eq!(near.concordant_twice, exact.concordant_twice);
                assert!((near.precision - exact.precision).abs() < 1e-6);
                assert!((near.flagged[3].with - exact.flagged[0].with).abs() < 1e-9);
                pairs.push((read(near), read(&exact)));
            }
        }
        let runs = pairs.len() as f64;
        for k in 0..pairs[0].0.len() {
            let mean = pairs.iter().map(|(_, exact)| exact[k]).sum::<f64>() / runs;
            let spread =
                (pairs.iter().map(|(_, exact)| (exact[k] - mean).powi(2)).sum::<f64>() / runs).sqrt();
            let error =
                (pairs.iter().map(|(near, exact)| (near[k] - exact[k]).powi(2)).sum::<f64>() / runs).sqrt();
            assert!(error < 0.05 * spread, "{k}: off by {error}, spread {spread}");
        }
    }
}
