//! Could the records themselves be to blame? What faults of the records would do to the groups' numbers.

use maud::{Markup, html};

use super::format::value;
use super::table::{TableRow, table};
use crate::privacy::disclosure::Passed;
use crate::report::{Between, BiasGap, Explained, Fault, RateBounds, Report, words};

/// A gap that this much recording bias explains is a small one: a tenth of comebacks.
const LITTLE: f64 = 0.1;
/// Faults of the records that are laid out in the table; `evaluation.json` has more.
const COLUMNS: [(Fault, f64); 4] =
    [(Fault::Missing, 0.1), (Fault::Missing, 0.3), (Fault::TooMany, 0.1), (Fault::TooMany, 0.3)];

/// The conclusion, then the gaps, then the bounds.
pub(super) fn bias(report: &Report) -> Markup {
    html! {
        p { b { (conclusion(&report.recording_bias.gaps)) } }
        p {
            "A comeback counts here only if somebody recorded it. Some children came back and nobody wrote it down; some \
             families are watched more closely than others, so that more of what happens to them is on record. Then two groups \
             can look different although their children came back equally often. The records cannot show how large this is. \
             What can be worked out is how large it would have to be."
        }
        @if !report.recording_bias.gaps.is_empty() { (gaps(report)) }
        @if !report.recording_bias.bounds.is_empty() { (bounds(report)) }
    }
}

/// Share of the level's comebacks that the fault strikes, at so many true ones for each on record.
fn share(factor: f64) -> f64 {
    if factor > 1.0 { 1.0 - 1.0 / factor } else { 1.0 - factor }
}

/// The first sentence.
fn conclusion(gaps: &[BiasGap]) -> String {
    let real: Vec<&BiasGap> =
        gaps.iter().filter(|g| g.explained != Explained::NoGap && !g.could_be_chance).collect();
    if gaps.is_empty() {
        return "We cannot say: no two groups could be compared, because there are too few children in them or their numbers \
                are hidden."
            .to_owned();
    }
    if real.is_empty() {
        return "No gap between groups looks larger than chance alone could make it, so none needs a fault of the records to \
                explain it."
            .to_owned();
    }
    let little = |g: &&&BiasGap| matches!(g.explained, Explained::By(f, _) if share(f.get()) <= LITTLE);
    let no = real.iter().filter(|g| g.explained == Explained::Impossible).count();
    let few = real.iter().filter(little).count();
    let of = if real.len() == 1 { "the one gap".to_owned() } else { format!("the {} gaps", real.len()) };
    let says = |n: usize| if n == 0 { "none".to_owned() } else { n.to_string() };
    let more = real.len() - few - no;
    let answer = match (few, more) {
        (0, 0) => "No",
        (0, _) => "Only if the records were far out",
        _ => "Yes, in part",
    };
    let at_all =
        if no > 0 { format!(", and {no} cannot be explained in this way at all") } else { String::new() };
    format!(
        "{answer}: of {of} between groups that look larger than chance, each taken by itself, {} would vanish if the records \
         of one group were wrong about 1 in 10 of its comebacks or fewer, {} would take more than that{at_all}.{}",
        says(few),
        says(more),
        allowing_for_chance(&real, few),
    )
}

/// How many more gaps would take as little, at the near end of their intervals.
fn allowing_for_chance(real: &[&BiasGap], few: usize) -> String {
    let near = |g: &&&BiasGap| match g.explained {
        Explained::By(_, Some((low, high))) => share(low.get()).min(share(high.get())) <= LITTLE,
        Explained::By(factor, None) => share(factor.get()) <= LITTLE,
        _ => false,
    };
    match real.iter().filter(near).count().saturating_sub(few) {
        0 => String::new(),
        n => format!(
            " These are best guesses: allowing for chance in the gaps, so little could be enough for {n} more."
        ),
    }
}

/// "about 1 in 6 (17 of 100)".
fn one_in(share: f64) -> String {
    let hundred = (100.0 * share).round();
    if hundred < 1.0 {
        return "fewer than 1 in 100".to_owned();
    }
    if share > 0.4 {
        return format!("about {hundred} of 100");
    }
    format!("about 1 in {} ({hundred} of 100)", (1.0 / share).round())
}

fn gaps(report: &Report) -> Markup {
    let all = &report.recording_bias.gaps;
    let (chance, real): (Vec<&BiasGap>, Vec<&BiasGap>) =
        all.iter().partition(|g| g.could_be_chance || g.explained == Explained::NoGap);
    let rows: Vec<TableRow> = real.iter().copied().map(gap_row).collect();
    let heads =
        ["Group, and what it is compared with", "This group", "The other", "What would explain all of it"];
    html! {
        p {
            "Each line below asks how wrong the records of one group would have to be, if those of the other were right, for \
             the gap to be nothing but recording. It is taken that the fault strikes flagged and other children of the group \
             equally often. The share missed of those who came back does not change then, so no such fault explains \
             a gap in that. Of 20 gaps that are nothing but chance, about one looks larger than chance: \u{201c}Are the groups \
             treated alike?\u{201d} allows for how many were looked at, and finds fewer."
        }
        @if !chance.is_empty() {
            p { (chance.len()) " more gaps could be chance, and then there is nothing to explain; they are in " code { "evaluation.json" } "." }
        }
        @if !rows.is_empty() { (table("The recording bias that would explain a gap", &heads, &rows)) }
    }
}

fn gap_row(gap: &BiasGap) -> TableRow {
    let head = html! {
        (words::group(&gap.group)) ": " (words::level(&gap.level)) ", against " (words::level(&gap.against)) " \u{2013} "
        (words::title(gap.measure))
    };
    let [own, other] = gap.values.map(|v| html! { (value(v.get(), words::unit(gap.measure))) });
    TableRow::new(head, vec![own, other, html! { (explanation(gap)) }])
}

/// What would explain a gap, in one or two sentences.
fn explanation(gap: &BiasGap) -> String {
    let (factor, ends) = match gap.explained {
        Explained::NoGap => return "There is no gap to explain.".to_owned(),
        Explained::Impossible => {
            return "No recording bias of this kind can explain it.".to_owned();
        }
        Explained::By(factor, ends) => (factor.get(), ends),
    };
    let which = if factor > 1.0 {
        "comebacks of this group were never recorded, the gap would be nothing but recording."
    } else {
        "recorded comebacks of this group are on record only because it is watched more closely, the gap would be nothing but \
         recording."
    };
    let first = format!("If {} {which}", one_in(share(factor)));
    let range = ends.map(|(low, high)| {
        let end = |passed: Passed<f64>| (100.0 * share(passed.get())).round();
        let (near, far) = (end(low).min(end(high)), end(low).max(end(high)));
        format!(" Allowing for chance in the gap: from {near} to {far} of 100.")
    });
    format!("{first}{}", range.unwrap_or_default())
}

fn bounds(report: &Report) -> Markup {
    let heads = [
        "Group",
        "As recorded",
        "Up to 1 in 10 comebacks never recorded",
        "Up to 3 in 10 never recorded",
        "Up to 1 in 10 recorded too often",
        "Up to 3 in 10 recorded too often",
    ];
    html! {
        h3 { "Where the numbers of each group could lie" }
        p {
            "If some comebacks of a group were never recorded, or should not have been, its numbers could lie anywhere in these \
             ranges, from the best case to the worst. In brackets: if the fault strikes flagged and other children equally \
             often. The ranges are not chance: more data would not make them narrower. How many comebacks are missing is an \
             assumption, and nothing in the records says which column is right."
        }
        @for measure in ["ppv", "missed-share", "false-positive-rate"] {
            (table(
                &format!("{}: as recorded, and as it could be", words::title(measure)),
                &heads,
                &report.recording_bias.bounds.iter().filter(|b| b.measure == measure).map(bound_row).collect::<Vec<_>>(),
            ))
        }
    }
}

fn bound_row(of: &RateBounds) -> TableRow {
    let unit = words::unit(of.measure);
    let show = |passed: Passed<f64>| value(passed.get(), unit);
    let cell = |between: Option<&Between>| match between {
        None => html! { "\u{2013}" },
        Some(b) => html! {
            (show(b.ends.0)) " to " (show(b.ends.1))
            @if let Some(alike) = b.alike { " " span class="interval" { "(" (show(alike)) ")" } }
        },
    };
    let mut cells = vec![html! { (show(of.recorded)) }];
    cells.extend(COLUMNS.map(|(fault, share)| {
        cell(of.between.iter().find(|b| b.fault == fault && (b.share - share).abs() < 1e-9))
    }));
    TableRow::new(html! { (words::group(&of.group)) ": " (words::level(&of.level)) }, cells)
}

#[cfg(test)]
mod tests {
    use super::{one_in, share};

    #[test]
    fn a_share_is_said_in_children() {
        assert_eq!(one_in(share(1.2)), "about 1 in 6 (17 of 100)");
        assert_eq!(one_in(share(0.8)), "about 1 in 5 (20 of 100)");
        assert_eq!(one_in(share(2.0)), "about 50 of 100");
        assert_eq!(one_in(share(1.001)), "fewer than 1 in 100");
    }
}
