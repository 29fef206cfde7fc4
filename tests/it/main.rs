//! The one integration binary; each file is one kind of test.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails"
)]

mod attacker;
mod beside;
mod bias;
mod cards;
mod case;
mod catalogue;
mod census;
mod cin;
mod cli;
mod coverage;
mod cox_oracle;
mod declared;
mod dials;
mod disclosure;
mod docs;
mod explained;
mod explore;
mod export;
mod factors;
mod features;
mod fidelity;
mod final_test;
mod forms;
mod gate;
mod golden;
mod holdout;
mod intervals;
mod invalid;
mod kept;
mod language;
mod laws;
mod leakage;
mod learners;
mod native;
mod numbers;
mod pairs;
mod privacy;
mod recalibrated;
mod recovery;
mod redaction;
mod report;
mod sentinel;
mod spec;
mod splits;
mod stability;
mod story;
mod support;
mod synth;
mod truth;
mod what_if;
mod when;
mod when_coverage;
mod when_models;
mod when_truth;
