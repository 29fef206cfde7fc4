//! Text in its several encodings, read as UTF-8 while streaming; and what to say of text in another encoding.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::path::Path;

use super::FileError;

/// An encoding that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, which ASCII is part of.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, which ISO-8859-1 is read as, as on the web.
    Windows1252,
}

/// What the first bytes of a file say of its encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// The encoding, or the name of one that cannot be read.
    pub(super) encoding: Result<Encoding, String>,
    /// Length of the byte order mark.
    pub(super) mark: usize,
}

/// Judges the encoding from the first bytes of a file: its byte order mark, else the pattern of its zero bytes, else the
/// name declared in `<?xml ... encoding="..."?>`, else UTF-8.
pub(super) fn sniff(start: &[u8]) -> Sniffed {
    let known = |encoding, mark| Sniffed { encoding: Ok(encoding), mark };
    match start {
        [0xEF, 0xBB, 0xBF, ..] => known(Encoding::Utf8, 3),
        [0xFF, 0xFE, ..] => known(Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => known(Encoding::Utf16Be, 2),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => known(Encoding::Utf16Le, 0),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => known(Encoding::Utf16Be, 0),
        _ => {
            let encoding = match declared(start).as_deref() {
                None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => Ok(Encoding::Utf8),
                Some("windows-1252" | "cp1252" | "iso-8859-1" | "latin1" | "latin-1") => {
                    Ok(Encoding::Windows1252)
                }
                Some(other) => Err(other.to_owned()),
            };
            Sniffed { encoding, mark: 0 }
        }
    }
}

fn declared(start: &[u8]) -> Option<String> {
    let text: String = start.iter().map(|b| char::from(*b)).collect();
    let declaration = text.strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let quote = after.chars().next().filter(|q| ['"', '\''].contains(q))?;
    after[1..].split(quote).next().map(str::to_lowercase)
}

/// The first bytes of a file, enough for [`sniff`].
pub(super) fn start_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let _length = std::fs::File::open(path)?.take(1024).read_to_end(&mut start)?;
    Ok(start)
}

/// How much of a file is looked at to tell Windows-1252 from UTF-8.
const LOOK: u64 = 1 << 20;

/// A text file as UTF-8, whatever it was written in: by its mark or its zero bytes, else UTF-8, or Windows-1252 where its first
/// megabyte is not UTF-8.
///
/// # Errors
/// Where the file cannot be opened, or names an encoding that cannot be read.
pub(crate) fn open_text(path: &Path) -> io::Result<impl BufRead + use<>> {
    let start = sniff(&start_of(path)?);
    let mut encoding = start
        .encoding
        .map_err(|name| io::Error::new(io::ErrorKind::InvalidData, format!("its encoding is {name}")))?;
    if encoding == Encoding::Utf8 && start.mark == 0 {
        let mut look = Vec::new();
        let _length = std::fs::File::open(path)?.take(LOOK).read_to_end(&mut look)?;
        // A character cut by the end of what is looked at is no fault.
        if std::str::from_utf8(&look).is_err_and(|e| e.error_len().is_some()) {
            encoding = Encoding::Windows1252;
        }
    }
    let mut inner = io::BufReader::new(std::fs::File::open(path)?);
    let mut mark = vec![0; start.mark];
    inner.read_exact(&mut mark)?;
    Ok(Utf8Reader::new(inner, encoding))
}

/// Why text could not be read, with the place where it has one.
pub(crate) fn why_unreadable(error: &io::Error) -> String {
    let place = error.get_ref().and_then(|inner| inner.downcast_ref::<BadBytes>());
    place.map_or_else(|| error.to_string(), ToString::to_string)
}

/// Bytes that are not of the encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadBytes {
    line: u64,
    column: u64,
    found: &'static str,
}

impl fmt::Display for BadBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, character {}: {}", self.line, self.column, self.found)
    }
}

impl std::error::Error for BadBytes {}

/// The fault of reading `file` through [`Utf8Reader`], with what to do about it; `None` if the bytes were not at fault.
pub(super) fn fault(file: &str, error: &io::Error, advice: &str) -> Option<FileError> {
    let bad = error.get_ref()?.downcast_ref::<BadBytes>()?;
    Some(FileError::Encoding {
        file: file.to_owned(),
        line: bad.line,
        column: bad.column,
        found: bad.found.to_owned(),
        advice: advice.to_owned(),
    })
}

const CHUNK: usize = 1 << 16;

/// Reads any [`Encoding`] as UTF-8; bytes that are not of the encoding are an error that carries their place.
#[derive(Debug)]
pub(super) struct Utf8Reader<R> {
    inner: R,
    encoding: Encoding,
    raw: Vec<u8>,
    ended: bool,
    text: String,
    at: usize,
    line: u64,
    column: u64,
}

impl<R: Read> Utf8Reader<R> {
    /// Wraps a reader that stands behind the byte order mark.
    pub(super) fn new(inner: R, encoding: Encoding) -> Self {
        let (raw, text) = (Vec::new(), String::new());
        Self { inner, encoding, raw, ended: false, text, at: 0, line: 1, column: 1 }
    }

    /// Decodes the next chunk into `text`.
    fn advance(&mut self) -> io::Result<()> {
        (self.line, self.column) = self.end_of_text();
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !(self.ended && self.raw.is_empty()) {
            if !self.ended {
                let limit = u64::try_from(CHUNK).unwrap_or(u64::MAX);
                self.ended = self.inner.by_ref().take(limit).read_to_end(&mut self.raw)? == 0;
            }
            let used = match self.encoding {
                Encoding::Utf8 => self.utf8()?,
                Encoding::Utf16Le => self.utf16(u16::from_le_bytes)?,
                Encoding::Utf16Be => self.utf16(u16::from_be_bytes)?,
                Encoding::Windows1252 => {
                    self.text.extend(self.raw.iter().map(|b| windows_1252(*b)));
                    self.raw.len()
                }
            };
            self.raw.drain(..used);
        }
        Ok(())
    }

    fn utf8(&mut self) -> io::Result<usize> {
        let (valid, fatal) = match std::str::from_utf8(&self.raw) {
            Ok(_) => (self.raw.len(), false),
            // A character cut by the end of the chunk is completed by the next one, unless there is none.
            Err(e) => (e.valid_up_to(), e.error_len().is_some() || self.ended),
        };
        self.text.push_str(std::str::from_utf8(&self.raw[..valid]).unwrap_or_default());
        if fatal {
            let found = "bytes that are not UTF-8; it looks like Windows-1252 (ANSI)";
            return Err(self.bad(found));
        }
        Ok(valid)
    }

    fn utf16(&mut self, unit: impl Fn([u8; 2]) -> u16) -> io::Result<usize> {
        let units: Vec<u16> = self.raw.chunks_exact(2).map(|b| unit([b[0], b[1]])).collect();
        // Half a character at the end of the chunk waits for the next one.
        let whole = match units.last() {
            Some(last) if (0xD800..0xDC00).contains(last) && !self.ended => units.len() - 1,
            _ => units.len(),
        };
        for c in char::decode_utf16(units[..whole].iter().copied()) {
            match c {
                Ok(c) => self.text.push(c),
                Err(_) => return Err(self.bad("bytes that are not UTF-16")),
            }
        }
        if self.ended && self.raw.len() % 2 == 1 {
            return Err(self.bad("half a UTF-16 character at the end: the file is cut off"));
        }
        Ok(whole * 2)
    }

    /// Line and character at which `text` ends.
    fn end_of_text(&self) -> (u64, u64) {
        let breaks = self.text.bytes().filter(|b| *b == b'\n').count() as u64;
        let (before, last) =
            self.text.rsplit_once('\n').map_or((self.column, &*self.text), |(_, last)| (1, last));
        (self.line + breaks, before + last.chars().count() as u64)
    }

    fn bad(&self, found: &'static str) -> io::Error {
        let (line, column) = self.end_of_text();
        io::Error::new(io::ErrorKind::InvalidData, BadBytes { line, column, found })
    }
}

impl<R: Read> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.text.len() {
            self.advance()?;
        }
        Ok(&self.text.as_bytes()[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::{BadBytes, Encoding, Utf8Reader, sniff};
    use std::io::Read;

    fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, String> {
        let mut text = String::new();
        let read = Utf8Reader::new(bytes, encoding).read_to_string(&mut text);
        let bad =
            |e: std::io::Error| e.get_ref().and_then(|e| e.downcast_ref::<BadBytes>()).unwrap().to_string();
        read.map(|_| text).map_err(bad)
    }

    #[test]
    fn every_encoding_reads_the_same_across_chunks() {
        // Odd lengths put characters of two to four bytes across the ends of chunks.
        let text = "x€é\u{1f600}\n".repeat(30_000);
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        assert_eq!(decode(text.as_bytes(), Encoding::Utf8).as_ref(), Ok(&text));
        assert_eq!(decode(&utf16(u16::to_le_bytes), Encoding::Utf16Le).as_ref(), Ok(&text));
        assert_eq!(decode(&utf16(u16::to_be_bytes), Encoding::Utf16Be).as_ref(), Ok(&text));
        assert_eq!(decode(&[b'x', 0x80, 0xE9], Encoding::Windows1252), Ok("x€é".to_owned()));
    }

    #[test]
    fn bad_bytes_are_placed() {
        let mut bytes = "é\n".repeat(40_000).into_bytes();
        bytes.extend([b'a', b'b', 0xE9, b'c']);
        let found = decode(&bytes, Encoding::Utf8).unwrap_err();
        assert!(found.starts_with("line 40001, character 3: "), "{found}");
        let cut = decode(&[b'a', 0, b'b'], Encoding::Utf16Le).unwrap_err();
        assert!(cut.starts_with("line 1, character 2: half"), "{cut}");
    }

    #[test]
    fn encodings_are_told_by_mark_pattern_and_declaration() {
        let told = |bytes: &[u8]| sniff(bytes).encoding;
        assert_eq!(told(b"\xEF\xBB\xBFchild"), Ok(Encoding::Utf8));
        assert_eq!(told(b"\xFF\xFEc\0"), Ok(Encoding::Utf16Le));
        assert_eq!(told(b"<\0?\0x\0"), Ok(Encoding::Utf16Le));
        assert_eq!(told(b"\0<\0?\0x"), Ok(Encoding::Utf16Be));
        assert_eq!(told(b"<?xml version='1.0' encoding = 'Windows-1252'?><a/>"), Ok(Encoding::Windows1252));
        assert_eq!(told(b"<?xml version=\"1.0\"?><a encoding='x'/>"), Ok(Encoding::Utf8));
        assert_eq!(told(b"<?xml version='1.0' encoding='EBCDIC-UK'?>"), Err("ebcdic-uk".to_owned()));
    }
}
