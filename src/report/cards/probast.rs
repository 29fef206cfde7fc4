//! PROBAST+AI (Moons and others, 2025): evidence for an assessor, domain by domain. Nothing here awards a rating.

use super::form::{Form, Row, owner, run, tool};
use super::{facts, flow, groups};

pub(super) static FORM: Form = Form {
    id: "probast-ai",
    title: "PROBAST+AI: evidence for an assessment",
    what: "Evidence for those who assess quality and risk of bias with PROBAST+AI (BMJ 2025;388:e082505). It has 16 questions \
           for development and 18 for evaluation, in four domains. The questions below are in our words, mostly after PROBAST \
           2019, and were not held against the paper. Answers are evidence. A rating is for an assessor who did not do the \
           work: it is to be judged.",
    rows: ROWS,
};

/// What an assessor must judge alone.
const JUDGED: &str = "To be judged by an assessor who did not do the work; the program gives no rating.";

static ROWS: &[Row] = &[
    run("D1.1", "Participants: source of data", "Development: was a fitting source of data used?", |r| {
        vec![facts::cohort(r), facts::simulated(r), "Records of a service, made before the question was asked.".to_owned()]
    })
    .unverified(),
    run("D1.2", "Participants: who was left out", "Development: were all inclusions and exclusions fitting?", flow::steps)
        .unverified(),
    run("D1.3", "Participants: do they represent those asked about", "Development: do the data represent the population?", |r| {
        let mut out = groups::hidden(r);
        out.extend(groups::short_follow_up(r));
        out
    })
    .unverified(),
    run("D2.1", "Predictors: alike for all", "Development: were predictors defined and assessed alike for all?", |r| {
        vec![facts::told(r), "One definition for all; how workers record may differ between teams, places and years.".to_owned()]
    })
    .unverified(),
    tool("D2.2", "Predictors: without knowing the outcome", "Development: were predictors assessed without knowing the outcome?", &[
        "A feature uses only what was on record before the prediction, and what is known of the referral itself. What carries no date is named in the report, and may \
         have been entered later.",
    ])
    .unverified(),
    run("D2.3", "Predictors: there when needed", "Development: are all predictors there when the model would be used?", |r| {
        vec![facts::point(r), facts::undated(r)]
    })
    .unverified(),
    run("D3.1", "Outcome: fitting", "Development: was the outcome determined in a fitting way?", |r| {
        let mut out = vec![facts::outcome(r)];
        out.extend(facts::could_not(r));
        out
    })
    .unverified(),
    run("D3.2", "Outcome: defined beforehand", "Development: was the definition standard, or set beforehand?", |r| {
        vec![facts::outcome(r), facts::gate(r)]
    })
    .unverified(),
    tool("D3.3", "Outcome: alike for all", "Development: was the outcome determined alike for all?", &[
        "One rule reads it from the records for everyone. Families who are watched more closely are referred more often, which \
         no rule can undo.",
    ])
    .unverified(),
    run("D3.4", "Outcome: time between", "Development: was the time between predictors and outcome fitting?", |r| {
        vec![facts::point(r), facts::outcome(r)]
    })
    .unverified(),
    run("D4.1", "Analysis: enough events", "Development: were there enough participants with the outcome?", |r| {
        vec![facts::cohort(r), facts::told(r)]
    })
    .unverified(),
    tool("D4.2", "Analysis: handling of predictors", "Development: were predictors handled fittingly?", &[
        "Filling, scaling and grouping are learned from the referrals to learn from alone, anew in each test.",
    ])
    .unverified(),
    run("D4.3", "Analysis: everyone counted", "Development: were all enrolled participants in the analysis?", flow::steps)
        .unverified(),
    run("D4.4", "Analysis: missing data", "Development: were missing data handled fittingly?", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(facts::remarks(r));
        out
    })
    .unverified(),
    run("D4.5", "Analysis: competing ends", "Development: were censoring, competing ends and repeats dealt with?", facts::could_not)
        .unverified(),
    tool("D4.6", "Analysis: settings", "Development: were settings chosen without the test?", &[
        "Settings are written in the experiment file, or chosen within the referrals to learn from.",
    ])
    .unverified(),
    run("E1.1", "Participants: source of data", "Evaluation: was a fitting source of data used?", |r| vec![facts::tested(r)])
        .unverified(),
    run("E1.2", "Participants: who was left out", "Evaluation: were all inclusions and exclusions fitting?", |r| {
        let mut out = groups::short_follow_up(r);
        out.push(facts::tested(r));
        out
    })
    .unverified(),
    run("E1.3", "Participants: groups", "Evaluation: are all groups represented well enough to be judged?", groups::hidden)
        .unverified(),
    tool("E2.1", "Predictors: alike for all", "Evaluation: were predictors defined and assessed alike for all?", &[
        "The same program made them for every referral.",
    ])
    .unverified(),
    run("E2.2", "Predictors: there when needed", "Evaluation: are all predictors there when the model would be used?", |r| {
        vec![facts::point(r), facts::undated(r)]
    })
    .unverified(),
    tool("E2.3", "Predictors: without knowing the outcome", "Evaluation: were predictors assessed without knowing the outcome?", &[
        "The same rule holds as for development: only what was on record before the prediction, and what is known of the referral itself.",
    ])
    .unverified(),
    run("E3.1", "Outcome: fitting", "Evaluation: was the outcome determined in a fitting way?", |r| vec![facts::outcome(r)])
        .unverified(),
    tool("E3.2", "Outcome: without knowing the predictions", "Evaluation: was the outcome determined without knowing predictions?", &[
        "Yes: predictions are worked out afterwards on past records.",
    ])
    .unverified(),
    run("E3.3", "Outcome: defined beforehand", "Evaluation: was the definition standard, or set beforehand?", |r| {
        vec![facts::outcome(r), facts::gate(r)]
    })
    .unverified(),
    run("E3.4", "Outcome: time between", "Evaluation: was the time between predictors and outcome fitting?", |r| {
        vec![facts::point(r), facts::outcome(r)]
    })
    .unverified(),
    run("E4.1", "Analysis: enough events", "Evaluation: were there enough participants with the outcome?", |r| {
        vec![facts::tested(r), facts::verdict(r)]
    })
    .unverified(),
    run("E4.2", "Analysis: data apart", "Evaluation: were data to test on apart from data to learn from?", facts::split)
        .unverified(),
    run("E4.3", "Analysis: measures", "Evaluation: were the relevant measures of performance evaluated?", facts::performance)
        .unverified(),
    run("E4.4", "Analysis: uncertainty", "Evaluation: was uncertainty given?", |r| vec![facts::intervals(r)]).unverified(),
    run("E4.5", "Analysis: fairness", "Evaluation: was performance looked at by group?", groups::widest).unverified(),
    run("E4.6", "Analysis: places and periods", "Evaluation: was performance looked at by place and period?", facts::elsewhere)
        .unverified(),
    run("E4.7", "Analysis: optimism", "Evaluation: were overfitting and optimism accounted for?", |r| {
        let mut out = facts::split(r);
        out.push(facts::gate(r));
        out
    })
    .unverified(),
    run("E4.8", "Analysis: everyone counted", "Evaluation: were all tested participants in the analysis?", |r| {
        let mut out = vec![facts::tested(r)];
        out.extend(facts::could_not(r));
        out
    })
    .unverified(),
    owner("A1", "Applicability: participants", "Do the participants match those of your question?", "use.population").unverified(),
    owner("A2", "Applicability: predictors", "Are the predictors those that you would have?", "data.source").unverified(),
    owner("A3", "Applicability: outcome", "Is the outcome the one that matters to you?", "use.why").unverified(),
    tool("J1", "Overall: development", "Quality of development, all domains.", &[JUDGED]).unverified(),
    tool("J2", "Overall: evaluation", "Risk of bias of evaluation, all domains.", &[JUDGED]).unverified(),
];
