//! Figures of a whole evaluation: what is drawn stands in the table beside it, and what is hidden is not drawn.

use std::sync::LazyLock;

use rerefer::evaluate::{Answer, Settings, Status, evaluate};
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::{Report, html};

use super::builder::{World, ingredients};
use super::inputs::input;
use super::{walk, words};

/// A service whose evaluation is made by the program itself.
fn measured() -> Ingredients {
    let groupings = vec![
        ("sex", vec!["male", "female", "unknown"]),
        ("age-band", vec!["under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17"]),
    ];
    let mut world = World::new(5, 3600, groupings, 0.4, -1.4);
    world.others = vec![0.05, 0.25];
    let mut out = ingredients(&world, Answer::CannotSay);
    let settings = Settings {
        capacities: vec![0.05, 0.1, 0.25],
        thresholds: vec![0.2],
        replicates: 60,
        seed: 3,
        references: vec![],
        candidate: "logistic".to_owned(),
        reference: "prior-count".to_owned(),
        smallest_gain: 0.02,
    };
    out.evaluation = evaluate(&input(&world), &settings, &|_, _| {}).unwrap();
    out
}

static MEASURED: LazyLock<Ingredients> = LazyLock::new(measured);
static REPORT: LazyLock<Report> = LazyLock::new(|| disclose(&MEASURED, Profile::default()));
static PAGE: LazyLock<String> = LazyLock::new(|| html(&REPORT));

fn figures(page: &str) -> Vec<(&str, &str)> {
    page.split("<figure id=\"")
        .skip(1)
        .map(|f| {
            let f = f.split("</figure>").next().unwrap();
            (f.split('"').next().unwrap(), f)
        })
        .collect()
}

fn figure<'a>(page: &'a str, id: &str) -> &'a str {
    figures(page).into_iter().find(|(name, _)| *name == id).unwrap_or_else(|| panic!("no {id}")).1
}

fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page.find(&format!("<section id=\"{id}\"")).unwrap();
    page[start..].split("</section>").next().unwrap()
}

/// The elements of a drawing whose start tag begins so, each as the rest of its start tag and its text.
fn drawn<'a>(figure: &'a str, start: &str) -> Vec<(&'a str, &'a str)> {
    let svg = &figure[figure.find("<svg ").unwrap()..figure.rfind("</svg>").unwrap()];
    svg.split(start)
        .skip(1)
        .map(|rest| {
            let (tag, rest) = rest.split_once('>').unwrap();
            (tag, rest.split('<').next().unwrap())
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> f64 {
    tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
}

/// Every number in the cells of a figure's tables.
fn numbers(figure: &str) -> Vec<f64> {
    let table = &figure[figure.find("<table").unwrap()..];
    let text: String = table
        .split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text).to_owned() + " ")
        .collect::<String>()
        .replace('\u{2212}', "-");
    text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .filter_map(|n| n.parse().ok())
        .collect()
}

/// A straight line through ticks: what a place in the drawing means.
fn scale(ticks: &[(f64, f64)]) -> impl Fn(f64) -> f64 + use<> {
    let ((a, x), (b, y)) = (ticks[0], ticks[ticks.len() - 1]);
    move |place| x + (place - a) / (b - a) * (y - x)
}

/// Ticks of one axis as place and value, read from the drawing.
fn ticks(figure: &str, anchor: &str, place: &str) -> Vec<(f64, f64)> {
    let start = format!("<text class=\"tick\" text-anchor=\"{anchor}\" ");
    let value = |text: &str| text.trim_end_matches('%').replace('\u{2212}', "-").parse::<f64>().ok();
    let ticks = drawn(figure, &start);
    ticks.into_iter().filter_map(|(tag, text)| Some((attribute(tag, place), value(text)?))).collect()
}

#[test]
fn every_mark_of_a_curve_stands_in_the_table_beside_it() {
    for (id, tolerance) in [("figure-roc", 0.08), ("figure-precision-recall", 0.08), ("figure-decision", 0.6)]
    {
        let figure = figure(&PAGE, id);
        let up = ticks(figure, "end", "y");
        let value = scale(&up);
        let known = numbers(figure);
        let svg = &figure[..figure.rfind("</svg>").unwrap()];
        // The key is below the axis; tick labels stand four units under their line.
        let bottom = up.iter().map(|(y, _)| *y).fold(0.0, f64::max);
        let circles =
            svg.split("<circle class=\"mark candidate\" ").skip(1).map(|t| attribute(t, "cy") + 4.0);
        let squares = svg.split("<rect class=\"mark baseline\" ").skip(1).map(|t| attribute(t, "y") + 7.5);
        let marks: Vec<f64> = circles.chain(squares).filter(|y| *y <= bottom + 0.5).collect();
        assert!(marks.len() > 5, "{id}: {}", marks.len());
        for y in marks {
            let shown = value(y);
            assert!(known.iter().any(|n| (n - shown).abs() <= tolerance), "{id}: {shown} is in no table");
        }
    }
}

#[test]
fn a_calibration_curve_is_drawn_through_the_numbers_of_its_table() {
    for id in ["figure-calibration", "figure-calibration-baseline"] {
        let figure = figure(&PAGE, id);
        let left: Vec<_> = ticks(figure, "end", "y").into_iter().collect();
        let value = scale(&left[..left.len() / 2]);
        let known = numbers(figure);
        let line = drawn(figure, "<polyline class=\"line candidate\" ");
        for y in line[0].0.split("points=\"").nth(1).unwrap().trim_end_matches('"').split(' ') {
            let shown = value(y.split(',').nth(1).unwrap().parse::<f64>().unwrap() + 4.0);
            assert!(known.iter().any(|n| (n - shown).abs() <= 0.08), "{id}: {shown}");
        }
        for words in ["by loess", "CORP", "Where 95 of 100 staircases would lie", "spline"] {
            assert!(figure.contains(words), "{id} lacks {words}");
        }
    }
}

#[test]
fn a_group_has_as_many_dots_as_its_table_has_numbers_and_a_row_though_hidden() {
    let mut hidden = 0;
    for grouping in &REPORT.groups {
        for (id, measures) in [("figure-group", 3), ("figure-calibration", 3)] {
            let figure = figure(&PAGE, &format!("{id}-{}", grouping.group));
            let dots = drawn(figure, "<circle class=\"mark candidate\"").len();
            let without = drawn(figure, "<text class=\"tick none\"").len();
            assert_eq!(dots + without, measures * grouping.levels.len(), "{id}");
            hidden += without;
            let levels = drawn(figure, "<text class=\"label\" x=\"2\"").len();
            assert_eq!(levels, grouping.levels.len());
            let table = &figure[figure.find("<tbody>").unwrap()..];
            assert_eq!(table.matches("<th scope=\"row\">").count(), levels, "no group vanishes");
        }
        let figure = figure(&PAGE, &format!("figure-group-{}", grouping.group));
        let rows = figure.split("<tr>").skip(2);
        let shown: usize = rows
            .map(|row| {
                let cells: Vec<&str> = row.split("<td>").skip(1).collect();
                cells[4..].iter().filter(|c| c.starts_with(|d: char| d.is_ascii_digit())).count()
            })
            .sum();
        assert_eq!(drawn(figure, "<circle class=\"mark candidate\"").len(), shown);
    }
    assert!(hidden > 0, "the world has a group that is too small");
}

#[test]
fn a_report_in_which_nothing_may_be_shown_draws_no_mark_and_says_so() {
    let mut few = MEASURED.clone();
    few.threshold = 1_000_000;
    let mut undefined = MEASURED.clone();
    for row in &mut undefined.evaluation.rows {
        (row.status, row.estimate, row.low, row.high, row.theory, row.shrunk) =
            (Status::Undefined, None, None, None, None, None);
        row.reason = Some("the risks are all the same".to_owned());
    }
    undefined.evaluation.verdict.difference.status = Status::Undefined;
    undefined.evaluation.verdict.difference.estimate = None;
    let mut nothing = MEASURED.clone();
    nothing.evaluation.rows.clear();
    nothing.evaluation.tests.clear();
    nothing.evaluation.contrasts.clear();
    for (name, ingredients) in [("few", few), ("undefined", undefined), ("nothing", nothing)] {
        let report = disclose(&ingredients, Profile::default());
        let page = html(&report);
        walk(&page, |_, _| {}, |_| {});
        for kind in
            ["class=\"mark", "class=\"line candidate", "class=\"whisker", "class=\"person", "class=\"band\""]
        {
            assert!(!page.contains(kind), "{name}: {kind}");
        }
        for words in [
            "What flagging would have got right and wrong cannot be shown",
            "Whether the chances come true for all children together cannot be shown",
            "Whether acting on the flags would do more good than harm cannot be shown",
            "No share flagged can be shown",
        ] {
            assert!(page.contains(words), "{name}: {words}");
        }
        let section = section(&page, "group-calibration");
        for level in report.groups.iter().flat_map(|g| &g.levels) {
            assert!(section.to_lowercase().contains(&level.level), "{name}: {}", level.level);
        }
    }
}

#[test]
fn a_number_that_is_not_defined_says_why() {
    let mut exact = MEASURED.clone();
    for row in exact.evaluation.rows.iter_mut().filter(|r| r.measure == "ici" && r.level == "male") {
        (row.status, row.estimate, row.low, row.high) = (Status::Undefined, None, None, None);
        row.reason = Some("the curve cannot be fitted".to_owned());
    }
    let page = html(&disclose(&exact, Profile::default()));
    let section = section(&page, "group-calibration");
    assert!(
        section.contains(
            "in part: Average gap along a smooth curve (ICI) not defined: the curve cannot be fitted"
        )
    );
    assert!(figure(&page, "figure-calibration-sex").contains("not defined</text>"));
}

#[test]
fn a_board_reads_in_this_order_and_each_section_begins_with_what_was_found() {
    let ids = [
        "answer",
        "cost",
        "group-calibration",
        "groups",
        "sure",
        "limits",
        "worth",
        "calibration",
        "compared",
    ];
    let at: Vec<usize> = ids.iter().map(|id| PAGE.find(&format!("<section id=\"{id}\"")).unwrap()).collect();
    assert!(at.is_sorted(), "{at:?}");
    for id in [
        "cost",
        "group-calibration",
        "groups",
        "limits",
        "worth",
        "calibration",
        "compared",
        "curves",
        "models",
    ] {
        let after = section(&PAGE, id).split("</h2>").nth(1).unwrap();
        assert!(after.starts_with("<p class=\"lead\">"), "{id}");
    }
}

#[test]
fn the_harm_is_told_at_every_stated_share() {
    let section = words(&format!("<body>{}", section(&PAGE, "cost")));
    for row in [
        "Top 5%, Logistic regression",
        "Top 25%, Logistic regression",
        "Top 25%, Number of earlier referrals",
    ] {
        assert!(section.contains(row), "{row}");
    }
    assert!(!section.contains("Top 10%, "), "the declared share has its own table");
    assert!(section.contains("If the top 10% were flagged by"));
}

#[test]
fn figures_are_numbered_as_they_stand() {
    for (i, (id, figure)) in figures(&PAGE).into_iter().enumerate() {
        assert!(figure.contains(&format!("<b>Figure {}. </b>", i + 1)), "{id}");
    }
    assert!(!PAGE.contains('\u{fffc}'));
}

#[test]
fn an_estimate_drawn_towards_the_mean_stands_beside_the_raw_one() {
    let world = World::new(5, 4000, vec![("sex", vec!["male", "female"])], 0.5, -1.2);
    let mut exact = ingredients(&world, Answer::Better);
    let drawn =
        |page: &str| section(page, "group-calibration").contains("drawn towards the mean of the groups");
    assert!(!drawn(&html(&disclose(&exact, Profile::default()))));
    for row in exact.evaluation.rows.iter_mut().filter(|r| r.measure == "observed-over-expected") {
        row.shrunk = Some(1.037);
    }
    let page = html(&disclose(&exact, Profile::default()));
    assert!(drawn(&page));
    assert!(section(&page, "group-calibration").contains("<td>1.04</td>"));
}

/// A level of which nothing may be shown keeps its row, and the row says why.
#[test]
fn no_group_vanishes_from_the_tables_of_calibration() {
    let groupings = vec![
        ("sex", vec!["male", "female", "unknown"]),
        ("disability", vec!["none recorded", "any recorded"]),
    ];
    let world = World::new(5, 1500, groupings, 0.06, -1.4);
    let report = disclose(&ingredients(&world, Answer::CannotSay), Profile::default());
    let hidden = |level: &str| {
        let mut of = report.lines.iter().filter(|l| l.level == level && l.model == "logistic");
        of.all(|l| l.number.estimate().is_none())
    };
    assert!(hidden("unknown"), "the world has a level of few");
    let page = html(&report);
    let tables = section(&page, "group-calibration").split("<table").skip(1);
    let tables: String = tables.filter_map(|table| table.split("</table>").next()).collect();
    for name in ["Male", "Female", "Unknown", "None recorded", "Any recorded"] {
        assert!(tables.contains(&format!(">{name}<")), "{name}: {tables}");
    }
    assert!(tables.contains("hidden: too few, or it would give away a smaller group"));
}
