//! Which recorded facts moved the estimate of one case. In a report only of a simulated one; of a real child only where it was asked for
//! by name, with a permission ([`super::one`]). The counts of an event in several windows, and its last time, are put together. It says what the estimate rests on, not what would have come of other facts.

use super::story::{given, story};
use super::{Bench, Taught};
use crate::explain::contributions::Unit;
use crate::explain::found::{Case, CasePart, Reading, Recorded};
use crate::num::sigmoid;
use ndarray::ArrayView1;

/// Facts that are shown by themselves.
const SHOWN: usize = 6;

impl Bench<'_> {
    /// The tested case in the middle of the flagged ones of the last fold.
    pub(super) fn case(&self) -> Reading<Case> {
        if !self.made.context.simulated {
            return Err("a single case is shown only where all data are simulated".to_owned());
        }
        let ground = &self.made.ground;
        let taught = self.folds.last().ok_or("there is no fold")?;
        let chances = taught.fitted.chances(ground.matrix, &taught.rows);
        let mut order: Vec<usize> = (0..taught.rows.len()).collect();
        order.sort_by(|&a, &b| chances[b].total_cmp(&chances[a]).then(a.cmp(&b)));
        let middle = (ground.experiment.capacity * order.len() as f64 / 2.0) as usize;
        let place = *order.get(middle).ok_or("there is no tested referral")?;
        self.tell(taught, taught.rows[place], chances[place])
    }

    /// A case and what moved its estimate; with its story where the data are simulated.
    pub(super) fn tell(&self, taught: &Taught, row: u32, chance: f64) -> Reading<Case> {
        let ground = &self.made.ground;
        let (by_feature, found) = self.contributions(taught, &[row])?;
        let (parts, others) = self.parts(row, by_feature.row(0));
        let log_odds = found.unit == Unit::LogOdds;
        let from = if log_odds { sigmoid(found.expected) } else { found.expected };
        let given = given(ground.matrix, row as usize, by_feature.row(0));
        let tell = || story(self.made.history, ground.experiment, &ground.cohort.rows[row as usize]);
        let story = self.made.context.simulated.then(tell).flatten();
        Ok(Case { from, to: chance, log_odds, parts, others, given, story })
    }

    /// The facts that moved an estimate most, and the sum of all others.
    fn parts(&self, row: u32, pushes: ArrayView1<'_, f64>) -> (Vec<CasePart>, f64) {
        let matrix = self.made.ground.matrix;
        let value = |feature: usize| {
            let value = f64::from(matrix.row(row as usize)[feature]);
            (!value.is_nan() && matrix.features[feature].levels.is_empty()).then_some(value)
        };
        let mut parts: Vec<CasePart> = Vec::new();
        for (place, feature) in matrix.features.iter().enumerate() {
            let (key, words) = feature.event();
            let at = parts.iter().position(|p| p.id == key).unwrap_or(parts.len());
            if at == parts.len() {
                let recorded = if key == feature.id {
                    Recorded::Value(value(place))
                } else {
                    Recorded::Times(0.0, None)
                };
                parts.push(CasePart { id: key.to_owned(), words, recorded, push: 0.0 });
            }
            parts[at].push += pushes[place];
            if let Recorded::Times(ever, since) = &mut parts[at].recorded {
                if feature.id.ends_with("_n_ever") {
                    *ever = value(place).unwrap_or(0.0);
                } else if feature.id.ends_with("_since") {
                    *since = value(place);
                }
            }
        }
        parts.sort_by(|a, b| b.push.abs().total_cmp(&a.push.abs()));
        let others = parts.iter().skip(SHOWN).map(|p| p.push).sum();
        parts.truncate(SHOWN);
        parts.retain(|part| part.push.abs() > 1e-12);
        (parts, others)
    }
}
