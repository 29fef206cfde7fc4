//! Which recorded facts moved the estimate of one simulated case. Never of a real child: a case is shown only where all data are
//! simulated. The counts of an event in several windows, and its last time, are put together. It says what the estimate rests on, not what would have come of other facts.

use super::Bench;
use super::story::{given, story};
use crate::explain::contributions::Unit;
use crate::explain::found::{Case, CasePart, Reading, Recorded};
use crate::num::sigmoid;

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
        let row = taught.rows[place];
        let (by_feature, found) = self.contributions(taught, &[row])?;
        let value = |feature: usize| {
            let value = f64::from(ground.matrix.row(row as usize)[feature]);
            (!value.is_nan() && ground.matrix.features[feature].levels.is_empty()).then_some(value)
        };
        let mut parts: Vec<CasePart> = Vec::new();
        for (place, feature) in ground.matrix.features.iter().enumerate() {
            let (key, words) = feature.event();
            let push = by_feature[[0, place]];
            let at = parts.iter().position(|p| p.id == key).unwrap_or(parts.len());
            if at == parts.len() {
                let recorded = if key == feature.id {
                    Recorded::Value(value(place))
                } else {
                    Recorded::Times(0.0, None)
                };
                parts.push(CasePart { id: key.to_owned(), words, recorded, push: 0.0 });
            }
            parts[at].push += push;
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
        let log_odds = found.unit == Unit::LogOdds;
        let from = if log_odds { sigmoid(found.expected) } else { found.expected };
        let given = given(ground.matrix, row as usize, by_feature.row(0));
        let story = story(self.made.history, ground.experiment, &ground.cohort.rows[row as usize]);
        Ok(Case { from, to: chances[place], log_odds, parts, others, given, story: Some(story) })
    }
}
