//! A table as CSV: heads in the first line, numbers plain.
//!
//! The file begins with a byte-order mark: without it Excel takes the dashes and quotation marks of the heads for other letters, and pandas,
//! polars and readr pass over it.

use crate::report::document::grid::{Cell, Grid};

/// Says that the file is UTF-8.
const MARK: &str = "\u{feff}";
/// What a cell must not begin with: Excel would take it for a formula and work it out.
const FORMULA: &[char] =
    &['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A table.
///
/// # Errors
/// In words; a row that is not as long as the heads is one.
pub(super) fn table(grid: &Grid) -> Result<Vec<u8>, String> {
    let body = grid.rows.iter().map(|row| row.iter().map(text).collect::<Vec<String>>());
    let all: Vec<Vec<String>> = std::iter::once(grid.heads.clone()).chain(body).collect();
    rows(&all)
}

/// Rows of text, the heads first.
///
/// # Errors
/// As [`table`].
pub(super) fn rows(rows: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
    for row in rows {
        writer.write_record(row.iter().map(|cell| plain(cell))).map_err(|e| e.to_string())?;
    }
    writer.into_inner().map_err(|e| e.to_string())
}

/// A number with the decimals that the page shows, a percentage as a share of 1.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number { value, decimals, percent } => {
            let places = decimals + if *percent { 2 } else { 0 };
            format!("{value:.places$}")
        }
    }
}

/// A cell that a spreadsheet does not take for a formula: such a one gets an apostrophe, as by hand.
fn plain(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok_and(f64::is_finite);
    if cell.starts_with(FORMULA) && !number { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, decimals: usize, percent: bool) -> Cell {
        Cell::Number { value, decimals, percent }
    }

    #[test]
    fn numbers_are_plain_and_words_are_never_formulas() {
        let said = |text: &str| Cell::Text(text.to_owned());
        let grid = Grid {
            section: String::new(),
            caption: String::new(),
            heads: ["Group", "=1+1", "Said \u{201c}so\u{201d}"].map(str::to_owned).to_vec(),
            rows: vec![
                vec![said("@SUM(A1)"), number(-0.5, 2, false), number(0.125, 1, true)],
                vec![said("-5"), number(1234.0, 0, false), said("hidden")],
                vec![said("-5 to, \"5\""), said("+cmd|' /C calc'!A0"), Cell::Empty],
                vec![said("\u{2212}5 or so"), said("-inf"), number(1.0, 0, true)],
            ],
        };
        let found = String::from_utf8(table(&grid).unwrap()).unwrap();
        assert_eq!(
            found,
            "\u{feff}Group,'=1+1,Said \u{201c}so\u{201d}\n\
             '@SUM(A1),-0.50,0.125\n\
             -5,1234,hidden\n\
             \"'-5 to, \"\"5\"\"\",'+cmd|' /C calc'!A0,\n\
             \u{2212}5 or so,'-inf,1.00\n"
        );
    }

    #[test]
    fn a_ragged_table_is_an_error() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>();
        assert!(rows(&[row(&["a", "b"]), row(&["1"])]).is_err());
    }
}
