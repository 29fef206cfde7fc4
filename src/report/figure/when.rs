//! How many of a hundred had come back by each month.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::plot::{Frame, Look, round_up, short};
use crate::privacy::disclosure::PerHundred;
use crate::report::when::When;

/// The curve; `None` where fewer than two months may be shown. `of` is what there are a hundred of, `what` what came.
pub(in crate::report) fn when(when: &When, of: &str, what: &str) -> Option<Figure> {
    let part = |n: u64| n as f64 / 100.0;
    let point = |(month, share): &(u32, PerHundred)| -> Option<Bounded> {
        let ends = share.range().map(|(low, high)| (part(low), part(high)));
        Some((f64::from(*month), part(share.yes()?), ends))
    };
    let start = std::iter::once((0.0, 0.0, Some((0.0, 0.0))));
    let points: Vec<Bounded> = start.chain(when.curve.iter().filter_map(point)).collect();
    let last = points.last().filter(|_| points.len() > 2)?.0;
    let naive =
        when.horizons.iter().filter_map(|h| Some((f64::from(h.months), part(h.overstated.yes()?), None)));
    let naive: Vec<Bounded> = naive.filter(|(month, _, _)| *month <= last).collect();
    let highest = points.iter().flat_map(|(_, value, ends)| [*value, ends.map_or(*value, |e| e.1)]);
    let most = round_up(highest.chain(naive.iter().map(|(_, value, _)| *value)));
    let frame = Frame { left: 58.0, top: 10.0, width: 480.0, height: 260.0, x: (0.0, last), y: (0.0, most) };
    let axis =
        if when.from_closure { "Months after the case was closed" } else { "Months after the referral" };
    let drawing = html! {
        (frame.axes_by(&ticks(last), axis, &format!("Share of {of}")))
        (frame.band(&points))
        (Look::Candidate.line(&frame.places(&points)))
        @for (x, y) in frame.places(&naive) { (Look::Baseline.mark(x, y)) }
        (key(what, !naive.is_empty()))
    };
    Some(Figure {
        id: "when-curve".to_owned(),
        title: format!("In how many of 100 {of} {what}, month by month"),
        words: in_words(when, of, !naive.is_empty()),
        size: (560.0, 392.0),
        drawing,
    })
}

fn key(what: &str, naive: bool) -> Markup {
    html! {
        (Look::Candidate.line(&[(58.0, 330.0), (86.0, 330.0)]))
        text class="label" x="94" y="334" { (short(what, 60)) }
        rect class="band" x="58" y="343" width="28" height="14" {}
        text class="label" x="94" y="355" { "95% interval" }
        @if naive {
            (Look::Baseline.mark(72.0, 374.0))
            text class="label" x="94" y="378" { "as if nothing else could end the waiting: overstates" }
        }
    }
}

/// Every year, or every third month where that is all there is.
fn ticks(last: f64) -> Vec<(f64, String)> {
    let step = [3_u32, 6, 12, 24].into_iter().find(|s| last / f64::from(*s) <= 8.0).unwrap_or(36);
    (0..=240)
        .step_by(step as usize)
        .take_while(|m| f64::from(*m) <= last)
        .map(|m| (f64::from(m), m.to_string()))
        .collect()
}

fn in_words(when: &When, of: &str, naive: bool) -> String {
    let shown = when.horizons.iter().filter_map(|h| Some((h.months, h.shares.first()?.yes()?)));
    let each: Vec<String> =
        shown.map(|(months, yes)| format!("{yes} of 100 {of} by {months} months")).collect();
    let reached = if each.is_empty() { String::new() } else { format!(" to about {}", each.join(", ")) };
    let squares = " Squares stand where counting as if nothing else could end the waiting would be.";
    format!("The line rises from 0 at the start{reached}.{}", if naive { squares } else { "" })
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn ticks_are_whole_years_where_there_are_many() {
        let words = |last: f64| ticks(last).into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ");
        assert_eq!(words(20.0), "0 3 6 9 12 15 18");
        assert_eq!(words(70.0), "0 12 24 36 48 60");
    }
}
