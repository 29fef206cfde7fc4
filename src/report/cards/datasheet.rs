//! The datasheet of the data, by the seven sections of Gebru and others (2021).

use super::form::{Form, Row, owner, run, tool};
use super::say::many;
use super::{facts, flow, groups};

pub(super) static FORM: Form = Form {
    id: "datasheet",
    title: "Datasheet for the data",
    what: "Where the data come from, what is in them and what is missing, by the seven sections of a datasheet (Gebru and \
           others, 2021).",
    rows: ROWS,
};

static ROWS: &[Row] = &[
    owner("1.1", "Motivation: why the data exist", "For what purpose were the data made, and by whom?", "data.source")
        .unverified(),
    owner("1.2", "Motivation: funding", "Who paid for it?", "owner.funding").unverified(),
    run("2.1", "Composition: what one row is", "What do the rows stand for, and how many are there?", |r| {
        vec![
            "One row is one referral; a child who was referred twice counts each time.".to_owned(),
            facts::cohort(r),
            facts::tested(r),
        ]
    })
    .unverified(),
    run("2.2", "Composition: what is in a row", "What is recorded of each?", |r| vec![facts::told(r)]).unverified(),
    run("2.3", "Composition: the label", "Is there a label or target?", |r| vec![facts::outcome(r), facts::base_rate(r)])
        .unverified(),
    run("2.4", "Composition: what is missing", "Is anything missing, and why?", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(groups::hidden(r));
        out.extend(facts::remarks(r));
        out
    })
    .unverified(),
    run("2.5", "Composition: how rows belong together", "Are relations between rows made plain?", |r| {
        vec![match r.tested.households {
            Some(households) => format!(
                "Referrals of one child, and children of one household, are tied together: those tested come from {}.",
                many(households, "households")
            ),
            None => format!(
                "Referrals of one child are tied together: those tested come from {}. Households are not recorded.",
                many(r.tested.children, "children")
            ),
        }]
    })
    .unverified(),
    run("2.6", "Composition: splits", "Are there splits to learn from and to test on?", facts::split).unverified(),
    run("2.7", "Composition: groups", "Which groups of people can be told apart?", |r| {
        let mut out = vec![format!("Results are reported by {}.", super::say::listed(&groups::names(r)))];
        out.extend(groups::widest(r));
        out
    })
    .unverified(),
    run("2.8", "Composition: sensitive data", "Do the data hold sensitive facts?", |r| {
        vec![
            "Yes: what services recorded about a child, such as referrals, plans and time in care.".to_owned(),
            facts::not_told(r),
            facts::simulated(r),
        ]
    })
    .unverified(),
    owner("3.1", "Collection: how", "How were the data collected, and what were people told?", "data.collection")
        .unverified(),
    run("3.2", "Collection: when", "Over what time?", |r| vec![facts::cohort(r), facts::point(r)]).unverified(),
    owner("3.3", "Collection: ethical review", "Was there an ethical review?", "law.ethics_reference").unverified(),
    run("4.1", "Preparation: what was left out", "Which rows were left out, and by what rule?", flow::steps).unverified(),
    tool(
        "4.2",
        "Preparation: identifiers",
        "Was anything removed?",
        &[
            facts::DROPPED,
            "Data that are only pseudonymised are still personal data.",
        ],
    )
    .unverified(),
    run("4.3", "Preparation: rates against published ones", "Were the data checked against other sources?", |r| {
        let mut out: Vec<String> = r
            .backward
            .iter()
            .map(|y| {
                format!(
                    "Year ending 31 March {}, by the definition of published statistics: of {}, the share within 12 months of an \
                     earlier one is {}.",
                    y.census_year,
                    many(y.referrals, "referrals"),
                    super::say::number(&y.rate, crate::evaluate::measures::Unit::Share)
                )
            })
            .collect();
        if !out.is_empty() {
            out.push("Compare them with the authority's published rates.".to_owned());
        }
        out
    })
    .unverified(),
    owner("5", "Uses", "For what else may the data be used, and for what not?", "data.other_uses").unverified(),
    owner("6", "Distribution", "Are the data given to others, and on what terms?", "law.data_sharing").unverified(),
    owner("7.1", "Maintenance: who", "Who looks after the data, and how are mistakes put right?", "data.maintenance")
        .unverified(),
    run("7.2", "Maintenance: the exact files", "How is this version known again?", |r| {
        let mut out = facts::files(r);
        out.push(facts::version(r));
        out
    })
    .unverified(),
];
