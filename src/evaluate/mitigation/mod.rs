//! What could be done about gaps between groups, worked out so that its price can be seen; nothing here is applied.
//!
//! In: outcomes, groups and predicted risks. Out: weights to learn with ([`reweighing`]), or risks moved group by group
//! ([`group_recalibration`]). Both set scores by a group, which may be unlawful where the group is a protected
//! characteristic; a report must say so. To add a way, add a file.

pub mod group_recalibration;
pub mod reweighing;
