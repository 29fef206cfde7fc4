//! The report as Markdown: the page's text and tables in the page's order, for those who read or compare plain text.

use super::document::{Block, Inline, Table, blocks, plain};

/// Writes the page as Markdown; figures are their words and their tables.
///
/// # Errors
/// As [`blocks`].
pub fn markdown(page: &str) -> Result<String, String> {
    let mut out = String::new();
    all(&blocks(page)?, &mut out, "");
    Ok(out)
}

fn all(blocks: &[Block], out: &mut String, before: &str) {
    for block in blocks.iter().filter(|block| **block != Block::Contents) {
        let mut text = String::new();
        write(block, &mut text);
        for line in text.trim_end().lines() {
            let line = format!("{before}{line}");
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push_str(before.trim_end());
        out.push('\n');
    }
}

fn write(block: &Block, out: &mut String) {
    match block {
        Block::Heading { level, text, .. } => {
            *out = format!("{} {}", "#".repeat(usize::from(*level)), inline(text));
        }
        Block::Contents => {}
        Block::Paragraph(_, text) => *out = inline(text),
        Block::List(numbered, items) => {
            for (item, number) in items.iter().zip(1_usize..) {
                let mark = if *numbered { format!("{number}.") } else { "-".to_owned() };
                out.push_str(&format!("{mark} {}\n", inline(item)));
            }
        }
        Block::Terms(terms) => {
            for (term, meaning) in terms {
                out.push_str(&format!("- **{}**: {}\n", inline(term), inline(meaning)));
            }
        }
        Block::Table(table) => write_table(table, out),
        Block::Figure(figure) => {
            *out = format!("{}\n\n", inline(&figure.caption));
            all(&figure.blocks, out, "");
        }
        Block::Boxed(_, inner) => all(inner, out, "> "),
    }
}

fn write_table(table: &Table, out: &mut String) {
    let row = |cells: &[Vec<Inline>]| {
        let cells: Vec<String> = cells.iter().map(|cell| inline(cell).replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push_str(&format!("**{}**\n\n{}", plain(&table.caption), row(&table.heads)));
    out.push_str(&format!("|{}\n", " --- |".repeat(table.heads.len())));
    table.rows.iter().for_each(|cells| out.push_str(&row(cells)));
}

/// Text of a block; what Markdown would take for a mark is escaped.
fn inline(of: &[Inline]) -> String {
    let part = |part: &Inline| match part {
        Inline::Text(text) => escaped(text),
        Inline::Strong(inner) => strong(&inline(inner)),
        Inline::Soft(inner) => inline(inner),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Link { text, .. } => inline(text),
        Inline::Break => " ".to_owned(),
    };
    of.iter().map(part).collect()
}

/// Marks stand next to the text and spaces outside them.
fn strong(text: &str) -> String {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    format!("{}**{inner}**{}", &text[..start], &text[start + inner.len()..])
}

fn escaped(text: &str) -> String {
    let mark = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#');
    text.chars().flat_map(|c| mark(c).then_some('\\').into_iter().chain([c])).collect()
}
