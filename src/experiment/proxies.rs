//! Whether features tell a characteristic that the experiment leaves out.
//!
//! For every level of it a model is trained to tell, from the same features, which children are of that level: in the folds of
//! the run, tested on families that it did not learn from. It is an explainable boosting machine (4 bags, no pairs),
//! which finds curved relations and does well on few rows. An AUROC of 0.5 means that the features do not tell the
//! level; the higher, the more a model that was never told the characteristic can act as if it had been.

use super::groups::grouping;
use super::ingredients::Made;
use super::run::{Progress, Test};
use crate::evaluate::stability::Ranged;
use crate::evaluate::stability::area::Case;
use crate::evaluate::stability::by_fold::auroc;
use crate::evaluate::stability::performance;
use crate::explain::found::{Proxies, Proxy, ProxyLevel, Reading};
use crate::features::dictionary::Topic;
use crate::models::ebm;
use crate::models::settings::Settings;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Characteristics with the groupings that have their levels.
const CHARACTERISTICS: [(Topic, &str); 4] = [
    (Topic::Age, "age-band"),
    (Topic::Sex, "sex"),
    (Topic::Ethnicity, "ethnic-group"),
    (Topic::Disability, "disability"),
];

/// Tests the characteristics that the experiment asks for; the others that it leaves out are named.
pub(super) fn measure(made: &Made<'_>, progress: &dyn Progress) -> Proxies {
    let experiment = made.ground.experiment;
    if matches!(made.test, Test::External { .. }) {
        return Proxies::default();
    }
    let left_out = CHARACTERISTICS.iter().copied().filter(|(topic, _)| experiment.leave_out.contains(topic));
    let (asked, not): (Vec<_>, Vec<_>) = left_out.partition(|(topic, _)| experiment.proxies.contains(topic));
    let all: Vec<(&str, Vec<String>, Vec<u16>)> = asked
        .into_iter()
        .map(|(_, name)| {
            let found = grouping(name, made.history, &made.ground.cohort.rows);
            (name, found.levels, found.level_of)
        })
        .collect();
    let levels: usize = all.iter().map(|(_, levels, _)| levels.len()).sum();
    if levels > 0 {
        progress.stage("testing for proxies", (levels * made.plan.folds.len()) as u64);
    }
    let of = |(name, levels, level_of): (&str, Vec<String>, Vec<u16>)| Proxy {
        characteristic: name.to_owned(),
        levels: (0_u16..)
            .zip(levels)
            .map(|(place, level)| {
                let is: Vec<bool> = level_of.iter().map(|l| *l == place).collect();
                level_of_characteristic(made, level, &is, progress)
            })
            .collect(),
    };
    Proxies {
        tested: all.into_iter().map(of).collect(),
        untested: not.into_iter().map(|(_, name)| name.to_owned()).collect(),
    }
}

fn level_of_characteristic(
    made: &Made<'_>,
    level: String,
    is: &[bool],
    progress: &dyn Progress,
) -> ProxyLevel {
    let ground = &made.ground;
    let households = |of: bool| {
        let tested = made.plan.folds.iter().flat_map(|f| &f.test).filter(|i| is[**i as usize] == of);
        tested.map(|i| ground.household[*i as usize]).collect::<BTreeSet<u32>>().len() as u64
    };
    ProxyLevel {
        level,
        households: (households(true), households(false)),
        auroc: recovered(made, is, progress),
    }
}

fn recovered(made: &Made<'_>, is: &[bool], progress: &dyn Progress) -> Reading<Ranged> {
    let ground = &made.ground;
    let mut settings = Settings::default().with_seed(ground.experiment.seed);
    // One model a level and fold: what is asked for is whether it can be told, not the last digit of how well.
    settings.set(ebm::ENTRY.id, "bags", 4.0);
    settings.set(ebm::ENTRY.id, "pairs", 0.0);
    let parts: Reading<Vec<Vec<Case>>> = made
        .plan
        .folds
        .par_iter()
        .enumerate()
        .map(|(f, fold)| {
            let came: Vec<bool> = fold.train.iter().map(|&i| is[i as usize]).collect();
            let fitted = ground.fit_to(&ebm::ENTRY, &settings, &fold.train, came, None);
            progress.step(1);
            let fitted = fitted
                .map_err(|_| "in some fold too few children to learn from are of it, or not".to_owned())?;
            let p = fitted.chances(ground.matrix, &fold.test);
            let case = |(&i, p): (&u32, &f64)| Case {
                p: *p,
                came: is[i as usize],
                fold: f as u16,
                household: ground.household[i as usize],
            };
            Ok(fold.test.iter().zip(&p).map(case).collect())
        })
        .collect();
    auroc(&performance(&parts?.concat()))
}

#[cfg(test)]
mod tests {
    use super::recovered;
    use crate::evaluate::Input;
    use crate::experiment::ingredients::Made;
    use crate::experiment::run::{Context, Test};
    use crate::experiment::test_world::{Silent, World};
    use crate::history::History;
    use crate::num::seed;
    use rand::RngExt;

    /// A level that the third feature gives away, one that nothing gives away, and one that nobody has.
    #[test]
    fn what_features_give_away_is_found_and_what_they_do_not_is_not() {
        let world = World::new();
        let (history, context) = (History::default(), Context::default());
        let blank = Input {
            split: String::new(),
            y: Vec::new(),
            household: Vec::new(),
            fold: Vec::new(),
            groupings: Vec::new(),
            scores: Vec::new(),
        };
        let made = Made {
            ground: world.ground(),
            history: &history,
            context: &context,
            test: Test::Ordinary,
            plan: &world.plan,
            input: &blank,
        };
        let rows = world.household.len();
        let told: Vec<bool> = (0..rows).map(|i| (1.0..2.0).contains(&world.matrix.row(i)[2])).collect();
        let found = recovered(&made, &told, &Silent).unwrap();
        assert!(found.low > 0.9, "{found:?}");
        let mut rng = seed::stream(5, "proxies");
        let chance: Vec<bool> = (0..rows).map(|_| rng.random::<f64>() < 0.3).collect();
        let found = recovered(&made, &chance, &Silent).unwrap();
        assert!(found.low < 0.5 && found.high > 0.5 && found.estimate < 0.6, "{found:?}");
        assert!(recovered(&made, &vec![false; rows], &Silent).is_err());
    }
}
