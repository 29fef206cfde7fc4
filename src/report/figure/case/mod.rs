//! The pictures of one case: its chance as hundreds, its records in time, and its household with the services around it.

mod household;
mod hundreds;
mod timeline;

pub(in crate::report) use household::{household, referrer, sex_and_age};
pub(in crate::report) use hundreds::{Hundred, hundreds};
pub(in crate::report) use timeline::timeline;
