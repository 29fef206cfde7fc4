//! How far children stand out: in the records, at the answers of models and by their chances. Exact; what may be shown is for
//! [`disclosure`](super::disclosure) to decide.
//!
//! In: what each record shows, as numbers, and whose record it is. Out: [`Groups`]. [`groups`] counts, [`found`] holds what was
//! found in a run. Measured by `experiment::privacy`.
//!
//! Records are referrals and people are children, so a group is counted in children, and a child that has several records is as
//! small a group as the most telling of them: whoever knows one referral of the child knows that one in the worst case.
//!
//! * *k* is the number of children in the smallest group of records that show the same (k-anonymity: Sweeney 2002,
//!   International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 10:557). What is not recorded is a value of
//!   its own.
//! * *Uniqueness* is the share of children in groups of one. It is that of these records (sample uniqueness: the risk from one
//!   who knows that the child is in them, El Emam and Dankar 2008, Journal of the American Medical Informatics Association
//!   15:627, *prosecutor risk*), and not that of all children in the area.

pub mod found;
pub mod groups;

#[cfg(test)]
mod tests;

pub use found::{Found, Knowledge, Known, Structure};
pub use groups::{Counter, Groups, Key, digest, number};
