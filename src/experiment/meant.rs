//! The experiment as meant: a file in which nothing is left to defaults.

use super::Experiment;
use super::Recalibrate;
use super::config::{CLOCKS, INDEXES, POINTS, TOPICS, name_of};
use super::learners;
use super::tuning::Tuning;
use crate::models::time::learners::registry as learners_of_when;
use crate::split::{Design, Windows};

impl Experiment {
    /// Every learner whose settings matter: those asked for, and those that learners of when are made of.
    fn taught(&self) -> Vec<&'static str> {
        let when =
            self.when.iter().filter_map(|when| when.models.as_ref()).flat_map(|models| &models.learners);
        let made_of = when.filter_map(|id| Some(learners_of_when::find(id)?.made_of()?.id));
        self.learners.iter().copied().chain(made_of).collect()
    }

    /// The experiment as meant, as a file that reads back to the same experiment. The data path is left out of it: a
    /// run is named by the data's digest, not by where they lay.
    #[must_use]
    pub fn meant(&self) -> String {
        let list = |items: &[&str]| items.iter().map(|i| format!("\"{i}\"")).collect::<Vec<_>>().join(", ");
        let topics: Vec<&str> = self.leave_out.iter().map(|t| name_of(&TOPICS, t)).collect();
        let windows = self.windows.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
        let split = split_meant(&self.split, self.repeats);
        let holdout =
            self.holdout.map_or_else(String::new, |from| format!("\n[holdout]\nfrom = \"{from}\"\n"));
        let level =
            |(group, level): &(String, String)| format!("{group} = {}\n", toml::Value::from(level.as_str()));
        let references = match self.references.as_slice() {
            [] => String::new(),
            all => format!("[evaluate.reference_levels]\n{}\n", all.iter().map(level).collect::<String>()),
        };
        let populations: String = self.populations.iter().map(population_meant).collect();
        let what_if =
            self.what_if.map_or_else(String::new, |name| format!("\n[what_if]\ngrouping = \"{name}\"\n"));
        let gate = self.gate.as_ref().map_or_else(String::new, |gate| format!("\n{}", gate.meant()));
        let stability =
            self.stability.as_ref().map_or_else(String::new, |settings| format!("\n{}", settings.meant()));
        let when = self.when.as_ref().map_or_else(String::new, |w| format!("\n{}", w.meant()));
        let explain = self.explain.as_ref().map_or_else(String::new, |e| format!("\n{}", e.meant()));
        let permission = self.permission.as_ref().map_or_else(String::new, |p| format!("\n{}", p.meant()));
        let proxies: Vec<&str> = self.proxies.iter().map(|t| name_of(&TOPICS, t)).collect();
        format!(
            "title = {title}\nquestion = {question}\nseed = {seed}\ndata = \".\"\n\n\
             [cohort]\nindex = \"{index}\"\npoint = \"{point}\"\noutcome = \"{outcome}\"\nhorizon_days = {horizon}\nclock = \"{clock}\"\n\n\
             [features]\nwindows_days = [{windows}]\nleave_out = [{leave_out}]\ntest_proxies = [{proxies}]\nrising = {rising:?}\nfalling = {falling:?}\nauthority = {authority}\n\n\
             [split]\n{split}\n\n\
             [models]\nlearners = [{learners}]\nclass_weights = [{weights}]\nkeep = {keep}\n\n{models}{tuning}{recalibrate}\
             [evaluate]\ncapacity = {capacity}\ncapacities = {capacities:?}\nthresholds = {thresholds:?}\nreplicates = {replicates}\ncandidate = \"{candidate}\"\nreference = \"{reference}\"\nsmallest_gain = {gain}\ngroups = [{groups}]\n\n{references}{populations}\
             [disclosure]\nprofile = \"{profile}\"\nthreshold = {threshold}\n{what_if}{holdout}{stability}{when}{explain}{permission}{gate}",
            title = toml::Value::from(self.title.as_str()),
            question = toml::Value::from(self.question.as_str()),
            seed = self.seed,
            index = name_of(&INDEXES, &self.cohort.index),
            point = name_of(&POINTS, &self.cohort.point),
            outcome = self.cohort.outcome.spec().name,
            horizon = self.cohort.horizon_days,
            clock = name_of(&CLOCKS, &self.cohort.clock),
            leave_out = list(&topics),
            proxies = list(&proxies),
            rising = self.rising,
            falling = self.falling,
            weights = list(&self.class_weights),
            authority = self.authority,
            learners = list(&self.learners),
            keep = self.keep,
            recalibrate = self.recalibrate.as_ref().map_or_else(String::new, Recalibrate::meant),
            models = learners::meant(&self.taught(), &self.models),
            tuning = self.tuning.as_ref().map_or_else(String::new, Tuning::meant),
            capacity = self.capacity,
            capacities = self.capacities,
            thresholds = self.thresholds,
            replicates = self.replicates,
            candidate = self.candidate,
            reference = self.reference,
            gain = self.smallest_gain,
            groups = list(&self.groups),
            profile = self.profile.name,
            threshold = self.threshold,
        )
    }
}

/// A table of a population, as in the file.
fn population_meant((group, levels): &(String, Vec<(String, u64)>)) -> String {
    let line = |(level, n): &(String, u64)| format!("{} = {n}\n", toml::Value::from(level.as_str()));
    format!("[evaluate.population.{group}]\n{}\n", levels.iter().map(line).collect::<String>())
}

/// The section of the split, as in the file.
fn split_meant(split: &Design, repeats: usize) -> String {
    let when = match split {
        Design::GroupedKFold { .. } | Design::LeaveOneAuthorityOut => String::new(),
        Design::RollingOrigin { cut_offs, .. } => {
            let cuts = cut_offs.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
            format!("\ncut_offs = [{cuts}]")
        }
        Design::Windows { windows: Windows { train_until, tune_until, test_from }, .. } => format!(
            "\ntrain_until = \"{train_until}\"\ntune_until = \"{tune_until}\"\ntest_from = \"{test_from}\""
        ),
    };
    let folds = match split {
        Design::LeaveOneAuthorityOut => String::new(),
        _ => format!("\nfolds = {}", split.folds()),
    };
    let repeats = if repeats > 1 { format!("\nrepeats = {repeats}") } else { String::new() };
    format!("method = \"{}\"{folds}{when}{repeats}", split.name())
}
