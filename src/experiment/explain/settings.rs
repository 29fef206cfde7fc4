//! `[explain]` of an experiment file.

use crate::io::settings::Section;

/// What is explained. `[explain]` alone takes these defaults: the candidate, `permutations = 5`, `rows = 2000`, `background =
/// 100`, `without_sources = true`, `curves = 4`, `case = false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Ids of the learners explained; none for that of the candidate.
    pub models: Vec<&'static str>,
    /// Times that facts are mixed up, 1 to 100.
    pub permutations: usize,
    /// Most tested referrals looked at, over all folds, 100 or more.
    pub rows: usize,
    /// Training referrals of each fold that contributions are counted from, at most; 10 to 1,000.
    pub background: usize,
    /// Whether models are trained again without each part of the records.
    pub without_sources: bool,
    /// Facts of which a curve is drawn, 0 to 20.
    pub curves: usize,
    /// Whether one simulated case is shown.
    pub case: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            models: Vec::new(),
            permutations: 5,
            rows: 2000,
            background: 100,
            without_sources: true,
            curves: 4,
            case: false,
        }
    }
}

/// Reads the section; `learners` are those of the experiment.
pub(in crate::experiment) fn read(s: &Section<'_>, learners: Option<&[&'static str]>) -> Settings {
    let default = Settings::default();
    let whole =
        |key, range, default| s.integer(key, range).and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
    let names: Vec<(&str, &'static str)> = learners.unwrap_or_default().iter().map(|id| (*id, *id)).collect();
    Settings {
        models: s.choices("models", &names).unwrap_or_default(),
        permutations: whole("permutations", 1..=100, default.permutations),
        rows: whole("rows", 100..=10_000_000, default.rows),
        background: whole("background", 10..=1000, default.background),
        without_sources: s.boolean("without_sources").unwrap_or(default.without_sources),
        curves: whole("curves", 0..=20, default.curves),
        case: s.boolean("case").unwrap_or(default.case),
    }
}

impl Settings {
    /// The section as meant.
    #[must_use]
    pub fn meant(&self) -> String {
        let models = match self.models[..] {
            [] => String::new(),
            _ => format!("models = {:?}\n", self.models),
        };
        let Self { permutations, rows, background, without_sources, curves, case, .. } = self;
        format!(
            "[explain]\n{models}permutations = {permutations}\nrows = {rows}\nbackground = {background}\n\
             without_sources = {without_sources}\ncurves = {curves}\ncase = {case}\n"
        )
    }
}
