//! One line read: an entry with the right hash, or what is wrong with it.

use super::entry::{Entry, Event};
use super::fault::FaultKind;
use super::form;
use serde_json::Value;

/// Reads one line, without its line end, and looks at it alone. Linear in its length.
pub(super) fn read(bytes: &[u8]) -> Result<Entry, FaultKind> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| FaultKind::NotJson)?;
    let kind = value.get("kind").and_then(Value::as_str);
    if let Some(kind) = kind.filter(|kind| !Event::KINDS.contains(kind)) {
        return Err(FaultKind::UnknownKind(kind.to_owned()));
    }
    let entry: Entry = serde_json::from_value(value)
        .map_err(|_| FaultKind::NotAnEntry("a member is missing, or its value is of the wrong sort"))?;
    // Compared byte for byte, so that blanks, members added and spellings of the same text are seen too.
    if entry.line().as_bytes() != bytes || entry.digest() != entry.hash {
        return Err(FaultKind::Edited);
    }
    // Last, so that an edit is called an edit: this is what somebody made who knows how to hash.
    match form::problem(&entry.at, &entry.event) {
        Some(problem) => Err(FaultKind::NotAnEntry(problem)),
        None => Ok(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::GENESIS;
    use super::*;

    fn note(text: &str) -> Entry {
        Entry::seal(1, "2026-03-01T09:30:00Z", Event::Note { text: text.to_owned() }, GENESIS)
    }

    #[test]
    fn the_same_entry_spelt_otherwise_is_edited() {
        let line = note("a/b").line();
        assert_eq!(read(line.as_bytes()), Ok(note("a/b")));
        let others = [
            format!("{line} "),
            format!("{line}\r"),
            line.replacen(':', ": ", 1),
            line.replace("a/b", "a\\/b"),
            line.replacen('{', "{\"more\":1,", 1),
            line.replacen(
                "\"seq\":1,\"at\":\"2026-03-01T09:30:00Z\"",
                "\"at\":\"2026-03-01T09:30:00Z\",\"seq\":1",
                1,
            ),
        ];
        for other in others {
            assert_eq!(read(other.as_bytes()), Err(FaultKind::Edited), "{other}");
        }
    }

    #[test]
    fn what_is_no_entry_is_named() {
        let line = note("x").line();
        assert_eq!(read(b""), Err(FaultKind::NotJson));
        assert_eq!(read(b"\xff"), Err(FaultKind::NotJson));
        assert_eq!(read(format!("\u{feff}{line}").as_bytes()), Err(FaultKind::NotJson));
        assert_eq!(read(format!("{line}{line}").as_bytes()), Err(FaultKind::NotJson));
        let wished = line.replace("\"kind\":\"note\"", "\"kind\":\"wish\"");
        assert_eq!(read(wished.as_bytes()), Err(FaultKind::UnknownKind("wish".to_owned())));
        for none in ["{}", "[]", "1", "null", &line.replace("\"text\":\"x\",", "")] {
            assert!(matches!(read(none.as_bytes()), Err(FaultKind::NotAnEntry(_))), "{none}");
        }
        assert!(
            matches!(read(note(" ").line().as_bytes()), Err(FaultKind::NotAnEntry(why)) if why.contains("words"))
        );
    }

    #[test]
    fn texts_of_every_sort_come_back() {
        for text in
            ["\"quoted\" \\ / \u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}", "é ‘Zoë’ 子供 🙂 \u{202e}", "{\"kind\":1}"]
        {
            assert_eq!(read(note(text).line().as_bytes()), Ok(note(text)));
        }
    }
}
