//! What the board reads.

use super::super::{show, summary};
use super::*;

fn first() -> Vec<Event> {
    vec![registered('1', 'a', "d", None), opened(1, "r"), verdict("r", Verdict::Pass)]
}

fn says(events: Vec<Event>) -> String {
    summary(&ledger(events))
}

#[test]
fn one_sentence_for_each_course_of_events() {
    assert_eq!(says(vec![]), "Nothing has been registered, and the test window has not been opened.");
    assert_eq!(says(first()[..1].to_vec()), "The test window has not been opened; its gate is registered.");
    assert_eq!(says(first()), "The test window was opened once, after the gate was registered.");
    assert_eq!(
        says(first()[..2].to_vec()),
        "The test window was opened once, after the gate was registered; for 1 opening no verdict is recorded."
    );
    let mut twice = first();
    twice.extend([opened(1, "r"), verdict("r", Verdict::Fail)]);
    assert_eq!(
        says(twice),
        "The test window was opened 2 times; each time under the same registration, made before the first opening; run r was \
         given different verdicts."
    );
    let mut choice = vec![registered('1', 'a', "d", None), registered('1', 'b', "d", None)];
    assert_eq!(
        says(choice.clone()),
        "The test window has not been opened; 2 different gates are registered for it."
    );
    choice.extend([opened(2, "r"), verdict("r", Verdict::Pass)]);
    assert_eq!(
        says(choice),
        "The test window was opened once, after the gate was registered; 2 different registrations were made before the \
         first opening."
    );
}

#[test]
fn a_change_is_said() {
    let mut events = first();
    events.push(registered('1', 'b', "d", Some("why")));
    assert_eq!(
        says(events.clone()),
        "The test window was opened once, after the gate was registered; 1 new registration was made after the last opening."
    );
    events.extend([opened(4, "s"), verdict("s", Verdict::Pass), opened(4, "s"), verdict("s", Verdict::Pass)]);
    let three = "The test window was opened 3 times; the gate was changed after the first opening";
    assert_eq!(says(events.clone()), format!("{three}."));
    events.extend([opened(1, "r"), verdict("r", Verdict::Pass)]);
    assert_eq!(says(events), "The test window was opened 4 times; the gate was changed after openings 1, 3.");
    let mut all = first();
    all.extend([registered('2', 'b', "de", Some("why")), opened(4, "s"), verdict("s", Verdict::Fail)]);
    assert_eq!(
        says(all),
        "The test window was opened 2 times; the gate was changed after the first opening; the experiment was changed after \
         the first opening; the data files were changed after the first opening."
    );
    let mut anew = first();
    anew.extend([registered('1', 'a', "d", Some("why")), opened(4, "s"), verdict("s", Verdict::Fail)]);
    assert_eq!(
        says(anew),
        "The test window was opened 2 times; the same experiment and gate were registered again after the first opening."
    );
}

#[test]
fn windows_that_share_no_file_have_a_sentence_each() {
    let mut events = first();
    events.push(registered('1', 'a', "e", None));
    let two = "The test window of the data dddddddddddd was opened once, after the gate was registered. The test window of \
               the data eeeeeeeeeeee has not been opened; its gate is registered.";
    assert_eq!(says(events.clone()), two);
    events.push(registered('1', 'a', "de", Some("both")));
    assert!(says(events).starts_with("The test window was opened once"), "a file of each makes them one");
}

#[test]
fn the_table_has_a_line_for_each_entry() {
    let entries = twenty();
    let text = show(&entries);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + 20 + 1 + 1, "heading, entries, blank, summary");
    assert_eq!(lines[0], "no.  when (UTC)            hash          what        record");
    let short = &entries[3].hash[..12];
    assert_eq!(
        lines[4],
        format!(
            "  4  2026-03-04T09:30:00Z  {short}  opened      run 000000000001, under registration 2: first look"
        )
    );
    assert!(lines[5].ends_with("verdict     run 000000000001: CANNOT SAY"));
    assert!(lines[6].ends_with("under registration 2: LOOK 2"));
    assert!(lines[9].ends_with(
        "registered  experiment 111111111111, gate bbbbbbbbbbbb (changed), data dddddddddddd and 1 more; AFTER 2 OPENINGS; \
         reason: the gate named a measure that does not exist"
    ));
    assert_eq!(lines[22], summary(&entries));
    assert_eq!(show(&[]), format!("{}\n", summary(&[])));
}

#[test]
fn a_missing_verdict_and_a_wrong_clock_are_said() {
    let mut entries = ledger(first()[..2].to_vec());
    let earlier = Entry::seal(3, "2020-01-01T00:00:00Z", note("x"), &entries[1].hash);
    entries.push(earlier);
    let text = show(&entries);
    assert!(text.contains("first look; NO VERDICT RECORDED\n"));
    assert!(text.contains("Entry 3 bears an earlier time than entry 2"));
    assert!(!show(&twenty()).contains("earlier time"));
}

#[test]
fn a_text_cannot_disturb_the_table() {
    let text = show(&ledger(vec![note("a\nb\u{1b}[2Jc\u{202e}d\u{200b}e")]));
    assert!(text.contains("a\u{fffd}b\u{fffd}[2Jc\u{fffd}d\u{fffd}e\n"));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_change_is_seen_though_the_digests_begin_alike() {
    let alike = |end: char| format!("{}{end}", "a".repeat(63));
    let gate = |gate: String, reason: Option<&str>| Event::Registered {
        experiment: d('1'),
        gate,
        data: data("d"),
        reason: reason.map(str::to_owned),
    };
    let entries =
        ledger(vec![gate(alike('a'), None), opened(1, "r"), gate(alike('b'), Some("why")), opened(3, "s")]);
    assert!(show(&entries).contains("gate aaaaaaaaaaaa (changed)"));
    assert!(summary(&entries).contains("the gate was changed"));
}
