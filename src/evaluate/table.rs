//! Which numbers are reported, and the rows they become.

use super::fairness::{COMPARED, shrink};
use super::households::Households;
use super::measures::{self, Formula, Measure, Rests, Unit};
use super::model::Measured;
use super::places::Places;
use super::resample::draw::interval;
use super::tally::Flagged;
use super::{Input, Row, Settings, Status, theory};

/// What to measure of each model.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) places: Places,
    /// Cells with the cell of their reference group, for each level that is not the reference itself.
    pub(super) pairs: Vec<(usize, usize)>,
}

/// One number to report: a measure, on a cell, at a place.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) measure: &'static Measure,
    /// 0 for all rows, then the levels of the groupings in order.
    pub(super) cell: usize,
    /// Place in the cell's list of flagged rows, or of the group of predicted risk.
    pub(super) place: usize,
    /// The threshold of a measure of utility; 0 for others.
    pub(super) threshold: f64,
    /// The place in words, as a row says it.
    pub(super) at: String,
    /// Of whom.
    pub(super) side: Side,
}

/// Of whom a slot is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The rows of the cell.
    Own,
    /// All rows that are not of the cell: no row of the table, but what contrasts are made of.
    Rest,
}

/// Whether rows describe the data (the same for every model) or a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Data,
    Model,
}

impl Plan {
    pub(super) fn new(input: &Input, settings: &Settings) -> Self {
        let mut pairs = Vec::new();
        let mut first = 1;
        for grouping in &input.groupings {
            let reference = first + grouping.reference(&settings.references);
            let cells = first..first + grouping.levels.len();
            pairs.extend(cells.filter(|cell| *cell != reference).map(|cell| (cell, reference)));
            first += grouping.levels.len();
        }
        Self { places: Places::new(&settings.capacities, &settings.thresholds), pairs }
    }

    /// The grouping of a cell, which must not be that of all rows.
    pub(super) fn grouping(&self, input: &Input, cell: usize) -> usize {
        let mut end = 1;
        let ends = input.groupings.iter().map(|g| {
            end += g.levels.len();
            end
        });
        ends.take_while(|end| *end <= cell).count()
    }

    /// Whether a cell is the first level of its grouping.
    pub(super) fn is_first_level(&self, input: &Input, cell: usize) -> bool {
        cell == 1 || self.grouping(input, cell) != self.grouping(input, cell - 1)
    }

    /// Names of grouping and level of a cell.
    pub(super) fn level<'a>(&self, input: &'a Input, cell: usize) -> (&'a str, &'a str) {
        let g = self.grouping(input, cell);
        let before: usize = input.groupings[..g].iter().map(|g| g.levels.len()).sum();
        (&input.groupings[g].name, &input.groupings[g].levels[cell - 1 - before])
    }

    /// The cell and name of the reference group of a cell, unless it is that itself.
    pub(super) fn reference<'a>(&self, input: &'a Input, cell: usize) -> Option<(usize, &'a str)> {
        let (_, reference) = self.pairs.iter().find(|(own, _)| *own == cell)?;
        Some((*reference, self.level(input, *reference).1))
    }

    /// All slots of a model whose groups of predicted risk have these means and whose curves are read at these risks, in
    /// the order to report.
    pub(super) fn slots(&self, input: &Input, bins: &[f64], curve: &[f64]) -> Vec<Slot> {
        let groups: usize = input.groupings.iter().map(|g| g.levels.len()).sum();
        let mut slots = Vec::new();
        for cell in 0..=groups {
            for measure in measures::REGISTRY.iter().filter(|m| cell == 0 || m.by_group) {
                let mut add = |place, threshold, at| {
                    slots.push(Slot { measure, cell, place, threshold, at, side: Side::Own });
                };
                match measure.formula {
                    Formula::Whole(_) => add(0, 0.0, String::new()),
                    Formula::Flagged(_) => {
                        for place in 0..self.places.count(cell == 0) {
                            add(place, 0.0, self.places.words(cell == 0, place));
                        }
                    }
                    Formula::Utility(_) => {
                        for (place, risk) in self.places.at_risks(cell == 0) {
                            add(place, risk, self.places.words(cell == 0, place));
                        }
                    }
                    Formula::Group(_) => {
                        for (place, mean) in bins.iter().enumerate() {
                            add(place, 0.0, format!("{mean:.4}"));
                        }
                    }
                    Formula::Curve(_) => {
                        for (place, p) in curve.iter().enumerate() {
                            add(place, 0.0, format!("{p:.3}"));
                        }
                    }
                    Formula::Pair(_) => {
                        let pair = self.pairs.iter().position(|(own, _)| *own == cell);
                        if let Some((pair, (_, name))) = pair.zip(self.reference(input, cell)) {
                            add(pair, 0.0, format!("against {name}"));
                        }
                    }
                    Formula::DifferenceOf(_) => {}
                }
            }
        }
        let rest = |slot: &Slot| Slot { side: Side::Rest, ..slot.clone() };
        let compared =
            |slot: &&Slot| slot.cell > 0 && slot.measure.additive && COMPARED.contains(&slot.measure.id);
        let rests: Vec<Slot> = slots.iter().filter(compared).map(rest).collect();
        slots.extend(rests);
        slots
    }
}

/// The rows of a model, or those of the data alone as any model's results hold them.
pub(super) fn rows(input: &Input, result: &Measured, about: About, households: &Households) -> Vec<Row> {
    let names = names(input);
    let wanted = |slot: &Slot| slot.side == Side::Own && slot.measure.of_data == (about == About::Data);
    let chosen: Vec<(usize, &Slot)> =
        result.slots.iter().enumerate().filter(|(_, slot)| wanted(slot)).collect();
    let mut rows: Vec<Row> =
        chosen.iter().map(|(i, slot)| row(input, result, *i, slot, &names[slot.cell])).collect();
    for (row, (_, slot)) in rows.iter_mut().zip(&chosen) {
        row.households = households.behind(slot.cell, &slot.at);
    }
    let spread: Vec<Option<f64>> = chosen.iter().map(|(i, _)| result.spread(*i)).collect();
    shrink(&mut rows, &spread);
    rows
}

/// Grouping and level of each cell.
fn names(input: &Input) -> Vec<(String, String)> {
    let mut names = vec![("overall".to_owned(), "all".to_owned())];
    for grouping in &input.groupings {
        names.extend(grouping.levels.iter().map(|level| (grouping.name.clone(), level.clone())));
    }
    names
}

fn row(input: &Input, result: &Measured, index: usize, slot: &Slot, name: &(String, String)) -> Row {
    let measure = slot.measure;
    let tally = &result.tallies[slot.cell];
    let flagged = match measure.formula {
        Formula::Flagged(_) | Formula::Utility(_) => tally.flagged[slot.place],
        _ => Flagged::default(),
    };
    let (n, events) = match measure.formula {
        Formula::Group(_) => result.bins[slot.place],
        _ => (tally.n, tally.events),
    };
    let estimate = measure.needs.met(n, events, flagged).and(result.estimates[index]);
    let mut row = Row {
        model: if measure.of_data { String::new() } else { input.scores[result.model].model.clone() },
        split: input.split.clone(),
        measure: measure.id,
        group: name.0.clone(),
        level: name.1.clone(),
        at: slot.at.clone(),
        estimate: None,
        low: None,
        high: None,
        theory: None,
        shrunk: None,
        n,
        events,
        rests_on: match (measure.rests, tally.reliability.steps.get(slot.place)) {
            (Rests::Step, Some(Ok(step))) => {
                let events = (step.rows * step.event_rate).round();
                Rests::Step.counts(step.rows as u64, events as u64, flagged)
            }
            _ => measure.rests.counts(n, events, flagged),
        },
        households: Vec::new(),
        status: Status::Undefined,
        reason: None,
        convention: measure.convention,
    };
    match estimate {
        Err(reason) => row.reason = Some(reason.to_owned()),
        Ok(estimate) => {
            let interval = interval(measure.spread, estimate, result.column(index));
            fill(&mut row, estimate, interval, measure.unit == Unit::Share);
            let base = measure.rests.base(n, events, flagged);
            row.theory = theory::interval(measure, tally, estimate, base, slot.place);
        }
    }
    row
}

/// Writes estimate and interval into a row.
pub(super) fn fill(row: &mut Row, estimate: f64, interval: Result<(f64, f64), &'static str>, share: bool) {
    row.status = Status::Ok;
    row.estimate = Some(estimate);
    match interval {
        Err(reason) => row.reason = Some(reason.to_owned()),
        // None (or all) of a few rows resample to none (or all) for ever: that is not certainty. At 100% it is.
        Ok((low, high))
            if share && high <= low && (estimate <= 0.0 || estimate >= 1.0) && row.at != "top 100%" =>
        {
            row.reason =
                Some("no interval: resampling cannot show the uncertainty of none or all".to_owned());
        }
        Ok((low, high)) => (row.low, row.high) = (Some(low), Some(high)),
    }
}
