//! What would become of the groups if gaps were corrected for. Worked out for the report, and applied to nothing.
//!
//! In: the stages of a run and what it predicted. Out: the candidate's measures by group under each correction.

use super::fit::Ground;
use super::{Experiment, groups};
use crate::evaluate::mitigation::group_recalibration::{Rows, group_recalibration};
use crate::evaluate::mitigation::reweighing::reweighing;
use crate::evaluate::{self, Input, Row, Scores};
use crate::history::History;
use crate::io::settings::Section;
use crate::models::FitError;
use crate::models::registry::{Entry, REGISTRY};
use crate::report::what_if::{Correction, MEASURES, Method, WhatIf};
use crate::split::{Fold, Plan};
use ndarray::Array1;
use rayon::prelude::*;

/// The grouping of `[what_if]`, which must be one that is reported.
pub(super) fn read(s: &Section<'_>, evaluate: Option<&Experiment>) -> Option<&'static str> {
    let groups: Vec<(&str, &'static str)> = groups::NAMES.iter().map(|n| (*n, *n)).collect();
    let name = s.required("grouping", s.choice("grouping", &groups))?;
    if evaluate.is_some_and(|e| !e.groups.contains(&name)) {
        s.fault("grouping", format!("`evaluate.groups` does not ask for `{name}`"));
    }
    Some(name)
}

/// What the corrections are made from.
pub(super) struct Made<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) history: &'a History,
    pub(super) plan: &'a Plan,
    pub(super) input: &'a Input,
}

impl Made<'_> {
    /// The candidate under each correction, for the grouping that the experiment names; `None` if it names none.
    pub(super) fn what_if(&self) -> Option<WhatIf> {
        let name = self.ground.experiment.what_if?;
        let corrections = [
            (Method::Reweighing, self.reweighed(name)),
            (Method::GroupRecalibration, self.recalibrated(name)),
        ];
        let corrections = corrections.into_iter().map(|(method, scores)| {
            let rows = scores.and_then(|p| self.measured(name, p));
            let (rows, refused) = match rows {
                Ok(rows) => (rows, None),
                Err(reason) => (Vec::new(), Some(reason)),
            };
            Correction { method, refused, rows }
        });
        Some(WhatIf { grouping: name.to_owned(), corrections: corrections.collect() })
    }

    fn candidate(&self) -> Result<&'static Entry, String> {
        let found = REGISTRY.iter().find(|e| e.id == self.ground.experiment.candidate);
        found.ok_or_else(|| "its chances were adjusted after it had learned; only a model as fitted is fitted again with weights".to_owned())
    }

    /// The candidate's scores if it had learned with weights.
    fn reweighed(&self, name: &str) -> Result<Vec<f64>, String> {
        let entry = self.candidate()?;
        if !entry.takes_weights {
            return Err("this kind of model cannot learn with weights".to_owned());
        }
        let level_of = groups::grouping(name, self.history, &self.ground.cohort.rows).level_of;
        let folds: Vec<Result<Vec<f64>, FitError>> =
            self.plan.folds.par_iter().map(|fold| self.refit(entry, fold, &level_of)).collect();
        let folds: Result<Vec<Vec<f64>>, FitError> = folds.into_iter().collect();
        folds.map(|folds| folds.concat()).map_err(|reason| reason.to_string())
    }

    fn refit(&self, entry: &Entry, fold: &Fold, level_of: &[u16]) -> Result<Vec<f64>, FitError> {
        let y = self.ground.came(&fold.train);
        let group: Vec<u16> = fold.train.iter().map(|&i| level_of[i as usize]).collect();
        // Weights have single precision in a data set; they are ratios of counts, and need no more.
        let weights: Array1<f32> = reweighing(&group, &y).into_iter().map(|w| w as f32).collect();
        let settings = self.ground.settings(entry, fold);
        let fitted = self.ground.fit(entry, &settings, &fold.train, Some(weights))?;
        Ok(fitted.chances(self.ground.matrix, &fold.test).to_vec())
    }

    /// The candidate's scores, each group recalibrated by itself.
    fn recalibrated(&self, name: &str) -> Result<Vec<f64>, String> {
        let Input { y, household, groupings, scores, .. } = self.input;
        let grouping = groupings.iter().find(|g| g.name == name);
        let scores = scores.iter().find(|s| s.model == self.ground.experiment.candidate);
        let (Some(grouping), Some(scores)) = (grouping, scores) else {
            return Err("the groups were not evaluated".to_owned());
        };
        let rows = Rows { p: &scores.p, y, group: &grouping.level_of, household };
        Ok(group_recalibration(rows, self.ground.experiment.seed))
    }

    /// The candidate's measures with these scores, overall and by level.
    fn measured(&self, name: &str, p: Vec<f64>) -> Result<Vec<Row>, String> {
        let input = Input {
            groupings: self.input.groupings.iter().filter(|g| g.name == name).cloned().collect(),
            scores: vec![Scores { model: self.ground.experiment.candidate.clone(), p }],
            ..self.input.clone()
        };
        let settings = evaluate::Settings {
            capacities: vec![self.ground.experiment.capacity],
            thresholds: Vec::new(),
            replicates: 0,
            seed: self.ground.experiment.seed,
            references: Vec::new(),
            candidate: String::new(),
            reference: String::new(),
            smallest_gain: 0.0,
        };
        let rows = evaluate::measure(&input, &settings, &|_, _| {}).map_err(|fault| fault.to_string())?;
        Ok(rows.into_iter().filter(|row| MEASURES.contains(&row.measure)).collect())
    }
}
