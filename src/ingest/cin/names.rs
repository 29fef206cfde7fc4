//! The names of the census elements, as one text each: a list that can be read at a glance.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Elements that are read.
const READ: &str = "Message Header CollectionDetails Collection Year ReferenceDate Source LEA Children Child \
     ChildIdentifiers LAchildID PersonBirthDate ExpectedPersonBirthDate Sex GenderCurrent PersonDeathDate \
     ChildCharacteristics Ethnicity Disabilities Disability CINdetails CINreferralDate ReferralSource \
     PrimaryNeedCode CINclosureDate ReasonForClosure DateOfInitialCPC ReferralNFA Assessments \
     AssessmentActualStartDate AssessmentAuthorisationDate FactorsIdentifiedAtAssessment \
     AssessmentFactors CINPlanDates CINPlanStartDate CINPlanEndDate Section47 S47ActualStartDate \
     ChildProtectionPlans CPPstartDate CPPendDate InitialCategoryOfAbuse";

/// Elements that are in the census, but not needed: passed over in silence, UPNs first of all.
const PASSED_OVER: &str = "UPN FormerUPN UPNunknown SourceLevel SoftwareCode Release SerialNo DateTime Content \
     AssessmentInternalReviewDate InitialCPCtarget ICPCnotRequired LatestCategoryOfAbuse \
     NumberOfPreviousCPP Reviews PreProceedingsandFGDM";

/// What is done with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// It is read under this name.
    Read(&'static str),
    /// It is passed over in silence, and counted under this name.
    PassedOver(&'static str),
}

static NAMES: LazyLock<HashMap<&str, Name>> = LazyLock::new(|| {
    let read = READ.split_whitespace().map(|name| (name, Name::Read(name)));
    read.chain(PASSED_OVER.split_whitespace().map(|name| (name, Name::PassedOver(name)))).collect()
});

/// What is done with the element of this name, if it is a census element.
pub(super) fn find(name: &str) -> Option<Name> {
    NAMES.get(name).copied()
}
