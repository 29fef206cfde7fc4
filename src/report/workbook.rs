//! `tables.xlsx`: every table of the page on a sheet of its own, numbers as numbers, after a cover that says what this is and is not.
//!
//! In: the HTML page. Out: bytes of a workbook, the same for the same page.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::document::grid::{Cell, Grid, grids};
use super::document::{Block, Kind, blocks, plain};

/// Widest column, in characters.
const WIDEST: usize = 48;

/// Writes the tables of a page.
///
/// # Errors
/// In words, where the page holds what is not known, or is more than a workbook holds.
pub fn workbook(page: &str) -> Result<Vec<u8>, String> {
    let blocks = blocks(page)?;
    let grids = grids(&blocks);
    write(&blocks, &grids).map_err(|why| why.to_string())
}

fn write(blocks: &[Block], grids: &[Grid]) -> Result<Vec<u8>, XlsxError> {
    let title = blocks.iter().find_map(|block| match block {
        Block::Heading { level: 1, text, .. } => Some(plain(text)),
        _ => None,
    });
    let title = title.unwrap_or_default();
    let mut book = Workbook::new();
    // The same page gives the same bytes: no clock.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(
        &DocProperties::new().set_title(&title).set_author("rerefer").set_creation_datetime(&day),
    );
    cover(book.add_worksheet(), &title, blocks, grids)?;
    for (number, grid) in (1_usize..).zip(grids) {
        sheet(book.add_worksheet(), number, grid)?;
    }
    book.save_to_buffer()
}

fn name(number: usize) -> String {
    format!("Table {number}")
}

/// Title, notices, and a list of the sheets.
fn cover(sheet: &mut Worksheet, title: &str, blocks: &[Block], grids: &[Grid]) -> Result<(), XlsxError> {
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    sheet.set_name("Read first")?;
    sheet.set_column_width(0, 12)?.set_column_width(1, 52)?.set_column_width(2, 90)?;
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold().set_font_size(16.0))?;
    let mut row = 2;
    let notices = blocks.iter().filter_map(|block| match block {
        Block::Boxed(Kind::Banner | Kind::Warning, inner) => Some(inner),
        _ => None,
    });
    for notice in notices.flatten() {
        if let Block::Paragraph(_, text) = notice {
            sheet.merge_range(row, 0, row, 2, &plain(text), &wrap)?;
            sheet.set_row_height(row, 48)?;
            row += 1;
        }
    }
    for line in [
        "Every table of the report is on a sheet of its own, with the numbers that the report shows and no others. Intervals are in the two columns after their number.",
        "\u{201c}hidden\u{201d} means that a number rests on too few referrals, or that another one could be worked out from it. It does not mean 0.",
    ] {
        sheet.merge_range(row, 0, row, 2, line, &wrap)?;
        sheet.set_row_height(row, 32)?;
        row += 1;
    }
    row += 1;
    for (column, head) in (0_u16..).zip(["Sheet", "Section of the report", "Table"]) {
        sheet.write_string_with_format(row, column, head, &bold)?;
    }
    for (number, grid) in (1_usize..).zip(grids) {
        row += 1;
        let sheet_name = name(number);
        sheet.write_url_with_text(row, 0, format!("internal:'{sheet_name}'!A1").as_str(), &sheet_name)?;
        sheet.write_string_with_format(row, 1, &grid.section, &wrap)?;
        sheet.write_string_with_format(row, 2, &grid.caption, &wrap)?;
    }
    Ok(())
}

fn sheet(sheet: &mut Worksheet, number: usize, grid: &Grid) -> Result<(), XlsxError> {
    sheet.set_name(name(number))?.set_landscape();
    sheet.write_string_with_format(0, 0, &grid.caption, &Format::new().set_bold())?;
    sheet.write_string(1, 0, &grid.section)?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for (column, text) in (0_u16..).zip(&grid.heads) {
        sheet.write_string_with_format(3, column, text, &head)?;
        let cells = grid.rows.iter().filter_map(|row| match row.get(usize::from(column))? {
            Cell::Text(text) => Some(text.chars().count()),
            _ => None,
        });
        let widest = cells.max().unwrap_or(0).clamp(12, WIDEST);
        sheet.set_column_width(column, widest as f64)?;
    }
    for (row, cells) in (4_u32..).zip(&grid.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string(row, column, text)?;
                }
                Cell::Number { value, decimals, percent } => {
                    let format = Format::new().set_num_format(shown(*decimals, *percent));
                    sheet.write_number_with_format(row, column, *value, &format)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(4, 1)?;
    Ok(())
}

/// The form in which the page shows a number.
fn shown(decimals: usize, percent: bool) -> String {
    let places = if decimals == 0 { String::new() } else { format!(".{}", "0".repeat(decimals)) };
    format!("#,##0{places}{}", if percent { "%" } else { "" })
}
