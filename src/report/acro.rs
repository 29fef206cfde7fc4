//! The report's tables and figures as a folder for an output checker, laid out as ACRO 1.0.2 writes its own, so that ACRO and the SACRO
//! Viewer open it.
//!
//! In: a [`Report`]. Out: names and bytes: `results.json`, `config.json`, `read-first.txt`, a CSV file a table, a PNG file a figure (ACRO
//! refuses SVG), and a digest of each in `checksums/`. ACRO checked none of it, and the folder says so: every output is for review,
//! `outcome`, where ACRO writes what its checks found, is empty, and limits that rerefer does not apply are null. `timestamp` is empty,
//! which both programs take: nothing here knows a clock.

use serde_json::{Map, Value, json};

use super::document::grid::{Cell, Grid, HIDDEN};
use super::pieces::{File, Pieces, READING, SIMULATED, Table, notice, place};
use super::words::NOTICE;
use super::{Report, html};
use crate::io::digest;

mod words;

/// The version of ACRO whose layout this is: ACRO reads no other, and the viewer none before 0.4.
pub const LAYOUT: &str = "1.0.2";

/// Who wrote the folder, as its `results.json` says.
pub const TOOL: &str = "rerefer";

/// The folder: names, with `/` between folders, and bytes.
///
/// # Errors
/// In words, where a table or figure cannot be made of the page: a fault of the program.
pub fn acro(report: &Report) -> Result<Vec<(String, Vec<u8>)>, String> {
    let pieces = Pieces::of(&html(report))?;
    let mut results = Map::new();
    let mut files: Vec<File> = Vec::new();
    let mut add = |output: Output, bytes: Vec<u8>| {
        files.push((output.file.clone(), bytes));
        results.insert(output.uid.clone(), output.value(report));
    };
    add(read_first(), words::read_first(report, &pieces).into_bytes());
    for table in &pieces.tables {
        add(of_table(table, report), table.csv()?);
    }
    #[cfg(feature = "pdf")]
    for picture in &pieces.pictures {
        add(of_picture(picture, report), picture.png(report)?);
    }
    let tool = json!({"@type": "SoftwareApplication", "name": TOOL, "version": report.version});
    let results = json!({"version": LAYOUT, "tool": tool, "results": results});
    files.push(("results.json".to_owned(), ascii(&results)?));
    files.push(("config.json".to_owned(), ascii(&config(report))?));
    let sums =
        files.iter().map(|(name, bytes)| (format!("checksums/{name}.txt"), digest::hex(bytes).into_bytes()));
    let sums: Vec<File> = sums.collect();
    files.extend(sums);
    Ok(files)
}

/// One output as ACRO records it.
struct Output {
    uid: String,
    file: String,
    kind: &'static str,
    method: String,
    /// Further properties: number, section and caption.
    about: Vec<(&'static str, String)>,
    command: String,
    summary: String,
    comments: Vec<String>,
    sdc: Value,
}

impl Output {
    fn value(&self, report: &Report) -> Value {
        let mut properties = Map::new();
        properties.insert("method".to_owned(), self.method.clone().into());
        properties.extend(self.about.iter().map(|(key, words)| ((*key).to_owned(), marked(words).into())));
        let mut comments: Vec<String> = self.comments.iter().map(|c| marked(c)).collect();
        // The viewer shows a researcher the first three.
        comments.insert(1, notice(report));
        json!({
            "uid": self.uid,
            "status": "review",
            "type": self.kind,
            "properties": properties,
            "files": [{"name": self.file, "sdc": self.sdc}],
            "outcome": {},
            "command": format!("rerefer {}, run {}: {}", report.version, report.run_id, self.command),
            "summary": self.summary,
            "timestamp": "",
            "comments": comments,
            "exception": "",
            "fair": {},
        })
    }
}

/// The page that an output checker reads first.
fn read_first() -> Output {
    Output {
        uid: "read-first".to_owned(),
        file: "read-first.txt".to_owned(),
        kind: "custom",
        method: "read first".to_owned(),
        about: Vec::new(),
        command: "what is here and what was done to it".to_owned(),
        summary: format!("review; text; {}", words::NO_CHECK),
        comments: vec![
            "Read this first: what is in this folder, which rules were applied, and what to look for."
                .to_owned(),
        ],
        sdc: json!({}),
    }
}

fn of_table(table: &Table, report: &Report) -> Output {
    let Grid { section, caption, heads, rows } = &table.grid;
    let cells = hidden(&table.grid);
    let all = rows.len() * heads.len().saturating_sub(1);
    let title = format!("Table {} of section \u{201c}{section}\u{201d}: {caption}.", table.number);
    let done = format!(
        "{} Of the {all} cells here, {} are hidden. {}.",
        words::done(report.threshold),
        cells.len(),
        words::NO_CHECK
    );
    Output {
        uid: table.name.clone(),
        file: format!("{}.csv", table.name),
        kind: "table",
        method: place(&table.name),
        about: vec![
            ("number", table.number.to_string()),
            ("section", section.clone()),
            ("caption", caption.clone()),
        ],
        command: format!("table {}", table.number),
        summary: format!("review; hidden: {} of {all} cells; {}", cells.len(), words::NO_CHECK),
        comments: vec![title, done, READING.to_owned()],
        sdc: json!({
            "summary": {"suppressed": !cells.is_empty(), "hidden": cells.len()},
            "cells": {"hidden": cells},
        }),
    }
}

#[cfg(feature = "pdf")]
fn of_picture(picture: &super::pieces::Picture, report: &Report) -> Output {
    let caption = picture.caption();
    let numbers = match picture.tables.as_slice() {
        [] => "Its numbers are in the report.".to_owned(),
        tables => format!("Its numbers are in {}.", tables.join(" and ")),
    };
    let done = format!("{numbers} {} {}.", words::done(report.threshold), words::NO_CHECK);
    Output {
        uid: picture.name.clone(),
        file: format!("{}.png", picture.name),
        kind: "custom",
        method: place(&picture.name),
        about: vec![
            ("number", picture.number.to_string()),
            ("section", picture.section.clone()),
            ("caption", caption.clone()),
        ],
        command: format!("figure {}", picture.number),
        summary: format!("review; figure; {}", words::NO_CHECK),
        comments: vec![format!("{caption}. {}", picture.figure.words), done],
        sdc: json!({}),
    }
}

/// Where cells are hidden: row and column, from 0, without the heads of rows and columns.
fn hidden(grid: &Grid) -> Vec<[usize; 2]> {
    let at = |cell: &Cell| matches!(cell, Cell::Text(text) if text == HIDDEN);
    let rows = grid.rows.iter().enumerate();
    rows.flat_map(|(row, cells)| {
        let cells = cells.iter().skip(1).enumerate();
        cells.filter(|(_, cell)| at(cell)).map(move |(column, _)| [row, column])
    })
    .collect()
}

/// The limits that were applied, by ACRO's names for them; null is a limit that was not.
fn config(report: &Report) -> Value {
    json!({
        "safe_threshold": report.threshold,
        "safe_dof_threshold": null,
        "safe_nk_n": 2,
        "safe_nk_k": 0.9,
        "safe_pratio_p": null,
        "check_missing_values": false,
        "survival_safe_threshold": report.threshold,
        "zeros_are_disclosive": true,
        "safe_round_base": if report.profile.nearest == 1 { 10 } else { report.profile.nearest },
        "federated": false,
        "blocked_extensions": [".svg", ".gph"],
        "suppress": true,
        "applied_by": format!("rerefer {}. {}.", report.version, words::NO_CHECK),
        "profile": report.profile.name,
        "dominance": "nk is of the households that the referrals of a count come from: two may not hold nine tenths of it.",
        "not_applied": "null: the p-ratio, since no table adds up amounts of money or the like; \
                        degrees of freedom, since estimates are hidden with the counts that they rest on instead.",
        "rounding": words::rounding(report),
    })
}

/// The viewer puts comments into its page as they are: nothing in them may be taken for a tag.
fn marked(text: &str) -> String {
    text.replace('<', "\u{2039}").replace('>', "\u{203a}")
}

/// JSON without letters beyond ASCII: on Windows the viewer reads it in the system's encoding.
fn ascii(value: &Value) -> Result<Vec<u8>, String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())?;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            let units = letter
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<String>();
            out.push_str(&units);
        }
    }
    out.push('\n');
    Ok(out.into_bytes())
}
