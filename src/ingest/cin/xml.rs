//! A CIN census file as a stream of known elements.
//!
//! In: a file, in any encoding of [`super::super::encoding`]. Out: calls with the local names of the elements in
//! [`super::names`], and their texts when asked for. Namespaces, attributes, comments and the order of elements do not matter.
//! The text of any other element is never taken out of the stream. To read one more element, add its name to [`super::names`]
//! and a field to [`super::record`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::errors::IllFormedError;
use quick_xml::events::{BytesRef, Event};

use super::super::FileError;
use super::super::encoding::{self, Utf8Reader, sniff};
use super::super::locate::NamedFile;
use super::names::{self, Name};

const ADVICE: &str = "write the file again as UTF-8, or declare its encoding in the first line";

/// Something in the file that was passed over and should be looked at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Oddity {
    /// Running number of the `<Child>`, 0 outside.
    pub(super) child: u64,
    /// The element in which it stands.
    pub(super) place: &'static str,
    /// Name of an element that is not known there; `None`: text between elements.
    pub(super) element: Option<String>,
}

/// Elements of one name that were not taken in.
#[derive(Clone, Copy, Debug)]
pub(in crate::ingest) struct Passed<'a> {
    /// The element in which they stood.
    pub(in crate::ingest) place: &'static str,
    /// Their name.
    pub(in crate::ingest) name: &'a str,
    /// How often.
    pub(in crate::ingest) times: u64,
}

/// What became of an element handed to a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// It was read to its end.
    Read,
    /// It does not belong here; pass over it.
    NotHere,
    /// Nothing more is wanted of the file.
    Stop,
}

enum Node {
    Open(&'static str),
    PassOver(&'static str),
    Unknown(String),
    Close,
    Text,
    End,
}

/// A stream of known elements.
pub(super) struct Xml<'a> {
    file: &'a NamedFile,
    reader: Reader<Utf8Reader<File>>,
    buffer: Vec<u8>,
    /// Running number of the `<Child>` being read.
    pub(super) child: u64,
    /// What was passed over.
    pub(super) oddities: Vec<Oddity>,
    /// Census elements that are not needed and were passed over: where, what, how often.
    passed_over: BTreeMap<(&'static str, &'static str), u64>,
}

impl<'a> Xml<'a> {
    /// Opens a file and reads up to the start of `<Message>`.
    pub(super) fn open(file: &'a NamedFile) -> Result<Self, FileError> {
        let mut reader = Reader::from_reader(text(file)?);
        reader.config_mut().expand_empty_elements = true;
        let mut xml = Self {
            file,
            reader,
            buffer: Vec::new(),
            child: 0,
            oddities: Vec::new(),
            passed_over: BTreeMap::new(),
        };
        loop {
            match xml.next()? {
                Node::Open("Message") => return Ok(xml),
                Node::Text => {}
                Node::End if xml.position() == 0 => {
                    return Err(FileError::Empty { file: file.name.clone() });
                }
                Node::Open(_) | Node::PassOver(_) | Node::Unknown(_) | Node::Close | Node::End => {
                    let what =
                        "this is no CIN census return: the outermost element must be <Message>".to_owned();
                    return Err(FileError::Census { file: file.name.clone(), what });
                }
            }
        }
    }

    /// Bytes read so far, about.
    pub(super) fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The elements that were not taken in; those that are not known one by one.
    pub(super) fn passed(&self) -> impl Iterator<Item = Passed<'_>> {
        let known =
            self.passed_over.iter().map(|((place, name), times)| Passed { place, name, times: *times });
        let odd = self.oddities.iter().filter_map(move |o| o.element.as_deref().map(|name| (o.place, name)));
        known.chain(odd.map(|(place, name)| Passed { place, name, times: 1 }))
    }

    /// Calls `visit` with each known element within `parent`, up to its end tag.
    pub(super) fn each(
        &mut self,
        parent: &'static str,
        visit: &mut dyn FnMut(&mut Self, &'static str) -> Result<Visit, FileError>,
    ) -> Result<Visit, FileError> {
        loop {
            match self.next()? {
                Node::Open(name) => match visit(self, name)? {
                    Visit::Read => {}
                    Visit::NotHere => {
                        self.odd(parent, Some(name.to_owned()));
                        self.pass_over(parent)?;
                    }
                    Visit::Stop => return Ok(Visit::Stop),
                },
                Node::PassOver(name) => {
                    *self.passed_over.entry((parent, name)).or_default() += 1;
                    self.pass_over(parent)?;
                }
                Node::Unknown(name) => {
                    self.odd(parent, Some(name));
                    self.pass_over(parent)?;
                }
                Node::Text => self.odd(parent, None),
                Node::Close => return Ok(Visit::Read),
                Node::End => return Err(self.cut_off(parent)),
            }
        }
    }

    /// Reads what follows `</Message>`, which must be nothing.
    pub(super) fn finish(&mut self) -> Result<(), FileError> {
        match self.next()? {
            Node::End => Ok(()),
            Node::Open(_) | Node::PassOver(_) | Node::Unknown(_) | Node::Close | Node::Text => {
                let what = "there is more after the end of <Message>: is this two files in one?".to_owned();
                Err(self.xml_fault(self.reader.buffer_position(), what))
            }
        }
    }

    /// The text within `leaf`, up to its end tag, without white space around it.
    pub(super) fn text(&mut self, leaf: &'static str) -> Result<String, FileError> {
        let mut text = String::new();
        loop {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Text(t)) => text.push_str(&t),
                Ok(Event::CData(t)) => text.push_str(&t),
                Ok(Event::GeneralRef(r)) => match resolve(&r) {
                    Some(character) => text.push(character),
                    // Read as something else, it could make two children one.
                    None => {
                        let what = "an entity of the document's own, which is not read".to_owned();
                        return Err(self.xml_fault(self.reader.buffer_position(), what));
                    }
                },
                Ok(Event::End(_)) => return Ok(text.trim().to_owned()),
                Ok(Event::Start(e)) => {
                    let name = shown(e.local_name().into_inner());
                    self.odd(leaf, Some(name));
                    self.pass_over(leaf)?;
                }
                Ok(Event::Eof) => return Err(self.cut_off(leaf)),
                Ok(
                    Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_),
                ) => {}
                Err(error) => return Err(self.fault(&error)),
            }
        }
    }

    /// Passes over the rest of an element whose start tag was read.
    pub(super) fn pass_over(&mut self, parent: &'static str) -> Result<(), FileError> {
        let mut depth = 1_u64;
        while depth > 0 {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(_)) => depth += 1,
                Ok(Event::End(_)) => depth -= 1,
                Ok(Event::Eof) => return Err(self.cut_off(parent)),
                Ok(_) => {}
                Err(error) => return Err(self.fault(&error)),
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Node, FileError> {
        loop {
            self.buffer.clear();
            return Ok(match self.reader.read_event_into(&mut self.buffer) {
                Ok(Event::Start(e)) => {
                    let name = e.local_name().into_inner();
                    match names::find(name) {
                        Some(Name::Read(known)) => Node::Open(known),
                        Some(Name::PassedOver(known)) => Node::PassOver(known),
                        None => Node::Unknown(shown(name)),
                    }
                }
                Ok(Event::End(_)) => Node::Close,
                Ok(Event::Text(t)) if t.trim().is_empty() => continue,
                Ok(Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) => Node::Text,
                Ok(Event::Eof) => Node::End,
                Ok(
                    Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_),
                ) => continue,
                Err(error) => return Err(self.fault(&error)),
            });
        }
    }

    fn odd(&mut self, place: &'static str, element: Option<String>) {
        self.oddities.push(Oddity { child: self.child, place, element });
    }

    fn cut_off(&self, inside: &str) -> FileError {
        let what = format!("the file is cut off: it ends before the end of <{inside}>");
        self.xml_fault(self.reader.buffer_position(), what)
    }

    /// The fault in words of our own: those of the parser may quote the file.
    fn fault(&self, error: &quick_xml::Error) -> FileError {
        use quick_xml::Error;
        let at = self.reader.error_position();
        match error {
            Error::Io(source) => {
                encoding::fault(&self.file.name, source, ADVICE).unwrap_or_else(|| FileError::Unreadable {
                    file: self.file.name.clone(),
                    source: std::io::Error::from(source.kind()),
                })
            }
            Error::Syntax(_) => self.xml_fault(at, "the file is cut off inside a tag or comment".to_owned()),
            Error::IllFormed(
                IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_),
            ) => self.xml_fault(at, "an end tag that does not match its start tag".to_owned()),
            _ => self.xml_fault(at, "this is not well-formed XML".to_owned()),
        }
    }

    fn xml_fault(&self, offset: u64, what: String) -> FileError {
        match line_and_column(self.file, offset) {
            Ok((line, column)) => FileError::Xml { file: self.file.name.clone(), line, column, what },
            Err(fault) => fault,
        }
    }
}

/// The file as UTF-8.
fn text(file: &NamedFile) -> Result<Utf8Reader<File>, FileError> {
    let fault = |source| FileError::Unreadable { file: file.name.clone(), source };
    let start = sniff(&encoding::start_of(&file.path).map_err(fault)?);
    let encoding = start.encoding.map_err(|name| FileError::Encoding {
        file: file.name.clone(),
        line: 1,
        column: 1,
        found: format!("the encoding `{}`, which cannot be read", shown(&name)),
        advice: "write the file again as UTF-8".to_owned(),
    })?;
    let mut inner = File::open(&file.path).map_err(fault)?;
    let mut mark = vec![0; start.mark];
    inner.read_exact(&mut mark).map_err(fault)?;
    Ok(Utf8Reader::new(inner, encoding))
}

/// Line and character, from 1, of a byte of the file as UTF-8.
fn line_and_column(file: &NamedFile, offset: u64) -> Result<(u64, u64), FileError> {
    let (mut line, mut column) = (1, 1);
    let mut rest = BufReader::new(text(file)?.take(offset));
    // An error here is the one that is being reported: what was read before it counts.
    while let Ok(chunk) = rest.fill_buf()
        && !chunk.is_empty()
    {
        for byte in chunk {
            match byte {
                b'\n' => (line, column) = (line + 1, 1),
                // The later bytes of a character are not counted.
                0x80..=0xBF => {}
                _ => column += 1,
            }
        }
        let length = chunk.len();
        rest.consume(length);
    }
    Ok((line, column))
}

/// The character that a reference such as `&amp;` or `&#65;` stands for; `None` for one that a document defines itself.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    Some(match &**reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return reference.resolve_char_ref().ok().flatten(),
    })
}

/// A name from the file, cut to what can be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(40).collect()
}
