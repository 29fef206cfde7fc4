//! One way to lay out a table: a caption, column heads with scope, and a row head on every row.

use maud::{Markup, html};

/// A table of so many columns does not fit on the screen of a phone, which then says so.
const WIDE: usize = 4;

/// Rows of a table that is kept on one printed page.
const SHORT: usize = 8;

/// One row: its head, then its cells.
pub(crate) struct TableRow {
    /// What the row is about.
    pub(crate) head: Markup,
    /// One cell a column.
    pub(crate) cells: Vec<Markup>,
}

impl TableRow {
    /// A plain row.
    pub(crate) fn new(head: Markup, cells: Vec<Markup>) -> Self {
        Self { head, cells }
    }
}

/// A table that scrolls sideways on a narrow screen instead of widening the page.
pub(crate) fn table(caption: &str, heads: &[&str], rows: &[TableRow]) -> Markup {
    written(caption, heads, rows, false)
}

/// A table whose lines follow from one another, so that no reader can put them in another order.
pub(crate) fn steps(caption: &str, heads: &[&str], rows: &[TableRow]) -> Markup {
    written(caption, heads, rows, true)
}

fn written(caption: &str, heads: &[&str], rows: &[TableRow], in_order: bool) -> Markup {
    html! {
        div class="scroll" data-wide=[(heads.len() >= WIDE).then_some("")] role="region" tabindex="0" aria-label=(format!("Table: {caption}")) {
            table class=[(rows.len() <= SHORT).then_some("short")] data-in-order=[in_order.then_some("")] {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (row.head) }
                            @for cell in &row.cells { td { (cell) } }
                        }
                    }
                }
            }
        }
    }
}
