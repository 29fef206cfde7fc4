//! Figures as inline SVG: drawn from disclosed numbers, readable without colour, each beside its table.
//!
//! In: a [`crate::report::Report`]. Out: a [`Figure`] that [`Figure::render`] sets with its caption, its text
//! alternative and its table. To add a figure, add a file with one function that returns a [`Figure`].

mod attrition;
mod band;
mod bars;
mod calibration;
pub(super) mod case;
mod curve;
mod decision;
mod explanation;
mod group_calibration;
mod groups;
mod hundred;
mod plot;
mod stability;
mod when;
mod when_groups;
mod when_models;

pub(super) use attrition::attrition;
pub(super) use calibration::{bins, calibration, consistency};
pub(super) use curve::{precision_recall, precision_recall_table, roc, roc_table};
pub(super) use decision::{decision, thresholds};
pub(super) use explanation::{case, curve, sources};
pub(super) use group_calibration::group_calibration;
pub(super) use groups::groups;
pub(super) use hundred::hundred;
pub(super) use stability::{learning_curve, over_time};
pub(super) use when::when;
pub(super) use when_groups::when_groups;
pub(super) use when_models::when_models;

use maud::{Markup, html};

/// One figure.
pub(super) struct Figure {
    /// Id in the page.
    pub(super) id: String,
    /// Title.
    pub(super) title: String,
    /// What it shows, in words, for readers who cannot see it; also printed under it.
    pub(super) words: String,
    /// Width and height of the drawing, in its own units.
    pub(super) size: (f64, f64),
    /// The drawing.
    pub(super) drawing: Markup,
}

/// A drawing wider than this does not fit on the screen of a phone, which then says so.
const NARROW: f64 = 440.0;

/// Stands for the number of a figure until the page is whole.
const NUMBER: &str = "\u{fffc}";

/// Gives the figures of a page their numbers, in the order in which they stand.
pub(super) fn number(page: &str) -> String {
    let mut parts = page.split("<figure ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (part, number) in parts.zip(1_usize..) {
        out.push_str("<figure ");
        out.push_str(&part.replace(NUMBER, &number.to_string()));
    }
    out
}

impl Figure {
    /// The figure with its table.
    pub(super) fn render(&self, table: &Markup) -> Markup {
        let (title, desc) = (format!("{}-title", self.id), format!("{}-desc", self.id));
        let (width, height) = self.size;
        html! {
            figure id=(self.id) {
                figcaption { b { "Figure " (NUMBER) ". " } (self.title) }
                div class="picture" data-wide=[(width > NARROW).then_some("")] role="group" tabindex="0" aria-label=(format!("Picture for figure {NUMBER}")) {
                    svg role="img" aria-labelledby=(format!("{title} {desc}")) viewBox=(format!("0 0 {width} {height}"))
                        style=(format!("max-width:{}rem;min-width:{}rem", width / 15.0, width / 22.0)) {
                        title id=(title) { (self.title) }
                        desc id=(desc) { (self.words) }
                        (self.drawing)
                    }
                }
                p class="words" { b { "In words: " } (self.words) }
                details open="open" {
                    summary { "The numbers in figure " (NUMBER) }
                    (table)
                }
            }
        }
    }
}
