//! Evidence for an equality impact assessment: each protected characteristic of the Equality Act 2010, section 4.

use super::form::{Form, Row, owner, run, tool};
use super::{facts, groups};

pub(super) static FORM: Form = Form {
    id: "equality",
    title: "Equality impact evidence",
    what: "Evidence for an equality impact assessment: what the run measured about each of the nine protected characteristics of \
           the Equality Act 2010, and what it could not, because it is not recorded. It is evidence, and not the assessment.",
    rows: ROWS,
};

const NOT_READ: &str = "Not measured. The tables that rerefer reads have no such field. Unequal treatment could be there and would \
                        not be seen.";

static ROWS: &[Row] = &[
    run("age", "Age", "Protected characteristic: age.", |r| groups::measured(r, "age-band")),
    run("disability", "Disability", "Protected characteristic: disability.", |r| {
        groups::measured(r, "disability")
    }),
    tool(
        "gender-reassignment",
        "Gender reassignment",
        "Protected characteristic: gender reassignment.",
        &[NOT_READ],
    ),
    tool(
        "marriage-and-civil-partnership",
        "Marriage and civil partnership",
        "Protected characteristic: marriage and civil partnership.",
        &[
            "Not measured. The tables that rerefer reads have no such field, neither for a child nor for a parent.",
        ],
    ),
    tool(
        "pregnancy-and-maternity",
        "Pregnancy and maternity",
        "Protected characteristic: pregnancy and maternity.",
        &[
            "Not measured for mothers: the tables that rerefer reads have no such field. Children referred before birth are a \
         level of age.",
        ],
    ),
    run("race", "Race", "Protected characteristic: race, by ethnic group as recorded.", |r| {
        groups::measured(r, "ethnic-group")
    }),
    tool(
        "religion-or-belief",
        "Religion or belief",
        "Protected characteristic: religion or belief.",
        &[NOT_READ],
    ),
    run("sex", "Sex", "Protected characteristic: sex.", |r| groups::measured(r, "sex")),
    tool(
        "sexual-orientation",
        "Sexual orientation",
        "Protected characteristic: sexual orientation.",
        &[NOT_READ],
    ),
    run(
        "not-told",
        "What the models were not told",
        "Are protected characteristics used by the models?",
        |r| vec![facts::not_told(r), facts::told(r)],
    ),
    run("proxies", "Proxies", "Can other facts stand in for them?", |r| {
        let mut out = groups::proxies(r);
        if out.is_empty() {
            out.push(facts::not_told(r));
        }
        out.push(
            "Who referred a child and how often services looked can stand in for a characteristic."
                .to_owned(),
        );
        out
    }),
    run(
        "missed-most",
        "Who is missed most and least",
        "Differences between groups in missed children.",
        groups::widest,
    ),
    run(
        "in-vain-most",
        "Who is flagged in vain most and least",
        "Differences between groups in flags in vain.",
        groups::widest_in_vain,
    ),
    run("who", "Who is in the data", "How many children of each group were tested?", groups::children),
    run(
        "too-few",
        "Groups that could not be judged",
        "For whom are there too few children to say anything?",
        groups::hidden,
    ),
    run(
        "recording",
        "Could the records be to blame?",
        "What faults of the records could explain a gap?",
        groups::recording,
    ),
    run(
        "left-out",
        "Who was left out for want of time",
        "Are some groups left out more often?",
        groups::short_follow_up,
    ),
    run("together", "Characteristics together", "Were characteristics looked at together?", |r| {
        let crossed: Vec<String> = groups::names(r).into_iter().filter(|n| n.contains(" by ")).collect();
        if crossed.is_empty() {
            return vec![format!(
                "No. This run looked at {}, one at a time; the experiment can ask for two together.",
                super::say::listed(&groups::names(r))
            )];
        }
        vec![format!("Yes: {}.", super::say::listed(&crossed))]
    }),
    run(
        "correcting",
        "What correcting for gaps would do",
        "Was a correction worked out?",
        groups::correction,
    ),
    owner(
        "inequalities",
        "What is known of inequalities here",
        "What does the service know of unfair differences?",
        "use.inequalities",
    ),
    owner("involved", "Who was asked", "Were those concerned asked?", "families.involved"),
    owner(
        "assessment",
        "The assessment",
        "Where is the equality impact assessment, and what was decided?",
        "law.equality_assessment",
    ),
];
