//! Models of when, through the rules.
//!
//! 1. A number by some time is shown only if by then enough came, and since the last time shown, and had not come, and are still
//!    followed, as in [`super::when`].
//! 2. In a grouping, levels are hidden together until no hidden one follows from the others; for numbers about those
//!    flagged, by how many of them and of the others came and did not.
//! 3. Points of a curve are such parts too; they and shares leave as whole ones of a hundred.
//! 4. No count of referrals leaves but how many were tested and still waited, to the nearest ten.
//! 5. Levels are compared only where both are shown, by the numbers that are shown of them.
//! 6. Counts come from as many households, of which no two hold nine tenths.
//! 7. A fact is named only if enough referrals with and without the outcome differ from its usual value.

use super::fairness;
use super::levels::{Part, protect};
use super::passed::{Count, Number, Passed, PerHundred};
use super::when::rough;
mod compared;

use crate::evaluate::measures::Unit;
use crate::evaluate::survival::found;
use crate::evaluate::survival::score::{self, measures};
use crate::evaluate::{Row, Status};
use crate::experiment::gate::OVERALL;
use crate::report::Line;
use crate::report::when_models::{Fact, Landmark, Models, Point, Steady};
use crate::survival::found::LEAST_AT_RISK;
use std::collections::{BTreeMap, BTreeSet};

/// Discloses models of when.
pub(super) fn disclose(found: &found::Models, known: &[u64], threshold: u64) -> Models {
    let mut shown = Shown::new(&found.rows, &found.times, threshold);
    shown.same_for_all =
        found.cards.iter().filter(|card| card.same_for_all).map(|card| card.id.clone()).collect();
    shown.thin(&found.rows);
    let lines: Vec<Line> = found.rows.iter().map(|row| shown.line(row)).collect();
    Models {
        contrasts: compared::contrasts(&found.contrasts, &lines, threshold),
        tests: fairness::tests(&found.tests, &lines),
        candidate: found.candidate.clone(),
        reference: found.reference.clone(),
        main_months: found.main_months,
        cards: found.cards.clone(),
        failed: found.failed.clone(),
        without: found.without.clone(),
        times: found.times.clone(),
        tested: rough(found.tested, known, threshold),
        capacity: found.capacity,
        lines,
        points: points(found, &shown, threshold),
        excess: found
            .excess
            .iter()
            .map(|(id, of)| {
                let share = of.rows_above as f64 / (of.rows as f64).max(1.0);
                let few = of.rows_above > 0 && (of.rows_above as u64) < threshold;
                let share =
                    if few { PerHundred::Suppressed } else { Number::new(share, None).per_hundred(false) };
                (id.clone(), share, Passed::rounded(of.largest_sum))
            })
            .collect(),
        landmarks: found.landmarks.iter().map(|landmark| later(landmark, &shown, known)).collect(),
        steady: found.steady.as_ref().filter(|s| s.events >= threshold).map(|s| steady(s, threshold)),
    }
}

/// What of the rows may be shown.
struct Shown {
    /// Times at which numbers over all referrals may be shown, as rows say them.
    times: BTreeSet<String>,
    /// Grouping, level, time and whether it is about those flagged: what may be shown.
    levels: BTreeSet<(String, String, String, bool)>,
    /// Models that give everybody in a part of the test the same chance: whom they flag and how they rank tells of the parts.
    same_for_all: BTreeSet<String>,
    /// Model, and time with threshold, that flag too nearly the same as others that are shown.
    thinned: BTreeSet<(String, String)>,
    threshold: u64,
}

/// What is told of a model that gives everybody in a part of the test the same chance.
const OF_SAME: [&str; 6] = [
    measures::MEAN.id,
    measures::RATIO.id,
    measures::IPA.id,
    measures::BRIER.id,
    measures::ADMINISTRATIVE.id,
    measures::INTEGRATED_IPA.id,
];

impl Shown {
    fn new(rows: &[Row], times: &[u32], threshold: u64) -> Self {
        let mut own = Self {
            times: BTreeSet::new(),
            levels: BTreeSet::new(),
            same_for_all: BTreeSet::new(),
            thinned: BTreeSet::new(),
            threshold,
        };
        let places: Vec<String> = times.iter().map(|months| score::place(*months)).collect();
        let incidence = |place: &str| {
            rows.iter().find(|r| r.measure == measures::INCIDENCE.id && r.group == OVERALL && r.at == place)
        };
        let mut before = 0;
        let mut kept: Vec<(&str, u64)> = Vec::new();
        for place in &places {
            let Some(row) = incidence(place) else { continue };
            if own.few(row) || row.events < before + threshold {
                continue;
            }
            kept.push((place, before));
            before = row.events;
        }
        own.times.extend(kept.iter().map(|(place, _)| (*place).to_owned()));
        if let Some((last, _)) = kept.last().filter(|(last, _)| places.last().is_some_and(|p| p == last)) {
            own.times.insert(format!("up to {last}"));
        }
        own.groups(rows, &kept);
        own
    }

    /// Whether a row rests on too few.
    fn few(&self, row: &Row) -> bool {
        let (came, at_risk) = (row.events, row.rests_on.get(1).copied().unwrap_or(0));
        let flags = row.rests_on.iter().skip(2).any(|n| *n < self.threshold);
        came < self.threshold
            || row.n.saturating_sub(came) < self.threshold
            || at_risk < self.threshold.max(LEAST_AT_RISK)
            || flags
            || row.households.iter().any(|n| *n < self.threshold)
    }

    /// Which levels are shown at each time that is shown.
    fn groups(&mut self, rows: &[Row], kept: &[(&str, u64)]) {
        let names: BTreeSet<&str> = rows.iter().map(|r| r.group.as_str()).filter(|g| *g != OVERALL).collect();
        for (measure, flags) in [(measures::INCIDENCE.id, false), (measures::PPV.id, true)] {
            for group in &names {
                let mut before: Vec<(&str, u64)> = Vec::new();
                for (place, _) in kept {
                    let at = |r: &&Row| r.measure == measure && r.at == *place;
                    let levels: Vec<&Row> = rows.iter().filter(at).filter(|r| r.group == *group).collect();
                    let of =
                        |r: &Row| before.iter().find(|(level, _)| *level == r.level).map_or(0, |(_, n)| *n);
                    let mut parts: Vec<Part> = levels
                        .iter()
                        .map(|row| Part {
                            size: row.n as f64,
                            cells: Some(cells(row, of(row))),
                            hidden: self.few(row),
                        })
                        .collect();
                    let overall: Vec<f64> =
                        levels.iter().fold(vec![0.0; if flags { 7 } else { 3 }], |sum, row| {
                            sum.iter().zip(cells(row, of(row))).map(|(a, b)| a + b).collect()
                        });
                    let total = levels.iter().map(|row| row.n as f64).sum();
                    protect(&mut parts, total, &overall, self.threshold as f64);
                    for (row, part) in levels.iter().zip(parts) {
                        if !part.hidden {
                            before.retain(|(level, _)| *level != row.level);
                            before.push((&row.level, row.events));
                            self.levels.insert((
                                row.group.clone(),
                                row.level.clone(),
                                (*place).to_owned(),
                                flags,
                            ));
                        }
                    }
                }
            }
        }
        // Numbers about those flagged only where those about all of the level are shown.
        let plain = self.levels.clone();
        self.levels.retain(|(group, level, at, flags)| {
            !flags || plain.contains(&(group.clone(), level.clone(), at.clone(), false))
        });
    }

    /// Thresholds whose flags differ by few from those of the declared share, or of a threshold shown before.
    fn thin(&mut self, rows: &[Row]) {
        let flags = |row: &Row| row.rests_on.get(2..4).map(<[u64]>::to_vec).unwrap_or_default();
        for row in rows.iter().filter(|r| r.measure == measures::NET_BENEFIT.id) {
            let when = row.at.split(',').next().unwrap_or_default();
            let other = |r: &&Row| {
                let same = r.model == row.model && r.group == row.group;
                let before = r.measure == measures::NET_BENEFIT.id
                    && r.at.split(',').next() == Some(when)
                    && rows.iter().position(|q| std::ptr::eq(q, *r))
                        < rows.iter().position(|q| std::ptr::eq(q, row))
                    && !self.thinned.contains(&(r.model.clone(), r.at.clone()));
                same && (before || (r.measure == measures::PPV.id && r.at == when))
            };
            let near = |r: &Row| {
                flags(r).iter().zip(flags(row)).any(|(a, b)| (1..self.threshold).contains(&a.abs_diff(b)))
            };
            if rows.iter().filter(other).any(near) {
                self.thinned.insert((row.model.clone(), row.at.clone()));
            }
        }
    }

    fn may(&self, row: &Row) -> bool {
        if self.thinned.contains(&(row.model.clone(), row.at.clone()))
            || (self.same_for_all.contains(&row.model) && !OF_SAME.contains(&row.measure))
        {
            return false;
        }
        let when = row.at.split(',').next().unwrap_or_default();
        if row.group == OVERALL {
            return self.times.contains(when) && !self.few(row);
        }
        let flags = row.rests_on.len() > 2;
        self.levels.contains(&(row.group.clone(), row.level.clone(), when.to_owned(), flags))
    }

    fn line(&self, row: &Row) -> Line {
        let number = match (row.status, row.estimate) {
            _ if !self.may(row) => Number::Suppressed,
            (Status::Ok, Some(estimate)) => {
                let short = |v: f64| short(row.measure, v);
                Number::new(
                    short(estimate),
                    row.low.zip(row.high).map(|(low, high)| (short(low), short(high))),
                )
            }
            _ => Number::Undefined(row.reason.clone().unwrap_or_else(|| "it is not defined".to_owned())),
        };
        let note = row.reason.clone().filter(|_| matches!(number, Number::Shown { interval: None, .. }));
        Line {
            model: row.model.clone(),
            split: row.split.clone(),
            measure: row.measure,
            group: row.group.clone(),
            level: row.level.clone(),
            at: row.at.clone(),
            number,
            theory: None,
            shrunk: None,
            n: Count::Suppressed,
            events: Count::Suppressed,
            note,
            convention: row.convention,
        }
    }
}

/// Shares leave as whole ones of a hundred.
fn short(measure: &str, value: f64) -> f64 {
    let whole = measures::find(measure).is_some_and(|m| m.unit == Unit::Share);
    if whole { (value * 100.0).round() / 100.0 } else { value }
}

/// What a level could be told by: those that came since the time before, in all, and the others; and by flags.
fn cells(row: &Row, before: u64) -> Vec<f64> {
    let came = [row.events.saturating_sub(before), row.events, row.n.saturating_sub(row.events)];
    came.into_iter().chain(row.rests_on.iter().skip(2).copied()).map(|n| n as f64).collect()
}

/// Points of a curve that tell of enough, hidden together until no hidden one follows.
fn points(found: &found::Models, shown: &Shown, threshold: u64) -> Vec<Point> {
    let mut out = Vec::new();
    // What had come to the same fifth by the time shown before.
    let mut before: BTreeMap<(&str, &str, usize), u64> = BTreeMap::new();
    let same =
        |a: &score::Point, b: &score::Point| (&a.group, &a.level, a.months) == (&b.group, &b.level, b.months);
    for curve in found.points.chunk_by(same) {
        let Some(first) = curve.first() else { continue };
        let at = score::place(first.months);
        let may = if first.group == OVERALL {
            shown.times.contains(&at)
        } else {
            shown.levels.contains(&(first.group.clone(), first.level.clone(), at, false))
        };
        if !may {
            continue;
        }
        let so_far = |rank: usize| before.get(&(&*first.group, &*first.level, rank)).copied().unwrap_or(0);
        let cells = |(rank, p): (usize, &score::Point)| {
            let step = p.came.saturating_sub(so_far(rank));
            vec![step as f64, p.came as f64, p.n.saturating_sub(p.came) as f64]
        };
        let part = |(rank, p): (usize, &score::Point)| Part {
            size: p.n as f64,
            cells: Some(cells((rank, p))),
            hidden: p.at_risk < threshold.max(LEAST_AT_RISK) || p.households.iter().any(|n| *n < threshold),
        };
        let mut parts: Vec<Part> = curve.iter().enumerate().map(part).collect();
        let add = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(b).map(|(a, b)| a + b).collect();
        let total: Vec<f64> = curve.iter().enumerate().map(cells).fold(vec![0.0; 3], add);
        protect(&mut parts, curve.iter().map(|p| p.n as f64).sum(), &total, threshold as f64);
        for (rank, (point, part)) in curve.iter().zip(&parts).enumerate() {
            if !part.hidden {
                before.insert((&first.group, &first.level, rank), point.came);
            }
        }
        out.extend(curve.iter().zip(parts).map(|(point, part)| Point {
            group: point.group.clone(),
            level: point.level.clone(),
            months: point.months,
            predicted: Number::new(point.predicted, None).per_hundred(false),
            observed: match point.observed {
                _ if part.hidden => PerHundred::Suppressed,
                Some(observed) => Number::new(observed, point.interval).per_hundred(false),
                None => PerHundred::Undefined("too few are still followed by then".to_owned()),
            },
        }));
    }
    out
}

/// A landmark; the start is one of the same rows as the horizons, and tells no more than they do.
fn later(found: &found::Landmark, horizons: &Shown, known: &[u64]) -> Landmark {
    let threshold = horizons.threshold;
    let rows = found.rows.as_ref();
    let waiting = rows.ok().and_then(|rows| rows.first()).map_or(0, |row| row.n);
    let disclosed = |rows: &Vec<Row>| -> Vec<Line> {
        let mut own = Shown::new(rows, &[found.window], threshold);
        if found.months == 0 {
            own.times.retain(|time| horizons.times.contains(time));
        }
        rows.iter().map(|row| own.line(row)).collect()
    };
    Landmark {
        months: found.months,
        window: found.window,
        waiting: rough(waiting, known, threshold),
        lines: rows.map(disclosed).map_err(String::clone),
    }
}

fn steady(found: &found::Steady, threshold: u64) -> Steady {
    let fact = |f: &found::Fact| Fact {
        words: f.words.clone(),
        factor: Number::new(f.factor, Some(f.interval)),
        again: Number::new(f.again, Some(f.again_interval)),
        thirds: (Number::new(f.early, None), Number::new(f.late, None)),
        p: Number::new(f.p, None),
    };
    let enough = |f: &&found::Fact| f.differ.iter().all(|n| *n >= threshold);
    Steady { facts: found.facts.iter().filter(enough).map(fact).collect(), p: Passed::rounded(found.p) }
}

#[cfg(test)]
mod tests;
