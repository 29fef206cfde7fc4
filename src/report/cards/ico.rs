//! The six types of explanation of the guidance "Explaining decisions made with AI" (ICO and the Alan Turing Institute).

use super::form::{Form, Row, owner, run};
use super::{facts, groups};

pub(super) static FORM: Form = Form {
    id: "explanations",
    title: "Six types of explanation",
    what: "The six types of explanation of the guidance \u{201c}Explaining decisions made with AI\u{201d} (ICO and the Alan \
           Turing Institute). No decision is made with this method: the explanations are of the research.",
    rows: ROWS,
};

static ROWS: &[Row] = &[
    run("rationale.1", "Rationale: how it works", "The reasons behind an output, in plain words.", |r| {
        vec![facts::how_it_works(r), facts::told(r)]
    }),
    run("rationale.2", "Rationale: what it goes by", "What mattered to it.", facts::goes_by),
    owner("responsibility.1", "Responsibility: who", "Who is responsible.", "owner.senior_responsible_owner"),
    owner("responsibility.2", "Responsibility: who decides", "Who decides about a child.", "use.who_decides"),
    owner("responsibility.3", "Responsibility: review", "How to ask for a review.", "use.appeal"),
    run("data.1", "Data: what was used", "What data were used.", |r| {
        vec![facts::told(r), facts::not_told(r)]
    }),
    run("data.2", "Data: learned from and tested on", "What data it learned from and was tested on.", |r| {
        let mut out = vec![facts::cohort(r), facts::tested(r)];
        out.extend(facts::split(r));
        out
    }),
    run("fairness.1", "Fairness: by group", "Steps to see that it treats groups alike.", groups::widest),
    run("fairness.2", "Fairness: proxies", "Whether it can tell what it was not told.", |r| {
        let mut out = groups::proxies(r);
        out.push(facts::not_told(r));
        out
    }),
    run(
        "safety.1",
        "Safety and performance: how often right",
        "How accurate and reliable it is.",
        facts::performance,
    ),
    run("safety.2", "Safety and performance: how sure", "How sure the numbers are.", |r| {
        let mut out = vec![facts::intervals(r)];
        out.extend(facts::elsewhere(r));
        out
    }),
    run("impact.1", "Impact: mistakes", "What it could do to people.", facts::mistakes),
    owner("impact.2", "Impact: in this service", "What it could do in your service.", "use.harm"),
];
