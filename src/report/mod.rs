//! The report: numbers that passed disclosure control, laid out by writers that never calculate.
//!
//! In: [`ingredients::Ingredients`], exact, through [`crate::privacy::disclosure::disclose`]. Out: one [`Report`], and
//! from it `report.html` ([`html()`]) and `evaluation.json` ([`json()`]); from the page, by `document`, `report.pdf` ([`pdf()`]),
//! `tables.xlsx` ([`workbook()`]) and `report.md` ([`markdown()`]): same numbers, same order, same words. To add a
//! section, add a file under `html/`; to add a figure, one under `figure/`; to add an output, a writer beside [`json()`].

pub mod acro;
mod bias;
pub mod cards;
mod compared;
mod contents;
mod document;
pub mod explanation;
pub mod explore;
mod figure;
pub mod folds;
#[cfg(feature = "pdf")]
mod fonts;
pub mod forms;
mod gate;
mod html;
pub mod ingredients;
mod json;
mod json_explanation;
mod json_folds;
mod json_stability;
mod markdown;
#[cfg(feature = "pdf")]
mod pdf;
mod pieces;
pub mod privacy;
pub mod rates;
pub mod stability;
pub mod what_if;
pub mod when;
pub mod when_models;
pub mod when_more;
pub(crate) mod words;
mod workbook;

pub use bias::{Between, BiasGap, Explained, Fault, RateBounds, RecordingBias};
pub use compared::{ComparisonLine, ContrastLine, EqualPrecision, TestLine};
pub use contents::{
    AttritionStep, BackwardYear, CapacityTable, Facts, Finding, Fold, GroupTable, LevelLine, Line, Removed,
    Report, Withheld,
};
pub use gate::{Gate, GateCriterion, GatePart};
pub use html::case::one_case_page;
pub(crate) use html::format::thousands;
pub use html::html;
pub use json::json;
pub use markdown::markdown;
#[cfg(feature = "pdf")]
pub use pdf::pdf;
pub use workbook::workbook;

/// The sheet of paper, from 1, on which each section of the page begins, by the section's id.
pub type Sheets = std::collections::BTreeMap<String, usize>;
