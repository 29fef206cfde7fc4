//! How many of a hundred had come back by each time, one small panel a group, with all children beside it.

use maud::{Markup, html};

use super::Figure;
use super::band::Bounded;
use super::groups::slug;
use super::plot::{Frame, Look, at, round_up, short};
use crate::privacy::disclosure::PerHundred;
use crate::report::when::{Group, When};
use crate::report::words;

/// Size and gaps of a panel.
const SIDE: (f64, f64) = (150.0, 130.0);
const STEP: (f64, f64) = (215.0, 206.0);
/// Panels in a row.
const ROW: usize = 3;

/// The figure; `None` where fewer than two groups have two times to show.
pub(in crate::report) fn when_groups(when: &When, group: &Group, of: &str) -> Option<Figure> {
    let months: Vec<f64> = when.horizons.iter().map(|h| f64::from(h.months)).collect();
    // As far as no time is hidden: a line across one would say what it hides.
    let curve = |shares: &mut dyn Iterator<Item = &PerHundred>| -> Vec<Bounded> {
        let start = std::iter::once((0.0, 0.0, Some((0.0, 0.0))));
        start.chain(months.iter().zip(shares).map_while(|(month, share)| point(*month, share))).collect()
    };
    let panels: Vec<(&str, Vec<Bounded>)> = group
        .levels
        .iter()
        .map(|level| (level.name.as_str(), curve(&mut level.came.iter())))
        .filter(|(_, points)| points.len() > 2)
        .collect();
    if panels.len() < 2 {
        return None;
    }
    let all = curve(&mut when.horizons.iter().filter_map(|h| h.shares.first()));
    let highest = panels.iter().flat_map(|(_, points)| points).chain(&all);
    let most = round_up(highest.map(|(_, value, ends)| ends.map_or(*value, |e| e.1)));
    let last = panels.iter().filter_map(|(_, points)| points.last()).fold(0.0, |most, p| p.0.max(most));
    let frame = |n: usize| Frame {
        left: 58.0 + STEP.0 * (n % ROW) as f64,
        top: 30.0 + STEP.1 * (n / ROW) as f64,
        width: SIDE.0,
        height: SIDE.1,
        x: (0.0, last),
        y: (0.0, most),
    };
    let ticks: Vec<(f64, String)> =
        months.iter().filter(|m| **m <= last && **m >= 12.0).map(|m| (*m, m.to_string())).collect();
    let drawing = html! {
        @for (n, (name, points)) in panels.iter().enumerate() { (panel(&frame(n), name, (points, &all), &ticks)) }
    };
    let name = words::group(&group.name);
    let rows = panels.len().div_ceil(ROW);
    Some(Figure {
        id: format!("when-by-{}", slug(&group.name)),
        title: format!("By {}: in how many of 100 {of}, by each time", name.to_lowercase()),
        words: in_words(&panels, group, of),
        size: (58.0 + STEP.0 * panels.len().min(ROW) as f64, 20.0 + STEP.1 * rows as f64),
        drawing,
    })
}

fn point(month: f64, share: &PerHundred) -> Option<Bounded> {
    let part = |n: u64| n as f64 / 100.0;
    Some((month, part(share.yes()?), share.range().map(|(low, high)| (part(low), part(high)))))
}

fn panel(frame: &Frame, name: &str, (own, all): (&[Bounded], &[Bounded]), ticks: &[(f64, String)]) -> Markup {
    html! {
        text class="label strong" x=(at(frame.left)) y=(at(frame.top - 12.0)) { (short(&words::level(name), 24)) }
        (frame.axes_by(ticks, "Months", "Came back"))
        (frame.band(own))
        (Look::Candidate.line(&frame.places(own)))
        @let end = own.last().map_or(0.0, |(month, _, _)| *month);
        @let beside: Vec<Bounded> = all.iter().filter(|(month, _, _)| *month <= end).copied().collect();
        @let places: Vec<String> = frame.places(&beside).iter().map(|(x, y)| format!("{},{}", at(*x), at(*y))).collect();
        polyline class="ideal" points=(places.join(" ")) {}
    }
}

fn in_words(panels: &[(&str, Vec<Bounded>)], group: &Group, of: &str) -> String {
    let each = panels.iter().filter_map(|(name, points)| {
        let (month, value, _) = points.last()?;
        Some(format!("{}: {:.0} of 100 by {month} months", words::level(name), value * 100.0))
    });
    let missing: Vec<String> = group
        .levels
        .iter()
        .filter(|level| panels.iter().all(|(name, _)| *name != level.name))
        .map(|level| words::level(&level.name))
        .collect();
    let missing = match missing.len() {
        0 => String::new(),
        _ => format!(" No panel can be drawn of: {}.", missing.join(", ")),
    };
    format!(
        "Each panel is a group: the line rises from 0 at the start and ends where a time is hidden, the band is its 95% interval, straight \
         between the times; the dotted line is all {of} together. At the end of each line, {}.{missing}",
        each.collect::<Vec<_>>().join("; ")
    )
}
