//! The household of one simulated child and the services around it: who is on record, and what of it a model was given.

use maud::{Markup, html};

use super::super::Figure;
use super::super::plot::at;
use crate::explain::story::{Age, Other, Person, Referrer, Story};
use crate::report::words;

const WIDTH: f64 = 760.0;
/// The child.
const CHILD: f64 = 47.0;
/// Another child.
const OTHER: f64 = 37.0;
/// A service: half its width and half its height.
const SERVICE: (f64, f64) = (84.0, 25.0);
/// The middles of the two columns of services.
const COLUMNS: [f64; 2] = [88.0, WIDTH - 88.0];
/// How far services stand apart.
const APART: f64 = 74.0;

/// What kind of tie it is, told by its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    /// A fact of the day itself.
    Now,
    /// Given to the model.
    Given,
    /// On record, and not counted by any fact.
    Not,
    /// Keeps the record.
    Keeps,
}

impl Tie {
    fn class(self) -> &'static str {
        match self {
            Self::Now => "tie now",
            Self::Given => "tie",
            Self::Not => "tie not",
            Self::Keeps => "tie keeps",
        }
    }
}

/// Someone around the household.
struct Service {
    name: String,
    what: String,
    tie: Tie,
}

/// What a kind of referrer is called.
pub(in crate::report) fn referrer(group: &str) -> &'static str {
    match group {
        "individual" => "Family, friends or self",
        "schools" => "School",
        "education" => "Education services",
        "health" => "Health services",
        "housing" => "Housing",
        "la-services" => "Other council services",
        "police" => "Police",
        "other-legal" => "Courts, probation",
        "other" => "Charities and others",
        "anonymous" => "Someone unnamed",
        _ => "Source not recorded",
    }
}

/// "7 years, female".
pub(in crate::report) fn sex_and_age(person: &Person) -> String {
    format!("{}, {}", age(person.age), sex(person))
}

fn sex(person: &Person) -> &str {
    person.sex.as_deref().unwrap_or("sex not recorded")
}

fn age(age: Age) -> String {
    match age {
        Age::NotRecorded => "age not recorded".to_owned(),
        Age::Unborn => "not yet born".to_owned(),
        Age::Years(0) => "under 1 year".to_owned(),
        Age::Years(1) => "1 year".to_owned(),
        Age::Years(years) => format!("{years} years"),
    }
}

/// The figure.
pub(in crate::report) fn household(story: &Story) -> Figure {
    let services = services(story);
    let (radius, angles) = around(story.others.len());
    let others = if story.others.is_empty() { 0.0 } else { radius + OTHER + 40.0 };
    let half = others.max(services.len().div_ceil(2) as f64 * APART / 2.0).max(CHILD + 70.0);
    let middle = (WIDTH / 2.0, half + 12.0);
    let wide = angles.iter().map(|a| (radius * a.cos()).abs() + OTHER + 18.0).fold(150.0, f64::max);
    let places: Vec<(f64, f64)> =
        angles.iter().map(|a| (middle.0 + radius * a.cos(), middle.1 + radius * a.sin())).collect();
    let drawing = html! {
        rect class="home" x=(at(middle.0 - wide)) y=(at(middle.1 - half)) width=(at(2.0 * wide)) height=(at(2.0 * half)) rx="18" {}
        text class="tick" text-anchor="middle" x=(at(middle.0)) y=(at(middle.1 - half + 16.0)) { "Household, as last recorded" }
        @for (i, service) in services.iter().enumerate() { (line(at_service(i, services.len(), middle.1), middle, service.tie)) }
        @for ((x, y), other) in places.iter().zip(&story.others) { (line((*x, *y), middle, tie(other))) }
        @for (i, service) in services.iter().enumerate() { (drawn_service(at_service(i, services.len(), middle.1), service)) }
        @for (i, (place, other)) in places.iter().zip(&story.others).enumerate() { (drawn_other(*place, middle, i + 1, other)) }
        circle class="child" cx=(at(middle.0)) cy=(at(middle.1)) r=(at(CHILD)) {}
        (lines(middle, &["This child", &age(story.person.age), sex(&story.person)], "within"))
        @if story.others.is_empty() {
            text class="tick" text-anchor="middle" x=(at(middle.0)) y=(at(middle.1 + half - 12.0)) { (alone(story)) }
        }
        (key(middle.1 + half + 30.0))
    };
    Figure {
        id: "figure-household".to_owned(),
        title: "Who is on record around this simulated child, and what of it the model was given".to_owned(),
        words: words(story, &services),
        size: (WIDTH, middle.1 + half + 68.0),
        drawing,
    }
}

/// What is said where no other child is shown.
fn alone(story: &Story) -> &'static str {
    if story.households {
        "no other child of it is in these records"
    } else {
        "these records do not say who lives together"
    }
}

fn services(story: &Story) -> Vec<Service> {
    let of = |r: &Referrer| Service {
        name: referrer(&r.group).to_owned(),
        what: referred(r),
        tie: match (r.now, r.before) {
            (0, 0) => Tie::Not,
            (0, _) => Tie::Given,
            _ => Tie::Now,
        },
    };
    let helped = |given: bool| {
        story.events.iter().filter(|e| e.kind == "early_help_start" && e.known.is_given() == given).count()
    };
    let help = match (helped(true), helped(false)) {
        (0, 0) => None,
        (0, _) => Some(("later: not given".to_owned(), Tie::Not)),
        (1, _) => Some(("once before".to_owned(), Tie::Given)),
        (n, _) => Some((format!("{n} times before"), Tie::Given)),
    };
    let help = help.map(|(what, tie)| Service { name: "Early help".to_owned(), what, tie });
    let council = Service {
        name: format!("Council: {}", words::level(&story.authority)),
        what: "keeps the record".to_owned(),
        tie: Tie::Keeps,
    };
    std::iter::once(council).chain(story.referrers.iter().map(of)).chain(help).collect()
}

/// "this referral, 2 earlier".
fn referred(r: &Referrer) -> String {
    let mut parts = Vec::new();
    if r.now > 0 {
        parts.push("this referral".to_owned());
    }
    if r.before > 0 {
        parts.push(format!("{} earlier", r.before));
    }
    if r.not_given > 0 {
        parts.push(format!("{} not given", r.not_given));
    }
    parts.join(", ")
}

/// How far from the child others stand, and at which angles: below it, then above it, so that services at its sides can be
/// reached.
fn around(others: usize) -> (f64, Vec<f64>) {
    let below = others.div_ceil(2);
    let step = if below > 3 { 100.0 / (below - 1) as f64 } else { 50.0_f64 };
    let radius = (46.0 / (step / 2.0).to_radians().sin()).max(128.0);
    let arc = |n: usize, towards: f64| {
        (0..n).map(move |i| (towards + step * (i as f64 - (n as f64 - 1.0) / 2.0)).to_radians())
    };
    let mut angles: Vec<f64> = arc(others - below, -90.0).collect();
    angles.extend(arc(below, 90.0).rev());
    (radius, angles)
}

/// Where a service stands: the first half on the left, from top to bottom.
fn at_service(i: usize, all: usize, middle: f64) -> (f64, f64) {
    let left = all.div_ceil(2);
    let (column, place, of) = if i < left { (0, i, left) } else { (1, i - left, all - left) };
    (COLUMNS[column], middle + APART * (place as f64 - (of as f64 - 1.0) / 2.0))
}

fn tie(other: &Other) -> Tie {
    if other.events.iter().any(|e| e.counted) { Tie::Given } else { Tie::Not }
}

fn line(from: (f64, f64), to: (f64, f64), tie: Tie) -> Markup {
    html! { line class=(tie.class()) x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) {} }
}

/// Lines of text around a middle, the first of weight.
fn lines((x, y): (f64, f64), texts: &[&str], class: &str) -> Markup {
    let top = y + 4.5 - 7.5 * (texts.len() as f64 - 1.0);
    html! {
        @for (i, text) in texts.iter().enumerate() {
            text class=(format!("{} {class}", if i == 0 { "label strong" } else { "tick" })) text-anchor="middle" x=(at(x)) y=(at(top + 15.0 * i as f64)) { (text) }
        }
    }
}

fn drawn_service((x, y): (f64, f64), service: &Service) -> Markup {
    let (wide, high) = SERVICE;
    html! {
        rect class="service" x=(at(x - wide)) y=(at(y - high)) width=(at(2.0 * wide)) height=(at(2.0 * high)) rx="12" {}
        (lines((x, y), &[&service.name, &service.what], ""))
    }
}

fn drawn_other((x, y): (f64, f64), (_, middle): (f64, f64), number: usize, other: &Other) -> Markup {
    let counted = other.events.iter().filter(|e| e.counted).count();
    let used = match (counted, other.known) {
        (0, true) => "nothing counted".to_owned(),
        (0, false) => "not known then".to_owned(),
        (n, _) => format!("{n} counted"),
    };
    let beside = if y > middle { y + OTHER + 15.0 } else { y - OTHER - 6.0 };
    let sex = other.person.sex.as_deref().unwrap_or("sex unknown");
    html! {
        circle class=(if other.known { "sibling" } else { "sibling unknown" }) cx=(at(x)) cy=(at(y)) r=(at(OTHER)) {}
        (lines((x, y), &[&format!("Sibling {number}"), &age(other.person.age).replace("age not recorded", "age unknown"), sex], ""))
        text class="tick" text-anchor="middle" x=(at(x)) y=(at(beside)) { (used) }
    }
}

fn key(y: f64) -> Markup {
    let entries = [
        (Tie::Now, 2.0, 0.0, "made the referral of this day: given"),
        (Tie::Given, 382.0, 0.0, "on record before it: given, or counted"),
        (Tie::Not, 2.0, 22.0, "not given, or not counted by any fact"),
        (Tie::Keeps, 382.0, 22.0, "keeps the record"),
    ];
    html! {
        @for (tie, x, down, words) in entries {
            (line((x, y + down), (x + 44.0, y + down), tie))
            text class="label" x=(at(x + 54.0)) y=(at(y + down + 4.0)) { (words) }
        }
    }
}

fn words(story: &Story, services: &[Service]) -> String {
    let around: Vec<String> = services.iter().map(|s| format!("{} ({})", s.name, s.what)).collect();
    let home = match story.others.len() {
        0 => alone(story).to_owned(),
        1 => "one other child is recorded in the household".to_owned(),
        n => format!("{n} other children are recorded in the household"),
    };
    let each: Vec<String> = story
        .others
        .iter()
        .zip(1_usize..)
        .map(|(other, number)| {
            let counted = other.events.iter().filter(|e| e.counted).count();
            let known =
                if other.known { "known before the estimate" } else { "not known before the estimate" };
            let counted = match counted {
                0 => "none of its entries is counted by a fact".to_owned(),
                1 => "1 of its entries is counted by a fact".to_owned(),
                n => format!("{n} of its entries are counted by a fact"),
            };
            format!("sibling {number} ({}), {known}, {counted}", sex_and_age(&other.person))
        })
        .collect();
    let each = if each.is_empty() { String::new() } else { format!(": {}", each.join("; ")) };
    format!(
        "This child ({}) is in the middle; {home}{each}. Around the household: {}.",
        sex_and_age(&story.person),
        around.join("; ")
    )
}
