//! rerefer asks whether records can tell when a child referred to children's services may come back, and answers
//! honestly: better than counting earlier referrals, no better, or cannot say.
//!
//! # The map
//!
//! Every stage is a function from one named type to the next, and [`experiment::run`](mod@experiment::run) is those calls in order:
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | [`ingest`] | files | [`history::History`] |
//! | [`cohort`] | a history | [`cohort::Cohort`]: index referrals, labels, attrition; [`cohort::TimedCohort`]: how long until what |
//! | [`features`] | a history and index referrals | [`features::Matrix`] and its dictionary |
//! | [`split`] | index referrals | [`split::Plan`]: who trains, who is tested |
//! | [`models`] | a matrix and a plan | out-of-fold predictions |
//! | [`evaluate`] | predictions and outcomes | [`evaluate::Evaluation`]: every measure with its interval |
//! | [`privacy`] | exact numbers | numbers that may leave |
//! | [`report`] | those numbers | one HTML page; the same as PDF, workbook, plain text, tables and figures; one JSON file; cards and records; a folder for output checkers |
//!
//! Beside the path: [`schema`] says what tables, columns and codes are; [`synth`] makes histories whose true risks are
//! known; [`survival`] holds estimators of times to events; [`artefact`] keeps models for tests on other data; [`explain`] says why a model gives the numbers that it gives;
//! [`notes`] takes out of texts what identifies people;
//! [`verify`] replays numbers of other programs; [`ledger`] records what was decided before a test was opened; [`io`] and [`num`] are small floors; [`cli`] turns
//! arguments into calls and errors into advice. Only [`io`], [`ledger`], [`cli`], the readers and the writer of simulations
//! touch disk, and only [`cli`] clock or terminal.
//!
//! # Glossary
//!
//! * **Referral**: a request for services for a child, received by an authority's children's social care.
//! * **Index referral**: a referral that the study asks about.
//! * **Prediction point**: the day on which the prediction is made; only what was known before it may be used.
//! * **Horizon**: the days within which the outcome must come.
//! * **Outcome**: what is predicted: a re-referral, or an escalation such as a child protection plan.
//! * **Episode**: the spell that one referral opens and a closure ends.
//! * **Follow-up**: the days after an index referral on which an outcome would have been recorded.
//! * **Competing end**: death, transfer, adoption or the 18th birthday, after which the outcome cannot come.
//! * **Capacity**: the share of referrals that a service could look at twice.
//! * **Final test** (holdout): the last referrals, which ordinary runs leave alone and the ledger opens.
//! * **Gate**: what a model must show, written before the final test is opened.
//! * **Run**: one experiment on one data set by one version of the code, named by a digest of all three.

pub mod artefact;
pub mod cli;
pub mod cohort;
pub mod evaluate;
pub mod experiment;
pub mod explain;
pub mod features;
pub mod history;
pub mod ingest;
pub mod io;
pub mod ledger;
pub mod models;
pub mod notes;
pub mod num;
pub mod privacy;
pub mod report;
pub mod schema;
pub mod split;
pub mod survival;
pub mod synth;
pub mod verify;
