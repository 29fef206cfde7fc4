//! How far factors are found in notes, on phrases by three hands. The lexicon was made with two of them; the third had been seen by nobody
//! who worked on it, and says how good it is.

use rerefer::notes::factors::{Lexicon, Sense, Who};
use rerefer::schema::codes::FACTOR;
use rerefer::synth::notes::{NoteSettings, Sense as Said, What, from_phrases};

/// Codes that only count if the child does it.
const OF_CHILD: [&str; 8] = ["7A", "10A", "11A", "12A", "13A", "14A", "15A", "24A"];

fn same(sense: Sense, said: Said) -> bool {
    matches!(
        (sense, said),
        (Sense::Present, Said::Present)
            | (Sense::Negated, Said::Negated)
            | (Sense::ThirdParty, Said::ThirdParty)
            | (Sense::Past, Said::Past)
            | (Sense::Doubt, Said::Doubt)
    )
}

/// F1 of mentions: the right code and sense in the sentence that says it. Another of the same in it does not count against it.
fn f1(phrases: &str) -> f64 {
    let settings =
        NoteSettings { negations: 0.8, third_parties: 0.4, past: 0.4, doubts: 0.4, ..NoteSettings::plain() };
    let notes = from_phrases(phrases, &settings, 7, 4_500).unwrap();
    let lexicon = Lexicon::built_in();
    let (mut right, mut missed, mut wrong) = (0.0, 0.0, 0.0);
    for note in &notes {
        let counts = |who: Who, sense: Sense, factor: &str| {
            let adult = matches!(who, Who::Parent | Who::Other) && sense == Sense::Present;
            FACTOR.find(factor).is_some() && !(adult && OF_CHILD.contains(&factor))
        };
        let found: Vec<_> =
            lexicon.find(&note.text).into_iter().filter(|m| counts(m.who, m.sense, m.factor)).collect();
        let mut used = vec![false; found.len()];
        for mark in &note.marks {
            let What::Factor(place, said, _) = mark.what else { continue };
            let code = FACTOR.get(place).unwrap().code;
            let (start, end) = (mark.start as usize, mark.end as usize);
            let mut hit = false;
            for (place, m) in found.iter().enumerate() {
                if m.start < end && start < m.end && m.factor == code && same(m.sense, said) {
                    (hit, used[place]) = (true, true);
                }
            }
            if hit { right += 1.0 } else { missed += 1.0 }
        }
        wrong += used.iter().filter(|used| !**used).count() as f64;
    }
    assert!(right + missed > 3_000.0);
    2.0 * right / (2.0 * right + missed + wrong)
}

/// What was reached, so that a change for the worse is seen; what is wanted is 0.90 on the third.
#[test]
fn factors_are_found_as_far_as_is_said() {
    let made_with =
        [include_str!("../../src/synth/notes/phrases.toml"), include_str!("../notes/second.toml")];
    let of_these = made_with.map(f1);
    let held_out = f1(include_str!("../notes/held-out.toml"));
    eprintln!("F1 {of_these:?} on phrases that it was made with, {held_out:.3} on others");
    assert!(of_these.iter().all(|f1| *f1 > 0.90), "{of_these:?}");
    assert!(held_out > 0.45, "{held_out}");
}
