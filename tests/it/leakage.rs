//! The future must not reach a feature.
//!
//! [`leaks`] rewrites everything that became known on or after a prediction date, unless admitted by name, and asks
//! whether any feature moved by a bit. A feature planted from the future must be caught, or the test proves nothing.

use crate::features::{definition, settings};
use proptest::prelude::*;
use rand::{Rng, RngExt};
use rerefer::cohort::{self, IndexRow, Point};
use rerefer::features;
use rerefer::features::as_of::admitted;
use rerefer::history::{Children, Event, Events, History, NO_CODE, NO_EPISODE, Source};
use rerefer::num::{Day, seed};
use rerefer::schema::{KINDS, Kind};

const START: i32 = 16_000;
const DAYS: i32 = 3000;

/// Something that makes named features of one row.
type Featurise<'f> = &'f dyn Fn(&History, &IndexRow) -> Vec<(String, f32)>;

/// A random history: not a plausible one, so that no accident of plausibility hides a leak.
fn history(root: u64) -> History {
    let mut rng = seed::stream(root, "history");
    let mut children = Children::default();
    let mut events = Events::default();
    for child in 0..8_u32 {
        children.id.push(i64::from(child));
        children.birth_month.push(Some(Day(START - rng.random_range(-200..4000)).first_of_month()));
        children.sex.push(rng.random_range(0..3));
        children.ethnicity.push(rng.random_range(0..20));
        children.disabilities.push(rng.random_range(0..8));
        children.household.push(child / 3);
        children.authority.push(0);
        children.observed_from.push(Day(START));
        children.observed_to.push(Day(START + DAYS));
        children.left_on.push(None);
        children.left_reason.push(NO_CODE);
        for episode in 0..rng.random_range(1..5) {
            let referral = START + rng.random_range(0..DAYS);
            let number = child * 10 + episode;
            random_events(&mut rng, &mut events, child, number, referral);
        }
    }
    let source = Source { format: "native".to_owned(), households: true, ..Source::default() };
    History::new(children, events, vec!["A".to_owned()], source)
}

fn random_events(rng: &mut impl Rng, events: &mut Events, child: u32, episode: u32, referral: i32) {
    let mut push = |kind: Kind, date: i32, late: i32, rng: &mut dyn Rng| {
        let code =
            kind.spec().codes.map_or(NO_CODE, |l| u8::try_from(rng.random_range(0..l.codes.len())).unwrap());
        let episode = if kind.spec().in_episode { episode } else { NO_EPISODE };
        events.push(Event { child, date: Day(date), known_on: Day(date + late), kind, code, episode });
    };
    push(Kind::Referral, referral, 0, rng);
    for spec in KINDS.iter().filter(|k| k.kind != Kind::Referral) {
        for _ in 0..rng.random_range(0..3) {
            let (after, late) = (rng.random_range(0..300), rng.random_range(0..3) * rng.random_range(0..60));
            push(spec.kind, referral + after, late, rng);
        }
    }
}

/// The history with everything unknown at `row`'s prediction rewritten: deleted, moved, recoded, or joined by more.
fn another_future(history: &History, row: &IndexRow, point: Point, root: u64) -> History {
    let mut rng = seed::stream(root, "future");
    let kept: Vec<usize> = admitted(history, row, point).collect();
    let mut events = Events::default();
    for (i, mut event) in history.events.iter().enumerate() {
        if event.known_on >= row.predict_on && !kept.contains(&i) {
            match rng.random_range(0..4) {
                0 => continue,
                1 => event.known_on = event.known_on.plus(rng.random_range(0..500)),
                // A fact dated in the past but recorded later must stay unknown whatever its date.
                2 => event.date = event.date.plus(-rng.random_range(0..900)),
                _ => event.code = event.kind.spec().codes.map_or(NO_CODE, |_| rng.random_range(0..5)),
            }
        }
        events.push(event);
    }
    for child in 0..history.children.len() {
        // Another referral of the child on that very day would be admitted by name.
        let same_day = i32::from(child == row.child as usize);
        let from = row.predict_on.0 + rng.random_range(same_day..200);
        random_events(
            &mut rng,
            &mut events,
            u32::try_from(child).unwrap(),
            900 + u32::try_from(child).unwrap(),
            from,
        );
    }
    let mut children = history.children.clone();
    for child in 0..children.len() {
        children.left_on[child] = Some(row.predict_on.plus(rng.random_range(0..400)));
        children.left_reason[child] = rng.random_range(0..5);
        children.observed_to[child] = row.predict_on.plus(rng.random_range(0..400));
    }
    History::new(children, events, history.authorities.clone(), history.source.clone())
}

/// The names of features that moved when the future of a row was rewritten.
fn leaks(
    history: &History,
    row: &IndexRow,
    point: Point,
    root: u64,
    featurise: Featurise<'_>,
) -> Vec<String> {
    let other = another_future(history, row, point, root);
    let same = history.events.get(row.referral_event);
    let place = (0..other.events.len()).find(|&i| other.events.get(i) == same).unwrap();
    let moved = IndexRow { referral_event: place, ..*row };
    let (before, after) = (featurise(history, row), featurise(&other, &moved));
    let pairs = before.into_iter().zip(after);
    pairs.filter(|((_, a), (_, b))| a.to_bits() != b.to_bits()).map(|((name, _), _)| name).collect()
}

fn real(point: Point) -> impl Fn(&History, &IndexRow) -> Vec<(String, f32)> {
    move |history, row| {
        let matrix = features::build(history, std::slice::from_ref(row), point, &settings(), &|_| {});
        matrix.features.iter().map(|f| f.id.clone()).zip(matrix.values.iter().copied()).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_feature_moves_with_the_future(root in any::<u64>(), point in 0..3_usize) {
        let point = [Point::AtReferral, Point::AtAssessmentEnd, Point::AtClosure][point];
        let history = history(root);
        for (i, row) in (0..).zip(&cohort::build(&history, &definition(point)).rows) {
            let moved = leaks(&history, row, point, root ^ i, &real(point));
            prop_assert!(moved.is_empty(), "moved: {moved:?}");
        }
    }
}

#[test]
fn rows_are_the_same_alone_and_together() {
    let history = history(11);
    let cohort = cohort::build(&history, &definition(Point::AtReferral));
    assert!(cohort.rows.len() > 5);
    let all = features::build(&history, &cohort.rows, Point::AtReferral, &settings(), &|_| {});
    for (i, row) in cohort.rows.iter().enumerate() {
        let alone = real(Point::AtReferral)(&history, row);
        assert!(all.row(i).iter().zip(&alone).all(|(a, (_, b))| a.to_bits() == b.to_bits()), "row {i}");
    }
}

/// A feature from the future: days until the next referral, which no honest builder can know.
fn planted(history: &History, row: &IndexRow) -> Vec<(String, f32)> {
    let events = &history.events;
    let later = history.events_of(row.child as usize).filter(|&i| events.kind[i] == Kind::Referral);
    let days = later.map(|i| events.date[i].0 - row.predict_on.0).filter(|d| *d > 0).min();
    vec![("days_to_next_referral".to_owned(), days.map_or(f32::NAN, |d| d as f32))]
}

/// A subtler one: counts what happened before the prediction, whether or not it was known by then.
fn planted_late(history: &History, row: &IndexRow) -> Vec<(String, f32)> {
    let events = &history.events;
    let past = history.events_of(row.child as usize).filter(|&i| events.date[i] < row.predict_on);
    vec![("events_dated_before".to_owned(), past.count() as f32)]
}

#[test]
fn planted_features_are_caught() {
    let caught = |featurise: Featurise<'_>| {
        (0..20_u64).any(|root| {
            let history = history(root);
            let rows = cohort::build(&history, &definition(Point::AtReferral)).rows;
            rows.iter().any(|row| !leaks(&history, row, Point::AtReferral, root, featurise).is_empty())
        })
    };
    assert!(caught(&planted), "the check would miss a feature made of the next referral");
    assert!(caught(&planted_late), "the check would miss a fact that was recorded late");
}
