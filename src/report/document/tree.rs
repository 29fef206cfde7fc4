//! Reads the body of our own page into elements and text.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element or text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Text, as read.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    /// Name.
    pub(super) name: String,
    /// Names and values of attributes.
    pub(super) attributes: Vec<(String, String)>,
    /// What it holds.
    pub(super) children: Vec<Node>,
    /// For drawings: what it holds, as written.
    pub(super) raw: String,
}

impl Element {
    /// The value of an attribute, or nothing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.attributes.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The elements that it holds.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element of a name at any depth.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|e| if e.name == name { Some(e) } else { e.find(name) })
    }
}

/// The body of a page.
///
/// # Errors
/// In words, where the page is not well formed.
pub(super) fn body(page: &str) -> Result<Element, String> {
    let from = page.find("<body").ok_or("the page has no body")?;
    // Scripts stand last, and bring nothing that does not stand before them.
    let scripts = page.find("<script").or_else(|| page.rfind("</body>"));
    let to = scripts.ok_or("the page has no end")?;
    let body = format!("{}</body>", &page[from..to]);
    let mut reader = Reader::from_str(&body);
    // Line breaks have no end.
    reader.config_mut().check_end_names = false;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                let mut element = begun(&start)?;
                if element.name == "svg" {
                    element.raw = reader.read_text(start.name()).map_err(|e| e.to_string())?.to_string();
                    add(&mut open, Node::Element(element));
                } else if element.name == "br" {
                    add(&mut open, Node::Element(element));
                } else {
                    open.push(element);
                }
            }
            Event::End(end) => {
                let element = open.pop().ok_or("more ends than beginnings")?;
                if element.name != end.name().as_ref() {
                    return Err(format!("<{}> is not closed where it should be", element.name));
                }
                add(&mut open, Node::Element(element));
            }
            Event::Text(text) => {
                add(&mut open, Node::Text(text.to_string()));
            }
            Event::GeneralRef(name) => {
                let text = quick_xml::escape::resolve_predefined_entity(&name);
                let text = text.ok_or("an entity is not known")?;
                add(&mut open, Node::Text(text.to_owned()));
            }
            Event::Eof => break,
            _ => return Err("the page holds something other than elements and text".to_owned()),
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) => root.find("body").cloned().ok_or_else(|| "the page has no body".to_owned()),
        _ => Err("an element is not closed".to_owned()),
    }
}

fn begun(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.html_attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| e.to_string())?.into_owned();
        attributes.push((attribute.key.as_ref().to_owned(), value));
    }
    Ok(Element { name: start.name().as_ref().to_owned(), attributes, ..Element::default() })
}

/// Adds to the innermost open element; texts side by side become one.
fn add(open: &mut [Element], node: Node) {
    let Some(last) = open.last_mut() else { return };
    if let (Node::Text(more), Some(Node::Text(text))) = (&node, last.children.last_mut()) {
        text.push_str(more);
    } else {
        last.children.push(node);
    }
}
