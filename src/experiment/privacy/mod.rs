//! How far children stand out in a run: in what somebody might know of them, in the table that models learn from, and at the
//! answers of the models.
//!
//! In: what the stages of a run made. Out: [`Found`], exact. [`people`] says what somebody might know, [`structure`] asks a model;
//! the counting is in [`anonymity`](crate::privacy::anonymity).

mod people;
pub(super) mod structure;
#[cfg(test)]
mod tests;

use super::fit::Taught;
use super::ingredients::Made;
use super::run::Test;
use crate::privacy::anonymity::{Found, Structure};

/// Why nothing is said of the models of a test on other data.
const ELSEWHERE: &str =
    "the models were taught elsewhere, and the records that they learned from are not here";

/// Measures a run. `structures` are those of the models that it taught, `kept` the models that it keeps.
pub(super) fn measure(made: &Made<'_>, mut structures: Vec<Structure>, kept: &[Taught]) -> Found {
    let ground = &made.ground;
    let all: Vec<u32> = (0..ground.cohort.rows.len() as u32).collect();
    let models = &ground.experiment.models;
    for (entry, fitted) in kept {
        let of = structure::of(ground, (entry, models), fitted, &all);
        // Where settings are chosen, those of a kept model were chosen anew.
        let asked = of.asked.filter(|_| ground.experiment.tuning.is_none());
        structures.push(Structure { kept: true, asked, ..of });
    }
    Found {
        format: made.history.source.format.clone(),
        dropped: made.history.source.dropped.clone(),
        known: people::known(made.history, &ground.cohort.rows, ground.matrix),
        models: match made.test {
            Test::External { .. } => Err(ELSEWHERE.to_owned()),
            Test::Ordinary | Test::Final(_) => Ok(structures),
        },
    }
}
