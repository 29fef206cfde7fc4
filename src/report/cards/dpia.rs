//! Evidence for a data protection impact assessment (Article 35, UK GDPR).

use super::form::{Form, Row, owner, run, tool};
use super::say::{listed, many};
use super::{anonymity, facts, groups};

pub(super) static FORM: Form = Form {
    id: "dpia",
    title: "Data protection impact evidence",
    what: "Evidence for a data protection impact assessment: what is processed, what could go wrong for a child or family with \
           the numbers of this run, and what the program does about it. It is evidence, and not the assessment.",
    rows: ROWS,
};

const IF_ACTED: &str = "Risk to individuals, if anyone acted on flags.";

static ROWS: &[Row] = &[
    run("1.1", "What is processed", "The nature of the processing: what data, of whom.", |r| {
        vec![facts::cohort(r), facts::told(r), facts::simulated(r)]
    }),
    run("1.2", "How it is processed", "What is done with the data.", |r| {
        let mut out = vec![facts::point(r), facts::models(r)];
        out.extend(facts::split(r));
        out
    }),
    run("1.3", "Scale", "How many people, and over what time.", |r| vec![facts::cohort(r), facts::tested(r)]),
    owner("1.4", "Purpose", "Why it is done.", "use.why"),
    owner("1.5", "Benefits", "What good it is expected to do.", "use.benefits"),
    owner(
        "2.1",
        "Lawful basis",
        "Lawful basis, and condition for special category data.",
        "law.lawful_basis",
    ),
    owner("2.2", "Necessity", "Why it cannot be done with less.", "law.necessity"),
    run("2.3", "Less data", "Which data were left out.", |r| {
        let mut out = vec![facts::not_told(r), facts::DROPPED.to_owned()];
        out.extend(anonymity::dropped(r));
        out
    }),
    run("2.4", "Does a simpler way do?", "Could the aim be met with less intrusion?", |r| {
        vec![facts::verdict(r), facts::right(r), facts::right_by_baseline(r)]
    }),
    owner("2.5", "Retention", "How long data are kept.", "law.retention"),
    owner("2.6", "Consultation", "Who was asked, children and families among them.", "families.involved"),
    owner("2.7", "Advice", "Advice of the data protection officer.", "law.dpo_advice"),
    owner("2.8", "Alternatives", "What else was considered.", "use.alternatives"),
    run("3.1", "Risk: a child is missed", IF_ACTED, |r| vec![facts::missed(r)]),
    run("3.2", "Risk: a family is looked at in vain", IF_ACTED, |r| vec![facts::in_vain(r), facts::right(r)]),
    run("3.3", "Risk: unfair differences", "Risk to individuals, by group.", groups::widest),
    run("3.4", "Risk: wrong or undated records", "Risk to individuals from inaccurate data.", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(facts::remarks(r));
        out
    }),
    run("3.5", "Risk: somebody is recognised", "Risk to individuals from what leaves.", |r| {
        let mut out = vec![
            facts::small(r),
            "Dates of referrals leave as months, and only numbers about groups leave.".to_owned(),
        ];
        out.extend(anonymity::alone(r));
        out
    }),
    run("3.6", "Profiling", "Is there profiling or an automated decision?", |r| {
        vec![
            format!(
                "A chance was worked out for {}: that is profiling in research.",
                many(r.tested.rows, "past referrals")
            ),
            "No decision is made by it: no command prints a list of children, and no cut is chosen by the program.".to_owned(),
        ]
    }),
    tool(
        "4.1",
        "What the program does: offline",
        "Measures to reduce risk.",
        &["It works offline, where the data are held. It reads files and writes a folder."],
    ),
    tool(
        "4.2",
        "What the program does: private folder",
        "Measures to reduce risk.",
        &[
            "Chances of single referrals and exact counts stay in the private folder of the run, which must not leave where the \
         data are held. Messages name rows and columns, and hold no values of rows.",
        ],
    ),
    run("4.3", "What the program does: small numbers", "Measures to reduce risk.", |r| {
        let mut out = vec![facts::small(r)];
        out.extend(groups::hidden(r));
        out
    }),
    run("4.4", "What the program does: the same again", "How the work can be checked.", |r| {
        let mut out = vec![facts::version(r)];
        out.extend(facts::reproduce(r));
        out
    }),
    run("4.5", "Characteristics kept from the models", "Measures to reduce risk.", |r| {
        vec![format!(
            "Kept from the models: {}. Results are reported by {}.",
            listed(&r.not_told),
            listed(&groups::names(r))
        )]
    }),
    owner("4.6", "Access", "Who can reach the data.", "data.access"),
    owner("5", "The assessment", "Date of the data protection impact assessment.", "law.dpia_date"),
    owner("6", "Ethics", "Date of the ethics approval.", "law.ethics_date"),
];
