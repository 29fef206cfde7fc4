//! Tables of the page as grids of numbers: an interval that stands in a cell gets two columns of its own.

use super::{Block, Inline, Table, plain};

/// What stands where a number is withheld.
pub(in crate::report) const HIDDEN: &str = "hidden";

/// What a cell of a grid holds.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) enum Cell {
    /// Nothing.
    Empty,
    /// Words, such as `hidden`.
    Text(String),
    /// A number as the page shows it, with its decimals; a percentage as a share of 1.
    Number {
        /// Value.
        value: f64,
        /// Decimals shown.
        decimals: usize,
        /// Whether the page shows a percentage.
        percent: bool,
    },
}

/// A table as a grid.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Grid {
    /// Heading of the section that it stands in.
    pub(in crate::report) section: String,
    /// Caption.
    pub(in crate::report) caption: String,
    /// Column heads.
    pub(in crate::report) heads: Vec<String>,
    /// Rows, as long as the heads.
    pub(in crate::report) rows: Vec<Vec<Cell>>,
}

/// All tables of the page in order, those of figures too.
pub(in crate::report) fn grids(blocks: &[Block]) -> Vec<Grid> {
    let mut out = Vec::new();
    collect(blocks, &mut String::new(), &mut out);
    out
}

fn collect(blocks: &[Block], section: &mut String, out: &mut Vec<Grid>) {
    for block in blocks {
        match block {
            Block::Heading { level: 2, text, .. } => *section = plain(text),
            Block::Table(table) => out.push(grid(table, section)),
            Block::Figure(figure) => collect(&figure.blocks, section, out),
            Block::Boxed(_, inner) => collect(inner, section, out),
            _ => {}
        }
    }
}

/// A table as a grid, and the heading of its section.
pub(in crate::report) fn grid(table: &Table, section: &str) -> Grid {
    let split: Vec<Vec<Parts>> = table.rows.iter().map(|row| taken_apart(row)).collect();
    let any = |column: usize, has: &dyn Fn(&Parts) -> bool| {
        split.iter().any(|row| row.get(column).is_some_and(has))
    };
    let beside: Vec<[bool; 2]> = (0..table.heads.len())
        .map(|column| {
            [any(column, &|cell| cell.interval.is_some()), any(column, &|cell| cell.remark.is_some())]
        })
        .collect();
    let mut heads = Vec::new();
    for (head, [interval, remark]) in table.heads.iter().zip(&beside) {
        let head = tidy(&plain(head));
        let more: Vec<&str> = [(*interval, "from"), (*interval, "to"), (*remark, "remark")]
            .iter()
            .filter(|m| m.0)
            .map(|m| m.1)
            .collect();
        heads.push(head.clone());
        heads.extend(more.iter().map(|what| format!("{head}: {what}")));
    }
    let row = |row: &Vec<Parts>| {
        let mut cells = Vec::new();
        for ((place, cell), [interval, remark]) in row.iter().enumerate().zip(&beside) {
            cells.push(if place == 0 { words(&cell.text) } else { number(&cell.text) });
            match &cell.interval {
                Some(ends) => cells.extend(ends.iter().map(|end| number(end))),
                // What is hidden is never an empty cell, which a program could take for 0.
                None if *interval && cell.text == HIDDEN => cells.extend([words(HIDDEN), words(HIDDEN)]),
                None if *interval => cells.extend([Cell::Empty, Cell::Empty]),
                None => {}
            }
            if *remark {
                cells.push(words(cell.remark.as_deref().unwrap_or_default()));
            }
        }
        cells
    };
    Grid {
        section: section.to_owned(),
        caption: plain(&table.caption),
        heads,
        rows: split.iter().map(row).collect(),
    }
}

/// A cell taken apart.
struct Parts {
    text: String,
    interval: Option<[String; 2]>,
    /// What else stands beside a number, such as a p value.
    remark: Option<String>,
}

/// What a row is about stays as it is written.
fn taken_apart(row: &[Vec<Inline>]) -> Vec<Parts> {
    let head =
        row.iter().take(1).map(|head| Parts { text: tidy(&plain(head)), interval: None, remark: None });
    head.chain(row.iter().skip(1).map(|cell| parts(cell))).collect()
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parts(cell: &[Inline]) -> Parts {
    let soft = |inline: &&Inline| matches!(inline, Inline::Soft(_));
    let (soft, bare): (Vec<&Inline>, Vec<&Inline>) = cell.iter().partition(soft);
    let bare = tidy(&bare.into_iter().map(|inline| plain(std::slice::from_ref(inline))).collect::<String>());
    let range = range(&bare);
    if range.is_none() && !matches!(number(&bare), Cell::Number { .. }) {
        return Parts { text: tidy(&plain(cell)), interval: None, remark: None };
    }
    let beside: Vec<String> =
        soft.into_iter().map(|inline| tidy(&plain(std::slice::from_ref(inline)))).collect();
    let (intervals, remarks): (Vec<&String>, Vec<&String>) =
        beside.iter().partition(|text| ends(text).is_some());
    let used = usize::from(range.is_none());
    let remarks: Vec<&str> = intervals.iter().skip(used).chain(&remarks).map(|text| text.as_str()).collect();
    Parts {
        text: if range.is_some() { String::new() } else { bare },
        interval: range.or_else(|| intervals.first().and_then(|text| ends(text))),
        remark: (!remarks.is_empty()).then(|| remarks.join("; ")),
    }
}

/// "(a to b)".
fn ends(text: &str) -> Option<[String; 2]> {
    range(text.trim().strip_prefix('(')?.strip_suffix(')')?)
}

/// "a to b".
fn range(text: &str) -> Option<[String; 2]> {
    let (low, high) = text.split_once(" to ")?;
    let both = [low, high].map(str::to_owned);
    both.iter().all(|end| matches!(number(end), Cell::Number { .. })).then_some(both)
}

fn words(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

/// A number as it is shown, such as "1,234", "−0.5", "+3" or "12.5%".
fn number(text: &str) -> Cell {
    let (bare, percent) = text.strip_suffix('%').map_or((text, false), |bare| (bare, true));
    let bare = bare.replace(',', "").replace('\u{2212}', "-");
    let digits = bare.trim_start_matches(['-', '+']);
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    match bare.parse::<f64>() {
        Ok(value) if plain => Cell::Number {
            value: if percent { value / 100.0 } else { value },
            decimals: digits.split_once('.').map_or(0, |(_, decimals)| decimals.len()),
            percent,
        },
        _ => words(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(value: f64, decimals: usize, percent: bool) -> Cell {
        Cell::Number { value, decimals, percent }
    }

    #[test]
    fn numbers_as_they_are_shown() {
        assert_eq!(number("1,234"), cell(1234.0, 0, false));
        assert_eq!(number("\u{2212}0.50"), cell(-0.5, 2, false));
        assert_eq!(number("+3"), cell(3.0, 0, false));
        assert_eq!(number("12.5%"), cell(0.125, 1, true));
        for words in
            ["hidden", "fewer than 10", "1 to 4", "\u{2013}", "p under 0.001", "inf", "NaN", "1e9", "."]
        {
            assert_eq!(number(words), Cell::Text(words.to_owned()));
        }
    }

    #[test]
    fn an_interval_gets_columns_of_its_own() {
        let text = |text: &str| Inline::Text(text.to_owned());
        let table = Table {
            caption: vec![text("Caption")],
            heads: vec![
                vec![text("Group")],
                vec![text("Came "), Inline::Break, text("back")],
                vec![text("Note")],
            ],
            rows: vec![
                vec![
                    vec![text("1 to 4")],
                    vec![text("36 "), Inline::Soft(vec![text("(29 to 42)")])],
                    vec![text("7 "), Inline::Soft(vec![text("(as a rule)")])],
                ],
                vec![
                    vec![text("12")],
                    vec![Inline::Soft(vec![text("hidden")])],
                    vec![text("x "), Inline::Soft(vec![text("(1 to 2)")])],
                ],
            ],
        };
        let grid = grid(&table, "Section");
        let heads = ["Group", "Came back", "Came back: from", "Came back: to", "Note", "Note: remark"];
        assert_eq!(grid.heads, heads);
        let [n36, n29, n42] = [36.0, 29.0, 42.0].map(|v| cell(v, 0, false));
        let said = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(grid.rows[0], [said("1 to 4"), n36, n29, n42, cell(7.0, 0, false), said("(as a rule)")]);
        let [none, words] = [Cell::Empty, said("x (1 to 2)")];
        assert_eq!(grid.rows[1], [said("12"), said("hidden"), said("hidden"), said("hidden"), words, none]);
        let range = parts(&[text("31.1% to 53.3% "), Inline::Soft(vec![text("(34.6%)")])]);
        let ends = ["31.1%", "53.3%"].map(str::to_owned);
        assert_eq!(
            (range.text.as_str(), range.interval, range.remark.as_deref()),
            ("", Some(ends), Some("(34.6%)"))
        );
    }
}
