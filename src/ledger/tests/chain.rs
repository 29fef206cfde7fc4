//! What can be done to a file, and whether it is seen.

use super::super::chain::{missing_heads, read};
use super::super::fault::{Fault, FaultKind};
use super::super::line;
use super::*;
use std::thread;

/// The faults, each as line and kind.
fn faults(bytes: &[u8]) -> Vec<(usize, FaultKind)> {
    read(bytes).faults.into_iter().map(|f| (f.line.unwrap(), f.kind)).collect()
}

fn lines(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(Entry::line).collect()
}

fn joined(lines: &[String]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// The first entry, byte for byte, and its hash as Python's `hashlib` 3 gives it.
#[test]
fn the_bytes_and_the_hash_are_as_documented() {
    let entry =
        Entry::seal(1, "2026-03-01T09:30:00Z", registered('1', 'a', "de", Some("é \"x\"\n")), GENESIS);
    let (one, a, d, e) = (d('1'), d('a'), d('d'), d('e'));
    let canonical = format!(
        "{{\"seq\":1,\"at\":\"2026-03-01T09:30:00Z\",\"kind\":\"registered\",\"experiment\":\"{one}\",\"gate\":\"{a}\",\
         \"data\":[\"{d}\",\"{e}\"],\"reason\":\"é \\\"x\\\"\\n\",\"before\":\"{GENESIS}\"}}"
    );
    assert_eq!(entry.canonical(), canonical);
    assert_eq!(entry.hash, "fa3e9bd1e0b12b29add46987f49a3bac0a35823d4453b26bfa1d6d052fafb29f");
    assert_eq!(entry.line(), canonical.replace("\"}", &format!("\",\"hash\":\"{}\"}}", entry.hash)));
}

#[test]
fn serde_writes_the_same_line() {
    for entry in twenty() {
        assert_eq!(serde_json::to_string(&entry).unwrap(), entry.line());
    }
}

#[test]
fn an_untouched_ledger_has_no_fault() {
    let entries = twenty();
    assert_eq!(entries.len(), 20);
    for n in 0..=20 {
        let reading = read(&bytes(&entries[..n]));
        assert_eq!((reading.entries.as_slice(), reading.faults.as_slice()), (&entries[..n], &[][..]));
    }
}

/// Asserts that no byte of these lines can become one of `others` unseen.
fn assert_seen(lines: &[String], others: impl Fn(u8) -> Vec<u8> + Sync) {
    let one = |line: &String| {
        let mut changed = line.clone().into_bytes();
        for at in 0..changed.len() {
            let was = changed[at];
            for byte in others(was).into_iter().filter(|&b| b != was) {
                changed[at] = byte;
                // A line end in its middle makes two lines.
                let seen = changed.split(|&b| b == b'\n').any(|part| line::read(part).is_err());
                assert!(seen, "byte {at} of {line} changed to {byte}");
            }
            changed[at] = was;
        }
    };
    thread::scope(|scope| {
        let (first, second) = lines.split_at(lines.len() / 2);
        scope.spawn(|| first.iter().for_each(one));
        second.iter().for_each(one);
    });
}

/// Every byte to every other, for a line of each kind.
#[test]
fn any_changed_byte_of_a_line_of_each_kind_is_seen() {
    let lines = lines(&twenty());
    let each = [&lines[13], &lines[14], &lines[15], &lines[16]].map(Clone::clone);
    assert_seen(&each, |_| (0..=255).collect());
}

/// Every byte of all twenty lines to every other.
#[test]
#[ignore = "a minute or more unless optimised: cargo test --release -- --ignored any_changed"]
fn any_changed_byte_of_any_line_is_seen() {
    assert_seen(&lines(&twenty()), |_| (0..=255).collect());
}

#[test]
fn some_change_of_any_byte_of_any_line_is_seen() {
    assert_seen(&lines(&twenty()), |was| vec![b'\n', b' ', was ^ 1]);
}

/// A line that is seen is a fault of the file; and every line end changed to every other byte is.
#[test]
fn changed_bytes_of_the_file_are_faults() {
    let sound = bytes(&twenty());
    let mut changed = sound.clone();
    for at in 0..sound.len() {
        let was = sound[at];
        let others: Vec<u8> = match (was, at % 17) {
            (b'\n', _) => (0..=255).filter(|&b| b != b'\n').collect(),
            (_, 0) => vec![b'\n', was ^ 1],
            _ => vec![],
        };
        for byte in others {
            changed[at] = byte;
            assert!(!read(&changed).faults.is_empty(), "byte {at} changed to {byte}");
        }
        changed[at] = was;
    }
}

#[test]
fn any_removed_or_added_byte_is_seen() {
    for line in lines(&twenty()) {
        for at in 0..=line.len() {
            let mut less = line.clone().into_bytes();
            less.drain(at..(at + 1).min(line.len()));
            assert!(at == line.len() || line::read(&less).is_err(), "byte {at} of {line} removed");
            for byte in *b" 0" {
                let mut more = line.clone().into_bytes();
                more.insert(at, byte);
                assert!(line::read(&more).is_err(), "byte {byte} added at {at} of {line}");
            }
        }
    }
    let sound = bytes(&twenty());
    for at in (0..sound.len()).filter(|&at| sound[at] == b'\n') {
        let (mut less, mut more) = (sound.clone(), sound.clone());
        less.remove(at);
        more.insert(at, b'\n');
        assert!(!read(&less).faults.is_empty() && !read(&more).faults.is_empty(), "line end at {at}");
    }
}

#[test]
fn an_edited_line_is_named_and_no_other() {
    for line in 1..=20 {
        let mut lines = lines(&twenty());
        lines[line - 1] = lines[line - 1].replace("2026-03", "2025-03");
        assert_eq!(faults(&joined(&lines)), [(line, FaultKind::Edited)]);
    }
}

#[test]
fn an_edited_and_hashed_line_breaks_the_chain_after_it() {
    for line in 1..=20_usize {
        let mut entries = twenty();
        let was = entries[line - 1].clone();
        entries[line - 1] = Entry::seal(was.seq, "2025-01-01T00:00:00Z", was.event, &was.before);
        let found = faults(&bytes(&entries));
        if line < 20 {
            assert_eq!(found, [(line + 1, FaultKind::Unchained)]);
        } else {
            assert_eq!(found, [], "only a head can show it");
        }
        let heads = [("000000000005".to_owned(), was.hash)];
        assert_eq!(missing_heads(&entries, &heads).len(), 1);
    }
}

#[test]
fn any_removed_lines_are_named() {
    let all = twenty();
    for from in 1..=20_usize {
        for to in from..=20_usize {
            let mut entries = all.clone();
            entries.drain(from - 1..to);
            let removed = FaultKind::Removed { from: from as u64, to: to as u64 };
            if to < 20 {
                assert_eq!(faults(&bytes(&entries)), [(from, removed)]);
            } else {
                assert_eq!(faults(&bytes(&entries)), [], "the chain alone cannot show it");
            }
            let heads: Vec<_> = all.iter().map(|e| ("a run".to_owned(), e.hash.clone())).collect();
            let missing = missing_heads(&entries, &heads);
            assert_eq!(missing.len(), to - from + 1);
            assert!(missing.iter().all(|f: &Fault| f.line.is_none() && f.to_string().contains("a run")));
        }
    }
}

#[test]
fn any_two_swapped_lines_are_out_of_order() {
    for a in 0..20 {
        for b in a + 1..20 {
            let mut entries = twenty();
            entries.swap(a, b);
            let found = faults(&bytes(&entries));
            let named = |line: usize| {
                found.iter().any(|(l, kind)| *l == line && matches!(kind, FaultKind::OutOfOrder(_)))
            };
            assert!(named(a + 1) && named(b + 1), "{a} {b}: {found:?}");
            assert!(found.iter().all(|(_, kind)| matches!(kind, FaultKind::OutOfOrder(_))), "{found:?}");
        }
    }
}

#[test]
fn any_moved_line_is_out_of_order() {
    for from in 0..20 {
        for to in (0..20).filter(|&to| to != from) {
            let mut entries = twenty();
            let moved = entries.remove(from);
            entries.insert(to, moved);
            assert!(
                faults(&bytes(&entries))
                    .iter()
                    .any(|(l, k)| *l == to + 1 && matches!(k, FaultKind::OutOfOrder(_)))
            );
        }
    }
}

#[test]
fn any_duplicated_line_is_named_and_no_other() {
    for line in 0..20 {
        for to in 0..=20 {
            let mut entries = twenty();
            entries.insert(to, entries[line].clone());
            let found = faults(&bytes(&entries));
            if to > line {
                assert_eq!(found, [(to + 1, FaultKind::Duplicated(line + 1))]);
            } else {
                assert!(
                    found
                        .iter()
                        .any(|(_, kind)| matches!(kind, FaultKind::Duplicated(first) if *first == to + 1))
                );
            }
        }
    }
}

#[test]
fn several_faults_are_all_named() {
    let mut lines = lines(&twenty());
    lines[2] = lines[2].replace("2026", "2027");
    lines[5] = "sorry".to_owned();
    lines[7] = lines[7].replace("\"note\"", "\"wish\"");
    lines.remove(10);
    lines.insert(15, lines[0].clone());
    let mut bytes = joined(&lines);
    bytes.extend(b"{\"seq\":2");
    let expected = [
        (3, FaultKind::Edited),
        (6, FaultKind::NotJson),
        (8, FaultKind::UnknownKind("wish".to_owned())),
        (11, FaultKind::Removed { from: 11, to: 11 }),
        (16, FaultKind::Duplicated(1)),
        (21, FaultKind::Torn { whole: false, from: bytes.len() - 8, length: 8 }),
    ];
    assert_eq!(faults(&bytes), expected);
}

#[test]
fn a_line_put_in_is_named_and_no_other() {
    let mut lines = lines(&twenty());
    lines.insert(4, String::new());
    assert_eq!(faults(&joined(&lines)), [(5, FaultKind::NotJson)]);
    let mut entries = twenty();
    entries.insert(4, Entry::seal(5, &at(5), note("put in"), &entries[3].hash.clone()));
    assert_eq!(faults(&bytes(&entries)), [(6, FaultKind::OutOfOrder(4))]);
}

#[test]
fn after_a_line_that_cannot_be_read_an_older_number_still_does_not_follow() {
    let mut entries = twenty();
    entries[6] = Entry::seal(3, &at(7), note("put in"), &d('9'));
    let mut lines = lines(&entries);
    lines[5] = "torn".to_owned();
    let found = faults(&joined(&lines));
    let expected =
        [(6, FaultKind::NotJson), (7, FaultKind::Unchained), (8, FaultKind::Removed { from: 4, to: 7 })];
    assert_eq!(found, expected);
}

#[test]
fn numbers_must_follow() {
    for seq in [0, 1, 3, u64::MAX] {
        let first = Entry::seal(1, &at(1), note("x"), GENESIS);
        let second = Entry::seal(seq, &at(2), note("y"), &first.hash);
        assert_eq!(faults(&bytes(&[first, second])), [(2, FaultKind::Misnumbered)]);
    }
    let alone = Entry::seal(u64::MAX, &at(1), note("x"), &d('0').replace('0', "1"));
    assert_eq!(faults(&bytes(&[alone])), [(1, FaultKind::Removed { from: 1, to: u64::MAX - 1 })]);
}

#[test]
fn what_the_rules_forbid_is_a_fault_however_well_hashed() {
    let entries = forged(vec![
        opened(2, "early"),
        registered('1', 'a', "d", None),
        opened(2, "r"),
        registered('1', 'b', "d", None),
        opened(4, "s"),
        verdict("never", Verdict::Pass),
    ]);
    let found = faults(&bytes(&entries));
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4, 5, 6]);
    assert!(found.iter().all(|(_, kind)| matches!(kind, FaultKind::AgainstRules(_))));
}
