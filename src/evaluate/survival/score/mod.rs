//! All measures of predictions of when, over all tested rows and by group, with intervals by household.
//!
//! In: [`Tested`] rows, what became of them, and what each model said of the first cause by each time. Out: [`Row`]s, as for
//! predictions of yes or no, whose places are times (`12 months`); and the points of calibration curves.
//!
//! Conventions: events come before ends of observation at one time; `G` is the reverse Kaplan-Meier curve of the rows of the
//! cell, estimated again in each replicate, and taken as the same for all of them; competing ends count as no event; those flagged are the
//! declared share that the model puts highest for that time, over all rows, cut again in each replicate. Models are not fitted
//! again in replicates: intervals say how sure the measures are of these models.
//!
//! Undefined where the measures are. Intervals: [`super::replicates`].

pub mod cells;
mod compared;
mod known;
pub mod measures;
mod points;
#[cfg(test)]
mod tests;

pub use points::{Point, points};

use super::brier::brier;
use super::calibration::d_calibration::by_household;
use super::calibration::one_calibration::one_calibration;
use super::calibration::slope::slope;
use super::censoring::{Censoring, GAt, TieOrder};
use super::integrated_brier::integrated_brier;
use super::ipa::{marginal_brier, scaled};
use super::replicates::{Interval, draws, interval};
use super::uno::{Tau, uno_sorted};
use super::wolbers::{RowG, wolbers_sorted};
use super::{administrative_brier::administrative_brier, net_benefit};
use crate::evaluate::{Contrast, GroupTest, Grouping, Row, Status, Value};
use cells::{Cell, Columns, cells};
use known::Known;
use measures::{self as m, Taken, TimeMeasure};
use ndarray::Array2;
use rayon::prelude::*;

/// Groups of predicted risk in the test of calibration.
const TENTHS: usize = 10;
/// Of every interval by formula.
const CONFIDENCE: f64 = 0.95;

/// A model's chances.
#[derive(Clone, Debug)]
pub struct Chances {
    /// Id.
    pub model: String,
    /// Of the first cause by each time: rows x times, from 0 to 1.
    pub risk: Array2<f64>,
    /// Of nothing at all up to the row's own end, or the last time; empty where that is not asked.
    pub free: Vec<f64>,
}

/// Tested rows and what was said of them.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The split, such as `rolling-origin`.
    pub split: String,
    /// Days from the start to the end of each row.
    pub exit: Vec<f64>,
    /// 0 not seen to end, 1 the cause asked about, 2.. anything else.
    pub cause: Vec<u8>,
    /// Days to the end of each row's records, whatever ended it.
    pub administrative: Vec<f64>,
    /// The household of each row, numbered from 0 without gaps.
    pub household: Vec<u32>,
    /// The times: months and days, rising; all of them supported by these rows.
    pub times: Vec<(u32, f64)>,
    /// Ways of dividing the rows.
    pub groupings: Vec<Grouping>,
    /// The models.
    pub models: Vec<Chances>,
}

/// What is asked of them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Share that could be flagged.
    pub capacity: f64,
    /// Predicted risks from which on rows could be flagged.
    pub thresholds: Vec<f64>,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Root of their stream.
    pub seed: u64,
    /// Model that is measured by group.
    pub candidate: String,
    /// Model it is compared with.
    pub reference: String,
    /// Level of a grouping that its others are compared with, where one is named; else the largest.
    pub references: Vec<(String, String)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Every measure.
    pub rows: Vec<Row>,
    /// The candidate's measures by group, each level less its reference level.
    pub contrasts: Vec<Contrast>,
    /// Whether they differ between the levels of a grouping.
    pub tests: Vec<GroupTest>,
}

/// The place of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    measure: &'static TimeMeasure,
    model: Option<usize>,
    cell: usize,
    time: Option<usize>,
    threshold: Option<f64>,
}

/// Everything that does not depend on weights.
struct Prepared<'a> {
    tested: &'a Tested,
    settings: &'a Settings,
    cells: Vec<Cell<'a>>,
    candidate: Option<usize>,
    reference: Option<usize>,
}

/// "12 months", as rows and gates have it.
#[must_use]
pub fn place(months: u32) -> String {
    if months == 1 { "1 month".to_owned() } else { format!("{months} months") }
}

/// All measures; `progress` is told how many replicates are done.
///
/// # Errors
/// With columns that do not fit together.
pub fn score(
    tested: &Tested,
    settings: &Settings,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Scored, &'static str> {
    let columns = Columns::all(tested)?;
    let of = |id: &str| tested.models.iter().position(|model| model.model == id);
    let (candidate, reference) = (of(&settings.candidate), of(&settings.reference));
    let cells = cells(tested, &columns, candidate)?;
    let all = Prepared { tested, settings, cells, candidate, reference };
    let (slots, values): (Vec<Slot>, Vec<Value>) = all.values(None).into_iter().unzip();
    let replicates: Vec<Vec<Value>> = (0..settings.replicates)
        .into_par_iter()
        .map(|number| {
            let weight = draws(settings.seed, number, &tested.household);
            let values = all.values(Some(&weight)).into_iter().map(|(_, value)| value).collect();
            progress(1);
            values
        })
        .collect();
    let missing = Err("not given in this replicate");
    let of_slot = |slot: usize, estimate: f64| {
        interval(estimate, replicates.iter().map(|r| r.get(slot).copied().unwrap_or(missing)))
    };
    let mut rows: Vec<Row> = slots
        .iter()
        .zip(&values)
        .enumerate()
        .map(|(slot, (place, value))| {
            all.row(place, *value, value.map_or_else(Err, |value| of_slot(slot, value)))
        })
        .collect();
    let (contrasts, tests) = compared::compared(tested, &settings.references, (&rows, &replicates));
    rows.extend(all.by_formula());
    Ok(Scored { rows, contrasts, tests })
}

impl Prepared<'_> {
    /// All numbers with these weights of the rows, or of the rows as they are; always the same numbers in the same order.
    fn values(&self, weight: Option<&[f64]>) -> Vec<(Slot, Value)> {
        let mut out = Vec::new();
        let mut cuts = Vec::new();
        for (place, cell) in self.cells.iter().enumerate() {
            let weight = cell.weights(weight);
            let censoring =
                Censoring::of_slots(&cell.slots, &cell.columns.cause, &weight, TieOrder::EventsFirst);
            let own = censoring.own_rows(&cell.slots, GAt::Before);
            let known = Known { cell, weight: &weight, censoring: &censoring, own: &own };
            for time in 0..self.tested.times.len() {
                let slot =
                    |measure| Slot { measure, model: None, cell: place, time: Some(time), threshold: None };
                out.push((slot(&m::INCIDENCE), known.incidence(time, self)));
            }
            if place == 0 {
                self.of_all(&known, &mut out);
            }
            for (at, model) in cell.models.iter().enumerate() {
                for time in 0..self.tested.times.len() {
                    let slot = |measure| Slot {
                        measure,
                        model: Some(*model),
                        cell: place,
                        time: Some(time),
                        threshold: None,
                    };
                    if place == 0 {
                        let cut = known.cut(at, time, self.settings.capacity);
                        cuts.push((*model, time, cut));
                    }
                    let cut =
                        cuts.iter().find(|(of, t, _)| of == model && *t == time).map(|(_, _, cut)| *cut);
                    let (mean, ratio) = known.expected(at, time, self);
                    out.push((slot(&m::MEAN), mean));
                    out.push((slot(&m::RATIO), ratio));
                    out.push((slot(&m::AUROC), known.auroc(at, time, self)));
                    for (measure, value) in
                        known.flagged(at, time, cut.unwrap_or(Err("nobody is flagged")), self)
                    {
                        out.push((slot(measure), value));
                    }
                }
            }
        }
        self.differences(&mut out);
        out
    }

    /// Measures over all rows only.
    fn of_all(&self, known: &Known<'_>, out: &mut Vec<(Slot, Value)>) {
        let Known { cell, weight, censoring, .. } = *known;
        let days: Vec<f64> = self.tested.times.iter().map(|(_, days)| *days).collect();
        let g = (censoring, GAt::Before);
        let marginal = marginal_brier(&cell.columns.observed, &days, weight, g);
        let alone = &cell.columns.alone;
        let left = Censoring::of_slots(&cell.slots, alone.cause(), weight, TieOrder::EventsFirst);
        let gone = left.own_rows(&cell.slots, GAt::Before);
        let at = RowG { before: known.own.to_vec(), at: censoring.own_rows(&cell.slots, GAt::At) };
        for (time, day) in days.iter().enumerate() {
            for threshold in &self.settings.thresholds {
                let slot = Slot {
                    measure: &m::NET_BENEFIT_OF_ALL,
                    model: None,
                    cell: 0,
                    time: Some(time),
                    threshold: Some(*threshold),
                };
                let any = cell.prepared.first().and_then(|times| times.get(time));
                let value = any.map_or(Err("no model"), |p| net_benefit::of_all(p, weight, *day, *threshold));
                out.push((slot, value));
            }
        }
        for (at_model, model) in cell.models.iter().enumerate() {
            let slot = |measure, time| Slot { measure, model: Some(*model), cell: 0, time, threshold: None };
            let risk = self.tested.models[*model].risk.view();
            let brier = brier(&cell.columns.observed, risk, &days, weight, g);
            let administrative = administrative_brier(&cell.columns.observed, risk, &days, weight);
            for time in 0..days.len() {
                let ipa = brier[time].and_then(|b| scaled(b, marginal[time]?));
                out.push((slot(&m::IPA, Some(time)), ipa));
                out.push((slot(&m::BRIER, Some(time)), brier[time]));
                out.push((slot(&m::ADMINISTRATIVE, Some(time)), administrative[time]));
                for threshold in &self.settings.thresholds {
                    let prepared = &cell.prepared[at_model][time];
                    let value = net_benefit::net_benefit(prepared, weight, days[time], *threshold);
                    out.push((
                        Slot { threshold: Some(*threshold), ..slot(&m::NET_BENEFIT, Some(time)) },
                        value,
                    ));
                }
            }
            let (sum, null) = (integrated_brier(&days, &brier), integrated_brier(&days, &marginal));
            let last = days.last().copied().unwrap_or(0.0);
            let order = cell.order[at_model].as_ref().map_err(|why| *why);
            let concordance =
                order.and_then(|order| wolbers_sorted(&cell.columns.observed, order, weight, last, &at));
            let before = Tau::Before(last);
            let uno = order.and_then(|order| uno_sorted(&cell.columns.alone, order, weight, before, &gone));
            out.push((slot(&m::CONCORDANCE, None), concordance));
            out.push((slot(&m::UNO, None), uno));
            out.push((slot(&m::INTEGRATED, None), sum));
            out.push((slot(&m::INTEGRATED_IPA, None), sum.and_then(|sum| scaled(sum, null?))));
        }
    }

    /// Candidate less reference.
    fn differences(&self, out: &mut Vec<(Slot, Value)>) {
        let (Some(candidate), Some(reference)) = (self.candidate, self.reference) else { return };
        let pairs = [(&m::IPA, &m::IPA_DIFFERENCE), (&m::AUROC, &m::AUROC_DIFFERENCE)];
        for (of, difference) in pairs {
            for time in 0..self.tested.times.len() {
                let value = |model: usize| {
                    let wanted =
                        Slot { measure: of, model: Some(model), cell: 0, time: Some(time), threshold: None };
                    out.iter()
                        .find(|(slot, _)| *slot == wanted)
                        .map_or(Err("not measured"), |(_, value)| *value)
                };
                let less = value(candidate).and_then(|ours| Ok(ours - value(reference)?));
                let slot = Slot {
                    measure: difference,
                    model: Some(candidate),
                    cell: 0,
                    time: Some(time),
                    threshold: None,
                };
                out.push((slot, less));
            }
        }
    }

    /// Measures with an interval by formula, or with none.
    fn by_formula(&self) -> Vec<Row> {
        let Some(cell) = self.cells.first() else { return Vec::new() };
        let ones = cell.weights(None);
        let mut rows = Vec::new();
        for (at, model) in cell.models.iter().enumerate() {
            let slot = |measure, time| Slot { measure, model: Some(*model), cell: 0, time, threshold: None };
            for (time, (_, days)) in self.tested.times.iter().enumerate() {
                let prepared = &cell.prepared[at][time];
                let found = slope(prepared, &ones, *days, CONFIDENCE).and_then(|slope| slope.slope);
                let (value, ends) =
                    (found.as_ref().map(|s| s.value).map_err(|why| *why), found.map(|s| s.interval));
                rows.push(self.row(&slot(&m::SLOPE, Some(time)), value, ends));
                let test = one_calibration(prepared, &ones, *days, TENTHS).and_then(|test| test.p_value);
                rows.push(self.row(
                    &slot(&m::ONE_CALIBRATION, Some(time)),
                    test,
                    Err("a test has no interval"),
                ));
            }
            let free = &self.tested.models[*model].free;
            if !free.is_empty() {
                let last = self.tested.times.last().map_or(0.0, |(_, days)| *days);
                let ended: Vec<bool> = cell
                    .columns
                    .exit
                    .iter()
                    .zip(&cell.columns.cause)
                    .map(|(t, k)| *k > 0 && *t <= last)
                    .collect();
                let test = by_household(free, &ended, &self.tested.household, TENTHS);
                rows.push(self.row(&slot(&m::D_CALIBRATION, None), test, Err("a test has no interval")));
            }
        }
        rows
    }

    /// Which rows of a cell would be flagged: from a chance on, or the declared share.
    fn flags(&self, cell: &Cell<'_>, model: usize, time: usize, from: Option<f64>) -> Option<Vec<bool>> {
        let place = |cell: &Cell<'_>| cell.models.iter().position(|of| *of == model);
        let cut = from.or_else(|| {
            let all = self.cells.first()?;
            let prepared = &all.prepared[place(all)?][time];
            net_benefit::threshold_of_capacity(prepared, &all.weights(None), self.settings.capacity).ok()
        })?;
        Some(cell.prepared[place(cell)?][time].p.iter().map(|p| *p >= cut).collect())
    }

    /// What a number rests on: those that came by `days` and those still followed; and if it is of flags, those flagged who came and who
    /// did not, and the same of the others. Then the households behind those that came, that did not, that are followed, and behind the
    /// flags in the same order.
    fn rests_on(&self, slot: &Slot, days: f64) -> (Vec<u64>, Vec<u64>) {
        let cell = &self.cells[slot.cell];
        let came = |row: usize| f64::from(cell.came(row, days));
        let followed = |row: usize| f64::from(cell.columns.exit[row] >= days);
        let (ended, free) = cell.ended(days);
        let (mut counts, mut households) =
            (vec![ended, free], cell.behind(|row| [came(row), 1.0 - came(row), followed(row)]).to_vec());
        let (Some(model), Some(time)) = (slot.model, slot.time) else { return (counts, households) };
        let flags = match slot.measure.taken {
            Taken::Flagged => self.flags(cell, model, time, None),
            Taken::Threshold => self.flags(cell, model, time, slot.threshold),
            Taken::At | Taken::Over => return (counts, households),
        };
        let of_row = |row: usize| {
            let mut parts = [0.0; 4];
            if let Some(flags) = &flags {
                parts[2 * usize::from(!flags[row]) + usize::from(!cell.came(row, days))] = 1.0;
            }
            parts
        };
        let mut sums = [0.0; 4];
        for row in 0..cell.rows() {
            for (sum, part) in sums.iter_mut().zip(of_row(row)) {
                *sum += part;
            }
        }
        counts.extend(sums.map(|sum| sum as u64));
        households.extend(cell.behind(of_row));
        (counts, households)
    }

    fn row(&self, slot: &Slot, value: Value, interval: Interval) -> Row {
        let cell = &self.cells[slot.cell];
        let last = self.tested.times.len().saturating_sub(1);
        let (months, days) = self.tested.times.get(slot.time.unwrap_or(last)).copied().unwrap_or((0, 0.0));
        let when = slot.time.map_or_else(|| format!("up to {}", place(months)), |_| place(months));
        let (rests_on, households) = self.rests_on(slot, days);
        let at = match slot.threshold {
            Some(threshold) => format!("{when}, risk from {threshold}"),
            None => when,
        };
        let ends = interval.ok().filter(|_| value.is_ok());
        Row {
            model: slot.model.map_or_else(String::new, |model| self.tested.models[model].model.clone()),
            split: self.tested.split.clone(),
            measure: slot.measure.id,
            group: cell.group.clone(),
            level: cell.level.clone(),
            at,
            estimate: value.ok(),
            low: ends.map(|(low, _)| low),
            high: ends.map(|(_, high)| high),
            theory: None,
            shrunk: None,
            n: cell.rows() as u64,
            events: rests_on[0],
            rests_on,
            households,
            status: if value.is_ok() { Status::Ok } else { Status::Undefined },
            reason: value.err().or(interval.err()).map(str::to_owned),
            convention: slot.measure.convention,
        }
    }
}
