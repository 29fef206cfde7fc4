//! The plain words for measures, groupings and levels: one list for tables, figures and glossary.

use crate::evaluate::measures::{self, Unit};
use crate::evaluate::survival::score::measures as time_measures;

/// What every page, sheet, table and picture says.
pub(crate) const NOTICE: &str = "Research use only. Not for decisions about any child.";
/// What they say where data are simulated.
pub(crate) const SIMULATED: &str = "SIMULATED DATA.";

/// Heads of columns that stand in several tables.
pub(super) const MISSED: &str = "Of 100 who came back: not flagged (missed)";
/// The other wrong, in the same form.
pub(super) const IN_VAIN: &str = "Of 100 who did not come back: flagged";
/// As it was found by a model of when.
pub(super) const FOUND_BY_THEN: &str = "Of 100 who came back, had been flagged";
/// And what it flagged in vain.
pub(super) const IN_VAIN_BY_THEN: &str = "Of 100 who did not, had been flagged";

/// What a measure is called in a report and what it says there: in children who came back, where
/// [`crate::evaluate::measures`], for researchers, speaks of any outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct MeasureWords {
    /// Id as in the rows.
    pub(super) id: &'static str,
    /// Title in words.
    pub(super) title: &'static str,
    /// One or two plain sentences.
    pub(super) words: &'static str,
}

macro_rules! measures {
    ($($id:literal $title:literal $words:literal;)*) => {
        &[$(MeasureWords { id: $id, title: $title, words: $words }),*]
    };
}

/// Every measure a report can show, in the order of the glossary. A test holds it against the registry.
pub(super) static MEASURES: &[MeasureWords] = measures! {
    "outcome-rate" "Share who came back" "Of all referrals tested, the share where the child came back. A method without any skill is right about this often.";
    "ppv" "Right when flagged (positive predictive value)" "Of the children flagged, the share who came back. The others were flagged and did not come back.";
    "sensitivity" "Found (sensitivity)" "Of the children who came back, the share who had been flagged.";
    "missed-share" "Missed share" "Of the children who came back, the share who had not been flagged. It is 100% less the sensitivity.";
    "false-positive-rate" "Flagged, but did not come back (false-positive rate)" "Of the children who did not come back, the share who had been flagged all the same.";
    "selection-rate" "Share flagged (selection rate)" "Of all children, the share who would be flagged. Set by the research team in the experiment file, not by the tool.";
    "ppv-worst" "Right when flagged, unlucky ties" "The share of right flags if, of the children with equal chances at the cut, those who did not come back had been flagged first.";
    "ppv-best" "Right when flagged, lucky ties" "The same if those who came back had been flagged first. Where this is far above the unlucky share, the method cannot tell many children apart.";
    "lift" "Right when flagged, times chance (lift)" "How many times as often a flagged child came back as a child picked blindly. 1 means that the flags say nothing.";
    "false-discovery-rate" "Flagged and did not come back, of the flagged" "Of the children flagged, the share who did not come back: families looked at twice for nothing.";
    "npv" "Right when not flagged (negative predictive value)" "Of the children not flagged, the share who did not come back.";
    "false-omission-rate" "Not flagged, but came back, of the unflagged" "Of the children not flagged, the share who came back all the same.";
    "net-benefit" "Net benefit" "Right flags less wrong flags, for each referral. The threshold says how many wrong flags one right flag is worth: at 20%, four. Below 0 the flags cost more than they gain.";
    "net-benefit-of-all" "Net benefit of flagging everyone" "What flagging every child would gain, weighed in the same way. A model has to beat this, and 0, which is flagging nobody.";
    "standardised-net-benefit" "Net benefit, of the most possible" "Net benefit as a share of what a perfect model would gain.";
    "interventions-avoided" "Looks saved" "How many second looks for each referral the model saves against looking at everyone, with no more children missed.";
    "balance-positive" "Average chance given to those who came back" "A group given less had lower chances, although its children came back.";
    "balance-negative" "Average chance given to those who did not come back" "A group given more had higher chances, although its children did not come back.";
    "ece-width" "Average gap in ten bands of chance (ECE)" "Children sorted by predicted chance into bands of ten percentage points: the average gap between the chance and the share who came back. 0 is perfect, but chance alone keeps it above 0.";
    "auroc" "AUROC" "Take one child who came back and one who did not: how often the model puts the first one higher. 0.5 is a coin toss, 1 is always right.";
    "partial-auroc" "AUROC where few are flagged" "AUROC for short lists only: those on which at most 10 of 100 children who did not come back would be flagged. 0.5 is a coin toss, 1 is always right.";
    "average-precision" "Average precision" "How often a flag is right, averaged over short and long lists of flags. Without skill it is about the share who came back, and a little more where a test has few children; 1 is perfect.";
    "ap-over-prevalence" "Average precision, times no skill" "Average precision divided by what no skill would give. 1 is no skill; 2 is twice as good as that.";
    "average-precision-difference" "Gain in average precision" "Average precision of the model less that of the simple baseline, on the same children. Above 0 the model is ahead.";
    "auroc-difference" "Gain in AUROC" "AUROC of the model less that of the simple baseline, on the same children.";
    "brier" "Brier score" "The average squared gap between the predicted chance and what happened. 0 is perfect; lower is better.";
    "scaled-brier" "Scaled Brier score" "How much of the gap is closed, compared with giving everyone the same chance. 0 is no gain, 1 is perfect; it can be below 0.";
    "log-loss" "Log loss" "A penalty for wrong chances that is harsh on being sure and wrong. Lower is better.";
    "calibration-in-the-large" "Calibration in the large" "Whether predicted chances are too low or too high on average. 0 is right; above 0, more children came back than predicted.";
    "calibration-slope" "Calibration slope" "Whether predicted chances are spread rightly. 1 is right; below 1 the model is too sure: its chances are spread too widely.";
    "observed-over-expected" "Came back, for each one expected (O/E)" "The number who came back divided by the number the model expected. 1 is right; 1.2 means a fifth more came back than expected.";
    "mean-predicted" "Average predicted chance" "The average of the chances the model gave.";
    "ici" "Average gap along a smooth curve (ICI)" "The average gap between the predicted chance and the share who came back, read from a smooth curve. 0 is perfect, but chance alone keeps it above 0.";
    "e50" "Gap that half of children stay under (E50)" "Half of the children have a predicted chance that is off by less than this.";
    "e90" "Gap that nine in ten stay under (E90)" "Nine in ten children have a predicted chance that is off by less than this.";
    "emax" "Greatest gap (Emax)" "The furthest that predicted chances are off. It rests on few children, at the ends of the curve.";
    "ici-spline" "Average gap along another smooth curve" "The same average gap with another way of drawing the curve. Where the two differ, the number depends on the drawing.";
    "calibration-curve" "Share who came back, along a smooth curve" "The share of children who came back at a predicted chance. Where it equals the chance, the chance comes true.";
    "calibration-curve-spline" "Share who came back, along another smooth curve" "The same with another way of drawing the curve.";
    "miscalibration" "What better calibration would save" "The part of the Brier score that is due to chances not coming true. 0 is perfect.";
    "discrimination" "What telling children apart saves" "The part of the Brier score that the model takes off by telling children apart. 0 is no better than the same chance for all.";
    "uncertainty" "What there is to explain" "The Brier score of giving everyone the same chance.";
    "ece-mass" "Average gap in ten bands of equal numbers (ECE)" "Children sorted by predicted chance into ten bands of equal numbers: the average gap between the chance and the share who came back.";
    "spiegelhalter-z" "Spiegelhalter's z" "A test of whether the chances come true. Beyond 2 or below -2 they do not; in large data small faults are found too.";
    "spiegelhalter-p" "Spiegelhalter's p value" "How often chance alone would give such a z if the chances were true.";
    "hosmer-lemeshow" "Hosmer and Lemeshow's statistic (historic)" "An old test of calibration, shown only to compare with older reports: it depends on how children are put into groups.";
    "hosmer-lemeshow-p" "Hosmer and Lemeshow's p value (historic)" "How often chance alone would give such a statistic if the chances were true.";
    "unreliability-p" "Level and spread of chances: p value" "How often chance alone would move level and spread of the predicted chances so far if they were right.";
    "level-p" "Level of chances: p value" "How often chance alone would move the level of the predicted chances so far if it were right.";
    "spread-p" "Spread of chances: p value" "How often chance alone would move the spread of the predicted chances so far if it were right.";
    "calibration-corp" "Reliability diagram" "The share of children who came back at a predicted chance, as a staircase that never falls, and the band in which it would lie if the chances were true.";
    "abroca" "Area between two groups' ROC curves (ABROCA)" "How differently the model puts children in order in two groups. 0 is the same; chance alone keeps it above 0, the more so the smaller the group.";
    "auroc-came-here" "Came back here, against did not there" "Take a child of this group who came back and one of the reference group who did not: how often the model puts the first one higher.";
    "auroc-came-there" "Came back there, against did not here" "Take a child of the reference group who came back and one of this group who did not: how often the model puts the first one higher.";
    "calibration-bin" "Share who came back, by predicted chance" "Children sorted into groups by predicted chance, and the share of each group who came back.";
};

/// The title of a measure; one that is not listed is called by its id.
pub(super) fn title(id: &'static str) -> &'static str {
    let of_when = || time_measures::find(id).map(|m| m.title);
    MEASURES.iter().find(|m| m.id == id).map(|m| m.title).or_else(of_when).unwrap_or(id)
}

/// What the numbers of a measure are, which says how they are written.
pub(crate) fn unit(id: &str) -> Unit {
    let of_when = || time_measures::find(id).map(|m| m.unit);
    measures::find(id).map(|m| m.unit).or_else(of_when).unwrap_or(Unit::Score)
}

/// Other words of the field that the report uses.
pub(super) static FIELD: &[(&str, &str)] = &[
    ("Referral", "A request to children's services to look into a child's needs, accepted as a referral."),
    ("Baseline", "A method so simple that anything more complicated has to beat it."),
    (
        "Part of the test (fold)",
        "The referrals of one group of households in one stretch of time, predicted by a model that learned from others.",
    ),
    (
        "Flagged",
        "Among the share of referrals that the model puts highest. In this research nobody was told and nothing was done.",
    ),
    (
        "95% interval",
        "Where about 95 of each 100 results lie when the test is repeated on households drawn at random from those tested, whole households at a time, because children of one household are alike. For average precision, where such repeats run high, it is centred on the estimate. For shares at one share flagged, such repeats lean towards less skill.",
    ),
    (
        "Hidden",
        "The number is withheld, because it is about so few children that somebody might recognise one, or because such a number could be worked out from it.",
    ),
    (
        "As last recorded",
        "A fact that carries no date, so that we know only its latest value. It may have been entered after the referral.",
    ),
];

/// The title of a grouping.
pub(super) fn group(id: &str) -> String {
    match id {
        "age-band" => "Age at prediction".to_owned(),
        _ => capital(&id.replace('-', " ")),
    }
}

/// The title of a level.
pub(super) fn level(level: &str) -> String {
    if level.is_empty() { "Not recorded".to_owned() } else { capital(level) }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::MEASURES;
    use crate::evaluate::measures::REGISTRY;

    #[test]
    fn every_measure_has_words_for_the_board() {
        let mut listed: Vec<&str> = MEASURES.iter().map(|m| m.id).collect();
        let mut registered: Vec<&str> = REGISTRY.iter().map(|m| m.id).collect();
        listed.sort_unstable();
        registered.sort_unstable();
        assert_eq!(listed, registered);
    }
}
