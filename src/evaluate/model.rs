//! One model: its point estimates and its replicates.

use rayon::prelude::*;

use super::bench::{Bench, Counted, Room};
use super::bins::Tenth;
use super::measures::Formula;
use super::resample::draw::Ticker;
use super::resample::order::Order;
use super::resample::pass::LANES;
use super::table::{Plan, Side, Slot};
use super::tally::{Tally, Value};
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
    /// Tally of everyone else on the sample, for each cell after the first.
    rests: Vec<Tally>,
    /// Counts of each group of predicted risk.
    pub(super) bins: Vec<Tenth>,
    /// Estimate of each slot.
    pub(super) estimates: Vec<Value>,
    /// Which part of each row is flagged, at each place of the groups.
    pub(super) flags: Vec<Vec<f32>>,
    /// Value of each slot in each replicate, not a number where it is undefined: read by [`Measured::column`].
    replicates: Vec<Vec<f64>>,
}

impl Measured {
    /// The replicates of one slot.
    pub(super) fn column(&self, slot: usize) -> impl Iterator<Item = Option<f64>> {
        self.replicates.iter().map(move |values| Some(values[slot]).filter(|v| !v.is_nan()))
    }

    /// The standard deviation of a slot's replicates.
    pub(super) fn spread(&self, slot: usize) -> Option<f64> {
        let values: Vec<f64> = self.column(slot).flatten().collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sum: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        (values.len() > 1).then(|| (sum / (n - 1.0)).sqrt())
    }

    /// The slot of a measure taken over all rows.
    pub(super) fn overall(&self, id: &str) -> Option<usize> {
        self.slots.iter().position(|s| s.measure.id == id && s.cell == 0)
    }

    /// The tally that a slot is measured from.
    pub(super) fn tally(&self, slot: &Slot) -> &Tally {
        match slot.side {
            Side::Own => &self.tallies[slot.cell],
            Side::Rest => &self.rests[slot.cell - 1],
        }
    }
}

/// Measures one model on the sample and in every replicate.
pub(super) fn measure(
    input: &Input,
    settings: &Settings,
    plan: &Plan,
    model: usize,
    ticker: &Ticker<'_>,
) -> Measured {
    let (mut bench, order) = Bench::new(input, plan, &input.scores[model].p);
    let household = order.sort(&input.household);
    let sample = bench.sample(&order, settings.seed);
    let slots = plan.slots(input, &bench.tenths.mean, &bench.grid.at);
    let estimates = slots.iter().map(|s| value(s, &sample)).collect();
    let batches: Vec<Vec<Vec<f64>>> = (0..settings.replicates.div_ceil(LANES))
        .into_par_iter()
        .map_init(Room::default, |room, batch| {
            let first = batch * LANES;
            let numbers = first..settings.replicates.min(first + LANES);
            room.draw.replicates(settings.seed, numbers.clone(), &household);
            let replicates = bench.replicates(room, numbers.len());
            ticker.tick(numbers.len());
            let values = |of: &Counted| slots.iter().map(|s| value(s, of).unwrap_or(f64::NAN)).collect();
            replicates.iter().map(values).collect()
        })
        .collect();
    Measured {
        model,
        slots,
        estimates,
        flags: flags(&bench, &order, &sample),
        tallies: sample.tallies,
        rests: sample.rests,
        bins: sample.tenths,
        replicates: batches.concat(),
    }
}

/// The value of a slot.
fn value(slot: &Slot, of: &Counted) -> Value {
    let tally = match slot.side {
        Side::Own => &of.tallies[slot.cell],
        Side::Rest => &of.rests[slot.cell - 1],
    };
    match slot.measure.formula {
        Formula::Whole(f) => f(tally),
        Formula::Flagged(f) => f(tally, tally.flagged[slot.place]),
        Formula::Utility(f) => f(tally, tally.flagged[slot.place], slot.threshold),
        Formula::Group(f) => f(of.tenths[slot.place].0, of.tenths[slot.place].1),
        Formula::Curve(f) => f(tally, slot.place),
        Formula::Pair(f) => f(&of.pairs[slot.place]),
        Formula::DifferenceOf(_) => Err("a difference is taken between two models"),
    }
}

/// Which part of each row is flagged, at each place of the groups; rows in their own order.
fn flags(bench: &Bench<'_>, order: &Order, sample: &Counted) -> Vec<Vec<f32>> {
    let places = &bench.plan.places;
    let at_places = |part: &dyn Fn(usize) -> f64| {
        let mut flags = vec![0.0_f32; order.row.len()];
        for (place, row) in order.row.iter().enumerate() {
            flags[*row as usize] = part(place) as f32;
        }
        flags
    };
    let top = places.declared.iter().map(|share| {
        let parts = bench.parts(&sample.cuts[*share], order.row.len());
        at_places(&|place| parts[place])
    });
    let from = places.risks_of_groups().map(|t| at_places(&|place| f64::from(u8::from(order.p[place] >= t))));
    top.chain(from).collect()
}
