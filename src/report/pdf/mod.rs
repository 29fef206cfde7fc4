//! `report.pdf`: the page on A4, tagged for screen readers (PDF/UA-1), with figures as vectors; made without network or clock.
//!
//! In: the HTML page. Out: bytes of a PDF, the same for the same page. The text comes from the page by
//! [`super::document`]; `style.typ` says how it is set. Fonts come with the program.

mod markup;
mod paper;

use super::document::{Block, blocks, plain};
use super::words::NOTICE;
use super::{Sheets, html};

const STYLE: &str = include_str!("style.typ");

/// Sets a page on paper, and says on which sheet each of its sections begins.
///
/// # Errors
/// In words, where the page holds what is not known, or cannot be set by the rules of PDF/UA.
pub fn pdf(page: &str, simulated: bool) -> Result<(Vec<u8>, Sheets), String> {
    let blocks = blocks(page)?;
    let title = blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, text, .. } => Some(plain(text)),
        _ => None,
    });
    let title = title.ok_or("the page has no title")?;
    let body = markup::markup(&blocks);
    let source = format!(
        "{STYLE}\n#show: report.with({}, {}, {simulated})\n{}",
        markup::string(&title),
        markup::string(NOTICE),
        body.source
    );
    let figures = body.figures.iter().map(html::drawing).collect();
    paper::print(source, figures, &title)
}
