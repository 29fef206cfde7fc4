//! What a run made, gathered for the report.

use super::fit::Ground;
use super::gate::{self, Judgement, Promise, Standing};
use super::predict::entries;
use super::recalibrate::recalibrated;
use super::run::{Context, Test};
use super::{Experiment, rates, what_if, words};
use crate::cohort::{Cohort, IndexRow};
use crate::evaluate::stability::{Stability, by_fold};
use crate::evaluate::{Evaluation, Input, Row};
use crate::explain::found::Proxies;
use crate::features::Matrix;
use crate::features::dictionary::Topic;
use crate::history::History;
use crate::models::registry::Entry;
use crate::report::ingredients::{
    ChosenSetting, CohortFacts, Combinations, FoldFacts, Ingredients, ModelCard,
};
use crate::report::what_if::WhatIf;
use crate::schema::Kind;
use crate::split::Plan;
use crate::survival::found::{Reading, When};
use std::collections::BTreeSet;

/// What the stages of a run made.
pub(super) struct Made<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) history: &'a History,
    pub(super) context: &'a Context,
    pub(super) test: Test,
    pub(super) plan: &'a Plan,
    pub(super) input: &'a Input,
}

impl Made<'_> {
    /// Everything a report is made from.
    pub(super) fn ingredients(
        &self,
        evaluation: Evaluation,
        standing: Standing,
        when: Option<Reading<When>>,
    ) -> Ingredients {
        let judged = self.judged(&evaluation, when.as_ref());
        Ingredients {
            run_id: self.context.run_id.clone(),
            version: self.context.version.clone(),
            title: self.ground.experiment.title.clone(),
            question: self.ground.experiment.question.clone(),
            outcome_words: words::outcome(self.ground.experiment.cohort.outcome),
            outcome_is_referral: self.ground.experiment.cohort.outcome == Kind::Referral,
            horizon_days: self.ground.experiment.cohort.horizon_days.unsigned_abs(),
            point_words: words::point(self.ground.experiment.cohort.point).to_owned(),
            clock_words: words::clock(self.ground.experiment.cohort.clock).to_owned(),
            simulated: self.context.simulated,
            remarks: self
                .history
                .source
                .remarks
                .iter()
                .chain(&self.context.remarks)
                .cloned()
                .chain(unclosed(self.ground.cohort))
                .collect(),
            told: told(self.ground.matrix),
            not_told: self.ground.experiment.leave_out.iter().map(|topic| topic.told().to_owned()).collect(),
            as_last_recorded: undated(self.history, self.ground.matrix),
            features: self.ground.matrix.features.len() as u64,
            attrition: self.ground.cohort.attrition.clone(),
            cohort: facts(self.history, self.ground.experiment, self.ground.cohort.rows.iter()),
            tested: facts(
                self.history,
                self.ground.experiment,
                self.plan.folds.iter().flat_map(|f| &f.test).map(|&i| &self.ground.cohort.rows[i as usize]),
            ),
            backward: self.ground.cohort.backward.clone(),
            split_words: words::split(self.ground.experiment, self.test, self.history.source.households),
            folds: self
                .plan
                .folds
                .iter()
                .map(|f| FoldFacts {
                    name: f.name.clone(),
                    train: match self.test {
                        Test::External { rows, .. } => rows,
                        Test::Ordinary | Test::Final(_) => f.train.len() as u64,
                    },
                    calibrate: f.calibrate.len() as u64,
                    test: f.test.len() as u64,
                })
                .collect(),
            chosen: self.chosen(),
            models: entries(self.ground.experiment).flat_map(|e| cards(self.ground.experiment, e)).collect(),
            capacity: self.ground.experiment.capacity,
            other_capacities: self.ground.experiment.capacities.clone(),
            replicates: self.ground.experiment.replicates as u64,
            combinations: combinations(self.input),
            evaluation,
            gate: judged.map(|judgement| Promise { judgement, standing }),
            stability: Stability::default(),
            by_fold: if self.plan.folds.len() > 1 { by_fold(self.input) } else { Vec::new() },
            deals: Vec::new(),
            proxies: Proxies::default(),
            explanations: Vec::new(),
            privacy: None,
            when,
            reproduce: self.context.reproduce.clone(),
            profile: self.ground.experiment.profile,
            threshold: self.ground.experiment.threshold,
            what_if: self.what_if(),
            rates: rates::rates(self),
        }
    }

    /// What came of the gate, by all measures.
    fn judged(&self, evaluation: &Evaluation, when: Option<&Reading<When>>) -> Option<Judgement> {
        let gate = self.ground.experiment.gate.as_ref()?;
        let of_when = when.and_then(|when| when.as_ref().ok()?.models.as_ref()?.as_ref().ok());
        let rows = evaluation.rows.iter().chain(of_when.iter().flat_map(|models| &models.rows));
        Some(gate::judge(gate, &rows.cloned().collect::<Vec<Row>>()))
    }

    /// Which values of tuned settings the folds chose.
    fn chosen(&self) -> Vec<ChosenSetting> {
        let Some(tuning) = &self.ground.experiment.tuning else { return Vec::new() };
        let choices = &self.ground.tuned.choices;
        let folds = |id: &str, key: &str, value: f64| {
            let own = choices.iter().filter(|c| c.learner == id).filter_map(|c| c.candidates.get(c.chosen));
            let has = |(k, v): &(&str, f64)| *k == key && v.total_cmp(&value).is_eq();
            own.filter(|c| c.values.iter().any(has)).count() as u64
        };
        let of = |(id, key, values): &(&str, &str, Vec<f64>)| ChosenSetting {
            model: (*id).to_owned(),
            key: (*key).to_owned(),
            values: values.iter().map(|v| (*v, folds(id, key, *v))).collect(),
        };
        if choices.is_empty() { Vec::new() } else { tuning.values.iter().map(of).collect() }
    }

    fn what_if(&self) -> Option<WhatIf> {
        let Self { ground, history, plan, input, .. } = *self;
        what_if::Made { ground, history, plan, input }.what_if()
    }
}

/// A learner as the report introduces it, and once more recalibrated, where that is asked.
fn cards(experiment: &Experiment, entry: &Entry) -> Vec<ModelCard> {
    let card =
        |id: String, title: String, words: String| ModelCard { id, title, words, baseline: entry.baseline };
    let mut own = entry.words.to_owned();
    if experiment.class_weights.contains(&entry.id) {
        own += " It learned with referrals that came back counting as much, all together, as those that did not, so that its chances are \
                wrong until they are adjusted; only the order that it puts children in can be judged.";
    }
    let mut cards = vec![card(entry.id.to_owned(), entry.title.to_owned(), own)];
    if let Some(how) = experiment.recalibrate.as_ref().filter(|r| r.learners.contains(&entry.id)) {
        let (title, words) = how.words(entry.title);
        cards.push(card(recalibrated(entry.id), title, words));
    }
    cards
}

/// What the features rest on that carries no date, each once.
fn undated(history: &History, matrix: &Matrix) -> Vec<String> {
    let topics: BTreeSet<Topic> =
        matrix.features.iter().filter(|f| f.as_last_recorded).map(|f| f.topic).collect();
    let mut words: Vec<String> = topics.into_iter().map(|topic| topic.undated().to_owned()).collect();
    if history.source.format == "cin-census" {
        words.push("the primary need (taken as known from the end of the first assessment)".to_owned());
    }
    words
}

/// What the models were told, each topic once.
fn told(matrix: &Matrix) -> Vec<String> {
    let topics: BTreeSet<Topic> = matrix.features.iter().map(|f| f.topic).collect();
    topics.into_iter().map(|topic| topic.told().to_owned()).collect()
}

/// What must be said of referrals that fell in a case of which no closing is recorded. How many they are is not said: with
/// all that fell in an open case, it would tell how many fell in a case that was closed later.
fn unclosed(cohort: &Cohort) -> Option<String> {
    (cohort.under_unclosed > 0).then(|| {
        "Some referrals do not count because a case was open of which no closing is on record. If it had in truth been \
         closed, they would have counted, as cases to be asked about and as coming back."
            .to_owned()
    })
}

fn combinations(input: &Input) -> Combinations {
    let names = input.groupings.iter().map(|g| (g.name.clone(), g.levels.clone()));
    Combinations { groupings: names.collect(), found: input.combinations() }
}

fn facts<'r>(
    history: &History,
    experiment: &Experiment,
    rows: impl Iterator<Item = &'r IndexRow>,
) -> CohortFacts {
    let mut facts = CohortFacts::default();
    let again = experiment.cohort.outcome == Kind::Referral;
    let (mut children, mut households) = (Vec::new(), Vec::new());
    for row in rows {
        facts.rows += 1;
        facts.events += u64::from(row.label);
        facts.competing += u64::from(row.competing_on.is_some());
        facts.open += u64::from(again && row.open_throughout && row.competing_on.is_none());
        facts.first = Some(facts.first.map_or(row.predict_on, |d| d.min(row.predict_on)));
        facts.last = Some(facts.last.map_or(row.predict_on, |d| d.max(row.predict_on)));
        children.push(row.child);
        households.push(history.children.household[row.child as usize]);
    }
    let count = |mut v: Vec<u32>| {
        v.sort_unstable();
        v.dedup();
        v.len() as u64
    };
    facts.children = count(children);
    facts.households = if history.source.households { count(households) } else { 0 };
    facts
}
