//! The forms of a report as files: one text, one order, the same numbers in each.

use super::cards::{self, Board};
use super::html::case;
use super::pieces::{self, File};
use super::{Report, html, json, markdown, workbook};

/// A form that a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One page for a browser.
    Html,
    /// Sheets of paper, tagged for screen readers.
    #[cfg(feature = "pdf")]
    Pdf,
    /// The tables as a workbook.
    Xlsx,
    /// Every number with its interval and status.
    Json,
    /// Plain text.
    Md,
    /// Cards, records and the sheets for families.
    Records,
    /// The fields of the Algorithmic Transparency Recording Standard.
    Atrs,
    /// What a model was given of the simulated case, if there is one.
    Case,
    /// Each table as a file.
    Csv,
    /// Each figure as a file.
    Svg,
    /// Each figure as a file, for slides.
    #[cfg(feature = "pdf")]
    Png,
}

impl Form {
    /// What a run writes.
    pub const USUAL: &[Self] = &[
        Self::Html,
        #[cfg(feature = "pdf")]
        Self::Pdf,
        Self::Xlsx,
        Self::Json,
    ];

    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Html,
        #[cfg(feature = "pdf")]
        Self::Pdf,
        Self::Xlsx,
        Self::Json,
        Self::Md,
        Self::Records,
        Self::Atrs,
        Self::Case,
        Self::Csv,
        Self::Svg,
        #[cfg(feature = "pdf")]
        Self::Png,
    ];

    /// Its name in a command.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            #[cfg(feature = "pdf")]
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Md => "md",
            Self::Records => "records",
            Self::Atrs => "atrs",
            Self::Case => "case",
            Self::Csv => "csv",
            Self::Svg => "svg",
            #[cfg(feature = "pdf")]
            Self::Png => "png",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Html => "one page for a browser, self-contained",
            #[cfg(feature = "pdf")]
            Self::Pdf => "A4, tagged for screen readers",
            Self::Xlsx => "every table on a sheet of its own",
            Self::Json => "every number with its interval and status",
            Self::Md => "plain text",
            Self::Records => {
                "model card, datasheet, transparency record, checklists, evidence, risk log, sheets for families"
            }
            Self::Atrs => "the transparency record as fields",
            Self::Case => "what a model was given of one simulated case; only where there is one",
            Self::Csv => "every table as a file, with an index",
            Self::Svg => "every figure as a drawing, with an index",
            #[cfg(feature = "pdf")]
            Self::Png => "every figure as a picture for slides, with an index",
        }
    }

    /// The file, or the folder of its files.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            #[cfg(feature = "pdf")]
            Self::Pdf => "report.pdf",
            Self::Xlsx => "tables.xlsx",
            Self::Json => "evaluation.json",
            Self::Md => "report.md",
            Self::Records => "records.html",
            Self::Atrs => "atrs.json",
            Self::Case => "case.html",
            Self::Csv => "tables/",
            Self::Svg => "figures/",
            #[cfg(feature = "pdf")]
            Self::Png => "figures/",
        }
    }
}

/// Names and contents of what a run writes, and what went wrong; with the owner's answers the records as well. The page and the
/// numbers are there whatever becomes of the other forms: a long run must not be lost for the sake of its print.
#[must_use]
pub fn of_run(report: &Report, board: Option<&Board>) -> (Vec<(String, Vec<u8>)>, Option<String>) {
    let records: &[Form] = if board.is_some() { &[Form::Records, Form::Atrs] } else { &[] };
    let none = Board::default();
    match files(report, board.unwrap_or(&none), &[Form::USUAL, records].concat()) {
        Ok(files) => (files, None),
        Err(why) => {
            let sure = vec![
                (Form::Html.file().to_owned(), html(report).into_bytes()),
                (Form::Json.file().to_owned(), json(report).into_bytes()),
            ];
            (sure, Some(why))
        }
    }
}

/// Names and contents of the files of some forms, in their order; the owner's answers go into the records and the case. A report
/// that has no case to show has no file of it. Names have `/` between
/// folders.
///
/// # Errors
/// In words, where a form cannot be made of the page: a fault of the program.
pub fn files(report: &Report, board: &Board, forms: &[Form]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let page = html(report);
    #[cfg(feature = "pdf")]
    let paper = if forms.iter().any(|form| matches!(form, Form::Pdf | Form::Records)) {
        super::pdf(&page, report.simulated)?
    } else {
        Default::default()
    };
    #[cfg(not(feature = "pdf"))]
    let paper = (Vec::<u8>::new(), super::Sheets::new());
    let mut out: Vec<File> = Vec::new();
    for form in forms {
        let one = |bytes: Vec<u8>| vec![(form.file().to_owned(), bytes)];
        let files = match form {
            Form::Html => one(page.clone().into_bytes()),
            #[cfg(feature = "pdf")]
            Form::Pdf => one(paper.0.clone()),
            Form::Xlsx => one(workbook(&page)?),
            Form::Json => one(json(report).into_bytes()),
            Form::Md => one(markdown(&page)?.into_bytes()),
            Form::Records => one(cards::html(report, board, &paper.1).into_bytes()),
            Form::Atrs => one(cards::atrs_json(report, board).into_bytes()),
            Form::Case => case::html(report, board).map(|page| one(page.into_bytes())).unwrap_or_default(),
            Form::Csv => pieces::tables(&page, report)?,
            Form::Svg => pieces::svgs(&page, report)?,
            #[cfg(feature = "pdf")]
            Form::Png => pieces::pngs(&page, report)?,
        };
        // Drawings and pictures share their index.
        let new = files
            .into_iter()
            .filter(|(name, _)| out.iter().all(|(own, _)| own != name))
            .collect::<Vec<File>>();
        out.extend(new);
    }
    Ok(out)
}
