//! The risk and issue log: who could be harmed, how often by the run's own numbers, what is done, and who owns it.

use super::form::{Form, Row, owner, run};
use super::say::many;
use super::{facts, groups};

pub(super) static FORM: Form = Form {
    id: "risks",
    title: "Risk and issue log",
    what: "What could go wrong if anyone acted on such a model, who would be harmed, how often by the numbers of this run, what is \
           done about it, and who owns the risk.",
    rows: ROWS,
};

static ROWS: &[Row] = &[
    run(
        "1",
        "A child is missed",
        "Harmed: children who come back and get no second look. How often, and what is done.",
        |r| {
            vec![
            facts::missed(r),
            "What is done: the report says so on its first pages. Nobody may take a child who is not flagged for safe.".to_owned(),
        ]
        },
    ),
    owner("1.owner", "A child is missed: owner", "Who owns the risk.", "risk.owner_missed"),
    run(
        "2",
        "A family is looked at in vain",
        "Harmed: families who are looked at again for nothing. How often, and what is done.",
        |r| {
            vec![
                facts::in_vain(r),
                facts::right(r),
                "What is done: no list of children is printed, so that nobody can act on it.".to_owned(),
            ]
        },
    ),
    owner("2.owner", "A family is looked at in vain: owner", "Who owns the risk.", "risk.owner_in_vain"),
    run(
        "3",
        "Groups are treated unfairly",
        "Harmed: children of groups that are missed, or flagged in vain, more often.",
        |r| {
            let mut out = groups::widest(r);
            out.push("What is done: results by group are in the report, with intervals.".to_owned());
            out
        },
    ),
    run(
        "4",
        "A group is too small to be judged",
        "Harmed: children of small groups, of whom nothing is known.",
        |r| {
            let mut out = groups::hidden(r);
            out.push("What is done: it is said which; nothing is taken from it that all is well.".to_owned());
            out
        },
    ),
    run(
        "5",
        "Facts stand in for what was left out",
        "Harmed: groups that a model tells by other facts.",
        |r| {
            let mut out = groups::proxies(r);
            out.push(facts::not_told(r));
            out
        },
    ),
    owner("3.owner", "Unfair differences: owner", "Who owns the risks of groups.", "risk.owner_unfair"),
    run("6", "The records are wrong or late", "Harmed: anyone of whom a record is wrong.", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(facts::remarks(r));
        out.extend(groups::recording(r));
        out
    }),
    run(
        "7",
        "A comeback could not be seen",
        "Harmed: children with long cases or who left, of whom too little is expected.",
        facts::could_not,
    ),
    owner("6.owner", "Wrong records: owner", "Who owns the risks of the records.", "risk.owner_records"),
    run(
        "8",
        "A chance is taken for the truth",
        "Harmed: anyone about whom a number is believed that does not come true.",
        facts::come_true,
    ),
    run(
        "9",
        "The numbers do not hold elsewhere",
        "Harmed: children of another place or year.",
        facts::elsewhere,
    ),
    run("10", "Somebody is recognised", "Harmed: children in small numbers.", |r| vec![facts::small(r)]),
    owner("10.owner", "Privacy: owner", "Who owns the risk.", "risk.owner_privacy"),
    run(
        "11",
        "The method is used for decisions",
        "Harmed: children about whom a machine would have a say.",
        |r| {
            vec![format!(
                "A chance was worked out for {}. What is done: chances stay in the private folder, the report says that it \
             is research, and no command prints a list.",
                many(r.tested.rows, "past referrals")
            )]
        },
    ),
    run("12", "A result is found by trying often", "Harmed: all who trust the answer.", |r| {
        vec![facts::gate(r), facts::verdict(r)]
    }),
    owner("11.owner", "Misuse: owner", "Who owns the risk.", "risk.owner_misuse"),
];
