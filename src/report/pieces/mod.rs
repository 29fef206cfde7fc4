//! The tables and figures of the page as files of their own, for analysts: `tables/*.csv`, `figures/*.svg` and `figures/*.png`.
//!
//! In: the HTML page. Out: [`File`]s. A table is a plain rectangle ([`csv`]), so that Excel, pandas and R read it; what it is, and what
//! it must not be used for, is in `index.csv` beside it. A picture bears its caption and notices itself ([`sheet`]), for it ends up on
//! somebody's slide. Names are made of a number and the id of a section, never of words that a table holds. The file names of a
//! rehearsal on simulated data are those of the real run, so that scripts written for one read the other.

mod csv;
#[cfg(feature = "pdf")]
mod png;
mod sheet;
#[cfg(test)]
mod tests;

use super::Report;
use super::document::grid::{Grid, grid};
use super::document::{Block, Figure, blocks, plain};
use super::words::NOTICE;

/// What is said of simulated data.
pub(in crate::report) const SIMULATED: &str =
    "SIMULATED DATA. The children behind these numbers do not exist.";
/// How a table is read.
pub(in crate::report) const READING: &str = "\u{201c}hidden\u{201d} means that a number rests on too few referrals, or that another one could be worked out from it; \
     it does not mean 0; 0 is \u{201c}none\u{201d}. Percentages are shares of 1. An interval is in the two columns after its number.";

/// A file: its path from the folder of the report, with `/` between folders, and its bytes.
pub(in crate::report) type File = (String, Vec<u8>);

/// A table of the page.
#[derive(Debug)]
pub(in crate::report) struct Table {
    /// Name of its file without ending.
    pub(in crate::report) name: String,
    /// Its place among the tables, from 1: that of its sheet in the workbook.
    pub(in crate::report) number: usize,
    /// What it holds.
    pub(in crate::report) grid: Grid,
}

impl Table {
    /// As CSV.
    pub(in crate::report) fn csv(&self) -> Result<Vec<u8>, String> {
        csv::table(&self.grid)
    }
}

/// A figure of the page.
#[derive(Debug)]
pub(in crate::report) struct Picture {
    /// Name of its file without ending.
    pub(in crate::report) name: String,
    /// Its number in the report.
    pub(in crate::report) number: usize,
    /// Heading of its section.
    pub(in crate::report) section: String,
    /// Names of the tables that hold its numbers.
    pub(in crate::report) tables: Vec<String>,
    /// What it shows.
    pub(in crate::report) figure: Figure,
}

impl Picture {
    /// Number and title.
    pub(in crate::report) fn caption(&self) -> String {
        plain(&self.figure.caption)
    }

    /// As SVG, with caption and notices.
    pub(in crate::report) fn svg(&self, report: &Report) -> String {
        sheet::sheet(self, report)
    }

    /// The same as PNG.
    #[cfg(feature = "pdf")]
    pub(in crate::report) fn png(&self, report: &Report) -> Result<Vec<u8>, String> {
        png::png(&self.svg(report))
    }
}

/// The tables and figures of a page, in its order.
#[derive(Debug, Default)]
pub(in crate::report) struct Pieces {
    /// Tables, those of figures too.
    pub(in crate::report) tables: Vec<Table>,
    /// Figures.
    pub(in crate::report) pictures: Vec<Picture>,
    /// Id and heading of the section that is being read.
    section: (String, String),
}

impl Pieces {
    /// Reads a page.
    ///
    /// # Errors
    /// As [`blocks`].
    pub(in crate::report) fn of(page: &str) -> Result<Self, String> {
        let mut out = Self::default();
        out.read(&blocks(page)?);
        Ok(out)
    }

    fn read(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { level: 2, id, text } => {
                    self.section = (id.clone().unwrap_or_default(), plain(text));
                }
                Block::Table(table) => {
                    let number = self.tables.len() + 1;
                    let (place, heading) = self.section.clone();
                    let name = name("table", number, &place);
                    self.tables.push(Table { name, number, grid: grid(table, &heading) });
                }
                Block::Figure(figure) => {
                    let before = self.tables.len();
                    self.read(&figure.blocks);
                    let number = self.pictures.len() + 1;
                    let (place, section) = self.section.clone();
                    self.pictures.push(Picture {
                        name: name("figure", number, &place),
                        number,
                        section,
                        tables: self.tables.iter().skip(before).map(|table| table.name.clone()).collect(),
                        figure: figure.clone(),
                    });
                }
                Block::Boxed(_, inner) => self.read(inner),
                _ => {}
            }
        }
    }
}

/// What a name says of its section: "all groups" for "table-044-all-groups".
pub(in crate::report) fn place(name: &str) -> String {
    name.splitn(3, '-').nth(2).unwrap_or_default().replace('-', " ")
}

/// A name without ending: "table-007-groups".
fn name(kind: &str, number: usize, place: &str) -> String {
    format!("{kind}-{number:03}-{}", if place.is_empty() { "page" } else { place })
}

/// The notices of a report in a line.
pub(in crate::report) fn notice(report: &Report) -> String {
    if report.simulated { format!("{SIMULATED} {NOTICE}") } else { NOTICE.to_owned() }
}

/// `tables/`: every table as CSV, and what each is.
///
/// # Errors
/// In words, where the page holds what is not known.
pub(in crate::report) fn tables(page: &str, report: &Report) -> Result<Vec<File>, String> {
    let tables = Pieces::of(page)?.tables;
    let head = ["file", "table", "section", "caption", "rows", "columns", "run", "notice", "how to read"];
    let mut index = vec![head.map(str::to_owned).to_vec()];
    let mut out = Vec::new();
    for table in &tables {
        let file = format!("{}.csv", table.name);
        index.push(vec![
            file.clone(),
            table.number.to_string(),
            table.grid.section.clone(),
            table.grid.caption.clone(),
            table.grid.rows.len().to_string(),
            table.grid.heads.len().to_string(),
            report.run_id.clone(),
            notice(report),
            READING.to_owned(),
        ]);
        out.push((format!("tables/{file}"), table.csv()?));
    }
    out.push(("tables/index.csv".to_owned(), csv::rows(&index)?));
    Ok(out)
}

/// `figures/`: every figure in the form that `draw` gives, and what each shows in words.
fn figures(
    page: &str,
    report: &Report,
    ending: &str,
    draw: impl Fn(&Picture) -> Result<Vec<u8>, String>,
) -> Result<Vec<File>, String> {
    let pictures = Pieces::of(page)?.pictures;
    let head = ["name", "figure", "section", "caption", "in words", "tables", "run", "notice"];
    let mut index = vec![head.map(str::to_owned).to_vec()];
    let mut out = Vec::new();
    for picture in &pictures {
        index.push(vec![
            picture.name.clone(),
            picture.number.to_string(),
            picture.section.clone(),
            picture.caption(),
            picture.figure.words.clone(),
            picture.tables.join(" "),
            report.run_id.clone(),
            notice(report),
        ]);
        out.push((format!("figures/{}.{ending}", picture.name), draw(picture)?));
    }
    out.push(("figures/index.csv".to_owned(), csv::rows(&index)?));
    Ok(out)
}

/// `figures/` as SVG.
///
/// # Errors
/// As [`tables`].
pub(in crate::report) fn svgs(page: &str, report: &Report) -> Result<Vec<File>, String> {
    figures(page, report, "svg", |picture| Ok(picture.svg(report).into_bytes()))
}

/// `figures/` as PNG.
///
/// # Errors
/// As [`tables`], and where a drawing cannot be read.
#[cfg(feature = "pdf")]
pub(in crate::report) fn pngs(page: &str, report: &Report) -> Result<Vec<File>, String> {
    figures(page, report, "png", |picture| picture.png(report))
}

/// Lines of at most so many letters, broken between words; a longer word has a line to itself.
pub(in crate::report) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
