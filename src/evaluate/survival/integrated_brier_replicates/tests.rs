use super::*;
use crate::evaluate::survival::brier::brier;
use crate::evaluate::survival::censoring::Censoring;
use crate::evaluate::survival::integrated_brier::integrated_brier;
use crate::evaluate::survival::replicates::{draws, interval, intervals};
use crate::evaluate::survival::test_data::{close, tied};
use crate::num::seed;
use ndarray::{Array2, array};
use rand::RngExt;

/// The score the long way round.
fn plain(rows: &Observed, risk: &Array2<f64>, times: &[f64], w: &[f64], (ties, g): (TieOrder, GAt)) -> Value {
    let censoring = Censoring::estimate(rows, w, ties)?;
    integrated_brier(times, &brier(rows, risk.view(), times, w, (&censoring, g)))
}

/// Risks that grow with time.
fn risks(marker: &[f64], times: &[f64]) -> Array2<f64> {
    let end = times.last().copied().unwrap();
    Array2::from_shape_fn((marker.len(), times.len()), |(i, k)| marker[i] * times[k] / end)
}

#[test]
fn by_hand() {
    // Exits 1 (event), 2 (event and censored), 3 (censored); G is 1 before 2 and 1/2 from 2 on. At 1: (1 - 0.5)^2 + 0.1^2 +
    // 0.2^2 + 0.3^2 = 0.39 over 4. At 2: (1 - 0.8)^2 + 0.4^2 (a competing event) + 0.5^2 / (1/2) = 0.7 over 4.
    let rows = Observed::new(vec![1.0, 2.0, 2.0, 3.0], vec![1, 2, 0, 0]).unwrap();
    let risk = array![[0.5, 0.8], [0.1, 0.4], [0.2, 0.9], [0.3, 0.5]];
    let fast =
        IntegratedBrierReplicates::new(&rows, risk.view(), &[1.0, 2.0], (TieOrder::EventsFirst, GAt::Before));
    close(fast.unwrap().score(&[1.0; 4]).unwrap(), (0.39 + 0.7) / 8.0, 1e-14);
}

#[test]
fn equals_the_plain_score_with_any_weights_and_conventions() {
    let (mut defined, mut undefined) = (0, 0);
    for seed in 0..60 {
        let (rows, marker, weight) = tied(seed, 20 + 10 * (seed as usize % 60));
        let times = [[0.5, 2.0, 4.5, 7.0], [1.0, 3.0, 8.0, 9.0]][seed as usize % 2];
        let risk = risks(&marker, &times);
        for ties in [TieOrder::EventsFirst, TieOrder::Naive] {
            for g in [GAt::Before, GAt::At] {
                let fast = IntegratedBrierReplicates::new(&rows, risk.view(), &times, (ties, g)).unwrap();
                let want = plain(&rows, &risk, &times, &weight, (ties, g));
                match (fast.score(&weight), want) {
                    (Ok(a), Ok(b)) => {
                        close(a, b, 1e-12);
                        defined += 1;
                    }
                    (a, b) => {
                        assert_eq!(a.is_ok(), b.is_ok(), "{a:?} {b:?} {seed} {ties:?} {g:?}");
                        undefined += 1;
                    }
                }
            }
        }
    }
    assert!(defined > 100 && undefined > 10, "{defined} {undefined}");
}

#[test]
fn replicates_equal_the_plain_score_with_drawn_weights_at_any_thread_count() {
    let (rows, marker, _) = tied(5, 700);
    let times = [1.0, 2.0, 5.0, 8.0];
    let risk = risks(&marker, &times);
    let household: Vec<u32> = (0..700).map(|i| i / 3).collect();
    let convention = (TieOrder::EventsFirst, GAt::Before);
    let fast = IntegratedBrierReplicates::new(&rows, risk.view(), &times, convention).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fast.replicates(9, 21, &household))
    };
    let all = run(1);
    assert_eq!(all, run(3));
    assert_eq!(all.len(), 21);
    for (number, got) in all.iter().enumerate() {
        let want = plain(&rows, &risk, &times, &draws(9, number, &household), convention).unwrap();
        close(got.unwrap(), want, 1e-12);
    }
    let slow = intervals(9, 21, &household, &|w| vec![plain(&rows, &risk, &times, w, convention)]);
    let (a, b) = (
        interval(plain(&rows, &risk, &times, &vec![1.0; rows.len()], convention).unwrap(), all.into_iter())
            .unwrap(),
        slow[0].unwrap(),
    );
    close(a.0, b.0, 1e-12);
    close(a.1, b.1, 1e-12);
}

#[test]
fn undefined_past_the_last_row_with_weight_and_with_unusable_inputs() {
    let rows = Observed::new(vec![1.0, 2.0, 4.0], vec![1, 0, 0]).unwrap();
    let risk = array![[0.1, 0.2], [0.1, 0.2], [0.1, 0.2]];
    let convention = (TieOrder::EventsFirst, GAt::Before);
    let fast = IntegratedBrierReplicates::new(&rows, risk.view(), &[1.0, 3.0], convention).unwrap();
    assert!(fast.score(&[1.0; 3]).is_ok());
    assert_eq!(fast.score(&[1.0, 1.0, 0.0]), Err("the time is past the end of follow-up"));
    assert!(fast.score(&[0.0; 3]).is_err() && fast.score(&[1.0; 2]).is_err());
    assert!(fast.replicates(1, 3, &[0, 1]).iter().all(Result::is_err));
    assert!(fast.replicates(1, 3, &[0, 1, 9]).iter().all(Result::is_err));
    let wrong = array![[0.1, 1.2], [0.1, 0.2], [0.1, 0.2]];
    assert!(IntegratedBrierReplicates::new(&rows, wrong.view(), &[1.0, 3.0], convention).is_err());
    assert!(IntegratedBrierReplicates::new(&rows, risk.view(), &[3.0, 1.0], convention).is_err());
    assert!(IntegratedBrierReplicates::new(&rows, risk.view(), &[3.0], convention).is_err());
}

#[test]
#[ignore = "takes seconds: 100,000 rows"]
fn a_thousand_replicates_take_seconds() {
    for rows in [10_000_usize, 100_000] {
        let mut stream = seed::stream(1, "speed");
        let exit = (0..rows).map(|_| f64::from(stream.random_range(1..2_000_u16))).collect();
        let cause = (0..rows).map(|_| stream.random_range(0..3_u8)).collect();
        let observed = Observed::new(exit, cause).unwrap();
        let times: Vec<f64> = (1..=30).map(|k| f64::from(k) * 60.0).collect();
        let risk = risks(&(0..rows).map(|_| stream.random::<f64>()).collect::<Vec<f64>>(), &times);
        let household: Vec<u32> = (0..rows as u32).map(|i| i / 2).collect();
        let convention = (TieOrder::EventsFirst, GAt::Before);
        let start = std::time::Instant::now();
        let fast = IntegratedBrierReplicates::new(&observed, risk.view(), &times, convention).unwrap();
        let prepared = start.elapsed();
        let all = fast.replicates(1, 1000, &household);
        let took = start.elapsed();
        println!("{rows}: prepared {prepared:?}, in all {took:?}, {:?}", all.first());
        assert!(took.as_secs_f64() < 10.0);
    }
}
