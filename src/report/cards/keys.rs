//! The keys of `board.toml`: one list for the reader, the records and the docs.

/// What an answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, an address or a reference.
    Words,
    /// At least one sentence.
    Sentence,
    /// A day.
    Date,
}

/// One key of `board.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Section and name, such as `owner.team`.
    pub path: &'static str,
    /// What its answer has to be.
    pub kind: Kind,
    /// What the owner is to write, ending with the key.
    pub ask: &'static str,
}

impl Key {
    /// The section, such as `owner`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(section, _)| section)
    }

    /// The name within its section, such as `team`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The key of this path.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

macro_rules! keys {
    ($($path:literal $kind:ident $ask:literal;)*) => {
        &[$(Key { path: $path, kind: Kind::$kind, ask: concat!($ask, " Key: ", $path, ".") }),*]
    };
}

/// Every key, section by section.
pub static KEYS: &[Key] = keys! {
    "owner.organisation" Words "Name the organisation that answers for this work.";
    "owner.organisation_type" Words "Say what kind of organisation it is, such as a local authority.";
    "owner.region" Words "Say which area it serves.";
    "owner.team" Words "Name the team that owns this work.";
    "owner.contact" Words "Give an address at which the team can be reached.";
    "owner.website" Words "Give the address of the page about this work, or say that there is none.";
    "owner.senior_responsible_owner" Words "Name the senior person who is responsible, by role.";
    "owner.funding" Sentence "Say who pays for this work, and what part the payer has in it.";
    "owner.conflicts" Sentence "Declare interests of those who did the work, or say that there are none.";
    "use.why" Sentence "Say why this is asked at all, and what would be done with an answer.";
    "use.benefits" Sentence "Say who is expected to benefit, how, and how that would be shown.";
    "use.previous_process" Sentence "Describe how referrals are looked at today, without any model.";
    "use.alternatives" Sentence "Say what else was considered, including doing nothing, and why it was not chosen.";
    "use.population" Sentence "Say for which children and by which workers a model would be used, if ever.";
    "use.inequalities" Sentence "Say what is known of unfair differences between groups of children in this service.";
    "use.setting" Sentence "Describe the service: what it covers, and how referrals reach it.";
    "use.services" Sentence "Describe the help that children get after a referral, which changes whether they come back.";
    "use.who_decides" Sentence "Say who decides about a child, and that no model does.";
    "use.human_oversight" Sentence "Say who checks this work, how, and with what power to stop it.";
    "use.training" Sentence "Say what those who read the report are taught before they do.";
    "use.appeal" Sentence "Say how a person can ask for a review, and who answers.";
    "use.maintenance" Sentence "Say who would look after it, how often it would be tested again, and when it ends.";
    "use.next_steps" Sentence "Say what would be studied next, and where else it would have to be tested.";
    "use.harm" Sentence "Say what could go wrong for a child or family in your service, and who would notice.";
    "law.lawful_basis" Sentence "State the lawful basis, and the condition for special category data.";
    "law.necessity" Sentence "Say why this cannot be done with less data or without personal data.";
    "law.dpia_reference" Words "Give the reference of the data protection impact assessment.";
    "law.dpia_date" Date "Give the date of the data protection impact assessment.";
    "law.dpo_advice" Sentence "Give the advice of the data protection officer, and what was done about it.";
    "law.ethics_reference" Words "Give the reference of the ethics approval.";
    "law.ethics_date" Date "Give the date of the ethics approval.";
    "law.equality_assessment" Sentence "Give the equality impact assessment: reference, date and what was decided.";
    "law.data_sharing" Sentence "Name the agreements under which data were shared, or say that none were.";
    "law.retention" Sentence "Say how long the data and the private folder of the run are kept, and who deletes them.";
    "procurement.supplier" Sentence "Name any supplier, or say that no supplier is involved.";
    "procurement.companies_house_number" Words "Give the supplier's number at Companies House, or say that it does not apply.";
    "procurement.role" Sentence "Say what the supplier does, or that it does not apply.";
    "procurement.procedure" Sentence "Say how the supplier was chosen, or that it does not apply.";
    "procurement.data_access" Sentence "Say what data the supplier can see and on what terms, or that it does not apply.";
    "data.source" Sentence "Say which system the records come from, and who enters them.";
    "data.collection" Sentence "Say how and why the records were collected, and what families were told.";
    "data.url" Words "Give the address of a public description of the data, or say that there is none.";
    "data.access" Sentence "Say where the data are held, who can reach them, and how that is checked.";
    "data.other_uses" Sentence "Say for what else the data may be used, and for what they may not.";
    "data.maintenance" Sentence "Say who looks after the data, and how mistakes in them are put right.";
    "families.contact" Words "Give a telephone number or address that families can use.";
    "families.how_to_object" Sentence "Tell families in plain words how they can object.";
    "families.how_to_correct" Sentence "Tell families in plain words how they can have a record put right.";
    "families.involved" Sentence "Say how children, families and workers were asked about this work, and what they said.";
    "record.completed" Date "Give the day on which this record was completed.";
    "record.updated" Date "Give the day on which this record was last changed.";
    "record.archived" Date "Give the day on which this record is to be archived.";
    "record.published" Date "Give the day on which this record was published.";
    "record.protocol" Sentence "Say where the plan of the work can be read, and when it was written.";
    "record.registration" Sentence "Say where the work is registered, or that it is not.";
    "record.data_available" Sentence "Say whether others can have the data, and on what terms.";
    "record.code_available" Sentence "Say where the code can be had that was used for this run.";
    "risk.owner_missed" Words "Name who owns the risk of missed children, by role.";
    "risk.owner_in_vain" Words "Name who owns the risk of families looked at in vain, by role.";
    "risk.owner_unfair" Words "Name who owns the risk of unfair differences, by role.";
    "risk.owner_records" Words "Name who owns the risk of wrong or missing records, by role.";
    "risk.owner_privacy" Words "Name who owns the risk to privacy, by role.";
    "risk.owner_misuse" Words "Name who owns the risk of misuse, by role.";
};

#[cfg(test)]
mod tests {
    use super::KEYS;
    use crate::report::cards::FORMS;

    #[test]
    fn every_key_is_on_the_page() {
        let page = include_str!("../../../docs/board.md");
        let missing: Vec<&str> =
            KEYS.iter().map(|k| k.path).filter(|path| !page.contains(&format!("`{path}`"))).collect();
        assert!(missing.is_empty(), "docs/board.md has no {missing:?}");
        let stale: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .filter(|path| KEYS.iter().all(|k| k.path != *path))
            .collect();
        assert!(stale.is_empty(), "docs/board.md has {stale:?}, which is no key");
    }

    #[test]
    fn every_key_is_asked_for_and_every_one_asked_for_is_a_key() {
        let asked: Vec<&str> = FORMS.iter().flat_map(|f| f.rows).filter_map(|row| row.key()).collect();
        let sheet = ["families.contact", "families.how_to_object", "families.how_to_correct"];
        for key in KEYS {
            assert!(
                asked.contains(&key.path) || sheet.contains(&key.path),
                "{} is asked for nowhere",
                key.path
            );
        }
        for path in asked {
            assert!(KEYS.iter().any(|k| k.path == path), "{path} is no key");
        }
        // Sections stand together, so that a file in this order has each heading once.
        let mut sections: Vec<&str> = KEYS.iter().map(super::Key::section).collect();
        sections.dedup();
        let all = sections.len();
        sections.sort_unstable();
        sections.dedup();
        assert_eq!(sections.len(), all);
    }
}
