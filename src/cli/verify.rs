//! `rerefer verify`.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::verify::{Case, cases};
use std::process::ExitCode;

/// Replays published numbers of other programs on this machine and compares ours with them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Each line gives the number of another program, ours, and how near that must be. The data are inside
rerefer; nothing is read or sent.

Example:
  rerefer verify"
)]
pub(super) struct Args {}

pub(super) fn main(_: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let cases = cases();
    let wrong = cases.iter().filter(|case| !case.agrees()).count();
    let lines: Vec<String> = cases.iter().map(line).collect();
    let summary = match wrong {
        0 => format!("All {} numbers agree.", cases.len()),
        n => format!("{n} of {} numbers DO NOT agree.", cases.len()),
    };
    let json = serde_json::json!({
        "cases": cases.iter().map(|case| serde_json::json!({
            "what": case.what,
            "program": case.program,
            "expected": case.expected,
            "got": case.got.as_ref().ok(),
            "tolerance": case.tolerance,
            "agrees": case.agrees(),
            "note": case.note,
        })).collect::<Vec<_>>(),
        "wrong": wrong,
    });
    ui.result(&format!("{}\n{summary}", lines.join("\n")), &json);
    if wrong > 0 {
        let message = "rerefer's arithmetic differs from that of other programs on this machine".to_owned();
        return Err(Failure::new(
            Kind::Internal,
            message,
            "do not use its numbers; please report the lines above",
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(case: &Case) -> String {
    let got = case.got.as_ref().map_or_else(Clone::clone, |got| format!("{got:.12}"));
    let short =
        |v: f64| if v.abs() < 1e-4 && v.abs() > 0.0 { format!("{v:.11e}") } else { format!("{v:.12}") };
    let got = case.got.as_ref().map_or(got, |got| short(*got));
    let mark = if case.agrees() { "ok   " } else { "WRONG" };
    let note = case.note.map_or_else(String::new, |note| format!("\n        ({note})"));
    format!(
        "{mark} {}\n        {}: {}   rerefer: {got}   tolerance: {:e}{note}",
        case.what,
        case.program,
        short(case.expected),
        case.tolerance
    )
}
