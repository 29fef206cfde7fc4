//! A question that models of when are asked: from which day on, of whom, and what became of them.

use super::{Ground, enough, settings};
use crate::cohort::{IndexRow, Seen, Spell};
use crate::evaluate::survival::score::Tested;
use crate::experiment::run::{self, Progress, Test};
use crate::features::Matrix;
use crate::models::target::Labels;
use crate::models::time::learners::TimeTraining;
use crate::models::time::learners::registry::TimeEntry;
use crate::models::{FitError, Origin, prepare};
use crate::num::Day;
use crate::split::{self, Fold, Plan};
use crate::survival::{CENSORED, Times};
use ndarray::{Array3, Axis, s};
use rayon::prelude::*;

/// Rows predicted at a time: what models need for a row may be much.
const BATCH: usize = 2_000;

/// Rows that can be asked about on their day of prediction, and the folds that test them.
pub(super) struct Question<'a> {
    pub(super) ground: Ground<'a>,
    /// The first day of the window, in days after the start of the waiting.
    pub(super) from: i32,
    pub(super) rows: Vec<IndexRow>,
    /// Place of each row in the cohort.
    pub(super) place: Vec<usize>,
    pub(super) household: Vec<u32>,
    pub(super) matrix: Matrix,
    pub(super) plan: Plan,
}

/// What a model said of the tested rows, fold after fold.
pub(super) struct OfModel {
    /// Rows x days x causes.
    pub(super) incidence: Array3<f64>,
    /// The chance of nothing up to the row's own end, or the last day; empty where it was not asked.
    pub(super) free: Vec<f64>,
}

/// Times in months and days.
pub(super) type Supported = Vec<(u32, f64)>;
/// Times in months, and why nothing is said of them.
pub(super) type Without = Vec<(u32, String)>;

impl<'a> Question<'a> {
    /// The question put `months` after the start of the waiting, of all that were observed so long.
    ///
    /// # Errors
    /// In words, where no folds can be made.
    pub(super) fn new(ground: Ground<'a>, months: u32, progress: &dyn Progress) -> Result<Self, String> {
        let Ground { experiment, history, cohort, test, .. } = ground;
        let from = if months == 0 { 0 } else { settings::days(months) };
        // Who still waits then is asked for each fold, by what was known when its test began.
        let observed = |spell: &Spell| spell.observed_to.0 - spell.start.0 > from;
        let (place, rows): (Vec<usize>, Vec<IndexRow>) = cohort
            .rows
            .iter()
            .zip(&cohort.spells)
            .enumerate()
            .filter(|(_, (_, spell))| observed(spell))
            .map(|(place, (row, _))| {
                let day = row.predict_on.plus(from);
                (place, IndexRow { predict_on: day, labelled_on: day, ..*row })
            })
            .unzip();
        let household: Vec<u32> = rows.iter().map(|r| history.children.household[r.child as usize]).collect();
        let authority: Vec<u16> = rows.iter().map(|r| history.children.authority[r.child as usize]).collect();
        let plan = split::plan(&rows, (&household, &authority), &test.design(experiment), experiment.seed)
            .map_err(|why| why.to_string())?;
        let matrix = run::matrix(experiment, history, &rows, progress);
        Ok(Self { ground, from, rows, place, household, matrix, plan })
    }

    /// A row as seen before a day, or by all the records, in days from the day of the prediction.
    pub(super) fn seen(&self, row: u32, before: Option<Day>) -> Option<Seen> {
        let spell = &self.ground.cohort.spells[self.place[row as usize]];
        let seen = spell.seen_before(before, self.ground.leaving)?;
        // At a landmark only those are asked about who still wait, as far as is known.
        (seen.exit > self.from).then(|| Seen {
            entry: seen.entry.map(|entry| entry - self.from).filter(|entry| *entry > 0),
            exit: seen.exit - self.from,
            administrative: seen.administrative - self.from,
            ..seen
        })
    }

    /// The rows to learn from, and what was known of them on the first day of the test.
    pub(super) fn known(&self, fold: &Fold) -> (Vec<u32>, Vec<Seen>) {
        let mut all: Vec<u32> =
            [&fold.train, &fold.tune, &fold.calibrate].into_iter().flatten().copied().collect();
        all.sort_unstable();
        all.into_iter().filter_map(|row| Some((row, self.seen(row, fold.cut_off)?))).unzip()
    }

    /// The tested rows, fold after fold: those that were followed from the day of the prediction.
    fn tested_in(&self, fold: &Fold) -> Vec<u32> {
        let whole = |row: &&u32| self.seen(**row, None).is_some_and(|seen| seen.entry.is_none());
        fold.test.iter().filter(whole).copied().collect()
    }

    /// The same of all folds.
    pub(super) fn test(&self) -> Vec<u32> {
        self.plan.folds.iter().flat_map(|fold| self.tested_in(fold)).collect()
    }

    /// The tested rows themselves.
    pub(super) fn tested_rows(&self) -> Vec<IndexRow> {
        self.test().into_iter().map(|row| self.rows[row as usize]).collect()
    }

    /// Why a day cannot be learned in every fold and tested.
    ///
    /// # Errors
    /// In words.
    pub(super) fn reaches(&self, day: i32) -> Result<(), &'static str> {
        let reach = |seen: &[Seen]| enough(seen.iter().filter(|s| s.exit >= day).count());
        if !self.plan.folds.iter().all(|fold| reach(&self.known(fold).1)) {
            return Err(
                "in some part of the test, too few of those the models learn from were followed so long",
            );
        }
        let tested: Vec<Seen> = self.test().iter().filter_map(|row| self.seen(*row, None)).collect();
        if reach(&tested) { Ok(()) } else { Err("too few of those tested were followed so long") }
    }

    /// Which of some times, in months, can be learned and tested, with their days; and of the others why not.
    pub(super) fn supported(&self, months: &[u32]) -> (Supported, Without) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for months in months {
            let day = settings::days(*months);
            match self.reaches(day) {
                Ok(()) => good.push((*months, f64::from(day))),
                Err(why) => bad.push((*months, why.to_owned())),
            }
        }
        (good, bad)
    }

    /// The tested rows and what became of them, without groupings or models.
    pub(super) fn tested(&self, times: Vec<(u32, f64)>) -> Tested {
        let rows = self.test();
        let seen: Vec<Seen> = rows.iter().filter_map(|row| self.seen(*row, None)).collect();
        Tested {
            split: match self.ground.test {
                Test::Ordinary => self.ground.experiment.split.name().to_owned(),
                Test::Final(_) => "final-test".to_owned(),
                Test::External { .. } => "other-data".to_owned(),
            },
            exit: seen.iter().map(|s| f64::from(s.exit)).collect(),
            // Whatever else came, it was not the cause asked about.
            cause: seen.iter().map(|s| s.cause.min(2)).collect(),
            administrative: seen.iter().map(|s| f64::from(s.administrative)).collect(),
            household: run::dense(rows.iter().map(|row| self.household[*row as usize])),
            times,
            groupings: Vec::new(),
            models: Vec::new(),
        }
    }

    /// What each learner says of the tested rows, or why it could not be taught. The chance of nothing is asked up to the day
    /// `free`.
    pub(super) fn predict(
        &self,
        entries: &[&'static TimeEntry],
        days: &[f64],
        free: Option<f64>,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Vec<Result<OfModel, String>> {
        let tasks: Vec<(&TimeEntry, &Fold)> =
            entries.iter().flat_map(|e| self.plan.folds.iter().map(move |fold| (*e, fold))).collect();
        let done: Vec<Result<OfModel, FitError>> = tasks
            .into_par_iter()
            .map(|(entry, fold)| {
                let of = self.fit_and_predict(entry, fold, days, free);
                progress(1);
                of
            })
            .collect();
        let mut done = done.into_iter();
        entries
            .iter()
            .map(|_| {
                let parts: Result<Vec<OfModel>, FitError> =
                    done.by_ref().take(self.plan.folds.len()).collect();
                together(parts.map_err(|why| why.to_string())?)
            })
            .collect()
    }

    fn fit_and_predict(
        &self,
        entry: &TimeEntry,
        fold: &Fold,
        days: &[f64],
        free: Option<f64>,
    ) -> Result<OfModel, FitError> {
        let (experiment, last) = (self.ground.experiment, days.last().copied().unwrap_or(0.0));
        let (rows, seen) = self.known(fold);
        // Whoever came under observation later tells nothing of the days asked about.
        let early = |(_, seen): &(u32, Seen)| seen.entry.is_none_or(|entry| f64::from(entry) < last);
        let (rows, seen): (Vec<u32>, Vec<Seen>) = rows.into_iter().zip(seen).filter(early).unzip();
        let row = |i: &u32| &self.rows[*i as usize];
        let origin = Origin {
            child: rows.iter().map(|i| row(i).child).collect(),
            household: rows.iter().map(|i| self.household[*i as usize]).collect(),
            day: rows.iter().map(|i| row(i).predict_on.0).collect(),
            direction: Vec::new(),
        };
        let came: Vec<bool> = seen.iter().map(|s| s.cause == 1).collect();
        let labels = Labels { came: &came, household: &origin.household };
        let wants = entry.wants(&experiment.models);
        let (prepared, numbers) = prepare::learn_labelled(&self.matrix, &rows, &wants, labels);
        let data = TimeTraining {
            x: prepared.training(&self.matrix, &rows, &numbers),
            times: until(&seen, last),
            causes: self.ground.leaving,
            days: days.to_vec(),
        };
        let model = entry.learn(&experiment.models, &data, &origin)?;
        let test = self.tested_in(fold);
        let upto = free.map(|upto| (upto, grid(upto)));
        let mut out = OfModel {
            incidence: Array3::zeros((test.len(), days.len(), usize::from(self.ground.leaving))),
            free: Vec::new(),
        };
        for (batch, rows) in test.chunks(BATCH).enumerate() {
            let x = prepared.apply(&self.matrix, rows);
            let from = batch * BATCH;
            let part = model.incidence(x.view(), days)?;
            out.incidence.slice_mut(s![from..from + rows.len(), .., ..]).assign(&part);
            if let Some((upto, grid)) = &upto {
                let all = model.incidence(x.view(), grid)?.sum_axis(Axis(2));
                let own = rows.iter().enumerate();
                out.free.extend(own.map(|(at, row)| {
                    let exit = self.seen(*row, None).map_or(0.0, |s| f64::from(s.exit).min(*upto));
                    1.0 - between(grid, &all.row(at).to_vec(), exit).clamp(0.0, 1.0)
                }));
            }
        }
        Ok(out)
    }
}

/// Months up to the last day.
fn grid(last: f64) -> Vec<f64> {
    let months = (0..=240).map(|month| f64::from(settings::days(month))).filter(|day| *day < last);
    months.chain([last]).collect()
}

/// A curve at a day, straight between the days of the grid.
fn between(grid: &[f64], curve: &[f64], day: f64) -> f64 {
    let next = grid.partition_point(|d| *d < day).min(grid.len().saturating_sub(1));
    let Some(before) = next.checked_sub(1) else { return curve.first().copied().unwrap_or(0.0) };
    let share = (day - grid[before]) / (grid[next] - grid[before]);
    curve[before] + share * (curve[next] - curve[before])
}

/// Times followed to the last day at most.
pub(super) fn until(seen: &[Seen], last: f64) -> Times {
    let late = |s: &Seen| f64::from(s.exit) > last;
    Times {
        entry: seen.iter().map(|s| s.entry.map_or(f64::NEG_INFINITY, f64::from)).collect(),
        exit: seen.iter().map(|s| f64::from(s.exit).min(last)).collect(),
        cause: seen.iter().map(|s| if late(s) { CENSORED } else { s.cause }).collect(),
    }
}

/// What was said in all folds.
fn together(parts: Vec<OfModel>) -> Result<OfModel, String> {
    let views: Vec<_> = parts.iter().map(|part| part.incidence.view()).collect();
    let incidence = ndarray::concatenate(Axis(0), &views).map_err(|why| why.to_string())?;
    Ok(OfModel { incidence, free: parts.into_iter().flat_map(|part| part.free).collect() })
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_curve_between_two_months() {
        let (grid, curve) = ([0.0, 30.0, 61.0], [0.0, 0.3, 0.5]);
        for (day, value) in [(0.0, 0.0), (15.0, 0.15), (30.0, 0.3), (61.0, 0.5)] {
            assert!((between(&grid, &curve, day) - value).abs() < 1e-12, "{day}");
        }
    }
}
