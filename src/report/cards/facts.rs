//! Sentences with values of the run that more than one record needs.

use super::say::{candidate, hundred, listed, many, measure, number, reference};
use crate::evaluate::Answer;
use crate::evaluate::measures::Unit;
use crate::experiment::gate::Standing;
use crate::ledger::Verdict;
use crate::privacy::disclosure::Count;
use crate::report::html::format::{of_hundred, percent, thousands, value};
use crate::report::{Report, words};

/// What is never read, whatever a file holds.
pub(super) const DROPPED: &str =
    "Names, unique pupil numbers and anything not on the list of known columns are dropped while reading.";

/// The question, as the researcher wrote it.
pub(super) fn question(r: &Report) -> String {
    format!("The question was: \u{201c}{}\u{201d}", r.question)
}

/// What coming back means.
pub(super) fn outcome(r: &Report) -> String {
    format!(
        "A child \u{201c}came back\u{201d} if the child {} within {} days, {}.",
        r.outcome_words, r.horizon_days, r.clock_words
    )
}

/// The candidate and what it is compared with.
pub(super) fn models(r: &Report) -> String {
    let finding = &r.finding;
    format!(
        "The model is \u{201c}{}\u{201d}; it is compared with the simple baseline \u{201c}{}\u{201d}.",
        r.model_title(&finding.candidate),
        r.model_title(&finding.reference)
    )
}

/// What the candidate does, in the report's words.
pub(super) fn how_it_works(r: &Report) -> String {
    let card = r.models.iter().find(|m| m.id == r.finding.candidate);
    format!(
        "{}: {}",
        r.model_title(&r.finding.candidate),
        card.map_or("no description is on record.", |c| c.words.as_str())
    )
}

/// How many were tested, and when.
pub(super) fn tested(r: &Report) -> String {
    let months = r.tested.months.as_ref();
    format!(
        "Tested were {} of {}{}{}; in {} the child came back.",
        many(r.tested.rows, "referrals"),
        many(r.tested.children, "children"),
        r.tested.households.map_or_else(String::new, |h| format!(" in {}", many(h, "households"))),
        months.map_or_else(String::new, |(from, to)| format!(", {from} to {to}")),
        of_them(r.tested.events)
    )
}

/// "327 of them".
fn of_them(count: Count) -> String {
    count.get().map_or_else(|| "a hidden number of them".to_owned(), |n| format!("{} of them", thousands(n)))
}

/// How many were studied, those only learned from among them.
pub(super) fn cohort(r: &Report) -> String {
    let months = r.cohort.months.as_ref();
    format!(
        "Studied were {} of {}{}; in {} the child came back.",
        many(r.cohort.rows, "referrals"),
        many(r.cohort.children, "children"),
        months.map_or_else(String::new, |(from, to)| format!(", {from} to {to}")),
        of_them(r.cohort.events)
    )
}

/// Of a hundred tested, those who came back.
pub(super) fn base_rate(r: &Report) -> String {
    hundred(&r.tested.came_back, "children tested", "came back")
}

/// The declared share, and who declared it.
pub(super) fn capacity(r: &Report) -> String {
    format!(
        "Flagged means among the {} of referrals that a model puts highest. The experiment file states this share; the program \
         chose none.",
        percent(r.capacity)
    )
}

/// Of a hundred flagged by the candidate: right ones.
pub(super) fn right(r: &Report) -> String {
    candidate(r).map_or_else(not_in_children, |t| {
        hundred(&t.flagged_came_back, "children flagged by the model", "came back")
    })
}

/// Of a hundred flagged by the baseline: right ones.
pub(super) fn right_by_baseline(r: &Report) -> String {
    reference(r).map_or_else(not_in_children, |t| {
        hundred(&t.flagged_came_back, "children flagged by the simple baseline", "came back")
    })
}

/// Of a hundred who came back: missed ones.
pub(super) fn missed(r: &Report) -> String {
    candidate(r).map_or_else(not_in_children, |t| {
        hundred(&t.missed, "children who came back", "were not flagged (missed)")
    })
}

/// Of a hundred who did not come back: flagged ones.
pub(super) fn in_vain(r: &Report) -> String {
    candidate(r).map_or_else(not_in_children, |t| {
        hundred(&t.flagged_in_vain, "children who did not come back", "were flagged all the same")
    })
}

fn not_in_children() -> String {
    "What flagging would have got right and wrong cannot be shown in children.".to_owned()
}

/// What flagging at the declared share would have got right and wrong.
pub(super) fn mistakes(r: &Report) -> Vec<String> {
    vec![capacity(r), right(r), missed(r), in_vain(r)]
}

/// The answer to the question.
pub(super) fn verdict(r: &Report) -> String {
    let found = match r.finding.answer {
        Answer::Better => "better than the simple baseline",
        Answer::NoBetter => "no better than the simple baseline",
        Answer::CannotSay => "we cannot say",
    };
    format!(
        "The answer of this run is: {found}. The gain in average precision was {}; the smallest gain declared to matter is {}.",
        number(&r.finding.gain, Unit::Score),
        value(r.finding.smallest_gain, Unit::Score)
    )
}

/// Measures of the candidate over all referrals, with intervals.
pub(super) fn measured(r: &Report, ids: &[&'static str]) -> Option<String> {
    let parts: Vec<String> = ids.iter().filter_map(|id| measure(r, &r.finding.candidate, id)).collect();
    (!parts.is_empty()).then(|| format!("{}: {}.", r.model_title(&r.finding.candidate), parts.join("; ")))
}

/// How well it puts children in order, and whether its chances come true.
pub(super) fn performance(r: &Report) -> Vec<String> {
    let mut out = vec![verdict(r)];
    out.extend(measured(r, &["auroc", "average-precision", "brier"]));
    out.extend(measured(r, &["calibration-slope", "observed-over-expected"]));
    out.extend(mistakes(r));
    out
}

/// Whether chances come true, over all referrals.
pub(super) fn come_true(r: &Report) -> Vec<String> {
    let line = r.overall(&r.finding.candidate, "observed-over-expected");
    let ratio = line.and_then(|l| l.number.estimate());
    let mut out: Vec<String> = ratio
        .map(|o| format!("For each 100 comebacks that the model expected, {} came.", of_hundred(o)))
        .into_iter()
        .collect();
    out.extend(measured(r, &["observed-over-expected", "calibration-slope"]));
    out
}

/// Every model with its average precision.
pub(super) fn all_models(r: &Report) -> Vec<String> {
    let one = |m: &crate::report::ingredients::ModelCard| {
        let precision = measure(r, &m.id, "average-precision").map_or_else(String::new, |t| format!(" {t}."));
        let kind = if m.baseline { " (baseline)" } else { "" };
        format!("{}{kind}: {}{precision}", m.title, m.words)
    };
    r.models.iter().map(one).collect()
}

/// What the models were told.
pub(super) fn told(r: &Report) -> String {
    format!("The models were told, in {} facts: {}.", thousands(r.features), r.told.join("; "))
}

/// What they were not told.
pub(super) fn not_told(r: &Report) -> String {
    if r.not_told.is_empty() {
        return format!(
            "Nothing was kept from the models by choice: all {} facts were offered.",
            thousands(r.features)
        );
    }
    format!(
        "By the researcher's choice the models were not told: {}. These are used only to check fairness; other facts can \
         stand in for them.",
        listed(&r.not_told)
    )
}

/// Facts that carry no date.
pub(super) fn undated(r: &Report) -> String {
    if r.as_last_recorded.is_empty() {
        return format!(
            "None of the {} facts rests on something that carries no date.",
            thousands(r.features)
        );
    }
    format!("Known only as last recorded, and so perhaps entered later: {}.", r.as_last_recorded.join("; "))
}

/// What was on record when.
pub(super) fn point(r: &Report) -> String {
    format!("Chances were worked out afterwards, from what was on record {}.", r.point_words)
}

/// How predictions were tested.
pub(super) fn split(r: &Report) -> Vec<String> {
    let tests = if r.is_of_other_data() {
        format!(
            "Models kept from an earlier run were tested on {}; none was taught.",
            many(r.tested.rows, "referrals")
        )
    } else {
        format!("That makes {} tests, each with a model of its own.", r.folds.len())
    };
    vec![r.split_words.clone(), tests]
}

/// Where intervals come from.
pub(super) fn intervals(r: &Report) -> String {
    let what = if r.tested.households.is_some() { "households" } else { "children" };
    format!(
        "Intervals (95%) come from {} repeats on {what} drawn at random from those tested; the models were not trained again \
         for them.",
        thousands(r.replicates)
    )
}

/// What was promised before the test.
pub(super) fn gate(r: &Report) -> String {
    let Some(gate) = &r.gate else {
        return format!(
            "The experiment \u{201c}{}\u{201d} has no gate: no list of results was promised before the test.",
            r.title
        );
    };
    let verdict = match gate.verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::CannotSay => "CANNOT SAY",
    };
    let standing = match &gate.standing {
        Standing::NotLocked => "no referrals were kept for a final test".to_owned(),
        Standing::Rehearsal { from } => {
            format!("a rehearsal: the final test, from {}, was not opened", from.in_words())
        }
        Standing::Final(look) => format!("the final test, look number {}", look.number),
    };
    format!("The gate has {} criteria; the verdict is {verdict} ({standing}).", gate.criteria.len())
}

/// How many a month.
pub(super) fn workload(r: &Report) -> Vec<String> {
    let mut out = vec![format!("This run looked once at {}.", many(r.tested.rows, "past referrals"))];
    out.extend(r.rates.workload.iter().map(|(share, month)| {
        let month = month
            .map_or_else(|| "a hidden number of".to_owned(), |n| format!("about {}", thousands(n.get())));
        format!(
            "Had the top {} been flagged, that would have been {month} referrals a month.",
            percent(*share)
        )
    }));
    out
}

/// Which parts of the records matter to the candidate.
pub(super) fn goes_by(r: &Report) -> Vec<String> {
    let Some(found) = r.explanations.iter().find(|e| e.model == r.finding.candidate) else { return vec![] };
    let title = r.model_title(&found.model);
    let mut out = vec![format!(
        "What \u{201c}{title}\u{201d} goes by was read from {} models, on {}.",
        found.folds,
        many(found.rows, "tested referrals")
    )];
    if let Ok(sources) = &found.sources {
        let parts: Vec<String> = sources
            .iter()
            .take(4)
            .map(|s| format!("{} ({})", s.words, number(&s.auroc, words::unit("auroc"))))
            .collect();
        if !parts.is_empty() {
            out.push(format!(
                "What AUROC gains from parts of the records, the most needed first: {}.",
                parts.join("; ")
            ));
        }
    }
    if let Ok(facts) = &found.facts {
        let lines: Vec<&str> = facts.lines.iter().take(5).map(|l| l.words.as_str()).collect();
        if !lines.is_empty() {
            out.push(format!("The facts that mattered most on average: {}.", lines.join("; ")));
        }
    }
    out
}

/// Performance over calendar time and by authority.
pub(super) fn elsewhere(r: &Report) -> Vec<String> {
    let mut out = Vec::new();
    match &r.stability.over_time {
        Ok(time) => {
            out.push(format!("Over time: {} periods could be compared.", time.periods.len()));
            if let Ok(pool) = &time.auroc {
                out.push(format!("Over periods, mean AUROC was {}.", number(&pool.mean, Unit::Score)));
            }
        }
        Err(why) => {
            out.push(format!("Over time, {} cannot be said: {why}.", r.model_title(&r.finding.candidate)));
        }
    }
    match &r.stability.by_authority {
        Ok(places) => {
            let names: Vec<String> = places
                .authorities
                .iter()
                .map(|a| format!("{} (AUROC {})", words::level(&a.name), number(&a.auroc, Unit::Score)))
                .collect();
            if !names.is_empty() {
                out.push(format!("By authority: {}.", names.join("; ")));
            }
        }
        Err(why) => {
            out.push(format!("By authority, {} cannot be said: {why}.", r.model_title(&r.finding.candidate)));
        }
    }
    out
}

/// What reproduces the run.
pub(super) fn reproduce(r: &Report) -> Vec<String> {
    r.reproduce.iter().map(|(name, value)| format!("{name}: {value}")).collect()
}

/// The digests of the data files.
pub(super) fn files(r: &Report) -> Vec<String> {
    let data = r.reproduce.iter().filter(|(name, _)| name.starts_with("Data"));
    data.map(|(name, value)| format!("{name}: {value}")).collect()
}

/// Version and run.
pub(super) fn version(r: &Report) -> String {
    format!("rerefer {}, run {}.", r.version, r.run_id)
}

/// Whether the data are simulated.
pub(super) fn simulated(r: &Report) -> String {
    if r.simulated {
        format!("The data of run {} are simulated: no real child is in them.", r.run_id)
    } else {
        format!(
            "The data of run {} are not marked as simulated: they are to be treated as personal data of children and families.",
            r.run_id
        )
    }
}

/// Who could not come back.
pub(super) fn could_not(r: &Report) -> Vec<String> {
    let mut out = vec![format!(
        "Counted as not having come back: {} where the child died, moved away, was adopted or turned 18 first.",
        many(r.tested.competing, "tested referrals")
    )];
    out.extend(r.tested.open.map(|open| {
        format!(
            "The same holds for {} whose case stayed open to the end, so that no new referral could be made.",
            many(open, "tested referrals")
        )
    }));
    out
}

/// The rule for small numbers.
pub(super) fn small(r: &Report) -> String {
    format!(
        "Numbers about fewer than {} are hidden, and so are numbers from which they could be worked out.",
        r.threshold
    )
}

/// What a reader of the data must know.
pub(super) fn remarks(r: &Report) -> Vec<String> {
    r.remarks.iter().map(|remark| format!("About these data: {remark}")).collect()
}
