//! A figure by itself: caption above, drawing, notices below, words for those who cannot see it.

use maud::{PreEscaped, html};

use super::{NOTICE, Picture, SIMULATED};
use crate::report::Report;
use crate::report::document::rules;
use crate::report::html::STYLE;

/// Room at every edge, in the drawing's units.
const EDGE: f64 = 20.0;
/// Least width between the edges, so that a caption has room.
const LEAST: f64 = 460.0;
/// Height of a line of the caption and of a notice.
const LINES: (f64, f64) = (20.0, 16.0);
/// Width of a letter of the caption, as a share of its size: generous, since programs set SVG in their own fonts.
const LETTER: f64 = 15.0 * 0.48;

/// What stands around the drawing, beside the rules of the page for drawings.
const OWN: &str = "text.caption{font-size:15px}text.caption.data{font-weight:bold;fill:#5a2b00}text.notice{font-size:11.5px;fill:#333}";

/// An SVG file in the colours of print.
pub(super) fn sheet(picture: &Picture, report: &Report) -> String {
    let (own, height) = picture.figure.size;
    let within = own.max(LEAST);
    let caption = picture.caption();
    let lines = super::wrapped(&caption, (within / LETTER) as usize);
    let data = if report.simulated { vec![SIMULATED.to_owned()] } else { Vec::new() };
    let above = EDGE + LINES.0 * (data.len() + lines.len()) as f64;
    let below = above + 8.0 + height + 22.0;
    let source = format!("rerefer {}, run {}.", report.version, report.run_id);
    let (width, whole) = (within + 2.0 * EDGE, below + LINES.1 + EDGE - 8.0);
    let words = format!("{} {}", picture.figure.words, super::notice(report));
    let heads = data.iter().map(|line| (line, "caption data")).chain(lines.iter().map(|l| (l, "caption")));
    let page = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {whole}")) width=(width) height=(whole)
            role="img" aria-labelledby="sheet-title sheet-words" lang="en-GB" {
            title id="sheet-title" { (caption) }
            desc id="sheet-words" { (words) }
            style { (PreEscaped(rules(STYLE))) (PreEscaped(OWN)) }
            rect width=(width) height=(whole) fill="#fff" {}
            @for (number, (line, class)) in heads.enumerate() {
                text class=(class) x=(EDGE) y=(EDGE + 13.0 + LINES.0 * number as f64) { (line) }
            }
            svg x=(EDGE) y=(above + 8.0) width=(own) height=(height) viewBox=(format!("0 0 {own} {height}")) {
                (PreEscaped(&picture.figure.drawing))
            }
            text class="notice" x=(EDGE) y=(below) { (NOTICE) }
            text class="notice" x=(EDGE) y=(below + LINES.1) { (source) }
        }
    };
    format!("{}\n", page.into_string())
}
