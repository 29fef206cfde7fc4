//! `rerefer learners`.

use super::error::Failure;
use super::ui::Ui;
use crate::models::registry::{Entry, REGISTRY};
use std::process::ExitCode;

/// Lists the learners that an experiment can name, and what each can be set to.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Name learners in `models.learners` of an experiment file, and set them in a section of their own:

  [models]
  learners = [\"earlier-referrals\", \"logistic\"]

  [models.logistic]
  l2 = 10

Example:
  rerefer learners"
)]
pub(super) struct Args {}

pub(super) fn main(_: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let lines: Vec<String> = REGISTRY.iter().map(lines).collect();
    let setting = |s: &crate::models::settings::Setting| {
        serde_json::json!({
            "key": s.key, "default": s.default, "least": s.range.0, "most": s.range.1, "whole": s.whole, "meaning": s.words
        })
    };
    let json = serde_json::json!({
        "learners": REGISTRY.iter().map(|entry| serde_json::json!({
            "id": entry.id,
            "title": entry.title,
            "words": entry.words,
            "baseline": entry.baseline,
            "takes_weights": entry.takes_weights,
            "settings": entry.settings.iter().map(setting).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    ui.result(&lines.join("\n\n"), &json);
    Ok(ExitCode::SUCCESS)
}

fn lines(entry: &Entry) -> String {
    let baseline = if entry.baseline { " (a baseline)" } else { "" };
    let mut out = format!("{}{baseline}\n    {}", entry.id, entry.words);
    for s in entry.settings {
        let kind = if s.whole { "whole numbers " } else { "" };
        let (low, high) = s.range;
        out += &format!("\n    {} = {}   {kind}{low} to {high}\n        {}", s.key, s.default, s.words);
    }
    out
}
