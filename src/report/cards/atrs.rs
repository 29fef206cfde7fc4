//! The fields of the Algorithmic Transparency Recording Standard. Names of fields are those of its template; numbers of
//! sections of version 3 are partly from memory.

use super::form::{Form, Row, owner, run, tool};
use super::say::many;
use super::{facts, flow, groups};

pub(super) static FORM: Form = Form {
    id: "atrs",
    title: "Algorithmic transparency record",
    what: "Every field of the Algorithmic Transparency Recording Standard (shape of version 3; the names of fields were checked, \
           the numbers of sections are partly from memory). The standard is for tools that \
           are used in decisions. This run is research and nothing is used: the record shows what would have to be published \
           before anything is.",
    rows: ROWS,
};

static ROWS: &[Row] = &[
    run("metadata.id", "Id", "Id of the record.", |r| vec![r.run_id.clone()]),
    tool(
        "metadata.standard_version",
        "Version of the standard",
        "standard_version",
        &["The fields are those of version 3; versions after it were not checked."],
    ),
    owner("metadata.date_completion", "Date of completion", "date_completion", "record.completed"),
    owner("metadata.date_update", "Date of update", "date_update", "record.updated"),
    owner("metadata.date_archive", "Date of archiving", "date_archive", "record.archived"),
    owner("metadata.organisation", "Organisation", "organisation", "owner.organisation"),
    owner(
        "metadata.organisation_type",
        "Type of organisation",
        "organisation_type",
        "owner.organisation_type",
    ),
    tool("metadata.function", "Function", "function", &["Social protection: children's social care."]),
    run("metadata.capability", "Capability", "capability", |r| {
        vec![format!("Analysis of {} and forecasting, for research.", many(r.tested.rows, "past referrals"))]
    }),
    run("metadata.task", "Task", "task", |r| vec![facts::question(r)]),
    run(
        "metadata.phase",
        "Phase",
        "phase: pre-deployment, beta-pilot, production or retired",
        pre_deployment,
    ),
    owner("metadata.region", "Region", "region", "owner.region"),
    owner("metadata.date_published", "Date of publication", "date_published", "record.published"),
    tool(
        "metadata.atrs_version",
        "Version of the template",
        "atrs_version",
        &["The shape is that of version 3."],
    ),
    run("metadata.other_tags", "Other tags", "other_tags", |r| {
        vec![format!("research; {}", if r.simulated { "simulated data" } else { "council data" })]
    }),
    run("tier1.name", "Name", "Tier 1: name of the tool.", |r| {
        vec![format!("{} (tested with rerefer {})", r.title, r.version)]
    }),
    run(
        "tier1.description",
        "Description",
        "Tier 1: what the tool is and why it is used, in plain words.",
        |r| {
            vec![
                facts::question(r),
                facts::outcome(r),
                facts::verdict(r),
                "It is used in no decision.".to_owned(),
            ]
        },
    ),
    owner("tier1.website_url", "Website", "Tier 1: website_url", "owner.website"),
    owner("tier1.contact_email", "Contact", "Tier 1: contact_email", "owner.contact"),
    owner("tier2.1.organisation", "Organisation", "1.1 organisation", "owner.organisation"),
    owner("tier2.1.team", "Team", "1.2 team", "owner.team"),
    owner(
        "tier2.1.senior_responsible_owner",
        "Senior responsible owner",
        "1.3 senior_responsible_owner",
        "owner.senior_responsible_owner",
    ),
    owner(
        "tier2.1.external_supplier_involvement",
        "Supplier involvement",
        "1.4 external_supplier_involvement",
        "procurement.supplier",
    ),
    owner(
        "tier2.1.companies_house_number",
        "Companies House number",
        "1.4 companies_house_number",
        "procurement.companies_house_number",
    ),
    owner("tier2.1.supplier_role", "Role of the supplier", "1.4 role", "procurement.role"),
    owner(
        "tier2.1.procurement_procedure_type",
        "Procurement procedure",
        "1.4 procurement_procedure_type",
        "procurement.procedure",
    ),
    owner(
        "tier2.1.data_access_terms",
        "Terms of data access",
        "1.4 data_access_terms",
        "procurement.data_access",
    ),
    run("tier2.2.detailed_description", "Detailed description", "2.1 detailed_description", |r| {
        let mut out = vec![facts::models(r), facts::how_it_works(r), facts::point(r)];
        out.extend(facts::split(r));
        out
    }),
    run("tier2.2.scope", "Scope", "2.2 scope", |r| {
        vec![facts::outcome(r), facts::cohort(r), facts::capacity(r)]
    }),
    run("tier2.2.benefit", "Benefit", "2.3 benefit", |r| {
        vec![
            facts::verdict(r),
            facts::right(r),
            facts::right_by_baseline(r),
            "Whether acting on a flag would help any child was not tested.".to_owned(),
        ]
    }),
    owner("tier2.2.previous_process", "Previous process", "2.4 previous_process", "use.previous_process"),
    run(
        "tier2.2.alternatives_considered",
        "Alternatives considered",
        "2.5 alternatives_considered",
        facts::all_models,
    ),
    run("tier2.3.process_integration", "Integration into the process", "3.1 process_integration", |r| {
        vec![format!(
            "None. Chances were worked out afterwards on {}; nobody was told and nothing was done.",
            many(r.tested.rows, "past referrals")
        )]
    }),
    run("tier2.3.provided_information", "Information provided", "3.2 provided_information", |r| {
        vec![
            facts::right(r),
            facts::missed(r),
            "The report gives numbers about groups. It gives nothing about one child.".to_owned(),
        ]
    }),
    run(
        "tier2.3.frequency_and_scale_of_usage",
        "Frequency and scale",
        "3.3 frequency_and_scale_of_usage",
        facts::workload,
    ),
    owner(
        "tier2.3.human_decisions_and_review",
        "Human decisions and review",
        "3.4 human_decisions_and_review",
        "use.human_oversight",
    ),
    owner("tier2.3.required_training", "Required training", "3.5 required_training", "use.training"),
    owner("tier2.3.appeals_and_review", "Appeals and review", "3.6 appeals_and_review", "use.appeal"),
    run("tier2.4.system_architecture", "System architecture", "4.1 system_architecture", |r| {
        let libraries = r.reproduce.iter().filter(|(name, _)| name == "Libraries");
        let mut out = vec![
            facts::version(r),
            "One program on one computer. It works offline: it reads files and writes a folder.".to_owned(),
        ];
        out.extend(libraries.map(|(name, value)| format!("{name}: {value}.")));
        out
    }),
    run("tier2.4.phase", "Phase of the tool", "4.2 phase", pre_deployment),
    owner("tier2.4.maintenance", "Maintenance", "4.3 maintenance", "use.maintenance"),
    run("tier2.4.models", "Models", "4.4 models", |r| {
        let titles: Vec<&str> = r.models.iter().map(|m| m.title.as_str()).collect();
        vec![format!("{} models were tested: {}.", titles.len(), super::say::listed(&titles))]
    }),
    run("tier2.4.model.name", "Model: name", "model name", |r| {
        vec![r.model_title(&r.finding.candidate).to_owned()]
    }),
    run("tier2.4.model.version", "Model: version", "model version", |r| vec![facts::version(r)]),
    run("tier2.4.model.task", "Model: task", "model task", |r| vec![facts::question(r)]),
    run("tier2.4.model.input", "Model: input", "model input", |r| vec![facts::told(r), facts::not_told(r)]),
    run("tier2.4.model.output", "Model: output", "model output", |r| {
        vec![format!(
            "A chance that the child {} within {} days. It stays in the private folder.",
            r.outcome_words, r.horizon_days
        )]
    }),
    run("tier2.4.model.architecture", "Model: architecture", "model architecture", |r| {
        vec![facts::how_it_works(r)]
    }),
    run("tier2.4.model.performance", "Model: performance", "model performance", |r| {
        let mut out = facts::performance(r);
        out.extend(groups::widest(r));
        out
    }),
    run("tier2.4.model.datasets", "Model: data sets", "datasets", |r| vec![facts::cohort(r)]),
    run(
        "tier2.4.model.dataset_purposes",
        "Model: purposes of the data sets",
        "dataset purposes",
        facts::split,
    ),
    owner("tier2.4.data.source_data_name", "Data: name", "source_data_name", "data.source"),
    tool(
        "tier2.4.data.data_modality",
        "Data: modality",
        "data_modality",
        &["Tables: one row a child, and one row an event."],
    ),
    run("tier2.4.data.data_description", "Data: description", "data_description", |r| {
        vec![facts::told(r), facts::undated(r)]
    }),
    run("tier2.4.data.data_quantities", "Data: quantities", "data_quantities", |r| {
        vec![facts::cohort(r), facts::tested(r)]
    }),
    run("tier2.4.data.sensitive_attributes", "Data: sensitive attributes", "sensitive_attributes", |r| {
        vec![
            facts::not_told(r),
            format!("Results are reported by {}.", super::say::listed(&groups::names(r))),
        ]
    }),
    run(
        "tier2.4.data.data_completeness_and_representativeness",
        "Data: completeness and representativeness",
        "data_completeness_and_representativeness",
        |r| {
            let mut out = facts::remarks(r);
            out.extend(groups::hidden(r));
            out.extend(facts::could_not(r));
            out
        },
    ),
    owner("tier2.4.data.source_data_url", "Data: address", "source_data_url", "data.url"),
    owner("tier2.4.data.data_collection", "Data: collection", "data_collection", "data.collection"),
    run("tier2.4.data.data_cleaning", "Data: cleaning", "data_cleaning", flow::steps),
    owner(
        "tier2.4.data.data_sharing_agreements",
        "Data: sharing agreements",
        "data_sharing_agreements",
        "law.data_sharing",
    ),
    owner(
        "tier2.4.data.data_access_and_storage",
        "Data: access and storage",
        "data_access_and_storage",
        "data.access",
    ),
    owner(
        "tier2.5.impact_assessment",
        "Impact assessments",
        "5.1 impact_assessment: name, description, date",
        "law.dpia_reference",
    ),
    run("tier2.5.risks", "Risks", "5.2 risks: name, description, mitigation", |r| {
        vec![
            facts::missed(r),
            facts::in_vain(r),
            "Risks and what is done about them are in the risk and issue log.".to_owned(),
        ]
    }),
];

fn pre_deployment(r: &crate::report::Report) -> Vec<String> {
    vec![format!("Pre-deployment: run {} is research on past referrals.", r.run_id), facts::simulated(r)]
}
