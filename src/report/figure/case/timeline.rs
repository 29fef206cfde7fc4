//! What is on record of one simulated child, in time: what a model was given before the line, and what it was not.

use maud::{Markup, html};

use super::super::Figure;
use super::super::plot::at;
use crate::explain::story::{Known, Span, Story, Told};
use crate::num::Day;

/// Lanes from top to bottom: name, and the kinds of events in it.
const LANES: [(&str, &[&str]); 8] = [
    ("Contacts, early help", &["contact", "early_help_start", "early_help_end"]),
    ("Referral, open case", &["referral"]),
    ("Need, assessment, factors", &["assessment_start", "assessment_end", "need", "factor"]),
    ("Enquiry, conference", &["s47", "icpc"]),
    ("Child in need plan", &["cin_plan_start", "cin_plan_end"]),
    ("Child protection plan", &["cp_start", "cp_end"]),
    ("Looked after", &["cla_start", "cla_end"]),
    ("Case ended", &["referral_nfa", "closure"]),
];

const LEFT: f64 = 178.0;
const RIGHT: f64 = 746.0;
const TOP: f64 = 50.0;
const LANE: f64 = 34.0;
/// Marks nearer than this are drawn as one, with their number.
const NEAR: f64 = 15.0;

/// Where days stand.
struct Scale {
    from: Day,
    to: Day,
    bottom: f64,
}

impl Scale {
    fn of(story: &Story) -> Self {
        let first = story.events.iter().map(|e| e.date).min().unwrap_or(story.on).min(story.on.plus(-365));
        let last = story.events.iter().map(|e| e.known_on).max().unwrap_or(story.on).max(story.until);
        let room = (last.0 - first.0) / 25;
        Self { from: first.plus(-room), to: last.plus(room), bottom: TOP + LANE * LANES.len() as f64 }
    }

    fn across(&self, day: Day) -> f64 {
        let share = f64::from(day.0 - self.from.0) / f64::from((self.to.0 - self.from.0).max(1));
        LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0)
    }

    /// The firsts of months to name, few enough to be read.
    fn ticks(&self) -> Vec<(f64, String)> {
        let mut months = Vec::new();
        let mut day = self.from.first_of_month();
        while day < self.to {
            if day >= self.from {
                months.push(day);
            }
            // The first of the next month.
            day = day.plus(31).first_of_month();
        }
        let step = [1, 3, 6, 12, 24, 60].into_iter().find(|step| months.len() / step <= 7).unwrap_or(120);
        let number = |day: &Day| (day.year() * 12 + day.month().cast_signed() - 1).unsigned_abs() as usize;
        let named = months.iter().filter(|day| number(day).is_multiple_of(step));
        let words = |day: &Day| {
            if step < 12 {
                day.month_in_words().chars().take(3).chain(format!(" {}", day.year()).chars()).collect()
            } else {
                day.year().to_string()
            }
        };
        named.map(|day| (self.across(*day), words(day))).collect()
    }
}

/// The figure.
pub(in crate::report) fn timeline(story: &Story) -> Figure {
    let scale = Scale::of(story);
    let on = scale.across(story.on);
    let drawing = html! {
        (ground(story, &scale))
        @for (lane, (name, kinds)) in LANES.iter().enumerate() {
            @let y = TOP + LANE * lane as f64;
            text class="label" x="2" y=(at(y + LANE / 2.0 + 4.0)) { (name) }
            @if lane > 0 { line class="grid" x1="2" x2=(at(RIGHT)) y1=(at(y)) y2=(at(y)) {} }
            @if !story.events.iter().any(|e| kinds.contains(&e.kind.as_str())) {
                text class="tick none" x=(at(LEFT + 6.0)) y=(at(y + LANE / 2.0 + 4.0)) { "nothing on record" }
            }
            @for span in spans(story, kinds) { (spell(story, span, &scale, y + LANE / 2.0)) }
            (marks(story, kinds, &scale, y + LANE / 2.0))
        }
        line class="now" x1=(at(on)) x2=(at(on)) y1=(at(TOP - 26.0)) y2=(at(scale.bottom + 6.0)) {}
        text class="label strong" text-anchor="middle" x=(at(on.clamp(LEFT + 80.0, RIGHT - 80.0))) y="15" {
            "Estimate made: " (story.on.in_words())
        }
        (sides(on))
        (key(scale.bottom + 58.0))
    };
    Figure {
        id: "figure-timeline".to_owned(),
        title: "What is on record of this simulated child, and which of it the model was given".to_owned(),
        words: words(story),
        size: (760.0, scale.bottom + 116.0),
        drawing,
    }
}

/// What each side of the line is, where there is room to say so.
fn sides(on: f64) -> Markup {
    html! {
        @if on - LEFT > 150.0 { text class="label" text-anchor="end" x=(at(on - 8.0)) y=(at(TOP - 9.0)) { "before: what is given" } }
        @if RIGHT - on > 120.0 { text class="label" x=(at(on + 8.0)) y=(at(TOP - 9.0)) { "after: never given" } }
    }
}

/// What lies under the lanes: the time after the estimate, the time before records begin, and the years.
fn ground(story: &Story, scale: &Scale) -> Markup {
    let (on, begin, until) =
        (scale.across(story.on), scale.across(story.observed_from), scale.across(story.until));
    let height = at(scale.bottom - TOP);
    html! {
        rect class="afterwards" x=(at(on)) y=(at(TOP)) width=(at(RIGHT - on)) height=(height) {}
        @if begin > LEFT + 1.0 {
            line class="edge" x1=(at(begin)) x2=(at(begin)) y1=(at(TOP)) y2=(at(scale.bottom)) {}
            text class="tick" x=(at(begin + 4.0)) y=(at(TOP + 12.0)) { "records begin" }
        }
        line class="edge" x1=(at(until)) x2=(at(until)) y1=(at(TOP)) y2=(at(scale.bottom + 6.0)) {}
        text class="tick" text-anchor="end" x=(at(until)) y=(at(scale.bottom + 34.0)) { "the time asked about ends" }
        line class="axis" x1=(at(LEFT)) x2=(at(RIGHT)) y1=(at(scale.bottom)) y2=(at(scale.bottom)) {}
        @for (x, words) in scale.ticks() {
            line class="axis" x1=(at(x)) x2=(at(x)) y1=(at(scale.bottom)) y2=(at(scale.bottom + 4.0)) {}
            text class="tick" text-anchor="middle" x=(at(x)) y=(at(scale.bottom + 17.0)) { (words) }
        }
    }
}

/// The spells of a lane.
fn spans<'a>(story: &'a Story, kinds: &'a [&str]) -> impl Iterator<Item = &'a Span> {
    story.spans.iter().filter(|span| kinds.contains(&story.events[span.start].kind.as_str()))
}

/// A spell: full as far as the model was given it, in dashes beyond.
fn spell(story: &Story, span: &Span, scale: &Scale, y: f64) -> Markup {
    let (start, end) = (&story.events[span.start], span.end.map(|end| &story.events[end]));
    let (from, to) = (scale.across(start.date), end.map_or(RIGHT, |end| scale.across(end.date)));
    let given = match (start.known.is_given(), end) {
        (false, _) => from,
        (true, Some(end)) if end.known.is_given() => to,
        (true, _) => scale.across(story.on).clamp(from, to),
    };
    // A case that ended on the day of the referral is no spell.
    if end.is_some() && to - from < 1.0 {
        return html! {};
    }
    html! {
        @if to > given { rect class="spell later" x=(at(given)) y=(at(y - 6.0)) width=(at((to - given).max(3.0))) height="12" {} }
        @if given > from || to <= given { rect class="spell" x=(at(from)) y=(at(y - 6.0)) width=(at((given - from).max(3.0))) height="12" {} }
    }
}

/// Marks of a lane that lie near each other, with what a model was given of them.
struct Mark {
    x: f64,
    late: f64,
    known: Known,
    events: usize,
}

/// Events that are no end of a spell, as marks; those near each other together.
fn marks(story: &Story, kinds: &[&str], scale: &Scale, y: f64) -> Markup {
    let drawn = |place: usize| {
        let end = |s: &Span| s.end == Some(place);
        let start = |s: &Span| s.start == place;
        let is_case = |s: &Span| story.events[s.start].kind == "referral";
        !story.spans.iter().any(|s| (start(s) || end(s)) && !is_case(s))
    };
    let mut marks: Vec<Mark> = Vec::new();
    let mut next = 0;
    for entry in story.entries() {
        let (place, event) = (next, &entry[0]);
        next += entry.len();
        if !kinds.contains(&event.kind.as_str()) || !drawn(place) {
            continue;
        }
        let (x, late) = (scale.across(event.date), scale.across(event.known_on));
        match marks.iter_mut().find(|m| m.known == event.known && x - m.x < NEAR) {
            Some(mark) => {
                mark.events += 1;
                mark.late = mark.late.max(late);
            }
            None => marks.push(Mark { x, late, known: event.known, events: 1 }),
        }
    }
    html! { @for mark in &marks { (drawn_mark(mark, y)) } }
}

fn drawn_mark(mark: &Mark, y: f64) -> Markup {
    let (x, many) = (mark.x, mark.events > 1);
    let size: f64 = if many { 8.0 } else { 5.5 };
    html! {
        @match mark.known {
            Known::Before => circle class="mark candidate edged" cx=(at(x)) cy=(at(y)) r=(at(size)) {},
            Known::OnTheDay => {
                circle class="ring" cx=(at(x)) cy=(at(y)) r=(at(size + 3.5)) {}
                circle class="mark candidate edged" cx=(at(x)) cy=(at(y)) r=(at(size)) {}
            },
            Known::NotYet => {
                line class="ideal" x1=(at(x)) x2=(at(mark.late)) y1=(at(y)) y2=(at(y)) {}
                path class="mark baseline" d=(format!("M{} {}l{s} {s}l-{s} {s}l-{s} -{s}z", at(x), at(y - size - 1.0), s = at(size + 1.0))) {}
            },
            Known::LeftOut => rect class="mark baseline" x=(at(x - size)) y=(at(y - size)) width=(at(2.0 * size)) height=(at(2.0 * size)) {},
            Known::Later => circle class="mark baseline" cx=(at(x)) cy=(at(y)) r=(at(size)) {},
        }
        @if many {
            text class=(if mark.known.is_given() { "number within" } else { "number" }) text-anchor="middle" x=(at(x)) y=(at(y + 3.8)) { (mark.events) }
        }
    }
}

fn key(y: f64) -> Markup {
    let mark = |x: f64, y: f64, known| drawn_mark(&Mark { x, late: x, known, events: 1 }, y);
    html! {
        (mark(10.0, y, Known::Before))
        text class="label" x="24" y=(at(y + 4.0)) { "the model was given it" }
        (mark(190.0, y, Known::OnTheDay))
        text class="label" x="206" y=(at(y + 4.0)) { "given: known on the day itself" }
        (mark(420.0, y, Known::NotYet))
        text class="label" x="434" y=(at(y + 4.0)) { "had happened, but was not yet on record" }
        (mark(10.0, y + 24.0, Known::Later))
        text class="label" x="24" y=(at(y + 28.0)) { "came later: not given" }
        rect class="spell" x="180" y=(at(y + 18.0)) width="14" height="12" {}
        rect class="spell later" x="194" y=(at(y + 18.0)) width="14" height="12" {}
        text class="label" x="216" y=(at(y + 28.0)) { "a spell: full as far as given" }
        rect class="afterwards" x="414" y=(at(y + 17.0)) width="14" height="14" {}
        text class="label" x="434" y=(at(y + 28.0)) { "after the estimate" }
        circle class="mark candidate" cx="573" cy=(at(y + 24.0)) r="8" {}
        text class="number within" text-anchor="middle" x="573" y=(at(y + 27.8)) { "2" }
        text class="label" x="588" y=(at(y + 28.0)) { "so many close together" }
    }
}

fn words(story: &Story) -> String {
    let count = |known: &[Known]| story.entries().filter(|e| known.contains(&e[0].known)).count();
    let things = |n: usize| match n {
        0 => "nothing".to_owned(),
        1 => "1 entry".to_owned(),
        n => format!("{n} entries"),
    };
    let mut words = format!(
        "Each row is a kind of record, time runs from left to right, and the upright line is the day of the estimate, {}. The model \
         was given {} from before that day, and {} of that day itself.",
        story.on.in_words(),
        things(count(&[Known::Before])),
        things(count(&[Known::OnTheDay]))
    );
    let left_out = count(&[Known::LeftOut]);
    if left_out > 0 {
        words += &format!(
            " {} it was not given because the research team left them out (squares).",
            things(left_out)
        );
    }
    words += &match count(&[Known::NotYet]) {
        0 => " Nothing had happened that was not yet on record.".to_owned(),
        n => format!(
            " {} had happened by then but {} not yet on record.",
            things(n),
            if n == 1 { "was" } else { "were" }
        ),
    };
    let later: Vec<&Told> = story.entries().map(|e| &e[0]).filter(|e| e.known == Known::Later).collect();
    words += &match later.first() {
        None => " Nothing came later.".to_owned(),
        Some(first) => format!(
            " {} came later, the first on {}; it is shown because this child is simulated, and the model was given none of it.",
            things(later.len()),
            first.date.in_words()
        ),
    };
    words
}
