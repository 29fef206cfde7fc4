//! The experiment file: written in TOML, meant as an [`Experiment`] with every default filled in.

use super::Recalibrate;
use super::gate::{self, Gate};
use super::learners;
use super::permission::Permission;
use super::sections;
use super::stability;
use super::tuning::Tuning;
use super::{deals, explain, what_if, when};
use crate::cohort::{Clock, Definition, Index, Point};
use crate::features::dictionary::Topic;
use crate::io::settings::{Section, SettingsError, read};
use crate::models::settings::Settings as ModelSettings;
use crate::num::Day;
use crate::privacy::disclosure::Profile;
use crate::schema::{KINDS, Kind};
use crate::split::{Design, Windows};

/// An experiment as meant.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Title of the report.
    pub title: String,
    /// The question in one sentence.
    pub question: String,
    /// Root of every random stream.
    pub seed: u64,
    /// Data folder or file as written, relative to the experiment file.
    pub data: String,
    /// The cohort's definition.
    pub cohort: Definition,
    /// Look-back windows in days.
    pub windows: Vec<i32>,
    /// Topics no model may use.
    pub leave_out: Vec<Topic>,
    /// Topics of `leave_out` for which it is tested how well the features tell them all the same.
    pub proxies: Vec<Topic>,
    /// Ids of features with which estimates may only rise, each perhaps with an asterisk at its end; heeded by boosting.
    pub rising: Vec<String>,
    /// The same, with which they may only fall.
    pub falling: Vec<String>,
    /// Whether models may use which authority keeps the record.
    pub authority: bool,
    /// The split.
    pub split: Design,
    /// How often families are dealt into groups; the first deal is evaluated, the others show how much hangs on it.
    pub repeats: usize,
    /// The first day of the final test, from which on nothing is used by an ordinary run.
    pub holdout: Option<Day>,
    /// What the candidate must show in the final test.
    pub gate: Option<Gate>,
    /// Ids of the learners, in the registry's order.
    pub learners: Vec<&'static str>,
    /// Which learners are recalibrated, and how.
    pub recalibrate: Option<Recalibrate>,
    /// Ids of the learners to which referrals that were followed by the outcome count as much as all others together.
    pub class_weights: Vec<&'static str>,
    /// Whether candidate and reference are taught by the whole cohort and kept, for others to test.
    pub keep: bool,
    /// Settings of the learners.
    pub models: ModelSettings,
    /// Which settings of learners are chosen within the training rows, and how; `None`: all are as given.
    pub tuning: Option<Tuning>,
    /// Share of referrals that could be flagged.
    pub capacity: f64,
    /// Other shares to measure, rising.
    pub capacities: Vec<f64>,
    /// Predicted risks from which on referrals could be flagged, rising.
    pub thresholds: Vec<f64>,
    /// Reference levels of groupings, as (grouping, level); others are compared with their largest level.
    pub references: Vec<(String, String)>,
    /// Children in the population by grouping and level, as (grouping, (level, children)).
    pub populations: Vec<(String, Vec<(String, u64)>)>,
    /// Grouping for which it is worked out what correcting for gaps would do; nothing is applied.
    pub what_if: Option<&'static str>,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Model to be judged.
    pub candidate: String,
    /// Model it must beat.
    pub reference: String,
    /// Smallest gain in average precision that would matter.
    pub smallest_gain: f64,
    /// Groupings to report.
    pub groups: Vec<&'static str>,
    /// How often models are fitted again to see how stable they are; `None`: never.
    pub stability: Option<stability::Settings>,
    /// What is explained of the models; `None`: nothing.
    pub explain: Option<explain::Settings>,
    /// Under which one real child's explanation may be written for that child's file.
    pub permission: Option<Permission>,
    /// How long until what; `None`: not asked.
    pub when: Option<when::Settings>,
    /// Whose rules of disclosure control are kept.
    pub profile: Profile,
    /// Counts under this are not shown.
    pub threshold: u64,
}

/// Names of index choices.
pub(super) const INDEXES: [(&str, Index); 2] =
    [("every-referral", Index::EveryReferral), ("first-per-child", Index::FirstPerChild)];
/// Names of prediction points.
pub(super) const POINTS: [(&str, Point); 3] = [
    ("at-referral", Point::AtReferral),
    ("at-assessment-end", Point::AtAssessmentEnd),
    ("at-closure", Point::AtClosure),
];
/// Names of clocks.
pub(super) const CLOCKS: [(&str, Clock); 2] =
    [("from-referral", Clock::FromReferral), ("from-closure", Clock::FromClosure)];
/// Names of topics that can be left out.
pub(super) const TOPICS: [(&str, Topic); 7] = [
    ("history", Topic::History),
    ("household", Topic::Household),
    ("episode", Topic::Episode),
    ("age", Topic::Age),
    ("sex", Topic::Sex),
    ("ethnicity", Topic::Ethnicity),
    ("disability", Topic::Disability),
];

/// The name of a choice.
pub(super) fn name_of<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices.iter().find(|(_, v)| v == value).map_or("", |(name, _)| name)
}

impl Experiment {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// Returns every fault of the file, each with line and column.
    pub fn read(file: &str, text: &str) -> Result<Self, SettingsError> {
        read(file, text, |root| {
            let title = root.required("title", root.text("title"));
            let question = root.required("question", root.text("question"));
            let seed = root.required("seed", root.integer("seed", 0..=i64::MAX));
            let data = root.required("data", root.text("data"));
            let cohort = section(root, "cohort", cohort);
            let features = section(root, "features", features);
            let mut repeats = 1;
            let split = section(root, "split", |s| {
                let design = split(s);
                repeats = deals::read(s, design.as_ref());
                design
            });
            let models = section(root, "models", learners::read);
            let learners = models.as_ref().map(|m| m.learners.as_slice());
            let recalibrate =
                root.section("recalibrate").map(|s| Recalibrate::read(&s, learners, split.as_ref()));
            let tuning = root.section("tuning").map(|s| Tuning::read(&s, learners));
            let adjusts = recalibrate.as_ref().and_then(Option::as_ref);
            let all = Recalibrate::models(adjusts, learners.unwrap_or_default());
            let directed = features.as_ref().is_some_and(|f| !f.rising.is_empty() || !f.falling.is_empty());
            let evaluate = section(root, "evaluate", |s| evaluate(s, &all));
            let holdout = root.section("holdout").map(|s| holdout(&s, split.as_ref(), cohort.as_ref()));
            let when = root.section("when").map(|s| when::settings::read(&s, cohort.as_ref()));
            let gate = root.section("gate").map(|s| {
                let known = models.as_ref().zip(evaluate.as_ref()).map(|(_, e)| gate::Known {
                    models: &all,
                    candidate: &e.candidate,
                    groups: &e.groups,
                    capacity: e.capacity,
                    when: when.as_ref().and_then(Option::as_ref),
                });
                gate::read(&s, known)
            });
            let stability = root.section("stability").map(|s| stability::settings::read(&s));
            let explain = root.section("explain").map(|s| explain::settings::read(&s, learners));
            let permission = root.section("permission").map(|s| Permission::read(&s));
            let what_if = root.section("what_if").map(|s| what_if::read(&s, evaluate.as_ref()));
            let disclosure = sections::disclosure(root.section("disclosure").as_ref());
            let adjusted = (adjusts, tuning.as_ref().and_then(Option::as_ref));
            if let (Some(models), Some(evaluate)) = (&models, &evaluate) {
                models.fit_together(root, adjusted, (&evaluate.candidate, &evaluate.reference), directed);
            }
            let (features, models, evaluate, seed) = (features?, models?, evaluate?, u64::try_from(seed?));
            Some(Self {
                title: title?,
                question: question?,
                seed: seed.ok()?,
                data: data?,
                cohort: cohort?,
                repeats,
                class_weights: models.class_weights,
                explain,
                split: split?,
                // Absent is well, present and faulty is not.
                holdout: holdout.map_or(Some(None), |from| from.map(Some))?,
                gate: gate.map_or(Some(None), |gate| gate.map(Some))?,
                what_if: what_if.map_or(Some(None), |name| name.map(Some))?,
                when: when.map_or(Some(None), |when| when.map(Some))?,
                permission: permission.map_or(Some(None), |p| p.map(Some))?,
                learners: models.learners,
                keep: models.keep,
                recalibrate: recalibrate.map_or(Some(None), |r| r.map(Some))?,
                models: models.settings.with_seed(seed.ok()?),
                tuning: tuning.map_or(Some(None), |t| t.map(Some))?,
                stability,
                profile: disclosure?.0,
                threshold: disclosure?.1,
                ..features.given(evaluate)
            })
        })
    }
}

/// Reads a required section.
fn section<T>(root: &Section<'_>, key: &str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Option<T> {
    root.required(key, root.section(key)).and_then(|s| read(&s))
}

fn cohort(s: &Section<'_>) -> Option<Definition> {
    let outcomes: Vec<(&str, Kind)> = KINDS.iter().map(|k| (k.name, k.kind)).collect();
    let index = s.choice("index", &INDEXES).unwrap_or(Index::EveryReferral);
    let point = s.required("point", s.choice("point", &POINTS));
    let outcome = s.required("outcome", s.choice("outcome", &outcomes));
    let horizon = s.required("horizon_days", s.integer("horizon_days", 1..=3650));
    let clock = s.choice("clock", &CLOCKS).unwrap_or(Clock::FromReferral);
    if clock == Clock::FromClosure && point.is_some_and(|p| p != Point::AtClosure) {
        s.fault("clock", "`cohort.clock` can be `from-closure` only with `point = \"at-closure\"`: before the closure its date is not known");
    }
    Some(Definition {
        index,
        point: point?,
        outcome: outcome?,
        horizon_days: i32::try_from(horizon?).ok()?,
        clock,
    })
}

/// What the section `[features]` says.
struct Features {
    windows: Vec<i32>,
    leave_out: Vec<Topic>,
    proxies: Vec<Topic>,
    rising: Vec<String>,
    falling: Vec<String>,
    authority: bool,
}

impl Features {
    /// An experiment with these features.
    fn given(self, experiment: Experiment) -> Experiment {
        let Self { windows, leave_out, proxies, rising, falling, authority } = self;
        Experiment { windows, leave_out, proxies, rising, falling, authority, ..experiment }
    }
}

/// Topics that are characteristics of a child, which features can tell though they are left out.
const CHARACTERISTICS: [Topic; 4] = [Topic::Age, Topic::Sex, Topic::Ethnicity, Topic::Disability];

fn features(s: &Section<'_>) -> Option<Features> {
    let windows = s.integers("windows_days", &(1..=36500)).unwrap_or_else(|| vec![90, 180, 365, 730]);
    if !windows.is_sorted_by(|a, b| a < b) || !(1..=16).contains(&windows.len()) {
        s.fault("windows_days", "`features.windows_days` must list 1 to 16 windows, ascending, each once");
    }
    // Required: whether models may use protected characteristics is a decision that the researcher writes down.
    let leave_out = s.required("leave_out", s.choices("leave_out", &TOPICS));
    if leave_out.as_ref().is_some_and(|left| left.len() == TOPICS.len()) {
        s.fault("leave_out", "`features.leave_out` names every topic, so that no feature is left");
    }
    let authority = s.boolean("authority").unwrap_or(false);
    let protected: Vec<(&str, Topic)> =
        TOPICS.into_iter().filter(|(_, topic)| CHARACTERISTICS.contains(topic)).collect();
    let proxies = s.choices("test_proxies", &protected).unwrap_or_default();
    let used = |topic: &&Topic| leave_out.as_ref().is_some_and(|left| !left.contains(topic));
    if let Some(topic) = proxies.iter().find(used) {
        let name = name_of(&TOPICS, topic);
        s.fault(
            "test_proxies",
            format!("`features.test_proxies` asks how well other facts tell `{name}`, but `features.leave_out` does not leave it out"),
        );
    }
    Some(Features {
        windows: windows.into_iter().filter_map(|w| i32::try_from(w).ok()).collect(),
        leave_out: leave_out?,
        proxies,
        rising: s.texts("rising").unwrap_or_default(),
        falling: s.texts("falling").unwrap_or_default(),
        authority,
    })
}

fn split(s: &Section<'_>) -> Option<Design> {
    let methods =
        [("grouped-k-fold", 0), ("rolling-origin", 1), ("windows", 2), ("leave-one-authority-out", 3)];
    let method = s.required("method", s.choice("method", &methods));
    if method == Some(3) {
        return Some(Design::LeaveOneAuthorityOut);
    }
    let folds = u16::try_from(s.integer("folds", 2..=100).unwrap_or(5)).ok()?;
    match method? {
        0 => Some(Design::GroupedKFold { folds }),
        1 => {
            let cut_offs: Vec<Day> = s.required("cut_offs", s.days("cut_offs"))?;
            if !cut_offs.is_sorted_by(|a, b| a < b) || cut_offs.is_empty() {
                s.fault("cut_offs", "`split.cut_offs` must list one or more dates, ascending, each once");
            }
            Some(Design::RollingOrigin { folds, cut_offs })
        }
        _ => {
            let [train_until, tune_until, test_from] =
                ["train_until", "tune_until", "test_from"].map(|key| s.required(key, s.day(key)));
            let windows =
                Windows { train_until: train_until?, tune_until: tune_until?, test_from: test_from? };
            if windows.train_until >= windows.tune_until || windows.tune_until >= windows.test_from {
                s.fault(
                    "train_until",
                    "`split.train_until`, `split.tune_until` and `split.test_from` must ascend",
                );
            }
            Some(Design::Windows { folds, windows })
        }
    }
}

fn holdout(s: &Section<'_>, split: Option<&Design>, cohort: Option<&Definition>) -> Option<Day> {
    let from = s.required("from", s.day("from"))?;
    // Where the clock runs from the prediction, an answer takes a whole horizon.
    let whole = cohort.filter(|c| c.point == Point::AtReferral || c.clock == Clock::FromClosure);
    let horizon = whole.map_or(0, |c| c.horizon_days);
    match split.map(Design::last_test) {
        Some(None) => s.fault("from", "a holdout needs a split in time: `rolling-origin` or `windows`"),
        Some(Some(last)) if from <= last.plus(horizon) => s.fault(
            "from",
            format!(
                "`holdout.from` must lie after {}: the last test of the split begins on {last}, and an ordinary run uses no \
                 answer that came on record once the final test begins",
                last.plus(horizon)
            ),
        ),
        _ => {}
    }
    Some(from)
}

/// Shares between 0 and 1, rising; none if the key is absent.
fn rising(s: &Section<'_>, key: &str) -> Option<Vec<f64>> {
    let values = s.numbers(key, &(0.001..=0.999)).unwrap_or_default();
    if !values.is_sorted_by(|a, b| a < b) {
        s.fault(key, format!("`evaluate.{key}` must rise, each value once"));
    }
    Some(values)
}

/// Reads the evaluation settings into an experiment whose other fields are blank.
fn evaluate(s: &Section<'_>, models: &[String]) -> Option<Experiment> {
    let chosen: Vec<(&str, String)> = models.iter().map(|id| (id.as_str(), id.clone())).collect();
    let groups: Vec<(&str, &'static str)> = super::groups::NAMES.iter().map(|n| (*n, *n)).collect();
    let capacity = s.required("capacity", s.number("capacity", 0.001..=0.999));
    let replicates = s.integer("replicates", 20..=100_000).unwrap_or(1_000);
    let candidate = s.required("candidate", s.choice("candidate", &chosen));
    let reference = s.required("reference", s.choice("reference", &chosen));
    let smallest_gain = s.required("smallest_gain", s.number("smallest_gain", 0.0..=1.0));
    let groups = s.choices("groups", &groups).unwrap_or_else(|| super::groups::USUAL.to_vec());
    if candidate.is_some() && candidate == reference {
        s.fault("reference", "`evaluate.reference` must differ from `evaluate.candidate`");
    }
    let (capacities, thresholds) = (rising(s, "capacities"), rising(s, "thresholds"));
    let references = s.section("reference_levels").map(|levels| sections::references(&levels, &groups));
    let populations = s.section("population").map(|p| sections::populations(&p, &groups)).unwrap_or_default();
    Some(Experiment {
        populations,
        what_if: None,
        capacity: capacity?,
        capacities: capacities?,
        thresholds: thresholds?,
        references: references.unwrap_or_default(),
        replicates: usize::try_from(replicates).ok()?,
        candidate: candidate?,
        reference: reference?,
        smallest_gain: smallest_gain?,
        groups,
        title: String::new(),
        question: String::new(),
        seed: 0,
        data: String::new(),
        cohort: Definition {
            index: Index::EveryReferral,
            point: Point::AtReferral,
            outcome: Kind::Referral,
            horizon_days: 1,
            clock: Clock::FromReferral,
        },
        windows: Vec::new(),
        leave_out: Vec::new(),
        proxies: Vec::new(),
        rising: Vec::new(),
        falling: Vec::new(),
        repeats: 1,
        class_weights: Vec::new(),
        explain: None,
        permission: None,
        authority: false,
        split: Design::GroupedKFold { folds: 2 },
        holdout: None,
        gate: None,
        recalibrate: None,
        learners: Vec::new(),
        keep: false,
        models: ModelSettings::default(),
        tuning: None,
        stability: None,
        when: None,
        profile: Profile::tre10(),
        threshold: 10,
    })
}
