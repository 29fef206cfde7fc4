//! Whoever knows the exact numbers of the other tables must not learn a small count from these.

use super::*;
use crate::num::seed;
use crate::survival::found::{Horizon as Time, Size};
use rand::RngExt;

const THRESHOLD: u64 = 10;
const NONE: Known = Known { rows: Vec::new(), children: Vec::new() };

/// What had come by a time: of each cause so many, of a hundred each.
fn by(came: &[u64], at_risk: u64) -> Reading<By> {
    let share = Share { value: 0.3, interval: Some((0.28, 0.32)) };
    let shares = vec![share; came.len()];
    Ok(By { at_risk, came: came.to_vec(), households: Vec::new(), shares, free: share })
}

fn level(name: &str, spells: u64, by: Vec<Reading<By>>) -> found::Level {
    let size = Size { spells, children: spells, households: spells };
    found::Level { name: name.to_owned(), size, by }
}

/// Levels whose sums are the whole; what is not asked about comes to nobody but by leaving.
fn world(levels: Vec<found::Level>) -> found::When {
    let times = levels[0].by.len();
    let sum = |of: &dyn Fn(&By) -> u64, place: usize| -> u64 {
        levels.iter().map(|l| l.by[place].as_ref().map_or(0, of)).sum()
    };
    let causes = levels[0].by[0].as_ref().unwrap().came.len();
    let total = |place: usize| {
        let came: Vec<u64> = (0..causes).map(|k| sum(&|by| by.came[k], place)).collect();
        by(&came, sum(&|by| by.at_risk, place))
    };
    let all: Vec<Reading<By>> = (0..times).map(total).collect();
    let spells = levels.iter().map(|l| l.size.spells).sum::<u64>();
    let last = all[times - 1].as_ref().unwrap().came.clone();
    let left = *last.last().unwrap();
    let nothing = spells - last.iter().sum::<u64>();
    found::When {
        causes: vec!["was referred again".to_owned(); causes - 1],
        size: Size { spells, children: spells, households: spells },
        ended: std::iter::once(nothing).chain(last).collect(),
        leavings: vec![("died".to_owned(), left / 4), ("turned 18".to_owned(), left - left / 4)],
        horizons: (1..=times as u32)
            .map(|i| Time { months: 3 * i, days: 91, followed: spells, too_few: false })
            .collect(),
        overstated: vec![Ok(0.35); times],
        hazards: vec![Ok(0.43); times],
        more: more(&all, spells),
        by: all,
        groups: vec![found::Group { name: "sex".to_owned(), levels }],
        ..found::When::default()
    }
}

/// Half as many children as spells; a third of what came came to a child again.
fn more(all: &[Reading<By>], spells: u64) -> found::More {
    let often = |by: &Reading<By>| {
        by.clone().map(|by| {
            let with = by.came[0] * 2 / 3;
            let (mean, interval) = (0.4321, Some((0.4011, 0.4678)));
            found::Often { at_risk: by.at_risk / 2, events: by.came[0], with, mean, interval }
        })
    };
    let of = found::ChiSquare { statistic: 12.345_67, degrees: 1, p_value: 0.000_42 };
    let differ = found::Differ { clustered: of, gray: Ok(of) };
    found::More {
        children: spells / 2,
        often: Some(all.iter().map(often).collect()),
        lost: vec![Ok(Share { value: 0.1234, interval: Some((0.11, 0.14)) }); all.len()],
        differ: vec![vec![Ok(differ); all.len()]],
    }
}

fn came(found: &found::When) -> Vec<Vec<Option<u64>>> {
    let shown = shown(found, &NONE, THRESHOLD);
    shown.groups[0].levels.iter().map(|l| l.came.iter().map(PerHundred::yes).collect()).collect()
}

#[test]
fn a_small_level_is_hidden_with_another() {
    let one = |name, spells, came, at_risk| level(name, spells, vec![by(&[came, 0], at_risk)]);
    let small = world(vec![one("a", 300, 90, 200), one("b", 200, 60, 130), one("c", 20, 4, 15)]);
    assert_eq!(came(&small), [[Some(30)], [None], [None]]);
    let large = world(vec![one("a", 300, 90, 200), one("b", 200, 60, 130)]);
    assert_eq!(came(&large), [[Some(30)], [Some(30)]]);
    let gone = world(vec![one("a", 300, 90, 200), one("b", 200, 120, 49), one("d", 90, 30, 60)]);
    assert_eq!(came(&gone)[1], [None], "49 are still followed");
}

/// Ninety who came, of whom two families are nearly all, are two families.
#[test]
fn a_level_of_few_households_is_hidden_with_another() {
    let one = |name, came, households: [u64; 3]| {
        let mut by = by(&[came, 0], 200).unwrap();
        // Behind the first cause, behind leaving, behind all but the first, and behind the others.
        by.households = vec![households[0], 0, 0, households[1]];
        level(name, households[2], vec![Ok(by)])
    };
    let many = [one("a", 90, [80, 180, 300]), one("b", 60, [50, 150, 300]), one("c", 60, [50, 150, 300])];
    assert_eq!(came(&world(many.to_vec())), [[Some(30)]; 3]);
    for few in [[0, 180, 300], [80, 9, 300]] {
        let mut levels = many.clone();
        levels[0] = one("a", 90, few);
        let shown = came(&world(levels.to_vec()));
        assert_eq!(shown[0], [None]);
        assert!(shown.iter().filter(|came| came[0].is_none()).count() > 1, "or it follows: {shown:?}");
    }
    let mut all = world(many.to_vec());
    all.by[0].as_mut().unwrap().households = vec![0, 0, 0, 500];
    assert_eq!(shown(&all, &NONE, THRESHOLD).horizons[0].shares[0].yes(), None);
    all.by[0].as_mut().unwrap().households = vec![180, 0, 0, 500];
    assert_eq!(shown(&all, &NONE, THRESHOLD).horizons[0].shares[0].yes(), Some(30));
}

/// "Unborn, about 100" of the first report: 26, then 31, then 36 came, so that five did between two times.
#[test]
fn a_level_to_which_few_came_between_two_times_is_hidden_at_the_second() {
    let a = level("a", 100, vec![by(&[26, 0], 70), by(&[31, 0], 65), by(&[36, 0], 60)]);
    let rest = |name| level(name, 900, vec![by(&[200, 0], 650), by(&[260, 0], 600), by(&[330, 0], 500)]);
    let found = came(&world(vec![a, rest("b"), rest("c")]));
    assert_eq!(found[0], [Some(30), None, None]);
    assert_eq!(found[1][0], Some(30));
    assert!(found[1][1].is_none() || found[2][1].is_none(), "or the hidden one is the total less the others");
}

/// Three levels of four times, and the months between them.
fn random(number: u64) -> found::When {
    let mut rng = seed::stream(number, "disclosure/when");
    let made = |name: &str, rng: &mut rand_chacha::ChaCha8Rng| {
        let spells: u64 = rng.random_range(60..260);
        let (mut came, mut times) = ([0_u64, 0], Vec::new());
        for _ in 0..4 {
            came[0] += rng.random_range(0..25);
            came[1] += rng.random_range(0..9);
            times.push(by(&came, spells.saturating_sub(came[0] + came[1])));
        }
        level(name, spells, times)
    };
    let mut found = world(["a", "b", "c"].map(|name| made(name, &mut rng)).into());
    let months: Vec<(u32, By)> = (1..=12)
        .map(|month| {
            let at = |place: usize| found.by[place].as_ref().unwrap().clone();
            let (before, after) = (
                if month < 3 { 0 } else { at(month as usize / 3 - 1).came[0] },
                at((month as usize - 1) / 3).came[0],
            );
            let came = before + (after - before) * u64::from(month % 3) / 3;
            let came = if month % 3 == 0 { before } else { came };
            (month, by(&[came, 0], 80).unwrap())
        })
        .collect();
    found.curve = months;
    found
}

/// Every cause, the whole and the levels, on random small worlds: whatever is shown adds at least ten to what was shown
/// before, and leaves at least ten; what is hidden of a grouping is at least ten together.
#[test]
fn nothing_small_is_a_difference_of_what_is_shown() {
    let (mut seen, mut hidden) = (0, 0);
    for number in 0..400 {
        let found = random(number);
        let shown = shown(&found, &NONE, THRESHOLD);
        let exact = |by: &[Reading<By>], place: usize, cause: usize| by[place].as_ref().unwrap().came[cause];
        // The times of one sequence: what is shown, and what had come by then.
        let mut check = |of: &mut dyn Iterator<Item = (bool, u64)>, spells: u64| {
            let mut before = 0;
            for (shown, came) in of {
                (seen, hidden) = if shown { (seen + 1, hidden) } else { (seen, hidden + 1) };
                if shown {
                    assert!(
                        came >= before + THRESHOLD && spells >= came + THRESHOLD,
                        "{number}: {before} then {came} of {spells}"
                    );
                    before = came;
                }
            }
        };
        for cause in 0..2 {
            let times = shown.horizons.iter().enumerate();
            check(
                &mut times.map(|(i, h)| (h.shares[cause].yes().is_some(), exact(&found.by, i, cause))),
                found.size.spells,
            );
        }
        for (l, exactly) in shown.groups[0].levels.iter().zip(&found.groups[0].levels) {
            let times = l.came.iter().enumerate();
            check(
                &mut times.map(|(i, s)| (s.yes().is_some(), exact(&exactly.by, i, 0))),
                exactly.size.spells,
            );
        }
        for place in 0..4 {
            let levels = shown.groups[0].levels.iter().zip(&found.groups[0].levels);
            let hidden: Vec<u64> = levels
                .filter(|(l, _)| l.came[place].yes().is_none())
                .map(|(_, exactly)| exact(&exactly.by, place, 0))
                .collect();
            let known = shown.horizons[place].shares[0].yes().is_some();
            assert!(!known || hidden.len() != 1, "{number}: one level is the whole less the others");
            assert!(!known || hidden.is_empty() || hidden.iter().sum::<u64>() >= THRESHOLD, "{number}");
        }
        // Months and times asked about, together.
        let horizons = shown.horizons.iter().zip(&found.by).filter(|(h, _)| h.shares[0].yes().is_some());
        let mut all: Vec<(u32, u64)> =
            horizons.map(|(h, by)| (h.months, by.as_ref().unwrap().came[0])).collect();
        let month = |m: u32| found.curve.iter().find(|(month, _)| *month == m).unwrap().1.came[0];
        all.extend(shown.curve.iter().map(|(m, _)| (*m, month(*m))));
        all.sort_unstable();
        all.dedup();
        check(&mut all.into_iter().map(|(_, came)| (true, came)), found.size.spells);
    }
    assert!(seen > 2_000 && hidden > 2_000, "{seen} shown, {hidden} hidden: too few of one to tell anything");
}

/// 4,089 are known exactly; of them 0 to 9 were left out here: whichever, the same number is shown.
#[test]
fn a_count_next_to_an_exact_one_does_not_tell_what_differs() {
    let counts: Vec<Option<u64>> =
        (0..10).map(|m| rough(4_089 - m, &[4_687, 4_089], THRESHOLD).get()).collect();
    assert_eq!(counts, [Some(4_090); 10]);
    assert_eq!(rough(4_079, &[4_089], THRESHOLD).get(), Some(4_080));
    assert_eq!(rough(9, &[4_089], THRESHOLD).get(), None);
}

/// Two small ways of leaving and a large one: the hidden ones are not the whole less what is shown.
#[test]
fn what_ended_the_waiting_is_one_whole() {
    let one = |came: &[u64]| level("a", 600, vec![by(came, 400)]);
    let found = world(vec![one(&[160, 20])]);
    let (ended, leavings) = ended(&found, THRESHOLD);
    // 420 not ended, 160 came back, 5 died, 15 turned 18: the five take the fifteen with them, which are 20 together.
    assert_eq!(ended.iter().map(|n| n.get()).collect::<Vec<_>>(), [Some(420), Some(160)]);
    assert!(leavings.iter().all(|(_, n)| n.get().is_none()));
    // The headline rests on the 160 alone.
    assert_eq!(shown(&found, &NONE, THRESHOLD).horizons[0].shares[0].yes(), Some(30));
}

#[test]
fn little_is_said_where_few_are_followed() {
    let one = world(vec![level("a", 300, vec![by(&[90, 30], 150)])]);
    let late =
        found::When { horizons: vec![Time { months: 12, days: 365, followed: 5, too_few: true }], ..one };
    let late = shown(&late, &NONE, THRESHOLD);
    assert!(matches!(late.horizons[0].shares[0], PerHundred::Undefined(_)));
    assert!(matches!(late.groups[0].levels[0].came[0], PerHundred::Undefined(_)));
    assert_eq!(late.horizons[0].followed, Count::Suppressed);
}

/// On random small worlds: how often is shown only where the share is, and adds at least ten of each count it rests on; months
/// without are shown exactly where the share is; groups are compared up to the last time at which all are shown.
#[test]
fn what_else_is_said_rests_on_what_is_shown() {
    let (mut often, mut fewer, mut compared, mut not) = (0, 0, 0, 0);
    for number in 0..400 {
        let found = random(number);
        let shown = shown(&found, &NONE, THRESHOLD);
        let share = |place: usize| shown.horizons[place].shares[0].yes().is_some();
        let mut before = [0; 3];
        for (place, times) in shown.more.often.as_ref().unwrap().iter().enumerate() {
            let without = shown.more.without[place].estimate();
            assert_eq!(without.is_some(), share(place), "{number}: months without, time {place}");
            if times.estimate().is_none() {
                fewer += usize::from(share(place));
                continue;
            }
            often += 1;
            let exact = found.more.often.as_ref().unwrap()[place].as_ref().unwrap();
            let now = [exact.events, exact.with, exact.events - exact.with];
            assert!(share(place) && exact.at_risk >= LEAST_AT_RISK, "{number}: {exact:?}");
            assert!(
                now.iter().zip(before).all(|(now, before)| *now >= before + THRESHOLD),
                "{number}: {now:?}"
            );
            assert!(found.more.children >= exact.with + THRESHOLD, "{number}: {exact:?}");
            before = now;
        }
        let all = |place: &usize| shown.groups[0].levels.iter().all(|l| l.came[*place].yes().is_some());
        let last = (0..4).rev().filter(|place| share(*place)).find(all);
        let months = shown.more.differ[0].as_ref().ok().map(|of| of.months);
        assert_eq!(months, last.map(|place| found.horizons[place].months), "{number}");
        (compared, not) = if last.is_some() { (compared + 1, not) } else { (compared, not + 1) };
    }
    let few = [often, fewer, compared, not].into_iter().min();
    assert!(few > Some(40), "{often} {fewer} {compared} {not}: too few of one to tell anything");
}

/// A grouping with a hidden level of somebody is not compared, nor one of which two levels are of nobody: saying so of two would
/// tell that both are.
#[test]
fn groups_are_compared_only_where_none_is_hidden() {
    let one = |name, spells, came, at_risk| level(name, spells, vec![by(&[came, 0], at_risk)]);
    let compared = |levels: Vec<found::Level>| {
        let shown = shown(&world(levels), &NONE, THRESHOLD);
        shown.more.differ[0].is_ok()
    };
    let (a, b) = (one("a", 300, 90, 200), one("b", 200, 60, 130));
    assert!(compared(vec![a.clone(), b.clone()]));
    assert!(compared(vec![a.clone(), b.clone(), one("c", 0, 0, 0)]));
    assert!(!compared(vec![a.clone(), b.clone(), one("c", 0, 0, 0), one("d", 0, 0, 0)]));
    assert!(!compared(vec![a.clone(), b.clone(), one("c", 20, 4, 15)]));
    assert!(!compared(vec![a.clone(), b, one("c", 20, 4, 15), one("d", 20, 4, 15)]));
    assert!(!compared(vec![a, one("b", 200, 150, 49)]), "49 are still followed");
}

/// Whole times of a hundred children, tenths of months and of the statistic: nothing from which a count could be taken.
#[test]
fn what_else_is_said_is_rounded() {
    let level = |name| level(name, 300, vec![by(&[90, 0], 200)]);
    let found = world(vec![level("a"), level("b")]);
    let more = shown(&found, &NONE, THRESHOLD).more;
    let (times, without) = (&more.often.unwrap()[0], &more.without[0]);
    assert_eq!((times.estimate(), times.interval()), (Some(43.0), Some((40.0, 47.0))));
    // Of 3 months, 87.66% are not lost.
    assert_eq!((without.estimate(), without.interval()), (Some(2.6), Some((2.6, 2.7))));
    let test = more.differ[0].as_ref().unwrap().clustered;
    assert_eq!((test.statistic.get(), test.p.get()), (12.3, 0.0));
    // Few are followed so long: nothing is said of how long, or how often.
    let late =
        found::When { horizons: vec![Time { months: 12, days: 365, followed: 5, too_few: true }], ..found };
    let late = shown(&late, &NONE, THRESHOLD).more;
    assert!(late.often.unwrap()[0].estimate().is_none() && late.without[0].estimate().is_none());
    assert!(late.differ[0].is_err());
}
