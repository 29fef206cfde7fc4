//! The page as blocks, so that every other form of a report has the same text in the same order.
//!
//! In: the HTML that [`super::html()`] wrote. Out: [`Block`]s: headings, paragraphs, lists, tables and figures, from which the PDF,
//! the workbook and the Markdown text are laid out. What the reader does not know is an error and not left out; a test reads the whole page
//! of a run.

mod blocks;
mod drawing;
pub(in crate::report) mod grid;
mod tree;

pub(in crate::report) use blocks::blocks;
pub(in crate::report) use drawing::rules;
#[cfg(feature = "pdf")]
pub(in crate::report) use drawing::svg;

/// A word and what it means.
pub(in crate::report) type Term = (Vec<Inline>, Vec<Inline>);

/// Text within a block.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) enum Inline {
    /// Plain.
    Text(String),
    /// Of weight.
    Strong(Vec<Self>),
    /// An interval or a remark beside a number.
    Soft(Vec<Self>),
    /// A file, a key or a value.
    Code(String),
    /// To another place of the page.
    Link {
        /// Id of the place.
        to: String,
        /// What is read.
        text: Vec<Self>,
    },
    /// A line's end.
    Break,
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Class {
    /// As others.
    Plain,
    /// What a section found, in a sentence.
    Lead,
    /// For those who ask how.
    Note,
    /// What kind of page this is.
    Kicker,
    /// The answer in a few words.
    Short,
}

/// What a box is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Kind {
    /// A notice.
    Banner,
    /// That the data are simulated.
    Warning,
    /// The answer.
    Verdict,
    /// Beside the text.
    Aside,
}

/// A table: a caption, column heads, and rows that begin with their head.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::report) struct Table {
    /// Caption.
    pub(in crate::report) caption: Vec<Inline>,
    /// Column heads.
    pub(in crate::report) heads: Vec<Vec<Inline>>,
    /// Rows: the head, then the cells.
    pub(in crate::report) rows: Vec<Vec<Vec<Inline>>>,
}

/// A figure with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Figure {
    /// Id.
    pub(in crate::report) id: String,
    /// Number and title.
    pub(in crate::report) caption: Vec<Inline>,
    /// What it shows, in words.
    pub(in crate::report) words: String,
    /// The drawing: what stands between `<svg>` and `</svg>`.
    pub(in crate::report) drawing: String,
    /// Width and height in the drawing's units.
    pub(in crate::report) size: (f64, f64),
    /// Its table and whatever else follows.
    pub(in crate::report) blocks: Vec<Block>,
}

/// A part of the page.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) enum Block {
    /// A heading of level 1 to 4.
    Heading {
        /// Level.
        level: u8,
        /// Id of the section that it begins, if it begins one.
        id: Option<String>,
        /// Text.
        text: Vec<Inline>,
    },
    /// Where the list of contents stands; each form makes its own.
    Contents,
    /// A paragraph.
    Paragraph(Class, Vec<Inline>),
    /// A list; numbered or not.
    List(bool, Vec<Vec<Inline>>),
    /// Words and what they mean.
    Terms(Vec<Term>),
    /// A table.
    Table(Table),
    /// A figure.
    Figure(Figure),
    /// A box.
    Boxed(Kind, Vec<Self>),
}

/// Plain text of what is read.
pub(in crate::report) fn plain(of: &[Inline]) -> String {
    let part = |inline: &Inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text.clone(),
        Inline::Strong(inner) | Inline::Soft(inner) | Inline::Link { text: inner, .. } => plain(inner),
        Inline::Break => " ".to_owned(),
    };
    of.iter().map(part).collect()
}
