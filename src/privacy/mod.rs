//! The doors: what may come in, and what may leave.
//!
//! In: exact numbers ([`crate::report::ingredients::Ingredients`]). Out: a [`crate::report::Report`], made of numbers
//! that only [`disclosure`] can make. To add a rule, add a file under `disclosure/` and call it from `disclose`.

pub mod anonymity;
pub mod disclosure;
