//! Age, the undated attributes, and the facts of the index episode admitted by name.

use super::as_of::{ADMITTED, admitted};
use super::dictionary::{Feature, Topic};
use super::source_group::SourceGroup;
use crate::cohort::{IndexRow, Point};
use crate::history::{History, NO_CODE};
use crate::schema::codes::{AGE_BANDS, CodeList, DISABILITY, ETHNICITY, SEX, age_band};

/// Days in a year, for age.
const YEAR: f32 = 365.25;

/// The block of a child's own attributes and of its index episode, laid out once.
#[derive(Debug)]
pub struct Person {
    point: Point,
    features: Vec<Feature>,
}

impl Person {
    /// The block for a prediction point.
    #[must_use]
    pub fn new(point: Point) -> Self {
        let from_birth = |id: &str, words: &str| Feature {
            source: "children: birth_month; row: prediction date".to_owned(),
            known: "on the prediction date, from the month of birth as last recorded",
            ..Feature::attribute(id.to_owned(), words.to_owned(), "birth_month", Topic::Age)
        };
        let mut features = vec![
            from_birth(
                "age_years",
                "age in years on the prediction date, from the month of birth; 0 if unborn",
            ),
            from_birth("unborn", "1 if the month of birth lies after the prediction date, else 0"),
        ];
        for (_, band) in &AGE_BANDS[1..] {
            let id = format!("age_{}", band.replace(' ', "_"));
            features.push(from_birth(&id, &format!("1 if the age on the prediction date is {band}, else 0")));
        }
        one_hot(&mut features, "sex", &SEX, Topic::Sex);
        one_hot(&mut features, "ethnicity", &ETHNICITY, Topic::Ethnicity);
        for code in DISABILITY.codes {
            let words = format!("1 if the disability recorded is: {}", code.meaning.to_lowercase());
            features.push(Feature::attribute(
                format!("disability_{}", code.code.to_lowercase()),
                words,
                "disabilities",
                Topic::Disability,
            ));
        }
        features.push(Feature {
            source: "children: observed_from; row: prediction date".to_owned(),
            ..Feature::dated(
                "observed_days".to_owned(),
                "days of records before the prediction date".to_owned(),
                "ever",
                "",
            )
            .of(SourceGroup::Known)
        });
        for fact in ADMITTED.iter().filter(|f| f.is_admitted(point)) {
            let kind = fact.kind.spec().name;
            for group in fact.codes.groups() {
                let words = format!("1 if the {} is: {}", fact.words, group.replace('-', " "));
                features.push(Feature {
                    known: "on the prediction date: a fact of the index episode admitted by name",
                    topic: Topic::Episode,
                    group: SourceGroup::of_events(fact.kind, Some(group)),
                    ..Feature::dated(
                        format!("index_{kind}_{}", group.replace('-', "_")),
                        words,
                        "this episode",
                        "events: kind, code, episode",
                    )
                });
            }
        }
        Self { point, features }
    }

    /// Its dictionary rows, in the order of [`Self::write`].
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Writes one row.
    pub fn write(&self, history: &History, row: &IndexRow, out: &mut [f32]) {
        let (children, child) = (&history.children, row.child as usize);
        let mut at = 0;
        let mut put = |value: f32| {
            out[at] = value;
            at += 1;
        };
        match children.birth_month[child] {
            Some(birth) => {
                put(((row.predict_on.0 - birth.0) as f32 / YEAR).max(0.0));
                put(f32::from(u8::from(birth > row.predict_on)));
                let own = age_band(birth, row.predict_on);
                AGE_BANDS[1..].iter().for_each(|(_, band)| put(f32::from(u8::from(*band == own))));
            }
            None => (0..1 + AGE_BANDS.len()).for_each(|_| put(f32::NAN)),
        }
        group_of(&SEX, children.sex[child], &mut put);
        group_of(&ETHNICITY, children.ethnicity[child], &mut put);
        let disabilities = children.disabilities[child];
        for bit in 0..DISABILITY.codes.len() {
            put(if disabilities == 0 { f32::NAN } else { f32::from((disabilities >> bit) & 1) });
        }
        put((row.predict_on.0 - children.observed_from[child].0) as f32);
        let facts: Vec<usize> = admitted(history, row, self.point).collect();
        for fact in ADMITTED.iter().filter(|f| f.is_admitted(self.point)) {
            let codes = facts.iter().filter(|&&i| history.events.kind[i] == fact.kind);
            let found: Vec<&str> =
                codes.filter_map(|&i| fact.codes.get(history.events.code[i])).map(|c| c.group).collect();
            for group in fact.codes.groups() {
                put(f32::from(u8::from(found.contains(&group))));
            }
        }
    }
}

fn one_hot(features: &mut Vec<Feature>, column: &str, list: &'static CodeList, topic: Topic) {
    for group in list.groups() {
        let words = format!("1 if the {column} recorded is: {}", group.replace('-', " "));
        features.push(Feature::attribute(
            format!("{column}_{}", group.replace('-', "_")),
            words,
            column,
            topic,
        ));
    }
}

/// One value for each group of the list: 1 for the code's own; all missing where nothing is recorded.
fn group_of(list: &'static CodeList, code: u8, put: &mut impl FnMut(f32)) {
    let own = if code == NO_CODE { None } else { list.get(code).map(|c| c.group) };
    for group in list.groups() {
        put(own.map_or(f32::NAN, |own| f32::from(u8::from(own == group))));
    }
}
