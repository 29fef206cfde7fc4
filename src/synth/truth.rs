//! The truth of each referral, as it is written beside the records.

use super::observable::Observable;
use super::records::Raw;
use super::risk::{ESCALATIONS, HORIZON_DAYS};
use crate::num::Day;

/// A probability with and without what no record holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chance {
    /// Given everything in the simulator on the day, in [0, 1].
    pub latent: f64,
    /// Given only what is recorded before the referral, and the facts of the referral itself, in [0, 1].
    pub observable: f64,
}

/// The true risk of one referral, what drives it, and what the dials did to it.
///
/// Recorded fields that drive a return, all as of the referral: the child's number of earlier referrals, days since
/// the last closure, whether the last episode ended with no further action, earlier child protection plans, age,
/// disability, source, authority, whether a brother or sister was referred before; and, through the frailty, when the
/// children of the household came back and how long they stayed away. Factors, need, contacts and early help drive
/// nothing; sex and ethnicity drive nothing unless a dial says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthRow {
    /// The child's surrogate, as in `children`.
    pub child: i64,
    /// The household, as in `children`.
    pub household: u32,
    /// Day of the referral.
    pub referral: Day,
    /// Days within which a return counts.
    pub horizon_days: u16,
    /// Probability of another referral within the horizon given everything including the frailty, in [0, 1].
    pub p_latent: f64,
    /// Probability given only what is recorded before the referral, and its source, in [0, 1].
    pub p_observable: f64,
    /// The same and what the notes of the referral say, in [0, 1].
    pub p_with_notes: f64,
    /// `p_latent` of a return that is or would have to be recorded: without the bias of the recording dial, in [0, 1].
    pub p_need: f64,
    /// Section 47 enquiry, protection plan, start of care within the horizon.
    pub escalations: [Chance; ESCALATIONS],
    /// The household's frailty, above 0, with mean 1 over households.
    pub frailty: f64,
    /// Log hazard ratio of a return that the recorded fields make.
    pub log_effects: f64,
    /// Log hazard ratio that the dials make: groups and drift.
    pub log_dials: f64,
    /// Whether the child truly came back within the horizon, recorded or not; `None` if not followed for so long.
    pub returned: Option<bool>,
    /// Whether the notes describe the family as working with services; `None` without notes.
    pub engaged: Option<bool>,
    /// Earlier referrals of the child that are not in the records.
    pub unrecorded_referrals: u32,
    /// A referral written down by mistake.
    pub spurious: bool,
    /// How many of source, need, ethnicity and disability are not recorded.
    pub fields_missing: u8,
}

/// The row of a referral.
pub(super) fn row(raw: &Raw, observable: &Observable) -> TruthRow {
    let (chances, marks) = (&raw.chances, &raw.marks);
    let escalation =
        |k: usize| Chance { latent: chances.latent[k + 1], observable: observable.year(chances, k + 1) };
    TruthRow {
        child: raw.child,
        household: raw.household,
        referral: raw.referral,
        horizon_days: HORIZON_DAYS,
        p_latent: chances.latent[0],
        p_observable: observable.year(chances, 0),
        p_with_notes: observable.with_notes(chances),
        p_need: chances.need,
        escalations: std::array::from_fn(escalation),
        frailty: raw.frailty,
        log_effects: marks.log_effects,
        log_dials: marks.log_dials,
        returned: raw.returned,
        engaged: marks.engaged,
        unrecorded_referrals: marks.unrecorded_referrals,
        spurious: marks.spurious,
        fields_missing: marks.fields_missing,
    }
}

/// `p_latent` and `p_observable` of a return within each further horizon.
pub(super) fn horizons<'r>(raw: &'r Raw, observable: &'r Observable) -> impl Iterator<Item = f64> + 'r {
    let all = raw.chances.horizons.iter().enumerate();
    all.flat_map(|(k, [latent, ..])| [*latent, observable.horizon(&raw.chances, k)])
}
