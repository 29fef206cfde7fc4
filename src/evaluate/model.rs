//! One model: its point estimates and its replicates.

use rayon::prelude::*;

use super::bins::{Bins, Count};
use super::bootstrap::{Draw, Ticker};
use super::capacity::{flag_by_cuts, flag_shares};
use super::cell::{Cell, Load, Sorted};
use super::measures::Formula;
use super::recalibrate::{self, Anchor};
use super::table::{Plan, Slot};
use super::tally::{Tally, Value, both_kinds, log_loss, sums};
use super::{Input, Settings};

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
    pub(super) bins: Vec<Count>,
    /// Estimate of each slot.
    pub(super) estimates: Vec<Value>,
    /// Value of each slot in each replicate.
    pub(super) replicates: Vec<Vec<Option<f64>>>,
}

impl Measured {
    /// The replicates of one slot.
    pub(super) fn column(&self, slot: usize) -> impl Iterator<Item = Option<f64>> {
        self.replicates.iter().map(move |values| values[slot])
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
    bins: Bins,
    /// Outcome and household of each row, in sorted order.
    y: Vec<bool>,
    household: Vec<u32>,
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
    let sorted = Sorted::new(p, &input.fold);
    let y = sorted.sort(&input.y);
    let bench = Bench {
        plan,
        cells: sorted.cells(input, p),
        bins: Bins::new(&y, &sorted.sort(p)),
        household: sorted.sort(&input.household),
        y,
    };
    let ones = vec![1; input.y.len()];
    let (anchors, tallies) = bench.sample(&ones);
    let bins = bench.bins.count(&bench.y, &ones);
    let slots = plan.slots(input, &bench.bins.mean);
    let estimates = slots.iter().map(|s| value(s, &tallies, &bins)).collect();
    let replicates = (0..settings.replicates)
        .into_par_iter()
        .map_init(<(Draw, Load)>::default, |(draw, load), number| {
            draw.replicate(settings.seed, number, &bench.household);
            let tallies = bench.replicate(&draw.weight, &anchors, load);
            let bins = bench.bins.count(&bench.y, &draw.weight);
            ticker.tick();
            slots.iter().map(|s| value(s, &tallies, &bins).ok()).collect()
        })
        .collect();
    Measured { model, slots, tallies, bins, estimates, replicates }
}

/// The value of a slot.
fn value(slot: &Slot, tallies: &[Tally], bins: &[Count]) -> Value {
    let tally = &tallies[slot.cell];
    match slot.measure.formula {
        Formula::Whole(f) => f(tally),
        Formula::Flagged(f) => f(tally, tally.flagged[slot.place]),
        Formula::Group(f) => f(bins[slot.place].0, bins[slot.place].1),
        Formula::DifferenceOf(_) => Err("a difference is taken between two models"),
    }
}

impl Bench<'_> {
    /// Tallies every cell on the sample and fits the recalibration models in full where there are rows enough.
    fn sample(&self, ones: &[u16]) -> (Vec<Anchor>, Vec<Tally>) {
        let mut load = Load::default();
        let mut anchors = Vec::new();
        let tallies = self.each(ones, &mut load, |cell, load, tally| {
            let anchor = both_kinds(tally.n, tally.events)
                .map_or_else(Anchor::none, |()| recalibrate::fit(cell, load));
            (tally.in_the_large, tally.slope) = (anchor.in_the_large(), anchor.slope());
            anchors.push(anchor);
        });
        (anchors, tallies)
    }

    /// Tallies every cell in a replicate, under weights in sorted order.
    fn replicate(&self, weight: &[u16], anchors: &[Anchor], load: &mut Load) -> Vec<Tally> {
        let mut anchors = anchors.iter();
        self.each(weight, load, |cell, load, tally| {
            if let Some(anchor) = anchors.next() {
                (tally.in_the_large, tally.slope) = recalibrate::refit(cell, load, anchor, tally);
            }
        })
    }

    /// Tallies all rows (the first cell), then each group with the cuts of all rows.
    fn each(
        &self,
        weight: &[u16],
        load: &mut Load,
        mut recalibrate: impl FnMut(&Cell, &Load, &mut Tally),
    ) -> Vec<Tally> {
        let capacities = &self.plan.capacities;
        let mut cuts = Vec::new();
        let mut tallies: Vec<Tally> = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            cell.weigh(weight, load);
            let mut tally = sums(cell, load);
            recalibrate(cell, load, &mut tally);
            if tallies.is_empty() {
                log_loss(cell, load, &mut tally);
                let (flagged, all) = flag_shares(cell, load, &capacities.shares);
                (tally.flagged, cuts) = (flagged, all);
            } else {
                tally.flagged = vec![flag_by_cuts(cell, load, &cuts[capacities.declared])];
            }
            tallies.push(tally);
        }
        tallies
    }
}
