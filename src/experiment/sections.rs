//! Small sections of an experiment: levels that are named, and disclosure control.

use crate::io::settings::Section;
use crate::privacy::disclosure::Profile;

/// `[disclosure]`: the profile, and the smallest count that may be shown, which can only be raised.
pub(super) fn disclosure(section: Option<&Section<'_>>) -> Option<(Profile, u64)> {
    let Some(s) = section else { return Some((Profile::tre10(), Profile::tre10().threshold)) };
    let profiles = Profile::ALL.map(|profile| (profile.name, profile));
    let profile = match s.text("profile") {
        None => Profile::tre10(),
        Some(_) => s.choice("profile", &profiles)?,
    };
    let least = i64::try_from(profile.threshold).ok()?;
    let threshold = if s.has("threshold") { s.integer("threshold", least..=1000)? } else { least };
    Some((profile, u64::try_from(threshold).ok()?))
}

/// Reference levels by grouping.
pub(super) fn references(levels: &Section<'_>, groups: &[&str]) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for name in super::groups::NAMES {
        let Some(level) = levels.text(name) else { continue };
        if !groups.contains(&name) {
            levels.fault(
                name,
                format!("`evaluate.groups` does not ask for `{name}`, so that it has no reference level"),
            );
        }
        named.push((name.to_owned(), level));
    }
    named
}

/// Children in the population, by grouping and level.
pub(super) fn populations(s: &Section<'_>, groups: &[&str]) -> Vec<(String, Vec<(String, u64)>)> {
    let mut out = Vec::new();
    for name in super::groups::NAMES {
        let Some(levels) = s.section(name) else { continue };
        if !groups.contains(&name) {
            levels.fault(
                name,
                format!("`evaluate.groups` does not ask for `{name}`, so that its population has no use"),
            );
        }
        let count = |level: String| {
            let n = levels.integer(&level, 10..=1_000_000_000).and_then(|n| u64::try_from(n).ok());
            n.map(|n| (level, n))
        };
        out.push((name.to_owned(), levels.keys().into_iter().filter_map(count).collect()));
    }
    out
}
