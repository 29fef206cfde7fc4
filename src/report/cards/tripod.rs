//! TRIPOD+AI (Collins and others, 2024): 27 items of reporting. What is asked is told in our own short words.

use super::form::{Form, Row, owner, run, tool};
use super::say::many;
use super::{facts, flow, groups};

pub(super) static FORM: Form = Form {
    id: "tripod-ai",
    title: "TRIPOD+AI",
    what: "What a report of a prediction model should tell: the 27 items of TRIPOD+AI (BMJ 2024;385:e078378), each asked in short, \
           in our words. Numbers and subjects were held against copies of the published checklist.",
    rows: ROWS,
};

/// Where the report says what an item asks: sections of its page, by id. Items that are the owner's have no place in it.
pub(super) static PLACES: &[(&str, &[&str])] = &[
    ("1", &["summary"]),
    ("2", &["summary"]),
    ("4", &["question"]),
    ("5a", &["cohort", "limits"]),
    ("5b", &["cohort"]),
    ("6b", &["left-out"]),
    ("7", &["limits"]),
    ("8a", &["question"]),
    ("9a", &["question"]),
    ("9b", &["question", "explanation"]),
    ("10", &["answer", "sure"]),
    ("11", &["limits"]),
    ("12a", &["testing"]),
    ("12b", &["question"]),
    ("12c", &["models"]),
    ("12d", &["stability"]),
    ("12e", &["words"]),
    ("12f", &["adjusted", "models"]),
    ("12g", &["question"]),
    ("13", &["cohort"]),
    ("14", &["compared", "bias"]),
    ("15", &["cost", "explore"]),
    ("16", &["cohort", "testing"]),
    ("20a", &["left-out"]),
    ("20b", &["cohort", "rates"]),
    ("20c", &["cohort"]),
    ("21", &["testing"]),
    ("22", &["models", "explanation"]),
    ("23a", &["answer", "calibration", "all-groups"]),
    ("23b", &["stability", "folds"]),
    ("24", &["adjusted", "what-if"]),
    ("25", &["answer", "gate"]),
    ("26", &["limits"]),
    ("27a", &["limits"]),
];

/// What a comparison of data to learn from and to test on leaves out.
const SPREAD: &str = "How single facts are spread in the two is not shown.";

static ROWS: &[Row] = &[
    run("1", "Title", "Title: what is developed or tested, for whom, and the outcome.", |r| {
        vec![r.title.clone(), facts::outcome(r)]
    }),
    run("2", "Abstract", "A summary of the whole.", |r| {
        vec![facts::question(r), facts::tested(r), facts::verdict(r), facts::right(r), facts::missed(r)]
    }),
    owner("3a", "Context", "The context, and why it is asked.", "use.why"),
    owner("3b", "Population and users", "Whom it is for, and who would use it.", "use.population"),
    owner("3c", "Inequalities", "Known inequalities between groups.", "use.inequalities"),
    run("4", "Objectives", "The objectives: development, evaluation, or both.", |r| {
        let both = if r.is_of_other_data() {
            "Evaluation alone, of models kept from an earlier run."
        } else {
            "Both: models are developed and tested in one run."
        };
        vec![facts::question(r), facts::models(r), both.to_owned()]
    }),
    run(
        "5a",
        "Sources of data",
        "The sources of the data, and how far they represent those asked about.",
        |r| {
            let mut out = vec![facts::cohort(r), facts::simulated(r)];
            out.extend(facts::remarks(r));
            out
        },
    ),
    run("5b", "Dates", "Dates of the data.", |r| vec![facts::cohort(r), facts::tested(r)]),
    owner("6a", "Setting", "The setting: service and places.", "use.setting"),
    run("6b", "Eligibility", "Who was eligible.", flow::steps),
    owner("6c", "Treatments", "Help received, and how it was dealt with.", "use.services"),
    run(
        "7",
        "Data preparation",
        "How data were prepared and checked, and whether alike for all groups.",
        |r| vec![facts::undated(r), facts::point(r)],
    ),
    run(
        "8a",
        "Outcome: definition",
        "The outcome, its horizon, and how it is assessed, and whether alike for all groups.",
        |r| vec![facts::outcome(r)],
    ),
    tool(
        "8b",
        "Outcome: who assessed it",
        "Who assessed the outcome, and with what training.",
        &[
            "The outcome is read from the records of the service by a fixed rule. Nobody assessed it for this work.",
        ],
    ),
    tool(
        "8c",
        "Outcome: blinding",
        "Whether assessors knew the predictions.",
        &[
            "Predictions are worked out afterwards on past records, so that nobody who made the records knew them.",
        ],
    ),
    run(
        "9a",
        "Predictors: choice",
        "How predictors were chosen, and any choice among them beforehand.",
        |r| vec![facts::told(r), facts::not_told(r)],
    ),
    run("9b", "Predictors: definition", "All predictors, and how and when they were measured.", |r| {
        vec![
            facts::point(r),
            facts::told(r),
            "Each is defined in dictionary.csv beside the report.".to_owned(),
        ]
    }),
    tool(
        "9c",
        "Predictors: assessment",
        "Whether predictors needed a judgement, and by whom.",
        &[
            "Workers wrote the records in the course of their work. The program counts and dates what they wrote.",
        ],
    ),
    run(
        "10",
        "Sample size",
        "How the size was arrived at, and whether it is enough to answer the question.",
        |r| {
            let mut out = vec![facts::tested(r)];
            if let Some((low, high)) = r.finding.gain.interval() {
                out.push(format!(
                "The interval of the gain in average precision reaches about {} to either side: a smaller gain could not have \
                 been told from none.",
                crate::report::html::format::decimals((high - low) / 2.0, 3)
            ));
            }
            out
        },
    ),
    run("11", "Missing data", "How missing data were handled, and why any were left out.", |r| {
        let mut out = vec![facts::undated(r)];
        out.extend(facts::remarks(r));
        out.extend(groups::hidden(r));
        out
    }),
    run(
        "12a",
        "Analysis: use of the data",
        "How data were divided to learn from and to test on.",
        facts::split,
    ),
    run("12b", "Analysis: predictors", "How predictors were handled.", |r| vec![facts::told(r)]),
    run("12c", "Analysis: models", "Kinds of model, how they were built, and settings.", |r| {
        let mut out = facts::all_models(r);
        out.extend(r.chosen.iter().map(|c| {
            format!("Of {}, the setting {} was chosen anew in each test.", r.model_title(&c.model), c.key)
        }));
        out
    }),
    run(
        "12d",
        "Analysis: differences between places",
        "How differences between places or periods were looked at.",
        facts::elsewhere,
    ),
    run("12e", "Analysis: measures", "Measures of performance.", |r| {
        vec![facts::capacity(r), facts::verdict(r), facts::intervals(r)]
    }),
    run("12f", "Analysis: updating", "Whether a model was updated, such as its chances adjusted.", |r| {
        vec![format!(
            "{}: every model that was tested is listed here, those with adjusted chances among them: {}.",
            r.title,
            super::say::listed(&r.models.iter().map(|m| m.title.as_str()).collect::<Vec<_>>())
        )]
    }),
    run("12g", "Analysis: how predictions are made", "How predictions were worked out.", |r| {
        vec![facts::how_it_works(r), facts::point(r)]
    }),
    run("13", "Class imbalance", "Whether and how imbalance was dealt with.", |r| {
        vec![facts::base_rate(r), "Weights by class, where used, are in the experiment file.".to_owned()]
    }),
    run("14", "Fairness", "How fairness was looked at, and why so.", |r| {
        vec![
            format!("Results are reported by {}.", super::say::listed(&groups::names(r))),
            facts::not_told(r),
            "Each group is set beside others with intervals, and what recording faults could do is worked out.".to_owned(),
        ]
    }),
    run("15", "Model output", "What the model gives out, and how a cut was chosen.", |r| {
        vec![
            "A chance for each referral tested, which stays in the private folder.".to_owned(),
            facts::capacity(r),
        ]
    }),
    run(
        "16",
        "Training against evaluation",
        "Differences between data to learn from and data to test on, in setting, eligibility, outcome and predictors.",
        |r| vec![facts::cohort(r), facts::tested(r), SPREAD.to_owned()],
    ),
    owner("17", "Ethical approval", "Ethical approval and consent.", "law.ethics_reference"),
    owner("18a", "Funding", "Who paid, and their part in it.", "owner.funding"),
    owner("18b", "Conflicts of interest", "Interests of those who did the work.", "owner.conflicts"),
    owner("18c", "Protocol", "Where the plan can be read.", "record.protocol"),
    owner("18d", "Registration", "Where the work is registered.", "record.registration"),
    owner("18e", "Data sharing", "Whether data can be had.", "record.data_available"),
    owner("18f", "Code sharing", "Whether code can be had.", "record.code_available"),
    owner("19", "Patient and public involvement", "How those concerned were involved.", "families.involved"),
    run("20a", "Participants: flow", "The flow of participants, with and without the outcome.", |r| {
        let mut out = flow::steps(r);
        out.extend(facts::could_not(r));
        out
    }),
    run("20b", "Participants: characteristics", "Who they are, and differences between groups.", |r| {
        let mut out = vec![facts::tested(r)];
        out.extend(groups::widest(r));
        out
    }),
    run(
        "20c",
        "Participants: evaluation against development",
        "How those tested differ from those learned from.",
        |r| vec![facts::cohort(r), facts::tested(r), SPREAD.to_owned()],
    ),
    run("21", "Model development", "How many participants and events there are in each analysis.", |r| {
        let fold = |f: &crate::report::Fold| {
            format!(
                "{}: learned from about {}, tested on about {}.",
                f.name,
                many(f.train, "referrals"),
                many(f.test, "referrals")
            )
        };
        r.folds.iter().map(fold).collect()
    }),
    run("22", "Full model", "The model in full, so that others can test it, and limits to access.", |r| {
        let mut out = vec![
            "Each test has a model of its own. No model is printed; one that the experiment keeps stays in the private folder.".to_owned(),
            facts::how_it_works(r),
        ];
        out.extend(facts::goes_by(r));
        out
    }),
    run("23a", "Performance", "Performance with intervals, in groups too.", |r| {
        let mut out = facts::performance(r);
        out.extend(groups::widest(r));
        out
    }),
    run(
        "23b",
        "Performance: places and periods",
        "Differences in performance between places or periods.",
        facts::elsewhere,
    ),
    run("24", "Updating", "Results of updating a model.", groups::correction),
    run("25", "Interpretation", "What the results mean, fairness among them.", |r| {
        vec![facts::verdict(r), facts::right(r), facts::right_by_baseline(r), facts::gate(r)]
    }),
    run("26", "Limitations", "What limits the results, and what that does to them.", |r| {
        let mut out = vec![facts::simulated(r), facts::undated(r), facts::small(r)];
        out.extend(facts::could_not(r));
        out
    }),
    run("27a", "Use: poor or missing input", "What happens where input is missing or poor.", |r| {
        vec![facts::undated(r), "A missing fact is kept as missing, or filled with the mean of those learned from and marked, as the kind of model needs.".to_owned()]
    }),
    owner(
        "27b",
        "Use: who and with what skill",
        "Whether users have a part in it, and what skill they need.",
        "use.training",
    ),
    owner(
        "27c",
        "Use: next steps",
        "What research would be next, and where else it would have to hold.",
        "use.next_steps",
    ),
];
