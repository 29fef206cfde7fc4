//! Blocks as Typst markup. Text goes in strings, so that nothing in it is taken for a mark.

use super::super::document::{Block, Class, Figure, Inline, Kind, Table, Term};

/// Rows of a table that is kept on one page.
const SHORT: usize = 8;

/// The body of a document, and the drawings that it names, by file.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// Typst source.
    pub(super) source: String,
    /// Figures, in order: `figure-1.svg` and so on.
    pub(super) figures: Vec<Figure>,
}

/// Lays blocks out.
pub(super) fn markup(blocks: &[Block]) -> Markup {
    let mut out = Markup::default();
    blocks.iter().for_each(|block| out.block(block));
    out
}

impl Markup {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, id, text } => {
                let label = id.as_ref().map_or_else(String::new, |id| format!(" <{id}>"));
                self.line(&format!("#heading(level: {level}, {}){label}", content(text)));
            }
            Block::Contents => self.line("#contents()"),
            Block::Paragraph(class, text) => {
                let name = match class {
                    Class::Plain => "par",
                    Class::Lead => "lead",
                    Class::Note => "note",
                    Class::Kicker => "kicker",
                    Class::Short => "short",
                };
                self.line(&format!("#{name}({})", content(text)));
            }
            Block::List(numbered, items) => {
                let items: Vec<String> = items.iter().map(|item| content(item)).collect();
                let name = if *numbered { "enum" } else { "list" };
                self.line(&format!("#{name}(tight: false, {})", items.join(", ")));
            }
            Block::Terms(terms) => {
                let item =
                    |(term, meaning): &Term| format!("terms.item({}, {})", content(term), content(meaning));
                let items: Vec<String> = terms.iter().map(item).collect();
                self.line(&format!("#terms(tight: false, {})", items.join(", ")));
            }
            Block::Table(table) => self.line(&data(table)),
            Block::Figure(figure) => self.figure(figure),
            Block::Boxed(kind, inner) => {
                let name = match kind {
                    Kind::Banner => "banner",
                    Kind::Warning => "warning",
                    Kind::Verdict => "verdict",
                    Kind::Aside => "aside",
                };
                self.line(&format!("#{name}["));
                inner.iter().for_each(|block| self.block(block));
                self.line("]");
            }
        }
    }

    fn line(&mut self, text: &str) {
        self.source.push_str(text);
        self.source.push('\n');
    }

    fn figure(&mut self, figure: &Figure) {
        let number = self.figures.len() + 1;
        // As wide as the text where it is as wide as on the page, and smaller where it is smaller there.
        let width = (figure.size.0 / 672.0).min(1.0) * 100.0;
        self.line(&format!(
            "#picture(\"figure-{number}.svg\", {width}%, {}, {})",
            string(&figure.words),
            content(&figure.caption)
        ));
        self.figures.push(figure.clone());
        figure.blocks.iter().for_each(|block| self.block(block));
    }
}

fn data(table: &Table) -> String {
    let size = match table.heads.len() {
        0..=5 => "8.5pt",
        6 | 7 => "8pt",
        _ => "7pt",
    };
    let list = |cells: &[Vec<Inline>]| {
        let cells: Vec<String> = cells.iter().map(|cell| in_cell(cell)).collect();
        format!("({},)", cells.join(", "))
    };
    let rows: Vec<String> = table.rows.iter().map(|row| list(row)).collect();
    format!(
        "#data({size}, {}, {}, {}, {})",
        table.rows.len() <= SHORT,
        content(&table.caption),
        list(&table.heads),
        rows.join(", ")
    )
}

/// Content of a cell: an interval stands under its number.
fn in_cell(of: &[Inline]) -> String {
    let mut cell = Vec::new();
    for inline in of {
        if matches!(inline, Inline::Soft(_)) && !cell.is_empty() {
            if let Some(Inline::Text(text)) = cell.last_mut() {
                *text = text.trim_end().to_owned();
            }
            cell.push(Inline::Break);
        }
        cell.push(inline.clone());
    }
    content(&cell)
}

fn content(of: &[Inline]) -> String {
    format!("[{}]", inline(of))
}

fn inline(of: &[Inline]) -> String {
    let part = |part: &Inline| match part {
        Inline::Text(text) => format!("#{};", string(text)),
        Inline::Strong(inner) => format!("#strong[{}];", inline(inner)),
        Inline::Soft(inner) => format!("#soft[{}];", inline(inner)),
        Inline::Code(text) => format!("#raw({});", string(text)),
        Inline::Link { to, text } => format!("#link(<{to}>)[{}];", inline(text)),
        Inline::Break => "#linebreak();".to_owned(),
    };
    of.iter().map(part).collect()
}

/// Text as a string of Typst.
pub(super) fn string(text: &str) -> String {
    let escaped = |c: char| matches!(c, '\\' | '"').then_some('\\').into_iter().chain([c]);
    let inner: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).flat_map(escaped).collect();
    format!("\"{inner}\"")
}
