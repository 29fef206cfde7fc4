//! Elements of the page as blocks.

use super::tree::{Element, Node, body};
use super::{Block, Class, Figure, Inline, Kind, Table, Term};

/// The blocks of a page, from its title to its foot; the list of contents is left to each form.
///
/// # Errors
/// In words, where the page holds what is not known here.
pub(in crate::report) fn blocks(page: &str) -> Result<Vec<Block>, String> {
    of_children(&body(page)?)
}

fn of_children(element: &Element) -> Result<Vec<Block>, String> {
    let mut out = Vec::new();
    for node in &element.children {
        match node {
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) => return Err(format!("text stands by itself in <{}>", element.name)),
            Node::Element(inner) => out.extend(of(inner, element)?),
        }
    }
    Ok(out)
}

fn of(element: &Element, parent: &Element) -> Result<Vec<Block>, String> {
    let one = |block: Block| Ok(vec![block]);
    match (element.name.as_str(), element.get("class")) {
        ("summary", _) | ("a", "skip") | ("div", "explore") => Ok(Vec::new()),
        ("nav", _) => one(Block::Contents),
        ("header" | "main" | "section" | "footer" | "details", _) | ("div", "scroll") => of_children(element),
        ("div", class) => {
            let kind = match class {
                "banner" => Kind::Banner,
                "banner simulated" => Kind::Warning,
                "verdict" => Kind::Verdict,
                "aside" => Kind::Aside,
                _ => return Err(format!("a box of class {class} is not known")),
            };
            one(Block::Boxed(kind, of_children(element)?))
        }
        ("h1" | "h2" | "h3" | "h4", _) => {
            let level = element.name.as_bytes().get(1).map_or(3, |digit| digit - b'0');
            let id = (parent.name == "section" && level == 2).then(|| parent.get("id").to_owned());
            one(Block::Heading { level, id, text: inlines(element)? })
        }
        ("p", class) => {
            let class = match class {
                "lead" => Class::Lead,
                "note" | "words" => Class::Note,
                "kicker" => Class::Kicker,
                "short" => Class::Short,
                _ => Class::Plain,
            };
            one(Block::Paragraph(class, inlines(element)?))
        }
        ("ul" | "ol", _) => {
            let items: Result<_, String> = element.elements().map(inlines).collect();
            one(Block::List(element.name == "ol", items?))
        }
        ("dl", _) => one(Block::Terms(terms(element)?)),
        ("table", _) => one(Block::Table(table(element)?)),
        ("figure", _) => one(Block::Figure(figure(element)?)),
        (name, _) => Err(format!("<{name}> is not known here")),
    }
}

fn inlines(element: &Element) -> Result<Vec<Inline>, String> {
    let of = |node: &Node| -> Result<Inline, String> {
        let element = match node {
            Node::Text(text) => return Ok(Inline::Text(text.clone())),
            Node::Element(element) => element,
        };
        Ok(match element.name.as_str() {
            "b" | "strong" => Inline::Strong(inlines(element)?),
            "span" | "small" => Inline::Soft(inlines(element)?),
            "code" => Inline::Code(super::plain(&inlines(element)?)),
            "br" => Inline::Break,
            "a" => {
                let to = element.get("href").strip_prefix('#').ok_or("a link leads out of the page")?;
                Inline::Link { to: to.to_owned(), text: inlines(element)? }
            }
            name => return Err(format!("<{name}> within text is not known here")),
        })
    };
    element.children.iter().map(of).collect()
}

fn terms(element: &Element) -> Result<Vec<Term>, String> {
    let mut out: Vec<Term> = Vec::new();
    for inner in element.elements() {
        match (inner.name.as_str(), out.last_mut()) {
            ("dt", _) => out.push((inlines(inner)?, Vec::new())),
            ("dd", Some((_, meaning))) => meaning.extend(inlines(inner)?),
            (name, _) => return Err(format!("<{name}> in a list of terms is not known here")),
        }
    }
    Ok(out)
}

fn table(element: &Element) -> Result<Table, String> {
    let mut out = Table::default();
    let cells = |row: &Element| row.elements().map(inlines).collect::<Result<Vec<_>, String>>();
    for part in element.elements() {
        match part.name.as_str() {
            "caption" => out.caption = inlines(part)?,
            "thead" => out.heads = part.find("tr").map_or(Ok(Vec::new()), cells)?,
            "tbody" => out.rows = part.elements().map(cells).collect::<Result<_, _>>()?,
            name => return Err(format!("<{name}> in a table is not known here")),
        }
    }
    if out.rows.iter().any(|row| row.len() != out.heads.len()) {
        return Err(format!("a row of a table of {} columns is not as long", out.heads.len()));
    }
    Ok(out)
}

fn figure(element: &Element) -> Result<Figure, String> {
    let part = |name: &str| element.find(name).ok_or_else(|| format!("a figure has no <{name}>"));
    let drawing = part("svg")?;
    let numbers: Vec<f64> = drawing.get("viewBox").split(' ').filter_map(|n| n.parse().ok()).collect();
    let [_, _, width, height] = numbers[..] else { return Err("a drawing has no size".to_owned()) };
    let mut blocks = Vec::new();
    for inner in element.elements().filter(|e| e.name != "figcaption" && e.get("class") != "picture") {
        blocks.extend(of(inner, element)?);
    }
    let words = element.elements().find(|e| e.get("class") == "words").map_or(Ok(Vec::new()), inlines)?;
    let words = super::plain(&words);
    Ok(Figure {
        id: element.get("id").to_owned(),
        caption: inlines(part("figcaption")?)?,
        words: words.strip_prefix("In words: ").unwrap_or(&words).to_owned(),
        drawing: drawing.raw.clone(),
        size: (width, height),
        blocks,
    })
}
