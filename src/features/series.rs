//! The series that are counted: every event kind, and every group of codes within a kind.

use super::as_of::{CODES_PER_KIND, key};
use super::dictionary::Feature;
use super::source_group::SourceGroup;
use super::windows::{NONE, SeriesMap};
use crate::history::NO_CODE;
use crate::schema::{KINDS, Kind};

/// The kinds of which the household's other children are counted.
pub(crate) const OF_SIBLINGS: [Kind; 5] =
    [Kind::Contact, Kind::Referral, Kind::S47, Kind::CpStart, Kind::ClaStart];

/// What a series is called.
#[derive(Clone, Debug)]
pub struct Named {
    /// Start of the ids of its features.
    pub id: String,
    /// What is counted, in words.
    pub words: String,
    /// The part of the records that it is of.
    pub group: SourceGroup,
}

/// The series of a child's own events, and what each is called.
#[must_use]
pub fn own() -> (SeriesMap, Vec<Named>) {
    let mut map = SeriesMap { count: 0, of_key: vec![[NONE; 2]; KINDS.len() * CODES_PER_KIND] };
    let mut names = Vec::new();
    for spec in KINDS {
        let name = Named {
            id: spec.name.to_owned(),
            words: happened(spec.kind).to_owned(),
            group: SourceGroup::of_events(spec.kind, None),
        };
        let by_kind = add_series(&mut map, &mut names, name);
        let start = spec.kind as usize * CODES_PER_KIND;
        map.of_key[start..start + CODES_PER_KIND].fill([by_kind, NONE]);
        let Some(list) = spec.codes else { continue };
        for group in list.groups() {
            let words = format!("{}: {}", list.title.to_lowercase(), group.replace('-', " "));
            let name = Named {
                id: format!("{}_{}", spec.name, group.replace('-', "_")),
                words,
                group: SourceGroup::of_events(spec.kind, Some(group)),
            };
            let series = add_series(&mut map, &mut names, name);
            for (place, _) in list.codes.iter().enumerate().filter(|(_, c)| c.group == group) {
                let code = u8::try_from(place).unwrap_or(NO_CODE);
                map.of_key[usize::from(key(spec.kind, code))][1] = series;
            }
        }
    }
    (map, names)
}

/// The series of the household's other children.
#[must_use]
pub fn of_siblings() -> (SeriesMap, Vec<Named>) {
    let mut map = SeriesMap { count: 0, of_key: vec![[NONE; 2]; KINDS.len() * CODES_PER_KIND] };
    let mut names = Vec::new();
    for kind in OF_SIBLINGS {
        let spec = kind.spec();
        let words = format!("another child of the household: {}", happened(spec.kind));
        let name = Named { id: format!("sibling_{}", spec.name), words, group: SourceGroup::Household };
        let series = add_series(&mut map, &mut names, name);
        let start = kind as usize * CODES_PER_KIND;
        map.of_key[start..start + CODES_PER_KIND].fill([series, NONE]);
    }
    (map, names)
}

/// What an event of this kind is, without what its code says.
fn happened(kind: Kind) -> &'static str {
    kind.spec().meaning.split(';').next().unwrap_or_default()
}

fn add_series(map: &mut SeriesMap, names: &mut Vec<Named>, name: Named) -> u16 {
    let series = u16::try_from(map.count).unwrap_or(NONE);
    map.count += 1;
    names.push(name);
    series
}

/// The dictionary rows of series in the order of [`super::windows::Counter::write`].
#[must_use]
pub fn dictionary(names: &[Named], windows: &[i32]) -> Vec<Feature> {
    let mut rows = Vec::new();
    for Named { id, words, group } in names {
        let source = "events: date, known_on, kind, code";
        for w in windows {
            let window = format!("{w} days before the prediction date");
            rows.push(
                Feature::dated(
                    format!("{id}_n{w}"),
                    format!("number of times in {w} days: {words}"),
                    &window,
                    source,
                )
                .of(*group),
            );
        }
        rows.push(
            Feature::dated(
                format!("{id}_n_ever"),
                format!("number of times in the records: {words}"),
                "ever",
                source,
            )
            .of(*group),
        );
        let since = format!("days since the last time, missing if never: {words}");
        rows.push(Feature::dated(format!("{id}_since"), since, "ever", source).of(*group));
    }
    rows
}
