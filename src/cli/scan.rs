//! `rerefer scan`.

use super::error::{Failure, Kind};
use super::ui::Ui;
use crate::notes::scan::{Hit, Scanned, scan};
use crate::report::thousands;
use std::path::PathBuf;
use std::process::ExitCode;

/// Looks for identifiers in any file or folder, and fails where they stand: names, NHS and pupil numbers, addresses and the like.
///
/// It says what kinds stand in which file and column, how often, and in which lines first; it never prints what they are. Finding
/// nothing does not show that nothing is there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rerefer scan data/
  rerefer scan notes.csv report.html

Looks into CSV and Parquet tables by column, and into texts (txt, md, log, eml) by line. Of what machines read (json, xml,
html, toml, tsv, svg) only numbers, addresses of e-mail and pages, and postcodes are looked for. Other files are named.")]
pub(super) struct Args {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

pub(super) fn main(args: &Args, ui: &Ui) -> Result<ExitCode, Failure> {
    let Scanned { hits, files, not_looked_into } =
        scan(&args.paths).map_err(|why| Failure::new(Kind::Usage, why, "check the path"))?;
    for (file, why) in &not_looked_into {
        ui.note(&format!("not looked into: {}: {why}", file.display()));
    }
    if hits.is_empty() {
        let all = if files == 1 { "1 file".to_owned() } else { format!("{} files", thousands(files)) };
        let not = match not_looked_into.len() {
            0 => String::new(),
            1 => " 1 other could not be looked into.".to_owned(),
            n => format!(" {n} others could not be looked into."),
        };
        let text = format!("No identifier was found in {all}. That does not show that there is none.{not}");
        ui.result(
            &text,
            &serde_json::json!({"files": files, "hits": [], "not_looked_into": not_looked_into.len()}),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let lines: Vec<String> = hits.iter().map(told).collect();
    let message = format!("identifiers stand in what was looked at\n{}", lines.join("\n"));
    Err(Failure::new(
        Kind::Data,
        message,
        "take them out (`rerefer redact` for notes) before anybody else gets these files",
    ))
}

fn told(hit: &Hit) -> String {
    let column = if hit.column.is_empty() { String::new() } else { format!(", column {}", hit.column) };
    if hit.count == 0 {
        return format!("  {}{column}: {}", hit.file.display(), hit.what);
    }
    let first: Vec<String> = hit.first.iter().map(u64::to_string).collect();
    let more = if hit.count > first.len() as u64 { ", \u{2026}" } else { "" };
    let times = if hit.count == 1 { "once".to_owned() } else { format!("{} times", thousands(hit.count)) };
    format!("  {}{column}: {} {times} (line {}{more})", hit.file.display(), hit.what, first.join(", "))
}
