//! Tests of the lexicon and of the rules.

use std::collections::BTreeSet;

mod cases;

use super::{Fault, Lexicon, Mention, Rule, Who};
use crate::schema::codes::FACTOR;
use cases::CASES;

fn faults(text: &str) -> Vec<String> {
    let faults = Lexicon::read("x.toml", text).err().unwrap_or_default();
    faults.iter().map(Fault::to_string).collect()
}

#[test]
fn the_built_in_lexicon_has_no_fault() {
    let shown = faults(Lexicon::built_in_text());
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn every_case_is_found() {
    let lexicon = Lexicon::built_in();
    let mut wrong = Vec::new();
    for &(text, factor, sense, who) in CASES {
        let found = lexicon.find(text);
        // Whose a strength is decides nothing, so that it is not tested.
        let strength = FACTOR.find(factor).is_none();
        let right = |m: &&Mention<'_>| m.factor == factor && m.sense == sense && (strength || m.who == who);
        if !found.iter().any(|m| right(&m)) {
            let all = found.iter().map(|m| (text.get(m.start..m.end), m.factor, m.sense, m.who));
            wrong.push(format!(
                "{text}\n   wanted {factor} {sense:?} {who:?}, found {:?}",
                all.collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
    assert!(CASES.len() >= 150);
}

#[test]
fn every_code_has_a_case_and_a_phrase() {
    let tested: BTreeSet<_> = CASES.iter().map(|c| c.1).collect();
    for code in FACTOR.codes.iter().map(|c| c.code).filter(|code| *code != "21") {
        assert!(tested.contains(code), "{code}");
    }
    for (key, size) in Lexicon::built_in().sizes() {
        assert!(size >= 10, "{key} has {size}");
    }
    let topics = &Lexicon::built_in().topics;
    assert!(topics.iter().filter(|t| matches!(t.rule, Rule::Strength(_))).count() >= 5);
}

#[test]
fn quiet_notes_say_nothing() {
    for text in [
        "",
        " \n\n ?!. ",
        "Telephone call to the school office.",
        "Visit arranged for Tuesday at two.",
        "The other worker would rather meet later this month.",
        "Caf\u{e9} na\u{ef}ve \u{201c}quoted\u{201d} \u{2014} \u{1F600}",
    ] {
        assert_eq!(Lexicon::built_in().find(text), [], "{text}");
    }
}

#[test]
fn the_longest_of_one_factor_in_a_sentence_stands_for_all() {
    let text = "Referral from GP. Mum is drinking, she is dependent on alcohol.";
    let found = Lexicon::built_in().find(text);
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(text.get(one.start..one.end), Some("dependent on alcohol"));
    assert_eq!((one.factor, one.who), ("1B", Who::Parent));
}

#[test]
fn several_factors_in_one_note_are_all_found() {
    let text = "Referral from GP. Worried about Child. Mum said she has been binge drinking since Easter. \
                No sign of drug taking. School think he may be cutting himself.";
    let found = Lexicon::built_in().find(text);
    let short: Vec<_> = found.iter().map(|m| format!("{} {:?}", m.factor, m.sense)).collect();
    assert_eq!(short, ["1B Present", "2B Negated", "15A Doubt"]);
}

#[test]
fn every_fault_is_reported_at_its_place() {
    let text = "colour = 1\n[topics.a]\ncode = \"99Z\"\nphrases = [\"one\", \"\", \"ONE\", 3, \"* x\", \".. x\"]\n\
                wrong = 1\n[topics.b]\nchild = \"1A\"\n[cues]\nno = []\n";
    let faults = faults(text);
    let wanted = [
        "x.toml:1:1: unknown key `colour`",
        "x.toml:2:9: topic `a` needs `code`",
        "x.toml:3:8: unknown factor code `99Z`",
        "x.toml:4:19: empty phrase",
        "x.toml:4:23: phrase `ONE` is there twice: first in line 4",
        "x.toml:4:30: `phrases` must be a text in quotes",
        "x.toml:4:33: `*` in phrase `* x` has no letter",
        "x.toml:4:40: phrase `.. x` must begin and end with a word",
        "x.toml:5:1: unknown key `wrong`",
        "x.toml:6:9: topic `b` needs `code`",
        "x.toml:9:1: unknown key `no`",
    ];
    assert_eq!(faults.len(), wanted.len(), "{}", faults.join("\n"));
    for (found, wanted) in faults.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}\n{wanted}");
    }
    assert_eq!(super::tests::faults("a = [").len(), 1);
}

#[test]
fn mentions_lie_in_the_note_whatever_it_holds() {
    let odd = [
        "\u{2019}s ",
        "\u{e9}",
        "?",
        "...",
        " - ",
        "\n\n",
        "'",
        "\u{a0}",
        "\u{2013}",
        "\u{1F600}",
        "\0",
        ";",
        "(",
    ];
    for (i, (text, ..)) in CASES.iter().enumerate() {
        let odd = odd.get(i % odd.len()).copied().unwrap_or_default();
        let note = text.replace(' ', &format!(" {odd}")) + odd;
        for (cut, _) in note.char_indices() {
            let note = note.get(..cut).unwrap_or_default();
            for m in Lexicon::built_in().find(note) {
                assert!(note.get(m.start..m.end).is_some_and(|t| !t.trim().is_empty()), "{note}");
            }
        }
    }
}

#[test]
fn a_note_without_full_stops_takes_time_in_proportion() {
    let note = "mum was drunk and dad hit him when he left her ".repeat(20_000);
    assert!(Lexicon::built_in().find(&note).len() > 1_000);
}

#[test]
fn speed() {
    let note = "Referral from GP. Worried about the child. Mum said that she has been drinking since Easter and the \
                neighbours have rung twice about shouting in the evening. No sign of drug taking seen at the visit. \
                School think that he may be cutting himself because he wears long sleeves when it is warm outside. \
                Attendance is good and he has a small group of friends whom he sees most days. Dad moved to another \
                town in the spring and rings on Sundays. Telephone call planned with the helth visitor next week, \
                then the team will decide whether an assessment is needed or early help would be enough.";
    let words = note.split_whitespace().count();
    let lexicon = Lexicon::built_in();
    let start = std::time::Instant::now();
    let n = 20_000_u32;
    let found: usize = (0..n).map(|_| lexicon.find(note).len()).sum();
    let rate = f64::from(n) / start.elapsed().as_secs_f64();
    println!("{words} words, {rate:.0} notes a second, {found} mentions");
    assert!(found > 0);
}
