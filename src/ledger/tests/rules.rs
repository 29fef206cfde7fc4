//! Who may open, by hand.

use super::super::query::{openings, registration_of, unjudged};
use super::super::rules::{Decision, Request, may_open};
use super::*;

fn ask(entries: &[Entry], experiment: char, gate: char, files: &str) -> Decision {
    may_open(entries, &Request { experiment: d(experiment), gate: d(gate), data: data(files) })
}

fn refused(decision: &Decision, words: &str) -> bool {
    matches!(decision, Decision::Refused { reason } if reason.contains(words))
}

fn again(registration: u64, times: usize, first: usize, reason: Option<&str>) -> Decision {
    Decision::Again { registration, times, first_at: at(first), reason: reason.map(str::to_owned) }
}

#[test]
fn nothing_registered_nothing_opened() {
    assert!(refused(&ask(&[], '1', 'a', "d"), "has not been registered"));
    assert!(refused(&ask(&ledger(vec![note("x")]), '1', 'a', "d"), "has not been registered"));
}

#[test]
fn experiment_gate_and_data_must_all_be_those_registered() {
    let entries = ledger(vec![registered('1', 'a', "de", None)]);
    assert_eq!(ask(&entries, '1', 'a', "de"), Decision::First { registration: 1 });
    assert_eq!(
        ask(&entries, '1', 'a', "ede"),
        Decision::First { registration: 1 },
        "order and copies are nothing"
    );
    assert!(refused(&ask(&entries, '2', 'a', "de"), "has not been registered"));
    assert!(refused(&ask(&entries, '1', 'b', "de"), "registration 1 of this experiment is for another gate"));
    for files in ["d", "def", "df", "f", ""] {
        assert!(refused(&ask(&entries, '1', 'a', files), "for other data files"), "{files}");
    }
}

#[test]
fn a_registration_may_be_opened_again_and_is_counted() {
    let mut events = vec![registered('1', 'a', "d", None), opened(1, "r")];
    assert_eq!(ask(&ledger(events.clone()), '1', 'a', "d"), again(1, 1, 2, None));
    events.extend([verdict("r", Verdict::Fail), opened(1, "r")]);
    assert_eq!(ask(&ledger(events), '1', 'a', "d"), again(1, 2, 2, None));
}

#[test]
fn a_reason_given_before_the_first_opening_excuses_nothing() {
    let mut events = vec![registered('1', 'a', "d", Some("a slip of the pen")), opened(1, "r")];
    assert_eq!(ask(&ledger(events.clone()), '1', 'a', "d"), again(1, 1, 2, None));
    events.insert(0, note("x"));
    events[2] = opened(2, "r");
    assert_eq!(ask(&ledger(events), '1', 'a', "d"), again(2, 1, 3, None));
}

#[test]
fn a_registration_without_a_reason_opens_nothing_though_it_stands_there() {
    let entries =
        forged(vec![registered('1', 'a', "d", None), opened(1, "r"), registered('1', 'b', "d", None)]);
    assert!(refused(&ask(&entries, '1', 'b', "d"), "registration 3 gives no reason"));
}

#[test]
fn an_opening_before_its_registration_is_no_opening_under_it() {
    let entries = forged(vec![opened(2, "r"), registered('1', 'a', "d", None)]);
    assert!(openings(&entries, &data("d"), None).is_empty());
}

#[test]
fn a_verdict_belongs_to_the_latest_opening_of_its_run() {
    let (pass, open) = (|| verdict("r", Verdict::Pass), || opened(1, "r"));
    let left = |events: Vec<Event>| -> Vec<u64> {
        let registered = vec![registered('1', 'a', "d", None)];
        unjudged(&ledger([registered, events].concat())).into_iter().collect()
    };
    assert!(left(vec![]).is_empty());
    assert!(left(vec![open(), pass()]).is_empty());
    assert!(left(vec![open(), open(), pass(), pass()]).is_empty());
    assert_eq!(left(vec![open(), open(), pass()]), [2]);
    assert_eq!(left(vec![open(), pass(), open()]), [4]);
    assert_eq!(left(vec![open(), opened(1, "s"), pass()]), [3]);
}

#[test]
fn gates_registered_together_are_not_tried_one_after_the_other() {
    let entries = ledger(vec![
        registered('1', 'a', "d", None),
        registered('1', 'b', "d", Some("or this")),
        opened(1, "r"),
    ]);
    assert!(refused(&ask(&entries, '1', 'b', "d"), "registration 2 was made before that"));
    assert!(refused(&ask(&entries, '1', 'c', "d"), "for another gate"));
    assert_eq!(ask(&entries, '1', 'a', "d"), again(1, 1, 3, None));
}

#[test]
fn another_gate_needs_a_new_registration_with_a_reason() {
    let mut events = vec![registered('1', 'a', "d", None), opened(1, "r")];
    let entries = ledger(events.clone());
    assert!(
        objection(&entries, &registered('1', 'b', "d", None))
            .is_some_and(|o| o.contains("must give a reason"))
    );
    events.push(registered('1', 'b', "d", Some("why")));
    assert_eq!(ask(&ledger(events.clone()), '1', 'b', "d"), again(3, 1, 2, Some("why")));
    // Any look in between, and it must be registered once more.
    events.push(opened(1, "r"));
    assert!(refused(&ask(&ledger(events.clone()), '1', 'b', "d"), "registration 3 was made before that"));
    events.push(registered('1', 'b', "d", Some("still")));
    events.push(opened(5, "s"));
    assert_eq!(ask(&ledger(events.clone()), '1', 'b', "d"), again(5, 3, 2, Some("still")));
    assert_eq!(
        ask(&ledger(events), '1', 'a', "d"),
        again(1, 3, 2, None),
        "what was opened may be opened again"
    );
}

#[test]
fn the_same_registered_anew_opens_under_the_new_one_only_if_it_is_new() {
    let mut events =
        vec![registered('1', 'a', "d", None), opened(1, "r"), registered('1', 'a', "d", Some("to be sure"))];
    assert_eq!(ask(&ledger(events.clone()), '1', 'a', "d"), again(3, 1, 2, Some("to be sure")));
    events.push(opened(1, "r"));
    assert_eq!(ask(&ledger(events), '1', 'a', "d"), again(1, 2, 2, None));
}

#[test]
fn data_that_share_a_file_are_the_same_data() {
    let mut events = vec![
        registered('1', 'a', "de", None),
        registered('1', 'a', "ef", None),
        registered('1', 'a', "f", None),
        opened(1, "r"),
    ];
    let entries = ledger(events.clone());
    assert!(refused(&ask(&entries, '1', 'a', "ef"), "registration 2 was made before that"));
    assert_eq!(ask(&entries, '1', 'a', "f"), Decision::First { registration: 3 });
    assert!(objection(&entries, &registered('1', 'a', "eg", None)).is_some());
    assert_eq!(objection(&entries, &registered('1', 'a', "fg", None)), None);
    events.push(registered('1', 'a', "ef", Some("more years")));
    assert_eq!(ask(&ledger(events), '1', 'a', "ef"), again(5, 1, 4, Some("more years")));
}

#[test]
fn what_is_forbidden_is_forbidden_to_write() {
    let entries = ledger(vec![registered('1', 'a', "d", None), opened(1, "r"), verdict("r", Verdict::Pass)]);
    let says = |event: Draft, words: &str| objection(&entries, &event).is_some_and(|o| o.contains(words));
    for none in [0, 2, 3, 4, u64::MAX] {
        assert!(says(opened(none, "s"), "is no registration made before"), "{none}");
    }
    assert!(says(verdict("r", Verdict::Pass), "no opening that still waits"));
    assert!(says(verdict("s", Verdict::Pass), "no opening that still waits"));
    assert_eq!(objection(&entries, &opened(1, "s")), None);
    assert_eq!(objection(&entries, &note("x")), None);
    // Two programs that run the same at once.
    ledger(vec![
        registered('1', 'a', "d", None),
        opened(1, "r"),
        opened(1, "r"),
        verdict("r", Verdict::Pass),
        verdict("r", Verdict::Pass),
    ]);
}

#[test]
fn what_was_done_can_be_asked() {
    let entries = twenty();
    assert_eq!(registration_of(&entries, &d('1')).map(|r| r.seq), Some(9));
    assert_eq!(registration_of(&entries, &d('2')).map(|r| r.at.to_owned()), Some(at(3)));
    assert_eq!(registration_of(&entries, &d('3')), None);
    let of = |files: &str, gate: Option<char>| -> Vec<u64> {
        openings(&entries, &data(files), gate.map(d).as_deref()).iter().map(|o| o.seq).collect()
    };
    assert_eq!(of("d", None), [4, 6, 10, 18]);
    assert_eq!(of("d", Some('a')), [4, 6, 18]);
    assert_eq!(of("f", None), [12, 16]);
    assert_eq!(of("e", Some('b')), [10, 16]);
    assert!(of("g", None).is_empty() && of("", None).is_empty() && of("d", Some('c')).is_empty());
}
