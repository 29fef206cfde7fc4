//! The data dictionary, generated from the schema: `docs/data-dictionary.md`.

use super::codes::{self, CodeList};
use super::tables::{TABLES, Type};
use super::{KINDS, Kind};
use std::fmt::Write;

/// Every list of codes.
static LISTS: [&CodeList; 9] = [
    &codes::SEX,
    &codes::ETHNICITY,
    &codes::DISABILITY,
    &codes::SOURCE,
    &codes::NEED,
    &codes::FACTOR,
    &codes::ABUSE,
    &codes::CLOSURE,
    &codes::LEFT,
];

/// The dictionary as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut page =
        "# Data dictionary\n\nGenerated from the schema in the code; a test compares this page with it.\n"
            .to_owned();
    // Writing to a text cannot fail.
    let _written =
        write_tables(&mut page).and_then(|()| write_kinds(&mut page)).and_then(|()| write_codes(&mut page));
    page
}

fn write_tables(page: &mut String) -> std::fmt::Result {
    for table in TABLES {
        let needed = if table.required { "required" } else { "optional" };
        writeln!(page, "\n## `{}` ({needed}): {}\n", table.name, table.row)?;
        writeln!(
            page,
            "| column | holds | required | meaning | known | from the CIN census |\n|---|---|---|---|---|---|"
        )?;
        for c in table.columns {
            let required = if c.required { "yes" } else { "no" };
            let cin = c.cin.unwrap_or("not carried");
            writeln!(
                page,
                "| `{}` | {} | {required} | {} | {} | {cin} |",
                c.name,
                holds(c.ty),
                c.meaning,
                c.known
            )?;
        }
    }
    Ok(())
}

fn holds(ty: Type) -> String {
    match ty {
        Type::Surrogate => "a made-up whole number".to_owned(),
        Type::Date => "a date, YYYY-MM-DD".to_owned(),
        Type::Month => "the first day of a month".to_owned(),
        Type::Code(list) => format!("a code of {}", list.id),
        Type::Codes(list) => format!("codes of {}, separated by spaces", list.id),
        Type::Kind => "an event kind".to_owned(),
        Type::KindCode => "the code that the kind calls for".to_owned(),
        Type::Name => "a short name".to_owned(),
        Type::Text => "redacted text".to_owned(),
    }
}

fn write_kinds(page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "\n## Event kinds\n\n| kind | meaning | code | episode | known | from the CIN census |\n|---|---|---|---|---|---|"
    )?;
    for k in KINDS {
        let code = k.codes.map_or("none", |l| l.id);
        let episode = if k.in_episode { "required" } else { "none needed" };
        writeln!(
            page,
            "| `{}` | {} | {code} | {episode} | {} | {} |",
            k.name,
            k.meaning,
            k.known,
            k.cin.unwrap_or("not carried")
        )?;
    }
    debug_assert_eq!(KINDS.len(), Kind::Closure as usize + 1);
    Ok(())
}

fn write_codes(page: &mut String) -> std::fmt::Result {
    for list in LISTS {
        writeln!(
            page,
            "\n## Codes of {}: {}\n\n| code | meaning | group | census years |\n|---|---|---|---|",
            list.id,
            list.title.to_lowercase()
        )?;
        for c in list.codes {
            let years = match (c.from_year, c.to_year) {
                (2017, 9999) => "all".to_owned(),
                (from, 9999) => format!("from {from}"),
                (_, to) => format!("to {to}"),
            };
            writeln!(page, "| {} | {} | {} | {years} |", c.code, c.meaning, c.group)?;
        }
    }
    Ok(())
}
