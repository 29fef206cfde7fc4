//! A world as the evaluation would be given it.

use rerefer::cohort::backward::BackwardRate;
use rerefer::evaluate::{Grouping, Input, Scores};
use rerefer::report::ingredients::{Combinations, ModelCard};

use super::builder::{MODELS, World};

/// What the evaluation of a world would be given.
pub(crate) fn input(world: &World) -> Input {
    let column = |g: usize| world.referrals.iter().map(|r| u16::try_from(r.level[g]).unwrap()).collect();
    let groupings = world.groupings.iter().enumerate().map(|(g, (name, levels))| Grouping {
        name: (*name).to_owned(),
        levels: levels.iter().map(|l| (*l).to_owned()).collect(),
        level_of: column(g),
    });
    let scores = MODELS.iter().enumerate().map(|(m, model)| Scores {
        model: (*model).to_owned(),
        p: world.referrals.iter().map(|r| r.score[m]).collect(),
    });
    Input {
        split: "rolling-origin".to_owned(),
        y: world.referrals.iter().map(|r| r.came_back).collect(),
        household: (0..u32::try_from(world.referrals.len()).unwrap()).collect(),
        fold: vec![0; world.referrals.len()],
        groupings: groupings.collect(),
        scores: scores.collect(),
    }
}

/// Which levels of different groupings a referral has together.
pub(crate) fn combinations(world: &World) -> Combinations {
    let input = input(world);
    let names = input.groupings.iter().map(|g| (g.name.clone(), g.levels.clone()));
    Combinations { groupings: names.collect(), found: input.combinations() }
}

/// A service of realistic size.
pub(crate) fn service() -> World {
    let groupings = vec![
        ("sex", vec!["male", "female", "unknown"]),
        ("ethnic-group", vec!["white", "mixed", "asian", "black", "other", "not recorded"]),
        ("age-band", vec!["under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17"]),
        ("disability", vec!["none recorded", "any recorded"]),
        ("authority", vec!["North", "South", "West"]),
    ];
    World::new(7, 4812, groupings, 0.38, -1.55)
}

/// Published-style rates of three years.
pub(crate) fn backward() -> Vec<BackwardRate> {
    vec![
        BackwardRate { census_year: 2021, referrals: 1480, re_referrals: 322 },
        BackwardRate { census_year: 2022, referrals: 1544, re_referrals: 351 },
        BackwardRate { census_year: 2023, referrals: 31, re_referrals: 6 },
    ]
}

/// What reproduces a run.
pub(crate) fn reproduce() -> Vec<(String, String)> {
    vec![
        ("Command".to_owned(), "rerefer run experiments/first-look/experiment.toml".to_owned()),
        (
            "Data".to_owned(),
            "sha256:8c1f0a5f6f2e4b0b9d1e7c3a5b7d9f1103254769a8cbedf0123456789abcdef0".to_owned(),
        ),
        ("Seed".to_owned(), "20240401".to_owned()),
    ]
}

fn card(id: &str, title: &str, words: &str, baseline: bool) -> ModelCard {
    ModelCard { id: id.to_owned(), title: title.to_owned(), words: words.to_owned(), baseline }
}

/// The models as a report introduces them.
pub(crate) fn cards() -> Vec<ModelCard> {
    vec![
        card(
            "prevalence",
            "The same chance for all",
            "Gives every child the share who came back before.",
            true,
        ),
        card(
            "prior-count",
            "Number of earlier referrals",
            "Counts how often the child was referred before, and nothing else.",
            true,
        ),
        card(
            "logistic",
            "Logistic regression",
            "Adds up points for each fact on record and turns the sum into a chance.",
            false,
        ),
        card(
            "tree",
            "Decision tree",
            "Asks a short series of yes-or-no questions about the facts on record.",
            false,
        ),
    ]
}
