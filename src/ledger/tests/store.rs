//! The file: torn ends, and many who write at once.

use super::super::{Decision, LedgerError, Request, append, may_open, read, verify};
use super::*;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs").join(super::super::FILE_NAME);
    (folder, path)
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().write_all(bytes).unwrap();
}

fn message(error: &LedgerError) -> String {
    error.to_string()
}

#[test]
fn what_is_appended_is_read_back() {
    let (_folder, path) = folder();
    assert_eq!(read(&path).unwrap(), []);
    assert_eq!(verify(&path, &[]).unwrap(), []);
    let expected = twenty();
    for (entry, seq) in expected.iter().zip(1..) {
        assert_eq!(append(&path, &entry.event, &at(seq)).unwrap(), *entry);
    }
    assert_eq!(read(&path).unwrap(), expected);
    assert_eq!(fs::read(&path).unwrap(), bytes(&expected));
    let heads: Vec<_> = expected.iter().map(|e| ("r".to_owned(), e.hash.clone())).collect();
    assert_eq!(verify(&path, &heads).unwrap(), []);
}

#[test]
fn data_may_come_in_any_order() {
    let (_folder, path) = folder();
    let entry = append(&path, &registered('1', 'a', "fdef", None), &at(1)).unwrap();
    assert_eq!(entry.event, registered('1', 'a', "def", None));
    assert_eq!(read(&path).unwrap(), [entry]);
}

#[test]
fn what_is_refused_changes_nothing() {
    let (_folder, path) = folder();
    append(&path, &registered('1', 'a', "d", None), &at(1)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(append(&path, &note(" "), &at(2)), Err(LedgerError::Malformed(_))));
    assert!(matches!(append(&path, &note("x"), "today"), Err(LedgerError::Malformed(_))));
    assert!(matches!(append(&path, &opened(2, "r"), &at(2)), Err(LedgerError::Refused(_))));
    assert!(matches!(append(&path, &verdict("r", Verdict::Pass), &at(2)), Err(LedgerError::Refused(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(matches!(append(path.parent().unwrap(), &note("x"), &at(1)), Err(LedgerError::Io { .. })));
}

#[test]
fn a_broken_chain_is_neither_read_nor_added_to() {
    let (_folder, path) = folder();
    let mut entries = twenty();
    entries.remove(6);
    entries.remove(11);
    put(&path, &bytes(&entries));
    for error in [append(&path, &note("x"), &at(1)).unwrap_err(), read(&path).unwrap_err()] {
        let message = message(&error);
        assert!(
            message.contains("line 7 does not follow from the line before it: entry 7 was removed"),
            "{message}"
        );
        assert!(message.ends_with("(and 1 fault more)"), "{message}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes(&entries));
    assert_eq!(verify(&path, &[]).unwrap().len(), 2);
}

/// A file that ends after every possible byte of the last of three lines.
#[test]
fn every_torn_end_is_refused_and_can_be_mended_as_told() {
    let entries = &twenty()[..3];
    let (sound, kept) = (bytes(entries), bytes(&entries[..2]));
    for length in kept.len() + 1..sound.len() {
        let (_folder, path) = folder();
        put(&path, &sound[..length]);
        let error = message(&append(&path, &note("x"), &at(4)).unwrap_err());
        assert_eq!(fs::read(&path).unwrap(), &sound[..length], "nothing is dropped");
        let mended = if length == sound.len() - 1 {
            assert!(error.contains("line 3 is whole but has no line end"), "{error}");
            sound.clone()
        } else {
            let torn = length - kept.len();
            let told =
                format!("remove the last {torn} bytes, so that the file ends after byte {} ", kept.len());
            assert!(error.contains("line 3 is unfinished") && error.contains(&told), "{error}");
            assert!(error.contains("the line end of line 2"));
            kept.clone()
        };
        put(&path, &mended);
        append(&path, &note("mended"), &at(4)).unwrap();
    }
}

#[test]
fn a_torn_first_line_and_zeros_after_a_power_cut_are_refused() {
    let (_folder, path) = folder();
    put(&path, b"{\"seq\":1,");
    assert!(message(&append(&path, &note("x"), &at(1)).unwrap_err()).contains("line 1 is unfinished"));
    let mut padded = bytes(&twenty());
    padded.extend([0; 100]);
    put(&path, &padded);
    assert!(message(&append(&path, &note("x"), &at(1)).unwrap_err()).contains("line 21 is unfinished"));
}

#[test]
fn heads_show_lines_removed_at_the_end_and_a_ledger_begun_anew() {
    let (_folder, path) = folder();
    let entries = twenty();
    let heads = [("000000000005".to_owned(), entries[18].hash.clone())];
    put(&path, &bytes(&entries[..19]));
    assert_eq!(verify(&path, &heads).unwrap(), [], "later lines are nobody's head");
    put(&path, &bytes(&entries[..18]));
    assert_eq!(verify(&path, &[]).unwrap(), []);
    let faults = verify(&path, &heads).unwrap();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].to_string().contains("which run 000000000005 recorded, is not in the ledger"));
    put(&path, &bytes(&ledger(vec![note("begun anew")])));
    assert_eq!(verify(&path, &heads).unwrap(), faults);
    fs::remove_file(&path).unwrap();
    assert_eq!(verify(&path, &heads).unwrap(), faults);
}

fn write_notes(path: &Path, who: &str, many: usize) {
    for i in 0..many {
        append(path, &note(&format!("{who} {i}")), &at(1)).unwrap();
    }
}

/// All notes are there, each writer's in its own order.
fn assert_all_there(path: &Path, writers: usize, many: usize) {
    let entries = read(path).unwrap();
    assert_eq!(entries.len(), writers * many);
    for writer in 0..writers {
        let prefix = format!("{writer} ");
        let texts = entries.iter().filter_map(|e| match &e.event {
            Event::Note { text } => text.strip_prefix(&prefix).map(str::to_owned),
            _ => None,
        });
        assert!(texts.eq((0..many).map(|i| i.to_string())));
    }
}

#[test]
fn threads_at_once_all_succeed() {
    let (_folder, path) = folder();
    thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || write_notes(path, &writer.to_string(), 10));
        }
        // Nobody who reads meanwhile sees half a line.
        for _ in 0..50 {
            read(&path).unwrap();
        }
    });
    assert_all_there(&path, 8, 10);
}

/// The tests' own program as another process, given what to do on its standard input.
fn child(order: &str) -> std::process::Child {
    run(Command::new(std::env::current_exe().unwrap()), order)
}

fn run(mut command: Command, order: &str) -> std::process::Child {
    let this = concat!(module_path!(), "::as_another_process");
    let (_crate, this) = this.split_once("::").unwrap();
    command.args([this, "--exact", "--ignored"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(order.as_bytes()).unwrap();
    child
}

#[test]
#[ignore = "the other process of the tests below; alone it does nothing"]
fn as_another_process() {
    let mut order = String::new();
    std::io::stdin().read_to_string(&mut order).unwrap();
    if let [path, who, many] = order.lines().collect::<Vec<_>>()[..] {
        write_notes(Path::new(path), who, many.parse().unwrap());
    }
}

#[test]
fn processes_at_once_all_succeed() {
    let (_folder, path) = folder();
    let order = |who: usize| format!("{}\n{who}\n10", path.display());
    let children: Vec<_> = (0..4).map(|who| child(&order(who))).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_all_there(&path, 4, 10);
}

/// A writer killed at any moment leaves a sound ledger, or one that says how to mend it.
#[test]
fn a_killed_process_leaves_a_ledger_that_can_be_used() {
    for wait in 0..10_u64 {
        let (_folder, path) = folder();
        let mut child = child(&format!("{}\n0\n100000", path.display()));
        while fs::metadata(&path).map_or(0, |m| m.len()) == 0 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it wrote");
            thread::yield_now();
        }
        thread::sleep(std::time::Duration::from_millis(3 * wait));
        child.kill().unwrap();
        child.wait().unwrap();
        match append(&path, &note("after"), &at(1)) {
            Ok(entry) => assert_eq!(read(&path).unwrap().last(), Some(&entry)),
            Err(error) => assert!(message(&error).contains("To mend it"), "{error}"),
        }
    }
}

#[test]
fn whoever_appends_or_reads_waits_for_the_lock() {
    let (_folder, path) = folder();
    append(&path, &note("first"), &at(1)).unwrap();
    let held = OpenOptions::new().read(true).append(true).open(&path).unwrap();
    held.lock().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| append(&path, &note("second"), &at(1)).unwrap());
        let reading = scope.spawn(|| read(&path).unwrap());
        thread::sleep(std::time::Duration::from_millis(100));
        let finished = [waiting.is_finished(), reading.is_finished()];
        held.unlock().unwrap();
        assert_eq!(finished, [false; 2]);
        assert_eq!(waiting.join().unwrap().seq, 2);
    });
}

/// Both asked before either wrote, and both were told that they were the first.
#[test]
fn two_who_were_both_told_first_are_told_apart() {
    let (_folder, path) = folder();
    append(&path, &registered('1', 'a', "d", None), &at(1)).unwrap();
    append(&path, &registered('1', 'b', "d", None), &at(2)).unwrap();
    let entries = read(&path).unwrap();
    for (gate, registration) in [('a', 1), ('b', 2)] {
        let request = Request { experiment: d('1'), gate: d(gate), data: data("d") };
        assert_eq!(may_open(&entries, &request), Decision::First { registration });
    }
    append(&path, &opened(1, "r"), &at(3)).unwrap();
    let error = append(&path, &opened(2, "s"), &at(3)).unwrap_err();
    assert!(
        matches!(error, LedgerError::Refused(why) if why.contains("by run r under another registration"))
    );
}

/// A file that may grow no further, as on a full disk: the part of the line that was written is taken back.
#[cfg(unix)]
#[test]
fn a_line_that_does_not_fit_is_taken_back() {
    let (_folder, path) = folder();
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""]).arg(program);
    let mut child = run(command, &format!("{}\n0\n100", path.display()));
    assert!(!child.wait().unwrap().success(), "4 blocks do not hold 100 entries");
    let length = fs::metadata(&path).unwrap().len();
    let entries = read(&path).unwrap();
    let line = entries.last().unwrap().line().len() as u64 + 1;
    assert!(length % 512 != 0 && length + line > 2048 && length < 4096, "{length}");
    append(&path, &note("room again"), &at(1)).unwrap();
}
