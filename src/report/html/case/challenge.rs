//! How to challenge a record: steps in plain words, with the owner's contacts where they are given.

use maud::{Markup, html};

use super::Subject;
use crate::report::cards::{Answer, Board};

/// Steps: what to do, and how; the law is that of the United Kingdom.
const STEPS: [(&str, &str); 6] = [
    (
        "Ask to see it.",
        "You can ask the council for a copy of what it holds about you or your child (UK GDPR, article 15). It is free, and you do \
         not have to say why. The council has one month; if that is not enough it must tell you so within the month.",
    ),
    (
        "Say what is wrong.",
        "Name the entry, say what is wrong or missing, and give what you have that shows it. You can do so in writing or by speaking \
         to someone. Ask for an answer in writing.",
    ),
    (
        "Ask to have it put right.",
        "The council must correct what is inaccurate and complete what is incomplete (article 16). If it does not agree, ask that \
         your own statement is kept with the record, so that whoever reads it reads both.",
    ),
    (
        "Ask a person to explain.",
        "If anyone used an estimate like this one, ask who, for what, and what they decided without it. You can ask that a person \
         looks at the matter anew and hears what you have to say (article 22 and what has followed it).",
    ),
    (
        "Object.",
        "You can object to your or your child\u{2019}s data being used in this way, for reasons of your own situation (article 21). The \
         council must stop unless it can show compelling grounds; what is used for research in the public interest has rules of its own, \
         which it must tell you.",
    ),
    (
        "Complain.",
        "First to the council, by its complaints procedure. If you are not content with the answer, to the Information Commissioner\u{2019}s \
         Office about how data were used, or to the ombudsman about how you were treated.",
    ),
];

/// What the owner says to families, with its heading.
const OWNERS: [(&str, &str); 4] = [
    ("Whom to ask", "families.contact"),
    ("How to have a record put right here", "families.how_to_correct"),
    ("How to object here", "families.how_to_object"),
    ("How to ask for a review here", "use.appeal"),
];

/// The section.
pub(super) fn challenge(of: &Subject<'_>) -> Option<Markup> {
    Some(html! {
        p class="lead" {
            "An estimate is only as right as the records under it. Records are written by people, in a hurry, about families who did not \
             write them. Anyone who is in them can challenge them."
        }
        ol { @for (what, how) in STEPS { li { b { (what) } " " (how) } } }
        p {
            "Young people can do all of this themselves, or ask someone to do it with them, such as an advocate. Correcting a \
             record does not correct a model that has already learned from it: ask also whether it was taught again."
        }
        @for (heading, key) in OWNERS {
            h3 { (heading) }
            (owners(of.board, key))
        }
        p class="note" {
            "This is plain guidance and no legal advice; the law may have changed since it was written. Have it checked by whoever answers \
             for data protection before it is given to anyone."
        }
    })
}

fn owners(board: &Board, key: &'static str) -> Markup {
    match board.answer(key) {
        Answer::ToComplete(ask) => {
            html! { div class="aside" { p { strong { "To be completed by the owner." } " " (ask) } } }
        }
        given => html! { @for words in given.sentences() { p { (words) } } },
    }
}
