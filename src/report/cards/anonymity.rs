//! Sentences on who stands out in the records, and what was left at the door.

use super::say::listed;
use crate::report::Report;
use crate::report::html::privacy::{in_short, with_more};
use crate::report::privacy::{DroppedLine, Times};

/// What stood in the files of this run and was left unread, by name; nothing where it was not recorded.
pub(super) fn dropped(r: &Report) -> Option<String> {
    let found = r.privacy.as_ref()?;
    let line = |d: &DroppedLine| match d.times {
        None => format!("{} (a column of {})", d.name, d.place),
        Some(Times::Few) => format!("{} (fewer than {} times)", d.name, r.threshold),
        Some(Times::About(n)) => {
            format!("{} (about {} times)", d.name, crate::report::html::format::thousands(n.get()))
        }
    };
    let all: Vec<String> = found.dropped.iter().map(line).collect();
    Some(if all.is_empty() {
        "In this run there was nothing to drop: the files held only what is read.".to_owned()
    } else {
        format!("Left unread in the files of this run: {}.", listed(&all))
    })
}

/// How many children are the only one of their kind in the records, to one who has the records.
pub(super) fn alone(r: &Report) -> Vec<String> {
    let Some(found) = &r.privacy else { return Vec::new() };
    let short = in_short(found, r.threshold);
    let with = with_more(found, r.threshold);
    let all: Vec<String> = short.into_iter().chain(with).collect();
    if all.is_empty() {
        return all;
    }
    let still =
        "So the records, which stay where they are, are personal data, though without names.".to_owned();
    all.into_iter().chain([still]).collect()
}
