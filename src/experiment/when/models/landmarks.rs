//! What waiting adds: predictions made anew some months after the start, of those who still wait then.
//!
//! At each landmark the candidate is taught again by what was known on that day of those who still waited, and asked about the
//! window that follows. Beside it stands what the prediction made at the start says of the same rows and days: with `F` the
//! incidence of the first cause and `S` the share free of all, `(F(s + w) - F(s)) / S(s)`.
//! Reference: van Houwelingen (2007), *Scandinavian Journal of Statistics* 34, 70-85.

use super::question::{OfModel, Question};
use super::{Ground, column, first_cause, score_settings, settings};
use crate::evaluate::survival::found::Landmark;
use crate::evaluate::survival::score::{Chances, Tested, score};
use crate::evaluate::{Row, survival::score::Settings as ScoreSettings};
use crate::experiment::run::Progress;
use crate::models::time::learners::registry::find;
use ndarray::{Array2, Axis, s};
use std::collections::BTreeMap;

/// Of the predictions made at the landmark, and at the start.
const NOW: &str = "now";
const THEN: &str = "then";

/// The months of a landmark and after it, as days of the start's clock.
fn ends(months: u32, window: u32) -> (f64, f64) {
    let from = if months == 0 { 0 } else { settings::days(months) };
    (f64::from(from), f64::from(from + settings::days(window)))
}

/// The days at which the predictions made at the start are needed.
pub(super) fn days(asked: &settings::Models, question: &Question<'_>) -> Vec<f64> {
    let all = asked.landmarks.iter().flat_map(|months| {
        let (from, to) = ends(*months, asked.window);
        // Whole days from settings.
        if question.reaches(to as i32).is_ok() { vec![from, to] } else { Vec::new() }
    });
    all.filter(|day| *day > 0.0).collect()
}

/// The landmarks asked for, the start among them.
pub(super) fn measure(
    ground: Ground<'_>,
    asked: &settings::Models,
    (start, days, base): (&Question<'_>, &[f64], Option<&OfModel>),
    progress: &dyn Progress,
) -> Vec<Landmark> {
    let of = |months: &u32| {
        let rows = match base {
            None => Err("the model that is judged could not be taught".to_owned()),
            Some(base) if *months == 0 => at_start(ground, asked, (start, days, base)),
            Some(base) => later(ground, asked, (*months, start, days, base), progress),
        };
        Landmark { months: *months, window: asked.window, rows }
    };
    asked.landmarks.iter().map(of).collect()
}

fn how(ground: Ground<'_>, asked: &settings::Models) -> ScoreSettings {
    ScoreSettings {
        thresholds: Vec::new(),
        candidate: NOW.to_owned(),
        reference: THEN.to_owned(),
        ..score_settings(ground.experiment, asked)
    }
}

fn at_start(
    ground: Ground<'_>,
    asked: &settings::Models,
    (start, days, base): (&Question<'_>, &[f64], &OfModel),
) -> Result<Vec<Row>, String> {
    let (_, to) = ends(0, asked.window);
    start.reaches(to as i32)?;
    let times = vec![(asked.window, to)];
    let mut tested = start.tested(times.clone());
    let risk = first_cause(base, days, &times);
    tested.models.push(Chances { model: NOW.to_owned(), risk, free: Vec::new() });
    Ok(score(&tested, &how(ground, asked), &|_| {})?.rows)
}

fn later(
    ground: Ground<'_>,
    asked: &settings::Models,
    (months, start, days, base): (u32, &Question<'_>, &[f64], &OfModel),
    progress: &dyn Progress,
) -> Result<Vec<Row>, String> {
    let question = Question::new(ground, months, progress)?;
    let window = settings::days(asked.window);
    question.reaches(window)?;
    let entry = find(asked.candidate).ok_or("there is no such model")?;
    let times = vec![(asked.window, f64::from(window))];
    let own = [f64::from(window)];
    progress.stage("teaching a model some months later", question.plan.folds.len() as u64);
    let now =
        question.predict(&[entry], &own, None, &|n| progress.step(n)).pop().ok_or("nothing was taught")??;
    let now = first_cause(&now, &own, &times);
    let mut tested = question.tested(times);
    let (from, to) = ends(months, asked.window);
    if days.iter().any(|day| *day >= to) {
        let then = conditional(base, days, (from, to));
        let at: BTreeMap<usize, usize> =
            start.test().iter().enumerate().map(|(at, row)| (start.place[*row as usize], at)).collect();
        let known: Vec<Option<usize>> =
            question.test().iter().map(|row| at.get(&question.place[*row as usize]).copied()).collect();
        let keep: Vec<usize> = (0..known.len()).filter(|row| known[*row].is_some()).collect();
        let then: Vec<f64> = known.iter().flatten().map(|row| then[*row]).collect();
        tested = only(&tested, &keep);
        let now = now.select(Axis(0), &keep);
        let then = Array2::from_shape_vec((then.len(), 1), then).map_err(|why| why.to_string())?;
        tested.models.push(Chances { model: NOW.to_owned(), risk: now, free: Vec::new() });
        tested.models.push(Chances { model: THEN.to_owned(), risk: then, free: Vec::new() });
    } else {
        tested.models.push(Chances { model: NOW.to_owned(), risk: now, free: Vec::new() });
    }
    progress.stage("evaluating it", ground.experiment.replicates as u64);
    Ok(score(&tested, &how(ground, asked), &|n| progress.step(n))?.rows)
}

/// What the prediction at the start says of those who still wait at `from`: the chance of the first cause by `to`.
fn conditional(base: &OfModel, days: &[f64], (from, to): (f64, f64)) -> Vec<f64> {
    let at = |day: f64| base.incidence.slice(s![.., column(days, day), ..]);
    let (early, late) = (at(from), at(to));
    let chance = |(early, late): (ndarray::ArrayView1<'_, f64>, ndarray::ArrayView1<'_, f64>)| {
        let free = 1.0 - early.sum();
        if free > 0.0 { ((late[0] - early[0]) / free).clamp(0.0, 1.0) } else { 0.0 }
    };
    early.outer_iter().zip(late.outer_iter()).map(chance).collect()
}

/// Some of the rows.
fn only(tested: &Tested, keep: &[usize]) -> Tested {
    let take = |of: &[f64]| keep.iter().map(|row| of[*row]).collect::<Vec<f64>>();
    Tested {
        split: tested.split.clone(),
        exit: take(&tested.exit),
        cause: keep.iter().map(|row| tested.cause[*row]).collect(),
        administrative: take(&tested.administrative),
        household: crate::experiment::run::dense(keep.iter().map(|row| tested.household[*row])),
        times: tested.times.clone(),
        groupings: Vec::new(),
        models: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OfModel, conditional};
    use ndarray::array;

    /// By day 90 one in ten came back and one in ten left; by day 180 three in ten had come back: of the eight of ten that
    /// waited on day 90, two came back.
    #[test]
    fn of_those_who_wait_by_hand() {
        let base = OfModel {
            incidence: array![[[0.1, 0.1], [0.3, 0.2]], [[1.0, 0.0], [1.0, 0.0]]],
            free: Vec::new(),
        };
        let found = conditional(&base, &[90.0, 180.0], (90.0, 180.0));
        assert!((found[0] - 0.25).abs() < 1e-12 && found[1].abs() < 1e-12);
    }
}
