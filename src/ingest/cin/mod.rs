//! CIN census XML, one file a year and authority, every layout from 2017 to 2026.
//!
//! In: files. Out: [`Ingested`]. A file goes through [`xml`] (known elements only; UPNs and anything unknown are never
//! taken out of the stream), [`record`] (one child as written), [`child`], [`episode`] and [`blocks`] (judged by the
//! [`rules`]) onto the [`stack`], where the years come together, and at last to [`events`]. Memory holds one child as
//! text and all children as judged values. To add a rule, add it to [`rules`] and break it where the fact is judged; to
//! read one more element, see [`xml`].

mod blocks;
mod child;
mod episode;
mod events;
mod header;
mod judge;
mod names;
mod record;
mod rules;
mod stack;
mod xml;

use super::locate::NamedFile;
use super::problem::{At, Findings, Severity};
use super::{FileError, Format, IngestError, Ingested, InputFile, Progress, identify};
use header::Header;
use judge::Judge;
use stack::Stack;
pub(in crate::ingest) use xml::Passed;

/// Reads census files, stacked.
pub(super) fn read(files: &[NamedFile], progress: Progress<'_>) -> Result<Ingested, IngestError> {
    let (mut findings, mut faults) = (Findings::default(), Vec::new());
    let (mut returns, mut inputs): (Vec<Return<'_>>, Vec<InputFile>) = (Vec::new(), Vec::new());
    for file in files {
        match header::read(file, &mut findings)
            .and_then(|header| Ok((header, identify(&file.path, &file.name)?)))
        {
            Ok((header, input)) => {
                returns.push(Return { header, file });
                inputs.push(input);
            }
            Err(fault) => faults.push(fault),
        }
    }
    returns.sort_by(|a, b| (&a.header, &a.file.name).cmp(&(&b.header, &b.file.name)));
    returns.dedup_by(|later, earlier| {
        let same = later.header == earlier.header;
        if same {
            Judge::new(&later.file.name, None, &mut findings).broke(&rules::SAME_YEAR);
        }
        same
    });
    let total = inputs.iter().map(|input| input.bytes).sum();
    let mut done = 0;
    let mut stack = Stack::default();
    for (place, Return { header, file }) in returns.iter().enumerate() {
        let label = format!("reading {}", file.name);
        progress(done, total, &label);
        match stack.add((place, file), header, &mut findings, &|read| progress(done + read, total, &label)) {
            Ok(0) => {
                let what = "it holds no <Child>".to_owned();
                faults.push(FileError::Census { file: file.name.clone(), what });
            }
            Ok(_) => {}
            Err(fault) => faults.push(fault),
        }
        done += inputs.iter().find(|input| input.name == file.name).map_or(0, |input| input.bytes);
    }
    if !faults.is_empty() {
        return Err(IngestError::Files(faults));
    }
    let names: Vec<String> = returns.iter().map(|r| r.file.name.clone()).collect();
    let dropped = std::mem::take(&mut stack.door).dropped();
    let children = stack.children(&names, &mut findings);
    let headers: Vec<&Header> = returns.iter().map(|r| &r.header).collect();
    let mut history = events::history(&children, &headers);
    history.source.dropped = dropped;
    // The first remark is that no household is recorded; each of the others is of a missing year.
    for _missing in history.source.remarks.iter().skip(1) {
        let file = returns.last().map_or("", |r| r.file.name.as_str());
        let at = At { file, place: "Header", row: None, column: "ReferenceDate" };
        let (found, allowed) = (
            "a year before this one without a file",
            "one file for each year; observation ends before the gap",
        );
        findings.add(Severity::Warning, at, found, allowed, None);
    }
    progress(total, total, "reading census files");
    let Findings { problems, quarantined } = findings;
    Ok(Ingested { history, format: Format::CinCensus, problems, quarantined, files: inputs })
}

/// A file and whose census it is.
struct Return<'a> {
    header: Header,
    file: &'a NamedFile,
}
