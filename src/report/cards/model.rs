//! The model card of the candidate, by the nine sections of Mitchell and others (2019).

use super::form::{Form, Row, owner, run, tool};
use super::{facts, groups};

pub(super) static FORM: Form = Form {
    id: "model-card",
    title: "Model card",
    what: "What the tested model is, what it was tested on, how well it did and for whom, by the nine sections of a model card \
           (Mitchell and others, 2019).",
    rows: ROWS,
};

static ROWS: &[Row] = &[
    run("1.1", "Model details: what it is", "Kind of model, and what it does.", |r| {
        vec![facts::how_it_works(r), facts::models(r)]
    })
    .unverified(),
    run("1.2", "Model details: version", "Version and date of the model.", |r| vec![facts::version(r)]).unverified(),
    owner("1.3", "Model details: who made it", "Person or organisation that developed the model.", "owner.team").unverified(),
    owner("1.4", "Model details: contact", "Where to send questions.", "owner.contact").unverified(),
    run("2.1", "Intended use", "Primary intended uses.", |r| vec![facts::question(r), facts::outcome(r)]).unverified(),
    owner("2.2", "Intended users", "Primary intended users.", "use.population").unverified(),
    tool(
        "2.3",
        "Uses that are out of scope",
        "What it must not be used for.",
        &[
            "Any decision about a child or a family. It is a research method, tested on past referrals.",
            "No command prints a list of children in order. Chances of single referrals stay in the private folder of the run, \
             where the data are held, and must not be used for any child.",
        ],
    )
    .unverified(),
    run("3.1", "Factors: groups", "Groups by which results may differ.", |r| {
        vec![format!("Results are reported by {}.", super::say::listed(&groups::names(r)))]
    })
    .unverified(),
    run("3.2", "Factors: what it was told", "What the model goes by.", |r| vec![facts::told(r), facts::not_told(r)])
        .unverified(),
    run("4.1", "Metrics: measures", "Measures of performance and why they were chosen.", |r| {
        vec![facts::capacity(r), facts::verdict(r)]
    })
    .unverified(),
    run("4.2", "Metrics: uncertainty", "How uncertainty was estimated.", |r| vec![facts::intervals(r)]).unverified(),
    run("5", "Evaluation data", "Data used to test the model.", |r| vec![facts::tested(r), facts::simulated(r)])
        .unverified(),
    run("6", "Training data", "Data used to teach the model.", |r| {
        let mut out = vec![facts::cohort(r)];
        out.extend(facts::split(r));
        out
    })
    .unverified(),
    run("7.1", "Quantitative analyses: all referrals", "Results over everyone.", facts::performance).unverified(),
    run("7.2", "Quantitative analyses: by group", "Results by group, one characteristic at a time and together.", groups::widest)
        .unverified(),
    run("7.3", "Quantitative analyses: what it goes by", "Which facts matter to it.", facts::goes_by).unverified(),
    run("8.1", "Ethical considerations: mistakes", "What mistakes would mean for people.", |r| {
        vec![
            facts::missed(r),
            facts::in_vain(r),
            "A missed child gets no second look. A family that is flagged in vain is looked at again for nothing.".to_owned(),
        ]
    })
    .unverified(),
    owner("8.2", "Ethical considerations: harm in this service", "Possible harms where it might be used.", "use.harm")
        .unverified(),
    run("9.1", "Caveats: the records", "What a reader must know of the data.", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(facts::could_not(r));
        out.extend(facts::remarks(r));
        out
    })
    .unverified(),
    tool(
        "9.2",
        "Caveats: what was not tested",
        "What the results do not cover.",
        &[
            "Whether a second look helps any child. What workers would do with a flag. Any place or time that is not in the data.",
            "Coming back is contact with a service, not harm.",
        ],
    )
    .unverified(),
];
